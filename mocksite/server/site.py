"""One mock site: its release, its state, and the carrying out of requests addressed to it."""

from __future__ import annotations

import smtplib
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from mocksite.faults.fault import HEALTHY, Fault
from mocksite.model import identifiers
from mocksite.model.records import Mail
from mocksite.model.releases import Release
from mocksite.model.settings import Settings
from mocksite.model.store import Store
from mocksite.operations import OPERATIONS
from mocksite.operations.call import Call, Operation
from mocksite.operations.catalogue import NOT_SERVED
from mocksite.operations.people.login import log_in
from mocksite.protocol.envelope import HttpResponse, failure, response, success, written
from mocksite.protocol.mail import Letter, Posted, posted
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.requests import Content, Request
from mocksite.seed.site import Seed, seeded_store
from mocksite.server.limits import RateLimiter
from mocksite.server.requestlog import Entry, RequestLog

Clock = Callable[[], float]


@dataclass(frozen=True)
class Identity:
    """What a site is: its name, its release, and where it says its web pages are."""

    name: str
    release: Release
    seed: Seed

    @property
    def site_id(self) -> int:
        """The siteID older clients send instead of the name."""
        return int(identifiers.digits(7, self.name, "site id"))

    @property
    def url(self) -> str:
        """The address of the site's web pages in links."""
        return f"https://{self.name}.example.com"


class Site:
    """A site that answers. Everything it knows is in ``store``; ``fault`` is how it is wrong, if it is."""

    def __init__(
        self,
        identity: Identity,
        store: Store,
        *,
        request_log: RequestLog,
        clock: Clock = time.time,
        limit: RateLimiter | None = None,
        turn: threading.Lock | None = None,
    ) -> None:
        self.identity = identity
        self.store = store
        self.request_log = request_log
        self.fault: Fault = HEALTHY
        self.base_url = ""
        self._passwords = 0
        self._clock = clock
        self._limit = limit
        # Threads that compute at the same time only take the interpreter from each other: one at a time
        # answers a quarter more requests at 32 connections, at half the p99 (benchmarks/mock_throughput.py).
        self._turn = turn or threading.Lock()

    def reset(self, *, settings: bool = True) -> None:
        """Make the data what it was when the site was new, and the settings too unless they shall stay.

        Where mail is delivered is no part of the site and stays.
        """
        before = self.store.settings.items()
        kept = ["mail-relay"] if settings else list(before)
        fresh = seeded_store(self.identity.seed)
        try:
            self.store.refill(fresh.image())
        finally:
            fresh.close()
        for name in kept:
            self.store.set(name, before[name])

    def reset_settings(self) -> None:
        """Switch everything back, and leave the data as it is."""
        for name, value in Settings().items().items():
            if name != "mail-relay":
                self.store.set(name, value)

    def answer(self, request: Request, address: str = "", arrived: float | None = None) -> HttpResponse:
        """The reply to a request; ``address`` is the versioned part of an old service address.

        ``arrived`` is when it came, by :func:`time.perf_counter`; now, unless told.

        Mail has left the site before the reply is given back.
        """
        name = request.operation
        operation = OPERATIONS.get(name) or Operation(name, NOT_SERVED.get(name, ""), _unserved, anonymous=True)
        call = self._call(operation, request, address)
        fault = self.fault
        arrived = time.perf_counter() if arrived is None else arrived
        with self._turn:
            document = self._document(call, fault, arrived)
        self.post(call.letters)
        return fault.response(call, response(document, request.encoding))

    def _document(self, call: Call, fault: Fault, arrived: float) -> bytes:
        started = time.perf_counter()
        service, error = call.operation.service, ""
        try:
            tree = success(service, self._carry_out(call, fault))
            outcome = ("SUCCESS", "")
        except Refusal as refusal:
            tree, outcome = failure(service, refusal), ("FAILURE", refusal.exception_id)
        except Exception:  # noqa: BLE001 - a bug of ours must not reach the client as a stack trace
            error = traceback.format_exc()
            tree, outcome = failure(service, invalid("The service is not available")), ("FAILURE", "999999")
        if outcome[1]:
            call.letters.clear()
        document = fault.bytes(call, written(fault.reply(call, tree), call.request.encoding))
        ended = time.perf_counter()
        self._log(call.request, document, *outcome, (ended - started) * 1000, error, ended - arrived)
        return document

    def refuse(self, request: Request | bytes, refusal: Refusal, encoding: str) -> HttpResponse:
        """The reply to what never became a call: no request at all, or one for a site that is not here."""
        if isinstance(request, bytes):
            nothing = Content(Node("securityContext"))
            request = Request("", "", nothing, nothing, encoding, request)
        document = written(failure("", refusal), encoding)
        self._log(request, document, "FAILURE", refusal.exception_id, 0.0, "")
        return response(document, encoding)

    def post(self, letters: list[Letter]) -> None:
        """Send letters: into the mail log, and to the relay of the settings if there is one."""
        relay = self.store.settings.mail_relay
        for letter in letters:
            now = int(self._clock())
            mail_number = self.store.next("mail")
            message = self.fault.mail(posted(letter, self.identity.name, self.identity.release, mail_number, now))
            if message is None:
                continue
            error = deliver(message, relay) if relay else ""
            delivered = "" if not relay else error or "yes"
            self.store.add(Mail(mail_number, now, message.recipient, message.subject, message.body, delivered))

    @property
    def now(self) -> int:
        """The present moment on the site's clock."""
        return int(self._clock())

    def _call(self, operation: Operation, request: Request, address: str) -> Call:
        return Call(
            operation=operation,
            request=request,
            site_name=self.identity.name,
            site_id=self.identity.site_id,
            site_url=self.identity.url,
            base_url=self.base_url or self.identity.url,
            release=self.identity.release,
            store=self.store,
            now=self.now,
            address=address,
        )

    def _carry_out(self, call: Call, fault: Fault) -> Node:
        with self.store.transaction():
            fault.asked(call)
            self._maybe_refuse_password(call)
            if call.operation.asks_for_login(call.request.security):
                call.login = log_in(self.store, call.release, call.request.security, self._clock())
                if self._limit and not self._limit.admits(call.caller.webex_id, self._clock()):
                    raise Refusal("000045")
            call.store = fault.store(self.store)
            return call.operation.run(call)

    def _maybe_refuse_password(self, call: Call) -> None:
        """Now and then a right password is refused where the settings say so, as on sites Control Hub manages."""
        every = self.store.settings.login_refused_every
        if every and call.request.security.text("password"):
            self._passwords += 1
            if self._passwords % every == 0:
                raise Refusal("030002")

    def _log(
        self,
        request: Request,
        told: bytes,
        result: str,
        exception_id: str,
        milliseconds: float,
        error: str,
        ago: float = 0.0,
    ) -> None:
        security = request.security
        self.request_log.write(
            Entry(
                number=0,
                time=self._clock() - ago,
                site=self.identity.name,
                operation=request.given,
                caller=security.text("webExID") or security.text("email"),
                encoding=request.encoding,
                result=result,
                exception_id=exception_id,
                milliseconds=round(milliseconds, 3),
                error=error,
            ),
            request.document,
            told,
        )


def _unserved(call: Call) -> Node:
    """What is wrong is neither the caller nor what he wrote: nobody is asked who he is."""
    given = call.request.given
    if call.operation.name in NOT_SERVED:
        raise invalid(f"The operation {given} is not supported: webex-mock does not serve it (webex-mock operations)")
    raise invalid(f"The operation {given} is not supported: the XML API has none of this name")


_TIMEOUT = 10


def deliver(message: Posted, relay: str) -> str:
    """Hand a message to an SMTP server ``HOST:PORT``; an empty string, or what went wrong."""
    host, _, port = relay.rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=_TIMEOUT) as server:
            server.sendmail(message.sender, [message.recipient], message.document)
    except (OSError, smtplib.SMTPException) as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""
