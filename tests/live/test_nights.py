"""The nights ``plan`` proposes judge what it says they do, on live sites of which everything is told."""

from __future__ import annotations

from pathlib import Path

from tests.nights import MOCK_ONLY, nights

#: Of each reason why one night is not enough: mail, schemas, classic events, Control Hub, storage; and what only a mock shows.
FEATURES = ("41.5.0", "41.7.0", "41.10.0", "41.12.0/classic-events.feature")


def test_all_but_what_only_a_mock_can_show_is_judged_in_some_night(tmp_path: Path) -> None:
    found = nights(tmp_path / "nights", *(f"features/{name}" for name in FEATURES))
    assert len(found.summaries) >= 4
    assert found.rows("failed", "broken") == {}, "no night accuses a healthy site"
    assert found.rest
    assert set(found.rest.values()) == {MOCK_ONLY}
    judged = found.rows("passed")
    assert len(judged) > 60
    assert set(judged.values()) == {name for name, _ in found.summaries}, "no night is for nothing"
