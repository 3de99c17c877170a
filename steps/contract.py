"""Sentences about the contract: what a release declares, and whether a reply fits it."""

from pytest_bdd import parsers, then, when

from conformance.judge.contract_checks import differ_only_in
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.sites.release import Release

_RELEASE = r"\d+\.\d+\.\d+"


@when(parsers.re(rf"the contract of (?P<before>{_RELEASE}) is compared with that of (?P<after>{_RELEASE})"))
def contracts_are_compared(context: ScenarioContext, before: str, after: str) -> None:
    contract = context.run_context.contract
    context.compared = (contract.view(Release.parse(before)), contract.view(Release.parse(after)))


@then("nothing differs")
def nothing_differs(context: ScenarioContext) -> None:
    context.judge(differ_only_in(*context.views, context.declared_operations, []))


@then("nothing differs but")
def nothing_differs_but(context: ScenarioContext, datatable: list[list[str]]) -> None:
    announced = [(operation, path) for operation, path in datatable[1:]]
    context.judge(differ_only_in(*context.views, context.declared_operations, announced))


@then("these operations do not differ")
def operations_do_not_differ(context: ScenarioContext, datatable: list[list[str]]) -> None:
    context.judge(differ_only_in(*context.views, [row[0] for row in datatable[1:]], []))


@then("these operations differ in nothing but")
def operations_differ_in(context: ScenarioContext, datatable: list[list[str]]) -> None:
    announced = [(operation, path) for operation, path in datatable[1:] if path]
    context.judge(differ_only_in(*context.views, [row[0] for row in datatable[1:]], announced))


@then("the reply fits the contract")
def reply_fits(context: ScenarioContext) -> None:
    context.judge_schema()
