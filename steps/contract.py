"""Sentences about the contract: whether a reply keeps it."""

from pytest_bdd import then

from conformance.scenarios.scenario_context import ScenarioContext


@then("the reply fits the contract")
def reply_fits(context: ScenarioContext) -> None:
    context.judge_contract()
