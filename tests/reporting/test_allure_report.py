"""The Allure page, and what CI adds to it."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest

from conformance.reporting.allure import write_categories
from conformance.reporting.allure_report import report, without_analytics
from conformance.reporting.allure import executor
from conformance.sites.errors import UserError
from tests.conftest import ROOT

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
