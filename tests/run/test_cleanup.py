"""What a scenario notes of its changes, and how each is undone: against a site that answers as told."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.scenarios.cleanup import ScenarioCleanup, undo
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_data import ScenarioData
from conformance.sites.errors import CannotJudge
from conformance.sites.ledger import DEACTIVATED, PASSWORD, SETTING, USER, Ledger, LedgerEntry, deactivated, left_behind
from conformance.sites.release import Release
from conformance.sites.settings import setting_named
from conformance.wire.exchange import Exchange, Request
from conformance.wire.served import NotServed
from tests.judge.test_conditions import refused
from tests.run.answering_site import ADMIN, HOST, Site, body


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
    ("answer", "why"),
    [(refused("030001"), "CreateMeeting answered FAILURE 030001"), ("<html>", "CreateMeeting to https://a.test: the reply is a web page")],
)
def test_what_was_not_made_is_missed_by_what_was_answered(live: RunContext, scenario: Scenario, site: Site, answer: str, why: str) -> None:
    site.answers["CreateMeeting"] = [answer]
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateMeeting", {"confName": "x"})
    with pytest.raises(CannotJudge) as missed:
        cleanup._data.held("new meeting")
    assert str(missed.value).startswith(why)


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


@pytest.mark.parametrize(("status", "key"), [(200, None), (299, None), (300, {}), (302, {}), (403, {}), (499, {}), (500, None), (503, None)])
def test_what_was_turned_away_in_an_outage_is_not_on_its_way(
    live: RunContext, scenario: Scenario, site: Site, status: int, key: dict[str, str] | None
) -> None:
    """A redirect or a refusal never reached the site; of all else in an outage nobody knows."""
    request = replace(request_of("CreateMeeting"), body=b"<a/>")
    answered = Exchange(request, 0.0, 0.1, status, error=f"HTTP {status}", outage=True)
    cleanup_of(live, scenario, site).create(request, {"confName": "x"}, lambda: answered)
    assert left(live) == [(HOST, "CreateMeeting", "x", key)]


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


def test_an_address_with_two_signs_is_short_for_what_stands_before_the_first(live: RunContext, scenario: Scenario, site: Site) -> None:
    site.answers["CreateUser"] = [USERS]
    cleanup = cleanup_of(live, scenario, site)
    create(cleanup, site, "CreateUser", {"email": "a@b@c", "webExId": "w"})
    assert cleanup._data.held("new user")["short name"] == "a"
    create(cleanup, site, "CreateUser", {"email": "c@d@e", "webExId": "v@d@e"})
    cleanup.look_first("SetUser", {"webExId": "v"})
    assert site.operations == ["CreateUser", "CreateUser"], "its own user, by the short name"


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


def test_that_nothing_readable_was_answered_is_no_news_to_a_full_disk(
    live: RunContext, scenario: Scenario, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["CreateMeeting"] = ["<html>"]
    full_disk(monkeypatch, "created")
    create(cleanup_of(live, scenario, site), site, "CreateMeeting", {"confName": "x"})
    assert left(live) == [(HOST, "CreateMeeting", "x", None)]
