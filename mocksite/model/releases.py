"""Releases of the Meetings XML API, and what began with which of them, from ``releases.toml``.

A mock site of release R has every behaviour introduced up to R and behaves as before for all that came later.
Elements of replies carry their release in ``replies/*.xml``; the table is for what is not an element. A new release
is a row of it, and needs Python only where a behaviour is new in kind.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from mocksite.errors import UnknownReleaseError

_TABLE: Mapping[str, Any] = tomllib.loads(resources.files("mocksite").joinpath("releases.toml").read_text("utf-8"))

#: The published releases the mock knows; a mock site is always one of these.
RELEASES: tuple[str, ...] = tuple(row["name"] for row in _TABLE["release"])

#: What a site is when nobody says which release.
DEFAULT: str = _TABLE["default"]

#: Exception id, and the reason a site prints with it.
REASONS: Mapping[str, str] = _TABLE["reasons"]


#: Behaviour, and the release that brought it.
INTRODUCED: Mapping[str, str] = {
    behaviour: row["name"]
    for row in _TABLE["release"]
    for behaviour in row.get("behaviours", ())
}


@dataclass(frozen=True, order=True)
class Release:
    """One release, comparable: ``Release(41, 6, 3) > Release(41, 6, 0)``."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def has(self, behaviour: str) -> bool:
        """Whether a site of this release behaves in the way named in ``INTRODUCED``."""
        return self >= release(INTRODUCED[behaviour])


@functools.cache
def release(text: str) -> Release:
    """The published release written ``41.6.3``; anything else is refused with the list."""
    if text not in RELEASES:
        raise UnknownReleaseError(f"there is no release {text!r}; published are {', '.join(RELEASES)}")
    major, minor, patch = (int(part) for part in text.split("."))
    return Release(major, minor, patch)
