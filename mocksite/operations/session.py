"""GetSessionInfo: what anybody with an account may learn about a session of any kind."""

from __future__ import annotations

from mocksite import booking
from mocksite.call import Call, Operation
from mocksite.moment import show
from mocksite.node import Node
from mocksite.operations.event import refuse_if_disabled
from mocksite.record import EVENT, SERVICES, Program, Session
from mocksite.zone import zone


def get_session_info(call: Call) -> Node:
    """The session; its passwords and host key only for its host and for administrators."""
    session = booking.asked_for(call, tuple(SERVICES))
    if session.kind == EVENT:
        refuse_if_disabled(call)
    return call.answer(
        "getSessionInfoResponse",
        {
            **_secrets(call, session),
            **_host(call, session),
            **_links(call, session),
            **_texts(call, session),
            "status": session.status,
            "key": session.key,
            "conf_id": session.conf_id,
            "listing": session.listing,
            "registration": session.registration,
            "registration_id": None,
            "password_required": bool(session.password),
            "enable_event": session.is_large,
            "enable_webniar": session.is_large,
            "type_id": session.type_id,
            "service": session.service,
            "recurring": session.recurring,
            "start": show(session.starts, session.time_zone_id),
            "duration": session.duration,
            "time_zone": zone(session.time_zone_id).description,
        },
    )


def _host(call: Call, session: Session) -> dict[str, object]:
    host = call.user_of(session.host_id)
    return {
        "host_first_name": host.first_name,
        "host_last_name": host.last_name,
        "host_email": host.email,
        "host_webex_id": host.webex_id,
        "alternate_hosts": None,
        "creator": session.host_id == call.caller.user_id,
    }


def _links(call: Call, session: Session) -> dict[str, object]:
    address = f"{call.site_url}/{call.site_name}"
    return {
        "verify_url": f"{address}/systemdiagnosis.php",
        "numbers_url": f"{address}/globalcallin.php",
        "image_url": f"{address}/images/{session.image}" if session.image else None,
        "registration_url": f"{address}/k2/j.php?MTID=t{session.uuid}" if session.registration else None,
    }


def _secrets(call: Call, session: Session) -> dict[str, object]:
    """A large event or webcast tells four passwords from 41.4 on (R41.4.0-07, -08), others the one they have."""
    names = ("password", "audio_password", "panelist_password", "panelist_audio_password", "host_key")
    secrets: dict[str, object] = dict.fromkeys(names)
    if booking.is_own(call, session):
        secrets["host_key"] = session.host_key
        if not session.is_large:
            secrets["password"] = session.password or None
        elif call.has("large-event-passwords"):
            secrets |= {name: getattr(session, name) for name in names}
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


OPERATIONS = (Operation("getSessionInfo", "ep", get_session_info),)
