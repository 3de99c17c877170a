"""The comparison of two runs: blind to times, ids and ports, to nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.equal_reports import differences, main

SUMMARY = {"started": "2026-01-01T10:00:00+00:00", "scenarios": [{"nodeid": "a", "outcome": "passed", "duration_s": 0.125}]}
RESULT = {
    "fullName": "a.feature::a", "status": "passed", "start": 1795857488097, "uuid": "007d5f7d-53af-48c5-9f25-579c006fe2b3",
    "attachments": [{"name": "reply", "source": "0154a576def1745ac8156bf8378eafed-attachment.xml"}],
}  # fmt: skip
EXCHANGE = '<exchange url="http://127.0.0.1:4711/" sent="2026-01-01 10:00:00.1" seconds="0.125"><r>wxc-65a1b2c3ffff-1</r></exchange>'


def report(folder: Path, *, outcome: str = "passed", reply: str = "<r>1</r>", later: bool = False) -> Path:
    """The reports of a run; one that was ``later`` has other times, ids, ports and file names."""

    def written(text: str) -> str:
        for old, new in (("10:00", "11:07"), ("4711", "4712"), ("0.125", "0.31"), ("0154a5", "9954a5"), ("007d5f", "997d5f"), ("65a1b2c3", "65a1b2d4")):
            text = text.replace(old, new) if later else text
        return text

    results = folder / "allure-results"
    results.mkdir(parents=True)
    (folder / "exchanges").mkdir()
    (folder / "summary.json").write_text(written(json.dumps(SUMMARY)).replace('"passed"', f'"{outcome}"'), encoding="utf-8")
    (folder / "exchanges" / "0001-GetSite.xml").write_text(written(EXCHANGE), encoding="utf-8")
    (results / written("007d5f7d-53af-48c5-9f25-579c006fe2b3-result.json")).write_text(written(json.dumps(RESULT)), encoding="utf-8")
    (results / written("0154a576def1745ac8156bf8378eafed-attachment.xml")).write_text(reply, encoding="utf-8")
    return folder


def test_times_ids_ports_and_drawn_names_are_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = report(tmp_path / "before"), report(tmp_path / "after", later=True)
    assert differences(before, after) == []
    assert main([str(before), str(after)]) == 0
    assert capsys.readouterr().out == "equal: {'allure': 1, 'exchanges': 1, 'summary.json': 1}\n"


def test_a_verdict_an_attachment_or_a_missing_file_is_one(tmp_path: Path) -> None:
    before = report(tmp_path / "before")
    verdict = differences(before, report(tmp_path / "verdict", outcome="failed"))
    assert any("summary.json: +" in line and "failed" in line for line in verdict)
    reply = differences(before, report(tmp_path / "reply", reply="<r>2</r>"))
    assert any(line.startswith("allure a.feature::a: +") and "<r>2</r>" in line for line in reply)
    fewer = report(tmp_path / "fewer")
    (fewer / "exchanges" / "0001-GetSite.xml").unlink()
    assert differences(before, fewer) == [f"only in {before}: exchanges/0001-GetSite.xml"]
    assert main([str(before), str(fewer)]) == 1


def test_a_run_without_a_summary_is_none_to_compare(tmp_path: Path) -> None:
    assert main([str(report(tmp_path / "before")), str(tmp_path)]) == 4
