"""The service of meetings: meetings made, changed, read, removed, listed, and the links schedulers click.

Large events and webcasts are meetings too, but from 41.4 on this API neither creates nor
changes them: 110064 (R41.4.0-10..12). Before, a large-event type made an ordinary meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from mocksite.model.queries import Query, Term
from mocksite.model.records import (
    LARGE_EVENT,
    MEETING,
    PREDEFINED_TYPE,
    SERVICES,
    WEBCAST,
    MeetingType,
    Session,
    User,
)
from mocksite.model.timezones import GMT
from mocksite.operations import scheduling
from mocksite.operations.call import Call, Operation
from mocksite.operations.centers.forms import whole
from mocksite.operations.lists import (
    Criterion,
    combined,
    in_date_scope,
    listed,
    of_host,
    ordered,
    own_or_all,
    users_of,
)
from mocksite.operations.people.login import browser_login
from mocksite.protocol.dates import show, zone
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.templates import settable

KINDS = (MEETING, LARGE_EVENT, WEBCAST)

_AGENDA_LENGTH = 2500


def create_meeting(call: Call) -> Node:
    """Schedule a meeting and invite its participants."""
    content = call.content
    type_id = _type(call)
    scheduling.refuse_if_suspended(call, type_id)
    host = scheduling.host_for(call, content.text("schedule/hostWebExID"))
    name = scheduling.name(content, "metaData/confName", "")
    session = _changed(call, scheduling.fresh(call, MEETING, name, type_id, host))
    call.store.add(session)
    invited = scheduling.add_guests(call, session, content.parts("participants/attendees/attendee"))
    if _mails(call):
        scheduling.invite(call, session, "Webex meeting", invited)
    return call.answer(
        "createMeetingResponse",
        {
            "key": session.key,
            "uuid": session.uuid,
            "password": session.password or None,
            "guest_token": scheduling.guest_token(session),
            **scheduling.calendars(call, session),
        },
    )


def set_meeting(call: Call) -> Node:
    """Change a meeting; what the request does not name stays."""
    before = scheduling.to_change(call, scheduling.asked_for(call, KINDS))
    if before.is_large and call.has("large-events-refused"):
        raise Refusal("110064")
    scheduling.refuse_if_suspended(call, before.type_id)
    session = _changed(call, before)
    if call.content.text("metaData/meetingType"):
        session = replace(session, type_id=_type(call))
        scheduling.refuse_if_suspended(call, session.type_id)
    if call.content.text("schedule/hostWebExID"):
        session = replace(session, host_id=scheduling.host_for(call, call.content.text("schedule/hostWebExID")).user_id)
    call.store.put(session)
    invited = scheduling.add_guests(call, session, call.content.parts("participants/attendees/attendee"))
    if _mails(call):
        scheduling.invite(call, session, "Webex meeting", invited)
    return call.answer("setMeetingResponse", scheduling.calendars(call, session))


def get_meeting(call: Call) -> Node:
    """All about one meeting of the caller's."""
    return _shown(call, scheduling.own(call, scheduling.asked_for(call, KINDS)))


def _shown(call: Call, session: Session) -> Node:
    return call.answer("getMeetingResponse", _values(call, session), session.own)


def delete_meeting(call: Call) -> Node:
    """Cancel a meeting."""
    session = scheduling.to_change(call, scheduling.asked_for(call, KINDS))
    scheduling.drop(call, session)
    return call.answer("delMeetingResponse", scheduling.calendars(call, session))


def _type(call: Call) -> int:
    wanted = call.content.number("metaData/meetingType")
    if wanted is None:
        return PREDEFINED_TYPE
    found = call.store.get(MeetingType, wanted)
    if found is None or not found.active or found.service != "MeetingCenter":
        raise invalid(f"The meeting type {wanted} is not available")
    if not found.large_event:
        return wanted
    if call.has("large-events-refused"):
        raise Refusal("110064")
    return PREDEFINED_TYPE


def _changed(call: Call, session: Session) -> Session:
    """The session with everything the request says about a meeting."""
    content = call.content
    agenda = content.text("metaData/agenda", session.text)
    if len(agenda) > _AGENDA_LENGTH:
        raise invalid(f"The agenda must not exceed {_AGENDA_LENGTH} characters")
    public = content.flag("accessControl/listToPublic")
    public = content.flag("accessControl/isPublic") if public is None else public
    registration = content.flag("attendeeOptions/registration")
    repeats = content.text("repeat/repeatType")
    paths = settable("getMeetingResponse", call.release)
    return replace(
        scheduling.scheduled(call, session),
        name=scheduling.name(content, "metaData/confName", session.name),
        password=scheduling.password(content, "accessControl/meetingPassword", session.password),
        text=agenda,
        listing=session.listing if public is None else "PUBLIC" if public else "UNLISTED",
        registration=session.registration if registration is None else registration,
        recurring=repeats.upper() != "NO_REPEAT" if repeats else session.recurring,
        own={**session.own, **{path: texts for path, texts in content.leaves().items() if path in paths}},
    )


def _mails(call: Call) -> bool:
    """Invitations go out if the request asks for them, for all or for one attendee."""
    wanted = [call.content.flag("attendeeOptions/emailInvitations")]
    wanted += [one.flag("emailInvitations") for one in call.content.parts("participants/attendees/attendee")]
    return any(wanted)


def _values(call: Call, session: Session) -> dict[str, object]:
    host: User = call.user_of(session.host_id)
    return {
        "key": session.key,
        "conf_id": session.conf_id,
        "name": session.name,
        "type_id": session.type_id,
        "agenda": session.text or None,
        "public": session.listing == "PUBLIC",
        "password": session.password or None,
        "attendees": [scheduling.guest_row(guest) for guest in scheduling.guests(call, session)],
        "enable_event": session.is_large,
        "enable_webniar": session.is_large,
        "start": show(session.starts, session.time_zone_id),
        "time_zone_id": session.time_zone_id,
        "time_zone": zone(session.time_zone_id).called(session.starts),
        "duration": session.duration,
        "open_time": session.open_time,
        "host_webex_id": host.webex_id,
        "registration": session.registration,
        "status": session.status,
        "joined": bool(session.opened),
        "host_key": session.host_key,
        "host_type": session.type_id,
        "guest_token": scheduling.guest_token(session),
        "sip_url": f"{session.key}@{call.site_name}.example.com",
        "link": scheduling.join_url(call, session),
    }


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
        *in_date_scope(content, "starts", scope, "end"),
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
        "time_zone": zone(shown).called(meeting.starts),
        "status": meeting.status,
        "start": show(meeting.starts, shown),
        "duration": meeting.duration,
        "listing": meeting.listing,
        "joined": bool(meeting.opened),
    }


def host_url(call: Call) -> Node:
    """Where the host starts the meeting; clients send sessionKey or meetingKey."""
    session = scheduling.to_change(call, scheduling.asked_for(call, tuple(SERVICES)))
    host = call.user_of(session.host_id)
    url = browser_login(call, host, scheduling.host_url(call, session))
    return call.answer("gethosturlMeetingResponse", {"host_url": url})


def join_url(call: Call) -> Node:
    """Where an attendee joins, registers, or learns about the meeting."""
    session = scheduling.asked_for(call, tuple(SERVICES))
    content = call.content
    person = {
        "AN": content.text("attendeeName"),
        "AE": content.text("attendeeEmail"),
        "PW": content.text("meetingPW") or content.text("sessionPW"),
    }
    given = urlencode({name: value for name, value in person.items() if value})
    link = scheduling.join_url(call, session)
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
    Operation("createMeeting", "meeting", create_meeting),
    Operation("setMeeting", "meeting", set_meeting),
    Operation("getMeeting", "meeting", get_meeting),
    Operation("delMeeting", "meeting", delete_meeting),
    Operation("lstsummaryMeeting", "meeting", list_meetings),
    Operation("lstMeeting", "meeting", whole("Meeting", KINDS, _shown)),
    Operation("gethosturlMeeting", "meeting", host_url),
    Operation("getjoinurlMeeting", "meeting", join_url),
)
