"""A time limit for whole exchanges: a site that sends a byte now and then satisfies every limit of a single read."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

_LOOKS_EVERY = 0.25
#: A client has one connection at a time, the preflight one per account.
_MOST = 64


class Watch:
    """Calls ``cut`` of every exchange that takes longer than its limit; one thread for all of a process."""

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
        self.cut_off = False

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Remember what has just been connected."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets = [*self._sockets[1 - _MOST :], info["return_value"].get_extra_info("socket")]  # type: ignore[attr-defined]

    def cut(self) -> None:
        """Shut every connection: whoever reads from one is woken and finds its end."""
        self.cut_off = True
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


#: One watch for the process.
watch = Watch()
