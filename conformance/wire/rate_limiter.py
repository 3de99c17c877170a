"""How fast requests may leave: the profile's rate, shared by every lane and worker of a site."""

from __future__ import annotations

import fcntl
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

#: Seconds within which a thread is woken, even on a busy machine, most of the time.
_LATE = 0.02


class RateLimiter:
    """Lets one request leave at a time, no two closer than ``1 / rate`` seconds.

    Times are wall-clock so that processes can share them through ``ledger``, a
    small file holding the next free time; without one the rate is this
    process's own. ``rate`` None means no limit, yet :meth:`pause` still holds
    everybody back (exception 000045, Retry-After).

    Part K of N of a site has the share ``rate`` and leaves only at moments of its
    own, which no other part has: together they are as far apart as one run's
    requests. Their machines' clocks must agree.
    """

    def __init__(
        self,
        rate: float | None,
        ledger: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
        *,
        part: tuple[int, int] = (1, 1),
    ) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        number, self._parts = part if rate else (1, 1)
        apart = self._gap / self._parts
        self._first = (number - 1) * apart
        #: Who is woken later than this after a moment of its part waits for the next: another part's is near.
        self._late = min(apart / 2, max(apart / 10, _LATE))
        self._ledger = ledger
        self._sleep = sleep
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._next = 0.0
        self.waited = 0.0

    def wait(self) -> float:
        """Sleep until a request may leave; the seconds slept."""
        if not self._gap and self._ledger is None and self._next <= time.time():
            return 0.0
        asked = time.monotonic()
        with self._turn:
            # The time is taken after the sleep, not booked before it: a thread
            # that is woken late must not leave together with the one behind it.
            while (delay := self._claim()) > 0:
                self._sleep(delay)
                self.waited += delay
        return time.monotonic() - asked

    def pause(self, seconds: float) -> None:
        """Let nobody send for ``seconds`` from now."""
        until = time.time() + seconds
        self._book(lambda free: max(free, until))

    def left(self) -> None:
        """Told when a request has been written, which may be long after it was let go: the next is as far from that."""
        if self._gap and self._parts == 1:
            until = time.time() + self._gap
            self._book(lambda free: max(free, until))

    def _claim(self) -> float:
        """Take the present moment if it is free (0), else the seconds until it may be."""
        now = time.time()
        free = self._book(lambda free: free if (mine := self._mine(free, now)) > now else self._after(mine))
        return max(0.0, self._mine(free, now) - now)

    def _mine(self, free: float, now: float) -> float:
        """The first moment from ``free`` on at which this part may send; not in the past but for :attr:`_late`."""
        if self._parts == 1:
            return max(free, now)
        return self._first + math.ceil((max(free, now - self._late) - self._first) / self._gap) * self._gap

    def _after(self, moment: float) -> float:
        """From when on the next may leave: a part has no other moment before its next, a whole gap away."""
        return moment + (self._gap if self._parts == 1 else self._gap / 2)

    def _book(self, following: Callable[[float], float]) -> float:
        """Replace the next free time, for every thread and process; what it was before."""
        with self._lock:
            if self._ledger is None:
                free, self._next = self._next, following(self._next)
                return free
            with self._ledger.open("a+", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                free = float(file.read() or 0)
                file.truncate(0)
                file.write(repr(following(free)))
                return free
