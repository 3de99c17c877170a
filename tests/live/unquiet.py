"""A network that misbehaves: a TCP proxy that resets connections, and a site that restarts."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.conftest import SAFETY

_RESET = struct.pack("ii", 1, 0)


@dataclass
class Network:
    """Where to connect, how many requests a connection lives, what happened so far."""

    port: int
    behind: int
    lives: int
    chunks: int = 0
    resets: int = 0
    open: set[socket.socket] = field(default_factory=set)
    up: threading.Event = field(default_factory=threading.Event)
    restarted: threading.Event = field(default_factory=threading.Event)
    _restart: tuple[int, Callable[[], None]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.up.set()

    def restart(self, site: Callable[[], None], after: int) -> None:
        """Restart the site when clients have sent ``after`` times: connections are reset, new ones wait until it is back."""
        self._restart = after, site

    def count(self) -> None:
        """Something was sent."""
        with self._lock:
            self.chunks += 1
            if self._restart is None or self.chunks < self._restart[0]:
                return
            (_, site), self._restart = self._restart, None
            self.up.clear()
        self.reset()
        site()
        self.up.set()
        self.restarted.set()

    def reset(self) -> None:
        """Reset every connection, as a site that restarts does."""
        for connection in list(self.open):
            _shut(connection)


@contextmanager
def unquiet(behind: int, lives: int) -> Iterator[Network]:
    """Pass connections on to port ``behind``; each is reset when its client has sent ``lives`` times."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    network = Network(listener.getsockname()[1], behind, lives)
    acceptor = threading.Thread(target=_accept, args=(listener, network), daemon=True)
    acceptor.start()
    try:
        yield network
    finally:
        listener.close()


def _accept(listener: socket.socket, network: Network) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(client, network), daemon=True).start()


def _serve(client: socket.socket, network: Network) -> None:
    network.up.wait(SAFETY)
    try:
        site = socket.create_connection(("127.0.0.1", network.behind))
    except OSError:
        _reset(client)
        return
    network.open |= {client, site}
    threading.Thread(target=_pump, args=(site, client), daemon=True).start()
    sent = 0
    with contextlib.suppress(OSError):
        while chunk := client.recv(65536):
            sent += 1
            network.count()
            if sent > network.lives:
                network.resets += 1
                break
            site.sendall(chunk)
    network.open -= {client, site}
    _reset(client)
    site.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    _reset(sink)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.close()
