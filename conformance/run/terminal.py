"""Where a run stands in: a terminal that tells it to end, standard output that is full, closed or of another encoding.

A run that is terminated, or whose terminal is closed, cleans the site up like an interrupted one; one whose output
finds no room goes on to its end, for what it found stands in its reports.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from conformance.reporting.text import printable
from conformance.sites.errors import UserError

#: What stands for every open file of this process.
_OPEN_FILES = Path("/dev/fd")
#: What a disk says that is full or fails, where Python does not tell of which file.
_OF_A_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


def clean_up_when_told_to_end(stop: Callable[[], None], ends: Callable[[], bool] = lambda: False) -> None:
    """Have SIGTERM, and SIGHUP unless somebody (nohup) has it ignored, end this run as Ctrl-C does.

    Who presses Ctrl-C again does not want to wait for the clean-up: ``stop`` says what is left and ends the process.
    ``ends`` is asked the first time: whether the run is cleaning up already, and takes note by itself.
    """
    interrupts = _Interrupts(stop, ends)
    signal.signal(signal.SIGTERM, interrupts.terminated)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupts.interrupted)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, interrupts.hung_up)


def end_with(lifeline: int, say: Callable[[], None]) -> None:
    """Have this run end as SIGTERM ends it when nobody holds the other end of the pipe ``lifeline`` any more.

    Whoever waits for several runs may be killed, and nobody would tell them: each would go on at its site, unseen.
    ``say`` is told first.
    """

    def wait() -> None:
        with contextlib.suppress(OSError):
            os.read(lifeline, 1)
        say()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


class _Interrupts:
    def __init__(self, stop: Callable[[], None], ends: Callable[[], bool]) -> None:
        self._stop = stop
        self._ends = ends
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
        if not self._told:
            self._end()

    def _end(self) -> None:
        self._told = True
        if not self._ends():
            raise KeyboardInterrupt


def leave(terminals: frozenset[int]) -> None:
    """Send what is yet to be written to ``terminals`` nowhere: writing to one that is closed is an error."""
    for descriptor in [int(file.name) for file in _OPEN_FILES.iterdir()]:
        if _device(descriptor) in terminals:
            _send_nowhere(descriptor)


def _send_nowhere(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _terminal(descriptor: int) -> int:
    """The terminal an open file is, by its number; 0 for any other file."""
    return _device(descriptor) if os.isatty(descriptor) else 0


def _device(descriptor: int) -> int:
    """The number of the device an open file is, also of a terminal that was closed; 0 for any other file."""
    try:
        return os.fstat(descriptor).st_rdev
    except OSError:
        return 0


class StandardOutput:
    """Standard output as a command sees it, which remembers why it could not be written.

    ``lasting``: what cannot be written is left out, since the command must not end half way. So it is for everybody
    where whoever reads has seen enough: the exit code is still to be found out.
    """

    def __init__(self, *, lasting: bool = False) -> None:
        before: Any = sys.stdout
        # One below another would take what the upper one copes with for the end.
        self._stream: Any = before.stream if isinstance(before, StandardOutput) else before
        self._before = before
        self._lasting = lasting
        self.problem: OSError | None = None

    @property
    def stream(self) -> Any:
        """What is written to."""
        return self._stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> Self:
        # A character the encoding has not is told by its number: the rest is of use to whoever reads.
        if reconfigure := getattr(self._stream, "reconfigure", None):
            with contextlib.suppress(OSError):
                reconfigure(errors="backslashreplace")
        sys.stdout = self
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.flush()
        sys.stdout = self._before
        if self.problem is not None:
            self._let_go()

    def write(self, text: str) -> int:
        """As a stream does."""
        self._attempt(lambda: self._stream.write(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """As a stream does."""
        self._attempt(lambda: self._stream.writelines(lines))

    def flush(self) -> None:
        """As a stream does."""
        self._attempt(self._stream.flush)

    def _attempt(self, write: Callable[[], object]) -> None:
        if self.problem is not None and self._goes_on:
            return
        try:
            write()
        except OSError as problem:
            self.problem = problem
            if not self._goes_on:
                raise

    @property
    def _goes_on(self) -> bool:
        return self._lasting or self.unread

    @property
    def unread(self) -> bool:
        """Whether whoever read it has left."""
        return isinstance(self.problem, BrokenPipeError)

    def _let_go(self) -> None:
        """What is still to be written goes nowhere, that the end of the process has nothing to complain about."""
        with contextlib.suppress(OSError, ValueError):
            _send_nowhere(self._stream.fileno())

    def told(self) -> int:
        """Say on standard error that output was lost: 4; 0 where nothing was, or whoever read it has seen enough."""
        if self.problem is None or self.unread:
            return 0
        what = f"{self.problem.strerror}: standard output"
        say(str(UserError("output", what, hint="make room where the output goes")))
        return 4


def unusable(problem: OSError) -> UserError | None:
    """A place that was named and cannot be what a command needs it for; None where it is no place's fault."""
    if problem.filename is None and problem.errno not in _OF_A_DISK:
        return None
    hint = "name another place; the options of the command say what it reads and writes"
    what = f"it cannot be read or written: {problem.strerror}"
    # Of a move the second name is that of the place that was named; the first may be a draft of ours.
    where = problem.filename2 or problem.filename or "a file of this command"
    return UserError("file", what, where=str(where), hint=hint)


def say(words: str) -> None:
    """Write ``words`` on standard error, if it can be written: there is nowhere else to say that it cannot."""
    with contextlib.suppress(OSError):
        print(printable(words), file=sys.stderr, flush=True)


def replace_closed_streams() -> None:
    """Put the null device where a shell closed standard input, output or errors (``>&-``).

    Python has no stream there at all; the number would go to the next file that is opened, and what a child writes
    into that.
    """
    while (nowhere := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(nowhere, True)
    os.close(nowhere)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - as long as we live
