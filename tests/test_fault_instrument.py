"""The instrument tested: what the matrix must not call killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.scenarios.features import Catalogue
from mocksite.faults import BY_HAND, CATALOGUE
from mocksite.faults.change import ReplyFault, saying
from mocksite.faults.fault import Fault
from tests import test_fault_matrix as matrix_test
from tests.conftest import ROOT
from tests.matrix import measure as instrument
from tests.matrix.equivalents import Equivalent, settled, unused
from tests.matrix.measure import Plan, measure
from tests.matrix.run import matrix, ready
from tests.matrix.witness import Witness


@pytest.fixture(scope="module")
def healthy(catalogue: Catalogue) -> Iterator[Plan]:
    yield ready()[1]


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
    mine = [i for i, scenario in enumerate(healthy.scenarios) if scenario.clause.id == told.clause]
    rest = [i for i in range(len(healthy.scenarios)) if i not in mine]
    weak = Plan(tuple(healthy.scenarios[i] for i in rest), tuple(healthy.sent[i] for i in rest), healthy.baseline)
    assert verdict(monkeypatch, catalogue, healthy, told) == "killed"
    assert verdict(monkeypatch, catalogue, weak, told) == "survived"


def test_a_weakened_scenario_makes_the_matrix_fail(tmp_path: Path) -> None:
    """The Then that judges R41.9.0-03 says less: its faults survive, and the test of the matrix itself says so."""
    shutil.copytree(ROOT / "features" / "41.9.0", tmp_path / "features" / "41.9.0")
    mine = [fault for fault in BY_HAND if fault.startswith("R41.9.0-03/")]
    assert matrix(mine, root=tmp_path)
    matrix_test.test_every_fault_is_killed_by_its_clause_and_check(matrix(mine, root=tmp_path))

    weak = tmp_path / "weak"
    shutil.copytree(tmp_path / "features", weak / "features")
    for file in weak.rglob("*.feature"):
        file.write_text(weakened(file.read_text(encoding="utf-8"), "R41.9.0-03"), encoding="utf-8")
    findings = matrix(mine, root=weak)
    assert {one.verdict for one in findings} == {"survived"}
    with pytest.raises(AssertionError, match=mine[0]):
        matrix_test.test_every_fault_is_killed_by_its_clause_and_check(findings)


def weakened(feature: str, clause: str) -> str:
    """The feature with every Then of ``clause``, and each And behind it, saying no more than that the call succeeds."""
    lines, inside, judging = [], False, False
    for line in feature.splitlines():
        word = line.split()[0] if line.strip() else ""
        if word.startswith("@"):
            inside = f"@clause.{clause}" in line.split()
        judging = word in ("Then", "And", "But", "|") and (judging or word == "Then")
        if inside and judging:
            line = "      Then the call succeeds" if word == "Then" else ""
        lines.append(line)
    return "\n".join(lines) + "\n"


def test_a_wrong_equivalent_makes_the_matrix_fail() -> None:
    told = "R41.9.0-03/version-kept"
    listed = Equivalent((told,), (), "planted")
    [finding] = settled(matrix([told]), [listed])
    assert (finding.verdict, finding.reason) == ("wrongly listed", "killed, though listed: planted")
    with pytest.raises(AssertionError, match="wrongly listed"):
        matrix_test.test_every_fault_is_killed_by_its_clause_and_check([finding])
    assert unused(BY_HAND, [Equivalent(("no/such/fault", told), (), "planted")]) == ["no/such/fault"]


def test_an_idle_fault_is_no_equivalent(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, healthy: Plan) -> None:
    idle = ReplyFault("x", "", "R41.9.0-02", "result", ("GetAPIVersion",), saying("noSuchElement", "1"))
    monkeypatch.setattr(instrument, "CATALOGUE", {idle.id: idle})
    [finding] = settled([measure(catalogue, healthy, idle.id)], [Equivalent(("x",), (), "planted")])
    assert finding.verdict == "not applied"


def test_a_scenario_that_fails_untouched_is_noise(
    monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue, healthy: Plan
) -> None:
    told = CATALOGUE["R41.9.0-03/version-kept"]
    monkeypatch.setattr(Witness, "_note", lambda self, changed, **_: None)
    finding = measure(catalogue, healthy, told.id)
    assert finding.verdict == "noisy"
    assert finding.noise
