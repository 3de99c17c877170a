"""A summary read back: every field where it belongs, and what is refused in which words."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation
from conformance.reporting.shapes import APPEARED, VANISHED
from conformance.reporting.summary import ReportedScenario, RunFile, folders_of, read_baseline, read_run
from conformance.sites.errors import UserError
from conformance.sites.release import Release
from tests.inputs.summary import SUMMARY, VIOLATION

ONE = SUMMARY["scenarios"][0]
NODE = ONE["nodeid"]
LONG = "x" * 80


def changed(**more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(SUMMARY), **more}


def with_scenario(**more: Any) -> dict[str, Any]:
    """The summary with its scenario told otherwise; a key that becomes None is left out."""
    row = {key: value for key, value in {**copy.deepcopy(ONE), **more}.items() if value is not None or key == "skip"}
    return changed(scenarios=[row])


def run(folder: Path, document: Any = SUMMARY) -> RunFile:
    (folder / "summary.json").write_text(json.dumps(document), encoding="utf-8")
    return read_run(folder)


def scenario(folder: Path, **more: Any) -> ReportedScenario:
    return run(folder, with_scenario(**more)).scenarios[NODE]


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_run(path)
    return str(caught.value)


def test_every_field_of_a_run(tmp_path: Path) -> None:
    read = run(tmp_path, changed(mock=False, strict=True, access="read-only", site_release="41.6.3", finished="2026-11-28T18:46:04+01:00"))
    found = Violation(**VIOLATION)
    assert read == RunFile(
        file=str(tmp_path / "summary.json"),
        site="mock",
        mock=False,
        suite="0.1.0",
        judged_as=Release(41, 7),
        release=Release(41, 6, 3),
        access="read-only",
        strict=True,
        started=datetime(2026, 11, 28, 17, 46, 3, tzinfo=UTC),
        finished=datetime(2026, 11, 28, 17, 46, 4, tzinfo=UTC),
        scenarios={
            NODE: ReportedScenario(
                nodeid=NODE,
                title="one",
                clauses=("R41.7.0-01",),
                operations=("GetSite",),
                outcome="failed",
                kind="setting",
                why="element-present: siteInstance/tools: expected enableNBRMCModify, boolean, actual absent",
                causes=("GetSite  siteInstance/tools  absent",),
                row="",
                steps="4335883d0818",
                fault="",
                violations=(found,),
                exchanges=(),
            )
        },
        clauses={"R41.7.0-01": "failed"},
        shapes={"GetSite": {"siteInstance": {"count": 4, "parents": 4, "kinds": ["parent"], "words": ["a"], "after": ["b"]}}},
        nights={"classic-events": {"GetSite": {"host": {"siteInstance/a": "true"}}}},
        problems=("a worker crashed",),
    )


def test_a_site_that_does_not_say_what_it_runs_is_taken_for_what_it_was_judged_as(tmp_path: Path) -> None:
    read = run(tmp_path, changed(site_release=""))
    assert (read.release, read.judged_as) == (Release(41, 7), Release(41, 7))


def test_a_run_in_words(tmp_path: Path) -> None:
    assert [run(tmp_path, changed(site=site, mock=mock)).name for site, mock in (("mock", True), ("acme", True), ("acme", False))] == [
        "mock 41.7.0", "acme 41.7.0 (mock)", "acme 41.7.0",
    ]  # fmt: skip
    assert run(tmp_path).day == "2026-11-28 17:46 UTC"
    rows = [{**ONE, "nodeid": str(nth), "outcome": word, "known": "x"} for nth, word in enumerate(("passed", "known", "passed"))]
    read = run(tmp_path, changed(scenarios=rows, selected={"scenarios": 3, "of": 9}))
    assert read.totals() == {"passed": 2, "failed": 0, "flaky": 0, "broken": 0, "skipped": 0, "known": 1}


OTHER = {**VIOLATION, "check": "result", "path": "header", "expected": "SUCCESS", "actual": "FAILURE 000001 no"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"outcome": "passed", "skip": None}, ""),
        ({"outcome": "passed"}, "it is off"),
        ({"outcome": "skipped", "violations": []}, "it is off"),
        ({"outcome": "broken", "cause": "timed out\nafter 30 s\nand again"}, "timed out"),
        ({"outcome": "known", "known": "ticket 7"}, "known issue: ticket 7"),
        ({"outcome": "known", "known": "ticket 7", "owner": "me"}, "known issue: ticket 7 (me)"),
        ({"outcome": "known", "known": "ticket 7", "owner": None}, "known issue: ticket 7"),
        (
            {"outcome": "failed", "violations": [VIOLATION, OTHER]},
            "element-present: siteInstance/tools: expected enableNBRMCModify, boolean, actual absent; result: header: expected SUCCESS, actual FAILURE 000001 no",
        ),
        ({"outcome": "flaky", "violations": [OTHER]}, "result: header: expected SUCCESS, actual FAILURE 000001 no"),
    ],
)
def test_what_decided_an_outcome(tmp_path: Path, more: dict[str, Any], why: str) -> None:
    assert scenario(tmp_path, **more).why == why


def test_a_cause_is_told_once_and_a_skip_that_is_none_is_empty(tmp_path: Path) -> None:
    several = [VIOLATION, OTHER, {**VIOLATION, "clause": "R41.7.0-02"}]
    read = scenario(tmp_path, violations=several, skip=None, row="a, b", fault="site", exchanges=["1:reports/x.xml"])
    assert read.causes == ("GetSite  siteInstance/tools  absent", "GetSite  header  000001")
    assert [one.clause for one in read.violations] == ["R41.7.0-01", "R41.7.0-01", "R41.7.0-02"]
    assert (read.kind, read.row, read.fault, read.exchanges) == ("", "a, b", "site", ("1:reports/x.xml",))


def test_only_observed_is_told_apart_from_not_applicable(tmp_path: Path) -> None:
    assert scenario(tmp_path, outcome="skipped", skip={"kind": "observe-only", "why": "w"}).word == "observed"
    assert scenario(tmp_path, outcome="skipped", skip={"kind": "role", "why": "w"}).word == "skipped"


def test_what_earlier_versions_did_not_write_is_empty(tmp_path: Path) -> None:
    old = with_scenario(row=None, steps=None, owner=None)
    del old["nights"]
    read = run(tmp_path, old)
    told = read.scenarios[NODE]
    assert (read.nights, told.row, told.steps, told.fault, told.exchanges) == ({}, "", "", "", ())


def test_a_summary_may_be_named_itself(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / "summary.json").rename(tmp_path / "kept.json")
    assert read_run(tmp_path / "kept.json").file == str(tmp_path / "kept.json")


def test_what_is_not_there(tmp_path: Path) -> None:
    missing = "error[summary-missing]: there is no summary of a run\n  where  {}\n  hint   name --reports of a run"
    assert refused(tmp_path / "none.json") == missing.format(tmp_path / "none.json")
    assert refused(tmp_path) == missing.format(tmp_path / "summary.json")
    (tmp_path / "ledger").mkdir()
    assert refused(tmp_path) == (
        f"error[run-incomplete]: the run is incomplete: there is no summary.json, which is written last\n  where  {tmp_path}\n"
        "  hint   go on with it: pytest features --resume --reports ..."
    )


@pytest.mark.parametrize(
    ("document", "code", "what"),
    [
        ([], "summary-form", "this is no summary of a run: it misses 'format'"),
        ({"site": "mock"}, "summary-form", "this is no summary of a run: it misses 'format'"),
        ({"format": 1}, "summary-form", "this is no summary of a run: it misses 'release'"),
        (changed(site=7), "summary-form", "this is no summary of a run: '7' stands where str belongs"),
        (changed(site=[LONG]), "summary-form", f"this is no summary of a run: {str([LONG])[:60]!r} stands where str belongs"),
        (changed(mock="no"), "summary-form", "this is no summary of a run: 'no' stands where bool belongs"),
        (changed(suite=None), "summary-form", "this is no summary of a run: 'None' stands where str belongs"),
        (changed(access=1), "summary-form", "this is no summary of a run: '1' stands where str belongs"),
        (changed(strict=0), "summary-form", "this is no summary of a run: '0' stands where bool belongs"),
        (changed(finished="2026-11-28T17:46:04"), "summary-form", "this is no summary of a run: '2026-11-28T17:46:04' names no time zone"),
        (changed(clauses=[{"id": "a", "outcome": 1}]), "summary-form", "this is no summary of a run: '1' stands where str belongs"),
        (changed(problems="none"), "summary-form", "this is no summary of a run: 'none' stands where list belongs"),
        (changed(problems=[1]), "summary-form", "this is no summary of a run: '1' stands where str belongs"),
        (changed(nights=[]), "summary-form", "this is no summary of a run: '[]' stands where dict belongs"),
        (changed(nights={"n": {"o": {"r": {"p": 1}}}}), "summary-form", "this is no summary of a run: '1' stands where str belongs"),
        (with_scenario(outcome="green"), "summary-form", "this is no summary of a run: 'green' is no outcome of a scenario"),
        (with_scenario(outcome=LONG), "summary-form", f"this is no summary of a run: {LONG[:60]!r} is no outcome of a scenario"),
        (changed(selected={"scenarios": 3, "of": 9}), "run-incomplete", "the run is incomplete: it tells of 1 of 3 selected scenarios"),
        (changed(scenarios=[ONE, ONE]), "summary-form", "this is no summary of a run: a scenario is told twice"),
    ],
)
def test_what_is_no_summary(tmp_path: Path, document: Any, code: str, what: str) -> None:
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert refused(file) == f"error[{code}]: {what}\n  where  {file}"


@pytest.mark.parametrize("key", ["nodeid", "title", "row", "steps", "fault"])
def test_every_text_of_a_scenario_is_one(tmp_path: Path, key: str) -> None:
    (tmp_path / "summary.json").write_text(json.dumps(with_scenario(**{key: 7})), encoding="utf-8")
    assert "'7' stands where str belongs" in refused(tmp_path)


@pytest.mark.parametrize("key", ["clauses", "operations", "exchanges"])
def test_every_list_of_a_scenario_is_one_of_texts(tmp_path: Path, key: str) -> None:
    for value in ("text", [7]):
        (tmp_path / "summary.json").write_text(json.dumps(with_scenario(**{key: value})), encoding="utf-8")
        assert f"'{'text' if value == 'text' else 7}' stands where" in refused(tmp_path)


@pytest.mark.parametrize("key", ["kind", "why"])
def test_a_skip_is_told_in_texts(tmp_path: Path, key: str) -> None:
    skip = {"kind": "role", "why": "no host", key: 7}
    (tmp_path / "summary.json").write_text(json.dumps(with_scenario(skip=skip, outcome="skipped")), encoding="utf-8")
    assert "'7' stands where str belongs" in refused(tmp_path)


@pytest.mark.parametrize("key", VIOLATION)
def test_a_violation_is_told_in_texts(tmp_path: Path, key: str) -> None:
    (tmp_path / "summary.json").write_text(json.dumps(with_scenario(violations=[{**VIOLATION, key: 7}])), encoding="utf-8")
    assert "'7' stands where str belongs" in refused(tmp_path)


@pytest.mark.parametrize(("key", "kind"), [("count", "int"), ("parents", "int"), ("kinds", "list"), ("words", "list"), ("after", "list")])
def test_a_row_of_a_shape_has_numbers_and_lists(tmp_path: Path, key: str, kind: str) -> None:
    shape = {"count": 4, "parents": 4, "kinds": [], "words": [], "after": [], key: "some"}
    (tmp_path / "summary.json").write_text(json.dumps(changed(shapes={"GetSite": {"a": shape}})), encoding="utf-8")
    assert f"'some' stands where {kind} belongs" in refused(tmp_path)


@pytest.mark.parametrize(("key", "words"), [("release", "release"), ("site_release", "release")])
def test_what_is_no_release_is_told_with_the_file(tmp_path: Path, key: str, words: str) -> None:
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(changed(**{key: "new"})), encoding="utf-8")
    assert refused(file) == (
        f"error[release-form]: 'new' is not a {words}\n  where  {file}\n  hint   write it as the release notes do, for instance 41.11.0"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("not json", "Expecting value: line 1 column 1 (char 0)"),
        (b"\xff", "it is not UTF-8 text"),
        (json.dumps(changed(site="\ud800")), "it holds half a character"),
        (json.dumps(changed(site="\ud800")).replace("\\ud800", "\\uD800"), "it holds half a character"),
        ("[" * 100_000, "its values are nested without end"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: str | bytes, what: str) -> None:
    file = tmp_path / "summary.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert refused(file) == (
        f"error[summary-unreadable]: cannot read the summary: {what}\n  where  {file}\n  hint   name the summary.json of a finished run"
    )


def test_a_whole_character_of_two_halves_is_read(tmp_path: Path) -> None:
    assert run(tmp_path, changed(site="\U0001f600")).site == "\U0001f600"


@pytest.mark.parametrize("number", [2, True, "1", None])
def test_another_format_is_refused(tmp_path: Path, number: object) -> None:
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(changed(format=number)), encoding="utf-8")
    assert refused(file) == (
        f"error[summary-format]: the summary has format {number}, this suite reads format 1\n  where  {file}\n  hint   run again with this suite"
    )


def test_the_folders_of_a_run_over_several_sites(tmp_path: Path) -> None:
    assert folders_of(tmp_path) == [tmp_path]
    overview = tmp_path / "overview.json"
    overview.write_text(json.dumps({"format": 1, "sites": {"acme": {}, "dev": {}}}), encoding="utf-8")
    assert folders_of(tmp_path) == [tmp_path / "acme", tmp_path / "dev"]
    for empty in ({"format": 1, "sites": {}}, {"format": 1}):
        overview.write_text(json.dumps(empty), encoding="utf-8")
        assert folders_of(tmp_path) == [tmp_path]
    overview.write_text(json.dumps({"format": 1, "sites": ["acme"]}), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        folders_of(tmp_path)
    assert str(caught.value) == f"error[summary-form]: this is no overview of a run: it has no table of sites\n  where  {overview}"


def clause(number: str, release: Release, path: str) -> Clause:
    return Clause(number, release, "GetSite", "explicit", "must", "It tells.", "1", "H", "Z", "", adds=(path,))


CLAUSES = {
    one.id: one
    for one in (clause("C1", Release(41, 6), "six"), clause("C2", Release(41, 7), "seven"), clause("C3", Release(41, 8), "eight"), clause("C4", Release(41, 9), "nine"))
}


@pytest.mark.parametrize(
    ("release", "announced"),
    [
        (Release(41, 7), {}),
        (Release(41, 8), {APPEARED: {"eight": "C3"}}),
        (Release(41, 9), {APPEARED: {"eight": "C3", "nine": "C4"}}),
        (Release(41, 6), {VANISHED: {"seven": "C2"}}),
        (Release(41, 5), {VANISHED: {"six": "C1", "seven": "C2"}}),
    ],
)
def test_what_the_clauses_between_a_baseline_and_now_announce(tmp_path: Path, release: Release, announced: Mapping[str, Mapping[str, str]]) -> None:
    run(tmp_path)
    baseline = read_baseline(tmp_path, "mock", CLAUSES, release)
    for what in (APPEARED, VANISHED):
        told = {path: baseline.announced.explains(what, "GetSite", path) for path in ("six", "seven", "eight", "nine")}
        assert {path: id_ for path, id_ in told.items() if id_} == announced.get(what, {}), what


def test_a_baseline_holds_what_its_run_recorded(tmp_path: Path) -> None:
    read = run(tmp_path)
    baseline = read_baseline(tmp_path, "mock", {}, Release(41, 7))
    assert (baseline.release, baseline.day) == (Release(41, 7), "2026-11-28 17:46 UTC")
    assert (baseline.shapes, baseline.nights) == (read.shapes, read.nights)


@pytest.mark.parametrize("outcome", ["passed", "failed", "known", "flaky", "broken", "skipped"])
def test_only_verdicts_of_a_baseline_of_the_same_release_are_taken_over(tmp_path: Path, outcome: str) -> None:
    run(tmp_path, with_scenario(outcome=outcome, known="x"))
    taken = {NODE: outcome} if outcome in ("passed", "failed", "known") else {}
    assert read_baseline(tmp_path, "mock", {}, Release(41, 7)).verdicts == taken
    assert read_baseline(tmp_path, "mock", {}, Release(41, 8)).verdicts == {}


def test_a_baseline_is_of_the_release_the_site_ran_and_judges_by_the_one_it_was_judged_as(tmp_path: Path) -> None:
    run(tmp_path, changed(site_release="41.6.3"))
    baseline = read_baseline(tmp_path, "mock", {}, Release(41, 7))
    assert (baseline.release, baseline.verdicts) == (Release(41, 6, 3), {NODE: "failed"})


def test_of_a_run_over_several_sites_the_folder_of_the_site_is_the_baseline(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    run(tmp_path / "acme", changed(site="acme"))
    run(tmp_path, changed(site="mock"))
    assert read_baseline(tmp_path, "acme", {}, Release(41, 7)).verdicts == {NODE: "failed"}
    with pytest.raises(UserError) as caught:
        read_baseline(tmp_path, "dev", {}, Release(41, 7))
    assert str(caught.value) == (
        f"error[baseline-site]: the baseline was recorded on mock, this run judges dev\n  where  {tmp_path / 'summary.json'}\n"
        "  hint   a baseline is an earlier run on the same site; two sites are compared by webex-conformance compare"
    )
