"""The truth table of outcomes: level, strict, violations, trouble, known issues."""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib
from dataclasses import replace

import pytest

from conformance.judge.known_issues import KnownIssue, stanza
from conformance.judge.findings import Violation
from conformance.reporting.outcome import ScenarioResult, Skip, StepRecord, causes, decide

FOUND = Violation("R41.7.0-02", "element-present", "GetSite", "tools", "x", "absent", 1)
OTHER = Violation("R41.7.0-02", "element-order", "GetSite", "tools", "x", "y", 1)
LISTED = KnownIssue("element-present", "s", "asked", "us", "link", dt.date(2199, 1, 1), "known.toml:1", clause="R41.7.0-02")
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


RESULT = ScenarioResult(
    "features/a.feature::t", "t", "", "f", "r", ("R41.7.0-02",), "41.7.0", ("GetSite",), "must", "failed", 0.1,
    violations=(FOUND,),
)  # fmt: skip


def found(nodeid: str, outcome: str = "failed", **changes: str) -> ScenarioResult:
    return replace(RESULT, nodeid=nodeid, outcome=outcome, violations=(replace(FOUND, **changes),))  # type: ignore[arg-type]


def test_one_operation_path_and_fault_is_one_cause_whichever_clause_and_check() -> None:
    (cause,) = causes(
        [
            found("a"),
            found("b", clause="R41.7.0-03", check="element-order"),
            found("c", outcome="passed"),
            replace(RESULT, nodeid="d", outcome="passed", violations=()),
        ]
    )
    assert str(cause) == "GetSite  tools  absent"
    assert [one.nodeid for one in cause.results] == ["a", "b"]
    assert [one.nodeid for one in cause.warned] == ["c"]
    assert (cause.clauses, cause.checks) == (("R41.7.0-02", "R41.7.0-03"), ("element-present", "element-order"))


@pytest.mark.parametrize(
    "other",
    [
        found("b", operation="GetUser"),
        found("b", path="tools/x"),
        found("b", actual="'7'"),
        found("b", actual="FAILURE 000001 no"),
        found("b", outcome="known"),
    ],
)
def test_what_differs_is_another_cause(other: ScenarioResult) -> None:
    assert len(causes([found("a"), other])) == 2


def test_the_cause_of_most_failures_comes_first_and_warnings_last() -> None:
    together = causes([found("w", "passed", path="w"), found("a", path="one"), *(found(one, path="two") for one in "bc")])
    assert [cause.first.path for cause in together] == ["two", "one", "w"]


def test_a_refusal_is_one_cause_whatever_was_checked() -> None:
    refused = "FAILURE 030001 The user does not exist"
    (cause,) = causes([found("a", check="result", actual=refused), found("b", check="body-type", actual=refused)])
    assert str(cause) == "GetSite  tools  030001"


def test_a_login_refused_is_one_cause_whatever_was_asked_for() -> None:
    login = {"check": "login", "path": "response/result", "actual": "FAILURE 030002 Incorrect user or password"}
    several = [found("a", **login), found("b", operation="GetUser", **login)]
    (cause,) = causes(several)
    assert (str(cause), cause.operations) == ("R41.7.0-02  response/result  030002", ("GetSite", "GetUser"))
    assert len(causes([*several, found("c", **login | {"actual": "FAILURE 030001 No such user"})])) == 2
    assert len(causes([*several, found("c", **login, clause="R41.7.0-03")])) == 2


def test_a_failure_names_the_line_of_the_sentence_that_found_it() -> None:
    given, then = StepRecord("Given", "a site", "passed", line=5), StepRecord("Then", "x", "failed", line=8)
    then.violations.append(FOUND)
    placed = RESULT.placed([given, then], 3)
    assert (placed.place, placed.violations[0].line) == ("features/a.feature:8", 8)
    broke = replace(RESULT, violations=()).placed([replace(given, status="broken"), then], 3)
    assert broke.place == "features/a.feature:5"
    assert replace(RESULT, violations=()).placed([given], 3).place == "features/a.feature:3"


def test_a_stanza_excuses_every_violation_of_its_cause_and_no_other() -> None:
    several = [FOUND, replace(FOUND, clause="R41.7.0-03", check="element-order")]
    text = stanza(several, "s", dt.date(2199, 1, 1))
    row = tomllib.loads(text)["known"][0]
    assert {key: row.get(key) for key in ("clause", "operation", "path", "check")} == {
        "clause": None, "operation": "GetSite", "path": "tools", "check": "element-present, element-order",
    }  # fmt: skip
    issue = KnownIssue(**{key: value for key, value in row.items()}, where="known.toml:1")
    assert all(issue.covers(one) for one in several)
    assert not issue.covers(replace(FOUND, path="tools/x"))
    assert not issue.covers(replace(FOUND, check="element-kind"))
    assert issue.concerns(("R1",), ("GetSite",))
    assert not issue.concerns(("R1",), ("GetUser",))
