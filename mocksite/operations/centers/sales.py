"""Sales Center: sessions with prospects, and what they are about: products, accounts of customers, opportunities."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.model.queries import Query, Term
from mocksite.model.records import SALES, Item, Session
from mocksite.operations import items
from mocksite.operations.call import Call, Operation
from mocksite.operations.centers import forms
from mocksite.operations.lists import Criterion, combined, listed, ordered
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.requests import Content

PRODUCT, ACCOUNT, OPPORTUNITY = "product", "account", "opportunity"


def _further(call: Call, session: Session) -> Mapping[str, object]:
    return forms.people(call, session, FORM)


FORM = forms.Form(
    kind=SALES,
    noun="SalesSession",
    password="accessControl/meetingPassword",  # noqa: S106 - the path of an element
    guests=(forms.Guests("prospects/prospect", "prospects"),),
    further=_further,
)

_PRODUCT_ORDERS = {"PRODID": "item_id", "NAME": "name", "DESCRIPTION": "name"}


def add_products(call: Call) -> Node:
    """New products of the site."""
    call.demand(call.caller.host or call.caller.site_admin)
    products = list(call.content.parts("product"))
    if not products:
        raise invalid("product must be given")
    made = [items.make(call, PRODUCT, _name(one), one.leaves()) for one in products]
    return call.answer("addProductsResponse", {"ids": tuple(one.item_id for one in made)})


def set_products(call: Call) -> Node:
    """Products changed, all of them or none."""
    products = list(call.content.parts("product"))
    if not products:
        raise invalid("product must be given")
    for one in products:
        items.change(call, items.found(call, PRODUCT, one.number("prodID")), one.text("name"), one.leaves())
    return call.answer("setProductsResponse", {"ids": tuple(one.number("prodID") for one in products)})


def list_products(call: Call) -> Node:
    """The products of the site."""
    content = call.content
    ids = tuple(content.numbers("prodID"))
    criteria: list[Criterion] = [
        (Term("item_id", "in", ids),) if ids else (),
        (Term("name", "contains", content.text("name")),) if content.text("name") else (),
    ]
    where = (Term("kind", "=", PRODUCT), *combined(content, criteria))
    query = Query(where, ordered(content, _PRODUCT_ORDERS, (("item_id", False),)))

    def rows(found: list[Item]) -> list[Mapping[str, object]]:
        return [_row(one, "product") for one in found]

    return call.answer("lstProductsResponse", listed(call, Item, query, rows).values("rows"))


def create_account(call: Call) -> Node:
    """A new account of a customer."""
    account = _only(call, "account")
    made = items.make(call, ACCOUNT, _name(account), account.leaves(), owner=items.owner(call, "webExID"))
    return call.answer("createAccountResponse", {"id": made.item_id})


def set_account(call: Call) -> Node:
    """An account changed."""
    account = _only(call, "account")
    item = items.found(call, ACCOUNT, account.number("intAccountID"))
    items.change(call, item, account.text("name"), account.leaves())
    return call.answer("setAccountResponse", {"id": item.item_id})


def list_accounts(call: Call) -> Node:
    """Accounts of a host, with their opportunities when asked for."""
    found = _kept(call, ACCOUNT, "intAccountID", ("extAccountID", "extSystemID"))
    rows = [{**_row(one, "account"), "opportunities": _opportunities(call, one)} for one in found]
    return call.answer("lstAccountsResponse", {"rows": rows})


def _opportunities(call: Call, account: Item) -> list[dict[str, object]]:
    if not call.content.flag("returnOppty"):
        return []
    terms = (Term("kind", "=", OPPORTUNITY), Term("parent_id", "=", account.item_id))
    return [
        {
            "opportunity_name": one.name,
            "opportunity_id": one.item_id,
            "opportunity_external": next(iter(one.own.get("extOpptyID", ())), None),
        }
        for one in call.store.all(Item, Query(terms))
    ]


def create_opportunity(call: Call) -> Node:
    """A new opportunity, with an account or without."""
    given = _only(call, "opportunity")
    account = given.number("intAccountID")
    parent = items.found(call, ACCOUNT, account).item_id if account is not None else 0
    owner = items.owner(call, "webExID")
    made = items.make(call, OPPORTUNITY, _name(given), given.leaves(), owner=owner, parent=parent)
    return call.answer("createOpportunityResponse", {"id": made.item_id})


def set_opportunity(call: Call) -> Node:
    """An opportunity changed."""
    given = _only(call, "opportunity")
    item = items.found(call, OPPORTUNITY, given.number("intOpptyID"))
    items.change(call, item, given.text("name"), given.leaves())
    return call.answer("setOpportunityResponse", {"id": item.item_id})


def list_opportunities(call: Call) -> Node:
    """Opportunities of a host."""
    found = _kept(call, OPPORTUNITY, "intOpptyID", ("intAccountID", "extOpptyID", "extSystemID"))
    return call.answer("lstOpportunitiesResponse", {"rows": [_row(one, "opportunity") for one in found]})


def _kept(call: Call, kind: str, key: str, elements: tuple[str, ...]) -> list[Item]:
    """The items of the host the request means that say what it asks for; none is 000015."""
    number = call.content.number(key)
    terms = [Term("owner_id", "=", items.owner(call, "webExID").user_id)]
    terms += [Term("item_id", "=", number)] if number is not None else []
    wanted = {name: call.content.text(name) for name in elements if call.content.text(name)}
    found = [
        one
        for one in items.of_kind(call, kind, *terms)
        if all(one.own.get(name) == [value] for name, value in wanted.items())
    ]
    if not found:
        raise Refusal("000015")
    return found


def _only(call: Call, element: str) -> Content:
    given = next(call.content.parts(element), None)
    if given is None:
        raise invalid(f"{element} must be given")
    return given


def _name(given: Content) -> str:
    name = given.text("name")
    if not name:
        raise invalid("name must not be empty")
    return name


def _row(item: Item, element: str) -> dict[str, object]:
    return {"id": item.item_id, "name": item.name, "own": items.shown(item, element)}


OPERATIONS = (
    Operation("createSalesSession", "sales", forms.create(FORM)),
    Operation("setSalesSession", "sales", forms.change(FORM)),
    Operation("getSalesSession", "sales", forms.get(FORM)),
    Operation("delSalesSession", "sales", forms.cancel(FORM)),
    Operation("lstsummarySalesSession", "sales", forms.summary(FORM)),
    Operation("addProducts", "sales", add_products),
    Operation("setProducts", "sales", set_products),
    Operation("lstProducts", "sales", list_products),
    Operation("createAccount", "sales", create_account),
    Operation("setAccount", "sales", set_account),
    Operation("lstAccounts", "sales", list_accounts),
    Operation("createOpportunity", "sales", create_opportunity),
    Operation("setOpportunity", "sales", set_opportunity),
    Operation("lstOpportunities", "sales", list_opportunities),
)
