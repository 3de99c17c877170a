"""How a site comes into being: its people, sessions and recordings, the same for the same seed and day.

A small site is built once a day and seed, and restored from its image after that, so
that a matrix of thousands of sites costs next to nothing.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass

from mocksite import agenda, archive, people
from mocksite.history import Recording
from mocksite.moment import show
from mocksite.record import EVENT, LARGE_EVENT, MEETING, TRAINING, WEBCAST, Session, User
from mocksite.store import Store

#: Sequences of the objects clients create start here, far from those of the seeded ones.
CREATED = 5_000_000


@dataclass(frozen=True)
class Seed:
    """What a site is made from. ``day`` is the midnight (UTC) its dates count from."""

    number: int
    day: int
    users: int = 0
    meetings: int = 0
    recordings: int = 0

    @property
    def small(self) -> bool:
        """Whether the site has nothing but what every mock site has."""
        return not (self.users or self.meetings or self.recordings)


def stocked(seed: Seed) -> Store:
    """A store in memory that holds a whole new site."""
    return Store.restored(_image(seed)) if seed.small else _build(seed)


@functools.lru_cache(maxsize=4)
def _image(seed: Seed) -> bytes:
    """The image of a small site; the cache holds constants only, no state of any site."""
    store = _build(seed)
    try:
        return store.image()
    finally:
        store.close()


def _build(seed: Seed) -> Store:
    store = Store.empty()
    with store.transaction():
        users = people.users(seed.number, seed.day)
        planned = agenda.sessions(seed.number, seed.day, users)
        taped = archive.recordings(seed.number, seed.day, users)
        over = archive.past_sessions(seed.day, users)
        store.add(*users.values())
        store.add(*people.PERSONS)
        store.add(*agenda.TYPES)
        store.add(*planned)
        store.add(*agenda.attendees(planned))
        store.add(*agenda.programs(users))
        store.add(*taped)
        store.add(*archive.views(seed.number, seed.day, taped))
        store.add(*over)
        store.add(*archive.participations(over, users["hanna.host@example.com"]))
        store.note("seed", str(seed.number))
        store.note("landmarks", json.dumps(landmarks(users, planned, taped)))
        _crowd(store, seed, users)
        store.index()
    return store


def _crowd(store: Store, seed: Seed, users: dict[str, User]) -> None:
    more = people.crowd(max(0, seed.users - len(users)), 10_000, seed.day)
    store.add(*more)
    hosts = [user.user_id for user in more] or [users["hanna.host@example.com"].user_id]
    store.add(*agenda.crowd(seed.meetings, 10_000, seed.day, hosts))
    taped, seen = archive.crowd(seed.recordings, 10_000, seed.day, hosts)
    store.add(*taped)
    store.add(*seen)


def landmarks(users: dict[str, User], planned: list[Session], taped: list[Recording]) -> dict[str, str]:
    """The data of the profile: which of the seeded objects scenarios may use."""
    host = users["hanna.host@example.com"].user_id
    of_host = [session for session in planned if session.host_id == host]
    first = {session.kind: str(session.key) for session in reversed(of_host)}
    events = [str(session.key) for session in of_host if session.kind == EVENT]
    return {
        "classic-event-session-key": first[EVENT],
        "toneless-event-session-key": events[-1],
        "meeting-key": first[MEETING],
        "meeting-session-key": first[MEETING],
        "large-event-session-key": first[LARGE_EVENT],
        "webcast-session-key": first[WEBCAST],
        "large-event-session-type-id": str(agenda.LARGE_EVENT_TYPE),
        "customised-session-type-id": str(agenda.CUSTOM_TYPE),
        "predefined-session-type-id": str(agenda.PREDEFINED_TYPE),
        **_recordings(taped),
        "license-for-every-service": "meetings, events, trainings and support",
        **people.KINDS,
        "control-hub-active-email": " ".join(person.email for person in people.ACTIVE_PERSONS),
        "outside-organisation-email": people.OUTSIDE_PERSON.email,
        "used-elsewhere-email": people.USED_PERSON.email,
    }


def _recordings(taped: list[Recording]) -> dict[str, str]:
    """One recording of each kind that was stored in time, and those that were stored late with their true start."""
    late = {tape.kind: tape for tape in taped if tape.stored - tape.pressed >= archive.LATE * 60}
    timely = {tape.kind: str(tape.recording_id) for tape in taped if tape.name != late.get(tape.kind, tape).name}
    timely |= {tape.kind: str(tape.recording_id) for tape in taped if tape.kind not in late}
    words = {MEETING: "meeting", EVENT: "classic-event", TRAINING: "training"}
    return {
        "meeting-record-id": timely[MEETING],
        "large-event-record-id": timely[LARGE_EVENT],
        "classic-event-record-id": timely[EVENT],
        "training-record-id": timely[TRAINING],
        **{f"late-{word}-recording-name": late[kind].name for kind, word in words.items()},
        **{
            f"late-{word}-recording-start": show(late[kind].pressed, late[kind].time_zone_id)
            for kind, word in words.items()
        },
    }
