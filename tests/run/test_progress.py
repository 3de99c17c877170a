"""Progress: on a terminal one line, gone before pytest writes; elsewhere lines that stay, one for each tenth."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import mocksite
import pytest

from conformance.history.resume_file import RESUME_FILE
from conformance.run.fleet.processes import OUTPUT, Screen, SiteProcess
from conformance.run.progress import SILENT, SOON, LogLines, Milestones, Finished, pace
from tests.conftest import ROOT, SAFETY
from tests.twisted import operation_of, twisted

LINE = re.compile(r"\x1b\[K(\d+ of \d+ \(\d+ %\)[^\x1b]*)")


@pytest.fixture
def slow(tmp_path: Path):
    server = mocksite.start(latency=0.7)
    sites = tmp_path / "sites.toml"
    sites.write_text(server.profile("slow"), encoding="utf-8")
    yield ["-m", "pytest", "features/41.1.0", "-k", "GetSite", "--maxfail=1", "--site", "slow", "--sites", str(sites),
           "--reports", str(tmp_path / "reports"), "-p", "no:cacheprovider"]
    server.stop()


@pytest.fixture
def some(tmp_path: Path):
    """A run of some twenty scenarios that takes a few seconds."""
    with mocksite.start(latency=0.15) as server:
        sites = tmp_path / "sites.toml"
        sites.write_text(server.profile("some"), encoding="utf-8")
        yield ["-m", "pytest", "features/41.7.0", "--site", "some", "--sites", str(sites), "--reports", str(tmp_path / "reports"),
               "-p", "no:cacheprovider"]


def on_a_terminal(arguments: list[str], folder: Path = ROOT) -> str:
    """What a run in ``folder`` writes to a terminal."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    process = subprocess.Popen([sys.executable, *arguments], cwd=folder, stdout=theirs, stderr=theirs, env=kept)
    os.close(theirs)
    told = b""
    while True:
        try:
            told += os.read(ours, 65536)
        except OSError:  # Linux: the other end is closed
            break
    os.close(ours)
    process.wait()
    return told.decode()


def test_a_terminal_shows_what_is_waited_for(slow: list[str]) -> None:
    told = on_a_terminal(slow)
    lines = LINE.findall(told)
    assert lines, told[-2000:]
    assert all(":" in line and len(line) < 80 for line in lines)
    # The last word about the line below is that it is empty.
    assert told.rindex("\x1b[K\x1b[A") > told.rindex(lines[-1])


@pytest.mark.parametrize("ci", [False, True])
def test_a_limit_is_told_while_accounts_sign_in(tmp_path: Path, ci: bool) -> None:
    limits = iter([mocksite.HttpResponse(429, (("Retry-After", "3"),), b"")])

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        return next(limits, response) if operation_of(request) == "AuthenticateUser" else response

    with twisted(tmp_path, twist) as site:
        run = ["-m", "pytest", "features/41.9.0", "-p", "tests.run.talkative", "-p", "no:cacheprovider"]
        run += site.arguments("--reports", str(tmp_path / "reports"))
        if ci:
            told = subprocess.run([sys.executable, *run], cwd=ROOT, capture_output=True, text=True).stdout
        else:
            told = on_a_terminal(run)
    begins, _, rest = told.partition("= conformance =")
    assert re.search(r"^begins  \d+ s  the site limits the rate: asked again in [123] s\r?$", begins, re.MULTILINE), told
    assert "passed" in rest


def test_a_short_run_into_a_file_says_nothing_on_the_way(slow: list[str]) -> None:
    told = subprocess.run([sys.executable, *slow], cwd=ROOT, capture_output=True, text=True).stdout
    assert "passed" in told
    assert not re.search(r"\x1b|\r| of \d+ \(", told)


#: A line that stays, whole: how far, and where it is known what is left, what is wrong, what was waited for.
STAYS = re.compile(r"^(?:begins  \d+ s|(\d+) of (\d+) \(\d+ %\)(?:  \d+ s left  \d+\.\d/s)?(?:  waited \d+ s for the rate)?)$", re.MULTILINE)


OF_PYTEST = re.compile(r"[.s]*( +\[[ \d]+%\])?|=+( test session starts =+)?|collected \d+ items|created: 2/2 workers|2 workers \[\d+ items\] *|note: with -n .*")


@pytest.mark.parametrize("more", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_a_pipe_and_ci_have_lines_that_stay_between_the_dots(some: list[str], more: list[str]) -> None:
    run = [sys.executable, *some, "-p", "tests.run.talkative", *more]
    told = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "CI": "true"}).stdout
    lines = [found.groups() for found in STAYS.finditer(told)]
    assert int(lines[-1][0] or 0) >= 5, told
    assert not re.search(r"\x1b|\r", told)
    on_the_way = told.partition("= conformance =")[0]
    odd = [line for line in STAYS.sub("", on_the_way).splitlines() if not OF_PYTEST.fullmatch(line)]
    assert odd == [], "no line is broken by another"


def test_lines_that_stay_are_due_at_each_tenth_and_after_a_silence() -> None:
    now = [1000.0]
    due = Milestones(lambda: now[0])
    told = []
    for done in range(101):
        now[0] += 3
        told += [done] if due.due(done, 100) else []
    assert told == [10, 20, 30, 40, 50, 60, 70, 80, 90], "and not when all is done: that is told by whoever did it"
    now[0] += SILENT - 3 * 10
    assert due.due(99, 100)
    assert not due.due(99, 100)
    quick = Milestones(lambda: now[0])
    now[0] += SOON - 1
    assert not quick.due(50, 100), "a short run needs none"
    now[0] += 1
    assert quick.due(51, 100)
    assert not quick.due(99, 100)


def test_what_is_wrong_and_what_was_waited_for_is_told() -> None:
    finished = Finished()
    for number, outcome in enumerate(("passed", "failed", "skipped", "broken", "failed", "flaky", "known")):
        finished.add({"result": {"nodeid": str(number), "outcome": outcome}, "waited": 0.5})
    finished.add({"result": {"nodeid": "0", "outcome": "passed"}})
    assert finished.words(14, 7.0) == "7 of 14 (50 %)  7 s left  1.0/s  2 failed  1 flaky  1 broken  waited 4 s for the rate"


def test_nobody_reads_any_more_and_the_run_goes_on(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    looked = threading.Event()
    log = LogLines(SimpleNamespace(width_of_current_line=0), theirs, lambda: looked.set() or "words")
    log.begin()
    assert looked.wait(SAFETY)
    log.end()
    os.close(theirs)


def site_with(reports: Path, *outcomes: str, output: str = "") -> SiteProcess:
    """The run of a site that has got so far, in a process that does nothing."""
    site = SiteProcess(reports.name, (), reports)
    reports.mkdir()
    results = [{"result": {"nodeid": str(number), "outcome": one}, "waited": 2} for number, one in enumerate(outcomes)]
    lines = [{"suite": "1"}, {"selected": 20}, *results]
    (reports / RESUME_FILE).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (reports / OUTPUT).write_text(output, encoding="utf-8")
    site.process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    return site


@pytest.mark.parametrize("variables", [{}, {"CI": "true"}], ids=str)
def test_of_several_sites_each_has_its_lines(
    tmp_path: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conformance.run.progress.SOON", 0.0)
    monkeypatch.delenv("CI", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: bool(variables), raising=False)
    far = site_with(tmp_path / "far", *["passed"] * 5, "failed", output="..F\ncleaning up: meeting 2; Ctrl-C again leaves it\n")
    sites = [far, site_with(tmp_path / "near")]
    screen = Screen()
    try:
        for _ in range(2):
            far.look()
            screen.show(sites)
        assert re.fullmatch(r"far   6 of 20 \(30 %\)(?:  \d+ s left  [\d.]+/s)?  1 failed  waited 12 s for the rate\n", capsys.readouterr().out)
        for one in sites:
            one.end(0)
            screen.show(sites)
        screen.show(sites)
        assert capsys.readouterr().out == "far   cleaning up: meeting 2\n"
    finally:
        for one in sites:
            one.process.communicate(b"\n")
    screen.show(sites)
    screen.show(sites)
    assert capsys.readouterr().out == "far   ended with 0, 6 of 20 scenarios\nnear  ended with 0, 0 of 0 scenarios\n"


def test_pace_says_what_matters_first_at_forty_columns() -> None:
    assert pace(0, 840, 3.0) == "0 of 840 (0 %)"
    assert pace(420, 840, 10.0) == "420 of 840 (50 %)  10 s left  42.0/s"
    assert len(pace(1200, 3000, 120.0)) <= 40
    assert pace(0, 0, 0.0) == "0 of 0 (0 %)"


def test_a_terminal_shows_how_far_workers_are(slow: list[str]) -> None:
    told = on_a_terminal([*slow, "-n", "2"])
    assert LINE.findall(told), told[-2000:]
    assert told.rindex("\x1b[K\x1b[A") > told.rindex(LINE.findall(told)[-1]), "the line is gone at the end"


def test_failures_are_red_on_a_terminal_only(tmp_path: Path) -> None:
    with mocksite.start(fault="R41.7.0-02/separateNoRecordingEdit-not-sent") as server:
        sites = tmp_path / "sites.toml"
        sites.write_text(server.profile("wrong"), encoding="utf-8")
        run = ["-m", "pytest", "features/41.7.0", "--site", "wrong", "--sites", str(sites), "-p", "no:cacheprovider"]
        run += ["--reports", str(tmp_path / "reports")]
        assert re.search(r"\x1b\[31m(?:\x1b\[1m)?FAILED  \d+ scenarios", on_a_terminal(run))
        plain = subprocess.run([sys.executable, *run], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert "\x1b" not in plain
    assert "\nFAILED  " in plain


def of_columns(columns: int, arguments: list[str], **more: str) -> str:
    """What a run writes to a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "CI", "FORCE_COLOR", "PY_COLORS")}
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=theirs, stderr=theirs, env={**kept, **more})
    os.close(theirs)
    told = b""
    with suppress(OSError):  # Linux: the other end is closed
        while chunk := os.read(ours, 65536):
            told += chunk
    os.close(ours)
    process.wait()
    return told.decode()


#: A colour or weight of letters, and what moves the cursor.
COLOUR, CURSOR = re.compile(r"\x1b\[[\d;]*m"), re.compile(r"\x1b\[\d*[A-K]")


@pytest.mark.rotating(3)
@pytest.mark.parametrize(("columns", "more"), [(40, {}), (40, {"NO_COLOR": "1"}), (57, {"CI": "true"})], ids=str)
def test_a_narrow_terminal_shows_a_line_that_fits(slow: list[str], columns: int, more: dict[str, str]) -> None:
    told = of_columns(columns, slow, **more)
    lines = LINE.findall(told)
    assert all(len(line) <= columns for line in lines), lines
    assert "passed" in told
    assert bool(lines) is ("CI" not in more), "a log of CI keeps what is written over elsewhere"
    assert bool(CURSOR.search(told)) is bool(lines)
    assert bool(COLOUR.search(told)) is ("NO_COLOR" not in more)
