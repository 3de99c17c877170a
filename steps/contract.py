"""Sentences about the contract: whether a reply keeps it."""

from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import then


@then("the reply fits the contract")
def reply_fits(context: ScenarioContext) -> None:
    context.judge_contract()
