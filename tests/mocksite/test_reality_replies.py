"""How real sites answer and what clients send, learnt from captures, notes and clients: one test a fact, its source quoted."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, timedelta

import pytest

from mocksite.server.samples import request

ADMIN = "site-admin"
PERSON = "<firstName>Nora</firstName><lastName>New</lastName><webExId>nora.new@example.com</webExId><email>nora.new@example.com</email>"


def test_the_release_is_read_from_api_ver(make) -> None:
    """The vendor's page, of 39.7.0: V11.0.0, SP26, apiVer; captures of 2016: the train only on demand, order 400."""
    old = make("41.6.3")
    told = old.done("GetAPIVersion")
    assert [(name, told.text(name)) for name in told.names()] == [
        ("apiVersion", "WebEx XML API V11.0.0"), ("release", "SP26"), ("apiVer", "41.6.3"),
    ]  # fmt: skip
    train = old.done("GetAPIVersion", "<returnTrainReleaseVersion>TRUE</returnTrainReleaseVersion>")
    assert (train.text("trainReleaseVersion"), train.text("trainReleaseOrder")) == ("T41L", "400")


def test_elements_of_series_come_when_asked_for(site) -> None:
    """Notes of 8.0 SP11: isException, isNextUpcomingInstance, seriesMeetingKey only with recurrence=true."""
    asked = {"isException", "isNextUpcomingInstance", "seriesMeetingKey", "isScheduledPMR"}
    one = f"<sessionKey>{site.data['meeting-session-key']}</sessionKey>"
    assert not asked & set(site.done("LstsummarySession", one).names("session"))
    assert not asked & set(site.done("LstsummarySession", f"{one}<recurrence>false</recurrence>").names("session"))
    assert asked <= set(site.done("LstsummarySession", f"{one}<recurrence>true</recurrence>").names("session"))


@pytest.mark.parametrize(
    ("what", "source"),
    [
        *((name, "none of three replies of 2016 holds a licence counter") for name in ("EEActiveUserCount", "activeCETHost", "auoActiveUserCount")),
        ("parterID", "required in 2011, absent in captures"),
        ("tollNum", "required in 2011, absent in captures"),
    ],
)  # fmt: skip
def test_a_site_may_lack_what_captures_lack(site, what: str, source: str) -> None:
    """Captures of GetSite, and the XSDs of 2011 beside them."""
    where = {"tollNum": "telephonyConfig/personalTeleconf/primaryLargeServer"}.get(what, "metaData")
    assert site.done("GetSite", role=ADMIN).anywhere(what), source
    site.set("absent-elements", f'"getSite/siteInstance/{where}/{what}"')
    bare = site.done("GetSite", role=ADMIN)
    assert not bare.all(f"siteInstance/{where}/{what}")
    assert bare.all(f"siteInstance/{where}"), "nothing but this is gone"


def test_recordings_of_four_weeks_are_listed_unasked(site) -> None:
    """11.0 SP7: without createTimeScope LstRecording looks back 4 weeks; a client finds older ones window by window."""

    def told(scope: str = "") -> list[str]:
        return site.call("LstRecording", scope).texts("recording/recordingID")

    def window(end: datetime) -> str:
        first, last = (f"{moment:%m/%d/%Y %H:%M:%S}" for moment in (end - timedelta(days=28), end))
        return f"<createTimeScope><createTimeStart>{first}</createTimeStart><createTimeEnd>{last}</createTimeEnd><timeZoneID>20</timeZoneID></createTimeScope>"

    noon = datetime(2026, 11, 18, 12)  # noqa: DTZ001 - the wire knows no zones but by number
    assert told() == told(window(noon))
    found = {one for number in range(14) for one in told(window(noon - timedelta(days=28 * number)))}
    site.set("long-recording-windows", '"taken"')
    assert found == set(told("<createTimeScope><createTimeStart>1/1/2020 0:0:0</createTimeStart></createTimeScope>")) > set(told())


def test_the_history_of_recordings_looks_back_90_days_unasked(site) -> None:
    """11.0 SP8: lstrecordaccessHistory without a scope tells of 90 days."""
    window = "<viewTimeScope><viewTimeStart>{}</viewTimeStart><viewTimeEnd>11/18/2026 12:00:00</viewTimeEnd></viewTimeScope>"
    unasked = site.done("LstrecordaccessHistory").texts("recordAccessHistory/recordID")
    assert unasked == site.done("LstrecordaccessHistory", window.format("08/20/2026 12:00:00")).texts("recordAccessHistory/recordID")
    ever = site.done("LstrecordaccessHistory", window.format("01/01/2024 00:00:00")).texts("recordAccessHistory/recordID")
    assert set(unasked) < set(ever)


def test_a_name_is_control_hub_s_and_another_attribute_is_the_api_s(site) -> None:
    """Public user-service page: on Control Hub sites SetUser cannot change a name."""
    email = site.new_user()
    site.done("SetUser", f"<webExId>{email}</webExId><firstName>Other</firstName><title>Captain</title>", ADMIN)
    assert (site.user(email).text("firstName"), site.user(email).text("title")) == ("Nora", "Captain")


def test_a_password_is_refused_to_who_signs_in_elsewhere(site) -> None:
    """Same page: whatever the password of a user of single sign-on is, it is refused; a token beside it is taken."""
    site.set("single-sign-on", "true")
    assert {site.call("GetSite", password=given).id for given in ("Pw-0", site.account("host")["password"])} == {"030002"}
    token = tomllib.loads(site.core.profile())["sites"]["mock"]["accounts"]["host"]["webex_access_token"]
    assert site.call("GetSite", webExAccessToken=token).ok


def test_mails_of_activation_may_be_switched_off_or_be_of_another_template(site) -> None:
    """Public pages of Control Hub: activation mails can be switched off, templates are edited and may be plain ASCII."""
    site.set("names-in-mail-subjects", "false")
    site.done("CreateUser", PERSON.replace("Nora", "Zoë"), ADMIN)
    (mail,) = json.loads(site.control("GET", "mail").body)
    assert mail["subject"].isascii()
    assert "http" in mail["body"]
    site.set("activation-mails", "false")
    site.done("CreateUser", PERSON.replace("nora", "nele"), ADMIN)
    assert len(json.loads(site.control("GET", "mail").body)) == 1


def test_classic_events_are_refused_after_the_login(site) -> None:
    """The note of 41.12 itself: 010106 is for who has signed in, so a login is judged by its own exceptions."""
    site.set("classic-events", "false")
    body = f"<sessionKey>{site.data['classic-event-session-key']}</sessionKey>"
    assert site.call("GetEvent", body).id == "010106"
    assert site.call("GetEvent", body, password="Pw-0").id == "030002"
    assert site.call("GetEvent", body, webExID="nobody", password="Pw-0").id == "030001"
    assert site.call("GetEvent", body, sessionTicket="0" * 64).id == "030047"


def test_create_user_takes_a_password(site) -> None:
    """Sample of the notes: CreateUser with password; Control Hub ignores it, a classic site keeps it."""
    site.done("CreateUser", f"{PERSON}<password>Tr0ub4dor</password>", ADMIN)
    assert site.call("GetSite", webExID="nora.new@example.com", password="Tr0ub4dor").id == "030002"
    site.set("control-hub-managed", "false")
    site.done("CreateUser", PERSON.replace("nora.new", "nele") + "<password>Tr0ub4dor</password>", ADMIN)
    assert site.call("GetSite", webExID="nele@example.com", password="Tr0ub4dor").ok


@pytest.mark.parametrize("spelling", ["recondID", "recordID"])
def test_the_id_of_a_recording_is_taken_as_the_sample_spells_it(site, spelling: str) -> None:
    """Notes, line 454, the only sample: recondID; the reference page too."""
    body = f"<{spelling}>{site.data['training-record-id']}</{spelling}>"
    assert site.done("LstrecordaccessDetailHistory", body).all("recordDetail")


def test_the_header_may_name_the_address(site) -> None:
    """Notes: the header of a request with email instead of webExID."""
    account = site.account("host")
    reply = site.call("GetUser", f"<webExId>{account['webex_id']}</webExId>", webExID="", email=account["email"], password=account["password"])
    assert reply.text("email") == account["email"]


def test_an_event_is_made_of_a_name(site) -> None:
    """Notes: CreateEvent in the documented minimum."""
    key = site.done("CreateEvent", "<metaData><sessionName>Bare</sessionName></metaData>").text("sessionKey")
    assert site.done("GetEvent", f"<sessionKey>{key}</sessionKey>").text("metaData/sessionName") == "Bare"


@pytest.mark.parametrize("listing", ["PUBLIC", "UNLISTED"])
def test_an_event_is_listed_as_asked(site, listing: str) -> None:
    """Notes: listing in the accessControl of a request."""
    body = f"<accessControl><listing>{listing}</listing></accessControl><metaData><sessionName>Seen</sessionName></metaData>"
    key = site.done("CreateEvent", body).text("sessionKey")
    assert site.done("GetEvent", f"<sessionKey>{key}</sessionKey>").text("accessControl/listing") == listing


#: Operations public clients call besides those of the suite: by how many of eighteen, and what they read of the reply.
CALLED: dict[str, tuple[int, str]] = {
    "createTrainingSession": (3, "sessionkey"),
    "getTrainingSession": (2, "metaData/confName"),
    "setTrainingSession": (2, ""),
    "lsttrainingattendeeHistory": (2, "trainingAttendeeHistory/attendeeEmail"),
    "lstsupportattendeeHistory": (2, "supportAttendeeHistory/attendeeEmail"),
    "createTeleconferenceSession": (2, "sessionKey"),
    "getTeleconferenceSession": (2, "metaData/confName"),
    "setRecordingInfo": (2, "recordingID"),
    "getRecordingInfo": (1, "basic/topic"),
    "delTrainingSession": (1, ""),
    "lstsummaryTrainingSession": (1, "trainingSession/sessionKey"),
    "lstRecordingInRecycleBin": (1, "recording/recordingID"),
    "delRecordingFromRecycleBin": (1, "successfulRecordingsCount"),
    "getUserCard": (1, "personalMeetingRoom/personalMeetingRoomURL"),
    "getSiteAdminNavUrl": (1, "siteAdminNavUrl/url"),
    "flushWebCache": (1, ""),
    "setTeleconferenceSession": (1, ""),
    "createSupportSession": (1, "sessionKey"),
    "getlogouturlUser": (1, "userLogoutURL"),
    "uploadPMRImage": (1, ""),
    "delSessionTemplates": (1, ""),
    "getEnrollmentInfo": (1, "session/sessionKey"),
    "sendInvitationEmail": (1, "deliveredEmail"),
}


@pytest.mark.parametrize("name", CALLED)
def test_an_operation_that_clients_call_is_served(site, name: str) -> None:
    """Eighteen public clients run against the mock: what the mock lacked, by the number of clients that call it."""
    if "RecycleBin" in name:
        assert site.post(request(site.core.main, "delRecording")).ok
    reply = site.post(request(site.core.main, name))
    clients, read = CALLED[name]
    assert reply.ok, f"{clients} clients call it: {reply.id} {reply.head('reason')}"
    assert reply.text(read) if read else not reply.names()
