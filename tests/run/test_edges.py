"""Gating, lanes and clean-up at their edges: bugs planted there once survived every other test (tests/mutants)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace

import pytest

from conformance.reporting.outcome import Skip
from conformance.scenarios.cleanup import ScenarioCleanup
from conformance.scenarios.execution import result_of, verdict_of
from conformance.scenarios.features import Catalogue
from conformance.scenarios.ahead.lanes import Lanes, may_be_replayed
from conformance.scenarios.run_context import RunContext, gate
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.scenario_data import ScenarioData
from conformance.sites.errors import CannotJudge, NotApplicable
from conformance.sites.release import Release
from conformance.sites.settings import setting_named
from conformance.wire.exchange import Exchange, Request
from tests.rig import rig


@pytest.fixture(scope="module")
def every(catalogue: Catalogue) -> list[Scenario]:
    return [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]


def reading(every: list[Scenario]) -> Scenario:
    """A scenario that reads and wants nothing."""
    return next(one for one in every if one.operations == ("GetSite",) and not (one.settings or one.writes or one.mail or one.needs))


@pytest.mark.parametrize(("until", "skipped"), [("41.11.0", True), ("41.12.0", False), ("42.1.0", False)])
def test_a_scenario_holds_for_its_last_release(catalogue: Catalogue, every: list[Scenario], until: str, skipped: bool) -> None:
    scenario = replace(reading(every), since=Release.parse("41.1.0"), until=Release.parse(until))
    with rig(catalogue, release="41.12.0") as site:
        skip = gate(scenario, site.run_context, ["release"])
    assert (skip is not None) is skipped


def test_what_waits_for_mail_does_not_run_ahead(every: list[Scenario]) -> None:
    scenario = reading(every)
    assert may_be_replayed(scenario, {})
    assert not may_be_replayed(replace(scenario, mail=True), {})


class Awaited(threading.Event):
    """Says when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.somebody = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.somebody.set()
        return super().wait(timeout)


def test_what_writes_waits_until_every_lane_is_idle(catalogue: Catalogue, every: list[Scenario]) -> None:
    """The lane goes on only once somebody waits for it: who does not would be through before it is done."""
    reader, writer = reading(every), next(one for one in every if one.writes)
    done = Awaited()

    class Waits:
        def send(self, asked: Request) -> Exchange:
            done.somebody.wait()
            return Exchange(asked, 0.0, 0.0, error="of no matter")

        def close(self) -> None:
            """Nothing open."""

    with rig(catalogue) as site:
        object.__setattr__(site.run_context, "client", Waits)
        lanes = Lanes(site.run_context, catalogue.registry, [reader, writer], 1)
        lanes._done[reader] = done
        lanes.start()
        try:
            assert lanes.recording(writer) == []
            assert done.is_set()
        finally:
            done.somebody.set()


def test_what_was_changed_twice_becomes_what_it_was_first(catalogue: Catalogue, every: list[Scenario]) -> None:
    setting = setting_named("entry-exit-tone")
    with rig(catalogue) as site:
        here, plane = site.run_context, site.run_context.control_plane
        client = here.client()
        cleanup = ScenarioCleanup(here, client, ScenarioData(here, reading(every), lambda *_: None))
        first, second, third = "ANNOUNCENAME", "BEEP", "NOTONE"
        plane.set(setting, first)
        cleanup.set(setting, second)
        cleanup.set(setting, third)
        assert plane.setting(setting.name) == third
        assert cleanup.clean_up() == []
        assert plane.setting(setting.name) == first
        client.close()


@contextmanager
def told_of(catalogue: Catalogue, every: list[Scenario], **data: str) -> Iterator[tuple[RunContext, ScenarioContext]]:
    """A scenario on a mock whose profile says this of its test data."""
    with rig(catalogue) as site:
        profile = site.run_context.profile
        here = replace(site.run_context, profile=replace(profile, data={**profile.data, **data}))
        with closing(here.client()) as client:
            yield here, ScenarioContext(here, reading(every), client)


def test_what_somebody_called_something_is_no_phrase(catalogue: Catalogue, every: list[Scenario]) -> None:
    with told_of(catalogue, every, **{"service-recording-name": "a {draft} of {host.email}"}) as (here, context):
        context._data.hold("service recording")
        context.send("site-admin", "LstRecording", item="service recording")
        assert b"<recordName>a {draft} of {host.email}</recordName>" in context.last.request.body
        context.send("site-admin", "LstRecording", {"recordName": "{service recording.recordName}"}, item="service recording")
        assert b"<recordName>a {draft} of {host.email}</recordName>" in context.last.request.body
        context.send("site-admin", "LstRecording", {"recordName": "of {host.webExId}"}, item="service recording")
        assert f"<recordName>of {here.profile.accounts['host'].webex_id}<".encode() in context.last.request.body


def test_who_is_made_has_the_address_of_the_profile(catalogue: Catalogue, every: list[Scenario]) -> None:
    with told_of(catalogue, every, **{"control-hub-active-email": "{draft}@example.com"}) as (_, context):
        with suppress(CannotJudge):
            context.make("user who is active in Control Hub", {})
        assert b"<email>{draft}@example.com</email>" in context.exchanges[0].request.body
        context.clean_up()


def test_only_of_who_is_not_deactivated_yet_anything_follows_and_the_reason_is_told(catalogue: Catalogue, every: list[Scenario]) -> None:
    with told_of(catalogue, every) as (_, context):
        context.make("user", {})
        context.require_not_deactivated("new user")
        context.deactivate("new user")
        with pytest.raises(NotApplicable) as found:
            context.require_not_deactivated("new user")
        verdict = verdict_of(context.scenario, context, found.value, False, ())
        told = result_of("x", context.scenario, context, found.value, verdict, None, 0.0, ())
        assert (told.outcome, told.skip) == ("skipped", Skip("data", "GetUser shows the new user as DEACTIVATED before anybody has deactivated one"))
        context.clean_up()


def test_a_password_that_was_changed_is_put_back(catalogue: Catalogue, every: list[Scenario]) -> None:
    with rig(catalogue, release="41.10.0") as site:
        here = site.run_context
        client = here.client()
        host = here.profile.accounts["host"]
        context = ScenarioContext(here, reading(every), client)
        context.send("site-admin", "SetUser", {"webExId": host.webex_id, "password": "Another-1-of-a-test"})
        assert context.reply.succeeded
        assert context.clean_up() == []
        assert [entry.operation for entry in site.core.request_log.entries()].count("SetUser") == 2
        client.close()
