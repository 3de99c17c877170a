"""Class 2, one kind: what holds for every kind of user, session or recording is wrong for one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mocksite.faults import identity, provisioning, values
from mocksite.faults.change import CallFault, Edit, MessageFault, ReplyFault, When, forgetting
from mocksite.faults.classes.promises import (
    KINDS_OF_RECORDING,
    KINDS_OF_SESSION,
    KINDS_OF_USER,
    LATE_KINDS,
    OF_CLASSIC_USERS,
    SESSION_CLAUSES,
)
from mocksite.faults.classes.who import both, claimed, meant
from mocksite.faults.fault import Fault
from mocksite.faults.rules.operators import ways_of
from mocksite.faults.rules.targets import ELEMENTS
from mocksite.model.records import MeetingType, Recording, Session, User
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

FAMILY = "one-kind"
_WAYS = ("dropped", "blanked", "renamed", "of-another-type")
#: Whether a row of a list is about something of the kind.
Belongs = Callable[[Call, Node], bool]


def of_rows(row: str, belongs: Belongs, edit: Edit) -> Edit:
    """A change that strikes some rows of a list and leaves the others."""

    def some(call: Call, body: Node) -> None:
        edit(call, Node("rows", children=[one for one in body.find_all(row) if belongs(call, one)]))

    return some


def _told(row: Node, element: str) -> int:
    found = row.find(element)
    return int(found.text or 0) if found is not None else 0


def asked_for(kind: str) -> When:
    """Calls that ask for a session of a kind."""

    def when(call: Call) -> bool:
        keys = (call.content.number(name) for name in ("sessionKey", "meetingKey"))
        session = next((call.store.get(Session, key) for key in keys if key is not None), None)
        return session is not None and session.kind == kind

    return when


def _row_of(kind: str) -> Belongs:
    def belongs(call: Call, row: Node) -> bool:
        session = call.store.get(Session, _told(row, "sessionKey"))
        return session is not None and session.kind == kind

    return belongs


def _sessions() -> Iterator[Fault]:
    for operation, of_kinds in SESSION_CLAUSES.items():
        for path, (promised, value) in ELEMENTS[operation].items():
            for kind in KINDS_OF_SESSION:
                clause = of_kinds.get(kind, {}).get(path, promised)
                if clause:
                    yield from _session_ways(operation, path, clause, value, kind)


def _session_ways(operation: str, path: str, clause: str, value: str, kind: str) -> Iterator[Fault]:
    for way, check, edit in ways_of(path, value):
        name, what = f"{FAMILY}/{operation}/{path.replace('/', '.')}/{way}/{kind}", f"{path} {way} for a {kind}"
        if way in _WAYS and operation == "LstsummarySession":
            change = of_rows("session", _row_of(kind), edit)
            told = "element-value" if clause == "R41.2.0-12" else check
            yield ReplyFault(name, what, clause, told, (operation,), change, family=FAMILY)
        elif way in _WAYS:
            yield ReplyFault(name, what, clause, check, (operation,), edit, asked_for(kind), family=FAMILY)


def _users() -> Iterator[Fault]:
    """What is wrong with users, for one kind of them: faults written by hand, narrowed."""
    by_hand = {one.id: one for module in (identity, provisioning, values) for one in module.FAULTS}
    for name in OF_CLASSIC_USERS:
        fault = by_hand[name]
        assert isinstance(fault, ReplyFault | CallFault | MessageFault), f"{name} cannot be narrowed"
        for kind, era in KINDS_OF_USER.items():
            when = both(fault.when, _about(era))
            yield replace(fault, id=f"{FAMILY}/{name}/{kind}", when=when, family=FAMILY)
    for path in ("webexAssistantEnabled", "phones/hostPIN", "freeAccount"):
        clause, value = ELEMENTS["GetUser"][path]
        for kind, era in KINDS_OF_USER.items():
            for way, check, edit in ways_of(path, value):
                if way in _WAYS:
                    name = f"{FAMILY}/GetUser/{path.replace('/', '.')}/{way}/{kind}"
                    yield ReplyFault(
                        name, f"{path} {way}: {kind}", clause, check, ("GetUser",), edit, _about(era), family=FAMILY
                    )


def _about(era: str) -> When:
    def when(call: Call) -> bool:
        user = meant(call) or claimed(call)
        return user is not None and user.era == era

    return when


def _recordings() -> Iterator[Fault]:
    for operation in ("LstrecordaccessHistory", "LstrecordaccessDetailHistory"):
        for path, (clause, value) in ELEMENTS[operation].items():
            for kind in KINDS_OF_RECORDING:
                for way, check, edit in ways_of(path, value):
                    if way in _WAYS:
                        yield _recording(operation, path, clause, kind, way, check, edit)
    for kind in LATE_KINDS:
        clause = "R41.6.0-05"
        what = f"LstRecording tells the moment of storing for the recording of: {kind.replace('-', ' ')} (line 721)"
        yield CallFault(
            f"{FAMILY}/LstRecording/stored-time/{kind}",
            what,
            clause,
            "moment",
            ("LstRecording",),
            forgetting("recording-start-as-create-time"),
            _asks_by_name_of(kind),
            family=FAMILY,
        )


def _recording(operation: str, path: str, clause: str, kind: str, way: str, check: str, edit: Edit) -> Fault:
    name = f"{FAMILY}/{operation}/{path.replace('/', '.')}/{way}/{kind}"
    what = f"{operation}: {path} {way} for the recording of: {kind.replace('-', ' ')}"
    if operation == "LstrecordaccessHistory":
        edit = of_rows("recordAccessHistory", recorded(kind), edit)
        return ReplyFault(name, what, clause, check, (operation,), edit, family=FAMILY)
    return ReplyFault(name, what, clause, check, (operation,), edit, asks_for_views_of(kind), family=FAMILY)


def recorded(kind: str) -> Belongs:
    """Rows of the history about recordings of a kind."""

    def belongs(call: Call, row: Node) -> bool:
        tape = call.store.get(Recording, _told(row, "recordID"))
        return tape is not None and tape.kind == kind

    return belongs


def asks_for_views_of(kind: str) -> When:
    """Calls that ask for the views of a recording of a kind."""

    def when(call: Call) -> bool:
        number = call.content.number("recondID") or call.content.number("recordID") or 0
        tape = call.store.get(Recording, number)
        return tape is not None and tape.kind == kind

    return when


def _asks_by_name_of(kind: str) -> When:
    def when(call: Call) -> bool:
        name = call.content.text("recordName")
        return any(tape.name == name and tape.kind == kind for tape in call.store.all(Recording))

    return when


#: Kinds of session type: one the site derived, one there always was, one of large events.
_TYPES: Mapping[str, Callable[[MeetingType], bool]] = {
    "customised": lambda one: bool(one.sub_prefix),
    "predefined": lambda one: not one.sub_prefix and not one.large_event,
    "of-events-2": lambda one: one.large_event,
}


def _types() -> Iterator[Fault]:
    operation = "LstMeetingType"
    for path, (promised, value) in ELEMENTS[operation].items():
        for kind, fits in _TYPES.items():
            if path.endswith("subProductCodePrefix") and kind != "customised":
                continue
            clause = "R41.12.0-18" if path.endswith("/productCodePrefix") and kind != "customised" else promised
            for way, check, edit in ways_of(path, value):
                if way in _WAYS:
                    name = f"{FAMILY}/{operation}/{path.replace('/', '.')}/{way}/{kind}"
                    change = of_rows("meetingType", _of_type(fits), edit)
                    what = f"{operation}: {path} {way} for a {kind} session type"
                    yield ReplyFault(name, what, clause, check, (operation,), change, family=FAMILY)


def _of_type(fits: Callable[[MeetingType], bool]) -> Belongs:
    def belongs(call: Call, row: Node) -> bool:
        found = call.store.get(MeetingType, _told(row, "meetingTypeID"))
        return found is not None and fits(found)

    return belongs


def _room() -> Iterator[Fault]:
    """phones/hostPIN of users with and without a personal meeting room (line 737)."""
    for kind, room in (("with-a-room", True), ("without-a-room", False)):
        clause, value = ELEMENTS["GetUser"]["phones/hostPIN"]
        for way, check, edit in ways_of("phones/hostPIN", value):
            if way in _WAYS:
                name = f"{FAMILY}/GetUser/phones.hostPIN/{way}/{kind}"
                what = f"phones/hostPIN {way} for users {kind}"
                yield ReplyFault(name, what, clause, check, ("GetUser",), edit, _with_room(room), family=FAMILY)


def _with_room(room: bool) -> When:
    def when(call: Call) -> bool:
        user: User | None = meant(call)
        return user is not None and user.room == room

    return when


FAULTS: tuple[Fault, ...] = (*_sessions(), *_users(), *_recordings(), *_types(), *_room())
