"""What a clause adds in a remark is read wherever the clause is: index, documentation, and under a failure."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from lxml import etree

from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation
from conformance.reporting.allure import MaskingLogger
from conformance.reporting.documentation.release_pages import WORDS, documentation_page, living_documentation
from conformance.reporting.junit import write_junit
from conformance.reporting.outcome import LEVELS, OUTCOMES, SKIP_CLASSES, ScenarioResult
from conformance.reporting.statement import grammar, statement
from conformance.reporting.summary import RunRecord
from conformance.reporting.pages import Pages
from conformance.run.commands.commands import indexes
from conformance.run.commands.documentation import documented_scenarios
from conformance.scenarios.features import Catalogue

CLAUSE = "R41.12.0-13"
FOUND = Violation(CLAUSE, "element-present", "LstMeetingType", "meetingType/subProductCodePrefix", "text", "absent")
FAILED = ScenarioResult(
    "features/a.feature::one", "one", "", "a", "", (CLAUSE,), "41.12.0", ("LstMeetingType",), "must", "failed", 0.1,
    violations=(FOUND,),
)  # fmt: skip


def record(clause: Clause) -> RunRecord:
    return RunRecord(
        "mock", "http://127.0.0.1/", True, "41.12.0", "41.12.0", "read-write", False, "ours", ("host",), {CLAUSE: clause},
        0.0, 1.0, (FAILED,),
    )  # fmt: skip


@pytest.fixture
def clause(clauses: dict[str, Clause]) -> Clause:
    assert "misspells" in clauses[CLAUSE].remark
    return clauses[CLAUSE]


def test_under_a_failure_on_the_terminal(clause: Clause) -> None:
    lines = list(grammar(FOUND, clause, FAILED))
    assert lines[-2:] == [f"  clause    41.12.0  {clause.text}", f"  remark    {clause.remark}"]
    assert f"  remark    {clause.remark}" in statement(record(clause), "reports")


def test_nothing_is_told_where_there_is_no_remark(clause: Clause) -> None:
    assert not any("remark" in line for line in grammar(FOUND, replace(clause, remark=""), FAILED))


def test_in_the_junit_file(clause: Clause, tmp_path: Path) -> None:
    write_junit(record(clause), tmp_path / "junit.xml")
    (failure,) = etree.parse(str(tmp_path / "junit.xml")).getroot().xpath("//failure")
    assert clause.remark in failure.text


def test_in_the_description_of_allure(clause: Clause, tmp_path: Path) -> None:
    from allure_commons.model2 import TestResult

    told = TestResult(uuid="1")
    logger = MaskingLogger(tmp_path, lambda: (FAILED, [], clause))
    logger.report_result(told)
    logger.close()
    assert clause.remark in told.description


def test_in_the_index_of_its_release(catalogue: Catalogue, clauses: dict[str, Clause]) -> None:
    pages = {path.parent.name: text for path, text in indexes(catalogue).items()}
    for one in clauses.values():
        assert one.remark.replace("|", "\\|") in pages[str(one.release)], one.id


def test_in_the_living_documentation_with_every_word_explained(catalogue: Catalogue, clauses: dict[str, Clause]) -> None:
    page = documentation_page(living_documentation(clauses, documented_scenarios(catalogue), ()), Pages("a.html", "b.html"))
    for one in clauses.values():
        assert escape(one.remark, quote=False).replace('"', "&#34;").replace("'", "&#39;") in page, one.id
    for meanings in (LEVELS, OUTCOMES, SKIP_CLASSES, WORDS):
        for word, meaning in meanings.items():
            assert word in page
            assert meaning.replace("'", "&#39;") in page


def test_every_word_is_explained_beside_the_features(catalogue: Catalogue) -> None:
    (front,) = (text for path, text in indexes(catalogue).items() if path.parent.name == "features")
    for meanings in (LEVELS, OUTCOMES, SKIP_CLASSES, WORDS):
        for word, meaning in meanings.items():
            assert f"- **{word}**: {meaning}" in front


def test_a_scenario_that_claims_less_than_its_clause_says_so(catalogue: Catalogue) -> None:
    weaker = {one.title: one.weaker for one in documented_scenarios(catalogue) if one.weaker}
    assert weaker["The prose spells the element subProdctCodePrefix, and replies do not"] == "should"
