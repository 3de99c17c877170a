"""A run cut into shards: the same cut on every machine, from profiles, selection and version alone.

Cut by ourselves and not by pytest-split or pytest-xdist (docs/fleet.md): the one cuts a list of tests without regard
for what belongs together, the other needs a connection to each machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heapreplace
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.history.archive import Archive
from conformance.history.night import digest
from conformance.reporting.summary import SUMMARY, folders_of
from conformance.run.options import MOCK, Options
from conformance.scenarios.ahead.holds import ALONE, Holds, holds
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.step_registry import StepRegistry
from conformance.sites.errors import UserError
from conformance.sites.profile import CREDENTIALS, Profile, data_item
from conformance.sites.profile_file import load_profile, sites_file
from conformance.sites.user_files import UNREADABLE, names_folder, read_user_file, why_unreadable

FORMAT = 1
SHARD = "shard.json"


@dataclass(frozen=True)
class Share:
    """A site in a shard: the whole of it, or one ``part`` of ``parts``, with so many scenarios."""

    site: str
    part: int
    parts: int
    scenarios: int

    @property
    def words(self) -> str:
        """The share as messages name it."""
        return self.site if self.parts == 1 else f"{self.site} (part {self.part} of {self.parts})"


@dataclass(frozen=True)
class ShardPlan:
    """Who carries out what: the shares of each shard, and ``selection``, a checksum of what they are shares of.

    ``order`` is that of the scenarios in the run, where a site is cut into parts: a merge puts them in it again.
    """

    shards: tuple[tuple[Share, ...], ...]
    sites: tuple[str, ...]
    selection: str
    order: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        rows = [[[one.site, one.part, one.parts, one.scenarios] for one in shard] for shard in self.shards]
        return {"selection": self.selection, "sites": list(self.sites), "shards": rows, "order": list(self.order)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> ShardPlan:
        """The plan that :meth:`as_json` wrote."""
        shards = tuple(tuple(Share(str(site), *map(int, rest)) for site, *rest in shard) for shard in row["shards"])
        return cls(shards, tuple(map(str, row["sites"])), str(row["selection"]), tuple(map(str, row["order"])))


def cut(
    scenarios: Mapping[str, Sequence[Scenario]],
    together: Callable[[str], frozenset[str] | None],
    number: int,
    durations: Durations,
    terms: Iterable[str] = (),
) -> ShardPlan:
    """The plan of ``number`` shards: whole sites first, and parts of them where there are more shards than sites.

    ``together`` tells of a site which of its scenarios stay in one part, None when it is not to be cut at all.
    """
    sites = tuple(scenarios)
    weights = {site: sum(durations.of(site, one.nodeid) for one in scenarios[site]) for site in sites}
    shards: list[list[Share]] = [[] for _ in range(number)]
    room = [(0.0, shard) for shard in range(number)]
    pieces = _pieces(scenarios, weights, number, together)
    for site, parts in pieces.items():
        lots = [(len(scenarios[site]), weights[site])]
        if parts > 1:
            seconds = partial(durations.of, site)
            told = parted(scenarios[site], together(site) or frozenset(), parts, seconds)
            lots = [(len(lot), sum(map(seconds, lot))) for lot in told]
        for part, (count, weight) in enumerate(lots, 1):
            load, shard = room[0]
            heapreplace(room, (load + weight, shard))
            shards[shard].append(Share(site, part, parts, count))
    order = dict.fromkeys(one.nodeid for site, parts in pieces.items() if parts > 1 for one in scenarios[site])
    selection = _selection(scenarios, number, durations, terms)
    return ShardPlan(tuple(map(tuple, shards)), sites, selection, tuple(order))


def _pieces(
    scenarios: Mapping[str, Sequence[Scenario]],
    weights: Mapping[str, float],
    number: int,
    together: Callable[[str], frozenset[str] | None],
) -> dict[str, int]:
    """How many parts each site is cut into, the heaviest first; no part is left without a scenario."""
    parts = dict.fromkeys(sorted(weights, key=lambda site: -weights[site]), 1)
    most = {site: _most_parts(scenarios[site], together(site)) for site in parts} if number > len(parts) else {}
    free = [(-weights[site], rank, site) for rank, site in enumerate(parts) if most.get(site, 1) > 1]
    heapify(free)
    for _ in range(number - len(parts)):
        if not free:
            break
        _, rank, site = free[0]
        parts[site] += 1
        if parts[site] < most[site]:
            heapreplace(free, (-weights[site] / parts[site], rank, site))
        else:
            heappop(free)
    return parts


def _most_parts(scenarios: Sequence[Scenario], kept: frozenset[str] | None) -> int:
    """Every part has something to do: those that stay together are one, and each of the others may be."""
    if kept is None:
        return 1
    apart = sum(one.nodeid not in kept for one in scenarios)
    return apart + (apart < len(scenarios))


def parted(
    scenarios: Sequence[Scenario], kept: frozenset[str], parts: int, seconds: Callable[[str], float]
) -> list[list[str]]:
    """Node ids of each part: those ``kept`` together in the first, the longest of the rest where there is most room."""
    lots: list[list[str]] = [[one.nodeid for one in scenarios if one.nodeid in kept]] + [[] for _ in range(parts - 1)]
    room = [(sum(map(seconds, lots[0])), 0), *((0.0, nth) for nth in range(1, parts))]
    heapify(room)
    rest = [one.nodeid for one in scenarios if one.nodeid not in kept]
    for nodeid in sorted(rest, key=lambda one: (-seconds(one), one)):
        load, place = room[0]
        lots[place].append(nodeid)
        heapreplace(room, (load + seconds(nodeid), place))
    return lots


def kept_on(
    site: str, scenarios: Sequence[Scenario], options: Options, registry: StepRegistry
) -> frozenset[str] | None:
    """What stays together of ``site``; None for a mock that shards would share: it is set for one scenario at a time.

    Of the mock of a run each shard has its own.
    """
    if site == MOCK and not options.sites_file:
        return frozenset()
    profile = load_profile(site, sites_file(options.sites_file or None))
    if profile.is_mock:
        return None
    return kept_together(scenarios, profile, registry, writes=options.access == "read-write")


def kept_together(
    scenarios: Iterable[Scenario], profile: Profile, registry: StepRegistry, *, writes: bool
) -> frozenset[str]:
    """What stays in one part of a live site: what changes it, and all that touches what is changed.

    So does what needs something that the profile does not name, where a run that may write would make it.
    """
    if not writes:
        return frozenset()
    held = {one: holds(one, registry, profile.data, settings=False) for one in scenarios}
    changed = {(thing, mode) for one, mine in held.items() if one.writes for thing, mode in mine}
    return frozenset(
        one.nodeid for one, mine in held.items() if one.writes or _meets(mine, changed) or _lacks(one, profile)
    )


def _meets(mine: Holds, changed: Iterable[tuple[str, object]]) -> bool:
    modes = dict(mine)
    return any(thing in modes and (ALONE in (mode, modes[thing]) or mode != modes[thing]) for thing, mode in changed)


def _lacks(scenario: Scenario, profile: Profile) -> bool:
    needed = (one for one in scenario.needs if one not in CREDENTIALS.values())
    missing = any(data_item(one, profile.data) is None for one in needed)
    return missing or any(role not in profile.accounts for role in scenario.roles)


def _selection(
    scenarios: Mapping[str, Sequence[Scenario]], number: int, durations: Durations, terms: Iterable[str]
) -> str:
    """A checksum of everything that must be the same on all machines of a run."""
    told = hashlib.sha256(json.dumps([__version__, number, durations.digest, *terms]).encode())
    lists: dict[int, bytes] = {}
    for site, several in scenarios.items():
        if id(several) not in lists:
            names = "\n".join(f"{one.nodeid} {one.fingerprint}" for one in several)
            lists[id(several)] = hashlib.sha256(names.encode()).digest()
        told.update(site.encode() + lists[id(several)])
    return told.hexdigest()[:16]


class Durations:
    """What each scenario took, by site as far as that is known; where nothing is known all take the same.

    ``usual`` is what a scenario of a site takes on average, where no more is known of it: a history keeps as much.
    """

    def __init__(
        self, seconds: Mapping[str, Mapping[str, float]], digest: str = "", usual: Mapping[str, float] | None = None
    ) -> None:
        self._by_site, self._usual_of = seconds, usual or {}
        self._by_name: dict[str, float] = {}
        for told in seconds.values():
            self._by_name.update(told)
        known = [*self._by_name.values(), *self._usual_of.values()]
        self._usual = sum(known) / len(known) if known else 1.0
        self.digest = digest

    def of(self, site: str, nodeid: str) -> float:
        """Seconds of a scenario on ``site``; what another site took, or what is usual, where it is not known."""
        told = self._by_site.get(site, {}).get(nodeid)
        if told is None:
            told = self._by_name.get(nodeid, self._usual_of.get(site, self._usual))
        # However fast, a scenario is not for nothing: the number counts, too.
        return max(0.001, told)


def read_durations(place: Path | None) -> Durations:
    """The durations in ``place``: reports of a run on one site or several, a history, or pytest-split's JSON."""
    if place is None:
        return Durations({})
    try:
        if names_folder(place) and (place / "nights").is_dir():
            usual = Archive(place).replied()
            return Durations({}, digest(json.dumps(usual, sort_keys=True).encode()), usual)
        folders = folders_of(place) if names_folder(place) else []
        files = [file for file in (folder / SUMMARY for folder in folders) if file.is_file()] or [place]
        texts = [read_user_file(file) for file in files]
        documents = [json.loads(text) for text in texts]
        seconds = {str(one.get("site", "")): _seconds(one) for one in documents}
    except (OSError, AttributeError, KeyError, OverflowError, TypeError, *UNREADABLE) as problem:
        why = why_unreadable(problem) if isinstance(problem, OSError | ValueError) else "it tells of no scenarios"
        hint = "name reports of an earlier run, a history, or a file of JSON, {nodeid: seconds}"
        raise UserError("durations", f"cannot read what scenarios took: {why}", where=str(place), hint=hint) from None
    return Durations(seconds, digest("".join(texts).encode()))


def _seconds(document: Mapping[str, Any]) -> dict[str, float]:
    if "scenarios" in document:
        return {row["nodeid"]: _told(row["duration_s"]) for row in document["scenarios"]}
    return {str(nodeid): _told(seconds) for nodeid, seconds in document.items()}


def _told(seconds: float) -> float:
    """A number that can be added up; JSON of Python's holds infinity, and what is no number at all."""
    if not 0 <= float(seconds) <= _LONGEST:
        raise ValueError(f"no scenario takes {seconds} seconds")
    return float(seconds)


#: A year.
_LONGEST = 366 * 24 * 3600.0
