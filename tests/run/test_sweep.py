"""What a sweep finds in ledgers and lists, and what of it is removed: against a site that answers as told."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.scenarios.cleanup import Sweep
from conformance.scenarios.run_context import RunContext
from conformance.sites.ledger import DEACTIVATED, PASSWORD, SETTING, Ledger, Ledgers, deactivated, left_behind
from tests.judge.test_conditions import SERV, refused
from tests.run.answering_site import ADMIN, HOST, OK, Site, body
from tests.run.test_cleanup import Plane, entry, full_disk, states

OLD, YOUNG, PLACE = "wxc-6123456700aa-1", "wxc-7fffffff00bb-1", "a.test_mock"
NOW = 0x68000000


def listing(operation: str, space: str, row: str, *rows: Mapping[str, str]) -> str:
    inside = "".join(f"<n:{row}>{''.join(f'<n:{name}>{text}</n:{name}>' for name, text in one.items())}</n:{row}>" for one in rows)
    return body(operation, space, inside)


def sweep(live: RunContext, folder: Path, before: float = NOW, strange: float | None = None) -> Sweep:
    return Sweep(live, Ledgers("mock", PLACE, folder, None), before, strange)


def test_what_only_the_site_shows_is_found_by_its_name(live: RunContext, site: Site, tmp_path: Path) -> None:
    names = (OLD, YOUNG, "Quarterly planning")
    site.answers["LstsummarySession"] = [listing(
        "LstsummarySession", "ep", "session", *({"sessionKey": f"{number}", "confName": name, "serviceType": "MeetingCenter"} for number, name in enumerate(names)),
        {"sessionKey": "9", "confName": OLD.replace("-1", "-9"), "serviceType": "SalesCenter"},
    )]  # fmt: skip
    site.answers["LstsummaryUser"] = [listing(
        "LstsummaryUser", "user", "user", {"webExId": "u", "email": f"{OLD[:-1]}2@b.c", "active": "ACTIVATED"}, {"webExId": "v", "email": f"{OLD[:-1]}3@b.c", "active": "DEACTIVATED"},
    )]  # fmt: skip
    found = sweep(live, tmp_path).found()
    told = {(str(item), item.entry.role, item.entry.started, item.ledger, tuple((item.key or {}).items())) for item in found}
    assert told == {
        (f"CreateMeeting {OLD}", HOST, float(0x61234567), None, (("meetingKey", "0"),)), (f"CreateUser {OLD[:-1]}2@b.c", ADMIN, float(0x61234567), None, (("webExId", "u"),)),
    }  # fmt: skip
    assert {told["startFrom"] for name, _, told in site.asked if name == "LstsummarySession"} == {"1"}
    assert {told["maximumNum"] for name, _, told in site.asked if name == "LstsummaryUser"} == {"100"}
    assert site.closed == 1
    settled = replace(live, control_plane=Plane())
    object.__setattr__(settled, "client", lambda: site)
    assert f"CreateUser {OLD[:-1]}3@b.c" in {str(item) for item in sweep(settled, tmp_path).found()}, "a mock can take it out of its books"


@pytest.mark.parametrize(("answer", "pages"), [("full", 3), (refused(), 1), ("not served", 1)], ids=["full", "refused", "not served"])
def test_lists_are_read_page_by_page(live: RunContext, site: Site, tmp_path: Path, answer: str, pages: int) -> None:
    full, again = (listing("LstsummaryEvent", "event", "event", *[{"sessionKey": f"{key}", "sessionName": "x"}] * 100) for key in (1, 2))
    last = listing("LstsummaryEvent", "event", "event", {"sessionKey": "8", "sessionName": OLD})
    site.answers["LstsummaryEvent"] = [full, again, last] if answer == "full" else [answer]
    found = sweep(live, tmp_path).found()
    assert [told["startFrom"] for name, _, told in site.asked if name == "LstsummaryEvent"] == ["1", "101", "201"][:pages]
    assert [str(item) for item in found] == ([f"CreateEvent {OLD}"] if answer == "full" else [])


def test_what_ledgers_list_comes_first_and_once(live: RunContext, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "mock-6123456700aa.jsonl"
    ledger = Ledger(file, PLACE, "6123456700aa")
    keyed, keyless, lost = (ledger.intend(HOST, "CreateEvent", f"{OLD[:-1]}{number}") for number in (1, 2, 3))
    ledger.created(keyed, {"sessionKey": "11"})
    ledger.close()
    rows = ({"sessionKey": f"1{number}", "sessionName": f"{OLD[:-1]}{number}"} for number in (1, 2, 4))
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", *rows)]
    late = keyed.started + 1
    found = sweep(live, tmp_path, late).found()
    assert [(item.entry.name[-1], item.key, item.ledger) for item in found] == [
        ("3", None, file), ("2", {"sessionKey": "12"}, file), ("1", {"sessionKey": "11"}, file), ("4", {"sessionKey": "14"}, None),
    ]  # fmt: skip
    early = sweep(live, tmp_path, keyed.started - 1)
    assert [item.entry.name[-1] for item in early.found()] == ["4"]
    assert [item.entry.name[-1] for item in early.later] == ["3", "2", "1"]
    assert lost.name == f"{OLD[:-1]}3"
    assert keyless.name == f"{OLD[:-1]}2"


def test_of_a_run_only_its_ledgers_count_and_the_site_is_asked_for_lost_keys_alone(live: RunContext, site: Site, tmp_path: Path) -> None:
    for run, key in (("6123456700aa", True), ("6123456700bb", False)):
        ledger = Ledger(tmp_path / f"mock-{run}.jsonl", PLACE, run)
        made = ledger.intend(HOST, "CreateEvent", f"wxc-{run}-1")
        if key:
            ledger.created(made, {"sessionKey": "1"})
        ledger.close()
    mine = sweep(live, tmp_path, made.started + 1)
    assert [item.key for item in mine.of_run("6123456700aa")] == [{"sessionKey": "1"}]
    assert site.asked == []
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", {"sessionKey": "12", "sessionName": "wxc-6123456700bb-1"})]
    assert [item.key for item in mine.of_run("6123456700bb")] == [{"sessionKey": "12"}]


@pytest.mark.parametrize(("strange", "young"), [(None, False), (0x61234566, True), (0x61234567, False)])
def test_what_may_be_of_a_run_on_another_machine_is_left_alone(
    live: RunContext, site: Site, tmp_path: Path, strange: float | None, young: bool
) -> None:
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", {"sessionKey": "1", "sessionName": OLD})]
    mine = sweep(live, tmp_path, strange=strange)
    assert [str(item) for item in mine.found()] == ([] if young else [f"CreateEvent {OLD}"])
    assert [str(item) for item in mine.young] == ([f"CreateEvent {OLD}"] if young else [])
    tmp_path.joinpath("mock-6123456700aagw1.jsonl").write_text("")
    assert [str(item) for item in mine.found()] == [f"CreateEvent {OLD}"], "a ledger of its run is here"
    assert mine.young == []


def test_settings_are_put_back_before_anything_is_looked_for_and_what_stays_is_told(live: RunContext, site: Site, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "mock-6123456700aa.jsonl", PLACE, "6123456700aa")
    event, tone = ledger.intend(HOST, "CreateEvent", OLD), ledger.intend("", SETTING, "entry-exit-tone")
    ledger.created(event, {"sessionKey": "1"})
    ledger.created(tone, {"value": '"BEEP"'})
    site.answers |= {"DelEvent": [refused(), OK]}
    everything = sweep(live, tmp_path, math.inf)
    undone, told = everything.clean()
    assert (undone, told) == (0, [
        "setting entry-exit-tone: only a control plane can set entry-exit-tone back", f"CreateEvent {OLD}: DelEvent answered FAILURE 000001 No",
    ])  # fmt: skip
    assert [entry.name for entry, _ in left_behind(ledger._file)] == ["entry-exit-tone", OLD]
    assert everything.clean("6123456700aa") == (1, told[:1])
    assert [entry.name for entry, _ in left_behind(ledger._file)] == ["entry-exit-tone"]
    assert set(states(ledger._file)) == {"intended", "created", "removed"}
    assert everything.clean("another") == (0, [])
    ledger.close()


class Clock:
    """What :func:`time.time` says while a ledger is written: so long ago."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._written = 0

    def write(self, folder: Path, ago: float, operation: str, key: dict[str, str] | None, name: str = OLD, role: str = HOST) -> Path:
        """A ledger of one change made then; the clock is right again afterwards."""
        ledger = Ledger(folder / "mock-6123456700aa.jsonl", PLACE, "6123456700aa")
        ledger._count = self._written = self._written + 1
        with self._patch.context() as then:
            now = time.time()
            then.setattr(time, "time", lambda: now - ago)
            entry = ledger.intend(role, operation, name)
        if key is not None:
            ledger.created(entry, key)
        ledger.close()
        return ledger._file


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


NOBODY = "whether it was created nobody knows: "
LATER = f"{NOBODY}the site does not show it yet; sweep in 15 minutes"
LISTS = {"CreateEvent": "LstsummaryEvent", "CreateMeeting": "LstsummarySession", "CreateUser": "LstsummaryUser"}


@pytest.mark.parametrize("operation", LISTS)
@pytest.mark.parametrize(
    ("ago", "key", "answer", "why"),
    [
        (60, None, OK, LATER), (-3600, None, OK, LATER), (899, None, OK, LATER), (901, None, OK, ""), (901, None, refused("000015"), ""), (1, {}, OK, ""),
        (99999, None, refused("000001"), f"{NOBODY}LIST answered FAILURE 000001 No"), (99999, {}, refused("010106"), f"{NOBODY}LIST answered FAILURE 010106 No"),
        (99999, None, "not served", f"{NOBODY}LIST is not served here: gone"), (99999, None, "lost", f"{NOBODY}LIST to http"), (99999, None, "<html>", f"{NOBODY}LIST to http"),
    ],
)  # fmt: skip
def test_what_no_reply_told_of_is_settled_only_when_it_cannot_be_there_any_more(
    live: RunContext, site: Site, tmp_path: Path, clock: Clock, operation: str, ago: float, key: dict[str, str] | None, answer: str, why: str
) -> None:
    file = clock.write(tmp_path, ago, operation, key)
    site.answers[LISTS[operation]] = [answer]
    for run in ("", "6123456700aa"):
        undone, told = sweep(live, tmp_path, math.inf).clean(run)
        if why:
            assert [line.startswith(f"{operation} {OLD}: {why.replace('LIST', LISTS[operation])}") for line in told] == [True], told
            assert [entry.name for entry, _ in left_behind(file)] == [OLD]
        else:
            assert (undone, told, list(left_behind(file))) == (0 if run else 1, [], [])
    assert not [name for name in site.operations if name.startswith("Del")]


def test_of_a_mock_what_no_list_shows_is_not_there(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    """It has done what it was sent; and what ends with its run leaves nothing."""
    file = clock.write(tmp_path, 1, "CreateEvent", None)
    mine = replace(live, control_plane=Plane())
    object.__setattr__(mine, "client", lambda: site)
    assert sweep(mine, tmp_path, math.inf).clean() == (1, [])
    assert list(left_behind(file)) == []


def test_what_no_list_ever_shows_stays_in_the_ledger_until_its_key_is_known(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    file = clock.write(tmp_path, 99999, "CreateSupportSession", None)
    assert sweep(live, tmp_path, math.inf).clean() == (0, [f"CreateSupportSession {OLD}: {NOBODY}no list shows what CreateSupportSession makes"])
    assert [entry.name for entry, _ in left_behind(file)] == [OLD]
    clock.write(tmp_path, 99999, "CreateSupportSession", {"sessionKey": "7"})
    assert sweep(live, tmp_path, math.inf).clean()[0] == 1
    assert site.operations[-1] == "DelSession"


def test_a_name_that_is_none_of_ours_is_not_looked_for(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    file = clock.write(tmp_path, 99999, "CreateEvent", None, "Board of directors")
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", {"sessionKey": "1", "sessionName": "Board of directors"})]
    assert sweep(live, tmp_path, math.inf).clean() == (0, [f"CreateEvent Board of directors: {NOBODY}its name is none of ours"])
    assert [entry.name for entry, _ in left_behind(file)] == ["Board of directors"]
    assert "DelEvent" not in site.operations


@pytest.mark.parametrize(
    ("ago", "rows", "removed", "why"),
    [
        (60, {"77": OLD}, True, ""), (99999, {"77": OLD.upper()}, True, ""), (99999, {"77": f"{OLD} Plain"}, True, ""), (60, {"7": "Board of directors"}, True, ""),
        (60, {"77": "Board of directors"}, False, "what has its key is called 'Board of directors' on the site"), (99999, {"7": OLD}, False, ""),
        (99999, None, False, "whether it is still ours nobody knows: LstsummaryEvent answered FAILURE 000001 No"), (60, None, True, ""),
        (60, {"77": ""}, False, "what has its key is called '' on the site"), (60, {"": "keyless"}, True, ""),
    ],
)  # fmt: skip
def test_a_sweep_removes_by_key_only_what_the_site_calls_as_we_did(
    live: RunContext, site: Site, tmp_path: Path, clock: Clock, ago: float, rows: dict[str, str] | None, removed: bool, why: str
) -> None:
    file = clock.write(tmp_path, ago, "CreateEvent", {"sessionKey": "77"})
    shown = [
        {name: text for name, text in (("sessionKey", key), ("sessionName", name)) if text} for key, name in (rows or {}).items()
    ]  # fmt: skip
    site.answers["LstsummaryEvent"] = [refused() if rows is None else listing("LstsummaryEvent", "event", "event", *shown)]
    items = sweep(live, tmp_path, math.inf).found()
    assert [item.why for item in items if item.ledger] == [why]
    told = sweep(live, tmp_path, math.inf).remove([item for item in items if item.ledger])
    assert told == ([f"CreateEvent {OLD}: {why}"] if why else [])
    assert [told["sessionKey"] for name, _, told in site.asked if name == "DelEvent"] == ["77"] * removed
    assert len(list(left_behind(file))) == bool(why)


def test_of_a_user_with_several_names_none_may_be_somebody_elses(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    clock.write(tmp_path, 60, "CreateUser", {"webExId": f"{OLD}@b.c,w"}, f"{OLD}@b.c", ADMIN)
    ours, theirs = {"webExId": f"{OLD}@B.C", "email": f"{OLD}@b.c"}, {"webExId": "W", "email": "wanda@b.c"}
    for rows, why in (([ours], ""), ([ours, theirs], "what has its key is called 'wanda@b.c' on the site")):
        site.answers["LstsummaryUser"] = [listing("LstsummaryUser", "user", "user", *rows)]
        assert [item.why for item in sweep(live, tmp_path, math.inf).found()] == [why]


@pytest.mark.parametrize("answer", ["lost", "<html>", refused("000035"), "twice", "short", "bodiless"])
def test_a_list_that_cannot_be_read_keeps_nothing_else_from_being_removed(
    live: RunContext, site: Site, tmp_path: Path, clock: Clock, answer: str
) -> None:
    clock.write(tmp_path, 60, "CreateEvent", {"sessionKey": "77"})
    clock.write(tmp_path, 60, "CreateEvent", None, f"{OLD}2")
    page = listing("LstsummaryEvent", "event", "event", *[{"sessionKey": "1", "sessionName": "x"}] * 100)
    short = body("LstsummaryEvent", "event", "<n:matchingRecords><s:total xmlns:s='x'>3</s:total></n:matchingRecords>")
    bodiless = f'<s:message xmlns:s="{SERV}"><s:header><s:response><s:result>SUCCESS</s:result></s:response></s:header></s:message>'
    site.answers["LstsummaryEvent"] = [{"twice": page, "short": short, "bodiless": bodiless}.get(answer, answer)]
    users = listing("LstsummaryUser", "user", "user", {"webExId": "u", "email": f"{OLD}3@b.c", "active": "ACTIVATED"})
    site.answers["LstsummaryUser"] = [users]
    all_ = sweep(live, tmp_path, math.inf)
    undone, told = all_.clean()
    assert (undone, len(told), len(all_.unread)) == (2, 1, 1)
    assert told[0].startswith(f"CreateEvent {OLD}2: {NOBODY}LstsummaryEvent ")
    assert all_.unread[0] in told[0]
    assert [name for name in site.operations if name.startswith("Del")] == ["DelEvent", "DelUser"]


def test_lists_are_read_by_who_made_it_and_where_there_is_none_by_the_administrator(
    live: RunContext, site: Site, tmp_path: Path, clock: Clock
) -> None:
    only = {ADMIN: live.profile.accounts[ADMIN]}
    here = replace(live, profile=replace(live.profile, accounts=only))
    object.__setattr__(here, "client", lambda: site)
    file = clock.write(tmp_path, 99999, "CreateEvent", None)
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", {"sessionKey": "5", "sessionName": OLD})]
    assert sweep(here, tmp_path, math.inf).clean() == (1, [])
    assert {(name, caller) for name, caller, _ in site.asked} == {
        ("LstsummaryEvent", ADMIN), ("LstsummarySession", ADMIN), ("LstsummaryUser", ADMIN), ("DelEvent", ADMIN)
    }  # fmt: skip
    assert list(left_behind(file)) == []
    nobody = replace(live, profile=replace(live.profile, accounts={HOST: live.profile.accounts[HOST]}))
    object.__setattr__(nobody, "client", lambda: site)
    alone = sweep(nobody, tmp_path, math.inf)
    clock.write(tmp_path, 99999, "CreateUser", None)
    assert alone.clean()[1] == [f"CreateUser {OLD}: {NOBODY}the profile names no site-admin to ask LstsummaryUser"]
    assert alone.unread == [], "a site is not to blame for a profile"


def test_names_that_only_look_like_ours_are_told_and_left(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    clock.write(tmp_path, 60, "CreateEvent", {"sessionKey": "4"}, f"{OLD} Plain")
    names = ("wxc-20240101abcd-1st planning of the team", "wxc-20240101abcd-1", f"{OLD} copy of Hanna", f"{OLD} Plain")
    rows = ({"sessionKey": f"{number}", "sessionName": name} for number, name in enumerate(names, 1))
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", *rows)]
    all_ = sweep(live, tmp_path, math.inf)
    assert [str(item) for item in all_.found()] == [f"CreateEvent {OLD} Plain"]
    assert all_.alike == list(names[:3])


def test_a_user_that_stays_is_told_by_the_ledger_that_lists_it(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    """A worker's: nothing is written into the ledger of whoever cleans up behind it."""
    file = clock.write(tmp_path, 60, "CreateUser", {"webExId": "w"}, f"{OLD}@b.c", ADMIN)
    assert sweep(live, tmp_path, math.inf).clean("6123456700aa") == (1, [])
    assert states(file) == ["intended", "created", DEACTIVATED]
    assert deactivated(file) == [f"{OLD}@b.c or w"]
    assert not live.ledger._file.exists()


def test_a_password_whose_note_was_cut_short_is_put_back(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    clock.write(tmp_path, 60, PASSWORD, None, HOST)
    file = tmp_path / "mock-6123456700aa.jsonl"
    assert sweep(live, tmp_path, math.inf).clean("6123456700aa") == (1, [])
    assert site.operations == ["SetUser"]
    assert states(file) == ["intended", "removed"]


def test_what_somebody_else_made_is_looked_for_as_who_made_it(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    other = next(role for role in live.profile.accounts if role not in (HOST, ADMIN))
    file = clock.write(tmp_path, 99999, "CreateEvent", None, role=other)
    clock.write(tmp_path, 60, "CreateMeeting", {"meetingKey": "7"}, role=other)
    items = sweep(live, tmp_path, math.inf).found()
    assert {(name, caller) for name, caller, _ in site.asked} == {
        ("LstsummaryUser", ADMIN), *((name, caller) for name in ("LstsummaryEvent", "LstsummarySession") for caller in (HOST, other))
    }  # fmt: skip
    assert [item.why for item in items] == ["", ""]
    site.asked.clear()
    site.answers["LstsummarySession"] = [refused()]
    clock.write(tmp_path, 99999, "CreateMeeting", {"meetingKey": "7"}, role=other)
    clock.write(tmp_path, 99999, "CreateMeeting", None, role=other)
    mine = sweep(live, tmp_path, math.inf)
    mine.of_run("6123456700aa")
    assert {caller for _, caller, _ in site.asked} == {other}
    mine.found()
    assert {caller for name, caller, _ in site.asked if name == "LstsummarySession"} == {HOST, other}
    assert mine.clean("6123456700aa")[0] == 3
    assert states(file)[-3:] == ["removed"] * 3


def test_a_ledger_of_a_clock_that_was_ahead_is_swept_unless_an_age_is_wanted(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    clock.write(tmp_path, -7200, "CreateEvent", {"sessionKey": "7"})
    mine = Sweep(live, Ledgers("mock", PLACE, tmp_path, None))
    assert [str(item) for item in mine.found()] == [f"CreateEvent {OLD}"]
    assert mine.later == []
    aged = sweep(live, tmp_path, time.time())
    assert aged.clean() == (0, [])
    assert [str(item) for item in aged.later] == [f"CreateEvent {OLD}"]
    assert sweep(live, tmp_path, aged.later[0].entry.started).found() != []
    exact = sweep(live, tmp_path, aged.later[0].entry.started)
    assert len(exact.found()) == 1
    assert exact.later == []


def test_what_the_list_shows_without_its_key_is_left_and_told(live: RunContext, site: Site, tmp_path: Path, clock: Clock) -> None:
    file = clock.write(tmp_path, 99999, "CreateEvent", None)
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", {"sessionName": OLD})]
    assert sweep(live, tmp_path, math.inf).clean() == (0, [f"CreateEvent {OLD}: {NOBODY}the list does not tell its key"])
    assert len(list(left_behind(file))) == 1


@pytest.mark.parametrize(("ago", "key", "why"), [(900, None, LATER), (86400, {"sessionKey": "7"}, "")])
def test_at_its_very_age(
    live: RunContext, site: Site, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, ago: float, key: dict[str, str] | None, why: str
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1.8e9)
    clock.write(tmp_path, ago, "CreateEvent", key)
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event")]
    (item,) = sweep(live, tmp_path, math.inf).found()
    assert (item.key, item.why) == (None, why)


def test_what_looks_like_ours_has_no_age(live: RunContext, site: Site, tmp_path: Path) -> None:
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", {"sessionKey": "1", "sessionName": f"{OLD} Plain"})]
    mine = sweep(live, tmp_path, 0.5)
    assert mine.found() == []
    assert mine.alike == [f"{OLD} Plain"]


def test_what_began_at_the_very_moment_counts_as_before_it(live: RunContext, site: Site, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "mock-6123456700aa.jsonl", PLACE, "6123456700aa")
    made = ledger.intend(HOST, "CreateEvent", "x")
    later = ledger.intend(HOST, "CreateEvent", "y")
    ledger.close()
    moment = {one.name: one.started for one, _ in left_behind(ledger._file)}
    assert moment[made.name] < moment[later.name]
    assert [str(item) for item in sweep(live, tmp_path, made.started).found()] == ["CreateEvent x"]
    rows = ({"sessionKey": "1", "sessionName": OLD}, {"sessionName": "nobody's"})
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", *rows)]
    assert f"CreateEvent {OLD}" in {str(item) for item in sweep(live, tmp_path, 0x61234567).found()}
    assert f"CreateEvent {OLD}" not in {str(item) for item in sweep(live, tmp_path, 0x61234566).found()}


def test_a_row_without_a_name_is_nobodys_and_one_of_ours_without_a_key_is_told(live: RunContext, site: Site, tmp_path: Path) -> None:
    rows = ({"sessionKey": "5"}, {"sessionName": OLD})
    site.answers["LstsummaryEvent"] = [listing("LstsummaryEvent", "event", "event", *rows)]
    assert [(str(item), item.key, item.why) for item in sweep(live, tmp_path).found()] == [(f"CreateEvent {OLD}", None, "the list does not tell its key")]


def test_a_sweep_goes_on_though_no_disk_takes_what_became_of_it(
    live: RunContext, site: Site, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        clock.write(tmp_path, 60, "CreateEvent", {"sessionKey": f"{number}"}, f"{OLD[:-1]}{number}")
    full_disk(monkeypatch, "removed")
    assert sweep(live, tmp_path, math.inf).clean() == (2, [])
    assert site.operations.count("DelEvent") == 2
