"""check, plan and sweep on many sites: one bad entry stops no other, nobody is asked for a plan, many ledgers are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.sites.ledger import SETTING, Ledger, place_of
from tests.conftest import ROOT
from tests.kills.measure import differences
from tests.shards.measure import KilledSite
from tests.twisted import twisted

SUITE = ["--root", str(ROOT)]


def two_profiles(text: str, file: Path) -> list[str]:
    """A sound site and one with a mistake, in this order and a sound one behind."""
    texts = [text.replace("sites.twisted", f"sites.s{number}") for number in (1, 2, 3)]
    texts[1] = texts[1].replace("[sites.s2]", '[sites.s2]\nrate = "often"')
    file.write_text("\n".join(texts), encoding="utf-8")
    return ["--sites", str(file)]


def test_check_names_one_bad_entry_and_checks_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with twisted(tmp_path) as site:
        named = two_profiles(site.sites.read_text(encoding="utf-8"), tmp_path / "three.toml")
        assert main(["check", *SUITE, *named, "--site", "s*", "--reports", str(tmp_path / "r")]) == 4
    said = capsys.readouterr().out
    assert "s1: 0 contradictions" in said
    assert "s3: 0 contradictions" in said
    assert said.count("error[profile-rate]") == 1
    assert "3 sites, 2 as their profiles say; not: s2" in said


def test_a_broken_file_of_a_folder_is_told_by_check_and_plan_and_stops_neither(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "twisted-10.toml").write_text("[sites.twisted-10\n", encoding="utf-8")
    with twisted(tmp_path) as site:
        (folder / "twisted.toml").write_bytes(site.sites.read_bytes())
        named = [*SUITE, "--sites", str(folder), "--site", "tw*"]
        assert main(["check", *named, "--reports", str(tmp_path / "r")]) == 4
        said = capsys.readouterr().out
        assert "twisted: 0 contradictions" in said
        assert said.count("LEFT OUT  error[sites-syntax]") == 1
        for shards in (["--shards", "2"], []):
            assert main(["plan", *named, *shards, "--json"]) == 4
            told = capsys.readouterr()
            assert json.loads(told.out), "what reads it is not stopped either"
            assert told.err.count("LEFT OUT  error[sites-syntax]") == 1


def test_a_plan_of_shards_asks_nobody_and_is_a_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with twisted(tmp_path) as site:
        named = site.arguments()
        assert main(["plan", *SUITE, *named, "--shards", "2", "--json"]) == 0
        assert site.asked == []
    rows = json.loads(capsys.readouterr().out)["include"]
    assert [row["shard"] for row in rows] == ["1/2", "2/2"]
    assert rows[1]["sites"] == "nothing to do", "a mock that shards would share is not cut"
    for number in ("0", "-3", "100001"):
        assert main(["plan", *SUITE, *named, "--shards", number]) == 4
    assert main(["plan", *SUITE, "--site", "a", "--site", "b"]) == 4


def test_sweep_reads_the_ledgers_of_many_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with twisted(tmp_path) as served:
        site = KilledSite(served, None)
        before = site.state()
        folder = tmp_path / "shards" / "7" / "twisted" / "ledger"
        here = place_of(str(served.core.base_url), "mocksite")
        for run, place, setting in (("6ab0000000ff", here, "classic-events"), ("6ab0000000fe", f"old.{here}", "webex-telephony")):
            ledger = Ledger(folder / f"twisted-{run}.jsonl", place, run)
            ledger.created(ledger.intend("", SETTING, setting), {"value": "false"})
            ledger.close()
        (tmp_path / "r").mkdir()
        arguments = ["sweep", *SUITE, *served.arguments("--reports", str(tmp_path / "r"))]
        assert main([*arguments, "--dry-run"]) == 0
        assert "would undo" not in capsys.readouterr().out
        assert main([*arguments, str(tmp_path / "shards")]) == 0
        told = capsys.readouterr()
        assert str(folder) in told.out
        assert told.err.count("1 changes to another site than this profile names now") == 1
        assert differences(before, site.state(), live=False) == ("setting classic-events",)
        assert main([*arguments, str(tmp_path / "none")]) == 4
