"""What differs between two runs: outcomes changed, clauses gained with the release, shape drift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.reporting.shapes import VANISHED, Announcements, Declarations, Drift, drift_of
from conformance.reporting.summary import ReportedScenario, RunFile
from conformance.sites.errors import UserError
from conformance.sites.release import Release

#: What may become of a scenario, the worst first; the sections of every report of a comparison.
CHANGES = (
    "newly failing",
    "newly flaky",
    "newly broken",
    "newly skipped",
    "red in AFTER alone",
    "still failing",
    "still flaky",
    "still broken",
    "newly known",
    "newly passing",
)
_WORSE = ("newly failing", "newly flaky", "newly broken", "newly skipped", "red in AFTER alone")
_RED = ("failed", "flaky", "broken")
#: A skip for these reasons is what the contract asks for, and no loss.
_RIGHTLY_SKIPPED = ("release", "baseline", "observe-only")


@dataclass(frozen=True)
class Change:
    """A scenario whose outcome differs, or that is as bad as before."""

    what: str
    before: str
    scenario: ReportedScenario

    @property
    def worse(self) -> bool:
        """Whether somebody must look at it before the upgrade goes on."""
        return self.what in _WORSE and not self.rightly_skipped and not self.better

    @property
    def better(self) -> bool:
        """Whether it failed each time it was tried, and now does so sometimes."""
        return (self.what, self.before) == ("newly flaky", "failed")

    @property
    def rightly_skipped(self) -> bool:
        """Whether it is skipped as the contract asks for: counted, and not listed."""
        return self.what == "newly skipped" and self.scenario.kind in _RIGHTLY_SKIPPED


@dataclass(frozen=True)
class Gained:
    """A clause of the releases in between, with its outcome in the second run."""

    clause: Clause
    outcome: str


@dataclass(frozen=True)
class Delta:
    """The difference of two runs. ``strict`` counts an unannounced new element as worse, too."""

    before: RunFile
    after: RunFile
    changes: tuple[Change, ...]
    gained: tuple[Gained, ...]
    drift: tuple[Drift, ...]
    notes: tuple[str, ...]
    clauses: Mapping[str, Clause]
    strict: bool = False

    def of(self, what: str) -> tuple[Change, ...]:
        """The changes of one kind, but for skips that the contract asks for."""
        return tuple(change for change in self.changes if change.what == what and not change.rightly_skipped)

    def together(self, what: str) -> tuple[tuple[Change, ...], ...]:
        """The changes of one kind, those with one cause together, the most first."""
        found: dict[tuple[object, ...], list[Change]] = {}
        for one in self.of(what):
            found.setdefault((one.before, one.scenario.causes or one.scenario.why), []).append(one)
        return tuple(sorted(map(tuple, found.values()), key=len, reverse=True))

    def rightly_skipped(self) -> dict[str, int]:
        """How many scenarios are skipped now as the contract asks for, by the reason class."""
        return dict(Counter(change.scenario.kind for change in self.changes if change.rightly_skipped))

    def said(self, drift: Drift) -> str:
        """What became of an element, for people: what only an older release lacks did not vanish."""
        back = self.after.release < self.before.release
        return "not yet there" if back and drift.announced and drift.what == VANISHED else drift.what

    @property
    def announced(self) -> tuple[Drift, ...]:
        """Drift that a clause of the releases in between explains."""
        return tuple(drift for drift in self.drift if drift.announced)

    @property
    def unannounced(self) -> tuple[Drift, ...]:
        """Drift that nobody announced."""
        return tuple(drift for drift in self.drift if not drift.announced)

    def brought(self) -> dict[Release, dict[str, tuple[Gained, ...]]]:
        """The clauses gained, by release and by the heading they stand under in its notes."""
        releases: dict[Release, dict[str, tuple[Gained, ...]]] = {}
        for one in self.gained:
            items = releases.setdefault(one.clause.release, {})
            items[one.clause.item] = (*items.get(one.clause.item, ()), one)
        return releases

    def worse(self) -> tuple[str, ...]:
        """Why the second run is worse, in words and with numbers; empty when nothing is."""
        changes = [change for change in self.changes if change.worse]
        counts = {what: sum(change.what == what for change in changes) for what in _WORSE}
        reasons = [f"{_many(number, 'scenario')} {what}" for what, number in counts.items() if number]
        drift = sum(drift.worse or (self.strict and not drift.announced) for drift in self.drift)
        return (
            *reasons,
            *([f"{_many(drift, 'unannounced change')} of replies that can break a client"] if drift else []),
        )


def outcomes(gained: Iterable[Gained]) -> str:
    """How clauses ended, in words: ``16 passed, 1 observed``."""
    words = [one.outcome for one in gained]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(sorted(words, key=words.count)[::-1]))


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def compare_runs(
    before: RunFile, after: RunFile, clauses: Mapping[str, Clause], contract: Contract, *, strict: bool = False
) -> Delta:
    """Everything that differs; :class:`UserError` when the two runs cannot be compared."""
    _refuse(before, after)
    paired = _paired(before, after) if before.suite != after.suite else {name: name for name in after.scenarios}
    if not paired:
        what = f"the runs have no scenario in common: {len(before.scenarios)} and {len(after.scenarios)}"
        raise UserError("selections-differ", what, where=after.file, hint="run both with one selection")
    lower, upper = sorted((before.release, after.release))
    between = [clause for clause in clauses.values() if lower < clause.release <= upper]
    back = after.release < before.release
    return Delta(
        before=before,
        after=after,
        changes=tuple(sorted(_changes(before, after, paired), key=lambda change: CHANGES.index(change.what))),
        gained=() if back else tuple(Gained(one, after.clauses.get(one.id, "not-run")) for one in between),
        drift=tuple(_drift(before, after, Announcements(between, back=back), contract)),
        notes=(*_alone(before, after, paired), *_notes(before, after)),
        clauses=clauses,
        strict=strict,
    )


def _refuse(before: RunFile, after: RunFile) -> None:
    one, other = set(before.scenarios), set(after.scenarios)
    if one != other and before.suite == after.suite:
        what = f"the runs selected different scenarios: {len(one)} and {len(other)}, {len(one & other)} of them in both"
        raise UserError("selections-differ", what, where=after.file, hint="run both with one selection")
    if not one or not other:
        raise UserError("selections-empty", "the runs hold no scenario", where=after.file)


def _paired(before: RunFile, after: RunFile) -> dict[str, str]:
    """Scenarios of ``after`` with what another version of the suite called them.

    By title, else by steps, with the same clauses; else by place, with a clause in common. None is taken for two.
    """
    pairs: dict[str, str] = {}
    for manner in range(2):
        known = {_keys(one)[manner]: name for name, one in before.scenarios.items() if name not in pairs.values()}
        for name, one in after.scenarios.items():
            was = known.get(_keys(one)[manner])
            if name not in pairs and was is not None:
                pairs[name] = known.pop(_keys(one)[manner])
    left = before.scenarios.keys() - pairs.values()
    for name, one in after.scenarios.items():
        if name not in pairs and name in left and _about_one_thing(before.scenarios[name], one):
            pairs[name] = name
    return pairs


def _keys(one: ReportedScenario) -> tuple[tuple[str, ...], ...]:
    return (one.title, one.row, *one.clauses), (one.steps or one.nodeid, *one.clauses)


def _about_one_thing(was: ReportedScenario, now: ReportedScenario) -> bool:
    """Whether they have a clause in common: a version of the suite may have added one, or taken one away."""
    return was.clauses == now.clauses or not set(was.clauses).isdisjoint(now.clauses)


def _alone(before: RunFile, after: RunFile, paired: Mapping[str, str]) -> tuple[str, ...]:
    """What two versions of the suite do not have in common: it changed nothing on the site."""
    if before.suite == after.suite:
        return ()
    changed = [now for now, was in paired.items() if after.scenarios[now].steps != before.scenarios[was].steps]
    lost, new = len(before.scenarios) - len(paired), len(after.scenarios) - len(paired)
    counts = f"{_many(len(paired), 'scenario')} compared, {lost} in BEFORE alone, {new} in AFTER alone"
    return (
        f"two versions of the suite, {before.suite} and {after.suite}: {counts}",
        *(f"its steps changed with the suite, a difference may come from there: {name}" for name in changed),
    )


def _changes(before: RunFile, after: RunFile, paired: Mapping[str, str]) -> Iterator[Change]:
    for nodeid, now in after.scenarios.items():
        if nodeid in paired:
            was = before.scenarios[paired[nodeid]]
            what = _what(was, now)
            if what:
                yield Change(what, was.word, now)
        elif now.outcome in _RED:
            yield Change("red in AFTER alone", "not there", now)


def _what(was: ReportedScenario, now: ReportedScenario) -> str:
    """The name of the change, "" where there is none worth a line."""
    bad = {"failed": "failing", "flaky": "flaky", "broken": "broken"}
    if now.outcome in bad:
        return f"{'still' if was.outcome == now.outcome else 'newly'} {bad[now.outcome]}"
    # What is judged now because the release is there is told with the clauses the release brought.
    if was.outcome == now.outcome or (was.outcome == "skipped" and was.kind == "release" and now.outcome == "passed"):
        return ""
    return {"skipped": "newly skipped", "known": "newly known", "passed": "newly passing"}[now.outcome]


def _drift(before: RunFile, after: RunFile, announcements: Announcements, contract: Contract) -> Iterator[Drift]:
    declared = Declarations(contract.view(before.release))
    for operation in sorted(before.shapes.keys() & after.shapes.keys()):
        yield from drift_of(operation, before.shapes[operation], after.shapes[operation], declared, announcements)


def _notes(before: RunFile, after: RunFile) -> Iterator[str]:
    for word, run in (("BEFORE", before), ("AFTER", after)):
        if run.judged_as != run.release:
            yield f"{word} was judged as {run.judged_as}, its site says it runs {run.release}"
        yield from (f"{word} had a problem: {problem}" for problem in run.problems)
    if before.mock != after.mock:
        yield f"one site is a mock, the other is live: {before.name}, {after.name}"
    if after.release < before.release:
        yield f"AFTER has the older release: what {before.release} added is expected to be gone"
    if after.finished < before.finished:
        yield f"AFTER is the older run: {after.day}, BEFORE {before.day}"
    if before.access != after.access:
        yield f"access differs: BEFORE {before.access}, AFTER {after.access}"
    if before.strict != after.strict:
        yield "only one of the runs was strict: clauses of level should fail in one and warn in the other"
    for run, other in ((before, after), (after, before)):
        alone = sorted(_answered(run) - _answered(other))
        if alone:
            yield f"replies seen in one run only, {run.name}, and not compared: {', '.join(alone)}"


def _answered(run: RunFile) -> set[str]:
    return {operation for operation, shape in run.shapes.items() if shape}
