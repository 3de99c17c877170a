"""Reply documents: hand-written XML files in ``replies/``, filled with the values of a site.

Every reply is one file named after its response type, so that a reader sees order,
namespaces and releases at a glance. The marks a file may carry:

``since="41.6.3"``     the element exists from that release on (``until``: before it)
``each="rows"``        the element is repeated for every mapping in ``values["rows"]``; what a client had set of
                       a row stands in the mapping as ``own``
``when="name"``        the element is there only if ``values["name"]`` is true
``optional="yes"``     the element is there only when a client set it
``settable="yes"``      a client may override what the site would say
``{name}`` as text     ``values["name"]``: None leaves the element out, a tuple repeats it

A literal leaf is a default a client may override: ``own`` maps paths below the content
element to what the client had set (``enableOptions/chat``: ``false``). Not Jinja: faults
change the reply as a tree, and text would have to be read again (docs/decisions/libraries.md).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources

from mocksite.model.records import Own
from mocksite.model.releases import Release, release
from mocksite.protocol.nodes import Node, read

Values = Mapping[str, object]

_NOTHING: Own = {}
_NONE: Values = {}


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
    constant: str | None

    def grow(self) -> list[Node]:
        """The elements inside, when no value of a site can change them."""
        return [node for child in self.children for node in _elements(child, _NONE, _NOTHING)]


class Constant(Node):
    """An element whose inside is the same on every site: written at once, grown only when somebody looks inside."""

    __slots__ = ("_grown", "_piece")

    def __init__(self, piece: Piece) -> None:
        self.name = piece.name
        self.text = None
        self.attributes = {}
        self._piece = piece
        self._grown: list[Node] | None = None

    @property
    def children(self) -> list[Node]:
        """The elements inside, as in any other element."""
        if self._grown is None:
            self._grown = self._piece.grow()
        return self._grown

    @children.setter
    def children(self, grown: list[Node]) -> None:
        self._grown = grown

    def put(self, out: list[str]) -> None:
        """Append the element: as it always is, or as it has become."""
        if self._grown is None:
            out.append(f"<{self.name}{self.marks()}>{self._piece.constant}</{self.name}>")
        else:
            super().put(out)


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
    piece = Piece(
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
        constant=None,
    )
    if not _is_constant(piece):
        return piece
    inside = piece.grow()
    return replace(piece, constant="".join(node.write() for node in inside)) if inside else piece


def _is_constant(piece: Piece) -> bool:
    if piece.slot or piece.each or piece.when:
        return False
    return all(_is_constant(child) for child in piece.children)


def _exists(marks: Mapping[str, str], at: Release) -> bool:
    if "since" in marks and at < release(marks["since"]):
        return False
    return not ("until" in marks and at >= release(marks["until"]))


def _elements(piece: Piece, values: Values, own: Own) -> list[Node]:
    if piece.constant is not None and not own:
        return [Constant(piece)]
    if piece.when and not values[piece.when]:
        return []
    if not piece.each:
        return _element(piece, values, own)
    rows = values[piece.each]
    assert isinstance(rows, list | tuple)
    return [node for row in rows for node in _element(piece, {**values, **row}, row.get("own", _NOTHING))]


def _element(piece: Piece, values: Values, own: Own) -> list[Node]:
    if piece.children:
        children: list[Node] = []
        for child in piece.children:
            children += _elements(child, values, own)
        return [Node(piece.name, children=children)] if children or not piece.optional else []
    if own and piece.settable and piece.path in own:
        return [Node(piece.name, _normal(text, piece.kind)) for text in own[piece.path]]
    if not piece.slot:
        return [] if piece.optional else [Node(piece.name, piece.text)]
    value = values[piece.slot]
    if isinstance(value, list | tuple):
        return [Node(piece.name, _text(one)) for one in value]
    return [] if value is None else [Node(piece.name, _text(value))]


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
