"""Class 9, lists: one filter of several, the second page, the full list beside the single get, one view of several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from mocksite.faults.change import CallFault, Edit, ReplyFault, When, saying, spots
from mocksite.faults.classes.kinds import asked_for, asks_for_views_of, of_rows, recorded
from mocksite.faults.classes.promises import KINDS_OF_RECORDING
from mocksite.faults.fault import Fault
from mocksite.faults.recordings import asking
from mocksite.faults.rules.operators import doubled, ways_of
from mocksite.faults.rules.targets import ELEMENTS
from mocksite.model.records import LARGE_EVENT, SERVICES
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

FAMILY = "lists"
_HISTORY, _DETAIL = "LstrecordaccessHistory", "LstrecordaccessDetailHistory"
_SERVICES = ("MeetingCenter", "TrainingCenter", "EventCenter")
_CHOICES = tuple(chosen for number in (1, 2, 3) for chosen in combinations(_SERVICES, number))


def _asked(chosen: tuple[str, ...]) -> When:
    return lambda call: set(call.content.texts("serviceTypes/serviceType")) == set(chosen)


def _first_row_lost(_call: Call, rows: Node) -> None:
    """Called with the rows of one service: the first of them says it is about nothing."""
    for _, child in spots(rows, "recordID")[:1]:
        child.text = "0"


def _of_service(service: str) -> Edit:
    def belongs(call: Call, row: Node) -> bool:
        return any(recorded(kind)(call, row) for kind, of in SERVICES.items() if of == service)

    return of_rows("recordAccessHistory", belongs, _first_row_lost)


def _choices() -> Iterator[Fault]:
    """Every choice of services (lines 299-307): rows of one of them lost, doubled, or of another one added."""
    for chosen in _CHOICES:
        asked, rest = "+".join(chosen), [one for one in _SERVICES if one not in chosen]
        told, when = ("R41.11.0-45", "row-sum", (_HISTORY,)), _asked(chosen)
        for one in chosen:
            name, what = f"{FAMILY}/{_HISTORY}/{asked}/{one}-row-lost", f"{asked} asked for loses a row of {one}"
            yield ReplyFault(name, what, *told, _of_service(one), when, family=FAMILY)
            if len(chosen) > 1:
                heard = asking(*(other for other in chosen if other != one))
                name, what = f"{FAMILY}/{_HISTORY}/{asked}/{one}-not-heard", f"{asked} asked for hears no {one}"
                yield CallFault(name, what, *told, heard, when, family=FAMILY)
        for one in rest:
            name, what = f"{FAMILY}/{_HISTORY}/{asked}/{one}-added", f"{asked} asked for returns {one} as well"
            yield CallFault(name, what, *told, asking(*chosen, one), when, family=FAMILY)
        name, what = f"{FAMILY}/{_HISTORY}/{asked}/doubled", f"{asked} asked for returns every row twice"
        yield ReplyFault(name, what, *told, doubled("recordAccessHistory"), when, family=FAMILY)


def _later_page(call: Call) -> bool:
    return (call.content.number("listControl/startFrom") or 1) > 1


def _limited(call: Call) -> bool:
    return call.content.has("listControl/maximumNum")


def _from_the_start(call: Call) -> None:
    for _, child in spots(call.content.node, "listControl/startFrom"):
        child.text = "1"


def _whole(call: Call) -> None:
    for _, child in spots(call.content.node, "listControl/maximumNum"):
        child.text = "100"


def _pages() -> Iterator[Fault]:
    """What is wrong with the second page alone (lines 430-434)."""
    for name in ("total", "returned", "startFrom"):
        for word in ("0", "1", "99", ""):
            if (name, word) not in _AS_IT_IS:
                way = f"{name}-is-{word or 'blank'}"
                yield _page(way, "count", saying(f"matchingRecords/{name}", word))
    for path, (_, kind) in ELEMENTS[_HISTORY].items():
        for way, check, edit in ways_of(path, kind):
            if way in ("dropped", "blanked", "renamed", "of-another-type"):
                yield _page(f"{path.replace('/', '.')}/{way}", check, edit)
    told = ("R41.11.0-47", "element-value", (_HISTORY,))
    name, what = f"{FAMILY}/{_HISTORY}/page-two/one-recording", f"{_HISTORY}: every page is about one recording"
    yield ReplyFault(name, what, *told, saying("recordAccessHistory/recordID", "1"), family=FAMILY)
    name, what = f"{FAMILY}/{_HISTORY}/page-two/rest-of-the-list", f"{_HISTORY}: a page holds all that is left"
    yield CallFault(name, what, *told, _whole, _limited, family=FAMILY)
    told = ("R41.11.0-47", "count", (_HISTORY,))
    name, what = f"{FAMILY}/{_HISTORY}/page-two/first-page-again", f"{_HISTORY}: the second page is the first again"
    yield CallFault(name, what, *told, _from_the_start, _later_page, family=FAMILY)


def _page(way: str, check: str, edit: Edit) -> Fault:
    name, what = f"{FAMILY}/{_HISTORY}/page-two/{way}", f"{_HISTORY}: {way.replace('-', ' ')} on the second page"
    return ReplyFault(name, what, "R41.11.0-47", check, (_HISTORY,), edit, _later_page, family=FAMILY)


#: Counts a second page of one row, with more rows before and behind it, may well show.
_AS_IT_IS = (("total", "99"), ("returned", "1"))


def _compared() -> Iterator[Fault]:
    """What the operations about a large event say apart from each other."""
    for operation, parent, clause in (
        ("GetSessionInfo", "accessControl", "R41.3.0-22"),
        ("GetMeeting", "enableOptions", "R41.3.0-23"),
    ):
        for name in ("enableEvent", "enableWebniar"):
            yield ReplyFault(
                f"{FAMILY}/{operation}/{name}-denied",
                f"{operation}: {name} false for what LstsummarySession calls a large event",
                clause,
                "element-value",
                (operation,),
                saying(f"{parent}/{name}", "false"),
                asked_for(LARGE_EVENT),
                family=FAMILY,
            )


def _first_only(_call: Call, body: Node) -> None:
    rows = [child for child in body.children if child.local == "recordDetail"]
    body.children = [child for child in body.children if child not in rows[1:]]


def _one_lost(_call: Call, body: Node) -> None:
    rows = [child for child in body.children if child.local == "recordDetail"]
    body.children = [child for child in body.children if child not in rows[:1]]


def _views() -> Iterator[Fault]:
    """One view of several, by kind of recording (line 319)."""
    clauses = dict(zip(KINDS_OF_RECORDING, ("R41.11.0-50", "R41.11.0-51", "R41.11.0-52", "R41.11.0-53"), strict=True))
    edits: dict[str, tuple[str, Edit]] = {
        "first-only": ("count", _first_only),
        "first-lost": ("count", _one_lost),
        "nobody-viewed": ("count", saying("recordDetail/viewed", "false")),
        "one-number-for-all": ("element-value", saying("recordDetail/viewID", "4711")),
        "every-row-twice": ("element-value", doubled("recordDetail")),
    }
    for kind, clause in clauses.items():
        for way, (check, edit) in edits.items():
            yield ReplyFault(
                f"{FAMILY}/{_DETAIL}/{kind}/{way}",
                f"{_DETAIL} of the recording of: {kind.replace('-', ' ')}: {way.replace('-', ' ')}",
                clause,
                check,
                (_DETAIL,),
                edit,
                asks_for_views_of(kind),
                family=FAMILY,
            )
        what = f"{_HISTORY} counts no view of the recording of: {kind.replace('-', ' ')}"
        edit = of_rows("recordAccessHistory", recorded(kind), saying("viewed", "0"))
        yield ReplyFault(
            f"{FAMILY}/{_HISTORY}/{kind}/viewed-is-0", what, clause, "count", (_HISTORY,), edit, family=FAMILY
        )


FAULTS: tuple[Fault, ...] = (*_choices(), *_pages(), *_compared(), *_views())
