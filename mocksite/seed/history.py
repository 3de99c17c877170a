"""What lies behind every mock site: recordings, who watched them, and sessions that are over."""

from __future__ import annotations

from mocksite.model import identifiers
from mocksite.model.records import (
    DEFAULT_TYPES,
    EVENT,
    LARGE_EVENT,
    MEETING,
    SALES,
    SUPPORT,
    TRAINING,
    Participation,
    PastSession,
    Recording,
    User,
    View,
)
from mocksite.protocol.dates import DAY

#: Kind, name, days ago, hour (GMT), minutes between the button and the database record, days ago of each view.
_RECORDINGS: tuple[tuple[str, str, int, int, int, tuple[int, ...]], ...] = (
    (TRAINING, "Safety course", 120, 9, 12, (118, 100, 95)),
    (MEETING, "Budget round", 28, 15, 4, (27, 20, 3)),
    (LARGE_EVENT, "Spring show", 26, 17, 6, (25, 12, 2)),
    (EVENT, "Customer day last year", 24, 9, 5, (22, 8)),
    (TRAINING, "First steps", 21, 8, 4, (20, 11, 4)),
    (MEETING, "Night shift handover", 18, 2, 165, (15, 5)),
    (EVENT, "Partner forum", 15, 14, 140, (14, 6)),
    (LARGE_EVENT, "Town hall", 12, 16, 5, (11, 7)),
    (TRAINING, "Advanced course", 9, 8, 200, (8, 1)),
    (MEETING, "Release review", 6, 10, 2, (5, 1)),
    (LARGE_EVENT, "Launch evening", 19, 20, 150, ()),
    (SUPPORT, "Printer repair", 11, 13, 130, ()),
    (SUPPORT, "Screen test", 5, 11, 3, ()),
)

#: What anybody may delete, a recording of the service, and a network-based one.
DISPOSABLE, OF_THE_SERVICE, NETWORK_BASED = "Screen test", "Release review", "Printer repair"

#: Minutes from which a recording counts as stored late (R41.6.0-04, -05).
LATE = 120

_WATCHERS = (("Wim Watcher", "wim.watcher@example.org"), ("Vera Viewer", "Vera.Viewer@example.org"))
#: Not everybody leaves an address.
_STRANGER = ("Guest", "")

#: Kind, name, days ago, minutes.
_PAST: tuple[tuple[str, str, int, int], ...] = (
    (MEETING, "Budget round", 28, 55),
    (MEETING, "Release review", 6, 30),
    (MEETING, "Night shift handover", 18, 40),
    (LARGE_EVENT, "Spring show", 26, 95),
    (EVENT, "Customer day last year", 24, 120),
    (EVENT, "Partner forum", 15, 62),
    (TRAINING, "First steps", 21, 175),
    (TRAINING, "Advanced course", 9, 90),
    (SUPPORT, "Printer repair", 11, 15),
    (SALES, "Offer for a fleet", 8, 35),
)


def recordings(seed: int, day: int, users: dict[str, User]) -> list[Recording]:
    """The seeded recordings, all of the host's, oldest first."""
    host = users["hanna.host@example.com"].user_id
    return [_recording(place, seed, day, host) for place in range(len(_RECORDINGS))]


def _recording(place: int, seed: int, day: int, host: int) -> Recording:
    kind, name, ago, hour, late, _ = _RECORDINGS[place]
    pressed = day - ago * DAY + hour * 3600 + 7 * 60 + place
    return Recording(
        recording_id=identifiers.recording(place + 1 + seed % 1000),
        session_key=identifiers.session_key(500 + place),
        conf_id=identifiers.conference(500 + place),
        kind=kind,
        host_id=host,
        name=f"{name}-{place + 1:02}",
        pressed=pressed,
        stored=pressed + late * 60,
        duration=1800 + 60 * place,
        size=12.5 + place,
        program_id=1 if kind == EVENT else 0,
        network_based=name == NETWORK_BASED,
    )


def views(seed: int, day: int, recorded: list[Recording]) -> list[View]:
    """Who registered for, downloaded or watched the recordings, and when."""
    made: list[View] = []
    for place, recording in enumerate(recorded):
        for at, ago in enumerate(_RECORDINGS[place][5]):
            name, email = (*_WATCHERS, _STRANGER)[at]
            made.append(
                View(
                    view_id=40_000_000 + seed % 1000 + len(made),
                    recording_id=recording.recording_id,
                    name=name,
                    email=email,
                    at=day - ago * DAY + 11 * 3600 + at * 61,
                    registered=at == 2,
                    downloaded=at % 2 == 1,
                    viewed=at % 2 == 0,
                )
            )
    return made


def past_sessions(day: int, users: dict[str, User]) -> list[PastSession]:
    """Sessions of the last month that are over."""
    host = users["hanna.host@example.com"].user_id
    return [
        PastSession(
            past_id=place + 1,
            key=identifiers.session_key(600 + place),
            conf_id=identifiers.conference(600 + place),
            kind=kind,
            name=name,
            type_id=DEFAULT_TYPES.get(kind, 13),
            host_id=host,
            began=day - ago * DAY + 15 * 3600,
            ended=day - ago * DAY + 15 * 3600 + minutes * 60,
            invited=2,
            registered=1 if kind in {EVENT, TRAINING} else 0,
        )
        for place, (kind, name, ago, minutes) in enumerate(_PAST)
    ]


def participations(over: list[PastSession], host: User) -> list[Participation]:
    """Who took part in them: the host and two guests."""
    people = ((host.name, host.email), *_WATCHERS)
    return [
        Participation(
            participation_id=len(people) * place + at + 1,
            past_id=session.past_id,
            session_key=session.key,
            host_id=session.host_id,
            kind=session.kind,
            name=name,
            email=email,
            joined=session.began + at * 120,
            left=session.ended - at * 60,
            host=at == 0,
        )
        for place, session in enumerate(over)
        for at, (name, email) in enumerate(people)
    ]


def bulk(count: int, start: int, day: int, hosts: list[int]) -> tuple[list[Recording], list[View]]:
    """``count`` more recordings for a large site, each watched once in the last month."""
    kinds = (MEETING, TRAINING, EVENT, LARGE_EVENT)
    recorded = [
        Recording(
            recording_id=identifiers.recording(start + place),
            session_key=identifiers.session_key(2_000_000 + place),
            conf_id=identifiers.conference(2_000_000 + place),
            kind=kinds[place % 4],
            host_id=hosts[place % len(hosts)],
            name=f"Recording {place:06}",
            pressed=day - (30 - place % 29) * DAY + place % 86_400,
            stored=day - (30 - place % 29) * DAY + place % 86_400 + 300,
            duration=1800,
            size=20.0,
        )
        for place in range(count)
    ]
    seen = [
        View(
            50_000_000 + place,
            recording.recording_id,
            *_WATCHERS[place % 2],
            recording.stored + 3600,
            False,
            False,
            True,
        )
        for place, recording in enumerate(recorded)
    ]
    return recorded, seen
