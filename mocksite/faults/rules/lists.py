"""Faults made by rule: bodies without their content or twice over, rows lost, doubled, turned round, miscounted.

What must tell each stands in ``targets.py``. Ways that no clause forbids are made
all the same, and listed with their reason where the matrix is measured.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from mocksite.faults.change import CallFault, Edit, MessageFault, ReplyFault, deaf_to, spots
from mocksite.faults.fault import Fault
from mocksite.faults.rules.targets import (
    EMPTY_BODIES,
    ENVELOPES,
    FILTERS,
    KEYS,
    LISTS,
    ROWS,
    SINGLE,
    UNPROMISED,
    WINDOWS,
)
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

#: Where a fault is reported that nothing in particular promises against: the replies are those recorded before.
_CONTRACT = ("R41.1.0-01", "baseline")


def _empty(_call: Call, body: Node) -> None:
    body.children, body.text = [], None


def _twice(_call: Call, message: Node) -> None:
    body = message.find("body")
    if body is not None and body.children and "xsi:type" in body.children[0].attributes:
        body.children.append(copy.deepcopy(body.children[0]))


def _of_bodies() -> Iterator[Fault]:
    for operation in (*EMPTY_BODIES, *UNPROMISED):
        clause, check = EMPTY_BODIES.get(operation, _CONTRACT)
        told = f"{operation}: a body without its content"
        yield ReplyFault(f"{operation}/body/emptied", told, clause, check, (operation,), _empty)
    for operation in ENVELOPES:
        clause, check = _CONTRACT
        told = f"{operation}: the body comes twice"
        yield MessageFault(f"{operation}/body/doubled", told, clause, check, (operation,), _twice)


def _rows(path: str, change: Callable[[list[Node], list[int]], None]) -> Edit:
    """A change of the rows: the children of their parent, and where among them the rows stand."""

    def edit(_call: Call, body: Node) -> None:
        found = spots(body, path)
        if found:
            siblings = found[0][0].children
            change(siblings, [place for place, child in enumerate(siblings) if child.local == path])

    return edit


def _lose(siblings: list[Node], places: list[int]) -> None:
    del siblings[places[0]]


def _double(siblings: list[Node], places: list[int]) -> None:
    siblings.insert(places[0], copy.deepcopy(siblings[places[0]]))


def _turn_round(siblings: list[Node], places: list[int]) -> None:
    for place, row in zip(places, [siblings[place] for place in reversed(places)], strict=True):
        siblings[place] = row


def _counting(name: str, by: int) -> Edit:
    """A count is another: one more than there are, or one less than were returned."""

    def edit(_call: Call, body: Node) -> None:
        counted = "returned" if by < 0 else name
        for parent, child in spots(body, f"matchingRecords/{name}"):
            start = next((int(one.text or 0) for one in parent.children if one.local == counted), 0)
            child.text = str(start + by)

    return edit


def _neighbours(path: str) -> Edit:
    """Every row tells the value of the next; a single row the one after its own."""

    def edit(_call: Call, body: Node) -> None:
        found = [child for _, child in spots(body, path)]
        texts = [child.text for child in found]
        for child, text in zip(found, [*texts[1:], texts[0]] if len(texts) > 1 else ["999"], strict=False):
            child.text = text

    return edit


def _of_lists() -> Iterator[Fault]:
    for operation, row in ROWS.items():
        edits: dict[str, Edit] = {
            "row-lost": _rows(row, _lose),
            "row-doubled": _rows(row, _double),
            "reversed": _rows(row, _turn_round),
            "total-too-high": _counting("total", 1),
            "total-too-low": _counting("total", -1),
            "returned-too-high": _counting("returned", 1),
            "returned-too-low": _counting("returned", -1),
        }
        if operation in SINGLE:
            del edits["reversed"]
        if operation in KEYS:
            edits["neighbours-key"] = _neighbours(KEYS[operation])
        for way, edit in edits.items():
            yield ReplyFault(*_named(operation, way), edit)
    for operation, ways in _DEAF.items():
        for way, paths in ways.items():
            yield CallFault(*_named(operation, way), deaf_to(*paths))


#: What the suite sends and a list may fail to hear.
_DEAF: dict[str, dict[str, tuple[str, ...]]] = {
    "LstsummarySession": {"filter-ignored": FILTERS, "paging-ignored": ("listControl",)},
    "LstRecording": {"filter-ignored": FILTERS, "paging-ignored": ("listControl",)},
    "LstrecordaccessHistory": {
        "filter-ignored": FILTERS,
        "paging-ignored": ("listControl",),
        "order-ignored": ("order",),
        "window-ignored": WINDOWS,
    },
    "LstrecordaccessDetailHistory": {"filter-ignored": FILTERS},
    "LstMeetingType": {"filter-ignored": FILTERS},
}


def _named(operation: str, way: str) -> tuple[str, str, str, str, tuple[str, ...]]:
    clause, check = LISTS.get(operation, {}).get(way, _CONTRACT)
    return f"{operation}/list/{way}", f"{operation}: {way.replace('-', ' ')}", clause, check, (operation,)


FAULTS: tuple[Fault, ...] = (*_of_bodies(), *_of_lists())
