"""Lanes without a run: which scenarios they may carry out ahead, and what they record of them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.scenarios.ahead.lanes import Replay, may_be_replayed
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.wire.exchange import Exchange, Request
from tests.conftest import SAFETY
from tests.run.ahead.bench import ADMIN, Bench, over, reading, scenario, sent, writing
from tests.run.answering_site import OK, Site


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True), ({"writes": True}, False), ({"mail": True}, False), ({"needs_control_plane": True}, False), ({"other_night": ("a night",)}, False),
        ({"operations": ("GetSite", "LstsummaryUser")}, True), ({"operations": ("GetSite", "SetUser")}, False), ({"operations": ()}, True),
        ({"settings": {"a": True}}, True), ({"settings": {"a": False}}, False), ({"settings": {"b": True}}, False), ({"settings": {"a": True, "b": True}}, False),
    ],
)  # fmt: skip
def test_only_what_reads_and_wants_the_site_as_it_is_may_be_replayed(like: Scenario, changes: dict[str, Any], may: bool) -> None:
    assert may_be_replayed(replace(like, **changes), {"a": True, "c": False}) is may


def test_the_profile_says_how_the_site_is_set(bench: Bench, live: RunContext, like: Scenario) -> None:
    bench.here = replace(live, profile=replace(live.profile, settings={"a": True}))
    fits, other = (scenario(like, title, "look", settings={"a": value}) for title, value in (("fits", True), ("other", False)))
    lanes = bench.lanes([fits, other])
    assert sent(lanes.recording(fits)) == ["GetSite"]
    assert lanes.progress == (1, 1)


def test_test_data_is_that_of_the_profile(bench: Bench, live: RunContext, like: Scenario) -> None:
    bench.here = replace(live, profile=replace(live.profile, data={"classic-event-session-key": "42"}))
    one = scenario(like, "one", "look", needs=("classic event",))
    assert sent(bench.lanes([one]).recording(one)) == ["GetSite"]


# -- recordings --------------------------------------------------------------------


def test_what_was_exchanged_before_the_judgement_is_recorded_and_handed_out_once(bench: Bench, site: Site, like: Scenario) -> None:
    one = scenario(like, "one", "given look", "look", "then look", "when look")
    lanes = bench.lanes([one])
    assert sent(lanes.recording(one)) == ["GetSite"] * 3
    assert lanes.recording(one) == []
    assert lanes.carried(one) is None
    over(lanes)
    assert site.closed == 1


def test_a_replay_takes_as_long_as_its_exchanges_took(site: Site) -> None:
    asked = [Request("GetSite", ADMIN, "https://a.test", OK.encode() + end) for end in (b"", b"\n", b"\n\n")]
    replay = Replay(site, [Exchange(one, 1.0, seconds, body=OK.encode()) for one, seconds in zip(asked, (0.5, 0.25), strict=False)])
    assert [replay.send(one).seconds for one in asked] == [0.5, 0.25, 0.0]
    assert (replay.replayed, site.operations) == (0.75, ["GetSite"])


def test_whatever_ends_a_recording_it_holds_what_came_before(bench: Bench, site: Site, like: Scenario) -> None:
    unread, last = scenario(like, "unread", "look", "break_down", "look"), scenario(like, "last", "look")
    lanes = bench.lanes([unread, last])
    assert sent(lanes.recording(unread)) == ["GetSite"]
    assert sent(lanes.recording(last)) == ["GetSite"]


@pytest.mark.parametrize(("lost", "trouble"), [("lost", "nobody answered"), ("<html>", "the reply is a web page and no message")])
def test_only_what_came_back_sound_is_replayed(bench: Bench, site: Site, like: Scenario, lost: str, trouble: str) -> None:
    """What is asked anew and then answered tells that the site was not well; what is not, and what was, tells nothing."""
    one = scenario(like, "one", "look", "look", "look")
    for now, told in ((OK, True), (lost, False)):
        site.answers["GetSite"] = [OK, lost, OK]
        recorded = bench.lanes([one]).recording(one)
        assert [bool(exchange.trouble) for exchange in recorded] == [False, True]
        assert recorded[1].trouble.startswith(trouble)
        site.answers["GetSite"], before = [now], len(site.asked)
        replay = Replay(site, recorded)
        first, second = (replay.send(exchange.request) for exchange in recorded)
        assert (first.unwell, len(site.asked) - before) == ((), 1)
        assert second.unwell == ((recorded[1].trouble,) if told else ())
        assert [note.removesuffix("; asked again") for note in second.notes] == list(second.unwell)
        assert replay.send(recorded[0].request).unwell == (), "from there on all is asked"
        assert len(site.asked) - before == 2


def test_who_does_not_go_ahead_waits_until_nobody_reads(bench: Bench, site: Site, like: Scenario) -> None:
    ahead, change = reading(like, "one", "two", "three"), writing(like, "change", "make")
    lanes = bench.lanes([*ahead, change], number=2)
    assert lanes.recording(change) == []
    assert lanes.progress == (3, 3)
    assert site.operations == ["GetSite"] * 3
    assert [sent(lanes.recording(one)) for one in ahead] == [["GetSite"]] * 3
    assert lanes.carried(change) is None


def test_progress_is_told_of_those_that_go_ahead(bench: Bench, like: Scenario) -> None:
    go = threading.Event()
    one, two = scenario(like, "one", "look"), scenario(like, "two", "stop_here")
    lanes = bench.lanes([one, two], stop_here=lambda _: go.wait(SAFETY), start=False)
    assert lanes.progress == (0, 2)
    bench.begun.append(lanes)
    lanes.start()
    lanes.recording(one)
    assert lanes.progress == (1, 2)
    go.set()
    lanes.wait()
    assert lanes.progress == (2, 2)


def test_who_is_waited_for_is_next(bench: Bench, like: Scenario) -> None:
    order: list[str] = []
    for write in (False, True):
        some = [scenario(like, title, "note", writes=write) for title in ("one", "two", "three")]
        lanes = bench.lanes(some, writing=write, start=False, note=lambda context: order.append(context.scenario.title))
        # No lane is there yet, as in a process that was forked: nobody waits for ever.
        assert (lanes.carried if write else lanes.recording)(some[2]) in ([], None)
        bench.begun.append(lanes)
        lanes.start()
        lanes.wait()
    assert order == ["three", "one", "two"] * 2


def test_as_many_lanes_as_asked_for_and_no_more_than_there_is_to_do(bench: Bench, like: Scenario) -> None:
    names: list[tuple[str, bool]] = []
    together = threading.Barrier(2)

    def meet(_: ScenarioContext) -> None:
        names.append((threading.current_thread().name, threading.current_thread().daemon))
        together.wait(SAFETY)

    for number, many in ((2, 4), (9, 2)):
        lanes = bench.lanes([scenario(like, f"{nth}", "meet") for nth in range(many)], number=number, meet=meet)
        lanes.wait()
        assert len(lanes._threads) == 2
    assert {*names} == {("lane-0", True), ("lane-1", True)}


@pytest.mark.parametrize("number", [0, 3])
def test_without_lanes_or_work_nobody_waits(bench: Bench, site: Site, like: Scenario, number: int) -> None:
    some = reading(like, "one") if not number else [writing(like, "change", "make")]
    lanes = bench.lanes(some, number=number)
    assert lanes.recording(some[0]) == []
    assert lanes.carried(some[0]) is None
    assert (site.asked, lanes.late) == ([], frozenset())
    assert lanes.progress == ((1, 1) if not number else (0, 0))


def test_a_scenario_that_cannot_be_read_is_left_to_its_turn(bench: Bench, like: Scenario) -> None:
    strange, one = scenario(like, "strange", "no such sentence"), scenario(like, "one", "look")
    lanes = bench.lanes([strange, one])
    assert sent(lanes.recording(one)) == ["GetSite"]
    assert lanes.recording(strange) == []
    assert lanes.progress == (1, 1)


def test_what_a_lane_finds_out_about_making_users_is_told_in_its_turn(bench: Bench, live: RunContext, like: Scenario) -> None:
    refusals: list[Mapping[str, str]] = []

    def refuse(context: ScenarioContext) -> None:
        context.run_context.refused["CreateUser"] = "no more hosts"  # type: ignore[assignment]
        refusals.append(context.run_context.refused)  # type: ignore[arg-type]

    bench.lanes([scenario(like, "one", "refuse")], refuse=refuse).wait()
    assert refusals == [{"CreateUser": "no more hosts"}]
    assert live.refused == {}
