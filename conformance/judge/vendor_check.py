"""A reply beside the vendor's schemas, as strictly as real sites can be judged (sources.md, Strictness, Real sites).

Order, types and namespaces are judged. What the schemas do not declare or a reply leaves out is told: sites grow with
every release and leave out even what is required. A value outside an enumeration is told, too: later releases add
values. A finding counts only when a second validator, asked for nothing else, finds the reply wrong there as well.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from conformance.judge.contract import SERV
from conformance.judge.findings import Finding
from conformance.judge.schema_check import CHECK, SchemaResult, findings_of, only_told, path_of, take_out, told
from conformance.wire.exchange import XSI, Element, Reply, children, local_name


class VendorCheck:
    """Looks closely at replies that do not fit to the letter.

    ``strict`` and ``loosened`` are the texts of the schemas, ``entry`` the one that imports all, ``validator`` the
    compiled loosened ones. xmlschema reads both sets when the first such reply comes: it takes a second or two.
    """

    def __init__(
        self, strict: Mapping[str, bytes], loosened: Mapping[str, bytes], entry: str, validator: etree.XMLSchema
    ) -> None:
        self._texts = strict
        self._loosened = loosened
        self._entry = entry
        self._validator = validator

    def check(self, reply: Reply) -> SchemaResult:
        """What is wrong with ``reply``, what is only told, and what the validators do not agree about."""
        stated = reply.xsi_type
        if stated is not None and f"{{{stated[0]}}}{stated[1]}" not in self._model.maps.types:
            return SchemaResult((), (f"bodyContent/@xsi:type: the vendor's schemas declare no {stated[1]}",))
        root = copy.deepcopy(reply.root)
        walk = _Walk(self._model)
        walk.visit(root, self._model.maps.elements[f"{{{SERV}}}message"].type)
        found = [] if self._validator.validate(root) else findings_of(self._validator, root)
        unlisted = [told(one) for one in found if only_told(one)]
        structural = [one for one in found if not only_told(one)]
        denied = set(structural) - set(self._confirmed(structural, root)) if structural else set()
        return SchemaResult(
            (*walk.findings, *(one for one in structural if one not in denied)),
            (*walk.drift, *unlisted),
            tuple(f"{told(one)} (only libxml2 finds it, xmlschema does not)" for one in structural if one in denied),
        )

    def _confirmed(self, found: list[Finding], root: Element) -> list[Finding]:
        """The findings that xmlschema shares: at the same element, or at its parent, where it tells of order."""
        wrong = {path_of(error.elem) for error in self._second.iter_errors(root) if error.elem is not None}
        return [one for one in found if one.path in wrong or (one.path.rpartition("/")[0] or "bodyContent") in wrong]

    @cached_property
    def _model(self) -> Any:
        return _read(self._texts, self._entry)

    @cached_property
    def _second(self) -> Any:
        return _read(self._loosened, self._entry)


def _read(texts: Mapping[str, bytes], entry: str) -> Any:
    """The schemas as xmlschema reads them, small mistakes of theirs forgiven."""
    import xmlschema

    with TemporaryDirectory(prefix="webex-xsd-") as folder:
        for name, text in texts.items():
            Path(folder, name).write_bytes(text)
        return xmlschema.XMLSchema(str(Path(folder, entry)), allow="local", validation="lax")


class _Walk:
    """Goes through a copy of the reply beside the types of xmlschema, taking out what is told and not judged."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.findings: list[Finding] = []
        self.drift: list[str] = []

    def visit(self, element: Element, declared_type: Any) -> None:
        declared_type = self._stated(element) or declared_type
        self._attributes(element, declared_type)
        if not declared_type.has_complex_content() and not declared_type.is_empty():
            return
        known = {one.name: one for one in _declared(declared_type)}
        if None in known:
            return  # A wildcard: anything may stand here.
        for child in children(element):
            if str(child.tag) in known:
                self.visit(child, known[str(child.tag)].type)
            else:
                self._strange(child, {str(name).rpartition("}")[2]: str(name) for name in known})
        there = {str(child.tag) for child in children(element)}
        self.drift += [
            f"{path_of(element)}: {name.rpartition('}')[2]} is required, and left out"
            for name in _required(declared_type)
            if name not in there
        ]

    def _stated(self, element: Element) -> Any:
        """The type the element states for itself, as bodyContent does."""
        stated = element.get(f"{{{XSI}}}type", "").strip()
        prefix, _, name = stated.rpartition(":")
        return self._model.maps.types.get(f"{{{element.nsmap.get(prefix or None) or ''}}}{name}") if stated else None

    def _attributes(self, element: Element, declared_type: Any) -> None:
        known = getattr(declared_type, "attributes", None) or {}
        for name in list(element.attrib):
            if etree.QName(name).namespace != XSI and name not in known and None not in known:
                del element.attrib[name]
                self.drift.append(f"{path_of(element)}/@{etree.QName(name).localname}")

    def _strange(self, child: Element, known: Mapping[str, str]) -> None:
        """A name the parent declares in another namespace is wrong; any other is new."""
        path, name = path_of(child), local_name(child)
        if name in known:
            actual = etree.QName(child).namespace or "no namespace"
            expected = known[name].rpartition("}")[0].removeprefix("{") or "no namespace"
            self.findings.append(Finding(CHECK, path, f"the namespace {expected}", actual))
        else:
            self.drift.append(path)
        take_out(child)


def _declared(declared_type: Any) -> Iterator[Any]:
    """Every element the type declares, those that may stand for another, and wildcards (without a name)."""
    for one in declared_type.content.iter_elements() if declared_type.has_complex_content() else ():
        yield one
        if one.name is not None:
            yield from one.iter_substitutes()


def _required(declared_type: Any) -> list[str]:
    return list(_needed(declared_type.content)) if declared_type.has_complex_content() else []


def _needed(group: Any) -> Iterator[str]:
    """Names a content model asks for whatever else is there; of a choice nobody can say."""
    if group.model == "choice" or not group.min_occurs:
        return
    for one in group:
        if hasattr(one, "model"):
            yield from _needed(one)
        elif one.min_occurs and one.name is not None:
            yield one.name
