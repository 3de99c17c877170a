"""The summary of a run: what it counts, to the letter what it says, and the badge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation
from conformance.reporting.outcome import ScenarioResult, Skip
from conformance.reporting.summary import RunRecord, as_json, badge, by_release, write_summary
from conformance.sites.masking import secret_registry
from conformance.sites.release import Release
from tests.reporting.made import CLAUSES, FIRST, FOUND, LAST, OBSERVED, PASSED, SECOND

LEVELS = ("must", "should", "observe")
SEEN = replace(PASSED, nodeid="o", clauses=(OBSERVED,), outcome="skipped", skip=Skip("observe-only", "recorded"))


def results(*outcomes: str, clause: str = FIRST) -> tuple[ScenarioResult, ...]:
    """Scenarios of ``clause`` that came to these ``outcomes``."""
    return tuple(replace(PASSED, nodeid=f"{clause}::{nth}", clauses=(clause,), outcome=word) for nth, word in enumerate(outcomes))


def skipped(nodeid: str, kind: str, why: str = "so it is", clause: str = FIRST) -> ScenarioResult:
    return replace(PASSED, nodeid=nodeid, clauses=(clause,), outcome="skipped", skip=Skip(kind, why))


def record(*scenarios: ScenarioResult, **more: Any) -> RunRecord:
    return replace(
        RunRecord(
            "acme", "https://acme.test/WBXService/XMLService", False, "41.12.0", "", "read-only", False, "ours", ("host",), CLAUSES,
            0.0, 1.0, scenarios,
        ),
        **more,
    )  # fmt: skip


def row_of(made: RunRecord, clause: str = FIRST) -> dict[str, Any]:
    (row,) = (row for row in made.clause_rows() if row["id"] == clause)
    return row


def test_scenarios_are_counted_by_outcome() -> None:
    made = record(*results("passed", "failed", "passed", "known", "flaky", "broken", "skipped", "skipped", "skipped"))
    assert made.totals() == {"passed": 2, "failed": 1, "flaky": 1, "broken": 1, "skipped": 3, "known": 1}
    assert record().totals() == dict.fromkeys(("passed", "failed", "flaky", "broken", "skipped", "known"), 0)


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        (("passed", "failed", "flaky", "broken", "known", "skipped"), "failed"),
        (("passed", "skipped", "known", "broken", "flaky"), "flaky"),
        (("passed", "skipped", "known", "broken"), "broken"),
        (("passed", "skipped", "known"), "known"),
        (("passed", "skipped"), "passed"),
        (("skipped", "skipped"), "skipped"),
        ((), "not-run"),
    ],
)
def test_a_clause_has_the_worst_outcome_of_its_scenarios(outcomes: tuple[str, ...], outcome: str) -> None:
    made = record(*results(*outcomes), *results("failed", clause=SECOND))
    assert row_of(made) == {
        "id": FIRST, "release": "41.1.0", "operation": "GetSite", "level": "must", "outcome": outcome, "scenarios": len(outcomes),
        "skip": None, "baseline": None,
    }  # fmt: skip
    assert row_of(made, SECOND)["outcome"] == "failed"


@pytest.mark.parametrize(
    ("scenarios", "outcome", "skip"),
    [
        ((skipped("a", "role", "no host"),), "skipped", "role: no host"),
        ((skipped("a", "setting", "it is off"), skipped("b", "role", "no host")), "skipped", "role: no host"),
        ((skipped("a", "role", "no host"), PASSED), "passed", None),
        ((skipped("a", "observe-only"),), "observed", None),
        ((skipped("a", "observe-only"), skipped("b", "role", "no host")), "observed", None),
        ((skipped("a", "observe-only"), PASSED), "passed", None),
    ],
)
def test_why_a_clause_was_skipped_is_told_where_none_of_its_scenarios_ran(scenarios: tuple[ScenarioResult, ...], outcome: str, skip: str | None) -> None:
    row = row_of(record(*scenarios))
    assert (row["outcome"], row["skip"], row["scenarios"]) == (outcome, skip, len(scenarios))


@pytest.mark.parametrize(
    ("before", "kind", "told"),
    [
        ({"a": "passed", "b": "known", "c": "failed"}, "setting", "failed"),
        ({"a": "passed", "b": "known"}, "setting", "known"),
        ({"a": "passed"}, "setting", "passed"),
        ({"x": "failed"}, "setting", None),
        ({}, "setting", None),
        ({"a": "failed"}, "observe-only", None),
    ],
)
def test_of_a_clause_that_the_settings_keep_from_being_judged_the_verdict_of_the_baseline_is_told(before: Mapping[str, str], kind: str, told: str | None) -> None:
    scenarios = [skipped(name, kind) for name in "abc"]
    assert row_of(record(*scenarios, in_baseline=before))["baseline"] == told
    assert row_of(record(PASSED, *scenarios, in_baseline=before))["baseline"] is None


@pytest.mark.parametrize(
    ("scenarios", "counts"),
    [
        ((), {"not_selected": 4}),
        (results("passed"), {"judged": 1, "not_selected": 3}),
        (results("failed"), {"judged": 1, "not_selected": 3}),
        (results("flaky"), {"judged": 1, "not_selected": 3}),
        (results("broken"), {"judged": 1, "broken": 1, "not_selected": 3}),
        (results("known"), {"judged": 1, "not_selected": 3}),
        ((SEEN,), {"observed": 1, "not_selected": 3}),
        ((skipped("a", "role"),), {"not_applicable": 1, "not_selected": 3}),
        ((skipped("a", "baseline"),), {"not_judged_here": 1, "not_selected": 3}),
        ((skipped("before", "setting"),), {"judged_in_baseline": 1, "not_selected": 3}),
        ((skipped("before", "setting"), skipped("b", "baseline")), {"judged_in_baseline": 1, "not_selected": 3}),
        (
            (skipped("before", "setting"), skipped("b", "baseline", clause=SECOND), skipped("c", "role", clause=OBSERVED), skipped("d", "role", clause=LAST)),
            {"judged_in_baseline": 1, "not_judged_here": 1, "not_applicable": 2},
        ),
        ((*results("known", "passed"), *results("failed", clause=SECOND), *results("passed", clause=LAST), SEEN), {"judged": 3, "observed": 1}),
    ],
)
def test_every_clause_is_accounted_for_once(scenarios: tuple[ScenarioResult, ...], counts: dict[str, int]) -> None:
    names = ("clauses", "judged", "broken", "observed", "not_judged_here", "judged_in_baseline", "not_applicable", "not_selected")
    accounts = record(*scenarios, in_baseline={"before": "passed"}).accounting()
    assert accounts == {**dict.fromkeys(names, 0), "clauses": 4, **counts}
    assert list(accounts) == list(names)
    assert sum(accounts.values()) == 2 * accounts["clauses"] + accounts["broken"]


def test_scenarios_and_clauses_by_release() -> None:
    both = replace(PASSED, nodeid="both", clauses=(FIRST, LAST))
    alone = replace(PASSED, nodeid="alone", clauses=(LAST,))
    told = [(release, [one.nodeid for one in scenarios], [row["id"] for row in rows]) for release, scenarios, rows in by_release(record(PASSED, both, alone))]
    assert told == [("41.1.0", [PASSED.nodeid, "both"], [FIRST, SECOND]), ("41.2.0", [], [OBSERVED]), ("41.10.0", ["both", "alone"], [LAST])]


@pytest.mark.parametrize(
    ("outcomes", "problems", "message", "color"),
    [
        (("passed", "passed", "known", "skipped"), (), "2 passed", "success"),
        ((), (), "0 passed", "success"),
        (("passed",), ("a secret stands in x",), "1 passed", "orange"),
        (("passed", "flaky", "flaky", "broken"), (), "2 flaky, 1 broken", "orange"),
        (("broken",), (), "1 broken", "orange"),
        (("broken", "flaky", "failed", "failed"), (), "2 failed, 1 flaky, 1 broken", "critical"),
    ],
)
def test_the_badge(outcomes: tuple[str, ...], problems: tuple[str, ...], message: str, color: str) -> None:
    made = badge(record(*results(*outcomes), problems=problems))
    assert made == {"schemaVersion": 1, "label": "XML API 41.12.0", "message": message, "color": color}


FAILED = replace(
    PASSED, nodeid="features/a.feature::two", title="zwei – 二", row="x, y", rule="R", outcome="failed", duration_s=0.123456, violations=(FOUND,),
    exchanges=("1:a.xml",), case_ids=("1:host 7",), sent=2, line=12, steps="f00d", fault="site", evidence="the mock of 41.12.0 passes it",
)  # fmt: skip
ELSEWHERE = replace(
    FAILED, nodeid="features/a.feature::three", evidence="no mock of 41.12.0 could be asked", violations=(FOUND, replace(FOUND, check="status", path="x", actual="absent")),
)  # fmt: skip
LOGIN = replace(FOUND, check="login", actual="FAILURE 030002 no")
TWICE = replace(PASSED, nodeid="features/a.feature::login", outcome="known", violations=(LOGIN, replace(LOGIN, operation="GetUser")), known="asked", owner="me")
WARNS = replace(PASSED, nodeid="features/a.feature::warns", level="should", violations=(FOUND,))
BEFORE = skipped("features/a.feature::four", "setting", "it is off", OBSERVED)
WHOLE_RECORD = record(
    FAILED, ELSEWHERE, TWICE, WARNS, BEFORE, mock=True, strict=True, judged_as="41.12.0", site_release="41.11.0", started=1_700_000_000.4, finished=1_700_000_060.6,
    selected_of=(5, 900), in_baseline={BEFORE.nodeid: "passed"}, notes=("a note",), unwell={"HTTP 503": 2}, backup=3, not_served={"DelUser": "000001"},
    problems=("a problem",), cleanup_errors=("a user stays",), sent=9, discovered=("a host",), deactivated=("wxc-1",),
    drift={"GetUser": ("b", "a"), "GetSite": ("c",)}, nights={"night": {"GetSite": {"host": {"path": "text"}}}},
    shapes={"GetUser": {"b": {"count": 1}, "a": {"count": 2}}, "GetSite": {}},
)  # fmt: skip
WHOLE = """\
{
"format": 1,
"suite": "{suite}",
"site": "acme",
"mock": true,
"release": "41.12.0",
"site_release": "41.11.0",
"access": "read-only",
"strict": true,
"schema": "ours",
"started": "2023-11-14T22:13:20+00:00",
"finished": "2023-11-14T22:14:20+00:00",
"totals": {"passed": 1, "failed": 2, "flaky": 0, "broken": 0, "skipped": 1, "known": 1},
"accounting": {"clauses": 4, "judged": 1, "broken": 0, "observed": 0, "not_judged_here": 0, "judged_in_baseline": 1, "not_applicable": 0, "not_selected": 2},
"selected": {"scenarios": 5, "of": 900},
"scenarios": [
 {"nodeid": "features/a.feature::two", "title": "zwei – 二", "row": "x, y", "feature": "a", "rule": "R", "clauses": ["R41.1.0-01"], "release": "41.1.0", "operations": ["GetSite"], "level": "must", "outcome": "failed", "duration_s": 0.1235, "skip": null, "violations": [{"clause": "R41.1.0-01", "check": "result", "operation": "GetSite", "path": "header/response", "expected": "SUCCESS", "actual": "FAILURE 000001 no", "exchange": 1, "line": 12}], "observations": [], "cause": "", "known": "", "exchanges": ["1:a.xml"], "case_ids": ["1:host 7"], "sent": 2, "trouble": "", "line": 12, "steps": "f00d", "attempts": [], "fault": "site", "evidence": "the mock of 41.12.0 passes it", "owner": "", "baseline": null},
 {"nodeid": "features/a.feature::three", "title": "zwei – 二", "row": "x, y", "feature": "a", "rule": "R", "clauses": ["R41.1.0-01"], "release": "41.1.0", "operations": ["GetSite"], "level": "must", "outcome": "failed", "duration_s": 0.1235, "skip": null, "violations": [{"clause": "R41.1.0-01", "check": "result", "operation": "GetSite", "path": "header/response", "expected": "SUCCESS", "actual": "FAILURE 000001 no", "exchange": 1, "line": 12}, {"clause": "R41.1.0-01", "check": "status", "operation": "GetSite", "path": "x", "expected": "SUCCESS", "actual": "absent", "exchange": 1, "line": 12}], "observations": [], "cause": "", "known": "", "exchanges": ["1:a.xml"], "case_ids": ["1:host 7"], "sent": 2, "trouble": "", "line": 12, "steps": "f00d", "attempts": [], "fault": "site", "evidence": "no mock of 41.12.0 could be asked", "owner": "", "baseline": null},
 {"nodeid": "features/a.feature::login", "title": "one", "row": "", "feature": "a", "rule": "", "clauses": ["R41.1.0-01"], "release": "41.1.0", "operations": ["GetSite"], "level": "must", "outcome": "known", "duration_s": 0.1, "skip": null, "violations": [{"clause": "R41.1.0-01", "check": "login", "operation": "GetSite", "path": "header/response", "expected": "SUCCESS", "actual": "FAILURE 030002 no", "exchange": 1, "line": 12}, {"clause": "R41.1.0-01", "check": "login", "operation": "GetUser", "path": "header/response", "expected": "SUCCESS", "actual": "FAILURE 030002 no", "exchange": 1, "line": 12}], "observations": [], "cause": "", "known": "asked", "exchanges": [], "case_ids": [], "sent": 0, "trouble": "", "line": 0, "steps": "", "attempts": [], "fault": "", "evidence": "", "owner": "me", "baseline": null},
 {"nodeid": "features/a.feature::warns", "title": "one", "row": "", "feature": "a", "rule": "", "clauses": ["R41.1.0-01"], "release": "41.1.0", "operations": ["GetSite"], "level": "should", "outcome": "passed", "duration_s": 0.1, "skip": null, "violations": [{"clause": "R41.1.0-01", "check": "result", "operation": "GetSite", "path": "header/response", "expected": "SUCCESS", "actual": "FAILURE 000001 no", "exchange": 1, "line": 12}], "observations": [], "cause": "", "known": "", "exchanges": [], "case_ids": [], "sent": 0, "trouble": "", "line": 0, "steps": "", "attempts": [], "fault": "", "evidence": "", "owner": "", "baseline": null},
 {"nodeid": "features/a.feature::four", "title": "one", "row": "", "feature": "a", "rule": "", "clauses": ["R41.2.0-01"], "release": "41.1.0", "operations": ["GetSite"], "level": "must", "outcome": "skipped", "duration_s": 0.1, "skip": {"kind": "setting", "why": "it is off"}, "violations": [], "observations": [], "cause": "", "known": "", "exchanges": [], "case_ids": [], "sent": 0, "trouble": "", "line": 0, "steps": "", "attempts": [], "fault": "", "evidence": "", "owner": "", "baseline": "passed"}
],
"clauses": [
 {"id": "R41.1.0-01", "release": "41.1.0", "operation": "GetSite", "level": "must", "outcome": "failed", "scenarios": 4, "skip": null, "baseline": null},
 {"id": "R41.1.0-02", "release": "41.1.0", "operation": "GetUser", "level": "should", "outcome": "not-run", "scenarios": 0, "skip": null, "baseline": null},
 {"id": "R41.2.0-01", "release": "41.2.0", "operation": "*", "level": "observe", "outcome": "skipped", "scenarios": 1, "skip": "setting: it is off", "baseline": "passed"},
 {"id": "R41.10.0-01", "release": "41.10.0", "operation": "GetSite", "level": "must", "outcome": "not-run", "scenarios": 0, "skip": null, "baseline": null}
],
"causes": [
 {"outcome": "failed", "operation": "GetSite", "path": "header/response", "wrong": "000001", "checks": ["result"], "expected": "SUCCESS", "actual": "FAILURE 000001 no", "clauses": ["R41.1.0-01"], "scenarios": ["features/a.feature::two", "features/a.feature::three"], "warned": ["features/a.feature::warns"]},
 {"outcome": "failed", "operation": "GetSite", "path": "x", "wrong": "absent", "checks": ["status"], "expected": "SUCCESS", "actual": "absent", "clauses": ["R41.1.0-01"], "scenarios": ["features/a.feature::three"], "warned": []},
 {"outcome": "known", "operation": "", "path": "header/response", "wrong": "030002", "checks": ["login"], "expected": "SUCCESS", "actual": "FAILURE 030002 no", "clauses": ["R41.1.0-01"], "scenarios": ["features/a.feature::login"], "warned": []}
],
"clusters": [
 {"fault": "site", "words": "GetSite  header/response  000001", "evidence": "the mock of 41.12.0 passes it", "scenarios": ["features/a.feature::two", "features/a.feature::three"]}
],
"notes": [
 "a note"
],
"unwell": {"HTTP 503": 2},
"backup": 3,
"not_served": {"DelUser": "000001"},
"problems": [
 "a problem"
],
"troubles": [
 "a user stays"
],
"requests": 9,
"discovered": [
 "a host"
],
"deactivated": [
 "wxc-1"
],
"drift": {
 "GetSite": ["c"],
 "GetUser": ["a", "b"]
},
"nights": {
 "night": {"GetSite": {"host": {"path": "text"}}}
},
"shapes": {
 "GetSite": {},
 "GetUser": {"a": {"count": 2}, "b": {"count": 1}}
}
}
"""


def written(made: RunRecord, folder: Path) -> str:
    write_summary(made, folder / "summary.json")
    assert [file.name for file in folder.iterdir()] == ["summary.json"]
    return (folder / "summary.json").read_text(encoding="utf-8")


def test_a_summary_is_json(tmp_path: Path) -> None:
    told = json.loads(written(WHOLE_RECORD, tmp_path))
    assert told == json.loads(json.dumps(as_json(WHOLE_RECORD)))


@pytest.mark.parametrize(("field", "value", "text"), [("problems", (), '"problems": [],'), ("unwell", {}, '"unwell": {},'), ("shapes", {}, '"shapes": {}\n')])
def test_what_is_empty_takes_no_line_of_its_own(tmp_path: Path, field: str, value: object, text: str) -> None:
    assert f"\n{text}" in written(replace(WHOLE_RECORD, **{field: value}), tmp_path)


def test_a_secret_in_a_text_of_the_site_is_not_written_and_the_form_stays(tmp_path: Path) -> None:
    secret_registry.learn("kumquat-77")
    text = written(replace(WHOLE_RECORD, notes=("it says kumquat-77",)), tmp_path)
    assert '"notes": [\n "it says ******"\n],' in text
    assert text.replace("it says ******", "a note") == WHOLE.replace("{suite}", __version__)


def test_the_summary_to_the_letter(tmp_path: Path) -> None:
    assert written(WHOLE_RECORD, tmp_path) == WHOLE.replace("{suite}", __version__)
