"""Operations a site does not serve, found out by many threads at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.wire.exchange import Exchange, Request
from conformance.wire.served import NotServed, ServedOperations
from tests.conftest import SAFETY

OPERATION = "GetUser"


def answered(status: int) -> Exchange:
    return Exchange(Request(OPERATION, "host", "https://site", b""), 0.0, 0.0, status, "text/xml", b"<message/>", "")


def learnt(served: ServedOperations, first: Exchange, asked: threading.Event, waiting: threading.Semaphore) -> Exchange:
    """What the first to ask makes of ``first`` when others wait for it."""
    with served.turn(OPERATION) as unknown:
        assert unknown
        asked.set()
        for _ in range(3):
            assert waiting.acquire(timeout=SAFETY)
        return served.learn(OPERATION, first, lambda: first, lambda: True)


def test_who_waited_for_the_first_answer_goes_on_side_by_side() -> None:
    served, asked, waiting, together = ServedOperations(), threading.Event(), threading.Semaphore(0), threading.Barrier(3)

    def other() -> bool:
        assert asked.wait(SAFETY)
        waiting.release()
        with served.turn(OPERATION) as unknown:
            together.wait(SAFETY)
            return unknown

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(learnt, served, answered(200), asked, waiting)
        others = [pool.submit(other) for _ in range(3)]
        assert [one.result() for one in others] == [False] * 3
        assert first.result().status == 200


def test_who_waited_for_an_operation_that_is_absent_does_not_ask() -> None:
    served, asked, waiting = ServedOperations(), threading.Event(), threading.Semaphore(0)

    def other() -> None:
        assert asked.wait(SAFETY)
        waiting.release()
        with served.turn(OPERATION):
            pytest.fail("asked again")

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(learnt, served, answered(404), asked, waiting)
        others = [pool.submit(other) for _ in range(3)]
        with pytest.raises(NotServed):
            first.result()
        for one in others:
            with pytest.raises(NotServed):
                one.result()
    assert served.found == {OPERATION: "HTTP 404"}
