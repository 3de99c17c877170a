"""What goes in and out of the core: one HTTP request, one HTTP response, no sockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HttpRequest:
    """A request as it arrived. ``client`` is the caller's network address; the control plane asks for loopback."""

    method: str = "POST"
    path: str = "/WBXService/XMLService"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = "127.0.0.1"


@dataclass(frozen=True)
class HttpResponse:
    """A response to be written. ``headers`` keep their order; transfer headers are the server's business."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, case-insensitively, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")
