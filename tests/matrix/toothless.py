"""Scenarios and Then steps that no fault ever made fail."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import ScenarioStep
from mocksite.faults import CATALOGUE
from tests.matrix.measure import Finding, Plan, place, tried_on

#: Faults that spoil everything an operation answers: whoever looks at a reply must tell one of them.
SWEEPING = ("*/envelope/*", "*/body/emptied")


def contract_only(scenario: Scenario) -> bool:
    """Judged without a reply: measured by tests/test_address_fault.py."""
    return not any("sends" in one.text or "uses" in one.text or "signs in" in one.text for one in scenario.steps)


def toothless(catalogue: Catalogue, plans: list[Plan], findings: list[Finding]) -> list[str]:
    """Scenarios and steps that find nothing under any fault, on sites of the releases there are plans for.

    Most faults meet the scenarios of their clause only; what none of those made fail meets the sweeping ones as well.
    """
    more = list(findings)
    for plan in plans:
        more += _swept(catalogue, plan, more)
    return cases_without_teeth(catalogue, more) + steps_without_teeth(catalogue, more)


def _swept(catalogue: Catalogue, plan: Plan, findings: list[Finding]) -> Iterator[Finding]:
    names, steps = cases_without_teeth(catalogue, findings), steps_without_teeth(catalogue, findings)
    if not names and not steps:
        return
    waiting = [
        scenario
        for scenario in plan.scenarios
        if place(scenario) in names or any(_function(catalogue, one) in steps for one in scenario.steps)
    ]
    for fault in CATALOGUE.values():
        if any(fnmatchcase(fault.id, pattern) for pattern in SWEEPING):
            met = plan.touched_by(fault.operations)
            yield tried_on(catalogue, plan, fault.id, [scenario for scenario in waiting if scenario in met])


def cases_without_teeth(catalogue: Catalogue, findings: list[Finding]) -> list[str]:
    """Judged scenarios that failed under no fault."""
    failed = {name for one in findings for name in one.scenarios}
    scenarios = (scenario for file in catalogue.known_files() for scenario in file.scenarios.values())
    judged = (scenario for scenario in scenarios if scenario.level != "observe" and not contract_only(scenario))
    return [place(scenario) for scenario in judged if place(scenario) not in failed]


#: Then steps that ask whether what was told can be judged, or record it: they find nothing, whatever a site does.
ASKING = ("recording_was_not_viewed", "session_is_shown_in_full", "session_is_of_the_host", "elements_alike_are_recorded")


def steps_without_teeth(catalogue: Catalogue, findings: list[Finding]) -> list[str]:
    """Then step definitions of judged scenarios that found nothing under any fault."""
    found = {_function(catalogue, step) for step in _thens(catalogue, findings)}
    scenarios = (scenario for file in catalogue.known_files() for scenario in file.scenarios.values())
    used = {
        _function(catalogue, one)
        for scenario in scenarios
        if scenario.level != "observe" and not contract_only(scenario)
        for one in scenario.steps
        if one.type == "then"
    }
    return sorted(used - found - set(ASKING))


def _function(catalogue: Catalogue, step: ScenarioStep) -> str:
    return catalogue.registry.look_up(step).function.__name__


def _thens(catalogue: Catalogue, findings: list[Finding]) -> Iterator[ScenarioStep]:
    texts = {text for one in findings for text in one.steps}
    for file in catalogue.known_files():
        for scenario in file.scenarios.values():
            yield from (one for one in scenario.steps if one.type == "then" and one.text in texts)
