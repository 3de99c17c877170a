"""What a failure says of its findings, and by what several are told to be one."""

from __future__ import annotations

import pytest

from conformance.judge.findings import ContractViolation, Violation, headline


def test_a_failure_is_told_in_a_line_each() -> None:
    first = Violation("R41.7.0-02", "element-present", "GetSite", "a/b", "b", "absent")
    whole = Violation("R41.7.0-03", "page", "", "", "a page", "HTTP 404")
    assert headline(first) == "GetSite  R41.7.0-02  check element-present: a/b: expected b, actual absent"
    assert headline(whole) == "-  R41.7.0-03  check page: reply: expected a page, actual HTTP 404"
    told = ContractViolation((first, whole))
    assert str(told) == f"{headline(first)}\n{headline(whole)}"
    assert told.violations == (first, whole)


@pytest.mark.parametrize(
    ("actual", "refusal", "cause"),
    [
        ("FAILURE 000017 No right", "000017", "000017"), ("FAILURE 00001 No", "", "check c"), ("FAILURE 0000171", "", "check c"), ("the FAILURE 000017", "", "check c"),
        ("absent (tools has: a)", "", "absent"), ("empty", "", "empty"), ("absently", "", "check c"), ("absent, the site answered FAILURE 000017", "", "check c"),
    ],
)  # fmt: skip
def test_what_failures_have_in_common(actual: str, refusal: str, cause: str) -> None:
    violation = Violation("R41.7.0-02", "c", "GetSite", "a/b", "x", actual)
    assert violation.refusal == refusal
    assert violation.cause == ("GetSite", "a/b", cause)
