"""JUnit and the badge, of one run that has every outcome."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation
from conformance.reporting.junit import write_junit
from conformance.reporting.outcome import ScenarioResult, Skip
from conformance.reporting.summary import RunRecord, badge
from conformance.sites.release import Release

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


TOLD = Clause("R41.1.0-01", Release(41, 1), "GetSite", "explicit", "must", "It tells.", "1-2", "H", "Z", "")
A, B = (replace(PASSED, nodeid=f"features/{name}.feature::x") for name in "ab")
EVERYTHING = (
    replace(A, line=7, owner="team a", attempts=("passed",)),
    replace(
        A, nodeid="features/a.feature::two", title="two", outcome="failed", line=17, fault="site", evidence="a reply <&>",
        violations=(FOUND, replace(FOUND, clause="R41.1.0-02", path="", operation="", line=12)),
    ),
    replace(B, title="three", outcome="broken", cause="timed \x1bout\nafter 30 s\ntwice", duration_s=1.25),
    replace(B, title="four", outcome="skipped", skip=Skip("role", "no host"), observations=("it said x", "and y")),
    replace(B, nodeid="features/b.feature::five", title="five", outcome="known", known="ticket 7", owner="me", violations=(FOUND,)),
    replace(B, nodeid="features/b.feature::six", title="six", outcome="flaky", attempts=("failed", "passed"), violations=(FOUND,)),
    replace(B, nodeid="features/b.feature::seven", title="seven", level="should", violations=(FOUND,)),
)  # fmt: skip
WHOLE = """\
<testsuites name="webex-conformance mock 41.12.0" tests="9" failures="2" errors="3" skipped="2" time="1.850">
  <testsuite name="features/a.feature" tests="2" failures="1" errors="0" skipped="0" time="0.200" timestamp="1970-01-01T00:00:00" hostname="mock">
    <testcase classname="features/a.feature" name="one" time="0.100" file="features/a.feature" line="7">
      <properties>
        <property name="clause" value="R41.1.0-01"/>
        <property name="clause" value="R41.1.0-02"/>
        <property name="operation" value="GetSite"/>
        <property name="level" value="must"/>
        <property name="outcome" value="passed"/>
        <property name="owner" value="team a"/>
        <property name="attempts" value="passed"/>
      </properties>
      <system-out>warnings (level should):
tried 1 times: passed</system-out>
    </testcase>
    <testcase classname="features/a.feature" name="two" time="0.100" file="features/a.feature" line="17">
      <properties>
        <property name="clause" value="R41.1.0-01"/>
        <property name="clause" value="R41.1.0-02"/>
        <property name="operation" value="GetSite"/>
        <property name="level" value="must"/>
        <property name="outcome" value="failed"/>
        <property name="fault" value="site"/>
        <property name="evidence" value="a reply &lt;&amp;&gt;"/>
      </properties>
      <failure message="GetSite  R41.1.0-01  check result: header/response: expected SUCCESS, actual FAILURE" type="ContractViolation">GetSite  R41.1.0-01  check result
  expected  header/response, SUCCESS
  actual    FAILURE
  clause    41.1.0  It tells.
  R41.1.0-02  check result
  expected  SUCCESS
  actual    FAILURE
whose fault: site, a reply &lt;&amp;&gt;</failure>
    </testcase>
  </testsuite>
  <testsuite name="features/b.feature" tests="5" failures="1" errors="1" skipped="2" time="1.650" timestamp="1970-01-01T00:00:00" hostname="mock">
    <testcase classname="features/b.feature" name="three" time="1.250" file="features/b.feature">
      <properties>
        <property name="clause" value="R41.1.0-01"/>
        <property name="clause" value="R41.1.0-02"/>
        <property name="operation" value="GetSite"/>
        <property name="level" value="must"/>
        <property name="outcome" value="broken"/>
      </properties>
      <error message="timed \\x1bout" type="CannotJudge">timed \\x1bout
after 30 s
twice</error>
    </testcase>
    <testcase classname="features/b.feature" name="four" time="0.100" file="features/b.feature">
      <properties>
        <property name="clause" value="R41.1.0-01"/>
        <property name="clause" value="R41.1.0-02"/>
        <property name="operation" value="GetSite"/>
        <property name="level" value="must"/>
        <property name="outcome" value="skipped"/>
      </properties>
      <skipped message="role: no host" type="role">it said x
and y</skipped>
    </testcase>
    <testcase classname="features/b.feature" name="five" time="0.100" file="features/b.feature">
      <properties>
        <property name="clause" value="R41.1.0-01"/>
        <property name="clause" value="R41.1.0-02"/>
        <property name="operation" value="GetSite"/>
        <property name="level" value="must"/>
        <property name="outcome" value="known"/>
        <property name="owner" value="me"/>
      </properties>
      <skipped message="known: ticket 7 (me)" type="known">GetSite  R41.1.0-01  check result
  expected  header/response, SUCCESS
  actual    FAILURE
  clause    41.1.0  It tells.</skipped>
    </testcase>
    <testcase classname="features/b.feature" name="six" time="0.100" file="features/b.feature">
      <properties>
        <property name="clause" value="R41.1.0-01"/>
        <property name="clause" value="R41.1.0-02"/>
        <property name="operation" value="GetSite"/>
        <property name="level" value="must"/>
        <property name="outcome" value="flaky"/>
        <property name="attempts" value="failed, passed"/>
      </properties>
      <failure message="flaky, tried 2 times: failed, passed" type="flaky">GetSite  R41.1.0-01  check result
  expected  header/response, SUCCESS
  actual    FAILURE
  clause    41.1.0  It tells.
tried 2 times: failed, passed</failure>
    </testcase>
    <testcase classname="features/b.feature" name="seven" time="0.100" file="features/b.feature">
      <properties>
        <property name="clause" value="R41.1.0-01"/>
        <property name="clause" value="R41.1.0-02"/>
        <property name="operation" value="GetSite"/>
        <property name="level" value="should"/>
        <property name="outcome" value="passed"/>
      </properties>
      <system-out>warnings (level should):
GetSite  R41.1.0-01  check result
  expected  header/response, SUCCESS
  actual    FAILURE
  clause    41.1.0  It tells.
one of 2 scenarios with this cause: GetSite  header/response  check result</system-out>
    </testcase>
  </testsuite>
  <testsuite name="run" tests="2" failures="0" errors="2" skipped="0">
    <testcase classname="run" name="first&#10;second">
      <error message="first" type="problem">first
second</error>
    </testcase>
    <testcase classname="run" name="{cut}">
      <error message="{long}" type="problem">{long}</error>
    </testcase>
  </testsuite>
</testsuites>
"""


def test_every_outcome_to_the_letter(tmp_path: Path) -> None:
    made = replace(record(*EVERYTHING, problems=("first\nsecond", "x" * 130)), clauses={"R41.1.0-01": TOLD})
    write_junit(made, tmp_path / "junit.xml")
    assert (tmp_path / "junit.xml").read_text(encoding="utf-8") == WHOLE.replace("{long}", "x" * 130).replace("{cut}", "x" * 120)


@pytest.mark.usefixtures("auckland")
def test_a_run_has_the_time_of_greenwich(tmp_path: Path) -> None:
    """JUnit's schema knows no time zone; readers take it for UTC."""
    write_junit(record(PASSED), tmp_path / "junit.xml")
    assert etree.parse(str(tmp_path / "junit.xml")).xpath("//testsuite/@timestamp") == ["1970-01-01T00:00:00"]


def test_a_title_may_hold_what_stands_between_file_and_title(tmp_path: Path) -> None:
    write_junit(record(replace(PASSED, nodeid="features/a.feature::one::two")), tmp_path / "junit.xml")
    assert etree.parse(str(tmp_path / "junit.xml")).xpath("//testsuite/@name") == ["features/a.feature"]
