"""Time zones by timeZoneID, with daylight saving (sources.md, Values).

The id is the position in the enumeration com:timeZoneType, but for London and
Casablanca: sources.md, Values, says 20 is GMT London, so the two change places. Rules are
those of today, but for Egypt and Israel, which have none here. A table of our own, since
tzdata contradicts the offsets that five of these descriptions say (docs/decisions/libraries.md).
"""

from __future__ import annotations

import calendar
import functools
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Saving:
    """When summer time begins and ends: month, which Sunday (-1: the last), hour; ``utc`` tells whose hour."""

    begins: tuple[int, int, int]
    ends: tuple[int, int, int]
    utc: bool = False


_US = Saving((3, 2, 2), (11, 1, 2))
_EU = Saving((3, -1, 1), (10, -1, 1), utc=True)
_AU = Saving((10, 1, 2), (4, 1, 3))
_NZ = Saving((9, -1, 2), (4, 1, 3))


@dataclass(frozen=True)
class Zone:
    """A time zone as LstTimeZone describes it; ``minutes`` is its standard offset from GMT."""

    id: int
    description: str
    minutes: int
    saving: Saving | None = None

    @property
    def place(self) -> str:
        """The city in the description."""
        return self.description.rpartition("(")[2].rstrip(")")

    @property
    def region(self) -> str:
        """The words between the offset and the city."""
        return self.description.partition(", ")[2].rpartition(" (")[0]

    def called(self, timestamp: int) -> str:
        """The description as later sites write it: with the offset of the moment, summer time in it."""
        return _at(self.offset(timestamp)) + self.description[9:]

    def offset(self, timestamp: int) -> int:
        """Minutes ahead of GMT at a moment."""
        return self.minutes + (60 if self.in_summer(timestamp) else 0)

    def in_summer(self, timestamp: int) -> bool:
        """Whether daylight saving is on at a moment."""
        if self.saving is None:
            return False
        begins, ends = _switches(self, time.gmtime(timestamp + self.minutes * 60).tm_year)
        if begins < ends:
            return begins <= timestamp < ends
        return timestamp >= begins or timestamp < ends

    def to_wall(self, timestamp: int) -> int:
        """The local clock at a moment, as seconds since 1970 on that clock."""
        return timestamp + self.offset(timestamp) * 60

    def to_utc(self, wall: int) -> int:
        """The moment a local clock shows ``wall``; an hour that exists twice is its first occurrence."""
        early = wall - (self.minutes + 60) * 60
        return early if self.in_summer(early) else wall - self.minutes * 60


@functools.cache
def _at(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


@functools.lru_cache(maxsize=1024)
def _switches(place: Zone, year: int) -> tuple[int, int]:
    """The moments summer time begins and ends in a year."""
    assert place.saving is not None
    begins, ends = (_sunday(year, rule) for rule in (place.saving.begins, place.saving.ends))
    if place.saving.utc:
        return begins, ends
    return begins - place.minutes * 60, ends - (place.minutes + 60) * 60


def _sunday(year: int, rule: tuple[int, int, int]) -> int:
    month, nth, hour = rule
    sundays = [week[calendar.SUNDAY] for week in calendar.monthcalendar(year, month) if week[calendar.SUNDAY]]
    return calendar.timegm((year, month, sundays[nth if nth < 0 else nth - 1], hour, 0, 0))


#: Description (the enumeration value of com:timeZoneType) and daylight saving rule, in the order of the ids.
_TABLE: tuple[tuple[str, Saving | None], ...] = (
    ("GMT-12:00, Dateline (Eniwetok)", None),
    ("GMT-11:00, Samoa (Samoa)", None),
    ("GMT-10:00, Hawaii (Honolulu)", None),
    ("GMT-09:00, Alaska (Ancorage)", _US),
    ("GMT-08:00, Pacific (San Jose)", _US),
    ("GMT-07:00, Mountain (Arizona)", None),
    ("GMT-07:00, Mountain (Denver)", _US),
    ("GMT-06:00, Central (Chicago)", _US),
    ("GMT-06:00, Mexico (Mexico City,Tegucigalpa)", None),
    ("GMT-06:00, Central (Regina)", None),
    ("GMT-05:00, S. America Pacific (Bogota)", None),
    ("GMT-05:00, Eastern (New York)", _US),
    ("GMT-05:00, Eastern (Indiana)", _US),
    ("GMT-04:00, Atlantic (Halifax)", _US),
    ("GMT-04:00, S. America Western (Caracas)", None),
    ("GMT-03:30, Newfoundland (Newfoundland)", _US),
    ("GMT-03:00, S. America Eastern (Brasilia)", None),
    ("GMT-03:00, S. America Eastern (Buenos Aires)", None),
    ("GMT-02:00, Mid-Atlantic (Mid-Atlantic)", None),
    ("GMT-01:00, Azores (Azores)", _EU),
    ("GMT+00:00, GMT (London)", _EU),
    ("GMT+00:00, Greenwich (Casablanca)", None),
    ("GMT+01:00, Europe (Amsterdam)", _EU),
    ("GMT+01:00, Europe (Paris)", _EU),
    ("GMT+01:00, Europe (Prague)", _EU),
    ("GMT+01:00, Europe (Berlin)", _EU),
    ("GMT+02:00, Greece (Athens)", _EU),
    ("GMT+02:00, Eastern Europe (Bucharest)", _EU),
    ("GMT+02:00, Egypt (Cairo)", None),
    ("GMT+02:00, South Africa (Pretoria)", None),
    ("GMT+02:00, Northern Europe (Helsinki)", _EU),
    ("GMT+02:00, Israel (Tel Aviv)", None),
    ("GMT+03:00, Saudi Arabia (Baghdad)", None),
    ("GMT+03:00, Russian (Moscow)", None),
    ("GMT+03:00, Nairobi (Nairobi)", None),
    ("GMT+03:00, Iran (Tehran)", None),
    ("GMT+04:00, Arabian (Abu Dhabi, Muscat)", None),
    ("GMT+04:00, Baku (Baku)", None),
    ("GMT+04:00, Afghanistan (Kabul)", None),
    ("GMT+05:00, West Asia (Ekaterinburg)", None),
    ("GMT+05:00, West Asia (Islamabad)", None),
    ("GMT+05:30, India (Bombay)", None),
    ("GMT+06:00, Columbo (Columbo)", None),
    ("GMT+06:00, Central Asia (Almaty)", None),
    ("GMT+07:00, Bangkok (Bangkok)", None),
    ("GMT+08:00, China (Beijing)", None),
    ("GMT+08:00, Australia Western (Perth)", None),
    ("GMT+08:00, Singapore (Singapore)", None),
    ("GMT+08:00, Taipei (Hong Kong)", None),
    ("GMT+09:00, Tokyo (Tokyo)", None),
    ("GMT+09:00, Korea (Seoul)", None),
    ("GMT+09:30, Yakutsk (Yakutsk)", None),
    ("GMT+09:30, Australia Central (Adelaide)", _AU),
    ("GMT+09:30, Australia Central (Darwin)", None),
    ("GMT+10:00, Australia Eastern (Brisbane)", None),
    ("GMT+10:00, Australia Eastern (Sydney)", _AU),
    ("GMT+10:00, West Pacific (Guam)", None),
    ("GMT+10:00, Tasmania (Hobart)", _AU),
    ("GMT+10:00, Vladivostok (Vladivostok)", None),
    ("GMT+11:00, Central Pacific (Solomon Is)", None),
    ("GMT+12:00, New Zealand (Wellington)", _NZ),
    ("GMT+12:00, Fiji (Fiji)", None),
)


def _minutes(description: str) -> int:
    hours, minutes = int(description[4:6]), int(description[7:9])
    return (-1 if description[3] == "-" else 1) * (hours * 60 + minutes)


ZONES = tuple(Zone(number, text, _minutes(text), saving) for number, (text, saving) in enumerate(_TABLE))

#: The zone of the mock sites themselves (GetSite) and of users who choose none.
SITE_ZONE = 4

#: Lists that name no zone answer in this one.
GMT = 20

#: Has the clock of Greenwich the whole year: London has summer time.
GREENWICH = 21
