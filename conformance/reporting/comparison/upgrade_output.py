"""A decision about an upgrade as text, JSON, Markdown and one HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.reporting.comparison.sides import Side
from conformance.reporting.comparison.upgrade import KINDS, RISK, Decision, Reason
from conformance.reporting.pages import render
from conformance.reporting.text import counted, safe

FORMAT = 1
#: Of one kind, in text.
_MOST = 20


def lines_of(decision: Decision, tolerance: float) -> Iterator[str]:
    """The decision first, then the reasons in order."""
    yield headline(decision, tolerance)
    yield from (f"  {words}" for words in sides(decision))
    for kind, several in _by_kind(decision):
        yield ""
        yield f"{kind}  {len(several)}: {KINDS[kind]}"
        yield from (f"  {safe(one.words)}" for one in several[:_MOST])
        if len(several) > _MOST:
            yield f"  ... and {len(several) - _MOST} more (--json)"


def headline(decision: Decision, tolerance: float) -> str:
    """The word, and what it rests on."""
    if decision.word == "go":
        known = len(dict(_by_kind(decision)).get("still failing", ()))
        but = f" but {known} that failed before" if known else ""
        return f"GO: no clause{but} fails in more than {tolerance:.0%} of its judgements ({1 - RISK:.0%} sure of each)"
    if decision.word == "no-go":
        return f"NO-GO: {', '.join(_number(kind, len(several)) for kind, several in _by_kind(decision, 'no-go'))}"
    told = "; ".join(_wanted(decision))
    return f"NOT ENOUGH EVIDENCE{f': {told}' if told else ''}"


#: Kinds of reasons as a headline counts them, where their name alone would say nothing.
_COUNTED = {
    "replies": ("unannounced change of replies", "unannounced changes of replies"),
    "promised": ("clause not kept", "clauses not kept"),
}


def _number(kind: str, number: int) -> str:
    return counted(number, *_COUNTED.get(kind, (kind, kind)))


def _wanted(decision: Decision) -> Iterator[str]:
    """What evidence is wanted."""
    lost = len(dict(_by_kind(decision, "not enough evidence")).get("not judged", ()))
    if lost:
        yield f"{lost} not judged after the upgrade"
    if decision.more is None:
        yield "more runs after the upgrade would not decide; more before are needed"
    elif decision.more:
        yield f"{counted(decision.more, 'more run')} after the upgrade would decide{' the rest' if lost else ''}"


def sides(decision: Decision) -> tuple[str, str]:
    """What was held against what."""
    return f"before  {_side(decision.before)}", f"after   {_side(decision.after)}"


def _side(side: Side) -> str:
    return f"{counted(len(side.runs), 'run')}, {side.runs[0].name} to {side.runs[-1].name}, release {side.release}"


def _by_kind(decision: Decision, decides: str = "") -> Iterator[tuple[str, list[Reason]]]:
    for kind in KINDS:
        mine = [one for one in decision.reasons if one.kind == kind and (not decides or one.decides == decides)]
        if mine:
            yield kind, mine


def as_json(decision: Decision, tolerance: float) -> dict[str, Any]:
    """The whole for machines."""
    return {
        "format": FORMAT,
        "decision": decision.word,
        "tolerance": tolerance,
        "more_runs": decision.more,
        "before": {"runs": [one.name for one in decision.before.runs], "release": str(decision.before.release)},
        "after": {"runs": [one.name for one in decision.after.runs], "release": str(decision.after.release)},
        "reasons": [{"kind": one.kind, "words": one.words, "decides": one.decides} for one in decision.reasons],
    }


def markdown_of(decision: Decision, tolerance: float) -> str:
    """For a change ticket."""
    lines = [f"# {headline(decision, tolerance)}", "", *(f"- {words}" for words in sides(decision))]
    for kind, several in _by_kind(decision):
        lines += ["", f"## {KINDS[kind][:1].upper()}{KINDS[kind][1:]} ({len(several)})", ""]
        lines += [f"- `{safe(one.words).replace('`', chr(39))}`" for one in several]
    return "\n".join(lines)


def page_of(decision: Decision, tolerance: float) -> str:
    """One page, complete in itself."""
    return render(
        "upgrade.html",
        decision=decision,
        headline=headline(decision, tolerance),
        sides=sides(decision),
        kinds=list(_by_kind(decision)),
        words=KINDS,
    )
