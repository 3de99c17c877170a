"""Merges of shards that were made up: places in each other, files that are another's, parts that do not go together, full disks."""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import __version__
from conformance.cli import main
from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation
from conformance.reporting import allure
from conformance.reporting.outcome import ScenarioResult, Skip
from conformance.reporting.summary import RunRecord, write_summary
from conformance.run.fleet.part_file import FORMAT, PartDetails, write_part
from conformance.run.fleet.processes import worst_code
from conformance.sites.errors import UserError
from conformance.sites.ledger import ReportsLock
from conformance.sites.user_files import write_whole
from tests.conftest import ROOT

#: Elsewhere than among the suite's features, and not in the order of their names.
ORDER = tuple(f"mine/{name}.feature::{name}" for name in ("zebra", "ape", "yak", "bear"))


def scenario(nodeid: str, **more: Any) -> ScenarioResult:
    one = ScenarioResult(nodeid, nodeid, "", "f", "", ("R41.7.0-01",), "41.7.0", ("GetSite",), "must", "passed", 0.1, sent=1)
    return replace(one, **more)


def left(folder: Path, site: str, clauses: dict[str, Clause], *scenarios: ScenarioResult, part: tuple[int, int] = (1, 1), **more: Any) -> None:
    """What a process leaves of a site in a shard."""
    place = folder / site
    (place / "allure-results").mkdir(parents=True)
    for one in scenarios:
        (place / "allure-results" / f"{one.title.partition('::')[2]}-result.json").write_text("{}", encoding="utf-8")
    sent = sum(one.sent for one in scenarios)
    told = RunRecord(site, "https://example.com", False, "41.7.0", "41.7.0", "read-only", False, "", (), clauses, 1e9, 1e9 + part[0], scenarios)
    record = replace(told, **{"sent": sent, "selected_of": (len(scenarios), 9), **more})
    allure.complete_results(record, place / "allure-results", {})
    write_summary(record, place / "summary.json")
    write_part(record, PartDetails(part), place, ROOT)


def plan(*shards: list[list[Any]]) -> dict[str, Any]:
    sites = list(dict.fromkeys(share[0] for shard in shards for share in shard))
    return {"selection": "made up", "sites": sites, "shards": shards, "order": list(ORDER)}


def named(place: Path, told: dict[str, Any]) -> Path:
    for number in range(1, len(told["shards"]) + 1):
        (place / str(number)).mkdir(parents=True, exist_ok=True)
        document = {"format": FORMAT, "suite": __version__, "shard": number, "plan": told}
        (place / str(number) / "shard.json").write_text(json.dumps(document), encoding="utf-8")
    return place


@pytest.fixture
def halves(tmp_path: Path, clauses: dict[str, Clause]) -> Path:
    """One site in two parts, with the scenarios of the run taken in turn."""
    place = tmp_path / "halves"
    for number in (1, 2):
        left(place / str(number), "s", clauses, *map(scenario, ORDER[number - 1 :: 2]), part=(number, 2))
    return named(place, plan([["s", 1, 2, 2]], [["s", 2, 2, 2]]))


@pytest.fixture
def pair(tmp_path: Path, clauses: dict[str, Clause]) -> Path:
    """Two sites, a shard each."""
    place = tmp_path / "pair"
    for number, site in ((1, "a"), (2, "b")):
        left(place / str(number), site, clauses, *map(scenario, ORDER))
    return named(place, plan([["a", 1, 1, 4]], [["b", 1, 1, 4]]))


def merged(into: Path, *folders: Path, options: tuple[str, ...] = ()) -> int:
    return main(["merge", "--root", str(ROOT), *map(str, folders), "--into", str(into), *options])


def files(place: Path) -> dict[str, bytes]:
    return {str(one.relative_to(place)): one.read_bytes() for one in place.rglob("*") if one.is_file()}


def summary(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return told


def test_what_was_left_out_of_the_run_is_told_once_and_the_merge_does_not_end_well(
    pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 2):
        file = pair / str(number) / "shard.json"
        told = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**told, "left_out": ["emea-10.toml is not TOML"]}), encoding="utf-8")
    into = tmp_path / "merged"
    assert merged(into, pair) == 4
    said = capsys.readouterr().out
    assert said.count("LEFT OUT  emea-10.toml is not TOML") == 1
    assert "partial" not in said, "to carry a shard out again would not help"
    assert json.loads((into / "overview.json").read_text(encoding="utf-8"))["missing"] == ["left out: emea-10.toml is not TOML"]
    assert "emea-10.toml is not TOML" in (into / "fleet.html").read_text(encoding="utf-8")
    shutil.rmtree(pair / "2")
    assert merged(into, pair) == 1, "a shard that is missing is worse"
    (pair / "1" / "shard.json").write_text(json.dumps({**told, "shard": 1, "left_out": 7}), encoding="utf-8")
    assert merged(into, pair) == 4
    assert "error[part-foreign]" in capsys.readouterr().err


# -- where it may write -------------------------------------------------------------


def test_nothing_of_a_shard_is_cleared_wherever_the_reports_go(halves: Path, pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(pair, tmp_path / "like a site")
    alike = (tmp_path / "like a site" / "1").rename(tmp_path / "like a site" / "a").parent
    others = tmp_path / "others"
    shutil.copytree(halves, others)
    shutil.copytree(halves / "1", tmp_path / "mixed" / "b")
    (tmp_path / "link").symlink_to(halves / "2" / "s")
    before = files(tmp_path)
    for folder, into in (
        (halves, halves / "1" / "s"),
        (halves, halves / "1" / "new"),
        (halves, halves / "1"),
        (halves, halves),
        (halves, tmp_path / "link"),
        (halves, others / "1"),
        (halves, others / "1" / "s"),
        (alike, alike),
        (pair, pair / "1"),
        (pair, others / "1"),
        (pair, tmp_path / "mixed"),
    ):
        assert merged(into, folder) == 4, into
        said = capsys.readouterr().err
        assert said.startswith("error[merge-into]"), said
        assert "--into" in said
        assert files(tmp_path) == before


def test_beside_shards_of_several_sites_there_is_room(pair: Path) -> None:
    assert merged(pair, pair) == 0
    assert (pair / "a" / "summary.json").is_file()
    assert (pair / "1" / "a" / "part.json").is_file()


@pytest.mark.parametrize("site", ["../victim", "..", "a/../../victim", "/victim", "", ".hidden", "b\n"])
def test_a_plan_cannot_lead_outside(pair: Path, tmp_path: Path, site: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "victim" / "exchanges").mkdir(parents=True)
    named(pair, plan([["a", 1, 1, 4]], [[site, 1, 1, 4]]))
    assert merged(tmp_path / "m", pair) == 4
    assert capsys.readouterr().err.startswith("error[part-foreign]")
    assert (tmp_path / "victim" / "exchanges").is_dir()
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"sites": ["a"]},
        {"sites": None},
        {"shards": [[["a", 1, 1]], []]},
        {"shards": [[["a", 2, 1, 4]], [["b", 1, 1, 4]]]},
        {"shards": [[["a", float("inf"), 1, 4]], [["b", 1, 1, 4]]]},
        {"order": None},
    ],
)
def test_a_plan_of_another_form_is_one_line(pair: Path, tmp_path: Path, changes: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    named(pair, plan([["a", 1, 1, 4]], [["b", 1, 1, 4]]) | changes)
    assert merged(tmp_path / "m", pair) == 4
    assert capsys.readouterr().err.startswith("error[part-foreign]")


def test_what_is_there_and_no_report_stays_and_so_do_ledgers(pair: Path, tmp_path: Path) -> None:
    """As in a run: a site may be called like a folder of the user's, and what a ledger says is left is nowhere else."""
    mine, ledger = tmp_path / "m" / "a" / "thesis.txt", tmp_path / "m" / "a" / "ledger" / "of-before.jsonl"
    ledger.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    ledger.write_text("{}\n", encoding="utf-8")
    (tmp_path / "m" / "a" / "exchanges").mkdir()
    assert merged(tmp_path / "m", pair) == 0
    assert mine.is_file()
    assert ledger.is_file()
    assert not (tmp_path / "m" / "a" / "exchanges").exists()


def test_what_is_called_like_a_ledger_and_is_none_costs_no_site(pair: Path, tmp_path: Path) -> None:
    place = pair / "1" / "a" / "ledger"
    place.mkdir()
    (place / "a-folder.jsonl").mkdir()
    (place / "a-link.jsonl").symlink_to(tmp_path / "nowhere")
    os.mkfifo(place / "a-pipe.jsonl")
    (place / "a-1.jsonl").write_text("{}\n", encoding="utf-8")
    assert merged(tmp_path / "m", pair) == 0
    assert [file.name for file in (tmp_path / "m" / "a" / "ledger").iterdir()] == ["a-1.jsonl"]


@pytest.mark.parametrize("under", ["", "b"])
def test_a_run_or_a_merge_at_work_there_is_left_alone(pair: Path, tmp_path: Path, under: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "m" / "a" / "summary.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}", encoding="utf-8")
    with closing(ReportsLock(tmp_path / "m" / under)):
        assert merged(tmp_path / "m", pair) == 4
    said = capsys.readouterr().err
    assert said.startswith("error[reports-in-use]: a run (process")
    assert "with --into" in said
    assert kept.read_text(encoding="utf-8") == "{}"
    assert merged(tmp_path / "m", pair) == 0
    assert not list((tmp_path / "m").rglob(".run"))


def test_a_merge_keeps_others_out_while_it_writes(pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []

    def meanwhile(*arguments: object) -> None:
        for place in (tmp_path / "m", tmp_path / "m" / "a"):
            with pytest.raises(UserError) as told:
                ReportsLock(place)
            said.append(told.value.what.partition(" (")[0])

    monkeypatch.setattr("conformance.run.fleet.merge.take_files", meanwhile)
    named(pair, plan([["a", 1, 1, 4]], [["b", 1, 1, 5]], []))
    shutil.rmtree(pair / "2")
    assert merged(tmp_path / "m", pair) == 1
    assert said == ["a merge", "a merge"]


def test_what_a_merge_reads_stays_as_it_was(halves: Path, pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    before = files(halves), files(pair)
    for folder in (halves, pair):
        assert merged(tmp_path / "m" / folder.name, folder) == 0
    assert (files(halves), files(pair)) == before
    assert (tmp_path / "m" / "halves" / "allure-results" / "executor.json").is_file()


# -- what shards left ---------------------------------------------------------------


def test_parts_come_in_the_order_of_the_run_wherever_its_features_are(halves: Path, tmp_path: Path) -> None:
    assert merged(tmp_path / "m", halves) == 0
    assert [row["nodeid"] for row in summary(tmp_path / "m")["scenarios"]] == list(ORDER)


@pytest.mark.parametrize("change", [{"judged_as": "41.8.0"}, {"access": "read-write"}, {"strict": True}])
def test_a_site_whose_parts_do_not_go_together_is_missing_and_no_other(
    tmp_path: Path, clauses: dict[str, Clause], change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "shards"
    left(place / "1", "s", clauses, scenario(ORDER[0]), part=(1, 2))
    left(place / "2", "s", clauses, scenario(ORDER[1]), part=(2, 2), **change)
    left(place / "2", "t", clauses, scenario(ORDER[0]))
    named(place, plan([["s", 1, 2, 1]], [["s", 2, 2, 1], ["t", 1, 1, 1]]))
    assert merged(tmp_path / "m", place) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("MISSING")]
    (term, _), *_ = change.items()
    assert [line.partition("; ")[0] for line in lines] == [
        f"MISSING   shard {number} of 2 is not whole: 1 scenario of site s (part {number} of 2)" for number in (1, 2)
    ]
    assert all(f"; parts of s differ: {term} is " in line for line in lines)
    assert list(json.loads((tmp_path / "m" / "overview.json").read_text(encoding="utf-8"))["sites"]) == ["t"]
    assert not (tmp_path / "m" / "s" / "summary.json").exists()
    assert not (tmp_path / "m" / "s" / "allure-results").exists()


WRONG: list[tuple[str, object]] = [
    ("digest", {}), ("digest", []), ("digest", None), ("digest.totals", {}), ("digest.totals", {"passed": 1}), ("digest.red", []),
    ("digest.groups", "emea"), ("digest.problems", "0"), ("digest.seconds", True), ("digest.site", "b"), ("digest.ran", 1), ("digest.new", 1),
    ("beside", {}), ("beside.started", "today"), ("beside.started", 1e300), ("beside.finished", float("nan")), ("beside.roles", [1]),
    ("beside.reply_times", {"GetSite": 0.1}), ("beside.url", None), ("unlisted", []), ("unlisted", {"x": 1}), ("matched", "x"), ("shown", 1),
    ("summary", 1), ("scenarios", "4"), ("part", "1/1"), ("site", None),
]  # fmt: skip


@pytest.mark.parametrize(("where", "value"), WRONG)
def test_a_part_of_another_form_is_told_and_the_other_sites_written(
    pair: Path, tmp_path: Path, where: str, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    file = pair / "1" / "a" / "part.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    row = document
    *above, name = where.split(".")
    for key in above:
        row = row[key]
    row[name] = value
    file.write_text(json.dumps(document), encoding="utf-8")
    assert merged(tmp_path / "m", pair) == 1
    said = capsys.readouterr()
    assert f"shard 1 of 2 is not whole: 4 scenarios of site a; no shard of this suite wrote it ({file})" in said.out
    assert said.err == ""
    assert summary(tmp_path / "m" / "b")["site"] == "b"


@pytest.mark.parametrize("wrong", [{"scenarios": [{}]}, {"scenarios": 1}, {"totals": None, "drift": 1}, {"site": "b", "selected": {}}])
def test_a_summary_of_another_form_is_told(halves: Path, tmp_path: Path, wrong: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    from conformance.run.fleet.part_file import checksum

    folder = halves / "2" / "s"
    (folder / "summary.json").write_text(json.dumps(summary(folder) | wrong), encoding="utf-8")
    part = json.loads((folder / "part.json").read_text(encoding="utf-8")) | {"summary": checksum(folder / "summary.json")}
    (folder / "part.json").write_text(json.dumps(part), encoding="utf-8")
    assert merged(tmp_path / "m", halves) == 1
    assert f"; no run of this suite wrote summary.json ({folder})" in capsys.readouterr().out


def test_links_in_a_shard_are_what_they_lead_to(pair: Path, halves: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A disk that grew full: results were carried to another, with a link in their place."""
    for site in (pair / "1" / "a", halves / "1" / "s"):
        results = site / "allure-results"
        elsewhere = results.rename(tmp_path / f"of {site.name}")
        results.symlink_to(elsewhere)
        (elsewhere / "zebra-result.json").rename(tmp_path / f"{site.name}.json")
        (elsewhere / "zebra-result.json").symlink_to(f"../{site.name}.json")
        (elsewhere / "back").symlink_to(elsewhere)
    (pair / "1" / "a" / "round").symlink_to(tmp_path)
    for folder, place in ((pair, "a"), (halves, "")):
        assert merged(tmp_path / "m" / folder.name, folder) == 0
        found = tmp_path / "m" / folder.name / place / "allure-results"
        assert {one.name for one in found.glob("*-result.json")} == {f"{name}-result.json" for name in ("zebra", "ape", "yak", "bear")}
        assert not any(one.is_symlink() for one in (tmp_path / "m" / folder.name).rglob("*"))
    (tmp_path / "a.json").unlink()
    assert merged(tmp_path / "n", pair) == 1
    assert "shard 1 of 2 is not whole: 4 scenarios of site a; cannot read it: No such file or directory" in capsys.readouterr().out


# -- how it ends --------------------------------------------------------------------


def test_a_merge_ends_as_a_run_of_these_sites_does(tmp_path: Path, clauses: dict[str, Clause], capsys: pytest.CaptureFixture[str]) -> None:
    skipped = scenario(ORDER[0], outcome="skipped", skip=Skip("setting", "off"), sent=0)
    found = (Violation("R41.7.0-01", "element-present", "GetSite", "siteInstance", "present", "absent"),)
    runs = {"well": (scenario(ORDER[0]), 0), "idle": (skipped, 5), "red": (scenario(ORDER[0], outcome="failed", violations=found), 1)}
    for sites in (("well",), ("idle",), ("well", "idle"), ("idle", "red"), ("well", "idle", "red")):
        place = tmp_path / "-".join(sites)
        for site in sites:
            # What looking for test data asked is no judgement.
            left(place / "1", site, clauses, runs[site][0], sent=3)
        named(place, plan([[site, 1, 1, 1] for site in sites]))
        assert merged(tmp_path / "m", place) == worst_code(runs[site][1] for site in sites), sites
        if len(sites) > 1:
            assert "1 nothing ran" in capsys.readouterr().out
    assert worst_code([0, 5]) == 5
    assert worst_code([]) == 0


def test_a_merge_tells_nobody_without_the_nights_that_are_kept(pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert merged(tmp_path / "m", pair, options=("--notify", "mailto:a@example.com")) == 4
    assert capsys.readouterr().err.startswith("error[usage]: --notify needs --history")
    assert not (tmp_path / "m").exists()


def test_a_history_that_cannot_be_kept_or_told_costs_itself(pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no folder").write_text("", encoding="utf-8")
    for history, notify, why in ((tmp_path / "no folder", "", "Not a directory"), (tmp_path / "h", "exec:false", "could not be delivered: [Errno 2]")):
        assert merged(tmp_path / "m", pair, options=("--history", str(history), "--notify", notify)) == 1
        said = capsys.readouterr()
        lines = [line for line in said.out.splitlines() if line.startswith("NOT DONE")]
        assert [line.partition(": ")[0] for line in lines] == [f"NOT DONE  the history of {site}" for site in "ab"], said
        assert all(why in line for line in lines)
        assert said.err == ""
        assert json.loads((tmp_path / "m" / "overview.json").read_text(encoding="utf-8"))["sites"]["b"]["exit"] == 0


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """What a full disk or a quota does: no file grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("linked", [True, False])
def test_a_full_disk_is_told_by_what_was_to_be_written(
    halves: Path, pair: Path, tmp_path: Path, linked: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not linked:
        monkeypatch.setattr(os, "link", no_links)
    for folder in (halves, pair):
        with files_of_at_most(100):
            code = merged(tmp_path / "m" / folder.name, folder)
        said = capsys.readouterr().err
        assert (code, said.partition(":")[0]) == (4, "error[file]"), said
        assert f"{tmp_path / 'm' / folder.name}" in said
        assert f"{folder}/" not in said


def test_of_two_names_that_of_the_target_is_told(
    pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "readable", None, "to be written")

    monkeypatch.setattr("conformance.run.fleet.merge.take_files", full)
    assert merged(tmp_path / "m", pair) == 4
    assert "where  to be written\n" in capsys.readouterr().err


def no_links(*_: object, **__: object) -> None:
    raise OSError(18, "Invalid cross-device link")


def test_a_file_that_cannot_be_written_whole_is_named_and_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    write_whole(file, "old")
    with files_of_at_most(10), pytest.raises(OSError, match="File too large") as told:
        write_whole(file, "x" * 100_000)
    assert told.value.filename == str(file)
    assert [one.name for one in tmp_path.iterdir()] == ["kept.json"], "and no draft, which is what filled the disk"
    assert file.read_text(encoding="utf-8") == "old"


def test_a_part_with_fewer_scenarios_than_were_to_be_is_taken_and_told(
    tmp_path: Path, clauses: dict[str, Clause], capsys: pytest.CaptureFixture[str]
) -> None:
    """Something else deselected some of them in the shard: what is merged is not the run that was planned."""
    place = tmp_path / "few"
    left(place / "1", "a", clauses, *map(scenario, ORDER))
    left(place / "2", "b", clauses, *map(scenario, ORDER[:3]))
    named(place, plan([["a", 1, 1, 4]], [["b", 1, 1, 4]]))
    assert merged(tmp_path / "into", place) == 1
    said = capsys.readouterr().out
    assert "MISSING   shard 2 of 2 is not whole: 4 scenarios of site b; 3 of its 4 scenarios are there" in said
    assert len(summary(tmp_path / "into" / "b")["scenarios"]) == 3
