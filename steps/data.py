"""Sentences about what the site holds: named by the profile, or made for the scenario; and in which state."""

from pytest_bdd import given, parsers

from conformance.scenarios.scenario import MADE
from conformance.scenarios.scenario_context import ScenarioContext


@given(parsers.re(r"the site has (?:an?|the) (?P<held>.+)"))
def site_has(context: ScenarioContext, held: str) -> None:
    context.hold(held)


@given(parsers.re(rf"a new (?P<made>{'|'.join(MADE)})(?: with)?"))
def something_new(context: ScenarioContext, made: str, datatable: list[list[str]] | None = None) -> None:
    context.make(made, dict(datatable or []))


@given(parsers.re(r"another new (?P<made>user)(?: with)?"))
def another_new(context: ScenarioContext, made: str, datatable: list[list[str]] | None = None) -> None:
    context.make_another(made, dict(datatable or []))


@given(parsers.re(r"the (?P<role>[\w-]+ (?:admin|user)) can sign in(?: with (?P<credential>\w+))?"))
def can_sign_in(context: ScenarioContext, role: str, credential: str | None) -> None:
    context.require_login(role, credential or "")


@given(parsers.re(r"the (?P<user>disposable (?:classic-era )?user) is active"))
def user_is_active(context: ScenarioContext, user: str) -> None:
    context.require_active(user)


@given(parsers.re(r"(?P<operation>DelUser) has deactivated the (?P<user>(?:new|disposable(?: classic-era)?) user)"))
def user_is_deactivated(context: ScenarioContext, user: str, operation: str) -> None:
    del operation
    context.deactivate(user)
