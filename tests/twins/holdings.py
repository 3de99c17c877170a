"""What a twin holds that a new mock does not, or does not hold: changes of the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mocksite.model.records import (
    DEACTIVATED,
    EVENT,
    LARGE_EVENT,
    MEETING,
    TRAINING,
    WEBCAST,
    MeetingType,
    Program,
    Recording,
    Session,
    Ticket,
    User,
    View,
)
from mocksite.model.queries import Query, Term
from mocksite.model.store import Store

Change = Callable[[Store], None]
DAY = 86400


def none(kind: type[Any]) -> Change:
    """The site holds nothing of a kind."""

    def change(store: Store) -> None:
        store.drop(kind)

    return change


def user(webex_id: str, **facts: object) -> Change:
    """Facts of one user."""

    def change(store: Store) -> None:
        one = store.first(User, Term("webex_id", "=", webex_id))
        assert one is not None
        store.put(replace(one, **facts))

    return change


def every(kind: type[Any], **facts: object) -> Change:
    """Facts of every record of a kind."""

    def change(store: Store) -> None:
        for one in store.all(kind):
            store.put(replace(one, **facts))

    return change


def no_large_events(store: Store) -> None:
    """A site that never had Webex Events (new): no session, no type, no licence, no recording of them."""
    for kind in (LARGE_EVENT, WEBCAST):
        store.drop(Session, Term("kind", "=", kind))
        store.drop(Recording, Term("kind", "=", kind))
    store.drop(MeetingType, Term("large_event", "=", 1))
    every(User, large_event_capacity=0)(store)


def no_classic_events(store: Store) -> None:
    """A site whose classic events were never used: no session, no program, no recording."""
    store.drop(Session, Term("kind", "=", EVENT))
    store.drop(Recording, Term("kind", "=", EVENT))
    store.drop(Program)


def sessions_of_others(store: Store, count: int = 260) -> None:
    """Meetings of another host, earlier than ours and with smaller keys, so that ours are on a later page."""
    other = store.first(User, Term("webex_id", "=", "paula.paying@example.com"))
    first = min(store.all(Session), key=lambda one: one.key)
    assert other is not None
    store.add(*(
        replace(first, key=100_000_000 + place, conf_id=10**17 + place, uuid=f"{place:032x}", kind=MEETING, type_id=3,
                name=f"Another round {place:03}", host_id=other.user_id, starts=first.starts - DAY + place * 60,
                duration=20, text="", tone="", program_id=0, registration=False, opened=0, listing="PUBLIC")
        for place in range(count)
    ))  # fmt: skip


def recordings_of_others(store: Store, count: int = 260) -> None:
    """Recordings of another host in every service, seen by people without name and address."""
    other = store.first(User, Term("webex_id", "=", "paula.paying@example.com"))
    ours = store.all(Recording, Query((), (("pressed", True),)))
    assert other is not None
    made = [
        replace(ours[place % len(ours)], recording_id=10_000_000 + place, session_key=110_000_000 + place, conf_id=2 * 10**17 + place,
                name=f"Another recording {place:03}", host_id=other.user_id,
                pressed=ours[0].pressed - place * 3600, stored=ours[0].pressed - place * 3600 + 300)
        for place in range(count)
    ]  # fmt: skip
    store.add(*made)
    store.add(*(
        View(70_000_000 + place, one.recording_id, "", "", one.stored + 1800, False, False, True)
        for place, one in enumerate(made)
    ))  # fmt: skip


def namesakes(store: Store) -> None:
    """Of every recording another of its name, a day older and of the other kind."""
    store.add(*(
        replace(one, recording_id=10_000 + place, session_key=120_000_000 + place, conf_id=3 * 10**17 + place,
                pressed=one.pressed - DAY, stored=one.stored - DAY, network_based=not one.network_based)
        for place, one in enumerate(store.all(Recording))
    ))  # fmt: skip


def renamed(change: Callable[[str], str]) -> Change:
    """Recordings have other names."""

    def rename(store: Store) -> None:
        for one in store.all(Recording):
            store.put(replace(one, name=change(one.name)))

    return rename


def strangers_watched(store: Store) -> None:
    """Views of people who gave neither name nor address, before and after those known."""
    now = max(view.at for view in store.all(View))
    store.add(*(
        View(80_000_000 + place, one.recording_id, "", "", now - (3 + place % 20) * DAY - 60, False, False, True)
        for place, one in enumerate(store.all(Recording))
    ))  # fmt: skip


def nobody_known(store: Store) -> None:
    """Nobody who viewed a recording left a name or an address."""
    every(View, name="", email="")(store)


def downloaded_only(store: Store) -> None:
    """Nobody watched a recording where it lies: each was downloaded."""
    for view in store.all(View):
        store.put(replace(view, viewed=False, downloaded=True))


def watched_often(store: Store, count: int = 30) -> None:
    """More views of each recording than fit on a small page, all long enough ago and lately enough to be told."""
    now = max(view.at for view in store.all(View))
    store.add(*(
        View(85_000_000 + place * 1000 + nth, one.recording_id, f"P {nth}", f"p{nth}@example.com", now - 5 * DAY - nth * 60, False, False, True)
        for place, one in enumerate(store.all(Recording))
        for nth in range(count)
    ))


def watched_just_now(store: Store) -> None:
    """Recordings that somebody watches every day, and did ten minutes ago."""
    store.add(*(
        View(86_000_000 + 100 * place + day, one.recording_id, "D", "d@example.com", int(time.time()) - 600 - day * DAY, False, False, True)
        for place, one in enumerate(store.all(Recording))
        for day in range(8)
    ))  # fmt: skip


def views_aged(days: int) -> Change:
    """Everything was watched longer ago."""

    def change(store: Store) -> None:
        for view in store.all(View):
            store.put(replace(view, at=view.at - days * DAY))

    return change


def suspended(webex_id: str) -> Change:
    """A user who was taken out of service."""
    return user(webex_id, active=DEACTIVATED)


def tickets(store: Store) -> None:
    """Everybody has a session ticket that lives for a day."""
    store.add(*(Ticket(f"ticket-of-{one.webex_id}", one.user_id, 2**33) for one in store.all(User)))


def zones(site_users: int) -> Change:
    """Users, sessions and recordings in another time zone."""

    def change(store: Store) -> None:
        for kind in (User, Session, Recording):
            every(kind, time_zone_id=site_users)(store)

    return change


def meetings_only(store: Store) -> None:
    """A site licensed for meetings alone: nothing of trainings, events or support."""
    no_classic_events(store)
    store.drop(Session, Term("kind", "=", TRAINING))
    store.drop(Recording, Term("kind", "=", TRAINING))
    every(User, training_center=False, event_center=False, support_center=False)(store)
