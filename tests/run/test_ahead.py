"""Lanes without a run: what they record, carry out whole, leave to the serial phase, and how they come to an end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from conformance.judge.findings import ContractViolation, Finding
from conformance.scenarios.ahead import lanes as lanes_module
from conformance.scenarios.ahead.lanes import Carried, Lanes, Replay, may_be_replayed
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import ScenarioStep
from conformance.sites.errors import CannotJudge
from conformance.sites.settings import setting_named
from conformance.wire.exchange import Exchange, Request
from conformance.wire.served import NotServed
from tests.conftest import SAFETY
from tests.judge.test_conditions import refused
from tests.run.answering_site import OK, Site, body

ADMIN = "site-admin"
TONE, SPOKEN = "entry-exit-tone", "the entry and exit tone of meetings"
Action = Callable[[ScenarioContext], object]


@dataclass(frozen=True)
class Sentence:
    """A step of a test: what it does, and its arguments."""

    carry_out: Action
    arguments: Mapping[str, str] = field(default_factory=dict)


class Sentences:
    """The vocabulary of a test: sentence by sentence what it does."""

    def __init__(self, **sentences: Action | Sentence) -> None:
        self._sentences = sentences

    def look_up(self, step: ScenarioStep, path: str) -> Sentence:
        assert path.endswith(".feature")
        found = self._sentences[step.text]
        return found if isinstance(found, Sentence) else Sentence(found)


def look(context: ScenarioContext) -> None:
    context.send(ADMIN, "GetSite")


def make(context: ScenarioContext) -> None:
    context.send("host", "CreateMeeting", {"confName": "x"})


def try_to_make(context: ScenarioContext) -> None:
    with suppress(CannotJudge):
        make(context)


def find(context: ScenarioContext) -> None:
    context.judge((Finding("x", "", "a", "b"),))


def give_up(context: ScenarioContext) -> None:
    raise CannotJudge("it cannot be told")


def break_down(context: ScenarioContext) -> None:
    raise KeyError("a fault of ours")


STEPS: Mapping[str, Action] = {"look": look, "make": make, "try_to_make": try_to_make, "find": find, "give_up": give_up, "break_down": break_down}


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes_module, "_LOOKS_EVERY", 0.001)


@pytest.fixture
def like(catalogue: Catalogue) -> Scenario:
    every = (one for file in catalogue.known_files() for one in file.scenarios.values())
    found = next(one for one in every if one.operations == ("GetSite",))
    plain: dict[str, Any] = {"settings": {}, "implied": (), "needs": (), "account_facts": (), "creates": (), "roles": (ADMIN,), "other_night": ()}
    return replace(found, writes=False, measured=False, mail=False, needs_control_plane=False, **plain)


def scenario(like: Scenario, title: str, *texts: str, **changes: Any) -> Scenario:
    """One of these steps; ``then find`` is a Then."""
    told = [text.rpartition(" ") for text in texts]
    steps = tuple(ScenarioStep(kind or "when", "When", text, (), number) for number, (kind, _, text) in enumerate(told, 1))
    return replace(like, title=title, steps=steps, **changes)


def reading(like: Scenario, *titles: str) -> list[Scenario]:
    return [scenario(like, title, "look", "then find") for title in titles]


def writing(like: Scenario, title: str, *texts: str) -> Scenario:
    return scenario(like, title, *texts, writes=True, operations=("CreateMeeting",))


@dataclass
class Bench:
    """Starts lanes, and has none left when the test is over."""

    here: RunContext
    begun: list[Lanes] = field(default_factory=list)

    def lanes(self, scenarios: list[Scenario], number: int = 1, *, writing: bool = False, start: bool = True, **steps: Action | Sentence) -> Lanes:
        asked = {"writing": True} if writing else {}
        lanes = Lanes(self.here, Sentences(**{**STEPS, **steps}), scenarios, number, **asked)  # type: ignore[arg-type]
        if start:
            self.begun.append(lanes)
            lanes.start()
        return lanes


@pytest.fixture
def bench(live: RunContext, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    # Lanes work on a copy of what they are given.
    monkeypatch.setattr(RunContext, "client", lambda _: site)
    bench = Bench(live)
    yield bench
    for lanes in bench.begun:
        lanes.stop()
        over(lanes)


@pytest.fixture
def set_bench(bench: Bench, mock: RunContext) -> Bench:
    """The same where settings can be switched."""
    bench.here = mock
    return bench


def sent(exchanges: list[Exchange]) -> list[str]:
    return [exchange.request.operation for exchange in exchanges]


def over(lanes: Lanes) -> None:
    """Until no lane is there any more."""
    for thread in lanes._threads:
        thread.join(SAFETY)
        assert not thread.is_alive()


def stop_meanwhile(lanes: Lanes) -> threading.Thread:
    """Who stops the run while a lane is at work: nothing more begins, and it may have to wait."""
    stopper = threading.Thread(target=lanes.stop)
    stopper.start()
    for done in lanes._done.values():
        assert done.wait(SAFETY)
    stopper.join(0.02)
    return stopper


def carried(lanes: Lanes, one: Scenario) -> Carried:
    found = lanes.carried(one)
    assert found is not None
    return found


# -- which may go ahead -----------------------------------------------------------


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


# -- carried out whole ----------------------------------------------------------------

MEETING = body("CreateMeeting", "meeting", "<n:meetingkey>77</n:meetingkey>")


def test_what_changes_the_site_is_carried_out_judged_and_undone(bench: Bench, site: Site, like: Scenario) -> None:
    site.answers["CreateMeeting"] = [MEETING]
    change, read = writing(like, "change", "make", "then look"), scenario(like, "read", "look")
    lanes = bench.lanes([change, read], writing=True)
    told = carried(lanes, change)
    assert sent(told.context.exchanges) == ["CreateMeeting", "GetSite"]
    assert told.context.scenario is change
    assert [step.text for step in told.record.steps] == ["make", "look"]
    assert (told.error, told.cleanup_errors) == (None, ())
    assert 0 < told.replayed < SAFETY
    assert "DelMeeting" in site.operations
    assert lanes.carried(change) is None, "once"
    assert lanes.recording(change) == []
    assert (sent(lanes.recording(read)), lanes.carried(read)) == (["GetSite"], None)


def test_what_was_found_and_what_could_not_be_undone_is_told(bench: Bench, site: Site, like: Scenario) -> None:
    site.answers |= {"CreateMeeting": [MEETING], "DelMeeting": [refused()]}
    change = writing(like, "change", "make", "then find")
    told = carried(bench.lanes([change], writing=True), change)
    assert isinstance(told.error, ContractViolation)
    assert [violation.check for violation in told.context.violations] == ["x"]
    assert told.cleanup_errors == ("CreateMeeting x could not be undone: DelMeeting answered FAILURE 000001 No",)


@pytest.mark.parametrize(
    ("writes", "answer", "texts", "kept"),
    [
        (True, "lost", ("make",), True), (False, "lost", ("make",), False), (True, OK, ("make", "give_up"), False), (True, OK, ("give_up",), False),
        (True, OK, ("break_down",), False), (True, "lost", ("try_to_make", "break_down"), False), (True, "lost", ("look", "make"), True),
    ],
)  # fmt: skip
def test_what_came_to_no_verdict_is_tried_again_unless_it_may_have_changed_something(
    bench: Bench, site: Site, like: Scenario, writes: bool, answer: str, texts: tuple[str, ...], kept: bool
) -> None:
    site.answers["CreateMeeting"] = [answer]
    change = replace(writing(like, "change", *texts), writes=writes)
    after = writing(like, "after", "look")
    lanes = bench.lanes([change, after], writing=True)
    found = lanes.carried(change)
    assert (found is not None) is kept
    assert found is None or str(found.error).endswith("nobody answered")
    assert carried(lanes, after).error is None, "the lane goes on"


def test_what_is_not_served_is_told_in_its_turn(bench: Bench, site: Site, like: Scenario) -> None:
    told: list[bool] = []

    def miss(context: ScenarioContext) -> None:
        context.tell_missing = lambda problem: told.append(True)  # type: ignore[method-assign]
        raise NotServed("GetSite", "gone")

    change = writing(like, "change", "miss")
    assert bench.lanes([change], writing=True, miss=miss).carried(change) is None
    assert told == []


# -- the end ---------------------------------------------------------------------------


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
