"""What a site must hold for a scenario, as listed in ``things.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from conformance.target.trouble import UserError, nearest


@cache
def known_things() -> dict[str, dict[str, tuple[str, ...]]]:
    """For each thing, its profile keys and the elements each of them fills."""
    table = tomllib.loads(Path(__file__).with_name("things.toml").read_text(encoding="utf-8"))
    return {
        str(name): {str(key): (filled,) if isinstance(filled, str) else tuple(filled) for key, filled in row.items()}
        for name, row in table.items()
    }


def data_keys() -> frozenset[str]:
    """Every key that may stand under ``[sites.NAME.data]``."""
    return frozenset(key for row in known_things().values() for key in row)


def thing_of(name: str, data: Mapping[str, str]) -> dict[str, str] | None:
    """The values describing ``name`` by element, or None when the profile lacks one of its keys."""
    things = known_things()
    if name not in things:
        raise UserError("thing-unknown", f"nothing is called {name!r}", hint=nearest(name, things))
    row = things[name]
    if any(key not in data for key in row):
        return None
    return {element: data[key] for key, elements in row.items() for element in elements}


def slug(name: str) -> str:
    """The tag form of a thing: ``@needs.large-event`` for "large event"."""
    return "".join(char if char.isalnum() or char == "_" else "-" for char in name.lower())


def thing_tagged(tag: str) -> str | None:
    """The thing a ``@needs.`` tag means, or None."""
    return next((name for name in known_things() if slug(name) == tag), None)
