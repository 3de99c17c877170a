"""Limits a server keeps: how large a request, how long a silence, how many requests of one caller."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass

from mocksite.errors import RateError

#: A body larger than any request of the API.
BODY_LIMIT = 16 * 1024 * 1024

#: Seconds a connection may stay idle, and a TLS handshake may take.
IDLE = 120

_WRITTEN = re.compile(r"^(\d+)(?:/(s|m))?$")

#: The window the release notes of 10.0 give.
MINUTE = 60.0


#: The longest a server waits before an answer, in milliseconds: no client waits for more.
LONGEST = 600_000


def pause(text: str) -> int:
    """Milliseconds as somebody wrote them."""
    number = int(text) if text.isdecimal() and len(text) < 10 else -1
    if not 0 <= number <= LONGEST:
        raise RateError(f"{text!r} is no latency: milliseconds, 0 to {LONGEST}")
    return number


@dataclass
class Pace:
    """How long a server waits before every answer; the console changes it."""

    seconds: float = 0.0


class RateLimiter:
    """At most ``count`` requests of one caller in any ``window`` seconds."""

    def __init__(self, count: int, window: float) -> None:
        self.count = count
        self.window = window
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, text: str) -> RateLimiter:
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
