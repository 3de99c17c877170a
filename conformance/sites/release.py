"""Releases of the XML API, ordered as they were published."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from conformance.sites.errors import UserError, nearest

_FORM = re.compile(r"(\d{1,3})\.(\d{1,2})(?:\.(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Release:
    """One release, ``41.6.3``; ``41.6`` means ``41.6.0``."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str, *, where: str = "") -> Release:
        """Read ``MAJOR.MINOR[.PATCH]``; anything else is a :class:`UserError`."""
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise UserError(
                "release-form",
                f"{text!r} is not a release",
                where=where,
                hint="write it as the release notes do, for instance 41.11.0",
            )
        return cls(*(int(part or 0) for part in found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def demand_published(release: Release, known: Collection[Release], *, where: str) -> None:
    """:class:`UserError` for a release nobody published, by which something would hold for no site, in silence.

    A patch of a ``known`` release is one: sites have them, and notes need not tell of them.
    """
    if not any((release.major, release.minor) == (one.major, one.minor) for one in known):
        hint = nearest(str(release), map(str, known))
        raise UserError("release-unknown", f"nobody published a release {release}", where=where, hint=hint)


#: The releases this suite speaks about; 41.1 to 41.12 as published.
FIRST = Release(41, 1)
#: Elements of GetAPIVersion that may name the release, the surest first: from 39.x on apiVer does, and ``release`` may
#: be a service pack (SP26) then (sources.md, Real sites).
TOLD_IN = ("apiVer", "release", "apiVersion", "trainReleaseVersion")
_OLDEST_TOLD = 39


def release_in(text: str) -> Release | None:
    """The release a site names in free text such as ``WebEx XML API V41.11.0`` or ``WBS41.11.2.17``, if it names one.

    Train names of the retired XML API 11 and older (``V10.0.0``, ``T31L``, ``SP26``)
    are not releases of this contract and give None.
    """
    for found in re.finditer(r"(?<![\d.])(\d{2,3})\.(\d{1,2})(?:\.(\d{1,2}))?(?:\.\d+)?(?![\d.]*\d)", text, re.ASCII):
        release = Release(*(int(part or 0) for part in found.groups()))
        if release.major >= _OLDEST_TOLD:
            return release
    return None
