"""The sessions every mock site has scheduled, and the session types it offers."""

from __future__ import annotations

from mocksite.model import identifiers
from mocksite.model.records import (
    DEFAULT_TYPES,
    EVENT,
    LARGE_EVENT,
    MEETING,
    SALES,
    TELECONFERENCE,
    TRAINING,
    WEBCAST,
    Attendee,
    MeetingType,
    Program,
    Session,
    User,
)
from mocksite.protocol.dates import DAY

#: Predefined types have no sub prefix; those a site derives count on from their prefix (R41.12.0-13..16).
TYPES = (
    MeetingType(3, "PRO", "", "Pro Meeting", "Webex Meetings Pro", "MeetingCenter", 1000),
    MeetingType(9, "ONS", "", "Online Event", "Online Event", "EventCenter", 3000),
    MeetingType(11, "TRS", "", "Training Session", "Training Session", "TrainingCenter", 1000),
    MeetingType(13, "SC3", "", "Remote Support", "Remote Support", "SupportCenter", 5),
    MeetingType(16, "AUO", "", "Audio Only", "Personal Conference", "MeetingCenter", 250),
    MeetingType(129, "ONS", "", "Webex Events", "Webex Events (new)", "MeetingCenter", 3000, large_event=True),
    MeetingType(130, "ONS", "", "Webex Webcast", "Webcast view", "MeetingCenter", 10000, large_event=True),
    MeetingType(214, "FRE", "", "Free Meeting", "Webex Meetings Free", "MeetingCenter", 100, free=True),
    MeetingType(20471, "PRO", "PRO1", "Quiet_Room", "Meeting without chat", "MeetingCenter", 200),
    MeetingType(20473, "PRO", "PRO2", "Board_Meeting", "Board meeting", "MeetingCenter", 50),
    MeetingType(20479, "PRO", "PRO3", "Chat_Off", "Chat switched off", "MeetingCenter", 500),
)

LARGE_EVENT_TYPE = 129
WEBCAST_TYPE = 130
CUSTOM_TYPE = 20479
FREE_TYPE = 214

#: Webex id of the host, kind, name, days ahead, hour (GMT), minutes, further facts.
_PLAN: tuple[tuple[str, str, str, int, int, int, dict[str, object]], ...] = (
    ("hanna.host@example.com", MEETING, "Quarterly planning", 2, 15, 60, {"text": "Figures of the quarter"}),
    ("hanna.host@example.com", MEETING, "Design review", 3, 16, 45, {"listing": "UNLISTED"}),
    ("hanna.host@example.com", LARGE_EVENT, "Product launch", 10, 17, 90, {"text": "All news of the year"}),
    ("hanna.host@example.com", WEBCAST, "Annual address", 12, 18, 60, {}),
    ("hanna.host@example.com", EVENT, "Customer day", 7, 9, 120, {"program_id": 1, "text": "Talks and questions"}),
    ("hanna.host@example.com", EVENT, "Partner briefing", 14, 14, 60, {}),
    ("hanna.host@example.com", TRAINING, "New hire training", 5, 8, 180, {"registration": True}),
    ("carla.hub@example.com", MEETING, "Service desk round", 0, 0, 1440, {"opened": True}),
    ("carla.hub@example.com", MEETING, "Hiring round", 4, 10, 30, {}),
    ("jclassic", MEETING, "Archive meeting", 6, 11, 30, {}),
    ("jclassic", EVENT, "Open house", 9, 12, 60, {}),
    ("hanna.host@example.com", EVENT, "Rehearsal", 16, 9, 30, {}),
    ("hanna.host@example.com", LARGE_EVENT, "Rehearsal of the launch", 8, 17, 90, {"text": "To be thrown away"}),
    ("hanna.host@example.com", WEBCAST, "Rehearsal of the address", 11, 18, 60, {"text": "To be thrown away"}),
    ("hanna.host@example.com", TRAINING, "Rehearsal of the training", 13, 8, 60, {"text": "To be thrown away"}),
    ("hanna.host@example.com", MEETING, "Rehearsal of the planning", 15, 15, 60, {"text": "To be thrown away"}),
    ("hanna.host@example.com", SALES, "Offer for a fleet", 17, 10, 45, {}),
    ("hanna.host@example.com", TELECONFERENCE, "Call without pictures", 18, 10, 30, {}),
)


def sessions(seed: int, day: int, users: dict[str, User]) -> list[Session]:
    """The seeded sessions in the order of the plan; all but the one that is going on lie ahead."""
    return [_session(place, seed, day, users) for place in range(len(_PLAN))]


def _session(place: int, seed: int, day: int, users: dict[str, User]) -> Session:
    host, kind, name, ahead, hour, minutes, further = _PLAN[place]
    starts = day + ahead * DAY + hour * 3600
    facts: dict[str, object] = {
        "password": f"Meet{identifiers.digits(4, seed, place, 'meeting')}",
        "audio_password": identifiers.digits(8, seed, place, "audio"),
        "panelist_password": f"Panel{identifiers.digits(4, seed, place, 'panel')}",
        "panelist_audio_password": identifiers.digits(8, seed, place, "panel audio"),
        "host_key": identifiers.digits(6, seed, place, "host key"),
        **further,
    }
    if "opened" in facts:
        facts["opened"] = starts
    return Session(
        key=identifiers.session_key(place + 1 + seed % 1000),
        conf_id=identifiers.conference(place + 1 + seed % 1000),
        uuid=identifiers.word(32, seed, place, "uuid"),
        kind=kind,
        name=name,
        type_id=DEFAULT_TYPES[kind],
        host_id=users[host].user_id,
        starts=starts,
        duration=minutes,
        time_zone_id=users[host].time_zone_id,
        created=day - 20 * DAY + place * 600,
        modified=day - 10 * DAY + place * 600,
        **facts,  # type: ignore[arg-type]
    )


def programs(users: dict[str, User]) -> list[Program]:
    """The seeded programs of classic events."""
    host = users["hanna.host@example.com"].user_id
    return [Program(1, "Customer events of the year", host, expected=250, budget=12000)]


def attendees(planned: list[Session]) -> list[Attendee]:
    """Who is invited to the seeded sessions."""
    guests = (("Ines Guest", "ines.guest@example.org"), ("Karl Guest", "karl.guest@example.org"))
    return [
        Attendee(
            6_000_000 + place * 10 + at,
            session.key,
            name,
            email,
            first_name=name.split(" ")[0],
            last_name=name.split(" ")[1],
        )
        for place, session in enumerate(planned)
        for at, (name, email) in enumerate(guests)
    ]


def bulk(count: int, start: int, day: int, hosts: list[int]) -> list[Session]:
    """``count`` more meetings for a large site, spread over its users and the next year."""
    return [
        Session(
            key=identifiers.session_key(start + place),
            conf_id=identifiers.conference(start + place),
            uuid=f"{place:032x}",
            kind=MEETING,
            name=f"Team meeting {place:06}",
            type_id=3,
            host_id=hosts[place % len(hosts)],
            starts=day + (1 + place % 365) * DAY + place % 12 * 3600,
            duration=30,
            time_zone_id=4,
            created=day - DAY,
            modified=day - DAY,
            password="Meet2468",  # noqa: S106 - a seeded meeting password is no secret
        )
        for place in range(count)
    ]
