"""Sentences about the site: how it is set, where it answers."""

from pytest_bdd import parsers, step

from conformance.scenarios.scenario_context import ScenarioContext


@step(parsers.re(r"(?P<setting>.+) (?:is|are) (?P<value>enabled|disabled) on the site"))
def option_is_switched(context: ScenarioContext, setting: str, value: str) -> None:
    context.arrange(setting, value)


@step(parsers.re(r"(?P<setting>.+) (?:is|are) set to (?P<value>\S+) on the site"))
def option_is_set(context: ScenarioContext, setting: str, value: str) -> None:
    context.arrange(setting, value)
