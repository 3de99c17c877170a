"""The service of classic events: events made, changed, read, removed, and listed.

From 41.12 on a site that has switched classic events off refuses them with 010106,
DelEvent excepted (R41.12.0-01..10). From 41.4 on events without a tone of their own
have that of the site (R41.4.0-04..06).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace

from mocksite.model.queries import Query, Term
from mocksite.model.records import DEFAULT_TYPES, EVENT, Program, Recording, Session
from mocksite.model.settings import TONES
from mocksite.model.timezones import GMT
from mocksite.operations import scheduling
from mocksite.operations.call import Call, Operation
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
from mocksite.protocol.dates import show
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.templates import settable

#: The tone the API itself chose before it asked the site (R41.4.0-04, earlier behaviour).
API_TONE = "NOTONE"

_DESCRIPTION_LENGTH = 10_000
_IMAGE_LENGTH = 100 * 1024
_TAG = re.compile(r"<[^<>]*>")


def refuse_if_disabled(call: Call) -> None:
    """010106 when classic events are switched off, from 41.12 on."""
    if call.has("classic-events-lock") and not call.settings.classic_events:
        raise Refusal("010106")


def create_event(call: Call) -> Node:
    """Schedule an event and invite its attendees."""
    refuse_if_disabled(call)
    scheduling.refuse_if_suspended(call)
    content = call.content
    host = scheduling.host_for(call, content.text("schedule/hostWebExID"))
    name = scheduling.name(content, "metaData/sessionName", "")
    type_id = content.number("metaData/sessionType") or DEFAULT_TYPES[EVENT]
    session = _changed(call, scheduling.fresh(call, EVENT, name, type_id, host))
    call.store.add(session)
    _invite(call, session)
    return call.answer("createEventResponse", {"key": session.key, "guest_token": scheduling.guest_token(session)})


def set_event(call: Call) -> Node:
    """Change an event; what the request does not name stays, but for the tone."""
    refuse_if_disabled(call)
    scheduling.refuse_if_suspended(call)
    session = _changed(call, scheduling.to_change(call, scheduling.asked_for(call, (EVENT,))))
    type_id = call.content.number("metaData/sessionType")
    if type_id is not None:
        session = replace(session, type_id=type_id)
    call.store.put(session)
    _invite(call, session)
    return call.answer("setEventResponse")


def get_event(call: Call) -> Node:
    """All about one event of the caller's."""
    refuse_if_disabled(call)
    session = scheduling.own(call, scheduling.asked_for(call, (EVENT,)))
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
        "guest_token": scheduling.guest_token(session),
    }
    return call.answer("getEventResponse", values, session.own)


def _people(call: Call, session: Session) -> dict[str, object]:
    people = scheduling.guests(call, session)
    panelists = [guest for guest in people if guest.person_type == "PANELIST"]
    attendees = [guest for guest in people if guest.person_type != "PANELIST"]
    return {
        "panelists": [scheduling.guest_row(guest) for guest in panelists],
        "attendees": [scheduling.guest_row(guest) for guest in attendees],
        "enrolled": sum(guest.join_status in {"REGISTER", "ACCEPT"} for guest in attendees),
    }


def delete_event(call: Call) -> Node:
    """Cancel an event. The notes do not list it among the operations classic events off refuses (R41.12.0-10)."""
    scheduling.drop(call, scheduling.to_change(call, scheduling.asked_for(call, (EVENT,))))
    return call.answer("delEventResponse")


def upload_event_image(call: Call) -> Node:
    """Put a picture, JPG or GIF below 100 KB, on the page of an event."""
    refuse_if_disabled(call)
    session = scheduling.to_change(call, scheduling.asked_for(call, (EVENT,)))
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
        scheduling.scheduled(call, session),
        name=scheduling.name(content, "metaData/sessionName", session.name),
        password=scheduling.password(content, "accessControl/sessionPassword", session.password),
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
    return given if call.settings.markup_in_descriptions else _TAG.sub("", given)


def _invite(call: Call, session: Session) -> None:
    content = call.content
    invited = scheduling.add_guests(call, session, content.parts("attendees/attendee"))
    panelists = [
        replace(scheduling.guest_from(call, session.key, person), person_type="PANELIST", role="PRESENTER")
        for person in content.parts("panelists/panelist")
    ]
    call.store.add(*panelists)
    if content.flag("extOptions/emailInvitations"):
        scheduling.invite(call, session, "Event", [*invited, *panelists])


_ORDERS = {"EVENTNAME": "name", "STARTTIME": "starts", "HOSTWEBEXID": "host_id"}
_RECORDED_ORDERS = {"EVENTNAME": "name", "STARTTIME": "pressed", "HOSTWEBEXID": "host_id"}
_PROGRAM_ORDERS = {"PROGRAMNAME": "name", "HOSTWEBEXID": "host_id"}


def list_events(call: Call) -> Node:
    """Scheduled events: the caller's, an administrator sees all."""
    refuse_if_disabled(call)
    content = call.content
    key = content.number("sessionKey")
    program = content.number("programID")
    zone_id = content.number("dateScope/timeZoneID")
    scope = GMT if zone_id is None else zone_id
    criteria: list[Criterion] = [
        *in_date_scope(content, "starts", scope, "end"),
        of_host(call),
        () if key is None else (Term("key", "=", key),),
        () if program is None else (Term("program_id", "=", program),),
    ]
    where = (Term("kind", "=", EVENT), *own_or_all(call), *combined(content, criteria))
    query = Query(where, ordered(content, _ORDERS, (("starts", False),)))
    stats = content.flag("attendeeStats") or False

    def rows(events: list[Session]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (event.host_id for event in events))
        return [_event_row(call, event, hosts[event.host_id].webex_id, stats, zone_id) for event in events]

    return call.answer("lstsummaryEventResponse", listed(call, Session, query, rows).values("events"))


def _event_row(call: Call, event: Session, host: str, stats: bool, zone_id: int | None) -> Mapping[str, object]:
    people = scheduling.guests(call, event) if stats else []
    zone = event.time_zone_id if zone_id is None else zone_id
    return {
        "key": event.key,
        "name": event.name,
        "type_id": event.type_id,
        "host_webex_id": host,
        "start": show(event.starts, zone),
        "end": show(event.ends, zone),
        "time_zone_id": zone,
        "duration": event.duration,
        "description": event.text or None,
        "status": event.status,
        "panelists": None,
        "listing": event.listing,
        "with_stats": stats,
        "enrolled": sum(guest.join_status in {"REGISTER", "ACCEPT"} for guest in people),
        "invited": len(people),
    }


def list_recorded_events(call: Call) -> Node:
    """Recordings of events, grouped by host."""
    refuse_if_disabled(call)
    content = call.content
    program = content.number("programID")
    zone_id = content.number("dateScope/timeZoneID")
    scope = GMT if zone_id is None else zone_id
    criteria: list[Criterion] = [
        *in_date_scope(content, "pressed", scope),
        of_host(call),
        () if program is None else (Term("program_id", "=", program),),
    ]
    where = (Term("kind", "=", EVENT), *own_or_all(call), *combined(content, criteria))
    query = Query(where, ordered(content, _RECORDED_ORDERS, (("pressed", False),)))

    def rows(recordings: list[Recording]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (recording.host_id for recording in recordings))
        return [_recorded_row(call, recording, hosts[recording.host_id].webex_id) for recording in recordings]

    page = listed(call, Recording, query, rows)
    hosts = page.grouped("host_webex_id", "recordings")
    return call.answer("lstrecordedEventResponse", {**page.values("rows"), "hosts": hosts})


def _recorded_row(call: Call, recording: Recording, host: str) -> Mapping[str, object]:
    address = f"{call.site_url}/{call.site_name}/lsr.php?RCID={recording.recording_id}"
    return {
        "name": recording.name,
        "type": recording.listing,
        "start": show(recording.pressed, recording.time_zone_id),
        "time_zone_id": recording.time_zone_id,
        "duration": recording.duration,
        "description": recording.description or None,
        "file_path": f"{address}&AT=dl",
        "destination_url": address,
        "size": round(recording.size * 1_000_000),
        "protected": bool(recording.password),
        "host_webex_id": host,
        "view_url": f"{address}&AT=pb",
    }


def list_programs(call: Call) -> Node:
    """Programs of events."""
    refuse_if_disabled(call)
    program = call.content.number("programID")
    criteria: list[Criterion] = [() if program is None else (Term("program_id", "=", program),)]
    where = (*own_or_all(call), *combined(call.content, criteria))
    query = Query(where, ordered(call.content, _PROGRAM_ORDERS, (("name", False),)))

    def rows(programs: list[Program]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (one.host_id for one in programs))
        return [_program_row(call, one, hosts[one.host_id].webex_id) for one in programs]

    return call.answer("lstsummaryProgramResponse", listed(call, Program, query, rows).values("programs"))


def _program_row(call: Call, program: Program, host: str) -> Mapping[str, object]:
    return {
        "id": program.program_id,
        "name": program.name,
        "host_webex_id": host,
        "expected": program.expected,
        "budget": program.budget,
        "listing": program.listing,
        "url": f"{call.site_url}/{call.site_name}/onstage/g.php?PRID={program.program_id}",
    }


def send_invitations(call: Call) -> Node:
    """Invitations written again, to attendees or panelists, all of them unless the request says which."""
    refuse_if_disabled(call)
    session = scheduling.to_change(call, scheduling.asked_for(call, (EVENT,)))
    wanted = {"PANELIST": call.content.flag("panelists"), "VISITOR": call.content.flag("attendees")}
    everybody = not any(wanted.values())
    people = [guest for guest in scheduling.guests(call, session) if everybody or wanted.get(guest.person_type)]
    scheduling.invite(call, session, "Event", people)
    return call.answer("sendInvitationEmailResponse", {"sent": tuple(guest.email for guest in people)})


OPERATIONS = (
    Operation("sendInvitationEmail", "event", send_invitations),
    Operation("createEvent", "event", create_event),
    Operation("setEvent", "event", set_event),
    Operation("getEvent", "event", get_event),
    Operation("delEvent", "event", delete_event),
    Operation("uploadEventImage", "event", upload_event_image),
    Operation("lstsummaryEvent", "event", list_events),
    Operation("lstrecordedEvent", "event", list_recorded_events),
    Operation("lstsummaryProgram", "event", list_programs),
)
