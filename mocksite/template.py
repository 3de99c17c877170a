"""Reply documents: hand-written XML files in ``replies/``, filled with the values of a site.

Every reply is one file named after its response type, so that a reader sees order,
namespaces and releases at a glance. The marks a file may carry:

``since="41.6.3"``     the element exists from that release on (``until``: before it)
``each="rows"``        the element is repeated for every mapping in ``values["rows"]``
``when="name"``        the element is there only if ``values["name"]`` is true
``optional="yes"``     the element is there only when a client set it
``settable="yes"``      a client may override what the site would say
``{name}`` as text     ``values["name"]``: None leaves the element out, a tuple repeats it

A literal leaf is a default a client may override: ``own`` maps paths below the content
element to what the client had set (``enableOptions/chat``: ``false``).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from mocksite.node import Node, read
from mocksite.record import Own
from mocksite.release import Release, release

Values = Mapping[str, object]

_NOTHING: Own = {}


@dataclass(frozen=True)
class Piece:
    """One element of a reply document, compiled for one release."""

    name: str
    path: str
    text: str | None
    slot: str
    each: str
    when: str
    optional: bool
    settable: bool
    kind: str
    children: tuple[Piece, ...]


def fill(name: str, at: Release, values: Values, own: Own = _NOTHING) -> Node:
    """The content of reply ``name`` at a release: its element becomes bodyContent, its name the xsi:type."""
    node, *_ = _elements(template(name, at), values, own)
    return node


def settable(name: str, at: Release) -> frozenset[str]:
    """The paths of a reply a client may set: its literal and its optional leaves."""
    return frozenset(_settable(template(name, at)))


@functools.cache
def template(name: str, at: Release) -> Piece:
    """The compiled document; the cache holds constants only, no state of any site."""
    text = resources.files("mocksite").joinpath("replies", f"{name}.xml").read_text("utf-8")
    return _compile(read(text), at, "")


def _compile(node: Node, at: Release, path: str) -> Piece:
    marks = node.attributes
    text = (node.text or "").strip() if not node.children else None
    slot = text[1:-1] if text and text.startswith("{") and text.endswith("}") else ""
    below = f"{path}/" if path else ""
    children = tuple(
        _compile(child, at, below + child.local) for child in node.children if _exists(child.attributes, at)
    )
    kind = marks.get("kind", "boolean" if text in {"true", "false"} else "")
    return Piece(
        name=node.name,
        path=path,
        text=None if node.text is None and "blank" not in marks else (text or ""),
        slot=slot,
        each=marks.get("each", ""),
        when=marks.get("when", ""),
        optional="optional" in marks,
        settable=not children and (not slot or "settable" in marks),
        kind=kind,
        children=children,
    )


def _exists(marks: Mapping[str, str], at: Release) -> bool:
    if "since" in marks and at < release(marks["since"]):
        return False
    return not ("until" in marks and at >= release(marks["until"]))


def _elements(piece: Piece, values: Values, own: Own) -> Iterator[Node]:
    if piece.when and not values[piece.when]:
        return
    if piece.each:
        rows = values[piece.each]
        assert isinstance(rows, list | tuple)
        for row in rows:
            yield from _element(piece, {**values, **row}, _NOTHING)
    else:
        yield from _element(piece, values, own)


def _element(piece: Piece, values: Values, own: Own) -> Iterator[Node]:
    if piece.children:
        children = [node for child in piece.children for node in _elements(child, values, own)]
        if children or not piece.optional:
            yield Node(piece.name, children=children)
    elif own and piece.settable and piece.path in own:
        for text in own[piece.path]:
            yield Node(piece.name, _normal(text, piece.kind))
    elif piece.slot:
        value = values[piece.slot]
        for one in value if isinstance(value, list | tuple) else (value,):
            if one is not None:
                yield Node(piece.name, _text(one))
    elif not piece.optional:
        yield Node(piece.name, piece.text)


def _text(value: object) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    return str(value)


def _normal(text: str, kind: str) -> str:
    if kind == "boolean":
        return "true" if text.lower() in {"true", "1", "yes", "on"} else "false"
    return text


def _settable(piece: Piece) -> Iterator[str]:
    if piece.settable and piece.path:
        yield piece.path
    for child in piece.children:
        if not child.each:
            yield from _settable(child)
