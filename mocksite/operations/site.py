"""GetSite and LstTimeZone: how the site is set up, and the time zones it knows."""

from __future__ import annotations

from mocksite.call import Call, Operation
from mocksite.moment import parse
from mocksite.node import Node
from mocksite.query import Query, Term
from mocksite.record import ACTIVATED, MeetingType, User
from mocksite.zone import SITE_ZONE, ZONES, Zone, zone

#: The licences counted for administrators, and the user's column each depends on (R41.3.0-16).
_LICENCES = {
    "active_hosts": "host",
    "active_rooms": "room",
    "active_meetings": "meeting_center",
    "active_events": "event_center",
    "active_trainings": "training_center",
    "active_support": "support_center",
}


def get_site(call: Call) -> Node:
    """Everything about the site. Any account may ask; licence counts go to administrators (R41.3.0-16..20)."""
    settings = call.settings
    counted = call.caller.is_administrator or not call.has("counters-for-administrators-only")
    types = call.store.all(MeetingType, Query((Term("active", "=", 1),)))
    return call.answer(
        "getSiteResponse",
        {
            **{name.replace("-", "_"): value for name, value in settings.items().items()},
            "services": ("Meeting Center", "Event Center", "Training Center", "Support Center"),
            "meeting_types": [{"id": one.id, "prefix": one.prefix, "hidden": one.hidden} for one in types],
            "site_name": call.site_name,
            "partner_id": "mock",
            "time_zone_id": SITE_ZONE,
            "time_zone": zone(SITE_ZONE).description,
            "counters": counted,
            **(_counts(call) if counted else {}),
            "hosts_modify": settings.recording_changes_by_hosts,
            "no_separate_edit": not settings.recording_changes_by_hosts,
            "storage_empty": not settings.nbr_support and settings.nbr_storage == 0,
            "event_settings": call.content.flag("returnSettings/eventCenter") or False,
        },
    )


def _counts(call: Call) -> dict[str, object]:
    active = Term("active", "=", ACTIVATED)
    counts: dict[str, object] = {"active_users": call.store.count(User, Query((active,)))}
    for name, column in _LICENCES.items():
        counts[name] = call.store.count(User, Query((active, Term(column, "=", 1))))
    return counts


def list_time_zones(call: Call) -> Node:
    """All time zones, or those asked for, with their offset on a date (today when none is given)."""
    date = call.content.text("date")
    zones = [zone(one) for one in call.content.numbers("timeZoneID")] or list(ZONES)
    return call.answer(
        "lstTimeZoneResponse",
        {"zones": [_zone_row(one, parse(date, one.id) if date else call.now) for one in zones]},
    )


def _zone_row(one: Zone, moment: int) -> dict[str, object]:
    return {
        "id": one.id,
        "offset": one.offset(moment),
        "description": one.description,
        "short_name": one.place,
        "summer": one.in_summer(moment),
        "standard": f"{one.region} Standard Time",
        "daylight": f"{one.region} Daylight Time" if one.saving else None,
    }


OPERATIONS = (
    Operation("getSite", "site", get_site),
    Operation("lstTimeZone", "site", list_time_zones),
)
