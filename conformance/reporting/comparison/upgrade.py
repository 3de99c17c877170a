"""Go, no-go, or not enough evidence: several runs before an upgrade held against several after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import median

from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.reporting.comparison.clients import UseProfile, broken_by
from conformance.reporting.comparison.evidence import (
    Tally,
    at_least,
    at_most,
    by_thing,
    judgements_for,
    limit,
    runs_until_worse,
    worse,
)
from conformance.reporting.comparison.sides import Side, UpgradeRun
from conformance.reporting.shapes import Announcements, Declarations, Drift, Shape, drift_of, merge
from conformance.sites.release import Release

#: What a decision says, worst first, with the exit code of each.
WORDS = {"no-go": 3, "not enough evidence": 6, "go": 0}
#: How often equal sides may be called different, and a fault of the size that is asked about be missed.
ALPHA, RISK = 0.01, 0.01
#: The smallest fault that must not pass: one in every fifth request.
TOLERANCE = 0.2
#: An operation is told as slower when its median is so much above the one before, and by so many seconds.
_SLOWER, _NOTICEABLE = 1.5, 0.05
#: Runs of each side from which on a change of replies is more than luck of the data.
_ENOUGH = 2
_FAMILIES = 3
#: Judgements that what is known of the whole site counts for, in guessing what a clause will do.
_SHRINKS = 20


@dataclass(frozen=True)
class Reason:
    """Why it is so: ``kind`` is a key of :data:`KINDS`, ``decides`` the word it speaks for, "" when it is only told."""

    kind: str
    words: str
    decides: str = ""


KINDS = {
    "newly broken": "clauses that got worse by more than chance",
    "replies": "unannounced changes of replies that can break a client",
    "promised": "clauses of the new release, or not judged before, that are not kept",
    "slower": "operations that became slower: told, and never decide",
    "still failing": "clauses that failed before, and are not shown to be good now: told, and never decide",
    "too few": "clauses, and scenarios that fail by themselves, that were not judged often enough",
    "not judged": "clauses and scenarios that were to be judged after the upgrade, and were not",
    "left out": "clauses of the new release that could not be judged here: told, and never decide",
    "noted": "what makes the runs less alike: told, and never decides",
}


@dataclass(frozen=True)
class Decision:
    """The word, the reasons in order, and how many more runs after the upgrade would decide what is too few.

    0 when nothing is, None when more of those runs alone would not decide it.
    """

    before: Side
    after: Side
    reasons: tuple[Reason, ...]
    more: int | None

    @property
    def word(self) -> str:
        """The worst word that a reason speaks for."""
        said = {one.decides for one in self.reasons}
        return next(word for word in WORDS if word in said or word == "go")

    @property
    def code(self) -> int:
        """The exit code of a gate."""
        return WORDS[self.word]


@dataclass(frozen=True)
class Suite:
    """What a decision must know of the suite: of each scenario clauses and operations, of each clause its release."""

    clauses: Mapping[str, Sequence[str]]
    operations: Mapping[str, Sequence[str]]
    releases: Mapping[str, Release] = field(default_factory=dict)

    @property
    def families(self) -> tuple[Mapping[str, Sequence[str]], ...]:
        """What is asked about: the site as a whole, each operation, each clause."""
        return dict.fromkeys(self.clauses, ("the site as a whole",)), self.operations, self.clauses


def decide(
    before: Side, after: Side, suite: Suite, given: Iterable[Reason] = (), tolerance: float = TOLERANCE
) -> Decision:
    """Hold ``after`` against ``before``; ``given`` are the reasons that the shapes of replies and the runs give."""
    reasons: list[Reason] = list(given)
    wanted: list[int | None] = [0]
    named = set()
    shared = set(before.scenarios) & set(after.scenarios)
    tallies = [_tallies(before, after, things, shared) for things in suite.families]
    for several in tallies:
        for name, chance in worse(several, ALPHA / _FAMILIES).items():
            tally = next(one for one in several if one.name == name)
            named.add(name)
            words = f"{name} failed {tally.counts} (by chance: {chance:.2g})"
            reasons.append(Reason("newly broken", words, "no-go"))
    bound, (whole, *_) = limit(tallies[-1], ALPHA / _FAMILIES), tallies[0] or [_NOTHING]
    said = dict.fromkeys(named, True)
    for tally in _tallies(before, after, suite.clauses):
        if tally.name not in named:
            reason, runs = _of_clause(tally, len(after.runs), bound, whole.share[1], tolerance)
            wanted.append(runs)
            reasons += [reason] if reason else []
            said |= {tally.name: bool(reason.decides) and tally.share[1] >= tolerance} if reason else {}
    for reason, runs in _by_themselves(before, after, suite, said, bound, tolerance):
        wanted.append(runs)
        reasons.append(reason)
    reasons += [*_slower(before, after), *_not_judged(before, after, suite)]
    order = list(KINDS)
    known = [runs for runs in wanted if runs is not None]
    more = max(known) if len(known) == len(wanted) else None
    return Decision(before, after, tuple(sorted(reasons, key=lambda one: order.index(one.kind))), more)


def _tallies(
    before: Side, after: Side, things: Mapping[str, Sequence[str]], only: Collection[str] | None = None
) -> list[Tally]:
    """What the second side judged, of the scenarios in ``only``: what one alone judged is no change of the other."""
    things = {name: several for name, several in things.items() if only is None or name in only}
    judged = before.judged(things), after.judged(things)
    names = sorted(judged[1])
    failed = [by_thing(side.failures(things), names) for side in (before, after)]
    return [Tally(name, failed[0][name], failed[1][name], (judged[0][name], judged[1][name])) for name in names]


_NOTHING = Tally("nothing", (), (), (0, 0))


def _of_clause(
    tally: Tally, runs: int, bound: float, site: float, tolerance: float
) -> tuple[Reason | None, int | None]:
    """What a clause that is not proven worse has to say, and how many more runs it needs.

    ``site`` is how often anything fails there: what is to come is guessed between that and what the clause has shown.
    """
    judged, failed = tally.judged[1], sum(tally.after)
    if at_most(failed, judged, tolerance) <= RISK:
        return None, 0
    words = f"{tally.name} failed {tally.counts}"
    if _proven_bad(tally, tolerance) and tally.share[1] <= tally.share[0]:
        return Reason("still failing", words), 0
    if not tally.judged[0] and tally.share[1] >= tolerance:
        return Reason("promised", f"{tally.name} failed {failed} of {judged}", "no-go"), 0
    few = Reason("too few", words, "not enough evidence")
    if tally.share[1] >= tolerance:
        return few, runs_until_worse(tally, bound)
    rate = (failed + _SHRINKS * site) / (judged + _SHRINKS)
    wanted = judgements_for(failed, judged, rate, tolerance, RISK)
    return few, None if wanted is None else ceil((wanted - judged) * runs / judged)


def _by_themselves(
    before: Side, after: Side, suite: Suite, said: Mapping[str, bool], bound: float, tolerance: float
) -> Iterator[tuple[Reason, int | None]]:
    """Scenarios that fail by themselves and are lost among the others of their clauses; how many more runs each needs.

    ``said`` holds the clauses of which something was said, and whether it speaks for their scenarios.
    """
    judged_before = before.judged(suite.clauses)
    for tally in _tallies(before, after, {name: (name,) for name in suite.clauses}):
        clauses = suite.clauses[tally.name]
        words = f"{tally.name} failed {tally.counts}, by itself"
        if not _fails_by_itself(tally, tolerance) or any(said.get(clause) for clause in clauses):
            continue
        if _proven_bad(tally, tolerance) and tally.share[1] <= tally.share[0]:
            if not any(clause in said for clause in clauses):
                yield Reason("still failing", words), 0
        elif any(judged_before[clause] for clause in clauses):
            # Where only others of its clause were judged before, a later suite may have brought it.
            runs = runs_until_worse(tally, bound) if tally.judged[0] else None
            yield Reason("too few", words, "not enough evidence"), runs
        else:
            yield Reason("promised", words, "no-go"), 0


def _fails_by_itself(tally: Tally, tolerance: float) -> bool:
    """Whether a scenario failed whenever it was judged after, or is shown to fail more often than is tolerated."""
    judged, failed = tally.judged[1], sum(tally.after)
    return failed == judged or at_least(failed, judged, tolerance) <= RISK


def _proven_bad(tally: Tally, tolerance: float) -> bool:
    """Whether more than is tolerated failed before: of the judgements, and of the runs, as one bad night is one."""
    runs = sum(map(bool, tally.before)), len(tally.before)
    return all(at_least(*told, tolerance) <= RISK for told in ((sum(tally.before), tally.judged[0]), runs))


def _not_judged(before: Side, after: Side, suite: Suite) -> Iterator[Reason]:
    """What was judged before and never after, and clauses of the new release that never were."""
    judged = set(after.scenarios)
    covered = _clauses(judged, suite)
    lost = sorted(name for name in set(before.scenarios) - judged if not after.rightly_skips(name))
    gone = _clauses(lost, suite) - covered
    yield from (Reason("not judged", name, "not enough evidence") for name in sorted(gone))
    moved = before.suites != after.suites
    for name in lost:
        if not gone.intersection(suite.clauses.get(name, ())):
            # Another version of the suite may call it otherwise, and its clause is judged.
            told = moved and not after.selected(name)
            yield Reason("not judged", name, "" if told else "not enough evidence")
    for name, release in suite.releases.items():
        if before.oldest < release <= after.newest and name not in covered | gone:
            yield _brought(name, release, after, suite)


def _clauses(scenarios: Iterable[str], suite: Suite) -> set[str]:
    return {clause for name in scenarios for clause in suite.clauses.get(name, ())}


def _brought(clause: str, release: Release, after: Side, suite: Suite) -> Reason:
    """Why a clause of the new release has no verdict: by the site, which is told, or by the runs, which decides."""
    mine = [name for name, clauses in suite.clauses.items() if clause in clauses]
    ends = {run.skipped.get(name, "") for run in after.runs for name in mine if name in run.outcomes}
    if all(run.contract < release for run in after.runs):
        why = "no run after the upgrade was judged as a release that has it"
    elif not ends:
        why = "no run after the upgrade selected it"
    elif "" in ends:
        why = "it came to no verdict"
    else:
        return Reason("left out", f"{clause}: skipped ({', '.join(sorted(ends))})")
    return Reason("not judged", f"{clause}: {why}", "not enough evidence")


def _slower(before: Side, after: Side) -> Iterator[Reason]:
    for operation in sorted({name for run in after.runs for name in run.times}):
        sides = ([run.times[operation] for run in side.runs if operation in run.times] for side in (before, after))
        was, now = (median(times) if times else 0.0 for times in sides)
        if was and now > _SLOWER * was and now - was > _NOTICEABLE:
            yield Reason("slower", f"{operation} takes {1000 * now:.0f} ms, {1000 * was:.0f} ms before (medians)")


def reply_reasons(
    before: Side, after: Side, clauses: Iterable[Clause], contract: Contract, uses: Sequence[UseProfile] = ()
) -> Iterator[Reason]:
    """Unannounced changes that every run after the upgrade shows, against all before it together.

    Where clients are known by what they use, those that each change breaks are named.
    """
    lower, upper = sorted((before.release, after.release))
    between = [clause for clause in clauses if lower < clause.release <= upper]
    announced = Announcements(between, back=after.release < before.release)
    declared = Declarations(contract.view(before.release))
    whole = _merged(before.runs)
    for operation, shape in sorted(whole.items()):
        later = [run.shapes[operation] for run in after.runs if run.shapes.get(operation)]
        told = [_breaking(drift_of(operation, shape, each, declared, announced)) for each in later]
        sure = min(len(later), sum(bool(run.shapes.get(operation)) for run in before.runs)) >= _ENOUGH
        for place, drift in sorted(told[0].items() if told else ()):
            if all(place in each for each in told):
                words = f"{operation}  {drift.path}  {drift.what}: {drift.before}, then {drift.after}"
                broken = f" (breaks {', '.join(broken_by(drift, uses)) or 'none of the clients named'})" if uses else ""
                yield Reason("replies", words + broken, "no-go" if sure else "not enough evidence")


def _breaking(found: Iterable[Drift]) -> dict[tuple[str, str], Drift]:
    return {(one.path, one.what): one for one in found if one.worse}


def _merged(runs: Iterable[UpgradeRun]) -> dict[str, Shape]:
    gathered: dict[str, list[Shape]] = {}
    for run in runs:
        for operation, shape in run.shapes.items():
            if shape:
                gathered.setdefault(operation, []).append(shape)
    return {operation: merge(shapes) for operation, shapes in gathered.items()}
