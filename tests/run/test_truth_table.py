"""Outcome by outcome, in every report: known issue x level x strict x trouble, serial and in two workers."""

from __future__ import annotations

import itertools
import json
import signal
from collections import Counter
from pathlib import Path

import mocksite
import pytest
from lxml import etree

from tests.run.conftest import Outcome, Runner
from tests.run.test_interrupted import Stops, interrupted, state
from tests.run.test_outcomes import LOST, allure, junit
from tests.twisted import answering, twisted

#: What each outcome is called in each report. A warning (level should) is a pass everywhere.
JUNIT = {"passed": "passed", "failed": "failure", "broken": "error", "skipped": "skipped", "known": "skipped"}
ALLURE = {"passed": "passed", "failed": "failed", "broken": "broken", "skipped": "skipped", "known": "skipped"}


def expected(strict: bool, known: bool) -> dict[str, str]:
    """The table, written apart from the code."""
    return {
        "R41.7.0-02": "known" if known else "failed",  # must, element lost
        "R41.7.0-04": "known" if known else "failed" if strict else "passed",  # should, element lost
        "R41.7.0-01": "passed",  # must, kept
        "R41.12.0-13": "broken",  # must, HTTP 500, listed as known all the same
        "R41.12.0-10": "skipped",  # observed only
    }


def selected(*clauses: str) -> list[str]:
    return ["features/41.7.0", "features/41.12.0", "-m", " or ".join(f"clause.{clause}" for clause in clauses)]


def known_issues(folder: Path, *pairs: tuple[str, str]) -> list[str]:
    rows = [
        f'[[known]]\nclause = "{clause}"\ncheck = "{check}"\nsite = "twisted"\nreason = "asked"\nowner = "us"\nlink = "x"\nexpires = 2199-01-01\n'
        for clause, check in pairs
    ]
    file = folder / "known.toml"
    file.write_text("\n".join(rows), encoding="utf-8")
    return ["--known-issues", str(file)]


def faulty(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    """An element lost, and one operation that answers nothing but HTTP 500."""
    return answering(500, b"", "LstMeetingType")(request, LOST(request, response))


LISTED = (("R41.7.0-02", "element-present"), ("R41.7.0-04", "element-present"), ("R41.12.0-13", "element-present"))


def by_clause(outcome: Outcome) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for row in outcome.summary["scenarios"]:
        told.setdefault(row["clauses"][0], set()).add(row["outcome"])
    return told


def every_report_agrees(outcome: Outcome) -> None:
    words = [row["outcome"] for row in outcome.summary["scenarios"]]
    counted = Counter(words)
    assert {word: number for word, number in outcome.summary["totals"].items() if number and word in JUNIT} == counted
    assert Counter(junit(outcome).values()) == Counter(JUNIT[word] for word in words)
    assert Counter(allure(outcome).values()) == Counter(ALLURE[word] for word in words)
    suites = list(etree.parse(outcome.reports / "junit.xml").getroot().iter("testsuite"))
    told = {name: sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")}
    assert told == {
        "tests": len(words), "failures": counted["failed"], "errors": counted["broken"],
        "skipped": counted["skipped"] + counted["known"],
    }  # fmt: skip


@pytest.mark.rotating(2)
@pytest.mark.parametrize(("strict", "known"), list(itertools.product((False, True), (False, True))))
def test_every_outcome_in_every_report(run: Runner, tmp_path: Path, strict: bool, known: bool) -> None:
    table = expected(strict, known)
    arguments = [*selected(*table), *(["--strict"] if strict else []), *(known_issues(tmp_path, *LISTED) if known else [])]
    with twisted(tmp_path, faulty) as site:
        outcome = run(*arguments, *site.arguments())
    assert by_clause(outcome) == {clause: {word} for clause, word in table.items()}
    assert outcome.code == 1, "something broke"
    every_report_agrees(outcome)


def test_two_workers_tell_the_same(run: Runner, tmp_path: Path) -> None:
    table = expected(strict=False, known=True)
    with twisted(tmp_path, faulty) as site:
        arguments = [*selected(*table), *known_issues(tmp_path, *LISTED), "-n", "2", *site.arguments()]
        outcome = run(*arguments, subprocess=True)
    assert by_clause(outcome) == {clause: {word} for clause, word in table.items()}
    assert outcome.code == 1
    every_report_agrees(outcome)


@pytest.mark.rotating(3)
@pytest.mark.parametrize(
    ("clauses", "strict", "known", "code"),
    [
        (("R41.7.0-01",), False, False, 0),
        (("R41.7.0-02", "R41.7.0-01"), False, False, 1),
        (("R41.7.0-02", "R41.7.0-01"), False, True, 0),
        (("R41.7.0-02",), True, True, 0),
        (("R41.7.0-04",), False, False, 0),
        (("R41.7.0-04",), True, False, 1),
        (("R41.7.0-04",), True, True, 0),
        (("R41.12.0-13",), False, False, 1),
        (("R41.12.0-10",), False, False, 0),
    ],
)
def test_the_exit_code_says_whether_anything_was_wrong(
    run: Runner, tmp_path: Path, clauses: tuple[str, ...], strict: bool, known: bool, code: int
) -> None:
    listed = known_issues(tmp_path, *(pair for pair in LISTED if pair[0] in clauses)) if known else []
    with twisted(tmp_path, faulty) as site:
        outcome = run(*selected(*clauses), *(["--strict"] if strict else []), *listed, *site.arguments())
    assert outcome.code == code, outcome.text
    assert json.loads((outcome.reports / "summary.json").read_text(encoding="utf-8"))["accounting"]


def test_an_interrupted_run_with_two_workers_leaves_no_verdict_and_nothing_behind(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    stops = Stops("GetEvent", 2, signal.SIGINT)
    with twisted(tmp_path, stops) as site:
        before = state(site)
        outcome = interrupted(stops, run, pytester, "features/41.4.0/entry-exit-tone.feature", "features/41.7.0", "-n", "2", *site.arguments())
        after = state(site)
    assert outcome.code == 2, outcome.text
    assert not (outcome.reports / "summary.json").exists()
    assert "Traceback" not in outcome.text
    assert (after["sessions"], after["users"]) == (before["sessions"], before["users"])
