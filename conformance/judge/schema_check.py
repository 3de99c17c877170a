"""Judges a reply against a view: declared elements strictly, undeclared ones as drift."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass

from lxml import etree

from conformance.judge.contract import ContractView, ElementDeclaration, Name
from conformance.judge.findings import Finding
from conformance.wire.exchange import SERV, XSI, Element, Reply, children, local_name, qname

CHECK = "schema"
_LONGEST = 300
_LISTED = "one of "
_NAMESPACE = re.compile(r"\{http[^{}]*\}")
_ABOUT = re.compile(r"^Element '[^']*'(?:, attribute '[^']*')?: (?:\[facet '\w+'\] )?")
_IN_SET = re.compile(r"^The value '(.*)' is not an element of the set \{(.*)\}\.?$", re.DOTALL)
_OF_TYPE = re.compile(r"^'(.*)' is not a valid value of the .*?type '(.*?)'", re.DOTALL)
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)")


@dataclass(frozen=True)
class SchemaResult:
    """What validation found.

    ``findings`` are violations where the schemas are the vendor's, ``drift`` is
    told and never judged, ``doubts`` are findings a second validator denies.
    """

    findings: tuple[Finding, ...]
    drift: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def only_told(finding: Finding) -> bool:
    """Real sites show it (sources.md): a value a later release added to a list, or a leaf without any."""
    listed = finding.expected.startswith(_LISTED) and not finding.path.startswith("header/")
    return listed or finding.actual == repr("")


def told(finding: Finding) -> str:
    """A finding in the list of drift: where, what was expected and what came, in a line that stays one."""
    words = f"{finding.path}: expected {finding.expected}, actual {finding.actual}"
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} ..."


def check_schema(reply: Reply, view: ContractView) -> SchemaResult:
    """Validate ``reply`` as of ``view`` (sources.md, Strictness): order, types, enumerations, namespaces, counts."""
    root = copy.deepcopy(reply.root)
    walk = _Walk(view)
    body = root.find(f"{{{SERV}}}body/{{{SERV}}}bodyContent")
    stated = reply.xsi_type
    if stated is not None and stated not in view.types:
        wrong = Finding(
            CHECK, "bodyContent/@xsi:type", "a type of the contract", f"{stated[1]} in {stated[0] or 'no namespace'}"
        )
        return SchemaResult((wrong,), ())
    walk.visit(root, (SERV, "messageType"), "", skip=body)
    if body is not None:
        walk.visit(body, stated or (SERV, "bodyContentType"), "")
    findings = [*walk.findings, *_validate(root, view)]
    return SchemaResult(tuple(findings), tuple(walk.drift))


class _Walk:
    """Goes through a copy of the reply beside the types, taking out what libxml2 cannot judge."""

    def __init__(self, view: ContractView) -> None:
        self._view = view
        self.findings: list[Finding] = []
        self.drift: list[str] = []

    def visit(self, element: Element, type_name: Name, path: str, skip: Element | None = None) -> None:
        self._attributes(element, path)
        declared_type = self._view.types.get(type_name)
        if declared_type is None:
            if element.text and not len(element):
                element.text = element.text.strip()
            return
        by_name = {declared.name: declared for declared in declared_type.children}
        loose: dict[Name, int] = {}
        for child in children(element):
            if child is skip:
                continue
            name = qname(child)
            below = f"{path}/{name[1]}" if path else name[1]
            declared = by_name.get(name) or self._view.roaming.get(name)
            if declared is None:
                lost = any(one.may_be(name) for one in (*declared_type.children, *self._view.roaming.values()))
                self.drift.append(f"{below} in namespace {name[0]}" if lost else below)
                take_out(child)
            elif declared.place:
                loose[name] = loose.get(name, 0) + 1
                self._alone(child, declared, below, loose[name])
            else:
                self.visit(child, declared.type, below, skip)
        if not len(element) and not (element.text or "").strip():
            # White space in an element that holds none says nothing; libxml2 takes it for content.
            element.text = None

    def _attributes(self, element: Element, path: str) -> None:
        """The contract declares no attributes: what stands there beside xsi:type is drift, as an element would be."""
        for name in list(element.attrib):
            attribute = etree.QName(name)
            if attribute.namespace != XSI:
                del element.attrib[name]
                self.drift.append(f"{path}/@{attribute.localname}" if path else f"@{attribute.localname}")

    def _alone(self, child: Element, declared: ElementDeclaration, path: str, nth: int) -> None:
        """Judge an element whose place is unknown by itself: its value, and that it stands there once."""
        take_out(child)
        if declared.most is not None and nth > declared.most:
            self.findings.append(Finding(CHECK, path, f"at most {declared.most}", f"{nth} times"))
        self.visit(child, declared.type, path)
        if not self._view.schema.validate(child):
            self.findings += [_finding(error, path) for error in self._view.schema.error_log][:1]


def take_out(child: Element) -> None:
    """Remove an element from its parent, with the text behind it."""
    parent = child.getparent()
    if parent is not None:
        parent.remove(child)
        child.tail = None


def _validate(root: Element, view: ContractView) -> list[Finding]:
    return [] if view.schema.validate(root) else findings_of(view.schema, root)


def findings_of(schema: etree.XMLSchema, root: Element) -> list[Finding]:
    """What the error log of ``schema`` says about ``root``, one finding per element."""
    by_path: dict[str, Finding] = {}
    for error in schema.error_log:
        path = _path(error, root)
        # A value outside its enumeration is reported twice, by the facet and by the type: the first says more.
        by_path.setdefault(path, _finding(error, path))
    return list(by_path.values())


def _path(error: etree._LogEntry, root: Element) -> str:
    found = root.getroottree().xpath(error.path, namespaces=_prefixes(root)) if error.path else []
    if not (isinstance(found, list) and found and isinstance(found[0], Element)):
        return error.path or ""
    return path_of(found[0])


def path_of(element: Element) -> str:
    """Where ``element`` stands: local names, below the body where it stands in the body."""
    steps = [local_name(element), *map(local_name, element.iterancestors())]
    steps.reverse()
    below = steps[steps.index("bodyContent") + 1 :] if "bodyContent" in steps else steps[1:]
    return "/".join(below) or steps[-1]


def _prefixes(root: Element) -> dict[str, str]:
    return {prefix: uri for node in root.iter() for prefix, uri in node.nsmap.items() if prefix}


def _finding(error: etree._LogEntry, path: str) -> Finding:
    message = _ABOUT.sub("", _NAMESPACE.sub("", error.message))
    expected = _EXPECTED.search(message)
    if "not expected" in message:
        choices = expected.group(1) if expected else "nothing here"
        return Finding(CHECK, path, _some(choices), "this element in this place")
    if "Missing child" in message:
        return Finding(CHECK, path, _some(expected.group(1)) if expected else "a child", "missing")
    if in_set := _IN_SET.match(message):
        return Finding(CHECK, path, f"{_LISTED}{_some(in_set.group(2))}", repr(in_set.group(1)))
    if of_type := _OF_TYPE.match(message):
        return Finding(CHECK, path, f"a value of {of_type.group(2)}", repr(of_type.group(1)))
    return Finding(CHECK, path, "a valid element", message)


def _some(choices: str, most: int = 6) -> str:
    names = [name.strip(" '") for name in choices.split(",")]
    return ", ".join(names[:most]) + (f", ... {len(names) - most} more" if len(names) > most else "")
