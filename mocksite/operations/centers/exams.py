"""Tests of trainings: a library of them, and those planned for a training.

Of a test the mock keeps its title, its description and how many questions it has; nobody takes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mocksite.model.queries import Query, Term
from mocksite.model.records import TRAINING, Item, Session
from mocksite.operations import items, scheduling
from mocksite.operations.call import Call, Operation
from mocksite.protocol.dates import parse, show
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid

LIBRARY, PLANNED = "library-test", "planned-test"
_SHARES = ("PRIVATE", "SHARE")


def upload(call: Call) -> Node:
    """A test in the form of IMS QTI becomes part of the caller's library."""
    call.demand(call.caller.host)
    assessment = call.content.node.find("questestinterop/assessment")
    if assessment is None:
        raise invalid("questestinterop must hold an assessment")
    title = assessment.attributes.get("title", "").strip()
    if not title:
        raise invalid("assessment must have a title")
    questions = sum(len(list(section.find_all("item"))) for section in assessment.find_all("section"))
    own = {"share": ["PRIVATE"], "questions": [str(questions)], "description": call.content.texts("description")}
    return call.answer("uploadIMStestResponse", {"ids": items.make(call, LIBRARY, title, own).item_id})


def list_library(call: Call) -> Node:
    """The tests of the caller's library, and those others share."""
    found = [one for one in items.of_kind(call, LIBRARY) if _may_use(call, one)]
    if not found:
        raise Refusal("000015")
    rows = [
        {
            "id": one.item_id,
            "share": _said(one, "share", "PRIVATE"),
            "name": one.name,
            "description": _said(one, "description", ""),
            "author": call.user_of(one.owner_id).name,
        }
        for one in found
    ]
    return call.answer("lstLibTestsResponse", {"rows": rows})


def copy(call: Call) -> Node:
    """Copies of tests, for oneself or for everybody."""
    share = call.content.text("copyToType", "PRIVATE").upper()
    if share not in _SHARES:
        raise invalid("copyToType must be PRIVATE or SHARE")
    made = [items.make(call, LIBRARY, one.name, {**one.own, "share": [share]}) for one in _named(call)]
    return call.answer("copyLibTestsResponse", {"ids": tuple(one.item_id for one in made)})


def delete(call: Call) -> Node:
    """Tests taken out of the caller's library."""
    for item_id in _ids(call):
        items.drop(call, items.found(call, LIBRARY, item_id))
    return call.answer("delLibTestsResponse")


def plan(call: Call) -> Node:
    """Tests of the library planned for a training."""
    session = _training(call)
    made = [items.make(call, PLANNED, one.name, one.own, parent=session.key) for one in _named(call)]
    return call.answer("addScheduledTestResponse", {"ids": tuple(one.item_id for one in made)})


def change(call: Call) -> Node:
    """When and how a planned test is taken."""
    session, content = _training(call), call.content
    item = _planned(call, session, content.number("testID"))
    website = content.has("deliveryMethod/website")
    told = {
        "delivery": "WEBSITE" if website else "IN_SESSION",
        "due": content.text("deliveryMethod/website/dueDate"),
        "begins": content.text("deliveryMethod/website/startDate"),
        "limit": content.text("timeLimit/withinMinutes"),
    }
    for moment in (told["due"], told["begins"]):
        if moment:
            parse(moment, session.time_zone_id)
    call.store.put(replace(item, own={**item.own, **{name: [text] for name, text in told.items()}}))
    return call.answer("setScheduledTestResponse")


def withdraw(call: Call) -> Node:
    """Tests no longer planned for a training."""
    session = _training(call)
    for item_id in _ids(call):
        items.drop(call, _planned(call, session, item_id))
    return call.answer("delScheduledTestResponse")


def list_planned(call: Call) -> Node:
    """The planned tests of the caller's trainings, or of one of them."""
    key = call.content.number("sessionKey")
    terms = (Term("parent_id", "=", key),) if key is not None else (Term("owner_id", "=", call.caller.user_id),)
    sessions = ((call.store.get(Session, one.parent_id), one) for one in items.of_kind(call, PLANNED, *terms))
    rows = [_row(session, one) for session, one in sessions if session and scheduling.is_own(call, session)]
    if not rows:
        raise Refusal("000015")
    return call.answer("lstScheduledTestsResponse", {"rows": rows})


def get(call: Call) -> Node:
    """All about one planned test."""
    item = items.found(call, PLANNED, call.content.number("testID"))
    session = call.store.get(Session, item.parent_id)
    if session is None:
        raise Refusal("060001")
    limit = _said(item, "limit", "")
    return call.answer(
        "getTestInformationResponse",
        {
            **_row(session, item),
            "description": _said(item, "description", "") or None,
            "begins": _said(item, "begins", "") or show(session.starts, session.time_zone_id),
            "limit": limit or None,
            "author": call.user_of(item.owner_id).name,
            "questions": _said(item, "questions", "0"),
        },
    )


def planned(call: Call, session: Session) -> list[Mapping[str, object]]:
    """The tests of a training, as GetTrainingSession shows them."""
    terms = (Term("kind", "=", PLANNED), Term("parent_id", "=", session.key))
    return [_row(session, one) for one in call.store.all(Item, Query(terms))]


def _row(session: Session, item: Item) -> dict[str, object]:
    return {
        "test_id": item.item_id,
        "title": item.name,
        "delivery": _said(item, "delivery", "IN_SESSION"),
        "test_status": "NOT_STARTED",
        "due": _said(item, "due", "") or None,
        "key": session.key,
    }


def _said(item: Item, name: str, otherwise: str) -> str:
    return next(iter(item.own.get(name, ())), otherwise)


def _may_use(call: Call, item: Item) -> bool:
    return item.owner_id == call.caller.user_id or _said(item, "share", "PRIVATE") == "SHARE"


def _ids(call: Call) -> list[int]:
    wanted = call.content.numbers("testID")
    if not wanted:
        raise invalid("testID must be given")
    return wanted


def _named(call: Call) -> list[Item]:
    """The tests of the library a request names."""
    wanted = _ids(call)
    terms = (Term("kind", "=", LIBRARY), Term("item_id", "in", tuple(wanted)))
    known = {one.item_id: one for one in call.store.all(Item, Query(terms))}
    found = [known[one] for one in wanted if one in known and _may_use(call, known[one])]
    if len(found) != len(wanted):
        raise Refusal("000015")
    return found


def _training(call: Call) -> Session:
    return scheduling.to_change(call, scheduling.asked_for(call, (TRAINING,)))


def _planned(call: Call, session: Session, item_id: int | None) -> Item:
    item = items.found(call, PLANNED, item_id)
    if item.parent_id != session.key:
        raise Refusal("000015")
    return item


OPERATIONS = (
    Operation("uploadIMStest", "training", upload),
    Operation("lstLibTests", "training", list_library),
    Operation("copyLibTests", "training", copy),
    Operation("delLibTests", "training", delete),
    Operation("addScheduledTest", "training", plan),
    Operation("setScheduledTest", "training", change),
    Operation("delScheduledTest", "training", withdraw),
    Operation("lstScheduledTests", "training", list_planned),
    Operation("getTestInformation", "training", get),
)
