"""``metrics.prom`` is OpenMetrics, as the parser of Prometheus' own library reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from conformance.history.metrics import METRICS
from tests.conftest import ROOT
from tests.run.conftest import Runner, run

__all__ = ["run"]


def samples(file: Path) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Every sample of the file by its name."""
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(file.read_text(encoding="utf-8")):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_a_run_leaves_metrics(run: Runner) -> None:
    outcome = run("features/41.7.0")
    found = samples(outcome.reports / METRICS)
    counts = {(labels["level"], labels["outcome"]): value for labels, value in found["webex_conformance_scenarios"]}
    assert sum(counts.values()) == len(outcome.summary["scenarios"])
    assert counts["must", "passed"] >= 3
    assert counts["must", "failed"] == 0
    assert found["webex_conformance_requests"] == [({"site": "mock"}, outcome.summary["requests"])]
    (times,) = [labels for labels, _ in found["webex_conformance_reply_seconds_count"] if labels["operation"] == "GetSite"]
    assert times["site"] == "mock"
    middle, most, longest = (
        next(value for labels, value in found["webex_conformance_reply_seconds"]
             if labels["operation"] == "GetSite" and labels["quantile"] == share)
        for share in ("0.5", "0.95", "1.0")
    )  # fmt: skip
    assert 0 < middle <= most <= longest


@pytest.mark.parametrize("name", ['a "quoted" site', "back\\slash", "two\nlines"])
def test_labels_hold_anything(name: str, tmp_path: Path) -> None:
    from conformance.history import metrics

    text = "\n".join([*metrics._gauge("requests", "words", [({"site": name}, 1)]), "# EOF", ""])
    (tmp_path / "m").write_text(text, encoding="utf-8")
    assert samples(tmp_path / "m") == {"webex_conformance_requests": [({"site": name}, 1)]}


def test_the_dashboard_asks_for_metrics_that_a_run_leaves(run: Runner) -> None:
    found = samples(run("features/41.7.0").reports / METRICS)
    board = json.loads((ROOT / "ci" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    asked = set(re.findall(r"webex_conformance_\w+", json.dumps(board)))
    assert asked <= set(found)
    labels = {label for several in found.values() for one, _ in several for label in one}
    assert set(re.findall(r"{{(\w+)}}", json.dumps(board))) <= labels
