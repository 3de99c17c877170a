"""Faults no mock can show: clauses about the contract itself, and one about the client's own address.

The schemas are copied and changed as if a release had slipped something in, or had not brought what it announced.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.execution import ScenarioTrial
from tests.conftest import ROOT
from tests.rig import Rig, rig

#: Clause, schema, element, and the release that is said to have brought it ("" for: it was always there).
SEEDED = (
    ("R41.1.0-01", "site.xsd", "macOSX", "41.1.0"),
    ("R41.3.0-21", "site.xsd", "macOSX", "41.3.0"),
    ("R41.3.0-21", "site.xsd", "enablePreMeetingLobby", ""),
    ("R41.4.0-09", "ep.xsd", "enableWebniar", "41.4.0"),
    ("R41.5.0-10", "user.xsd", "hostPIN", "41.4.0"),
    ("R41.5.0-10", "user.xsd", "largeEventCapacity", "41.5.0"),
    ("R41.5.0-18", "site.xsd", "macOSX", "41.5.0"),
    ("R41.5.0-18", "site.xsd", "storageEmptyStatus", "41.6.0"),
    ("R41.6.0-06", "ep.xsd", "recordingID", "41.6.0"),
    ("R41.10.0-01", "site.xsd", "macOSX", "41.10.0"),
    ("R41.11.0-22", "user.xsd", "freeAccount", "41.10.0"),
    ("R41.11.0-22", "user.xsd", "largeEventCapacity", "41.11.0"),
    ("R41.11.0-38", "history.xsd", "serviceTypes", "41.10.0"),
    ("R41.11.0-38", "site.xsd", "macOSX", "41.11.0"),
    ("R41.11.0-60", "event.xsd", "description", "41.11.0"),
    ("R41.12.0-12", "event.xsd", "description", "41.12.0"),
)
#: Judged by the address of the profile.
ADDRESS = "R41.8.0-02"


def seeded(folder: Path, schema: str, element: str, release: str) -> Contract:
    """The contract with ``element`` brought by ``release``; every declaration of that name in the schema."""
    shutil.copytree(ROOT / "schemas", folder, dirs_exist_ok=True)
    text = (folder / schema).read_text(encoding="utf-8")
    mark = f' c:since="{release}"' if release else ""
    start = f'<xs:element name="{element}"'
    changed, times = re.subn(
        rf'({re.escape(start)}[^>]*?)(?: c:since="[\d.]+")?((?: c:place="[\w-]+")?\s*/?>)', rf"\1{mark}\2", text
    )
    assert times and changed != text, f"{schema} declares no {element} to change"
    (folder / schema).write_text(changed, encoding="utf-8")
    return Contract(folder)


def of_clause(catalogue: Catalogue, clause: str, *, beside_replies: bool = True) -> list[Scenario]:
    """The scenarios of a clause; only those that compare the contract, unless asked otherwise."""
    scenarios = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values() if scenario.clause.id == clause]
    return [scenario for scenario in scenarios if not beside_replies or not any("sends" in one.text for one in scenario.steps)]


def failing(trials: list[ScenarioTrial], check: str) -> list[ScenarioTrial]:
    return [one for one in trials if one.verdict.outcome == "failed" and check in {found.check for found in one.violations}]


@pytest.mark.parametrize(("clause", "schema", "element", "release"), SEEDED)
def test_a_changed_contract_is_found(
    catalogue: Catalogue, tmp_path: Path, clause: str, schema: str, element: str, release: str
) -> None:
    scenarios = of_clause(catalogue, clause)
    assert scenarios, f"no scenario compares the contract for {clause}"
    with rig(catalogue) as site:
        assert [one.verdict.outcome for one in site.run(scenarios)] == ["passed"] * len(scenarios)
        faulty = Rig(site.core, replace(site.run_context, contract=seeded(tmp_path, schema, element, release)), catalogue)
        trials = faulty.run(scenarios)
    assert failing(trials, "contract") == trials, [one.cause for one in trials]
    assert all(one.found_by for one in trials)


def test_the_retired_address_in_a_profile_is_found(catalogue: Catalogue) -> None:
    scenarios = of_clause(catalogue, ADDRESS, beside_replies=False)
    with rig(catalogue) as site:
        assert [one.verdict.outcome for one in site.run(scenarios)] == ["passed"]
        old = replace(site.run_context.profile, url="https://mocksite.example.com/WBXService/xml10.0.0/XMLService")
        trials = Rig(site.core, replace(site.run_context, profile=old), catalogue).run(scenarios)
    assert len(trials) == 1
    assert failing(trials, "address") == trials


def test_every_clause_about_the_contract_has_its_fault(catalogue: Catalogue, clauses: dict[str, Clause]) -> None:
    """Whatever scenario compares contracts is measured here; the mock's own catalogue can never fail it."""
    comparing = {
        scenario.clause.id
        for file in catalogue.known_files()
        for scenario in file.scenarios.values()
        if any("is compared with" in one.text for one in scenario.steps)
    }
    assert comparing == {clause for clause, *_ in SEEDED}
    assert {clauses[clause].level for clause in comparing} == {"must"}
