"""One scenario carried out away from pytest: for measuring the suite itself, thousands of times over."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.judge.known import KnownIssue
from conformance.judge.violation import Violation
from conformance.reporting.outcome import Verdict
from conformance.run.case import Case
from conformance.run.performance import new_record, perform
from conformance.run.stage import Stage
from conformance.run.stepbook import StepBook
from conformance.run.telling import cause_of, verdict_of
from conformance.run.world import World
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange


@dataclass(frozen=True)
class Trial:
    """What one scenario came to. ``found_by`` are the texts of the Then steps that found a violation."""

    case: Case
    verdict: Verdict
    violations: tuple[Violation, ...]
    cause: str
    exchanges: tuple[Exchange, ...]
    found_by: tuple[str, ...]
    troubles: tuple[str, ...]


def try_case(stage: Stage, case: Case, book: StepBook, client: Sender, *, strict: bool = True) -> Trial:
    """Carry ``case`` out on ``stage`` and judge it by the rules of a run, ``strict`` by default."""
    world = World(stage, case, client)
    record = new_record(case)
    error: Exception | None = None
    try:
        perform(world, book, record)
    except Exception as problem:  # noqa: BLE001 - whatever ends a scenario is part of what is measured
        error = problem
    troubles = world.put_back()
    found_by = tuple(step.text for step in record.steps if step.violations)
    known: tuple[KnownIssue, ...] = ()
    verdict = verdict_of(case, world, error, strict, known)
    cause = cause_of(error) if verdict.outcome == "broken" else ""
    exchanges, violations = tuple(world.exchanges), tuple(world.violations)
    return Trial(case, verdict, violations, cause, exchanges, found_by, tuple(troubles))
