"""Every kind of page by the rules of axe-core: both schemes, a phone of 320 pixels and a desk of 1400.

Of what a page repeats a few are left: the rules are about kinds of things, and of the thousands of entries of the
contract each would be looked at four times. ``python -m benchmarks.documentation --axe`` looks at pages whole.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.history.archive import Archive
from tests.conftest import ROOT
from tests.history import simulation
from tests.reporting.axe import VIEWS, axe, findings
from tests.reporting.browser import chromium
from tests.reporting.conftest import Runs

pytestmark = pytest.mark.skipif(not chromium(), reason="no chromium on this machine: apt-get install chromium")

#: Leaves three of whatever stands in a row of more: entries, rows of a table, items of a list.
_FEW = """
for (const one of document.querySelectorAll('article, section.type, section.item, section.release, .group, tbody tr, main li'))
  if (one.matches(':nth-of-type(n+5)') && !one.closest('#told')) one.remove();
"""
#: Kind of page to its address and what a reader does there first.
KINDS = {
    "releases": ("index.html", "for (const one of document.querySelectorAll('details')) one.open = true;"),
    "releases, searching": ("index.html#q=freeAccount", ""),
    "operations": ("index.html#by-operation", ""),
    "clauses": ("index.html#by-clause", ""),
    "sites": ("index.html#by-site", ""),
    "a cell opened": ("index.html#by-site?clause=R41.11.0-62&on=mock", ""),
    "contract": ("contract.html", "for (const one of document.querySelectorAll('details')) one.open = true;"),
    "contract, searching": ("contract.html#q=hostPIN", ""),
    "history": ("history.html#state=any", ""),
    "a clause of the history": ("history.html#clause=R41.1.0-01&on=site-00", ""),
    "compare": ("compare.html", ""),
    "upgrade": ("upgrade.html", ""),
}


@pytest.fixture(scope="module")
def folder(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of each kind of page."""
    if not axe():
        pytest.skip("no axe-core here, and no npm to get it")
    made = tmp_path_factory.mktemp("pages")
    archive = Archive(made / "history")
    for night in islice(simulation.nights(simulation.sites(1)[0]), 5):
        archive.keep(night)
    root = ("--root", str(ROOT))
    assert main(["docs", str(runs["bad"]), "--history", str(made / "history"), "--output", str(made / "index.html"), *root]) == 0
    sides = (str(runs["old"]), str(runs["changed"]))
    main(["compare", *sides, "--html", str(made / "compare.html"), *root])
    main(["upgrade", "--before", sides[0], "--after", sides[1], "--html", str(made / "upgrade.html"), *root])
    return made


@pytest.mark.rotating(12)
@pytest.mark.parametrize(("dark", "width"), VIEWS)
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(folder: Path, kind: str, dark: bool, width: int) -> None:
    place, first = KINDS[kind]
    file, _, name = place.partition("#")
    url = (folder / file).as_uri() + (f"#{name}" if name else "")
    assert findings(url, dark=dark, width=width, before=f"(() => {{ {_FEW} {first} }})()") == []


def test_axe_is_seen_to_find_something(folder: Path) -> None:
    """Because a script that finds nothing may be one that looks at nothing."""
    bare = "(() => { document.body.innerHTML = '<main><button></button></main>'; })()"
    found = findings((folder / "compare.html").as_uri(), dark=False, width=320, before=bare)
    assert any(one.startswith("button-name: ") for one in found)
