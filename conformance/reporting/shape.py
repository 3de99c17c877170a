"""The shape of replies: which elements came, how often, of what kind, after which sibling. Never their text.

Two runs are compared by these shapes, so they must say what a client can see and
nothing that belongs to the site's users: the only values kept are those of
elements the contract declares as enumerations.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from conformance.judge.contract import Contract
from conformance.judge.kinds import kind_of
from conformance.reporting.shape_contract import Declarations
from conformance.wire.message import Reply, children
from conformance.wire.xml import Element, local_name, text_of

#: Path of the body itself: how many replies there were, and whether they held anything.
BODY = "."
#: More words than any enumeration of the contract has; a reply cannot make a summary grow without end.
_MOST_WORDS = 60
#: What a value of an enumeration looks like. Anything else in such an element is somebody's data.
_WORD = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
_COLUMNS = ("kinds", "words", "after")
_SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

#: Path below the body to ``count``, ``parents`` (how many parents held it), ``kinds``, ``words``, ``after``.
Shape = dict[str, dict[str, Any]]


def shape_of(reply: Reply, declarations: Declarations | None = None) -> Shape:
    """The shape of one successful reply, by path below the body; ours is the contract unless told otherwise."""
    shape: Shape = {}
    if reply.succeeded and reply.body is not None:
        _Visit(reply.operation, declarations or _ours(), shape).body(reply.body)
    return shape


@cache
def _ours() -> Declarations:
    """Everything any release of the suite declares; without our schemas no word is known, so none is kept."""
    return Declarations(Contract(_SCHEMAS).whole if _SCHEMAS.is_dir() else None)


class _Visit:
    def __init__(self, operation: str, declarations: Declarations, shape: Shape) -> None:
        self._operation = operation
        self._declarations = declarations
        self._shape = shape

    def body(self, body: Element) -> None:
        row = self._row(BODY)
        row["count"] = row["parents"] = 1
        row["kinds"] = ["parent" if children(body) else "empty"]
        self._below(children(body), "")

    def _below(self, parents: list[Element], path: str) -> None:
        before = ""
        seen = set()
        for child in parents:
            name = local_name(child)
            below = f"{path}/{name}" if path else name
            row = self._row(below)
            row["count"] += 1
            row["parents"] += name not in seen
            seen.add(name)
            _note(row["after"], before)
            before = name
            if inner := children(child):
                _note(row["kinds"], "parent")
                self._below(inner, below)
            else:
                self._value(text_of(child), below, row)

    def _value(self, text: str, path: str, row: dict[str, Any]) -> None:
        _note(row["kinds"], kind_of(text))
        if self._declarations.words(self._operation, path) and _WORD.match(text):
            _note(row["words"], text)
            del row["words"][_MOST_WORDS:]

    def _row(self, path: str) -> dict[str, Any]:
        row = self._shape.get(path)
        if row is None:
            row = self._shape[path] = {"count": 0, "parents": 0, "kinds": [], "words": [], "after": []}
        return row


def _note(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)


def _add(values: list[str], more: Iterable[str], most: int = sys.maxsize) -> None:
    values += [value for value in dict.fromkeys(more) if value not in values]
    del values[most:]


def merge(shapes: Iterable[Mapping[str, Any]]) -> Shape:
    """Several shapes of one operation as one."""
    whole: Shape = {}
    for shape in shapes:
        for path, row in shape.items():
            known = whole.setdefault(path, {"count": 0, "parents": 0, **{column: [] for column in _COLUMNS}})
            known["count"] += row["count"]
            known["parents"] += row["parents"]
            for column in _COLUMNS:
                _add(known[column], row[column], _MOST_WORDS if column == "words" else sys.maxsize)
    return {path: {**row, **{column: sorted(row[column]) for column in _COLUMNS}} for path, row in whole.items()}
