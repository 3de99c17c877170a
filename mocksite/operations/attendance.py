"""Sessions that take place: begun by somebody, over when they are ended, and from then on told by the histories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mocksite.model.identifiers import CREATED
from mocksite.model.queries import Query, Term
from mocksite.model.records import Attendee, Participation, PastSession, Session, User
from mocksite.model.store import Store


def begin(store: Store, session: Session, now: int) -> Session:
    """The session goes on from now, unless it does already."""
    begun = session if session.opened else replace(session, opened=now)
    store.put(begun)
    return begun


def end(store: Store, session: Session, now: int, came: Iterable[str] | None = None) -> None:
    """The session is over: it becomes history, with its host and who came, all its guests if nobody says.

    A series and a session ended before its time stay scheduled, so the session itself is kept.
    """
    guests = store.all(Attendee, Query((Term("session_key", "=", session.key),)))
    over = PastSession(
        past_id=CREATED + store.next("past session"),
        key=session.key,
        conf_id=session.conf_id,
        kind=session.kind,
        name=session.name,
        type_id=session.type_id,
        host_id=session.host_id,
        began=session.opened,
        ended=now,
        time_zone_id=session.time_zone_id,
        invited=sum(guest.join_status == "INVITE" for guest in guests),
        registered=sum(guest.join_status == "REGISTER" for guest in guests),
    )
    names = {guest.email: guest.name for guest in guests}
    host = store.get(User, session.host_id)
    people = [(host.name, host.email)] if host else [("", "")]
    people += [(names.get(email, ""), email) for email in (names if came is None else came)]
    store.add(over)
    store.add(*(_presence(store, over, name, email, host=place == 0) for place, (name, email) in enumerate(people)))
    store.put(replace(session, opened=0))


def _presence(store: Store, over: PastSession, name: str, email: str, *, host: bool) -> Participation:
    return Participation(
        participation_id=CREATED + store.next("participation"),
        past_id=over.past_id,
        session_key=over.key,
        host_id=over.host_id,
        kind=over.kind,
        name=name or email,
        email=email,
        joined=over.began,
        left=over.ended,
        host=host,
    )
