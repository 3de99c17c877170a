"""The XSD files behind the contract: read, cut down to a release, loosened for replies, compiled.

Nothing here knows what a type means; :mod:`conformance.judge.contract` does.
"""

from __future__ import annotations

import copy
from pathlib import Path

from lxml import etree

from conformance.target.release import Release
from conformance.target.trouble import UserError

XS = "http://www.w3.org/2001/XMLSchema"
C = "urn:webex-conformance:contract"
SERV = "http://www.webex.com/schemas/2002/06/service"
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
    """Loosen what real sites do not keep (strictness.md): required elements outside the envelope.

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


class _Imports(etree.Resolver):
    """Answers every import from memory; anything else is refused, so nothing is ever fetched."""

    def __init__(self, documents: dict[str, etree._Element]) -> None:
        super().__init__()
        self._documents = documents
        self.refused: list[str] = []

    def resolve(self, url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        name = url.rpartition("/")[2]
        if name not in self._documents:
            self.refused.append(url)
            return self.resolve_string(b"", context)
        return self.resolve_string(etree.tostring(self._documents[name]), context, base_url=name)


def compile_schema(documents: dict[str, etree._Element]) -> etree.XMLSchema:
    """The validator of the documents, by file name; :class:`UserError` when they do not fit together."""
    imports = _Imports(documents)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    parser.resolvers.add(imports)
    try:
        schema = etree.XMLSchema(etree.fromstring(etree.tostring(documents[DRIVER]), parser, base_url=DRIVER))
    except etree.XMLSchemaParseError as problem:
        raise UserError("schema-invalid", f"the schemas do not compile: {problem}") from None
    if imports.refused:
        # libxml2 builds silently without an import it cannot read, and would then pass everything in it.
        raise UserError("schema-import", f"the schemas import what is not there: {', '.join(imports.refused)}")
    return schema
