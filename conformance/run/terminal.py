"""Told to end: a run that is terminated, or whose terminal is closed, cleans the site up like an interrupted one."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

#: What stands for every open file of this process.
_OPEN_FILES = Path("/dev/fd")


def clean_up_when_told_to_end(stop: Callable[[], None]) -> None:
    """Have SIGTERM, and SIGHUP unless somebody (nohup) has it ignored, end this run as Ctrl-C does.

    Who presses Ctrl-C again does not want to wait for the clean-up: ``stop`` says what is left and ends the process.
    """
    interrupts = _Interrupts(stop)
    signal.signal(signal.SIGTERM, interrupts.terminated)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupts.interrupted)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, interrupts.hung_up)


class _Interrupts:
    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._terminals = frozenset(filter(None, map(_terminal, range(3))))
        self._told = False

    def interrupted(self, *_: object) -> None:
        if self._told:
            self._stop()
        self._end()

    def terminated(self, *_: object) -> None:
        # Whoever sends it twice, or after an interrupt (GitHub does), gives a run time to clean up, and then kills it.
        if not self._told:
            self._end()

    def hung_up(self, *_: object) -> None:
        # The shell and the system both say it: the second word must not cut the clean-up short.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        leave(self._terminals)
        self._end()

    def _end(self) -> None:
        self._told = True
        raise KeyboardInterrupt


def leave(terminals: frozenset[int]) -> None:
    """Send what is yet to be written to ``terminals`` nowhere: writing to one that is closed is an error."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in [int(file.name) for file in _OPEN_FILES.iterdir()]:
        with contextlib.suppress(OSError):
            if os.fstat(descriptor).st_rdev in terminals:
                os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _terminal(descriptor: int) -> int:
    """The terminal an open file is, by its number; 0 for any other file."""
    try:
        told = os.fstat(descriptor)
    except OSError:
        return 0
    return told.st_rdev if stat.S_ISCHR(told.st_mode) and os.isatty(descriptor) else 0
