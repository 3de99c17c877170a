"""How much a failing night prints: runs against the mock with a fault chosen at random, counted in lines and screens.

``python -m benchmarks.night [--nights 10] [--seed 1]``. A screen is 40 lines. Told are all lines a run prints, and those of
the statement, which stand on the screen when it is over: the dots of progress have scrolled away by then.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import mocksite
from mocksite.faults import CATALOGUE

_ROOT = Path(__file__).resolve().parent.parent
SCREEN = 40


def night(fault: str, folder: Path) -> tuple[int, list[str]]:
    """Exit code and output of a run against a mock that is wrong as ``fault`` says."""
    with mocksite.start(fault=fault) as server:
        sites = folder / "sites.toml"
        sites.write_text(server.profile("mock"), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "features", "--site", "mock", "--sites", str(sites)]
        done = subprocess.run(  # noqa: S603 - our own interpreter with our own arguments
            [*command, "--reports", str(folder / "reports"), "-p", "no:cacheprovider"],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    return done.returncode, done.stdout.splitlines()


def main() -> None:
    """A line for each night, then the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what each night printed, too")
    given = parser.parse_args()
    faults = random.Random(given.seed).sample(sorted(CATALOGUE), given.nights)  # noqa: S311 - a choice, no secret
    counts: list[tuple[int, int]] = []
    for fault in faults:
        with tempfile.TemporaryDirectory(prefix="wxc-night-") as folder:
            code, lines = night(fault, Path(folder))
        failed = next((words for line in reversed(lines) if " in " in (words := line.strip("= "))), "")
        begin = next((nth for nth, line in enumerate(lines) if line.strip("= ") == "conformance"), 0)
        counts.append((len(lines) - begin, len(lines)))
        print(f"{counts[-1][0]:4} of {counts[-1][1]:4} lines  exit {code}  {fault}  {failed}", flush=True)
        if given.show:
            print("\n".join(lines))
    for what, found in zip(("statement", "all"), zip(*counts, strict=True), strict=True):
        middle = statistics.median(found)
        print(f"{what}: median {middle:.0f} lines, {middle / SCREEN:.1f} screens of {SCREEN}; {max(found)} at most")


if __name__ == "__main__":
    main()
