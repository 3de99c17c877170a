"""An operation that became slower is told, and never failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.history.archive import Archive
from conformance.history.index import Index
from conformance.history.night import moment_of
from conformance.history.view import SiteHistory
from tests.history import simulation


def kept(folder: Path, medians: Iterable[float]) -> None:
    """Good nights, one with each of ``medians`` of the replies to GetUser, in milliseconds."""
    first = next(simulation.nights(simulation.Site("staging", 1)))
    for number, median in enumerate(medians):
        started = moment_of(first.started) + dt.timedelta(days=number)
        times = {"GetUser": (60, median, 2 * median, 3 * median), "GetSite": (60, 200.0, 300.0, 400.0)}
        good = replace(first, started=f"{started:%Y%m%dT%H%M%SZ}", outcomes="P" * len(first.outcomes), words={})
        Archive(folder).keep(replace(good, reply_times=times))


def told(folder: Path) -> list[str]:
    index = Index(Archive(folder))
    try:
        return SiteHistory(index, "staging").slower()
    finally:
        index.close()


@pytest.mark.parametrize(
    ("medians", "slower"),
    [
        ([200] * 30 + [310] * 7, True),
        ([200] * 30 + [290] * 7, False),
        ([200] * 40, False),
        ([300] * 30 + [100] * 7, False),
        # Half as long again, and nobody would notice.
        ([40] * 30 + [80] * 7, False),
        # One bad night is no trend.
        ([200] * 36 + [2000], False),
        ([200] * 33 + [2000] * 4, True),
        # Two weeks are needed before anything is said.
        ([200] * 6 + [900] * 7, False),
        ([200] * 7 + [900] * 7, True),
    ],
)
def test_it_is_told_when_the_last_week_is_half_above_the_month_before(
    tmp_path: Path, medians: list[float], slower: bool
) -> None:
    kept(tmp_path, medians)
    assert bool(told(tmp_path)) is slower
    assert all(words.startswith("GetUser became slower: a reply took ") for words in told(tmp_path))


def test_it_is_told_and_nothing_fails_by_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(tmp_path, [200] * 30 + [400] * 7)
    assert main(["history", "--history", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "GetUser became slower: a reply took 400 ms in the last 7 nights, 200 ms before (medians)" in out
    assert "failing" not in out
    assert main(["history", "--history", str(tmp_path), "--html", str(tmp_path / "page.html")]) == 0
    assert "GetUser became slower" in (tmp_path / "page.html").read_text(encoding="utf-8")
