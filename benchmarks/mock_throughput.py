"""Throughput and latency of the mock site against a bare server that returns a constant of the same size.

Both are stdlib ThreadingHTTPServers in a process of their own, asked by the same client
over 1, 8 and 32 connections, in one run and in turns, so that the ratio means something:

    python -m benchmarks.mock_throughput [--seconds 2]

``--hours 1`` measures an hour of mixed load instead, compressed to a minute: reads, logins, meetings made and deleted over 32
connections, on a mock whose clock runs sixty times as fast; latencies, and what memory it holds after each sixth. Tickets
live for 90 minutes, so that more hours show whether those that have expired are given back.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import re
import selectors
import socket
import statistics
import threading
import time
import tomllib
from collections.abc import Iterator
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


#: The load lasts so many seconds, whatever time passes on the mock's clock, and is told in so many parts.
MINUTE, PARTS = 60, 6
_LAST_CHUNK = b"\r\n0\r\n\r\n"


def serve_in_haste(pipe: Connection, hours: int) -> None:
    """A mock site on whose clock so many hours pass in a minute; tells its address and its profile, and ends when told to."""
    began = time.time()
    core = mocksite.Core(clock=lambda: began + (time.time() - began) * hours * MINUTE)
    server = mocksite.Server(core)
    pipe.send((server.url, server.profile()))
    pipe.recv()
    server.stop()


class Caller:
    """One connection of the mixed load: sends one document after the other, and deletes each meeting it made."""

    def __init__(self, url: str, mix: dict[str, bytes], first: int) -> None:
        self.connection = connect(url)
        self._url, self._mix = url, mix
        self._names = itertools.islice(itertools.cycle(mix), first % len(mix), None)
        self._reply = bytearray()
        self._made = b""
        self._begun = 0.0

    def send(self) -> None:
        """Send the next document."""
        document = self._mix[next(self._names)].replace(b"{made}", self._made)
        self._reply.clear()
        self._begun = time.perf_counter()
        self.connection.sendall(request(self._url, document))

    def receive(self) -> float:
        """Take what has come; the seconds the reply took when it is whole, else 0."""
        self._reply += self.connection.recv(1 << 20)
        if not self._reply.endswith(_LAST_CHUNK):
            return 0.0
        made = re.search(rb"meetingkey>(\d+)<", self._reply)
        self._made = made[1] if made else self._made
        return time.perf_counter() - self._begun


def mixed(url: str, mix: dict[str, bytes], connections: int, seconds: float) -> Iterator[list[float]]:
    """Latencies of each sixth of a mixed load."""
    chooser = selectors.DefaultSelector()
    callers = [Caller(url, mix, place) for place in range(connections)]
    for caller in callers:
        chooser.register(caller.connection, selectors.EVENT_READ, caller)
        caller.send()
    started = time.perf_counter()
    for part in range(1, PARTS + 1):
        latencies: list[float] = []
        while time.perf_counter() - started < seconds * part / PARTS:
            for key, _ in chooser.select(1):
                took = key.data.receive()
                if took:
                    latencies.append(took)
                    key.data.send()
        yield latencies
    for caller in callers:
        caller.connection.close()


def held(pid: int) -> float:
    """The megabytes a process holds."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


def measure_hours(hours: int) -> None:
    """Measure a minute of mixed load that takes hours for the mock, and print a table."""
    here, there = multiprocessing.Pipe()
    mock = multiprocessing.Process(target=serve_in_haste, args=(there, hours), daemon=True)
    mock.start()
    url, profile = here.recv()
    mix = documents(profile)
    mix |= {name: mix["GetAPIVersion"].replace(b"GetAPIVersion", name.encode()) for name in ("AuthenticateUser", "LstRecording")}
    for name, body in (("CreateMeeting", b"<metaData><confName>Load</confName></metaData>"), ("DelMeeting", b"<meetingKey>{made}</meetingKey>")):
        mix[name] = mix["GetAPIVersion"].replace(b'GetAPIVersion">', name.encode() + b'">' + body)
    print("| minute of the mock | requests | median ms | p99 ms | MB held |\n|---|---|---|---|---|", flush=True)
    assert mock.pid is not None
    for part, latencies in enumerate(mixed(url, mix, CONNECTIONS[-1], MINUTE), 1):
        latencies.sort()
        median, p99 = statistics.median(latencies) * 1000, latencies[int(len(latencies) * 0.99)] * 1000
        print(f"| {part * hours * 60 // PARTS} | {len(latencies)} | {median:.1f} | {p99:.1f} | {held(mock.pid):.1f} |", flush=True)
    here.send(None)
    mock.join()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each round lasts (2)")
    parser.add_argument("--hours", type=int, default=0, help="so many hours of mixed load in a minute: latencies and memory")
    given = parser.parse_args()
    if given.hours:
        measure_hours(given.hours)
        return
    seconds = given.seconds
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
