"""A core behind the standard library's threaded HTTP server on a socket.

cheroot, waitress and uvicorn save fifty lines and write other headers than those captured
(docs/decisions/libraries.md, Server of the mock).
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from mocksite.protocol.envelope import HttpRequest, HttpResponse
from mocksite.server.console import SERVICE_PATH
from mocksite.server.control import CONTROL_PATH
from mocksite.server.core import Core
from mocksite.server.limits import BODY_LIMIT, IDLE
from mocksite.server.pages import page
from mocksite.server.profile import profile
from mocksite.server.site import Site
from mocksite.server.tls import Certificate


class SiteHandle:
    """One of the sites a server answers for."""

    def __init__(self, server: Server, site: Site, control_url: str) -> None:
        self._server = server
        self._site = site
        self.url = server.url
        self.control_url = control_url

    def profile(self, name: str = "mock") -> str:
        """Profile text of this site, ready for the suite."""
        return profile(self._site, name=name, url=self.url, control_url=self.control_url, ca_file=self._server.ca_file)


class Server:
    """A running mock. ``url`` is the service address, ``ca_file`` what a client has to trust with TLS."""

    def __init__(
        self,
        core: Core,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        certificate: Certificate | None = None,
        latency: float = 0.0,
    ) -> None:
        self.core = core
        self._certificate = certificate
        core.pace.seconds = latency
        self._http = _Listener((host, port), core, certificate.context if certificate else None)
        scheme = "https" if certificate else "http"
        shown = f"[{host}]" if ":" in host else host
        self.base_url = f"{scheme}://{shown}:{self._http.server_address[1]}"
        self.url = self.base_url + SERVICE_PATH
        self.control_url = self.base_url + CONTROL_PATH
        self.ca_file = certificate.ca_file if certificate else ""
        core.base_url = self.base_url
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True, name="webex-mock")
        self._thread.start()

    def add_site(self, name: str) -> SiteHandle:
        """One more site behind the same address, chosen by siteName."""
        site = self.core.add_site(name)
        return SiteHandle(self, site, f"{self.control_url}/sites/{site.identity.name}")

    def profile(self, name: str = "mock") -> str:
        """Profile text of the first site, ready for the suite."""
        return SiteHandle(self, self.core.main, self.control_url).profile(name)

    def stop(self) -> None:
        """Stop serving and give everything back; stopping twice does no harm."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
            self._http.server_close()
            self.core.close()
        if self._certificate:
            self._certificate.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Listener(ThreadingHTTPServer):
    """Accepts connections; each has a thread of its own."""

    daemon_threads = True
    request_queue_size = 1024
    block_on_close = False

    def __init__(self, address: tuple[str, int], core: Core, context: ssl.SSLContext | None) -> None:
        self.core = core
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)
        if context:
            # The handshake belongs to the thread of the connection, or one slow client would block all others.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self) -> None:
        # The inherited method asks the name server for our own name, which can take seconds.
        super(ThreadingHTTPServer, self).server_bind()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or speaks no TLS, is its own affair."""


#: Where ``tcpi_last_data_recv`` (milliseconds) stands in ``struct tcp_info`` of linux/tcp.h.
_LAST_DATA = 52


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE
    server: _Listener

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError, TimeoutError):
            self.close_connection = True

    def answer(self) -> None:
        """Read the body, ask the core, write the response."""
        try:
            body = self._body()
        except ValueError:
            self._refuse(400, "The request is not HTTP.")
            return
        if body is None:
            self._refuse(413, "The request is too large.")
            return
        arrived = time.perf_counter() - _ago(self.connection)
        if self.server.core.pace.seconds:
            time.sleep(self.server.core.pace.seconds)
        headers, client = dict(self.headers), str(self.client_address[0])
        self._write(self.server.core.handle(HttpRequest(self.command, self.path, headers, body, client, arrived)))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer  # noqa: N815 - names of http.server

    def _refuse(self, status: int, why: str) -> None:
        self.close_connection = True
        self._write(page(status, f"HTTP Status {status}", f"<p>{why}</p>"))

    def _body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = self.headers.get("Content-Length", "0").strip()
        size = int(length) if length.isdigit() else 0
        return self.rfile.read(size) if size <= BODY_LIMIT else None

    def _chunks(self) -> bytes | None:
        found = bytearray()
        while True:
            size = int(self.rfile.readline().split(b";")[0].strip() or b"0", 16)
            if size == 0:
                while self.rfile.readline().strip():
                    pass
                return bytes(found)
            if len(found) + size > BODY_LIMIT:
                return None
            found += self.rfile.read(size)
            self.rfile.readline()

    def _write(self, response: HttpResponse) -> None:
        head = [
            f"HTTP/1.1 {response.status} {self.responses[response.status][0]}",
            f"Date: {self.date_time_string()}",
            "Server:",
            *(f"{name}: {value}" for name, value in response.headers),
        ]
        chunked = self.request_version == "HTTP/1.1"
        if not chunked and not self.close_connection:
            head.append("Connection: keep-alive")
        head.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(response.body)}")
        if self.close_connection:
            head.append("Connection: close")
        body = b"" if self.command == "HEAD" else _transfer(response.body, chunked)
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the inherited name
        """The request log of the core is the log."""


def _transfer(body: bytes, chunked: bool) -> bytes:
    if not chunked:
        return body
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"


def _ago(connection: socket.socket) -> float:
    """Seconds since the last bytes of a client came, as Linux noted it: a thread may be late. 0 elsewhere."""
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA + 4)
        return float(struct.unpack_from("I", told, _LAST_DATA)[0]) / 1000
    except (AttributeError, OSError, struct.error):
        return 0.0
