"""One request with what came back and when; the reply parsed, hardened against hostile documents, as a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_to_bytes

from lxml import etree

from conformance.sites.errors import CannotJudge
from conformance.sites.masking import is_secret_content, mask_contents, names_secret
from conformance.sites.profile import Account

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


#: A form that carries a document in a field: UID=..&PWD=..&XML=<document>. Other clients send a document as it is and
#: call it a form, so the body is asked and no header.
_FORM = re.compile(rb"\s*+(?:\w++=[^&<]*+&)*?XML=", re.IGNORECASE)


def document_of(request: bytes) -> bytes:
    """The document of a request, which a form has in its field XML; who signs in beside it is left out."""
    found = _FORM.match(request)
    return unquote_to_bytes(request[found.end() :].partition(b"&")[0].replace(b"+", b" ")) if found else request


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
        why = "blanks stand before its XML declaration" if blanks else " ".join(str(problem.msg).split())
        raise CannotJudge(f"the reply is not XML: {why}; it starts with {opening(body)}") from None
    except ValueError as problem:
        raise CannotJudge(f"the reply cannot be decoded: {problem}") from None
    if root.getroottree().docinfo.doctype:
        raise CannotJudge("the reply carries a DOCTYPE, which is refused unread")
    if len(body) > _LARGE:
        _demand_words(root, body)
    return root


#: A reply with every element of the contract is shorter and has a tenth of these names; what is not is no message.
_LARGE, _MOST_NAMES = 100_000, 5_000
_PREFIX = re.compile(rb"xmlns:([^\s=]+)")


def _demand_words(root: Element, body: bytes) -> None:
    """A message repeats its words; thousands of different names or prefixes are noise, or meant to keep us busy."""
    names = len({name for element in root.iter() for name in (element.tag, *element.keys())})
    prefixes = len(set(_PREFIX.findall(body.replace(b"\0", b""))))
    if max(names, prefixes) > _MOST_NAMES:
        raise CannotJudge(f"the reply is no message of the XML API: it has {names} names and {prefixes} prefixes")


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


#: ``int`` refuses a number longer than a few thousand digits.
_LONGEST_COUNT = 1000


def is_count(text: str) -> bool:
    """Whether ``text`` is a whole number in the ten digits alone, as the API writes counts; ``isdigit`` takes ³ too."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT


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

    def text(self, name: str) -> str:
        """The text of the only element called ``name``, wherever in the body it stands."""
        return text_of(next(self.body.iter(f"{{*}}{name}"), None)) if self.body is not None else ""

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
    return list(element.iterchildren("*")) if len(element) else []


def texts_of(element: Element) -> dict[str, str]:
    """The texts of its child elements by local name; of several of one name the last."""
    return {local_name(child): text_of(child) for child in children(element)}


def qname(element: Element) -> tuple[str, str]:
    """Namespace and local name."""
    name = etree.QName(element)
    return name.namespace or "", name.localname


#: HTTP statuses by which a gateway says that nobody is behind it.
GATEWAY = (502, 503, 504)
#: Exceptions of a site that is not well: its backend is silent, or its gateway could not forward: sources.md, Refusals.
BACKEND_SILENT, NOT_FORWARDED = "000035", "000000"


def sign_of_outage(reply: Reply) -> str:
    """What in a FAILURE message speaks of an outage of the site and not of the request; empty for any other reply.

    A gateway that fails writes no bodyContent and no exception of an operation (capture of 2018).
    """
    if reply.result != "FAILURE":
        return ""
    if reply.exception_id in (BACKEND_SILENT, NOT_FORWARDED):
        return reply.verdict()
    return f"{reply.verdict()}, without bodyContent" if reply.body is None and not reply.exception_id else ""


#: By these HTTP statuses, redirects too, whatever stands before a site turns everything away.
_TURNED_AWAY = (401, 403, 407)
_MESSAGE = re.compile(rb"<(?:[\w.-]+:)?message[\s>]")


class TransportError(CannotJudge):
    """The site could not be reached or did not answer as HTTP should: never a verdict."""


@dataclass(frozen=True)
class Signature:
    """Who signed a request, and by which element of the security context.

    ``account`` is None for a login as anybody, ``about_login`` says that this very
    element is what the request is about, ``times`` how often its password may be
    sent again; ``document`` writes the request anew with another element.
    """

    account: Account | None
    element: str
    secret: str = field(repr=False)
    about_login: bool = False
    times: int = 0
    document: Callable[[str, str], bytes] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Request:
    """What is sent: the operation, its payload as bytes, on whose behalf, and to which address.

    ``signature`` says who signed it and how it is signed anew, ``repeatable`` that
    doing it twice is as good as once.
    """

    operation: str
    caller: str
    url: str
    body: bytes = field(repr=False)
    signature: Signature | None = field(default=None, compare=False, repr=False)
    repeatable: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Exchange:
    """A request and its outcome.

    ``started`` is seconds since the epoch, ``seconds`` how long the answer took,
    ``status`` the HTTP status (0 when none came), ``error`` why there is no
    reply to judge, ``notes`` what the client did on the way (retries, waits),
    ``unwell`` the signs of an outage met on the way, ``outage`` that one is why
    there is no reply, ``refused`` that the caller is not let in any more, ``date``
    what the clock of the site said, in seconds since the epoch.
    """

    request: Request
    started: float
    seconds: float
    status: int = 0
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    error: str = ""
    notes: tuple[str, ...] = ()
    unwell: tuple[str, ...] = ()
    outage: bool = False
    refused: bool = False
    date: float | None = None

    @property
    def reply(self) -> Reply:
        """The parsed reply; :class:`CannotJudge` when the transport or the document failed."""
        # functools.cached_property of Python 3.11 has one lock for all instances: lanes would parse one by one.
        told: Reply | None = self.__dict__.get("_reply")
        if told is None:
            told = self.__dict__["_reply"] = self._read()
        return told

    @property
    def readable(self) -> Reply | None:
        """The parsed reply, where one came that can be read."""
        with suppress(CannotJudge):
            return self.reply
        return None

    def _read(self) -> Reply:
        if self.error:
            raise TransportError(f"{self.request.operation} to {self.request.url}: {self.error}")
        try:
            return read_reply(self.request.operation, self.body)
        except CannotJudge as problem:
            raise TransportError(f"{self.request.operation} to {self.request.url}: {problem}") from None

    @property
    def trouble(self) -> str:
        """Why there is no reply to judge; empty when there is one."""
        try:
            _ = self.reply
        except CannotJudge as problem:
            return str(problem).removeprefix(f"{self.request.operation} to {self.request.url}: ")
        return ""

    @property
    def case_id(self) -> str:
        """The case id of the reply, empty when there is neither."""
        reply = self.readable
        return "" if reply is None else reply.case_id

    @property
    def unanswered(self) -> bool:
        """Whether nobody is there: no HTTP answer at all, or a gateway or message that says the same."""
        return bool(self.error) and (self.status in (0, *GATEWAY) or self.outage)

    @property
    def sign_of_block(self) -> str:
        """What says that something before the site may have answered in its place, a firewall or a sign-in; else empty.

        A message that was cut or is no XML is the site's own.
        """
        if self.status in _TURNED_AWAY or 300 <= self.status < 400:
            return self.error
        return "" if self.error or _MESSAGE.search(self.body) else self.trouble

    def beside(self, good: Exchange) -> Exchange:
        """As an outage, where ``good``, known to be answered and sent at the same moment, met something of the kind."""
        if not (good.unanswered or good.sign_of_block):
            return self
        sign = self.sign_of_block
        error = f"the site is not well, {good.request.operation} gets no reply either: {sign}"
        return replace(self, error=error, outage=True, unwell=(sign,))

    @property
    def on_backup(self) -> bool:
        """Whether the site says that its backup answered (gsbStatus)."""
        reply = self.readable
        return reply is not None and reply.gsb_status == "BACKUP"

    @property
    def served(self) -> bool:
        """Whether the address answered with a SUCCESS message."""
        reply = self.readable
        return reply is not None and reply.succeeded


def secrets_in(body: bytes) -> list[str]:
    """What the secret elements of a message hold, known by their names; nothing in what is no XML."""
    try:
        leaves = [one for one in parse(body).iter("*") if not len(one)]
    except CannotJudge:
        return []
    return [text for one in leaves if is_secret_content(local_name(one), text := text_of(one))]


def without_secrets(texts: Sequence[str], about: str, exchanges: Iterable[Exchange]) -> list[str]:
    """What a finding says ``about`` a path, without the PINs and keys that ``exchanges`` hold in clear."""
    if not names_secret(" ".join((about, *texts))):
        return list(texts)
    bodies = (body for one in exchanges for body in (document_of(one.request.body), one.body))
    return mask_contents(texts, [secret for body in bodies for secret in secrets_in(body)])
