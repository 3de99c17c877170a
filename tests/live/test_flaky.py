"""A failure that does not repeat is flaky: told apart from failing, kept with every attempt, and never green."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import mocksite
import pytest

from conformance.cli import main
from tests.reporting.test_schemas import problems
from tests.run.conftest import Runner
from tests.twisted import Twisted, operation_of, twisted

FEATURE = "features/41.7.0"


class Lacks:
    """Leaves an element out of the replies to GetSite for which ``when`` says so, counted after the preflight."""

    def __init__(self, when: Callable[[int], bool]) -> None:
        self.when, self.asked = when, -1

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) != "GetSite":
            return response
        self.asked += 1
        if self.asked < 1 or not self.when(self.asked):
            return response
        body = response.body.replace(b"separateNoRecordingEdit>", b"somethingElse>")
        return mocksite.HttpResponse(response.status, response.headers, body)


def live(site: Twisted) -> list[str]:
    """Options that point a run at it as at a live site: what only a mock has is taken out of the profile."""
    text = site.sites.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("control_url")]
    site.sites.write_text("\n".join(lines), encoding="utf-8")
    return site.arguments("--lanes", "0")


def test_a_failure_that_does_not_repeat_is_flaky_and_never_green(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, Lacks(lambda number: number == 2)) as site:
        outcome = run(FEATURE, *live(site))
    flaky = [row for row in outcome.summary["scenarios"] if row["outcome"] == "flaky"]
    assert outcome.code == 1
    assert [row["attempts"] for row in flaky] == [["failed", "passed"]]
    assert outcome.summary["totals"]["failed"] == 0
    assert outcome.summary["totals"]["flaky"] == 1
    assert any(line.startswith("FLAKY  ") for line in outcome.lines)
    assert "  tried     2 times: failed, passed" in outcome.lines
    assert problems("summary", outcome.summary) == []
    assert len(flaky[0]["exchanges"]) == 2
    files = [outcome.reports.parent / file.partition(":")[2] for file in flaky[0]["exchanges"]]
    assert [ElementTree.parse(file).getroot().get("attempt") for file in files] == [None, "2"]


def test_it_is_told_apart_with_every_attempt_in_junit_allure_and_the_history(
    run: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with twisted(tmp_path, Lacks(lambda number: number == 2)) as site:
        kept = ("--history", str(tmp_path / "history"), "--alluredir", str(tmp_path / "allure"))
        outcome = run(FEATURE, *live(site), *kept)
    root = ElementTree.parse(outcome.reports / "junit.xml").getroot()
    (failure,) = root.iter("failure")
    assert (failure.get("type"), failure.get("message")) == ("flaky", "flaky, tried 2 times: failed, passed")
    capsys.readouterr()
    assert main(["history", "--history", str(tmp_path / "history"), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["sites"]
    flaky = [row for row in told["clauses"] if row["state"] == "flaky"]
    assert [(row["letters"], row["attempts"]) for row in flaky] == [("Y", ["failed", "passed"])]
    told_by_allure = [json.loads(file.read_text(encoding="utf-8")) for file in (tmp_path / "allure").glob("*-result.json")]
    (one,) = (each for each in told_by_allure if each["status"] == "failed")
    assert one["statusDetails"]["message"].startswith("tried 2 times: failed, passed\n")


def test_a_failure_that_repeats_failed(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, Lacks(lambda number: True)) as site:
        outcome = run(FEATURE, *live(site), "--confirm", "2")
    failed = [row for row in outcome.summary["scenarios"] if row["outcome"] == "failed"]
    assert failed
    assert all(row["attempts"] == ["failed"] * 3 for row in failed)
    assert "  tried     3 times: failed, failed, failed" in outcome.lines
    junit = ElementTree.parse(outcome.reports / "junit.xml").getroot()
    told = [one.get("value") for one in junit.iter("property") if one.get("name") == "attempts"]
    assert told == ["failed, failed, failed"] * len(failed)
    assert outcome.summary["totals"]["flaky"] == 0


@pytest.mark.parametrize("more", [("--confirm", "0"), ()], ids=["not asked for", "a mock"])
def test_a_mock_is_believed_at_once(run: Runner, tmp_path: Path, more: tuple[str, ...]) -> None:
    with twisted(tmp_path, Lacks(lambda number: number == 2)) as site:
        arguments = live(site) if more else site.arguments("--lanes", "0")
        outcome = run(FEATURE, *arguments, *more)
    assert outcome.summary["totals"]["flaky"] == 0
    assert outcome.summary["totals"]["failed"] == 1
    assert not any(row["attempts"] for row in outcome.summary["scenarios"])


def test_what_writes_is_not_tried_again(run: Runner, tmp_path: Path) -> None:
    """Because a second try would meet what the first has changed."""

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) != "GetUser":
            return response
        body = response.body.replace(b"hostPIN>", b"somethingElse>")
        return mocksite.HttpResponse(response.status, response.headers, body)

    with twisted(tmp_path, twist) as site:
        outcome = run("features/41.5.0/host-pin.feature", *live(site), "--access", "read-write")
    failed = [row for row in outcome.summary["scenarios"] if row["outcome"] == "failed"]
    assert {bool(row["attempts"]) for row in failed} == {True, False}


def test_a_number_below_zero_is_one_message(run: Runner) -> None:
    outcome = run(FEATURE, "--confirm", "-1", subprocess=True)
    assert outcome.code == 4
    assert "error[confirm]" in outcome.text
