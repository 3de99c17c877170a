"""The vendor's own schemas, folder or zip: read from any layout, made to fit together, compiled.

Everything is read into memory and compiled from files of names of our own: nothing a bundle names is ever fetched.
"""

from __future__ import annotations

import copy
import io
import lzma
import os
import posixpath
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from lxml import etree

from conformance.judge.contract import SERV, XS, compiled
from conformance.judge.schema_check import SchemaResult
from conformance.judge.vendor_check import VendorCheck
from conformance.sites.errors import UserError
from conformance.sites.user_files import names_folder
from conformance.wire.exchange import Reply

_LARGEST = 50 * 1024 * 1024
#: Many times what a bundle of schemas holds.
_MOST_FILES = 10_000
#: Seconds of processor and bytes of memory a bundle may take to compile; the vendor's of 2011 takes a tenth of one.
_SECONDS, _MEMORY = 20, 2 * 1024**3
_ENTRY = "entry.xsd"
#: What is made optional in the loosened schemas: a model of these may be empty then, and of a named group the model
#: itself must not say so. The elements of the envelope stay as they are.
_PARTICLES = (f"{{{XS}}}element", f"{{{XS}}}any")
_ENVELOPE = ("header", "body", "bodyContent", "response", "result")
_AMBIGUOUS = re.compile(r"^(?:complex type '(?:\{[^}]*\})?([^']*)'|local complex type): The content model is not")


class VendorSchemas:
    """A compiled vendor bundle. Imports are answered by namespace, whatever folders the bundle uses.

    ``services`` are the namespaces that replies to the suite come in: a bundle without the schema of one says
    nothing about its replies, and is refused. ``seconds`` of processor are what it may take to compile.
    """

    def __init__(self, source: Path, services: Iterable[str] = (), seconds: int = _SECONDS) -> None:
        self.source = source
        self._documents = _by_namespace(source)
        for namespace in (SERV, *services):
            if namespace not in self._documents:
                what = f"{source} holds no schema of the service {namespace.rpartition('/')[2]} ({namespace})"
                hint = "name the whole bundle of the release, with the schemas of every service"
                raise UserError("bundle-service", what, where=str(source), hint=hint)
        self._texts = _texts(self._documents, source)
        self._try(seconds)
        try:
            self._schema = compiled(self._texts, _ENTRY)
        except etree.XMLSchemaParseError as problem:
            raise UserError("bundle-invalid", f"the schemas do not compile: {problem}", where=str(source)) from None

    def check(self, reply: Reply) -> SchemaResult:
        """Validate ``reply``: order, types and namespaces are judged; what is missing, new or unlisted is told."""
        if self._schema.validate(reply.root):
            return SchemaResult((), ())
        return self._closer.check(reply)

    @cached_property
    def _closer(self) -> VendorCheck:
        """The slower look at what does not fit to the letter: every reply of a site newer than its bundle."""
        texts, loosened = self._loosened()
        return VendorCheck(self._texts, texts, _ENTRY, loosened)

    def _loosened(self) -> tuple[dict[str, bytes], etree.XMLSchema]:
        """The schemas with every child optional; a type that becomes ambiguous by it stays as it is."""
        kept: set[str] = set()
        while True:
            texts = _texts(self._documents, self.source, kept=kept)
            try:
                return texts, compiled(texts, _ENTRY)
            except etree.XMLSchemaParseError as problem:
                found = [_AMBIGUOUS.match(entry.message) for entry in problem.error_log]
                ambiguous = {one[1] for one in found if one and one[1]} - kept
            if not ambiguous:
                return self._texts, self._schema
            kept |= ambiguous

    def _try(self, seconds: int) -> None:
        """Compile in a process that may be ended: a content model can take libxml2 years, or all the memory."""
        with TemporaryDirectory(prefix="webex-xsd-") as folder:
            for name, text in self._texts.items():
                Path(folder, name).write_bytes(text)
            command = [sys.executable, "-c", _COMPILE, str(Path(folder, _ENTRY)), str(seconds), str(_MEMORY)]
            if subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603 - our own code
                what = f"the schemas take more than {seconds} s of processor, or too much memory, to compile"
                hint = "a content model that unfolds without end: are these the vendor's schemas?"
                raise UserError("bundle-large", what, where=str(self.source), hint=hint)


_COMPILE = """
import sys
try:
    import resource
    seconds, memory = map(int, sys.argv[2:])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
except ImportError:
    pass
from lxml import etree
try:
    etree.XMLSchema(etree.parse(sys.argv[1]))
except etree.XMLSchemaParseError:
    pass
"""


# -- layout: documents by namespace, and how they refer to one another --------------------------------------------


@dataclass(frozen=True)
class _Document:
    """A schema document and where it lies in the bundle."""

    name: str
    root: etree._Element

    def find(self, place: str, among: Iterable[_Document]) -> _Document | None:
        """The document at ``place`` as seen from here: by its path, else by its name alone."""
        there = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), place.replace("\\", "/")))
        others = [one for one in among if one is not self]
        named = [one for one in others if posixpath.basename(one.name) == posixpath.basename(there)]
        return next((one for one in others if one.name == there), named[0] if named else None)


def _by_namespace(source: Path) -> dict[str, list[_Document]]:
    """The documents of each namespace; a copy of a document counts once, wherever else it lies."""
    documents: dict[str, list[_Document]] = {}
    bare: list[_Document] = []
    seen: set[bytes] = set()
    for name, text in _files(source):
        root = _schema(name, text, source)
        content = etree.tostring(root, method="c14n") if root is not None else b""
        if root is None or content in seen:
            continue
        seen.add(content)
        document = _Document(name.replace("\\", "/"), root)
        namespace = root.get("targetNamespace", "")
        (documents.setdefault(namespace, []) if namespace else bare).append(document)
    if not documents and not bare:
        raise UserError("bundle-empty", f"there are no schemas in {source}", where=str(source))
    for several in documents.values():
        _take_in(several, bare)
    return documents


def _take_in(documents: list[_Document], bare: list[_Document]) -> None:
    """A document without a namespace takes the one of the documents that include or redefine it."""
    for document in documents:
        for node in document.root.iterfind("*"):
            if node.tag in (f"{{{XS}}}include", f"{{{XS}}}redefine"):
                found = document.find(node.get("schemaLocation", ""), bare)
                if found is not None and found not in documents:
                    documents.append(found)


def _schema(name: str, text: bytes, source: Path) -> etree._Element | None:
    """The schema in ``text``; None when it is XML of another kind."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as problem:
        raise UserError("bundle-syntax", f"{name!r} is not XML: {problem.msg}", where=f"{source}:{name!r}") from None
    if root.getroottree().docinfo.doctype:
        raise UserError("bundle-doctype", f"{name!r} has a document type, which may hide entities", where=str(source))
    return root if root.tag == f"{{{XS}}}schema" else None


def _texts(
    documents: Mapping[str, list[_Document]], source: Path, kept: Collection[str] | None = None
) -> dict[str, bytes]:
    """Every document by a file name of ours; each namespace has one that includes its parts, and one imports all.

    The parts stay apart because each has prefixes and form defaults of its own. With ``kept`` they are loosened,
    all but the types of these names.
    """
    entries = {namespace: f"{index}.xsd" for index, namespace in enumerate(documents)}
    driver = etree.Element(f"{{{XS}}}schema")
    found = {}
    for namespace, several in documents.items():
        etree.SubElement(driver, f"{{{XS}}}import", namespace=namespace, schemaLocation=entries[namespace])
        names = {id(one): f"part-{number}-{entries[namespace]}" for number, one in enumerate(several)}
        redefined = {id(one) for document in several for one in _redefined(document, several, source).values()}
        entry = etree.Element(f"{{{XS}}}schema", targetNamespace=namespace)
        for document in several:
            root = _pointed_inside(document, entries, several, names, source)
            if kept is not None:
                _loosen(root, kept, _ENVELOPE if namespace == SERV else ())
            found[names[id(document)]] = etree.tostring(root)
            if id(document) not in redefined:
                etree.SubElement(entry, f"{{{XS}}}include", schemaLocation=names[id(document)])
        found[entries[namespace]] = etree.tostring(entry)
    found[_ENTRY] = etree.tostring(driver)
    return found


def _redefined(document: _Document, among: list[_Document], source: Path) -> dict[str, _Document]:
    """What ``document`` redefines, by the place it names: those parts reach their namespace through it alone."""
    found = {}
    for node in document.root.iterfind(f"{{{XS}}}redefine"):
        place = node.get("schemaLocation", "")
        target = document.find(place, among)
        if target is None:
            what = f"{document.name!r} redefines {place!r}, which is not in the bundle"
            raise UserError("bundle-import", what, where=str(source))
        found[place] = target
    return found


def _pointed_inside(
    document: _Document, entries: Mapping[str, str], among: list[_Document], names: Mapping[int, str], source: Path
) -> etree._Element:
    """A copy whose imports name files of ours; what it includes is a part of its namespace already."""
    targets = _redefined(document, among, source)
    root = copy.deepcopy(document.root)
    imports = root.findall(f"{{{XS}}}import")
    for node in [*imports, *root.findall(f"{{{XS}}}include")]:
        root.remove(node)
    for node in root.iterfind(f"{{{XS}}}redefine"):
        node.set("schemaLocation", names[id(targets[node.get("schemaLocation", "")])])
    for namespace in reversed(list(dict.fromkeys(node.get("namespace", "") for node in imports))):
        if namespace not in entries:
            what = f"an import is not in the bundle: {document.name!r} imports {namespace!r}"
            raise UserError("bundle-import", what, where=str(source))
        attributes = {"namespace": namespace, "schemaLocation": entries[namespace]}
        root.insert(0, root.makeelement(f"{{{XS}}}import", attributes))
    return root


def _loosen(root: etree._Element, kept: Collection[str], whole: Collection[str]) -> None:
    """Real replies leave out what the schemas require (sources.md, Real sites); the envelope alone is always whole."""
    for node in root.iter(*_PARTICLES):
        holders = {one.get("name") for one in node.iterancestors(f"{{{XS}}}complexType")}
        top = node.getparent() is root
        if not top and node.get("name") not in whole and holders.isdisjoint(kept):
            node.set("minOccurs", "0")


# -- files ------------------------------------------------------------------------------------------------------------


def _files(source: Path) -> list[tuple[str, bytes]]:
    try:
        if names_folder(source):
            paths = [path for path in sorted(_below(source)) if _is_schema(path.as_posix()) and path.is_file()]
            _fits(sum(path.stat().st_size for path in paths), str(source), source)
            return [(path.relative_to(source).as_posix(), path.read_bytes()) for path in paths]
        if source.exists() and not source.is_file():
            raise UserError("bundle-zip", "a schema bundle is a folder or a zip file", where=str(source))
        with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as archive:
            wanted = [info for info in archive.infolist() if _wanted(info, source)]
            _fits(sum(info.file_size for info in wanted), str(source), source)
            return [(info.filename, archive.read(info)) for info in wanted]
    except FileNotFoundError:
        raise UserError("bundle-missing", f"there is no schema bundle {source}", where=str(source)) from None
    except (OSError, zipfile.BadZipFile, RuntimeError, zlib.error, lzma.LZMAError, EOFError, ValueError) as problem:
        raise UserError("bundle-zip", f"cannot read the schema bundle: {problem}", where=str(source)) from None


def _below(folder: Path) -> Iterator[Path]:
    """Every file below ``folder``, unless there are more than any vendor's bundle holds: a home, or a whole disk."""
    seen = 0
    for parent, _, names in os.walk(folder):
        seen += 1 + len(names)
        if seen > _MOST_FILES:
            what = f"the folder holds more than {_MOST_FILES} files and folders"
            raise UserError("bundle-size", what, where=str(folder), hint="name the folder of the schemas itself")
        yield from (Path(parent, name) for name in names)


def _wanted(info: zipfile.ZipInfo, source: Path) -> bool:
    """Members are read into memory, never written; a path that climbs out is refused all the same."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise UserError("bundle-path", f"the bundle holds a path that leaves it: {info.filename!r}", where=str(source))
    _fits(info.file_size, repr(info.filename), source)
    return _is_schema(info.filename)


def _is_schema(name: str) -> bool:
    """Whether the file is a schema by its name; a Mac puts a fork of each beside it, ``__MACOSX/._ep.xsd``."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.suffix.lower() == ".xsd" and "__MACOSX" not in path.parts and not path.name.startswith("._")


def _fits(size: int, what: str, source: Path) -> None:
    if size > _LARGEST:
        raise UserError("bundle-size", f"{what} unpacks to {size} bytes", where=str(source))
