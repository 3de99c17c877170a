"""Users: provisioning under Control Hub rules (41.11) and under classic ones, and who may do what."""

from __future__ import annotations

import json

import pytest

ADMIN = "site-admin"


def created(talk, email: str = "nora.new@example.com", role: str = ADMIN, extra: str = "", **security: str):
    body = f"<firstName>Nora</firstName><lastName>New</lastName><webExId>{email}</webExId><email>{email}</email>{extra}"
    return talk.call("CreateUser", body, role, **security)


def changed(talk, webex_id: str, extra: str, role: str = ADMIN, **security: str):
    return talk.call("SetUser", f"<webExId>{webex_id}</webExId>{extra}", role, **security)


def logs_in(talk, webex_id: str, password: str) -> bool:
    return talk.call("AuthenticateUser", webExID=webex_id, password=password).ok


class TestUnderControlHub:
    """R41.11.0-01..21."""

    def test_a_new_user_waits_for_activation(self, site) -> None:
        reply = created(site, extra="<password>Given-1</password><active>ACTIVATED</active>")
        assert reply.text("userId").isdigit()
        assert site.user("nora.new@example.com").text("active") == "REQUEST_TO_ACTIVATE"
        assert not logs_in(site, "nora.new@example.com", "Given-1")

    def test_somebody_active_in_control_hub_is_active_here(self, site) -> None:
        email = site.data["control-hub-active-email"].split()[0]
        created(site, email, extra="<password>Given-1</password>")
        assert site.user(email).text("active") == "ACTIVATED"
        assert not logs_in(site, email, "Given-1")
        assert not json.loads(site.control("GET", "mail").body), "who is active needs no activation"

    def test_the_address_is_the_identity(self, site) -> None:
        body = "<firstName>N</firstName><lastName>N</lastName><webExId>short</webExId><email>n@example.com</email>"
        site.done("CreateUser", body, ADMIN)
        assert site.user("n@example.com").text("webExId") == "n@example.com"
        assert site.call("GetUser", "<webExId>short</webExId>", ADMIN).id == "030001"
        bare = "<firstName>M</firstName><lastName>M</lastName><email>m@example.com</email>"
        assert site.call("CreateUser", bare, ADMIN).ok

    def test_the_activation_link_verifies_and_sets_the_password(self, site) -> None:
        import re

        from mocksite import HttpRequest

        created(site)
        (mail,) = json.loads(site.control("GET", "mail").body)
        assert mail["to"] == "nora.new@example.com"
        (link,) = re.findall(r"https?://\S+", mail["body"])
        path = "/" + link.split("/", 3)[3]
        assert b"<form" in site.core.handle(HttpRequest("GET", path)).body
        assert site.core.handle(HttpRequest("POST", path, {}, b"password=")).status == 400
        assert site.core.handle(HttpRequest("POST", path, {}, b"password=Chosen-1")).status == 200
        assert site.user("nora.new@example.com").text("active") == "ACTIVATED"
        assert logs_in(site, "nora.new@example.com", "Chosen-1")
        assert site.core.handle(HttpRequest("GET", path[:-3] + "000")).status == 404

    def test_set_user_wakes_only_who_is_verified(self, site) -> None:
        email = site.new_user()
        assert changed(site, email, "<active>ACTIVATED</active>").ok
        assert site.user(email).text("active") == "REQUEST_TO_ACTIVATE"
        site.control("PUT", f"users/{email}", '{"verified": true}')
        assert site.user(email).text("active") == "ACTIVATED"
        changed(site, email, "<active>DEACTIVATED</active>")
        assert site.user(email).text("active") == "DEACTIVATED"
        changed(site, email, "<active>activated</active>")
        assert site.user(email).text("active") == "ACTIVATED"

    def test_password_and_new_webex_id_are_ignored(self, site) -> None:
        account = site.account("control-hub-user")
        body = "<password>Other-1</password><newWebExId>carla</newWebExId>"
        assert changed(site, account["webex_id"], body).ok
        assert logs_in(site, account["webex_id"], account["password"])
        assert not logs_in(site, account["webex_id"], "Other-1")
        assert site.user(account["email"]).text("webExId") == account["webex_id"]

    def test_only_full_administrators_change_an_address(self, site) -> None:
        email = site.new_user()
        new = "<email>nora.other@example.com</email>"
        assert changed(site, email, new, "user-admin").id == "030120"
        host = site.account("host")["webex_id"]
        assert changed(site, host, "<email>hanna.new@example.com</email>", "host").id == "030120"
        user_id = site.user(email).text("userId")
        assert changed(site, email, new).ok
        assert site.user("nora.other@example.com").text("userId") == user_id
        assert site.call("GetUser", f"<webExId>{email}</webExId>", ADMIN).id == "030001"
        assert changed(site, "nora.other@example.com", "<email>NORA.other@example.com</email>", "user-admin").ok, "the same address"

    def test_addresses_that_cannot_be_taken(self, site) -> None:
        email = site.new_user()
        assert changed(site, email, f"<email>{site.data['used-elsewhere-email']}</email>").id == "030118"
        assert changed(site, email, f"<email>{site.account('host')['email']}</email>").id == "030118"
        assert changed(site, email, f"<email>{site.data['outside-organisation-email']}</email>").id == "030117"
        assert created(site, site.data["outside-organisation-email"]).id == "030117"
        assert created(site, email).id == "030004"
        assert changed(site, email, "<email>nonsense</email>").id == "999999"

    def test_the_scope_of_an_access_token(self, site) -> None:
        email = site.new_user()
        assert created(site, "a@example.com", "unscoped-admin").id == "030119"
        assert changed(site, email, "<firstName>X</firstName>", "unscoped-admin").id == "030119"
        token = site.account(ADMIN)["access_token"]
        assert created(site, "a@example.com", ADMIN, accessToken=token).ok
        assert changed(site, email, "<firstName>X</firstName>", ADMIN, accessToken=token).ok
        assert site.call("GetUser", f"<webExId>{email}</webExId>", "unscoped-admin").ok, "reading needs no scope"
        site.set("control-hub-managed", "false")
        assert created(site, "b@example.com", "unscoped-admin").ok, "a classic site knows no scopes"

    def test_del_user_takes_the_licences(self, site) -> None:
        email = site.account("control-hub-user")["email"]
        before = int(site.done("GetSite", role=ADMIN).anywhere("activeUserCount")[0])
        deleted = site.done("DelUser", f"<webExId>{email}</webExId>", ADMIN)
        assert (deleted.text("user/webExId"), deleted.text("user/status")) == (email, "SUCCESS")
        user = site.user(email)
        assert user.text("active") == "DEACTIVATED"
        assert user.text("privilege/host") == "false"
        assert set(user.texts("supportedServices/meetingCenter") + user.texts("supportedServices/eventCenter")) == {"false"}
        assert int(site.done("GetSite", role=ADMIN).anywhere("activeUserCount")[0]) == before - 1
        assert site.call("GetSite", role="control-hub-user").id == "030002"
        assert changed(site, email, "<active>ACTIVATED</active>").ok
        assert site.user(email).text("active") == "ACTIVATED"

    def test_both_names_of_a_classic_user(self, site) -> None:
        account = site.account("classic-era-user")
        for name in (account["webex_id"], account["email"], "JClassic"):
            assert site.call("GetSite", webExID=name, password=account["password"]).ok
            assert site.user(name).text("webExId") == "jclassic"
        hub = site.account("control-hub-user")
        assert not site.call("GetSite", webExID=hub["email"].partition("@")[0], password=hub["password"]).ok

    def test_a_classic_user_keeps_both_names_through_a_conversion(self, site) -> None:
        site.set("control-hub-managed", "false")
        created(site, "kim@example.com", extra="<webExId/>")
        site.done("CreateUser", "<firstName>K</firstName><lastName>K</lastName><webExId>kk</webExId><email>kk@example.com</email>", ADMIN)
        site.set("control-hub-managed", "true")
        assert site.user("kk").text("userId") == site.user("kk@example.com").text("userId")
        assert changed(site, "kk@example.com", "<email>kk2@example.com</email>").ok
        assert site.user("kk2@example.com").text("webExId") == "kk", "the old id stays"
        assert site.done("DelUser", "<webExId>kk</webExId>", ADMIN).ok


class TestUnderClassicRules:
    """Before 41.11, and on sites Control Hub does not manage."""

    @pytest.fixture(params=["41.10.0", "41.12.0"])
    def classic(self, request, make):
        talk = make(request.param)
        talk.set("control-hub-managed", "false" if request.param == "41.12.0" else "true")
        return talk

    def test_what_is_given_counts(self, classic) -> None:
        body = "<firstName>N</firstName><lastName>N</lastName><webExId>nn</webExId><email>n@example.com</email><password>Pw-1</password>"
        classic.done("CreateUser", body, ADMIN)
        assert classic.user("nn").text("active") == "ACTIVATED"
        assert logs_in(classic, "nn", "Pw-1")
        assert not logs_in(classic, "n@example.com", "Pw-1")
        assert changed(classic, "nn", "<newWebExId>mm</newWebExId><password>Pw-2</password><email>m@example.com</email>", webExID="nn", password="Pw-1").ok
        assert logs_in(classic, "mm", "Pw-2")
        assert classic.user("mm").text("email") == "m@example.com"
        assert not json.loads(classic.control("GET", "mail").body)

    def test_active_counts_too(self, classic) -> None:
        email = classic.new_user(active="DEACTIVATED")
        assert classic.user(email).text("active") == "DEACTIVATED"
        changed(classic, email, "<active>ACTIVATED</active>")
        assert classic.user(email).text("active") == "ACTIVATED"
        assert created(classic, "x@example.com", extra="<active>SLEEPING</active>").id == "999999"

    def test_names_and_addresses_are_unique(self, classic) -> None:
        email = classic.new_user()
        assert created(classic, email).id == "030004"
        body = f"<firstName>N</firstName><lastName>N</lastName><webExId>other</webExId><email>{email}</email>"
        assert classic.call("CreateUser", body, ADMIN).id == "030005"
        assert changed(classic, "jclassic", f"<newWebExId>{email}</newWebExId>").id == "030004"
        assert changed(classic, "jclassic", f"<email>{email}</email>").id == "030005"
        assert classic.call("CreateUser", "<firstName>N</firstName><lastName>N</lastName><email>q@example.com</email>", ADMIN).id == "999999"

    def test_del_user_keeps_the_licences(self, classic) -> None:
        email = classic.account("control-hub-user")["webex_id"]
        classic.done("DelUser", f"<webExId>{email}</webExId>", ADMIN)
        user = classic.user(email)
        assert (user.text("active"), user.text("privilege/host")) == ("DEACTIVATED", "true")


class TestPins:
    """R41.5.0-01..09."""

    @pytest.mark.parametrize("room", ["true", "false"])
    @pytest.mark.parametrize("privilege", ["host", "siteAdmin", "roSiteAdmin", "umSiteAdmin"])
    def test_every_host_gets_one_from_41_5(self, site, privilege: str, room: str) -> None:
        site.set("administrator-roles", '"given"')
        created(site, extra=f"<privilege><{privilege}>true</{privilege}><isEnablePMR>{room}</isEnablePMR></privilege>")
        pin = site.user("nora.new@example.com").text("phones/hostPIN")
        assert len(pin) == 4
        assert pin.isdigit()

    def test_a_site_without_rooms_gives_none(self, site) -> None:
        site.set("personal-meeting-rooms", "false")
        for name, room, taken in (("nora", "true", False), ("nils", "false", True)):
            body = f"<privilege><isEnablePMR>{room}</isEnablePMR></privilege>"
            assert created(site, f"{name}.new@example.com", extra=body).ok is taken

    def test_before_only_with_a_room(self, make) -> None:
        old = make("41.4.0")
        for room in ("true", "false"):
            email = f"{room}@example.com"
            created(old, email, extra=f"<privilege><isEnablePMR>{room}</isEnablePMR></privilege>")
            assert old.user(email).anywhere("hostPIN") == (old.user(email).texts("personalMeetingRoom/hostPIN"))
            assert bool(old.user(email).anywhere("hostPIN")) is (room == "true")

    def test_an_attendee_gets_none(self, site) -> None:
        created(site, extra="<privilege><attendeeOnly>true</attendeeOnly></privilege>")
        assert "hostPIN" not in site.user("nora.new@example.com").names("phones")

    def test_the_room_wins_and_the_option_decides(self, site) -> None:
        email = site.new_user()
        changed(site, email, "<phones><hostPIN>4821</hostPIN></phones>")
        assert site.user(email).text("phones/hostPIN") == "4821"
        changed(site, email, "<phones><hostPIN>1111</hostPIN></phones><personalMeetingRoom><hostPIN>7350</hostPIN></personalMeetingRoom>")
        assert site.user(email).text("phones/hostPIN") == "7350"
        site.set("start-meeting-from-phone", "false")
        changed(site, email, "<phones><hostPIN>2222</hostPIN></phones>")
        assert "hostPIN" not in site.user(email).names("phones")
        site.set("start-meeting-from-phone", "true")
        assert site.user(email).text("phones/hostPIN") == "7350"


@pytest.mark.parametrize(
    ("text", "webex", "tsp", "stored"),
    [
        ("41.2.0", "true", "true", True),
        ("41.2.0", "true", "false", True),
        ("41.2.0", "false", "false", False),
        ("41.1.0", "false", "false", True),
        ("41.1.0", "true", "true", False),
    ],
)
def test_hybrid_voip(make, text: str, webex: str, tsp: str, stored: bool) -> None:
    """R41.2.0-03..08."""
    talk = make(text)
    talk.set("webex-telephony", webex)
    talk.set("tsp-telephony-api", tsp)
    wish = "<privilege><cmrHybridVoip>true</cmrHybridVoip></privilege>"
    assert created(talk, extra=wish).ok
    assert talk.user("nora.new@example.com").text("privilege/cmrHybridVoip") == str(stored).lower()
    assert changed(talk, "rosa.room@example.com", wish).ok
    assert talk.user("rosa.room@example.com").text("privilege/cmrHybridVoip") == str(stored).lower()


def test_kinds_of_user(site) -> None:
    def shown(key: str, path: str) -> list[str]:
        return site.user(site.data[key]).texts(path)

    assert shown("large-event-user-webex-id", "largeEventCapacity") == ["3000"]
    assert shown("no-events-user-webex-id", "largeEventCapacity") == ["0"]
    assert shown("free-user-webex-id", "freeAccount") == ["true"]
    assert shown("paying-user-webex-id", "freeAccount") == ["false"]
    assert shown("assistant-user-webex-id", "webexAssistantEnabled") == ["true"]
    assert shown("no-assistant-user-webex-id", "webexAssistantEnabled") == ["false"]
    assert shown("room-user-webex-id", "personalMeetingRoom/personalMeetingRoomURL")
    assert not shown("no-room-user-webex-id", "personalMeetingRoom")
    assert shown("no-room-user-webex-id", "phones/hostPIN")


def test_what_was_set_is_shown(site) -> None:
    email = site.new_user()
    body = (
        "<title>Chief</title><company>Example</company><address><city>Göteborg</city></address><phones><phone>46,31,555,,,,</phone></phones>"
        "<timeZoneID>25</timeZoneID><languageID>7</languageID><options><supportApp>FALSE</supportApp></options>"
        "<personalMeetingRoom><title>My place</title><welcomeMessage>Hi</welcomeMessage></personalMeetingRoom><personalUrl>nn</personalUrl>"
        "<tracking><trackingCode3>T3</trackingCode3></tracking><meetingTypes><meetingType>3</meetingType></meetingTypes>"
    )
    assert changed(site, email, body).ok
    user = site.user(email)
    for path, value in {
        "title": "Chief",
        "company": "Example",
        "address/city": "Göteborg",
        "phones/phone": "46,31,555,,,,",
        "timeZoneID": "25",
        "timeZone": "GMT+01:00, Europe (Berlin)",
        "languageID": "7",
        "options/supportApp": "false",
        "personalMeetingRoom/title": "My place",
        "personalMeetingRoom/welcomeMessage": "Hi",
        "personalUrl": "nn",
        "tracking/trackingCode3": "T3",
    }.items():
        assert user.text(path) == value
    assert user.texts("meetingTypes/meetingType") == ["3"]
    assert changed(site, email, "<timeZoneID>99</timeZoneID>").id == "999999"


def test_who_may_manage_users(site) -> None:
    email = site.new_user()
    for role in ("host", "attendee", "read-only-admin"):
        assert created(site, "x@example.com", role).id == "000001"
        assert changed(site, email, "<firstName>X</firstName>", role).id == "000001"
        assert site.call("DelUser", f"<webExId>{email}</webExId>", role).id == "000001"
    assert created(site, "x@example.com", "user-admin").ok
    assert changed(site, email, "<firstName>X</firstName>", "user-admin").ok
    for role, allowed in (("host", False), ("attendee", False), ("read-only-admin", True), ("user-admin", True)):
        assert site.call("GetUser", f"<webExId>{email}</webExId>", role).ok is allowed
        assert site.call("LstsummaryUser", role=role).ok is allowed
        mine = site.account(role)["webex_id"]
        assert site.call("GetUser", f"<webExId>{mine}</webExId>", role).ok


def test_nobody_promotes_himself(site) -> None:
    site.control("PUT", "settings/names-owned-by-control-hub", "false")
    host = site.account("host")["webex_id"]
    assert changed(site, host, "<privilege><siteAdmin>true</siteAdmin></privilege><firstName>H</firstName>", "host").ok
    user = site.user(host)
    assert (user.text("privilege/siteAdmin"), user.text("firstName")) == ("false", "H")


def test_del_user_takes_up_to_fifty(site) -> None:
    for number in range(3):
        site.new_user(email=f"u{number}@example.com")
    ids = "".join(f"<webExId>u{number}@example.com</webExId>" for number in range(3)) + "<webExId>ghost</webExId>"
    reply = site.done("DelUser", ids, ADMIN)
    assert reply.texts("user/status") == ["SUCCESS", "SUCCESS", "SUCCESS", "FAILURE"]
    assert site.call("DelUser", "<webExId>ghost</webExId>", ADMIN).id == "030001"
    assert site.call("DelUser", "", ADMIN).id == "999999"
    assert site.call("DelUser", "<webExId>x</webExId>" * 51, ADMIN).id == "999999"
    fifty = "".join(f"<webExId>u{number}@example.com</webExId>" for number in range(50))
    assert len(site.done("DelUser", fifty, ADMIN).all("user")) == 50


def test_lists_of_users(site) -> None:
    reply = site.done("LstsummaryUser", "<order><orderBy>EMAIL</orderBy><orderAD>DESC</orderAD></order>", ADMIN)
    emails = reply.texts("user/email")
    assert emails == sorted(emails, reverse=True)
    assert reply.names()[-1] == "matchingRecords"
    assert site.done("LstsummaryUser", "<email>jana.classic@example.com</email>", ADMIN).texts("user/webExId") == ["jclassic"]
    assert site.done("LstsummaryUser", "<firstName>jan</firstName>", ADMIN).texts("user/webExId") == ["jclassic"]
    site.done("DelUser", "<webExId>jclassic</webExId>", ADMIN)
    assert site.done("LstsummaryUser", "<active>DEACTIVATED</active>", ADMIN).texts("user/webExId") == ["jclassic"]
    scope = "<dataScope><regDateStart>01/01/2020 00:00:00</regDateStart><regDateEnd>01/02/2020 00:00:00</regDateEnd></dataScope>"
    assert site.call("LstsummaryUser", scope, ADMIN).id == "000015"
    long = "<modifiedDateStart>01/01/2026 00:00:00</modifiedDateStart><modifiedDateEnd>09/01/2026 00:00:00</modifiedDateEnd>"
    assert site.call("LstsummaryUser", long, ADMIN).head("reason") == "Maximum date range is 90 days for modified date query"
