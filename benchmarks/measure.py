"""One command, measured from the outside: wall clock, processor time, memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MIB = 1024
#: A machine that writes no bytecode would make our sources compile in every run, and not the peers' installed ones.
_AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True)
class Sample:
    """Seconds of wall clock, seconds of processor time (children too), MiB of all its processes."""

    wall: float
    cpu: float
    peak: float


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Sample:
    """Run ``command`` in ``folder``; a command that fails ends the benchmark with what it printed."""
    memory = _Memory()
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **_AS_INSTALLED, **(environment or {})},
        )
        memory.watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"error[benchmark]: exit {process.returncode} of {' '.join(command)}\n{said}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, memory.peak())


class _Memory:
    """The most memory a process and its children ever held together, in MiB, asked of Linux while they run.

    What wait4 tells is no use here: Linux counts the memory of the process that forked, too.
    """

    def __init__(self) -> None:
        self._most: dict[int, int] = {}
        self._ended = threading.Event()

    def watch(self, pid: int) -> None:
        """Look at ``pid`` and those below it until :meth:`peak` is asked for."""
        threading.Thread(target=self._look, args=(pid,), daemon=True).start()

    def peak(self) -> float:
        """The sum of each process's own peak."""
        self._ended.set()
        return sum(self._most.values()) / MIB

    def _look(self, pid: int) -> None:
        while not self._ended.wait(0.02):
            for each in _family(pid):
                self._most[each] = max(_high_water(each), self._most.get(each, 0))


def _family(pid: int) -> list[int]:
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(each for child in below for each in _family(int(child)))]


def _high_water(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def median(samples: Sequence[Sample]) -> Sample:
    """The median of each figure by itself."""
    return Sample(*(statistics.median(getattr(sample, name) for sample in samples) for name in ("wall", "cpu", "peak")))
