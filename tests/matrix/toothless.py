"""Scenarios and Then steps that no fault ever made fail."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import ScenarioStep
from tests.matrix.measure import Finding, place


def contract_only(scenario: Scenario) -> bool:
    """Judged without a reply: measured by tests/test_address_fault.py."""
    return not any("sends" in one.text or "uses" in one.text or "signs in" in one.text for one in scenario.steps)


def cases_without_teeth(catalogue: Catalogue, findings: list[Finding]) -> list[str]:
    """Judged scenarios that failed under no fault."""
    failed = {name for one in findings for name in one.scenarios}
    scenarios = (scenario for file in catalogue.known_files() for scenario in file.scenarios.values())
    judged = (scenario for scenario in scenarios if scenario.level != "observe" and not contract_only(scenario))
    return [place(scenario) for scenario in judged if place(scenario) not in failed]


def steps_without_teeth(catalogue: Catalogue, findings: list[Finding]) -> list[str]:
    """Then step definitions of judged scenarios that found nothing under any fault."""
    found = {catalogue.registry.look_up(step).function.__name__ for step in _thens(catalogue, findings)}
    scenarios = (scenario for file in catalogue.known_files() for scenario in file.scenarios.values())
    used = {
        catalogue.registry.look_up(one).function.__name__
        for scenario in scenarios
        if scenario.level != "observe" and not contract_only(scenario)
        for one in scenario.steps
        if one.type == "then"
    }
    return sorted(used - found)


def _thens(catalogue: Catalogue, findings: list[Finding]) -> Iterator[ScenarioStep]:
    texts = {text for one in findings for text in one.steps}
    for file in catalogue.known_files():
        for scenario in file.scenarios.values():
            yield from (one for one in scenario.steps if one.type == "then" and one.text in texts)
