"""A site of release R has what came up to R, and behaves as before for the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import mocksite
from mocksite.errors import UnknownReleaseError
from mocksite.model.releases import INTRODUCED, RELEASES, release
from mocksite.model.timezones import GMT

STAMP = "%m/%d/%Y %H:%M:%S"

#: Release, operation, who asks, about what, path of the parent, elements that came with it.
ELEMENTS = [
    ("41.2.0", "GetSite", "site-admin", "", "siteInstance/telephonyConfig", ["isWebexTelephony"]),
    ("41.2.0", "LstsummarySession", "host", "", "session", ["enableEvent", "enableWebniar"]),
    ("41.2.0", "GetUser", "site-admin", "rosa.room@example.com", "", ["webexAssistantEnabled"]),
    ("41.3.0", "GetSessionInfo", "host", "meeting-key", "accessControl", ["enableEvent", "enableWebniar", "enablePreMeetingLobby"]),
    ("41.3.0", "GetMeeting", "host", "meeting-key", "enableOptions", ["enableEvent", "enableWebniar", "enablePreMeetingLobby"]),
    ("41.3.0", "GetSite", "site-admin", "", "siteInstance/siteCommonOptions", ["enablePreMeetingLobby"]),
    ("41.3.0", "LstsummarySession", "host", "", "session", ["enablePreMeetingLobby"]),
    ("41.4.0", "GetSite", "site-admin", "", "siteInstance/defaults", ["entryExitToneEC"]),
    ("41.5.0", "GetUser", "site-admin", "rosa.room@example.com", "phones", ["hostPIN"]),
    ("41.5.0", "GetSite", "site-admin", "", "siteInstance/siteCommonOptions", ["enableRecordingAccess", "storageEmptyStatus"]),
    ("41.6.0", "GetUser", "site-admin", "rosa.room@example.com", "", ["largeEventCapacity"]),
    ("41.6.3", "GetSite", "site-admin", "", "siteInstance/siteCommonOptions", ["supportLargeEvent"]),
    ("41.7.0", "GetSite", "site-admin", "", "siteInstance/tools", ["enableNBRMCModify", "separateNoRecordingEdit"]),
    ("41.11.0", "GetUser", "site-admin", "rosa.room@example.com", "", ["freeAccount"]),
    ("41.12.0", "LstMeetingType", "host", "20479", "meetingType", ["subProductCodePrefix"]),
    ("42.10.0", "GetSessionInfo", "host", "registered-training-session-key", "accessControl", ["registrationShortURL"]),
    ("42.11.1", "LstRecording", "host", "service-recording-name", "recording", ["recordingUUID"]),
]


def ask(talk, operation: str, role: str, about: str):
    key = talk.data.get(about, about)
    body = {
        "GetUser": f"<webExId>{key}</webExId>",
        "GetMeeting": f"<meetingKey>{key}</meetingKey>",
        "GetSessionInfo": f"<sessionKey>{key}</sessionKey>",
        "LstRecording": f"<recordName>{key}</recordName>",
        "LstMeetingType": f"<meetingTypeID>{key}</meetingTypeID>",
    }.get(operation, "")
    return talk.done(operation, body, role)


@pytest.mark.parametrize(("since", "operation", "role", "about", "parent", "elements"), ELEMENTS)
def test_an_element_comes_with_its_release(make, since, operation, role, about, parent, elements) -> None:
    before = RELEASES[RELEASES.index(since) - 1]
    old = ask(make(before), operation, role, about).names(parent)
    new = ask(make(since), operation, role, about).names(parent)
    assert [name for name in new if name not in old] == elements
    assert [name for name in new if name in old] == old, "the others stay, in their order"


def test_the_last_elements_stand_as_the_examples_show(site) -> None:
    options = site.done("GetSite", role="site-admin").names("siteInstance/siteCommonOptions")
    assert options[-5:] == [
        "SupportAnyoneHostMeetings",
        "enableRecordingAccess",
        "storageEmptyStatus",
        "enablePreMeetingLobby",
        "supportLargeEvent",
    ]
    defaults = site.done("GetSite").names("siteInstance/defaults")
    assert defaults[1:4] == ["entryExitTone", "entryExitToneEC", "voip"]
    assert site.done("GetSite").names("siteInstance/telephonyConfig")[:2] == ["isWebexTelephony", "isTSPUsingTelephonyAPI"]
    assert site.user("rosa.room@example.com").names()[-4:] == ["webexAssistantEnabled", "avatar", "largeEventCapacity", "freeAccount"]
    kind = site.done("LstMeetingType", "<meetingTypeID>20479</meetingTypeID>").names("meetingType")
    assert kind[:3] == ["productCodePrefix", "subProductCodePrefix", "active"]


def test_versions_follow_the_release(make) -> None:
    for text in RELEASES:
        mock = make(text)
        reply = mock.done("GetAPIVersion")
        assert reply.names() == ["apiVersion", "release", "apiVer"], "as the vendor's page shows release 39.7.0"
        assert [reply.text(name) for name in reply.names()] == ["WebEx XML API V11.0.0", "SP26", text]
        asked = mock.done("GetAPIVersion", "<returnTrainReleaseVersion>true</returnTrainReleaseVersion>")
        assert (asked.text("trainReleaseVersion"), asked.text("trainReleaseOrder")) == ("T41L", "400")


def test_releases_compare_and_unknown_ones_are_refused() -> None:
    assert release("41.6.0") < release("41.6.3") < release("41.10.0")
    with pytest.raises(UnknownReleaseError, match=r"there is no release '40\.1'.*41\.6\.3"):
        mocksite.Core(release="40.1")


def test_every_behaviour_names_a_published_release() -> None:
    assert set(INTRODUCED.values()) <= set(RELEASES)


def test_the_address_of_xml_api_10_goes_with_41_9(make) -> None:
    path = "/WBXService/xml10.0.0/XMLService"
    old, new = make("41.8.0"), make("41.9.0")
    answer = old.post(old.document("GetAPIVersion"), path)
    assert answer.text("apiVersion") == "WebEx XML API V10.0.0"
    assert old.post(old.document("GetSite"), path).ok
    gone = new.post(new.document("GetAPIVersion"), path).response
    assert gone.status == 404
    assert gone.header("Content-Type").startswith("text/html")
    assert new.call("GetAPIVersion").ok


@pytest.mark.parametrize(("role", "told"), [("site-admin", True), ("read-only-admin", True), ("user-admin", True), ("host", False), ("attendee", False)])
def test_licence_counters_are_for_administrators_from_41_3(make, role: str, told: bool) -> None:
    counters = [
        "activeUserCount", "EEActiveUserCount", "activeCETHost", "auoActiveUserCount",
        "MCActiveUserCount", "ECActiveUserCount", "TCActiveUserCount", "SCActiveUserCount",
    ]
    new = make("41.3.0").done("GetSite", role=role)
    assert [name for name in counters if new.anywhere(name)] == (counters if told else [])
    old = make("41.2.0").done("GetSite", role=role)
    assert all(old.anywhere(name)[0].isdigit() for name in counters)


def test_events_take_the_tone_of_the_site_from_41_4(make) -> None:
    for text, tone in (("41.3.0", "NOTONE"), ("41.4.0", "BEEP")):
        talk = make(text)
        talk.set("entry-exit-tone-ec", '"BEEP"')
        key = talk.done("CreateEvent", "<metaData><sessionName>E</sessionName></metaData>").text("sessionKey")
        shown = talk.done("GetEvent", f"<sessionKey>{key}</sessionKey>")
        assert shown.text("schedule/entryExitTone") == tone
        toneless = talk.data["toneless-event-session-key"]
        assert talk.done("GetEvent", f"<sessionKey>{toneless}</sessionKey>").text("schedule/entryExitTone") == tone


def test_set_event_applies_the_tone_too(site) -> None:
    body = "<metaData><sessionName>E</sessionName></metaData><schedule><entryExitTone>ANNOUNCENAME</entryExitTone></schedule>"
    key = site.done("CreateEvent", body).text("sessionKey")
    assert site.done("GetEvent", f"<sessionKey>{key}</sessionKey>").text("schedule/entryExitTone") == "ANNOUNCENAME"
    site.set("entry-exit-tone-ec", '"BEEP"')
    site.done("SetEvent", f"<sessionKey>{key}</sessionKey><schedule><duration>45</duration></schedule>")
    assert site.done("GetEvent", f"<sessionKey>{key}</sessionKey>").text("schedule/entryExitTone") == "BEEP"


@pytest.mark.parametrize("kind", ["large-event-session-key", "webcast-session-key"])
def test_large_events_from_41_4(make, kind: str) -> None:
    new, old = make("41.4.0"), make("41.3.0")
    body = f"<sessionKey>{new.data[kind]}</sessionKey>"
    shown = new.done("GetSessionInfo", body)
    names = shown.names("accessControl")
    place = names.index("audioPassword")
    assert names[place + 1 : place + 3] == ["panelistPassword", "panelistNumericPassword"]
    assert all(shown.text(f"accessControl/{name}") for name in ("sessionPassword", "audioPassword"))
    assert shown.text("accessControl/panelistNumericPassword").isdigit()
    assert "sessionPassword" not in old.done("GetSessionInfo", body).names("accessControl")
    change = f"<meetingkey>{new.data[kind]}</meetingkey><metaData><agenda>x</agenda></metaData>"
    assert new.call("SetMeeting", change).id == "110064"
    assert old.call("SetMeeting", change).ok


def test_a_large_event_type_makes_no_large_event(make) -> None:
    new, old = make("41.4.0"), make("41.3.0")
    body = f"<metaData><confName>L</confName><meetingType>{new.data['large-event-session-type-id']}</meetingType></metaData>"
    assert new.call("CreateMeeting", body).id == "110064"
    key = old.done("CreateMeeting", body).text("meetingkey")
    assert old.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("enableOptions/enableEvent") == "false"


def window(talk, word: str, days: int) -> str:
    """A window around the start of a recording stored late, in GMT."""
    began = datetime.strptime(talk.data[f"late-{word}-recording-start"], STAMP)
    first, last = ((began + timedelta(days=by)).strftime(STAMP) for by in (-days, days))
    return f"<createTimeScope><createTimeStart>{first}</createTimeStart><createTimeEnd>{last}</createTimeEnd><timeZoneID>{GMT}</timeZoneID></createTimeScope>"


def test_recordings_show_when_they_began_from_41_6(make) -> None:
    for word in ("meeting", "classic-event", "training"):
        for text, same in (("41.5.0", False), ("41.6.0", True)):
            talk = make(text)
            body = f"<recordName>{talk.data[f'late-{word}-recording-name']}</recordName>"
            shown = talk.done("LstRecording", body + window(talk, word, 13)).text("recording/createTime")
            assert (shown == talk.data[f"late-{word}-recording-start"]) is same


def test_the_scope_of_recordings_follows_the_time_shown(make) -> None:
    talk = make("41.6.0")
    start = talk.data["late-meeting-recording-start"]
    hour = f"{start[:13]}:00:00", f"{start[:13]}:59:59"
    scope = f"<createTimeScope><createTimeStart>{hour[0]}</createTimeStart><createTimeEnd>{hour[1]}</createTimeEnd><timeZoneID>{GMT}</timeZoneID></createTimeScope>"
    assert talk.done("LstRecording", scope).texts("recording/name") == [talk.data["late-meeting-recording-name"]]
    assert make("41.5.0").call("LstRecording", scope).id == "000015"


def test_descriptions_are_limited_from_41_11(make) -> None:
    for text, accepted in (("41.10.0", True), ("41.11.0", False)):
        talk = make(text)
        for letter in ("x", "汉"):
            event = f"<metaData><sessionName>E</sessionName><description>{letter * 10000}</description></metaData>"
            key = talk.done("CreateEvent", event).text("sessionKey")
            longer = event.replace(letter * 10000, letter * 10001)
            for operation, body in (("CreateEvent", longer), ("SetEvent", f"<sessionKey>{key}</sessionKey>{longer}")):
                reply = talk.call(operation, body)
                assert reply.ok is accepted
                if not accepted:
                    assert reply.id == "060068"
                    assert reply.head("reason") == "Illegal input description. The description can't exceed 10000 characters"


EVENT_OPERATIONS = [
    "CreateEvent", "SetEvent", "GetEvent", "GetSessionInfo", "LstsummaryEvent", "LstrecordedEvent", "LstsummaryProgram", "UploadEventImage",
]


@pytest.mark.parametrize("operation", EVENT_OPERATIONS)
def test_classic_events_can_be_switched_off_from_41_12(make, operation: str) -> None:
    new, old = make("41.12.0"), make("41.11.0")
    body = f"<sessionKey>{new.data['classic-event-session-key']}</sessionKey><metaData><sessionName>E</sessionName></metaData>"
    body += "<imageType>GIF</imageType><imageData>R0lGODlhAQABAIAAAAAAAP///w==</imageData>"
    assert new.call(operation, body).ok
    for talk in (new, old):
        talk.set("classic-events", "false")
    refused = new.call(operation, body)
    assert refused.id == "010106"
    assert refused.head("reason") == "The classic Event has been disabled."
    assert old.call(operation, body).ok


def test_what_needs_no_classic_events_goes_on(site) -> None:
    key = site.done("CreateEvent", "<metaData><sessionName>E</sessionName></metaData>").text("sessionKey")
    site.set("classic-events", "false")
    assert site.call("GetSessionInfo", f"<sessionKey>{site.data['meeting-key']}</sessionKey>").ok
    assert site.call("LstsummarySession").ok
    assert site.call("DelEvent", f"<sessionKey>{key}</sessionKey>").ok


def test_settings_show_in_get_site(site) -> None:
    def told(name: str) -> list[str]:
        return site.done("GetSite").anywhere(name)

    for setting, element in {
        "recording-access": "enableRecordingAccess",
        "webex-telephony": "isWebexTelephony",
        "tsp-telephony-api": "isTSPUsingTelephonyAPI",
        "large-events": "supportLargeEvent",
        "recording-changes-by-hosts": "enableNBRMCModify",
        "personal-meeting-rooms": "enablePersonalMeetingRoom",
    }.items():
        for value in ("true", "false"):
            site.set(setting, value)
            assert told(element) == [value]
    assert told("separateNoRecordingEdit") == ["true"]
    for support, storage, empty in (("false", "0", "true"), ("false", "9", "false"), ("true", "0", "false"), ("true", "9", "false")):
        site.set("nbr-support", support)
        site.set("nbr-storage", storage)
        assert told("storageEmptyStatus") == [empty]
    site.set("entry-exit-tone", '"BEEP"')
    assert (told("entryExitTone"), told("entryExitToneEC")) == (["BEEP"], ["BEEP"])


def test_webinars_tell_who_only_views_from_42_1(make) -> None:
    new, old = make("42.1.0"), make("41.12.0")
    for key, pair in (("webinar", ["true", "false"]), ("view-only-webinar", ["true", "true"]), ("meeting", ["false", "false"])):
        body = f"<sessionKey>{new.data[f'{key}-session-key']}</sessionKey>"
        for talk, said in ((new, pair), (old, [pair[0]] * 2)):
            shown, listed = talk.done("GetSessionInfo", body), talk.done("LstsummarySession", body)
            for name, value in zip(("enableEvent", "enableWebniar"), said, strict=True):
                assert (shown.text(f"accessControl/{name}"), listed.text(f"session/{name}")) == (value, value)


@pytest.mark.parametrize("operation", ["CreateMeetingAttendee", "RegisterMeetingAttendee"])
def test_a_call_takes_50_attendees_from_42_1(make, operation: str) -> None:
    for text, accepted in (("41.12.0", True), ("42.1.0", False)):
        talk = make(text)
        key = talk.data["meeting-session-key"]
        one = f"<attendees><person><email>a@example.org</email></person><sessionKey>{key}</sessionKey></attendees>"
        assert talk.call(operation, one * 50).ok
        assert talk.call(operation, one * 51).id == ("" if accepted else "040015")


def scheduling(talk) -> dict[str, str]:
    """A right request of each operation that a suspended site refuses."""
    event, training = talk.data["classic-event-session-key"], talk.data["disposable-training-session-key"]
    return {
        "CreateMeeting": "<metaData><confName>M</confName></metaData>",
        "SetMeeting": f"<meetingkey>{talk.data['disposable-meeting-key']}</meetingkey>",
        "CreateEvent": "<metaData><sessionName>E</sessionName></metaData>",
        "SetEvent": f"<sessionKey>{event}</sessionKey>",
        "CreateTrainingSession": "<metaData><confName>T</confName></metaData>",
        "SetTrainingSession": f"<sessionKey>{training}</sessionKey>",
        "CreateSupportSession": "",
    }


def test_a_suspended_site_schedules_free_meetings_only_from_42_5(make) -> None:
    new, old = make("42.5.0"), make("42.4.0")
    for operation, body in scheduling(new).items():
        assert new.call(operation, body).ok, operation
    for talk in (new, old):
        talk.set("suspended", "true")
    for operation, body in scheduling(new).items():
        refused = new.call(operation, body)
        assert (refused.id, refused.head("reason")) == ("010107", "The site is suspended"), operation
        assert old.call(operation, body).ok, operation
    free = f"<metaData><confName>F</confName><meetingType>{new.data['free-meeting-type-id']}</meetingType></metaData>"
    key = new.done("CreateMeeting", free).text("meetingkey")
    assert new.call("SetMeeting", f"<meetingkey>{key}</meetingkey>").ok
    paid = f"<metaData><meetingType>{new.data['paid-meeting-type-id']}</meetingType></metaData>"
    assert new.call("SetMeeting", f"<meetingkey>{key}</meetingkey>{paid}").id == "010107"


def test_trainings_and_support_sessions_are_made_shown_and_cancelled(site) -> None:
    body = "<metaData><confName>Course</confName></metaData><attendeeOptions><registration>true</registration></attendeeOptions>"
    made = site.done("CreateTrainingSession", body)
    assert made.text("additionalInfo/guestToken")
    named = f"<sessionKey>{made.text('sessionkey')}</sessionKey>"
    assert site.done("GetSessionInfo", named).text("accessControl/registration") == "true"
    site.done("SetTrainingSession", f"{named}<metaData><confName>Later</confName></metaData>")
    assert site.done("GetSessionInfo", named).text("metaData/confName") == "Later"
    assert site.call("SetTrainingSession", named, "control-hub-user").id == "000001"
    support = f"<sessionKey>{site.done('CreateSupportSession').text('sessionKey')}</sessionKey>"
    assert site.done("LstsummarySession", support).text("session/status") == "INPROGRESS"
    for one in (named, support):
        site.done("DelSession", one)
        assert site.call("GetSessionInfo", one).id == "060001"


def test_a_suspended_site_keeps_its_users_from_42_6(make) -> None:
    for text, accepted in (("42.5.0", True), ("42.6.0", False)):
        talk = make(text)
        other, mine = (f"<webExId>{talk.account(role)['webex_id']}</webExId>" for role in ("disposable-user", "host"))
        one = "<firstName>N</firstName><lastName>N</lastName><webExId>n.n@example.com</webExId><email>n.n@example.com</email>"
        talk.set("suspended", "true")
        for operation, body in (("CreateUser", one), ("SetUser", other)):
            assert talk.call(operation, body, "site-admin").id == ("" if accepted else "010107")
        assert talk.call("SetUser", mine).ok, "who is no administrator may change himself"


def test_network_based_recordings_have_no_uuid(site) -> None:
    for name, found in (("service", 1), ("network-based", 0)):
        told = site.done("LstRecording", f"<recordName>{site.data[f'{name}-recording-name']}</recordName>")
        assert len(told.texts("recording/recordingUUID")) == found
