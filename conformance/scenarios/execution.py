"""Carries a scenario out, step by step, and decides its outcome; the same for a run, a worker and a trial."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.judge.findings import ContractViolation, Violation
from conformance.judge.known_issues import KnownIssue
from conformance.reporting.outcome import Recorder, ScenarioResult, Skip, StepRecord, Verdict, decide
from conformance.reporting.text import printable, shortened
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import StepRegistry
from conformance.sites.errors import CannotGoOn, CannotJudge, NotApplicable, UserError
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, TransportError
from conformance.wire.served import NotServed
from conformance.wire.sign_in import AccountRefused


def new_record(scenario: Scenario) -> Recorder:
    """A record with every step of ``scenario``, none of them reached."""
    return Recorder([StepRecord(one.keyword, one.text, table=one.table, line=one.line) for one in scenario.steps])


def execute(context: ScenarioContext, registry: StepRegistry, record: Recorder, *, alone: bool = True) -> None:
    """Carry every step out, then fail with all violations found; whatever a step raises ends the scenario there.

    What only the first scenario of a run tells, in the order of the reports, is told by one carried out ``alone``.
    """
    for step in context.scenario.steps:
        record.begin()
        try:
            registry.look_up(step, context.scenario.path).carry_out(context)
        except BaseException as problem:
            if alone and isinstance(problem, NotServed):
                context.tell_missing(problem)
            record.attribute(context.exchanges, context.violations, context.observations)
            record.end(str(problem) or type(problem).__name__)
            raise
        record.attribute(context.exchanges, context.violations, context.observations)
        record.end()
    if context.violations:
        context.confirm_callers()
        raise ContractViolation(tuple(context.violations))


_OBSERVED = Skip("observe-only", "the notes are ambiguous: recorded, not judged")


def result_of(
    nodeid: str,
    scenario: Scenario,
    context: ScenarioContext | None,
    error: BaseException | None,
    verdict: Verdict,
    skip: Skip | None,
    seconds: float,
    files: Iterable[str],
    traceback_file: str = "",
) -> ScenarioResult:
    """The record of one scenario that took ``seconds``."""
    if verdict.outcome == "skipped" and context is not None:
        skip = skip or context.not_judged
        if skip is None and isinstance(error, NotApplicable):
            skip = Skip("data", shortened(str(error)))
    observed = verdict.outcome == "skipped" and skip is None
    return ScenarioResult(
        nodeid=nodeid,
        title=scenario.title,
        row=scenario.row,
        feature=scenario.feature,
        rule=scenario.rule,
        clauses=(scenario.clause.id,),
        release=str(scenario.clause.release),
        operations=scenario.operations,
        level=scenario.level,
        outcome=verdict.outcome,
        duration_s=seconds,
        skip=_OBSERVED if observed else skip,
        violations=tuple(context.violations) if context and not observed else (),
        observations=_observations(context, observed),
        cause=cause_of(error, traceback_file) if verdict.outcome == "broken" else "",
        known=verdict.known,
        owner=verdict.owner,
        exchanges=tuple(files),
        case_ids=_case_ids(context) if context and files else (),
        sent=len(context.exchanges) if context else 0,
        trouble=_trouble(context, error) if verdict.outcome == "broken" else "",
        steps=scenario.fingerprint,
        fault=_fault(verdict, error),
    )


def _fault(verdict: Verdict, error: BaseException | None) -> str:
    """Whose fault a red is, as far as one scenario can tell."""
    if verdict.outcome in ("failed", "known"):
        return "site"
    if verdict.outcome != "broken":
        return ""
    return "suite" if is_fault(error) else "profile" if isinstance(error, UserError) else "operation"


def _case_ids(context: ScenarioContext) -> tuple[str, ...]:
    named = enumerate((exchange.case_id for exchange in context.exchanges), 1)
    return tuple(f"{nth}:{case_id}" for nth, case_id in named if case_id)


def _trouble(context: ScenarioContext | None, error: BaseException | None) -> str:
    """What broke a scenario, where it breaks many."""
    if isinstance(error, AccountRefused) or (isinstance(error, TransportError) and _refused(context)):
        return "account"
    outage = context is not None and context.exchanges and context.exchanges[-1].outage
    return "outage" if outage and isinstance(error, CannotJudge) else ""


def _refused(context: ScenarioContext | None) -> bool:
    return context is not None and bool(context.exchanges) and context.exchanges[-1].refused


def _observations(context: ScenarioContext | None, observed: bool) -> tuple[str, ...]:
    if context is None:
        return ()
    found = (
        [f"{violation.check}: {violation.path}: {violation.actual}" for violation in context.violations]
        if observed
        else []
    )
    return tuple(map(shortened, (*context.observations, *found)))


def verdict_of(
    scenario: Scenario,
    context: ScenarioContext | None,
    error: BaseException | None,
    strict: bool,
    known: Iterable[KnownIssue],
) -> Verdict:
    """The outcome of a scenario that ran to its end or to ``error``."""
    if error is None and context is not None and context.not_judged:
        return Verdict("skipped")
    violations = tuple(context.violations) if context else ()
    if isinstance(error, NotApplicable) and not violations:
        return Verdict("skipped")
    broke = error is not None and not isinstance(error, ContractViolation)
    if violations and isinstance(error, CannotGoOn | NotApplicable):
        broke = False
    return decide(scenario.level, strict, violations, broke, known)


def is_fault(error: BaseException | None) -> bool:
    """Whether ``error`` is a fault of ours: nothing that a site, a user or a clause can cause."""
    return error is not None and not (isinstance(error, CannotJudge | UserError | ContractViolation) or _no_room(error))


def _no_room(error: BaseException) -> bool:
    """Whether a disk took no more, which is no fault of whoever writes; what a scenario writes is its ledger."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def cause_of(error: BaseException | None, traceback_file: str = "") -> str:
    """Why a scenario broke, in one sentence; of a fault of ours ``traceback_file`` tells the rest."""
    if error is None:
        return ""
    if isinstance(error, OSError) and _no_room(error):
        where = f" to {error.filename}" if error.filename else ""
        return printable(f"nothing can be written{where}: {error.strerror}; make room there, and run it again")
    if not is_fault(error):
        return printable(shortened(str(error)))
    where = f" (traceback in {traceback_file})" if traceback_file else ""
    words = shortened(" ".join(str(error).split()))
    return printable(f"fault of the suite: {type(error).__name__}: {words}{where}")


@dataclass(frozen=True)
class ScenarioTrial:
    """What one scenario came to. ``found_by`` are the texts of the Then steps that found a violation."""

    scenario: Scenario
    verdict: Verdict
    violations: tuple[Violation, ...]
    cause: str
    exchanges: tuple[Exchange, ...]
    found_by: tuple[str, ...]
    cleanup_errors: tuple[str, ...]


def try_scenario(
    run_context: RunContext, scenario: Scenario, registry: StepRegistry, client: Sender, *, strict: bool = True
) -> ScenarioTrial:
    """Carry ``scenario`` out in ``run_context`` and judge it by the rules of a run, ``strict`` by default."""
    context = ScenarioContext(run_context, scenario, client)
    record = new_record(scenario)
    error: Exception | None = None
    try:
        execute(context, registry, record)
    except Exception as problem:  # noqa: BLE001 - whatever ends a scenario is part of what is measured
        error = problem
    cleanup_errors = context.clean_up()
    found_by = tuple(step.text for step in record.steps if step.violations)
    known: tuple[KnownIssue, ...] = ()
    verdict = verdict_of(scenario, context, error, strict, known)
    cause = cause_of(error) if verdict.outcome == "broken" else ""
    exchanges, violations = tuple(context.exchanges), tuple(context.violations)
    return ScenarioTrial(scenario, verdict, violations, cause, exchanges, found_by, tuple(cleanup_errors))
