"""A fault seeded on purpose is told by the scenario of its clause, for the reason the fault gives."""

from __future__ import annotations

from inspect import getsource
from zlib import crc32

import pytest

from conformance.judge.clauses import Clause
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import StepRegistry
from mocksite.faults import BY_CLASS, BY_HAND, BY_RULE, CATALOGUE, HAND_WRITTEN, classes
from mocksite.faults.classes import FAMILIES
from tests.matrix.equivalents import load, unused
from tests.matrix.measure import GOOD, Finding
from tests.matrix.run import matrix
from tests.matrix.toothless import ASKING, cases_without_teeth, contract_only, steps_without_teeth
from tests.rotation import Rotation
from tests.shared import once

#: No reply of a site can break it: its fault is seeded into the profile, tests/test_address_fault.py.
OF_THE_CLIENT = {"R41.8.0-02"}


#: Then steps that only these faults make find something, and only where every scenario meets them.
ANYWHERE = (
    "LstsummarySession/envelope/result-lost",
    "LstsummarySession/list/row-lost",
    "LstMeetingType/list/row-doubled",
    "GetSite/envelope/result-lost",
)
#: With those, few faults that make every Then step find something.
TEETH = (
    "R41.11.0-45/one-service-only", "R41.11.0-30/refused-by-GetSessionInfo", "R41.12.0-13/name-with-the-typing-error",
    "R41.3.0-09/meeting-turned-large", "R41.11.0-30/refused-by-GetUser", "R41.6.0-04/stored-time",
    "R41.12.0-09/refused-though-enabled", "R41.11.0-49/window-ignored", "R41.4.0-05/tone-of-the-api",
    "R41.11.0-15/license-kept", "R41.11.0-04/password-taken-over", "R41.5.0-17/ascii-encoded", "R41.11.0-64/dead-link",
    "R41.3.0-09/large-event-scheduled", "R41.11.0-22/email-stands-last", "R41.2.0-01/isWebexTelephony-not-sent",
    "R41.7.0-04/deaf-option", "R41.11.0-05/no-link", "R41.9.0-01/still-served",
    "lists/LstrecordaccessDetailHistory/meeting/first-only", "lists/LstrecordaccessDetailHistory/meeting/one-number-for-all",
    "R42.3.0-01/no-mail", "kind-not-meaning/CreateUser/userId/always-4711", "R41.11.0-50/views-of-one-recording",
    "R41.11.0-54/participantEmail-not-sent",
)  # fmt: skip


def todays(rotation: Rotation) -> list[str]:
    """The faults that have their turn; ``make fault-matrix`` takes all in one go."""
    mine = rotation.of_rounds
    return [
        *mine.part("faults by hand", BY_HAND, 30),
        *mine.part("faults by rule", BY_RULE, 200),
        *mine.part("faults of a class", BY_CLASS, 200),
    ]


@pytest.fixture(scope="session")
def findings(tmp_path_factory: pytest.TempPathFactory, rotation: Rotation) -> list[Finding]:
    return once(tmp_path_factory, "findings", lambda folder: matrix(todays(rotation)))


def test_no_two_faults_share_an_id() -> None:
    from mocksite.faults.rules import lists, operators

    assert len(BY_HAND) == sum(len(module.FAULTS) for module in HAND_WRITTEN)
    assert len(BY_RULE) == len(operators.FAULTS) + len(lists.FAULTS)
    assert len(BY_CLASS) == len(classes.FAULTS)
    assert len(CATALOGUE) == len(BY_HAND) + len(BY_RULE) + len(BY_CLASS)


def test_every_fault_of_a_class_says_which() -> None:
    assert {one.family for one in BY_CLASS.values()} == set(FAMILIES)
    assert {one.family for one in (*BY_HAND.values(), *BY_RULE.values())} == {""}
    assert all(one.id.startswith(f"{one.family}/") for one in BY_CLASS.values())


def test_every_fault_is_killed_by_its_clause_and_check(findings: list[Finding]) -> None:
    others = [(one.verdict, one.fault, one.check, one.checks, one.noise) for one in findings if one.verdict not in GOOD]
    assert others == []


def test_no_fault_written_by_hand_is_equivalent() -> None:
    assert [fault for fault in BY_HAND if any(row.lists(fault) for row in load())] == []
    assert unused([*BY_RULE, *BY_CLASS], load()) == []


def test_scenarios_that_never_send_an_operation_miss_none_of_its_faults(findings: list[Finding], rotation: Rotation) -> None:
    """The matrix leaves them out; here some faults meet every scenario, others on another day.

    Faults made by rule meet the scenarios of their clause alone, once one of those tells them.
    """
    named = [one for one in findings if one.operations]
    sample = [one for one in named if Rotation(rotation.of_rounds.seed).turn("met by everything", crc32(one.fault.encode()), 20)]
    tried = matrix([one.fault for one in sample], everything=True)
    assert [(one.fault, one.verdict) for one in tried] == [(one.fault, one.verdict) for one in sample]
    hand = [(one.fault, one.scenarios) for one in sample if one.fault in BY_HAND]
    assert [(one.fault, one.scenarios) for one in tried if one.fault in BY_HAND] == hand


def test_every_judged_clause_has_a_fault(clauses: dict[str, Clause]) -> None:
    judged = {clause.id for clause in clauses.values() if clause.level != "observe"}
    without = judged - {one.clause for one in BY_HAND.values()} - OF_THE_CLIENT
    assert sorted(without) == [], "no fault of mocksite/faults/ breaks these clauses"
    assert OF_THE_CLIENT <= judged
    assert OF_THE_CLIENT.isdisjoint(one.clause for one in BY_HAND.values())


@pytest.mark.rotating(8)
def test_every_then_step_finds_something(catalogue: Catalogue) -> None:
    """A step that is new needs a fault that makes it find something: by hand, and named in ``TEETH``."""
    findings = [*matrix(TEETH), *matrix(ANYWHERE, everything=True)]
    assert steps_without_teeth(catalogue, findings) == []


def test_steps_that_are_not_asked_for_teeth_judge_nothing() -> None:
    steps = {one.step_func.__name__: getsource(one.step_func) for one in StepRegistry().definitions if one.type == "then"}
    assert [name for name in ASKING if "context.judge(" in steps[name]] == []


def test_without_faults_every_scenario_and_step_is_toothless(catalogue: Catalogue) -> None:
    """The list itself: it would name what finds nothing. ``make fault-matrix`` asks it about every scenario."""
    judged = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values() if scenario.level != "observe"]
    comparing = [scenario for scenario in judged if contract_only(scenario)]
    assert len(cases_without_teeth(catalogue, [])) == len(judged) - len(comparing) > 200
    assert len(comparing) == 1
    assert len(steps_without_teeth(catalogue, [])) > 20
