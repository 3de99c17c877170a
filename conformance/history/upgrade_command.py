"""``webex-conformance upgrade``: the runs of both sides read, from their reports or from the history."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from conformance.history.archive import at
from conformance.history.index import Index
from conformance.history.night import is_day
from conformance.history.view import NightRow, SiteHistory, sites
from conformance.judge.clauses import load_clauses
from conformance.judge.contract import Contract
from conformance.reporting.comparison import upgrade_output
from conformance.reporting.comparison.clients import read_use
from conformance.reporting.comparison.upgrade import Side, Suite, UpgradeRun, decide, reply_reasons
from conformance.reporting.pages import write_page
from conformance.reporting.summary import RunFile, read_run
from conformance.reporting.text import ascii_json, printable, safe
from conformance.sites.errors import UserError, nearest
from conformance.sites.release import Release
from conformance.sites.user_files import UNREADABLE, read_user_file

_DAYS = re.compile(r"(?P<first>\d{4}-\d{2}-\d{2})(?:\.\.(?P<last>\d{4}-\d{2}-\d{2}))?")
_MEDIAN = re.compile(
    r'webex_conformance_reply_seconds\{.*operation="(?P<operation>\w+)".*quantile="0\.5"\} (?P<seconds>\S+)'
)
#: What an outcome, or a letter of a night, says of a clause. What is known is excused, on either side.
_SAYS = {"passed": "good", "known": "good", "failed": "bad", "flaky": "bad",
         "P": "good", "W": "good", "K": "good", "F": "bad", "Y": "bad"}  # fmt: skip


def upgrade(given: argparse.Namespace) -> int:
    """Print go, no-go or not enough evidence; the exit code says which (0, 3, 6)."""
    if not 0 < given.tolerance < 1:
        raise UserError("tolerance", "--tolerance is a share between 0 and 1", where="--tolerance", hint="0.2")
    clauses: dict[str, Sequence[str]] = {}
    operations: dict[str, Sequence[str]] = {}
    before, after = (_Reader(given, clauses, operations).side(words) for words in (given.before, given.after))
    root: Path = given.root.resolve()
    known = load_clauses(root / "features")
    uses = [read_use(file) for file in given.client]
    replies = reply_reasons(before, after, known.values(), Contract(root / "schemas"), uses)
    decision = decide(before, after, Suite(clauses, operations), replies, given.tolerance)
    if given.html:
        write_page(given.html, upgrade_output.page_of(decision, given.tolerance))
    if given.json:
        print(ascii_json(upgrade_output.as_json(decision, given.tolerance)))
    elif given.markdown:
        print(printable(upgrade_output.markdown_of(decision, given.tolerance)))
    else:
        print("\n".join(map(safe, upgrade_output.lines_of(decision, given.tolerance))))
    return decision.code


class _Reader:
    """Reads the runs of a side, and gathers what their scenarios are about."""

    def __init__(
        self, given: argparse.Namespace, clauses: dict[str, Sequence[str]], operations: dict[str, Sequence[str]]
    ) -> None:
        self._given, self._clauses, self._operations = given, clauses, operations

    def side(self, words: Sequence[str]) -> Side:
        """The runs that ``words`` name, oldest first: folders of reports, or days of the history."""
        runs = [run for word in words for run in self._runs(word)]
        if not runs:
            what = f"no night of {self._given.site} lies in {' '.join(words)}"
            raise UserError("side-empty", what, where=str(self._given.history))
        return Side(tuple(sorted(runs, key=lambda run: run.name)))

    def _runs(self, word: str) -> Iterator[UpgradeRun]:
        days = _DAYS.fullmatch(word)
        if days is None or Path(word).exists():
            yield self._of_reports(read_run(Path(word)))
        else:
            yield from self._of_nights(days["first"], days["last"] or days["first"])

    def _of_reports(self, run: RunFile) -> UpgradeRun:
        outcomes = {}
        for one in run.scenarios.values():
            name = _name(one.title, one.row, one.clauses)
            self._clauses[name], self._operations[name] = one.clauses, one.operations
            outcomes[name] = "" if one.fault == "suite" else _SAYS.get(one.outcome, "")
        times = _medians(Path(run.file).with_name("metrics.prom"))
        return UpgradeRun(f"{run.finished:%Y-%m-%d %H:%M}", run.release, outcomes, run.shapes, times)

    def _of_nights(self, first: str, last: str) -> Iterator[UpgradeRun]:
        if not self._given.site:
            raise UserError("side-site", "days of the history need a site", where="--site", hint="--site NAME")
        for day in (first, last):
            if not is_day(day):
                raise UserError("day", f"{day} is no day", where="--before, --after", hint="write 2026-11-28")
        index = Index(at(self._given.history))
        try:
            known = sites(index)
            if self._given.site not in known:
                what = f"no night of a site {self._given.site!r} is here"
                raise UserError("site-unknown", what, hint=nearest(self._given.site, known))
            history = SiteHistory(index, self._given.site)
            times = _times(index, self._given.site)
            for place, night in enumerate(history.nights):
                if first <= night.day <= last:
                    yield self._of_night(history, place, night, times.get(night.id, {}))
        finally:
            index.close()

    def _of_night(
        self, history: SiteHistory, place: int, night: NightRow, times: Mapping[str, float]
    ) -> UpgradeRun:
        outcomes = {}
        for one in history.scenarios:
            name = _name(one.title, one.nodeid, one.clauses)
            self._clauses[name], self._operations[name] = one.clauses, one.operations
            outcomes[name] = _SAYS.get(one.letters[place], "")
        return UpgradeRun(night.minute, Release.parse(night.runs), outcomes, {}, times)


def _name(title: str, row: str, clauses: Sequence[str]) -> str:
    """By which a scenario is known on both sides, though a version of the suite moved its file."""
    return " ".join((*clauses, title, row))


def _medians(file: Path) -> dict[str, float]:
    """The median reply time of each operation, where the run left its metrics."""
    try:
        lines = read_user_file(file).splitlines()
    except (OSError, *UNREADABLE):
        return {}
    found = (_MEDIAN.fullmatch(line) for line in lines)
    return {one["operation"]: float(one["seconds"]) for one in found if one}


def _times(index: Index, site: str) -> dict[int, dict[str, float]]:
    """By night the median reply time of each operation, in seconds."""
    told: dict[int, dict[str, float]] = {}
    query = "SELECT t.night, t.operation, t.p50 FROM reply_time t JOIN night n ON n.id = t.night WHERE n.site = ?"
    for night, operation, p50 in index.connection.execute(query, (site,)):
        told.setdefault(night, {})[operation] = p50 / 1000
    return told
