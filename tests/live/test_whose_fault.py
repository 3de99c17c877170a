"""Every red says whose fault it is, and none of the suite's own is laid at the site's door."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import mocksite
import pytest

from conformance.cli import main
from conformance.judge import element_checks
from conformance.judge.findings import Finding
from conformance.sites.errors import CannotJudge
from tests.reporting.test_schemas import problems
from tests.run.conftest import Outcome, Runner
from tests.twisted import Twist, operation_of, replacing, straight, twisted

FEATURE = "features/41.7.0"
ELEMENT = b"separateNoRecordingEdit>"


def judged(run: Runner, tmp_path: Path, twist: Twist, *more: str) -> Outcome:
    """A run on a site with a twist, which is told nothing that only a mock has."""
    with twisted(tmp_path, twist) as site:
        text = site.sites.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("control_url")]
        site.sites.write_text("\n".join(lines), encoding="utf-8")
        return run(FEATURE, *site.arguments("--lanes", "0", *more))


def faults(outcome: Outcome) -> set[str]:
    return {row["fault"] for row in outcome.summary["scenarios"] if row["outcome"] in ("failed", "broken")}


def test_what_the_reference_keeps_is_the_sites(run: Runner, tmp_path: Path) -> None:
    outcome = judged(run, tmp_path, replacing(ELEMENT, b"somethingElse>"))
    assert outcome.summary["totals"]["failed"] > 0
    assert faults(outcome) == {"site"}
    assert "  fault     of the site: the mock of 41.12.0 passes it" in outcome.lines
    (cluster,) = outcome.summary["clusters"]
    assert cluster["evidence"] == "the mock of 41.12.0 passes it"
    assert problems("summary", outcome.summary) == []


def test_what_is_ours_is_kept_as_ours_and_accuses_no_site(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    history = str(tmp_path / "history")
    judged(run, tmp_path, straight, "--history", history)
    monkeypatch.setattr(element_checks, "present", _accusing)
    judged(run, tmp_path, straight, "--history", history)
    capsys.readouterr()
    assert main(["history", "--history", history, "--json"]) == 0
    (site,) = json.loads(capsys.readouterr().out)["sites"]
    assert {one["state"] for one in site["clauses"]} <= {"passing", "never"}
    assert {letter for one in site["clauses"] for letter in one["letters"]} & {"U", "F"} == {"U"}


def test_what_breaks_on_the_reference_as_well_is_ours(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object, **__: object) -> list[Finding]:
        raise CannotJudge("the reply holds nothing that could be judged")

    monkeypatch.setattr(element_checks, "present", unable)
    outcome = judged(run, tmp_path, straight)
    assert outcome.summary["totals"]["broken"] > 0
    assert faults(outcome) == {"suite"}
    assert "  fault     of this suite, not of the site: on the mock of 41.12.0 it is broken, too" in outcome.lines


Check = Callable[..., Iterable[Finding]]


@pytest.mark.parametrize("name", ["present", "directly_after"])
def test_a_check_that_accuses_everybody_is_ours(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Because the sound mock of the release is accused by it, too."""
    monkeypatch.setattr(element_checks, name, _accusing)
    outcome = judged(run, tmp_path, straight)
    assert outcome.code == 1
    assert outcome.summary["totals"]["failed"] > 0
    assert faults(outcome) == {"suite"}
    assert any(line.startswith("  fault     of this suite, not of the site: on the mock of 41.12.0") for line in outcome.lines)


def _accusing(*_: object, **__: object) -> list[Finding]:
    return [Finding("element-present", "a/b", "x", "y")]


def test_a_check_that_raises_is_ours(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: object, **__: object) -> list[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(element_checks, "present", raising)
    assert faults(judged(run, tmp_path, straight)) == {"suite"}


def test_an_outage_is_the_operations(run: Runner, tmp_path: Path) -> None:
    asked: list[str] = []

    def falls(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        asked.append(operation_of(request))
        # After the preflight, whose last question is GetSite; what falls whole ends the run and leaves no summary.
        falling = operation_of(request) == "GetSite" and asked.count("GetSite") > 1
        return mocksite.HttpResponse(200, (), b"not XML") if falling else response

    assert faults(judged(run, tmp_path, falls)) == {"operation"}


def test_the_reference_is_not_asked_where_nothing_failed(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the reference was asked")

    monkeypatch.setattr("conformance.run.site_session.on_the_reference", refuse)
    outcome = judged(run, tmp_path, straight)
    assert outcome.code == 0
    assert outcome.summary["problems"] == []
