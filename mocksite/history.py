"""What lies behind a site: recordings, who watched them, sessions that are over, who took part."""

from __future__ import annotations

from dataclasses import dataclass

from mocksite.record import SERVICES


@dataclass(frozen=True)
class Recording:
    """A recording; ``pressed`` is when recording began, ``stored`` when its database record was made (R41.6.0-04)."""

    recording_id: int
    session_key: int
    conf_id: int
    kind: str
    host_id: int
    name: str
    pressed: int
    stored: int
    duration: int
    size: float
    format: str = "MP4"
    time_zone_id: int = 4
    listing: str = "PUBLIC"
    password: str = ""
    description: str = ""
    program_id: int = 0

    @property
    def service(self) -> str:
        """The service the recording belongs to."""
        return SERVICES[self.kind]


@dataclass(frozen=True)
class View:
    """One access to a recording: registered for it, downloaded it or watched it."""

    view_id: int
    recording_id: int
    name: str
    email: str
    at: int
    registered: bool
    downloaded: bool
    viewed: bool


@dataclass(frozen=True)
class PastSession:
    """A session that is over, for the usage histories."""

    past_id: int
    key: int
    conf_id: int
    kind: str
    name: str
    type_id: int
    host_id: int
    began: int
    ended: int
    time_zone_id: int = 4
    invited: int = 0
    registered: int = 0

    @property
    def minutes(self) -> int:
        """How long it went on."""
        return (self.ended - self.began) // 60


@dataclass(frozen=True)
class Participation:
    """One person's presence in a past session."""

    participation_id: int
    past_id: int
    session_key: int
    host_id: int
    kind: str
    name: str
    email: str
    joined: int
    left: int
    host: bool = False

    @property
    def minutes(self) -> int:
        """How long the person stayed."""
        return (self.left - self.joined) // 60
