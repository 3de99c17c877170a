"""LstsummaryEvent, LstrecordedEvent, LstsummaryProgram: lists of the classic event service."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite import booking
from mocksite.call import Call, Operation
from mocksite.history import Recording
from mocksite.listing import Criterion, between, combined, listed, ordered, users_of
from mocksite.moment import show
from mocksite.node import Node
from mocksite.operations.event import refuse_if_disabled
from mocksite.query import Query, Term
from mocksite.record import EVENT, Program, Session
from mocksite.visibility import of_host, own_or_all
from mocksite.zone import GMT

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
        between(content, "dateScope/startDateStart", "dateScope/startDateEnd", "starts", scope),
        between(content, "dateScope/endDateStart", "dateScope/endDateEnd", "starts", scope, "end"),
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
    people = booking.guests(call, event) if stats else []
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
        between(content, "dateScope/startDateStart", "dateScope/startDateEnd", "pressed", scope),
        between(content, "dateScope/endDateStart", "dateScope/endDateEnd", "pressed", scope),
        of_host(call),
        () if program is None else (Term("program_id", "=", program),),
    ]
    where = (Term("kind", "=", EVENT), *own_or_all(call), *combined(content, criteria))
    query = Query(where, ordered(content, _RECORDED_ORDERS, (("pressed", False),)))

    def rows(tapes: list[Recording]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (tape.host_id for tape in tapes))
        return [_tape_row(call, tape, hosts[tape.host_id].webex_id) for tape in tapes]

    page = listed(call, Recording, query, rows)
    by_host: dict[object, list[Mapping[str, object]]] = {}
    for row in page.rows:
        by_host.setdefault(row["host_webex_id"], []).append(row)
    groups = [{"host_webex_id": host, "recordings": tapes} for host, tapes in by_host.items()]
    return call.answer("lstrecordedEventResponse", {**page.values("rows"), "hosts": groups})


def _tape_row(call: Call, tape: Recording, host: str) -> Mapping[str, object]:
    address = f"{call.site_url}/{call.site_name}/lsr.php?RCID={tape.recording_id}"
    return {
        "name": tape.name,
        "type": tape.listing,
        "start": show(tape.pressed, tape.time_zone_id),
        "time_zone_id": tape.time_zone_id,
        "duration": tape.duration,
        "description": tape.description or None,
        "file_path": f"{address}&AT=dl",
        "destination_url": address,
        "size": round(tape.size * 1_000_000),
        "protected": bool(tape.password),
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


OPERATIONS = (
    Operation("lstsummaryEvent", "event", list_events),
    Operation("lstrecordedEvent", "event", list_recorded_events),
    Operation("lstsummaryProgram", "event", list_programs),
)
