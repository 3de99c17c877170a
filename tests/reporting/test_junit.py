"""JUnit and the badge, of one run that has every outcome."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from conformance.history.resume_file import OF_A_RUN
from conformance.judge.findings import Violation
from conformance.reporting.junit import write_junit
from conformance.reporting.outcome import ScenarioResult, Skip
from conformance.reporting.summary import RunRecord, badge
from conformance.run.fleet.processes import OUTPUT
from tests.conftest import ROOT
from tests.reporting.conftest import Runs

FOUND = Violation("R41.1.0-01", "result", "GetSite", "header/response", "SUCCESS", "FAILURE")
PASSED = ScenarioResult(
    "features/a.feature::one", "one", "", "a", "", ("R41.1.0-01", "R41.1.0-02"), "41.1.0", ("GetSite",), "must",
    "passed", 0.1,
)
EVERY = (
    PASSED,
    replace(PASSED, title="two", outcome="failed", violations=(FOUND,)),
    replace(PASSED, title="three", outcome="broken", cause="timed out\nafter 30 s"),
    replace(PASSED, title="four", outcome="skipped", skip=Skip("role", "no host")),
    replace(PASSED, title="five", outcome="known", known="ticket 7", violations=(FOUND,)),
)


def record(*scenarios: ScenarioResult, problems: tuple[str, ...] = ()) -> RunRecord:
    return RunRecord(
        "mock", "http://127.0.0.1/", True, "41.12.0", "41.12.0", "read-write", False, "ours", ("host",), {}, 0.0, 1.0,
        scenarios, problems=problems,
    )


@pytest.fixture
def junit(tmp_path: Path) -> etree._Element:
    file = tmp_path / "junit.xml"
    write_junit(record(*EVERY, problems=("a secret stands in x",)), file)
    return etree.parse(str(file)).getroot()


@pytest.mark.parametrize(
    ("name", "tag", "kind"),
    [
        ("two", "failure", "ContractViolation"),
        ("three", "error", "CannotJudge"),
        ("four", "skipped", "role"),
        ("five", "skipped", "known"),
    ],
)
def test_outcomes_are_told_apart(junit: etree._Element, name: str, tag: str, kind: str) -> None:
    (case,) = junit.xpath(f"//testcase[@name='{name}']")
    told = [node for node in case if node.tag != "properties"]
    assert [(node.tag, node.get("type")) for node in told] == [(tag, kind)]


def test_what_passed_says_nothing_more(junit: etree._Element) -> None:
    (case,) = junit.xpath("//testcase[@name='one']")
    assert [node.tag for node in case] == ["properties"]


def test_clauses_are_properties_of_every_case(junit: etree._Element) -> None:
    cases = junit.xpath("//testsuite[@name='features/a.feature']/testcase")
    assert len(cases) == len(EVERY)
    for case in cases:
        assert case.xpath("properties/property[@name='clause']/@value") == ["R41.1.0-01", "R41.1.0-02"]


def test_counts_are_those_of_the_cases(junit: etree._Element) -> None:
    for suite in junit:
        for count, tag in (("tests", "."), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(count)) == len(suite.xpath(f"testcase/{tag}")), (suite.get("name"), count)


@pytest.mark.parametrize(
    ("made", "message", "color"),
    [
        (record(PASSED), "1 passed", "success"),
        (record(*EVERY), "1 failed, 1 broken", "critical"),
        (record(PASSED, EVERY[2]), "1 broken", "orange"),
        (record(PASSED, problems=("x",)), "1 passed", "orange"),
    ],
)
def test_the_badge_is_one_of_shields_endpoints(made: RunRecord, message: str, color: str) -> None:
    """Shields: schemaVersion 1, label and message required, message not empty; keys it does not know are an error."""
    assert badge(made) == {"schemaVersion": 1, "label": "XML API 41.12.0", "message": message, "color": color}


def test_the_root_adds_up_and_a_case_says_file_and_line(tmp_path: Path) -> None:
    failed = replace(PASSED, nodeid="features/a.feature::two", outcome="failed", violations=(FOUND,), line=17)
    other = replace(failed, nodeid="features/a.feature::three", line=21)
    write_junit(record(PASSED, failed, other, problems=("x",)), tmp_path / "junit.xml")
    root = etree.parse(str(tmp_path / "junit.xml")).getroot()
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "2", "errors": "1", "skipped": "0",
    }  # fmt: skip
    cases = root.xpath("//testcase[failure]")
    assert [(case.get("file"), case.get("line")) for case in cases] == [("features/a.feature", line) for line in ("17", "21")]
    for case in cases:
        assert "one of 2 scenarios with this cause: GetSite  header/response  check result" in case.findtext("failure")


def test_the_page_of_the_reports_names_every_file_a_run_leaves(runs: Runs) -> None:
    page = (ROOT / "reports" / "README.md").read_text(encoding="utf-8")
    left = {path.name for name in ("new", "bad") for path in runs[name].iterdir()}
    assert {"summary.json", "junit.xml", "new_known_issues.toml"} <= left
    assert [name for name in sorted({*left, *OF_A_RUN, OUTPUT}) if f"`{name}`" not in page and f"`{name}/`" not in page] == []
