"""The line of progress: on a terminal only, and gone before pytest writes."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import mocksite
import pytest

from tests.conftest import ROOT

LINE = re.compile(r"\x1b\[K(\d+ of \d+  \d+ s[^\x1b]*)")


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
    process = subprocess.Popen([sys.executable, *arguments], cwd=folder, stdout=theirs, stderr=theirs)
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
