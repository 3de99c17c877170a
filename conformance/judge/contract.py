"""The contract as our XSDs state it, and the view of it that a release had.

Every addition of 41.x carries ``c:since``; a view drops what is newer. Where the
notes lost a position, ``c:place`` says so: ``any-order`` stands anywhere in its
parent, ``anywhere`` in any parent. libxml2 gives the verdict on the rest: it
validates a reply in a tenth of a millisecond, and unlike XSD 1.1 open content it
sees a declared element in the wrong place (tools.md, 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from lxml import etree

from conformance.judge.schema_documents import DRIVER, XS, C, as_of, compile_schema, for_replies, read_document
from conformance.target.release import Release
from conformance.target.trouble import UserError

Name = tuple[str, str]


@dataclass(frozen=True)
class Declared:
    """An element as its parent's type declares it. ``place`` is "" when its position is known."""

    name: Name
    type: Name
    least: int
    most: int | None
    since: str
    place: str


@dataclass(frozen=True)
class ComplexType:
    """A type with the elements it declares, inherited ones first."""

    name: Name
    children: tuple[Declared, ...]
    since: str = ""

    def child(self, name: Name) -> Declared | None:
        """The declaration of a child, None when the type does not know it."""
        return next((declared for declared in self.children if declared.name == name), None)

    def named(self, local: str) -> Declared | None:
        """The declaration of the child with that local name."""
        return next((declared for declared in self.children if declared.name[1] == local), None)


class View:
    """The contract as of one release."""

    def __init__(
        self, release: Release | None, documents: dict[str, etree._Element], whole: View | None = None
    ) -> None:
        self.release = release
        self._whole = whole
        self._all_documents = documents

    @cached_property
    def _documents(self) -> dict[str, etree._Element]:
        return {name: as_of(document, self.release) for name, document in self._all_documents.items()}

    @cached_property
    def types(self) -> dict[Name, ComplexType]:
        """Every complex type by namespace and name."""
        if self._whole is not None:
            kept = (known for known in self._whole.types.values() if self._has(known.since))
            return {known.name: self._cut(known) for known in kept}
        definitions = {
            (document.get("targetNamespace", ""), definition.get("name", "")): definition
            for document in self._documents.values()
            for definition in document.iterfind(f"{{{XS}}}complexType")
        }
        return {
            name: ComplexType(name, tuple(_children(name, definitions)), definition.get(f"{{{C}}}since", ""))
            for name, definition in definitions.items()
        }

    def _cut(self, known: ComplexType) -> ComplexType:
        kept = tuple(declared for declared in known.children if self._has(declared.since))
        return known if len(kept) == len(known.children) else replace(known, children=kept)

    def _has(self, since: str) -> bool:
        return not since or self.release is None or Release.parse(since) <= self.release

    @cached_property
    def _bodies(self) -> dict[str, ComplexType]:
        return {name: found for (_, name), found in self.types.items()}

    @cached_property
    def values(self) -> dict[Name, str]:
        """Every simple type and what it allows, written out."""
        return {
            (document.get("targetNamespace", ""), definition.get("name", "")): "|".join(
                facet.get("value", "")
                for facet in definition.iter(f"{{{XS}}}enumeration")
                if self._has(facet.get(f"{{{C}}}since", ""))
            )
            for document in self._all_documents.values()
            for definition in document.iterfind(f"{{{XS}}}simpleType")
            if self._has(definition.get(f"{{{C}}}since", ""))
        }

    @cached_property
    def schema(self) -> etree.XMLSchema:
        """The compiled validator for replies; its error log belongs to the last call, so one view serves one thread."""
        return compile_schema({name: for_replies(document) for name, document in self._documents.items()})

    @cached_property
    def roaming(self) -> dict[Name, Declared]:
        """Elements whose parent the notes lost, by name."""
        return {
            declared.name: declared
            for declared_type in self.types.values()
            for declared in declared_type.children
            if declared.place == "anywhere"
        }

    def reply_type(self, operation: str) -> ComplexType:
        """The body of the reply to ``operation``: ``GetSite`` to ``site:getSiteResponse``."""
        return self._body_type(operation, "Response")

    def request_type(self, operation: str) -> ComplexType:
        """The body of the request."""
        return self._body_type(operation, "")

    def _body_type(self, operation: str, suffix: str) -> ComplexType:
        wanted = operation[0].lower() + operation[1:] + suffix
        if wanted in self._bodies:
            return self._bodies[wanted]
        raise UserError("operation-schema", f"no schema declares the type {wanted} of the operation {operation}")

    def declares(self, operation: str) -> bool:
        """Whether the contract speaks about ``operation``; the sweep also uses one it does not judge."""
        wanted = operation[0].lower() + operation[1:]
        return wanted in self._bodies

    def reachable(self, start: ComplexType) -> dict[Name, ComplexType]:
        """``start`` and every complex type below it."""
        found = {start.name: start}
        waiting = [start]
        while waiting:
            for declared in waiting.pop().children:
                below = self.types.get(declared.type)
                if below is not None and below.name not in found:
                    found[below.name] = below
                    waiting.append(below)
        return found


class Contract:
    """Our schemas, read once; views are made per release and kept."""

    def __init__(self, folder: Path) -> None:
        if not (folder / DRIVER).is_file():
            raise UserError("schemas-missing", f"there is no {DRIVER} in {folder}", where=str(folder))
        self.folder = folder
        self._documents = {path.name: read_document(path) for path in sorted(folder.glob("*.xsd"))}
        self._views: dict[Release | None, View] = {}

    def view(self, release: Release) -> View:
        """The contract as of ``release``."""
        return self._kept(release)

    @property
    def whole(self) -> View:
        """Everything any release of the suite declares."""
        return self._kept(None)

    def _kept(self, release: Release | None) -> View:
        if release not in self._views:
            self._views[release] = View(release, self._documents, None if release is None else self.whole)
        return self._views[release]


def _children(name: Name, definitions: dict[Name, etree._Element]) -> Iterator[Declared]:
    definition = definitions[name]
    extension = definition.find(f"{{{XS}}}complexContent/{{{XS}}}extension")
    holder = definition
    if extension is not None:
        holder = extension
        yield from _children(_resolve(extension, extension.get("base", "")), definitions)
    target = definition.getroottree().getroot().get("targetNamespace", "")
    for node in holder.iterfind(f"{{{XS}}}sequence/{{{XS}}}element"):
        most = node.get("maxOccurs", "1")
        yield Declared(
            name=(target, node.get("name", "")),
            type=_resolve(node, node.get("type", "")),
            least=int(node.get("minOccurs", "1")),
            most=None if most == "unbounded" else int(most),
            since=node.get(f"{{{C}}}since", ""),
            place=node.get(f"{{{C}}}place", ""),
        )


def _resolve(node: etree._Element, reference: str) -> Name:
    prefix, _, local = reference.rpartition(":")
    return node.nsmap.get(prefix or None) or "", local
