"""A run that is cut short: nothing left on the site, no summary, and it can be resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mocksite
import pytest

from conformance.cli import main
from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT, SAFETY
from tests.run.conftest import Outcome, Runner
from tests.twisted import Twisted, operation_of, replacing, straight, twisted

WRITES = "features/41.4.0/entry-exit-tone.feature"


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    """Runs end when the terminal is closed, also where the tests themselves are run by nohup, which they would obey."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class Stops:
    """Sends a signal to the run when an operation is asked for the nth time."""

    def __init__(self, operation: str, nth: int, number: signal.Signals = signal.SIGINT) -> None:
        self.operation, self.left, self.signal = operation, nth, number
        self.process: subprocess.Popen[str] | None = None

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == self.operation and self.process is not None:
            self.left -= 1
            if self.left == 0:
                os.kill(self.process.pid, self.signal)
        return response


def interrupted(stops: Stops, run: Runner, pytester: pytest.Pytester, *arguments: str) -> Outcome:
    """A run in a process of its own, which the site interrupts."""
    command = [sys.executable, "-m", "pytest", *arguments]
    process = subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    stops.process = process
    output, _ = process.communicate(timeout=SAFETY)
    stops.process = None
    return Outcome(process.returncode, output.splitlines(), pytester.path / "reports")


def state(site: Twisted) -> dict[str, Any]:
    """What the site holds, as far as a run could change it."""
    told = json.loads(site.core.handle(mocksite.HttpRequest("GET", "/_control/state", {}, b"")).body)
    return {key: told[key] for key in ("settings", "sessions", "users")}


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_nothing_behind_and_can_be_resumed(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, catalogue: Catalogue, kind: signal.Signals
) -> None:
    stops = Stops("GetEvent", 2, kind)
    with twisted(tmp_path, stops) as site:
        before = state(site)
        outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
        assert outcome.code == 2, outcome.text
        assert not (outcome.reports / "summary.json").exists()
        assert "INCOMPLETE" in outcome.text
        assert "Traceback" not in outcome.text
        assert {**state(site), "settings": before["settings"]} == before
        assert state(site)["settings"] == {**before["settings"], "mail-relay": state(site)["settings"].get("mail-relay")}

        site.asked.clear()
        resumed = run(WRITES, "--lanes", "0", "--resume", *site.arguments(), every_row=True)
    assert resumed.code == 0, resumed.text
    assert resumed.summary["totals"]["passed"] == resumed.summary["selected"]["scenarios"]
    there = (one for file in catalogue.known_files() for one in file.scenarios.values() if one.path.startswith(WRITES))
    whole_run_asks_for_events = sum(one.creates.count("CreateEvent") for one in there)
    assert site.asked.count("CreateEvent") < whole_run_asks_for_events, "what was finished is not run again"


class StopsTwice(Stops):
    """Sends it again when the run takes back what it made; with Ctrl-C the site says no more until the run is over."""

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        super().__call__(request, response)
        if request.method == "DELETE" and self.left <= 0 and self.process is not None:
            os.kill(self.process.pid, self.signal)
            if self.signal == signal.SIGINT:
                self.process.wait(SAFETY)
        return response


class Hangs(Stops):
    """Sends it when the operation is asked, which is never answered as long as the run is there."""

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        process = self.process
        super().__call__(request, response)
        if operation_of(request) == self.operation and process is not None:
            process.wait(SAFETY)
        return response


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_the_sign_in_waits_for_no_answer(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, kind: signal.Signals
) -> None:
    stops = Hangs("AuthenticateUser", 1, kind)
    with twisted(tmp_path, stops, timeout=str(2 * SAFETY)) as site:
        outcome = interrupted(stops, run, pytester, WRITES, *site.arguments())
    assert outcome.code == 2
    assert "Traceback" not in outcome.text


class Limits(Stops):
    """Limits the rate when the operation is asked, and sends it when the run waits."""

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) != self.operation or self.process is None:
            return response
        if self.left:
            self.left = 0
            threading.Timer(0.5, self.process.send_signal, [self.signal]).start()
        return mocksite.HttpResponse(429, (("Retry-After", "60"),), b"")


def test_who_interrupts_the_sign_in_waits_for_no_limit(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    began = time.monotonic()
    stops = Limits("AuthenticateUser", 1)
    with twisted(tmp_path, stops) as site:
        outcome = interrupted(stops, run, pytester, WRITES, *site.arguments())
    assert outcome.code == 2
    assert time.monotonic() - began < 30, "the site asked to wait for 60 s"


#: Interrupts a run when pytest has counted its first scenario, and before anybody else is told of it.
BETWEEN = """
import os
import signal


def pytest_sessionstart(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    add = reporter._add_stats

    def added(category, items):
        add(category, items)
        if category == "passed":
            reporter._add_stats = add
            os.kill(os.getpid(), signal.SIGINT)

    reporter._add_stats = added
"""


def test_what_pytest_has_counted_when_a_run_is_interrupted_has_a_result(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "between.py").write_text(BETWEEN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    with twisted(tmp_path) as site:
        outcome = interrupted(Stops("", 0), run, pytester, WRITES, "--lanes", "0", "-p", "between", *site.arguments())
    assert outcome.code == 2, outcome.text
    assert "INCOMPLETE: 1 of " in outcome.text
    assert "= 1 passed" in outcome.lines[-1]


@pytest.mark.parametrize(("command", "code"), [("run", 2), ("check", 130)])
def test_an_interrupted_run_ends_with_2_before_it_has_begun_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, code: int
) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("conformance.run.suite.run", interrupt)
    monkeypatch.setattr("conformance.run.commands.commands.check", interrupt)
    assert main([command, "--root", str(ROOT)]) == code
    assert capsys.readouterr().err == "stopped\n"


def test_who_is_told_twice_stops_at_once_and_says_what_is_left(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    stops = StopsTwice("GetEvent", 2)
    with twisted(tmp_path, stops) as site:
        outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
        assert outcome.code == 2
        assert "Traceback" not in outcome.text
        assert "stopped at once, left on the site: CreateEvent 1" in outcome.text
        assert outcome.text.rstrip().endswith("; see webex-conformance sweep --site twisted")


def test_to_be_terminated_twice_does_not_cut_the_clean_up_short(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    stops = StopsTwice("GetEvent", 2, signal.SIGTERM)
    with twisted(tmp_path, stops) as site:
        before = state(site)
        outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
        assert outcome.code == 2
        assert "Traceback" not in outcome.text
        assert state(site)["sessions"] == before["sessions"]


class StopsAtTheEnd(Stops):
    """Says no to every first removal, and sends a signal when one is tried again: all scenarios are over then."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__("", 0, number)
        self.times: Counter[str] = Counter()

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.method != "DELETE" or self.process is None:
            return response
        self.times[request.path] += 1
        if self.times[request.path] == 1:
            return mocksite.HttpResponse(500, (), b"no")
        if self.times.total() == len(self.times) + 1:
            os.kill(self.process.pid, self.signal)
        return response


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_while_it_cleans_up_at_the_end_does_it_whole(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, kind: signal.Signals
) -> None:
    """All verdicts are there, so the reports are, too; the exit code says that somebody wanted no more of it."""
    stops = StopsAtTheEnd(kind)
    with twisted(tmp_path, stops) as site:
        outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
    assert outcome.code == 2, outcome.text
    assert "Traceback" not in outcome.text
    assert f"cleaning up: CreateEvent {len(stops.times)}; Ctrl-C again" in outcome.text
    assert len(stops.times) > 1
    assert set(stops.times.values()) == {2}
    assert outcome.summary["totals"]["passed"] > 0


class HangsUp(Stops):
    """Says no to the first removal after Ctrl-C; when it is tried again the terminal is closed."""

    def __init__(self) -> None:
        super().__init__("GetEvent", 2)
        self.removals = 0

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        super().__call__(request, response)
        if request.method != "DELETE" or self.left > 0 or self.process is None:
            return response
        self.removals += 1
        if self.removals == 1:
            return mocksite.HttpResponse(500, (), b"no")
        os.kill(self.process.pid, signal.SIGHUP)
        return response


def test_a_terminal_that_closes_after_ctrl_c_does_not_cut_the_clean_up_short(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    stops = HangsUp()
    with twisted(tmp_path, stops) as site:
        outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
    assert (outcome.code, stops.removals) == (2, 2)
    assert "Traceback" not in outcome.text
    assert "INCOMPLETE" in outcome.text


def test_an_interrupted_run_says_what_it_takes_away(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    stops = Stops("GetEvent", 4)
    with twisted(tmp_path, stops) as site:
        outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "4", *site.arguments())
    assert outcome.code == 2
    assert "cleaning up: " in outcome.text
    assert "Ctrl-C again leaves it to webex-conformance sweep" in outcome.text


class Window:
    """A terminal window that is closed when an operation is asked for the nth time."""

    def __init__(self, operation: str, nth: int) -> None:
        self.operation, self.left = operation, nth
        self.master, self.slave = os.openpty()

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == self.operation:
            self.left -= 1
            if self.left == 0:
                os.close(self.master)
        return response

    def run(self, folder: Path, *arguments: str) -> int:
        """A run in it; its exit code."""
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        # The terminal becomes the one of the session by the first word of Python, before anything is imported.
        wiring = [sys.executable, "-S", "-c", "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
                  " os.execv(sys.argv[1], sys.argv[1:])"]
        process = subprocess.Popen(
            [*wiring, *command], cwd=folder, start_new_session=True, stdin=self.slave, stdout=self.slave, stderr=self.slave
        )
        os.close(self.slave)
        return process.wait(SAFETY)


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "with a worker"])
def test_a_closed_terminal_leaves_nothing_behind(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, workers: tuple[str, ...]
) -> None:
    window = Window("GetEvent", 2)
    with twisted(tmp_path, window) as site:
        before = state(site)
        code = window.run(pytester.path, WRITES, "--lanes", "0", *workers, *site.arguments())
        assert window.left <= 0, "the window was never closed"
        after = state(site)
    assert code == 2
    assert (after["sessions"], after["users"]) == (before["sessions"], before["users"])
    assert {**after["settings"], "mail-relay": ""} == {**before["settings"], "mail-relay": ""}
    assert not (pytester.path / "reports" / "summary.json").exists()


def test_nohup_is_obeyed(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    stops = Stops("GetEvent", 1, signal.SIGHUP)
    with twisted(tmp_path, stops) as site:
        old = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
        finally:
            signal.signal(signal.SIGHUP, old)
    assert outcome.code == 0, outcome.text


#: Ctrl-C where Python knows no line, as between those of a loop.
BETWEEN_LINES = """
from types import FunctionType

def told():
    raise KeyboardInterrupt

# Eight instructions a byte, none of them of a line (PEP 626).
no_lines = bytes([0xFF]) * (len(told.__code__.co_code) // 16 + 1)
pytest_runtest_call = FunctionType(told.__code__.replace(co_linetable=no_lines), {}, "pytest_runtest_call")
"""


def test_ctrl_c_between_two_lines_of_python_ends_a_run_as_anywhere_else(run: Runner, pytester: pytest.Pytester) -> None:
    (pytester.path / "between.py").write_text(BETWEEN_LINES, encoding="utf-8")
    outcome = run("features/41.9.0", "--lanes", "0", "-p", "between", subprocess=True)
    assert outcome.code == 2, outcome.text
    assert "KeyboardInterrupt" in outcome.text
    assert "Traceback" not in outcome.text


def test_another_run_cannot_be_resumed(run: Runner, pytester: pytest.Pytester, tmp_path: Path) -> None:
    stops = Stops("GetEvent", 1)
    with twisted(tmp_path, stops) as site:
        interrupted(stops, run, pytester, WRITES, "--lanes", "0", *site.arguments())
        outcome = run(WRITES, "--resume", "--strict", *site.arguments(), every_row=True)
    assert outcome.code == 4
    assert "the interrupted run had strict False" in outcome.text


@pytest.mark.parametrize("way", [("--lanes", "0"), ("-n", "2")], ids=" ".join)
def test_a_run_is_not_gone_on_with_by_one_of_less(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, way: tuple[str, ...]
) -> None:
    """It was INCOMPLETE for ever: what was finished and not selected counted, and was never selected."""
    (pytester.path / "killed.py").write_text(KILLED, encoding="utf-8")
    feature = "features/41.7.0/recording-changes.feature"
    with twisted(tmp_path) as site:
        chosen = (feature, *site.arguments())
        assert run(*chosen, "-k", "holds", "-p", "killed", subprocess=True).code == 9
        journal = pytester.path / "reports" / "journal.jsonl"
        before = journal.read_bytes()
        less = run(*chosen, "-k", "enableNBRMCModify and holds", "--resume", *way, subprocess=True)
        assert less.code == 4, less.text
        assert less.text.count("scenarios that the interrupted run finished would be left out, features/41.7.0/") == 1
        assert "select what it selected, or more" in less.text
        assert "INCOMPLETE" not in less.text
        assert journal.read_bytes() == before
        more = run(*chosen, "-k", "holds or stands", "--resume", *way, subprocess=True)
    assert more.code == 0, more.text
    assert more.summary["totals"]["passed"] > before.count(b'"passed"')


def test_there_must_be_something_to_resume(run: Runner) -> None:
    outcome = run(WRITES, "--resume")
    assert outcome.code == 4
    assert "there is no interrupted run to resume" in outcome.text


#: A run that is killed when all scenarios are done and nothing is reported.
KILLED = "import os\n\nfrom conformance.run.session import RunSession\n\nRunSession.settle = lambda run: os._exit(9)\n"


@pytest.mark.rotating(4)
@pytest.mark.parametrize("broken", [True, False], ids=["it fails", "it passes"])
@pytest.mark.parametrize("done", [True, False], ids=["all is done", "some is done"])
def test_what_an_interrupted_run_found_counts_when_it_is_gone_on_with(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, broken: bool, done: bool
) -> None:
    lost = replacing(b"<ns1:separateNoRecordingEdit>false</ns1:separateNoRecordingEdit>", b"")
    mended: list[bool] = []

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return lost(request, response) if broken and not mended else response

    (pytester.path / "killed.py").write_text(KILLED, encoding="utf-8")
    with twisted(tmp_path, twist) as site:
        chosen = ("features/41.7.0/recording-changes.feature", "-k", "holds", "-p", "no:allure_pytest", *site.arguments())
        assert run(*chosen, "-p", "killed", subprocess=True, every_row=True).code == 9
        journal = pytester.path / "reports" / "journal.jsonl"
        *before, last = journal.read_text(encoding="utf-8").splitlines(keepends=True)
        if not done:
            journal.write_text("".join(before), encoding="utf-8")
        mended.append(True)
        resumed = run(*chosen, "--resume", subprocess=True, every_row=True)
    assert resumed.code == broken, resumed.text
    assert ("failed" in resumed.outcomes().values()) == broken
    assert not journal.exists()


@pytest.mark.rotating(2)
@pytest.mark.parametrize("left", [0, 3], ids=["all is done", "some is done"])
def test_workers_leave_out_what_an_interrupted_run_finished(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, left: int
) -> None:
    lost = replacing(b"<ns1:separateNoRecordingEdit>false</ns1:separateNoRecordingEdit>", b"")
    twists = [lost]
    (pytester.path / "killed.py").write_text(KILLED, encoding="utf-8")
    with twisted(tmp_path, lambda *exchanged: twists[-1](*exchanged)) as site:
        chosen = ("features/41.7.0/recording-changes.feature", "-k", "holds", "--lanes", "0", "-p", "no:allure_pytest", *site.arguments())
        assert run(*chosen, "-p", "killed", subprocess=True, every_row=True).code == 9
        journal = pytester.path / "reports" / "journal.jsonl"
        first, *results = journal.read_text(encoding="utf-8").splitlines(keepends=True)
        order = [told["result"]["nodeid"] for told in map(json.loads, results) if "result" in told]
        # What is left stands first: reports tell it in the order of the features all the same.
        kept = results[1 + left :]
        journal.write_text("".join([first, *kept]), encoding="utf-8")
        twists.append(straight)
        resumed = run(*chosen, "--resume", "-n", "2", subprocess=True, every_row=True)
    found = {told["result"]["nodeid"]: told["result"]["outcome"] for told in map(json.loads, kept)}
    rows = resumed.summary["scenarios"]
    assert "failed" in found.values()
    assert [row["nodeid"] for row in rows] == order
    assert [row["outcome"] for row in rows] == [found.get(nodeid, "passed") for nodeid in order]
    assert resumed.code == 1, resumed.text
