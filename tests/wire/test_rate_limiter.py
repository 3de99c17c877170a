"""The rate of a profile, kept by threads and processes that are woken late."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from conformance.sites.profile_file import load_profile
from conformance.wire import rate_limiter as module
from conformance.wire.client import Client, tls_context
from conformance.wire.exchange import Request
from conformance.wire.rate_limiter import RateLimiter
from tests.twisted import twisted

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


@pytest.mark.parametrize(("rate", "part"), [(None, (1, 1)), (0.5, (1, 1)), (0.5, (2, 3))])
def test_a_clock_that_is_set_back_holds_nobody_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rate: float | None, part: tuple[int, int]
) -> None:
    """A run would have waited for as long as the clock was ahead, without a word."""
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    rate_limiter = RateLimiter(rate, tmp_path / "pace", sleep=clock.sleep, part=part)
    clock.now += 7200
    rate_limiter.wait()
    rate_limiter.left()
    rate_limiter.pause(60)
    clock.now -= 7200
    assert rate_limiter.wait() < 10
    rate_limiter.pause(60)
    assert rate_limiter.wait() >= 60, "from then on all is as before"


def test_who_waits_can_be_told_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    rate_limiter = RateLimiter(None, sleep=clock.sleep)
    rate_limiter.pause(40)
    clock.now += 10
    assert rate_limiter.held_back == 30
    rate_limiter.wait()
    assert rate_limiter.held_back == 0


@pytest.mark.parametrize(("rate", "parts"), [(2, 2), (2, 4), (2, 8), (4, 3), (40, 4)])
def test_parts_of_a_site_keep_its_rate_together(monkeypatch: pytest.MonkeyPatch, rate: int, parts: int) -> None:
    """Each on a machine of its own, with threads that are woken late and pauses between its requests."""
    moments = []
    for number in range(1, parts + 1):
        clock, chance = Clock(), random.Random(number)
        monkeypatch.setattr(module, "time", clock)
        rate_limiter = RateLimiter(rate / parts, sleep=clock.sleep, part=(number, parts))
        for _ in range(60):
            rate_limiter.wait()
            moments.append(clock.now)
            clock.now += chance.choice([0.0, 0.001, 0.2, 1.5])
    moments.sort()
    late = max(0.1 / rate, 0.02)
    assert all(after - before >= 1 - late for before, after in zip(moments, moments[rate:], strict=False))
    assert min(after - before for before, after in pairwise(moments)) >= 0.5 / rate - 1e-6


def test_a_part_is_let_go_as_often_as_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    rate_limiter = RateLimiter(0.5, sleep=clock.sleep, part=(3, 4))
    for _ in range(50):
        rate_limiter.wait()
    assert 48 * 2 <= clock.now - 1_000 <= 51 * 2


def test_the_next_is_as_far_from_when_the_last_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    rate_limiter = RateLimiter(2, sleep=clock.sleep)
    rate_limiter.wait()
    clock.now += 0.4  # a connection that took its time
    rate_limiter.left()
    written = clock.now
    rate_limiter.wait()
    assert clock.now - written >= 0.5


def test_a_connection_that_takes_longer_than_requests_are_apart_lets_none_leave_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    rate_limiter = RateLimiter(2, sleep=clock.sleep)
    moments = []
    for still_connecting in (False, True, False):  # the second, when the third is let go and leaves
        rate_limiter.wait()
        if still_connecting:
            continue
        rate_limiter.leaves()
        moments.append(clock.now)
        rate_limiter.left()
    clock.now += 0.1
    rate_limiter.leaves()
    moments.append(clock.now)
    assert min(after - before for before, after in pairwise(moments)) >= 0.5


def test_what_left_in_its_turn_does_not_wait_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    slept: list[float] = []
    rate_limiter = RateLimiter(2, sleep=lambda seconds: (slept.append(seconds), clock.sleep(seconds))[1])
    for _ in range(3):
        rate_limiter.wait()
        let_go, number = clock.now, len(slept)
        rate_limiter.leaves()
        rate_limiter.left()
        assert (clock.now, len(slept)) == (let_go, number)


def test_a_client_tells_when_a_request_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before: list[int] = []
    told: list[int] = []
    with twisted(tmp_path) as site:
        monkeypatch.setattr(RateLimiter, "leaves", lambda _: before.append(len(site.asked)))
        monkeypatch.setattr(RateLimiter, "left", lambda _: told.append(len(site.asked)))
        profile = load_profile("twisted", site.sites)
        client = Client(profile, RateLimiter(1000), tls_context(profile))
        for _ in range(3):
            assert not client.send(Request("GetAPIVersion", "", profile.url, b"<message/>")).error
        client.close()
    assert before == [0, 1, 2], "asked before it is written"
    assert len(told) == 3
    assert told[0] in (0, 1), "told before the reply came, not after the next"


def test_what_processes_share_is_written_over_in_place(tmp_path: Path) -> None:
    """A disk that has filled up takes it: else nothing could be sent any more, not even to clean up."""
    file = tmp_path / "rate"
    limiter = RateLimiter(1000, file)
    sizes = []
    for _ in range(3):
        limiter.wait()
        limiter.left()
        sizes.append((file.stat().st_size, file.stat().st_ino))
    assert len(set(sizes)) == 1
    assert sizes[0][0] > 0
    limiter.pause(5.0)
    assert 4.0 < float(file.read_bytes().split()[0]) - time.time() <= 5.0
