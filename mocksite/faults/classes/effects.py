"""Classes 5 and 6: what is refused is done all the same, and what succeeds is done by half, or for somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mocksite.faults.change import Alter, CallFault, ReplyFault, When, always, deaf_to, forgetting, hearing, spots
from mocksite.faults.classes.promises import CREDENTIALS, KINDS_OF_USER, NAMES
from mocksite.faults.classes.who import about_another, about_himself, both, called_by, claimed, meant
from mocksite.faults.fault import Fault
from mocksite.faults.identity import caller_named, short_name_taken, signed_in_with
from mocksite.model.accounts import Login, find_user
from mocksite.model.queries import Query, Term
from mocksite.model.records import EVENT, LARGE_EVENT, WEBCAST, Session, User
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal

REFUSED, HALF = "refused-but-done", "half-done"


@dataclass(frozen=True)
class RefusedButDone(Fault):
    """The refusal comes, and the operation is carried out behind it, after ``alter`` has made it heard otherwise."""

    exception: str = ""
    alter: Alter = lambda _call: None
    when: When = always

    def reply(self, call: Call, tree: Node) -> Node:
        """The message as it is."""
        found = tree.find("header/response/exceptionID")
        mine = call.operation.name.lower() in {one.lower() for one in self.operations}
        if mine and found is not None and found.text == self.exception and self.when(call):
            self._carry_out(call)
        return tree

    def _carry_out(self, call: Call) -> None:
        caller = call.login.user if call.login is not None else None
        if caller is not None and not caller.site_admin:
            call.login = Login(replace(caller, site_admin=True), "password")
        self.alter(call)
        try:
            with call.store.transaction():
                call.operation.run(call)
        except Refusal:
            pass
        call.letters.clear()


def _halved(path: str) -> Alter:
    """The site hears half of a text."""

    def alter(call: Call) -> None:
        for _, child in spots(call.content.node, path):
            child.text = (child.text or "")[: len(child.text or "") // 2]

    return alter


def _after(*alters: Alter) -> Alter:
    def alter(call: Call) -> None:
        for one in alters:
            one(call)

    return alter


def _of_kind(kind: str) -> When:
    def when(call: Call) -> bool:
        key = call.content.number("meetingKey") or call.content.number("meetingkey") or 0
        session = call.store.get(Session, key)
        return session is not None and session.kind == kind

    return when


def _of_type(number: int) -> When:
    return lambda call: call.content.number("metaData/meetingType") == number


def _about(era: str) -> When:
    def when(call: Call) -> bool:
        user = meant(call)
        return user is not None and user.era == era

    return when


#: Who is refused what: operation, exception, clause, check, behaviour forgotten, text heard otherwise, conditions.
_EMAIL, _NAME, _TEXT = "email", "metaData/confName", "metaData/description"
_TYPES = {"large-event": 129, "webcast": 130}
_SESSIONS = {"large-event": (LARGE_EVENT, "R41.4.0-11"), "webcast": (WEBCAST, "R41.4.0-12")}
_Row = tuple[str, str, str, str, str, str, str, When]


def _rows() -> Iterator[_Row]:
    """Refusals that a scenario can look behind."""
    limit, lock, large, hub = "description-limit", "classic-events-lock", "large-events-refused", "hub-rules"
    yield "CreateEvent", "060068", "R41.11.0-57", "element-value", limit, _TEXT, "", always
    yield "CreateEvent", "060068", "R41.11.0-57", "element-value", limit, _TEXT, "host", called_by("host")
    yield "SetEvent", "060068", "R41.11.0-59", "element-value", limit, _TEXT, "", always
    yield "CreateEvent", "010106", "R41.12.0-01", "element-value", lock, "", "", always
    yield "SetEvent", "010106", "R41.12.0-02", "element-value", lock, "", "", always
    for (kind, number), clause in zip(_TYPES.items(), ("R41.4.0-10", "R41.4.0-14"), strict=True):
        yield "CreateMeeting", "110064", clause, "element-value", large, "", kind, _of_type(number)
    for kind, (session, clause) in _SESSIONS.items():
        yield "SetMeeting", "110064", clause, "element-value", large, _NAME, kind, _of_kind(session)
    for role, of in (("user-admin", about_another), ("host", about_himself)):
        condition = both(called_by(role), of)
        yield "SetUser", "030120", "R41.11.0-12", "element-value", hub, _EMAIL, role, condition
    yield (
        "SetUser",
        "000001",
        "R41.11.0-12",
        "element-value",
        hub,
        _EMAIL,
        "read-only-admin",
        called_by("read-only-admin"),
    )
    for kind, era in KINDS_OF_USER.items():
        for exception, clause in (("030118", "R41.11.0-14"), ("030117", "R41.11.0-18")):
            yield "SetUser", exception, clause, "element-value", hub, _EMAIL, kind, _about(era)
        yield "SetUser", "030119", "R41.11.0-20", "element-value", hub, "", kind, _about(era)
    yield "CreateUser", "030117", "R41.11.0-17", "result", hub, "", "", always
    yield "CreateUser", "030119", "R41.11.0-19", "result", hub, "", "", always


def _refused() -> Iterator[Fault]:
    for operation, exception, clause, check, behaviour, path, whose, when in _rows():
        ways: dict[str, Alter] = {"": forgetting(behaviour)}
        if path in (_TEXT, _NAME):
            ways |= {"by-half": _after(forgetting(behaviour), _halved(path))}
        if path == _TEXT and operation == "SetEvent":
            ways |= {"emptied": _after(forgetting(behaviour), hearing(path, ""))}
        if path == _EMAIL:
            ways |= {"and-forgotten": _after(forgetting(behaviour), _freed)}
        for way, alter in ways.items():
            yield RefusedButDone(
                "/".join(filter(None, (REFUSED, operation, exception, whose, way))),
                f"{operation} refuses with {exception} and does it all the same {whose} {way}".rstrip(),
                clause,
                check,
                (operation,),
                exception,
                alter,
                when,
                family=REFUSED,
            )
    yield RefusedButDone(
        f"{REFUSED}/CreateMeeting/030001/short-name",
        "CreateMeeting refuses a short name of a later user and makes the meeting",
        "R41.11.0-31",
        "element-value",
        ("CreateMeeting",),
        "030001",
        _signed_in_after_all,
        _by_a_short_name,
        family=REFUSED,
    )


def _freed(call: Call) -> None:
    """Whoever has the address already loses it."""
    other = find_user(call.store, call.release, call.content.text("email"))
    if other is not None:
        call.store.put(replace(other, email=f"other.{other.email}"))


def _by_a_short_name(call: Call) -> bool:
    name = call.request.security.text("webExID")
    return any(one.era == "hub" and one.email.partition("@")[0] == name for one in call.store.all(User))


def _signed_in_after_all(call: Call) -> None:
    short_name_taken(call)
    user = claimed(call)
    if user is not None:
        call.login = Login(user, "password")


#: Operations that succeed and store nothing, or something else: operation, clause, check, element, condition.
_STORED: tuple[tuple[str, str, str, str, str, When], ...] = (
    ("SetEvent", "R41.11.0-58", "element-value", _TEXT, "", always),
    ("CreateEvent", "R41.11.0-56", "element-value", _TEXT, "", always),
    ("SetUser", "R41.11.0-10", "element-value", "timeZoneID", "", _about("hub")),
    ("SetUser", "R41.11.0-34", "element-value", "timeZoneID", "", _about("classic")),
    ("SetUser", "R41.11.0-35", "element-value", "timeZoneID", "", _about("hub")),
    ("SetUser", "R41.11.0-21", "element-value", "timeZoneID", "accessToken", signed_in_with("accessToken")),
    ("SetUser", "R41.11.0-16", "element-value", "active", "later", _about("hub")),
    ("SetUser", "R41.11.0-16", "element-value", "active", "classic-era", _about("classic")),
    ("SetUser", "R41.5.0-07", "element-value", "phones/hostPIN", "", always),
    ("SetUser", "R41.5.0-08", "element-value", "personalMeetingRoom/hostPIN", "", always),
    ("SetUser", "R41.2.0-06", "element-value", "privilege/cmrHybridVoip", "", always),
    ("SetUser", "R41.2.0-07", "element-value", "privilege/cmrHybridVoip", "", always),
    ("CreateUser", "R41.2.0-03", "element-value", "privilege/cmrHybridVoip", "", always),
    ("CreateUser", "R41.2.0-04", "element-value", "privilege/cmrHybridVoip", "", always),
)
#: What a site may make of a text it was told to keep.
_SPOILT: dict[str, Callable[[str], str]] = {
    "cut-by-one": lambda text: text[:-1],
    "cut-at-255": lambda text: text[:255],
    "cut-at-4000": lambda text: text[:4000],
    "in-capitals": lambda text: text.upper(),
    "in-small-letters": lambda text: text.lower(),
    "without-blanks": lambda text: text.replace(" ", ""),
    "without-digits": lambda text: "".join("#" if one.isdigit() else one for one in text),
    "other-scripts-lost": lambda text: text.encode("ascii", "replace").decode(),
    "doubly-encoded": lambda text: text.encode().decode("latin-1")[: len(text)],
    "with-a-blank-more": lambda text: f"{text} .",
}
_OTHERWISE: dict[str, dict[str, str]] = {
    "timeZoneID": {"always-GMT": "20", "always-4": "4", "always-0": "0"},
    "active": {"always-DEACTIVATED": "DEACTIVATED", "always-REQUEST_TO_ACTIVATE": "REQUEST_TO_ACTIVATE"},
    "phones/hostPIN": {"always-1111": "1111", "always-0000": "0000"},
    "personalMeetingRoom/hostPIN": {"always-1111": "1111", "always-0000": "0000"},
    "privilege/cmrHybridVoip": {"always-true": "true", "always-false": "false"},
}


#: Clauses about who provides telephony: the value itself is the matter of R41.2.0-03 and -06.
_ONLY_TRUE = ("R41.2.0-04", "R41.2.0-07")


def _heard(path: str, spoil: Callable[[str], str], upto: int) -> Alter:
    """The site hears another text, where the one sent is not too long to be kept at all."""

    def alter(call: Call) -> None:
        for _, child in spots(call.content.node, path):
            if len(child.text or "") <= upto:
                child.text = spoil(child.text or "")

    return alter


_LONGEST = 10_000


def _half() -> Iterator[Fault]:
    for operation, clause, check, path, whose, when in _STORED:
        ways: dict[str, Alter] = {"dropped": _deaf_below(path)}
        if path == _TEXT:
            ways |= {way: _heard(path, spoil, _LONGEST) for way, spoil in _SPOILT.items()}
        for way, word in _OTHERWISE.get(path, {}).items():
            if clause in _ONLY_TRUE and word == "true":
                continue
            ways[way] = _heard(path, lambda _text, word=word: word, _LONGEST)  # type: ignore[misc]
        for way, alter in ways.items():
            yield CallFault(
                "/".join(filter(None, (HALF, operation, clause, path.replace("/", "."), whose, way))),
                f"{operation} succeeds, and {path} is {way.replace('-', ' ')} {whose}".rstrip(),
                clause,
                check,
                (operation,),
                alter,
                when,
                family=HALF,
            )


def _deaf_below(path: str) -> Alter:
    def alter(call: Call) -> None:
        if path != _TEXT or len(call.content.text(path)) <= _LONGEST:
            deaf_to(path)(call)

    return alter


#: What is made and gone: operation, clause, check, what is forgotten, condition.
def _nothing_made() -> Iterator[Fault]:
    conditions: dict[str, tuple[str, When]] = {
        "R41.11.0-21": ("accessToken", both(signed_in_with("accessToken"), called_by("site-admin"))),
        "R41.11.0-65": ("both-names", lambda call: call.request.security.has("email")),
        "R41.11.0-66": ("sessionTicket", signed_in_with("sessionTicket")),
        "R41.11.0-08": ("", always),
    }
    for clause, (whose, when) in conditions.items():
        yield ReplyFault(
            "/".join(filter(None, (HALF, "CreateUser", clause, whose, "made-and-gone"))),
            f"CreateUser succeeds {whose} and there is no such user",
            clause,
            "element-value",
            ("CreateUser",),
            _gone_user,
            when,
            family=HALF,
        )
    yield ReplyFault(
        f"{HALF}/CreateEvent/R41.11.0-56/made-and-gone",
        "CreateEvent succeeds and there is no such event",
        "R41.11.0-56",
        "element-value",
        ("CreateEvent",),
        _gone_event,
        lambda call: len(call.content.text(_TEXT)) == _LONGEST,
        family=HALF,
    )


def _gone_user(call: Call, _body: Node) -> None:
    call.store.drop(User, Term("email", "=", call.content.text("email")))


def _gone_event(call: Call, _body: Node) -> None:
    name = call.content.text("metaData/sessionName")
    for event in call.store.all(Session, Query((Term("kind", "=", EVENT), Term("name", "=", name)))):
        call.store.drop(Session, Term("key", "=", event.key))


def _as_somebody_else(other: Callable[[User, User], bool]) -> Alter:
    """The login is good, and opens the account of another user."""

    def alter(call: Call) -> None:
        mine = claimed(call)
        users = call.store.all(User)
        taken = next((one for one in users if mine and one.active == mine.active and other(mine, one)), None)
        if taken is None:
            return
        call.store.put(replace(taken, webex_access_token=taken.webex_access_token or "somebody-else"))
        proofs = ("webexid", "email", "password", "sessionticket", "webexaccesstoken", "accesstoken")
        node = call.request.security.node
        node.children = [child for child in node.children if child.local.lower() not in proofs]
        token = taken.webex_access_token or "somebody-else"
        node.children += [Node("webExID", taken.webex_id), Node("webExAccessToken", token)]

    return alter


_OTHERS: dict[str, Callable[[User, User], bool]] = {
    "another-host": lambda mine, one: one.host and not one.is_administrator and one.user_id != mine.user_id,
    "an-administrator": lambda mine, one: one.site_admin and one.user_id != mine.user_id,
}


def _whom() -> Iterator[Fault]:
    named: list[tuple[str, str, When]] = [
        (clause, "address" if by_address else "old-name", caller_named(era, by_address=by_address))
        for clause, (era, by_address) in NAMES.items()
    ]
    named += [
        (clause, element, both(signed_in_with(element), called_by("host"))) for element, clause in CREDENTIALS.items()
    ]
    for clause, what, when in named:
        for other, fits in _OTHERS.items():
            yield CallFault(
                f"{HALF}/login/{clause}/{what}/opens-{other}",
                f"a login by {what} opens the account of {other.replace('-', ' ')}",
                clause,
                "element-value",
                ("CreateMeeting",),
                _as_somebody_else(fits),
                when,
                family=HALF,
            )


FAULTS: tuple[Fault, ...] = (*_refused(), *_half(), *_nothing_made(), *_whom())
