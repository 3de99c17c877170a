"""Scenarios that write are carried out side by side where their things do not touch, and nothing changes but the time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import mocksite
import pytest

from conformance.run.site_session import MockProcess, start_mock
from conformance.scenarios.ahead.holds import ALONE, holds
from conformance.scenarios.ahead.lanes import Lanes
from conformance.scenarios.ahead.schedule import Schedule, Switchboard
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.sites.errors import UserError
from conformance.sites.profile_file import load_profile
from conformance.sites.release import Release
from conformance.sites.settings import Value
from conformance.wire.exchange import Exchange, Request
from tests.conftest import SAFETY
from tests.rig import rig
from tests.run.conftest import Runner
from tests.run.test_lanes import clean, told
from tests.twisted import twisted

PART = ("features/41.12.0/classic-events.feature", "features/41.4.0/entry-exit-tone.feature")
USERS = "features/41.11.0/control-hub-users.feature"


def state(core: Any) -> dict[str, Any]:
    """What the site holds, the traces of calls aside: logins, and the address mail is delivered to."""
    found = json.loads(core.handle(mocksite.HttpRequest("GET", "/_control/state", {}, b"")).body)
    found["settings"].pop("mail-relay", None)
    return {name: _without_logins(found[name]) for name in found if name not in ("tickets", "requests")}


def _without_logins(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_logins(one) for name, one in value.items() if name != "last_login"}
    return [_without_logins(one) for one in value] if isinstance(value, list) else value


def named(catalogue: Catalogue, path: str, title: str) -> Scenario:
    return next(file.scenarios[title] for file in catalogue.known_files() if file.path.as_posix().endswith(path))


@pytest.mark.rotating(2)
@pytest.mark.parametrize("part", [PART, (USERS,)], ids=["settings", "users"])
def test_writing_side_by_side_changes_nothing_but_the_time(run: Runner, tmp_path: Path, part: tuple[str, ...]) -> None:
    found = []
    for lanes in ("0", "16"):
        with twisted(tmp_path) as site:
            before = state(site.core)
            outcome = run(*part, "--lanes", lanes, *site.arguments())
            assert state(site.core) == before, "the site is not as it was"
            found.append((told(outcome), clean(outcome), {*site.asked}))
    assert found[1] == found[0]


def test_things_that_touch(catalogue: Catalogue) -> None:
    def held(path: str, title: str) -> dict[str, Value]:
        scenario = named(catalogue, path, title)
        return dict(holds(scenario, catalogue.registry, {}, settings=True))

    deactivated = held("control-hub-users.feature", "DelUser deactivates the user")
    assert deactivated["data disposable-user "] == ALONE
    assert deactivated["data site-admin "] != ALONE
    assert deactivated["setting control-hub-managed"] is True
    switched = held("recording-changes.feature", "The elements change with the option")
    assert switched["setting recording-changes-by-hosts"] == ALONE
    assert deactivated["list of users"] == "added to"
    assert not any(thing.startswith("list ") for thing in switched)


class Board(Switchboard):
    """A site set in memory."""

    def __init__(self, **settings: Value) -> None:
        self.settings: dict[str, Value] = settings
        self.switched: list[str] = []

    def present(self, name: str) -> Value:
        return self.settings[name]

    def switch(self, name: str, value: Value) -> None:
        self.settings[name] = value
        self.switched.append(f"{name}={value}")


def drained(schedule: Schedule) -> list[Scenario]:
    """What one lane carries out, in its order."""
    order = []
    while (scenario := schedule.take()) is not None:
        order.append(scenario)
        schedule.leave(scenario)
    return order


def test_a_setting_is_switched_once_for_all_who_want_it_so(catalogue: Catalogue) -> None:
    every = [one for file in catalogue.known_files() for one in file.scenarios.values()][:9]
    wishes = {one: (("setting tone", ("BEEP", "NONE", "LOUD")[nth % 3]),) for nth, one in enumerate(every)}
    board = Board(tone="BEEP")
    assert len(drained(Schedule(wishes, board))) == len(every)
    assert board.switched == ["tone=LOUD", "tone=NONE"]


def test_whom_somebody_waits_for_is_next_as_soon_as_it_may_be(catalogue: Catalogue) -> None:
    first, second, third, last = list(next(iter(catalogue.known_files())).scenarios.values())[:4]
    held = {one: (("data a", ALONE),) for one in (first, second)} | {third: (("data b", ALONE),), last: (("data c", ALONE),)}
    schedule = Schedule(held, None)
    begun = schedule.take()
    assert begun is not None
    blocked = {first: second, second: first}.get(begun)
    schedule.prefer(last)
    assert schedule.take() is last
    if blocked is not None:
        schedule.prefer(blocked)
        assert schedule.take() is third, "what is blocked keeps nobody else waiting"
        schedule.leave(begun)
        assert schedule.take() is blocked


@pytest.mark.parametrize("scenarios", [1, 1000])
def test_the_mock_of_a_run_is_the_same_in_a_process_of_its_own(scenarios: int, tmp_path: Path) -> None:
    mock = start_mock(Release.parse("41.6.3"), tmp_path, scenarios)
    try:
        assert isinstance(mock, MockProcess) == (scenarios > 1)
        profile = load_profile("mock", mock.sites_file)
        with httpx.Client(trust_env=False, timeout=SAFETY) as client:
            told = client.get(f"{profile.control_url}/state").json()
        assert (told["site"]["name"], told["site"]["release"], profile.site_name) == ("mocksite", "41.6.3", "mocksite")
    finally:
        mock.stop()
    with httpx.Client(trust_env=False, timeout=SAFETY) as client, pytest.raises(httpx.ConnectError):
        client.get(f"{profile.control_url}/state")


@pytest.mark.parametrize("scenarios", [1, 1000])
def test_a_mock_that_cannot_be_is_one_message(scenarios: int, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="mock-release"):
        start_mock(Release.parse("99.1.0"), tmp_path, scenarios)


def test_what_wants_the_mock_set_otherwise_is_told_last(run: Runner) -> None:
    outcome = run("features/41.4.0/entry-exit-tone.feature", "-v", every_row=True)
    titles = [line for line in outcome.text.splitlines() if "::" in line and "PASSED" in line]
    otherwise = [line.split("-is-set-so")[0].rsplit("where-it")[0].rstrip("-").endswith(("NOTONE", "ANNOUNCENAME")) for line in titles]
    assert outcome.code == 0
    assert any(otherwise)
    assert otherwise == sorted(otherwise)


def test_what_is_held_alone_is_waited_for(catalogue: Catalogue) -> None:
    first, second, third = list(next(iter(catalogue.known_files())).scenarios.values())[:3]
    schedule = Schedule({first: (("data a", ALONE),), second: (("data a", ALONE),), third: (("data b", ALONE),)}, None)
    taken = [schedule.take(), schedule.take()]
    assert set(taken) == {first, third} or set(taken) == {second, third}
    last: list[Scenario | None] = []
    waiting = threading.Thread(target=lambda: last.append(schedule.take()), daemon=True)
    waiting.start()
    held = next(one for one in taken if one is not third)
    assert held is not None
    assert not last
    schedule.leave(held)
    waiting.join(timeout=30)
    assert last
    assert last[0] in (first, second)


class Interrupted:
    """A client after whose first creation the run is stopped."""

    def __init__(self, client: Any, stop: Callable[[], None]) -> None:
        self._client = client
        self._stop = stop

    def send(self, request: Request) -> Exchange:
        exchange: Exchange = self._client.send(request)
        if request.operation == "CreateUser":
            self._stop()
        return exchange

    def close(self) -> None:
        self._client.close()


def test_an_interrupted_lane_cleans_up(catalogue: Catalogue) -> None:
    with rig(catalogue) as site:
        scenario = named(catalogue, "control-hub-users.feature", "SetUser to an address used on the same site is refused")
        before = state(site.core)
        lanes = Lanes(site.run_context, catalogue.registry, [scenario], 1, writing=True)
        client = Interrupted(site.run_context.client(), lanes._stop)
        object.__setattr__(lanes._run_context, "client", lambda: client)
        lanes.start()
        lanes.wait()
        lanes.stop()
        assert lanes.carried(scenario) is None, "half a scenario is no outcome"
        assert state(site.core) == before
