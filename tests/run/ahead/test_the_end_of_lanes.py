"""Lanes without a run: how they come to an end, and how they leave the settings of a mock."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from conformance.scenarios.ahead import lanes as lanes_module
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.sites.errors import CannotJudge
from conformance.sites.settings import setting_named
from tests.conftest import SAFETY
from tests.run.ahead.bench import MEETING, SPOKEN, TONE, Bench, Sentence, look, over, reading, scenario, stop_meanwhile, writing
from tests.run.answering_site import OK, Site


def test_who_is_under_way_when_the_run_is_interrupted_puts_back_what_it_changed(bench: Bench, site: Site, like: Scenario) -> None:
    site.answers["CreateMeeting"] = [MEETING]
    change, never = writing(like, "change", "make", "interrupt", "look", "look"), writing(like, "never", "look")
    lanes = bench.lanes([change, never], writing=True, interrupt=lambda _: stop_meanwhile(lanes), start=False)
    bench.begun.append(lanes)
    lanes.start()
    over(lanes)
    assert site.operations == ["CreateMeeting", "DelMeeting"]
    assert (lanes.carried(change), lanes.carried(never)) == (None, None)


def test_an_interrupted_scenario_says_why_it_came_to_no_verdict(bench: Bench, site: Site, like: Scenario) -> None:
    words: list[str] = []

    def stop_and_look(context: ScenarioContext) -> None:
        stop_meanwhile(lanes)
        with pytest.raises(CannotJudge) as found:
            look(context)
        words.append(str(found.value))

    lanes = bench.lanes([writing(like, "change", "stop_and_look")], writing=True, stop_and_look=stop_and_look, start=False)
    bench.begun.append(lanes)
    lanes.start()
    over(lanes)
    assert (words, site.asked) == (["the run was interrupted"], [])


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(("answers", "asked"), [(["lost"] * 9, 5), (["lost"] * 4 + [OK] + ["lost"] * 9, 10), (["lost", OK] * 7, 14)])
def test_after_five_exchanges_without_an_answer_lanes_stop(bench: Bench, site: Site, like: Scenario, write: bool, answers: list[str], asked: int) -> None:
    site.answers["GetSite"] = [*answers, "lost"]
    some = [scenario(like, f"{nth}", "look", writes=write) for nth in range(14)]
    lanes = bench.lanes(some, writing=write)
    over(lanes)
    assert len(site.asked) == asked
    lanes.wait()
    assert lanes.progress == (14, 14), "nobody is kept waiting"


def test_a_refused_client_is_met_again_by_the_serial_phase(bench: Bench, like: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: RunContext) -> Site:
        raise ValueError("no client")

    monkeypatch.setattr(RunContext, "client", nobody)
    some = reading(like, "one", "two")
    lanes = bench.lanes(some)
    assert [lanes.recording(one) for one in some] == [[], []]


@pytest.mark.parametrize(("problem", "raised"), [(CannotJudge("no setting"), []), (ValueError("a fault"), [ValueError])])
def test_a_lane_that_cannot_go_on_ends_all_and_only_a_fault_is_raised(
    set_bench: Bench, site: Site, like: Scenario, monkeypatch: pytest.MonkeyPatch, problem: Exception, raised: list[type]
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda told: seen.append(told.exc_type))

    plane, problems = type(set_bench.here.control_plane), [problem]
    put = plane.set

    def refuse_once(*told: Any) -> None:
        if problems:
            raise problems.pop()
        put(*told)

    monkeypatch.setattr(plane, "set", refuse_once)
    some = [scenario(like, "other", "tone"), scenario(like, "third", "tone")]
    lanes = set_bench.lanes(some, writing=True, tone=Sentence(look, {"setting": SPOKEN, "value": "NOTONE"}))
    over(lanes)
    assert [lanes.carried(one) for one in some] == [None, None]
    assert (seen, site.asked, site.closed) == (raised, [], 1)


# -- settings ---------------------------------------------------------------------------


def tone_of(here: RunContext) -> object:
    assert here.control_plane is not None
    return here.control_plane.setting(TONE)


def test_who_wants_the_site_otherwise_goes_last_and_it_is_put_back(set_bench: Bench, site: Site, like: Scenario) -> None:
    here, seen = set_bench.here, []
    assert here.control_plane is not None
    here.control_plane.set(setting_named(TONE), "BEEP")

    def note(context: ScenarioContext) -> None:
        seen.append((context.scenario.title, tone_of(here)))

    other, plain, same = scenario(like, "other", "none"), scenario(like, "plain", "note"), scenario(like, "same", "beep")
    wanted = {word: Sentence(note, {"setting": SPOKEN, "value": value}) for word, value in (("none", "NOTONE"), ("beep", "BEEP"))}
    lanes = set_bench.lanes([other, plain, same], number=2, writing=True, start=False, note=note, **wanted)
    assert lanes.late == {other}
    set_bench.begun.append(lanes)
    lanes.start()
    assert lanes.recording(plain) == [], "where settings are switched nothing is replayed"
    assert sorted(seen) == [("other", "NOTONE"), ("plain", "BEEP"), ("same", "BEEP")]
    assert seen[-1][0] == "other"
    assert tone_of(here) == "BEEP"
    assert all(lanes.carried(one) for one in (other, plain, same))
    over(lanes)
    # One to put the site back, and one a lane.
    assert site.closed == 3


def test_nobody_switches_a_setting_beside_one_that_does_not_name_it(set_bench: Bench, like: Scenario) -> None:
    here, beside = set_bench.here, threading.Event()
    seen: list[bool] = []
    plain, other = scenario(like, "plain", "waits"), scenario(like, "other", "none")
    lanes = set_bench.lanes(
        [plain, other], number=2, writing=True, waits=lambda _: seen.append(beside.wait(0.02)),
        none=Sentence(lambda _: beside.set(), {"setting": SPOKEN, "value": "NOTONE" if tone_of(here) != "NOTONE" else "BEEP"}),
    )  # fmt: skip
    lanes.wait()
    assert (seen, beside.is_set()) == ([False], True)


def test_settings_that_everybody_wants_as_they_are_are_held_by_nobody_else(set_bench: Bench, like: Scenario) -> None:
    together = threading.Barrier(2)
    here = set_bench.here
    wish = {"setting": SPOKEN, "value": str(tone_of(here))}
    same, plain = scenario(like, "same", "beep"), scenario(like, "plain", "meet")
    lanes = set_bench.lanes(
        [same, plain], number=2, writing=True, beep=Sentence(lambda _: together.wait(SAFETY), wish), meet=lambda _: together.wait(SAFETY)
    )
    lanes.wait()
    assert lanes.late == frozenset()
    assert not together.broken


def test_an_interrupted_run_waits_for_who_is_under_way_before_it_puts_the_site_back(set_bench: Bench, like: Scenario) -> None:
    here = set_bench.here
    set_bench.here = replace(here, profile=replace(here.profile, timeout=1.0))
    before = tone_of(here)
    gone: list[bool] = []

    def interrupt(_: ScenarioContext) -> None:
        stoppers.append(stop_meanwhile(lanes))
        gone.append(not stoppers[0].is_alive())

    stoppers: list[threading.Thread] = []
    other = scenario(like, "other", "none")
    value = "NOTONE" if before != "NOTONE" else "BEEP"
    lanes = set_bench.lanes([other], writing=True, start=False, none=Sentence(interrupt, {"setting": SPOKEN, "value": value}))
    set_bench.begun.append(lanes)
    lanes.start()
    over(lanes)
    stoppers[0].join(SAFETY)
    assert (gone, tone_of(here)) == ([False], before)


@pytest.mark.parametrize("writes", [True, False])
def test_an_interrupted_run_on_a_live_site_waits_for_what_changes_it(bench: Bench, like: Scenario, writes: bool) -> None:
    """What is on its way when the run ends is made after its clean-up, and stays; what only reads leaves nothing."""
    gone: list[bool] = []

    def interrupt(_: ScenarioContext) -> None:
        stopper = stop_meanwhile(lanes)
        if not writes:
            stopper.join(SAFETY)
        gone.append(not stopper.is_alive())

    one = writing(like, "one", "interrupt") if writes else scenario(like, "one", "interrupt")
    lanes = bench.lanes([one], writing=writes, interrupt=interrupt, start=False)
    bench.begun.append(lanes)
    lanes.start()
    over(lanes)
    assert gone == [not writes]


def test_a_site_that_cannot_be_put_back_ends_the_wait_all_the_same(set_bench: Bench, site: Site, like: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    here = set_bench.here
    value = "NOTONE" if tone_of(here) != "NOTONE" else "BEEP"
    other = scenario(like, "other", "none")

    def refuse(*_: object) -> None:
        raise CannotJudge("no more settings")

    def last(_: ScenarioContext) -> None:
        monkeypatch.setattr(type(here.control_plane), "set", refuse)

    lanes = set_bench.lanes([other], writing=True, none=Sentence(last, {"setting": SPOKEN, "value": value}))
    lanes.wait()
    over(lanes)
    assert (tone_of(here), site.closed) == (value, 2)


def test_an_interrupted_run_does_not_wait_for_a_site_that_hangs(set_bench: Bench, like: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes_module, "_GRACE", -set_bench.here.profile.timeout + 0.01)
    hangs, go = threading.Event(), threading.Event()
    before = tone_of(set_bench.here)

    def hang(_: ScenarioContext) -> None:
        hangs.set()
        go.wait(SAFETY)

    value = "NOTONE" if before != "NOTONE" else "BEEP"
    lanes = set_bench.lanes([scenario(like, "other", "hang")], writing=True, hang=Sentence(hang, {"setting": SPOKEN, "value": value}))
    assert hangs.wait(SAFETY)
    lanes.stop()
    assert tone_of(set_bench.here) == value, "what a killed run leaves stands in its ledger"
    go.set()
