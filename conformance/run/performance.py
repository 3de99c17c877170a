"""Carries one scenario out, step by step, with a record of each; the same for a run, a worker and a trial."""

from __future__ import annotations

from conformance.judge.violation import ContractViolation
from conformance.reporting.record import Recorder, StepRecord
from conformance.run.case import Case
from conformance.run.stepbook import StepBook
from conformance.run.world import World


def new_record(case: Case) -> Recorder:
    """A record with every step of ``case``, none of them reached."""
    return Recorder([StepRecord(one.keyword, one.text, table=one.table) for one in case.sentences])


def perform(world: World, book: StepBook, record: Recorder) -> None:
    """Carry every step out, then fail with all violations found; whatever a step raises ends the scenario there."""
    for sentence in world.case.sentences:
        record.begin()
        try:
            book.look_up(sentence, world.case.path).carry_out(world)
        except BaseException as problem:
            record.attribute(world.exchanges, world.violations, world.observations)
            record.end(str(problem) or type(problem).__name__)
            raise
        record.attribute(world.exchanges, world.violations, world.observations)
        record.end()
    if world.violations:
        raise ContractViolation(tuple(world.violations))
