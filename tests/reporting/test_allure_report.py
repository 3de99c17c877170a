"""The Allure page, and what CI adds to it."""

from __future__ import annotations

import base64
import json
import re
import shutil
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.judge.findings import Violation, headline
from conformance.reporting.allure import executor, write_categories
from conformance.reporting.outcome import ScenarioResult, causes
from conformance.reporting.allure_report import earlier_runs, report, without_analytics
from conformance.sites.errors import UserError
from tests.conftest import ROOT
from tests.reporting.conftest import Runs

TAG = """<p>a</p><script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        function gtag(){dataLayer.push(arguments);}
    </script><script>ours()</script>"""


def test_the_makers_analytics_are_cut_and_nothing_else() -> None:
    assert without_analytics(TAG) == "<p>a</p><script>ours()</script>"


def test_analytics_of_another_form_are_refused() -> None:
    with pytest.raises(UserError, match="googletagmanager"):
        without_analytics('<img src="https://googletagmanager.com/x">')


def test_without_node_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "allure-results"
    results.mkdir()
    (results / "a-result.json").write_text("{}", encoding="utf-8")
    write_categories(results)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError) as caught:
        report(Namespace(root=ROOT, reports=tmp_path))
    assert caught.value.code == "node-missing"
    assert len(str(caught.value).splitlines()) == 1


def test_without_results_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        report(Namespace(root=ROOT, reports=tmp_path))
    assert caught.value.code == "no-results"


def test_categories_are_regular_expressions_for_javascript_too(tmp_path: Path) -> None:
    write_categories(tmp_path)
    for one in json.loads((tmp_path / "categories.json").read_text(encoding="utf-8")):
        assert "(?" not in one.get("messageRegex", "")


def test_executor_of_gitlab_of_github_and_of_nobody() -> None:
    assert executor({}) is None
    lab = executor({"GITLAB_CI": "true", "CI_PROJECT_PATH": "g/p", "CI_JOB_NAME": "nightly", "CI_PIPELINE_IID": "3",
                    "CI_JOB_URL": "https://ci/j"})
    assert lab == {"name": "GitLab CI", "type": "gitlab", "buildName": "g/p / nightly #3", "buildUrl": "https://ci/j",
                   "buildOrder": 3}
    hub = executor({"GITHUB_ACTIONS": "true", "GITHUB_RUN_NUMBER": "7", "GITHUB_REPOSITORY": "o/r",
                    "GITHUB_RUN_ID": "9", "GITHUB_SERVER_URL": "https://hub"})
    assert hub is not None
    assert hub["buildUrl"] == "https://hub/o/r/actions/runs/9"


def _attachments(told: Any) -> Iterator[dict[str, Any]]:
    """Every attachment of a result and of its steps."""
    yield from told.get("attachments", ())
    for step in told.get("steps", ()):
        yield from _attachments(step)


def test_every_result_has_attachments_of_its_own(runs: Runs) -> None:
    folder = runs["bad"] / "allure-results"
    results = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*-result.json")]
    named = [one["source"] for result in results for one in _attachments(result)]
    assert len(named) > len(results), "a call is a request and a reply"
    assert len(set(named)) == len(named), "Allure 3 gives a file that two results name to one of them only"
    assert {file.name for file in folder.glob("*-attachment.*")} == set(named)


def test_equal_attachments_are_one_on_the_disk(runs: Runs) -> None:
    files = list((runs["bad"] / "allure-results").glob("*-attachment.*"))
    assert len({file.stat().st_ino for file in files}) == len({file.read_bytes() for file in files}) < len(files)


_DATA = re.compile(r'd\("(data/(?:attachments|test-results)/[^"]+)","([^"]*)"')


def _links(told: Any) -> Iterator[dict[str, Any]]:
    """Every attachment as the page of Allure links it."""
    if isinstance(told, dict):
        if isinstance(told.get("link"), dict):
            yield told["link"]
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from _links(one)


@pytest.mark.skipif(not shutil.which("node"), reason="no Node.js on this machine")
def test_every_attachment_can_be_opened_in_the_page_and_a_run_enters_its_history_once(runs: Runs) -> None:
    reports = runs["bad"]
    for _ in range(2):
        assert main(["report", "--reports", str(reports), "--root", str(ROOT)]) == 0
    data = dict(_DATA.findall((reports / "allure-report" / "index.html").read_text(encoding="utf-8")))
    results = [json.loads(base64.b64decode(body)) for name, body in data.items() if "/test-results/" in name]
    links = [link for result in results for link in _links(result)]
    missing = [one["name"] for one in links if f"data/attachments/{one['id']}{one['ext']}" not in data]
    assert (len(results), missing) == (len(list((reports / "allure-results").glob("*-result.json"))), [])
    assert len(links) > len(results)
    assert len((reports / "allure-history.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_the_history_keeps_other_runs_and_drops_what_cannot_be_read(tmp_path: Path) -> None:
    results, history = tmp_path / "allure-results", tmp_path / "allure-history.jsonl"
    results.mkdir()
    (results / "a-result.json").write_text('{"fullName": "a", "start": 2}', encoding="utf-8")
    lines = [json.dumps({"testResults": {"a": {"fullName": "a", "start": start}}}) for start in (1, 2)]
    assert earlier_runs(history, results) == ""
    history.write_text("\n".join([*lines, '{"testRes']), encoding="utf-8")
    assert earlier_runs(history, results) == lines[0] + "\n"


def test_a_login_refused_is_one_category_whatever_was_asked_for(tmp_path: Path) -> None:
    refused = Violation("R41.7.0-02", "login", "GetSite", "response/result", "accepted", "FAILURE 030002 no")
    several = [refused, replace(refused, operation="GetUser"), replace(refused, clause="R41.7.0-03")]
    write_categories(tmp_path, causes([result(f"a::{nth}", one) for nth, one in enumerate(several)]))
    mine = json.loads((tmp_path / "categories.json").read_text(encoding="utf-8"))[0]["messageRegex"]
    assert [bool(re.fullmatch(mine, headline(one))) for one in several] == [True, True, False]


def result(nodeid: str, violation: Violation) -> ScenarioResult:
    """A failure by one violation."""
    return ScenarioResult(
        nodeid, "t", "", "f", "r", (violation.clause,), "41.7.0", (violation.operation,), "must", "failed", 0.1,
        violations=(violation,),
    )  # fmt: skip


def test_a_cause_of_several_failures_is_a_category_that_finds_them_and_no_other(runs: Runs) -> None:
    folder = runs["bad"] / "allure-results"
    categories = json.loads((folder / "categories.json").read_text(encoding="utf-8"))
    (mine,) = (one for one in categories if one["name"].startswith("GetUser  freeAccount  absent ("))
    results = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*-result.json")]
    failed = [one["statusDetails"]["message"] for one in results if one["status"] == "failed"]
    found = [message for message in failed if re.fullmatch(mine["messageRegex"], message)]
    assert mine["name"].endswith(f" ({len(found)} scenarios)")
    assert found == [message for message in failed if "freeAccount: expected" in message and "actual absent" in message]
