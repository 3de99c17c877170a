"""Sessions of every kind: what anybody with an account may learn of one, lists, removal."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.model import identifiers
from mocksite.model.identifiers import CREATED
from mocksite.model.queries import AnyOf, Query, Term
from mocksite.model.records import (
    EVENT,
    SERVICES,
    TRAINING,
    WEBCAST,
    Attendee,
    Program,
    Session,
    User,
)
from mocksite.model.timezones import GMT
from mocksite.operations import scheduling
from mocksite.operations.call import Call, Operation
from mocksite.operations.centers.event import refuse_if_disabled
from mocksite.operations.lists import (
    Criterion,
    between,
    combined,
    in_date_scope,
    invited_or_own,
    listed,
    of_host,
    ordered,
    own_or_all,
    users_of,
)
from mocksite.protocol.dates import DAY, parse, show, zone
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid


def get_session_info(call: Call) -> Node:
    """The session: all of it for who has to do with it, for a stranger how it can be joined (40.8)."""
    session = scheduling.asked_for(call, tuple(SERVICES))
    if session.kind == EVENT:
        refuse_if_disabled(call)
    return call.answer(
        "getSessionInfoResponse",
        {
            "known": _is_known(call, session),
            "telephony": _is_known(call, session) and session.kind != EVENT,
            **_secrets(call, session),
            **_host(call, session),
            **_links(call, session),
            **_texts(call, session),
            "status": session.status,
            "key": session.key,
            "uuid": session.uuid,
            "conf_id": session.conf_id,
            "listing": session.listing,
            "registration": session.registration,
            "registration_id": None,
            "password_required": bool(session.password),
            "enable_event": session.is_large,
            "enable_webniar": _tells_webniar(call, session),
            "type_id": session.type_id,
            "service": session.service,
            "recurring": session.recurring,
            "start": show(session.starts, session.time_zone_id),
            "duration": session.duration,
            "time_zone": zone(session.time_zone_id).called(session.starts),
        },
    )


def _tells_webniar(call: Call, session: Session) -> bool:
    """Before 42.1 both elements said large event; then the second says that attendees only view (R42.1.0-03..08)."""
    return session.kind == WEBCAST if call.has("webinars-tell-who-only-views") else session.is_large


def _is_invited(call: Call, session: Session) -> bool:
    """Whether the caller is the host or somebody the host invited."""
    if call.login is None:
        return False
    emails = {guest.email.lower() for guest in scheduling.guests(call, session)}
    return session.host_id == call.caller.user_id or call.caller.email.lower() in emails


def _has_password(call: Call, session: Session) -> bool:
    return bool(session.password) and call.content.text("sessionPassword") == session.password


def _is_known(call: Call, session: Session) -> bool:
    """Whether the caller has to do with the session: invited, its administrator, or in the know of its password."""
    administers = call.login is not None and call.caller.sees_all
    return administers or _is_invited(call, session) or _has_password(call, session)


def _host(call: Call, session: Session) -> dict[str, object]:
    host = call.user_of(session.host_id)
    return {
        "host_first_name": host.first_name,
        "host_last_name": host.last_name,
        "host_email": host.email,
        "host_webex_id": host.webex_id,
        "alternate_hosts": None,
        "creator": call.login is not None and session.host_id == call.caller.user_id,
    }


def _links(call: Call, session: Session) -> dict[str, object]:
    address = f"{call.site_url}/{call.site_name}"
    short = session.registration and session.kind in (EVENT, TRAINING)
    return {
        "short_url": f"{address}/weblink/register/r{session.uuid}" if short else None,
        "verify_url": f"{address}/systemdiagnosis.php",
        "link": scheduling.join_url(call, session),
        "numbers_url": f"{address}/globalcallin.php",
        "image_url": f"{address}/images/{session.image}" if session.image else None,
        "registration_url": f"{address}/k2/j.php?MTID=t{session.uuid}" if session.registration else None,
    }


def _secrets(call: Call, session: Session) -> dict[str, object]:
    """A large event or webcast tells four passwords from 41.4 on (R41.4.0-07, -08), others the one they have.

    Who is not invited must have sent the password to see it; classic events never show one.
    """
    names = ("password", "audio_password", "panelist_password", "panelist_audio_password", "host_key")
    secrets: dict[str, object] = dict.fromkeys(names)
    if call.login is not None and scheduling.is_own(call, session):
        secrets["host_key"] = session.host_key
    if (_is_invited(call, session) or _has_password(call, session)) and session.kind != EVENT:
        if not session.is_large:
            secrets["password"] = session.password or None
        elif call.has("large-event-passwords"):
            secrets |= {name: getattr(session, name) for name in names if name != "host_key"}
    return secrets


def _texts(call: Call, session: Session) -> dict[str, object]:
    program = call.store.get(Program, session.program_id) if session.program_id else None
    text = session.text or None
    return {
        "name": session.name,
        "agenda": None if session.kind == EVENT else text,
        "description": text if session.kind == EVENT else None,
        "program": program.name if program else None,
        "presenter": None,
        "panelists": None,
    }


_ORDERS = {"HOSTWEBEXID": "host_id", "CONFNAME": "name", "STARTTIME": "starts"} | {
    f"TRACKINGCODE{number}": "key" for number in range(1, 11)
}

#: Session types left out when serviceTypes is given, unless sessionTypes names them (sources.md, Lists).
_HIDDEN_TYPES = (16, 10, 14)

_LONGEST_RANGE = 14 * DAY


def list_sessions(call: Call) -> Node:
    """Scheduled sessions: the caller's own, asked for those he is invited to; an administrator sees all.

    Who does not say who he is finds nothing (40.2).
    """
    if call.login is None:
        raise Refusal("000015")
    content = call.content
    zone_id = content.number("dateScope/timeZoneID")
    where = (*_seen(call), *_hidden(call), *combined(content, _criteria(call, GMT if zone_id is None else zone_id)))
    query = Query(where, ordered(content, _ORDERS, (("starts", False),)))
    assist = content.flag("returnAssistFields") or False
    recurrence = content.flag("recurrence") or call.settings.recurrence_elements == "always"

    def rows(sessions: list[Session]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (session.host_id for session in sessions))
        return [
            {**_row(session, hosts[session.host_id], zone_id, assist=assist), "recurrence": recurrence}
            | {"enable_event": session.is_large, "enable_webniar": _tells_webniar(call, session)}
            for session in sessions
        ]

    return call.answer("lstsummarySessionResponse", listed(call, Session, query, rows).values("sessions"))


def _seen(call: Call) -> tuple[Term | AnyOf, ...]:
    return invited_or_own(call) if call.content.flag("invited") else own_or_all(call)


def _hidden(call: Call) -> Criterion:
    if not call.content.texts("serviceTypes/serviceType"):
        return ()
    named = call.content.numbers("sessionTypes/sessionType")
    return tuple(Term("type_id", "!=", one) for one in _HIDDEN_TYPES if one not in named)


def _criteria(call: Call, scope: int) -> list[Criterion]:
    content = call.content
    types = content.numbers("sessionTypes/sessionType")
    equal = {"sessionKey": "key", "confID": "conf_id"}
    return [
        *in_date_scope(content, "starts", scope, "end"),
        _modified(call, scope),
        of_host(call),
        of_host(call, "hostEmail") if content.text("hostEmail") else (),
        (Term("type_id", "in", tuple(types)),) if types else (),
        _services(call),
        _status(call),
        (Term("name", "begins", content.text("confName")),) if content.text("confName") else (),
        *(
            (Term(column, "=", content.number(element)),)
            for element, column in equal.items()
            if content.number(element) is not None
        ),
    ]


def _services(call: Call) -> Criterion:
    wanted = {word.lower() for word in call.content.texts("serviceTypes/serviceType")}
    kinds = tuple(kind for kind, service in SERVICES.items() if service.lower() in wanted)
    return (Term("kind", "in", kinds),) if wanted else ()


def _status(call: Call) -> Criterion:
    wanted = call.content.text("status").upper()
    if wanted not in {"", "INPROGRESS", "NOT_INPROGRESS"}:
        raise invalid("status must be INPROGRESS or NOT_INPROGRESS")
    return (Term("opened", "!=" if wanted == "INPROGRESS" else "=", 0),) if wanted else ()


def _modified(call: Call, scope: int) -> Criterion:
    """The range of modified dates, two weeks at most (XML API 10.0 SP5.10)."""
    first, last = call.content.text("modifiedDateStart"), call.content.text("modifiedDateEnd")
    if first and last and parse(last, scope) - parse(first, scope) > _LONGEST_RANGE:
        raise invalid("The range of modifiedDateStart and modifiedDateEnd must not exceed two weeks")
    return between(call.content, "modifiedDateStart", "modifiedDateEnd", "modified", scope)


def _row(session: Session, host: User, zone_id: int | None, *, assist: bool) -> Mapping[str, object]:
    """Times are in the zone the request names, otherwise GMT (sources.md, Values)."""
    shown = GMT if zone_id is None else zone_id
    named = session.time_zone_id if zone_id is None else zone_id
    return {
        "key": session.key,
        "name": session.name,
        "type_id": session.type_id,
        "service": session.service,
        "host_webex_id": host.webex_id,
        "host_first_name": host.first_name,
        "host_last_name": host.last_name,
        "host_email": host.email,
        "other_host": host.webex_id,
        "time_zone_id": named,
        "time_zone": zone(named).called(session.starts),
        "status": session.status,
        "start": show(session.starts, shown),
        "opened": show(session.opened, shown) if session.opened else None,
        "open_time": session.open_time,
        "duration": session.duration,
        "listing": session.listing,
        "password_required": bool(session.password),
        "joined": bool(session.opened),
        "conf_id": session.conf_id,
        "registration": session.registration,
        "recurring": session.recurring,
        "with_assist": assist,
        "host_type": session.type_id,
        "series_key": session.key if session.recurring else 0,
    }


def list_open_sessions(call: Call) -> Node:
    """Sessions that are going on, grouped by service."""
    wanted = {word.lower() for word in call.content.texts("serviceType")}
    kinds = tuple(kind for kind, service in SERVICES.items() if not wanted or service.lower() in wanted)
    query = Query((Term("opened", "!=", 0), Term("kind", "in", kinds)), (("starts", False),))

    def rows(sessions: list[Session]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (session.host_id for session in sessions))
        return [_row(session, hosts[session.host_id], None, assist=False) for session in sessions]

    page = listed(call, Session, query, rows)
    services = page.grouped("service", "sessions")
    return call.answer("lstOpenSessionResponse", {**page.values("rows"), "services": services})


def delete_session(call: Call) -> Node:
    """Cancel a session of any kind."""
    session = scheduling.to_change(call, scheduling.asked_for(call, tuple(SERVICES)))
    scheduling.drop(call, session)
    return call.answer("delSessionResponse", scheduling.calendars(call, session))


def join_session_info(call: Call) -> Node:
    """What a client of an attendee needs to join (MC): for who has the password, or a session that has none."""
    session = scheduling.asked_for(call, tuple(SERVICES))
    if session.password:
        call.demand(_is_known(call, session))
    if not call.content.text("attendeeEmail"):
        raise invalid("attendeeEmail must not be empty")
    guest = Attendee(
        attendee_id=identifiers.spread(call.store.next("attendee") + CREATED, 30_000_000),
        session_key=session.key,
        name=call.content.text("attendeeName"),
        email=call.content.text("attendeeEmail"),
        join_status="ACCEPT",
    )
    call.store.add(guest)
    values = {
        "site_id": call.site_id,
        "conf_id": session.conf_id,
        "name": session.name,
        "attendee_id": guest.attendee_id,
        "gateway": f"{call.site_url}:443",
    }
    return call.answer("getJoinSessionInfoResponse", values)


OPERATIONS = (
    Operation("getSessionInfo", "ep", get_session_info, open=True),
    Operation("lstsummarySession", "ep", list_sessions, open=True),
    Operation("lstOpenSession", "ep", list_open_sessions),
    Operation("delSession", "ep", delete_session),
    Operation("getJoinSessionInfo", "ep", join_session_info),
)
