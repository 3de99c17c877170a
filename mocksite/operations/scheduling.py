"""What all scheduled sessions have in common: finding one, who may touch it, hosts, guests, links, invitations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mocksite.model import identifiers
from mocksite.model.identifiers import CREATED
from mocksite.model.queries import Query, Term
from mocksite.model.records import Attendee, MeetingType, Session, User
from mocksite.operations import attendance
from mocksite.operations.call import Call
from mocksite.protocol.dates import parse, show, zone
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.requests import Content

#: A key has four spellings on the wire, by operation and by client (sources.md, Values).
_KEYS = ("sessionKey", "meetingKey", "meetingkey", "sessionkey")

PASSWORD_LENGTH = 16


def asked_for(call: Call, kinds: tuple[str, ...]) -> Session:
    """The session a request means by its key, of one of the kinds; otherwise 060001."""
    key = next((key for key in map(call.content.number, _KEYS) if key is not None), None)
    found = call.store.get(Session, key) if key is not None else None
    if found is None or found.kind not in kinds:
        raise Refusal("060001")
    return found


def refuse_if_suspended(call: Call, type_id: int = 0) -> None:
    """010107 while the site is suspended, but for meetings of a free type, from 42.5 on (R42.5.0-01..09)."""
    if not (call.settings.suspended and call.has("suspended-sites-schedule-free-meetings")):
        return
    found = call.store.get(MeetingType, type_id) if type_id else None
    if found is None or not found.free:
        raise Refusal("010107")


def own(call: Call, session: Session) -> Session:
    """The session if the caller may see all of it: its host and administrators may (000001)."""
    call.demand(is_own(call, session))
    return session


def is_own(call: Call, session: Session) -> bool:
    """Whether the caller is the host of a session, or an administrator who sees everything."""
    return session.host_id == call.caller.user_id or call.caller.sees_all


def to_change(call: Call, session: Session) -> Session:
    """The session if the caller may change it: its host and full administrators may (000001)."""
    call.demand(session.host_id == call.caller.user_id or call.caller.site_admin)
    return session


def host_for(call: Call, webex_id: str) -> User:
    """Whose session it becomes: the caller's, or on behalf of somebody who allows it (060019, 060021)."""
    call.demand(call.caller.host or call.caller.site_admin)
    if not webex_id:
        return call.caller
    try:
        host = call.user(webex_id)
    except Refusal:
        raise Refusal("060019") from None
    allowed = {word.strip().lower() for word in host.scheduling_permission.replace(",", ";").split(";")}
    caller = call.caller
    trusted = bool(allowed & {caller.webex_id.lower(), caller.email.lower()})
    may_schedule = trusted or host.user_id == caller.user_id or caller.site_admin
    if not (may_schedule and host.host):
        raise Refusal("060021")
    return host


def fresh(call: Call, kind: str, name: str, type_id: int, host: User) -> Session:
    """A new session with a key of its own, starting now; the caller replaces what the request says."""
    sequence = CREATED + call.store.next("session")
    origin = (call.site_name, sequence)
    return Session(
        key=identifiers.session_key(sequence),
        conf_id=identifiers.conference(sequence),
        uuid=identifiers.word(32, *origin, "uuid"),
        kind=kind,
        name=name,
        type_id=type_id,
        host_id=host.user_id,
        starts=call.now,
        duration=60,
        time_zone_id=host.time_zone_id,
        created=call.now,
        modified=call.now,
        audio_password=identifiers.digits(8, *origin, "audio"),
        panelist_password=f"Panel{identifiers.digits(4, *origin, 'panel')}",
        panelist_audio_password=identifiers.digits(8, *origin, "panel audio"),
        host_key=identifiers.digits(6, *origin, "host key"),
    )


def scheduled(call: Call, session: Session) -> Session:
    """The session with the times a request gives under ``schedule``."""
    content = call.content
    zone_id = content.number("schedule/timeZoneID")
    zone_id = session.time_zone_id if zone_id is None else zone(zone_id).id
    start = content.text("schedule/startDate")
    duration = content.number("schedule/duration")
    open_time = content.number("schedule/openTime")
    if duration is not None and not 0 < duration <= 1440:
        raise invalid("duration must be between 1 and 1440 minutes")
    return replace(
        session,
        time_zone_id=zone_id,
        starts=parse(start, zone_id) if start else session.starts,
        duration=session.duration if duration is None else duration,
        open_time=session.open_time if open_time is None else open_time,
        modified=call.now,
    )


def password(content: Content, path: str, before: str) -> str:
    """The session password a request gives, at most 16 characters; absent means as before."""
    given = content.raw(path)
    if given is None:
        return before
    if len(given.strip()) > PASSWORD_LENGTH:
        raise invalid(f"{path.rpartition('/')[2]} must not exceed {PASSWORD_LENGTH} characters")
    return given.strip()


def name(content: Content, path: str, before: str) -> str:
    """The name a request gives; a new session must have one."""
    given = content.text(path, before)
    if not given:
        raise invalid(f"{path.rpartition('/')[2]} must not be empty")
    return given


def add_guests(call: Call, session: Session, persons: Iterator[Content]) -> list[Attendee]:
    """Keep the people a request invites; each needs an e-mail address, and is kept once per session."""
    known = {guest.email.lower() for guest in guests(call, session)}
    added = []
    for person in persons:
        guest = guest_from(call, session.key, person)
        if guest.email.lower() not in known:
            known.add(guest.email.lower())
            added.append(guest)
    call.store.add(*added)
    return added


def guest_from(call: Call, key: int, person: Content) -> Attendee:
    """An attendee as a request describes it: an element around ``person``, or the person itself."""
    inner = "person/" if person.has("person") else ""
    email = person.text(f"{inner}email")
    if not email:
        raise invalid("email of an attendee must not be empty")
    first, last = person.text(f"{inner}firstName"), person.text(f"{inner}lastName")
    full = person.text(f"{inner}name") or f"{first} {last}".strip()
    return Attendee(
        attendee_id=identifiers.spread(call.store.next("attendee") + CREATED, 30_000_000),
        session_key=key,
        name=full,
        email=email,
        first_name=first or full.partition(" ")[0],
        last_name=last or full.partition(" ")[2],
        person_type=person.text(f"{inner}type", "VISITOR").upper(),
        role=person.text("role", "ATTENDEE").upper(),
        join_status=person.text("joinStatus", "INVITE").upper(),
    )


def guests(call: Call, session: Session) -> list[Attendee]:
    """Who is invited to a session."""
    return call.store.all(Attendee, Query((Term("session_key", "=", session.key),)))


def guest_row(guest: Attendee) -> dict[str, object]:
    """A guest as the replies that show a session have him."""
    return {
        "guest_name": guest.name or None,
        "guest_first_name": guest.first_name or None,
        "guest_last_name": guest.last_name or None,
        "guest_email": guest.email,
        "guest_id": guest.attendee_id,
        "guest_type": guest.person_type,
        "guest_status": guest.join_status,
        "guest_role": guest.role,
    }


def drop(call: Call, session: Session) -> None:
    """Forget a session and its guests; one that goes on is over with it."""
    if session.opened:
        attendance.end(call.store, session, call.now)
    call.store.drop(Session, Term("key", "=", session.key))
    call.store.drop(Attendee, Term("session_key", "=", session.key))


def invite(call: Call, session: Session, kind: str, invited: list[Attendee]) -> None:
    """Write invitations; subjects carry the name of the session (R41.5.0-16)."""
    when = f"{show(session.starts, session.time_zone_id)} ({zone(session.time_zone_id).called(session.starts)})"
    for guest in invited:
        call.send_named(
            guest.email,
            f"{kind} invitation",
            f"{kind} invitation: {session.name}",
            f"Hello {guest.name or guest.email},\n\nyou are invited to {session.name} on {when}.\n"
            f"Join here: {join_url(call, session)}\n",
        )


def join_url(call: Call, session: Session) -> str:
    """The address attendees join at."""
    return f"{call.site_url}/{call.site_name}/j.php?MTID=m{session.uuid}"


def host_url(call: Call, session: Session) -> str:
    """The address the host starts the session at."""
    return f"{call.site_url}/{call.site_name}/m.php?AT=HM&MK={session.key}"


def calendars(call: Call, session: Session) -> Mapping[str, object]:
    """The two addresses of iCalendarURL."""
    address = f"{call.site_url}/{call.site_name}/j.php?ED={session.key}"
    return {"host_calendar": f"{address}&UID=0&ICS=HI", "attendee_calendar": f"{address}&UID=0&ICS=AI"}


def guest_token(session: Session) -> str:
    """A token that stands for the session towards guests."""
    return identifiers.word(32, session.uuid, "guest")
