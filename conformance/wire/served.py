"""Operations a site does not serve: as its profile says, or found where everybody gets the same refusal.

The vendor retired the meetings-related operations on 31 March 2024, and what a
retired operation answers is not published (sources.md, Vendor's pages, A24). So
any refusal that no clause and no source gives a meaning may say it: then the
operation is asked once more, by somebody else and in another form.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from conformance.sites.errors import CannotJudge, NotApplicable
from conformance.wire.exchange import Exchange

#: HTTP statuses of an address that serves something else, or nothing any more.
_NOT_HERE = (404, 410, 501)
#: Families of exceptions that speak of events, users, attendees, meetings and sessions: whoever answers so is there.
_HAS_A_MEANING = re.compile(r"^(?:0000(?:00|15|35|45|47)|0101|03|04|06|11)")
_ACCESS_DENIED = "000001"
#: exceededSiteHostLimit, whose id is not published (guide, setuser).
_HOST_LIMIT = "hostlimit"


class NotServed(NotApplicable):
    """The operation is not served at this site: what needs it does not apply here."""

    def __init__(self, operation: str, words: str, first: Exchange | None = None) -> None:
        super().__init__(f"{operation} is not served here: {words}")
        self.operation = operation
        self.words = words
        self.first = first


def sign_of_absence(exchange: Exchange) -> str:
    """What in an answer may say that the operation is not served; empty when somebody there understood it."""
    if exchange.status in _NOT_HERE:
        return exchange.error or f"HTTP {exchange.status}"
    if exchange.error:
        return ""
    if exchange.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return "a web page"
    try:
        reply = exchange.reply
    except CannotJudge:
        return ""
    understood = _HAS_A_MEANING.match(reply.exception_id) or _HOST_LIMIT in reply.reason.replace(" ", "").lower()
    return reply.verdict() if reply.result == "FAILURE" and not understood else ""


class ServedOperations:
    """Which operations of a site are served, for all threads of a process.

    The first request of each operation travels alone: were it refused, all
    others would be, too.
    """

    def __init__(self) -> None:
        self._turns: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)
        self._served: set[str] = set()
        self._missing: dict[str, tuple[str, Exchange]] = {}
        self._claimed: set[str] = set()

    @property
    def found(self) -> dict[str, str]:
        """Operations found not to be served, with what was answered."""
        return {operation: words for operation, (words, _) in self._missing.items()}

    def claim(self, operation: str) -> bool:
        """Whether this is the first to tell that ``operation`` is not served: one finding is enough."""
        first = operation in self._missing and operation not in self._claimed
        self._claimed.add(operation)
        return first

    def demand(self, operation: str) -> None:
        """:class:`NotServed` when ``operation`` was found not to be served: it is not sent again."""
        if operation in self._missing:
            raise NotServed(operation, *self._missing[operation])

    @contextmanager
    def turn(self, operation: str) -> Iterator[bool]:
        """Whether it is still to be learnt if ``operation`` is served; then one request at a time."""
        if operation not in self._served:
            with self._turns[operation]:
                self.demand(operation)
                if operation not in self._served:
                    yield True
                    return
        # Who waited goes on with all the others.
        yield False

    def learn(
        self,
        operation: str,
        exchange: Exchange,
        ask_otherwise: Callable[[], Exchange | None],
        site_is_well: Callable[[], bool],
    ) -> Exchange:
        """Take in the first answer to ``operation``; one that says it is absent is asked for a second time.

        A site that answers everything so, GetAPIVersion too, is down for maintenance.
        """
        sign = sign_of_absence(exchange)
        if not sign:
            if exchange.status and not exchange.unanswered:
                self._served.add(operation)
            return exchange
        other = ask_otherwise()
        if other is None or sign_of_absence(other) != sign:
            self._served.add(operation)
            return exchange
        if not site_is_well():
            return replace(exchange, error=f"the site is not well: {sign}", outage=True, unwell=(sign,))
        self._missing[operation] = (sign, exchange)
        raise NotServed(operation, sign, exchange)


def may_depend_on_who_asks(exchange: Exchange) -> bool:
    """Whether the refusal is one an administrator would not get: then an administrator must have got it."""
    try:
        return exchange.reply.exception_id == _ACCESS_DENIED
    except CannotJudge:
        return False
