"""The people every mock site knows: one account for each role of the suite, and users of every kind.

Control Hub knows some more who are no users yet, live outside the organisation, or are
used on another site (R41.11.0-02, -14, -17).
"""

from __future__ import annotations

from dataclasses import dataclass

from mocksite.model import identifiers
from mocksite.model.records import Item, Own, Person, User
from mocksite.protocol.dates import DAY

ADMIN_SCOPES = "spark:all webexsquare:admin"
USER_SCOPES = "spark:all"

#: People of Control Hub who are not users of the site.
_ACTIVE = ("nina", "noah")

ACTIVE_PERSONS = tuple(Person(f"{name}.active@example.com", "own", hub_active=True, verified=True) for name in _ACTIVE)

OUTSIDE_PERSON = Person("oscar.outside@elsewhere.example.net", "outside", hub_active=True, verified=True)
USED_PERSON = Person("uma.used@example.com", "elsewhere", hub_active=True, verified=True)
PERSONS = (*ACTIVE_PERSONS, OUTSIDE_PERSON, USED_PERSON)


@dataclass(frozen=True)
class Role:
    """An account of the profile: its name there, and whether its OAuth tokens are written too."""

    name: str
    webex_id: str
    tokens: bool = False


ROLES = (
    Role("site-admin", "ada.admin@example.com", tokens=True),
    Role("read-only-admin", "rita.reader@example.com"),
    Role("user-admin", "uli.useradmin@example.com"),
    Role("host", "hanna.host@example.com", tokens=True),
    Role("attendee", "andre.attendee@example.com"),
    Role("classic-era-user", "jclassic"),
    Role("control-hub-user", "carla.hub@example.com"),
    Role("unscoped-admin", "ben.unscoped@example.com"),
    Role("disposable-user", "dora.disposable@example.com"),
)

#: Users of the classic era who may be changed, WebEx id and address; several, so that nobody waits for another's.
DISPOSABLES = {
    "ddispose": "dieter.disposable@example.com",
    "edispose": "elsa.disposable@example.com",
    "fdispose": "franz.disposable@example.com",
    "gdispose": "greta.disposable@example.com",
    "hdispose": "hugo.disposable@example.com",
}

#: Users the profile names under data, and the key it names them by.
KINDS = {
    "free-user-webex-id": "fred.free@example.com",
    "paying-user-webex-id": "paula.paying@example.com",
    "large-event-user-webex-id": "lena.events@example.com",
    "no-events-user-webex-id": "norman.plain@example.com",
    "assistant-user-webex-id": "alma.assistant@example.com",
    "no-assistant-user-webex-id": "bert.plain@example.com",
    "room-user-webex-id": "rosa.room@example.com",
    "no-room-user-webex-id": "tom.roomless@example.com",
    "disposable-classic-user-webex-id": ", ".join(DISPOSABLES),
    "disposable-classic-user-email": ", ".join(DISPOSABLES.values()),
}


def users(seed: int, day: int) -> dict[str, User]:
    """The users of a freshly made site by WebEx id; ``day`` is the midnight its dates count from."""
    made = [_user(place, webex_id, seed, day) for place, webex_id in enumerate(_DIFFERENCES, start=1)]
    return {user.webex_id: user for user in made}


#: What sets each user apart from an ordinary host of the Control Hub era.
_DIFFERENCES: dict[str, dict[str, object]] = {
    "ada.admin@example.com": {"site_admin": True, "token_scopes": ADMIN_SCOPES, "assistant": True},
    "rita.reader@example.com": {"ro_site_admin": True},
    "uli.useradmin@example.com": {"user_admin": True},
    "hanna.host@example.com": {"large_event_capacity": 1000},
    "andre.attendee@example.com": {
        "host": False,
        "attendee_only": True,
        "room": False,
        "host_pin": "",
        "access_code": "",
        "meeting_center": False,
        "training_center": False,
        "event_center": False,
    },
    "jclassic": {"email": "jana.classic@example.com", "first_name": "Jana", "last_name": "Classic", "era": "classic"},
    "carla.hub@example.com": {"time_zone_id": 25},
    "ben.unscoped@example.com": {"site_admin": True},
    "fred.free@example.com": {"free_account": True, "picture": True, "event_center": False, "training_center": False},
    "paula.paying@example.com": {"picture": True},
    "lena.events@example.com": {"large_event_capacity": 3000},
    "norman.plain@example.com": {"large_event_capacity": 0},
    "alma.assistant@example.com": {"assistant": True},
    "bert.plain@example.com": {"assistant": False},
    "rosa.room@example.com": {"room": True, "picture": True},
    "tom.roomless@example.com": {"room": False, "access_code": ""},
    "dora.disposable@example.com": {},
    **{
        webex_id: {
            "email": email,
            "first_name": email.partition(".")[0].capitalize(),
            "last_name": "Disposable",
            "era": "classic",
        }
        for webex_id, email in DISPOSABLES.items()
    },
}


def _user(place: int, webex_id: str, seed: int, day: int) -> User:
    different = _DIFFERENCES[webex_id]
    first, _, last = webex_id.partition("@")[0].partition(".")
    facts: dict[str, object] = {
        "email": webex_id,
        "first_name": first.capitalize(),
        "last_name": last.capitalize(),
        "password": f"Pw-{identifiers.word(10, seed, webex_id, 'password')}",
        "webex_access_token": identifiers.word(40, seed, webex_id, "webex"),
        "access_token": identifiers.word(48, seed, webex_id, "ci"),
        "token_scopes": USER_SCOPES,
        "host_pin": identifiers.digits(4, seed, webex_id, "pin"),
        "access_code": identifiers.digits(9, seed, webex_id, "code"),
        "registered": day - (400 - place) * DAY,
        **different,
    }
    return User(user_id=identifiers.user(place + seed % 1000), webex_id=webex_id, **facts)  # type: ignore[arg-type]


#: What the host keeps on a new site: the key of the sample requests it stands for, kind, name, what it belongs to.
_BELONGINGS: dict[str, tuple[str, str, str, Own]] = {
    "template-id": ("template", "Weekly round", "", {}),
    "contact-id": ("contact", "Ines Guest", "", {"email": ["ines.guest@example.org"]}),
    "distribution-list-id": ("distribution-list", "Guests", "", {"contactID": ["2"]}),
    "product-id": ("product", "Fleet car", "", {"description": ["A car of a fleet"]}),
    "account-id": ("account", "Example Ltd", "", {"extAccountID": ["EX-1"]}),
    "opportunity-id": ("opportunity", "Fleet renewal", "account-id", {"intAccountID": ["5"]}),
    "library-test-id": ("library-test", "Fire safety", "", {"share": ["SHARE"], "questions": ["10"]}),
    "planned-test-id": ("planned-test", "Fire safety", "training", {"questions": ["10"]}),
}
#: Numbers from 1 on, in that order.
BELONGINGS = {key: number for number, key in enumerate(_BELONGINGS, start=1)}


def belongings(users: dict[str, User], training: int) -> list[Item]:
    """What the host keeps on a new site beside sessions; ``training`` is the session a test is planned for."""
    host = users["hanna.host@example.com"].user_id
    parents = {**BELONGINGS, "training": training, "": 0}
    return [
        Item(BELONGINGS[key], kind, host, name, parents[parent], own)
        for key, (kind, name, parent, own) in _BELONGINGS.items()
    ]


def bulk(count: int, start: int, day: int) -> list[User]:
    """``count`` more users for a large site, all ordinary, none of whom can log in with a known password."""
    first = ("Alva", "Bo", "Caro", "Dana", "Eli", "Fay", "Gus", "Hana", "Ivo", "June")
    last = ("Abel", "Berg", "Costa", "Dietz", "Ekman", "Fuchs", "Gomez", "Holm", "Ito", "Jansen", "Keller")
    nothing: Own = {}
    return [
        User(
            user_id=identifiers.user(start + place),
            webex_id=f"user{place:06}@example.com",
            email=f"user{place:06}@example.com",
            first_name=first[place % 10],
            last_name=last[place % 11],
            host_pin=str(1000 + place % 9000),
            access_code=str(700_000_000 + place),
            registered=day - place % 1500 * DAY,
            own=nothing,
        )
        for place in range(count)
    ]
