"""What changed in the shape of the replies to one operation, and which clause announced it.

A change is told only where the data of the two sites cannot be its cause. An
element that always came and now never does has vanished; one that came with
some of its parents only depends on data, unless the contract did not know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from conformance.judge.clauses import Clause
from conformance.reporting.shape import BODY, Shape
from conformance.reporting.shape_contract import Declarations
from conformance.reporting.shape_order import moved

APPEARED, VANISHED, MOVED, KIND, WORDS = "appeared", "vanished", "moved", "kind", "words"


@dataclass(frozen=True)
class Drift:
    """One difference between the replies of two runs; ``clause`` is the id of the clause that announced it, or ""."""

    operation: str
    path: str
    what: str
    before: str
    after: str
    clause: str = ""

    @property
    def announced(self) -> bool:
        """Whether a clause of the releases in between explains it."""
        return bool(self.clause)

    @property
    def worse(self) -> bool:
        """Whether a client can break by it; an element nobody promised is news, and clients must ignore it."""
        return not self.announced and self.what != APPEARED


class Announcements:
    """The clauses of the releases between two runs; ``back`` when the second run has the older release."""

    def __init__(self, clauses: Iterable[Clause], *, back: bool = False) -> None:
        self._clauses = tuple(clauses)
        self._back = back

    def explains(self, what: str, operation: str, path: str) -> str:
        """The id of the clause that announced the difference, "" when none did."""
        for clause in self._clauses:
            if clause.speaks_of(operation) and any(_covers(stated, path) for stated in self._paths(clause, what)):
                return clause.id
        return ""

    def _paths(self, clause: Clause, what: str) -> tuple[str, ...]:
        if what not in (APPEARED, VANISHED):
            return clause.changes
        return clause.adds if (what == APPEARED) != self._back else clause.removes


def _covers(stated: str, path: str) -> bool:
    """Whether ``path`` is the stated one; ``*`` stands for what the notes leave open, ``**/`` for any parent."""
    if stated.startswith("**/"):
        return fnmatchcase(f"/{path}", stated.removeprefix("*"))
    return fnmatchcase(path, stated)


def drift_of(
    operation: str, before: Shape, after: Shape, declared: Declarations, announcements: Announcements
) -> Iterator[Drift]:
    """Every difference of the replies to ``operation``; ``declared`` is the contract as the first site had it."""
    for path in dict.fromkeys((*before, *after)):
        what, certain = _presence(before, after, path)
        clause = announcements.explains(what, operation, path) if what else ""
        strange = what == APPEARED and declared.at(operation, path) is None
        if certain or strange or clause:
            yield Drift(operation, path, what, _met(path, before), _met(path, after), clause)
    for path, what, was, now in _changes(operation, before, after, declared):
        yield Drift(operation, path, what, was, now, announcements.explains(what, operation, path))


def _presence(before: Shape, after: Shape, path: str) -> tuple[str, bool]:
    """Whether the element came or went, "" if neither; and whether that is certain, whatever the data."""
    was, now = _often(path, before), _often(path, after)
    if was == "never" and now in ("always", "sometimes"):
        return APPEARED, now == "always"
    if now == "never" and was in ("always", "sometimes"):
        return VANISHED, was == "always"
    return "", False


def _often(path: str, shape: Shape) -> str:
    """How often the parents that were there held the element; "unseen" when no parent was there to hold it."""
    if path == BODY:
        return "always"
    parent = path.rpartition("/")[0] or BODY
    chances = shape[parent]["count"] if parent in shape else 0
    if not chances:
        return "unseen"
    held = shape[path]["parents"] if path in shape else 0
    return "always" if held == chances else "sometimes" if held else "never"


def _met(path: str, shape: Shape) -> str:
    if path not in shape:
        return "absent"
    row = shape[path]
    inside = sum(other.startswith(f"{path}/") for other in shape)
    below = f", {inside} elements below" if inside else ""
    return f"{', '.join(row['kinds'])}{below} ({row['count']} times)"


def _changes(
    operation: str, before: Shape, after: Shape, declared: Declarations
) -> Iterator[tuple[str, str, str, str]]:
    for path in before:
        if path in after and path != BODY:
            yield from _values(operation, path, before[path], after[path], declared)
    for path, was, now in moved(before, after):
        yield path, MOVED, was, now


def _values(
    operation: str, path: str, was: Mapping[str, Any], now: Mapping[str, Any], declared: Declarations
) -> Iterator[tuple[str, str, str, str]]:
    one, other = _kinds(operation, path, was, declared), _kinds(operation, path, now, declared)
    new = other - one
    # What the contract types exactly has one kind; of anything else only a clean break is told.
    if one and new and (declared.is_exact(operation, path) or not one & other):
        yield path, KIND, ", ".join(sorted(one)), ", ".join(sorted(other))
    strange = set(now["words"]) - set(was["words"]) - declared.words(operation, path)
    if strange and was["words"]:
        yield path, WORDS, ", ".join(sorted(was["words"])), f"also {', '.join(sorted(strange))}"


def _kinds(operation: str, path: str, row: Mapping[str, Any], declared: Declarations) -> set[str]:
    """The kinds that mean something here: a declared text may look like a number, and an empty list like nothing."""
    kinds = set(row["kinds"])
    if declared.at(operation, path) is not None and not declared.is_exact(operation, path):
        return {"text" if kind in ("integer", "boolean", "date and time") else kind for kind in kinds - {"empty"}}
    return kinds - {"empty"} or kinds
