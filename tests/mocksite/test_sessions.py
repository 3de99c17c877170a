"""Meetings, events and sessions: scheduled, changed, listed, cancelled."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

NAME = "<metaData><confName>Standup</confName></metaData>"
EVENT_NAME = "<metaData><sessionName>Fair</sessionName></metaData>"


def test_a_meeting_lives(site) -> None:
    body = (
        "<accessControl><meetingPassword>Pass1234</meetingPassword></accessControl>"
        "<metaData><confName>Standup</confName><agenda>Today</agenda></metaData>"
        "<schedule><startDate>07/01/2027 09:30:00</startDate><duration>45</duration><timeZoneID>25</timeZoneID></schedule>"
        "<participants><attendees><attendee><person><name>Ines Guest</name><email>ines@example.org</email></person></attendee>"
        "</attendees></participants><tracking><trackingCode1>T-1</trackingCode1></tracking>"
    )
    made = site.done("CreateMeeting", body)
    assert made.names() == ["meetingkey", "meetingUUID", "meetingPassword", "iCalendarURL", "guestToken"]
    assert made.names("iCalendarURL") == ["host", "attendee"]
    key = made.text("meetingkey")
    shown = site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>")
    assert shown.text("schedule/startDate") == "07/01/2027 09:30:00"
    assert shown.text("schedule/timeZone") == "GMT+02:00, Europe (Berlin)"
    assert shown.text("schedule/duration") == "45"
    assert shown.text("accessControl/meetingPassword") == "Pass1234"
    assert shown.text("metaData/agenda") == "Today"
    assert shown.text("participants/attendees/attendee/person/email") == "ines@example.org"
    assert shown.text("tracking/trackingCode1") == "T-1"
    assert shown.text("meetingLink").startswith("https://")
    site.done("SetMeeting", f"<meetingkey>{key}</meetingkey><metaData><confName>Later</confName></metaData>")
    changed = site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>")
    assert changed.text("metaData/confName") == "Later"
    assert changed.text("metaData/agenda") == "Today", "what SetMeeting does not name stays"
    assert key in site.done("LstsummaryMeeting").texts("meeting/meetingKey")
    assert key in site.done("LstsummarySession").texts("session/sessionKey")
    site.done("DelMeeting", f"<meetingKey>{key}</meetingKey>")
    assert site.call("GetMeeting", f"<meetingKey>{key}</meetingKey>").id == "060001"
    assert key not in site.done("LstsummaryMeeting").texts("meeting/meetingKey")


def test_a_second_login_sees_what_the_first_made(site) -> None:
    key = site.done("CreateMeeting", NAME).text("meetingkey")
    ticket = site.done("AuthenticateUser").text("sessionTicket")
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>", sessionTicket=ticket).ok
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>", "site-admin").ok


@pytest.mark.parametrize("operation", ["GetMeeting", "SetMeeting", "DelMeeting", "GetEvent", "SetEvent", "DelEvent", "GetSessionInfo", "DelSession", "GethosturlMeeting"])
def test_an_unknown_key_is_060001(site, operation: str) -> None:
    for name in ("meetingKey", "sessionKey", "meetingkey"):
        assert site.call(operation, f"<{name}>999999999</{name}>").id == "060001"
    assert site.call(operation).id == "060001"


def test_others_meetings_are_not_ones_own(site) -> None:
    key = site.data["meeting-key"]
    for operation, name in (("GetMeeting", "meetingKey"), ("SetMeeting", "meetingkey"), ("DelMeeting", "meetingKey")):
        assert site.call(operation, f"<{name}>{key}</{name}>", "control-hub-user").id == "000001"
    assert site.call("GetMeeting", f"<meetingKey>{key}</meetingKey>", "read-only-admin").ok
    assert site.call("DelMeeting", f"<meetingKey>{key}</meetingKey>", "read-only-admin").id == "000001"
    assert site.call("DelMeeting", f"<meetingKey>{key}</meetingKey>", "site-admin").ok


def test_who_may_schedule(site) -> None:
    assert site.call("CreateMeeting", NAME, "attendee").id == "000001"
    behalf = NAME + "<schedule><hostWebExID>{}</hostWebExID></schedule>"
    host = site.account("host")["webex_id"]
    assert site.call("CreateMeeting", behalf.format("nobody@example.com")).id == "060019"
    assert site.call("CreateMeeting", behalf.format(host), "control-hub-user").id == "060021"
    key = site.done("CreateMeeting", behalf.format(host), "site-admin").text("meetingkey")
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("schedule/hostWebExID") == host
    friend = site.account("control-hub-user")["email"]
    site.done("SetUser", f"<webExId>{host}</webExId><schedulingPermission>{friend}</schedulingPermission>")
    assert site.call("CreateMeeting", behalf.format(host), "control-hub-user").ok


@pytest.mark.parametrize(
    "body",
    [
        "",
        NAME + "<accessControl><meetingPassword>12345678901234567</meetingPassword></accessControl>",
        NAME + "<schedule><startDate>2027-07-01</startDate></schedule>",
        NAME + "<schedule><startDate>02/30/2027 08:00:00</startDate></schedule>",
        NAME + "<schedule><duration>long</duration></schedule>",
        NAME + "<schedule><duration>-5</duration></schedule>",
        NAME + "<schedule><timeZoneID>400</timeZoneID></schedule>",
        "<metaData><confName>M</confName><meetingType>4711</meetingType></metaData>",
        "<metaData><confName>M</confName><meetingType>9</meetingType></metaData>",
        NAME + "<accessControl><isPublic>maybe</isPublic></accessControl>",
        f"<metaData><confName>M</confName><agenda>{'a' * 2501}</agenda></metaData>",
        NAME + "<participants><attendees><attendee><person><name>X</name></person></attendee></attendees></participants>",
    ],
)
def test_bad_meetings_are_refused_and_leave_nothing(site, body: str) -> None:
    before = site.control("GET", "state").body
    reply = site.call("CreateMeeting", body)
    assert reply.id == "999999"
    assert site.control("GET", "state").body == before


def test_a_meeting_without_a_date_begins_now(site) -> None:
    for schedule in ("", "<schedule><startDate/></schedule>", "<schedule><startDate> </startDate></schedule>"):
        key = site.done("CreateMeeting", NAME + schedule).text("meetingkey")
        assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("schedule/startDate") == "11/18/2026 04:00:00"


def test_a_recurring_meeting_says_so(site) -> None:
    repeat = "<repeat><repeatType>WEEKLY</repeatType><dayInWeek><day>MONDAY</day><day>FRIDAY</day></dayInWeek></repeat>"
    key = site.done("CreateMeeting", NAME + repeat).text("meetingkey")
    shown = site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>")
    assert shown.text("repeat/repeatType") == "WEEKLY"
    assert shown.texts("repeat/dayInWeek/day") == ["MONDAY", "FRIDAY"]
    listed = site.done("LstsummarySession", f"<sessionKey>{key}</sessionKey><recurrence>true</recurrence>")
    assert listed.text("session/isRecurring") == "true"
    assert listed.text("session/seriesMeetingKey") == key
    unasked = site.done("LstsummarySession", f"<sessionKey>{key}</sessionKey>")
    assert not {"isException", "isNextUpcomingInstance", "seriesMeetingKey", "isScheduledPMR"} & set(unasked.names("session"))


def test_links_of_a_meeting(site) -> None:
    key = site.data["meeting-key"]
    for name in ("sessionKey", "meetingKey"):
        host_url = unquote(site.done("GethosturlMeeting", f"<{name}>{key}</{name}>").text("hostMeetingURL").partition("MU=")[2])
        assert host_url.startswith("https://")
        assert host_url.endswith(f"MK={key}")
        joined = site.done("GetjoinurlMeeting", f"<{name}>{key}</{name}><attendeeName>Ann Lee</attendeeName>", "attendee")
        assert joined.text("joinMeetingURL").endswith("AN=Ann+Lee")
        assert joined.text("inviteMeetingURL")
    assert site.call("GethosturlMeeting", f"<meetingKey>{key}</meetingKey>", "attendee").id == "000001"


def test_an_event_lives(site) -> None:
    body = (
        "<accessControl><listing>UNLISTED</listing><sessionPassword>Evt12345</sessionPassword></accessControl>"
        "<metaData><sessionName>Fair</sessionName><description>All about it</description></metaData>"
        "<schedule><startDate>09/01/2027 10:00:00</startDate><duration>90</duration><timeZoneID>11</timeZoneID></schedule>"
        "<panelists><panelist><name>Pia Panel</name><email>pia@example.org</email></panelist></panelists>"
        "<attendees><attendee><name>Ines Guest</name><email>ines@example.org</email><joinStatus>ACCEPT</joinStatus></attendee></attendees>"
        "<enrollment><idReq>TRUE</idReq></enrollment>"
    )
    key = site.done("CreateEvent", body).text("sessionKey")
    shown = site.done("GetEvent", f"<sessionKey>{key}</sessionKey>")
    assert shown.text("metaData/description") == "All about it"
    assert shown.text("accessControl/listing") == "UNLISTED"
    assert shown.text("panelists/panelist/email") == "pia@example.org"
    assert shown.texts("attendees/attendee/email") == ["ines@example.org"]
    assert shown.text("extOptions/enrollmentNumber") == "1"
    assert shown.text("enrollment/idReq") == "true"
    listed = site.done("LstsummaryEvent", f"<sessionKey>{key}</sessionKey><attendeeStats>true</attendeeStats>")
    assert listed.text("event/startDate") == "09/01/2027 10:00:00"
    assert listed.text("event/endDate") == "09/01/2027 11:30:00"
    assert listed.text("event/attendeeCount/estAttendance") == "2"
    site.done("UploadEventImage", f"<sessionKey>{key}</sessionKey><imageType>GIF</imageType><imageData>R0lGODlh</imageData>")
    assert site.done("GetSessionInfo", f"<sessionKey>{key}</sessionKey>").text("material/imageURL").endswith(".gif")
    site.done("DelEvent", f"<sessionKey>{key}</sessionKey>")
    assert site.call("GetEvent", f"<sessionKey>{key}</sessionKey>").id == "060001"


@pytest.mark.parametrize(
    ("kind", "data"), [("PNG", "R0lGODlh"), ("GIF", "***"), ("GIF", ""), ("JPG", "QUFB" * 40000)], ids=["type", "base64", "empty", "large"]
)
def test_bad_pictures_are_refused(site, kind: str, data: str) -> None:
    body = f"<sessionKey>{site.data['classic-event-session-key']}</sessionKey><imageType>{kind}</imageType><imageData>{data}</imageData>"
    assert site.call("UploadEventImage", body).id == "999999"


def test_bad_events_are_refused(site) -> None:
    assert site.call("CreateEvent").id == "999999"
    assert site.call("CreateEvent", EVENT_NAME + "<schedule><entryExitTone>GONG</entryExitTone></schedule>").id == "999999"
    assert site.call("CreateEvent", EVENT_NAME + "<accessControl><listing>SECRET</listing></accessControl>").id == "999999"


def test_programs_and_recorded_events(site) -> None:
    programs = site.done("LstsummaryProgram")
    assert programs.names()[0] == "matchingRecords"
    assert programs.text("program/hostWebExID") == site.account("host")["webex_id"]
    taped = site.done("LstrecordedEvent")
    assert taped.text("event/webExID") == site.account("host")["webex_id"]
    assert taped.text("matchingRecords/returned") == str(len(taped.all("event/recordedEvent")))
    assert site.call("LstrecordedEvent", role="control-hub-user").id == "000015"


def test_session_info_hides_passwords_from_others(site) -> None:
    body = f"<sessionKey>{site.data['large-event-session-key']}</sessionKey>"
    for role, password, key in (("host", True, True), ("site-admin", False, True), ("control-hub-user", False, False)):
        shown = site.done("GetSessionInfo", body, role)
        assert ("sessionPassword" in shown.names("accessControl")) is password
        assert ("hostKey" in shown.names()) is key
        assert shown.text("accessControl/passwordReq") == "true"
    secret = site.done("GetSessionInfo", body).text("accessControl/sessionPassword")
    told = site.done("GetSessionInfo", f"{body}<sessionPassword>{secret}</sessionPassword>", "control-hub-user")
    assert told.text("accessControl/sessionPassword") == secret
    wrong = site.done("GetSessionInfo", f"{body}<sessionPassword>no</sessionPassword>", "control-hub-user")
    assert "sessionPassword" not in wrong.names("accessControl")


def test_strangers_learn_how_to_join_and_no_more(site) -> None:
    """The reply of 40.8 to who is neither invited nor in the know of the password."""
    body = f"<sessionKey>{site.data['meeting-session-key']}</sessionKey>"
    for stranger in (site.done("GetSessionInfo", body, "control-hub-user"), site.done("GetSessionInfo", body, webExID="")):
        assert stranger.names() == [
            "status", "sessionkey", "accessControl", "metaData", "attendeeOptions", "isAllowJBH", "isCETMeeting", "isPersonalMeetingRoom",
        ]
        assert stranger.names("accessControl") == ["listStatus", "registration", "passwordReq", "isRegisterIDRequired"]
        assert stranger.names("metaData") == ["serviceType"]
    assert site.call("GetSessionInfo", body, webExID="nobody").id == "030001"
    assert site.call("LstsummarySession", body, webExID="").id == "000015"


def test_session_info_by_service(site) -> None:
    shown = {word: site.done("GetSessionInfo", f"<sessionKey>{site.data[key]}</sessionKey>") for word, key in {
        "meeting": "meeting-session-key", "event": "classic-event-session-key",
    }.items()}
    assert shown["meeting"].names()[:4] == ["status", "isLocked", "sessionkey", "meetingUUID"]
    assert "telephony" in shown["meeting"].names()
    assert "telephony" not in shown["event"].names()
    assert "sessionPassword" not in shown["event"].names("accessControl")


def test_kinds_of_session_in_the_summary(site) -> None:
    listed = site.done("LstsummarySession", "<recurrence>true</recurrence>")
    flags = dict(zip(listed.texts("session/confName"), listed.texts("session/enableEvent"), strict=True))
    assert flags["Product launch"] == flags["Annual address"] == "true"
    assert flags["Quarterly planning"] == flags["Customer day"] == "false"
    order = listed.names("session")[-7:]
    assert order == [
        "isException", "isNextUpcomingInstance", "seriesMeetingKey", "isScheduledPMR", "enableEvent", "enableWebniar", "enablePreMeetingLobby",
    ]


def test_summary_filters(site) -> None:
    def names(body: str, role: str = "host") -> list[str]:
        reply = site.call("LstsummarySession", body, role)
        return reply.texts("session/confName") if reply.ok else [reply.id]

    assert names("<serviceTypes><serviceType>EventCenter</serviceType></serviceTypes>") == ["Customer day", "Partner briefing", "Rehearsal"]
    assert names("<serviceTypes><serviceType>TrainingCenter</serviceType></serviceTypes>") == [
        "New hire training", "Rehearsal of the training",
    ]
    assert names("<sessionTypes><sessionType>129</sessionType></sessionTypes>") == [
        "Rehearsal of the launch", "Product launch",
    ]
    assert names("<confName>product L</confName>") == ["Product launch"]
    assert names("<confName>launch</confName>") == ["000015"], "the beginning of the name counts"
    assert names(f"<sessionKey>{site.data['webcast-session-key']}</sessionKey>") == ["Annual address"]
    assert names("<status>INPROGRESS</status>", "site-admin") == ["Service desk round"]
    assert names("<status>INPROGRESS</status>") == ["000015"]
    assert names("<hostWebExID>jclassic</hostWebExID>", "site-admin") == ["Archive meeting", "Open house"]
    assert names("<hostWebExID>nobody</hostWebExID>", "site-admin") == ["030001"]
    assert names("<modifiedDateStart>01/01/2026 00:00:00</modifiedDateStart><modifiedDateEnd>02/01/2026 00:00:00</modifiedDateEnd>") == ["999999"]


def test_invited_sessions(site) -> None:
    email = site.account("attendee")["email"]
    key = site.data["meeting-key"]
    assert site.call("LstsummarySession", role="attendee").id == "000015"
    site.done("CreateMeetingAttendee", f"<person><name>Andre</name><email>{email}</email></person><sessionKey>{key}</sessionKey>")
    assert site.call("LstsummarySession", role="attendee").id == "000015", "invitations are listed when asked for"
    assert site.done("LstsummarySession", "<invited>true</invited>", "attendee").texts("session/sessionKey") == [key]
    assert site.call("LstsummarySession", "<invited>false</invited>", "attendee").id == "000015"


def test_open_sessions_by_service(site) -> None:
    listed = site.done("LstOpenSession", role="attendee")
    assert listed.names() == ["matchingRecords", "services"]
    assert listed.text("services/serviceType") == "MeetingCenter"
    assert listed.text("services/sessions/sessionName") == "Service desk round"
    assert site.call("LstOpenSession", "<serviceType>EventCenter</serviceType>").id == "000015"


def test_del_session_takes_any_kind(site) -> None:
    for key in ("meeting-key", "classic-event-session-key", "large-event-session-key"):
        site.done("DelSession", f"<sessionKey>{site.data[key]}</sessionKey>")
        assert site.call("GetSessionInfo", f"<sessionKey>{site.data[key]}</sessionKey>").id == "060001"
    others = site.done("LstsummarySession", role="control-hub-user").text("session/sessionKey")
    assert site.call("DelSession", f"<sessionKey>{others}</sessionKey>").id == "000001"


def test_attendees_come_and_go(site) -> None:
    key = site.data["meeting-key"]
    one = "<attendees><person><firstName>{0}</firstName><lastName>Guest</lastName><email>{0}@example.org</email></person><sessionKey>{1}</sessionKey></attendees>"
    registered = site.done("RegisterMeetingAttendee", one.format("ada", key) + one.format("bob", key))
    assert len(registered.all("register/attendeeID")) == len(registered.all("register/registerID")) == 2
    listed = site.done("LstMeetingAttendee", f"<meetingKey>{key}</meetingKey>")
    assert listed.names()[0] == "matchingRecords"
    assert "ada@example.org" in listed.texts("attendee/person/email")
    ada = registered.text("register/attendeeID")
    assert ada in listed.texts("attendee/attendeeId")
    only = site.done("LstMeetingAttendee", f"<sessionKey>{key}</sessionKey><joinStatus>REGISTER</joinStatus>")
    assert only.text("matchingRecords/total") == "2"
    site.done("DelMeetingAttendee", f"<attendeeID>{ada}</attendeeID>")
    site.done("DelMeetingAttendee", f"<attendeeEmail><email>bob@example.org</email><sessionKey>{key}</sessionKey></attendeeEmail>")
    assert site.call("LstMeetingAttendee", f"<sessionKey>{key}</sessionKey><joinStatus>REGISTER</joinStatus>").id == "000015"
    assert site.call("DelMeetingAttendee", f"<attendeeID>{ada}</attendeeID>").id == "060001"
    assert site.call("DelMeetingAttendee").id == "999999"
    assert site.call("CreateMeetingAttendee", "<person><email>x@example.org</email></person><sessionKey>1</sessionKey>").id == "060001"
