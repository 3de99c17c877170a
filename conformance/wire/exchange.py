"""One request with what came back and when; the reply parsed, hardened against hostile documents, as a value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from conformance.sites.errors import CannotJudge

SERV = "http://www.webex.com/schemas/2002/06/service"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

Element = etree._Element  # noqa: SLF001 - the public name is a function


def parser() -> etree.XMLParser:
    """A parser that fetches and expands nothing; comments and processing instructions carry no contract."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)?(?:<!doctype\s+html|<html)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(rb"<title[^>]*>([^<]*)<", re.IGNORECASE)


def parse(body: bytes) -> Element:
    """The root element of ``body``; :class:`CannotJudge` when there is none to trust."""
    if not body.strip():
        raise CannotJudge("the reply is empty")
    if _PAGE.match(body):
        title = _TITLE.search(body)
        called = f" called {opening(b' '.join(title.group(1).split()))}" if title else ""
        raise CannotJudge(f"the reply is a web page{called} and no message: maintenance, a sign-in page or a proxy")
    try:
        root = etree.fromstring(body, parser())
    except etree.XMLSyntaxError as problem:
        blanks = body[:1].isspace() and body.lstrip().startswith(b"<?xml")
        why = "blanks stand before its XML declaration" if blanks else str(problem.msg)
        raise CannotJudge(f"the reply is not XML: {why}; it starts with {opening(body)}") from None
    except ValueError as problem:
        raise CannotJudge(f"the reply cannot be decoded: {problem}") from None
    if root.getroottree().docinfo.doctype:
        raise CannotJudge("the reply carries a DOCTYPE, which is refused unread")
    return root


def opening(body: bytes) -> str:
    """The first characters of a body, for messages, without control characters."""
    text = body[:80].decode("utf-8", "replace")
    return repr("".join(char if char.isprintable() else " " for char in text).strip())


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element | None) -> str:
    """The text of a leaf without surrounding white space (real replies pad it); empty for None."""
    return (element.text or "").strip() if element is not None else ""


@dataclass(frozen=True)
class Reply:
    """One ``serv:message`` answer (sources.md, Document shape).

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

    @property
    def case_id(self) -> str:
        """What the vendor's support asks for: the host that answered, and when; empty where the site tells none."""
        return text_of(self.root.find(f"{{{SERV}}}header/{{{SERV}}}response/{{{SERV}}}caseID"))

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


class TransportError(CannotJudge):
    """The site could not be reached or did not answer as HTTP should: never a verdict."""


@dataclass(frozen=True)
class Request:
    """What is sent: the operation, its payload as bytes, on whose behalf, and to which address."""

    operation: str
    caller: str
    url: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Exchange:
    """A request and its outcome.

    ``started`` is seconds since the epoch, ``seconds`` how long the answer took,
    ``status`` the HTTP status (0 when none came), ``error`` why there is no
    reply to judge, ``notes`` what the client did on the way (retries, waits).
    """

    request: Request
    started: float
    seconds: float
    status: int = 0
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    error: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def reply(self) -> Reply:
        """The parsed reply; :class:`CannotJudge` when the transport or the document failed."""
        if self.error:
            raise TransportError(f"{self.request.operation} to {self.request.url}: {self.error}")
        try:
            return read_reply(self.request.operation, self.body)
        except CannotJudge as problem:
            raise TransportError(f"{self.request.operation} to {self.request.url}: {problem}") from None

    @property
    def case_id(self) -> str:
        """The case id of the reply, empty when there is neither."""
        try:
            return self.reply.case_id
        except CannotJudge:
            return ""

    @property
    def unanswered(self) -> bool:
        """Whether nobody is there: no HTTP answer at all, or a gateway that says the same."""
        return bool(self.error) and self.status in (0, 502, 503, 504)

    @property
    def served(self) -> bool:
        """Whether the address answered with a SUCCESS message."""
        try:
            return self.reply.succeeded
        except CannotJudge:
            return False
