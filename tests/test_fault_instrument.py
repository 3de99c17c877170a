"""The instrument tested: what the matrix must not call killed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.run.catalogue import Catalogue
from mocksite.fault import Fault
from mocksite.faults import CATALOGUE
from mocksite.faults.change import ReplyFault, saying
from tests.matrix import measure as instrument
from tests.matrix.measure import Plan, measure, plan


@pytest.fixture(scope="module")
def healthy(catalogue: Catalogue) -> Iterator[Plan]:
    yield plan(catalogue)


def verdict(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, healthy: Plan, fault: Fault) -> str:
    monkeypatch.setattr(instrument, "CATALOGUE", {fault.id: fault})
    return measure(catalogue, healthy, fault.id).verdict


def test_a_fault_no_scenario_looks_at_survives(
    monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, healthy: Plan
) -> None:
    unseen = ReplyFault("x", "", "R41.9.0-02", "result", ("GetAPIVersion",), saying("trainReleaseVersion", "T99"))
    assert verdict(monkeypatch, catalogue, healthy, unseen) == "survived"


def test_a_fault_that_changes_nothing_is_not_applied(
    monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, healthy: Plan
) -> None:
    idle = ReplyFault("x", "", "R41.9.0-02", "result", ("GetAPIVersion",), saying("noSuchElement", "1"))
    assert verdict(monkeypatch, catalogue, healthy, idle) == "not applied"


def test_the_wrong_check_is_killed_elsewhere(
    monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, healthy: Plan
) -> None:
    told = CATALOGUE["R41.7.0-01/enableNBRMCModify-not-sent"]
    mistaken = Fault.__new__(type(told))
    mistaken.__dict__.update({**told.__dict__, "check": "mail-link"})
    assert verdict(monkeypatch, catalogue, healthy, mistaken) == "killed elsewhere"


def test_without_the_scenarios_of_its_clause_a_fault_survives(
    monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, healthy: Plan
) -> None:
    told = CATALOGUE["R41.9.0-03/version-kept"]
    mine = [i for i, case in enumerate(healthy.cases) if case.clause.id == told.clause]
    rest = [i for i in range(len(healthy.cases)) if i not in mine]
    weak = Plan(tuple(healthy.cases[i] for i in rest), tuple(healthy.sent[i] for i in rest))
    assert verdict(monkeypatch, catalogue, healthy, told) == "killed"
    assert verdict(monkeypatch, catalogue, weak, told) == "survived"
