"""The outcomes of a scenario, what happened in it step by step, and the record every report is made from."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import zip_longest
from typing import Any

from conformance.judge.findings import NOT_SERVED, Violation
from conformance.judge.known_issues import KnownIssue
from conformance.wire.exchange import Exchange


@dataclass
class StepRecord:
    """One step: its words, what became of it, when, and the exchanges it sent. Times are seconds since the epoch."""

    keyword: str
    text: str
    status: str = "skipped"
    start: float = 0.0
    stop: float = 0.0
    cause: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    line: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    observations: list[str] = field(default_factory=list)


class Recorder:
    """Follows one scenario through its steps; steps never reached stay ``skipped``."""

    def __init__(self, steps: list[StepRecord]) -> None:
        self.steps = steps
        self._open: StepRecord | None = None
        self._next = 0

    def begin(self) -> None:
        """The next step starts."""
        self._open = self.steps[self._next]
        self._next += 1
        self._open.start = self._open.stop = time.time()

    def end(self, cause: str = "") -> None:
        """The open step ended; ``cause`` says why it broke.

        An exchange carried out ahead of time keeps its real times, so the step
        shows how long the site took and not how long the replay took.
        """
        step = self._open
        if step is None:
            return
        step.stop = time.time()
        step.cause = cause
        step.status = "broken" if cause else "failed" if step.violations else "passed"
        if step.exchanges and step.exchanges[0].started < step.start:
            step.start = step.exchanges[0].started
            step.stop = step.exchanges[-1].started + step.exchanges[-1].seconds
        self._open = None

    def attribute(self, exchanges: list[Exchange], violations: list[Violation], observations: list[str]) -> None:
        """Give the open step what the scenario has gathered beyond the steps before it."""
        step = self._open
        if step is not None:
            step.exchanges += exchanges[sum(len(one.exchanges) for one in self.steps) :]
            step.violations += violations[sum(len(one.violations) for one in self.steps) :]
            step.observations += observations[sum(len(one.observations) for one in self.steps) :]


#: The levels of a clause or scenario, the outcomes of a scenario, and why it may be skipped: as legends say it.
LEVELS = {
    "must": "stated by the notes: a site that does otherwise fails",
    "should": "implied by the notes: a warning; a failure in strict runs",
    "observe": "the notes are unclear: recorded, never judged",
}
OUTCOMES = {
    "passed": "the site did what the clause says; for a should, perhaps with a warning",
    "failed": "the site broke the clause",
    "flaky": "failed, but not when tried again in the same run",
    "broken": "no verdict: the site did not answer or had an outage, or something the scenario needs was not available",
    "skipped": "not applicable here, see below",
    "known": "failed as a known issue says it would",
}
SKIP_CLASSES = {
    "release": "the site is judged as a release that does not have this yet, or no longer",
    "role": "the profile names no account that could make the call",
    "setting": "the site has the setting at another value, or the profile does not say which",
    "access": "the scenario changes something, and the run is read-only",
    "data": "the profile does not name what the scenario needs, or all of it is used up",
    "not-served": "the site does not serve the operation, as its profile says or as one failed scenario found",
    "baseline": "there are neither vendor schemas nor a baseline to judge the replies by",
    "observe-only": "recorded, because the level is observe",
}


@dataclass(frozen=True)
class Skip:
    """Why a scenario is not applicable here: reason class and words."""

    kind: str
    why: str


@dataclass(frozen=True)
class ScenarioResult:
    """What became of one scenario.

    ``cause`` says why it broke, ``known`` the reason of the known issue it
    failed as; ``violations`` of a passed scenario are warnings (level should);
    ``line`` is that of the sentence it failed or broke at, else its own;
    ``case_ids`` are what the site calls the exchanges that found something,
    ``trouble`` what many scenarios break by together: ``outage`` of the site,
    an ``account`` that is not let in; told once and not for each. ``steps`` is a
    fingerprint of what the scenario does, by which it is known under a new title;
    ``attempts`` what it came to each time, where a failure was tried again;
    ``fault`` whose fault a red is, a key of ``FAULTS`` (``whose_fault.py``), and ``evidence`` what
    says so; ``owner`` who looks after the known issue it failed as.
    """

    nodeid: str
    title: str
    row: str
    feature: str
    rule: str
    clauses: tuple[str, ...]
    release: str
    operations: tuple[str, ...]
    level: str
    outcome: str
    duration_s: float
    skip: Skip | None = None
    violations: tuple[Violation, ...] = ()
    observations: tuple[str, ...] = ()
    cause: str = ""
    known: str = ""
    exchanges: tuple[str, ...] = ()
    case_ids: tuple[str, ...] = ()
    sent: int = 0
    trouble: str = ""
    line: int = 0
    steps: str = ""
    attempts: tuple[str, ...] = ()
    fault: str = ""
    evidence: str = ""
    owner: str = ""

    @property
    def tries(self) -> str:
        """The attempts in words, where there was more than one: ``tried 2 times: failed, passed``."""
        return f"tried {len(self.attempts)} times: {', '.join(self.attempts)}" if self.attempts else ""

    @property
    def red(self) -> bool:
        """Whether somebody must look at it."""
        return self.outcome in ("failed", "flaky", "broken")

    @property
    def place(self) -> str:
        """Where to look, to be copied behind ``pytest``: the feature file and the line."""
        file = self.nodeid.partition("::")[0]
        return f"{file}:{self.line}" if self.line else file

    def placed(self, steps: Sequence[StepRecord], line: int) -> ScenarioResult:
        """The result with the lines of the sentences that found something; ``line`` is where the scenario begins."""
        lines = [step.line for step in steps for _ in step.violations]
        found = zip_longest(self.violations, lines[: len(self.violations)], fillvalue=line)
        broke = next((step.line for step in steps if step.status == "broken"), line)
        violations = tuple(replace(one, line=at) for one, at in found if isinstance(one, Violation))
        return replace(self, violations=violations, line=violations[0].line if violations else broke)

    def as_json(self) -> dict[str, Any]:
        """The record as plain values, for files and between processes."""
        row = dict(vars(self))
        row["skip"] = asdict(self.skip) if self.skip else None
        row["violations"] = tuple(asdict(violation) for violation in self.violations)
        return row

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> ScenarioResult:
        """The record that :meth:`as_json` wrote."""
        lists = ("clauses", "operations", "observations", "exchanges", "case_ids", "attempts")
        told: dict[str, Any] = {key: tuple(row[key]) for key in lists}
        return cls(
            **{key: value for key, value in row.items() if key not in ("skip", "violations", *lists)},
            skip=Skip(**row["skip"]) if row["skip"] else None,
            violations=tuple(Violation(**violation) for violation in row["violations"]),
            **told,
        )


@dataclass(frozen=True)
class Cause:
    """What scenarios found together: one operation and path, with one thing wrong there, or one refusal.

    ``found`` are violations with their scenarios, those first that failed.
    """

    found: tuple[tuple[ScenarioResult, Violation], ...]

    @property
    def outcome(self) -> str:
        """Failed or known; passed where its scenarios only warn."""
        return self.found[0][0].outcome

    @property
    def first(self) -> Violation:
        """One for all."""
        return self.found[0][1]

    @property
    def results(self) -> tuple[ScenarioResult, ...]:
        """The scenarios, each once, without those that only warn beside others that failed."""
        return self._with(self.outcome)

    @property
    def warned(self) -> tuple[ScenarioResult, ...]:
        """The scenarios that only warn, beside others that failed."""
        return self._with("passed") if self.outcome != "passed" else ()

    def _with(self, outcome: str) -> tuple[ScenarioResult, ...]:
        return tuple({one.nodeid: one for one, _ in self.found if one.outcome == outcome}.values())

    @property
    def nodeids(self) -> tuple[str, ...]:
        """The node ids of all its scenarios, those too that only warn."""
        return tuple(dict.fromkeys(result.nodeid for result, _ in self.found))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The violations of those scenarios, without warnings beside failures."""
        return tuple(violation for result, violation in self.found if result.outcome == self.outcome)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses broken, each once."""
        return tuple(dict.fromkeys(violation.clause for violation in self.violations))

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations it was met in, each once: several where a login is refused."""
        return tuple(dict.fromkeys(violation.operation for violation in self.violations))

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that met it, each once."""
        return tuple(dict.fromkeys(violation.check for violation in self.violations))

    def __str__(self) -> str:
        return cause_name(self.first)


def cause_name(violation: Violation) -> str:
    """A cause in words: ``GetUser  phones/hostPIN  empty``."""
    operation, path, wrong = violation.cause
    return f"{operation or '-'}  {path or 'reply'}  {wrong}"


_BAD_FIRST = ("failed", "flaky", "known", "passed")


def causes(results: Iterable[ScenarioResult]) -> tuple[Cause, ...]:
    """What the violations of ``results`` come from: failures first, of them the one with the most scenarios."""
    found: dict[tuple[object, ...], list[tuple[ScenarioResult, Violation]]] = {}
    for result in (one for one in results if one.outcome in _BAD_FIRST):
        for violation in result.violations:
            # A warning may have the cause of a failure; a fault of ours, or what is known or flaky, stands apart.
            apart = result.outcome if result.outcome in ("known", "flaky") else result.fault == "suite"
            found.setdefault((*violation.cause, apart), []).append((result, violation))
    ordered = (sorted(one, key=lambda pair: _BAD_FIRST.index(pair[0].outcome)) for one in found.values())
    together = [Cause(tuple(several)) for several in ordered]
    return tuple(sorted(together, key=lambda cause: (_BAD_FIRST.index(cause.outcome), -len(cause.results))))


@dataclass(frozen=True)
class Verdict:
    """Outcome of a scenario with the reason that decided it; ``owner`` looks after the known issue."""

    outcome: str
    known: str = ""
    matched: tuple[KnownIssue, ...] = field(default=())
    owner: str = ""


def decide(
    level: str, strict: bool, violations: tuple[Violation, ...], broke: bool, known: Iterable[KnownIssue]
) -> Verdict:
    """The outcome of a scenario that ran.

    An error is never the known failure: a scenario that broke is broken. All
    violations must be listed for ``known``; one that is not makes it failed. A
    ``should`` is a warning unless ``strict``, or the operation is not served at
    all; an ``observe`` never judges.
    """
    if broke:
        return Verdict("broken")
    if level == "observe":
        return Verdict("skipped")
    if not violations:
        return Verdict("passed")
    covering = [next((issue for issue in known if issue.covers(violation)), None) for violation in violations]
    matched = tuple(dict.fromkeys(issue for issue in covering if issue is not None))
    if all(covering):
        return Verdict("known", matched[0].reason, matched, matched[0].owner)
    absent = any(violation.check == NOT_SERVED for violation in violations)
    if level == "should" and not strict and not absent:
        return Verdict("passed", matched=matched)
    return Verdict("failed", matched=matched)


#: A site that does not answer any more would cost hours of time-outs.
_IN_A_ROW = 5


class CircuitBreaker:
    """Counts scenarios in a row that broke for want of an answer; those that sent nothing say nothing about it."""

    def __init__(self) -> None:
        self._unanswered = 0

    def trips(self, message: Mapping[str, Any]) -> bool:
        """Whether the ``message`` of a scenario ends the run; a worker that has decided so says it."""
        if message["unanswered"]:
            self._unanswered += 1
        elif message["result"]["sent"]:
            self._unanswered = 0
        return self._unanswered >= _IN_A_ROW or bool(message["nobody_left"] or message.get("tripped"))


def nothing_ran(results: Iterable[ScenarioResult]) -> bool:
    """Whether every scenario was skipped before anything was sent: such a run says nothing about the site."""
    return all(one.skip is not None and not one.sent for one in results)


class FirstFindings:
    """Leaves one failure for each operation that is not served: every worker finds that out for itself."""

    def __init__(self) -> None:
        self._told_by: dict[str, str] = {}

    def only(self, result: ScenarioResult) -> ScenarioResult:
        """``result``, skipped where another scenario has told the same before."""
        absent = next((one for one in result.violations if one.check == NOT_SERVED), None)
        if absent is None or self._told_by.setdefault(absent.operation, result.nodeid) == result.nodeid:
            return result
        skip = Skip(NOT_SERVED, f"{absent.operation} is not served here: {absent.actual}")
        return replace(result, outcome="skipped", skip=skip, violations=())
