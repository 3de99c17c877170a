"""``--history``, ``webex-conformance history`` and its page, as a user meets them."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import sys
from pathlib import Path
from types import ModuleType

import pytest

from conformance.cli import main
from conformance.history.archive import Archive
from conformance.history.index import INDEX
from tests.history import simulation
from tests.reporting.browser import Browser, chromium
from tests.run.conftest import Runner, run
from tests.run.test_outcomes import LOST
from tests.shards.test_damaged_shards import files_of_at_most
from tests.twisted import twisted

__all__ = ["run"]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight weeks of two sites, in which something fails since the third night and something is flaky."""
    folder = tmp_path_factory.mktemp("history")
    for name, seed in (("staging", 1), ("production", 2)):
        site = simulation.Site(name, seed, [
            simulation.Planted("regression", 5, 30), simulation.Planted("flake", 6, 0, share=0.4),
            simulation.Planted("upgrade", 7, 28),
        ])  # fmt: skip
        for night, _ in zip(simulation.nights(site), range(56), strict=False):
            Archive(folder).keep(night)
    return folder


def test_every_run_keeps_its_night(run: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run("features/41.7.0", "--history", str(tmp_path)).code == 0
    capsys.readouterr()
    assert main(["history", "--history", str(tmp_path), "--json", "--all"]) == 0
    (site,) = json.loads(capsys.readouterr().out)["sites"]
    assert site["site"] == "mock"
    states = {row["clause"]: row["state"] for row in site["clauses"]}
    assert states["R41.7.0-02"] == "passing"
    assert {len(row["letters"]) for row in site["clauses"]} == {len(site["nights"])}


def test_a_folder_that_cannot_be_written_costs_the_night_and_no_verdict(run: Runner, tmp_path: Path) -> None:
    # The folder itself can be written, so that nothing is told before the run.
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "nights").write_text("", encoding="utf-8")
    outcome = run("features/41.7.0", "--history", str(tmp_path / "history"))
    assert outcome.code == 1
    assert "the history could not be written" in outcome.text
    assert set(outcome.outcomes().values()) == {"passed"}


def test_a_notice_that_does_not_arrive_is_one_line_of_the_run_and_the_night_is_kept(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, LOST) as site:
        to = "/nowhere/hook https://hook.example.com/T0K3NT0K3N"
        outcome = run("features/41.7.0", *site.arguments("--history", str(tmp_path / "history"), "--notify", to))
    told = [line for line in outcome.lines if "could not be delivered" in line]
    assert [line.partition("the history: ")[2] for line in told] == [
        "the notice of twisted could not be delivered: [Errno 2] No such file or directory: '/nowhere/hook'",
    ]
    assert "T0K3N" not in outcome.text and "could not be written" not in outcome.text
    assert len(list(Archive(tmp_path / "history").files())) == 1


def test_clauses_that_no_night_judged_are_counted_as_that(
    run: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("features/41.7.0", "--release", "41.6.3", "--history", str(tmp_path))
    capsys.readouterr()
    assert main(["history", "--history", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  4 never judged"
    page = tmp_path / "page.html"
    assert main(["history", "--history", str(tmp_path), "--html", str(page)]) == 0
    assert ">1 site, 1 night</span>" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("absolute", [False, True])
def test_what_shows_a_failure_is_found_wherever_the_run_was_made_from(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], absolute: bool
) -> None:
    project = Path.cwd()
    monkeypatch.chdir(tmp_path)
    where = tmp_path / "reports" if absolute else Path("reports")
    with twisted(tmp_path, LOST) as site:
        place = f"{project}/features/41.7.0/recording-changes.feature:21"
        run("-c", str(project / "pyproject.toml"), place, *site.arguments("--history", "kept", f"--reports={where}"))
    capsys.readouterr()
    assert main(["history", "--history", "kept", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["sites"][0]["clauses"]
    assert told["exchanges"] and all(Path(file).is_file() and Path(file).is_absolute() for file in told["exchanges"])


def test_the_list_tells_state_night_and_release(weeks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--history", str(weeks), "--site", "staging"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("staging  56 nights, 2025-11-28 to 2026-01-22, now 41.2.0")
    rows = {line.split()[0]: line.split() for line in lines if line.strip().startswith("R41.") and len(line.split()) >= 5}
    assert rows["R41.6.0-01"][1:4] == ["failing", "2025-12-28", "41.2.0"]
    assert rows["R41.6.3-01"][1] == "flaky"
    assert any("site went from 41.1.0 to 41.2.0" in line and "R41.7.0-01" in line for line in lines)


def test_a_clause_and_a_day_narrow_it(weeks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--history", str(weeks), "--json", "--clause", "R41.6.0-01", "--since", "2025-12-28"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [[row["clause"] for row in site["clauses"]] for site in told["sites"]] == [["R41.6.0-01"]] * 2
    assert main(["history", "--history", str(weeks), "--json", "--clause", "R41.6.0-01", "--since", "2025-12-29"]) == 0
    assert all(not site["clauses"] for site in json.loads(capsys.readouterr().out)["sites"])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--site", "stagin"], 4, "error[site-unknown]"),
        (["--history", "/nowhere"], 4, "error[history-missing]"),
        (["--html", "/proc/x.html"], 4, "error[page-unwritable]"),
        (["--since", "yesterday"], 4, "error[day]"),
        (["--clause", "R1"], 4, "error[clause-unknown]"),
    ],
)  # fmt: skip
def test_mistakes_are_one_message(
    weeks: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    assert main(["history", "--history", str(weeks), *arguments]) == code
    assert capsys.readouterr().err.startswith(words)


def test_tables_for_other_tools(weeks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history-export", "--history", str(weeks), str(tmp_path / "nights.csv")]) == 0
    with (tmp_path / "nights.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == 2 * 56 * simulation.SCENARIOS
    assert {row["outcome"] for row in rows} <= set("PFB")
    assert main(["history-export", "--history", str(weeks), str(tmp_path / "nights.sqlite")]) == 0
    connection = sqlite3.connect(tmp_path / "nights.sqlite")
    assert connection.execute("SELECT count(*) FROM night").fetchone() == (112,)
    connection.close()
    for name, code in (("nights.xls", "export-form"), ("nights.csv/x.csv", "export"), ("nights.csv/x.sqlite", "export")):
        assert main(["history-export", "--history", str(weeks), str(tmp_path / name)]) == 4
        assert f"error[{code}]" in capsys.readouterr().err


class FakeDuckDB(ModuleType):
    """DuckDB where there is no room for what it writes."""

    Error = type("Error", (Exception,), {})

    def read_csv(self, lines: str, **_: object) -> FakeDuckDB:
        assert Path(lines).is_file()
        return self

    def write_parquet(self, output: str) -> None:
        Path(output).write_bytes(b"PAR1")
        raise self.Error("could not write all bytes: No space left on device")


@pytest.mark.parametrize("name", ["nights.csv", "nights.sqlite", "nights.parquet"])
def test_a_full_disk_leaves_the_tables_of_before(
    weeks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", FakeDuckDB("duckdb"))
    file = tmp_path / name
    file.write_text("of yesterday", encoding="utf-8")
    with files_of_at_most(10**9 if file.suffix == ".parquet" else 4096):
        assert main(["history-export", "--history", str(weeks), str(file)]) == 4
    said = capsys.readouterr().err
    assert re.match(r"error\[export\]: cannot write it: (File too large|disk I/O error|could not write all bytes: .*)\n", said), said
    assert f"where  {file}\n" in said
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [(name, "of yesterday")]


def test_where_there_is_no_room_for_the_tables_the_nights_are_told_all_the_same(
    weeks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(folder: Path) -> str:
        assert main(["history", "--history", str(folder), "--all"]) == 0
        return capsys.readouterr().out

    before = told(weeks)
    shutil.copytree(weeks, tmp_path / "full", ignore=shutil.ignore_patterns(INDEX))
    with files_of_at_most(100_000):
        assert told(tmp_path / "full") == before


def test_parquet_when_duckdb_is_there(weeks: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed; only the export to Parquet needs it")
    assert main(["history-export", "--history", str(weeks), str(tmp_path / "nights.parquet")]) == 0
    found = duckdb.read_parquet(str(tmp_path / "nights.parquet")).aggregate("count(*)").fetchall()
    assert found == [(2 * 56 * simulation.SCENARIOS,)]


@pytest.mark.skipif(not chromium(), reason="no chromium on this machine: apt-get install chromium")
def test_the_page_is_read_searched_and_opened(weeks: Path, tmp_path: Path) -> None:
    file = tmp_path / "history.html"
    assert main(["history", "--history", str(weeks), "--html", str(file)]) == 0
    with Browser(width=320) as browser:
        browser.open(file.as_uri())
        assert browser.look("document.documentElement.scrollWidth") <= 320
        shown = browser.look("document.querySelectorAll('#rows tr').length")
        browser.click("input[name=q]")
        browser.type("R41.6.0-01")
        assert browser.look("document.querySelectorAll('#rows tr').length") == 2 < shown
        assert browser.look("location.hash") == "#q=R41.6.0-01"
        browser.look("document.querySelector('#rows a').click()")
        browser.look("new Promise(done => setTimeout(done, 0))")
        told = browser.look("document.getElementById('one').innerText")
        assert "2025-12-28 to 2026-01-22, 26 nights: failed" in told
        browser.open(file.as_uri() + "#site=staging&state=flaky")
        assert browser.look("[...document.querySelectorAll('#rows td:nth-child(2)')].every(cell => cell.textContent === 'staging')")
