"""Throughput and latency of the mock site against a bare server that returns a constant of the same size.

Both are stdlib ThreadingHTTPServers in a process of their own, asked by the same client
over 1, 8 and 32 connections, in one run and in turns, so that the ratio means something:

    python -m benchmarks.mock_throughput [--seconds 2]
"""

from __future__ import annotations

import argparse
import multiprocessing
import selectors
import socket
import statistics
import threading
import time
import tomllib
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import mocksite

CONNECTIONS = (1, 8, 32)


@dataclass(frozen=True)
class Figures:
    """What one round measured: requests a second, and latencies in milliseconds."""

    rate: float
    median: float
    p99: float


def serve_mock(pipe: Connection) -> None:
    """A mock site; tells its address and its profile, and ends when told to."""
    with mocksite.start() as server:
        pipe.send((server.url, server.profile()))
        pipe.recv()


def serve_constant(pipe: Connection) -> None:
    """The bare server: reads the request, answers with a constant; told its size, tells its address."""
    size = pipe.recv()

    class Constant(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        body = b"x" * size

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            head = f"HTTP/1.1 200 OK\r\nDate: {self.date_time_string()}\r\nContent-Length: {size}\r\n\r\n"
            self.wfile.write(head.encode() + self.body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 1024
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """The client hangs up in the middle when a round ends."""

    server = Server(("127.0.0.1", 0), Constant)
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.recv()


def request(url: str, body: bytes) -> bytes:
    """A POST as bytes."""
    parts = urlsplit(url)
    return f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def reply_length(url: str, asked: bytes) -> int:
    """How long the reply to a request is, head and body; the same request always gets the same length."""
    with connect(url) as connection:
        connection.sendall(asked)
        connection.settimeout(0.3)
        length = 0
        while True:
            try:
                length += len(connection.recv(1 << 20))
            except TimeoutError:
                return length


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def load(url: str, asked: bytes, connections: int, seconds: float) -> Figures:
    """Keep one request under way on every connection for some seconds."""
    length = reply_length(url, asked)
    chooser = selectors.DefaultSelector()
    begun: dict[socket.socket, float] = {}
    missing: dict[socket.socket, int] = {}
    latencies: list[float] = []
    for _ in range(connections):
        connection = connect(url)
        chooser.register(connection, selectors.EVENT_READ)
        begun[connection], missing[connection] = time.perf_counter(), length
        connection.sendall(asked)
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        for key, _ in chooser.select(1):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            missing[connection] -= len(connection.recv(1 << 20))
            if missing[connection] == 0:
                now = time.perf_counter()
                latencies.append(now - begun[connection])
                begun[connection], missing[connection] = now, length
                connection.sendall(asked)
    spent = time.perf_counter() - started
    for connection in begun:
        connection.close()
    latencies.sort()
    return Figures(
        len(latencies) / spent, statistics.median(latencies) * 1000, latencies[int(len(latencies) * 0.99)] * 1000
    )


def documents(profile: str) -> dict[str, bytes]:
    """What is asked: a small reply, a usual one, a list, and the largest one."""
    site = tomllib.loads(profile)["sites"]["mock"]
    host, data = site["accounts"]["host"], site["data"]
    bodies = {
        "GetAPIVersion": "",
        "GetSessionInfo": f"<sessionKey>{data['meeting-key']}</sessionKey>",
        "LstsummarySession": "",
        "GetSite": "",
    }
    security = (
        f"<siteName>mocksite</siteName><webExID>{host['webex_id']}</webExID><password>{host['password']}</password>"
    )
    return {
        operation: (
            f'<?xml version="1.0" encoding="UTF-8"?><serv:message><header><securityContext>{security}</securityContext></header>'
            f'<body><bodyContent xsi:type="java:com.webex.service.binding.ep.{operation}">{body}</bodyContent></body></serv:message>'
        ).encode()
        for operation, body in bodies.items()
    }


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each round lasts (2)")
    seconds = parser.parse_args().seconds
    here, there = multiprocessing.Pipe()
    mock = multiprocessing.Process(target=serve_mock, args=(there,), daemon=True)
    mock.start()
    url, profile = here.recv()
    print(
        "| operation | reply bytes | connections | bare req/s | mock req/s | ratio | bare p99 ms | mock median ms | mock p99 ms |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for operation, document in documents(profile).items():
        asked = request(url, document)
        size = reply_length(url, asked)
        bare_here, bare_there = multiprocessing.Pipe()
        bare = multiprocessing.Process(target=serve_constant, args=(bare_there,), daemon=True)
        bare.start()
        bare_here.send(size - 60)
        bare_url = bare_here.recv()
        for connections in CONNECTIONS:
            constant = load(bare_url, request(bare_url, document), connections, seconds)
            real = load(url, asked, connections, seconds)
            print(
                f"| {operation} | {size} | {connections} | {constant.rate:.0f} | {real.rate:.0f} | {real.rate / constant.rate:.2f} "
                f"| {constant.p99:.1f} | {real.median:.1f} | {real.p99:.1f} |",
                flush=True,
            )
        bare_here.send(None)
        bare.join()
    here.send(None)
    mock.join()


if __name__ == "__main__":
    main()
