"""The shape of replies: which elements came, how often, of what kind, after which sibling. Never their text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.judge.kinds import kind_of
from conformance.wire.message import Reply, children
from conformance.wire.xml import Element, local_name, text_of

#: Words such as ACTIVATED or NOTONE: the values of enumerations, which are safe to keep and worth comparing.
_MOST_WORDS = 12

Shape = dict[str, dict[str, Any]]


def shape_of(reply: Reply) -> Shape:
    """The shape of one successful reply, by path below the body."""
    shape: Shape = {}
    if reply.succeeded and reply.body is not None:
        _visit(reply.body, "", shape)
    return shape


def _visit(parent: Element, path: str, shape: Shape) -> None:
    before = ""
    for child in children(parent):
        name = local_name(child)
        below = f"{path}/{name}" if path else name
        row = shape.setdefault(below, {"count": 0, "kinds": [], "words": [], "after": []})
        row["count"] += 1
        inner = children(child)
        text = text_of(child)
        _add(row["kinds"], "parent" if inner else kind_of(text))
        _add(row["after"], before)
        if not inner and text.isascii() and text.isupper() and text.replace("_", "").isalpha():
            _add(row["words"], text)
        before = name
        _visit(child, below, shape)


def _add(values: list[str], value: str) -> None:
    if value not in values and len(values) < _MOST_WORDS:
        values.append(value)


def merge(shapes: Iterable[Mapping[str, Any]]) -> Shape:
    """Several shapes of one operation as one."""
    whole: Shape = {}
    for shape in shapes:
        for path, row in shape.items():
            known = whole.setdefault(path, {"count": 0, "kinds": [], "words": [], "after": []})
            known["count"] += row["count"]
            for column in ("kinds", "words", "after"):
                for value in row[column]:
                    _add(known[column], value)
    return {path: {**row, "kinds": sorted(row["kinds"]), "words": sorted(row["words"])} for path, row in whole.items()}
