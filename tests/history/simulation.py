"""A year of nights that never was: 365 nights of ten sites, with histories planted in them, all by one seed.

The model, so that nobody takes it for more: every scenario passes on every night but for what is planted;
besides, one scenario-night in 10,000 fails for nothing, one in 500 is broken, and every site has two outages on
which everything breaks. A site is upgraded every 28 nights, the suite every 90. Reply times are log-normal.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.history.night import KeptScenario, NightRecord

NIGHTS, SITES, SCENARIOS = 365, 10, 840
#: Planted on every site, twenty in all.
PLANTED = {"regression": 5, "upgrade": 3, "suite": 2, "flake": 5, "fixed": 3, "aged": 2}
RELEASES = ("41.1.0", "41.2.0", "41.3.0", "41.4.0", "41.5.0", "41.6.0", "41.6.3", "41.7.0", "41.8.0", "41.9.0",
            "41.10.0", "41.11.0", "41.12.0", "42.1.0")  # fmt: skip
_UPGRADES, _VERSIONS = 28, 90
_FIRST = dt.datetime(2025, 11, 28, 2, 0, tzinfo=dt.UTC)
_BY_CHANCE, _NO_VERDICT = 1e-4, 2e-3


@dataclass(frozen=True)
class Planted:
    """One history: what happens to a scenario from night ``first`` on, until ``end``; ``share`` of nights of a flake."""

    kind: str
    scenario: int
    first: int
    end: int = NIGHTS
    share: float = 0.0


@dataclass
class Site:
    """One made-up site."""

    name: str
    seed: int
    planted: list[Planted] = field(default_factory=list)
    outages: tuple[int, ...] = ()

    def release(self, night: int) -> str:
        return RELEASES[min(night // _UPGRADES, len(RELEASES) - 1)]


def suite(night: int) -> str:
    return f"0.{1 + night // _VERSIONS}.0"


def _site(number: int, seed: int) -> Site:
    dice = random.Random(f"{seed}-{number}")
    site = Site(f"site-{number:02}", seed, outages=tuple(sorted(dice.sample(range(10, 350), 2))))
    calm = [night for night in range(40, 350) if not _near(night, site.outages)]
    upgrades = [night for night in range(_UPGRADES, 337, _UPGRADES) if night % _VERSIONS and not _near(night, site.outages)]
    versions = [night for night in (90, 180, 270) if not _near(night, site.outages)]
    ordinary = [night for night in calm if night % _UPGRADES and night % _VERSIONS]
    scenarios = dice.sample(range(SCENARIOS), sum(PLANTED.values()))
    for kind, count in PLANTED.items():
        for _ in range(count):
            scenario = scenarios.pop()
            match kind:
                case "upgrade":
                    site.planted.append(Planted(kind, scenario, dice.choice(upgrades)))
                case "suite":
                    site.planted.append(Planted(kind, scenario, dice.choice(versions)))
                case "flake":
                    site.planted.append(Planted(kind, scenario, 0, share=dice.uniform(0.05, 0.5)))
                case "fixed":
                    end = dice.choice([night for night in range(NIGHTS - 25, NIGHTS - 2) if not _near(night, site.outages)])
                    site.planted.append(Planted(kind, scenario, end - dice.randrange(3, 60), end))
                case _:
                    site.planted.append(Planted(kind, scenario, dice.choice(ordinary)))
    return site


def _near(night: int, outages: tuple[int, ...]) -> bool:
    return any(night in (outage, outage + 1) for outage in outages)


def sites(seed: int) -> list[Site]:
    return [_site(number, seed) for number in range(SITES)]


def scenarios(version: int = 0) -> tuple[KeptScenario, ...]:
    """The scenarios as a version of the suite has them: a few have new titles each time, others moved to other files."""
    rows = []
    for number in range(SCENARIOS):
        title = f"scenario {number}{f' as of version {version}' if number % 20 == version else ''}"
        folder = RELEASES[number % 13]
        file = f"features/{folder}/{'moved' if number % 25 == version else 'features'}.feature"
        clause = f"R{folder}-{number // 13 + 1:02}"
        rows.append(KeptScenario(f"{file}::{title}", title, "", (clause,), folder, "must", ("GetUser",), f"{number:012x}"))
    return tuple(rows)


def nights(site: Site) -> Iterator[NightRecord]:
    """Every night of ``site``."""
    dice = random.Random(f"{site.seed}-{site.name}-nights")
    for number in range(NIGHTS):
        outcomes = _outcomes(site, number, dice)
        started = _FIRST + dt.timedelta(days=number)
        found = {place: "GetUser  check element-present: absent" for place, one in enumerate(outcomes) if one in "FB"}
        times = {name: _times(dice) for name in ("GetUser", "GetSite", "LstsummarySession", "CreateUser", "SetUser")}
        yield NightRecord(
            site=site.name, suite=suite(number), mock=False, release=site.release(number),
            site_release=site.release(number), access="read-write", strict=False, started=f"{started:%Y%m%dT%H%M%SZ}",
            finished=f"{started + dt.timedelta(minutes=4):%Y%m%dT%H%M%SZ}", scenarios=scenarios(number // _VERSIONS),
            outcomes="".join(outcomes), words=found, exchanges={}, requests=646, reply_times=times,
            shapes={"GetUser": {"user": ("parent",)}},
        )  # fmt: skip


def _outcomes(site: Site, night: int, dice: random.Random) -> list[str]:
    if night in site.outages:
        return ["B"] * SCENARIOS
    told = ["F" if dice.random() < _BY_CHANCE else "B" if dice.random() < _NO_VERDICT else "P" for _ in range(SCENARIOS)]
    for one in site.planted:
        told[one.scenario] = "P"
        if one.first <= night < one.end and (not one.share or dice.random() < one.share):
            told[one.scenario] = "B" if one.kind == "aged" else "F"
    return told


def _times(dice: random.Random) -> tuple[int, float, float, float]:
    middle = math.exp(dice.gauss(5.5, 0.1))
    return 60, round(middle, 1), round(2 * middle, 1), round(3 * middle, 1)
