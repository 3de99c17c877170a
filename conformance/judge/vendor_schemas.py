"""The vendor's own schemas for a release, folder or zip: validated with as they are."""

from __future__ import annotations

import copy
import io
import zipfile
from pathlib import Path, PurePosixPath

from lxml import etree

from conformance.judge.contract import XS
from conformance.judge.schema_check import SchemaResult, findings_of
from conformance.sites.errors import UserError
from conformance.wire.exchange import Reply

_LARGEST = 50 * 1024 * 1024
_SERV = "http://www.webex.com/schemas/2002/06/service"


class VendorSchemas:
    """A compiled vendor bundle. Imports are answered by namespace, whatever folders the bundle uses."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self._documents = _by_namespace(source)
        if _SERV not in self._documents:
            raise UserError("bundle-service", f"{source} holds no schema of {_SERV}", where=str(source))
        self._schema = self._compile()

    def check(self, reply: Reply) -> SchemaResult:
        """Validate ``reply`` with the vendor's schemas; what they do not declare is a violation."""
        if self._schema.validate(reply.root):
            return SchemaResult((), ())
        return SchemaResult(tuple(findings_of(self._schema, reply.root)), ())

    def _compile(self) -> etree.XMLSchema:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        resolver = _FromMemory(_texts(self._documents))
        parser.resolvers.add(resolver)
        imports = "".join(
            f'<xs:import namespace="{namespace}" schemaLocation="bundle:{index}"/>'
            for index, namespace in enumerate(self._documents)
        )
        driver = f'<xs:schema xmlns:xs="{XS}">{imports}</xs:schema>'
        try:
            schema = etree.XMLSchema(etree.fromstring(driver.encode(), parser))
        except etree.XMLSchemaParseError as problem:
            # Without an import libxml2 complains of something else, or of nothing at all.
            self._miss(resolver.refused)
            raise UserError(
                "bundle-invalid", f"the schemas do not compile: {problem}", where=str(self.source)
            ) from None
        self._miss(resolver.refused)
        return schema

    def _miss(self, refused: list[str]) -> None:
        if refused:
            raise UserError("bundle-import", f"an import is not in the bundle: {refused[0]}", where=str(self.source))


class _FromMemory(etree.Resolver):
    """Answers ``bundle:...`` from memory and refuses every other address."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        super().__init__()
        self._texts = texts
        self.refused: list[str] = []

    def resolve(self, url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        text = self._texts.get(url)
        if text is None:
            self.refused.append(url)
            return self.resolve_string(b"", context)
        return self.resolve_string(text, context, base_url=url)


def _by_namespace(source: Path) -> dict[str, list[etree._Element]]:
    """The documents of each namespace; a copy of a document counts once, wherever else it lies."""
    documents: dict[str, list[etree._Element]] = {}
    bare: dict[str, etree._Element] = {}
    seen: set[bytes] = set()
    for name, text in _files(source):
        root = _schema(name, text, source)
        content = etree.tostring(root, method="c14n") if root is not None else b""
        if root is None or content in seen:
            continue
        seen.add(content)
        namespace = root.get("targetNamespace", "")
        if namespace:
            documents.setdefault(namespace, []).append(root)
        else:
            bare[PurePosixPath(name.replace("\\", "/")).name] = root
    if not documents and not bare:
        raise UserError("bundle-empty", f"there are no schemas in {source}", where=str(source))
    for roots in documents.values():
        _take_in(roots, bare)
    return documents


def _take_in(roots: list[etree._Element], bare: dict[str, etree._Element]) -> None:
    """A document without a namespace takes the one of the documents that include it."""
    for root in roots:
        for name in _included(root):
            if name in bare and not any(one is bare[name] for one in roots):
                roots.append(bare[name])


def _included(root: etree._Element) -> list[str]:
    places = [node.get("schemaLocation", "") for node in root.findall(f"{{{XS}}}include")]
    return [PurePosixPath(place.replace("\\", "/")).name for place in places]


def _schema(name: str, text: bytes, source: Path) -> etree._Element | None:
    """The schema in ``text``; None when it is XML of another kind."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as problem:
        raise UserError("bundle-syntax", f"{name} is not XML: {problem.msg}", where=f"{source}:{name}") from None
    if root.getroottree().docinfo.doctype:
        raise UserError("bundle-doctype", f"{name} has a document type, which may hide entities", where=str(source))
    return root if root.tag == f"{{{XS}}}schema" else None


def _texts(documents: dict[str, list[etree._Element]]) -> dict[str, bytes]:
    """Every document by an address of our own; each namespace has one that includes its parts.

    The parts stay apart because each has prefixes and form defaults of its own.
    """
    order = {namespace: index for index, namespace in enumerate(documents)}
    found = {}
    for namespace, roots in documents.items():
        entry = etree.Element(f"{{{XS}}}schema", {"targetNamespace": namespace}, nsmap={"xs": XS})
        for number, root in enumerate(roots):
            address = f"bundle:{order[namespace]}.{number}"
            etree.SubElement(entry, f"{{{XS}}}include", {"schemaLocation": address})
            found[address] = etree.tostring(_pointed_inside(root, order))
        found[f"bundle:{order[namespace]}"] = etree.tostring(entry)
    return found


def _pointed_inside(root: etree._Element, order: dict[str, int]) -> etree._Element:
    """A copy whose imports name addresses of our own; what it includes is a part of its namespace already."""
    root = copy.deepcopy(root)
    imports = root.findall(f"{{{XS}}}import")
    for node in [*imports, *root.findall(f"{{{XS}}}include")]:
        root.remove(node)
    wanted = dict.fromkeys(node.get("namespace", "") for node in imports)
    for namespace in reversed(list(wanted)):
        index = order.get(namespace)
        location = f"bundle:{index}" if index is not None else namespace
        root.insert(0, root.makeelement(f"{{{XS}}}import", {"namespace": namespace, "schemaLocation": location}))
    return root


def _files(source: Path) -> list[tuple[str, bytes]]:
    if source.is_dir():
        paths = [path for path in sorted(source.rglob("*")) if path.suffix.lower() == ".xsd" and path.is_file()]
        _fits(sum(path.stat().st_size for path in paths), str(source), source)
        return [(str(path.relative_to(source)), path.read_bytes()) for path in paths]
    try:
        with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as archive:
            wanted = [info for info in archive.infolist() if _wanted(info, source)]
            _fits(sum(info.file_size for info in wanted), str(source), source)
            return [(info.filename, archive.read(info)) for info in wanted]
    except FileNotFoundError:
        raise UserError("bundle-missing", f"there is no schema bundle {source}", where=str(source)) from None
    except (OSError, zipfile.BadZipFile, RuntimeError) as problem:
        raise UserError("bundle-zip", f"cannot read the schema bundle: {problem}", where=str(source)) from None


def _wanted(info: zipfile.ZipInfo, source: Path) -> bool:
    """Members are read into memory, never written; a path that climbs out is refused all the same."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise UserError("bundle-path", f"the bundle holds a path that leaves it: {info.filename!r}", where=str(source))
    _fits(info.file_size, info.filename, source)
    return path.suffix.lower() == ".xsd"


def _fits(size: int, what: str, source: Path) -> None:
    if size > _LARGEST:
        raise UserError("bundle-size", f"{what} unpacks to {size} bytes", where=str(source))
