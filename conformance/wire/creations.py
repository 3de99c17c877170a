"""What operations of the contract create, how it is named and listed, and what takes it away: ``creations.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.sites.errors import CannotJudge, UserError
from conformance.wire.exchange import Reply, local_name, texts_of
from conformance.wire.pages import NOTHING_MORE, total_of
from conformance.wire.served import NotServed


@dataclass(frozen=True)
class Listing:
    """How the site lists what an operation creates.

    ``row`` is what one is called, ``name`` and ``key`` are its elements that tell
    its name and its key, ``by`` is who asks; ``where`` are elements that tell it from
    other things in the list, and what they say.
    """

    operation: str
    row: str
    name: str
    key: str
    by: str
    where: Mapping[str, str] = field(default_factory=dict)

    def shows(self, row: Mapping[str, str]) -> bool:
        """Whether a row with these texts is about such a thing, as far as it tells."""
        return all(row.get(element, text) == text for element, text in self.where.items())


@dataclass(frozen=True)
class Creation:
    """How an operation creates something, and what removes it again.

    ``kind`` is what features call it, ``by`` who creates it for a scenario. ``key``
    maps the element of the reply (for a user, of the request) to the variable of
    the removing operation; ``named`` is the variable that carries the prefix,
    ``tells`` are further elements of the reply worth keeping, ``mock`` is the
    section of a mock's control plane.
    """

    kind: str
    by: str
    named: str
    key: dict[str, str]
    tells: tuple[str, ...]
    remove: str
    mock: str
    listed: Listing | None


def _creation(row: dict[str, Any]) -> Creation:
    listed = row.get("listed")
    told = {name: value for name, value in row.items() if name not in ("tells", "listed")}
    return Creation(**told, tells=tuple(row.get("tells", ())), listed=Listing(**listed) if listed else None)


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
#: Operations of the contract that create, by name.
CREATIONS = {operation: _creation(row) for operation, row in _TABLE.items()}
#: The operation that creates what features call so.
CREATORS = {creation.kind: operation for operation, creation in CREATIONS.items()}

_PAGE = 100
_MOST_PAGES = 200
#: A site whose classic events are disabled lists none, and has none to lose (R41.12.0-05).
_NO_SUCH_SERVICE = ("010106",)


@dataclass(frozen=True)
class ListRead:
    """The rows a list told; ``problem`` is why it may lack some, ``broken`` that the site should have told them."""

    rows: list[dict[str, str]]
    problem: str = ""
    broken: bool = False


def read_list(listed: Listing, ask: Callable[[Mapping[str, str]], Reply]) -> ListRead:
    """A list, page by page to its end; whatever keeps it from that is told beside what was read."""
    rows: list[dict[str, str]] = []
    try:
        for _ in range(_MOST_PAGES):
            reply = ask({"startFrom": str(len(rows) + 1), "maximumNum": str(_PAGE)})
            if not reply.succeeded or reply.body is None:
                return _refused(reply, rows)
            new = [texts_of(element) for element in reply.body.iter() if local_name(element) == listed.row]
            if new and new == rows[-len(new) :]:
                return ListRead(rows, f"{listed.operation} answers the same page again", broken=True)
            rows += new
            total = total_of(reply)
            if not new or (len(new) < _PAGE if total is None else len(rows) >= total):
                return _ended(reply, rows, total or 0)
    except NotServed as problem:
        return ListRead(rows, str(problem))
    except (CannotJudge, UserError) as problem:
        return ListRead(rows, str(problem), broken=True)
    return ListRead(rows, f"{listed.operation} lists more than {len(rows)} rows", broken=True)


def _refused(reply: Reply, rows: list[dict[str, str]]) -> ListRead:
    if reply.exception_id == NOTHING_MORE:
        return ListRead(rows)
    words = f"{reply.operation} answered {reply.verdict()}" + (" and no list" if reply.succeeded else "")
    return ListRead(rows, words, broken=reply.exception_id not in _NO_SUCH_SERVICE)


def _ended(reply: Reply, rows: list[dict[str, str]], total: int) -> ListRead:
    short = len(rows) < total
    return ListRead(rows, f"{reply.operation} shows {len(rows)} of {total} rows" if short else "", broken=short)
