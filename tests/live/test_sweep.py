"""What a killed run leaves behind is found and removed, from the ledger and by its name."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import mocksite
import pytest

from conformance.cli import main
from conformance.sites.errors import UserError
from conformance.sites.ledger import Ledgers, SiteLock, new_run_id, place_of, state_folder
from conformance.wire.client import reads_only
from tests.conftest import ROOT, SAFETY
from tests.run.conftest import Runner
from tests.run.test_interrupted import WRITES, Stops, interrupted, state
from tests.twisted import Twisted, operation_of, twisted


def sweep(site: Twisted, reports: Path, *more: str) -> int:
    """``webex-conformance sweep`` on ``site``."""
    where = ["--site", "twisted", "--sites", str(site.sites), "--root", str(ROOT), "--access", "read-write"]
    return main(["sweep", *where, *(["--reports", str(reports)] if reports.exists() else []), *more])


def killed(stops: Stops, run: Runner, pytester: pytest.Pytester, site: Twisted) -> Path:
    """A run that is killed; its reports."""
    outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
    assert outcome.code == -signal.SIGKILL
    return outcome.reports


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of whoever runs."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.mark.parametrize("lost", ["nothing", "the reports", "every ledger"])
def test_after_kill_9_the_sweep_puts_everything_back(
    run: Runner,
    pytester: pytest.Pytester,
    tmp_path: Path,
    place: Path,
    lost: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stops = Stops("GetEvent", 2, signal.SIGKILL)
    with twisted(tmp_path, stops) as site:
        before = state(site)
        reports = killed(stops, run, pytester, site)
        left = state(site)
        assert left["sessions"] != before["sessions"], "nothing was left behind, so the sweep would prove nothing"
        assert sweep(site, reports, "--dry-run") in (0, 1)
        assert state(site) == left, "a dry run removes nothing"
        if lost != "nothing":
            shutil.rmtree(reports)
        if lost == "every ledger":
            shutil.rmtree(place)
        if lost == "every ledger":
            before_it = state(site)
            assert sweep(site, reports) == 0
            assert state(site)["sessions"] == before_it["sessions"]
            alone = capsys.readouterr().err
            assert alone.count("left alone: ") == alone.count("--older-than 0 removes them, too") == 1
        capsys.readouterr()
        assert sweep(site, reports, *(["--older-than", "0"] if lost == "every ledger" else [])) == 0, capsys.readouterr().err
        told = capsys.readouterr().out
        assert ("no ledger in" if lost == "every ledger" else "ledger /") in told
        assert state(site)["sessions"] == before["sessions"]
        assert state(site)["users"] == before["users"]
        if lost != "every ledger":
            assert {**state(site)["settings"], "mail-relay": ""} == {**before["settings"], "mail-relay": ""}
        assert list(tmp_path.rglob("*.jsonl")) == [], "what lists nothing any more is pruned"


def test_a_clean_run_leaves_no_ledger_and_the_state_folder_empty(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, place: Path
) -> None:
    with twisted(tmp_path) as site:
        assert run(WRITES, *site.arguments()).code == 0
    assert list((pytester.path / "reports" / "ledger").glob("*")) == []
    assert list(place.rglob("*.jsonl")) == []
    assert [one for one in place.rglob("*") if one.is_file()] == []


def test_a_run_with_reports_elsewhere_meets_the_run_that_has_the_site(tmp_path: Path, place: Path) -> None:
    """Because the lock stands where the site has its place, and not among the reports of one run."""
    folder = state_folder(place_of("https://acme.webex.com/WBXService/XMLService", "acme"))
    assert folder == place / "webex-conformance" / "acme.webex.com_acme"
    one, other = (Ledgers(name, folder.name, tmp_path / name, folder) for name in ("one", "other"))
    held = SiteLock(one.lock, "read-write")
    with pytest.raises(UserError, match="a read-write run"):
        SiteLock(other.lock, "read-only")
    held.close()
    assert not folder.exists()


def test_what_is_younger_is_left_alone(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    stops = Stops("GetEvent", 2, signal.SIGKILL)
    with twisted(tmp_path, stops) as site:
        reports = killed(stops, run, pytester, site)
        left = state(site)["sessions"]
        sweep(site, reports, "--older-than", "60")
        assert state(site)["sessions"] == left


def test_a_ledger_line_stands_before_the_create_is_sent(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    seen: list[bool] = []

    def look(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "CreateEvent":
            lines = "".join(file.read_text(encoding="utf-8") for file in (pytester.path / "reports").rglob("*.jsonl"))
            seen.append("CreateEvent" in lines)
        return response

    with twisted(tmp_path, look) as site:
        run(WRITES, "--lanes", "0", *site.arguments())
    assert seen
    assert all(seen)


class Beside:
    """Starts a command while a run is alive, once, and waits for its end."""

    def __init__(self, folder: Path, command: Callable[[], list[str]], home: Path | None = None) -> None:
        self.folder, self.command = folder, command
        self.environment = {**os.environ, **({"XDG_STATE_HOME": str(home)} if home else {})}
        self.ended: subprocess.CompletedProcess[str] | None = None
        self._begun = False

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "GetEvent" and not self._begun:
            self._begun = True
            self.ended = subprocess.run(
                self.command(), cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=SAFETY
            )
        return response


@pytest.mark.parametrize("what", ["sweep", "sweep elsewhere", "run", "run elsewhere", "reading run elsewhere"])
def test_what_is_started_beside_a_run_that_writes_is_told_so_and_changes_nothing(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, place: Path, what: str
) -> None:
    reports = tmp_path / "elsewhere" if "elsewhere" in what else pytester.path / "reports"

    def command() -> list[str]:
        access = "read-only" if "reading" in what else "read-write"
        end = [*site.arguments("--access", access), "--reports", str(reports)]
        program = ["conformance.cli", "sweep", "--root", str(ROOT)] if "sweep" in what else ["pytest", "features/41.7.0"]
        return [sys.executable, "-m", *program, *end]

    reports.mkdir(exist_ok=True)
    beside = Beside(pytester.path, command)
    with twisted(tmp_path, beside) as site:
        before = state(site)
        outcome = run(WRITES, "--lanes", "0", *site.arguments("--access", "read-write"))
        after = state(site)
    assert beside.ended is not None
    told = beside.ended.stdout + beside.ended.stderr
    assert beside.ended.returncode == 4, told
    assert told.count("error[") == told.count("error[reports-in-use]" if what == "run" else "error[site-in-use]") == 1
    assert "Traceback" not in told
    assert outcome.code == 0, outcome.text
    assert set(outcome.outcomes().values()) == {"passed"}
    assert (after["sessions"], after["users"]) == (before["sessions"], before["users"])


@pytest.mark.parametrize(("what", "told"), [("sweep", "which may be alive elsewhere"), ("run", " passed")])
def test_two_machines_on_a_site_take_away_only_what_each_has_made(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, place: Path, what: str, told: str
) -> None:
    """The lock of a site is of one machine: here the other has a home, reports and a profile of its own."""

    def command() -> list[str]:
        end = [*site.arguments("--access", "read-write"), "--reports", str(tmp_path / "theirs")]
        program = ["conformance.cli", "sweep", "--root", str(ROOT)] if what == "sweep" else ["pytest", "-p", "tests.first_rows", WRITES]
        return [sys.executable, "-m", *program, *end]

    (tmp_path / "theirs").mkdir()
    beside = Beside(pytester.path, command, tmp_path / "their home")
    with twisted(tmp_path, beside, control_url="None", rate='"10000/s"') as site:
        before = state(site)
        outcome = run(WRITES, "--lanes", "0", *site.arguments("--access", "read-write"))
        after = state(site)
    assert beside.ended is not None
    said = beside.ended.stdout + beside.ended.stderr
    assert (beside.ended.returncode, said.count("Traceback")) == (0, 0), said
    assert told in said
    assert outcome.code == 0, outcome.text
    assert "passed" in set(outcome.outcomes().values()) <= {"passed", "skipped"}
    assert after["sessions"] == before["sessions"]


def test_a_ledger_that_names_what_is_not_ours_takes_nothing_away(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stops = Stops("GetEvent", 2, signal.SIGKILL)
    with twisted(tmp_path, stops) as site:
        before = state(site)
        reports = killed(stops, run, pytester, site)
        theirs = str(next(row["key"] for row in before["sessions"] if row["kind"] == "event"))
        (file,) = (reports / "ledger").glob("*.jsonl")
        lines = file.read_text(encoding="utf-8")
        ours = re.findall(r'"sessionKey": "(\d+)"', lines)[-1]
        file.write_text(lines.replace(ours, theirs), encoding="utf-8")
        assert sweep(site, reports) == 0
        assert state(site)["sessions"] == before["sessions"]
    told = capsys.readouterr().err
    assert told.count("not as a run wrote them") == 1


def url_of(site: Twisted) -> tuple[str, str]:
    told = tomllib.loads(site.sites.read_text(encoding="utf-8"))["sites"]["twisted"]
    return told["url"], told["site_name"]


def test_a_ledger_is_swept_beside_lists_that_are_broken_clocks_that_are_ahead_and_folders(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing keeps a sweep from what it can remove, what it left is told, and it does not end well."""
    broken = {"LstsummaryUser"}

    def breaks(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return mocksite.HttpResponse(500, response.headers, b"") if operation_of(request) in broken else response

    with twisted(tmp_path, breaks, control_url="None", rate='"10000/s"') as site:
        before = state(site)
        meeting = next(row for row in before["sessions"] if row["name"] == "Quarterly planning")
        reports = tmp_path / "reports"
        ledgers = Ledgers("twisted", place_of(*url_of(site)), reports / "ledger", None)
        ledger = ledgers.of_run(new_run_id())
        with monkeypatch.context() as ahead:
            ahead.setattr(time, "time", lambda now=time.time: now() + 3600)
            entry = ledger.intend("host", "CreateMeeting", ledger.next_name())
        ledger.created(entry, {"meetingKey": str(meeting["key"])})
        ledger.close()
        (reports / "ledger" / "twisted-folder.jsonl").mkdir()
        code, (out, err) = sweep(site, reports), capsys.readouterr()
        assert (code, out.splitlines()[-1]) == (1, "0 undone, 1 left behind; 1 ledger could not be read, and may list more"), out + err
        assert f"what has its key is called {meeting['name']!r} on the site" in err
        assert "not looked through: LstsummaryUser to http" in err
        assert "folder.jsonl: cannot be read, passed over" in err
        broken.clear()
        (reports / "ledger" / "twisted-folder.jsonl").rmdir()
        assert sweep(site, reports, "--older-than", "1") == 0
        assert f"left alone: {entry.operation} {entry.name}: younger than --older-than" in capsys.readouterr().err
        assert state(site) == before


@pytest.mark.parametrize("dry", [True, False])
def test_a_sweep_that_could_not_read_a_ledger_does_not_end_well(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str], dry: bool
) -> None:
    with twisted(tmp_path, control_url="None") as site:
        folder = tmp_path / "reports" / "ledger"
        folder.mkdir(parents=True)
        assert sweep(site, folder.parent, *["--dry-run"] * dry) == 0
        assert "no ledger in" in capsys.readouterr().out
        (folder / "twisted-20260101000000abcd.jsonl").symlink_to("/nowhere")
        assert sweep(site, folder.parent, *["--dry-run"] * dry) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1].endswith(f"{'nothing' if dry else '0 undone, 0'} left behind; 1 ledger could not be read, and may list more")
    assert "no ledger in" not in out


def test_a_sweep_of_reports_that_are_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in (["--reports", "/no/such/folder"], ["/no/such/folder"]):
        assert main(["sweep", "--root", str(ROOT), *place]) == 4
        assert "error[sweep-folder]: there is no such folder\n  where  /no/such/folder" in capsys.readouterr().err


def test_a_read_only_run_sends_nothing_but_reads(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, access='"read-only"', control_url="None") as site:
        outcome = run("features", *site.arguments())
    assert outcome.code == 0, outcome.text
    assert site.asked
    assert [operation for operation in site.asked if not reads_only(operation)] == []
    skips = {row["skip"]["kind"] for row in outcome.summary["scenarios"] if row["skip"]}
    assert "access" in skips


@pytest.mark.parametrize("operation", ["CreateEvent", "SetEvent", "DelEvent", "CreateUser", "SetUser", "DelUser"])
def test_what_changes_a_site_is_no_read(operation: str) -> None:
    assert not reads_only(operation)

def test_a_dry_run_beside_a_run_says_whose_things_it_lists(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with twisted(tmp_path, control_url="None", rate='"10000/s"') as site:
        ledgers = Ledgers("twisted", place_of(*url_of(site)), tmp_path / "reports" / "ledger", state_folder(place_of(*url_of(site))))
        with closing(SiteLock(ledgers.lock, "read-write")):
            assert sweep(site, tmp_path / "reports", "--dry-run") == 0
            beside = capsys.readouterr().err
        assert sweep(site, tmp_path / "reports", "--dry-run") == 0
        alone = capsys.readouterr().err
    assert re.search(r"^note: a read-write run \(process \d+, since [^)]+\) is at work on this site: what it made is listed, too", beside, re.MULTILINE), beside
    assert "at work" not in alone
