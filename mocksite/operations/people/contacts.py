"""The address book of a host: contacts and distribution lists."""

from __future__ import annotations

from dataclasses import replace

from mocksite.model.queries import Term
from mocksite.model.records import Item
from mocksite.operations import items
from mocksite.operations.call import Call, Operation
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid

CONTACT, DISTRIBUTION_LIST = "contact", "distribution-list"
_OPERATIONS = ("ADD", "DELETE", "DELETE_ALL")
_ADDRESS_TYPES = ("PERSONAL", "GLOBAL")


def create_contacts(call: Call) -> Node:
    """New contacts of the caller's."""
    contacts = list(call.content.parts("contact"))
    if not contacts or not all(one.text("email") for one in contacts):
        raise invalid("email of a contact must not be empty")
    made = [
        items.make(call, CONTACT, one.text("name") or one.text("email"), one.leaves(), owner=call.caller)
        for one in contacts
    ]
    return call.answer("createContactsResponse", {"ids": tuple(one.item_id for one in made)})


def list_contacts(call: Call) -> Node:
    """The contacts of a host, or those on one of his distribution lists."""
    terms = (Term("owner_id", "=", items.owner(call, "hostWebExID").user_id),)
    wanted = _on_list(call, terms)
    found = [one for one in items.of_kind(call, CONTACT, *terms) if wanted is None or str(one.item_id) in wanted]
    if not found:
        raise Refusal("000015")
    rows = [{"name": one.name, "email": one.own["email"][0], "own": items.shown(one, "contact")} for one in found]
    return call.answer("lstContactResponse", {"rows": rows})


def _on_list(call: Call, terms: tuple[Term, ...]) -> list[str] | None:
    number, name = call.content.number("distListID"), call.content.text("distListName")
    if number is None and not name:
        return None
    named = Term("item_id", "=", number) if number is not None else Term("name", "=", name)
    return list(items.of_kind(call, DISTRIBUTION_LIST, *terms, named)[0].own.get("contactID", ()))


def create_list(call: Call) -> Node:
    """A new distribution list of the caller's."""
    given = next(call.content.parts("distList"), None)
    if given is None or not given.text("name"):
        raise invalid("name of a distList must not be empty")
    own = {"desc": given.texts("desc"), "contactID": _contacts(call, given.numbers("contactID"))}
    made = items.make(call, DISTRIBUTION_LIST, given.text("name"), own)
    return call.answer("createDistListResponse", {"id": made.item_id})


def set_list(call: Call) -> Node:
    """A distribution list changed: its words, or who is on it."""
    given = next(call.content.parts("distList"), None)
    if given is None:
        raise invalid("distList must be given")
    item = items.found(call, DISTRIBUTION_LIST, given.number("distListID"))
    word = given.text("contactOperation", "ADD").upper()
    if word not in _OPERATIONS:
        raise invalid("contactOperation must be ADD, DELETE or DELETE_ALL")
    before = list(item.own.get("contactID", ()))
    named = _contacts(call, given.numbers("contactID"))
    after = {
        "ADD": before + [one for one in named if one not in before],
        "DELETE": [one for one in before if one not in named],
        "DELETE_ALL": [],
    }
    own = {**item.own, "contactID": after[word], **({"desc": given.texts("desc")} if given.has("desc") else {})}
    call.store.put(replace(item, name=given.text("name") or item.name, own=own))
    return call.answer("setDistListResponse")


def _contacts(call: Call, ids: list[int]) -> list[str]:
    return [str(items.found(call, CONTACT, one).item_id) for one in ids]


def list_lists(call: Call) -> Node:
    """The distribution lists of a host."""
    if call.content.text("addressType", "PERSONAL").upper() not in _ADDRESS_TYPES:
        raise invalid("addressType must be PERSONAL or GLOBAL")
    number, name = call.content.number("distListID"), call.content.text("name")
    terms = [Term("owner_id", "=", items.owner(call, "hostWebExID").user_id)]
    terms += [Term("item_id", "=", number)] if number is not None else []
    terms += [Term("name", "contains", name)] if name else []
    found: list[Item] = items.of_kind(call, DISTRIBUTION_LIST, *terms)
    rows = [{"id": one.item_id, "name": one.name, "own": items.shown(one, "distList")} for one in found]
    return call.answer("lstDistListResponse", {"rows": rows})


OPERATIONS = (
    Operation("createContacts", "ep", create_contacts),
    Operation("lstContact", "ep", list_contacts),
    Operation("createDistList", "ep", create_list),
    Operation("setDistList", "ep", set_list),
    Operation("lstDistList", "ep", list_lists),
)
