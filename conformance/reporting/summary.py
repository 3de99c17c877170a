"""``summary.json``: the result of a run for machines, written last so that its presence means the run is complete."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.reporting.outcome import OUTCOMES, ScenarioResult
from conformance.reporting.shape import Shape
from conformance.target.vault import vault

FORMAT = 1
#: The worst outcome of its scenarios is the outcome of a clause.
_WORST_FIRST = ("failed", "broken", "known", "passed", "skipped")


@dataclass(frozen=True)
class RunRecord:
    """Everything a report of one run on one site is made from.

    ``judged_as`` is the release of the contract, ``site_release`` what the site
    says it runs; ``problems`` make a run red though no scenario failed;
    ``troubles`` are clean-up that did not work and change no verdict.
    """

    site: str
    url: str
    mock: bool
    judged_as: str
    site_release: str
    access: str
    strict: bool
    schema: str
    roles: tuple[str, ...]
    clauses: Mapping[str, Clause]
    started: float
    finished: float
    scenarios: tuple[ScenarioResult, ...]
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    drift: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    sent: int = 0
    selected_of: tuple[int, int] = (0, 0)

    def totals(self) -> dict[str, int]:
        """Scenarios by outcome."""
        return {outcome: sum(1 for result in self.scenarios if result.outcome == outcome) for outcome in OUTCOMES}

    def clause_rows(self) -> list[dict[str, Any]]:
        """Every clause with its outcome: the worst of its scenarios, ``not-run`` when none was selected."""
        return [self._clause_row(clause) for clause in self.clauses.values()]

    def _clause_row(self, clause: Clause) -> dict[str, Any]:
        mine = [result for result in self.scenarios if clause.id in result.clauses]
        outcomes = {result.outcome for result in mine}
        outcome = next((word for word in _WORST_FIRST if word in outcomes), "not-run")
        skips = sorted({f"{result.skip.kind}: {result.skip.why}" for result in mine if result.skip})
        observed = any(result.skip and result.skip.kind == "observe-only" for result in mine)
        return {
            "id": clause.id,
            "release": str(clause.release),
            "operation": clause.operation,
            "level": clause.level,
            "outcome": "observed" if observed and outcome == "skipped" else outcome,
            "scenarios": len(mine),
            "skip": skips[0] if skips and outcome == "skipped" and not observed else None,
        }

    def accounting(self) -> dict[str, int]:
        """Clauses judged, observed, not applicable here and not selected."""
        outcomes = [row["outcome"] for row in self.clause_rows()]
        return {
            "clauses": len(outcomes),
            "judged": sum(word in ("passed", "failed", "broken", "known") for word in outcomes),
            "observed": outcomes.count("observed"),
            "not_applicable": outcomes.count("skipped"),
            "not_selected": outcomes.count("not-run"),
        }


def as_json(record: RunRecord) -> dict[str, Any]:
    """The summary as plain values (``summary.schema.json``)."""
    return {
        "format": FORMAT,
        "suite": __version__,
        "site": record.site,
        "mock": record.mock,
        "release": record.judged_as,
        "site_release": record.site_release,
        "access": record.access,
        "strict": record.strict,
        "schema": record.schema,
        "started": _stamp(record.started),
        "finished": _stamp(record.finished),
        "totals": record.totals(),
        "accounting": record.accounting(),
        "selected": {"scenarios": record.selected_of[0], "of": record.selected_of[1]},
        "scenarios": [_scenario(result) for result in record.scenarios],
        "clauses": record.clause_rows(),
        "problems": list(record.problems),
        "troubles": list(record.troubles),
        "requests": record.sent,
        "drift": {operation: sorted(paths) for operation, paths in sorted(record.drift.items())},
        "shapes": {operation: dict(sorted(shape.items())) for operation, shape in sorted(record.shapes.items())},
    }


def write_summary(record: RunRecord, file: Path) -> None:
    """Write the summary in one move: a reader finds all of it or none."""
    write_whole(file, vault.mask(_lines(as_json(record))) + "\n")


def _lines(whole: dict[str, Any]) -> str:
    """JSON for people too: a line for each scenario, clause and element. (json's own indent is six times slower.)"""
    return "{\n" + ",\n".join(f"{_compact(key)}: {_block(value)}" for key, value in whole.items()) + "\n}"


def _block(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n " + ",\n ".join(map(_compact, value)) + "\n]"
    if isinstance(value, dict) and any(isinstance(item, dict | list) for item in value.values()):
        return "{\n " + ",\n ".join(f"{_compact(key)}: {_compact(item)}" for key, item in value.items()) + "\n}"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_whole(file: Path, text: str) -> None:
    """Write ``text`` so that the file is never seen half written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(file.suffix + ".tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def _scenario(result: ScenarioResult) -> dict[str, Any]:
    row = result.as_json()
    row["duration_s"] = round(result.duration_s, 4)
    row["exchanges"] = list(result.exchanges)
    return row


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def badge(record: RunRecord) -> dict[str, Any]:
    """A shields.io endpoint badge."""
    totals = record.totals()
    bad = [f"{totals[outcome]} {outcome}" for outcome in ("failed", "broken") if totals[outcome]]
    return {
        "schemaVersion": 1,
        "label": f"XML API {record.judged_as}",
        "message": ", ".join(bad) or f"{totals['passed']} passed",
        "color": "critical" if totals["failed"] else "orange" if totals["broken"] or record.problems else "success",
    }


def by_release(record: RunRecord) -> Iterable[tuple[str, list[ScenarioResult], list[dict[str, Any]]]]:
    """For each release of the clause list: its scenarios and its clauses."""
    rows = record.clause_rows()
    for release in dict.fromkeys(row["release"] for row in rows):
        mine = [row for row in rows if row["release"] == release]
        ids = {row["id"] for row in mine}
        yield release, [result for result in record.scenarios if ids & set(result.clauses)], mine
