"""Sentences about requests: who sends what, for which test data, with which values."""

from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import when


@when("the {role} sends {operation}")
@when("the {role} sends {operation} with")
@when("the {role} sends {operation} for the {item}")
@when("the {role} sends {operation} for the {item} with")
def somebody_sends(
    context: ScenarioContext, role: str, operation: str, item: str = "", datatable: list[list[str]] | None = None
) -> None:
    context.send(role, operation, dict(datatable or []), item=item)


@when("the {role} sends {operation} for every page")
@when("the {role} sends {operation} for every page with")
def somebody_reads_the_whole_list(
    context: ScenarioContext, role: str, operation: str, datatable: list[list[str]] | None = None
) -> None:
    context.send_for_every_page(role, operation, dict(datatable or []))


@when("the {role} sends {operation} for the {item}, by {key} or else {other_key}")
def somebody_sends_by_either_name(
    context: ScenarioContext, role: str, operation: str, item: str, name: str, other: str
) -> None:
    context.send_by_either(role, operation, item, (name, other))


@when('the {role}, called "{identity}", sends {operation}')
@when('the {role}, called "{identity}", sends {operation} with')
@when('the {role}, called "{identity}", sends {operation} for the {item}')
@when('the {role}, called "{identity}", sends {operation} for the {item} with')
def somebody_calls_themselves(
    context: ScenarioContext,
    role: str,
    identity: str,
    operation: str,
    item: str = "",
    datatable: list[list[str]] | None = None,
) -> None:
    context.send(role, operation, dict(datatable or []), item=item, identity=identity)


@when("the {role}, signed in with {credential}, sends {operation}")
@when("the {role}, signed in with {credential}, sends {operation} with")
@when("the {role}, signed in with {credential}, sends {operation} for the {item}")
@when("the {role}, signed in with {credential}, sends {operation} for the {item} with")
def somebody_signed_in(
    context: ScenarioContext,
    role: str,
    credential: str,
    operation: str,
    item: str = "",
    datatable: list[list[str]] | None = None,
) -> None:
    context.send(role, operation, dict(datatable or []), item=item, credential=credential)


@when("the {role}, {address_too}, sends {operation}")
def somebody_names_the_address_too(context: ScenarioContext, role: str, operation: str, address_too: str) -> None:
    context.send(role, operation, address_too=bool(address_too))


@when("the {role}, signed in with one {ticket}, sends {operation} twice")
def somebody_sends_twice(context: ScenarioContext, role: str, operation: str, credential: str) -> None:
    del credential
    context.send_twice(role, operation)


@when("the {role} uses the retired address for {operation}")
def somebody_uses_the_retired_address(context: ScenarioContext, role: str, operation: str) -> None:
    context.send(role, operation, retired_address=True)


@when('"{identity}" signs in with the password "{password}"')
def anybody_signs_in(context: ScenarioContext, identity: str, password: str) -> None:
    context.sign_in(context.value(identity), context.value(password))
