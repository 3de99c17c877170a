"""A session that took place is told by the histories, as it was and with who came; one that did not is not."""

from __future__ import annotations

import json

import pytest

GUEST, STRANGER = "gina.guest@example.org", "unasked@example.org"
#: Service: what makes a session of it, the element that tells its key, and what tells its history and who took part.
TOLD = {
    "meeting": (
        f"<metaData><confName>Held</confName></metaData><participants><attendees><attendee><person><name>Gina Guest</name><email>{GUEST}</email></person></attendee></attendees></participants>",
        "CreateMeeting", "meetingkey", "LstmeetingusageHistory", "meetingUsageHistory", "LstmeetingattendeeHistory", "meetingAttendeeHistory",
    ),
    "event": (
        f"<metaData><sessionName>Held</sessionName></metaData><attendees><attendee><person><name>Gina Guest</name><email>{GUEST}</email></person></attendee></attendees>",
        "CreateEvent", "sessionKey", "LsteventsessionHistory", "eventSessionHistory", "LsteventattendeeHistory", "eventAttendeeHistory",
    ),
    "training": (
        f"<metaData><confName>Held</confName></metaData><attendees><participants><participant><person><name>Gina Guest</name><email>{GUEST}</email></person></participant></participants></attendees>",
        "CreateTrainingSession", "sessionkey", "LsttrainingsessionHistory", "trainingSessionHistory", "LsttrainingattendeeHistory", "trainingAttendeeHistory",
    ),
}  # fmt: skip


def address(service: str) -> str:
    """history.xsd of 2011 calls it so."""
    return "email" if service == "meeting" else "attendeeEmail"


def state(site, key: str, **wishes: object) -> int:
    return site.control("PUT", f"sessions/{key}", json.dumps(wishes)).status


@pytest.mark.parametrize("service", TOLD)
def test_a_session_that_ended_is_history(site, clock, service: str) -> None:
    body, create, named, sessions, row, people, person = TOLD[service]
    key = site.done(create, body).text(named)
    only = f"<sessionKey>{key}</sessionKey>"
    assert site.call(sessions, only).id == "000015", "scheduled is not held"
    assert state(site, key, state="started") == 200
    assert site.done("GetSessionInfo", only).text("status") == "INPROGRESS"
    assert site.call(sessions, only).id == "000015", "it goes on"
    clock.now += 25 * 60
    assert state(site, key, state="ended") == 200
    assert site.done("GetSessionInfo", only).text("status") == "NOT_INPROGRESS"
    told = site.done(sessions, only)
    assert (told.text(f"{row}/confName"), told.text(f"{row}/duration")) == ("Held", "25")
    assert site.done(people, only).texts(f"{person}/{address(service)}") == [site.account("host")["email"], GUEST]
    assert site.call(sessions, only, "control-hub-user").id == "000015", "of his own sessions a host is told"


def test_who_came_may_be_said(site) -> None:
    body, create, named, _, _, people, person = TOLD["meeting"]
    key = site.done(create, body).text(named)
    state(site, key, state="started")
    state(site, key, state="ended", attended=[STRANGER])
    told = site.done(people, f"<meetingKey>{key}</meetingKey>")
    assert told.texts(f"{person}/{address('meeting')}")[1:] == [STRANGER]


def test_a_session_held_twice_is_told_twice(site, clock) -> None:
    body, create, named, sessions, row, _, _ = TOLD["meeting"]
    key = site.done(create, body).text(named)
    for _ in range(2):
        state(site, key, state="started")
        clock.now += 60
        state(site, key, state="ended")
    assert len(site.done(sessions, f"<meetingKey>{key}</meetingKey>").all(row)) == 2


@pytest.mark.parametrize(("started", "told"), [(True, ""), (False, "000015")])
def test_cancelling_ends_what_goes_on(site, clock, started: bool, told: str) -> None:
    body, create, named, sessions, _, _, _ = TOLD["meeting"]
    key = site.done(create, body).text(named)
    if started:
        state(site, key, state="started")
    clock.now += 60
    site.done("DelMeeting", f"<meetingKey>{key}</meetingKey>")
    assert site.call(sessions, f"<meetingKey>{key}</meetingKey>").id == told
    assert site.call("GetMeeting", f"<meetingKey>{key}</meetingKey>").id == "060001"


def test_a_support_session_is_history_when_it_is_deleted(site, clock) -> None:
    """It begins when it is made, so DelSession is its end."""
    key = site.done("CreateSupportSession").text("sessionKey")
    clock.now += 600
    site.done("DelSession", f"<sessionKey>{key}</sessionKey>")
    assert site.done("LstsupportsessionHistory", f"<sessionKey>{key}</sessionKey>").text("supportSessionHistory/duration") == "10"


@pytest.mark.parametrize(
    ("key", "wishes", "status"),
    [
        ("1", {"state": "started"}, 404),
        ("x", {"state": "started"}, 404),
        ("²", {"state": "started"}, 404),
        ("", {"state": "started"}, 404),
        ("9" * 30, {"state": "started"}, 404),
        ("meeting", {"state": "ended"}, 409),
        ("meeting", {"state": "paused"}, 400),
        ("meeting", {"state": ["started"]}, 400),
        ("meeting", {}, 400),
        ("meeting", {"state": "started", "more": 1}, 400),
        ("meeting", {"state": "started", "attended": "a@b.example"}, 400),
        ("meeting", [1], 400),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(site, key: str, wishes: object, status: int) -> None:
    before = site.control("GET", "state").body
    answer = site.control("PUT", f"sessions/{site.data['meeting-key'] if key == 'meeting' else key}", json.dumps(wishes))
    assert (answer.status, "error" in json.loads(answer.body)) == (status, True)
    assert site.control("GET", "state").body == before
