"""``--baseline REPORTS`` as a user gives it: the run before the upgrade judges the run after it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import mocksite
from tests.run.conftest import Outcome, Runner
from tests.twisted import twisted

UNCHANGED = "features/41.10.0"
CLAUSE = "R41.10.0-01"


@pytest.fixture
def before(run: Runner, tmp_path: Path) -> Path:
    """Reports of a run on a site of 41.9, which has no clause of 41.10 to judge and answers all the same."""
    with twisted(tmp_path, release="41.9.0") as site:
        outcome = run(UNCHANGED, "features/41.1.0", *site.arguments(), every_row=True)
    assert outcome.code == 0, outcome.text
    assert any(re.search(r", 1 not judged here$", line) for line in outcome.lines)
    assert "not judged here: no vendor's schemas (schemas in the profile) and no baseline (--baseline REPORTS)" in outcome.lines
    shutil.copytree(outcome.reports, tmp_path / "recorded")
    return tmp_path / "recorded"


def test_replies_are_those_of_before(run: Runner, before: Path, tmp_path: Path) -> None:
    with twisted(tmp_path) as site:
        outcome = run(UNCHANGED, "--baseline", str(before), *site.arguments())
    assert outcome.code == 0, outcome.text
    assert outcome.clauses("passed") == {CLAUSE}
    day = json.loads((before / "summary.json").read_text())["finished"][:16].replace("T", " ")
    assert outcome.summary["schema"] == f"replies recorded on 41.9.0, {day} UTC"
    assert outcome.summary["accounting"]["not_judged_here"] == 0


def test_a_reply_that_changed_fails_with_what_it_was_and_the_case_id(run: Runner, before: Path, tmp_path: Path) -> None:
    def changed(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        body = re.sub(rb"<ns1:macOSX>\w+</ns1:macOSX>", b"", response.body)
        body = body.replace(b"</serv:response>", b"<serv:caseID>gw07.example.com 20211128</serv:caseID></serv:response>")
        return mocksite.HttpResponse(response.status, response.headers, body)

    with twisted(tmp_path, changed) as site:
        outcome = run(UNCHANGED, "--baseline", str(before), *site.arguments(), every_row=True)
    assert outcome.code == 1
    assert outcome.clauses("failed") == {CLAUSE}
    start = outcome.lines.index(f"GetSite  {CLAUSE}  check baseline")
    told = outcome.lines[start : start + 7]
    assert told[1].startswith("  expected  siteInstance/clientPlatforms/macOSX, boolean (once), as recorded on 41.9.0, ")
    assert told[2] == "  actual    absent (vanished)"
    assert "  case id   gw07.example.com 20211128" in told
    (row,) = [one for one in outcome.summary["scenarios"] if one["outcome"] == "failed"]
    assert row["case_ids"] == ["1:gw07.example.com 20211128"]
    file = outcome.reports / "exchanges" / Path(row["exchanges"][0]).name
    assert ' caseID="gw07.example.com 20211128">' in file.read_text(encoding="utf-8")


def test_a_list_of_nothing_and_a_refusal_are_nothing_to_compare(run: Runner, before: Path, tmp_path: Path) -> None:
    def empty(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if b"LstMeetingType" not in request.body:
            return response
        body = re.sub(
            rb"<serv:result>SUCCESS</serv:result>(.*?)</serv:response>.*(</serv:body>)",
            rb"<serv:result>FAILURE</serv:result><serv:reason>Sorry, no record found</serv:reason>\1"
            rb"<serv:exceptionID>000015</serv:exceptionID></serv:response></serv:header><serv:body><serv:bodyContent/>\2",
            response.body, flags=re.DOTALL,
        )  # fmt: skip
        return mocksite.HttpResponse(response.status, response.headers, body)

    with twisted(tmp_path, empty) as site:
        outcome = run(UNCHANGED, "--baseline", str(before), "-k", "LstMeetingType", *site.arguments())
    (row,) = outcome.summary["scenarios"]
    words = "LstMeetingType answered FAILURE 000015 Sorry, no record found: no reply to compare"
    assert (row["outcome"], row["skip"]) == ("skipped", {"kind": "data", "why": words})
    assert outcome.code == 0


@pytest.mark.parametrize("judging", [("--strict-schema",), ()])
def test_our_own_schemas_judge_only_when_asked(run: Runner, tmp_path: Path, judging: tuple[str, ...]) -> None:
    def changed(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        body = response.body.replace(b"<ns1:macOSX>", b"<ns1:colour>red</ns1:colour><ns1:macOSX>")
        return mocksite.HttpResponse(response.status, response.headers, body)

    with twisted(tmp_path, changed) as site:
        outcome = run(UNCHANGED, "-k", "GetSite", *judging, *site.arguments())
    assert outcome.summary["drift"]["GetSite"] == ["siteInstance/clientPlatforms/colour"]
    assert [row["outcome"] for row in outcome.summary["scenarios"]] == (["failed"] if judging else ["skipped"])
    assert outcome.code == (1 if judging else 0)


def test_a_baseline_that_is_none_ends_the_run_before_anything_is_sent(run: Runner, before: Path, tmp_path: Path) -> None:
    (before / "summary.json").rename(tmp_path / "summary.json")
    with twisted(tmp_path) as site:
        missing = run(UNCHANGED, "--baseline", str(tmp_path / "none"), *site.arguments())
        unfinished = run(UNCHANGED, "--baseline", str(before), *site.arguments())
        other = run(UNCHANGED, "--baseline", str(tmp_path / "summary.json"))
    assert (missing.code, unfinished.code, other.code) == (4, 4, 4)
    assert "error[summary-missing]" in missing.text
    assert "error[run-incomplete]" in unfinished.text
    assert "error[baseline-site]: the baseline was recorded on twisted, this run judges mock" in other.text


EVENTS_OFF = "features/41.12.0/classic-events.feature"


def test_what_needs_the_site_set_otherwise_is_told_from_the_baseline(run: Runner, tmp_path: Path) -> None:
    """Two nights on one live site: classic events off on the first, on on the second."""

    def night(setting: bool, *arguments: str) -> Outcome:
        with twisted(tmp_path, control_url="None") as site:
            core = site.core
            core.handle(
                mocksite.HttpRequest("PUT", "/_control/settings/classic-events", {}, json.dumps(setting).encode())
            )
            profile = site.sites.read_text(encoding="utf-8")
            site.sites.write_text(re.sub(r"classic-events = \w+", f"classic-events = {str(setting).lower()}", profile))
            return run(EVENTS_OFF, *site.arguments(), *arguments)

    first = night(False)
    assert first.code == 0, first.text
    judged = first.clauses("passed")
    assert "R41.12.0-05" in judged
    shutil.copytree(first.reports, tmp_path / "first")
    second = night(True, "--baseline", str(tmp_path / "first"))
    assert second.code == 0, second.text
    rows = {row["id"]: row for row in second.summary["clauses"]}
    assert (rows["R41.12.0-05"]["outcome"], rows["R41.12.0-05"]["baseline"]) == ("skipped", "passed")
    accounting = second.summary["accounting"]
    assert accounting["judged_in_baseline"] == sum(row["baseline"] is not None for row in rows.values()) >= 3
    assert sum(accounting.values()) == 2 * accounting["clauses"]
    told = [line for line in second.lines if line.startswith("judged in the baseline of ")]
    assert len(told) == 1
    assert "when the site was set otherwise: " in told[0]
    assert "R41.12.0-05 passed" in told[0]


OPTION = "recording-changes-by-hosts"


def night(run: Runner, folder: Path, enabled: bool, *more: str, answers_as_if: bool | None = None) -> Outcome:
    """A run on a live site with the option set so, which may answer as if it were set otherwise."""
    with twisted(folder, control_url="None") as site:
        store = site.core.main.store
        store.set(OPTION, enabled)
        told = site.core.profile("twisted", url=f"{site.core.base_url}/WBXService/XMLService")
        site.sites.write_text("".join(line for line in told.splitlines(True) if not line.startswith("control_url")), encoding="utf-8")
        store.set(OPTION, enabled if answers_as_if is None else answers_as_if)
        return run("features/41.7.0/recording-changes.feature", *more, *site.arguments(), every_row=True)


def changing(outcome: Outcome) -> set[tuple[str, str]]:
    """Outcomes of what compares two nights, and why it was skipped."""
    rows = [row for row in outcome.summary["scenarios"] if "change-with-the-option" in row["nodeid"]]
    assert len(rows) == 5
    return {(row["outcome"], (row["skip"] or {}).get("why", "")) for row in rows}


def test_a_setting_seen_both_ways_is_judged_by_two_nights(run: Runner, tmp_path: Path) -> None:
    words = f"needs --baseline REPORTS of a night with {OPTION} = true"
    first = night(run, tmp_path, True)
    assert changing(first) == {("skipped", f"needs {OPTION} = false, the site has true")}
    reports = shutil.copytree(first.reports, tmp_path / "first")
    assert changing(night(run, tmp_path, False)) == {("skipped", words)}
    assert changing(night(run, tmp_path, False, "--baseline", str(reports))) == {("passed", "")}
    unmoved = night(run, tmp_path, False, "--baseline", str(reports), answers_as_if=True)
    assert changing(unmoved) == {("passed", "")}, "the clause warns"
    assert {one["check"] for row in unmoved.summary["scenarios"] for one in row["violations"]} == {"element-change"}
    other_way_round = shutil.copytree(unmoved.reports, tmp_path / "other")
    assert changing(night(run, tmp_path, False, "--baseline", str(other_way_round))) == {("skipped", words)}
