"""Class 1, one caller: what holds for everybody the notes name is wrong for accounts of one role."""

from __future__ import annotations

from collections.abc import Iterator

from mocksite.faults.change import CallFault, Edit, MessageFault, ReplyFault, When, forgetting, refusing, saying
from mocksite.faults.classes.promises import (
    CALLERS,
    COUNTERS,
    FORGOTTEN,
    OTHER_RECORD,
    OWN_RECORD,
    REFUSED_BY_ROLE,
    SUCCEEDS,
    TOLD,
    TOLD_TO,
    UNTOLD,
    VALUES,
)
from mocksite.faults.classes.who import about_another, about_himself, both, called_by
from mocksite.faults.elements import MEASURED, PLACED
from mocksite.faults.fault import Fault
from mocksite.faults.rules.operators import exception_replaced, ways_of
from mocksite.faults.rules.targets import ELEMENTS, REFUSALS
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

FAMILY = "one-caller"
_WAYS = ("dropped", "blanked", "renamed", "of-another-type")


def _id(operation: str, *parts: str) -> str:
    return "/".join((FAMILY, operation, *(part.replace("/", ".") for part in parts)))


def _ways(
    operation: str, path: str, clause: str, kind: str, role: str, when: When, record: str = ""
) -> Iterator[Fault]:
    for way, check, edit in ways_of(path, kind):
        if way in _WAYS:
            name = _id(operation, path, way, *filter(None, (record, role)))
            what = f"{operation}: {path} {way.replace('-', ' ')} for the {role} {record}".rstrip()
            yield ReplyFault(name, what, clause, check, (operation,), edit, when, family=FAMILY)


def _elements() -> Iterator[Fault]:
    for operation, roles in CALLERS.items():
        for path, (clause, kind) in ELEMENTS[operation].items():
            for role in TOLD_TO.get(path, roles):
                yield from _ways(operation, path, clause, kind, role, called_by(role))
    for record, elements, of in (("own", OWN_RECORD, about_himself), ("other", OTHER_RECORD, about_another)):
        for path, roles in elements.items():
            clause, kind = ELEMENTS["GetUser"][path]
            for role in roles:
                yield from _ways("GetUser", path, clause, kind, role, both(called_by(role), of), record)


def _shown(name: str) -> Edit:
    def edit(_call: Call, body: Node) -> None:
        meta = body.find("siteInstance/metaData")
        if meta is not None:
            meta.children.append(Node(f"ns1:{name}", "12"))

    return edit


def _counters() -> Iterator[Fault]:
    for name in COUNTERS:
        for role, clause in TOLD.items():
            yield from _ways("GetSite", name, clause, "count", role, called_by(role))
        for role, clause in UNTOLD.items():
            what = f"GetSite tells {name} to the {role} (lines 980-993)"
            yield ReplyFault(
                _id("GetSite", name, "told", role),
                what,
                clause,
                "element-absent",
                ("GetSite",),
                _shown(name),
                called_by(role),
                family=FAMILY,
            )


def _places() -> Iterator[Fault]:
    for clause, operation, path, place, edit in PLACED:
        if clause not in MEASURED and operation in (*CALLERS, "GetUser"):
            for role in CALLERS.get(operation, OWN_RECORD["freeAccount"]):
                what = f"{operation}: {path} stands {place} for the {role}"
                name = _id(operation, path, f"stands-{place}", role)
                yield ReplyFault(
                    name, what, clause, "element-order", (operation,), edit, called_by(role), family=FAMILY
                )


def _values() -> Iterator[Fault]:
    for operation, clause, path, words, roles in VALUES:
        for word in words:
            for role in roles:
                yield ReplyFault(
                    _id(operation, path, f"always-{word}", role),
                    f"{operation}: {path} is always {word} for the {role}",
                    clause,
                    "element-value",
                    (operation,),
                    saying(path, word),
                    called_by(role),
                    family=FAMILY,
                )


def _refusals() -> Iterator[Fault]:
    """A refusal that one role does not get, or gets under another id."""
    for clause, operation, exception in REFUSALS:
        behaviour, roles = FORGOTTEN.get(exception, ("", REFUSED_BY_ROLE.get(exception, ())))
        for role in roles:
            what = f"{operation} refuses the {role} without {exception}"
            name = _id(operation, exception, "id-other", role)
            # An administrator may have no right to change what a host scheduled.
            edit = exception_replaced(exception, "999999")
            yield MessageFault(name, what, clause, "exception-id", (operation,), edit, called_by(role), family=FAMILY)
            if behaviour:
                name, what = _id(operation, exception, "let-through", role), f"{operation} lets the {role} through"
                yield CallFault(
                    name, what, clause, "result", (operation,), forgetting(behaviour), called_by(role), family=FAMILY
                )


def _successes() -> Iterator[Fault]:
    for operation, clause, roles in SUCCEEDS:
        for role in roles:
            yield MessageFault(
                _id(operation, "refused", clause, role),
                f"{operation}: refused to the {role}, who needs it for {clause}",
                clause,
                "result",
                (operation,),
                refusing("000001", "Access denied, additional privileges are required"),
                called_by(role),
                family=FAMILY,
            )


FAULTS: tuple[Fault, ...] = (
    *_elements(),
    *_counters(),
    *_places(),
    *_values(),
    *_refusals(),
    *_successes(),
)
