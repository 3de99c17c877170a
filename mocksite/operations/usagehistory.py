"""The usage histories: sessions that are over, and who took part in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mocksite.call import Call, Operation
from mocksite.history import Participation, PastSession
from mocksite.listing import Criterion, between, combined, listed, ordered, users_of
from mocksite.moment import show
from mocksite.node import Node
from mocksite.query import Query, Term
from mocksite.record import EVENT, LARGE_EVENT, MEETING, SUPPORT, TRAINING, WEBCAST, User
from mocksite.visibility import of_host, own_or_all
from mocksite.zone import GMT, zone

_MEETINGS = (MEETING, LARGE_EVENT, WEBCAST)

_ORDERS = {
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
        query = Query(where, ordered(call.content, _ORDERS, (("began", False),)))
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
        "time_zone": zone(zone_id).description,
        "type": session.type_id,
        "host_id": host.user_id,
        "host_webex_id": host.webex_id,
        "host_name": host.name,
        "host_email": host.email,
        "people_minutes": sum(minutes),
        "participants": len(minutes),
        "registered": session.registered,
        "invited": session.invited,
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
        "email": one.email,
        "joined": show(one.joined, zone_id),
        "left": show(one.left, zone_id),
        "minutes": one.minutes,
        "type": "HOST" if one.host else "ATTENDEE",
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


def _zone(call: Call) -> int:
    asked = call.content.number("timeZoneID")
    return GMT if asked is None else zone(asked).id


OPERATIONS = (
    Operation("lstmeetingusageHistory", "history", _sessions("lstmeetingusageHistoryResponse", _MEETINGS)),
    Operation("lsteventsessionHistory", "history", _sessions("lsteventsessionHistoryResponse", (EVENT,))),
    Operation("lsttrainingsessionHistory", "history", _sessions("lsttrainingsessionHistoryResponse", (TRAINING,))),
    Operation("lstsupportsessionHistory", "history", _sessions("lstsupportsessionHistoryResponse", (SUPPORT,))),
    Operation("lstmeetingattendeeHistory", "history", _people("lstmeetingattendeeHistoryResponse", _MEETINGS)),
    Operation("lsteventattendeeHistory", "history", _people("lsteventattendeeHistoryResponse", (EVENT,))),
)
