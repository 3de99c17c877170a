"""A comparison of two runs for the terminal and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from conformance.reporting.delta import CHANGES, Change, Delta
from conformance.reporting.run_file import RunFile
from conformance.reporting.shape_drift import Drift
from conformance.reporting.text import safe, table

#: Outcomes of clauses, in the order of the columns.
OUTCOMES = ("passed", "failed", "broken", "known", "skipped", "observed", "not-run")
FORMAT = 1


def lines_of(delta: Delta) -> list[str]:
    """The comparison, line by line, the verdict last."""
    told = [*_heading(delta), *_changes(delta), *_gained(delta), *_drift(delta), "", f"verdict  {verdict(delta)}"]
    return [safe(line) for line in told]


def verdict(delta: Delta) -> str:
    """One line: nothing worse, or what is."""
    reasons = delta.worse()
    return f"worse: {', '.join(reasons)}" if reasons else "nothing worse"


def _heading(delta: Delta) -> Iterator[str]:
    rows = [[word, run.name, run.day, totals(run)] for word, run in (("BEFORE", delta.before), ("AFTER", delta.after))]
    yield from table(rows)
    yield from (f"note     {note}" for note in delta.notes)


def totals(run: RunFile) -> str:
    """Scenarios by outcome in words, those there are."""
    return ", ".join(f"{number} {word}" for word, number in run.totals().items() if number)


def _changes(delta: Delta) -> Iterator[str]:
    yield ""
    if not delta.changes:
        yield "scenarios  no outcome changed but where the release is newer"
    for what in CHANGES:
        changes = delta.of(what)
        if changes:
            yield f"{what}  {len(changes)}"
            for change in changes:
                yield f"  {', '.join(change.scenario.clauses)}  {change.scenario.nodeid}"
                yield f"    {reason(change)}"


def reason(change: Change) -> str:
    """What it was, and why it is what it is."""
    why = f"{change.scenario.kind}: {change.scenario.why}" if change.scenario.kind else change.scenario.why
    return f"was {change.before}, is {change.scenario.word}{f': {why}' if why else ''}"


def _gained(delta: Delta) -> Iterator[str]:
    if not delta.gained:
        return
    yield ""
    rows = [["clauses gained", "", *OUTCOMES]]
    for release, items in delta.brought().items():
        counts = Counter(one.outcome for gained in items.values() for one in gained)
        rows.append([str(release), str(counts.total()), *(str(counts[word]) for word in OUTCOMES)])
    yield from table(rows, right=frozenset(range(1, len(OUTCOMES) + 2)))
    for one in delta.gained:
        if one.outcome in ("failed", "broken", "skipped", "not-run"):
            yield f"  {one.outcome}  {one.clause.id}  {one.clause.text}"


def _drift(delta: Delta) -> Iterator[str]:
    yield ""
    yield f"replies  {len(delta.announced)} differences announced, {len(delta.unannounced)} unannounced"
    if delta.drift:
        yield from table([["", "operation", "", "element", "before", "after"], *map(_row, _loudest_first(delta))])


def _loudest_first(delta: Delta) -> tuple[Drift, ...]:
    return (*delta.unannounced, *delta.announced)


def _row(drift: Drift) -> list[str]:
    who = drift.clause or "UNANNOUNCED"
    return [f"  {who}", drift.operation, drift.what, drift.path, drift.before, drift.after]


def as_json(delta: Delta) -> dict[str, Any]:
    """The comparison as plain values (``compare.schema.json``)."""
    return {
        "format": FORMAT,
        "before": _run(delta.before),
        "after": _run(delta.after),
        "worse": list(delta.worse()),
        "notes": list(delta.notes),
        "changes": [_change(change) for change in delta.changes],
        "gained": [{"id": one.clause.id, "text": one.clause.text, "outcome": one.outcome} for one in delta.gained],
        "drift": [_difference(drift) for drift in delta.drift],
    }


def _run(run: RunFile) -> dict[str, Any]:
    return {
        "site": run.site,
        "mock": run.mock,
        "release": str(run.release),
        "judged_as": str(run.judged_as),
        "finished": run.finished.isoformat(timespec="seconds"),
        "totals": run.totals(),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "change": change.what,
        "worse": change.worse,
        "nodeid": change.scenario.nodeid,
        "title": change.scenario.title,
        "clauses": list(change.scenario.clauses),
        "before": change.before,
        "after": change.scenario.word,
        "skip": change.scenario.kind or None,
        "why": change.scenario.why,
    }


def _difference(drift: Drift) -> dict[str, Any]:
    return {
        "operation": drift.operation,
        "path": drift.path,
        "change": drift.what,
        "before": drift.before,
        "after": drift.after,
        "announced": drift.clause or None,
    }
