"""Clauses and a scenario made by hand, which tests of the summary and of the statement share."""

from __future__ import annotations

from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation
from conformance.reporting.outcome import ScenarioResult
from conformance.sites.release import Release

CLAUSES = {
    one.id: one
    for one in (
        Clause("R41.1.0-01", Release(41, 1), "GetSite", "explicit", "must", "It tells.", "1-2", "H", "Z", ""),
        Clause("R41.1.0-02", Release(41, 1), "GetUser", "explicit", "should", "It tells more.", "3", "H", "Z", ""),
        Clause("R41.2.0-01", Release(41, 2), "*", "unclear", "observe", "It hints.", "4", "H", "Z", ""),
        Clause("R41.10.0-01", Release(41, 10), "GetSite", "explicit", "must", "It tells it all.", "5", "H", "Z", ""),
    )
}
FIRST, SECOND, OBSERVED, LAST = CLAUSES
FOUND = Violation(FIRST, "result", "GetSite", "header/response", "SUCCESS", "FAILURE 000001 no", 1, 12)
PASSED = ScenarioResult("features/a.feature::one", "one", "", "a", "", (FIRST,), "41.1.0", ("GetSite",), "must", "passed", 0.1)
