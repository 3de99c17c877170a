"""CreateMeetingAttendee, RegisterMeetingAttendee, DelMeetingAttendee, LstMeetingAttendee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mocksite.model import identifiers
from mocksite.model.identifiers import CREATED
from mocksite.model.queries import Query, Term
from mocksite.model.records import SERVICES, Attendee, Session
from mocksite.operations import scheduling
from mocksite.operations.call import Call, Operation
from mocksite.operations.centers.forms import session_of
from mocksite.operations.lists import listed
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.requests import Content


def create_attendee(call: Call) -> Node:
    """Invite people to a session: one in the content itself, or several ``attendees``."""
    made = [_kept(call, session, person, "INVITE") for session, person in _asked(call)]
    for session, guest, person in made:
        if person.flag("emailInvitations"):
            scheduling.invite(call, session, "Webex meeting", [guest])
    return call.answer(
        "createMeetingAttendeeResponse",
        {"attendee_ids": tuple(guest.attendee_id for _, guest, _ in made), "registered": []},
    )


def register_attendee(call: Call) -> Node:
    """Register people for a session; each gets a registration number."""
    made = [_kept(call, session, person, "REGISTER") for session, person in _asked(call)]
    rows = [{"attendee_id": guest.attendee_id, "register_id": guest.register_id} for _, guest, _ in made]
    return call.answer("registerMeetingAttendeeResponse", {"registered": rows})


#: One call takes so many attendees, from 42.1 on (R42.1.0-11..14).
_MOST_ATTENDEES = 50


def _asked(call: Call) -> Iterator[tuple[Session, Content]]:
    several = list(call.content.parts("attendees"))
    if len(several) > _MOST_ATTENDEES and call.has("attendees-per-call"):
        raise Refusal("040015")
    for person in several or [call.content]:
        key = person.number("sessionKey") or person.number("meetingKey")
        session = call.store.get(Session, key) if key else None
        if session is None:
            raise Refusal("060001")
        yield session, person


def _kept(call: Call, session: Session, person: Content, status: str) -> tuple[Session, Attendee, Content]:
    guest = scheduling.guest_from(call, session.key, person)
    if not person.text("joinStatus"):
        guest = replace(guest, join_status=status)
    if status == "REGISTER":
        guest = replace(guest, register_id=identifiers.spread(call.store.next("registration") + CREATED, 20_000_000))
    call.store.add(guest)
    return session, guest, person


def delete_attendees(call: Call) -> Node:
    """Take people off sessions, by attendeeID or by address and session."""
    content = call.content
    terms = [(Term("attendee_id", "=", one),) for one in content.numbers("attendeeID")]
    for one in content.parts("attendeeEmail"):
        key = one.number("sessionKey") or one.number("meetingKey") or 0
        terms.append((Term("email", "=", one.text("email")), Term("session_key", "=", key)))  # type: ignore[arg-type]
    if not terms:
        raise invalid("attendeeID or attendeeEmail must be given")
    for one_attendee in terms:
        found = call.store.first(Attendee, *one_attendee)
        session = call.store.get(Session, found.session_key) if found else None
        if session is None:
            raise Refusal("060001")
        scheduling.to_change(call, session)
        call.store.drop(Attendee, *one_attendee)
    return call.answer("delMeetingAttendeeResponse")


def list_attendees(call: Call) -> Node:
    """Who is invited to or registered for a session of the caller's."""
    session = scheduling.own(call, scheduling.asked_for(call, tuple(SERVICES)))
    status = call.content.text("joinStatus").upper()
    terms = [Term("session_key", "=", session.key)] + ([Term("join_status", "=", status)] if status else [])

    def rows(guests: list[Attendee]) -> list[Mapping[str, object]]:
        return [_row(session, guest) for guest in guests]

    page = listed(call, Attendee, Query(tuple(terms)), rows)
    return call.answer("lstMeetingAttendeeResponse", page.values("attendees"))


def _row(session: Session, guest: Attendee) -> Mapping[str, object]:
    return {
        **scheduling.guest_row(guest),
        "key": session.key,
        "time_zone_id": session.time_zone_id,
        "conf_id": session.conf_id,
        "invited": guest.join_status == "INVITE",
        "is_registered": guest.join_status == "REGISTER",
        "rejected": guest.join_status == "REJECT",
        "accepted": guest.join_status == "ACCEPT",
        "register_id": guest.register_id or None,
    }


def enrollment(call: Call) -> Node:
    """Who has registered for a session of the caller's, and with what."""
    session = scheduling.own(call, session_of(call))
    registered = [guest for guest in scheduling.guests(call, session) if guest.join_status in {"REGISTER", "ACCEPT"}]
    rows = [
        {
            "attendee_id": guest.attendee_id,
            "first_name": guest.first_name or None,
            "last_name": guest.last_name or None,
            "email": guest.email,
            "status": "APPROVED",
        }
        for guest in registered
    ]
    numbers = {"total": len(rows), "returned": len(rows), "start_from": 1}
    values = {"conf_id": session.conf_id, "key": session.key, "rows": rows, **numbers}
    return call.answer("getEnrollmentInfoResponse", values)


def feedback(call: Call) -> Node:
    """What attendees thought of a session of the caller's. Nobody has said anything yet."""
    session = scheduling.own(call, session_of(call))
    return call.answer("getFeedbackInfoResponse", {"conf_id": session.conf_id})


OPERATIONS = (
    Operation("getEnrollmentInfo", "attendee", enrollment),
    Operation("getFeedbackInfo", "attendee", feedback),
    Operation("createMeetingAttendee", "attendee", create_attendee),
    Operation("registerMeetingAttendee", "attendee", register_attendee),
    Operation("delMeetingAttendee", "attendee", delete_attendees),
    Operation("lstMeetingAttendee", "attendee", list_attendees),
)
