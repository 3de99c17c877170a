"""Releases of the Meetings XML API, and which behaviour began with which of them.

A mock site of release R has every behaviour introduced up to R and behaves as before
for all that came later. Elements of replies carry their release in ``replies/*.xml``;
this table is for behaviour that is not an element.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from mocksite.errors import UnknownReleaseError

#: The published releases; a mock site is always one of these.
RELEASES = (
    "41.1.0",
    "41.2.0",
    "41.3.0",
    "41.4.0",
    "41.5.0",
    "41.6.0",
    "41.6.3",
    "41.7.0",
    "41.8.0",
    "41.9.0",
    "41.10.0",
    "41.11.0",
    "41.12.0",
)

LATEST = RELEASES[-1]

#: Behaviour, and the release that brought it (clauses of the contract in the comments).
INTRODUCED = {
    "hybrid-voip-follows-webex-telephony": "41.2.0",  # R41.2.0-03..08
    "counters-for-administrators-only": "41.3.0",  # R41.3.0-16..20
    "event-tone-of-the-site": "41.4.0",  # R41.4.0-04..06
    "large-event-passwords": "41.4.0",  # R41.4.0-07, -08
    "large-events-refused": "41.4.0",  # R41.4.0-10..12
    "host-pin-for-every-host": "41.5.0",  # R41.5.0-01..09
    "encoded-subjects": "41.5.0",  # R41.5.0-16, -17
    "recording-start-as-create-time": "41.6.0",  # R41.6.0-04, -05
    "versioned-address-retired": "41.9.0",  # R41.9.0-01
    "hub-rules": "41.11.0",  # R41.11.0-01..21, -28..37
    "access-token-login": "41.11.0",  # R41.11.0-27
    "access-history-of-all-services": "41.11.0",  # R41.11.0-40..53
    "description-limit": "41.11.0",  # R41.11.0-56..59
    "classic-events-lock": "41.12.0",  # R41.12.0-01..08
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
