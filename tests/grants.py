"""When requests left by the rate, told by the rate limiter itself.

Where requests arrive, a loaded machine lets some catch others up; where they leave no two are closer than the
rate allows, in however many threads and processes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from conformance.wire.rate_limiter import RateLimiter

Following = Callable[[float, float], tuple[float, float]]


def noting(file: Path) -> dict[str, Callable[..., object]]:
    """Replacements for methods of :class:`RateLimiter` that write into ``file`` each moment at which a request left."""
    here = threading.local()
    another_gap, book = RateLimiter._another_gap, RateLimiter._book

    def leaving(self: RateLimiter) -> float:
        here.leaves = True
        try:
            return another_gap(self)
        finally:
            here.leaves = False

    def booking(self: RateLimiter, following: Following) -> tuple[float, float]:
        def noted(free: float, written: float) -> tuple[float, float]:
            then = following(free, written)
            if then[1] != written and getattr(here, "leaves", False):
                with file.open("a", encoding="ascii") as out:
                    out.write(f"{then[1]!r}\n")
            return then

        return book(self, noted)

    return {"_another_gap": leaving, "_book": booking}


def note(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """For runs in this process."""
    for name, replacement in noting(file).items():
        monkeypatch.setattr(RateLimiter, name, replacement)


def plugin(file: Path) -> str:
    """The text of a plugin, for runs in processes of their own."""
    return (
        "from pathlib import Path\n"
        "from conformance.wire.rate_limiter import RateLimiter\n"
        "from tests.grants import noting\n"
        f"for name, replacement in noting(Path({str(file)!r})).items():\n"
        "    setattr(RateLimiter, name, replacement)\n"
    )


def kept(file: Path, rate: float, sent: int) -> None:
    """Assert that each of ``sent`` requests left by the rate, and none sooner."""
    moments = sorted(float(line) for line in file.read_text(encoding="ascii").splitlines())
    assert len(moments) >= sent, "requests left of which no rate limiter knew"
    assert min(after - before for before, after in pairwise(moments)) >= 1 / rate - 1e-4
