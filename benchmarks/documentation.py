"""``python -m benchmarks.documentation``: the documentation of ten sites and a year: time to make, size, search; axe-core.

The year is the made-up one of ``tests/history``, each of its ten sites with the replies of one real run against the
mock. Search is measured in a real browser: from the address to the first result, and for each letter that is typed
to the drawn page. ``--axe`` looks at every page whole (minutes).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.history.measure import year
from tests.reporting.axe import VIEWS, findings
from tests.reporting.browser import Browser

SITES = 10
#: Typed letter by letter.
WORD = "separateNoRecordingEdit"
#: An event of typing, then the frame in which its results are drawn, in milliseconds.
_TYPED = """
(async () => {
  const box = document.getElementById("search"), word = "%s", times = [];
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await drawn();
  for (let count = 1; count <= word.length; count += 1) {
    const start = performance.now();
    box.value = word.slice(0, count);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    const worked = performance.now() - start;
    document.body.offsetHeight;
    times.push([worked, performance.now() - start]);
    await drawn();
  }
  return times;
})()
"""


def runs(folder: Path) -> list[Path]:
    """A summary for each site of the year, of one run against the mock."""
    command = [sys.executable, "-m", "pytest", "features", "-q", "-p", "no:cacheprovider", "--reports", str(folder / "run")]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    told = json.loads((folder / "run" / "summary.json").read_text(encoding="utf-8"))
    made = []
    for nth in range(SITES):
        made.append(folder / f"{nth}.json")
        made[-1].write_text(json.dumps(told | {"site": f"site-{nth:02}", "mock": False}), encoding="utf-8")
    return made


def made(folder: Path) -> float:
    """Seconds of ``webex-conformance docs`` over the year."""
    command = [sys.executable, "-m", "conformance.cli", "docs", *map(str, runs(folder))]
    started = time.perf_counter()
    pages = ["--history", str(folder / "history"), "--output", str(folder / "index.html")]
    subprocess.run([*command, *pages], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started


def searched(page: Path) -> tuple[float, list[list[float]]]:
    """Seconds from the address to the first result, and milliseconds for each letter: found, and laid out."""
    with Browser(width=1400, height=1000) as browser:
        started = time.perf_counter()
        browser.open(f"{page.as_uri()}#q={WORD}")
        assert browser.look("document.querySelectorAll('#results a').length") > 0
        first = time.perf_counter() - started
        browser.open("about:blank#away")
        browser.open(page.as_uri())
        return first, browser.look(_TYPED % WORD)


def main() -> int:
    """Print the figures; 1 when axe-core was asked and found something."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.documentation")
    parser.add_argument("--axe", action="store_true", help="look at every page whole, in both schemes and two widths")
    given = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="wxc-bench-") as scratch:
        folder = Path(scratch)
        year(folder / "history", 1, SITES)
        print(f"made in {made(folder):.1f} s, {SITES} sites and a year of nights")
        for page in sorted(folder.glob("*.html")):
            print(f"{page.name:16} {page.stat().st_size / 1e6:.1f} MB")
        for page in (folder / "contract.html", folder / "index.html"):
            first, typed = searched(page)
            found, laid = (sorted(column) for column in zip(*typed, strict=True))
            words = f"found {found[len(found) // 2]:.0f} ms, slowest {found[-1]:.0f}; laid out {laid[len(laid) // 2]:.0f} ms, slowest {laid[-1]:.0f}"
            print(f"{page.name:16} first search {first:.1f} s from the address; a letter: {words}")
        if given.axe:
            wrong = sum(len(looked_at(page)) for page in sorted(folder.glob("*.html")))
    return 1 if wrong else 0


def looked_at(page: Path) -> list[str]:
    """What axe-core finds on the whole page, printed."""
    found = [one for dark, width in VIEWS for one in findings(page.as_uri(), dark=dark, width=width)]
    print(f"{page.name:16} {len(found)} findings of axe-core", *found, sep="\n  ")
    return found


if __name__ == "__main__":
    sys.exit(main())
