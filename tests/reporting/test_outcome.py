"""The truth table of outcomes: level, strict, violations, trouble, known issues."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from conformance.judge.known_issues import KnownIssue
from conformance.judge.findings import Violation
from conformance.reporting.outcome import ScenarioResult, Skip, decide

FOUND = Violation("R41.7.0-02", "element-present", "GetSite", "tools", "x", "absent", 1)
OTHER = Violation("R41.7.0-02", "element-order", "GetSite", "tools", "x", "y", 1)
LISTED = KnownIssue("element-present", "s", "asked", "link", dt.date(2199, 1, 1), "known.toml:1", clause="R41.7.0-02")
VIOLATIONS = {"none": (), "listed": (FOUND,), "unlisted": (OTHER,), "both": (FOUND, OTHER)}


def expected(level: str, strict: bool, violations: str, broke: bool, known: bool) -> str:
    """The table in words, written apart from the code."""
    if broke:
        return "broken"
    if level == "observe":
        return "skipped"
    if violations == "none":
        return "passed"
    if violations == "listed" and known:
        return "known"
    return "failed" if level == "must" or strict else "passed"


@pytest.mark.parametrize(
    ("level", "strict", "violations", "broke", "known"),
    list(itertools.product(("must", "should", "observe"), (False, True), VIOLATIONS, (False, True), (False, True))),
)
def test_decide(level: str, strict: bool, violations: str, broke: bool, known: bool) -> None:
    verdict = decide(level, strict, VIOLATIONS[violations], broke, (LISTED,) if known else ())
    assert verdict.outcome == expected(level, strict, violations, broke, known)
    assert bool(verdict.known) == (verdict.outcome == "known")


def test_a_result_travels_as_plain_values() -> None:
    result = ScenarioResult(
        "n", "t", "row", "f", "r", ("R41.7.0-02",), "41.7.0", ("GetSite",), "must", "failed", 0.1,
        skip=Skip("role", "why"), violations=(FOUND,), observations=("o",), exchanges=("1:x",), sent=2,
    )  # fmt: skip
    assert ScenarioResult.from_json(result.as_json()) == result
