"""Sentences about requests: who sends what, for which thing, with which values."""

from pytest_bdd import parsers, when

from conformance.run.world import World

_CALLER = r"the (?P<role>[\w-]+(?: (?:admin|user))?)"
_CALL = r"sends (?P<operation>\w+)(?: for the (?P<thing>.+?))?(?: with)?"


@when(parsers.re(rf"{_CALLER} {_CALL}"))
def somebody_sends(
    world: World, role: str, operation: str, thing: str | None, datatable: list[list[str]] | None = None
) -> None:
    world.send(role, operation, dict(datatable or []), thing=thing or "")


@when(parsers.re(rf"{_CALLER} sends (?P<operation>\w+) for every page(?: with)?"))
def somebody_reads_the_whole_list(
    world: World, role: str, operation: str, datatable: list[list[str]] | None = None
) -> None:
    world.send_for_every_page(role, operation, dict(datatable or []))


@when(parsers.re(rf'{_CALLER}, called "(?P<identity>[^"]+)", {_CALL}'))
def somebody_calls_themselves(
    world: World, role: str, identity: str, operation: str, thing: str | None, datatable: list[list[str]] | None = None
) -> None:
    world.send(role, operation, dict(datatable or []), thing=thing or "", identity=identity)


@when(parsers.re(rf"{_CALLER}, signed in with (?P<credential>\w+), {_CALL}"))
def somebody_signed_in(
    world: World,
    role: str,
    credential: str,
    operation: str,
    thing: str | None,
    datatable: list[list[str]] | None = None,
) -> None:
    world.send(role, operation, dict(datatable or []), thing=thing or "", credential=credential)


@when(parsers.re(rf"{_CALLER} uses the retired address for (?P<operation>\w+)"))
def somebody_uses_the_retired_address(world: World, role: str, operation: str) -> None:
    world.send(role, operation, retired_address=True)


@when(parsers.re(r'"(?P<identity>[^"]+)" signs in with the password "(?P<password>[^"]+)"'))
def anybody_signs_in(world: World, identity: str, password: str) -> None:
    world.sign_in(world.value(identity), world.value(password))
