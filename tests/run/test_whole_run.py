"""The whole suite against the mock that ships with it, whatever else has its turn: nobody is accused, and all is told."""

from __future__ import annotations

from tests.run.conftest import Runner


def test_the_sound_mock_keeps_every_clause(run: Runner) -> None:
    outcome = run("features")
    totals = outcome.summary["totals"]
    assert (outcome.code, totals["failed"], totals["broken"], totals["flaky"]) == (0, 0, 0, 0), outcome.text
    assert totals["passed"] > 300
    assert sum(totals.values()) == outcome.summary["selected"]["scenarios"]
    assert {one["release"] for one in outcome.summary["scenarios"] if one["outcome"] == "passed"} >= {"41.2.0", "41.11.0", "41.12.0"}
