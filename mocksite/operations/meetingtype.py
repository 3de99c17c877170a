"""LstMeetingType and GetMeetingType: the session types of the site (R41.12.0-13..17)."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.call import Call, Operation
from mocksite.listing import listed
from mocksite.node import Node
from mocksite.query import Query, Term
from mocksite.record import ACTIVATED, DEACTIVATED, MeetingType
from mocksite.refusal import Refusal


def list_meeting_types(call: Call) -> Node:
    """All session types, or those whose ids the request names."""
    ids = tuple(call.content.numbers("meetingTypeID"))
    terms = (Term("id", "in", ids),) if ids else ()
    page = listed(call, MeetingType, Query(terms), _rows)
    return call.answer("lstMeetingTypeResponse", page.values("types"))


def get_meeting_type(call: Call) -> Node:
    """One session type."""
    found = call.store.get(MeetingType, call.content.number("meetingTypeID") or 0)
    if found is None:
        raise Refusal("000015")
    return call.answer("getMeetingTypeResponse", _rows([found])[0])


def _rows(types: list[MeetingType]) -> list[Mapping[str, object]]:
    return [
        {
            "id": one.id,
            "prefix": one.prefix,
            "sub_prefix": one.sub_prefix or None,
            "active": ACTIVATED if one.active else DEACTIVATED,
            "name": one.name,
            "display_name": one.display_name,
            "service": one.service,
            "limit": one.limit,
            "hidden": one.hidden,
            "chat": one.name != "Quiet_Room",
            "meetings": one.service == "MeetingCenter",
            "events": one.service == "EventCenter",
        }
        for one in types
    ]


OPERATIONS = (
    Operation("lstMeetingType", "meetingtype", list_meeting_types),
    Operation("getMeetingType", "meetingtype", get_meeting_type),
)
