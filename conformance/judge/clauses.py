"""The clause list: every requirement of the release notes, read from ``features/<release>/clauses.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.sites.errors import UserError
from conformance.sites.release import Release

CLAUSE_ID = re.compile(r"^R(\d+\.\d+\.\d+)-(\d{2,3})$")
LEVELS = ("must", "should", "observe")
#: What each certainty of the notes allows a scenario to claim.
LEVELS_OF_CERTAINTY = {
    "explicit": ("must",),
    "inferred": ("should",),
    "control": ("must", "should"),
    "ambiguous": ("observe",),
}
#: What a clause changes in the messages of its operation, as paths below the body: ``**/name`` where the notes lost
#: the parent, ``*`` where they do not spell the name. Compare explains a difference between two sites by them.
_CHANGES = ("adds", "changes", "removes")
_KEYS = {"id", "operation", "certainty", "level", "text", "lines", "remark", *_CHANGES}


@dataclass(frozen=True)
class Clause:
    """One requirement: what the notes say of which operation, and how hard it is.

    ``lines`` are lines of the published notes, ``item`` and ``item_zh`` the
    heading it stands under. ``adds``, ``changes`` and ``removes`` are the
    elements it brings, alters and takes away.
    """

    id: str
    release: Release
    operation: str
    certainty: str
    level: str
    text: str
    lines: str
    item: str
    item_zh: str
    remark: str
    adds: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()

    def speaks_of(self, operation: str) -> bool:
        """Whether the clause is about ``operation``, alone or with others."""
        return self.operation == "all operations" or operation in re.split(r"\W+", self.operation)


def load_clauses(features: Path) -> dict[str, Clause]:
    """Every clause by id, in the order of the releases; :class:`UserError` on a list that contradicts itself."""
    clauses: dict[str, Clause] = {}
    for file in sorted(
        features.glob("*/clauses.toml"), key=lambda path: Release.parse(path.parent.name, where=str(path))
    ):
        for clause in _read(file):
            if clause.id in clauses:
                raise _wrong(file, f"{clause.id} stands twice")
            clauses[clause.id] = clause
    return clauses


def _read(file: Path) -> Iterable[Clause]:
    release = Release.parse(file.parent.name, where=str(file))
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as problem:
        raise _wrong(file, f"not TOML: {problem}") from None
    for item in document.get("item", []):
        for row in item.get("clause", []):
            yield _clause(file, release, item, row)


def _clause(file: Path, release: Release, item: dict[str, Any], row: dict[str, Any]) -> Clause:
    unknown = set(row) - _KEYS
    if unknown:
        raise _wrong(file, f"unknown key {min(unknown)!r} at {row.get('id')}")
    found = CLAUSE_ID.match(row["id"])
    if not found or Release.parse(found.group(1)) != release:
        raise _wrong(file, f"{row['id']!r} is no clause of {release}")
    certainty = row["certainty"]
    level = row.get("level", LEVELS_OF_CERTAINTY.get(certainty, ("",))[0])
    if level not in LEVELS_OF_CERTAINTY.get(certainty, ()):
        raise _wrong(file, f"{row['id']}: level {level!r} contradicts certainty {certainty!r}")
    return Clause(
        id=row["id"],
        release=release,
        operation=row["operation"],
        certainty=certainty,
        level=level,
        text=row["text"],
        lines=row["lines"],
        item=item["heading"],
        item_zh=item["heading_zh"],
        remark=row.get("remark", ""),
        **{key: _paths(file, row, key) for key in _CHANGES},
    )


def _paths(file: Path, row: dict[str, Any], key: str) -> tuple[str, ...]:
    paths = row.get(key, [])
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise _wrong(file, f'{row["id"]}: {key} is a list of paths, such as ["siteInstance/tools/newElement"]')
    return tuple(paths)


def _wrong(file: Path, what: str) -> UserError:
    return UserError("clause-list", what, where=str(file))
