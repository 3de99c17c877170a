"""What people keep on a site beside sessions: made, found, changed, listed, whatever its kind."""

from __future__ import annotations

from dataclasses import replace

from mocksite.model import identifiers
from mocksite.model.identifiers import CREATED
from mocksite.model.queries import Query, Term
from mocksite.model.records import Item, Own, User
from mocksite.operations.call import Call
from mocksite.protocol.refusals import Refusal


def make(call: Call, kind: str, name: str, own: Own, *, owner: User | None = None, parent: int = 0) -> Item:
    """A new item of the caller's, or of the owner named."""
    item = Item(
        item_id=identifiers.spread(call.store.next("item") + CREATED, 1_000_000),
        kind=kind,
        owner_id=(owner or call.caller).user_id,
        name=name,
        parent_id=parent,
        own=own,
    )
    call.store.add(item)
    return item


def found(call: Call, kind: str, item_id: int | None) -> Item:
    """The item of a kind with an id, if the caller may change it; otherwise 000015 or 000001."""
    item = call.store.get(Item, item_id) if item_id is not None else None
    if item is None or item.kind != kind:
        raise Refusal("000015")
    call.demand(item.owner_id == call.caller.user_id or call.caller.site_admin)
    return item


def change(call: Call, item: Item, name: str, own: Own) -> Item:
    """The item with another name, and with what a request sets of it; what it does not name stays."""
    changed = replace(item, name=name or item.name, own={**item.own, **own})
    call.store.put(changed)
    return changed


def of_kind(call: Call, kind: str, *terms: Term) -> list[Item]:
    """Every item of a kind that fulfils the terms, in the order they were made; none is 000015."""
    items = call.store.all(Item, Query((Term("kind", "=", kind), *terms)))
    if not items:
        raise Refusal("000015")
    return items


def owner(call: Call, element: str) -> User:
    """Whose items a request speaks of: the caller's, or for an administrator those of the host it names."""
    webex_id = call.content.text(element)
    if not webex_id:
        return call.caller
    user = call.user(webex_id)
    call.demand(user.user_id == call.caller.user_id or call.caller.site_admin)
    return user


def drop(call: Call, item: Item) -> None:
    """Forget an item."""
    call.store.drop(Item, Term("item_id", "=", item.item_id))


def shown(item: Item, row: str) -> Own:
    """What was set of an item, by the paths of a row of a reply."""
    return {f"{row}/{path}": texts for path, texts in item.own.items()}
