"""From what happened in a scenario to its result: the outcome, and the words pytest shows for it."""

from __future__ import annotations

import traceback
from collections.abc import Iterable

from conformance.judge.known import KnownIssue
from conformance.judge.violation import ContractViolation
from conformance.reporting.outcome import ScenarioResult, Skip, Verdict, decide
from conformance.reporting.text import printable
from conformance.run.case import Case
from conformance.run.world import World
from conformance.target.trouble import CannotGoOn, CannotJudge, UserError

_OBSERVED = Skip("observe-only", "the notes are ambiguous: recorded, not judged")


def result_of(
    nodeid: str,
    case: Case,
    world: World | None,
    error: BaseException | None,
    verdict: Verdict,
    skip: Skip | None,
    seconds: float,
    files: Iterable[str],
) -> ScenarioResult:
    """The record of one scenario that took ``seconds``."""
    observed = verdict.outcome == "skipped" and skip is None
    return ScenarioResult(
        nodeid=nodeid,
        title=case.title,
        row=case.row,
        feature=case.feature,
        rule=case.rule,
        clauses=(case.clause.id,),
        release=str(case.clause.release),
        operations=case.operations,
        level=case.level,
        outcome=verdict.outcome,
        duration_s=seconds,
        skip=_OBSERVED if observed else skip,
        violations=tuple(world.violations) if world and not observed else (),
        observations=_observations(world, observed),
        cause=cause_of(error) if verdict.outcome == "broken" else "",
        known=verdict.known,
        exchanges=tuple(files),
        sent=len(world.exchanges) if world else 0,
    )


def _observations(world: World | None, observed: bool) -> tuple[str, ...]:
    if world is None:
        return ()
    found = (
        [f"{violation.check}: {violation.path}: {violation.actual}" for violation in world.violations]
        if observed
        else []
    )
    return (*world.observations, *found)


def verdict_of(
    case: Case, world: World | None, error: BaseException | None, strict: bool, known: Iterable[KnownIssue]
) -> Verdict:
    """The outcome of a scenario that ran to its end or to ``error``."""
    violations = tuple(world.violations) if world else ()
    broke = error is not None and not isinstance(error, ContractViolation)
    if violations and isinstance(error, CannotGoOn):
        broke = False
    return decide(case.level, strict, violations, broke, known)


def cause_of(error: BaseException | None) -> str:
    """Why a scenario broke: one sentence for what a site or user causes, the traceback for a fault of ours."""
    if error is None:
        return ""
    if isinstance(error, CannotJudge | UserError):
        return printable(str(error))
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return printable(f"fault of the suite: {type(error).__name__}: {error}\n" + "".join(lines[-6:]))
