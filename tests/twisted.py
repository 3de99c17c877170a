"""A mock site with a twist: every response passes through a function of the test before it leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import mocksite

Twist = Callable[[mocksite.HttpRequest, mocksite.HttpResponse], mocksite.HttpResponse]


def straight(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    """No twist at all."""
    return response


def operation_of(request: mocksite.HttpRequest) -> str:
    """The operation a request names, for twists that want only some."""
    return request.body.partition(b'xsi:type="')[2].partition(b'"')[0].rpartition(b".")[2].decode("ascii", "replace")


def replacing(old: bytes, new: bytes) -> Twist:
    """Replace bytes in every reply."""

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return mocksite.HttpResponse(response.status, response.headers, response.body.replace(old, new))

    return twist


def answering(status: int, body: bytes, *operations: str) -> Twist:
    """Answer some operations (all, when none is named) with something else entirely."""

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.path.startswith("/_control") or (operations and operation_of(request) not in operations):
            return response
        return mocksite.HttpResponse(status, response.headers, body)

    return twist


@dataclass(frozen=True)
class Twisted:
    """A running site: its profile file, its core, and the operations it was asked for."""

    sites: Path
    core: mocksite.Core
    asked: list[str]

    def arguments(self, *more: str) -> list[str]:
        """Options that point a run at it."""
        return ["--site", "twisted", "--sites", str(self.sites), *more]


@contextmanager
def twisted(
    folder: Path,
    twist: Twist = straight,
    *,
    release: str = mocksite.DEFAULT,
    options: mocksite.Options | None = None,
    **changes: str,
) -> Iterator[Twisted]:
    """Serve a mock of ``release`` through ``twist``; ``changes`` replace lines of its profile (``access="read-only"``)."""
    core = mocksite.Core(release=release, options=options)
    asked: list[str] = []
    server = _server(core, twist, asked)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    core.base_url = base
    text = core.profile("twisted", url=f"{base}/WBXService/XMLService", control_url=f"{base}/_control")
    for key, value in changes.items():
        lines = [line for line in text.splitlines() if not line.startswith(f"{key} = ")]
        lines.insert(1, f"{key} = {value}")
        text = "\n".join(line for line in lines if not line.endswith("= None"))
    file = folder / "twisted.toml"
    file.write_text(text, encoding="utf-8")
    try:
        yield Twisted(file, core, asked)
    finally:
        server.shutdown()
        server.server_close()
        core.close()


def _server(core: mocksite.Core, twist: Twist, asked: list[str]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = mocksite.HttpRequest(self.command, self.path, dict(self.headers.items()), body)
            if not self.path.startswith("/_control"):
                asked.append(operation_of(request))
            response = twist(request, core.handle(request))
            self.send_response(response.status)
            for name, value in dict(response.headers).items():
                if name.lower() not in ("content-length", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that went away is no news."""

    return Server(("127.0.0.1", 0), Handler)
