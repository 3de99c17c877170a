"""Everything that tests and what they start put into the temporary folder, in one folder that goes with them.

A folder belongs to the process that holds the lock of its file ``alive``. Locks end with their process, however it
ends: what a killed session left is found by the next one and removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

PREFIX = "wxc-tests-"
_ALIVE = "alive"


def locked(file: IO[str]) -> bool:
    """Take the lock of ``file``; whether nobody else had it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def remove_stale(temporary: Path) -> list[Path]:
    """Remove folders whose session is over; they."""
    stale = []
    for folder in sorted(temporary.glob(f"{PREFIX}*")):
        with suppress(OSError), (folder / _ALIVE).open("r", encoding="utf-8") as file:
            if locked(file):
                shutil.rmtree(folder)
                stale.append(folder)
    return stale


def open_folder(temporary: Path) -> tuple[Path, IO[str]]:
    """A new folder, and the file whose lock keeps it."""
    with tempfile.TemporaryDirectory(prefix=".wxc-", dir=temporary) as cradle:
        # Named by its prefix only once it is locked: a session that begins beside this one must not take it for stale.
        inner = Path(cradle) / "folder"
        inner.mkdir()
        file = (inner / _ALIVE).open("w", encoding="utf-8")
        locked(file)
        folder = temporary / f"{PREFIX}{Path(cradle).name.removeprefix('.wxc-')}"
        inner.rename(folder)
    return folder, file


class Scratch:
    """The plugin: the process that reports has a folder, workers and whatever else is started have it from there."""

    #: Whether this process has one; a run within a test has that of the test's.
    stands = False

    def __init__(self) -> None:
        Scratch.stands = True
        temporary = Path(tempfile.gettempdir())
        remove_stale(temporary)
        self.folder, self._file = open_folder(temporary)
        self._before: dict[str, str | None] = {}
        for variable, name in (("TMPDIR", "tmp"), ("XDG_STATE_HOME", "state")):
            (self.folder / name).mkdir()
            self._before[variable] = os.environ.get(variable)
            os.environ[variable] = str(self.folder / name)
        tempfile.tempdir = None

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Gone with the session; another one in this process, as of a mutation tester, makes its own."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._file.close()
        for variable, value in self._before.items():
            os.environ.pop(variable, None)
            if value is not None:
                os.environ[variable] = value
        tempfile.tempdir = None
        Scratch.stands = False
