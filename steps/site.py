"""Sentences about the site: how it is set, where it answers."""

from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import step


@step("{setting} is/are {state} on the site")
def option_is_switched(context: ScenarioContext, setting: str, value: str) -> None:
    context.arrange(setting, value)


@step("{setting} is/are set to {value} on the site")
def option_is_set(context: ScenarioContext, setting: str, value: str) -> None:
    context.arrange(setting, value)
