"""Faults made by rule: every way an element or an envelope goes wrong, for every place the notes name.

The places stand in ``targets.py``: each fault is one no keeping site shows.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from mocksite.faults.change import Edit, MessageFault, ReplyFault, dropped, refusing, saying, spots
from mocksite.faults.fault import Fault
from mocksite.faults.rules.targets import ALONE, ANYWHERE, ELEMENTS, ENVELOPES, ORDERED, PLACES, REFUSALS, REFUSED
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node


def _cased(path: str) -> Edit:
    """The element has another capital letter: XML knows no equal names but equal ones."""

    def edit(_call: Call, body: Node) -> None:
        for _, child in spots(body, path):
            prefix, _, name = child.name.rpartition(":")
            child.name = f"{prefix}:{name.swapcase()}"

    return edit


def _elsewhere(path: str) -> Edit:
    """The element stands in a parent it has no business in."""

    def edit(_call: Call, body: Node) -> None:
        found = spots(body, path)
        for parent, child in found:
            parent.children.remove(child)
        if found:
            body.children.append(Node("serv:misplaced", children=[child for _, child in found]))

    return edit


def _foreign(path: str) -> Edit:
    """The element is in a namespace of somebody else's."""

    def edit(_call: Call, body: Node) -> None:
        for _, child in spots(body, path):
            child.name = f"other:{child.local}"
            child.attributes = {**child.attributes, "xmlns:other": "http://example.com/other"}

    return edit


def doubled(path: str) -> Edit:
    """The element stands there twice."""

    def edit(_call: Call, body: Node) -> None:
        for parent, child in spots(body, path):
            parent.children.insert(parent.children.index(child), copy.deepcopy(child))

    return edit


def _moved(path: str) -> Edit:
    """The element stands at the other end of its parent: first, or last where it was the first."""

    def edit(_call: Call, body: Node) -> None:
        for parent, child in spots(body, path):
            at = 0 if parent.children.index(child) else len(parent.children)
            parent.children.remove(child)
            parent.children.insert(at, child)

    return edit


_ODD = {
    "boolean": "TRUE?",
    "integer": "three",
    "count": "three",
    "tone": "GONG",
    "text": " ",
    "time": "2021-11-30T10:00:00Z",
}
#: What has the form of a kind and is none: name of the way, and what the element says.
_NEARLY = {
    "count": (("below-nought", "-5"),),
    "time": (("day-before-month", "31/12/2021 10:00:00"), ("of-no-calendar", "02/30/2021 24:61:00")),
}


def ways_of(path: str, kind: str) -> tuple[tuple[str, str, Edit], ...]:
    """How an element of a kind goes wrong where it stands: name of the way, check that must tell it, change.

    A ``name`` is what somebody called something, or nothing: whatever it says is right.
    """
    odd = "element-present" if kind in ("text", "tone") else "element-kind"
    return (
        ("dropped", "element-present", dropped(path)),
        *(() if kind == "name" else (("blanked", "element-present", saying(path, "")),)),
        ("renamed", "element-present", _cased(path)),
        ("misplaced", "element-present", _elsewhere(path)),
        ("in-a-foreign-namespace", "element-present", _foreign(path)),
        *(() if kind in ("name", "tone") else (("of-another-type", odd, saying(path, _ODD[kind])),)),
        *((way, "element-kind", saying(path, told)) for way, told in _NEARLY.get(kind, ())),
    )


def _of_elements() -> Iterator[Fault]:
    for operation, elements in ELEMENTS.items():
        for path, (clause, kind) in elements.items():
            ways = tuple(one for one in ways_of(path, kind) if one[0] != "misplaced" or path not in ANYWHERE)
            for way, check, edit in ways:
                yield ReplyFault(*_named(operation, path, way), clause, check, (operation,), edit)
            placing: dict[str, Edit] = {"doubled": doubled(path)}
            if path not in ALONE:
                placing["moved"] = _moved(path)
            anywhere = PLACES.get(path, ("R41.1.0-01", "baseline"))
            for way, edit in placing.items():
                placed, check = ORDERED.get(path, anywhere) if way == "moved" else anywhere
                yield ReplyFault(*_named(operation, path, way), placed, check, (operation,), edit)


def _named(operation: str, path: str, way: str) -> tuple[str, str]:
    return f"{operation}/{path.replace('/', '.')}/{way}", f"{operation}: {path} {way}"


def _body(change: Callable[[Node], None]) -> Edit:
    def edit(_call: Call, message: Node) -> None:
        body = message.find("body/bodyContent")
        if body is not None and "xsi:type" in body.attributes:
            change(body)

    return edit


def _typeless(body: Node) -> None:
    del body.attributes["xsi:type"]


def _of_another_type(body: Node) -> None:
    prefix = body.attributes["xsi:type"].partition(":")[0]
    body.attributes["xsi:type"] = f"{prefix}:somebodyElsesResponse"


def _lost_result(_call: Call, message: Node) -> None:
    head = message.find("header/response")
    if head is not None:
        head.children = [child for child in head.children if child.local != "result"]


def _of_envelopes() -> Iterator[Fault]:
    ways: tuple[tuple[str, str, Edit], ...] = (
        ("type-lost", "body-type", _body(_typeless)),
        ("type-foreign", "body-type", _body(_of_another_type)),
        ("result-lost", "result", _lost_result),
    )
    for operation, clause in ENVELOPES.items():
        clause_of_refusal, check_of_refusal = REFUSED.get(operation, (clause, "result"))
        yield MessageFault(
            f"{operation}/envelope/refused",
            f"{operation}: refused",
            clause_of_refusal,
            check_of_refusal,
            (operation,),
            refusing("999999", "The request is not valid"),
        )
        for way, check, edit in ways:
            yield MessageFault(
                f"{operation}/envelope/{way}",
                f"{operation}: {way.replace('-', ' ')}",
                clause,
                check,
                (operation,),
                edit,
            )


def _head(exception_id: str, change: Callable[[Node, Node], None]) -> Edit:
    """A change to the head of the refusals with an id."""

    def edit(_call: Call, message: Node) -> None:
        head, found = message.find("header/response"), message.find("header/response/exceptionID")
        if head is not None and found is not None and found.text == exception_id:
            change(head, found)

    return edit


def exception_replaced(exception_id: str, other: str = "000001") -> Edit:
    """Refusals with an id come with another one."""

    def change(_head: Node, found: Node) -> None:
        found.text = other

    return _head(exception_id, change)


def _lose(name: str) -> Callable[[Node, Node], None]:
    def change(head: Node, _found: Node) -> None:
        head.children = [child for child in head.children if child.local != name]

    return change


def _another(_head: Node, found: Node) -> None:
    found.text = "000001"


def _succeed(head: Node, _found: Node) -> None:
    head.children = [Node("serv:result", "SUCCESS"), Node("serv:gsbStatus", "PRIMARY")]


def _of_refusals() -> Iterator[Fault]:
    ways: tuple[tuple[str, str, Callable[[Node, Node], None]], ...] = (
        ("id-other", "exception-id", _another),
        ("id-lost", "exception-id", _lose("exceptionID")),
        ("status-lost", "refusal-form", _lose("gsbStatus")),
        ("called-success", "result", _succeed),
    )
    for clause, operation, exception_id in REFUSALS:
        for way, check, change in ways:
            told = f"{operation}: {exception_id}, {way.replace('-', ' ')}"
            yield MessageFault(
                f"{operation}/{exception_id}/{way}", told, clause, check, (operation,), _head(exception_id, change)
            )


FAULTS: tuple[Fault, ...] = (*_of_elements(), *_of_envelopes(), *_of_refusals())
