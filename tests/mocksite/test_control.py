"""The control plane: watching and arranging, from the same machine only."""

from __future__ import annotations

import json

import pytest

from tests.conftest import SAFETY

import mocksite
from mocksite.model.settings import UNTOLD


def state(talk) -> dict:
    return json.loads(talk.control("GET", "state").body)


def error(response: mocksite.HttpResponse) -> str:
    return json.loads(response.body)["error"]


def test_the_state_is_complete_and_in_order(site, make) -> None:
    held = state(site)
    assert list(held) == [
        "site", "settings", "users", "persons", "meeting_types", "sessions", "attendees", "programs", "recordings",
        "binned_recordings", "views", "past_sessions", "participations",
        "items",
    ]
    assert held == state(make()), "the same seed at the same time is the same site"
    assert held["users"] != state(make(seed=2))["users"]
    keys = [row["user_id"] for row in held["users"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("operation", "body", "role"),
    [
        ("CreateMeeting", "<metaData><confName>M</confName></metaData>", "host"),
        ("CreateEvent", "<metaData><sessionName>E</sessionName></metaData>", "host"),
        ("SetMeeting", "<meetingkey>{meeting-key}</meetingkey><accessControl><meetingPassword>Other1</meetingPassword></accessControl>", "host"),
        ("SetMeeting", "<meetingkey>{meeting-key}</meetingkey><enableOptions><chat>false</chat></enableOptions>", "host"),
        ("DelMeeting", "<meetingKey>{meeting-key}</meetingKey>", "host"),
        ("SetUser", "<webExId>jclassic</webExId><title>Chief</title>", "site-admin"),
        ("DelUser", "<webExId>jclassic</webExId>", "site-admin"),
        ("DelRecording", "<recordingID>{meeting-record-id}</recordingID>", "host"),
        ("RegisterMeetingAttendee", "<attendees><person><email>a@b.org</email></person><sessionKey>{meeting-key}</sessionKey></attendees>", "host"),
        ("UploadEventImage", "<sessionKey>{classic-event-session-key}</sessionKey><imageType>GIF</imageType><imageData>R0lGODlh</imageData>", "host"),
    ],
)
def test_what_changes_the_site_changes_its_state(site, operation: str, body: str, role: str) -> None:
    before = state(site)
    for key, value in site.data.items():
        body = body.replace(f"{{{key}}}", value)
    site.done(operation, body, role)
    assert state(site) != before


def test_what_changes_nothing_changes_no_state(site) -> None:
    before = state(site)
    site.done("AuthenticateUser")
    site.done("LstsummarySession")
    site.call("GetSite", password="wrong")
    site.call("DelMeeting", "<meetingKey>1</meetingKey>")
    key = site.done("CreateMeeting", "<metaData><confName>M</confName></metaData>").text("meetingkey")
    assert state(site) != before
    site.done("DelMeeting", f"<meetingKey>{key}</meetingKey>")
    assert state(site) == before, "made and unmade leaves no trace"


def test_settings(site) -> None:
    """A profile names what an administrator sees; manners are the site's own."""
    assert site.profile["settings"].keys() | set(UNTOLD) == state(site)["settings"].keys()
    assert not site.profile["settings"].keys() & set(UNTOLD)
    assert state(site)["settings"].items() >= {
        "classic-events": True, "control-hub-managed": True, "start-meeting-from-phone": True, "recording-access": True,
        "nbr-support": True, "nbr-storage": 1000, "webex-telephony": True, "tsp-telephony-api": False, "large-events": True,
        "recording-changes-by-hosts": True, "entry-exit-tone": "ANNOUNCENAME", "entry-exit-tone-ec": "BEEP", "mail-relay": "",
    }.items()
    for name, value in (("classic-events", False), ("nbr-storage", 0), ("entry-exit-tone", "BEEP"), ("mail-relay", "127.0.0.1:25")):
        answer = site.control("PUT", f"settings/{name}", json.dumps(value))
        assert (answer.status, json.loads(answer.body)) == (200, value)
        assert state(site)["settings"][name] == value


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("classic-event", "true", "there is no setting 'classic-event'; settings are classic-events, "),
        ("classic-events", '"yes"', "classic-events must be true or false"),
        ("classic-events", "", "classic-events must be true or false"),
        ("nbr-storage", "-1", "nbr-storage must be a whole number, 0 or more"),
        ("nbr-storage", "true", "nbr-storage must be a whole number"),
        ("entry-exit-tone", '"GONG"', "entry-exit-tone must be one of NOTONE, BEEP, ANNOUNCENAME"),
        ("entry-exit-tone", "[1]", "entry-exit-tone must be one of"),
        ("mail-relay", '"here"', 'mail-relay must be "HOST:PORT"'),
        ("classic-events", "{", "the body is not JSON"),
    ],
)
def test_wrong_settings_are_refused_with_a_sentence(site, name: str, value: str, said: str) -> None:
    before = state(site)
    answer = site.control("PUT", f"settings/{name}", value)
    assert answer.status == 400
    assert error(answer).startswith(said)
    assert state(site) == before


def test_reset_makes_the_site_new(site) -> None:
    before = state(site)
    site.set("classic-events", "false")
    site.done("DelMeeting", f"<meetingKey>{site.data['meeting-key']}</meetingKey>")
    site.new_user()
    site.set("mail-relay", '"127.0.0.1:2525"')
    assert site.control("POST", "reset").status == 200
    after = state(site)
    assert after.pop("settings") == {**before.pop("settings"), "mail-relay": "127.0.0.1:2525"}
    assert after == before
    assert json.loads(site.control("GET", "mail").body) == json.loads(site.control("GET", "log").body) == []


def test_an_administrator_removes_by_hand(site) -> None:
    email = site.new_user()
    for name in (email, "jclassic", "fred.free%40example.com"):
        assert site.control("DELETE", f"users/{name}").status == 200
        assert site.control("DELETE", f"users/{name}").status == 404
    assert site.call("GetUser", "<webExId>jclassic</webExId>", "site-admin").id == "030001"
    assert site.call("LstsummarySession", role="site-admin").ok, "sessions whose host is gone are still listed"
    key = site.data["meeting-key"]
    assert site.control("DELETE", f"sessions/{key}").status == 200
    assert site.control("DELETE", f"sessions/{key}").status == 404
    assert site.control("DELETE", "sessions/x").status == 404
    assert site.call("GetMeeting", f"<meetingKey>{key}</meetingKey>").id == "060001"


def test_arranging_users(site) -> None:
    email = site.new_user()
    for body, active in (
        ('{"verified": true}', "ACTIVATED"),
        ('{"hub": "inactive"}', "DEACTIVATED"),
        ('{"hub": "active"}', "ACTIVATED"),
        ('{"verified": false}', "REQUEST_TO_ACTIVATE"),
        ('{"hub": "active", "verified": true}', "ACTIVATED"),
    ):
        assert site.control("PUT", f"users/{email}", body).status == 200
        assert site.user(email).text("active") == active
    assert json.loads(site.control("PUT", "users/jclassic", '{"era": "hub"}').body)["era"] == "hub"
    for bad in ("", "{}", "[]", '{"hub": "asleep"}', '{"verified": 1}', '{"era": "stone"}', '{"colour": "red"}'):
        assert site.control("PUT", f"users/{email}", bad).status == 400
    assert site.control("PUT", "users/ghost", '{"verified": true}').status == 404


def test_arranging_somebody_who_is_no_user_yet(site) -> None:
    assert site.control("PUT", "users/soon@example.com", '{"hub": "active", "verified": true}').status == 200
    site.new_user(email="soon@example.com")
    assert site.user("soon@example.com").text("active") == "ACTIVATED"
    email = site.data["control-hub-active-email"].split()[0]
    site.control("PUT", f"users/{email}", '{"hub": "inactive"}')
    site.new_user(email=email)
    assert site.user(email).text("active") == "REQUEST_TO_ACTIVATE"


def test_the_log_tells_what_happened(site) -> None:
    site.call("GetSite", password="Secret-Word-1")
    site.post(b"<nonsense")
    entries = json.loads(site.control("GET", "log").body)
    assert [entry["number"] for entry in entries] == [1, 2]
    first = entries[0]
    assert (first["operation"], first["result"], first["exception_id"]) == ("GetSite", "FAILURE", "030002")
    assert (first["caller"], first["encoding"]) == (site.account("host")["webex_id"], "UTF-8")
    assert site.clock.now - SAFETY < first["time"] <= site.clock.now, "when it came, a little before it was answered"
    assert (entries[1]["operation"], entries[1]["exception_id"]) == ("", "999999")
    assert "Secret-Word-1" not in str(entries)


def test_faults(site) -> None:
    assert isinstance(json.loads(site.control("GET", "faults").body), list)
    answer = site.control("PUT", "fault", '{"id": "no-such-fault"}')
    assert answer.status == 400
    assert "no-such-fault" in error(answer)
    for body in ("null", '{"id": null}', ""):
        assert site.control("PUT", "fault", body).status == 200
    assert site.control("PUT", "fault", '{"id": 5}').status == 400


def test_only_this_machine_may_ask(site) -> None:
    for client in ("192.0.2.1", "2001:db8::1", "", "localhost"):
        assert site.control("GET", "state", client=client).status == 403
    for client in ("127.0.0.1", "127.8.8.8", "::1"):
        assert site.control("GET", "state", client=client).status == 200


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "nonsense"), ("POST", "state"), ("GET", "sites/nowhere/state"), ("GET", "sites")])
def test_other_questions_are_answered_with_what_is_known(site, method: str, path: str) -> None:
    answer = site.control(method, path)
    assert answer.status == 404
    assert error(answer)


def test_further_sites_have_their_own_books(site) -> None:
    site.core.add_site("second")
    assert site.call("GetSite", siteName="second", password=site.account("host")["password"]).text("siteInstance/metaData/siteName") == "second"
    assert site.control("PUT", "sites/second/settings/classic-events", "false").status == 200
    assert json.loads(site.control("GET", "sites/second/state").body)["settings"]["classic-events"] is False
    assert state(site)["settings"]["classic-events"] is True
    with pytest.raises(ValueError, match="already"):
        site.core.add_site("SECOND")
    assert len(json.loads(site.control("GET", "sites/second/log").body)) == 1
