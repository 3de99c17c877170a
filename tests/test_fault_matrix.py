"""A fault seeded on purpose is told by the scenario of its clause, for the reason the fault gives."""

from __future__ import annotations

import pytest

from conformance.judge.clauses import Clause
from mocksite.faults import CATALOGUE
from tests.matrix.measure import Finding
from tests.matrix.run import matrix

#: Judged by comparing two views of the contract, or the profile: no reply of a site can break them, and no fault
#: of the schemas or the profile is seeded yet.
NOT_SEEDED = {
    *("R41.3.0-21", "R41.4.0-09", "R41.5.0-10", "R41.5.0-18", "R41.6.0-06", "R41.10.0-01"),
    *("R41.11.0-22", "R41.11.0-38", "R41.11.0-60", "R41.12.0-12", "R41.8.0-02"),
}


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return matrix(CATALOGUE)


def test_every_fault_is_killed_by_its_clause_and_check(findings: list[Finding]) -> None:
    others = [(one.verdict, one.fault, one.check, one.checks, one.noise) for one in findings if one.verdict != "killed"]
    assert others == []


def test_every_judged_clause_has_a_fault(clauses: dict[str, Clause]) -> None:
    judged = {clause.id for clause in clauses.values() if clause.level != "observe"}
    assert judged - {one.clause for one in CATALOGUE.values()} == NOT_SEEDED
