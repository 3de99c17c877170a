"""How fast requests may leave: the profile's rate, shared by every lane and worker of a site."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable
from pathlib import Path


class Pace:
    """Hands out send times no closer than ``1 / rate`` seconds.

    Times are wall-clock so that processes can share them through ``ledger``, a
    small file holding the next free time; without one the pace is this
    process's own. ``rate`` None means no limit, yet :meth:`pause` still holds
    everybody back (exception 000045, Retry-After).
    """

    def __init__(
        self, rate: float | None, ledger: Path | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._ledger = ledger
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0
        self.waited = 0.0

    def wait(self) -> float:
        """Sleep until the next free time; the seconds slept."""
        if not self._gap and self._ledger is None and self._next <= time.time():
            return 0.0
        delay = max(0.0, self._reserve(self._gap) - time.time())
        if delay:
            self._sleep(delay)
            with self._lock:
                self.waited += delay
        return delay

    def pause(self, seconds: float) -> None:
        """Let nobody send for ``seconds`` from now."""
        self._reserve(0.0, not_before=time.time() + seconds)

    def _reserve(self, gap: float, not_before: float = 0.0) -> float:
        with self._lock:
            if self._ledger is None:
                slot, self._next = _advance(self._next, gap, not_before)
                return slot
            with self._ledger.open("a+", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                slot, following = _advance(float(file.read() or 0), gap, not_before)
                file.truncate(0)
                file.write(repr(following))
                return slot


def _advance(free: float, gap: float, not_before: float) -> tuple[float, float]:
    if not_before:
        return not_before, max(free, not_before)
    slot = max(free, time.time())
    return slot, slot + gap
