"""What one reply costs to parse, to judge and to report, by its size."""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from lxml import etree

from benchmarks.recording import Recorded
from conformance.judge.contract import Contract
from conformance.judge.schema_check import check_schema
from conformance.reporting.exchange_file import write_exchange
from conformance.reporting.shapes import shape_of
from conformance.sites.release import Release
from conformance.wire.exchange import Exchange, Request
from conformance.wire.exchange import read_reply

#: Bytes; the issue's three sizes.
SIZES = (20_000, 200_000, 2_000_000)


@dataclass(frozen=True)
class Cost:
    """Milliseconds, medians, for a reply of ``size`` bytes."""

    size: int
    parse: float
    judge: float
    shape: float
    report: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.parse + self.judge + self.shape + self.report


def costs(root: Path, url: str, recorded: list[Recorded], rounds: int) -> list[Cost]:
    """Measure a session list of the mock, its rows repeated until it has each size."""
    body = next(body for one in recorded for body, ok in one.requests if ok and "LstsummarySession" in body)
    reply = httpx.post(url, content=body.encode(), trust_env=False).content
    return [_cost(root, grown(reply, size), rounds) for size in SIZES]


def grown(reply: bytes, size: int) -> bytes:
    """``reply`` with its last row repeated until it has ``size`` bytes."""
    root = etree.fromstring(reply)
    row = next(reversed(list(root.iterfind(".//{*}bodyContent/{*}session"))))
    each = len(etree.tostring(row))
    for _ in range(max(0, (size - len(reply)) // each)):
        row.addnext(copy.deepcopy(row))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _cost(root: Path, body: bytes, rounds: int) -> Cost:
    view = Contract(root / "schemas").view(Release.parse("41.12.0"))
    request = Request("LstsummarySession", "host", "http://127.0.0.1/", b"<message/>")
    exchange = Exchange(request, 0.0, 0.0, status=200, body=body)
    reply = read_reply("LstsummarySession", body)
    check_schema(reply, view)
    with TemporaryDirectory() as folder:
        return Cost(
            len(body),
            _median(lambda: read_reply("LstsummarySession", body), rounds),
            _median(lambda: check_schema(reply, view), rounds),
            _median(lambda: shape_of(reply), rounds),
            _median(lambda: write_exchange(Path(folder), "1", exchange), rounds),
        )


def _median(work: Callable[[], object], rounds: int) -> float:
    def once() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return 1000 * statistics.median(once() for _ in range(rounds))
