"""Dates and time zones as the API writes them: MM/DD/YYYY HH:MM:SS, timeZoneID (sources.md, Values).

Inside the mock a point in time is whole seconds since 1970 in UTC.
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import UTC, datetime

from mocksite.model.timezones import SITE_ZONE, ZONES, Zone
from mocksite.protocol.refusals import invalid

_WRITTEN = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: +(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?$")

DAY = 86400


def parse(text: str, zone_id: int) -> int:
    """The moment a request writes; zeros may be missing (``9/20/2021 8:0:0``), so may seconds and the time."""
    found = _WRITTEN.match(text.strip())
    if found is None:
        raise invalid(f"{text!r} is not a date of the form MM/DD/YYYY HH:MM:SS")
    month, day, year, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        wall = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise invalid(f"{text!r} is not a date of the calendar") from None
    return zone(zone_id).to_utc(calendar.timegm(wall.timetuple()))


def show(timestamp: int, zone_id: int) -> str:
    """The moment as a reply writes it, always zero-padded."""
    return time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(zone(zone_id).to_wall(timestamp)))


def zone(zone_id: int) -> Zone:
    """The zone of an id; -1 is the site's own (the default in the schema)."""
    if zone_id == -1:
        return ZONES[SITE_ZONE]
    if not 0 <= zone_id < len(ZONES):
        raise invalid(f"there is no time zone {zone_id}")
    return ZONES[zone_id]
