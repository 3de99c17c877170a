"""How lists work: paging, order, criteria, whose objects a caller sees (sources.md, Lists, Authentication)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from mocksite.model.queries import AnyOf, Query, Term
from mocksite.model.records import User
from mocksite.operations.call import Call
from mocksite.protocol.dates import parse
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.requests import Content

R = TypeVar("R")

#: A request that names no maximumNum gets at most this many rows, and no request gets more than the ceiling.
USUAL = 500
CEILING = 1000

#: Conditions that belong together: one criterion of a list.
Criterion = tuple[Term, ...]


@dataclass(frozen=True)
class Page:
    """One page of a list, and the numbers of matchingRecords."""

    total: int
    start_from: int
    rows: list[Mapping[str, object]]

    def values(self, name: str) -> dict[str, object]:
        """The values a reply document of a list needs; ``name`` is what it calls its rows."""
        return {"total": self.total, "returned": len(self.rows), "start_from": self.start_from, name: self.rows}

    def grouped(self, by: str, name: str) -> list[Mapping[str, object]]:
        """The rows below what they have in common; ``name`` is what the reply document calls those of one group."""
        groups: dict[object, list[Mapping[str, object]]] = {}
        for row in self.rows:
            groups.setdefault(row[by], []).append(row)
        return [{by: common, name: rows} for common, rows in groups.items()]


def listed(
    call: Call,
    kind: type[R],
    query: Query,
    row: Callable[[list[R]], list[Mapping[str, object]]],
) -> Page:
    """The page the request asks for; no matching record is the refusal 000015, so is a page past the end."""
    start = max(1, call.content.number("listControl/startFrom") or 1)
    wanted = max(0, call.content.number("listControl/maximumNum") or 0)
    count = min(wanted or USUAL, call.settings.rows_per_page or CEILING)
    total = call.store.count(kind, query)
    if start > total:
        raise Refusal("000015")
    return Page(total, start, row(call.store.page(kind, query, start - 1, count)))


def ordered(
    content: Content, columns: Mapping[str, str], usual: tuple[tuple[str, bool], ...]
) -> tuple[tuple[str, bool], ...]:
    """The order a request asks for: orderBy and orderAD pair up in turn, grouped or interleaved."""
    keys = content.texts("order/orderBy")
    directions = [word.upper() for word in content.texts("order/orderAD")]
    for key in keys:
        if key.upper() not in columns:
            raise invalid(f"{key} is not one of the orders {', '.join(columns)}")
    if any(word not in {"ASC", "DESC"} for word in directions):
        raise invalid("orderAD must be ASC or DESC")
    directions += ["ASC"] * (len(keys) - len(directions))
    return tuple((columns[key.upper()], word == "DESC") for key, word in zip(keys, directions, strict=False)) or usual


def combined(content: Content, criteria: Iterable[Criterion]) -> tuple[Term | AnyOf, ...]:
    """The criteria a request gives, all of them, or any with listMethod OR."""
    given = tuple(criterion for criterion in criteria if criterion)
    method = content.text("listControl/listMethod", "AND").upper()
    if method not in {"AND", "OR"}:
        raise invalid("listMethod must be AND or OR")
    if method == "OR" and len(given) > 1:
        return (AnyOf(given),)
    return tuple(term for criterion in given for term in criterion)


def between(content: Content, first: str, last: str, column: str, zone_id: int, test: str = "") -> Criterion:
    """The criterion of a time scope: two elements, either of which may be missing or blank."""
    low, high = content.text(first), content.text(last)
    terms = []
    if low:
        terms.append(Term(column, f"{test}>=", parse(low, zone_id)))
    if high:
        terms.append(Term(column, f"{test}<=", parse(high, zone_id)))
    return tuple(terms)


def in_date_scope(content: Content, column: str, zone_id: int, end: str = "") -> list[Criterion]:
    """The criteria of ``dateScope``: when a thing starts and when it ends, ``end`` of the column if it lasts."""
    return [
        between(content, "dateScope/startDateStart", "dateScope/startDateEnd", column, zone_id),
        between(content, "dateScope/endDateStart", "dateScope/endDateEnd", column, zone_id, end),
    ]


#: What a reply about one session holds beyond that of a list of whole sessions (sources: the XSDs of 2011).
_ONLY_ALONE = {"hostKey", "eventID", "guestToken", "hostType", "test", "sipURL", "meetingLink"}


def with_contents(reply: Node, contents: list[Node]) -> Node:
    """A list whose empty rows take the elements of the replies that show one of them."""
    waiting = iter(contents)
    for row in reply.children:
        if row.local != "matchingRecords":
            row.children = [child for child in next(waiting).children if child.local not in _ONLY_ALONE]
    return reply


def users_of(call: Call, user_ids: Iterable[int]) -> dict[int, User]:
    """The users of a page of rows, looked up at once."""
    wanted = tuple(sorted(set(user_ids)))
    found = {user.user_id: user for user in call.store.all(User, Query((Term("user_id", "in", wanted),)))}
    return {user_id: found.get(user_id) or call.user_of(user_id) for user_id in wanted}


def own_or_all(call: Call) -> Criterion:
    """The condition that leaves a host's own objects."""
    return () if call.caller.sees_all else (Term("host_id", "=", call.caller.user_id),)


def invited_or_own(call: Call) -> tuple[Term | AnyOf, ...]:
    """The condition for sessions: those a caller hosts and those he is invited to."""
    if call.caller.sees_all:
        return ()
    return (
        AnyOf(
            (
                (Term("host_id", "=", call.caller.user_id),),
                (Term("key", "invited", call.caller.email),),
            )
        ),
    )


def of_host(call: Call, element: str = "hostWebExID") -> Criterion:
    """The criterion of a request that names a host; an unknown one is 030001."""
    webex_id = call.content.text(element)
    return (Term("host_id", "=", call.user(webex_id).user_id),) if webex_id else ()
