"""What a run says of a site, outcome by outcome: the printed lines, the exit code, every report."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import pytest
from lxml import etree

from conformance.sites.ledger import Ledger
from tests.conftest import ROOT
from tests.live.test_vendor_schemas import zipped
from tests.run.conftest import Outcome, Runner
from tests.twisted import answering, replacing, twisted

LOST = replacing(b"<ns1:separateNoRecordingEdit>false</ns1:separateNoRecordingEdit>", b"")
CHANGES = "features/41.7.0"


def junit(outcome: Outcome) -> dict[str, str]:
    """Tag of each test case: failure, error, skipped or passed."""
    root = etree.parse(outcome.reports / "junit.xml").getroot()
    told = {}
    for scenario in root.iter("testcase"):
        tags = [child.tag for child in scenario if child.tag in ("failure", "error", "skipped")]
        told[scenario.get("name", "")] = tags[0] if tags else "passed"
    return told


def allure(outcome: Outcome) -> dict[str, str]:
    """Status of each Allure result."""
    results = [json.loads(file.read_text(encoding="utf-8")) for file in outcome.reports.glob("allure-results/*-result.json")]
    return {result["name"]: result["status"] for result in results}


def known_issue(folder: Path, **changes: str) -> list[str]:
    """A known issue for the lost element."""
    row = {
        "clause": '"R41.7.0-02"', "check": '"element-present"', "site": '"twisted"', "reason": '"asked Cisco"', "owner": '"the API team"',
        "link": '"https://example.com/1"', "expires": "2199-01-01", **changes,
    }  # fmt: skip
    file = folder / "known.toml"
    file.write_text("[[known]]\n" + "\n".join(f"{key} = {value}" for key, value in row.items()), encoding="utf-8")
    return ["--known-issues", str(file)]


def test_a_site_that_keeps_the_contract_passes(run: Runner) -> None:
    outcome = run(CHANGES)
    assert outcome.code == 0
    assert set(outcome.outcomes().values()) == {"passed"}
    assert outcome.clauses("passed") == {f"R41.7.0-0{number}" for number in range(1, 5)}
    told = re.compile(r"\d+ clauses: 4 judged, 0 observed, 0 not applicable here, \d+ not selected")
    assert any(told.fullmatch(line) for line in outcome.lines)
    assert set(junit(outcome).values()) == {"passed"} == set(allure(outcome).values())
    assert (outcome.reports / "badge.json").is_file()


def test_no_traceback_is_made_of_what_a_verdict_says(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a tenth of a second each, and nobody prints it."""
    made: list[str] = []
    written = pytest.Item.repr_failure

    def listen(item: pytest.Item, *told: object, **more: object) -> object:
        made.append(item.name)
        return written(item, *told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pytest.Item, "repr_failure", listen)
    with twisted(tmp_path, LOST) as site:
        outcome = run(CHANGES, *site.arguments(), "-vv", "--tb=short")
    assert outcome.summary["totals"]["failed"] > 1
    assert made == []
    assert "Traceback" not in outcome.text


def test_a_lost_element_fails_the_scenarios_of_its_clauses_and_no_other(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        outcome = run("features", *site.arguments())
    assert outcome.code == 1
    assert outcome.clauses("failed") == {"R41.7.0-02", "R41.7.0-03"}
    warned = [row for row in outcome.summary["scenarios"] if row["outcome"] == "passed" and row["violations"]]
    assert {clause for row in warned for clause in row["clauses"]} == {"R41.7.0-04"}
    at = outcome.lines.index("GetSite  R41.7.0-02, R41.7.0-03  check element-present, element-order")
    assert outcome.lines[at + 1] == "  expected  siteInstance/tools/separateNoRecordingEdit, separateNoRecordingEdit, boolean"
    assert outcome.lines[at + 2].startswith("  actual    absent (tools has: businessDirectory, officeCalendar,")
    assert outcome.lines[at + 3] == "  clause    41.7.0  GetSite returns separateNoRecordingEdit in tools."
    evidence = outcome.lines[at + 4].removeprefix("  exchange  ")
    assert "separateNoRecordingEdit" not in (outcome.reports.parent / evidence).read_text(encoding="utf-8")


def test_strict_makes_a_warning_a_failure(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        outcome = run(CHANGES, "--strict", *site.arguments())
    assert outcome.clauses("failed") == {"R41.7.0-02", "R41.7.0-03", "R41.7.0-04"}


def test_every_report_tells_the_same(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        outcome = run(CHANGES, *site.arguments())
    failed = {"tools holds separateNoRecordingEdit", "separateNoRecordingEdit stands directly after enableNBRMCModify"}
    told = {title for title, word in outcome.outcomes().items() if word == "failed"}
    assert failed <= told
    assert {title for title, tag in junit(outcome).items() if tag == "failure"} == told
    assert {title for title, status in allure(outcome).items() if status == "failed"} == told
    assert f"FAILED  {len(told)} scenarios, one cause, " in outcome.text, "what only warns is told beside what failed"


@pytest.mark.rotating(3)
@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b"<html><body>Internal error</body></html>", "HTTP 500"),
        (200, b"", "the reply is empty"),
        (200, b"Welcome", "the reply is not XML"),
        (200, b"<serv:message xmlns:serv='http://www.webex.com/schemas/2002/06/service'><serv:hea", "not XML"),
        (200, b"<!DOCTYPE m [<!ENTITY a 'b'>]><m>&a;</m>", "DOCTYPE"),
        (302, b"", "redirects are not followed"),
    ],
)
def test_what_cannot_be_judged_is_broken(run: Runner, tmp_path: Path, status: int, body: bytes, words: str) -> None:
    with twisted(tmp_path, answering(status, body, "LstMeetingType")) as site:
        outcome = run("features/41.12.0/session-type-prefix.feature", *site.arguments())
    assert outcome.code == 1
    assert set(outcome.outcomes().values()) == {"broken"}
    assert set(junit(outcome).values()) == {"error"}
    assert set(allure(outcome).values()) == {"broken"}
    assert words in outcome.text
    assert "Traceback" not in outcome.text


def test_a_known_issue_that_fails_as_listed_is_known(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        outcome = run(f"{CHANGES}/recording-changes.feature", "-k", "holds", *site.arguments(*known_issue(tmp_path)))
    assert outcome.code == 0, outcome.text
    assert outcome.outcomes()["tools holds separateNoRecordingEdit"] == "known"
    assert junit(outcome)["tools holds separateNoRecordingEdit"] == "skipped"
    (told,) = (line for line in outcome.lines if line.startswith("KNOWN  "))
    assert told.endswith("GetSite  siteInstance/tools/separateNoRecordingEdit  absent: asked Cisco (the API team)")


def test_a_known_issue_does_not_excuse_another_check(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        outcome = run(CHANGES, "-k", "holds", *site.arguments(*known_issue(tmp_path, check='"element-order"')))
    assert outcome.code == 1
    assert outcome.outcomes()["tools holds separateNoRecordingEdit"] == "failed"


def test_a_known_issue_that_passes_fails_the_run(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path) as site:
        outcome = run(CHANGES, *site.arguments(*known_issue(tmp_path)))
    assert outcome.code == 1
    assert "did not fail as listed" in outcome.text
    assert outcome.summary["problems"]


def test_a_transport_error_is_never_the_known_failure(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, answering(500, b"", "GetSite")) as site:
        outcome = run(CHANGES, *site.arguments(*known_issue(tmp_path)), "--lanes", "0")
    assert (outcome.code, outcome.clauses("known", "failed")) == (1, set())
    assert "R41.7.0-02" in outcome.clauses("broken")
    row = {"clause": '"R41.12.0-13"'}
    with twisted(tmp_path, answering(500, b"", "LstMeetingType")) as site:
        outcome = run("features/41.12.0", "-m", "clause.R41.12.0-13", *site.arguments(*known_issue(tmp_path, **row)))
    assert outcome.clauses("broken") == {"R41.12.0-13"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expires": "2001-01-01"}, "expired on 2001-01-01"),
        ({"clause": '"R41.7.0-99"'}, "there is no clause 'R41.7.0-99'"),
        ({"expires": '"soon"'}, "expires must be a date"),
        ({"chek": '"typo"'}, "unknown key 'chek'"),
        ({"reason": '""'}, "lacks reason"),
    ],
)
def test_an_unclear_known_issue_ends_the_run(run: Runner, tmp_path: Path, changes: dict[str, str], words: str) -> None:
    with twisted(tmp_path) as site:
        outcome = run(CHANGES, *site.arguments(*known_issue(tmp_path, **changes)))
    assert outcome.code == 4
    assert words in outcome.text


def test_scenarios_of_a_later_release_are_skipped(run: Runner) -> None:
    outcome = run("features/41.12.0", "features/41.11.0/free-account.feature", "--release", "41.11.0")
    assert outcome.code == 0
    skipped = [row for row in outcome.summary["scenarios"] if row["outcome"] == "skipped"]
    assert {row["skip"]["kind"] for row in skipped} == {"release"}
    assert {row["release"] for row in skipped} == {"41.12.0"}
    assert "not applicable here (release)" in outcome.text


def test_a_run_that_judged_nothing_is_not_green(run: Runner) -> None:
    assert run(CHANGES, "--release", "41.1.0").code == 5
    assert run(CHANGES, "-m", "operation.CreateUser").code == 5
    assert run(CHANGES, "-m", "operation.NoSuch").code == 4


def test_observations_are_recorded_and_never_judged(run: Runner) -> None:
    outcome = run("features/41.12.0", "-m", "observe")
    assert outcome.code == 0
    told = {row["clauses"][0]: row for row in outcome.summary["scenarios"]}
    assert {row["skip"]["kind"] for row in told.values()} == {"observe-only"}
    assert "DelEvent answered" in told["R41.12.0-10"]["observations"][0]
    assert "2 observed" in outcome.text


@pytest.mark.parametrize(
    ("arguments", "clauses"),
    [
        (["features", "-m", "operation.LstMeetingType and clause.R41.12.0-14"], {"R41.12.0-14"}),
        (["features/41.7.0", "-k", "directly"], {"R41.7.0-03"}),
        (["features/41.6.3/large-events.feature::GetSite returns supportLargeEvent"], {"R41.6.3-01"}),
        (["features/41.12.0", "-m", "setting.classic-events.off and operation.GetEvent"], {"R41.12.0-03"}),
    ],
)
def test_scenarios_are_selected_by_what_they_say(run: Runner, arguments: list[str], clauses: set[str]) -> None:
    assert run(*arguments).clauses("passed") == clauses


def test_a_line_that_a_file_does_not_have_runs_nothing(run: Runner) -> None:
    place = f"{CHANGES}/recording-changes.feature"
    last = (ROOT / place).read_text(encoding="utf-8").count("\n") + 1
    for line in (0, last + 1, 9999):
        outcome = run(f"{place}:12", f"{place}:{line}")
        assert outcome.code == 4
        assert outcome.text.count("error[") == 1
        assert f"error[feature-line]: there is no line {line}" in outcome.text
        assert f"{place}\n" in outcome.text
        assert f"the file has lines 1 to {last}" in outcome.text
    assert run(f"{place}:{last}").code == 0


def test_a_read_only_run_skips_what_writes(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path) as site:
        outcome = run("features/41.11.0", "--access", "read-only", *site.arguments())
        assert not [name for name in site.asked if not name.startswith(("Get", "Lst", "Authenticate"))]
    kinds = {row["skip"]["kind"] for row in outcome.summary["scenarios"] if row["skip"]}
    assert kinds == {"access", "baseline", "observe-only"}


def test_a_run_says_which_schema_judged(run: Runner, tmp_path: Path) -> None:
    bundle = zipped(tmp_path)
    for arguments, schema in (((), "the clauses alone (no vendor's schemas, no baseline); drift is told by the suite's own schemas, as of 41.12.0"), (("--schemas", str(bundle)), str(bundle))):
        outcome = run("features/41.7.0", *arguments)
        assert outcome.code == 0, outcome.text
        assert outcome.summary["schema"] == schema
        assert f"judged by {schema}" in outcome.lines
        facts = (outcome.reports / "allure-results" / "environment.properties").read_text(encoding="utf-8")
        assert f"schema={schema}\n" in facts


@pytest.mark.parametrize(
    "words", [["--collect-only"], ["--setup-plan"], ["--setup-plan", "-n", "2"], ["--setup-only"], ["--fixtures"], ["--fixtures-per-test"]]
)
def test_who_asks_what_there_is_asks_no_site_and_keeps_the_reports(run: Runner, tmp_path: Path, words: list[str]) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "summary.json").write_text("of the last run", encoding="utf-8")
    with twisted(tmp_path) as site:
        outcome = run(CHANGES, "--reports", str(reports), *words, *site.arguments())
        assert site.asked == []
    assert outcome.code in (0, 5), outcome.text
    assert [file.name for file in reports.iterdir()] == ["summary.json"]
    assert (reports / "summary.json").read_text(encoding="utf-8") == "of the last run"


def test_a_full_disk_is_no_fault_of_the_suite_nor_of_the_site(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its ledger nothing is changed on the site; whoever runs the suite is told where there is no room."""

    def full(ledger: Ledger, line: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{ledger._run_id}.jsonl")  # noqa: SLF001

    monkeypatch.setattr(Ledger, "_write", full)
    with twisted(tmp_path) as site:
        outcome = run("features/41.5.0", "-m", "writes", *site.arguments("--access", "read-write", "--lanes", "0"))
    assert outcome.code == 1
    broken = [one for one in outcome.summary["scenarios"] if one["outcome"] == "broken"]
    assert broken
    assert {one["fault"] for one in broken} == {"operation"}
    assert all(
        re.fullmatch(r"nothing can be written to \w+\.jsonl: No space left on device; make room there, and run it again", one["cause"])
        for one in broken
    )
    assert not (outcome.reports / "faults").exists()
    assert [one for one in site.asked if one.startswith("Create")] == []
