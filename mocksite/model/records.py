"""What a site holds, as values: users, sessions, attendees, recordings, what was watched, what is over.

Every record is frozen; the store keeps them and operations replace them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ACTIVATED = "ACTIVATED"
DEACTIVATED = "DEACTIVATED"
REQUEST_TO_ACTIVATE = "REQUEST_TO_ACTIVATE"

#: Kinds of session. Large events and webcasts are Webex Events (new): meetings with an events licence.
MEETING = "meeting"
LARGE_EVENT = "large-event"
WEBCAST = "webcast"
EVENT = "event"
TRAINING = "training"
SUPPORT = "support"
SALES = "sales"
TELECONFERENCE = "teleconference"

#: Service of each kind: recordings and lists know services only (R41.11.0-41..43).
SERVICES = {
    MEETING: "MeetingCenter",
    LARGE_EVENT: "MeetingCenter",
    WEBCAST: "MeetingCenter",
    EVENT: "EventCenter",
    TRAINING: "TrainingCenter",
    SUPPORT: "SupportCenter",
    SALES: "SalesCenter",
    TELECONFERENCE: "MeetingCenter",
}

#: The type a kind of session has when nobody names one.
DEFAULT_TYPES = {MEETING: 3, LARGE_EVENT: 129, WEBCAST: 130, EVENT: 9, TRAINING: 11, SALES: 15, TELECONFERENCE: 16}

#: The type of ordinary meetings, which every site has.
PREDEFINED_TYPE = 3

#: What a client set of an object: path below the reply's content, and the values.
Own = Mapping[str, list[str]]


@dataclass(frozen=True)
class User:
    """An account. ``era`` tells whether it was made while the site was classic or under Control Hub."""

    user_id: int
    webex_id: str
    email: str
    first_name: str
    last_name: str
    active: str = ACTIVATED
    era: str = "hub"
    hub_active: bool = True
    verified: bool = True
    password: str = ""
    webex_access_token: str = ""
    access_token: str = ""
    token_scopes: str = ""
    host: bool = True
    site_admin: bool = False
    ro_site_admin: bool = False
    user_admin: bool = False
    attendee_only: bool = False
    meeting_center: bool = True
    training_center: bool = True
    support_center: bool = False
    event_center: bool = True
    sales_center: bool = False
    room: bool = True
    host_pin: str = ""
    access_code: str = ""
    cmr_hybrid_voip: bool = False
    assistant: bool = False
    large_event_capacity: int = 0
    free_account: bool = False
    picture: bool = False
    scheduling_permission: str = ""
    time_zone_id: int = 4
    language_id: int = 1
    registered: int = 0
    own: Own = field(default_factory=dict)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def is_administrator(self) -> bool:
        """SiteAdmin, RO_SiteAdmin or UserAdmin, as the notes group them (R41.3.0-16..18)."""
        return self.site_admin or self.ro_site_admin or self.user_admin

    @property
    def sees_all(self) -> bool:
        """Site administrators see what every host has (sources.md, Authentication)."""
        return self.site_admin or self.ro_site_admin


@dataclass(frozen=True)
class Person:
    """Somebody Control Hub knows although this site may not: ``organisation`` is own, outside or elsewhere."""

    email: str
    organisation: str
    hub_active: bool
    verified: bool


@dataclass(frozen=True)
class MeetingType:
    """A session type; ``sub_prefix`` is set for one the site derived from a predefined type (R41.12.0-13)."""

    id: int
    prefix: str
    sub_prefix: str
    name: str
    display_name: str
    service: str
    limit: int
    large_event: bool = False
    active: bool = True
    hidden: bool = False
    free: bool = False


@dataclass(frozen=True)
class Session:
    """A scheduled session of any kind."""

    key: int
    conf_id: int
    uuid: str
    kind: str
    name: str
    type_id: int
    host_id: int
    starts: int
    duration: int
    time_zone_id: int
    created: int
    modified: int
    opened: int = 0
    open_time: int = 0
    password: str = ""
    audio_password: str = ""
    panelist_password: str = ""
    panelist_audio_password: str = ""
    host_key: str = ""
    listing: str = "PUBLIC"
    text: str = ""
    tone: str = ""
    program_id: int = 0
    registration: bool = False
    recurring: bool = False
    image: str = ""
    own: Own = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The service the session belongs to."""
        return SERVICES[self.kind]

    @property
    def is_large(self) -> bool:
        """Whether this is a large event or a webcast: Webex Events (new)."""
        return self.kind in {LARGE_EVENT, WEBCAST}

    @property
    def ends(self) -> int:
        """The scheduled end."""
        return self.starts + self.duration * 60

    @property
    def status(self) -> str:
        """Whether it is going on."""
        return "INPROGRESS" if self.opened else "NOT_INPROGRESS"


@dataclass(frozen=True)
class Attendee:
    """Somebody invited or registered to a session."""

    attendee_id: int
    session_key: int
    name: str
    email: str
    first_name: str = ""
    last_name: str = ""
    person_type: str = "VISITOR"
    role: str = "ATTENDEE"
    join_status: str = "INVITE"
    register_id: int = 0


@dataclass(frozen=True)
class Program:
    """A series of classic events."""

    program_id: int
    name: str
    host_id: int
    listing: str = "PUBLIC"
    expected: int = 0
    budget: int = 0


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
    network_based: bool = False
    own: Own = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The service the recording belongs to."""
        return SERVICES[self.kind]


@dataclass(frozen=True)
class BinnedRecording(Recording):
    """A recording in the recycle bin of its host, who may take it out again (XML API 10.0 SP12)."""


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


@dataclass(frozen=True)
class Item:
    """What somebody keeps on the site beside sessions: a contact, a distribution list, a product, an account of a
    customer, a test, a template. ``kind`` tells which, ``parent_id`` what it belongs to.
    """

    item_id: int
    kind: str
    owner_id: int
    name: str
    parent_id: int = 0
    own: Own = field(default_factory=dict)


@dataclass(frozen=True)
class Ticket:
    """A session ticket handed out by AuthenticateUser. Tickets are logins, not part of the state of a site."""

    ticket: str
    user_id: int
    expires: int


@dataclass(frozen=True)
class Mail:
    """A message the site sent; ``subject`` is the header as it stood on the wire."""

    number: int
    time: int
    recipient: str
    subject: str
    body: str
    delivered: str
