"""Go, no-go, not enough evidence: made-up sides, and the command as a gate of an upgrade meets it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.history.archive import Archive
from conformance.history.night import KeptScenario, NightRecord
from conformance.reporting.comparison.sides import Side
from conformance.reporting.comparison.upgrade import WORDS, decide
from tests.comparison.simulation import EQUAL, FAULTY, decided, pair, suite
from tests.history import simulation as year
from tests.run.conftest import Runner, run

__all__ = ["run"]
CLAUSE = "R41.7.0-02"
Edit = Callable[[dict[str, Any]], object]


@pytest.mark.rotating(2)
@pytest.mark.parametrize("kind", EQUAL)
def test_equal_sides_are_seldom_no_go(kind: str) -> None:
    """The error is 1 % at most: three of 40 would be one chance in a hundred. ``python -m tests.comparison`` measures 2,000."""
    assert [decided((kind, seed, 20)) for seed in range(40)].count("no-go") < 3


@pytest.mark.rotating(10)
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", FAULTY)
def test_a_fault_in_every_fifth_request_is_never_go(kind: str, seed: int) -> None:
    """How often it is a no-go, ``python -m tests.comparison`` measures: with a fault of the whole site, always."""
    word = decided((kind, seed, 20))
    assert word != "go"
    assert word == "no-go" or kind != "a fault of the site"


def test_twenty_one_runs_without_a_failure_are_go_and_twenty_are_one_too_few() -> None:
    assert decide(*pair(1, 21, 0.0), suite()).word == "go"
    almost = decide(*pair(1, 20, 0.0), suite())
    assert (almost.word, almost.more) == ("not enough evidence", 1)
    assert decide(*pair(1, 7, 0.0), suite(), tolerance=0.5).word == "go"


def test_one_flake_is_no_no_go() -> None:
    before, after = pair(1, 30, 0.0)
    (first, *rest), name = after.runs, next(iter(suite().clauses))
    flaked = Side((replace(first, outcomes={**first.outcomes, name: "bad"}), *rest))
    assert decide(before, flaked, suite()).word != "no-go"


def test_what_failed_before_as_well_does_not_decide() -> None:
    name = next(iter(suite().clauses))
    sides = [
        Side(tuple(replace(one, outcomes={**one.outcomes, name: "bad"}) for one in side.runs)) for side in pair(1, 21, 0.0)
    ]
    decision = decide(sides[0], sides[1], replace(suite(), clauses={**suite().clauses, name: ("R1-alone",)}))
    assert decision.word == "go"
    assert [(one.kind, one.decides) for one in decision.reasons] == [("still failing", "")]


def test_what_is_no_longer_judged_must_be_before_it_is_go() -> None:
    before, after = pair(1, 30, 0.0)
    name, clause = next(iter(suite().clauses)), "R1-alone"
    lost = Side(tuple(replace(one, outcomes={**one.outcomes, name: ""}) for one in after.runs))
    decision = decide(before, lost, replace(suite(), clauses={**suite().clauses, name: (clause,)}))
    assert decision.word == "not enough evidence"
    assert [(one.kind, one.words) for one in decision.reasons] == [("not judged", clause)]


def test_a_promise_of_the_new_release_that_is_not_kept_is_no_go() -> None:
    before, after = pair(1, 30, 0.0)
    name = next(iter(suite().clauses))
    new = Side(tuple(replace(one, outcomes={**one.outcomes, name: ""}) for one in before.runs))
    broken = Side(tuple(replace(one, outcomes={**one.outcomes, name: "bad"}) for one in after.runs))
    decision = decide(new, broken, replace(suite(), clauses={**suite().clauses, name: ("R1-alone",)}))
    assert ("promised", "no-go") in {(one.kind, one.decides) for one in decision.reasons}


def test_an_operation_that_became_slower_is_told_and_does_not_decide() -> None:
    before, after = pair(1, 21, 0.0)
    sides = [
        Side(tuple(replace(one, times={"GetUser": seconds}) for one in side.runs))
        for side, seconds in ((before, 0.2), (after, 0.5))
    ]
    decision = decide(sides[0], sides[1], suite())
    assert decision.word == "go"
    assert [one.words for one in decision.reasons] == ["GetUser takes 500 ms, 200 ms before (medians)"]


# -- the command ---------------------------------------------------------------


@pytest.fixture
def folders(run: Runner, tmp_path: Path) -> Callable[..., list[str]]:
    """``folders("after", 6, edit)``: reports of so many runs, which ``edit`` has changed."""
    outcome = run("features/41.7.0")
    assert outcome.code == 0
    metrics = (outcome.reports / "metrics.prom").read_text(encoding="utf-8")

    def made(name: str, number: int, edit: Edit = lambda document: None) -> list[str]:
        names = []
        for nth in range(number):
            document = outcome.summary
            month = 12 if name == "after" else 11
            document["finished"] = f"2026-{month}-{nth + 1:02}T02:00:00+00:00"
            edit(document)
            folder = tmp_path / f"{name}-{nth}"
            folder.mkdir()
            (folder / "summary.json").write_text(json.dumps(document), encoding="utf-8")
            (folder / "metrics.prom").write_text(metrics, encoding="utf-8")
            names.append(str(folder))
        return names

    return made


def failing(document: dict[str, Any]) -> None:
    for row in document["scenarios"]:
        if CLAUSE in row["clauses"]:
            row["outcome"] = "failed"


def ours(document: dict[str, Any]) -> None:
    failing(document)
    for row in document["scenarios"]:
        row["fault"] = "suite" if row["outcome"] == "failed" else ""


def without_the_element(document: dict[str, Any]) -> None:
    shape = document["shapes"]["GetSite"]
    for path in [path for path in shape if path.endswith("enableNBRMCModify")]:
        del shape[path]


def test_equal_runs_in_sufficient_number_are_go(
    folders: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["upgrade", "--before", *folders("before", 7), "--after", *folders("after", 7), "--tolerance", "0.5"]) == 0
    first, before, after = capsys.readouterr().out.splitlines()[:3]
    assert first == "GO: no clause fails in more than 50% of its judgements (99% sure of each)"
    assert before.startswith("  before  7 runs, 2026-11-01 ")
    assert after.endswith("release 41.12.0")


def test_a_clause_that_broke_is_no_go_in_every_form(
    folders: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = ["upgrade", "--before", *folders("before", 8), "--after", *folders("after", 8, failing)]
    assert main([*sides, "--html", str(tmp_path / "page.html")]) == WORDS["no-go"] == 3
    out = capsys.readouterr().out
    assert out.startswith("NO-GO: ")
    assert f"{CLAUSE} failed 0 of " in out
    assert CLAUSE in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert main([*sides, "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["decision"] == "no-go"
    assert {one["kind"] for one in told["reasons"] if one["decides"] == "no-go"} == {"newly broken"}
    assert main([*sides, "--markdown"]) == 3
    assert capsys.readouterr().out.startswith("# NO-GO: ")


def test_one_run_on_each_side_proves_nothing_and_says_how_many_would(
    folders: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["upgrade", "--before", *folders("before", 1), "--after", *folders("after", 1)]) == 6
    assert re.match(r"NOT ENOUGH EVIDENCE: \d+ more runs after the upgrade would decide\n", capsys.readouterr().out)


def test_a_fault_of_ours_is_no_verdict(folders: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade", "--before", *folders("before", 8), "--after", *folders("after", 8, ours)]) == 6
    assert f"not judged  1: clauses and scenarios that were to be judged after the upgrade, and were not\n  {CLAUSE}" in capsys.readouterr().out


def test_an_element_that_went_without_notice_is_no_go_when_two_runs_show_it(
    folders: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    before = folders("before", 2)
    assert main(["upgrade", "--before", *before, "--after", *folders("after", 2, without_the_element)]) == 3
    assert "enableNBRMCModify  vanished" in capsys.readouterr().out
    assert main(["upgrade", "--before", before[0], "--after", before[0].replace("before", "after")]) == 6


def failing_always(document: dict[str, Any]) -> None:
    for row in document["scenarios"]:
        row["outcome"] = "failed"


def judged_as_older(document: dict[str, Any]) -> None:
    document["release"] = "41.6.3"
    for row in document["scenarios"]:
        row.update(outcome="skipped", skip={"kind": "release", "why": "begins with 41.7.0"})


def of_older(document: dict[str, Any]) -> None:
    judged_as_older(document)
    document["site_release"] = "41.6.3"


def test_what_fails_every_time_is_no_go_ahead(folders: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    before, after = folders("before", 3, failing_always), folders("after", 5, failing_always)
    assert main(["upgrade", "--before", before[0], "--after", *after]) == 6
    told = capsys.readouterr().out
    assert told.startswith("NOT ENOUGH EVIDENCE: more runs after the upgrade would not decide; more before are needed\n")
    assert main(["upgrade", "--before", before[0], "--after", *after, "--json"]) == 6
    assert json.loads(capsys.readouterr().out)["more_runs"] is None
    assert main(["upgrade", "--before", *before, "--after", *after]) == 0
    told = capsys.readouterr().out
    assert told.startswith("GO: no clause but 4 that failed before fails in more than 20% of its judgements (99% sure of each)\n")


def test_runs_judged_as_the_old_release_are_no_evidence_of_the_new(
    folders: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    before = folders("before", 3, of_older)
    assert main(["upgrade", "--before", *before, "--after", *folders("after", 3, judged_as_older)]) == 6
    told = capsys.readouterr().out
    assert f"\n  {CLAUSE}: no run after the upgrade was judged as a release that has it\n" in told
    assert "\n  3 of 3 runs after judged as 41.6.3, the site says it runs 41.12.0\n" in told


def test_a_run_counts_once_and_on_one_side(folders: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    (before, other), (after,) = folders("before", 2), folders("after", 1)
    assert main(["upgrade", "--before", before, f"{before}/summary.json", other, before, "--after", after]) == 6
    told = capsys.readouterr().out
    assert "  before  2 runs, " in told
    assert told.count("named twice, counted once: 2026-11-01 02:00") == 2
    assert main(["upgrade", "--before", before, other, "--after", after, other]) == 4
    assert "error[side-shared]" in capsys.readouterr().err


def kept(document: dict[str, Any], day: int) -> NightRecord:
    """A night of the history with the scenarios of a summary, all of them good."""
    names = ("nodeid", "title", "row", "clauses", "release", "level", "operations", "steps")
    scenarios = tuple(KeptScenario(*(tuple(one[name]) if isinstance(one[name], list) else one[name] for name in names)) for one in document["scenarios"])
    night = next(iter(year.nights(year.Site(document["site"], 1, []))))
    return replace(
        night, mock=True, suite=document["suite"], release="41.12.0", site_release="41.12.0", access=document["access"], scenarios=scenarios,
        outcomes="P" * len(scenarios), words={}, exchanges={}, faults={}, attempts={}, owners={},
        started=f"202610{day:02}T020000Z", finished=f"202610{day:02}T020100Z",
    )  # fmt: skip


def test_days_of_the_history_and_folders_tell_of_the_same_scenarios(
    folders: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after = folders("after", 7)
    document = json.loads((Path(after[0]) / "summary.json").read_text(encoding="utf-8"))
    for day in range(1, 8):
        Archive(tmp_path).keep(kept(document, day))
    days = ["--history", str(tmp_path), "--site", document["site"], "--tolerance", "0.5"]
    assert main(["upgrade", "--before", "2026-10-01..2026-10-07", "--after", *after, *days]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3, "nothing is noted"
    Archive(tmp_path).keep(replace(kept(document, 9), outcomes="S" * len(document["scenarios"]), release="41.6.3"))
    assert main(["upgrade", "--before", after[0], "--after", "2026-10-09", *days]) == 6
    told = capsys.readouterr().out
    assert "no scenario was judged on both sides" in told
    assert "not judged  4: " in told
    # The same night as a folder is the same run.
    for name in ("started", "finished"):
        document[name] = f"2026-10-01T02:0{int(name == 'finished')}:00+00:00"
    (Path(after[0]) / "summary.json").write_text(json.dumps(document), encoding="utf-8")
    assert main(["upgrade", "--before", "2026-10-01", "--after", after[0], *days]) == 4
    assert "error[side-shared]" in capsys.readouterr().err


def test_days_of_the_history_are_a_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = year.Site("staging", 1, [year.Planted("regression", 5, 30)])
    for night, _ in zip(year.nights(broken), range(60), strict=False):
        Archive(tmp_path).keep(night)
    history = ["--history", str(tmp_path), "--site", "staging"]
    days = ["--before", "2025-11-28..2025-12-27", "--after", "2025-12-28..2026-01-26"]
    assert main(["upgrade", *days, *history]) == 3
    assert "R41.6.0-01 failed 0 of " in capsys.readouterr().out
    for wrong, code in (
        (["--before", "2020-01-01", "--after", "2025-12-28", *history], "side-empty"),
        ([*days, "--history", str(tmp_path)], "side-site"),
        ([*days, "--history", str(tmp_path), "--site", "stagin"], "site-unknown"),
        ([*days, *history, "--tolerance", "7"], "tolerance"),
        (["--before", "nowhere", "--after", "nowhere"], "summary-missing"),
    ):
        assert main(["upgrade", *wrong]) == 4
        assert f"error[{code}]" in capsys.readouterr().err
