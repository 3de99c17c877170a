"""What goes in and out of a site: an HTTP request and response without sockets, and the message
around every reply, as captured (sources.md, Document shape).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from mocksite.protocol.encodings import encode
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal


@dataclass(frozen=True)
class HttpRequest:
    """A request as it arrived. ``client`` is the caller's network address; the control plane asks for loopback.

    ``arrived`` is a reading of :func:`time.perf_counter`: replies may wait for latency and for one another.
    """

    method: str = "POST"
    path: str = "/WBXService/XMLService"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = "127.0.0.1"
    arrived: float = field(default_factory=time.perf_counter)


@dataclass(frozen=True)
class HttpResponse:
    """A response to be written. ``headers`` keep their order; transfer headers are the server's business."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, case-insensitively, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


#: The namespace of the envelope, below which those of the services lie.
SPACE = "http://www.webex.com/schemas/2002/06/service"
_COMMON = {"xmlns:serv": SPACE, "xmlns:com": "http://www.webex.com/schemas/2002/06/common"}
XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: The prefixes the root declares for each service. Clients read them literally.
PREFIXES = {
    "": {},
    "user": {"use": "user"},
    "site": {"ns1": "site", "event": "event"},
    "ep": {"ep": "ep", "meet": "meeting"},
    "meeting": {"meet": "meeting", "att": "attendee"},
    "meetingtype": {"mtgtype": "meetingtype"},
    "event": {"event": "event"},
    "history": {"history": "history"},
    "attendee": {"att": "attendee"},
    "training": {"train": "trainingsession", "sess": "session"},
    "teleconference": {"auo": "meeting/auo"},
    "sales": {"sales": "sales"},
    "supportsession": {"supportsession": "supportsession"},
}

#: Headers of the captured replies, but for Date, Server and transfer, which the server writes.
HEADERS = (
    ("Pragma", "no-cache"),
    ("Cache-Control", "no-cache"),
    ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains;preload"),
)


def success(service: str, content: Node) -> Node:
    """The message for an answer: the content's name becomes the xsi:type of bodyContent."""
    body = Node("serv:bodyContent", content.text, content.children, {"xsi:type": content.name, "xmlns:xsi": XSI})
    return _message(service, [Node("serv:result", "SUCCESS"), Node("serv:gsbStatus", "PRIMARY")], body)


def failure(service: str, refusal: Refusal) -> Node:
    """The message for a refusal: an empty bodyContent without type, the prefixes of the service still declared."""
    head = [
        Node("serv:result", "FAILURE"),
        Node("serv:reason", refusal.reason),
        Node("serv:gsbStatus", "PRIMARY"),
        Node("serv:exceptionID", refusal.exception_id),
    ]
    return _message(service, head, Node("serv:bodyContent"))


def _message(service: str, response: list[Node], body: Node) -> Node:
    spaces = {f"xmlns:{prefix}": f"{SPACE}/{folder}" for prefix, folder in PREFIXES[service].items()}
    header = Node("serv:header", children=[Node("serv:response", children=response)])
    return Node("serv:message", children=[header, Node("serv:body", children=[body])], attributes=_COMMON | spaces)


def written(message: Node, encoding: str) -> bytes:
    """The message as one line in an encoding, with its declaration."""
    return encode(f'<?xml version="1.0" encoding="{encoding}"?>{message.write()}', encoding)


def response(document: bytes, encoding: str) -> HttpResponse:
    """The HTTP response around a document: 200 for success and refusal alike."""
    kind = ("Content-Type", f"text/xml;charset={encoding}")
    return HttpResponse(200, (*HEADERS[:3], kind, *HEADERS[3:]), document)
