"""The tree both documents are made of: a request as read, a reply before it is written.

Names keep their prefix as it stands on the wire (``use:firstName``). Prefixes are
never resolved: half of the requests of real clients leave them unbound
(sources.md, Document shape).
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

_MAX_DEPTH = 60


class MalformedError(ValueError):
    """A document that is not well-formed, or holds what no XML API request holds."""


class Node:
    """An element. ``text`` None writes ``<a/>``, an empty string ``<a></a>``, as captured replies do."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(
        self,
        name: str,
        text: str | None = None,
        children: list[Node] | None = None,
        attributes: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.text = text
        self.children: list[Node] = [] if children is None else children
        self.attributes: dict[str, str] = {} if attributes is None else attributes

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    def find(self, path: str) -> Node | None:
        """The first element at a path of local names below this one, ``schedule/startDate``."""
        return next(self.find_all(path), None)

    def find_all(self, path: str) -> Iterator[Node]:
        """All elements at a path of local names below this one, in document order."""
        first, _, rest = path.partition("/")
        for child in self.children:
            if child.local == first:
                if rest:
                    yield from child.find_all(rest)
                else:
                    yield child

    def walk(self) -> Iterator[Node]:
        """The element itself and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def write(self) -> str:
        """The element as one line of XML."""
        out: list[str] = []
        self.put(out)
        return "".join(out)

    def put(self, out: list[str]) -> None:
        """Append the element, piece by piece, to a document being written."""
        name = self.name
        opening = f"<{name}{self.marks()}" if self.attributes else f"<{name}"
        if self.children:
            out.append(opening + ">")
            for child in self.children:
                child.put(out)
            out.append(f"</{name}>")
        elif self.text is None:
            out.append(opening + "/>")
        else:
            out.append(f"{opening}>{_escape(self.text)}</{name}>")

    def marks(self) -> str:
        """The attributes as they stand in the opening tag."""
        return "".join(f' {key}="{_escape(value, quote=True)}"' for key, value in self.attributes.items())


def _escape(text: str, *, quote: bool = False) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text.replace('"', "&quot;") if quote else text


def read(document: str) -> Node:
    """The root of a document; document types and entities are refused, prefixes may be unbound."""
    return _Reader().read(document)


class _Reader:
    """Builds the tree from expat events, without namespaces."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._root: Node | None = None
        self._open: list[Node] = []

    def read(self, document: str) -> Node:
        try:
            # An expat parser given characters ignores the encoding the declaration names.
            self._parser.Parse(document.lstrip(), True)
        except (expat.ExpatError, UnicodeEncodeError) as problem:
            raise MalformedError(str(problem)) from None
        if self._root is None:
            raise MalformedError("the document is empty")
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise MalformedError("the document is nested too deeply")
        node = Node(name, attributes=attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _data(self, text: str) -> None:
        node = self._open[-1]
        node.text = text if node.text is None else node.text + text

    def _doctype(self, *_: object) -> None:
        raise MalformedError("a document type is not allowed")
