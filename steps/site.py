"""Sentences about the site: how it is set, where it answers."""

from pytest_bdd import parsers, step, then

from conformance.judge.address_check import no_api_version
from conformance.run.world import World


@step(parsers.re(r"(?P<setting>.+) (?:is|are) (?P<value>enabled|disabled) on the site"))
def option_is_switched(world: World, setting: str, value: str) -> None:
    world.arrange(setting, value)


@step(parsers.re(r"(?P<setting>.+) (?:is|are) set to (?P<value>\S+) on the site"))
def option_is_set(world: World, setting: str, value: str) -> None:
    world.arrange(setting, value)


@then("the address of the profile names no XML API version")
def address_is_current(world: World) -> None:
    world.judge(no_api_version(world.stage.profile.url))
