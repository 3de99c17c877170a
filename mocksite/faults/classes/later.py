"""Classes 7 and 8: what is right at the first look only, and what goes on working though it must have stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from mocksite.faults.change import Alter, CallFault, Edit, ReplyFault, When, always, spots
from mocksite.faults.classes.kinds import asked_for
from mocksite.faults.classes.who import about_another, both, claimed, meant
from mocksite.faults.fault import Fault
from mocksite.faults.rules.operators import ways_of
from mocksite.faults.rules.targets import ELEMENTS
from mocksite.model.accounts import find_user
from mocksite.model.records import ACTIVATED, LARGE_EVENT, Session, User
from mocksite.model.store import Store
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal

ONCE, STILL = "looked-at-once", "still-works"
Of = Callable[[User], dict[str, object]]


def _without(path: str) -> When:
    """Requests that say nothing of an element."""
    return lambda call: not call.content.has(path)


def _user_reset(of: Of) -> Edit:
    def edit(call: Call, _body: Node) -> None:
        user = meant(call)
        if user is not None:
            call.store.put(replace(user, **of(user)))  # type: ignore[arg-type]

    return edit


def _session_reset(of: Callable[[Session], dict[str, object]]) -> Edit:
    def edit(call: Call, _body: Node) -> None:
        keys = (call.content.number(name) for name in ("sessionKey", "meetingKey", "meetingkey"))
        session = next((call.store.get(Session, key) for key in keys if key is not None), None)
        if session is not None:
            call.store.put(replace(session, **of(session)))  # type: ignore[arg-type]

    return edit


#: What a change of something else may reset: operation, clause, element, way, what becomes of the record.
_OF_USERS: tuple[tuple[str, str, str, Of], ...] = (
    ("R41.5.0-07", "phones/hostPIN", "another-PIN", lambda user: {"host_pin": user.host_pin[::-1] + "7"}),
    ("R41.5.0-07", "phones/hostPIN", "no-PIN", lambda _user: {"host_pin": ""}),
    ("R41.5.0-07", "phones/hostPIN", "PIN-of-the-site", lambda _user: {"host_pin": "1234"}),
    ("R41.2.0-06", "privilege/cmrHybridVoip", "off", lambda _user: {"cmr_hybrid_voip": False}),
    ("R41.2.0-06", "privilege/cmrHybridVoip", "on", lambda _user: {"cmr_hybrid_voip": True}),
    ("R41.11.0-07", "active", "activated", lambda _user: {"active": ACTIVATED}),
)
_TONES = ("NOTONE", "ANNOUNCENAME")


def _resets() -> Iterator[Fault]:
    for clause, path, way, of in _OF_USERS:
        yield ReplyFault(
            f"{ONCE}/SetUser/{path.replace('/', '.')}/{way}",
            f"SetUser that says nothing of {path} leaves it {way.replace('-', ' ')}",
            clause,
            "element-value",
            ("SetUser",),
            _user_reset(of),
            _without(path),
            family=ONCE,
        )
    texts: dict[str, Callable[[Session], dict[str, object]]] = {
        "emptied": lambda _one: {"text": ""},
        "halved": lambda one: {"text": one.text[: len(one.text) // 2]},
        "the-name": lambda one: {"text": one.name},
    }
    for way, change in texts.items():
        yield _event("R41.11.0-58", "metaData/description", way, change)
    for tone in _TONES:
        yield _event("R41.4.0-05", "schedule/entryExitTone", tone, lambda _one, tone=tone: {"tone": tone})  # type: ignore[misc]
    for clause, operation in (("R41.3.0-04", "GetSessionInfo"), ("R41.3.0-08", "GetMeeting")):
        yield ReplyFault(
            f"{ONCE}/SetMeeting/{operation}/turned-large",
            f"SetMeeting of an ordinary meeting makes it a large event, as {operation} shows",
            clause,
            "element-value",
            ("SetMeeting",),
            _session_reset(lambda _one: {"kind": LARGE_EVENT}),
            _without("metaData/meetingType"),
            family=ONCE,
        )


def _event(clause: str, path: str, way: str, of: Callable[[Session], dict[str, object]]) -> Fault:
    what = f"SetEvent that says nothing of {path} leaves it {way.replace('-', ' ')}"
    name, edit = f"{ONCE}/SetEvent/{path.replace('/', '.')}/{way}", _session_reset(of)
    return ReplyFault(name, what, clause, "element-value", ("SetEvent",), edit, _without(path), family=ONCE)


class _Looks:
    """How often each site has been asked, so that a fault can begin with the second look."""

    def __init__(self) -> None:
        self._times: MutableMapping[Store, int] = WeakKeyDictionary()

    def again(self, call: Call) -> int:
        """Looks before this one."""
        before = self._times.get(call.store, 0)
        self._times[call.store] = before + 1
        return before


def _later(edit: Edit) -> Edit:
    looks = _Looks()

    def from_the_second_on(call: Call, body: Node) -> None:
        if looks.again(call):
            edit(call, body)

    return from_the_second_on


def _first_look_only() -> Iterator[Fault]:
    for operation, elements in ELEMENTS.items():
        for path, (clause, kind) in elements.items():
            for way, check, edit in ways_of(path, kind):
                if way in ("dropped", "blanked", "of-another-type"):
                    yield ReplyFault(
                        f"{ONCE}/{operation}/{path.replace('/', '.')}/{way}-from-the-second-look-on",
                        f"{operation}: {path} {way.replace('-', ' ')} from the second look on",
                        clause,
                        check,
                        (operation,),
                        _later(edit),
                        family=ONCE,
                    )


def _counted(path: str) -> Edit:
    """Another value at each look."""
    looks = _Looks()

    def edit(call: Call, body: Node) -> None:
        times = looks.again(call)
        for _, child in spots(body, path):
            child.text = f"{(child.text or '')[:-1]}{times % 10}"

    return edit


def _made_anew() -> Iterator[Fault]:
    rows: tuple[tuple[str, str, str, str, str, When], ...] = (
        ("GetUser", "phones/hostPIN", "R41.5.0-05", "element-value", "", always),
        *(
            ("GetSessionInfo", path, clause, "element-value", kind, asked_for(kind))
            for kind, clause in (("large-event", "R41.4.0-07"), ("webcast", "R41.4.0-08"))
            for path in ("accessControl/sessionPassword", "accessControl/audioPassword")
        ),
    )
    for operation, path, clause, check, kind, when in rows:
        yield ReplyFault(
            "/".join(filter(None, (ONCE, operation, path.replace("/", "."), "made-anew", kind))),
            f"{operation} makes {path} anew at each look {kind}".rstrip(),
            clause,
            check,
            (operation,),
            _counted(path),
            when,
            family=ONCE,
        )


def _spent(calls: int) -> Alter:
    """A session ticket that is good for so many calls."""
    used: MutableMapping[Store, dict[str, int]] = WeakKeyDictionary()

    def spend(call: Call) -> None:
        ticket, spent = call.request.security.text("sessionTicket"), used.setdefault(call.store, {})
        spent[ticket] = spent.get(ticket, 0) + 1
        if spent[ticket] > calls:
            raise Refusal("030047")

    return spend


def _tickets() -> Iterator[Fault]:
    yield CallFault(
        f"{ONCE}/login/ticket-for-one-call",
        "a session ticket is good for one call",
        "R41.11.0-24",
        "login",
        (),
        _spent(1),
        lambda call: call.request.security.has("sessionTicket"),
        family=ONCE,
    )


@dataclass(frozen=True)
class _StillServed(Fault):
    """The retired address answers one operation, and says no to every other."""

    only: str = ""
    serves_old_address = True

    def asked(self, call: Call) -> None:
        """A call at either address."""
        if call.address and call.operation.name.lower() != self.only.lower():
            raise Refusal("999999")


def _addresses() -> Iterator[Fault]:
    for operation in ("GetAPIVersion", "GetSite", "AuthenticateUser", "LstMeetingType"):
        what = f"the address of XML API 10.0.0 answers {operation} (line 597)"
        yield _StillServed(
            f"{STILL}/address/{operation}", what, "R41.9.0-01", "address", (operation,), operation, family=STILL
        )


@dataclass(frozen=True)
class _StillFound(Fault):
    """A name that was never taken, or is one no more, still finds the user."""

    element: str = ""
    known: MutableMapping[Store, dict[str, int]] = field(default_factory=WeakKeyDictionary, compare=False)

    def asked(self, call: Call) -> None:
        """Note the name that must not find anybody, and take it for the good one when somebody asks for it."""
        names = self.known.setdefault(call.store, {})
        user = meant(call)
        if call.operation.name.lower() in {one.lower() for one in self.operations} and user is None:
            found = call.store.get(User, names.get(call.content.text("webExId"), 0))
            for _, child in spots(call.content.node, "webExId"):
                child.text = found.webex_id if found is not None else child.text
        elif call.operation.name == "setUser" and user is not None and call.content.has(self.element):
            told = user.email if self.element == "email" else call.content.text(self.element)
            names[told] = user.user_id

    def reply(self, call: Call, tree: Node) -> Node:
        """Note the name a new user was given and has not got."""
        if call.operation.name == "createUser" and self.element == "webExId":
            made = find_user(call.store, call.release, call.content.text("email"))
            if made is not None:
                self.known.setdefault(call.store, {})[call.content.text("webExId")] = made.user_id
        return tree


def _names() -> Iterator[Fault]:
    for element, clause, check, what in (
        ("email", "R41.11.0-11", "one-of-two", "the address a user had before"),
        ("newWebExId", "R41.11.0-13", "result", "a name SetUser was to ignore"),
        ("webExId", "R41.11.0-09", "result", "a name CreateUser was to ignore"),
    ):
        name = f"{STILL}/GetUser/by-{element}"
        yield _StillFound(name, f"GetUser finds a user by {what}", clause, check, ("GetUser",), element, family=STILL)
    yield ReplyFault(
        f"{STILL}/GetUser/by-neither-address",
        "after a change of the address GetUser finds the user by neither",
        "R41.11.0-11",
        "one-of-two",
        ("SetUser",),
        _lost,
        both(about_another, lambda call: call.content.has("email")),
        family=STILL,
    )


def _lost(call: Call, _body: Node) -> None:
    user = meant(call) or find_user(call.store, call.release, call.content.text("email"))
    if user is not None:
        call.store.put(replace(user, email=f"lost.{user.email}", webex_id=f"lost.{user.webex_id}"))


def _deactivated() -> Iterator[Fault]:
    def wake(call: Call) -> None:
        user = claimed(call)
        if user is not None:
            call.store.put(replace(user, active=ACTIVATED))

    yield CallFault(
        f"{STILL}/AuthenticateUser/by-who-was-deactivated",
        "AuthenticateUser lets in who was deactivated (line 153)",
        "R41.11.0-15",
        "result",
        ("AuthenticateUser",),
        wake,
        family=STILL,
    )


FAULTS: tuple[Fault, ...] = (
    *_resets(),
    *_first_look_only(),
    *_made_anew(),
    *_tickets(),
    *_addresses(),
    *_names(),
    *_deactivated(),
)
