"""Reports, folders and options that cannot be used are told before anything is sent; a disk that fills up costs no verdict."""

from __future__ import annotations

import os
import re
from pathlib import Path

import mocksite
import pytest

from conformance.cli import main
from tests.run.conftest import Runner
from tests.twisted import twisted

PLACES = {"below a file": "file/reports", "a file": "file", "not writable": "/proc/reports", "a device": "/dev/full", "nul": "a\0b"}


@pytest.mark.parametrize("name", PLACES)
def test_reports_that_cannot_be_written_are_told_before_anything_is_sent(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, name: str
) -> None:
    (pytester.path / "file").write_text("", encoding="utf-8")
    with twisted(tmp_path) as site:
        outcome = run("features/41.7.0", "--reports", PLACES[name], *site.arguments())
        assert not site.asked
    assert outcome.code == 4
    assert "error[reports]" in outcome.text
    assert "Traceback" not in outcome.text


@pytest.mark.parametrize("command", ["plan", "check", "sweep", "index", "docs"])
def test_a_folder_without_features(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command, "--root", str(tmp_path)]) == 4
    assert "error[features-missing]" in capsys.readouterr().err


@pytest.mark.parametrize("age", ["²", "1" * 400, "-1", "", "ten"])
def test_ages_that_are_none(capsys: pytest.CaptureFixture[str], age: str) -> None:
    assert main(["sweep", f"--older-than={age}"]) == 4
    assert "error[age]" in capsys.readouterr().err


def test_a_disk_that_fills_up_costs_files_and_no_verdict(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    for name in ("write_exchange", "write_junit", "write_summary", "write_whole"):
        monkeypatch.setattr(f"conformance.run.session.{name}", full)
    monkeypatch.setattr("conformance.history.resume_file.ResumeFile.add", full)
    with mocksite.start(release="41.6.3") as site:
        text = "\n".join(line for line in site.profile("old").splitlines() if not line.startswith("release"))
        (tmp_path / "old.toml").write_text(text, encoding="utf-8")
        outcome = run("features/41.7.0", "--site", "old", "--sites", str(tmp_path / "old.toml"), "--release", "41.7.0")
    assert outcome.code == 1
    assert re.search(r"^FAILED  \d+ scenarios, one cause", outcome.text, re.MULTILINE)
    assert "summary.json could not be written: OSError: [Errno 28]" in outcome.text
    assert "Traceback" not in outcome.text


@pytest.mark.parametrize("named", ["on the command line", "in the profile"])
def test_a_history_that_cannot_be_written_is_told_before_anything_runs(run: Runner, tmp_path: Path, named: str) -> None:
    history = tmp_path / "history"
    history.write_text("a file", encoding="utf-8")
    option = ("--history", str(history)) if named == "on the command line" else ()
    with mocksite.start(release="41.12.0") as site:
        text = site.profile("own") if option else site.profile("own").replace("[sites.own]\n", f'[sites.own]\nhistory = "{history}"\n')
        (tmp_path / "own.toml").write_text(text, encoding="utf-8")
        outcome = run("features/41.7.0", "--site", "own", "--sites", str(tmp_path / "own.toml"), *option)
    assert outcome.code == 4
    assert f"error[history]: history cannot be written: File exists\n  where  {history}" in outcome.text
    assert "passed" not in outcome.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--alluredir", "{file}"), "error[alluredir]: alluredir cannot be written: File exists\n  where  {file}"),
        (("--notify", "true"), "error[usage]: --notify needs --history"),
        (("{file}/nothing",), "ERROR: file or directory not found: {file}/nothing"),
    ],
    ids=["Allure results", "notices of no history", "a folder that is not there"],
)
def test_what_cannot_come_of_an_option_is_told_before_anything_runs(
    run: Runner, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "a-file"
    file.write_text("", encoding="utf-8")
    outcome = run("features/41.7.0", *(one.format(file=file) for one in arguments))
    assert outcome.code == 4
    assert words.format(file=file) in outcome.text
    assert "passed" not in outcome.text
    assert "Traceback" not in outcome.text


@pytest.mark.parametrize("option", ["--junitxml", "--alluredir", "--log-file"])
def test_several_sites_do_not_write_one_file_in_turn(run: Runner, tmp_path: Path, option: str) -> None:
    place = tmp_path / "named"
    both = ("--site", "mock", "--site", "other", "--reports", str(tmp_path / "reports"))
    outcome = run("features/41.7.0", *both, option, str(place))
    assert outcome.code == 4
    words = f"error[one-place]: {option} names one place, and each of 2 sites would write there\n  where  {option} {place}"
    assert words in outcome.text
    assert f"  hint   leave {option} out: junit.xml and allure-results of a site are in {tmp_path}/reports/SITE" in outcome.text
    assert not place.exists()
