"""A comparison of two runs as Markdown, to be pasted into a change ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conformance.reporting.compare_text import reason, totals, verdict
from conformance.reporting.delta import CHANGES, Delta, outcomes
from conformance.reporting.shape_drift import Drift
from conformance.reporting.text import safe

# A title or a reply must not become markup of the ticket.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown_of(delta: Delta) -> str:
    """The whole comparison."""
    parts = (_heading(delta), _changes(delta), _gained(delta), _drift(delta))
    return "\n".join(line for part in parts for line in part) + "\n"


def _heading(delta: Delta) -> Iterator[str]:
    yield f"# From {_said(delta.before.name)} to {_said(delta.after.name)}"
    yield ""
    yield f"**{_upper(_said(verdict(delta)))}.**"
    yield ""
    runs = (("before", delta.before), ("after", delta.after))
    yield from _table(["", "site", "run", "scenarios"], [[word, run.name, run.day, totals(run)] for word, run in runs])
    yield from (f"- {_said(note)}" for note in delta.notes)
    yield ""


def _changes(delta: Delta) -> Iterator[str]:
    for what in CHANGES:
        changes = delta.of(what)
        if changes:
            yield f"## {_upper(what)} ({len(changes)})"
            yield ""
            rows = [[", ".join(one.scenario.clauses), one.scenario.title, reason(one)] for one in changes]
            yield from _table(["clause", "scenario", "outcome"], rows)


def _gained(delta: Delta) -> Iterator[str]:
    for release, items in delta.brought().items():
        yield f"## What {release} brings"
        yield ""
        yield from _table(
            ["item of the notes", "clauses", "after the upgrade"],
            [[item, _ids([one.clause.id for one in gained]), outcomes(gained)] for item, gained in items.items()],
        )


def _ids(ids: list[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1].partition('-')[2]}"


def _drift(delta: Delta) -> Iterator[str]:
    for heading, drift in (("Unannounced", delta.unannounced), ("Announced", delta.announced)):
        yield f"## {heading} differences of replies ({len(drift)})"
        yield ""
        if drift:
            rows = [[one.operation, one.what, one.path, one.before, one.after, _announced(one, delta)] for one in drift]
            yield from _table(["operation", "", "element", "before", "after", "announced by"], rows)


def _announced(drift: Drift, delta: Delta) -> str:
    return f"{drift.clause}: {delta.clauses[drift.clause].text}" if drift.clause else "nobody"


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(_said, row))} |"
    yield ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", safe(" ".join(text.split())))
