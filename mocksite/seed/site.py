"""How the store of a site comes into being: people, sessions and recordings, the same for the same seed and day.

A small site is built once a day and seed, and restored from its image after that, so
that a matrix of thousands of sites costs next to nothing. With a state file a site is
what it was when it was last stopped.
"""

from __future__ import annotations

import functools
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from mocksite.errors import StateError
from mocksite.model.records import (
    EVENT,
    LARGE_EVENT,
    MEETING,
    PREDEFINED_TYPE,
    SUPPORT,
    TRAINING,
    WEBCAST,
    Recording,
    Session,
    User,
)
from mocksite.model.store import FORMAT, Store
from mocksite.model.timezones import GMT
from mocksite.protocol.dates import DAY, show
from mocksite.seed import history, people, sessions


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


def seeded_store(seed: Seed) -> Store:
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
        planned = sessions.sessions(seed.number, seed.day, users)
        recorded = history.recordings(seed.number, seed.day, users)
        past = history.past_sessions(seed.day, users)
        store.add(*users.values())
        store.add(*people.PERSONS)
        store.add(*sessions.TYPES)
        store.add(*planned)
        store.add(*sessions.attendees(planned))
        store.add(*sessions.programs(users))
        store.add(*recorded)
        store.add(*history.views(seed.number, seed.day, recorded))
        store.add(*past)
        store.add(*history.participations(past, users["hanna.host@example.com"]))
        store.add(*people.belongings(users, next(one.key for one in planned if one.kind == TRAINING)))
        store.note("seed", str(seed.number))
        store.note("landmarks", json.dumps(profile_data(users, planned, recorded)))
        _bulk(store, seed, users)
        store.index()
    return store


def _bulk(store: Store, seed: Seed, users: dict[str, User]) -> None:
    more = people.bulk(max(0, seed.users - len(users)), 10_000, seed.day)
    store.add(*more)
    hosts = [user.user_id for user in more] or [users["hanna.host@example.com"].user_id]
    store.add(*sessions.bulk(seed.meetings, 10_000, seed.day, hosts))
    recorded, seen = history.bulk(seed.recordings, 10_000, seed.day, hosts)
    store.add(*recorded)
    store.add(*seen)


def profile_data(users: dict[str, User], planned: list[Session], recorded: list[Recording]) -> dict[str, str]:
    """The data of the profile: which of the seeded objects scenarios may use."""
    host = users["hanna.host@example.com"].user_id
    of_host = [session for session in planned if session.host_id == host]
    first = {session.kind: str(session.key) for session in reversed(of_host)}
    last = {session.kind: str(session.key) for session in of_host}
    events = [str(session.key) for session in of_host if session.kind == EVENT]
    return {
        "classic-event-session-key": first[EVENT],
        "toneless-event-session-key": events[1],
        "meeting-key": first[MEETING],
        "meeting-session-key": first[MEETING],
        "large-event-session-key": first[LARGE_EVENT],
        "webcast-session-key": first[WEBCAST],
        "webinar-session-key": first[LARGE_EVENT],
        "view-only-webinar-session-key": first[WEBCAST],
        "registered-training-session-key": first[TRAINING],
        "disposable-classic-event-session-key": events[2],
        "disposable-meeting-key": last[MEETING],
        "disposable-training-session-key": last[TRAINING],
        "disposable-large-event-session-key": last[LARGE_EVENT],
        "disposable-webcast-session-key": last[WEBCAST],
        **_TYPES,
        **_recordings(recorded),
        **_PEOPLE,
    }


_TYPES = {
    "large-event-session-type-id": str(sessions.LARGE_EVENT_TYPE),
    "webcast-session-type-id": str(sessions.WEBCAST_TYPE),
    "customised-session-type-id": str(sessions.CUSTOM_TYPE),
    "predefined-session-type-id": str(PREDEFINED_TYPE),
    "free-meeting-type-id": str(sessions.FREE_TYPE),
    "paid-meeting-type-id": str(PREDEFINED_TYPE),
}
_PEOPLE = {
    "license-for-every-service": "meetings, events, trainings and support",
    **people.KINDS,
    "control-hub-active-email": " ".join(person.email for person in people.ACTIVE_PERSONS),
    "outside-organisation-email": people.OUTSIDE_PERSON.email,
    "used-elsewhere-email": people.USED_PERSON.email,
    "disposable-recording-host-email": "hanna.host@example.com",
}


def _recordings(recorded: list[Recording]) -> dict[str, str]:
    """One recording of each kind that was stored in time, and those that were stored late with their true start."""
    late = {
        recording.kind: recording for recording in recorded if recording.stored - recording.pressed >= history.LATE * 60
    }
    timely = {
        recording.kind: str(recording.recording_id)
        for recording in recorded
        if recording.name != late.get(recording.kind, recording).name
    }
    timely |= {recording.kind: str(recording.recording_id) for recording in recorded if recording.kind not in late}
    words = {
        MEETING: "meeting",
        LARGE_EVENT: "large-event",
        EVENT: "classic-event",
        TRAINING: "training",
        SUPPORT: "support-session",
    }
    return {
        "meeting-record-id": timely[MEETING],
        "large-event-record-id": timely[LARGE_EVENT],
        "classic-event-record-id": timely[EVENT],
        "training-record-id": timely[TRAINING],
        "disposable-recording-id": str(_named(recorded, history.DISPOSABLE).recording_id),
        "service-recording-name": _named(recorded, history.OF_THE_SERVICE).name,
        "network-based-recording-name": _named(recorded, history.NETWORK_BASED).name,
        **{f"late-{word}-recording-name": late[kind].name for kind, word in words.items()},
        **{f"late-{word}-recording-start": show(late[kind].pressed, GMT) for kind, word in words.items()},
    }


def _named(recorded: list[Recording], name: str) -> Recording:
    return next(recording for recording in recorded if recording.name.startswith(name))


def midnight(moment: float) -> int:
    """The last midnight (UTC) before a moment; seeded data counts days from there."""
    return int(moment) // DAY * DAY


def open_store(seed: Seed, state: Path | None, further: str) -> Store:
    """The store of a site; ``further`` names one beside the first, whose state file stands beside the first one."""
    if state is None:
        return seeded_store(seed)
    file = state.with_name(f"{state.name}-{further}") if further else state
    try:
        return _kept(seed, file)
    except sqlite3.Error as problem:
        if "locked" in str(problem):
            raise StateError(f"{file} is in use by another webex-mock") from None
        raise StateError(f"{file} cannot be used as a state file of webex-mock: {problem}") from None


def _kept(seed: Seed, file: Path) -> Store:
    new = not file.exists() or file.stat().st_size == 0
    connection = sqlite3.connect(file, check_same_thread=False, timeout=1)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA synchronous = NORMAL")
    store = Store(connection)
    if new:
        fresh = seeded_store(seed)
        store.refill(fresh.image())
        fresh.close()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("COMMIT")
    if store.noted("format") != str(FORMAT):
        store.close()
        raise StateError(f"{file} was written by another version of webex-mock; move it away")
    return store
