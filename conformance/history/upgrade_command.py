"""``webex-conformance upgrade``: the runs of both sides read, from their reports or from the history."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.history.archive import at
from conformance.history.index import Index
from conformance.history.night import is_day, moment
from conformance.history.view import NightRow, SiteHistory, sites
from conformance.judge.clauses import load_clauses
from conformance.judge.contract import Contract
from conformance.reporting.comparison import upgrade_output
from conformance.reporting.comparison.clients import read_use
from conformance.reporting.comparison.sides import Side, UpgradeRun, counted_once, refuse_sides, side_notes
from conformance.reporting.comparison.upgrade import Reason, Suite, decide, reply_reasons
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
    reader = _Reader(given, clauses, operations)
    before, after = (reader.side(words) for words in (given.before, given.after))
    refuse_sides(before, after)
    root: Path = given.root.resolve()
    known = load_clauses(root / "features")
    uses = [read_use(file) for file in given.client]
    replies = reply_reasons(before, after, known.values(), Contract(root / "schemas"), uses)
    notes = (Reason("noted", words) for words in (*reader.notes, *side_notes(before, after)))
    suite = Suite(clauses, operations, {name: one.release for name, one in known.items()})
    decision = decide(before, after, suite, (*replies, *notes), given.tolerance)
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
        #: What was read in another way than it was named.
        self.notes: list[str] = []

    def side(self, words: Sequence[str]) -> Side:
        """The runs that ``words`` name, oldest first: folders of reports, or days of the history."""
        runs = [run for word in words for run in self._runs(word)]
        if not runs:
            what = f"no night of {self._given.site} lies in {' '.join(words)}"
            raise UserError("side-empty", what, where=str(self._given.history))
        side, again = counted_once(runs)
        self.notes += again
        return side

    def _runs(self, word: str) -> Iterator[UpgradeRun]:
        days = _DAYS.fullmatch(word)
        if days is None or Path(word).exists():
            yield self._of_reports(read_run(Path(word)))
        else:
            yield from self._of_nights(days["first"], days["last"] or days["first"])

    def _of_reports(self, run: RunFile) -> UpgradeRun:
        outcomes: dict[str, str] = {}
        skipped: dict[str, str] = {}
        for one in run.scenarios.values():
            name = _name(one.title, one.row, one.clauses)
            # Two files may have a title in common.
            name = f"{name} {one.nodeid}" if name in outcomes else name
            self._clauses[name], self._operations[name] = one.clauses, one.operations
            outcomes[name] = "" if one.fault == "suite" else _SAYS.get(one.outcome, "")
            skipped |= {name: one.kind} if one.outcome == "skipped" else {}
        return UpgradeRun(
            name=f"{run.finished:%Y-%m-%d %H:%M}",
            release=run.release,
            outcomes=outcomes,
            shapes=run.shapes,
            times=_medians(Path(run.file).with_name("metrics.prom")),
            skipped=skipped,
            judged_as=run.judged_as,
            identity=(run.site, *(moment(one.timestamp()) for one in (run.started, run.finished) if one)),
            site=run.site,
            suite=run.suite,
            access=run.access,
            mock=run.mock,
            strict=run.strict,
        )

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
            kept = _Kept(index, self._given.site)
            for place, night in enumerate(history.nights):
                if first <= night.day <= last:
                    yield self._of_night(history, place, night, kept)
        finally:
            index.close()

    def _of_night(self, history: SiteHistory, place: int, night: NightRow, kept: _Kept) -> UpgradeRun:
        outcomes: dict[str, str] = {}
        skipped: dict[str, str] = {}
        judged_as = Release.parse(night.release)
        for one in history.scenarios:
            letter = one.letters[place]
            if letter == "-":
                continue
            name = _name(one.title, kept.rows[one.scenario], one.clauses)
            name = f"{name} {one.nodeid}" if name in outcomes else name
            self._clauses[name], self._operations[name] = one.clauses, one.operations
            outcomes[name] = _SAYS.get(letter, "")
            skipped |= {name: _skip(letter, Release.parse(one.release) > judged_as)} if letter in "SO" else {}
        finished, mock, strict = kept.nights[night.id]
        return UpgradeRun(
            name=night.minute,
            release=Release.parse(night.runs),
            outcomes=outcomes,
            times=kept.times.get(night.id, {}),
            skipped=skipped,
            judged_as=judged_as,
            identity=(history.site, night.started, finished),
            site=history.site,
            suite=night.suite,
            access=night.access,
            mock=mock,
            strict=strict,
        )


def _skip(letter: str, later: bool) -> str:
    """The reason class of a skip, as far as a night keeps it."""
    return "observe-only" if letter == "O" else "release" if later else "skipped"


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


class _Kept:
    """What the index has of the nights and scenarios of a site beside their courses."""

    def __init__(self, index: Index, site: str) -> None:
        every = index.connection.execute
        #: By night when it finished, whether it was of a mock, and strict.
        self.nights: dict[int, tuple[str, bool, bool]] = {
            night: (finished, bool(mock), bool(strict))
            for night, finished, mock, strict in every("SELECT id, finished, mock, strict FROM night")
        }
        #: By scenario the row of an outline.
        self.rows: dict[int, str] = dict(every("SELECT id, row FROM scenario"))
        #: By night the median reply time of each operation, in seconds.
        self.times: dict[int, dict[str, float]] = {}
        query = "SELECT t.night, t.operation, t.p50 FROM reply_time t JOIN night n ON n.id = t.night WHERE n.site = ?"
        for night, operation, p50 in every(query, (site,)):
            self.times.setdefault(night, {})[operation] = p50 / 1000
