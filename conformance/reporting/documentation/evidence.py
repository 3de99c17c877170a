"""What runs saw of the contract: how often each element came, as what, on which site, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from conformance.reporting.documentation.reference import REPLY, ContractElement, Elements
from conformance.reporting.shapes import BODY, EMPTY
from conformance.reporting.summary import RunFile
from conformance.sites.release import Release

#: The kinds a value of a declared type may look like, and no other.
_FITTING = {
    "boolean": {"boolean"},
    "integer": {"integer"},
    "decimal": {"decimal", "integer"},
}
#: Site to operation to path: the first and the last day on which a night met it.
Days = Mapping[str, Mapping[tuple[str, str], tuple[str, str]]]
EARLY, ABSENT, STRANGE_KIND, STRANGE_VALUE = "early", "absent", "another kind", "another value"
DIFFERENCES = {
    EARLY: "told by a site older than the release whose notes announce it",
    ABSENT: "announced for the release the site runs, and in none of the replies that could hold it",
    STRANGE_KIND: "a value that is not of the kind the contract declares",
    STRANGE_VALUE: "a word the list of the contract does not have",
    "not declared": "an element no release of the contract declares",
}


@dataclass(frozen=True)
class Sighting:
    """One element on one site: in how many of the parents that came, of which kinds; ``first`` and ``last`` day."""

    site: str
    mock: bool
    release: str
    held: int
    chances: int
    kinds: tuple[str, ...]
    words: tuple[str, ...]
    first: str
    last: str
    differs: str = ""

    @property
    def told(self) -> str:
        """For a reader, and for the cell of a table."""
        if not self.chances:
            return "not met"
        return f"{self.held} of {self.chances}"


@dataclass(frozen=True)
class Evidence:
    """The latest run of each site, and the days on which its nights met each path."""

    runs: tuple[RunFile, ...]
    days: Days

    @cached_property
    def asked(self) -> frozenset[str]:
        """The operations some site answered."""
        return frozenset(name for run in self.runs for name, shape in run.shapes.items() if shape)

    def of(self, element: ContractElement) -> tuple[Sighting, ...]:
        """What each site that could show the element did."""
        found = (self._sighting(run, element) for run in self.runs)
        return tuple(one for one in found if one.chances or one.first)

    def _sighting(self, run: RunFile, element: ContractElement) -> Sighting:
        held = chances = 0
        kinds: set[str] = set()
        words: set[str] = set()
        days: list[tuple[str, str]] = []
        for operation, path in element.paths(REPLY):
            shape = run.shapes.get(operation, {})
            parent = shape.get(path.rpartition("/")[0] or BODY)
            chances += parent["count"] if parent else 0
            if row := shape.get(path):
                held += row["parents"]
                kinds |= set(row["kinds"])
                words |= set(row["words"])
                days.append((run.day[:10], run.day[:10]))
            # What the last run did not meet an earlier night may have.
            days += [known] if (known := self.days.get(run.site, {}).get((operation, path))) else []
        first, last = (min(one for one, _ in days), max(one for _, one in days)) if days else ("", "")
        told = Sighting(
            run.site, run.mock, str(run.release), held, chances, tuple(sorted(kinds)), tuple(sorted(words)), first, last
        )
        return Sighting(**vars(told) | {"differs": _difference(told, element, run.release)})

    def undeclared(self, elements: Elements) -> Iterator[tuple[str, str, str, str]]:
        """Site, operation, path and kinds of every element that no release declares."""
        for run in self.runs:
            for operation, shape in run.shapes.items():
                known = elements.known_to(operation, REPLY)
                for path, row in shape.items():
                    name = path.rpartition("/")[2]
                    if known and path != BODY and path not in known and not elements.roaming(name):
                        yield run.site, operation, path, ", ".join(row["kinds"])


def _difference(told: Sighting, element: ContractElement, release: Release) -> str:
    since = Release.parse(element.since) if element.since else None
    if since and told.held and release < since:
        return EARLY
    # Where nobody knows the parent, a reply that lacks it here may hold it elsewhere.
    if since and since <= release and told.chances and not told.held and element.place != "anywhere":
        gone = element.until and Release.parse(element.until) <= release
        return "" if gone else ABSENT
    fitting = _FITTING.get(element.kind, set()) | {EMPTY}
    if element.kind in _FITTING and set(told.kinds) - fitting:
        return STRANGE_KIND
    return STRANGE_VALUE if element.values and set(told.words) - set(element.values) else ""


#: Operation to path to whatever a night keeps of it.
Met = Mapping[str, Mapping[str, object]]


def days_of(nights: Iterable[tuple[str, str, Met]]) -> Days:
    """The first and last day of each path on each site, from site, day and shapes of every night."""
    found: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    spans: dict[tuple[str, int], tuple[str, str, Met]] = {}
    for site, day, shapes in nights:
        # Most nights share one record of shapes: it is opened once for all of them.
        key = site, id(shapes)
        first, last, _ = spans.get(key, (day, day, shapes))
        spans[key] = min(first, day), max(last, day), shapes
    for (site, _), (first, last, shapes) in spans.items():
        mine = found.setdefault(site, {})
        for operation, shape in shapes.items():
            for path in shape:
                old = mine.get((operation, path), (first, last))
                mine[operation, path] = min(old[0], first), max(old[1], last)
    return found
