"""The table of time zones beside tzdata, of the version that requirements.lock pins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from mocksite.model.timezones import ZONES, Zone

#: The zone of tzdata for each id.
NAMES = """
Etc/GMT+12 Pacific/Pago_Pago Pacific/Honolulu America/Anchorage America/Los_Angeles America/Phoenix America/Denver
America/Chicago America/Mexico_City America/Regina America/Bogota America/New_York America/Indiana/Indianapolis
America/Halifax America/Caracas America/St_Johns America/Sao_Paulo America/Argentina/Buenos_Aires
Atlantic/South_Georgia Atlantic/Azores Europe/London Africa/Casablanca Europe/Amsterdam Europe/Paris Europe/Prague
Europe/Berlin Europe/Athens Europe/Bucharest Africa/Cairo Africa/Johannesburg Europe/Helsinki Asia/Jerusalem
Asia/Baghdad Europe/Moscow Africa/Nairobi Asia/Tehran Asia/Dubai Asia/Baku Asia/Kabul Asia/Yekaterinburg
Asia/Karachi Asia/Kolkata Asia/Colombo Asia/Almaty Asia/Bangkok Asia/Shanghai Australia/Perth Asia/Singapore
Asia/Hong_Kong Asia/Tokyo Asia/Seoul Asia/Yakutsk Australia/Adelaide Australia/Darwin Australia/Brisbane
Australia/Sydney Pacific/Guam Australia/Hobart Asia/Vladivostok Pacific/Guadalcanal Pacific/Auckland Pacific/Fiji
""".split()
#: Descriptions that say an offset which their place has not, or no longer.
CONTRADICTED = {"Tehran", "Kabul", "Columbo", "Almaty", "Yakutsk"}
#: Places whose summer time the table leaves out.
WITHOUT_SUMMER = {"Cairo", "Tel Aviv"}
FIRST = datetime(2027, 1, 1, tzinfo=UTC)
HOURS = [FIRST + timedelta(hours=hour) for hour in range(365 * 24)]


def second_opinion(zone: Zone) -> ZoneInfo:
    with resources.files("tzdata.zoneinfo").joinpath(*NAMES[zone.id].split("/")).open("rb") as file:
        return ZoneInfo.from_file(file)


def other_offsets(zone: Zone) -> int:
    """In how many hours of a year tzdata says something else."""
    theirs = second_opinion(zone)
    ours = (timedelta(minutes=zone.offset(int(hour.timestamp()))) for hour in HOURS)
    return sum(offset != hour.astimezone(theirs).utcoffset() for offset, hour in zip(ours, HOURS, strict=True))


def test_every_zone_has_a_second_opinion() -> None:
    assert len(NAMES) == len(ZONES)
    assert {zone.place for zone in ZONES} >= CONTRADICTED | WITHOUT_SUMMER


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.place)
def test_offsets_are_those_of_tzdata_but_where_the_description_says_otherwise(zone: Zone) -> None:
    others = other_offsets(zone)
    if zone.place in CONTRADICTED:
        assert others == len(HOURS)
    elif zone.place in WITHOUT_SUMMER:
        assert len(HOURS) * 0.4 < others < len(HOURS) * 0.7
    else:
        assert others == 0


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone.saving], ids=lambda zone: zone.place)
def test_a_moment_is_found_again_by_its_clock(zone: Zone) -> None:
    """But for the hour that a clock shows twice, of which the first is meant."""
    moments = [int(hour.timestamp()) for hour in HOURS]
    lost = [moment for moment in moments if zone.to_utc(zone.to_wall(moment)) != moment]
    assert len(lost) == 1
    assert all(zone.to_utc(zone.to_wall(moment)) == moment - 3600 for moment in lost)
