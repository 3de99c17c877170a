"""Sentences about what the site holds: named by the profile, or made for the scenario; and in which state."""

from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import given


@given("the site has a/an/the {held}")
def site_has(context: ScenarioContext, held: str) -> None:
    context.hold(held)


@given("a new {made}")
@given("a new {made} with")
def something_new(context: ScenarioContext, made: str, datatable: list[list[str]] | None = None) -> None:
    context.make(made, dict(datatable or []))


@given("another new {made_again}")
@given("another new {made_again} with")
def another_new(context: ScenarioContext, made: str, datatable: list[list[str]] | None = None) -> None:
    context.make_another(made, dict(datatable or []))


@given("the {role} can sign in")
@given("the {role} can sign in with {credential}")
def can_sign_in(context: ScenarioContext, role: str, credential: str = "") -> None:
    context.require_login(role, credential)


@given("the {disposable} is active")
def user_is_active(context: ScenarioContext, user: str) -> None:
    context.require_active(user)


@given("the {deletable} is not deactivated")
def user_is_not_deactivated(context: ScenarioContext, user: str) -> None:
    context.require_not_deactivated(user)


@given("the {disposable} has a meeting license")
def user_has_license(context: ScenarioContext, user: str) -> None:
    context.require_license(user)


@given("{deletion} has deactivated the {deletable}")
def user_is_deactivated(context: ScenarioContext, user: str, operation: str) -> None:
    del operation
    context.deactivate(user)
