"""What stands in the results of Allure: of a scenario, of its steps, of their attachments; and what stands beside them."""

from __future__ import annotations

import json
import os
import platform
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from allure_commons import model2

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation, headline
from conformance.reporting import allure
from conformance.reporting.allure import MaskingLogger, complete_results, environment, executor, write_categories, write_environment, write_executor
from conformance.reporting.exchange_file import readable
from conformance.reporting.outcome import ScenarioResult, Skip, StepRecord, causes
from conformance.reporting.summary import RunRecord
from conformance.sites.masking import secret_registry
from conformance.sites.release import Release
from conformance.wire.exchange import Exchange, Request

CLAUSE = Clause("R41.7.0-02", Release(41, 7), "GetSite", "explicit", "must", "It tells.", "1-2", "Heading", "标题", "")
FOUND = Violation("R41.7.0-02", "result", "GetSite", "header/response", "SUCCESS", "FAILURE 000001 no", 1, 12)
PASSED = ScenarioResult("features/a.feature::one", "one", "", "Sites", "", ("R41.7.0-02", "R41.7.0-03"), "41.7.0", ("GetSite", "GetUser"), "must", "passed", 0.1)
FAILED = replace(PASSED, outcome="failed", violations=(FOUND,))
REQUEST = Request("GetSite", "host", "https://a.test/x", b"<a><password>pw</password></a>")


def as_pytest_has_it() -> model2.TestResult:
    """What allure-pytest knows of a scenario: names of functions, tags, fixtures."""
    return model2.TestResult(
        uuid="7", name="test_it", fullName="module#test_it", status="broken", start=1000, stop=2000, descriptionHtml="<p>", historyId="x", testCaseId="y",
        statusDetails=model2.StatusDetails(message="assert"), parameters=[model2.Parameter(name="p", value="v", excluded=False)], links=[model2.Link(url="u")], attachments=[model2.Attachment(name="log")],
        labels=[model2.Label(name=name, value="v") for name in ("host", "thread", "suite", "tag")],
    )  # fmt: skip


def written(folder: Path, *told: tuple[ScenarioResult, Iterable[StepRecord], Clause] | None) -> list[dict[str, Any]]:
    """The results of scenarios that ran one after the other, as their files have them."""
    waiting = iter(told)
    logger = MaskingLogger(folder, lambda: next(waiting))
    for _ in told:
        logger.report_result(as_pytest_has_it())
    logger.close()
    assert not [file for file in folder.iterdir() if not file.name.endswith(("-result.json", "-attachment.txt", "-attachment.xml"))]
    files = sorted(folder.glob("*-result.json"), key=lambda file: file.stat().st_mtime_ns)
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def one(folder: Path, result: ScenarioResult = PASSED, *steps: StepRecord, clause: Clause = CLAUSE) -> dict[str, Any]:
    (told,) = written(folder, (result, steps, clause))
    return told


def labels(told: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in told["labels"] if label["name"] == name]


def test_all_that_is_told_of_a_scenario(tmp_path: Path) -> None:
    assert one(tmp_path, replace(PASSED, title="one\x1b"), StepRecord("Given", "a site", "passed", 1.0, 2.5)) == {
        "uuid": "7",
        "name": "one\\x1b",
        "fullName": "features/a.feature::one",
        "status": "passed",
        "description": "**R41.7.0-02** (must, the notes are explicit) It tells.\n\nHeading / 标题",
        "start": 1000,
        "stop": 2000,
        "historyId": "5c865088f4e06b02948dc701bb0a7fa8",
        "testCaseId": "5c865088f4e06b02948dc701bb0a7fa8",
        "steps": [{"name": "Given a site", "status": "passed", "start": 1000, "stop": 2500}],
        "labels": [
            {"name": name, "value": value}
            for name, value in (
                ("host", "v"), ("thread", "v"), ("epic", "XML API 41.7.0"), ("feature", "Sites"), ("story", "It tells."), ("parentSuite", "features/41.7.0"),
                ("suite", "Sites"), ("severity", "critical"), ("framework", "pytest-bdd"), ("language", f"cpython{platform.python_version()}"),
                ("release", "41.7.0"), ("clause", "R41.7.0-02"), ("tag", "R41.7.0-02"), ("operation", "GetSite"), ("operation", "GetUser"),
                ("tag", "GetSite"), ("tag", "GetUser"),
            )
        ],
        "links": [{"type": "tms", "url": "../living-documentation.html#R41.7.0-02", "name": "R41.7.0-02, notes l. 1-2"}],
    }  # fmt: skip


def test_a_scenario_is_known_again_by_its_first_clause_and_its_node_id(tmp_path: Path) -> None:
    others = (PASSED, replace(PASSED, title="x", row="r", outcome="failed"), replace(PASSED, nodeid="features/a.feature::two"), replace(PASSED, clauses=("R41.7.0-03",)))
    told = written(tmp_path, *((other, (), CLAUSE) for other in others))
    identities = [result["historyId"] for result in told]
    assert [result["testCaseId"] for result in told] == identities
    assert identities[0] == identities[1]
    assert len(set(identities)) == 3


def test_what_a_rule_an_owner_a_row_and_a_remark_add(tmp_path: Path) -> None:
    told = one(tmp_path, replace(PASSED, rule="Rule", owner="me", row="a, b"), clause=replace(CLAUSE, remark="Spelt so."))
    assert [(label["name"], label["value"]) for label in told["labels"]][-2:] == [("subSuite", "Rule"), ("owner", "me")]
    assert labels(told, "story") == ["Rule"]
    assert told["parameters"] == [{"name": "row", "value": "a, b"}]
    assert told["description"] == "**R41.7.0-02** (must, the notes are explicit) It tells.\n\nHeading / 标题\n\n*Spelt so.*"


@pytest.mark.parametrize(("level", "severity"), [("must", "critical"), ("should", "normal"), ("observe", "minor")])
def test_how_hard_a_scenario_is(tmp_path: Path, level: str, severity: str) -> None:
    assert labels(one(tmp_path, replace(PASSED, level=level)), "severity") == [severity]


HEADLINE = "GetSite  R41.7.0-02  check result: header/response: expected SUCCESS, actual FAILURE 000001 no"


@pytest.mark.parametrize(
    ("result", "status", "details"),
    [
        (PASSED, "passed", None),
        (replace(FAILED, outcome="passed", level="should"), "passed", {"message": HEADLINE}),
        (FAILED, "failed", {"message": HEADLINE}),
        (
            replace(FAILED, violations=(FOUND, replace(FOUND, path="a\x1b"))),
            "failed",
            {"message": f"{HEADLINE}\n{HEADLINE.replace('header/response', 'a' + chr(92) + 'x1b')}"},
        ),
        (replace(FAILED, outcome="flaky", attempts=("failed", "passed")), "failed", {"message": f"tried 2 times: failed, passed\n{HEADLINE}", "flaky": True}),
        (replace(FAILED, outcome="broken", cause="timed out\nafter 30 s"), "broken", {"message": "timed out\nafter 30 s"}),
        (replace(FAILED, outcome="known", known="asked", owner="me"), "skipped", {"message": f"known issue: asked (me)\n{HEADLINE}", "known": True}),
        (replace(PASSED, outcome="skipped", skip=Skip("role", "no host")), "skipped", {"message": "role: no host"}),
        (
            replace(PASSED, outcome="skipped", skip=Skip("observe-only", "recorded"), observations=("it said x", "and y")),
            "skipped",
            {"message": "observe-only: recorded\nit said x\nand y"},
        ),
        (replace(PASSED, attempts=("broken", "passed")), "passed", {"message": "tried 2 times: broken, passed\n"}),
    ],
)
def test_what_it_came_to(tmp_path: Path, result: ScenarioResult, status: str, details: dict[str, Any] | None) -> None:
    told = one(tmp_path, result)
    assert (told["status"], told.get("statusDetails")) == (status, details)


@pytest.mark.parametrize(
    ("step", "status", "message"),
    [
        (StepRecord("Then", "x", "failed", violations=[FOUND]), "failed", "result: header/response: expected SUCCESS, actual FAILURE 000001 no"),
        (
            StepRecord("Then", "x", "failed", violations=[FOUND, replace(FOUND, check="status\x1b", path="")]),
            "failed",
            "result: header/response: expected SUCCESS, actual FAILURE 000001 no\nstatus\\x1b: : expected SUCCESS, actual FAILURE 000001 no",
        ),
        (StepRecord("When", "x", "broken", cause="timed out\x1b"), "broken", "timed out\\x1b"),
        (StepRecord("When", "x"), "skipped", None),
    ],
)
def test_what_a_step_came_to(tmp_path: Path, step: StepRecord, status: str, message: str | None) -> None:
    (told,) = one(tmp_path, PASSED, step)["steps"]
    assert (told["status"], told.get("statusDetails")) == (status, {"message": message} if message else None)


def test_steps_in_their_order_with_their_times(tmp_path: Path) -> None:
    told = one(tmp_path, PASSED, StepRecord("Given", "a\x1b", "passed", 1.0, 2.0009), StepRecord("When", "b", "passed", 2.5, 3.0))
    assert [(step["name"], step["start"], step["stop"]) for step in told["steps"]] == [("Given a\\x1b", 1000, 2000), ("When b", 2500, 3000)]


def attached(folder: Path, step: StepRecord) -> list[tuple[str, str, str, str]]:
    """Name, media type, ending of the file, and what stands in it."""
    (told,) = one(folder, PASSED, step)["steps"]
    return [(it["name"], it["type"], it["source"].partition("-")[2], (folder / it["source"]).read_text(encoding="utf-8")) for it in told.get("attachments", ())]


def test_a_call_is_attached_as_a_request_and_a_reply_to_be_read(tmp_path: Path) -> None:
    exchange = Exchange(REQUEST, 1.0, 1.2346, 200, body="<b><c>二</c></b>".encode(), notes=("waited\x1b",), error="cut off")
    silent = Exchange(replace(REQUEST, operation="GetUser", body=b"<x/>"), 2.0, 30.0, error="timed out")
    told = attached(tmp_path, StepRecord("When", "x", "passed", exchanges=[exchange, silent]))
    assert told == [
        ("GetSite request to https://a.test/x", "application/xml", "attachment.xml", "<a>\n  <password>******</password>\n</a>"),
        ("GetSite reply, HTTP 200, 1235 ms", "application/xml", "attachment.xml", "<b>\n  <c>二</c>\n</b>"),
        ("what happened on the way", "text/plain", "attachment.txt", "waited\\x1b\ncut off"),
        ("GetUser request to https://a.test/x", "application/xml", "attachment.xml", "<x/>"),
        ("what happened on the way", "text/plain", "attachment.txt", "timed out"),
    ]


def test_tables_and_what_was_observed_are_attached(tmp_path: Path) -> None:
    secret_registry.learn("kumquat-78")
    step = StepRecord("Then", "x", "passed", table=(("a", "b"), ("c", "kumquat-78 <d>")), observations=["it said x", "and y"])
    assert attached(tmp_path, step) == [
        ("table", "text/plain", "attachment.txt", "a | b\nc | ****** <d>"),
        ("observed", "text/plain", "attachment.txt", "it said x\nand y"),
    ]
    assert attached(tmp_path / "other", StepRecord("Then", "x", "passed")) == []


@pytest.mark.parametrize(("notes", "error", "text"), [(("waited",), "", "waited\n"), ((), "cut off", "cut off")])
def test_what_happened_on_the_way_is_attached_where_something_did(tmp_path: Path, notes: tuple[str, ...], error: str, text: str) -> None:
    told = attached(tmp_path, StepRecord("When", "x", "passed", exchanges=[Exchange(REQUEST, 1.0, 0.5, notes=notes, error=error)]))
    assert told[1:] == [("what happened on the way", "text/plain", "attachment.txt", text)]


def test_equal_attachments_are_one_on_the_disk_under_names_of_their_own(tmp_path: Path) -> None:
    """Bodies that differ in blanks alone, too: what is read of them is the same."""
    bodies = (b"<a/>", b"<a/>", b" <a/>", b"<b/>", b"<a />")
    exchanges = [Exchange(replace(REQUEST, body=body), 1.0, 0.5) for body in bodies]
    written(tmp_path, (PASSED, [StepRecord("When", "x", "passed", exchanges=exchanges)], CLAUSE), (PASSED, [StepRecord("When", "y", "passed", exchanges=exchanges)], CLAUSE))
    files = list(tmp_path.glob("*-attachment.xml"))
    assert sorted(file.read_text(encoding="utf-8") for file in files) == ["<a/>"] * 8 + ["<b/>"] * 2
    assert len({file.stat().st_ino for file in files}) == 2


def test_a_reply_that_comes_again_is_made_readable_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site gives many of them, and some are long."""
    read = []
    monkeypatch.setattr(allure, "readable", lambda body: read.append(body) or readable(body))
    exchanges = [Exchange(replace(REQUEST, body=body), 1.0, 0.5) for body in (b"<a/>", b"<a/>", b"<b/>", b"<a/>")]
    assert len(attached(tmp_path, StepRecord("When", "x", "passed", exchanges=exchanges))) == 4
    assert read == [b"<a/>", b"<b/>"]


def test_where_files_cannot_have_two_names_each_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, name: str) -> None:
        raise PermissionError(source)

    monkeypatch.setattr(os, "link", refuse)
    exchanges = [Exchange(REQUEST, 1.0, 0.5)] * 2
    assert len(attached(tmp_path, StepRecord("When", "x", "passed", exchanges=exchanges))) == 2
    assert len({file.read_text(encoding="utf-8") for file in tmp_path.glob("*-attachment.xml")}) == 1


@pytest.mark.usefixtures("ascii_files")
def test_every_file_is_utf_8_and_readable_as_text(tmp_path: Path) -> None:
    title = "zwei – 二 \ud800"
    exchange = Exchange(REQUEST, 1.0, 0.5, 200, body="<b>二</b>".encode())
    told = one(tmp_path / "results", replace(PASSED, title=title), StepRecord("When", "x", "passed", exchanges=[exchange], observations=["二 \ud800"]))
    assert told["name"] == "zwei – 二 \\xd800"
    (file,) = (tmp_path / "results").glob("*-result.json")
    assert "zwei – 二".encode() in file.read_bytes()
    assert [attachment["name"] for attachment in told["steps"][0]["attachments"]][-1] == "observed"
    write_environment(tmp_path, {"site": "二"})
    assert (tmp_path / "environment.properties").read_bytes() == "site=二\n".encode()
    write_categories(tmp_path, causes([failure("a", path="二"), failure("b", path="二")]))
    assert json.loads((tmp_path / "categories.json").read_text(encoding="utf-8"))[0]["name"] == "GetSite  二  000001 (2 scenarios)"
    write_executor(tmp_path, {"GITLAB_CI": "true", "CI_JOB_NAME": "二"})
    assert json.loads((tmp_path / "executor.json").read_text(encoding="utf-8"))["buildName"] == " / 二 #"


def test_results_are_written_by_one_thread_in_their_order(tmp_path: Path) -> None:
    """The run goes on meanwhile."""
    go_on, writers = threading.Event(), []

    def steps(waits: bool) -> Iterator[StepRecord]:
        if waits:
            assert go_on.wait(30)
        writers.append(threading.current_thread().name)
        yield StepRecord("Given", "x", "passed")

    waiting = iter([(PASSED, steps(waits=True), CLAUSE), (FAILED, steps(waits=False), CLAUSE)])
    logger = MaskingLogger(tmp_path, lambda: next(waiting))
    for _ in range(2):
        logger.report_result(as_pytest_has_it())
    go_on.set()
    logger.close()
    assert writers == ["allure_0", "allure_0"]
    assert len(list(tmp_path.glob("*-result.json"))) == 2


def test_of_a_worker_each_is_on_the_disk_before_the_next_begins(tmp_path: Path) -> None:
    """A worker that crashes would take with it what waits to be written."""

    def slow() -> Iterator[StepRecord]:
        started.wait(0.05)
        yield StepRecord("Given", "x", "passed")

    started = threading.Event()
    logger = MaskingLogger(tmp_path, lambda: (PASSED, slow(), CLAUSE), at_once=True)
    for number in (1, 2):
        logger.report_result(as_pytest_has_it())
        assert len(list(tmp_path.glob("*-result.json"))) == number
    logger.close()


def test_what_cannot_be_written_costs_itself(tmp_path: Path) -> None:
    """However many they are: none waits for room that nobody makes."""

    def raising() -> Iterator[StepRecord]:
        yield StepRecord("Given", "x", "passed")
        raise ZeroDivisionError

    told = written(tmp_path, *((PASSED, raising(), CLAUSE) for _ in range(70)), (PASSED, (), CLAUSE))
    assert [result["name"] for result in told] == ["one"]


def test_an_attachment_that_cannot_be_written_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open

    def full(file: str, *arguments: Any, **named: Any) -> Any:
        if "-attachment" in str(file):
            raise OSError(28, "No space left on device")
        return opened(file, *arguments, **named)

    monkeypatch.setattr("builtins.open", full)
    assert one(tmp_path, PASSED, StepRecord("Then", "x", "passed", observations=["o"]))["name"] == "one"


def test_what_is_no_scenario_is_written_as_it_is(tmp_path: Path) -> None:
    (told,) = written(tmp_path, None)
    assert (told["name"], told["status"], told["statusDetails"]) == ("test_it", "broken", {"message": "assert"})
    assert told["parameters"] == [{"name": "p", "value": "v", "excluded": False}]


def test_fixtures_leave_nothing_and_what_plugins_attach_is_masked(tmp_path: Path) -> None:
    secret_registry.learn("kumquat-78")
    logger = MaskingLogger(tmp_path, lambda: None)
    logger.report_container(model2.TestResultContainer(uuid="1"))
    logger.report_attached_data("it is kumquat-78\x1b", "a.txt")
    logger.report_attached_data(b"it is kumquat-78 \xff", "b.txt")
    logger.close()
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == {"a.txt": "it is ******\\x1b", "b.txt": "it is ****** \ufffd"}


def record(*scenarios: ScenarioResult) -> RunRecord:
    return RunRecord(
        "acme", "https://acme.test/x", True, "41.12.0", "41.11.0", "read-only", False, "ours", ("host", "admin"), {}, 0.0, 1.0, scenarios,
    )  # fmt: skip


def test_where_and_as_what_a_run_was_made() -> None:
    assert environment(record()) == {
        "site": "acme", "address": "https://acme.test/x", "release": "41.12.0", "site release": "41.11.0", "schema": "ours", "suite": __version__,
        "access": "read-only", "accounts": "host, admin",
    }  # fmt: skip


def test_the_environment_as_java_reads_properties(tmp_path: Path) -> None:
    write_environment(tmp_path, {"site": "acme\x1b", "site release": "41.11.0", "a b c": ""})
    assert (tmp_path / "environment.properties").read_text(encoding="utf-8") == "site=acme\\x1b\nsite.release=41.11.0\na.b.c=\n"


def failure(nodeid: str, **changes: Any) -> ScenarioResult:
    return replace(FAILED, nodeid=nodeid, violations=(replace(FOUND, **changes),))


def test_what_stands_beside_the_results(tmp_path: Path) -> None:
    made = record(failure("a"), failure("b"))
    for nth in range(2):
        (tmp_path / f"{nth}-result.json").write_text("{}", encoding="utf-8")
    complete_results(made, tmp_path, {"GITLAB_CI": "true"})
    assert {file.name for file in tmp_path.iterdir()} == {"0-result.json", "1-result.json", "environment.properties", "categories.json", "executor.json"}
    assert "site=acme\n" in (tmp_path / "environment.properties").read_text(encoding="utf-8")
    assert "(2 scenarios)" in (tmp_path / "categories.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(("there", "words"), [(0, "2 of 2 results are missing"), (1, "1 of 2 results are missing")])
def test_results_that_are_missing_are_told(tmp_path: Path, there: int, words: str) -> None:
    for nth in range(there):
        (tmp_path / f"{nth}-result.json").write_text("{}", encoding="utf-8")
    (tmp_path / "0-attachment.txt").touch()
    with pytest.raises(OSError, match=f"^{words}$"):
        complete_results(record(failure("a"), failure("b")), tmp_path, {})
    assert (tmp_path / "categories.json").exists()
    assert not (tmp_path / "executor.json").exists()


CATEGORIES = r"""[
 {
  "name": "Contract broken",
  "matchedStatuses": [
   "failed"
  ]
 },
 {
  "name": "Could not be judged",
  "matchedStatuses": [
   "broken"
  ]
 },
 {
  "name": "Known issues",
  "matchedStatuses": [
   "skipped"
  ],
  "messageRegex": "known issue: [\\s\\S]*"
 },
 {
  "name": "Not served here",
  "matchedStatuses": [
   "skipped"
  ],
  "messageRegex": "not-served: [\\s\\S]*"
 },
 {
  "name": "Observed, never judged",
  "matchedStatuses": [
   "skipped"
  ],
  "messageRegex": "observe-only: [\\s\\S]*"
 },
 {
  "name": "Not applicable here",
  "matchedStatuses": [
   "skipped"
  ]
 }
]"""


def categories(folder: Path, *results: ScenarioResult) -> list[dict[str, Any]]:
    """The categories of causes."""
    write_categories(folder, causes(results))
    told = json.loads((folder / "categories.json").read_text(encoding="utf-8"))
    assert told[-6:] == json.loads(CATEGORIES)
    return list(told[:-6])


def test_categories_to_the_letter(tmp_path: Path) -> None:
    write_categories(tmp_path)
    assert (tmp_path / "categories.json").read_text(encoding="utf-8") == CATEGORIES


def test_only_a_cause_of_several_failures_is_a_category_and_thirty_at_most(tmp_path: Path) -> None:
    assert categories(tmp_path, failure("a")) == []
    assert categories(tmp_path, replace(failure("a"), outcome="known"), replace(failure("b"), outcome="known")) == []
    many = [failure(f"{nth}{times}", path=f"p{nth:02}") for nth in range(31) for times in "ab"]
    assert [one["name"] for one in categories(tmp_path, *many)] == [f"GetSite  p{nth:02}  000001 (2 scenarios)" for nth in range(30)]


@pytest.mark.parametrize(
    ("changes", "name", "others"),
    [
        ({}, "GetSite  header/response  000001 (2 scenarios)", [{"path": "header"}, {"actual": "FAILURE 000002 no"}, {"operation": "GetSiteX"}, {"path": "header/response/x"}]),
        ({"actual": "absent"}, "GetSite  header/response  absent (2 scenarios)", [{"actual": "'7'"}, {"actual": "FAILURE 000001"}]),
        ({"actual": "'7'"}, "GetSite  header/response  check result (2 scenarios)", [{"check": "results", "actual": "'7'"}, {"path": "x", "actual": "'7'"}]),
        ({"operation": "", "path": ""}, "-  reply  000001 (2 scenarios)", [{"path": ""}, {"operation": ""}]),
        ({"path": "a[1].b|c*(d)+e?^f$g{2}/h\\i"}, "GetSite  a[1].b|c*(d)+e?^f$g{2}/h\\i  000001 (2 scenarios)", [{"path": "a1xb"}]),
        (
            {"check": "login", "actual": "FAILURE 030002 no"},
            "R41.7.0-02  header/response  030002 (2 scenarios)",
            [{"check": "login", "actual": "FAILURE 030002 no", "clause": "R41.7.0-03"}],
        ),
    ],
)
def test_a_category_finds_the_failures_of_its_cause_and_no_other(tmp_path: Path, changes: dict[str, Any], name: str, others: list[dict[str, Any]]) -> None:
    (told,) = categories(tmp_path, failure("a", **changes), failure("b", **changes))
    assert (told["name"], told["matchedStatuses"]) == (name, ["failed"])

    def found(message: str) -> bool:
        return re.fullmatch(told["messageRegex"], message) is not None

    mine = headline(replace(FOUND, **changes))
    assert found(mine)
    assert found(f"tried 2 times: failed, failed\n{mine}\n{HEADLINE}")
    for other in others:
        assert not found(headline(replace(FOUND, **other))), other


def test_what_a_name_in_a_category_holds_is_told_and_not_obeyed(tmp_path: Path) -> None:
    (told,) = categories(tmp_path, failure("a", path="x\x1b"), failure("b", path="x\x1b"))
    assert told["name"] == "GetSite  x\\x1b  000001 (2 scenarios)"


GITHUB = {
    "GITHUB_ACTIONS": "true", "GITHUB_RUN_NUMBER": "7", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "9", "GITHUB_SERVER_URL": "https://hub",
    "GITHUB_WORKFLOW": "night\x1b", "GITHUB_JOB": "job",
}  # fmt: skip
GITLAB = {"GITLAB_CI": "true", "CI_PROJECT_PATH": "g/p", "CI_JOB_NAME": "nightly", "CI_PIPELINE_IID": "3", "CI_JOB_URL": "https://ci/j\x1b"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, None),
        ({"GITHUB_ACTIONS": "false", "GITLAB_CI": "yes"}, None),
        (
            GITHUB,
            {"name": "GitHub Actions", "type": "github", "buildName": "night\\x1b / job #7", "buildUrl": "https://hub/o/r/actions/runs/9", "buildOrder": 7},
        ),
        ({"GITHUB_ACTIONS": "true"}, {"name": "GitHub Actions", "type": "github", "buildName": " /  #", "buildUrl": "//actions/runs/"}),
        (GITLAB, {"name": "GitLab CI", "type": "gitlab", "buildName": "g/p / nightly #3", "buildUrl": "https://ci/j\\x1b", "buildOrder": 3}),
        ({"GITLAB_CI": "true"}, {"name": "GitLab CI", "type": "gitlab", "buildName": " /  #", "buildUrl": ""}),
        (GITLAB | {"CI_PIPELINE_IID": "x3"}, {"name": "GitLab CI", "type": "gitlab", "buildName": "g/p / nightly #x3", "buildUrl": "https://ci/j\\x1b"}),
    ],
)
def test_who_started_a_run(tmp_path: Path, given: dict[str, str], told: dict[str, str | int] | None) -> None:
    assert executor(given) == told
    write_executor(tmp_path, given)
    assert [file.name for file in tmp_path.iterdir()] == (["executor.json"] if told else [])
    if told:
        assert (tmp_path / "executor.json").read_text(encoding="utf-8") == json.dumps(told, indent=1) + "\n"
