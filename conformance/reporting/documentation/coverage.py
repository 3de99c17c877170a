"""How much of the contract is asked for, seen, judged, and killed by a seeded fault; why the rest is not judged.

What no scenario judges stands in ``features/unjudged.toml`` with a reason, every exception id in
``features/exceptions.toml``. Both are held against the features: a name that is judged and listed, or neither, is told.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.reporting.documentation.evidence import Evidence
from conformance.reporting.documentation.reference import REPLY, REQUEST, ContractElement, Reference
from conformance.sites.errors import UserError
from conformance.sites.profile import ROLES
from conformance.sites.settings import known_settings

UNJUDGED = "unjudged.toml"
EXCEPTIONS = "exceptions.toml"
#: The kinds of things a contract is made of, in the order of the table.
KINDS = ("operation", "element", "value", "exception id", "role", "setting")
#: What shapes of replies tell, and what seeded faults are about.
_SEEN = ("operation", "element", "value")
_KILLED = ("operation", "element", "exception id")


@dataclass(frozen=True)
class ExceptionEntry:
    """An exception id: its reason as far as it is known, how sure that is, and what may be refused with it.

    ``unjudged`` says why no scenario asks for it, "" for one that a scenario judges.
    """

    id: str
    reason: str
    certain: str
    operations: str
    source: str
    since: str
    unjudged: str


@dataclass(frozen=True)
class Reasons:
    """Why something is not judged, by kind and name."""

    of: Mapping[str, Mapping[str, str]]

    def why(self, kind: str, name: str) -> str:
        """The reason, "" when none is given."""
        return self.of.get(kind, {}).get(name, "")


@dataclass(frozen=True)
class CoverageRow:
    """One kind of thing: how many there are, and of how many each can be said; None where nothing measures it.

    ``live`` and ``mock`` are those seen there.
    """

    kind: str
    total: int
    asked: int
    live: int | None
    mock: int | None
    judged: int
    killed: int | None


@dataclass(frozen=True)
class Part:
    """One thing of the contract, and what can be said of it; ``reason`` says why nothing judges it."""

    kind: str
    name: str
    asked: bool
    live: bool
    mock: bool
    judged: bool
    killed: bool
    reason: str = ""


@dataclass(frozen=True)
class Coverage:
    """The contract held against the features, what runs saw, and the fault matrix where one was made."""

    reference: Reference
    evidence: Evidence
    exceptions: Mapping[str, ExceptionEntry]
    reasons: Reasons
    measured: bool = field(default=False)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every operation, element, value, exception id, role and setting."""
        return (
            *self._operations(),
            *self._elements(),
            *self._values(),
            *self._exceptions(),
            *self._roles(),
            *self._settings(),
        )

    def rows(self) -> list[CoverageRow]:
        """The figures, kind by kind."""
        found = []
        for kind in KINDS:
            mine = [part for part in self.parts if part.kind == kind]
            asked, judged = sum(one.asked for one in mine), sum(one.judged for one in mine)
            live, mock = (
                sum(getattr(one, name) for one in mine) if kind in _SEEN else None for name in ("live", "mock")
            )
            killed = sum(one.killed for one in mine) if self.measured and kind in _KILLED else None
            found.append(CoverageRow(kind, len(mine), asked, live, mock, judged, killed))
        return found

    def unaccounted(self) -> list[str]:
        """What is neither judged nor given a reason, and reasons for what is judged or not there; a sentence each."""
        named = {(part.kind, part.name): part for part in self.parts}
        told = [f"nobody judges the {one.kind} {one.name}" for one in self.parts if not one.judged and not one.reason]
        both = [one for one in self.parts if one.judged and one.reason]
        told += [f"the {one.kind} {one.name} is judged, and given a reason not to be" for one in both]
        for kind, names in self.reasons.of.items():
            told += [f"there is no {kind} {name}" for name in names if (kind, name) not in named]
        return told

    def _part(self, kind: str, name: str, *, asked: bool, seen: tuple[bool, bool], judged: bool, killed: bool) -> Part:
        reason = self.exceptions[name].unjudged if kind == "exception id" else self.reasons.why(kind, name)
        return Part(kind, name, asked, *seen, judged, killed, reason)

    def _operations(self) -> Iterator[Part]:
        judged = {one.operation for one in self.reference.mentions if one.judged}
        judged |= {name for name, entry in self.reference.operations.items() if entry.scenarios}
        for name, entry in self.reference.operations.items():
            seen = self._seen(lambda shapes, name=name: bool(shapes.get(name)))
            killed = any(key in self.reference.killed for key in self.reference.elements.known_to(name, REPLY).values())
            yield self._part(
                "operation", name, asked=bool(entry.scenarios), seen=seen, judged=name in judged, killed=killed
            )

    def _seen(self, holds: Any) -> tuple[bool, bool]:
        """On a live site, on a mock."""
        found = {run.mock for run in self.evidence.runs if holds(run.shapes)}
        return False in found, True in found

    def _elements(self) -> Iterator[Part]:
        sent = {name for name, entry in self.reference.operations.items() if entry.scenarios}
        for key, element in self.reference.elements.all.items():
            asked = any(one.operation in sent for one in element.occurrences if one.side == REPLY)
            asked |= any(path in self.reference.operations[name].parameters for name, path in element.paths(REQUEST))
            sightings = [one for one in self.evidence.of(element) if one.first]
            seen = (any(not one.mock for one in sightings), any(one.mock for one in sightings))
            judged, killed = key in self.reference.judged, key in self.reference.killed
            yield self._part("element", key, asked=asked, seen=seen, judged=judged, killed=killed)

    def _values(self) -> Iterator[Part]:
        elements = self.reference.elements
        holders: dict[str, list[ContractElement]] = defaultdict(list)
        for element in elements.all.values():
            holders[element.type].append(element)
        for declared, values in elements.enumerations.items():
            sights = [one for element in holders[declared] for one in self.evidence.of(element)]
            asked = any(one.occurrences for one in holders[declared])
            for value in values:
                met = {one.mock for one in sights if value in one.words}
                judged = (declared, value) in self.reference.judged_values
                name = f"{declared} {value}"
                yield self._part(
                    "value", name, asked=asked, seen=(False in met, True in met), judged=judged, killed=False
                )

    def _exceptions(self) -> Iterator[Part]:
        for name in self.exceptions:
            mine = self.reference.by_exception.get(name, ())
            judged = any(one.judged for one in mine)
            killed = any(one.clause in self.reference.killed for one in mine if one.judged)
            yield self._part("exception id", name, asked=bool(mine), seen=(False, False), judged=judged, killed=killed)

    def _roles(self) -> Iterator[Part]:
        used = {role for one in self.reference.operations.values() for role in one.roles}
        for name in ROLES:
            yield self._part("role", name, asked=name in used, seen=(False, False), judged=name in used, killed=False)

    def _settings(self) -> Iterator[Part]:
        used = {name for one in self.reference.operations.values() for name in one.settings}
        for name in known_settings():
            yield self._part(
                "setting", name, asked=name in used, seen=(False, False), judged=name in used, killed=False
            )


def read_exceptions(features: Path) -> dict[str, ExceptionEntry]:
    """Every exception id that is known of, by id."""
    found = {}
    for row in _table(features / EXCEPTIONS).get("exception", []):
        texts = {name: str(row.get(name, "")) for name in ExceptionEntry.__dataclass_fields__}
        found[texts["id"]] = ExceptionEntry(**texts)
    return found


def read_reasons(features: Path) -> Reasons:
    """Why what is not judged is not, by kind and name."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for group in _table(features / UNJUDGED).get("reason", []):
        words = str(group["words"])
        for holder, names in group.get("elements", {}).items():
            found["element"] |= {f"{holder}/{name}": words for name in names.split()}
        for holder, names in group.get("values", {}).items():
            found["value"] |= {f"{holder} {name}": words for name in names}
        for kind, key in (("operation", "operations"), ("role", "roles"), ("setting", "settings")):
            found[kind] |= dict.fromkeys(group.get(key, ()), words)
    return Reasons(found)


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        what = problem.strerror if isinstance(problem, OSError) else f"not TOML: {problem}"
        raise UserError("reasons", f"it cannot be read: {what}", where=str(file)) from None
