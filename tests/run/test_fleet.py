"""Several sites in one run: side by side, nothing of an earlier run beside them, and what was cut off is said."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mocksite
import pytest

from conformance.reporting.summary import folders_of
from conformance.run.fleet.processes import _shared_out, of_each_site, worst_code
from conformance.run.options import read_options
from conformance.run.progress import SELDOM_FASTER
from conformance.sites.errors import UserError
from conformance.sites.ledger import ReportsLock
from tests.conftest import ROOT, SAFETY
from tests.run.conftest import Runner
from tests.run.test_progress import on_a_terminal
from tests.run.test_interrupted import WRITES, Stops, interrupted, state
from tests.twisted import Twist, Twisted, operation_of, straight, twisted

@contextmanager
def two_sites(folder: Path, twist: Twist = straight, other_twist: Twist = straight) -> Iterator[tuple[Twisted, Twisted, list[str]]]:
    """Two mocks, and the options that run both."""
    for name in "12":
        (folder / name).mkdir()
    with twisted(folder / "1", twist) as one, twisted(folder / "2", other_twist) as other:
        both = folder / "both.toml"
        texts = [
            site.sites.read_text(encoding="utf-8").replace("sites.twisted", f"sites.{name}")
            for site, name in ((one, "one"), (other, "other"))
        ]
        both.write_text("\n".join(texts), encoding="utf-8")
        yield one, other, ["--sites", str(both), "--site", "one", "--site", "other"]


def test_several_sites_run_side_by_side_and_nothing_stays_of_an_earlier_run(run: Runner, tmp_path: Path) -> None:
    alone = run("features/41.9.0")
    assert alone.code == 0
    passed = alone.summary["totals"]["passed"]
    with two_sites(tmp_path) as (_, _, arguments):
        outcome = run("features/41.9.0", *arguments, subprocess=True)
    assert outcome.code == 0, outcome.text
    overview = json.loads((outcome.reports / "overview.json").read_text(encoding="utf-8"))
    assert {name: row["totals"]["passed"] for name, row in overview["sites"].items()} == {"one": passed, "other": passed}
    assert [folder.name for folder in folders_of(outcome.reports)] == ["one", "other"]
    assert {file.name for file in outcome.reports.iterdir()} - {"ledger"} == {"one", "other", "overview.json"}
    assert "===== one" not in outcome.text, "what is green is a row, and no statement"
    assert run("features/41.9.0").code == 0
    assert folders_of(outcome.reports) == [outcome.reports]


def test_what_a_site_that_is_not_green_said_is_told(run: Runner, tmp_path: Path) -> None:
    with two_sites(tmp_path) as (_, _, arguments):
        outcome = run("features/41.9.0", *arguments, "--site", "nobody", subprocess=True)
    assert outcome.code == 4
    assert "===== nobody =====" in outcome.text
    assert "error[site-unknown]" in outcome.text
    assert any(line.startswith("one     done  ") and line.endswith(" skipped") for line in outcome.lines)


def test_ctrl_c_puts_every_site_back_and_says_what_was_cut_off(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    stops, other_is_at_work = Stops("GetEvent", 2), threading.Event()

    def one_stops(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "GetEvent":
            assert other_is_at_work.wait(30)
        return stops(request, response)

    def other_tells(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "GetEvent":
            other_is_at_work.set()
        return response

    with two_sites(tmp_path, one_stops, other_tells) as (one, other, arguments):
        before = [state(site)["sessions"] for site in (one, other)]
        outcome = interrupted(stops, run, pytester, WRITES, "features/41.11.0", "--lanes", "0", *arguments)
        assert [state(site)["sessions"] for site in (one, other)] == before
    assert outcome.code == 2, outcome.text
    assert outcome.text.count("INCOMPLETE") == outcome.text.count("CUT OFF") == 2
    assert " scenarios have a result; go on with --resume" in outcome.text
    assert "Traceback" not in outcome.text, outcome.text


class EndsAll(Stops):
    """Ends a run as systemd and Jenkins end a job: every process of it is told."""

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        process = self.process
        if operation_of(request) == self.operation and process is not None:
            self.left -= 1
            if self.left == 0:
                below = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
                assert below
                for number in (*map(int, below), process.pid):
                    os.kill(number, signal.SIGTERM)
        return response


def test_a_job_whose_every_process_is_told_to_end_is_put_back_as_well(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """The processes of the sites took what the first passed on for the second Ctrl-C, and left all as it was."""
    stops = EndsAll("GetEvent", 2)
    with two_sites(tmp_path, stops) as (one, other, arguments):
        before = [state(site)["sessions"] for site in (one, other)]
        outcome = interrupted(stops, run, pytester, WRITES, "features/41.11.0", "--lanes", "0", *arguments)
        assert [state(site)["sessions"] for site in (one, other)] == before
    assert outcome.code == 2, outcome.text
    assert "stopped at once" not in outcome.text
    assert outcome.text.count("INCOMPLETE") == 2, outcome.text


def test_a_process_of_a_site_has_that_site_alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both from the environment each would be a run on several sites, of which each would be one, and so on."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--site=one --site=other --site-group=all")
    config = pytester.parseconfig("-c", str(ROOT / "pyproject.toml"), "--site=other", "--lifeline=0")
    assert read_options(config).sites == ("other",)


def test_a_site_that_never_began_has_no_reports_of_an_earlier_run_and_resume_does_what_is_left(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    stops, heard = Stops("GetEvent", 2), threading.Event()

    def one_waits(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if stops.left <= 0:
            heard.set()
            return response
        response = stops(request, response)
        if stops.left <= 0:
            # Until the run asks for something else it has not heard, and it could be over before it does.
            heard.wait(20)
        return response

    earlier = pytester.path / "reports" / "third" / "summary.json"
    earlier.parent.mkdir(parents=True)
    earlier.write_text('{"release": "41.1.0", "totals": {"passed": 9}}', encoding="utf-8")
    with two_sites(tmp_path, one_waits) as (one, other, arguments):
        third = other.sites.read_text(encoding="utf-8").replace("sites.twisted", "sites.third")
        with Path(arguments[1]).open("a", encoding="utf-8") as both:
            both.write(f"\n{third}")
        chosen = [WRITES, "--lanes", "0", *arguments[:2], "--at-once", "1"]
        chosen += [word for site in ("other", "one", "third") for word in ("--site", site)]
        outcome = interrupted(stops, run, pytester, *chosen)
        assert outcome.code == 2, outcome.text
        assert not earlier.exists()
        assert "CUT OFF  one: " in outcome.text
        assert "NOT BEGUN  1 site, which --resume begins: third" in outcome.text
        assert re.search(r"^third  - +- .* 2$", outcome.text, re.MULTILINE), outcome.text
        again = run(*chosen, "--resume", subprocess=True, every_row=True)
    assert again.code == 0, again.text
    sites = json.loads((again.reports / "overview.json").read_text(encoding="utf-8"))["sites"]
    assert len({str(row["totals"]) for row in sites.values()}) == 1
    assert [row["exit"] for row in sites.values()] == [0, 0, 0]


#: A run on several sites that is killed when they are done and nothing is told.
KILLED = "import os\n\nfrom conformance.run.fleet import processes\n\nprocesses._tell = lambda *_: os._exit(9)\n"


def test_sites_that_were_done_when_the_run_was_killed_are_asked_nothing_again(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    (pytester.path / "killed.py").write_text(KILLED, encoding="utf-8")
    with two_sites(tmp_path) as (one, other, arguments):
        assert run("features/41.9.0", *arguments, "-p", "killed", subprocess=True).code == 9
        overview = pytester.path / "reports" / "overview.json"
        assert not overview.exists()
        alone = run("features/41.9.0", *arguments[:2], "--site", "one", "--resume")
        assert alone.code == 4
        assert "the interrupted run had site 'several', this one has 'one'" in alone.text
        for site in (one, other):
            assert site.asked
            site.asked.clear()
        again = run("features/41.9.0", *arguments, "--resume", subprocess=True)
        assert one.asked == other.asked == []
    assert again.code == 0, again.text
    assert {row["exit"] for row in json.loads(overview.read_text(encoding="utf-8"))["sites"].values()} == {0}
    assert {file.name for file in again.reports.iterdir()} - {"ledger"} == {"one", "other", "overview.json"}


@pytest.mark.parametrize("way", [(), ("--shard", "1/1")], ids=["in one piece", "a shard"])
def test_a_scenario_at_a_line_is_asked_of_every_site(run: Runner, tmp_path: Path, way: tuple[str, ...]) -> None:
    """The first of them alone was asked, and the run was green."""
    with two_sites(tmp_path) as (_, _, arguments):
        # As --sites FILE the file would be the first place that stands alone, where pytest looks for its settings.
        sites, *named = arguments[1:]
        at = "features/41.7.0/recording-changes.feature:21"
        outcome = run(at, f"--sites={sites}", *named, *way, subprocess=True)
    assert outcome.code == 0, outcome.text
    for name in ("one", "other"):
        summary = json.loads((outcome.reports / name / "summary.json").read_text(encoding="utf-8"))
        assert [row["title"] for row in summary["scenarios"]] == ["tools holds separateNoRecordingEdit"]


def test_sites_whose_run_is_killed_are_put_back_and_end(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    stops = Stops("GetEvent", 2, signal.SIGKILL)
    reports = pytester.path / "reports"
    with two_sites(tmp_path, stops) as (one, other, arguments):
        before = [state(site)["sessions"] for site in (one, other)]
        chosen = (WRITES, "--lanes", "0", *arguments)
        assert interrupted(stops, run, pytester, *chosen).code == -signal.SIGKILL
        for name in ("one", "other"):
            until_free(reports / name)
        assert [state(site)["sessions"] for site in (one, other)] == before
        told = (reports / "one" / "output.txt").read_text(encoding="utf-8")
        assert "of which this one is a part, was killed" in told
        assert "INCOMPLETE" in told
        again = run(*chosen, "--resume", subprocess=True, every_row=True)
    assert again.code == 0, again.text


def until_free(reports: Path) -> None:
    """Wait until no run holds ``reports`` any more."""
    end = time.monotonic() + SAFETY
    while time.monotonic() < end:
        try:
            ReportsLock(reports).close()
        except UserError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"a run still holds {reports}")


def test_a_site_that_cannot_begin_costs_no_other_site(run: Runner, tmp_path: Path, pytester: pytest.Pytester) -> None:
    (pytester.path / "reports").mkdir()
    (pytester.path / "reports" / "other").symlink_to(tmp_path / "not" / "there")
    with two_sites(tmp_path) as (_, other, arguments):
        outcome = run("features/41.9.0", *arguments, subprocess=True)
    assert outcome.code == 4, outcome.text
    assert other.asked == []
    assert json.loads((outcome.reports / "one" / "summary.json").read_text(encoding="utf-8"))["totals"]["passed"]
    assert "error[site-process]: the run on other cannot begin: File exists" in outcome.text
    assert re.search(r"^other +- .* 4$", outcome.text, re.MULTILINE), outcome.text


@pytest.mark.parametrize(("codes", "worst"), [([0, -9], 2), ([1, -9], 2), ([0, 1, 4], 1), ([5, 0], 5), ([], 0)])
def test_what_was_killed_was_cut_off(codes: list[int], worst: int) -> None:
    assert worst_code(codes) == worst


@pytest.mark.parametrize(
    ("given", "sites", "each"),
    [
        (["features", "-n", "4"], 2, ["features", "-n", "2"]),
        (["-n4", "features"], 2, ["features", "-n", "2"]),
        (["features", "-n", "4"], 3, ["features"]),
        (["features", "-n", "auto"], 2, ["features"]),
        (["features", "-q"], 2, ["features", "-q"]),
    ],
)
def test_workers_are_for_the_whole_run(given: list[str], sites: int, each: list[str]) -> None:
    assert _shared_out(given, sites) == each


def test_a_run_of_workers_says_once_that_it_is_seldom_faster(run: Runner, tmp_path: Path) -> None:
    with two_sites(tmp_path) as (_, _, arguments):
        outcome = run("features/41.4.0/entry-exit-tone.feature", "-n", "4", *arguments, subprocess=True)
        assert outcome.code == 0, outcome.text
        assert outcome.lines.count(SELDOM_FASTER) == 1
        outcome = run("features/41.4.0/entry-exit-tone.feature", "-n", "2", *arguments, subprocess=True)
        assert SELDOM_FASTER not in outcome.text, "each site had a process"


def test_a_terminal_has_a_line_for_each_site_drawn_in_its_place(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    with two_sites(tmp_path) as (_, _, arguments):
        told = on_a_terminal(["-m", "pytest", "features/41.5.0", "--lanes", "0", *arguments], pytester.path)
    drawn = told.split("\x1b[J")[1:]
    assert len(drawn) > 2, told
    assert all(re.match(r"one    .*\r\nother  ", one) for one in drawn), told
    assert "\x1b[2A" in told
    assert re.search(r"one    \d+ of \d+ \(\d+ %\)", told), told


def test_sites_share_no_folder_that_pytest_empties_at_the_beginning_of_a_run() -> None:
    assert of_each_site(("features", "--basetemp", "x", "--basetemp=y", "--site", "a", "-q"), 2) == ["features", "-q"]
