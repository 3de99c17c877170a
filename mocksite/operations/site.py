"""The site itself: GetSite, its time zones, its session types (R41.12.0-13..17), and which release it runs."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.model.queries import Query, Term
from mocksite.model.records import ACTIVATED, DEACTIVATED, MeetingType, User
from mocksite.model.timezones import GREENWICH, SITE_ZONE, ZONES, Zone
from mocksite.operations.call import Call, Operation
from mocksite.operations.lists import listed
from mocksite.protocol.dates import parse, zone
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid

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
            "time_zone": zone(SITE_ZONE).called(call.now),
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
    """All time zones, or those asked for, with their offset at a moment in GMT (now when none is given)."""
    date = call.content.text("date")
    zones = [zone(one) for one in call.content.numbers("timeZoneID")] or list(ZONES)
    return call.answer(
        "lstTimeZoneResponse",
        {"zones": [_zone_row(one, parse(date, GREENWICH) if date else call.now) for one in zones]},
    )


def _zone_row(one: Zone, timestamp: int) -> dict[str, object]:
    return {
        "id": one.id,
        "offset": one.offset(timestamp),
        "description": one.called(timestamp),
        "short_name": one.place,
        "summer": one.in_summer(timestamp),
        "standard": f"{one.region} Standard Time",
        "daylight": f"{one.region} Daylight Time" if one.saving else None,
    }


def list_meeting_types(call: Call) -> Node:
    """All session types, or those whose ids the request names."""
    ids = tuple(call.content.numbers("meetingTypeID"))
    terms = (Term("id", "in", ids),) if ids else ()
    page = listed(call, MeetingType, Query(terms), lambda types: _type_rows(call, types))
    return call.answer("lstMeetingTypeResponse", page.values("types"))


def get_meeting_type(call: Call) -> Node:
    """One session type."""
    found = call.store.get(MeetingType, call.content.number("meetingTypeID") or 0)
    if found is None:
        raise Refusal("000015")
    return call.answer("getMeetingTypeResponse", _type_rows(call, [found])[0])


def _type_rows(call: Call, types: list[MeetingType]) -> list[Mapping[str, object]]:
    manner = call.settings.predefined_sub_prefix
    of_predefined = {one.prefix: {"absent": None, "empty": ""}.get(manner, one.prefix) for one in types}
    return [
        {
            "id": one.id,
            "prefix": one.prefix,
            "sub_prefix": one.sub_prefix or of_predefined[one.prefix],
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


def get_api_version(call: Call) -> Node:
    """Version, service pack and release; at the versioned address of old the version is 10.0.0 (R41.9.0-03)."""
    version = "10.0.0" if call.address.startswith("xml") else "11.0.0"
    train = call.content.flag("returnTrainReleaseVersion")
    return call.answer(
        "getAPIVersionResponse",
        {
            "api_version": f"WebEx XML API V{version}",
            "release": "SP26",
            "train": "T41L" if train else None,
            "train_order": 400 if train else None,
            "api_ver": str(call.release),
        },
    )


#: Pages of Site Administration by type of request: category, item, page (a public client of Cisco's).
_ADMIN_PAGES = {
    "siteconfig": (
        ("EMAIL", "send_email_to_all", "sendemailtoall.do"),
        ("CommonSettings", "address", "address/addressbook.do"),
    ),
    "report": (
        ("CommonReports", "meetings_in_progress", "MeetingsInProgress.do"),
        ("CommonReports", "inactive_user", "inactiveUsersReport.do"),
    ),
}
_UNIFIED = "getenablet30unifiedadmin"


def administration_pages(call: Call) -> Node:
    """Where an administrator finds pages of Site Administration, or whether the site has the unified one."""
    call.demand(call.caller.is_administrator)
    wanted = call.content.text("type").lower()
    if wanted not in {*_ADMIN_PAGES, _UNIFIED}:
        raise invalid("type must be siteConfig, report or getEnableT30UnifiedAdmin")
    rows = [
        {
            "type": {"siteconfig": "SiteConfig", "report": "Report"}[wanted],
            "category": category,
            "id": item,
            "url": f"{call.site_url}/wbxadmin/{page}?proxyfrom=atlas&siteurl={call.site_name}",
        }
        for category, item, page in _ADMIN_PAGES.get(wanted, ())
    ]
    unified = call.settings.control_hub_managed if wanted == _UNIFIED else None
    return call.answer("getSiteAdminNavUrlResponse", {"pages": rows, "unified": unified})


def flush_cache(call: Call) -> Node:
    """The site forgets what it keeps at hand, which of this one is nothing."""
    call.demand(call.caller.is_administrator)
    return call.answer("flushWebCacheResponse")


OPERATIONS = (
    Operation("getSiteAdminNavUrl", "site", administration_pages),
    Operation("flushWebCache", "ep", flush_cache),
    Operation("getSite", "site", get_site),
    Operation("lstTimeZone", "site", list_time_zones),
    Operation("lstMeetingType", "meetingtype", list_meeting_types),
    Operation("getMeetingType", "meetingtype", get_meeting_type),
    Operation("getAPIVersion", "ep", get_api_version, anonymous=True),
)
