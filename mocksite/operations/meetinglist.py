"""LstsummaryMeeting, GethosturlMeeting, GetjoinurlMeeting: what schedulers show and click."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from mocksite import booking
from mocksite.call import Call, Operation
from mocksite.listing import Criterion, between, combined, listed, ordered, users_of
from mocksite.moment import show
from mocksite.node import Node
from mocksite.operations.meeting import KINDS
from mocksite.query import Query, Term
from mocksite.record import SERVICES, Session
from mocksite.visibility import of_host, own_or_all
from mocksite.zone import GMT, zone

_ORDERS = {"HOSTWEBEXID": "host_id", "CONFNAME": "name", "STARTTIME": "starts"} | {
    f"TRACKINGCODE{number}": "key" for number in range(1, 11)
}


def list_meetings(call: Call) -> Node:
    """Scheduled meetings: the caller's, an administrator sees all."""
    content = call.content
    zone_id = content.number("dateScope/timeZoneID")
    scope = GMT if zone_id is None else zone_id
    key = content.number("meetingKey")
    criteria: list[Criterion] = [
        between(content, "dateScope/startDateStart", "dateScope/startDateEnd", "starts", scope),
        between(content, "dateScope/endDateStart", "dateScope/endDateEnd", "starts", scope, "end"),
        of_host(call),
        () if key is None else (Term("key", "=", key),),
    ]
    where = (Term("kind", "in", KINDS), *own_or_all(call), *combined(content, criteria))
    query = Query(where, ordered(content, _ORDERS, (("starts", False),)))

    def rows(meetings: list[Session]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (meeting.host_id for meeting in meetings))
        return [_row(meeting, hosts[meeting.host_id].webex_id, zone_id) for meeting in meetings]

    return call.answer("lstsummaryMeetingResponse", listed(call, Session, query, rows).values("meetings"))


def _row(meeting: Session, host: str, zone_id: int | None) -> Mapping[str, object]:
    shown = meeting.time_zone_id if zone_id is None else zone_id
    return {
        "key": meeting.key,
        "name": meeting.name,
        "type_id": meeting.type_id,
        "host_webex_id": host,
        "other_host": host,
        "time_zone_id": shown,
        "time_zone": zone(shown).description,
        "status": meeting.status,
        "start": show(meeting.starts, shown),
        "duration": meeting.duration,
        "listing": meeting.listing,
        "joined": bool(meeting.opened),
    }


def host_url(call: Call) -> Node:
    """Where the host starts the meeting; clients send sessionKey or meetingKey."""
    session = booking.to_change(call, booking.asked_for(call, tuple(SERVICES)))
    return call.answer("gethosturlMeetingResponse", {"host_url": booking.host_url(call, session)})


def join_url(call: Call) -> Node:
    """Where an attendee joins, registers, or learns about the meeting."""
    session = booking.asked_for(call, tuple(SERVICES))
    content = call.content
    person = {
        "AN": content.text("attendeeName"),
        "AE": content.text("attendeeEmail"),
        "PW": content.text("meetingPW") or content.text("sessionPW"),
    }
    given = urlencode({name: value for name, value in person.items() if value})
    link = booking.join_url(call, session)
    page = f"{call.site_url}/{call.site_name}/k2/j.php"
    return call.answer(
        "getjoinurlMeetingResponse",
        {
            "join_url": f"{link}&{given}" if given else link,
            "invite_url": f"{page}?ED={session.key}",
            "register_url": f"{page}?MTID=t{session.uuid}" if session.registration else None,
        },
    )


OPERATIONS = (
    Operation("lstsummaryMeeting", "meeting", list_meetings),
    Operation("gethosturlMeeting", "meeting", host_url),
    Operation("getjoinurlMeeting", "meeting", join_url),
)
