"""The rate of a profile, kept by threads and processes that are woken late."""

from __future__ import annotations

import multiprocessing
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from conformance.wire import rate_limiter as module
from conformance.wire.rate_limiter import RateLimiter

RATE = 100.0


class Clock:
    """A time that passes only in :meth:`sleep`, which returns late every other time."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._slept = 0

    def time(self) -> float:
        return self.now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self._slept += 1
        self.now += seconds + (0.03 if self._slept % 2 else 0.0)


def spend(rate_limiter: RateLimiter, each: int = 8, threads: int = 5) -> list[float]:
    """The moments at which ``threads`` threads were let go, ``each`` times each."""
    moments: list[float] = []

    def ask() -> None:
        for _ in range(each):
            rate_limiter.wait()
            moments.append(time.time())

    crew = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return moments


def other_process(ledger: Path, moments: multiprocessing.SimpleQueue[list[float]]) -> None:
    moments.put(spend(RateLimiter(RATE, ledger)))


def rate(moments: list[float]) -> float:
    return (len(moments) - 1) / (max(moments) - min(moments))


def test_who_is_woken_late_delays_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    rate_limiter = RateLimiter(RATE, sleep=clock.sleep)
    moments = []
    for _ in range(10):
        rate_limiter.wait()
        moments.append(clock.now)
    assert min(after - before for before, after in pairwise(moments)) >= 1 / RATE - 1e-9


def test_threads_share_the_rate() -> None:
    moments = spend(RateLimiter(RATE))
    assert len(moments) == 40
    assert rate(moments) <= RATE * 1.25


def test_processes_share_the_rate(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    told = context.SimpleQueue()
    processes = [context.Process(target=other_process, args=(tmp_path / "pace", told)) for _ in range(2)]
    for process in processes:
        process.start()
    parts = told.get(), told.get()
    for process in processes:
        process.join()
    moments = [*parts[0], *parts[1]]
    assert len(moments) == 80
    # The one that started first may have been done before the other began.
    assert rate(moments) <= RATE * 1.25


def test_a_pause_holds_everybody_back() -> None:
    rate_limiter = RateLimiter(None)
    assert rate_limiter.wait() == 0
    rate_limiter.pause(0.2)
    assert rate_limiter.wait() >= 0.19
    assert rate_limiter.waited >= 0.19
    assert rate_limiter.wait() == 0


def test_a_shorter_pause_does_not_end_a_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    rate_limiter = RateLimiter(None, sleep=clock.sleep)
    rate_limiter.pause(20)
    rate_limiter.pause(1)
    assert rate_limiter.wait() >= 20
