"""The histories: who watched which recording, which sessions are over, and who took part in them.

From 41.11 on serviceTypes chooses the recordings of the access histories; without it, and
before, only those of trainings are known (R41.11.0-40..55).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mocksite.model.queries import Query, Term
from mocksite.model.records import (
    EVENT,
    LARGE_EVENT,
    MEETING,
    SALES,
    SUPPORT,
    TRAINING,
    WEBCAST,
    Participation,
    PastSession,
    Recording,
    User,
    View,
)
from mocksite.model.timezones import GMT
from mocksite.operations.call import Call, Operation
from mocksite.operations.lists import Criterion, between, combined, listed, of_host, ordered, own_or_all, users_of
from mocksite.operations.recording import services
from mocksite.protocol.dates import DAY, parse, show, zone
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid

_ACCESS_ORDERS = {"RECORDID": "recording_id", "UPLOADTIME": "stored", "RECORDNAME": "name"}

#: Days looked back when a request gives no range (XML API 11.0 SP8).
_USUAL_RANGE = 90 * DAY
_HOUR = 3600


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
    told = _told(call, window)
    where = (*_known(call), *own_or_all(call), *combined(content, criteria), Term("recording_id", "viewed", told))
    query = Query(where, ordered(content, _ACCESS_ORDERS, (("recording_id", False),)))

    def rows(recordings: list[Recording]) -> list[Mapping[str, object]]:
        return _access_rows(call, recordings, told, zone_id)

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


def _told(call: Call, window: tuple[int, int]) -> tuple[int, int]:
    """The part of a time the histories of this site can tell of."""
    manners = call.settings
    first = call.now - manners.history_reach * DAY if manners.history_reach else 0
    return (max(window[0], first), min(window[1], call.now - manners.history_lag * _HOUR))


def _access_rows(
    call: Call, recordings: list[Recording], window: tuple[int, int], zone_id: int
) -> list[Mapping[str, object]]:
    ids = tuple(recording.recording_id for recording in recordings)
    terms = (Term("recording_id", "in", ids), Term("at", ">=", window[0]), Term("at", "<=", window[1]))
    counts = {one: [0, 0, 0] for one in ids}
    for view in call.store.all(View, Query(terms)):
        for place, happened in enumerate((view.registered, view.downloaded, view.viewed)):
            counts[view.recording_id][place] += happened
    return [
        {
            "id": recording.recording_id,
            "name": recording.name,
            "created": show(recording.stored, zone_id),
            "registered": counts[recording.recording_id][0],
            "downloaded": counts[recording.recording_id][1],
            "viewed": counts[recording.recording_id][2],
            "time_zone_id": zone_id,
        }
        for recording in recordings
    ]


def list_views(call: Call) -> Node:
    """Every access to one recording."""
    recording = call.store.get(Recording, _record_id(call))
    if recording is None or (recording.kind != TRAINING and not call.has("access-history-of-all-services")):
        raise Refusal("000015")
    call.demand(recording.host_id == call.caller.user_id or call.caller.sees_all)
    zone_id = _zone(call)
    first, last = _told(call, (0, call.now))
    within = (Term("at", ">=", first), Term("at", "<=", last))
    query = Query((Term("recording_id", "=", recording.recording_id), *within), (("at", False),))

    def rows(views: list[View]) -> list[Mapping[str, object]]:
        return [_view_row(view, zone_id) for view in views]

    return call.answer("lstrecordaccessDetailHistoryResponse", listed(call, View, query, rows).values("views"))


def _record_id(call: Call) -> int:
    """The id is recordID, or recondID as one example spells it; a site that knows one spelling refuses the other."""
    spelling = call.settings.record_id_spelling
    known = ("recordID", "recondID") if spelling == "either" else (spelling,)
    for name in ("recordID", "recondID"):
        if call.content.has(name) and name not in known:
            raise invalid(f"{name} is not an element of the request")
    return next((number for name in known if (number := call.content.number(name)) is not None), 0)


def _view_row(view: View, zone_id: int) -> Mapping[str, object]:
    accessed = show(view.at, zone_id)
    return {
        "id": view.view_id,
        "name": view.name,
        "email": view.email.lower(),
        "accessed": accessed,
        "registered": view.registered,
        "register_date": accessed if view.registered else None,
        "downloaded": view.downloaded,
        "viewed": view.viewed,
        "time_zone_id": zone_id,
    }


def _zone(call: Call) -> int:
    asked = call.content.number("timeZoneID")
    return GMT if asked is None else zone(asked).id


_MEETINGS = (MEETING, LARGE_EVENT, WEBCAST)

_SESSION_ORDERS = {
    "CONFNAME": "name",
    "CONFID": "conf_id",
    "STARTTIME": "began",
    "SESSIONSTARTTIME": "began",
    "HOSTNAME": "host_id",
    "TOTALATTENDEE": "past_id",
    "TOTALINVITED": "invited",
    "TOTALREGISTERED": "registered",
    "ASSISTREQUEST": "past_id",
    "ASSISTCONFIRM": "past_id",
}

_PEOPLE_ORDERS = {
    "CONFID": "past_id",
    "STARTTIME": "joined",
    "ATTENDEENAME": "name",
    "SESSIONKEY": "session_key",
    **dict.fromkeys(("COMPANY", "COUNTRY", "STATE", "CITY"), "participation_id"),
}


def _sessions(reply: str, kinds: tuple[str, ...]) -> Callable[[Call], Node]:
    """The operation that lists past sessions of some kinds."""

    def run(call: Call) -> Node:
        zone_id = _zone(call)
        name = call.content.text("confName")
        criteria: list[Criterion] = [
            *_scopes(call, "began", "ended", zone_id),
            *_numbers(call, {"confID": "conf_id", "sessionKey": "key", "meetingKey": "key"}),
            of_host(call),
            (Term("name", "contains", name),) if name else (),
        ]
        where = (Term("kind", "in", kinds), *own_or_all(call), *combined(call.content, criteria))
        query = Query(where, ordered(call.content, _SESSION_ORDERS, (("began", False),)))
        page = listed(call, PastSession, query, lambda found: _session_rows(call, found, zone_id))
        return call.answer(reply, page.values("rows"))

    return run


def _session_rows(call: Call, found: list[PastSession], zone_id: int) -> list[Mapping[str, object]]:
    hosts = users_of(call, (session.host_id for session in found))
    present: dict[int, list[int]] = {session.past_id: [] for session in found}
    for one in call.store.all(Participation, Query((Term("past_id", "in", tuple(present)),))):
        present[one.past_id].append(one.minutes)
    return [_session_row(session, hosts[session.host_id], present[session.past_id], zone_id) for session in found]


def _session_row(session: PastSession, host: User, minutes: list[int], zone_id: int) -> Mapping[str, object]:
    return {
        "key": session.key,
        "conf_id": session.conf_id,
        "name": session.name,
        "began": show(session.began, zone_id),
        "ended": show(session.ended, zone_id),
        "minutes": session.minutes,
        "time_zone": zone(zone_id).called(session.began),
        "time_zone_id": zone_id,
        "type": session.type_id,
        "host_id": host.user_id,
        "host_webex_id": host.webex_id,
        "host_name": host.name,
        "host_email": host.email,
        "people_minutes": sum(minutes),
        "participants": len(minutes),
        "registered": session.registered,
        "invited": session.invited,
        "account": None,
        "opportunity": None,
    }


def _people(reply: str, kinds: tuple[str, ...]) -> Callable[[Call], Node]:
    """The operation that lists who took part in past sessions of some kinds."""

    def run(call: Call) -> Node:
        zone_id = _zone(call)
        criteria: list[Criterion] = [
            *_scopes(call, "joined", "left", zone_id),
            *_numbers(call, {"sessionKey": "session_key", "meetingKey": "session_key"}),
        ]
        where = (Term("kind", "in", kinds), *own_or_all(call), *combined(call.content, criteria))
        query = Query(where, ordered(call.content, _PEOPLE_ORDERS, (("joined", False),)))
        page = listed(call, Participation, query, lambda found: _people_rows(call, found, zone_id))
        return call.answer(reply, page.values("rows"))

    return run


def _people_rows(call: Call, found: list[Participation], zone_id: int) -> list[Mapping[str, object]]:
    wanted = tuple({one.past_id for one in found})
    sessions = {one.past_id: one for one in call.store.all(PastSession, Query((Term("past_id", "in", wanted),)))}
    return [_person_row(one, sessions[one.past_id], zone_id) for one in found]


def _person_row(one: Participation, session: PastSession, zone_id: int) -> Mapping[str, object]:
    return {
        "key": session.key,
        "conf_id": session.conf_id,
        "session_name": session.name,
        "name": one.name,
        "email": one.email.lower(),
        "joined": show(one.joined, zone_id),
        "left": show(one.left, zone_id),
        "minutes": one.minutes,
        "type": "HOST" if one.host else "ATTENDEE",
        "account": None,
        "opportunity": None,
        "attendee_type": None,
        "registered": bool(session.registered) and not one.host,
        "invited": not one.host,
    }


def _scopes(call: Call, begin: str, end: str, zone_id: int) -> list[Criterion]:
    content = call.content
    start, stop = "startTimeScope/sessionStartTime", "endTimeScope/sessionEndTime"
    return [
        between(content, f"{start}Start", f"{start}End", begin, zone_id),
        between(content, f"{stop}Start", f"{stop}End", end, zone_id),
    ]


def _numbers(call: Call, columns: Mapping[str, str]) -> list[Criterion]:
    found = ((column, call.content.number(element)) for element, column in columns.items())
    return [(Term(column, "=", value),) for column, value in found if value is not None]


OPERATIONS = (
    Operation("lstrecordaccessHistory", "history", list_access),
    Operation("lstrecordaccessDetailHistory", "history", list_views),
    Operation("lstmeetingusageHistory", "history", _sessions("lstmeetingusageHistoryResponse", _MEETINGS)),
    Operation("lsteventsessionHistory", "history", _sessions("lsteventsessionHistoryResponse", (EVENT,))),
    Operation("lsttrainingsessionHistory", "history", _sessions("lsttrainingsessionHistoryResponse", (TRAINING,))),
    Operation("lstsupportsessionHistory", "history", _sessions("lstsupportsessionHistoryResponse", (SUPPORT,))),
    Operation("lstmeetingattendeeHistory", "history", _people("lstmeetingattendeeHistoryResponse", _MEETINGS)),
    Operation("lstsalesSessionHistory", "history", _sessions("lstsalesSessionHistoryResponse", (SALES,))),
    Operation("lsttrainingattendeeHistory", "history", _people("lsttrainingattendeeHistoryResponse", (TRAINING,))),
    Operation("lstsupportattendeeHistory", "history", _people("lstsupportattendeeHistoryResponse", (SUPPORT,))),
    Operation("lstsalesAttendeeHistory", "history", _people("lstsalesAttendeeHistoryResponse", (SALES,))),
    Operation("lsteventattendeeHistory", "history", _people("lsteventattendeeHistoryResponse", (EVENT,))),
)
