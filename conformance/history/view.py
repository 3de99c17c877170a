"""What the history says of clauses, scenarios and operations: the answers of ``webex-conformance history``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from statistics import median
from typing import Any

from conformance.history.index import Index
from conformance.history.night import hardly_judged, moment_of
from conformance.history.series import JUDGED, RED, WELL, WORST_FIRST, Course, Turns, turns

#: Nights a row of marks shows.
MARKS = 30
#: The worst letter of its scenarios is the letter of a clause.
_WORST_LETTER = "FYUBKWPSO-"
#: Letters of the nights that say why a clause is in a state.
_SHOWN_BY = {"new": "FKY", "failing": "FKY", "flaky": "FKY", "lost": "BSU"}
#: Times a failing scenario was tried in one run for its failure to be confirmed.
CONFIRMED = 2
#: Nights whose median reply time is compared with that of so many nights before, and the share that is told.
_LATELY, _EARLIER, _SLOWER = 7, 30, 1.5
#: Milliseconds below which nobody minds.
_NOTICEABLE = 50


@dataclass(frozen=True)
class NightRow:
    """One night of a site, without its scenarios."""

    id: int
    started: str
    suite: str
    release: str
    site_release: str
    access: str
    outcomes: str
    requests: int
    root: str
    unwell: Mapping[str, int]
    problems: tuple[str, ...]

    @property
    def day(self) -> str:
        """``2026-11-28``."""
        return f"{moment_of(self.started):%Y-%m-%d}"

    @property
    def minute(self) -> str:
        """``2026-11-28 02:00``, in UTC."""
        return f"{moment_of(self.started):%Y-%m-%d %H:%M}"

    @property
    def runs(self) -> str:
        """The release the site ran: what it said, else what it was judged as."""
        return self.site_release or self.release

    def totals(self) -> dict[str, int]:
        """Scenarios by letter."""
        return {letter: self.outcomes.count(letter) for letter in sorted(set(self.outcomes))}

    @property
    def hardly_judged(self) -> bool:
        """Whether most of what ran came to no verdict."""
        return hardly_judged(self.outcomes)


@dataclass(frozen=True, kw_only=True)
class ScenarioHistory(Course):
    """The course of one scenario on one site; ``letters`` has one for each night of the site."""

    scenario: int
    nodeid: str
    title: str
    clauses: tuple[str, ...]
    release: str
    level: str
    operations: tuple[str, ...]
    letters: str


@dataclass(frozen=True)
class ClauseHistory:
    """The course of a clause on a site: that of the worst of its scenarios."""

    site: str
    clause: str
    release: str
    level: str
    operations: tuple[str, ...]
    state: str
    since: str
    since_release: str
    change: str
    last_judged: str
    words: str
    exchanges: tuple[str, ...]
    fault: str
    attempts: tuple[str, ...]
    owner: str
    letters: str
    scenarios: tuple[ScenarioHistory, ...]

    @property
    def aside(self) -> str:
        """Whose fault the last finding was, how often it was tried, and who looks after it, in words."""
        told = {"fault": self.fault, "tried": ", ".join(self.attempts), "owner": self.owner}
        return "; ".join(f"{name}: {words}" for name, words in told.items() if words)

    @property
    def marks(self) -> str:
        """The last nights, a letter each."""
        return self.letters[-MARKS:]


class SiteHistory:
    """All nights of one site, oldest first."""

    def __init__(self, index: Index, site: str) -> None:
        self.site = site
        self._index = index
        self.nights: tuple[NightRow, ...] = tuple(map(_night, index.connection.execute(_NIGHTS, (site,))))

    @cached_property
    def _days(self) -> Counter[str]:
        return Counter(one.day for one in self.nights)

    def when(self, place: int) -> str:
        """The day of a night, with the time where that day had more than one; empty where there is none."""
        if place < 0:
            return ""
        night = self.nights[place]
        return night.day if self._days[night.day] == 1 else night.minute

    @cached_property
    def scenarios(self) -> tuple[ScenarioHistory, ...]:
        """Every scenario that ever ran here."""
        return tuple(map(_scenario, self._index.connection.execute(_SCENARIOS, (self.site,))))

    def clauses(self, only: Iterable[str] = ()) -> list[ClauseHistory]:
        """Every clause that the suite still judges, or those named, in the order of the releases."""
        wanted = set(only)
        gathered: dict[str, list[ScenarioHistory]] = {}
        for one in self.scenarios:
            for clause in one.clauses:
                if not wanted or clause in wanted:
                    gathered.setdefault(clause, []).append(one)
        told = sorted(gathered.items(), key=lambda one: _in_order(one[0]))
        return [self._clause(clause, every) for clause, every in told if not all(map(self._left, every))]

    @cached_property
    def _turns(self) -> Turns:
        return turns([one.suite for one in self.nights])

    @cached_property
    def _latest(self) -> tuple[int, int]:
        """Of the last nights of the versions in use: the place of the first, and the most that one of them ran."""
        latest = list(takewhile(lambda one: one.suite in self._turns.in_use, reversed(self.nights)))
        return len(self.nights) - len(latest), max(len(one.outcomes) for one in latest)

    def _left(self, one: ScenarioHistory) -> bool:
        """Whether the suite no longer has the scenario: no version in use ever ran it, and one ran more than a part.

        A night does not say what was left out of it. One that ran less than half of what
        ran with the scenario is a run of a part, after which nothing is known of the others.
        """
        version, most = self._latest
        last = len(one.letters.rstrip("-")) - 1
        return 0 <= last < version and 2 * most >= len(self.nights[last].outcomes)

    def _clause(self, clause: str, every: Sequence[ScenarioHistory]) -> ClauseHistory:
        several = [one for one in every if not self._left(one)]
        worst = self._decides(several)
        last = max(one.last for one in several)
        return ClauseHistory(
            site=self.site,
            clause=clause,
            release=worst.release,
            level=worst.level,
            operations=tuple(dict.fromkeys(name for one in several for name in one.operations)),
            state="failing" if any(one.state == "failing" for one in several) else worst.state,
            since=self.when(worst.since),
            since_release=self.nights[worst.since].runs if worst.since >= 0 else "",
            change=self.change(worst) or _of_others(worst, several),
            last_judged=self.when(last),
            **vars(self._found(worst)),
            letters=every[0].letters if len(every) == 1 else _together(one.letters for one in every),
            scenarios=tuple(several),
        )

    def _decides(self, several: Sequence[ScenarioHistory]) -> ScenarioHistory:
        """The scenario whose course is that of its clause: a clause fails since the first of them does."""
        red = [one for one in several if one.state in RED]
        if any(one.state == "failing" for one in red):
            return min(red, key=lambda one: one.since)
        if red:
            # What the same run confirmed is told at once, whichever scenario it was.
            return min(red, key=lambda one: (len(self._found(one).attempts) < CONFIRMED, one.since))
        state = min((one.state for one in several), key=WORST_FIRST.index)
        alike = [one for one in several if one.state == state]
        # A clause is well since the last of its scenarios is; one that never was otherwise says nothing of that.
        healed = [one for one in alike if state in WELL and one.before >= 0]
        return max(healed, key=lambda one: one.since) if healed else min(alike, key=lambda one: one.since)

    def change(self, one: ScenarioHistory) -> str:
        """What else changed on the night on which the state did: the release of the site, the suite, or nothing."""
        if one.differs:
            return one.differs
        if one.state not in ("new", "failing", "fixed", "lost") or one.before < 0:
            return ""
        then, now = self.nights[one.before], self.nights[one.since]
        if then.runs != now.runs:
            return f"site went from {then.runs} to {now.runs}"
        ours = then.suite != now.suite and not self._at_odds(one, then.suite, now.suite)
        return f"suite went from {then.suite} to {now.suite}" if ours else ""

    def _at_odds(self, one: ScenarioHistory, then: str, now: str) -> bool:
        """Whether the new version judged it before its state changed, or the old one after: then it is no cause."""
        judged = [(place, self.nights[place].suite) for place, letter in enumerate(one.letters) if letter in JUDGED]
        return any((suite == now) if place < one.since else (suite == then) for place, suite in judged)

    def _found(self, one: ScenarioHistory) -> _Found:
        """What the latest night said that made the state what it is; others, such as those of an outage, do not."""
        letters = _SHOWN_BY.get(one.state, "")
        for place in range(len(self.nights) - 1, max(one.since, 0) - 1, -1):
            outage = one.state == "lost" and self.nights[place].hardly_judged
            if one.letters[place] in letters and not outage:
                key = self.nights[place].id, one.scenario
                if row := self._index.connection.execute(_FINDING, key).fetchone():
                    return _read(row, self.nights[place].root)
        return _Found()

    @cached_property
    def outage(self) -> tuple[NightRow, ...]:
        """The nights up to the last on which hardly anything was judged, the latest first."""
        return tuple(takewhile(lambda one: one.hardly_judged, reversed(self.nights)))

    def besides(self) -> list[str]:
        """What is to be said of the site beside its clauses, a sentence each."""
        return [*self._of_outage(), *self._of_suites(), *self.slower()]

    def _of_outage(self) -> Iterator[str]:
        if self.outage:
            since = f"the last {len(self.outage)} nights, since {self.outage[-1].day}, hardly judged anything"
            words = since if len(self.outage) > 1 else "the last night hardly judged anything"
            signs = dict.fromkeys(sign for one in self.outage for sign in one.unwell)
            yield f"{words}: {', '.join(signs) or 'see its reports'}"

    def _of_suites(self) -> Iterator[str]:
        """What versions of the suite that take turns see otherwise."""
        differing = (one for one in self.scenarios if one.differs and not self._left(one))
        found = sorted({clause for one in differing for clause in one.clauses}, key=_in_order)
        if found:
            words = "what they see otherwise is no change of the site"
            yield f"suites {' and '.join(self._turns.every)} take turns, and {words}: {', '.join(found)}"

    def slower(self) -> list[str]:
        """Operations whose replies lately take longer than before: a sentence each, and never a verdict."""
        recent = self.nights[-(_LATELY + _EARLIER) :]
        if len(recent) < 2 * _LATELY:
            return []
        times: dict[str, dict[int, float]] = {}
        for night, operation, p50 in self._index.connection.execute(_TIMES, (self.site, recent[0].started)):
            times.setdefault(operation, {})[night] = p50
        told = []
        for operation, by in sorted(times.items()):
            halves = recent[:-_LATELY], recent[-_LATELY:]
            before, lately = ([by[one.id] for one in half if one.id in by] for half in halves)
            if before and lately and _is_slower(median(before), median(lately)):
                words = f"{median(lately):.0f} ms in the last {len(lately)} nights, {median(before):.0f} ms before"
                told.append(f"{operation} became slower: a reply took {words} (medians)")
        return told


@dataclass(frozen=True)
class _Found:
    """What a night found, the files that show it, whose fault it was, what it came to each time, who looks after it."""

    words: str = ""
    exchanges: tuple[str, ...] = ()
    fault: str = ""
    attempts: tuple[str, ...] = ()
    owner: str = ""


def _read(row: Sequence[str], root: str) -> _Found:
    words, exchanges, fault, attempts, owner = row
    files = (file.partition(":")[2] for file in json.loads(exchanges))
    named = tuple(f"{root}/{file}" if root and not file.startswith("/") else file for file in files)
    return _Found(words, named, fault, tuple(json.loads(attempts)), owner)


def _is_slower(before: float, lately: float) -> bool:
    return lately > _SLOWER * before and lately - before > _NOTICEABLE


_NIGHTS = """SELECT id, started, suite, release, site_release, access, outcomes, requests, root, unwell, problems
FROM night WHERE site = ? ORDER BY started, file"""
_SCENARIOS = """SELECT c.state, c.since, c.before, c.last, c.judged, c.failed, c.differs,
s.id, s.nodeid, s.title, s.clauses, s.release, s.level, s.operations, c.letters
FROM course c JOIN scenario s ON s.id = c.scenario WHERE c.site = ? ORDER BY s.place, s.id"""
_FINDING = "SELECT words, exchanges, fault, attempts, owner FROM finding WHERE night = ? AND scenario = ?"
_TIMES = """SELECT t.night, t.operation, t.p50 FROM reply_time t JOIN night n ON n.id = t.night
WHERE n.site = ? AND n.started >= ?"""


def sites(index: Index) -> list[str]:
    """The sites there are nights of."""
    return [site for (site,) in index.connection.execute("SELECT DISTINCT site FROM night ORDER BY site")]


def _night(row: Sequence[Any]) -> NightRow:
    number, started, suite, release, site_release, access, outcomes, requests, root, unwell, problems = row
    plain = (number, started, suite, release, site_release, access, outcomes, requests, root)
    return NightRow(*plain, json.loads(unwell), tuple(json.loads(problems)))


def _scenario(row: tuple[Any, ...]) -> ScenarioHistory:
    number, nodeid, title, clauses, release, level, operations, letters = row[7:]
    return ScenarioHistory(
        **vars(Course(*row[:7])),
        scenario=number,
        nodeid=nodeid,
        title=title,
        clauses=tuple(clauses.split()),
        release=release,
        level=level,
        operations=tuple(operations.split()),
        letters=letters,
    )


def _of_others(worst: ScenarioHistory, several: Iterable[ScenarioHistory]) -> str:
    """Of a clause that is well what a version of the suite sees otherwise in any of its scenarios."""
    return next((one.differs for one in several if one.differs), "") if worst.state in WELL else ""


def _together(letters: Iterable[str]) -> str:
    return "".join(min(night, key=_WORST_LETTER.index) for night in zip(*letters, strict=True))


def _in_order(clause: str) -> tuple[list[int], str]:
    release, _, number = clause.removeprefix("R").partition("-")
    digits = [int(part) for part in (*release.split("."), number) if part.isdigit()]
    return digits, clause
