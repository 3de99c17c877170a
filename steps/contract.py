"""Sentences about the contract: what a release declares, and whether a reply fits it."""

from pytest_bdd import parsers, then, when

from conformance.judge.contract_checks import differ_only_in
from conformance.run.world import World
from conformance.target.release import Release

_RELEASE = r"\d+\.\d+\.\d+"


@when(parsers.re(rf"the contract of (?P<before>{_RELEASE}) is compared with that of (?P<after>{_RELEASE})"))
def contracts_are_compared(world: World, before: str, after: str) -> None:
    contract = world.stage.contract
    world.compared = (contract.view(Release.parse(before)), contract.view(Release.parse(after)))


@then("nothing differs")
def nothing_differs(world: World) -> None:
    world.judge(differ_only_in(*world.views, world.declared_operations, []))


@then("nothing differs but")
def nothing_differs_but(world: World, datatable: list[list[str]]) -> None:
    announced = [(operation, path) for operation, path in datatable[1:]]
    world.judge(differ_only_in(*world.views, world.declared_operations, announced))


@then("these operations do not differ")
def operations_do_not_differ(world: World, datatable: list[list[str]]) -> None:
    world.judge(differ_only_in(*world.views, [row[0] for row in datatable[1:]], []))


@then("these operations differ in nothing but")
def operations_differ_in(world: World, datatable: list[list[str]]) -> None:
    announced = [(operation, path) for operation, path in datatable[1:] if path]
    world.judge(differ_only_in(*world.views, [row[0] for row in datatable[1:]], announced))


@then("the reply fits the contract")
def reply_fits(world: World) -> None:
    world.judge_schema()
