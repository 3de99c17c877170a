"""GetUser and LstsummaryUser: what the site tells about its users."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from mocksite.model.queries import Query, Term
from mocksite.model.records import MeetingType, User
from mocksite.model.timezones import GMT, SITE_ZONE
from mocksite.operations.call import Call, Operation
from mocksite.operations.lists import Criterion, between, combined, listed, ordered, with_contents
from mocksite.protocol.dates import DAY, parse, show, zone
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import invalid

_ORDERS = {
    "UID": "user_id",
    "WEBEXID": "webex_id",
    "FIRSTNAME": "first_name",
    "LASTNAME": "last_name",
    "EMAIL": "email",
    "ACTIVE": "active",
    "REGDATE": "registered",
    "TIMEZONE": "time_zone_id",
}

#: 39.11: a longer range of modified dates is refused.
_LONGEST_RANGE = 90 * DAY


def get_user(call: Call) -> Node:
    """All about one user: oneself, or for an administrator anybody."""
    user = call.user(call.content.text("webExId") or call.content.text("webExID"))
    call.demand(user.user_id == call.caller.user_id or call.caller.is_administrator)
    return call.answer("getUserResponse", _values(call, user), user.own)


def _values(call: Call, user: User) -> dict[str, object]:
    place = zone(user.time_zone_id)
    local = user.email.partition("@")[0]
    types = call.store.all(MeetingType, Query((Term("active", "=", 1), Term("large_event", "=", 0))))
    return {
        **{name: getattr(user, name) for name in _PLAIN},
        "large_event_capacity": _capacity(call, user),
        "phone_pin": (user.host_pin or None) if call.settings.start_meeting_from_phone else None,
        "host_pin": user.host_pin or None,
        "access_code": user.access_code or None,
        "masked_password": "******",
        "personal_url": local,
        "meeting_types": tuple(one.id for one in types if _may_use(user, one)),
        "time_zone": place.called(call.now),
        "time_zone_dst": f"{place.place} ({place.region} Time, {place.called(call.now)[:9]})",
        "office": "FREE_OFFICE" if user.free_account else "PRO_OFFICE",
        "scheduling_permission": user.scheduling_permission or None,
        "room_title": f"{user.name}'s Personal Room",
        "room_url": f"{call.site_url}/meet/{local}",
        "sip_url": f"{local}@{call.site_name}.example.com",
        "registered": show(user.registered, SITE_ZONE),
        "has_avatar": call.settings.avatars and user.picture,
        "initials": (user.first_name[:1] + user.last_name[:1]).upper(),
    }


def _capacity(call: Call, user: User) -> int | None:
    """How large his events may be. What a user without a license has is not said (R41.6.0-03)."""
    absent = not user.large_event_capacity and call.settings.capacity_without_license == "absent"
    return None if absent else user.large_event_capacity


#: Fields of a user the reply shows as they are.
_PLAIN = (
    "first_name",
    "last_name",
    "webex_id",
    "email",
    "time_zone_id",
    "host",
    "site_admin",
    "ro_site_admin",
    "user_admin",
    "attendee_only",
    "room",
    "cmr_hybrid_voip",
    "active",
    "meeting_center",
    "training_center",
    "support_center",
    "event_center",
    "sales_center",
    "language_id",
    "user_id",
    "assistant",
    "free_account",
)


def _may_use(user: User, kind: MeetingType) -> bool:
    licences = {
        "MeetingCenter": user.meeting_center,
        "EventCenter": user.event_center,
        "TrainingCenter": user.training_center,
        "SupportCenter": user.support_center,
    }
    return licences.get(kind.service, False)


def list_users(call: Call) -> Node:
    """The users of the site, for administrators."""
    managed = call.settings.control_hub_managed

    def rows(users: list[User]) -> list[Mapping[str, object]]:
        return [_row(user, managed=managed) for user in users]

    return call.answer("lstsummaryUserResponse", listed(call, User, _wanted(call), rows).values("users"))


def list_whole_users(call: Call) -> Node:
    """The users of the site with all that is known of each, for administrators."""
    found: list[Node] = []

    def rows(users: list[User]) -> list[Mapping[str, object]]:
        found.extend(call.answer("getUserResponse", _values(call, user), user.own) for user in users)
        return [{} for _ in users]

    page = listed(call, User, _wanted(call), rows)
    return with_contents(call.answer("lstUserResponse", page.values("rows")), found)


def _wanted(call: Call) -> Query:
    call.demand(call.caller.is_administrator)
    content = call.content
    _check_range(call)
    equal = {"webExId": "webex_id", "email": "email", "active": "active"}
    part = {"firstName": "first_name", "lastName": "last_name"}
    criteria: list[Criterion] = [
        *((Term(column, "=", content.text(path)),) for path, column in equal.items() if content.text(path)),
        *((Term(column, "contains", content.text(path)),) for path, column in part.items() if content.text(path)),
        between(content, "dataScope/regDateStart", "dataScope/regDateEnd", "registered", GMT),
    ]
    return Query(combined(content, criteria), ordered(content, _ORDERS, (("user_id", False),)))


def _check_range(call: Call) -> None:
    first = call.content.text("dataScope/modifiedDateStart") or call.content.text("modifiedDateStart")
    last = call.content.text("dataScope/modifiedDateEnd") or call.content.text("modifiedDateEnd")
    if first and last and parse(last, GMT) - parse(first, GMT) > _LONGEST_RANGE:
        raise invalid("Maximum date range is 90 days for modified date query")


def _row(user: User, *, managed: bool) -> Mapping[str, object]:
    return {
        "webex_id": user.webex_id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "registered": show(user.registered, SITE_ZONE),
        "active": user.active,
        "time_zone_id": user.time_zone_id,
        # Who is known to Control Hub has a number there.
        "object_guid": str(uuid.uuid5(uuid.NAMESPACE_OID, str(user.user_id))) if managed else None,
    }


OPERATIONS = (
    Operation("getUser", "user", get_user),
    Operation("lstsummaryUser", "user", list_users),
    Operation("lstUser", "user", list_whole_users),
)
