"""Logins and lists: tickets, tokens, paging, order, zones (sources.md, Authentication and Lists)."""

from __future__ import annotations

import pytest

from mocksite.model.timezones import ZONES
from mocksite.protocol.dates import zone


def control(start: int | str = "", count: int | str = "", method: str = "") -> str:
    parts = {"startFrom": start, "maximumNum": count, "listMethod": method}
    return "<listControl>" + "".join(f"<{k}>{v}</{k}>" for k, v in parts.items() if v != "") + "</listControl>"


class TestLogins:
    def test_a_wrong_password_is_030002(self, site) -> None:
        reply = site.call("GetSite", password="wrong")
        assert (reply.id, reply.head("reason")) == ("030002", "Incorrect user or password")
        assert site.call("GetSite", webExID="nobody", password="x").id == "030001"
        assert site.call("GetSite", webExID="", password="x").id == "030002"
        assert site.call("GetSite", siteName="mocksite").id == "030002", "no credential at all"
        upper = site.account("host")["password"].upper()
        assert site.call("GetSite", password=upper).id == "030002"

    def test_every_credential_logs_in(self, site) -> None:
        account = site.account("host")
        ticket = site.done("AuthenticateUser").text("sessionTicket")
        for credential in (
            {"password": account["password"]},
            {"webExAccessToken": account["webex_access_token"]},
            {"accessToken": account["access_token"]},
            {"sessionTicket": ticket},
        ):
            assert site.call("GetSite", **credential).ok
            (name,) = credential
            assert site.call("GetSite", **{name: "nonsense"}).id == ("030047" if name == "sessionTicket" else "030002")

    def test_an_address_may_stand_for_the_webex_id(self, site) -> None:
        account = site.account("host")
        assert site.call("GetSite", webExID="", email=account["email"], password=account["password"]).ok
        guest = site.call("GetSite", email="guest@example.org", password=account["password"])
        assert guest.ok, "beside a webExID the address is of somebody else"

    def test_a_ticket_belongs_to_one_user_and_expires(self, site) -> None:
        reply = site.done("AuthenticateUser")
        ticket = reply.text("sessionTicket")
        assert reply.text("createTime") == str(int(site.clock.now) * 1000)
        assert reply.text("timeToLive") == "5400"
        assert site.call("GetSite", role="site-admin", sessionTicket=ticket).id == "030047"
        site.clock.now += 5399
        assert site.call("GetSite", sessionTicket=ticket).ok
        site.clock.now += 1
        stale = site.call("GetSite", sessionTicket=ticket)
        assert (stale.id, stale.head("reason")) == ("030047", "Not a valid session ticket")

    def test_a_ticket_dies_with_its_user(self, site) -> None:
        ticket = site.done("AuthenticateUser", role="control-hub-user").text("sessionTicket")
        webex_id = site.account("control-hub-user")["webex_id"]
        site.done("DelUser", f"<webExId>{webex_id}</webExId>", "site-admin")
        site.done("SetUser", f"<webExId>{webex_id}</webExId><active>ACTIVATED</active>", "site-admin")
        assert site.call("GetSite", role="control-hub-user", sessionTicket=ticket).id == "030047"

    def test_saml_is_refused(self, site) -> None:
        assert site.call("AuthenticateUser", "<samlResponse>PHNhbWw+</samlResponse>").id == "999999"

    def test_access_tokens_log_in_from_41_11_on(self, make) -> None:
        old = make("41.10.0")
        token = old.account("host")["access_token"]
        assert old.call("GetSite", accessToken=token).id == "999999"
        assert old.call("GetSite", accessToken=token, password=old.account("host")["password"]).ok
        body = f"<accessToken>{token}</accessToken>"
        assert old.call("AuthenticateUser", body, siteName="mocksite").ok, "AuthenticateUser took them before"

    def test_get_api_version_needs_no_login(self, site) -> None:
        assert site.call("GetAPIVersion", webExID="", siteName="mocksite").ok


def planned(talk) -> int:
    """How many sessions every mock has scheduled."""
    return int(talk.done("LstsummarySession", role="site-admin").text("matchingRecords/total"))


class TestPaging:
    def test_a_client_that_pages_sees_everything_once(self, make) -> None:
        site = make(meetings=95)
        seen: list[str] = []
        start = 1
        while True:
            reply = site.done("LstsummarySession", control(start, 20), "site-admin")
            page = reply.texts("session/sessionKey")
            assert reply.text("matchingRecords/returned") == str(len(page))
            assert reply.text("matchingRecords/startFrom") == str(start)
            seen += page
            start += len(page)
            if len(page) < 20:
                break
        assert len(seen) == len(set(seen)) == int(reply.text("matchingRecords/total")) == 95 + planned(make())

    def test_past_the_end_and_odd_numbers(self, site) -> None:
        total = int(site.done("LstsummaryMeeting").text("matchingRecords/total"))
        assert site.call("LstsummaryMeeting", control(total + 1)).id == "000015"
        for start in (0, -3, 1, ""):
            assert site.done("LstsummaryMeeting", control(start)).text("matchingRecords/startFrom") == "1"
        assert site.done("LstsummaryMeeting", control(1, 1)).text("matchingRecords/returned") == "1"
        for count in (0, -1):
            assert site.done("LstsummaryMeeting", control(1, count)).text("matchingRecords/returned") == str(total)
        assert site.call("LstsummaryMeeting", control("first")).id == "999999"
        assert site.call("LstsummaryMeeting", control(1, 1, "XOR")).id == "999999"

    def test_pages_have_a_ceiling(self, make) -> None:
        site = make(users=1200)
        assert site.done("LstsummaryUser", role="site-admin").text("matchingRecords/returned") == "500"
        assert site.done("LstsummaryUser", control(1, 5000), "site-admin").text("matchingRecords/returned") == "1000"
        assert site.done("LstsummaryUser", control(1001, 5000), "site-admin").text("matchingRecords/returned") == "200"

    def test_an_empty_list_is_000015(self, site) -> None:
        for operation in ("LstsummaryMeeting", "LstsummarySession", "LstsummaryEvent", "LstRecording", "LstsummaryProgram"):
            reply = site.call(operation, role="attendee")
            assert reply.id == "000015"
            assert "no record found" in reply.head("reason")


class TestOrder:
    @pytest.mark.parametrize(
        "order",
        [
            "<orderBy>HOSTWEBEXID</orderBy><orderBy>CONFNAME</orderBy><orderAD>ASC</orderAD><orderAD>DESC</orderAD>",
            "<orderBy>HOSTWEBEXID</orderBy><orderAD>ASC</orderAD><orderBy>CONFNAME</orderBy><orderAD>DESC</orderAD>",
            "<orderAD>asc</orderAD><orderBy>hostwebexid</orderBy><orderAD>desc</orderAD><orderBy>confname</orderBy>",
        ],
        ids=["grouped", "interleaved", "directions first"],
    )
    def test_keys_and_directions_pair_up(self, site, order: str) -> None:
        reply = site.done("LstsummarySession", f"<order>{order}</order>", "site-admin")
        rows = list(zip(reply.texts("session/hostWebExID"), reply.texts("session/confName"), strict=True))
        for host in {host for host, _ in rows}:
            names = [name for one, name in rows if one == host]
            assert names == sorted(names, reverse=True)

    def test_dates_both_ways(self, site) -> None:
        up = site.done("LstsummaryEvent", "<order><orderBy>STARTTIME</orderBy></order>").texts("event/sessionKey")
        down = site.done("LstsummaryEvent", "<order><orderBy>STARTTIME</orderBy><orderAD>DESC</orderAD></order>").texts("event/sessionKey")
        assert up == down[::-1]
        assert site.call("LstsummaryEvent", "<order><orderBy>COLOUR</orderBy></order>").id == "999999"
        assert site.call("LstsummaryEvent", "<order><orderBy>STARTTIME</orderBy><orderAD>UP</orderAD></order>").id == "999999"


class TestScopes:
    START = "<dateScope><startDateStart>{}</startDateStart><startDateEnd>{}</startDateEnd>{}</dateScope>"

    def made(self, site, when: str, zone_id: int) -> str:
        schedule = f"<schedule><startDate>{when}</startDate><timeZoneID>{zone_id}</timeZoneID><duration>60</duration></schedule>"
        return site.done("CreateMeeting", f"<metaData><confName>Z</confName></metaData>{schedule}").text("meetingkey")

    @pytest.mark.parametrize(
        ("when", "zone_id", "there", "elsewhere"),
        [
            ("07/01/2027 09:00:00", 4, 20, "07/01/2027 17:00:00"),  # summer in both
            ("12/01/2027 09:00:00", 4, 20, "12/01/2027 17:00:00"),  # winter in both
            ("03/20/2027 09:00:00", 4, 20, "03/20/2027 16:00:00"),  # summer in California only
            ("07/01/2027 09:00:00", 11, 45, "07/01/2027 21:00:00"),  # no summer time in China
            ("01/15/2027 09:00:00", 55, 25, "01/14/2027 23:00:00"),  # Australian summer
            ("07/01/2027 09:00:00", 41, 20, "07/01/2027 04:30:00"),  # half hours
        ],
    )
    def test_times_move_between_zones_with_summer_time(self, site, when, zone_id, there, elsewhere) -> None:
        key = self.made(site, when, zone_id)
        scope = f"<dateScope><timeZoneID>{there}</timeZoneID></dateScope><sessionKey>{key}</sessionKey>"
        reply = site.done("LstsummarySession", scope)
        assert (reply.text("session/startTime"), reply.text("session/timeZoneID")) == (elsewhere, str(there))
        assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("schedule/startDate") == when
        around = self.START.format(elsewhere, elsewhere, f"<timeZoneID>{there}</timeZoneID>")
        assert site.done("LstsummaryMeeting", around).texts("meeting/meetingKey") == [key]

    def test_without_a_zone_times_are_gmt(self, site) -> None:
        key = self.made(site, "12/01/2027 09:00:00", 4)
        assert site.done("LstsummarySession", f"<sessionKey>{key}</sessionKey>").text("session/startTime") == "12/01/2027 17:00:00"

    def test_ends_count_too(self, site) -> None:
        key = self.made(site, "12/01/2027 09:00:00", 20)
        scope = "<dateScope><endDateStart>12/01/2027 10:00:00</endDateStart><endDateEnd>12/01/2027 10:00:00</endDateEnd></dateScope>"
        assert site.done("LstsummaryMeeting", scope).texts("meeting/meetingKey") == [key]

    def test_and_and_or(self, site) -> None:
        key = self.made(site, "12/01/2027 09:00:00", 20)
        scope = self.START.format("12/01/2027 00:00:00", "12/02/2027 00:00:00", "")
        name = "<confName>Design</confName>"
        assert site.call("LstsummarySession", scope + name).id == "000015"
        both = site.done("LstsummarySession", control(1, 50, "OR") + scope + name)
        assert set(both.texts("session/confName")) == {"Z", "Design review"}
        assert key in both.texts("session/sessionKey")

    def test_open_scopes_and_bad_dates(self, site) -> None:
        self.made(site, "12/01/2027 09:00:00", 20)
        late = "<dateScope><startDateStart>11/1/2027 0:0:0</startDateStart><startDateEnd/></dateScope>"
        assert site.done("LstsummaryMeeting", late).texts("meeting/confName") == ["Z"]
        bad = "<dateScope><startDateStart>2027-11-01T00:00:00Z</startDateStart></dateScope>"
        assert site.call("LstsummaryMeeting", bad).id == "999999"


class TestZones:
    def test_the_table(self) -> None:
        assert [one.id for one in ZONES] == list(range(62))
        assert {one.id: one.place for one in ZONES}.items() >= {4: "San Jose", 11: "New York", 20: "London", 25: "Berlin", 45: "Beijing"}.items()

    @pytest.mark.parametrize("zone_id", [0, 4, 11, 15, 20, 25, 41, 45, 52, 55, 60])
    def test_there_and_back(self, zone_id: int) -> None:
        place = zone(zone_id)
        for moment in range(1_790_000_000, 1_830_000_000, 777_777):
            assert place.to_utc(place.to_wall(moment)) in {moment, moment - 3600}

    def test_days_of_change(self) -> None:
        import calendar

        def at(*when: int) -> int:
            return calendar.timegm((*when, 0, 0, 0))

        assert zone(4).offset(at(2027, 3, 14, 9)) == -480
        assert zone(4).offset(at(2027, 3, 14, 10)) == -420
        assert zone(4).offset(at(2027, 11, 7, 8)) == -420
        assert zone(4).offset(at(2027, 11, 7, 9)) == -480
        assert zone(25).offset(at(2027, 3, 28, 0)) == 60
        assert zone(25).offset(at(2027, 3, 28, 1)) == 120
        assert zone(60).offset(at(2027, 1, 1, 0)) == 780
        assert zone(-1) is zone(4)

    def test_the_operation(self, site) -> None:
        one = site.done("LstTimeZone", "<timeZoneID>4</timeZoneID><date>07/01/2027 00:00:00</date>")
        assert one.text("timeZone/gmtOffset") == "-420"
        assert one.text("timeZone/fallInDST") == "true"
        assert one.text("timeZone/description") == "GMT-07:00, Pacific (San Jose)"
        early = site.done("LstTimeZone", "<timeZoneID>4</timeZoneID><date>03/14/2027 09:59:00</date>")
        assert early.text("timeZone/fallInDST") == "false", "the date is one of Greenwich"
        assert len(site.done("LstTimeZone").all("timeZone")) == 62
        assert site.call("LstTimeZone", "<timeZoneID>99</timeZoneID>").id == "999999"
