"""An XML API request as understood: operation, security context, content.

The front door takes every form real clients send (sources.md, Document shape and
xsi:type): any prefix or none, bound or not, header and body unprefixed, children in
any order, booleans in any case, the operation as ``java:com.webex...CreateMeeting``,
``meeting.CreateMeeting``, ``site.LstTimeZone`` or ``ep:lstRecording``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from mocksite.protocol.encodings import UnreadableError, decode
from mocksite.protocol.nodes import MalformedError, Node, read
from mocksite.protocol.refusals import Refusal, invalid

_NUMBER = re.compile(r"^[+-]?\d{1,18}$")
_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off"}


class Content:
    """Read access to an element of a request by paths of local names. Blank text counts as absent."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def has(self, path: str) -> bool:
        """Whether the element is there at all, even empty."""
        return self.node.find(path) is not None

    def text(self, path: str, default: str = "") -> str:
        """The trimmed text of an element."""
        found = self.node.find(path)
        return ((found.text or "").strip() if found is not None else "") or default

    def raw(self, path: str) -> str | None:
        """The text of an element exactly as sent, None when the element is not there."""
        found = self.node.find(path)
        return None if found is None else found.text or ""

    def flag(self, path: str) -> bool | None:
        """A boolean in any case (TRUE, True, 1), None when absent."""
        word = self.text(path).lower()
        if not word:
            return None
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        raise invalid(f"{path.rpartition('/')[2]} must be true or false")

    def number(self, path: str) -> int | None:
        """An integer, None when absent."""
        text = self.text(path)
        if not text:
            return None
        if not _NUMBER.match(text):
            raise invalid(f"{path.rpartition('/')[2]} must be a number")
        return int(text)

    def numbers(self, path: str) -> list[int]:
        """The integers of a repeated element."""
        texts = self.texts(path)
        if not all(_NUMBER.match(text) for text in texts):
            raise invalid(f"{path.rpartition('/')[2]} must be a number")
        return [int(text) for text in texts]

    def texts(self, path: str) -> list[str]:
        """The trimmed texts of a repeated element, blanks left out."""
        found = ((node.text or "").strip() for node in self.node.find_all(path))
        return [text for text in found if text]

    def parts(self, path: str) -> Iterator[Content]:
        """A repeated element, one by one."""
        return (Content(node) for node in self.node.find_all(path))

    def leaves(self) -> dict[str, list[str]]:
        """Every non-blank leaf below, by its path of local names."""
        found: dict[str, list[str]] = {}
        _collect(self.node, "", found)
        return found


def _collect(node: Node, path: str, found: dict[str, list[str]]) -> None:
    for child in node.children:
        below = f"{path}/{child.local}" if path else child.local
        if child.children:
            _collect(child, below, found)
        elif child.text is not None and child.text.strip():
            found.setdefault(below, []).append(child.text.strip())


@dataclass(frozen=True)
class Request:
    """One request. ``operation`` begins with a small letter; ``given`` is the name as the client wrote it."""

    operation: str
    given: str
    security: Content
    content: Content
    encoding: str
    document: bytes = b""


class BadRequestError(Exception):
    """A body that is no XML API request; the reply to it is a refusal in ``encoding``."""

    def __init__(self, refusal: Refusal, encoding: str) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.encoding = encoding


def parse_request(body: bytes) -> Request:
    """The request in an HTTP body."""
    try:
        text = decode(from_form(body))
    except UnreadableError as problem:
        raise BadRequestError(invalid(f"The request cannot be read: {problem}"), "UTF-8") from None
    try:
        return _take_apart(read(text.characters), text.declared, body)
    except MalformedError as problem:
        reason = f"The request is not a well-formed XML document: {problem}"
        raise BadRequestError(invalid(reason), text.declared) from None
    except Refusal as refusal:
        raise BadRequestError(refusal, text.declared) from None


#: A form that carries the document in a field of its own: UID=..&PWD=..&SID=..&PID=..&XML=<document>.
_FORM = re.compile(rb"\s*(?:\w+=[^&<]*&)*XML=", re.IGNORECASE)


def from_form(body: bytes) -> bytes:
    """The document of a form, told by the body: other clients send raw XML under the content type of forms."""
    found = _FORM.match(body)
    if found is None:
        return body
    return unquote_to_bytes(body[found.end() :].partition(b"&")[0].replace(b"+", b" "))


def _take_apart(root: Node, encoding: str, body: bytes) -> Request:
    if root.local != "message":
        raise invalid(f"The root element must be message, not {root.local}")
    content = root.find("body/bodyContent")
    if content is None:
        raise invalid("The message has no bodyContent")
    given = next((value for name, value in content.attributes.items() if name.rpartition(":")[2] == "type"), "")
    name = re.split(r"[.:]", given.strip())[-1].strip()
    if not name:
        raise invalid("bodyContent names no operation in xsi:type")
    security = root.find("header/securityContext") or Node("securityContext")
    return Request(name[0].lower() + name[1:], name, Content(security), Content(content), encoding, body)
