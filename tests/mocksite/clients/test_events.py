"""An event platform: makes an event, registers people in batches of fifty, lists them by pages, reads who came."""

from __future__ import annotations

from lxml import etree

from tests.mocksite.conftest import SPACES
from tests.mocksite.clients.wire import Wire

NS = {prefix: f"{{{uri}}}" for prefix, uri in SPACES.items()}


class Platform:
    """Builds documents with an unbound serv, and reads replies by namespace with a strict parser."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        host = wire.account("host")
        self._security = (
            f"<webExID>{host['webex_id']}</webExID><password>{host['password']}</password><siteName>mocksite</siteName>"
        )

    def ask(self, service: str, operation: str, body: str) -> etree._Element | None:
        text = self._wire.post(
            '\n<?xml version="1.0" encoding="UTF-8"?>\n<serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            f"<header><securityContext>{self._security}</securityContext></header>\n<body>\n"
            f'<bodyContent xsi:type= "java:com.webex.service.binding.{service}.{operation}">{body}</bodyContent>\n</body>\n</serv:message>'
        )
        root = etree.fromstring(text.encode())
        if root.findtext("serv:header/serv:response/serv:result", namespaces=SPACES) == "SUCCESS":
            return root.find("serv:body/serv:bodyContent", SPACES)
        assert root.findtext("serv:header/serv:response/serv:exceptionID", namespaces=SPACES) == "000015"
        return None


def test_an_event_from_first_to_last(server) -> None:
    wire = Wire(server, None)
    platform = Platform(wire)
    made = platform.ask(
        "event",
        "CreateEvent",
        "<accessControl><listing>PUBLIC</listing><sessionPassword>0000</sessionPassword></accessControl>"
        "<schedule><startDate>12/01/2027 10:00:00</startDate><duration>60</duration><timeZoneID>11</timeZoneID></schedule>"
        "<metaData><sessionName>Webinar &amp; more</sessionName><description>&lt;b&gt;All&lt;/b&gt;</description></metaData>",
    )
    key = made.findtext(f"{NS['event']}sessionKey")
    body = (
        f"<event:sessionKey>{key}</event:sessionKey><metaData><sessionName>Webinar, renamed</sessionName></metaData>"
        "<accessControl><listing>UNLISTED</listing></accessControl>"
    )
    assert platform.ask("event", "SetEvent", body) is not None
    shown = platform.ask("event", "GetEvent", f"<sessionKey>{key}</sessionKey>")
    assert shown.findtext("event:metaData/event:sessionName", namespaces=SPACES) == "Webinar, renamed"
    assert shown.findtext("event:metaData/event:description", namespaces=SPACES) == "<b>All</b>"

    person = (
        "<attendees><person><firstName>P{0}</firstName><lastName>Guest</lastName><address><addressType>PERSONAL</addressType></address>"
        "<email>p{0}@example.org</email><type>VISITOR</type></person><sessionKey>{1}</sessionKey><joinStatus>ACCEPT</joinStatus></attendees>"
    )
    ids = []
    for start in range(0, 120, 50):
        batch = "\n".join(person.format(number, key) for number in range(start, min(start + 50, 120)))
        registered = platform.ask("attendee", "RegisterMeetingAttendee", batch)
        ids += [node.findtext(f"{NS['att']}attendeeID") for node in registered.iter(f"{NS['att']}register")]
    assert len(set(ids)) == 120

    seen, start = [], 1
    while True:
        page = f"<meetingKey>{key}</meetingKey><listControl><startFrom>{start}</startFrom><maximumNum>50</maximumNum></listControl>"
        listed = platform.ask("attendee", "LstMeetingAttendee", page)
        rows = listed.findall(f"{NS['att']}attendee")
        seen += [row.find(f"{NS['att']}person").findtext(f"{NS['com']}email") for row in rows]
        total = int(listed.find(f"{NS['att']}matchingRecords").findtext(f"{NS['serv']}total"))
        start += len(rows)
        if len(seen) >= total:
            break
    assert len(set(seen)) == 120

    gone = f"<attendeeEmail><email>p7@example.org</email><sessionKey>{key}</sessionKey></attendeeEmail>"
    assert platform.ask("attendee", "DelMeetingAttendee", gone) is not None
    listed = platform.ask("event", "LstsummaryEvent", f"<sessionKey>{key}</sessionKey><attendeeStats>true</attendeeStats>")
    assert listed.findtext("event:event/event:attendeeCount/event:estEnrollment", namespaces=SPACES) == "119"

    assert platform.ask("history", "LsteventattendeeHistory", f"<sessionKey>{key}</sessionKey>") is None, "nobody came yet"
    past = platform.ask("history", "LsteventattendeeHistory", "")
    row = past.find(f"{NS['history']}eventAttendeeHistory")
    for name in ("attendeeEmail", "startTime", "endTime", "duration", "ipAddress"):
        assert row.findtext(f"{NS['history']}{name}")
    assert platform.ask("event", "DelEvent", f"<sessionKey>{key}</sessionKey>") is not None
    wire.close()
