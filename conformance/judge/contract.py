"""The contract as our XSDs state it, and the view of it that a release had.

Every addition of 41.x carries ``c:since``; a view drops what is newer. Where the
notes lost a position, ``c:place`` says so: ``any-order`` stands anywhere in its
parent, ``anywhere`` in any parent. libxml2 gives the verdict on the rest: it
validates a reply in a tenth of a millisecond, and unlike XSD 1.1 open content it
sees a declared element in the wrong place (docs/decisions/libraries.md, Validation).
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from conformance.sites.errors import UserError, nearest
from conformance.sites.release import Release, demand_published

XS = "http://www.w3.org/2001/XMLSchema"
C = "urn:webex-conformance:contract"
SERV = "http://www.webex.com/schemas/2002/06/service"
#: What the namespaces of all services begin with, and that of what they share.
SCHEMAS = "http://www.webex.com/schemas/"
DRIVER = "contract.xsd"
#: Service types that are complete on every site: the envelope, and the counts every client of a list reads.
_COMPLETE = ("messageType", "responseType", "subErrorType", "matchingRecordsType")


def read_document(path: Path) -> etree._Element:
    """One XSD file; :class:`UserError` names the line that is not XML."""
    try:
        return etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)).getroot()
    except etree.XMLSyntaxError as problem:
        raise UserError(
            "schema-syntax", f"{path.name} is not XML: {problem.msg}", where=f"{path}:{problem.lineno}"
        ) from None


def as_of(document: etree._Element, release: Release | None) -> etree._Element:
    """The document without what ``c:since`` says is newer than ``release``; whole for None."""
    if release is None:
        return document
    kept = copy.deepcopy(document)
    for node in kept.findall(f".//*[@{{{C}}}since]"):
        parent = node.getparent()
        if parent is not None and Release.parse(node.get(f"{{{C}}}since", "")) > release:
            parent.remove(node)
    return kept


def for_replies(document: etree._Element) -> etree._Element:
    """Loosen what real sites do not keep (sources.md, Strictness): required elements outside the envelope.

    Elements without a known place leave their sequence and become global, so
    that the judge can take them out of the reply and validate them alone.
    """
    loosened = copy.deepcopy(document)
    service = loosened.get("targetNamespace") == SERV
    for definition in loosened.iterfind(f"{{{XS}}}complexType"):
        if not (service and definition.get("name", "").startswith(_COMPLETE)):
            for node in definition.iterfind(f".//{{{XS}}}sequence/{{{XS}}}element"):
                node.set("minOccurs", "0")
    taken: dict[str, str] = {}
    for node in loosened.findall(f".//*[@{{{C}}}place]"):
        parent = node.getparent()
        name, declared_type = node.get("name", ""), node.get("type", "")
        if taken.setdefault(name, declared_type) != declared_type:
            raise UserError(
                "schema-place", f"two elements {name} of unknown place differ in type", where=str(document.base)
            )
        if parent is not None:
            parent.remove(node)
    for name, declared_type in taken.items():
        etree.SubElement(loosened, f"{{{XS}}}element", name=name, type=declared_type)
    return loosened


_COMPILING = threading.Lock()


def compiled(texts: Mapping[str, bytes], entry: str) -> etree.XMLSchema:
    """The validator of ``texts``, which import one another by file name, ``entry`` first.

    They are compiled from files. libxml2 has one loader of imports for a whole process, which lxml puts in place and
    takes away around everything it parses: a reply parsed on another thread takes a resolver away in the middle of a
    compilation, and what cannot be loaded is left out, silently where nothing refers to it. Any loader reads files.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    with _COMPILING, TemporaryDirectory(prefix="webex-xsd-") as folder:
        for name, text in texts.items():
            Path(folder, name).write_bytes(text)
        return etree.XMLSchema(etree.parse(Path(folder, entry), parser))


def compile_schema(documents: dict[str, etree._Element]) -> etree.XMLSchema:
    """The validator of the documents, by file name; :class:`UserError` when they do not fit together."""
    gone = [place for document in documents.values() for place in _imported(document) if place not in documents]
    if gone:
        # libxml2 builds silently without an import it cannot read, and would then pass everything in it.
        raise UserError("schema-import", f"the schemas import what is not there: {', '.join(gone)}")
    try:
        return compiled({name: etree.tostring(document) for name, document in documents.items()}, DRIVER)
    except etree.XMLSchemaParseError as problem:
        raise UserError("schema-invalid", f"the schemas do not compile: {problem}") from None


def _imported(document: etree._Element) -> list[str]:
    return [node.get("schemaLocation", "") for node in document.iterfind(f"{{{XS}}}import")]


Name = tuple[str, str]


@dataclass(frozen=True)
class ElementDeclaration:
    """An element as its parent's type declares it. ``place`` is "" when its position is known."""

    name: Name
    type: Name
    least: int
    most: int | None
    since: str
    place: str

    def may_be(self, name: Name) -> bool:
        """Whether an element called ``name`` is this one: of one whose place is lost no source tells the namespace."""
        lost = bool(self.place) and name[0].startswith(SCHEMAS)
        return name[1] == self.name[1] if lost else name == self.name


@dataclass(frozen=True)
class ComplexType:
    """A type with the elements it declares, inherited ones first; those are the ones of ``base``."""

    name: Name
    children: tuple[ElementDeclaration, ...]
    since: str = ""
    base: Name | None = None

    def named(self, local: str) -> ElementDeclaration | None:
        """The declaration of the child with that local name."""
        return self._by_name.get(local)

    # Of several with one name the first counts. functools.cached_property of Python 3.11 would let lanes wait.
    @property
    def _by_name(self) -> dict[str, ElementDeclaration]:
        known: dict[str, ElementDeclaration] | None = self.__dict__.get("_known")
        if known is None:
            known = {one.name[1]: one for one in reversed(self.children)}
            self.__dict__["_known"] = known
        return known


class ContractView:
    """The contract as of one release."""

    def __init__(
        self, release: Release | None, documents: dict[str, etree._Element], whole: ContractView | None = None
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
            name: ComplexType(
                name, tuple(_children(name, definitions)), definition.get(f"{{{C}}}since", ""), _base(definition)
            )
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
    def roaming(self) -> dict[Name, ElementDeclaration]:
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
        _demand_sense(self._documents.values())
        self._views: dict[Release | None, ContractView] = {}

    def view(self, release: Release) -> ContractView:
        """The contract as of ``release``."""
        return self._kept(release)

    def demand_published(self, known: Collection[Release]) -> None:
        """:class:`UserError` for an element of a release that is not ``known``: no site would ever be asked for it."""
        for document in self._documents.values():
            for since in _values(document, "@c:since"):
                demand_published(Release.parse(since), known, where=_line(document, since))

    @property
    def whole(self) -> ContractView:
        """Everything any release of the suite declares."""
        return self._kept(None)

    @property
    def prefixes(self) -> dict[str, str]:
        """Of each namespace the prefix its schema gives it, which is that of the API; else the name of the service."""
        named = {space: space.rpartition("/")[2] for space in self.namespaces}
        for document in self._documents.values():
            named |= {uri: prefix for prefix, uri in document.nsmap.items() if prefix and uri in named}
        return named

    @property
    def namespaces(self) -> list[str]:
        """The namespaces of the envelope and of every service the suite speaks to."""
        return [document.get("targetNamespace", "") for name, document in self._documents.items() if name != DRIVER]

    def _kept(self, release: Release | None) -> ContractView:
        if release not in self._views:
            self._views[release] = ContractView(release, self._documents, None if release is None else self.whole)
        return self._views[release]


_BUILT_IN = (
    *("string", "boolean", "integer", "int", "long", "float", "double", "decimal"),
    *("dateTime", "anyURI", "anyType", "base64Binary"),
)
PLACES = ("any-order", "anywhere")


def _demand_sense(documents: Collection[etree._Element]) -> None:
    """Every type that is named is declared, every date a release, every place a word we know.

    In silence a mistyped name would mean an element of any value, of no release, or nowhere.
    """
    declared = {
        (document.get("targetNamespace", ""), node.get("name", ""))
        for document in documents
        for node in document.iterchildren(f"{{{XS}}}complexType", f"{{{XS}}}simpleType")
    } | {(XS, name) for name in _BUILT_IN}
    for document in documents:
        for reference in _values(document, "@type|//@base"):
            if _resolve(document, reference) not in declared:
                hint = nearest(reference.rpartition(":")[2], {name for _, name in declared})
                what = f"no schema declares the type {reference!r}"
                raise UserError("schema-type", what, where=_line(document, reference), hint=hint)
        for since in _values(document, "@c:since"):
            Release.parse(since, where=_line(document, since))
        for place in _values(document, "@c:place") - set(PLACES):
            hint = nearest(place, PLACES)
            raise UserError("schema-place", f"there is no place {place!r}", where=_line(document, place), hint=hint)


def _values(document: etree._Element, attributes: str) -> set[str]:
    return {str(value) for value in document.xpath(f"//{attributes}", namespaces={"c": C})}


def _line(document: etree._Element, value: str) -> str:
    """Where an attribute holds ``value``, for a message."""
    (node, *_) = document.xpath("//*[@*=$value]", value=value)
    return f"{document.base}:{node.sourceline}"


_EXTENSION = f"{{{XS}}}complexContent/{{{XS}}}extension"


def _base(definition: etree._Element) -> Name | None:
    """The type that the definition extends."""
    extension = definition.find(_EXTENSION)
    return None if extension is None else _resolve(extension, extension.get("base", ""))


def _children(name: Name, definitions: dict[Name, etree._Element]) -> Iterator[ElementDeclaration]:
    definition = definitions[name]
    extension = definition.find(_EXTENSION)
    holder = definition if extension is None else extension
    if base := _base(definition):
        yield from _children(base, definitions)
    target = definition.getroottree().getroot().get("targetNamespace", "")
    for node in holder.iterfind(f"{{{XS}}}sequence/{{{XS}}}element"):
        most = node.get("maxOccurs", "1")
        yield ElementDeclaration(
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
