"""What a scenario notes of its changes, how each is undone, and what a sweep finds: against a site that answers as told."""

from __future__ import annotations

import errno
import json
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conformance.scenarios.cleanup import LeftOver, ScenarioCleanup, Sweep, undo
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_data import ScenarioData
from conformance.sites.errors import CannotJudge
from conformance.sites.ledger import DEACTIVATED, PASSWORD, SETTING, USER, Ledger, LedgerEntry, Ledgers, deactivated, left_behind
from conformance.sites.release import Release
from conformance.sites.settings import setting_named
from conformance.wire.exchange import Exchange, Request
from conformance.wire.served import NotServed
from tests.judge.test_conditions import SERV, refused
from tests.run.answering_site import ADMIN, HOST, OK, Site, body

@pytest.fixture
def scenario(catalogue: Catalogue) -> Scenario:
    every = (scenario for file in catalogue.known_files() for scenario in file.scenarios.values())
    return next(one for one in every if one.operations == ("GetSite",) and not (one.settings or one.writes or one.mail or one.needs))


def cleanup_of(here: RunContext, scenario: Scenario, site: Site) -> ScenarioCleanup:
    return ScenarioCleanup(here, site, ScenarioData(here, scenario, lambda *_: None))


def left(here: RunContext) -> list[tuple[str, str, str, dict[str, str] | None]]:
    """What the ledger lists: role, operation, name, key."""
    file = here.ledger._file
    return [(one.role, one.operation, one.name, key) for one, key in left_behind(file)] if file.exists() else []


def states(file: Path) -> list[str]:
    """What became of the changes that a ledger lists, line by line."""
    return [str(json.loads(line)["state"]) for line in file.read_text(encoding="utf-8").splitlines()]


def entry(here: RunContext, role: str, operation: str, name: str) -> LedgerEntry:
    return here.ledger.intend(role, operation, name)


MEETING, USERS = body("CreateMeeting", "meeting", "<n:meetingkey>77</n:meetingkey>"), body("CreateUser", "user", "<n:userId>5</n:userId>")


def request_of(operation: str, caller: str = HOST) -> Request:
    return Request(operation, caller, "https://a.test", b"")


# -- undoing ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "key", "asked", "values"),
    [
        ("CreateMeeting", {"meetingKey": "7"}, ("DelMeeting", HOST), {"meetingKey": "7"}), ("CreateEvent", {"sessionKey": "8"}, ("DelEvent", HOST), {"sessionKey": "8"}),
        ("CreateUser", {"webExId": "a"}, ("DelUser", ADMIN), {"webExId": "a"}),
    ],
)  # fmt: skip
def test_what_was_made_is_removed_by_who_made_it_and_users_by_the_administrator(
    live: RunContext, site: Site, operation: str, key: dict[str, str], asked: tuple[str, str], values: dict[str, str]
) -> None:
    undo(live, site, entry(live, HOST, operation, "x"), key)
    ((name, caller, told),) = site.asked
    assert (name, caller) == (asked[0], live.profile.accounts[asked[1]].role)
    assert set(values.values()) <= set(told.values())
    assert site.repeatable == {asked[0]}, "twice is as good as once"
    assert left(live) == []
    assert states(live.ledger._file) == ["intended", DEACTIVATED if operation == "CreateUser" else "removed"]
    assert deactivated(live.ledger._file) == (["x"] if operation == "CreateUser" else [])


def test_who_made_it_and_is_gone_is_stood_in_for_by_the_administrator(live: RunContext, site: Site) -> None:
    undo(live, site, entry(live, "made-for-a-run", "CreateMeeting", "x"), {"meetingKey": "7"})
    assert [(name, caller) for name, caller, _ in site.asked] == [("DelMeeting", ADMIN)]
    alone = replace(live, profile=replace(live.profile, accounts={HOST: live.profile.accounts[HOST]}))
    undo(alone, site, entry(alone, HOST, "CreateUser", "x"), {"webExId": "a"})
    assert site.asked[-1][:2] == ("DelUser", HOST)


@pytest.mark.parametrize(("number", "gone"), [("060001", True), ("030001", True), ("000015", True), ("000001", False)])
def test_what_is_gone_already_is_undone_and_a_refusal_is_told(live: RunContext, site: Site, number: str, gone: bool) -> None:
    site.answers["DelMeeting"] = [refused(number)]
    made = entry(live, HOST, "CreateMeeting", "x")
    if gone:
        undo(live, site, made, {"meetingKey": "7"})
        assert left(live) == []
    else:
        with pytest.raises(CannotJudge, match="^DelMeeting answered FAILURE 000001 No"):
            undo(live, site, made, {"meetingKey": "7"})
        assert [one[2] for one in left(live)] == ["x"]


def test_a_password_becomes_what_the_profile_says(live: RunContext, site: Site) -> None:
    host = live.profile.accounts[HOST]
    undo(live, site, entry(live, HOST, PASSWORD, HOST), {})
    ((name, caller, told),) = site.asked
    assert (name, caller, told["webExId"], told["password"]) == ("SetUser", ADMIN, host.webex_id, host.credentials["password"])
    for accounts in ({HOST: replace(host, credentials={}), ADMIN: live.profile.accounts[ADMIN]}, {ADMIN: live.profile.accounts[ADMIN]}):
        here = replace(live, profile=replace(live.profile, accounts=accounts))
        with pytest.raises(CannotJudge, match="^the profile names no password of host$"):
            undo(here, site, entry(here, HOST, PASSWORD, HOST), {})


def test_a_setting_needs_a_control_plane(live: RunContext, mock: RunContext, site: Site) -> None:
    with pytest.raises(CannotJudge, match="^only a control plane can set entry-exit-tone back$"):
        undo(live, site, entry(live, "", SETTING, "entry-exit-tone"), {"value": '"BEEP"'})
    plane = mock.control_plane
    assert plane is not None
    plane.set(setting_named("entry-exit-tone"), "NOTONE")
    undo(mock, site, entry(mock, "", SETTING, "entry-exit-tone"), {"value": '"BEEP"'})
    assert plane.setting("entry-exit-tone") == "BEEP"


class Plane:
    """A control plane that notes what it is told to take away, and how it is set."""

    def __init__(self, **settings: Any) -> None:
        self.deleted: list[str] = []
        self.settings = settings

    def delete(self, place: str) -> None:
        self.deleted.append(place)

    def setting(self, name: str) -> Any:
        return self.settings.get(name)

    def set(self, setting: Any, value: Any) -> None:
        self.settings[setting.name] = value


def test_of_a_mock_creations_are_taken_out_of_the_books(live: RunContext, site: Site) -> None:
    here = replace(live, control_plane=Plane())
    undo(here, site, entry(here, ADMIN, "CreateUser", "x"), {"webExId": "a,b"})
    undo(here, site, entry(here, HOST, "CreateEvent", "x"), {"sessionKey": "8"})
    assert here.control_plane.deleted == ["users/a", "users/b", "sessions/8"]
    assert (site.asked, left(here), deactivated(here.ledger._file)) == ([], [], [])


# -- during a scenario ----------------------------------------------------------


def test_a_setting_is_noted_only_where_it_changes(live: RunContext, scenario: Scenario, site: Site) -> None:
    setting = setting_named("entry-exit-tone")
    cleanup_of(live, scenario, site).set(setting, "BEEP")
    assert left(live) == []
    here = replace(live, control_plane=Plane(**{"entry-exit-tone": "BEEP"}))
    cleanup = cleanup_of(here, scenario, site)
    cleanup.set(setting, "BEEP")
    assert left(here) == []
    cleanup.set(setting, "NOTONE")
    assert left(here) == [("", SETTING, "entry-exit-tone", {"value": '"BEEP"'})]
    assert here.control_plane.setting("entry-exit-tone") == "NOTONE"
    assert cleanup.clean_up() == []
    assert here.control_plane.setting("entry-exit-tone") == "BEEP"


def test_what_is_made_has_a_name_of_ours_unless_it_has_one(live: RunContext, scenario: Scenario, site: Site) -> None:
    cleanup = cleanup_of(live, scenario, site)
    ours = re.compile(rf"wxc-{live.run_id}-\d+")
    for operation, variable in (("CreateMeeting", "confName"), ("CreateEvent", "sessionName")):
        sent: dict[str, str] = {}
        cleanup.name(operation, sent)
        assert ours.fullmatch(sent.pop(variable))
        assert sent == {}
        named = {variable: "mine"}
        cleanup.name(operation, named)
        assert named == {variable: "mine"}
    user: dict[str, str] = {}
    cleanup.name("CreateUser", user)
    name, _, domain = user["email"].partition("@")
    assert ours.fullmatch(name)
    assert "." in domain
    assert user == {"email": user["email"], "webExId": user["email"]}
    given = {"email": "a@b.c", "webExId": "w"}
    cleanup.name("CreateUser", given)
    assert given == {"email": "a@b.c", "webExId": "w"}


def create(cleanup: ScenarioCleanup, site: Site, operation: str, sent: Mapping[str, str], **hold: bool) -> Exchange:
    request = replace(request_of(operation), body=b"<a/>")
    return cleanup.create(request, sent, lambda: site.send(request), **hold)


def test_what_was_made_is_kept_with_its_key_and_removed_at_the_end(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateMeeting"] = [MEETING]
    cleanup = cleanup_of(live, scenario, site)
    exchange = create(cleanup, site, "CreateMeeting", {"confName": "x", "more": "y"})
    assert exchange.reply.succeeded
    assert left(live) == [(HOST, "CreateMeeting", "x", {"meetingKey": "77"})]
    assert cleanup._data.held("new meeting") == {"confName": "x", "more": "y", "meetingkey": "77", "meetingKey": "77", "sessionKey": "77"}
    assert cleanup.clean_up() == []
    assert site.operations == ["CreateMeeting", "DelMeeting"]
    assert left(live) == []
    assert cleanup.clean_up() == []
    assert site.operations == ["CreateMeeting", "DelMeeting"], "once"


def test_later_steps_know_of_a_new_user_what_was_sent_and_told(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateUser"] = [USERS]
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateUser", {"email": "a@b.c", "webExId": "w"}, hold=False)
    with pytest.raises(CannotJudge):
        cleanup._data.held("new user")
    create(cleanup, site, "CreateUser", {"email": "a@b.c", "webExId": "w"})
    first = left(live)[0][3]["webExId"].partition(",")[0]  # type: ignore[index]
    assert cleanup._data.held("new user") == {"email": "a@b.c", "webExId": first, "userId": "5", "short name": "a", "sessionKey": first}


def test_what_was_made_without_telling_its_key_is_missed_in_these_words(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateMeeting"] = [body("CreateMeeting", "meeting", "")]
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateMeeting", {"confName": "x"})
    with pytest.raises(CannotJudge, match="CreateMeeting answered SUCCESS without meetingkey"):
        cleanup._data.held("new meeting")


@pytest.mark.parametrize(
    ("answer", "listed"),
    [(refused(), []), ("lost", [(HOST, "CreateMeeting", "x", None)]), ("<html>", [(HOST, "CreateMeeting", "x", {})]), (body("CreateMeeting", "meeting", ""), [(HOST, "CreateMeeting", "x", None)])],
    ids=["refused", "lost", "garbage", "keyless"],
)
def test_what_may_have_been_made_stays_in_the_ledger(
    live: RunContext, scenario: Scenario, site: Site, answer: str, listed: list[tuple[str, str, str, None]]
) -> None:
    site.answers["CreateMeeting"] = [answer]
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateMeeting", {"confName": "x"})
    assert left(live) == listed
    assert states(live.ledger._file) == ["intended", *(["refused"] if not listed else ["created"] if answer == "<html>" else [])]
    assert cleanup.clean_up() == []
    assert site.operations == ["CreateMeeting"], "without a key nothing can be removed"


def test_what_is_not_served_made_nothing(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateMeeting"] = ["not served"]
    with pytest.raises(NotServed):
        create(cleanup_of(live, scenario, site), site, "CreateMeeting", {"confName": "x"})
    assert left(live) == []
    assert states(live.ledger._file) == ["intended", "refused"]


@pytest.mark.parametrize(
    ("managed", "release", "key"), [(True, Release(41, 11), "a@b.c,w"), (True, Release(41, 10), "w"), (False, Release(42, 1), "w"), (None, Release(42, 1), "w")]
)
def test_a_user_of_control_hub_may_go_by_two_names(
    live: RunContext, scenario: Scenario, site: Site, managed: bool | None, release: Release, key: str
) -> None:
    site.answers["CreateUser"] = [USERS]
    settings = {} if managed is None else {"control-hub-managed": managed}
    here = replace(live, release=release, profile=replace(live.profile, settings=settings))
    for one in (here, replace(here, control_plane=Plane(**settings), profile=replace(live.profile, settings={}))):
        create(cleanup_of(one, scenario, site), site, "CreateUser", {"email": "a@b.c", "webExId": "w"})
        assert left(one)[0] == (HOST, "CreateUser", "a@b.c", {"webExId": key})


USER_NOW = "<n:webExId>w</n:webExId><n:email>a@b.c</n:email><n:active>ACTIVATED</n:active><n:timeZoneID>4</n:timeZoneID>"


def test_a_user_of_the_operator_is_looked_at_before_it_is_changed_and_once(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["GetUser"] = [body("GetUser", "user", USER_NOW)]
    cleanup = cleanup_of(live, scenario, site)
    cleanup.look_first("GetUser", {"webExId": "w"})
    cleanup.look_first("CreateUser", {"webExId": "w"})
    assert (site.asked, left(live)) == ([], [])
    cleanup.look_first("SetUser", {"webExId": "w, v"})
    cleanup.look_first("SetUser", {"webExId": "w"})
    assert [(name, caller, told["webExId"]) for name, caller, told in site.asked] == [("GetUser", ADMIN, "w"), ("GetUser", ADMIN, "v")]
    now = {"webExId": "w", "newWebExId": "w", "email": "a@b.c", "active": "ACTIVATED", "timeZoneID": "4"}
    assert left(live) == [(ADMIN, USER, "v", {**now, "webExId": "v"}), (ADMIN, USER, "w", now)]


def test_before_a_user_of_the_operator_is_taken_away_there_must_be_a_way_back(live: RunContext, scenario: Scenario, site: Site) -> None:
    open_ = replace(live, profile=replace(live.profile, settings={}))
    site.answers["GetUser"] = [body("GetUser", "user", USER_NOW)]
    cleanup_of(open_, scenario, site).look_first("DelUser", {"webExId": "w"})
    assert site.operations == ["GetUser", "SetUser"]
    assert [one[2] for one in left(live)] == ["w"]


def test_who_was_made_here_is_nobody_of_the_operator(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateUser"] = [USERS]
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateUser", {"email": "a@b.c", "webExId": "w@b.c"})
    for name in ("w@b.c", "w"):
        cleanup.look_first("SetUser", {"webExId": name})
    assert site.operations == ["CreateUser"]


@pytest.mark.parametrize(
    ("operation", "sent", "key"),
    [
        ("SetUser", {"webExId": "w", "email": "n@b.c"}, "w,n@b.c"), ("SetUser", {"webExId": "w", "newWebExId": "n"}, "w,n"),
        ("SetUser", {"webExId": "w", "email": "m@b.c", "newWebExId": "n"}, "w,m@b.c,n"), ("SetUser", {"webExId": "w", "email": "w"}, "w"),
        ("SetUser", {"webExId": "w"}, "w"), ("SetUser", {"webExId": "other", "email": "n@b.c"}, "w"), ("DelUser", {"webExId": "w", "email": "n@b.c"}, "w"),
    ],
)  # fmt: skip
def test_a_new_name_counts_beside_the_old_one(
    live: RunContext, scenario: Scenario, site: Site, operation: str, sent: dict[str, str], key: str
) -> None:
    site.answers["CreateUser"] = [USERS]
    here = replace(live, profile=replace(live.profile, settings={}))
    cleanup = cleanup_of(here, scenario, site)
    create(cleanup, site, "CreateUser", {"email": "a@b.c", "webExId": "w"})
    request = replace(request_of(operation), body=b"<a/>")
    cleanup.follow(request, sent, site.send(request))
    assert left(here) == [(HOST, "CreateUser", "a@b.c", {"webExId": key})]


def test_a_name_of_somebody_else_is_not_taken_for_one_of_the_new_user(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateUser"] = [USERS]
    here = replace(live, profile=replace(live.profile, settings={}))
    cleanup = cleanup_of(here, scenario, site)
    create(cleanup, site, "CreateUser", {"email": "a@b.c", "webExId": "w"})
    host = live.profile.accounts[HOST]
    request = replace(request_of("SetUser"), body=b"<a/>")
    for name in (host.webex_id.upper(), host.email):
        cleanup.follow(request, {"webExId": "w", "newWebExId": name}, site.send(request))
    assert left(live)[0][3] == {"webExId": "w"}


def test_a_password_of_an_account_is_noted_when_the_site_has_taken_the_request(live: RunContext, scenario: Scenario, site: Site) -> None:
    cleanup = cleanup_of(live, scenario, site)
    request = replace(request_of("SetUser"), body=b"<a/>")
    host = live.profile.accounts[HOST]
    cleanup.follow(request, {"webExId": host.webex_id}, site.send(request))
    cleanup.follow(request, {"webExId": "stranger", "password": "Another-1-of-a-test"}, site.send(request))
    cleanup.follow(replace(request, operation="DelUser"), {"webExId": host.webex_id, "password": "Another-1-of-a-test"}, site.send(request))
    bare = replace(live, profile=replace(live.profile, accounts={HOST: replace(host, credentials={})}))
    cleanup_of(bare, scenario, site).follow(request, {"webExId": host.webex_id, "password": "Another-1-of-a-test"}, site.send(request))
    assert left(live) == []
    cleanup.follow(request, {"webExId": host.webex_id, "password": "Another-1-of-a-test"}, site.send(request))
    assert left(live) == [(HOST, PASSWORD, HOST, {})]


def test_the_last_is_undone_first_and_what_cannot_be_is_told(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers |= {"CreateMeeting": [MEETING], "CreateEvent": [body("CreateEvent", "event", "<n:sessionKey>8</n:sessionKey>")], "DelEvent": [refused()]}
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateMeeting", {"confName": "x"})
    create(cleanup, site, "CreateEvent", {"sessionName": "y"})
    assert cleanup.clean_up() == ["CreateEvent y could not be undone: DelEvent answered FAILURE 000001 No"]
    assert site.operations[2:] == ["DelEvent", "DelMeeting"]


# -- a sweep ----------------------------------------------------------------------

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


def test_an_address_with_two_signs_is_short_for_what_stands_before_the_first(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateUser"] = [USERS]
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateUser", {"email": "a@b@c", "webExId": "w"})
    assert cleanup._data.held("new user")["short name"] == "a"
    create(cleanup, site, "CreateUser", {"email": "c@d@e", "webExId": "v@d@e"})
    cleanup.look_first("SetUser", {"webExId": "v"})
    assert site.operations == ["CreateUser", "CreateUser"], "its own user, by the short name"


# -- a full disk --------------------------------------------------------------


def full_disk(monkeypatch: pytest.MonkeyPatch, *states: str) -> None:
    """No line of these states can be written any more."""
    write = Ledger._write

    def refusing(ledger: Ledger, line: dict[str, Any]) -> None:
        if line["state"] in states:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(ledger, line)

    monkeypatch.setattr(Ledger, "_write", refusing)


def test_what_was_made_is_removed_though_no_disk_took_its_key(
    live: RunContext, scenario: Scenario, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleanup = cleanup_of(live, scenario, site)
    site.answers["CreateMeeting"] = [MEETING]
    full_disk(monkeypatch, "created", "removed")
    with pytest.raises(OSError, match="No space"):
        create(cleanup, site, "CreateMeeting", {"confName": "x"})
    assert cleanup.clean_up() == []
    assert site.operations == ["CreateMeeting", "DelMeeting"]
    assert site.asked[-1][2]["meetingKey"] == "77"


def test_a_password_is_put_back_and_a_new_name_removed_though_no_disk_took_them(
    live: RunContext, scenario: Scenario, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site changed and a run that does not know it is the worst a full disk could do."""
    host = live.profile.accounts[HOST]
    site.answers["CreateUser"] = [USERS]
    cleanup = cleanup_of(replace(live, profile=replace(live.profile, settings={})), scenario, site)
    create(cleanup, site, "CreateUser", {"email": "a@b.c", "webExId": host.webex_id})
    full_disk(monkeypatch, "intended", "created", "removed", DEACTIVATED)
    request = replace(request_of("SetUser"), body=b"<a/>")
    with pytest.raises(OSError, match="No space"):
        cleanup.follow(request, {"webExId": host.webex_id, "newWebExId": "another", "password": "Another-1-of-a-test"}, site.send(request))
    assert cleanup.clean_up() == []
    undone = [(name, told["webExId"], told.get("password")) for name, _, told in site.asked[2:]]
    assert undone[0] == ("SetUser", host.webex_id, host.credentials["password"])
    assert ("DelUser", "another") in [one[:2] for one in undone[1:]]


def test_a_sweep_goes_on_though_no_disk_takes_what_became_of_it(
    live: RunContext, site: Site, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        clock.write(tmp_path, 60, "CreateEvent", {"sessionKey": f"{number}"}, f"{OLD[:-1]}{number}")
    full_disk(monkeypatch, "removed")
    assert sweep(live, tmp_path, math.inf).clean() == (2, [])
    assert site.operations.count("DelEvent") == 2


def test_that_nothing_readable_was_answered_is_no_news_to_a_full_disk(
    live: RunContext, scenario: Scenario, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["CreateMeeting"] = ["<html>"]
    full_disk(monkeypatch, "created")
    create(cleanup_of(live, scenario, site), site, "CreateMeeting", {"confName": "x"})
    assert left(live) == [(HOST, "CreateMeeting", "x", None)]
