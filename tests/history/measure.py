"""A made-up year read by the history, and held against what was planted in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.history import output
from conformance.history.archive import Archive, at
from conformance.history.index import INDEX, Index
from conformance.history.view import ScenarioHistory, SiteHistory
from tests.reporting.browser import Browser, chromium
from tests.history.simulation import Planted, Site, nights, sites, suite

_STATES = {"regression": "failing", "upgrade": "failing", "suite": "failing", "flake": "flaky", "fixed": "fixed", "aged": "lost"}


@dataclass(frozen=True)
class Figures:
    """What the measurement came to."""

    planted: int
    wrong: tuple[str, ...]
    regressions_called_flaky: int
    bytes: int
    page_bytes: int
    seconds: dict[str, float]


def year(folder: Path, seed: int, count: int = 10) -> list[Site]:
    """Keep the nights of ``count`` sites."""
    made = sites(seed)[:count]
    archive = Archive(folder)
    for site in made:
        for night in nights(site):
            archive.keep(night)
    return made


def measured(folder: Path, made: list[Site]) -> Figures:
    """Read the year below ``folder`` and count what was seen as it was planted."""
    seconds: dict[str, float] = {}
    index = _timed(seconds, "index made", lambda: Index(at(folder)))
    index.close()
    index = _timed(seconds, "index opened", lambda: Index(at(folder)))
    wrong: list[str] = []
    flaky = 0
    for site in made:
        told = SiteHistory(index, site.name)
        by_steps = {one.title.split()[1]: one for one in told.scenarios}
        for planted in site.planted:
            found = by_steps[str(planted.scenario)]
            flaky += planted.kind in ("regression", "upgrade", "suite") and found.state == "flaky"
            if complaint := _complaint(site, planted, found, told):
                wrong.append(f"{site.name}: {planted}: {complaint}")
    one = made[0].name
    _timed(seconds, "query of a site", lambda: SiteHistory(index, one).clauses())
    _timed(seconds, "query of a clause", lambda: SiteHistory(index, one).clauses(["R41.1.0-01"]))
    _timed(seconds, "slower operations", lambda: SiteHistory(index, one).slower())
    page = _timed(seconds, "page made", lambda: output.page([SiteHistory(index, site.name) for site in made], []))
    index.close()
    if chromium():
        _open(folder / "history.html", page, seconds)
    kept = sum(file.stat().st_size for file in folder.rglob("*.gz"))
    assert (folder / INDEX).is_file()
    return Figures(sum(len(site.planted) for site in made), tuple(wrong), flaky, kept, len(page.encode()), seconds)


def _open(file: Path, page: str, seconds: dict[str, float]) -> None:
    """How long a browser takes until the page shows its list of clauses."""
    file.write_text(page, encoding="utf-8")
    with Browser() as browser:
        _timed(seconds, "page opened in a browser", lambda: browser.open(file.as_uri()))
        assert browser.look("document.querySelectorAll('#rows tr').length") > 0


def _timed(seconds: dict[str, float], what: str, work: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    found = work()
    seconds[what] = time.perf_counter() - started
    return found


def _complaint(site: Site, planted: Planted, found: ScenarioHistory, told: SiteHistory) -> str:
    if found.state != _STATES[planted.kind]:
        return f"it is {found.state}"
    if planted.kind == "flake":
        return ""
    since = planted.end if planted.kind == "fixed" else planted.first
    if found.since != since:
        return f"since night {found.since}"
    if told.nights[found.since].runs != site.release(since):
        return f"on {told.nights[found.since].runs}"
    wanted = {"upgrade": f"site went from {site.release(since - 1)} to {site.release(since)}",
              "suite": f"suite went from {suite(since - 1)} to {suite(since)}"}  # fmt: skip
    change = told.change(found)
    return "" if change == wanted.get(planted.kind, change) else f"with {change!r}"
