"""One command, measured from the outside: wall clock, processor time, memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MIB = 1024
#: A machine that writes no bytecode would make our sources compile in every run, and not the peers' installed ones.
_AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True)
class Sample:
    """Seconds of wall clock, seconds of processor time (children too), MiB of the largest process."""

    wall: float
    cpu: float
    peak: float


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Sample:
    """Run ``command`` in ``folder``; a command that fails ends the benchmark with what it printed."""
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **_AS_INSTALLED, **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"error[benchmark]: exit {process.returncode} of {' '.join(command)}\n{said}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)


def median(samples: Sequence[Sample]) -> Sample:
    """The median of each figure by itself."""
    return Sample(*(statistics.median(getattr(sample, name) for sample in samples) for name in ("wall", "cpu", "peak")))
