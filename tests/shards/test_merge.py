"""Shards merged: what one run would have written, in any order; and what is missing, cut or another's is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.reporting.summary import read_run
from conformance.sites.errors import UserError
from tests.conftest import ROOT, SAFETY
from tests.twisted import replacing, twisted

FEATURES = ("features/41.9.0", "features/41.7.0")


@dataclass(frozen=True)
class Fleet:
    """Runs on one site, in one piece and in three shards; and on two sites in two shards, of which one fails."""

    one_piece: Path
    thirds: list[Path]
    pair: list[Path]
    sites: Path


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-p", "tests.first_rows", "-q", *FEATURES, *arguments, "--reports", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    place = tmp_path_factory.mktemp("fleet")
    (place / "good").mkdir()
    (place / "bad").mkdir()
    with twisted(place / "good") as good, twisted(place / "bad", replacing(b"separateNoRecordingEdit", b"separateNoRecordingGone")) as bad:
        both = place / "both.toml"
        texts = [site.sites.read_text(encoding="utf-8").replace("sites.twisted", f"sites.{name}") for site, name in ((good, "good"), (bad, "bad"))]
        both.write_text("\n".join(texts), encoding="utf-8")
        sites = ["--sites", str(both), "--site", "good", "--site", "bad"]
        whole = Fleet(place / "whole", [place / f"t{number}" for number in (1, 2, 3)], [place / f"p{number}" for number in (1, 2)], both)
        runs = [started(whole.one_piece)]
        runs += [started(folder, "--shard", f"{number}/3") for number, folder in enumerate(whole.thirds, 1)]
        codes = [run.wait(SAFETY) for run in runs]
        pair = [started(folder, *sites, "--shard", f"{number}/2") for number, folder in enumerate(whole.pair, 1)]
        assert codes == [0, 0, 0, 0]
        assert sorted(run.wait(SAFETY) for run in pair) == [0, 1]
        yield whole


def merged(into: Path, *folders: Path) -> int:
    return main(["merge", "--root", str(ROOT), *map(str, folders), "--into", str(into)])


def bytes_of(reports: Path) -> dict[str, bytes]:
    return {str(file.relative_to(reports)): file.read_bytes() for file in sorted(reports.rglob("*")) if file.is_file()}


def verdicts(reports: Path) -> list[tuple[str, str]]:
    document = json.loads((reports / "summary.json").read_text(encoding="utf-8"))
    return [(row["nodeid"], row["outcome"]) for row in document["scenarios"]]


def test_a_site_in_three_shards_is_one_run_scenario_by_scenario(fleet: Fleet, tmp_path: Path) -> None:
    assert merged(tmp_path / "m", *fleet.thirds) == 0
    assert verdicts(tmp_path / "m") == verdicts(fleet.one_piece), "in the same order, too"
    ours, theirs = (json.loads((place / "summary.json").read_text(encoding="utf-8")) for place in (tmp_path / "m", fleet.one_piece))
    for key in ("totals", "accounting", "selected", "clauses", "causes", "problems", "notes", "release"):
        assert ours[key] == theirs[key], key
    assert set(ours["shapes"]) == set(theirs["shapes"])
    names = {file.name for file in fleet.one_piece.iterdir()} - {"ledger"}
    assert {file.name for file in (tmp_path / "m").iterdir()} - {"ledger", "output.txt"} == names
    results = [len(list((place / "allure-results").glob("*-result.json"))) for place in (tmp_path / "m", fleet.one_piece)]
    assert results[0] == results[1]


def test_any_order_and_again_gives_the_same_bytes(fleet: Fleet, tmp_path: Path) -> None:
    for folders in (fleet.thirds, fleet.pair):
        into = tmp_path / folders[0].name
        merged(into, *folders)
        first = bytes_of(into)
        merged(into, *reversed(folders))
        assert bytes_of(into) == first
        assert len(first) > 20


def test_folders_that_were_carried_elsewhere_merge_and_name_files_that_are_there(fleet: Fleet, tmp_path: Path) -> None:
    carried = tmp_path / "artifacts"
    for folder in fleet.pair:
        shutil.copytree(folder, carried / folder.name)
    assert merged(tmp_path / "m", carried) == 1, "the exit code of a run with failures"
    document = json.loads((tmp_path / "m" / "bad" / "summary.json").read_text(encoding="utf-8"))
    named = [name.partition(":")[2] for row in document["scenarios"] for name in row["exchanges"]]
    assert named
    assert all(Path(name).is_file() and Path(name).is_relative_to(tmp_path / "m" / "bad") for name in named)
    overview = json.loads((tmp_path / "m" / "overview.json").read_text(encoding="utf-8"))
    assert {name: row["exit"] for name, row in overview["sites"].items()} == {"good": 0, "bad": 1}


def test_the_page_and_the_terminal_tell_of_the_site_that_is_not_well(fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    merged(tmp_path / "m", *fleet.pair)
    lines = capsys.readouterr().out.splitlines()
    assert "2 sites: 1 well, 1 failed" in lines
    assert len(lines) <= 20
    page = (tmp_path / "m" / "fleet.html").read_text(encoding="utf-8")
    assert "R41.7.0-02" in page
    assert str(fleet.sites) not in page


def test_a_shard_that_left_nothing_is_named_and_the_rest_written(fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = json.loads((fleet.thirds[1] / "shard.json").read_text(encoding="utf-8"))["plan"]["shards"][1]
    (tmp_path / "empty").mkdir()
    assert merged(tmp_path / "m", fleet.thirds[0], tmp_path / "empty", fleet.thirds[2]) == 1
    said = capsys.readouterr().out
    assert f"shard 2 of 3 left nothing: {gone[0][3]} scenarios of site mock (part 2 of 3)" in said
    rest = {name for name, _ in verdicts(tmp_path / "m")}
    assert len(rest) == len(verdicts(fleet.one_piece)) - gone[0][3]
    with pytest.raises(UserError, match="incomplete"):
        read_run(tmp_path / "m")


def edited(folder: Path, into: Path, file: str, **changes: Any) -> Path:
    copy = into / f"{folder.name}-edited"
    shutil.copytree(folder, copy)
    document = json.loads((copy / file).read_text(encoding="utf-8"))
    (copy / file).write_text(json.dumps(document | changes), encoding="utf-8")
    return copy


def test_a_file_that_was_cut_is_missing(fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "cut"
    shutil.copytree(fleet.pair[0], copy)
    site = next(path.parent.name for path in copy.glob("*/summary.json"))
    whole = (copy / site / "summary.json").read_bytes()
    (copy / site / "summary.json").write_bytes(whole[: len(whole) // 2])
    assert merged(tmp_path / "m", copy, fleet.pair[1]) == 1
    assert f"sites {site}" in (said := capsys.readouterr().out) or f"site {site}; summary.json is not what the shard wrote" in said
    assert "missing" in json.loads((tmp_path / "m" / "overview.json").read_text(encoding="utf-8"))


def test_what_is_not_of_one_run_is_refused(fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = edited(fleet.thirds[0], tmp_path, "shard.json", suite="0.0.9")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "notes.txt").write_text("not ours", encoding="utf-8")
    for folders, code in (
        ([fleet.thirds[0], fleet.thirds[0]], "merge-twice"),
        ([fleet.thirds[0], fleet.pair[1]], "merge-selections"),
        ([fleet.thirds[1], other], "merge-versions"),
        ([fleet.thirds[1], tmp_path / "foreign"], "part-foreign"),
        ([tmp_path / "none"], "merge-nothing"),
    ):
        assert merged(tmp_path / "m", *folders) == 4, code
        assert f"error[{code}]" in capsys.readouterr().err
    assert main(["merge", "--root", str(ROOT), str(fleet.thirds[0]), "--into", str(fleet.thirds[0])]) == 4
    assert (fleet.thirds[0] / "shard.json").is_file(), "nothing of a shard is cleared"


def test_the_nights_of_a_merge_are_kept(fleet: Fleet, tmp_path: Path) -> None:
    for folders in (fleet.thirds, fleet.pair):
        assert main(["merge", "--root", str(ROOT), *map(str, folders), "--into", str(tmp_path / "m"), "--history", str(tmp_path / "h")]) in (0, 1)
    names = "".join(str(path) for path in (tmp_path / "h").rglob("*"))
    assert all(site in names for site in ("mock", "good", "bad"))
