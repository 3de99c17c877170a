"""How fast requests may leave: the profile's rate, shared by every lane and worker of a site."""

from __future__ import annotations

import fcntl
import math
import os
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

#: Seconds within which a thread is woken, even on a busy machine, most of the time.
_LATE = 0.02
#: Nobody is held back for longer, but for the time requests are apart: what says so was written before the clock was
#: set back, and waiting for it would take as long as the clock was ahead.
_LONGEST = 120.0
#: Bytes of the ledger, which are written over in place: a disk that filled up meanwhile takes them.
_WIDTH = 64
_all: weakref.WeakSet[RateLimiter] = weakref.WeakSet()


def held_back() -> float:
    """Seconds for which a site that limits the rate still holds this process back; 0 when none does."""
    return max((one.held_back for one in list(_all)), default=0.0)


class RateLimiter:
    """Lets one request leave at a time, no two closer than ``1 / rate`` seconds.

    Times are wall-clock so that processes can share them through ``ledger``, a
    small file holding the next free time and when a request was written last;
    without one the rate is this process's own. ``rate`` None means no limit, yet :meth:`pause` still holds
    everybody back (exception 000045, Retry-After).

    Part K of N of a site has the share ``rate`` and leaves only at moments of its
    own, which no other part has: together they are as far apart as one run's
    requests. Their machines' clocks must agree.
    """

    def __init__(
        self,
        rate: float | None,
        ledger: Path | None = None,
        sleep: Callable[[float], object] | None = None,
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
        self._over = threading.Event()
        self._sleep = sleep or self._over.wait
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._next, self._written = 0.0, 0.0
        self._paused_until = 0.0
        self.waited = 0.0
        #: Seconds paused for a request that was refused for the rate to the end; 0 once another has been answered.
        self.in_vain = 0.0
        _all.add(self)

    def wait(self) -> float:
        """Sleep until a request may leave; the seconds slept."""
        if not self._gap and self._ledger is None and self._next <= time.time():
            return 0.0
        asked = time.monotonic()
        with self._turn:
            # The time is taken after the sleep, not booked before it: a thread
            # that is woken late must not leave together with the one behind it.
            while not self._over.is_set() and (delay := self._claim()) > 0:
                self._sleep(delay)
                self.waited += delay
        return time.monotonic() - asked

    def pause(self, seconds: float) -> None:
        """Let nobody send for ``seconds`` from now."""
        self._paused_until = time.monotonic() + seconds
        until = time.time() + seconds
        self._book(lambda free, written: (max(free, until), written))

    def give_up(self) -> None:
        """Let everybody go who waits, now and from now on: told from another thread, when nothing is sent any more."""
        self._over.set()

    @property
    def held_back(self) -> float:
        """Seconds that are left of the last pause."""
        return max(0.0, self._paused_until - time.monotonic())

    def leaves(self) -> None:
        """Told when a request is about to be written: sleep if another has been since this one was let go.

        A connection may take longer to make than requests are apart; one that was let go later has then left before.
        """
        if not self._gap or self._parts > 1:
            return
        while not self._over.is_set() and (delay := self._another_gap()) > 0:
            self._sleep(delay)

    def left(self) -> None:
        """Told when a request has been written, which may be long after it was let go: the next is as far from that."""
        if self._gap and self._parts == 1:
            now = time.time()
            self._book(lambda free, written: (max(free, now + self._gap), max(written, now)))

    def _claim(self) -> float:
        """Take the present moment if it is free (0), else the seconds until it may be."""
        now = time.time()

        def taken(free: float, written: float) -> tuple[float, float]:
            return free if (mine := self._mine(free, now)) > now else self._after(mine), written

        return max(0.0, self._mine(self._book(taken)[0], now) - now)

    def _another_gap(self) -> float:
        """Seconds until the last that was written is a gap away; if it is (0), this one is the last."""
        delay = 0.0

        def leaving(free: float, written: float) -> tuple[float, float]:
            nonlocal delay
            now = time.time()
            # What was written later than now was written before the clock was set back.
            delay = written + self._gap - now if now - self._gap < written <= now else 0.0
            return free, written if delay > 0 else now

        self._book(leaving)
        return delay

    def _mine(self, free: float, now: float) -> float:
        """The first moment from ``free`` on at which this part may send; not in the past but for :attr:`_late`."""
        free = now if free > now + self._gap + _LONGEST else free
        if self._parts == 1:
            return max(free, now)
        return self._first + math.ceil((max(free, now - self._late) - self._first) / self._gap) * self._gap

    def _after(self, moment: float) -> float:
        """From when on the next may leave: a part has no other moment before its next, a whole gap away."""
        return moment + (self._gap if self._parts == 1 else self._gap / 2)

    def _book(self, following: Callable[[float, float], tuple[float, float]]) -> tuple[float, float]:
        """Replace the next free time and when one was written last, for every thread and process; what they were."""
        with self._lock:
            if self._ledger is None:
                before = self._next, self._written
                self._next, self._written = following(*before)
                return before
            file = os.open(self._ledger, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                free, written = map(float, (os.pread(file, _WIDTH, 0) or b"0 0").split())
                os.pwrite(file, "{!r} {!r}".format(*following(free, written)).ljust(_WIDTH).encode(), 0)
            finally:
                os.close(file)
            return free, written
