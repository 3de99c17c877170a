"""A scheduler in a CRM (old PHP style) and one in a ticket system: schedule, invite, show links, move, cancel."""

from __future__ import annotations

import pytest

from tests.mocksite.clients.wire import Wire, between


class Crm:
    """Unprefixed root, ISO-8859-1 declared, siteID and partnerID beside siteName, reads literal tags."""

    def __init__(self, wire: Wire, site_id: int) -> None:
        self._wire = wire
        host = wire.account("host")
        self._security = (
            f"<webExID>{host['webex_id']}</webExID><password>{host['password']}</password>"
            f"<siteID>{site_id}</siteID><siteName>mocksite</siteName><partnerID>webexpartner</partnerID>"
        )

    def ask(self, service: str, operation: str, body: str) -> str:
        return self._wire.post(
            '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
            '<message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            f"   <header>\n    <securityContext>{self._security}</securityContext></header>\n   <body>\n      <bodyContent\n"
            f'          xsi:type="java:com.webex.service.binding.{service}.{operation}">{body}</bodyContent>\n   </body>\n</message>\n',
            "iso-8859-1",
        )


@pytest.fixture()
def crm(server):
    wire = Wire(server, "application/x-www-form-urlencoded")
    yield Crm(wire, server.core.main.identity.site_id)
    wire.close()


def test_a_call_in_a_crm(crm) -> None:
    made = crm.ask(
        "meeting",
        "CreateMeeting",
        "<accessControl><meetingPassword>Crm-1234</meetingPassword></accessControl>"
        "<metaData><confName>Call with Zoë</confName><agenda>Prices</agenda></metaData>"
        "<participants><maxUserNumber>0</maxUserNumber><attendees>\n</attendees></participants>"
        "<enableOptions><chat>true</chat><poll>true</poll><audioVideo>true</audioVideo></enableOptions>"
        "<schedule><startDate>12/01/2027 10:00:00</startDate><openTime></openTime>"
        "<joinTeleconfBeforeHost>true</joinTeleconfBeforeHost><duration>60</duration><timeZoneID>4</timeZoneID></schedule>"
        "<telephony><telephonySupport>CALLIN</telephonySupport><extTelephonyDescription>\n</extTelephonyDescription></telephony>",
    )
    assert between(made, "serv:result") == ["SUCCESS"]
    assert made.startswith('<?xml version="1.0" encoding="ISO-8859-1"?>')
    (key,) = between(made, "meet:meetingkey")
    assert between(made, "serv:host")[0].startswith("https://")

    person = (
        "<role>ATTENDEE</role><person><name>Jim Kirk</name><address><addressType>PERSONAL</addressType></address>"
        f"<email>jim@example.org</email><type>VISITOR</type></person><sessionKey>{key}</sessionKey>"
    )
    invited = crm.ask("attendee", "CreateMeetingAttendee", person)
    (attendee,) = between(invited, "att:attendeeId")

    (host_url,) = between(crm.ask("meeting", "GethosturlMeeting", f"<sessionKey>{key}</sessionKey>"), "meet:hostMeetingURL")
    joined = crm.ask("meeting", "GetjoinurlMeeting", f"<sessionKey>{key}</sessionKey><attendeeName>Jim Kirk</attendeeName>")
    assert host_url.startswith("https://")
    assert between(joined, "meet:joinMeetingURL")[0].startswith("https://")

    changed = crm.ask(
        "meeting",
        "SetMeeting",
        "<metaData><confName>Call moved</confName></metaData><schedule><startDate>12/02/2027 11:00:00</startDate>"
        f"<duration>30</duration><timeZoneID>4</timeZoneID></schedule><meetingkey>{key}</meetingkey>",
    )
    assert between(changed, "serv:result") == ["SUCCESS"]
    shown = crm.ask("meeting", "GetMeeting", f"<meetingKey>{key}</meetingKey>")
    assert between(shown, "meet:startDate") == ["12/02/2027 11:00:00"]
    assert between(shown, "com:email") == ["jim@example.org"]

    listed = crm.ask(
        "meeting",
        "LstsummaryMeeting",
        "<listControl><startFrom>1</startFrom><maximumNum>10</maximumNum><listMethod>OR</listMethod></listControl>"
        "<order><orderBy>HOSTWEBEXID</orderBy><orderAD>ASC</orderAD><orderBy>CONFNAME</orderBy><orderAD>ASC</orderAD>"
        "<orderBy>STARTTIME</orderBy><orderAD>ASC</orderAD></order>",
    )
    assert "Call moved" in between(listed, "meet:confName")
    assert between(listed, "serv:returned") == between(listed, "serv:total")

    assert between(crm.ask("attendee", "DelMeetingAttendee", f"<attendeeID>{attendee}</attendeeID>"), "serv:result") == ["SUCCESS"]
    assert between(crm.ask("meeting", "DelMeeting", f"<meetingKey>{key}</meetingKey>"), "serv:result") == ["SUCCESS"]
    gone = crm.ask("meeting", "GetMeeting", f"<meetingKey>{key}</meetingKey>")
    assert between(gone, "serv:reason") == ["Corresponding Meeting not found"]


def test_a_meeting_from_a_ticket(server) -> None:
    """A ticket-system app: short LstTimeZone for its menu, TRUE in capitals, a date scope to look for clashes."""
    wire = Wire(server)
    host = wire.account("host")

    def ask(kind: str, body: str = "") -> str:
        return wire.post(
            '<?xml version="1.0" encoding="utf-8"?>\n        <serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            'xmlns:serv="http://www.webex.com/schemas/2002/06/service">\n<header><securityContext>'
            f"<webExID>{host['webex_id']}</webExID><password>{host['password']}</password><siteName>mocksite</siteName>"
            f'</securityContext></header><body>\n<bodyContent xsi:type="{kind}">{body}</bodyContent></body></serv:message>'
        )

    zones = ask("site.LstTimeZone")
    assert len(between(zones, "ns1:timeZoneID")) == len(between(zones, "ns1:description")) == 62
    made = ask(
        "java:com.webex.service.binding.meeting.CreateMeeting",
        "<accessControl><meetingPassword>Tick-123</meetingPassword></accessControl>"
        "<metaData><confName>#10132 Printer on fire</confName></metaData>"
        "<telephony><telephonySupport>CALLIN</telephonySupport><intlLocalCallIn>TRUE</intlLocalCallIn><tollFree>TRUE</tollFree></telephony>"
        "<attendeeOptions><emailInvitations>TRUE</emailInvitations></attendeeOptions>"
        "<schedule><startDate>12/05/2027 13:00:00</startDate><duration>60</duration><timeZoneID>7</timeZoneID></schedule>"
        "<participants><attendees><attendee><person><email>a@example.org</email></person></attendee>"
        "<attendee><person><email>b@example.org</email></person></attendee></attendees></participants>",
    )
    (key,) = between(made, "meet:meetingkey")
    found = ask(
        "java:com.webex.service.binding.meeting.LstsummaryMeeting",
        "<dateScope><startDateStart>12/05/2027 13:00:00</startDateStart><startDateEnd>12/05/2027 14:00:00</startDateEnd>"
        "<endDateStart>12/05/2027 13:00:00</endDateStart><endDateEnd>12/05/2027 14:00:00</endDateEnd><timeZoneID>7</timeZoneID></dateScope>",
    )
    assert between(found, "meet:meetingKey") == [key]
    wire.close()


def test_an_instant_meeting_with_blanks_before_the_declaration(server) -> None:
    """A Node tutorial: the document begins with a line break, serv is unbound, the session is found by name later."""
    wire = Wire(server, None)
    host = wire.account("host")
    made = wire.post(
        '\n<?xml version="1.0" encoding="UTF-8"?> \n<serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\t\n'
        f"<header><securityContext><webExID>{host['webex_id']}</webExID><password>{host['password']}</password>"
        '<siteName>mocksite</siteName></securityContext></header><body><bodyContent xsi:type="java:com.webex.service.binding.meeting.CreateMeeting">'
        "<accessControl><meetingPassword>mp-123!</meetingPassword></accessControl><metaData><confName>Sample Meeting</confName></metaData>"
        "<schedule><startDate>12/02/2027 14:15:00</startDate></schedule></bodyContent></body></serv:message>\n\n"
    )
    assert between(made, "meet:meetingPassword") == ["mp-123!"]
    wire.close()
