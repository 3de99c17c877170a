"""Points in time as the API writes them: MM/DD/YYYY HH:MM:SS in some time zone (wire-facts.md, Values).

Inside the mock a moment is whole seconds since 1970 in UTC.
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import UTC, datetime

from mocksite.refusal import invalid
from mocksite.zone import zone

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


def show(moment: int, zone_id: int) -> str:
    """The moment as a reply writes it, always zero-padded."""
    return time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(zone(zone_id).to_wall(moment)))


def midnight(moment: float) -> int:
    """The last midnight (UTC) before a moment; seeded data counts days from there."""
    return int(moment) // DAY * DAY
