"""Class 11, form in part: the place of an element for one kind of record, a refusal that is half one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mocksite.faults.change import Edit, MessageFault, ReplyFault, earlier, first, last
from mocksite.faults.classes.kinds import asked_for
from mocksite.faults.fault import Fault
from mocksite.faults.rules.targets import REFUSALS
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

FAMILY = "form"
#: Refusals whose words the notes print (lines 50-65, 540-552), and those whose form follows from them.
_PRINTED = ("010106", "060068")

_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_Change = Callable[[Node, Node], None]


def _without(name: str) -> _Change:
    def change(response: Node, _body: Node) -> None:
        response.children = [child for child in response.children if child.local != name]

    return change


def _saying(name: str, text: str) -> _Change:
    def change(response: Node, _body: Node) -> None:
        for child in response.children:
            child.text = text if child.local == name else child.text

    return change


def _twice(name: str, text: str) -> _Change:
    def change(response: Node, _body: Node) -> None:
        response.children.append(Node(f"serv:{name}", text))

    return change


def _turned(response: Node, _body: Node) -> None:
    response.children.reverse()


def _id_first(response: Node, _body: Node) -> None:
    response.children.sort(key=lambda child: child.local != "exceptionID")


def _filled(_response: Node, body: Node) -> None:
    for content in body.children:
        content.children = [Node("serv:key", "4711")]


def _typed(_response: Node, body: Node) -> None:
    for content in body.children:
        content.attributes = {**content.attributes, "xmlns:xsi": _INSTANCE, "xsi:type": "serv:refusal"}


def _gone(_response: Node, body: Node) -> None:
    body.children = []


#: What a refusal may be wrong in, and what must tell.
_WAYS: dict[str, tuple[str, _Change]] = {
    "status-odd": ("refusal-form", _saying("gsbStatus", "UNKNOWN")),
    "status-blank": ("refusal-form", _saying("gsbStatus", "")),
    "status-twice": ("refusal-form", _twice("gsbStatus", "PRIMARY")),
    "reason-twice": ("refusal-form", _twice("reason", "Once more")),
    "second-id": ("refusal-form", _twice("exceptionID", "000001")),
    "result-twice": ("refusal-form", _twice("result", "FAILURE")),
    "turned-round": ("refusal-form", _turned),
    "id-first": ("refusal-form", _id_first),
    "body-filled": ("refusal-form", _filled),
    "body-typed": ("refusal-form", _typed),
    "body-gone": ("refusal-form", _gone),
}
#: Other words than those printed.
_WORDS: dict[str, tuple[str, _Change]] = {
    "reason-lost": ("reason", _without("reason")),
    "reason-blank": ("reason", _saying("reason", "")),
    "words-other": ("reason", _saying("reason", "Something went wrong")),
    "words-cut": ("reason", _saying("reason", "The")),
    "words-of-another": ("reason", _saying("reason", "Sorry, no record found")),
}


def _of(exception: str, change: _Change) -> Edit:
    def edit(_call: Call, message: Node) -> None:
        response, body = message.find("header/response"), message.find("body")
        found = message.find("header/response/exceptionID")
        if response is not None and body is not None and found is not None and found.text == exception:
            change(response, body)

    return edit


def _refusals() -> Iterator[Fault]:
    rows = (*REFUSALS, ("R41.4.0-14", "CreateMeeting", "110064"), ("R41.4.0-12", "SetMeeting", "110064"))
    for clause, operation, exception in rows:
        for way, (check, change) in (_WAYS | (_WORDS if exception in _PRINTED else {})).items():
            yield MessageFault(
                f"{FAMILY}/{operation}/{exception}/{clause}/{way}",
                f"{operation}: {exception}, {way.replace('-', ' ')}",
                clause,
                check,
                (operation,),
                _of(exception, change),
                family=FAMILY,
            )


def _places() -> Iterator[Fault]:
    """Places of elements for every kind of session (lines 884-906, 954-974)."""
    rows = (("GetSessionInfo", "accessControl", "R41.3.0-03"), ("GetMeeting", "enableOptions", "R41.3.0-07"))
    for operation, parent, clause in rows:
        for kind in ("meeting", "large-event", "webcast"):
            for name in ("enableEvent", "enableWebniar", "enablePreMeetingLobby"):
                path = f"{parent}/{name}"
                for way, edit in (("first", first(path)), ("earlier", earlier(path)), ("last", last(path))):
                    if (name, way) != ("enablePreMeetingLobby", "last"):
                        yield ReplyFault(
                            f"{FAMILY}/{operation}/{parent}.{name}/{way}/{kind}",
                            f"{operation}: {path} stands {way} for a {kind}",
                            clause,
                            "element-order",
                            (operation,),
                            edit,
                            asked_for(kind),
                            family=FAMILY,
                        )


def _types() -> Iterator[Fault]:
    """Places in the list of all session types (lines 114-119)."""
    for name in ("productCodePrefix", "subProductCodePrefix", "active", "name", "displayName"):
        path = f"meetingType/{name}"
        for way, edit in (("first", first(path)), ("last", last(path))):
            if (name, way) not in _IN_PLACE:
                yield ReplyFault(
                    f"{FAMILY}/LstMeetingType/{name}/{way}-in-the-full-list",
                    f"LstMeetingType: {path} stands {way} where all types are asked for",
                    "R41.12.0-19",
                    "element-order",
                    ("LstMeetingType",),
                    edit,
                    lambda call: not call.content.has("meetingTypeID"),
                    family=FAMILY,
                )


#: Where these stand anyway; behind the others displayName is in order still.
_IN_PLACE = (("productCodePrefix", "first"), ("displayName", "last"))

FAULTS: tuple[Fault, ...] = (*_refusals(), *_places(), *_types())
