"""LstRecording, DelRecording, and the recycle bin of a host (XML API 10.0 SP12).

createTime is the moment the record button was pressed; before 41.6 it was the moment the
database record was made (R41.6.0-04, -05).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mocksite.model import identifiers
from mocksite.model.queries import Query, Term
from mocksite.model.records import SERVICES, BinnedRecording, Recording, View
from mocksite.model.timezones import SITE_ZONE
from mocksite.operations.call import Call, Operation
from mocksite.operations.lists import Criterion, between, combined, listed, of_host, own_or_all, users_of
from mocksite.protocol.dates import DAY, parse, show
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.templates import settable


def list_recordings(call: Call) -> Node:
    """Recordings: the caller's, an administrator sees all. Scopes without a zone are in that of the site."""
    return _listed(call, Recording, "lstRecordingResponse")


def list_recycle_bin(call: Call) -> Node:
    """The recordings in the recycle bin, as a list of recordings."""
    return _listed(call, BinnedRecording, "lstRecordingInRecycleBinResponse")


def _listed(call: Call, kind: type[Recording], reply: str) -> Node:
    content = call.content
    _refuse_unknown(call)
    column = _time_column(call)
    zone_id = content.number("createTimeScope/timeZoneID")
    key = content.number("sessionKey")
    scope = SITE_ZONE if zone_id is None else zone_id
    name = content.text("recordName")
    criteria: list[Criterion] = [
        _window(call, column, scope),
        of_host(call),
        () if key is None else (Term("session_key", "=", key),),
        (Term("name", "contains", name),) if name else (),
        services(call),
        _formats(call),
    ]
    query = Query((*own_or_all(call), *combined(content, criteria)), ((column, False),))

    def rows(recordings: list[Recording]) -> list[Mapping[str, object]]:
        hosts = users_of(call, (recording.host_id for recording in recordings))
        return [_row(call, recording, hosts[recording.host_id].webex_id, zone_id) for recording in recordings]

    return call.answer(reply, listed(call, kind, query, rows).values("recordings"))


#: What a request may hold (ep:lstRecording of 2011, and what notes and clients added).
_ELEMENTS = {
    *("listControl", "createTimeScope", "hostWebExID", "sessionKey", "returnSessionDetails", "recordName"),
    *("serviceTypes", "formatTypes", "recordingID", "order", "timeZoneID", "confID", "isServiceRecording"),
}


def _refuse_unknown(call: Call) -> None:
    """A condition that is misspelt must not mean that there is none: a client would get other recordings."""
    if call.settings.unknown_conditions == "ignored":
        return
    for child in call.content.node.children:
        if child.local not in _ELEMENTS:
            raise invalid(f"{child.local} is not an element of LstRecording")


#: A request without a window is one for the last four weeks (11.0 SP7), and some sites take no longer one.
_WINDOW = 28 * DAY
#: By the calendar four weeks may be an hour more: summer time ends.
_LONGEST_WINDOW = _WINDOW + 3600


def _window(call: Call, column: str, scope: int) -> Criterion:
    content = call.content
    first, last = content.text("createTimeScope/createTimeStart"), content.text("createTimeScope/createTimeEnd")
    if not first and not last:
        return (Term(column, ">=", call.now - _WINDOW),)
    if first and call.settings.long_recording_windows == "refused":
        until = parse(last, scope) if last else call.now
        if until - parse(first, scope) > _LONGEST_WINDOW:
            raise invalid("The range of createTimeScope must not exceed 28 days")
    return between(content, "createTimeScope/createTimeStart", "createTimeScope/createTimeEnd", column, scope)


def _time_column(call: Call) -> str:
    return "pressed" if call.has("recording-start-as-create-time") else "stored"


def services(call: Call) -> Criterion:
    """The criterion of serviceTypes; large events and webcasts belong to MeetingCenter."""
    wanted = call.content.texts("serviceTypes/serviceType")
    known = set(SERVICES.values()) | {"SalesCenter"}
    if not set(wanted) <= known:
        raise invalid(f"serviceType must be one of {', '.join(sorted(known))}")
    kinds = tuple(kind for kind, service in SERVICES.items() if service in wanted)
    return (Term("kind", "in", kinds),) if wanted else ()


def _formats(call: Call) -> Criterion:
    wanted = tuple(word.upper() for word in call.content.texts("formatTypes/formatType"))
    return (Term("format", "in", wanted),) if wanted else ()


def _row(call: Call, recording: Recording, host: str, zone_id: int | None) -> Mapping[str, object]:
    address = f"{call.site_url}/{call.site_name}"
    of_host = zone_id is None or call.settings.recording_times == "in-zone-of-host"
    shown = recording.time_zone_id if of_host or zone_id is None else zone_id
    return {
        "id": recording.recording_id,
        "host_webex_id": host,
        "name": recording.name,
        "description": recording.description,
        "created": show(getattr(recording, _time_column(call)), shown),
        "time_zone_id": shown,
        "size": recording.size,
        "stream_url": f"{address}/ldr.php?RCID={recording.recording_id}",
        "file_url": f"{address}/lsr.php?RCID={recording.recording_id}",
        "session_key": recording.session_key,
        "duration": recording.duration,
        "listing": recording.listing,
        "format": recording.format,
        "service": recording.service,
        "protected": bool(recording.password),
        "conf_id": recording.conf_id,
        "uuid": None if recording.network_based else identifiers.word(32, recording.recording_id, "recording"),
    }


def _recording_ids(call: Call) -> list[int]:
    wanted = call.content.numbers("recordingID")
    if not wanted:
        raise invalid("recordingID must be given")
    return wanted


def delete_recordings(call: Call) -> Node:
    """Delete recordings: administrators any, hosts their own where the site lets them."""
    wanted = _recording_ids(call)
    for recording_id in wanted:
        recording = call.store.get(Recording, recording_id)
        if recording is None:
            raise Refusal("000015")
        allowed = recording.host_id == call.caller.user_id and call.settings.recording_changes_by_hosts
        call.demand(allowed or call.caller.site_admin)
        call.store.drop(Recording, Term("recording_id", "=", recording_id))
        call.store.drop(View, Term("recording_id", "=", recording_id))
        call.store.add(BinnedRecording(**vars(recording)))
        _tell_host(call, recording)
    return call.answer("delRecordingResponse", {"deleted": tuple(wanted)})


def _tell_host(call: Call, recording: Recording) -> None:
    """Somebody else did it: the host gets a mail, from 42.3 on (R42.3.0-01)."""
    if recording.host_id == call.caller.user_id or not call.has("notices-of-deleted-recordings"):
        return
    host = call.user_of(recording.host_id)
    call.send_named(
        host.email,
        "Your recording was deleted",
        f"Your recording was deleted: {recording.name}",
        f"Hello {host.name},\n\n{call.caller.name} has deleted your recording {recording.name}.\n",
    )


def recover_recordings(call: Call) -> Node:
    """Take recordings out of one's own recycle bin."""
    wanted = _recording_ids(call)
    for recording_id in wanted:
        binned = call.store.get(BinnedRecording, recording_id)
        if binned is None or binned.host_id != call.caller.user_id:
            raise Refusal("000015")
        call.store.drop(BinnedRecording, Term("recording_id", "=", recording_id))
        call.store.add(Recording(**vars(binned)))
    return call.answer("recoverRecordingFromRecycleBinResponse", {"recovered": tuple(wanted)})


def empty_recycle_bin(call: Call) -> Node:
    """Recordings in one's own recycle bin deleted for good: those named, or all of them."""
    mine = (Term("host_id", "=", call.caller.user_id),)
    if call.content.flag("deleteAll"):
        return call.answer(_EMPTIED, {"deleted": call.store.drop(BinnedRecording, *mine), "failed": []})
    wanted = _recording_ids(call)
    failed = [
        {"id": one, "reason": "Sorry, no record found"}
        for one in wanted
        if not call.store.drop(BinnedRecording, *mine, Term("recording_id", "=", one))
    ]
    if len(failed) == len(wanted):
        raise Refusal("000015")
    return call.answer(_EMPTIED, {"deleted": len(wanted) - len(failed), "failed": failed})


_EMPTIED = "delRecordingFromRecycleBinResponse"


def get_recording(call: Call) -> Node:
    """All about one recording of the caller's."""
    recording = _of_caller(call, call.content.number("recordingID"))
    host = call.user_of(recording.host_id)
    values = {
        "name": recording.name,
        "listing": recording.listing,
        "presenter": host.name,
        "email": host.email,
        "description": recording.description or None,
        "password": recording.password or None,
    }
    return call.answer("getRecordingInfoResponse", values, recording.own)


def set_recording(call: Call) -> Node:
    """A recording changed: administrators any, hosts their own where the site lets them."""
    content = call.content
    recording = _of_caller(call, content.number("recording/recordingID"))
    call.demand(call.settings.recording_changes_by_hosts or call.caller.site_admin)
    listing = content.text("basic/listing", recording.listing).upper()
    if listing not in {"PUBLIC", "PRIVATE", "UNLISTED"}:
        raise invalid("listing must be PUBLIC, PRIVATE or UNLISTED")
    password = content.raw("recording/password")
    paths = settable("getRecordingInfoResponse", call.release)
    own = {path: texts for path, texts in content.leaves().items() if path in paths}
    changed = replace(
        recording,
        name=content.text("basic/topic", recording.name),
        listing=listing,
        description=content.text("recording/description", recording.description),
        password=recording.password if password is None else password.strip(),
        own={**recording.own, **own},
    )
    call.store.put(changed)
    return call.answer("setRecordingInfoResponse", {"id": recording.recording_id})


def _of_caller(call: Call, recording_id: int | None) -> Recording:
    recording = call.store.get(Recording, recording_id) if recording_id is not None else None
    if recording is None:
        raise Refusal("000015")
    call.demand(recording.host_id == call.caller.user_id or call.caller.sees_all)
    return recording


OPERATIONS = (
    Operation("lstRecordingInRecycleBin", "ep", list_recycle_bin),
    Operation("delRecordingFromRecycleBin", "ep", empty_recycle_bin),
    Operation("getRecordingInfo", "ep", get_recording),
    Operation("setRecordingInfo", "ep", set_recording),
    Operation("lstRecording", "ep", list_recordings),
    Operation("delRecording", "ep", delete_recordings),
    Operation("recoverRecordingFromRecycleBin", "ep", recover_recordings),
)
