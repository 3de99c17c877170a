"""A year that is made up, read and held against what was planted in it; ``python -m tests.history`` measures ten sites."""

from __future__ import annotations

from pathlib import Path

from tests.history.measure import measured, year


def test_planted_histories_are_told_right(tmp_path: Path) -> None:
    figures = measured(tmp_path, year(tmp_path, seed=1, count=1))
    assert not figures.wrong
    assert figures.planted == 20
    assert figures.regressions_called_flaky == 0
    assert figures.page_bytes < 500_000
