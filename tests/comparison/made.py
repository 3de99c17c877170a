"""Runs, scenarios and clauses made by hand, for comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from conformance.judge.clauses import Clause
from conformance.reporting.shapes import BODY, Shape
from conformance.reporting.summary import ReportedScenario, RunFile
from conformance.sites.release import Release

OLD, NEW = Release.parse("41.11.0"), Release.parse("41.12.0")


def scenario(name: str, outcome: str = "passed", kind: str = "", **more: Any) -> ReportedScenario:
    """One scenario of a run, titled as it is named unless told otherwise."""
    told = {"title": f"title of {name}", "clauses": (), "operations": (), "why": "", **more}
    return ReportedScenario(nodeid=name, outcome=outcome, kind=kind, **told)


def a_run(*scenarios: ReportedScenario, **more: Any) -> RunFile:
    """A run of these scenarios."""
    made = RunFile(
        file="run/summary.json", site="acme", mock=False, suite="1.0", judged_as=NEW, release=NEW, access="full", strict=False,
        finished=datetime(2026, 11, 1, 2, tzinfo=UTC), scenarios={one.nodeid: one for one in scenarios or (scenario("one"),)},
        clauses={}, shapes={}, nights={}, problems=(),
    )  # fmt: skip
    return replace(made, **more)


def on(release: Release, *scenarios: ReportedScenario, **more: Any) -> RunFile:
    """A run on a site of ``release``, judged as that."""
    return a_run(*scenarios, judged_as=release, release=release, **more)


def clause(name: str, release: str, operation: str = "GetUser", item: str = "Users", **more: Any) -> Clause:
    """One requirement of ``release``."""
    return Clause(name, Release.parse(release), operation, "explicit", "must", "it says so", "1", item, "", "", **more)


def by_id(*several: Clause) -> dict[str, Clause]:
    """Clauses as a comparison takes them."""
    return {one.id: one for one in several}


def shape(paths: Iterable[str], *, held: int = 2, replies: int = 2, kind: str = "text") -> Shape:
    """So many replies, of which ``held`` hold each of ``paths``, at any place."""
    row = {"count": held, "parents": held, "kinds": [kind], "words": [], "after": []}
    return {BODY: {"count": replies, "parents": replies, "kinds": ["parent"], "words": [], "after": []}} | {
        path: dict(row) for path in paths
    }
