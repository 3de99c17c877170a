"""LstrecordaccessHistory and LstrecordaccessDetailHistory: who watched which recording.

From 41.11 on serviceTypes chooses the recordings; without it, and before, only those of
trainings are known (R41.11.0-40..55).
"""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.call import Call, Operation
from mocksite.history import Recording, View
from mocksite.listing import Criterion, between, combined, listed, ordered
from mocksite.moment import DAY, parse, show
from mocksite.node import Node
from mocksite.operations.recording import services
from mocksite.query import Query, Term
from mocksite.record import TRAINING
from mocksite.refusal import Refusal, invalid
from mocksite.visibility import of_host, own_or_all
from mocksite.zone import GMT, zone

_ORDERS = {"RECORDID": "recording_id", "UPLOADTIME": "stored", "RECORDNAME": "name"}

#: Days looked back when a request gives no range (XML API 11.0 SP8).
_USUAL_RANGE = 90 * DAY


def list_access(call: Call) -> Node:
    """Recordings accessed in a time, with how often they were registered for, downloaded and viewed in it."""
    content = call.content
    zone_id = _zone(call)
    name = content.text("recordName")
    window = _window(call, zone_id)
    criteria: list[Criterion] = [
        between(content, "creationTimeScope/creationTimeStart", "creationTimeScope/creationTimeEnd", "stored", zone_id),
        of_host(call),
        (Term("name", "contains", name),) if name else (),
    ]
    where = (*_known(call), *own_or_all(call), *combined(content, criteria), Term("recording_id", "viewed", window))
    query = Query(where, ordered(content, _ORDERS, (("recording_id", False),)))

    def rows(tapes: list[Recording]) -> list[Mapping[str, object]]:
        return _rows(call, tapes, window, zone_id)

    return call.answer("lstrecordaccessHistoryResponse", listed(call, Recording, query, rows).values("recordings"))


def _known(call: Call) -> Criterion:
    """The kinds of recording the operation speaks of."""
    wanted = services(call) if call.has("access-history-of-all-services") else ()
    return wanted or (Term("kind", "=", TRAINING),)


def _window(call: Call, zone_id: int) -> tuple[int, int]:
    """The time views must lie in: viewTimeScope, or the last 90 days when no scope is given."""
    first = call.content.text("viewTimeScope/viewTimeStart")
    last = call.content.text("viewTimeScope/viewTimeEnd")
    if not first and not last and not call.content.has("creationTimeScope"):
        return (call.now - _USUAL_RANGE, call.now)
    begin = parse(first, zone_id) if first else 0
    end = parse(last, zone_id) if last else call.now
    if end < begin:
        raise invalid("viewTimeEnd must not be before viewTimeStart")
    return (begin, end)


def _rows(call: Call, tapes: list[Recording], window: tuple[int, int], zone_id: int) -> list[Mapping[str, object]]:
    ids = tuple(tape.recording_id for tape in tapes)
    terms = (Term("recording_id", "in", ids), Term("at", ">=", window[0]), Term("at", "<=", window[1]))
    counts = {one: [0, 0, 0] for one in ids}
    for view in call.store.all(View, Query(terms)):
        for place, happened in enumerate((view.registered, view.downloaded, view.viewed)):
            counts[view.recording_id][place] += happened
    return [
        {
            "id": tape.recording_id,
            "name": tape.name,
            "created": show(tape.stored, zone_id),
            "registered": counts[tape.recording_id][0],
            "downloaded": counts[tape.recording_id][1],
            "viewed": counts[tape.recording_id][2],
            "time_zone_id": zone_id,
        }
        for tape in tapes
    ]


def list_views(call: Call) -> Node:
    """Every access to one recording. The id is recordID; recondID, as one example spells it, is taken too."""
    recording_id = call.content.number("recordID")
    if recording_id is None:
        recording_id = call.content.number("recondID")
    tape = call.store.get(Recording, recording_id or 0)
    if tape is None or (tape.kind != TRAINING and not call.has("access-history-of-all-services")):
        raise Refusal("000015")
    call.demand(tape.host_id == call.caller.user_id or call.caller.sees_all)
    zone_id = _zone(call)
    query = Query((Term("recording_id", "=", tape.recording_id),), (("at", False),))

    def rows(views: list[View]) -> list[Mapping[str, object]]:
        return [_view_row(view, zone_id) for view in views]

    return call.answer("lstrecordaccessDetailHistoryResponse", listed(call, View, query, rows).values("views"))


def _view_row(view: View, zone_id: int) -> Mapping[str, object]:
    moment = show(view.at, zone_id)
    return {
        "id": view.view_id,
        "name": view.name,
        "email": view.email,
        "accessed": moment,
        "registered": view.registered,
        "register_date": moment if view.registered else None,
        "downloaded": view.downloaded,
        "viewed": view.viewed,
        "time_zone_id": zone_id,
    }


def _zone(call: Call) -> int:
    asked = call.content.number("timeZoneID")
    return GMT if asked is None else zone(asked).id


OPERATIONS = (
    Operation("lstrecordaccessHistory", "history", list_access),
    Operation("lstrecordaccessDetailHistory", "history", list_views),
)
