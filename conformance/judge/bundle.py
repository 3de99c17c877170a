"""The vendor's own schemas for a release, folder or zip: validated with as they are."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

from lxml import etree

from conformance.judge.schema_check import SchemaResult, findings_of
from conformance.judge.schema_documents import XS
from conformance.target.trouble import UserError
from conformance.wire.message import Reply

_LARGEST = 50 * 1024 * 1024
_SERV = "http://www.webex.com/schemas/2002/06/service"


class Bundle:
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
        resolver = _ByNamespace(self._documents)
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


class _ByNamespace(etree.Resolver):
    """Answers ``bundle:N`` from memory and refuses every other address."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        super().__init__()
        self._texts = list(documents.values())
        self.refused: list[str] = []

    def resolve(self, url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        index = url.removeprefix("bundle:")
        if not index.isdigit():
            self.refused.append(url)
            return self.resolve_string(b"", context)
        return self.resolve_string(self._texts[int(index)], context, base_url=url)


def _by_namespace(source: Path) -> dict[str, bytes]:
    """One document per namespace; includes are merged, import locations dropped, so nothing points outside."""
    documents: dict[str, etree._Element] = {}
    for name, text in _files(source):
        try:
            root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        except etree.XMLSyntaxError as problem:
            raise UserError("bundle-syntax", f"{name} is not XML: {problem.msg}", where=f"{source}:{name}") from None
        if root.tag != f"{{{XS}}}schema":
            continue
        namespace = root.get("targetNamespace", "")
        for node in root.findall(f"{{{XS}}}include"):
            root.remove(node)
        if namespace in documents:
            documents[namespace].extend(list(root))
        else:
            documents[namespace] = root
    if not documents:
        raise UserError("bundle-empty", f"there are no schemas in {source}", where=str(source))
    order = {namespace: index for index, namespace in enumerate(documents)}
    for root in documents.values():
        _point_inside(root, order)
    return {namespace: etree.tostring(root) for namespace, root in documents.items()}


def _point_inside(root: etree._Element, order: dict[str, int]) -> None:
    imports = root.findall(f"{{{XS}}}import")
    for node in imports:
        root.remove(node)
    wanted = dict.fromkeys(node.get("namespace", "") for node in imports)
    for namespace in reversed(list(wanted)):
        index = order.get(namespace)
        location = f"bundle:{index}" if index is not None else namespace
        root.insert(0, root.makeelement(f"{{{XS}}}import", {"namespace": namespace, "schemaLocation": location}))


def _files(source: Path) -> list[tuple[str, bytes]]:
    if source.is_dir():
        return [(str(path), path.read_bytes()) for path in sorted(source.rglob("*.xsd"))]
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
    return path.suffix == ".xsd"


def _fits(size: int, what: str, source: Path) -> None:
    if size > _LARGEST:
        raise UserError("bundle-size", f"{what} unpacks to {size} bytes", where=str(source))
