"""The line of progress: on a terminal only, and gone before pytest writes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import mocksite
import pytest

from conformance.run.scenario_hooks import pace
from tests.conftest import ROOT

LINE = re.compile(r"\x1b\[K(\d+ of \d+ \(\d+ %\)[^\x1b]*)")


@pytest.fixture
def slow(tmp_path: Path):
    server = mocksite.start(latency=0.7)
    sites = tmp_path / "sites.toml"
    sites.write_text(server.profile("slow"), encoding="utf-8")
    yield ["-m", "pytest", "features/41.1.0", "-k", "GetSite", "--maxfail=1", "--site", "slow", "--sites", str(sites),
           "--reports", str(tmp_path / "reports"), "-p", "no:cacheprovider"]
    server.stop()


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


def test_a_file_sees_nothing_of_it(slow: list[str]) -> None:
    told = subprocess.run([sys.executable, *slow], cwd=ROOT, capture_output=True, text=True).stdout
    assert "passed" in told
    assert "\x1b" not in told


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
