"""CreateEvent, SetEvent, GetEvent, DelEvent, UploadEventImage: events of the classic kind.

From 41.12 on a site that has switched classic events off refuses them with 010106,
DelEvent excepted (R41.12.0-01..10). From 41.4 on events without a tone of their own
have that of the site (R41.4.0-04..06).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from mocksite import booking
from mocksite.agenda import DEFAULT_TYPES
from mocksite.call import Call, Operation
from mocksite.moment import show
from mocksite.node import Node
from mocksite.record import EVENT, Attendee, Session
from mocksite.refusal import Refusal, invalid
from mocksite.setting import TONES
from mocksite.template import settable

#: The tone the API itself chose before it asked the site (R41.4.0-04, earlier behaviour).
API_TONE = "NOTONE"

_DESCRIPTION_LENGTH = 10_000
_IMAGE_LENGTH = 100 * 1024


def refuse_if_disabled(call: Call) -> None:
    """010106 when classic events are switched off, from 41.12 on."""
    if call.has("classic-events-lock") and not call.settings.classic_events:
        raise Refusal("010106")


def create_event(call: Call) -> Node:
    """Schedule an event and invite its attendees."""
    refuse_if_disabled(call)
    content = call.content
    host = booking.host_for(call, content.text("schedule/hostWebExID"))
    name = booking.name(content, "metaData/sessionName", "")
    type_id = content.number("metaData/sessionType") or DEFAULT_TYPES[EVENT]
    session = _changed(call, booking.fresh(call, EVENT, name, type_id, host))
    call.store.add(session)
    _invite(call, session)
    return call.answer("createEventResponse", {"key": session.key, "guest_token": booking.guest_token(session)})


def set_event(call: Call) -> Node:
    """Change an event; what the request does not name stays, but for the tone."""
    refuse_if_disabled(call)
    session = _changed(call, booking.to_change(call, booking.asked_for(call, (EVENT,))))
    type_id = call.content.number("metaData/sessionType")
    if type_id is not None:
        session = replace(session, type_id=type_id)
    call.store.put(session)
    _invite(call, session)
    return call.answer("setEventResponse")


def get_event(call: Call) -> Node:
    """All about one event of the caller's."""
    refuse_if_disabled(call)
    session = booking.own(call, booking.asked_for(call, (EVENT,)))
    values = {
        **_people(call, session),
        "key": session.key,
        "conf_id": session.conf_id,
        "listing": session.listing,
        "password": session.password or None,
        "name": session.name,
        "type_id": session.type_id,
        "description": session.text or None,
        "program_id": session.program_id or None,
        "start": show(session.starts, session.time_zone_id),
        "time_zone_id": session.time_zone_id,
        "duration": session.duration,
        "open_time": session.open_time,
        "host_webex_id": call.user_of(session.host_id).webex_id,
        "tone": session.tone or site_tone(call),
        "panelist_password": session.panelist_password,
        "registration": session.registration,
        "status": session.status,
        "host_key": session.host_key,
        "host_type": session.type_id,
        "guest_token": booking.guest_token(session),
    }
    return call.answer("getEventResponse", values, session.own)


def _people(call: Call, session: Session) -> dict[str, object]:
    people = booking.guests(call, session)
    panelists = [guest for guest in people if guest.person_type == "PANELIST"]
    attendees = [guest for guest in people if guest.person_type != "PANELIST"]
    return {
        "panelists": [_person_row("panelist", guest) for guest in panelists],
        "attendees": [_person_row("attendee", guest) for guest in attendees],
        "enrolled": sum(guest.join_status in {"REGISTER", "ACCEPT"} for guest in attendees),
    }


def delete_event(call: Call) -> Node:
    """Cancel an event. The notes do not list it among the operations classic events off refuses (R41.12.0-10)."""
    booking.drop(call, booking.to_change(call, booking.asked_for(call, (EVENT,))))
    return call.answer("delEventResponse")


def upload_event_image(call: Call) -> Node:
    """Put a picture, JPG or GIF below 100 KB, on the page of an event."""
    refuse_if_disabled(call)
    session = booking.to_change(call, booking.asked_for(call, (EVENT,)))
    kind = call.content.text("imageType").upper()
    if kind not in {"JPG", "GIF"}:
        raise invalid("imageType must be JPG or GIF")
    try:
        image = base64.b64decode("".join(call.content.text("imageData").split()), validate=True)
    except (binascii.Error, ValueError):
        raise invalid("imageData must be encoded in base64") from None
    if not 0 < len(image) <= _IMAGE_LENGTH:
        raise invalid("imageData must hold a picture of at most 100 KB")
    name = f"event-{session.key}-{len(image)}.{kind.lower()}"
    call.store.put(replace(session, image=name, modified=call.now))
    return call.answer("uploadEventImageResponse")


def site_tone(call: Call) -> str:
    """What an event sounds like that was given no tone: the site's tone for events, before 41.4 the API's own."""
    return call.settings.entry_exit_tone_ec if call.has("event-tone-of-the-site") else API_TONE


def _changed(call: Call, session: Session) -> Session:
    """The event with everything the request says about it."""
    content = call.content
    tone = content.text("schedule/entryExitTone").upper()
    if tone and tone not in TONES:
        raise invalid(f"entryExitTone must be one of {', '.join(TONES)}")
    listing = content.text("accessControl/listing", session.listing).upper()
    if listing not in {"PUBLIC", "PRIVATE", "UNLISTED"}:
        raise invalid("listing must be PUBLIC, PRIVATE or UNLISTED")
    registration = content.flag("extOptions/registration")
    program = content.number("metaData/programID")
    paths = settable("getEventResponse", call.release)
    return replace(
        booking.scheduled(call, session),
        name=booking.name(content, "metaData/sessionName", session.name),
        password=booking.password(content, "accessControl/sessionPassword", session.password),
        text=_description(call, session.text),
        listing=listing,
        tone=tone or site_tone(call),
        registration=session.registration if registration is None else registration,
        program_id=session.program_id if program is None else program,
        panelist_password=content.text("panelists/panelistPassword", session.panelist_password),
        own={**session.own, **{path: texts for path, texts in content.leaves().items() if path in paths}},
    )


def _description(call: Call, before: str) -> str:
    """At most 10000 characters, not bytes, from 41.11 on (R41.11.0-56..59)."""
    given = call.content.raw("metaData/description")
    if given is None:
        return before
    if call.has("description-limit") and len(given) > _DESCRIPTION_LENGTH:
        raise Refusal("060068")
    return given


def _invite(call: Call, session: Session) -> None:
    content = call.content
    invited = booking.add_guests(call, session, content.parts("attendees/attendee"))
    panelists = [
        replace(booking.guest_from(call, session.key, person), person_type="PANELIST", role="PRESENTER")
        for person in content.parts("panelists/panelist")
    ]
    call.store.add(*panelists)
    if content.flag("extOptions/emailInvitations"):
        booking.invite(call, session, "Event", [*invited, *panelists])


def _person_row(word: str, guest: Attendee) -> dict[str, object]:
    return {
        f"{word}_name": guest.name,
        f"{word}_first_name": guest.first_name or None,
        f"{word}_last_name": guest.last_name or None,
        f"{word}_email": guest.email,
        f"{word}_type": guest.person_type,
        "join_status": guest.join_status,
    }


OPERATIONS = (
    Operation("createEvent", "event", create_event),
    Operation("setEvent", "event", set_event),
    Operation("getEvent", "event", get_event),
    Operation("delEvent", "event", delete_event),
    Operation("uploadEventImage", "event", upload_event_image),
)
