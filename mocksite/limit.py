"""Rate limiting: 000045 when a caller asks too often (exceptions.tsv, XML API 10.0 throttling)."""

from __future__ import annotations

import re
import threading
from collections import deque

_WRITTEN = re.compile(r"^(\d+)(?:/(s|m))?$")

#: The window the release notes of 10.0 give.
MINUTE = 60.0


class RateError(ValueError):
    """A rate that cannot be read; the message is for the user."""


class Limit:
    """At most ``count`` requests of one caller in any ``window`` seconds."""

    def __init__(self, count: int, window: float) -> None:
        self.count = count
        self.window = window
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, text: str) -> Limit:
        """The limit written ``20/s`` or ``100/m``; a bare number is per second."""
        found = _WRITTEN.match(text.strip())
        if found is None or int(found.group(1)) == 0:
            raise RateError(f"{text!r} is not a rate; write it like 20/s or 100/m")
        return cls(int(found.group(1)), MINUTE if found.group(2) == "m" else 1.0)

    def admits(self, caller: str, now: float) -> bool:
        """Whether one more request of a caller is within the limit; refused ones do not count."""
        with self._lock:
            seen = self._seen.setdefault(caller.lower(), deque())
            while seen and seen[0] <= now - self.window:
                seen.popleft()
            if len(seen) >= self.count:
                return False
            seen.append(now)
            return True
