"""``webex-conformance tap``: a reverse proxy that keeps the traffic of a site, secrets replaced, for ``judge``.

What a client sends goes to the site as it is but for one thing: the site is asked to send bodies uncompressed. What the
site says goes back as it is. Of messages of the XML API request and reply are kept, a line of JSON each; of headers
nothing. Secrets have pseudonyms of their form, as in a recording, before they reach the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, urlsplit

import httpx

from conformance.reporting.text import printable
from conformance.run.commands.evidence.traffic import asked_for
from conformance.run.terminal import say
from conformance.sites.errors import UserError
from conformance.sites.masking import SecretRegistry, is_secret_parameter, mask_named
from conformance.sites.profile import address_parts, is_loopback
from conformance.sites.user_files import demand_readable, naming
from conformance.wire.environment import proxy_for
from conformance.wire.exchange import document_of, secrets_in
from conformance.wire.recording import Pseudonyms

#: A request of more than this is refused: none of the XML API is so large, and it is held in memory.
_LONGEST = 64 * 1024**2
_PATIENCE = 120.0
#: Headers of one connection and not of the message (RFC 9110, 7.6.1); the length is told anew.
_OF_THE_CONNECTION = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "accept-encoding", "expect",
    }
)  # fmt: skip


class TrafficLog:
    """Where exchanges are kept; each line is whole and holds no secret."""

    def __init__(self, sink: IO[str]) -> None:
        self._sink, self._lock = sink, threading.Lock()
        self._key = secrets.token_bytes(32)
        self.kept = 0
        self._full = False

    def keep(self, path: str, request: bytes, reply: bytes, status: int, started: float, seconds: float) -> None:
        """Write one exchange, if it is one of the XML API."""
        document = document_of(request)
        if asked_for(document) is None:
            return
        registry = SecretRegistry()
        beside = [urlsplit(path).query, request.decode("latin-1") if document != request else ""]
        for secret in (*secrets_in(document), *secrets_in(reply), *_parameters("&".join(beside))):
            registry.learn(secret)
        names = Pseudonyms(registry, self._key)
        row = {
            "started": round(started, 3),
            "seconds": round(seconds, 3),
            "url": registry.mask_known(mask_named(path)),
            "status": status,
            "request": names.of_body(document).decode("utf-8", "surrogateescape"),
            "reply": names.of_body(reply).decode("utf-8", "surrogateescape"),
        }
        line = json.dumps(row, separators=(",", ":")) + "\n"
        with self._lock:
            try:
                self._sink.write(line)
                self._sink.flush()
                self.kept += 1
            except OSError as problem:
                # The client is served all the same; what was not taken is written when there is room again.
                if not self._full:
                    say(f"not kept for now: {problem.strerror}")
                self._full = True


def _parameters(text: str) -> list[str]:
    return [value for name, value in parse_qsl(text) if is_secret_parameter(name)]


class Tap(ThreadingHTTPServer):
    """Listens where clients ask, and asks the site for them."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], site: str, log: TrafficLog, client: httpx.Client) -> None:
        self.site, self.log, self.client = site, log, client
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Tap
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE

    def do_POST(self) -> None:
        self._pass_on()

    def do_GET(self) -> None:
        self._pass_on()

    do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_GET  # noqa: N815 - names the standard library asks for

    def _pass_on(self) -> None:
        body = self._body()
        if body is None:
            return
        sent = [(name, value) for name, value in self.headers.items() if name.lower() not in _OF_THE_CONNECTION]
        started, clock = time.time(), time.monotonic()
        try:
            url = httpx.URL(self.server.site + self.path)
            told = self.server.client.request(
                self.command, url, content=body, headers=[*sent, ("accept-encoding", "identity")]
            )
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            self._answer(502, [("Content-Type", "text/plain")], f"the site did not answer: {problem}\n".encode())
            return
        seconds = time.monotonic() - clock
        # What came compressed all the same is told as it was meant.
        kept = {*_OF_THE_CONNECTION, "content-encoding"}
        headers = [(name, value) for name, value in told.headers.multi_items() if name.lower() not in kept]
        self._answer(told.status_code, headers, told.content)
        self.server.log.keep(self.path, body, told.content, told.status_code, started, seconds)

    def _body(self) -> bytes | None:
        """What the client sends; None, and the client is told, when it cannot be passed on."""
        if not self.path.startswith("/"):
            # With a host in it, it would be sent to another than the site.
            self._refuse(400, "this is no path of the site")
            return None
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding", "identity").lower() != "identity" or not length.isdigit():
            self._refuse(411, "say how long the request is: Content-Length")
            return None
        if int(length) > _LONGEST:
            self._refuse(413, "the request is too long")
            return None
        return self.rfile.read(int(length))

    def _refuse(self, status: int, words: str) -> None:
        self.close_connection = True
        self._answer(status, [("Content-Type", "text/plain"), ("Connection", "close")], f"{words}\n".encode())

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        try:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except ConnectionError:
            # The client went away; what the site said is kept all the same.
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the standard library's
        """Nothing: addresses hold parameters, and a terminal is no log."""


def open_tap(listen: tuple[str, int], site: str, sink: IO[str], ca_file: str = "") -> Tap:
    """A tap that listens; ``serve_forever`` serves."""
    trusted = ssl.create_default_context()
    if ca_file:
        demand_readable(Path(ca_file))
        trusted.load_verify_locations(ca_file)
    client = httpx.Client(verify=trusted, timeout=_PATIENCE, trust_env=False, proxy=proxy_for(site))
    return Tap(listen, site, TrafficLog(sink), client)


def tap(options: argparse.Namespace) -> int:
    """``webex-conformance tap``: serves until Ctrl-C or SIGTERM."""
    site, listen = _site(options.to), _address(options.listen, allow_remote=options.allow_remote)
    with naming(options.output), _file(options.output) as sink:
        try:
            server = open_tap(listen, site, sink, options.ca_file)
        except OSError as problem:
            what = f"cannot listen at {options.listen}, or read --ca-file: {problem.strerror or problem}"
            raise UserError("tap-listen", what, where=options.listen) from None
        # A stop by a supervisor is the end of the work, like Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        host, port = server.server_address[:2]
        print(f"tap ready http://{host!s}:{port} for {site}, keeping {options.output}", flush=True)
        try:
            server.serve_forever(0.2)
        except KeyboardInterrupt:
            print(printable(f"{server.log.kept} exchanges kept in {options.output}"), file=sys.stderr)
        finally:
            server.server_close()
            server.client.close()
    return 0


def _site(url: str) -> str:
    parts = address_parts(url)
    if parts is None or "@" in parts.netloc:
        raise UserError("tap-site", "this is no address of a site", where="--to", hint="--to https://HOST")
    if parts.scheme == "http" and not is_loopback(url):
        raise UserError("tap-clear", "passwords would travel in clear", where="--to", hint="--to https://HOST")
    return f"{parts.scheme}://{parts.netloc}"


def _address(text: str, *, allow_remote: bool) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if address_parts(f"http://{host}") is None or not port.isdecimal() or int(port) > 65535:
        raise UserError("tap-address", "this is no address to listen at", where="--listen", hint="127.0.0.1:8900")
    if not (allow_remote or is_loopback(f"http://{host}")):
        what = "other machines would send their passwords here in clear"
        raise UserError("tap-clear", what, where="--listen", hint="--listen 127.0.0.1:PORT, or --allow-remote")
    return host.strip("[]"), int(port)


def _file(path: Path) -> IO[str]:
    """Written on: a tap that is started again goes on. For nobody else to read: names of users stand in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A pipe that nobody reads would be waited for without end.
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o600)
    os.set_blocking(number, True)
    return os.fdopen(number, "w", encoding="utf-8")
