"""What public clients need of a site and captured replies show: one test a fact, each quoting its source."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, quote_plus, unquote, urlsplit

import pytest

NAMED = "<metaData><confName>Standup</confName></metaData>"


@pytest.mark.parametrize("service", ["event", "training", "support"])
def test_the_time_zone_of_a_session_history_is_a_number(site, service: str) -> None:
    """history.xsd of 2011 has xsd:long; a public client makes an int of it."""
    rows = site.done(f"Lst{service}sessionHistory", "<timeZoneID>25</timeZoneID>").texts(f"{_row(service)}/timezone")
    assert set(rows) == {"25"}


def _row(service: str) -> str:
    return {"event": "eventSessionHistory", "training": "trainingSessionHistory", "support": "supportSessionHistory"}[service]


def test_the_time_zone_of_the_usage_history_is_a_name(site) -> None:
    """The only history whose timezone is xsd:string in history.xsd of 2011."""
    assert "GMT" in site.done("LstmeetingusageHistory").text("meetingUsageHistory/timezone")


@pytest.mark.parametrize("coded", [quote, quote_plus])
def test_a_form_carries_the_document_in_its_field_xml(site, coded) -> None:
    """Two PHP code bases post ``UID=..&PWD=..&SID=..&PID=..&XML=<urlencoded document>``."""
    body = f"UID=host1&PWD=p%26w&SID=123&PID=abc&XML={coded(site.document('GetSite'))}"
    assert site.post(body).ok
    assert site.post(f"XML={coded(site.document('GetSite'))}").ok


def test_raw_xml_under_the_content_type_of_forms_is_xml(site) -> None:
    """Cisco's own admin web client sends ``application/x-www-rform-urlencoded`` with raw XML: the body decides."""
    document = site.document("CreateMeeting", "<metaData><confName>a XML=b&amp;XML=c</confName></metaData>")
    key = site.post(document).text("meetingkey")
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("metaData/confName") == "a XML=b&XML=c"


def test_the_host_url_is_a_login_whose_target_stands_in_mu(site) -> None:
    """A public client splits ``hostMeetingURL`` at ``MU=``."""
    key = site.data["meeting-key"]
    url = site.done("GethosturlMeeting", f"<meetingKey>{key}</meetingKey>").text("hostMeetingURL")
    given = parse_qs(urlsplit(url).query)
    assert given["AT"] == ["LI"]
    assert given["MU"][0].endswith(f"AT=HM&MK={key}")
    ticket = given["TK"][0]
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>", sessionTicket=ticket).ok


def test_a_meeting_has_an_address_for_video_systems(site) -> None:
    """A public client reads ``meet:sipURL`` of GetMeeting."""
    key = site.data["meeting-key"]
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("sipURL").startswith(f"{key}@")


def test_the_reason_for_an_unknown_host(site) -> None:
    """A public client compares these very words."""
    body = f"{NAMED}<schedule><hostWebExID>nobody</hostWebExID></schedule>"
    reply = site.call("CreateMeeting", body, "site-admin")
    assert (reply.id, reply.head("reason")) == ("060019", "The host WebExID does not exist")


def test_the_reason_for_an_invalid_token(site) -> None:
    """A public client fetches a new token when the reason holds these words."""
    reply = site.call("GetSite", webExAccessToken="0" * 40)
    assert (reply.ok, "WebEx access token is invalid" in reply.head("reason")) == (False, True)


@pytest.mark.parametrize("operation", ["GetSite", "AuthenticateUser", "GetSessionInfo"])
def test_a_login_nobody_has_is_030001(site, operation: str) -> None:
    """The live test of a public client."""
    assert site.call(operation, f"<sessionKey>{site.data['meeting-key']}</sessionKey>", webExID="nobody", password="Pw-0").id == "030001"


def test_an_attendee_without_names_has_none(site) -> None:
    """The live test of a public client: ``com:name`` and ``com:firstName`` are absent, not the address."""
    key = site.done("CreateMeeting", NAMED).text("meetingkey")
    site.done("RegisterMeetingAttendee", f"<attendees><person><email>i@example.org</email></person><sessionKey>{key}</sessionKey></attendees>")
    person = site.done("LstMeetingAttendee", f"<meetingKey>{key}</meetingKey>").names("attendee/person")
    assert not {"name", "firstName", "lastName"} & set(person)
    shown = site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").names("participants/attendees/attendee/person")
    assert "email" in shown
    assert not {"name", "firstName", "lastName"} & set(shown)


def test_the_order_of_the_attendees_of_events(site) -> None:
    """history.xsd of 2011, eventAttendeeHistoryInstanceType."""
    assert site.done("LsteventattendeeHistory").names("eventAttendeeHistory") == [
        *("sessionKey", "attendeeName", "attendeeEmail", "startTime", "endTime", "duration", "registered", "invited"),
        *("company", "title", "phone", "address1", "address2", "city", "state", "country", "zip", "ipAddress"),
        *("participantType", "voipDuration", "clientAgent", "confID"),
    ]


def test_a_deleted_recording_is_named(site) -> None:
    """ep.xsd of 2011: delRecordingResponse holds recordingID."""
    key = site.data["disposable-recording-id"]
    assert site.done("DelRecording", f"<recordingID>{key}</recordingID>").text("recordingID") == key


def test_a_session_tells_its_link(site) -> None:
    """A public client reads ``ep:meetingLink`` of GetSessionInfo."""
    assert site.done("GetSessionInfo", f"<sessionKey>{site.data['meeting-key']}</sessionKey>").text("meetingLink").startswith("https://")


def test_the_login_url_comes_back_to_where_the_client_says(site) -> None:
    """Public clients send ``backURL`` and expect ``BU=``."""
    back = "https://portal.example.com/?a=1&b=2"
    url = site.done("GetloginurlUser", f"<backURL>{back.replace('&', '&amp;')}</backURL>").text("userLoginURL")
    assert unquote(url.rpartition("&BU=")[2]) == back
    assert "&BU=" not in site.done("GetloginurlUser").text("userLoginURL")


def test_recordings_are_asked_for_four_weeks_at_most(site) -> None:
    """A public client caps its windows at 28 days; 11.0 SP7 names 4 weeks as the usual window."""
    scope = "<createTimeScope><createTimeStart>{}</createTimeStart><createTimeEnd>11/18/2026 12:00:00</createTimeEnd></createTimeScope>"
    assert site.call("LstRecording", scope.format("10/21/2026 12:00:00")).ok
    assert site.call("LstRecording", scope.format("10/20/2026 11:00:00")).id == "999999"


def test_a_session_type_the_site_does_not_have_is_given_to_nobody(site) -> None:
    """CreateMeeting refuses one, and SetUser with it left a user who could not schedule."""
    host = site.account("host")["webex_id"]
    body = "<webExId>{}</webExId><meetingTypes><meetingType>{}</meetingType></meetingTypes>"
    assert site.call("SetUser", body.format(host, 4711)).id == "999999"
    assert site.done("SetUser", body.format(host, 3)).ok


@pytest.mark.parametrize("misspelt", ["listControlType", "createTimeScopeType"])
def test_a_condition_that_is_misspelt_is_not_no_condition(site, misspelt: str) -> None:
    """A production client writes the names of the types, not of the elements, and would get everything."""
    body = f"<{misspelt}><createTimeStart>11/10/2026 0:0:0</createTimeStart></{misspelt}>"
    reply = site.call("LstRecording", body)
    assert (reply.id, misspelt in reply.head("reason")) == ("999999", True)
    site.set("unknown-conditions", '"ignored"')
    assert site.call("LstRecording", body).ok


def test_the_name_of_a_zone_carries_summer_time(site, clock) -> None:
    """A capture of 2019 says "GMT-05:00, Central (Chicago)" in September; the lists of later schemas are not closed."""
    asked = "<date>{}</date><timeZoneID>7</timeZoneID>"
    named = [site.done("LstTimeZone", asked.format(date)).text("timeZone/description") for date in ("09/10/2026 12:00:00", "01/10/2027 12:00:00")]
    assert named == ["GMT-05:00, Central (Chicago)", "GMT-06:00, Central (Chicago)"]
    key = site.done("CreateMeeting", f"{NAMED}<schedule><startDate>09/10/2027 09:00:00</startDate><timeZoneID>7</timeZoneID></schedule>").text("meetingkey")
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("schedule/timeZone") == "GMT-05:00, Central (Chicago)"
    assert site.user("carla.hub@example.com").text("timeZone") == "GMT+01:00, Europe (Berlin)"
    clock.now += 200 * 86400
    assert site.user("carla.hub@example.com").text("timeZone") == "GMT+02:00, Europe (Berlin)"
