"""Recordings and histories: what is listed, when, for whom (R41.11.0-40..55, R41.6.0-04)."""

from __future__ import annotations

import json

import pytest

KINDS = {"MeetingCenter": ("meeting", "large-event"), "EventCenter": ("classic-event",), "TrainingCenter": ("training",)}
RECORDS = ("meeting", "large-event", "classic-event", "training")


def services(*names: str) -> str:
    return "<serviceTypes>" + "".join(f"<serviceType>{name}</serviceType>" for name in names) + "</serviceTypes>"


def accessed(talk, body: str = "", role: str = "host") -> set[str]:
    reply = talk.call("LstrecordaccessHistory", body, role)
    return set(reply.texts("recordAccessHistory/recordID")) if reply.ok else {reply.id}


def records(talk, *kinds: str) -> set[str]:
    return {talk.data[f"{kind}-record-id"] for kind in kinds}


@pytest.mark.parametrize("asked", [(), ("MeetingCenter",), ("EventCenter",), ("TrainingCenter",), tuple(KINDS)])
def test_service_types_choose_recordings_from_41_11(make, asked: tuple[str, ...]) -> None:
    body = services(*asked) if asked else ""
    wanted = [kind for name in asked or ("TrainingCenter",) for kind in KINDS[name]]
    new, old = make("41.11.0"), make("41.10.0")
    assert accessed(new, body) & records(new, *RECORDS) == records(new, *wanted)
    assert accessed(old, body) & records(old, *RECORDS) == records(old, "training"), "before, only trainings are known"


@pytest.mark.parametrize("kind", RECORDS)
def test_details_of_every_kind_from_41_11(make, kind: str) -> None:
    new, old = make("41.11.0"), make("41.10.0")
    body = f"<recordID>{new.data[f'{kind}-record-id']}</recordID><timeZoneID>20</timeZoneID>"
    reply = new.done("LstrecordaccessDetailHistory", body)
    names = reply.names("recordDetail")
    assert [name for name in names if name != "registerDate"] == [
        "viewID", "participantName", "participantEmail", "accessTime", "registered", "downloaded", "viewed", "timeZoneID",
    ]
    assert reply.names()[-1] == "matchingRecords"
    assert set(reply.texts("recordDetail/viewed")) <= {"true", "false"}
    assert old.call("LstrecordaccessDetailHistory", body).ok is (kind == "training")


def test_the_misspelt_id_is_taken_too(site) -> None:
    right = site.done("LstrecordaccessDetailHistory", f"<recordID>{site.data['training-record-id']}</recordID>")
    wrong = site.done("LstrecordaccessDetailHistory", f"<recondID>{site.data['training-record-id']}</recondID>")
    assert right.response.body == wrong.response.body
    small = site.call("lstrecordaccessDetailHistory", f"<recordID>{site.data['training-record-id']}</recordID>")
    assert small.ok
    assert site.call("LstrecordaccessDetailHistory", "<recordID>1</recordID>").id == "000015"


def test_rows_of_the_access_history(site) -> None:
    reply = site.done("LstrecordaccessHistory", services(*KINDS) + "<order><orderBy>RECORDID</orderBy><orderAD>DESC</orderAD></order>")
    assert reply.names("recordAccessHistory") == [
        "recordID", "recordName", "creationTime", "registered", "downloaded", "viewed", "timeZoneID",
    ]
    assert reply.names()[-1] == "matchingRecords"
    ids = [int(text) for text in reply.texts("recordAccessHistory/recordID")]
    assert ids == sorted(ids, reverse=True)
    assert set(reply.texts("recordAccessHistory/timeZoneID")) == {"20"}


def test_the_window_of_views(site) -> None:
    def window(first: str, last: str) -> str:
        return f"<viewTimeScope><viewTimeStart>{first}</viewTimeStart><viewTimeEnd>{last}</viewTimeEnd></viewTimeScope>"

    default = accessed(site)
    everything = accessed(site, window("1/1/2020 0:0:0", "11/18/2026 12:00:00"))
    assert len(everything - default) == 1, "one training was only watched more than 90 days ago"
    assert accessed(site, window("01/01/2001 00:00:00", "01/02/2001 00:00:00")) == {"000015"}
    assert accessed(site, window("01/02/2001 00:00:00", "01/01/2001 00:00:00")) == {"999999"}
    assert accessed(site, window("yesterday", "today")) == {"999999"}
    # The newest training was watched 8 days and 1 day ago; a window around yesterday counts the second view only.
    reply = site.done("LstrecordaccessHistory", window("11/17/2026 00:00:00", "11/17/2026 23:59:59"))
    assert reply.texts("recordAccessHistory/recordName") == ["Advanced course-09"]
    counts = [reply.text(f"recordAccessHistory/{name}") for name in ("registered", "downloaded", "viewed")]
    assert counts == ["0", "1", "0"]
    created = "<creationTimeScope><creationTimeStart>11/01/2026 00:00:00</creationTimeStart><creationTimeEnd>11/18/2026 00:00:00</creationTimeEnd></creationTimeScope>"
    assert accessed(site, created) == {"70000010"}


def test_hosts_see_their_own(site) -> None:
    assert accessed(site, services(*KINDS), "control-hub-user") == {"000015"}
    assert accessed(site, services(*KINDS), "site-admin") == accessed(site, services(*KINDS))
    assert accessed(site, services(*KINDS) + "<hostWebExID>jclassic</hostWebExID>", "site-admin") == {"000015"}
    detail = f"<recordID>{site.data['meeting-record-id']}</recordID>"
    assert site.call("LstrecordaccessDetailHistory", detail, "control-hub-user").id == "000001"
    assert site.call("LstRecording", role="control-hub-user").id == "000015"
    assert site.call("LstmeetingusageHistory", role="control-hub-user").id == "000015"


def test_recordings_are_listed(site) -> None:
    reply = site.done("LstRecording", services("EventCenter", "TrainingCenter"))
    assert set(reply.texts("recording/serviceType")) == {"EventCenter", "TrainingCenter"}
    assert reply.names()[0] == "matchingRecords"
    moments = reply.texts("recording/createTime")
    assert len(moments) == int(reply.text("matchingRecords/total"))
    key = site.done("LstRecording").text("recording/sessionKey")
    assert site.done("LstRecording", f"<sessionKey>{key}</sessionKey>").text("matchingRecords/total") == "1"
    assert site.call("LstRecording", services("Cinema")).id == "999999"
    assert site.call("LstRecording", "<formatTypes><formatType>ARF</formatType></formatTypes>").id == "000015"
    everything = site.done("LstRecording").text("matchingRecords/total")
    assert int(everything) > 10
    of_all = ("<formatTypes><formatType>mp4</formatType></formatTypes>", f"<hostWebExID>{site.account('host')['webex_id']}</hostWebExID>")
    for body in of_all:
        assert site.done("LstRecording", body, "site-admin").text("matchingRecords/total") == everything


def test_the_zone_of_recordings(site) -> None:
    name = site.data["late-meeting-recording-name"]
    start = site.data["late-meeting-recording-start"]
    pacific = site.done("LstRecording", f"<recordName>{name}</recordName>")
    assert (pacific.text("recording/createTime"), pacific.text("recording/timeZoneID")) == ("10/30/2026 19:07:05", "4")
    scope = (
        "<createTimeScope><createTimeStart>10/20/2026 00:00:00</createTimeStart>"
        "<createTimeEnd>11/10/2026 00:00:00</createTimeEnd><timeZoneID>{}</timeZoneID></createTimeScope>"
    )
    for zone, shown in ((25, "10/31/2026 03:07:05"), (21, start)):
        there = site.done("LstRecording", f"<recordName>{name}</recordName>{scope.format(zone)}")
        assert (there.text("recording/createTime"), there.text("recording/timeZoneID")) == (shown, str(zone))
    site.set("recording-times", '"in-zone-of-host"')
    of_host = site.done("LstRecording", f"<recordName>{name}</recordName>{scope.format(25)}")
    assert of_host.text("recording/createTime") == pacific.text("recording/createTime")


def test_windows_of_recordings(site) -> None:
    """Unasked the last four weeks are listed, and more than 28 days at once are refused by some sites."""
    everything = "<createTimeScope><createTimeStart>01/01/2026 00:00:00</createTimeStart></createTimeScope>"
    assert "Safety course-01" not in site.done("LstRecording").texts("recording/name")
    assert site.call("LstRecording", everything).id == "999999"
    site.set("long-recording-windows", '"taken"')
    assert "Safety course-01" in site.done("LstRecording", everything).texts("recording/name")


def test_deleting_recordings(site) -> None:
    body = f"<recordingID>{site.data['meeting-record-id']}</recordingID>"
    assert site.call("DelRecording", body, "control-hub-user").id == "000001"
    site.set("recording-changes-by-hosts", "false")
    assert site.call("DelRecording", body).id == "000001"
    site.set("recording-changes-by-hosts", "true")
    assert site.call("DelRecording", body).ok
    assert site.call("DelRecording", body).id == "000015"
    assert site.call("DelRecording").id == "999999"
    other = f"<recordingID>{site.data['training-record-id']}</recordingID>"
    site.set("recording-changes-by-hosts", "false")
    assert site.call("DelRecording", other, "site-admin").ok


USAGE = {
    "LstmeetingusageHistory": ("meetingUsageHistory", 4, "meetingStartTime"),
    "LsteventsessionHistory": ("eventSessionHistory", 2, "sessionStartTime"),
    "LsttrainingsessionHistory": ("trainingSessionHistory", 2, "sessionStartTime"),
    "LstsupportsessionHistory": ("supportSessionHistory", 1, "sessionStartTime"),
    "LstmeetingattendeeHistory": ("meetingAttendeeHistory", 12, "joinTime"),
    "LsteventattendeeHistory": ("eventAttendeeHistory", 6, "startTime"),
}


@pytest.mark.parametrize("operation", USAGE)
def test_usage_histories(site, operation: str) -> None:
    row, count, moment = USAGE[operation]
    reply = site.done(operation)
    assert reply.text("matchingRecords/total") == str(count) == str(len(reply.all(row)))
    assert reply.names()[-1] == "matchingRecords"
    moments = reply.texts(f"{row}/{moment}")
    assert moments == sorted(moments), "oldest first"
    scope = "<startTimeScope><sessionStartTimeStart>{}</sessionStartTimeStart><sessionStartTimeEnd>{}</sessionStartTimeEnd></startTimeScope>"
    first = site.done(operation, scope.format(moments[0], moments[0]))
    assert first.texts(f"{row}/{moment}") == [moments[0]]
    assert site.call(operation, scope.format("01/01/2001 00:00:00", "01/02/2001 00:00:00")).id == "000015"


def test_people_of_a_past_session(site) -> None:
    sessions = site.done("LstmeetingusageHistory", "<confName>Spring show</confName>")
    key = sessions.text("meetingUsageHistory/sessionKey")
    people = site.done("LstmeetingattendeeHistory", f"<meetingKey>{key}</meetingKey>")
    assert people.texts("meetingAttendeeHistory/participantType") == ["HOST", "ATTENDEE", "ATTENDEE"]
    assert sessions.text("meetingUsageHistory/totalParticipants") == "3"
    total = sum(int(text) for text in people.texts("meetingAttendeeHistory/duration"))
    assert sessions.text("meetingUsageHistory/totalPeopleMinutes") == str(total)


def test_a_host_is_told_who_else_deletes_his_recording_from_42_3_and_takes_it_back(make) -> None:
    for text, told in (("42.1.0", 0), ("42.3.0", 1)):
        talk = make(text)
        body = f"<recordingID>{talk.data['disposable-recording-id']}</recordingID>"
        mails = lambda: [one for one in json.loads(talk.control("GET", "mail").body) if "deleted" in one["subject"]]  # noqa: B023, E731
        talk.done("DelRecording", body)
        assert mails() == [], "who deletes his own knows"
        assert talk.call("RecoverRecordingFromRecycleBin", body, "control-hub-user").id == "000015"
        shown = talk.done("RecoverRecordingFromRecycleBin", body).text("successfulRecoverRecordings/recordingID")
        assert shown == talk.data["disposable-recording-id"]
        talk.done("DelRecording", body, "site-admin")
        assert [one["to"] for one in mails()] == [talk.data["disposable-recording-host-email"]] * told
        talk.done("RecoverRecordingFromRecycleBin", body)
        assert shown in talk.done("LstRecording").texts("recording/recordingID")
        assert talk.call("RecoverRecordingFromRecycleBin", body).id == "000015"
        assert talk.call("RecoverRecordingFromRecycleBin").id == "999999"
