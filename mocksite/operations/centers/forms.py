"""One way to schedule, change, show, cancel and list sessions, for every service that has sessions of its own.

The services differ in words: which element names a session, where its password and its guests stand, which reply
answers. A ``Form`` holds the words of one service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mocksite.model.queries import Query, Term
from mocksite.model.records import DEFAULT_TYPES, SERVICES, Own, Session
from mocksite.model.timezones import GMT
from mocksite.operations import scheduling
from mocksite.operations.call import Call
from mocksite.operations.lists import (
    Criterion,
    combined,
    in_date_scope,
    listed,
    of_host,
    ordered,
    own_or_all,
    users_of,
    with_contents,
)
from mocksite.protocol.dates import show, zone
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.templates import settable

Action = Callable[[Call], Node]

ORDERS = {"HOSTWEBEXID": "host_id", "CONFNAME": "name", "STARTTIME": "starts"} | dict.fromkeys(
    ("ACCOUNT", "OPPORTUNITY", *(f"TRACKINGCODE{number}" for number in range(1, 11))), "key"
)
_LISTINGS = {"PUBLIC", "PRIVATE", "UNLISTED"}


@dataclass(frozen=True)
class Guests:
    """A list of people in a request: where each stands, what the reply calls them, and as what they come."""

    path: str
    rows: str
    person_type: str = "VISITOR"
    role: str = "ATTENDEE"


@dataclass(frozen=True)
class Form:
    """The words in which a service speaks of its sessions; ``noun`` is the middle of the names of its operations."""

    kind: str
    noun: str
    password: str
    guests: tuple[Guests, ...]
    further: Callable[[Call, Session], Mapping[str, object]] = lambda _call, _session: {}

    @property
    def shown(self) -> str:
        """The reply that shows one session: what it can show, a client can set."""
        return f"get{self.noun}Response"


def create(form: Form) -> Action:
    """The operation that schedules a session."""

    def run(call: Call) -> Node:
        scheduling.refuse_if_suspended(call)
        content = call.content
        host = scheduling.host_for(call, content.text("schedule/hostWebExID"))
        name = scheduling.name(content, "metaData/confName", "")
        wanted = content.number("metaData/sessionType")
        type_id = DEFAULT_TYPES[form.kind] if wanted is None or wanted < 0 else wanted
        session = changed(call, form, scheduling.fresh(call, form.kind, name, type_id, host))
        call.store.add(session)
        _invite(call, form, session)
        return call.answer(f"create{form.noun}Response", _told(call, session))

    return run


def change(form: Form) -> Action:
    """The operation that changes a session; what the request does not name stays."""

    def run(call: Call) -> Node:
        scheduling.refuse_if_suspended(call)
        session = changed(call, form, scheduling.to_change(call, scheduling.asked_for(call, (form.kind,))))
        host = call.content.text("schedule/hostWebExID")
        if host:
            session = replace(session, host_id=scheduling.host_for(call, host).user_id)
        call.store.put(session)
        _invite(call, form, session)
        return call.answer(f"set{form.noun}Response", _told(call, session))

    return run


def get(form: Form) -> Action:
    """The operation that shows a session to its host."""

    def run(call: Call) -> Node:
        return alone(call, form, scheduling.own(call, scheduling.asked_for(call, (form.kind,))))

    return run


def cancel(form: Form) -> Action:
    """The operation that cancels a session."""

    def run(call: Call) -> Node:
        session = scheduling.to_change(call, scheduling.asked_for(call, (form.kind,)))
        scheduling.drop(call, session)
        return call.answer(f"del{form.noun}Response", _told(call, session))

    return run


def summary(form: Form) -> Action:
    """The operation that lists sessions, a line each."""

    def run(call: Call) -> Node:
        zone_id = call.content.number("dateScope/timeZoneID")

        def rows(sessions: list[Session]) -> list[Mapping[str, object]]:
            hosts = users_of(call, (session.host_id for session in sessions))
            return [_line(session, hosts[session.host_id].webex_id, zone_id) for session in sessions]

        page = listed(call, Session, asked(call, (form.kind,)), rows)
        return call.answer(f"lstsummary{form.noun}Response", page.values("rows"))

    return run


def whole(noun: str, kinds: tuple[str, ...], shown: Callable[[Call, Session], Node]) -> Action:
    """The operation that lists sessions with all that is known of each."""

    def run(call: Call) -> Node:
        found: list[Node] = []

        def rows(sessions: list[Session]) -> list[Mapping[str, object]]:
            found.extend(shown(call, session) for session in sessions)
            return [{} for _ in sessions]

        page = listed(call, Session, asked(call, kinds), rows)
        return with_contents(call.answer(f"lst{noun}Response", page.values("rows")), found)

    return run


def alone(call: Call, form: Form, session: Session) -> Node:
    """The reply that shows one session."""
    return call.answer(form.shown, {**_told(call, session), **form.further(call, session)}, session.own)


def changed(call: Call, form: Form, session: Session) -> Session:
    """The session with everything the request says about it."""
    content = call.content
    listing = content.text("accessControl/listing", session.listing).upper()
    if listing not in _LISTINGS:
        raise invalid("listing must be PUBLIC, PRIVATE or UNLISTED")
    registration = content.flag("attendeeOptions/registration")
    repeats = content.text("repeat/repeatType").upper()
    return replace(
        scheduling.scheduled(call, session),
        name=scheduling.name(content, "metaData/confName", session.name),
        password=scheduling.password(content, form.password, session.password),
        listing=listing,
        text=content.text("metaData/agenda", session.text),
        registration=session.registration if registration is None else registration,
        recurring=repeats not in {"NO_REPEAT", "SINGLE"} if repeats else session.recurring,
        own={**session.own, **set_by(call, form.shown)},
    )


def set_by(call: Call, shown: str) -> Own:
    """What the request sets and the mock gives no meaning to: kept, and shown where the reply has a place for it."""
    paths = settable(shown, call.release)
    return {path: texts for path, texts in call.content.leaves().items() if path in paths}


def _invite(call: Call, form: Form, session: Session) -> None:
    known = {guest.email.lower() for guest in scheduling.guests(call, session)}
    for guests in form.guests:
        for person in call.content.parts(guests.path):
            guest = scheduling.guest_from(call, session.key, person)
            if guest.email.lower() in known:
                continue
            known.add(guest.email.lower())
            guest = replace(guest, person_type=guests.person_type, role=guests.role)
            call.store.add(guest)
            if call.content.flag("attendeeOptions/emailInvitations"):
                scheduling.invite(call, session, "Webex session", [guest])


def _told(call: Call, session: Session) -> dict[str, object]:
    return {
        "key": session.key,
        "conf_id": session.conf_id,
        "name": session.name,
        "type_id": session.type_id,
        "text": session.text or None,
        "listing": session.listing,
        "password": session.password or None,
        "start": show(session.starts, session.time_zone_id),
        "time_zone_id": session.time_zone_id,
        "time_zone": zone(session.time_zone_id).called(session.starts),
        "duration": session.duration,
        "open_time": session.open_time,
        "host_webex_id": call.user_of(session.host_id).webex_id,
        "registration": session.registration,
        "status": session.status,
        "host_key": session.host_key,
        "host_type": session.type_id,
        "guest_token": scheduling.guest_token(session),
        **scheduling.calendars(call, session),
    }


def people(call: Call, session: Session, form: Form) -> dict[str, object]:
    """The guests of a session as rows of the reply, by the role in which they come."""
    found = scheduling.guests(call, session)
    return {
        guests.rows: [
            scheduling.guest_row(one)
            for one in found
            if (one.role, one.person_type) == (guests.role, guests.person_type)
        ]
        for guests in form.guests
    }


def asked(call: Call, kinds: tuple[str, ...]) -> Query:
    """Which sessions a list is asked for: by scope, key and host; the caller's, or for an administrator all."""
    content = call.content
    zone_id = content.number("dateScope/timeZoneID")
    scope = GMT if zone_id is None or zone_id < 0 else zone_id
    keys = {number for name in ("sessionKey", "meetingKey") if (number := content.number(name)) is not None}
    criteria: list[Criterion] = [
        *in_date_scope(content, "starts", scope, "end"),
        of_host(call),
        *((Term("key", "=", key),) for key in keys),
    ]
    where = (Term("kind", "in", kinds), *own_or_all(call), *combined(content, criteria))
    return Query(where, ordered(content, ORDERS, (("starts", False),)))


def _line(session: Session, host: str, zone_id: int | None) -> Mapping[str, object]:
    shown = session.time_zone_id if zone_id is None or zone_id < 0 else zone_id
    return {
        "key": session.key,
        "name": session.name,
        "type_id": session.type_id,
        "host_webex_id": host,
        "time_zone_id": shown,
        "time_zone": zone(shown).called(session.starts),
        "status": session.status,
        "start": show(session.starts, shown),
        "duration": session.duration,
        "listing": session.listing,
        "account": _first(session.own, "metaData/account"),
        "opportunity": _first(session.own, "metaData/opportunity"),
    }


def _first(own: Own, path: str) -> str | None:
    return next(iter(own.get(path, ())), None)


def session_of(call: Call) -> Session:
    """The session of any kind a request means by its key or its conference."""
    number = call.content.number("confID")
    found = call.store.first(Session, Term("conf_id", "=", number)) if number is not None else None
    if found is not None:
        return found
    if number is not None and not call.content.has("sessionKey"):
        raise Refusal("060001")
    return scheduling.asked_for(call, tuple(SERVICES))
