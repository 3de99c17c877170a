"""Sentences about what the site holds: named by the profile, or made for the scenario."""

from pytest_bdd import given, parsers

from conformance.scenarios.scenario_context import ScenarioContext


@given(parsers.re(r"the site has (?:an?|the) (?P<held>.+)"))
def site_has(context: ScenarioContext, held: str) -> None:
    context.hold(held)


@given(
    parsers.re(
        r"a new (?P<made>user of the classic time|user who is active in Control Hub|user|event|meeting)(?: with)?"
    )
)
def something_new(context: ScenarioContext, made: str, datatable: list[list[str]] | None = None) -> None:
    context.make(made, dict(datatable or []))
