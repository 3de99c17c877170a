"""The whole state of a site as one value: two snapshots are equal if and only if the sites are.

Secrets do not show; a short digest stands for each, so that a changed one still shows as
a change. Tickets, mail and the log are what happened, not what the site holds.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mocksite.history import Participation, PastSession, Recording, View
from mocksite.record import Attendee, MeetingType, Person, Program, Session, User

if TYPE_CHECKING:
    from mocksite.site import Site

_SECRETS = {
    "password",
    "webex_access_token",
    "access_token",
    "audio_password",
    "panelist_password",
    "panelist_audio_password",
    "host_key",
    "host_pin",
    "access_code",
}

#: What a site holds, and the name of each collection.
_HELD: dict[str, type[Any]] = {
    "users": User,
    "persons": Person,
    "meeting_types": MeetingType,
    "sessions": Session,
    "attendees": Attendee,
    "programs": Program,
    "recordings": Recording,
    "views": View,
    "past_sessions": PastSession,
    "participations": Participation,
}


def snapshot(site: Site) -> dict[str, object]:
    """Everything the site holds, in a fixed order."""
    identity = site.identity
    return {
        "site": {"name": identity.name, "id": identity.site_id, "release": str(identity.release)},
        "settings": site.store.settings.items(),
        **{name: [_row(record) for record in site.store.all(kind)] for name, kind in _HELD.items()},
    }


def _row(record: Any) -> dict[str, object]:
    return {name: _masked(value) if name in _SECRETS else value for name, value in asdict(record).items()}


def _masked(secret: str) -> str:
    return f"digest:{hashlib.sha256(secret.encode()).hexdigest()[:8]}" if secret else ""
