"""Sentences about requests: who sends what, for which test data, with which values."""

from pytest_bdd import parsers, when

from conformance.scenarios.scenario_context import ScenarioContext

_CALLER = r"the (?P<role>[\w-]+(?: (?:admin|user))?)"
_CALL = r"sends (?P<operation>\w+)(?: for the (?P<item>[^,]+?))?(?: with)?"


@when(parsers.re(rf"{_CALLER} {_CALL}"))
def somebody_sends(
    context: ScenarioContext, role: str, operation: str, item: str | None, datatable: list[list[str]] | None = None
) -> None:
    context.send(role, operation, dict(datatable or []), item=item or "")


@when(parsers.re(rf"{_CALLER} sends (?P<operation>\w+) for every page(?: with)?"))
def somebody_reads_the_whole_list(
    context: ScenarioContext, role: str, operation: str, datatable: list[list[str]] | None = None
) -> None:
    context.send_for_every_page(role, operation, dict(datatable or []))


@when(parsers.re(rf"{_CALLER} sends (?P<operation>\w+) for the (?P<item>.+), by (?P<name>\w+) or else (?P<other>\w+)"))
def somebody_sends_by_either_name(
    context: ScenarioContext, role: str, operation: str, item: str, name: str, other: str
) -> None:
    context.send_by_either(role, operation, item, (name, other))


@when(parsers.re(rf'{_CALLER}, called "(?P<identity>[^"]+)", {_CALL}'))
def somebody_calls_themselves(
    context: ScenarioContext,
    role: str,
    identity: str,
    operation: str,
    item: str | None,
    datatable: list[list[str]] | None = None,
) -> None:
    context.send(role, operation, dict(datatable or []), item=item or "", identity=identity)


@when(parsers.re(rf"{_CALLER}, signed in with (?P<credential>\w+), {_CALL}"))
def somebody_signed_in(
    context: ScenarioContext,
    role: str,
    credential: str,
    operation: str,
    item: str | None,
    datatable: list[list[str]] | None = None,
) -> None:
    context.send(role, operation, dict(datatable or []), item=item or "", credential=credential)


@when(parsers.re(rf"{_CALLER}, (?P<address_too>naming the e-mail address too), sends (?P<operation>\w+)"))
def somebody_names_the_address_too(context: ScenarioContext, role: str, operation: str, address_too: str) -> None:
    context.send(role, operation, address_too=bool(address_too))


@when(parsers.re(rf"{_CALLER}, signed in with one (?P<credential>sessionTicket), sends (?P<operation>\w+) twice"))
def somebody_sends_twice(context: ScenarioContext, role: str, operation: str, credential: str) -> None:
    del credential
    context.send_twice(role, operation)


@when(parsers.re(rf"{_CALLER} uses the retired address for (?P<operation>\w+)"))
def somebody_uses_the_retired_address(context: ScenarioContext, role: str, operation: str) -> None:
    context.send(role, operation, retired_address=True)


@when(parsers.re(r'"(?P<identity>[^"]+)" signs in with the password "(?P<password>[^"]+)"'))
def anybody_signs_in(context: ScenarioContext, identity: str, password: str) -> None:
    context.sign_in(context.value(identity), context.value(password))
