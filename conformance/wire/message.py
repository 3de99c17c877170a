"""A reply of the XML API as a value."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from conformance.target.trouble import CannotJudge
from conformance.wire.xml import SERV, XSI, Element, local_name, parse, text_of


@dataclass(frozen=True)
class Reply:
    """One ``serv:message`` answer (wire-facts.md, Document shape).

    Texts are empty where the element is missing or stands in another namespace;
    ``xsi_type`` is the namespace and local name of the body's type, None when
    the body states none.
    """

    operation: str
    root: Element
    result: str
    reason: str
    gsb_status: str
    exception_id: str
    body: Element | None
    xsi_type: tuple[str, str] | None

    @property
    def succeeded(self) -> bool:
        """Whether the site says SUCCESS."""
        return self.result == "SUCCESS"

    def verdict(self) -> str:
        """What the site said, in a few words: ``SUCCESS`` or ``FAILURE 010106 The classic ...``."""
        return " ".join(part for part in (self.result or "no result", self.exception_id, self.reason) if part)


def read_reply(operation: str, body: bytes) -> Reply:
    """Parse ``body``; :class:`CannotJudge` when it is no message at all."""
    root = parse(body)
    if local_name(root) != "message":
        raise CannotJudge(f"the reply is XML but no message of the XML API: its root is <{local_name(root)}>")
    response = root.find(f"{{{SERV}}}header/{{{SERV}}}response")
    content = root.find(f"{{{SERV}}}body/{{{SERV}}}bodyContent")
    return Reply(
        operation=operation,
        root=root,
        result=_text(response, "result"),
        reason=_text(response, "reason"),
        gsb_status=_text(response, "gsbStatus"),
        exception_id=_text(response, "exceptionID"),
        body=content,
        xsi_type=_type_of(content),
    )


def _text(response: Element | None, name: str) -> str:
    return "" if response is None else text_of(response.find(f"{{{SERV}}}{name}"))


def _type_of(content: Element | None) -> tuple[str, str] | None:
    stated = None if content is None else content.get(f"{{{XSI}}}type")
    if content is None or stated is None:
        return None
    prefix, _, name = stated.strip().rpartition(":")
    return content.nsmap.get(prefix or None) or "", name


def children(element: Element) -> list[Element]:
    """Child elements, in order."""
    return list(element.iterchildren("*"))


def qname(element: Element) -> tuple[str, str]:
    """Namespace and local name."""
    name = etree.QName(element)
    return name.namespace or "", name.localname
