"""What the services beyond meetings do: each session made, shown, changed, listed, cancelled; what hosts keep beside them."""

from __future__ import annotations

import base64

import pytest

from mocksite.cli import main
from mocksite.operations import OPERATIONS
from mocksite.operations.catalogue import LATER, NOT_SERVED, SPELLINGS

HUB = "control-hub-user"
SCHEDULE = "<schedule><startDate>07/01/2027 09:30:00</startDate><duration>45</duration><timeZoneID>25</timeZoneID></schedule>"

#: Noun, element of the password, guests, where the guests are shown, whether it has lists and a cancelling of its own.
SESSIONS = {
    "TrainingSession": (
        "sessionPassword",
        "<attendees><participants><participant><person><name>Ines Guest</name><email>ines@example.org</email></person>"
        "</participant></participants></attendees><presenters><participants><participant><person><name>Pia</name>"
        "<email>pia@example.org</email></person></participant></participants></presenters>",
        {"attendees/participants/participant/person/email": "ines@example.org", "presenters/participants/participant/person/email": "pia@example.org"},
        True,
    ),
    "TeleconferenceSession": (
        "sessionPassword",
        "<fullAccessAttendees><attendee><name>Ines Guest</name><email>ines@example.org</email></attendee></fullAccessAttendees>"
        "<limitedAccessAttendees><attendee><email>lim@example.org</email></attendee></limitedAccessAttendees>",
        {"fullAccessAttendees/attendee/email": "ines@example.org", "limitedAccessAttendees/attendee/email": "lim@example.org"},
        False,
    ),
    "SalesSession": (
        "meetingPassword",
        "<prospects><prospect><name>Ines Guest</name><email>ines@example.org</email></prospect></prospects>",
        {"prospects/prospect/email": "ines@example.org"},
        True,
    ),
}


def key_of(reply) -> str:
    return next(iter(reply.anywhere("sessionkey") + reply.anywhere("sessionKey") + reply.anywhere("meetingKey")))


@pytest.mark.parametrize("noun", SESSIONS)
def test_a_session_lives(site, noun: str) -> None:
    password, guests, shown_at, listed = SESSIONS[noun]
    body = (
        f"<accessControl><{password}>Pass1234</{password}><listing>UNLISTED</listing></accessControl>"
        f"<metaData><confName>Course</confName></metaData>{SCHEDULE}{guests}<tracking><trackingCode1>T-1</trackingCode1></tracking>"
    )
    key = key_of(site.done(f"Create{noun}", body))
    element = "meetingKey" if noun == "SalesSession" else "sessionKey"
    named = f"<{element}>{key}</{element}>"
    shown = site.done(f"Get{noun}", named)
    assert shown.text("metaData/confName") == "Course"
    assert shown.text("schedule/startDate") == "07/01/2027 09:30:00"
    assert shown.text(f"accessControl/{password}") == "Pass1234"
    assert shown.text("accessControl/listing") == "UNLISTED"
    assert shown.text("tracking/trackingCode1") == "T-1"
    assert {path: shown.text(path) for path in shown_at} == shown_at
    site.done(f"Set{noun}", f"{named}<metaData><confName>Later</confName></metaData>")
    changed = site.done(f"Get{noun}", named)
    assert (changed.text("metaData/confName"), changed.text("schedule/duration")) == ("Later", "45")
    assert site.call(f"Get{noun}", named, "control-hub-user").id == "000001"
    assert key in site.done("LstsummarySession").texts("session/sessionKey")
    if listed:
        row = f"{noun[0].lower()}{noun[1:]}"
        assert site.done(f"Lstsummary{noun}", named).texts(f"{row}/confName") == ["Later"]
        site.done(f"Del{noun}", named)
    else:
        site.done("DelSession", f"<sessionKey>{key}</sessionKey>")
    assert site.call(f"Get{noun}", named).id == "060001"


@pytest.mark.parametrize("noun", SESSIONS)
def test_a_session_needs_a_name_and_a_host(site, noun: str) -> None:
    before = site.control("GET", "state").body
    assert site.call(f"Create{noun}").id == "999999"
    assert site.call(f"Create{noun}", "<metaData><confName>A</confName></metaData>", "attendee").id == "000001"
    listing = "<metaData><confName>A</confName></metaData><accessControl><listing>SECRET</listing></accessControl>"
    assert site.call(f"Create{noun}", listing).id == "999999"
    assert site.control("GET", "state").body == before


@pytest.mark.parametrize(("listed", "row", "alone"), [("LstTrainingSession", "trainingSession", "GetTrainingSession"), ("LstMeeting", "meeting", "GetMeeting"), ("LstUser", "user", "GetUser")])
def test_lists_of_whole_objects_hold_what_one_alone_holds(site, listed: str, row: str, alone: str) -> None:
    key = {"GetTrainingSession": f"<sessionKey>{site.data['registered-training-session-key']}</sessionKey>", "GetMeeting": f"<meetingKey>{site.data['meeting-key']}</meetingKey>", "GetUser": f"<webExId>{site.account('host')['webex_id']}</webExId>"}[alone]
    whole, one = site.done(listed, key, "site-admin"), site.done(alone, key, "site-admin")
    assert whole.text("matchingRecords/total") == "1"
    assert len(whole.names(row)) > 10
    assert set(whole.names(row)) <= set(one.names())
    everybody = site.done(listed, "<listControl><maximumNum>2</maximumNum></listControl>", "site-admin")
    assert (len(everybody.all(row)), everybody.text("matchingRecords/returned")) == (2, "2")


@pytest.mark.parametrize("service", ["training", "support"])
def test_who_took_part(site, service: str) -> None:
    """history.xsd of 2011: the order of the rows."""
    reply = site.done(f"Lst{service}attendeeHistory", "<listControl><maximumNum>3</maximumNum></listControl>")
    row = f"{service}AttendeeHistory"
    assert reply.names(row)[:2] == (["sessionKey", "confName"] if service == "training" else ["sessionKey", "attendeeName"])
    assert reply.names()[-1] == "matchingRecords"
    assert {"HOST", "ATTENDEE"} >= set(reply.texts(f"{row}/participantType"))


def test_the_history_of_sales(site) -> None:
    assert site.done("LstsalesSessionHistory").texts("salesSessionHistory/confName") == ["Offer for a fleet"]
    assert len(site.done("LstsalesAttendeeHistory").all("salesAttendeeHistory")) == 3


def test_a_recording_told_and_changed(site) -> None:
    key = site.data["meeting-record-id"]
    assert site.done("GetRecordingInfo", f"<recordingID>{key}</recordingID>").text("playback/chat") == "true"
    body = (
        f"<recording><recordingID>{key}</recordingID><description>Cut</description><password>Rec2468x</password></recording>"
        "<basic><topic>Renamed</topic><listing>PRIVATE</listing><agenda>Two points</agenda></basic><playback><chat>false</chat></playback>"
    )
    assert site.done("SetRecordingInfo", body).text("recordingID") == key
    told = site.done("GetRecordingInfo", f"<recordingID>{key}</recordingID>")
    found = [told.text(path) for path in ("basic/topic", "basic/listing", "basic/agenda", "basic/description", "playback/chat", "fileAccess/password")]
    assert found == ["Renamed", "PRIVATE", "Two points", "Cut", "false", "Rec2468x"]
    assert "Renamed" in site.done("LstRecording", "<recordName>Renamed</recordName>").texts("recording/name")
    assert site.call("GetRecordingInfo", f"<recordingID>{key}</recordingID>", "control-hub-user").id == "000001"
    site.set("recording-changes-by-hosts", "false")
    assert site.call("SetRecordingInfo", body).id == "000001"


def test_the_recycle_bin(site) -> None:
    """A production client purges by LstRecordingInRecycleBin and DelRecordingFromRecycleBin, and reads successfulRecordingsCount."""
    key = site.data["disposable-recording-id"]
    assert site.call("LstRecordingInRecycleBin").id == "000015"
    site.done("DelRecording", f"<recordingID>{key}</recordingID>")
    assert site.done("LstRecordingInRecycleBin").texts("recording/recordingID") == [key]
    gone = site.done("DelRecordingFromRecycleBin", f"<recordingID>{key}</recordingID><recordingID>1</recordingID>")
    assert (gone.text("successfulRecordingsCount"), gone.text("failedRecordings/recordingID")) == ("1", "1")
    assert site.call("DelRecordingFromRecycleBin", f"<recordingID>{key}</recordingID>").id == "000015"
    assert site.call("RecoverRecordingFromRecycleBin", f"<recordingID>{key}</recordingID>").id == "000015"
    assert site.done("DelRecordingFromRecycleBin", "<deleteAll>true</deleteAll>").text("successfulRecordingsCount") == "0"


def test_the_card_of_a_user_is_for_everybody(site) -> None:
    """A public client sends no credentials, the siteName only; by personalUrl, webExId or email."""
    address = "rosa.room@example.com"
    for element, value in {"personalUrl": "rosa.room", "webExId": address, "email": address}.items():
        document = f"<message><header><securityContext><siteName>mocksite</siteName></securityContext></header><body><bodyContent xsi:type='use.GetUserCard'><{element}>{value}</{element}></bodyContent></body></message>"
        told = site.post(document)
        assert told.names() == ["avatar", "personalMeetingRoom"]
        assert told.names("avatar") == ["url", "lastModifiedTime", "isUploaded"]
        assert told.names("personalMeetingRoom") == ["title", "personalMeetingRoomURL", "accessCode"]
    assert site.call("GetUserCard", "<email>nobody@example.com</email>").id == "030001"
    site.done("UploadPMRImage", f"<imageFor>Photo</imageFor><imageData>{base64.b64encode(b'GIF89a').decode()}</imageData>")
    assert "avatar" in site.done("GetUserCard", f"<email>{site.account('host')['email']}</email>").names()
    assert site.call("UploadPMRImage", "<imageData>%</imageData>").id == "999999"


def test_pages_of_site_administration(site) -> None:
    """Cisco's admin web client asks for both, and flushes the cache after."""
    pages = site.done("GetSiteAdminNavUrl", "<type>siteConfig</type>", "site-admin")
    assert pages.names("siteAdminNavUrl") == ["type", "category", "navItemId", "url"]
    unified = site.done("GetSiteAdminNavUrl", "<type>getEnableT30UnifiedAdmin</type>", "site-admin")
    assert unified.texts("enableT30UnifiedAdmin") == ["true"]
    assert site.done("FlushWebCache", role="site-admin").names() == []
    assert site.call("GetSiteAdminNavUrl", "<type>report</type>").id == "000001"


def test_accounts_activated_and_not(site) -> None:
    site.set("control-hub-managed", "false")
    user = "<webexID>paula.paying@example.com</webexID>"
    site.done("InactivateUser", user, "site-admin")
    assert site.user("paula.paying@example.com").text("active") == "DEACTIVATED"
    site.done("ActivateUser", user, "site-admin")
    assert site.user("paula.paying@example.com").text("active") == "ACTIVATED"
    assert site.call("InactivateUser", user).id == "000001"


def test_the_way_out(site) -> None:
    url = site.done("GetlogouturlUser", f"<webExID>{site.account('host')['webex_id']}</webExID><backURL>https://b.example.com/?x=1</backURL>")
    assert url.text("userLogoutURL").endswith("AT=LO&BU=https%3A%2F%2Fb.example.com%2F%3Fx%3D1")


def test_templates_are_thrown_away_once(site) -> None:
    body = "<sessionTemplate><name>Weekly round</name><serviceType>MeetingCenter</serviceType></sessionTemplate>"
    site.done("DelSessionTemplates", body)
    assert site.call("DelSessionTemplates", body).id == "000015"
    assert site.call("DelSessionTemplates", f"{body}<templateType>Site</templateType>").id == "000001"


def test_contacts_and_distribution_lists(site) -> None:
    people = "".join(f"<contact><name>{name}</name><email>{name}@example.org</email><notes>n</notes></contact>" for name in ("ann", "bob"))
    ann, bob = site.done("CreateContacts", people, HUB).texts("contactID")
    assert site.done("LstContact", role=HUB).texts("contact/email") == ["ann@example.org", "bob@example.org"]
    made = site.done("CreateDistList", f"<distList><name>Team</name><desc>All</desc><contactID>{ann}</contactID></distList>", HUB).text("distListID")
    named = f"<distListID>{made}</distListID>"
    assert site.done("LstContact", named, HUB).texts("contact/name") == ["ann"]
    site.done("SetDistList", f"<distList>{named}<contactID>{bob}</contactID></distList>", HUB)
    assert site.done("LstContact", "<distListName>Team</distListName>", HUB).texts("contact/name") == ["ann", "bob"]
    site.done("SetDistList", f"<distList>{named}<contactID>{ann}</contactID><contactOperation>DELETE</contactOperation></distList>", HUB)
    assert site.done("LstContact", named, HUB).texts("contact/name") == ["bob"]
    assert site.done("LstDistList", role=HUB).texts("distList/desc") == ["All"]
    site.done("SetDistList", f"<distList>{named}<contactOperation>DELETE_ALL</contactOperation></distList>", HUB)
    assert site.call("LstContact", named, HUB).id == "000015"
    assert site.done("LstContact").texts("contact/name") == ["Ines Guest"], "everybody has a book of his own"


def test_the_one_click_meeting(site) -> None:
    assert site.done("GetOneClickSettings").text("metaData/serviceType") == "MeetingCenter"
    site.done("SetupOneClickSettings", "<metaData><serviceType>MeetingCenter</serviceType><sessionType>3</sessionType><confName>At once</confName></metaData><enableOptions><voip>true</voip></enableOptions>")
    site.done("SetupOneClickSettings", "<metaData><serviceType>MeetingCenter</serviceType><sessionType>3</sessionType><confName>Now</confName></metaData>")
    told = site.done("GetOneClickSettings")
    assert (told.text("metaData/confName"), told.text("enableOptions/voip")) == ("Now", "true")


def test_how_an_attendee_joins(site) -> None:
    key = site.done("CreateMeeting", "<metaData><confName>M</confName></metaData><accessControl><meetingPassword>Pass1234</meetingPassword></accessControl>").text("meetingkey")
    person = f"<sessionKey>{key}</sessionKey><attendeeName>Ann</attendeeName><attendeeEmail>ann@example.org</attendeeEmail>"
    assert site.call("GetJoinSessionInfo", f"{person}<sessionPassword>no</sessionPassword>", "attendee").id == "000001"
    told = site.done("GetJoinSessionInfo", f"{person}<sessionPassword>Pass1234</sessionPassword>", "attendee")
    assert told.names()[:4] == ["siteID", "confID", "confName", "attendeeID"]
    assert site.done("LstMeetingAttendee", f"<meetingKey>{key}</meetingKey>").texts("attendee/attendeeId") == [told.text("attendeeID")]


def test_enrolment_and_feedback(site) -> None:
    key = site.data["registered-training-session-key"]
    site.done("RegisterMeetingAttendee", f"<attendees><person><name>Ann Lee</name><email>ann@example.org</email></person><sessionKey>{key}</sessionKey></attendees>")
    told = site.done("GetEnrollmentInfo", f"<sessionKey>{key}</sessionKey>")
    assert told.texts("session/attendee/enrollFields/defaultFields/email") == ["ann@example.org"]
    conference = f"<confID>{told.text('session/confID')}</confID>"
    assert site.done("GetFeedbackInfo", conference).names("session") == ["confID"]
    assert site.call("GetFeedbackInfo", "<confID>1</confID>").id == "060001"


def test_invitations_to_an_event_are_sent_again(site) -> None:
    key = site.data["classic-event-session-key"]
    sent = site.done("SendInvitationEmail", f"<sessionKey>{key}</sessionKey><attendees>true</attendees>")
    assert set(sent.texts("deliveredEmail")) == {"ines.guest@example.org", "karl.guest@example.org"}
    site.set("classic-events", "false")
    assert site.call("SendInvitationEmail", f"<sessionKey>{key}</sessionKey>").id == "010106"


def test_products_accounts_and_opportunities(site) -> None:
    given = "".join(f"<product><name>{name}</name><description>{name} it</description></product>" for name in ("Nut", "Bolt"))
    nut, bolt = site.done("AddProducts", given).texts("prodID")
    site.done("SetProducts", f"<product><prodID>{nut}</prodID><name>Wing nut</name></product>")
    listed = site.done("LstProducts", f"<prodID>{nut}</prodID><prodID>{bolt}</prodID><order><orderBy>NAME</orderBy></order>")
    assert list(zip(listed.texts("product/prodID"), listed.texts("product/name"), strict=True)) == [(bolt, "Bolt"), (nut, "Wing nut")]
    account = site.done("CreateAccount", "<account><name>ACME</name><extAccountID>A-1</extAccountID></account>").text("intAccountID")
    deal = site.done("CreateOpportunity", f"<opportunity><name>Fleet</name><intAccountID>{account}</intAccountID></opportunity>").text("intOpptyID")
    site.done("SetOpportunity", f"<opportunity><name>Whole fleet</name><intOpptyID>{deal}</intOpptyID></opportunity>")
    told = site.done("LstAccounts", "<extAccountID>A-1</extAccountID><returnOppty>true</returnOppty>")
    assert (told.text("account/intAccountID"), told.text("account/opportunity/name")) == (account, "Whole fleet")
    assert site.done("LstOpportunities", f"<intAccountID>{account}</intAccountID>").texts("opportunity/name") == ["Whole fleet"]
    site.done("SetAccount", f"<account><intAccountID>{account}</intAccountID><name>ACME Ltd</name></account>")
    assert site.done("LstAccounts", f"<intAccountID>{account}</intAccountID>").texts("account/name") == ["ACME Ltd"]
    assert site.call("SetAccount", f"<account><intAccountID>{account}</intAccountID></account>", "control-hub-user").id == "000001"


QTI = '<questestinterop><assessment title="Safety"><section><item/><item/></section></assessment></questestinterop>'


def test_tests_of_a_training(site) -> None:
    test = site.done("UploadIMStest", f"<display><allOnePage>true</allOnePage></display>{QTI}").text("testID")
    assert site.done("LstLibTests", role="control-hub-user").texts("libTest/title") == ["Fire safety"]
    site.done("CopyLibTests", f"<testID>{test}</testID><copyToType>SHARE</copyToType>")
    assert site.done("LstLibTests", role="control-hub-user").texts("libTest/title") == ["Fire safety", "Safety"]
    key = site.data["registered-training-session-key"]
    planned = site.done("AddScheduledTest", f"<sessionKey>{key}</sessionKey><testID>{test}</testID>").text("testID")
    how = "<deliveryMethod><website><startDate>01/01/2027 8:0:0</startDate><dueDate>01/02/2027 08:00:00</dueDate></website></deliveryMethod><timeLimit><withinMinutes>20</withinMinutes></timeLimit>"
    site.done("SetScheduledTest", f"<sessionKey>{key}</sessionKey><testID>{planned}</testID>{how}")
    assert site.done("GetTrainingSession", f"<sessionKey>{key}</sessionKey>").texts("test/delivery") == ["IN_SESSION", "WEBSITE"]
    told = site.done("GetTestInformation", f"<testID>{planned}</testID>")
    assert (told.text("numQuestions"), told.text("timeLimit"), told.text("dueDate")) == ("2", "20", "01/02/2027 08:00:00")
    assert site.done("LstScheduledTests", f"<sessionKey>{key}</sessionKey>").texts("test/testID") == ["8", planned]
    site.done("DelScheduledTest", f"<sessionKey>{key}</sessionKey><testID>{planned}</testID>")
    assert site.call("GetTestInformation", f"<testID>{planned}</testID>").id == "000015"
    site.done("DelLibTests", f"<testID>{test}</testID>")
    assert site.done("LstLibTests").texts("libTest/title") == ["Fire safety", "Safety"]


@pytest.mark.parametrize("operation", [*NOT_SERVED, "createPizza"])
def test_what_is_not_served_is_nobodys_fault(site, operation: str) -> None:
    """Not a failed login, not a mistake in the request: 999999 of its own, with the name as the client wrote it."""
    for wrong in ({}, {"password": "Pw-0"}, {"webExID": "nobody"}):
        reply = site.call(operation, **wrong)
        assert reply.id == "999999"
        assert f"The operation {operation} is not supported" in reply.head("reason")


def test_the_command_lists_what_is_served_and_what_is_not(capsys) -> None:
    """Who wrote clients against it found no such list."""
    assert main(["operations"]) == 0
    told = capsys.readouterr().out
    count = len(OPERATIONS) - len(SPELLINGS) - len(LATER)
    assert f"{count} of the 112 operations of 2011, and 6 beyond" in told
    assert "not served: AssignWebACDAgents" in told
    assert count >= 95
    assert not set(NOT_SERVED) & set(OPERATIONS)
