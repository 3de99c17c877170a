"""``webex-conformance compare``: the difference of two runs as text, JSON, Markdown and one HTML page."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from conformance.judge.clauses import load_clauses
from conformance.judge.contract import Contract
from conformance.reporting.comparison.clients import ClientEffect, effects, read_use
from conformance.reporting.comparison.compare import CHANGES, Change, Delta, compare_runs, outcomes
from conformance.reporting.pages import render, write_page
from conformance.reporting.shapes import Drift
from conformance.reporting.summary import RunFile, read_run
from conformance.reporting.text import ascii_json, counted, safe, table
from conformance.sites.errors import UserError

#: Outcomes of clauses, in the order of the columns.
OUTCOME_WORDS = ("passed", "failed", "flaky", "broken", "known", "skipped", "observed", "not-run")
FORMAT = 1
#: Of scenarios with one cause.
_MOST_NAMED = 5


def lines_of(delta: Delta, clients: Sequence[ClientEffect] = ()) -> list[str]:
    """The comparison, line by line, the verdict last."""
    told = [*_heading(delta), *_changes(delta), *_gained(delta), *_drift(delta), *_clients(clients)]
    return [safe(line) for line in (*told, "", f"verdict  {verdict(delta)}")]


def _clients(clients: Sequence[ClientEffect]) -> Iterator[str]:
    if clients:
        yield ""
        yield f"clients  {', '.join(one.client for one in clients if one.breaks) or 'none'} broken"
    for one in clients:
        yield f"  {one.client}  {in_numbers(one)}"
        yield from (f"    breaks  {words}" for words in one.breaks)
        yield from (f"    may break  {words}" for words in one.may_break)


def in_numbers(effect: ClientEffect) -> str:
    """``2 differences break it, 1 may, 30 cannot touch it``."""
    breaks, may = len(effect.breaks), len(effect.may_break)
    told = f"{counted(breaks, 'difference')} break{'s' * (breaks == 1)} it"
    return f"{told}, {may} may, {effect.untouched} cannot touch it"


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
        groups = delta.together(what)
        if groups:
            yield f"{what}  {sum(map(len, groups))}"
        for changes in groups:
            if len(changes) > 1:
                yield f"  {together(changes)}"
            for change in changes[:_MOST_NAMED]:
                yield f"  {', '.join(change.scenario.clauses)}  {change.scenario.nodeid}"
            if len(changes) > _MOST_NAMED:
                yield f"  ... and {len(changes) - _MOST_NAMED} more, in --json"
            yield f"    {reason(changes[0])}"
    if expected := expected_skips(delta):
        yield f"as expected  {expected}"


def together(changes: Sequence[Change]) -> str:
    """How many scenarios changed alike, and by what, where anything is said to be wrong with them now."""
    cause = ", ".join(changes[0].scenario.causes) or changes[0].scenario.why
    return f"{len(changes)} scenarios, {f'one cause: {cause}' if cause else 'all alike'}"


def expected_skips(delta: Delta) -> str:
    """How many scenarios are skipped as the contract asks for, in one line; "" when none is."""
    counts = delta.rightly_skipped()
    number = sum(counts.values())
    why = ", ".join(f"{word} {count}" for word, count in counts.items())
    return f"{number} {'scenario' if number == 1 else 'scenarios'} newly skipped: {why}" if counts else ""


def reason(change: Change) -> str:
    """What it was, and why it is what it is."""
    why = f"{change.scenario.kind}: {change.scenario.why}" if change.scenario.kind else change.scenario.why
    return f"{change.before} before, {change.scenario.word} now{f': {why}' if why else ''}"


def _gained(delta: Delta) -> Iterator[str]:
    if not delta.gained:
        return
    yield ""
    rows = [["clauses gained", "", *OUTCOME_WORDS]]
    for release, items in delta.brought().items():
        counts = Counter(one.outcome for gained in items.values() for one in gained)
        rows.append([str(release), str(counts.total()), *(str(counts[word]) for word in OUTCOME_WORDS)])
    yield from table(rows, right=frozenset(range(1, len(OUTCOME_WORDS) + 2)))
    for one in delta.gained:
        if one.outcome in ("failed", "flaky", "broken", "skipped", "not-run"):
            yield f"  {one.outcome}  {one.clause.id}  {one.clause.text}"


def _drift(delta: Delta) -> Iterator[str]:
    yield ""
    yield f"replies  {counted(len(delta.announced), 'difference')} announced, {len(delta.unannounced)} unannounced"
    if delta.drift:
        rows = [_row(delta, one) for one in (*delta.unannounced, *delta.announced)]
        yield from table([["", "operation", "", "element", "before", "after"], *rows])


def _row(delta: Delta, drift: Drift) -> list[str]:
    who = drift.clause or "UNANNOUNCED"
    return [f"  {who}", drift.operation, delta.said(drift), drift.path, drift.before, drift.after]


def comparison_as_json(delta: Delta, clients: Sequence[ClientEffect] = ()) -> dict[str, Any]:
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
        "clients": [
            {
                "client": one.client,
                "breaks": list(one.breaks),
                "may_break": list(one.may_break),
                "untouched": one.untouched,
            }
            for one in clients
        ],
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


# A title or a reply must not become markup of the ticket.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown_of(delta: Delta, clients: Sequence[ClientEffect] = ()) -> str:
    """The whole comparison."""
    parts = (_markdown_heading(delta), _markdown_changes(delta), _markdown_gained(delta), _markdown_drift(delta))
    return "\n".join(line for part in (*parts, _markdown_clients(clients)) for line in part) + "\n"


def _markdown_clients(clients: Sequence[ClientEffect]) -> Iterator[str]:
    if clients:
        yield "## What our clients use"
        yield ""
        rows = [[one.client, "; ".join(one.breaks), "; ".join(one.may_break), str(one.untouched)] for one in clients]
        yield from _table(["client", "breaks", "may break", "cannot touch it"], rows)


def _markdown_heading(delta: Delta) -> Iterator[str]:
    yield f"# From {_said(delta.before.name)} to {_said(delta.after.name)}"
    yield ""
    yield f"**{_upper(_said(verdict(delta)))}.**"
    yield ""
    runs = (("before", delta.before), ("after", delta.after))
    yield from _table(["", "site", "run", "scenarios"], [[word, run.name, run.day, totals(run)] for word, run in runs])
    yield from (f"- {_said(note)}" for note in delta.notes)
    yield ""


def _markdown_changes(delta: Delta) -> Iterator[str]:
    for what in CHANGES:
        changes = delta.of(what)
        if changes:
            yield f"## {_upper(what)} ({len(changes)})"
            yield ""
            yield from _table(["clause", "scenario", "outcome"], list(map(_markdown_row, delta.together(what))))
    if expected := expected_skips(delta):
        yield f"As expected: {_said(expected)}."
        yield ""


def _markdown_row(changes: Sequence[Change]) -> list[str]:
    """A row for each cause."""
    clauses = dict.fromkeys(clause for one in changes for clause in one.scenario.clauses)
    titles = [one.scenario.title for one in changes[:_MOST_NAMED]]
    more = [f"... and {len(changes) - _MOST_NAMED} more"] if len(changes) > _MOST_NAMED else []
    number = f"{together(changes).partition(':')[0]}: " if len(changes) > 1 else ""
    return [", ".join(clauses), "; ".join([*titles, *more]), f"{number}{reason(changes[0])}"]


def _markdown_gained(delta: Delta) -> Iterator[str]:
    for release, items in delta.brought().items():
        yield f"## What {release} brings"
        yield ""
        yield from _table(
            ["item of the notes", "clauses", "after the upgrade"],
            [[item, _ids([one.clause.id for one in gained]), outcomes(gained)] for item, gained in items.items()],
        )


def _ids(ids: list[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1].partition('-')[2]}"


def _markdown_drift(delta: Delta) -> Iterator[str]:
    for heading, drift in (("Unannounced", delta.unannounced), ("Announced", delta.announced)):
        yield f"## {heading} differences of replies ({len(drift)})"
        yield ""
        if drift:
            rows = [
                [one.operation, delta.said(one), one.path, one.before, one.after, _announced(one, delta)]
                for one in drift
            ]
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


def comparison_page(delta: Delta, clients: Sequence[ClientEffect] = ()) -> str:
    """The page, complete in itself."""
    return render(
        "compare.html",
        delta=delta,
        clients=[(one, in_numbers(one)) for one in clients],
        verdict=verdict(delta),
        changes=[(what, delta.together(what)) for what in CHANGES if delta.of(what)],
        drift=[("Unannounced", delta.unannounced), ("Announced", delta.announced)],
        count=lambda gained: Counter(one.outcome for one in gained),
        outcomes=OUTCOME_WORDS,
        expected=expected_skips(delta),
        reason=reason,
        together=together,
        totals=totals,
    )


#: Exit code when the second run is worse, told apart from a mistake of the user (4) and of the suite (1).
WORSE = 3


def compare(given: argparse.Namespace) -> int:
    """Print the difference of two runs; 0 when nothing is worse, 3 when something is."""
    root: Path = given.root.resolve()
    clauses, contract = load_clauses(root / "features"), Contract(root / "schemas")
    if not clauses:
        raise UserError("clause-list", "there are no clauses here", where=str(root), hint="name the suite with --root")
    delta = compare_runs(read_run(given.before), read_run(given.after), clauses, contract, strict=given.strict)
    clients = effects(delta, map(read_use, given.client))
    if given.html:
        write_page(given.html, comparison_page(delta, clients))
    print(_told(delta, clients, given))
    return WORSE if delta.worse() else 0


def _told(delta: Delta, clients: Sequence[ClientEffect], given: argparse.Namespace) -> str:
    if given.json:
        return ascii_json(comparison_as_json(delta, clients))
    return markdown_of(delta, clients).rstrip() if given.markdown else "\n".join(lines_of(delta, clients))
