"""What scenarios hold, and who may begin beside whom: lanes that mix this up judge each other's changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.scenarios.ahead.holds import ALONE, Holds, holds, kept_steady, list_of, setting_of
from conformance.scenarios.ahead.schedule import Schedule, Switchboard, _Held
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.step_registry import ScenarioStep
from conformance.sites.ledger import SETTING, left_behind
from conformance.sites.settings import Value
from tests.conftest import SAFETY
from tests.rig import rig
from tests.run.test_side_by_side import Board

LOOKED_AT, ADDED_TO = "looked at", "added to"


@pytest.fixture(scope="module")
def every(catalogue: Catalogue) -> list[Scenario]:
    return [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("LstsummaryUser", "list of users"), ("CreateUser", "list of users"), ("LstRecording", "list of recordings"), ("LstrecordaccessHistory", ""),
        ("LstsummarySession", "list of sessions"), ("CreateEvent", "list of sessions"), ("DelRecording", "list of recordings"), ("LstTimeZone", ""),
        ("LstMeetingType", ""), ("GetUser", ""), ("GetSite", ""),
    ],
)  # fmt: skip
def test_the_list_an_operation_reads_or_changes(operation: str, name: str) -> None:
    assert list_of(operation) == name


def test_a_setting_is_told_from_other_things() -> None:
    assert [setting_of(one) for one in ("setting a b", "data setting", "settings", "list of users")] == ["a b", "", "", ""]


def test_what_is_switched_and_not_named_is_held_as_it_is() -> None:
    held: Holds = (("data a", ALONE), ("setting tone", "BEEP"))
    assert kept_steady(held, {"tone": "NONE", "hub": True}) == (("data a", ALONE), ("setting hub", True), ("setting tone", "BEEP"))
    assert kept_steady((), {}) == ()


def made_of(catalogue: Catalogue, like: Scenario, *texts: str, operations: tuple[str, ...], **changes: object) -> dict[str, Value]:
    """What a scenario of these sentences holds."""
    steps = tuple(ScenarioStep("when", "When", text, (), number) for number, text in enumerate(texts, 1))
    plain = {"needs": (), "roles": ("site-admin",), "writes": True, "settings": {}}
    scenario = replace(like, steps=steps, operations=operations, **{**plain, **changes})
    return dict(holds(scenario, catalogue.registry, {"classic-event-session-key": "42"}, settings=True))


def test_lists_are_shared_as_long_as_nobody_reads_what_another_changes(catalogue: Catalogue, every: list[Scenario]) -> None:
    like = every[0]
    reading = made_of(catalogue, like, "the site admin sends LstsummaryUser", operations=("LstsummaryUser",), writes=False)
    assert reading == {"list of users": LOOKED_AT, "data site-admin ": LOOKED_AT}
    adding = made_of(catalogue, like, "the site admin sends CreateUser", operations=("CreateUser",))
    assert adding["list of users"] == ADDED_TO
    both = made_of(catalogue, like, "the site admin sends CreateUser", "the site admin sends LstsummaryUser", operations=("CreateUser", "LstsummaryUser"))
    assert both["list of users"] == ALONE
    other = made_of(catalogue, like, "the site admin sends CreateUser", "the site admin sends LstRecording", operations=("CreateUser", "LstRecording"))
    assert (other["list of users"], other["list of recordings"]) == (ADDED_TO, LOOKED_AT)
    assert "list of users" not in made_of(catalogue, like, "the site admin sends GetSite", operations=("GetSite",), writes=False)


def test_things_that_are_changed_are_held_alone_and_known_by_their_value(catalogue: Catalogue, every: list[Scenario]) -> None:
    like = every[0]
    read = made_of(catalogue, like, operations=("GetSite",), writes=False, needs=("classic event", "password", "disposable classic event"))
    assert read == {"data site-admin ": LOOKED_AT, "data classic event 42": LOOKED_AT, "data disposable classic event ": LOOKED_AT}
    written = made_of(catalogue, like, operations=("SetEvent",), needs=("classic event", "disposable classic event"))
    assert (written["data classic event 42"], written["data disposable classic event "]) == (LOOKED_AT, ALONE)


def test_settings_are_held_as_wanted_or_alone_where_they_change(every: list[Scenario], catalogue: Catalogue) -> None:
    wanting = [one for one in every if one.settings]
    for one in wanting:
        held = dict(holds(one, catalogue.registry, {}, settings=True))
        told = {setting_of(thing): value for thing, value in held.items() if setting_of(thing)}
        named = {name: value for name, value in one.settings.items() if name not in one.implied}
        assert set(named) <= set(told)
        assert all(told[name] in (value, ALONE) for name, value in named.items())
        assert not any(map(setting_of, dict(holds(one, catalogue.registry, {}, settings=False))))


def test_who_may_join() -> None:
    held = _Held()
    mine: Holds = (("a", LOOKED_AT), ("b", ALONE))
    assert held.allows(mine)
    held.add(mine)
    assert [held.allows(one) for one in ((), (("a", LOOKED_AT),), (("a", ADDED_TO),), (("a", ALONE),), (("b", ALONE),), (("c", ALONE),), (("c", ALONE), ("b", ALONE)))] == [
        True, True, False, False, False, True, False,
    ]  # fmt: skip
    held.add((("a", LOOKED_AT),))
    held.give_back(mine)
    assert not held.allows((("a", ADDED_TO),)), "one still looks at it"
    assert held.allows((("b", ALONE),))
    held.give_back((("a", LOOKED_AT),))
    assert held.allows((("a", ADDED_TO),))


class Breakable(Board):
    """A site set in memory that takes no setting ``BROKEN``."""

    def switch(self, name: str, value: Value) -> None:
        if value == "BROKEN":
            raise ValueError(name)
        super().switch(name, value)


def drained(schedule: Schedule) -> list[Scenario]:
    order = []
    while (scenario := schedule.take()) is not None:
        order.append(scenario)
        schedule.leave(scenario)
    return order


def scheduled(every: list[Scenario], board: Switchboard | None, *held: Holds) -> tuple[list[Scenario], Schedule]:
    readers = [one for one in every if not one.writes][: len(held)]
    return readers, Schedule(dict(zip(readers, held, strict=True)), board)


def test_every_scenario_is_carried_out_once_each_with_the_site_set_as_it_wants_it(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP", hub=True)
    wishes: list[Holds] = [(("setting tone", tone), ("setting hub", hub)) for tone in ("BEEP", "NONE") for hub in (True, False) for _ in range(2)]
    some, schedule = scheduled(every, board, *wishes)
    want: Mapping[Scenario, Holds] = dict(zip(some, wishes, strict=True))
    assert schedule.late == {one for one in some if want[one] != (("setting tone", "BEEP"), ("setting hub", True))}
    seen = []
    while (one := schedule.take()) is not None:
        assert {f"setting {name}": value for name, value in board.settings.items()} == dict(want[one])
        seen.append(one)
        schedule.leave(one)
    assert sorted(seen, key=some.index) == some
    assert set(seen[:2]) == set(some) - schedule.late, "who wants the site as it is goes first"
    assert schedule.wait(0)


def test_a_setting_is_not_switched_under_somebody_who_wants_it_as_it_is(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    (as_is, other), schedule = scheduled(every, board, (("setting tone", "BEEP"),), (("setting tone", "NONE"),))
    assert schedule.take() is as_is
    later: list[Scenario | None] = []
    lane = threading.Thread(target=lambda: later.append(schedule.take()), daemon=True)
    lane.start()
    assert (later, board.switched) == ([], [])
    assert not schedule.wait(0)
    schedule.leave(as_is)
    lane.join(SAFETY)
    assert later == [other]
    assert board.switched == ["tone=NONE"]


def test_who_holds_a_setting_alone_has_it_as_it_is(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    (alone,), schedule = scheduled(every, board, (("setting tone", ALONE),))
    assert schedule.late == frozenset()
    assert drained(schedule) == [alone]
    assert board.switched == []


def test_a_setting_that_cannot_be_switched_is_told_and_holds_nobody_up(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    (broken,), schedule = scheduled(every, board, (("setting tone", "BROKEN"),))
    with pytest.raises(ValueError, match="tone"):
        schedule.take()
    assert broken in schedule.late
    assert schedule.wait(0), "nobody is under way"
    assert schedule.take() is None


def test_what_is_stopped_begins_nothing_more(every: list[Scenario]) -> None:
    (first, _), schedule = scheduled(every, None, (("a", LOOKED_AT),), (("a", LOOKED_AT),))
    assert schedule.take() is first
    schedule.stop()
    assert schedule.take() is None
    assert not schedule.wait(0)
    schedule.leave(first)
    assert schedule.wait(0)


def test_who_is_preferred_is_next_and_nobody_else_waits_for_it(every: list[Scenario]) -> None:
    some, schedule = scheduled(every, None, *((("a", ALONE),),) * 2, *((("b", LOOKED_AT),),) * 2)
    schedule.prefer(some[3])
    assert schedule.take() is some[3]
    schedule.prefer(some[3])
    begun = schedule.take()
    assert begun is some[0], "what is over is not begun again"
    schedule.prefer(some[1])
    assert schedule.take() is some[2]
    schedule.leave(some[0])
    assert schedule.take() is some[1]
    assert drained(schedule) == []


def test_what_keeps_others_waiting_goes_first(every: list[Scenario]) -> None:
    reading = [one for one in every if not one.writes]
    writing = next(one for one in every if one.writes)
    users, alone, lists, plain = reading[:4]
    held: dict[Scenario, Holds] = {
        plain: (("data a", LOOKED_AT),), writing: (("data b", LOOKED_AT),), lists: (("list of sessions", LOOKED_AT),), alone: (("data c", ALONE),),
        users: (("list of users", LOOKED_AT),),
    }  # fmt: skip
    assert drained(Schedule(held, None)) == [users, alone, lists, writing, plain]


def test_of_those_that_keep_others_waiting_the_longest_goes_first_and_the_rest_in_its_order(every: list[Scenario]) -> None:
    reading = sorted((one for one in every if not one.writes), key=lambda one: len(one.steps))
    short, long = reading[0], reading[-1]
    assert len(short.steps) < len(long.steps)
    lists: dict[Scenario, Holds] = {short: (("list of sessions", LOOKED_AT),), long: (("list of recordings", LOOKED_AT),)}
    assert drained(Schedule(lists, None)) == [long, short]
    plain: dict[Scenario, Holds] = {short: (("data a", LOOKED_AT),), long: (("data b", LOOKED_AT),)}
    assert drained(Schedule(plain, None)) == [short, long]


def test_who_wants_a_setting_that_another_wants_otherwise_goes_before_who_wants_none(every: list[Scenario]) -> None:
    plain, other, contested = [one for one in every if not one.writes][:3]
    held: dict[Scenario, Holds] = {plain: (("data a", LOOKED_AT),), other: (("setting tone", "NONE"),), contested: (("setting tone", "BEEP"),)}
    assert drained(Schedule(held, Breakable(tone="BEEP")))[0] is contested


def test_settings_of_a_mock_are_noted_before_they_are_switched_and_put_back_once(catalogue: Catalogue) -> None:
    with rig(catalogue) as site:
        here, plane = site.run_context, site.run_context.control_plane
        assert plane is not None
        board = Switchboard(here, plane)
        first = board.present("entry-exit-tone")
        for tone in ("ANNOUNCENAME", "BEEP", "NOTONE"):
            board.switch("entry-exit-tone", tone)
            assert board.present("entry-exit-tone") == tone
        ((entry, key),) = left_behind(here.ledger._file)
        assert (entry.role, entry.operation, entry.name, key) == ("", SETTING, "entry-exit-tone", {"value": f'"{first}"'})
        client = here.client()
        board.put_back(client)
        assert board.present("entry-exit-tone") == first
        assert list(left_behind(here.ledger._file)) == []
        board.put_back(client)
        client.close()


def sentences(catalogue: Catalogue, like: Scenario, *texts: str, table: tuple[tuple[str, ...], ...] = (), **changes: object) -> dict[str, Value]:
    """What a scenario that changes the site holds, of sentences each with ``table`` below it."""
    kinds = (("given", "Given") if " has " in text else ("when", "When") for text in texts)
    steps = tuple(ScenarioStep(*kind, text, table, number) for number, (kind, text) in enumerate(zip(kinds, texts, strict=True), 1))
    plain: dict[str, object] = {"needs": (), "roles": ("site-admin",), "writes": True, "settings": {}, "operations": (), "steps": steps}
    return dict(holds(replace(like, **{**plain, **changes}), catalogue.registry, {"classic-event-session-key": "42"}, settings=True))


AS = "the site admin sends"


@pytest.mark.parametrize(
    ("texts", "table", "changes", "alone"),
    [
        # What a changing request is for it may give away; what only a reading one is for, not.
        ((f"{AS} SetEvent for the classic event",), (), {"needs": ("classic event",)}, ["classic event 42"]),
        ((f"{AS} GetEvent for the classic event",), (), {"needs": ("classic event",)}, []),
        ((f"{AS} SetUser for the host",), (), {"roles": ("site-admin", "host")}, ["host "]),
        ((f"{AS} SetUser for the classic-era user",), (), {"roles": ("site-admin", "classic-era-user")}, ["classic-era-user "]),
        ((f"{AS} GetUser for the host",), (), {"roles": ("site-admin", "host")}, []),
        ((f"{AS} SetUser for the host", f"{AS} GetUser for the host"), (), {"roles": ("site-admin", "host"), "writes": False}, []),
        ((f"{AS} CreateMeeting for the large event session type",), (), {"needs": ("large event session type",)}, []),
        (("DelUser has deactivated the disposable user",), (), {"roles": ("site-admin", "host")}, []),
        # Of users also whom it names, but for the caller.
        ((f"{AS} SetUser with",), (("webExId", "{host.webExId}"), ("email", "{site admin.email}")), {"roles": ("site-admin", "host")}, ["host "]),
        ((f"{AS} CreateEvent with",), (("hostWebExID", "{host.webExId}"),), {"roles": ("site-admin", "host")}, []),
        ((f"{AS} GetUser with",), (("webExId", "{host.webExId}"),), {"roles": ("site-admin", "host")}, []),
        # No caller: the words are taken as they are, and nobody is called nothing.
        ((), (), {"roles": ("site-admin", "host"), "needs": ("e-mail address active in Control Hub",)}, ["e-mail address active in Control Hub "]),
    ],
)  # fmt: skip
def test_what_a_changing_request_is_about_is_held_alone(
    catalogue: Catalogue, every: list[Scenario], texts: tuple[str, ...], table: tuple[tuple[str, ...], ...], changes: dict[str, object], alone: list[str]
) -> None:
    held = sentences(catalogue, every[0], *texts, table=table, **changes)
    assert [thing for thing, mode in held.items() if thing.startswith("data ") and mode == ALONE] == [f"data {name}" for name in alone]


@pytest.mark.parametrize(
    ("texts", "table", "changes", "lists"),
    [
        (("DelUser has deactivated the disposable user",), (), {}, {"list of users": ADDED_TO}),
        (("DelUser has deactivated the disposable user",), (), {"writes": False}, {}),
        (("the site has a classic event",), (), {}, {}),
        # Who looks for its own in a list reads nobody else's: as long as every look is for its own.
        ((f"{AS} LstsummaryUser with",), (("email", "{new user.email}"),), {"operations": ("CreateUser", "LstsummaryUser")}, {"list of users": ADDED_TO}),
        ((f"{AS} LstsummaryUser with",), (("email", "{disposable user.email}"),), {"operations": ("SetUser",)}, {"list of users": ADDED_TO}),
        ((f"{AS} LstsummaryUser with",), (("email", "{host.email}"),), {"operations": ("CreateUser", "LstsummaryUser")}, {"list of users": ALONE}),
        ((f"{AS} LstsummaryUser with", f"{AS} LstsummaryUser"), (("email", "{new user.email}"),), {"operations": ("CreateUser",)}, {"list of users": ADDED_TO}),
        (("the clock is right",), (), {"steps": ()}, {}),
    ],
)  # fmt: skip
def test_in_which_mode_lists_are_held(
    catalogue: Catalogue, every: list[Scenario], texts: tuple[str, ...], table: tuple[tuple[str, ...], ...], changes: dict[str, object], lists: dict[str, Value]
) -> None:
    held = sentences(catalogue, every[0], *texts, table=table, **changes)
    assert {thing: mode for thing, mode in held.items() if thing.startswith("list ")} == lists


def test_one_look_at_what_others_added_makes_a_list_read(catalogue: Catalogue, every: list[Scenario]) -> None:
    steps = [ScenarioStep("when", "When", f"{AS} LstsummaryUser with", (("email", f"{{{whose}.email}}"),), 1) for whose in ("new user", "host")]
    for some in (steps, steps[::-1]):
        held = sentences(catalogue, every[0], operations=("CreateUser", "LstsummaryUser"), steps=tuple(some))
        assert held["list of users"] == ALONE


@pytest.mark.parametrize(
    ("states", "mode"), [(("enabled",), True), (("disabled",), False), (("enabled", "enabled"), True), (("enabled", "disabled"), ALONE)], ids=str
)
def test_a_setting_that_a_scenario_wants_both_ways_is_held_alone(catalogue: Catalogue, every: list[Scenario], states: tuple[str, ...], mode: Value) -> None:
    other = "at least one of these elements is another one while changes of recordings by hosts are {}"
    steps = tuple(ScenarioStep("then", "Then", other.format(state), (("element",), ("a",)), number) for number, state in enumerate(states, 1))
    held = sentences(catalogue, every[0], steps=steps)
    assert {thing: value for thing, value in held.items() if setting_of(thing)} == {"setting recording-changes-by-hosts": mode}


def test_things_are_held_in_the_order_of_their_names_whatever_their_modes(catalogue: Catalogue, every: list[Scenario]) -> None:
    held: Holds = (("setting b", True), ("setting a", "x"))
    assert kept_steady(held, {"c": 3, "b": False}) == (("setting a", "x"), ("setting b", True), ("setting c", 3))  # type: ignore[dict-item]
    assert list(sentences(catalogue, every[0], f"{AS} CreateUser", operations=("CreateUser",), roles=("host", "site-admin"))) == [
        "data host ", "data site-admin ", "list of users",
    ]  # fmt: skip


def test_what_three_hold_is_held_until_the_last_gives_it_back() -> None:
    held, mine = _Held(), (("a", LOOKED_AT),)
    for _ in range(3):
        held.add(mine)
    for _ in range(2):
        held.give_back(mine)
        assert not held.allows((("a", ALONE),))
    held.give_back(mine)
    assert held.allows((("a", ALONE),))


TONE_OFF: Holds = (("setting tone", "NONE"),)


def test_a_setting_stays_as_long_as_somebody_waits_who_wants_it_as_it_is(every: list[Scenario]) -> None:
    (first, as_is, other), schedule = scheduled(
        every, Breakable(tone="BEEP"), (("a", ALONE),), (("a", ALONE), ("setting tone", "BEEP")), TONE_OFF
    )
    schedule.prefer(first)
    assert schedule.take() is first
    assert schedule._next() is None, "the one is held up by the first, the other by the one"
    schedule.leave(first)
    assert schedule.take() is as_is
    schedule.leave(as_is)
    assert schedule.take() is other


def test_a_setting_is_switched_beside_those_who_do_not_care_and_once_for_all_who_want_it_so(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    (careless, one, another), schedule = scheduled(every, board, (("a", ALONE),), TONE_OFF, TONE_OFF)
    schedule.prefer(careless)
    assert schedule.take() is careless
    assert {schedule.take(), schedule.take()} == {one, another}
    assert board.switched == ["tone=NONE"]


def test_nobody_else_begins_while_the_setting_he_wants_is_being_switched(every: list[Scenario]) -> None:
    begun: list[Scenario | None] = []

    class Slow(Breakable):
        def switch(self, name: str, value: Value) -> None:
            begun.append(schedule._next())
            super().switch(name, value)

    board = Slow(tone="BEEP")
    (one, another), schedule = scheduled(every, board, TONE_OFF, TONE_OFF)
    assert {schedule.take(), schedule.take()} == {one, another}
    assert (begun, board.switched) == ([None], ["tone=NONE"])


def test_who_wants_what_could_not_be_switched_goes_on_alone(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    (broken, other), schedule = scheduled(every, board, (("setting tone", "BROKEN"),), TONE_OFF)
    schedule.prefer(broken)
    with pytest.raises(ValueError, match="tone"):
        schedule.take()
    assert schedule.take() is other
    assert board.switched == ["tone=NONE"]


def test_a_preference_lasts_until_it_is_met_and_no_longer(every: list[Scenario]) -> None:
    (first, wanted, second, third), schedule = scheduled(every, None, (("a", ALONE),), (("a", LOOKED_AT),), *((("c", ALONE),),) * 2)
    schedule.prefer(first)
    assert schedule.take() is first
    schedule.prefer(wanted)
    begun = schedule.take()
    assert begun in (second, third)
    schedule.leave(first)
    schedule.leave(begun)
    assert schedule.take() is wanted
    schedule.prefer(wanted)
    assert schedule.take() in (second, third), "what is under way is not wanted any more"


def test_those_who_want_the_same_follow_each_other(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    _, schedule = scheduled(every, board, *((("setting tone", tone),) for tone in ("NONE", "VOICE") * 3))
    assert len(drained(schedule)) == 6
    assert len(board.switched) == 2


def test_the_site_is_switched_before_those_who_do_not_care_have_their_turn(every: list[Scenario]) -> None:
    (careless, other), schedule = scheduled(every, Breakable(tone="BEEP"), (("data a", LOOKED_AT),), TONE_OFF)
    assert drained(schedule) == [other, careless]


def test_who_wants_a_setting_that_nobody_wants_otherwise_has_no_haste(every: list[Scenario]) -> None:
    (plain, content, other), schedule = scheduled(
        every, Breakable(tone="BEEP", hub=True), (("data a", LOOKED_AT),), (("setting hub", True),), TONE_OFF
    )
    assert drained(schedule) == [other, plain, content]


def test_a_setting_is_switched_beside_others_once_nobody_waits_who_wants_it_as_it_is(every: list[Scenario]) -> None:
    (careless, as_is, other), schedule = scheduled(every, Breakable(tone="BEEP"), (("a", ALONE),), (("setting tone", "BEEP"),), TONE_OFF)
    schedule.prefer(careless)
    assert schedule.take() is careless
    assert schedule._next() is as_is
    schedule.leave(as_is)
    assert schedule._next() is other, "nobody else wants the tone, the careless one least of all"


def test_a_setting_that_was_switched_may_be_switched_again_beside_others(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    (careless, off, voice), schedule = scheduled(every, board, (("a", ALONE),), TONE_OFF, (("setting tone", "VOICE"),))
    schedule.prefer(careless)
    assert schedule.take() is careless
    assert schedule.take() is off
    schedule.leave(off)
    assert schedule._next() is voice
    assert board.switched == ["tone=NONE"]


def test_those_who_want_the_same_follow_each_other_whatever_else_they_hold(every: list[Scenario]) -> None:
    board = Breakable(tone="BEEP")
    tones = ("NONE", "VOICE", "NONE", "VOICE")
    _, schedule = scheduled(every, board, *((("data a", LOOKED_AT), (f"data {nth}", LOOKED_AT), ("setting tone", tone)) for nth, tone in enumerate(tones)))
    assert len(drained(schedule)) == 4
    assert board.switched == ["tone=NONE", "tone=VOICE"]
