"""Posts requests to a site: keep-alive, verified TLS, bounded in time and size, retried only where that is safe."""

from __future__ import annotations

import contextlib
import math
import random
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Protocol

import httpx

from conformance.sites.errors import CannotJudge
from conformance.sites.profile import Profile
from conformance.wire.codings import ACCEPTED, CannotDecode, decoded
from conformance.wire.environment import default_tls, proxy_for, proxy_in_words, trust
from conformance.wire.exchange import GATEWAY, Exchange, Request, is_count, sign_of_outage
from conformance.wire.rate_limiter import RateLimiter

_LOOKS_EVERY = 0.25
#: A client has one connection at a time, the preflight one per account.
_MOST = 64


class Watchdog:
    """Calls ``cut`` of every exchange that takes longer than its limit; one thread for all of a process.

    A site that sends a byte now and then satisfies every limit of a single read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[object, tuple[float, Callable[[], None]]] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float, cut: Callable[[], None]) -> Iterator[None]:
        """Have ``cut`` called, once, when what is inside takes longer than ``seconds``."""
        exchange = object()
        with self._lock:
            self._running[exchange] = (time.monotonic() + seconds, cut)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="exchange-watch", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(exchange, None)

    def _look(self) -> None:
        while True:
            time.sleep(_LOOKS_EVERY)
            now = time.monotonic()
            with self._lock:
                late = [exchange for exchange, (until, _) in self._running.items() if until < now]
                cuts = [self._running.pop(exchange)[1] for exchange in late]
            for cut in cuts:
                cut()


class Connections:
    """The sockets of one HTTP client, learnt by way of httpx's trace extension, to be shut from another thread."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self.cut_off = self.given_up = False

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Remember what has just been connected; behind a proxy other parts of httpcore tell it."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._sockets = [*self._sockets[1 - _MOST :], info["return_value"].get_extra_info("socket")]  # type: ignore[attr-defined]
            # Cut while it was being made, it would never end.
            if self.given_up or self.cut_off:
                self.cut()

    def cut(self) -> None:
        """Shut every connection: whoever reads from one is woken and finds its end."""
        self.cut_off = True
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


#: One watchdog for the process.
watchdog = Watchdog()


#: No reply of the contract comes near this; a longer one is refused unread.
LARGEST_REPLY = 32 * 1024 * 1024
RATE_LIMIT_ID = b"000045"

_HEADERS = {
    "Content-Type": "text/xml; charset=UTF-8",
    "Accept": "text/xml",
    "Accept-Encoding": ACCEPTED,
    "User-Agent": "webex-conformance",
}
#: Seconds between tries: together longer than a site takes to restart behind its load balancer.
_BACK_OFF = (0.2, 1.0, 2.0)
_TRANSIENT = (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
#: Seconds a whole exchange may take beyond the time limit of a single read, which has the better words.
_GRACE = 0.5
#: On sites Control Hub manages CreateUser takes considerably longer than anything else (guide, createuser).
_TAKES_LONGER = {"CreateUser": 4.0}
_LONGEST_PAUSE = 60.0
#: Together, when the site does not say how long, a little more than the minute of its limit (sources.md, Lists).
_PAUSES = 5
ALL_PAUSES = _PAUSES * _LONGEST_PAUSE
#: Of a site that did not let up for one request the next ones ask once more each, soon: hundreds may be left to undo.
_IN_VAIN = (1, 5.0)
#: A FAILURE message is shorter; longer replies need not be looked at for signs of an outage.
_LONGEST_FAILURE = 4096


@dataclass(frozen=True)
class _Try:
    """One attempt: what came, whether trying again may help, and the pause the site asked for."""

    exchange: Exchange
    again: bool = False
    pause: float | None = None


def _limits(timeout: float) -> httpx.Timeout:
    """The time limit of a whole reply; a connection is there sooner or not at all."""
    return httpx.Timeout(timeout, connect=min(10.0, timeout))


@lru_cache(maxsize=64)
def _address(url: str) -> httpx.URL:
    """``url`` taken apart once: a site has one, and what is tried beside it."""
    return httpx.URL(url)


def reads_only(operation: str) -> bool:
    """Whether sending ``operation`` again, or ahead of time, changes nothing on the site."""
    return operation.startswith(("Get", "Lst", "Authenticate"))


def tls_context(profile: Profile) -> ssl.SSLContext:
    """One TLS context for every client of a site; verification cannot be switched off."""
    if profile.url.startswith("http://"):
        # Only a loopback address may be one: it needs no authorities, and loading them takes 15 ms.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = default_tls()
    if profile.ca_file:
        trust(context, profile.ca_file, profile.source)
    return context


class Sender(Protocol):
    """Whatever answers a request with an exchange: a client, or a recording of one."""

    def send(self, request: Request) -> Exchange:
        """Post ``request``; an error on the way is recorded in the exchange, never raised."""
        ...


_clients: weakref.WeakSet[Client] = weakref.WeakSet()


def give_up() -> None:
    """Have every client of this process give up: whoever interrupts it does not want to wait for time limits."""
    for client in list(_clients):
        client.give_up()


class Client:
    """One connection pool to one site; ``transport`` replaces the network (tests, in-process mock)."""

    def __init__(
        self,
        profile: Profile,
        rate_limiter: RateLimiter,
        tls: ssl.SSLContext,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate_limiter = rate_limiter
        self._sleep = sleep
        self._timeout = profile.timeout
        self._connections = Connections()
        _clients.add(self)
        proxied = profile.trust_env and transport is None
        self._proxy = proxy_in_words(profile.url) if proxied else ""
        self._http = httpx.Client(
            headers=_HEADERS,
            timeout=_limits(profile.timeout),
            verify=tls,
            trust_env=False,
            proxy=proxy_for(profile.url) if proxied else None,
            transport=transport,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def send(self, request: Request, *, patient: bool = True, longest: float = math.inf) -> Exchange:
        """Post ``request``; an error on the way is recorded in the exchange, never raised.

        Without patience what only reads is not tried again either. A pause longer than ``longest`` is not begun.
        """
        notes, unwell, paused = list[str](), list[str](), list[float]()
        retries = 0
        while True:
            waited = self._rate_limiter.wait()
            if waited > 0.05:
                notes.append(f"waited {waited:.2f} s for the rate of the profile")
            tried = self._attempt(request)
            unwell += tried.exchange.unwell
            if tried.pause is not None:
                pause = self._next_pause(tried.pause, paused) if tried.pause <= longest else 0.0
                if not pause:
                    return _limited(tried, self._rate_limiter.in_vain, notes, unwell)
                paused.append(pause)
                notes.append(f"rate limit of the site reached, paused {pause:g} s")
                self._rate_limiter.pause(pause)
                continue
            self._rate_limiter.in_vain = 0.0
            harmless = request.repeatable or reads_only(request.operation)
            if patient and tried.again and harmless and retries < len(_BACK_OFF):
                delay = _BACK_OFF[retries] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
                retries += 1
                notes.append(f"{tried.exchange.error}; tried again after {delay:.1f} s")
                self._sleep(delay)
                continue
            if not notes and tuple(unwell) == tried.exchange.unwell:
                # As it is: a copy would have to be parsed anew.
                return tried.exchange
            return replace(tried.exchange, notes=tuple(notes), unwell=tuple(unwell))

    def give_up(self) -> None:
        """Wait for no answer any more, and send nothing: told from another thread."""
        self._connections.given_up = True
        self._rate_limiter.give_up()
        self._connections.cut()

    def _next_pause(self, asked: float, paused: list[float]) -> float:
        """Seconds to pause for a site that limits the rate; 0 when it has not let up in as many as we make."""
        most, longest = _IN_VAIN if self._rate_limiter.in_vain else (_PAUSES, _LONGEST_PAUSE)
        if len(paused) < most:
            return min(asked or 2.0 ** (len(paused) + 1), longest)
        self._rate_limiter.in_vain = max(self._rate_limiter.in_vain, sum(paused))
        return 0.0

    def _attempt(self, request: Request) -> _Try:
        started, clock = time.time(), time.monotonic()
        timeout = self._timeout * _TAKES_LONGER.get(request.operation, 1.0)

        def ended(error: str, status: int = 0, body: bytes = b"", kind: str = "") -> Exchange:
            return Exchange(request, started, time.monotonic() - clock, status, kind, body, error)

        if self._connections.given_up:
            return _Try(ended("the run was interrupted"))
        self._connections.cut_off = False
        more: dict[str, Any] = {"timeout": _limits(timeout), "extensions": {"trace": self._trace}}
        try:
            with (
                watchdog.limit(timeout + _GRACE, self._connections.cut),
                self._http.stream("POST", _address(request.url), content=request.body, **more) as answer,
            ):
                self._forget_odd_cookies()
                body, problem = self._read(answer, clock, timeout)
                pause = _pause_asked(answer, body)
                problem = problem or _status_error(answer, pause)
                exchange = ended(problem, answer.status_code, body, answer.headers.get("Content-Type", ""))
                exchange = _with_outage(replace(exchange, date=_date(answer)))
                return _Try(exchange, again=bool(exchange.unwell), pause=pause)
        except httpx.TimeoutException:
            return _Try(ended(f"no answer within {timeout:g} s{_by(self._proxy)}"))
        except _TRANSIENT as problem:
            if self._connections.cut_off:
                return _Try(ended(f"the reply was not complete within {timeout:g} s"))
            return _Try(ended(_transport_words(problem, self._proxy)), again=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            return _Try(ended(_transport_words(problem, self._proxy)))

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        """What httpx tells of an exchange while it goes on."""
        if event == "http11.send_request_headers.started":
            self._rate_limiter.leaves()
        elif event == "http11.send_request_body.complete":
            self._rate_limiter.left()
        self._connections.trace(event, info)

    def _forget_odd_cookies(self) -> None:
        """A cookie that no header can carry back would keep every later request from leaving."""
        for cookie in list(self._http.cookies.jar):
            if not f"{cookie.name}{cookie.value}".isascii():
                self._http.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)

    def _read(self, answer: httpx.Response, clock: float, timeout: float) -> tuple[bytes, str]:
        body = bytearray()
        try:
            for chunk in _parts(answer):
                body += chunk
                if len(body) > LARGEST_REPLY:
                    return bytes(
                        body[:4096]
                    ), f"the reply is longer than {LARGEST_REPLY // 1024**2} MiB and was not read on"
                if time.monotonic() - clock > timeout:
                    return bytes(body), f"the reply was not complete within {timeout:g} s"
        except CannotDecode as problem:
            return bytes(body), str(problem)
        return bytes(body), ""


def _parts(answer: httpx.Response) -> Iterable[bytes]:
    """The body as it arrives, decoded; whole where a transport in this process had it whole."""
    if answer.is_stream_consumed:
        return answer.iter_bytes()
    return decoded(answer.iter_raw(), answer.headers.get("Content-Encoding", ""))


def _pause_asked(answer: httpx.Response, body: bytes) -> float | None:
    """Seconds to pause when the site limits the rate (0: it did not say how long), else None."""
    wait = answer.headers.get("Retry-After", "")
    seconds = seconds_to_wait(wait, time.time())
    if answer.status_code == 429 or (answer.status_code == 503 and wait):
        return seconds
    limited = answer.is_success and len(body) < 4096 and b"exceptionID>" + RATE_LIMIT_ID + b"<" in body
    return seconds if limited else None


def seconds_to_wait(retry_after: str, now: float) -> float:
    """What ``Retry-After`` asks for, seconds or a date; 0.0 when it says nothing that can be read."""
    text = retry_after.strip()
    if is_count(text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError, TypeError):
        return 0.0


def _with_outage(exchange: Exchange) -> Exchange:
    """An exchange that says whether the site was not well: by its gateway, or in the words of a FAILURE message."""
    if exchange.status in GATEWAY:
        return replace(exchange, unwell=(exchange.error,), outage=True)
    if exchange.error or len(exchange.body) > _LONGEST_FAILURE:
        return exchange
    try:
        sign = sign_of_outage(exchange.reply)
    except CannotJudge:
        return exchange
    return replace(exchange, error=f"the site is not well: {sign}", unwell=(sign,), outage=True) if sign else exchange


def _limited(tried: _Try, in_vain: float, notes: list[str], unwell: list[str]) -> Exchange:
    """Nothing was answered: the site limited the rate to the end of our patience, or longer than we may wait."""
    words = f"has not let up for {in_vain:g} s" if in_vain else f"asks to wait {tried.pause or 0:g} s"
    error = f"the site limits the rate and {words} ({tried.exchange.error})"
    told = (*(one for one in unwell if one != tried.exchange.error), error)
    return replace(tried.exchange, error=error, notes=tuple(notes), unwell=told, outage=True)


def _date(answer: httpx.Response) -> float | None:
    """What the clock of the site says, in seconds since the epoch."""
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None


def _status_error(answer: httpx.Response, pause: float | None) -> str:
    if answer.is_success and answer.status_code != httpx.codes.PARTIAL_CONTENT:
        return "" if pause is None else "exception 000045"
    if answer.is_redirect:
        where = "another address; redirects are not followed, they would carry the credentials along"
        return f"HTTP {answer.status_code} to {where}"
    return f"HTTP {answer.status_code} {answer.reason_phrase}".rstrip()


def _transport_words(problem: Exception, proxy: str) -> str:
    text = str(problem).strip() or type(problem).__name__
    if isinstance(problem, httpx.ProxyError) and proxy:
        wants = " wants a name and password, http://USER:PASSWORD@HOST:PORT" if text.startswith("407") else " answers"
        return f"{proxy}{wants}: {text}"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return f"the certificate of the site is not trusted{_by(proxy)}: {text}"
    if "Name or service not known" in text or "getaddrinfo" in text or "name resolution" in text:
        return f"the host name is not known{_by(proxy)}: {text}"
    if "refused" in text.lower():
        return f"connection refused{_by(proxy)}: {text}"
    return f"the connection broke{_by(proxy)}: {text}"


def _by(proxy: str) -> str:
    return f", by way of {proxy}" if proxy else ""
