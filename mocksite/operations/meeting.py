"""CreateMeeting, SetMeeting, GetMeeting, DelMeeting.

Large events and webcasts are meetings too, but from 41.4 on this API neither creates nor
changes them: 110064 (R41.4.0-10..12). Before, a large-event type made an ordinary meeting.
"""

from __future__ import annotations

from dataclasses import replace

from mocksite import booking
from mocksite.agenda import PREDEFINED_TYPE
from mocksite.call import Call, Operation
from mocksite.moment import show
from mocksite.node import Node
from mocksite.record import LARGE_EVENT, MEETING, WEBCAST, Attendee, MeetingType, Session, User
from mocksite.refusal import Refusal, invalid
from mocksite.template import settable
from mocksite.zone import zone

KINDS = (MEETING, LARGE_EVENT, WEBCAST)

_AGENDA_LENGTH = 2500


def create_meeting(call: Call) -> Node:
    """Schedule a meeting and invite its participants."""
    content = call.content
    type_id = _type(call)
    host = booking.host_for(call, content.text("schedule/hostWebExID"))
    name = booking.name(content, "metaData/confName", "")
    session = _changed(call, booking.fresh(call, MEETING, name, type_id, host))
    call.store.add(session)
    invited = booking.add_guests(call, session, content.parts("participants/attendees/attendee"))
    if _mails(call):
        booking.invite(call, session, "Webex meeting", invited)
    return call.answer(
        "createMeetingResponse",
        {
            "key": session.key,
            "uuid": session.uuid,
            "password": session.password or None,
            "guest_token": booking.guest_token(session),
            **booking.calendars(call, session),
        },
    )


def set_meeting(call: Call) -> Node:
    """Change a meeting; what the request does not name stays."""
    before = booking.to_change(call, booking.asked_for(call, KINDS))
    if before.is_large and call.has("large-events-refused"):
        raise Refusal("110064")
    session = _changed(call, before)
    if call.content.text("metaData/meetingType"):
        session = replace(session, type_id=_type(call))
    if call.content.text("schedule/hostWebExID"):
        session = replace(session, host_id=booking.host_for(call, call.content.text("schedule/hostWebExID")).user_id)
    call.store.put(session)
    invited = booking.add_guests(call, session, call.content.parts("participants/attendees/attendee"))
    if _mails(call):
        booking.invite(call, session, "Webex meeting", invited)
    return call.answer("setMeetingResponse", booking.calendars(call, session))


def get_meeting(call: Call) -> Node:
    """All about one meeting of the caller's."""
    session = booking.own(call, booking.asked_for(call, KINDS))
    return call.answer("getMeetingResponse", _values(call, session), session.own)


def delete_meeting(call: Call) -> Node:
    """Cancel a meeting."""
    session = booking.to_change(call, booking.asked_for(call, KINDS))
    booking.drop(call, session)
    return call.answer("delMeetingResponse", booking.calendars(call, session))


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
        booking.scheduled(call, session),
        name=booking.name(content, "metaData/confName", session.name),
        password=booking.password(content, "accessControl/meetingPassword", session.password),
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
        "attendees": [_attendee_row(guest) for guest in booking.guests(call, session)],
        "enable_event": session.is_large,
        "enable_webniar": session.is_large,
        "start": show(session.starts, session.time_zone_id),
        "time_zone_id": session.time_zone_id,
        "time_zone": zone(session.time_zone_id).description,
        "duration": session.duration,
        "open_time": session.open_time,
        "host_webex_id": host.webex_id,
        "registration": session.registration,
        "status": session.status,
        "joined": bool(session.opened),
        "host_key": session.host_key,
        "host_type": session.type_id,
        "guest_token": booking.guest_token(session),
        "link": booking.join_url(call, session),
    }


def _attendee_row(guest: Attendee) -> dict[str, object]:
    return {
        "attendee_name": guest.name,
        "attendee_first_name": guest.first_name or None,
        "attendee_last_name": guest.last_name or None,
        "attendee_email": guest.email,
        "attendee_id": guest.attendee_id,
        "person_type": guest.person_type,
        "join_status": guest.join_status,
        "role": guest.role,
    }


OPERATIONS = (
    Operation("createMeeting", "meeting", create_meeting),
    Operation("setMeeting", "meeting", set_meeting),
    Operation("getMeeting", "meeting", get_meeting),
    Operation("delMeeting", "meeting", delete_meeting),
)
