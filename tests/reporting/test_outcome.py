"""The truth table of outcomes: level, strict, violations, trouble, known issues."""

from __future__ import annotations

import datetime as dt
import itertools
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.judge.known_issues import KnownIssue, stanza
from conformance.judge.findings import NOT_SERVED, Violation
from conformance.reporting.outcome import (
    CircuitBreaker, FirstFindings, Recorder, ScenarioResult, Skip, StepRecord, Verdict, cause_name, causes, decide,
    nothing_ran,
)  # fmt: skip
from conformance.wire.exchange import Exchange, Request

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


def exchange(started: float, seconds: float = 0.5) -> Exchange:
    return Exchange(Request("GetSite", "host", "https://a.test", b""), started, seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets what time it is."""
    return lambda now: monkeypatch.setattr(time, "time", lambda: now)


@pytest.mark.parametrize(
    ("cause", "violations", "status"), [("", (), "passed"), ("", (FOUND,), "failed"), ("no answer", (), "broken"), ("no answer", (FOUND,), "broken")]
)
def test_what_becomes_of_a_step(clock: Callable[[float], None], cause: str, violations: tuple[Violation, ...], status: str) -> None:
    recorder = Recorder([StepRecord("Given", "a"), StepRecord("When", "b"), StepRecord("Then", "c")])
    recorder.end("nothing is open")
    recorder.attribute([exchange(1.0)], [FOUND], ["o"])
    assert recorder.steps == [StepRecord("Given", "a"), StepRecord("When", "b"), StepRecord("Then", "c")]
    clock(10.0)
    recorder.begin()
    assert (recorder.steps[0].start, recorder.steps[0].stop) == (10.0, 10.0)
    recorder.attribute([], list(violations), [])
    clock(12.0)
    recorder.end(cause)
    told = recorder.steps[0]
    assert (told.status, told.cause, told.start, told.stop) == (status, cause, 10.0, 12.0)
    recorder.attribute([exchange(1.0)], [FOUND], ["o"])
    assert told.exchanges == []
    recorder.begin()
    recorder.end()
    assert [step.status for step in recorder.steps] == [status, "passed", "skipped"]
    recorder.begin()
    recorder.end("no answer")
    assert [step.status for step in recorder.steps] == [status, "passed", "broken"]


@pytest.mark.parametrize(
    ("started", "start", "stop"), [((4.0, 6.0), 4.0, 6.5), ((4.0, 5.0, 7.0), 4.0, 7.5), ((4.0,), 4.0, 4.5), ((10.0, 11.0), 10.0, 12.0), ((11.0,), 10.0, 12.0)]
)
def test_a_step_carried_out_ahead_keeps_the_times_of_its_exchanges(clock: Callable[[float], None], started: tuple[float, ...], start: float, stop: float) -> None:
    recorder = Recorder([StepRecord("When", "a")])
    clock(10.0)
    recorder.begin()
    recorder.attribute([exchange(one) for one in started], [], [])
    clock(12.0)
    recorder.end()
    assert (recorder.steps[0].start, recorder.steps[0].stop) == (start, stop)


def test_each_step_has_what_was_met_since_the_one_before() -> None:
    first, second, third = exchange(1.0), exchange(2.0), exchange(3.0)
    recorder = Recorder([StepRecord("When", "a"), StepRecord("Then", "b")])
    recorder.begin()
    recorder.attribute([first], [FOUND], ["o"])
    recorder.attribute([first, second], [FOUND, OTHER], ["o", "p"])
    recorder.end()
    recorder.begin()
    recorder.attribute([first, second, third], [FOUND, OTHER, FOUND], ["o", "p", "q"])
    one, other = recorder.steps
    assert (one.exchanges, one.violations, one.observations) == ([first, second], [FOUND, OTHER], ["o", "p"])
    assert (other.exchanges, other.violations, other.observations) == ([third], [FOUND], ["q"])


def test_the_issues_that_cover_are_told_whatever_comes_of_it() -> None:
    assert decide("must", False, (FOUND,), False, (LISTED,)) == Verdict("known", "asked", (LISTED,), "us")
    assert decide("must", False, (FOUND, OTHER), False, (LISTED,)) == Verdict("failed", matched=(LISTED,))
    assert decide("should", False, (FOUND, OTHER), False, (LISTED,)) == Verdict("passed", matched=(LISTED,))
    assert decide("should", False, (replace(OTHER, check=NOT_SERVED),), False, ()) == Verdict("failed")


def test_a_finding_without_a_step_has_the_line_of_the_scenario() -> None:
    result = replace(RESULT, violations=(FOUND, OTHER))
    placed = result.placed([StepRecord("Then", "a", line=7, violations=[FOUND])], 3)
    assert ([one.line for one in placed.violations], placed.line) == ([7, 3], 7)
    assert replace(RESULT, violations=()).placed([StepRecord("Then", "a", line=7, status="broken")], 3).line == 7
    assert replace(RESULT, violations=()).placed([StepRecord("Then", "a", line=7)], 3).line == 3


def test_a_result_that_was_not_skipped_travels_as_well() -> None:
    assert ScenarioResult.from_json(RESULT.as_json()) == RESULT
    assert RESULT.as_json()["skip"] is None


def test_a_cause_in_words() -> None:
    assert str(causes([found("a")])[0]) == "GetSite  tools  absent"
    assert cause_name(replace(FOUND, operation="", path="")) == "-  reply  absent"
    assert cause_name(OTHER) == "GetSite  tools  check element-order"


def test_a_fault_of_ours_stands_apart_from_one_of_the_site() -> None:
    ours = replace(found("a"), fault="suite")
    assert [[one.nodeid for one in cause.results] for cause in causes([found("b"), ours, replace(found("c"), fault="site")])] == [["b", "c"], ["a"]]


def message(unanswered: bool = False, sent: int = 0, **more: object) -> dict[str, object]:
    return {"unanswered": unanswered, "result": {"sent": sent}, "nobody_left": False, **more}


def test_a_run_ends_after_five_scenarios_in_a_row_without_an_answer() -> None:
    breaker, lost = CircuitBreaker(), message(unanswered=True, sent=1)
    assert [breaker.trips(one) for one in (*[lost] * 4, message(sent=1), *[lost] * 3, message(), lost, lost, lost)] == [False] * 10 + [True, True]
    assert CircuitBreaker().trips(message(nobody_left=True))
    assert CircuitBreaker().trips(message(tripped=True))
    assert not CircuitBreaker().trips(message(tripped=False))


def test_an_operation_that_is_not_served_fails_once() -> None:
    firsts = FirstFindings()
    gone = found("a", check=NOT_SERVED, actual="000001")
    gone = replace(gone, violations=(FOUND, *gone.violations))
    assert firsts.only(gone) is gone
    assert firsts.only(gone) is gone, "tried again"
    again = replace(gone, nodeid="b")
    assert firsts.only(again) == replace(again, outcome="skipped", violations=(), skip=Skip("not-served", "GetSite is not served here: 000001"))
    other = found("c", check=NOT_SERVED, operation="GetUser")
    assert firsts.only(other) is other
    assert firsts.only(RESULT) is RESULT


def test_nothing_ran_where_every_scenario_was_skipped_before_anything_was_sent() -> None:
    off = replace(RESULT, outcome="skipped", skip=Skip("setting", "off"), sent=0)
    assert nothing_ran([off, off])
    assert not nothing_ran([off, replace(off, sent=1)]), "asked, and then it did not apply"
    assert not nothing_ran([replace(off, skip=None), off]), "judged without a request of its own"
