"""A run as its ``summary.json`` tells it, read back for comparison and for the living documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from conformance.reporting.outcome import OUTCOMES
from conformance.reporting.shape import Shape
from conformance.reporting.summary import FORMAT
from conformance.target.release import Release
from conformance.target.trouble import UserError

SUMMARY = "summary.json"
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Told:
    """What a run told of one scenario; ``kind`` is the reason class of a skip, ``why`` what decided the outcome."""

    nodeid: str
    title: str
    clauses: tuple[str, ...]
    operations: tuple[str, ...]
    outcome: str
    kind: str
    why: str

    @property
    def word(self) -> str:
        """The outcome, with what was only observed told apart from what does not apply."""
        return "observed" if self.kind == "observe-only" else self.outcome


@dataclass(frozen=True)
class RunFile:
    """One finished run. ``release`` is what the site ran: what it says of itself, else what it was judged as."""

    file: str
    site: str
    mock: bool
    suite: str
    judged_as: Release
    release: Release
    access: str
    strict: bool
    finished: datetime
    scenarios: Mapping[str, Told]
    clauses: Mapping[str, str]
    shapes: Mapping[str, Shape]
    problems: tuple[str, ...]

    @property
    def name(self) -> str:
        """Site and release, as headings name a run."""
        return f"{self.site} {self.release}{' (mock)' if self.mock and self.site != 'mock' else ''}"

    @property
    def day(self) -> str:
        """When the run ended."""
        return f"{self.finished:%Y-%m-%d %H:%M} UTC"

    def totals(self) -> dict[str, int]:
        """Scenarios by outcome."""
        return {word: sum(told.outcome == word for told in self.scenarios.values()) for word in OUTCOMES}


def read_run(path: Path) -> RunFile:
    """The run in ``path``, a summary or the reports folder that holds one; :class:`UserError` if there is none."""
    file = path / SUMMARY if path.is_dir() else path
    if not file.is_file():
        raise _missing(path, file)
    document = _document(file)
    try:
        run = _run(file, document)
        wanted = document["selected"]["scenarios"]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        what = f"it misses {problem}" if isinstance(problem, KeyError) else str(problem)
        raise UserError("summary-form", f"this is no summary of a run: {what}", where=str(file)) from None
    if len(run.scenarios) != wanted:
        told = f"{len(run.scenarios)} of {wanted} selected scenarios"
        raise UserError("run-incomplete", f"the run is incomplete: it tells of {told}", where=str(file))
    return run


def _missing(path: Path, file: Path) -> UserError:
    if path.is_dir() and any(path.iterdir()):
        return UserError(
            "run-incomplete",
            f"the run is incomplete: there is no {SUMMARY}, which is written last",
            where=str(path),
            hint="go on with it: pytest features --resume --reports ...",
        )
    return UserError("summary-missing", "there is no summary of a run", where=str(file))


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise UserError("summary-unreadable", f"cannot read the summary: {problem}", where=str(file)) from None
    if not isinstance(document, dict) or "format" not in document:
        raise UserError("summary-form", "this is no summary of a run: it misses 'format'", where=str(file))
    if document["format"] != FORMAT:
        what = f"the summary has format {document['format']}, this suite reads format {FORMAT}"
        raise UserError("summary-format", what, where=str(file), hint="run again with this suite")
    return document


def _run(file: Path, document: dict[str, Any]) -> RunFile:
    judged_as = Release.parse(document["release"], where=str(file))
    runs = document["site_release"]
    return RunFile(
        file=str(file),
        site=_typed(str, document["site"]),
        mock=_typed(bool, document["mock"]),
        suite=_typed(str, document["suite"]),
        judged_as=judged_as,
        release=Release.parse(runs, where=str(file)) if runs else judged_as,
        access=_typed(str, document["access"]),
        strict=_typed(bool, document["strict"]),
        finished=_moment(document["finished"]),
        scenarios={row["nodeid"]: _told(row) for row in document["scenarios"]},
        clauses={row["id"]: _typed(str, row["outcome"]) for row in document["clauses"]},
        shapes={name: {path: _row(row) for path, row in shape.items()} for name, shape in document["shapes"].items()},
        problems=_texts(document["problems"]),
    )


def _typed(kind: type[_Value], value: object) -> _Value:
    if not isinstance(value, kind):
        raise TypeError(f"{str(value)[:60]!r} stands where {kind.__name__} belongs")
    return value


def _texts(values: object) -> tuple[str, ...]:
    return tuple(_typed(str, value) for value in _typed(list, values))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment


def _row(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {column: _typed(int, row[column]) for column in ("count", "parents")}
    return {**numbers, **{column: list(_texts(row[column])) for column in ("kinds", "words", "after")}}


def _told(row: dict[str, Any]) -> Told:
    skip = row["skip"] or {"kind": "", "why": ""}
    if row["outcome"] not in OUTCOMES:
        raise ValueError(f"{str(row['outcome'])[:60]!r} is no outcome of a scenario")
    return Told(
        nodeid=_typed(str, row["nodeid"]),
        title=_typed(str, row["title"]),
        clauses=_texts(row["clauses"]),
        operations=_texts(row["operations"]),
        outcome=row["outcome"],
        kind=_typed(str, skip["kind"]),
        why=_why(row) or _typed(str, skip["why"]),
    )


def _why(row: dict[str, Any]) -> str:
    if row["outcome"] == "broken":
        return str(row["cause"]).partition("\n")[0]
    if row["outcome"] == "known":
        return f"known issue: {row['known']}"
    found = row["violations"] if row["outcome"] == "failed" else []
    words = [f"{one['check']}: {one['path']}: expected {one['expected']}, actual {one['actual']}" for one in found]
    return "; ".join(words)
