"""One request with what came back and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from conformance.target.trouble import CannotJudge
from conformance.wire.message import Reply, read_reply


class TransportTrouble(CannotJudge):
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
    ``status`` the HTTP status (0 when none came), ``trouble`` why there is no
    reply to judge, ``notes`` what the client did on the way (retries, waits).
    """

    request: Request
    started: float
    seconds: float
    status: int = 0
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    trouble: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def reply(self) -> Reply:
        """The parsed reply; :class:`CannotJudge` when the transport or the document failed."""
        if self.trouble:
            raise TransportTrouble(f"{self.request.operation} to {self.request.url}: {self.trouble}")
        try:
            return read_reply(self.request.operation, self.body)
        except CannotJudge as problem:
            raise TransportTrouble(f"{self.request.operation} to {self.request.url}: {problem}") from None

    @property
    def unanswered(self) -> bool:
        """Whether nobody is there: no HTTP answer at all, or a gateway that says the same."""
        return bool(self.trouble) and self.status in (0, 502, 503, 504)

    @property
    def served(self) -> bool:
        """Whether the address answered with a SUCCESS message."""
        try:
            return self.reply.succeeded
        except CannotJudge:
            return False
