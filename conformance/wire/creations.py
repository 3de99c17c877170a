"""What operations of the contract create, how it is named and listed, and what takes it away: ``creations.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Listing:
    """How the site lists what an operation creates.

    ``row`` is what one is called, ``name`` and ``key`` are its elements that tell
    its name and its key, ``by`` is who asks; ``where`` are elements that tell it from
    other things in the list, and what they say.
    """

    operation: str
    row: str
    name: str
    key: str
    by: str
    where: Mapping[str, str] = field(default_factory=dict)

    def shows(self, row: Mapping[str, str]) -> bool:
        """Whether a row with these texts is about such a thing, as far as it tells."""
        return all(row.get(element, text) == text for element, text in self.where.items())


@dataclass(frozen=True)
class Creation:
    """How an operation creates something, and what removes it again.

    ``kind`` is what features call it, ``by`` who creates it for a scenario. ``key``
    maps the element of the reply (for a user, of the request) to the variable of
    the removing operation; ``named`` is the variable that carries the prefix,
    ``tells`` are further elements of the reply worth keeping, ``mock`` is the
    section of a mock's control plane.
    """

    kind: str
    by: str
    named: str
    key: dict[str, str]
    tells: tuple[str, ...]
    remove: str
    mock: str
    listed: Listing | None


def _creation(row: dict[str, Any]) -> Creation:
    listed = row.get("listed")
    told = {name: value for name, value in row.items() if name not in ("tells", "listed")}
    return Creation(**told, tells=tuple(row.get("tells", ())), listed=Listing(**listed) if listed else None)


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
#: Operations of the contract that create, by name.
CREATIONS = {operation: _creation(row) for operation, row in _TABLE.items()}
#: The operation that creates what features call so.
CREATORS = {creation.kind: operation for operation, creation in CREATIONS.items()}
