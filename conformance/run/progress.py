"""How far a run is: a line drawn on a terminal, and lines told one after another in a pipe and in CI."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

import pytest

from conformance.reporting.text import safe
from conformance.run.collection import ScenarioItem
from conformance.run.pytest_internals import attached, begin_line, cursor, on_a_terminal, says_something
from conformance.wire.rate_limiter import held_back

#: A scenario quicker than this is told by pytest's dot before anybody could read a line about it.
_QUIET = 0.5
_BEAT = 0.2
#: By less than such a part of the scenarios nobody can say how long the rest takes: some wait for what is made ahead.
_FEW = 20
#: From so many seconds on minutes are told.
_LONG = 600
#: Seconds between two lines that nobody can write over, and after which one is due whatever was done meanwhile.
SOON, SILENT = 10.0, 60.0
#: What a run with workers says when it begins; measured by ``make bench``.
SELDOM_FASTER = "note: with -n a run is seldom faster, lanes of one process wait side by side already (docs/habits.md)"


class Finished:
    """What has been finished so far, as the messages about scenarios tell it."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.waited = 0.0

    def add(self, message: dict[str, Any]) -> None:
        """A finished scenario; reports of earlier versions do not tell what was waited."""
        self.outcomes[message["result"]["nodeid"]] = message["result"]["outcome"]
        self.waited += message.get("waited", 0.0)

    @property
    def done(self) -> int:
        """How many scenarios have an outcome."""
        return len(self.outcomes)

    def words(self, number: int, seconds: float) -> str:
        """How far a run of ``number`` scenarios is after ``seconds``."""
        told = list(self.outcomes.values())
        bad = [f"{many} {word}" for word in ("failed", "flaky", "broken") if (many := told.count(word))]
        rate = [f"waited {self.waited:.0f} s for the rate"] if self.waited >= 1 else []
        return "  ".join([pace(self.done, number, seconds), *bad, *rate])


def pace(done: int, number: int, seconds: float) -> str:
    """How far a run is after ``seconds``, what matters most first: the share, the time left, scenarios a second."""
    words = f"{done} of {number} ({done * 100 // max(1, number)} %)"
    if not done or done * _FEW < number or seconds < _QUIET:
        return words
    left = seconds / done * (number - done)
    rest = f"{left:.0f} s" if left < _LONG else f"{left / 60:.0f} min"
    return f"{words}  {rest} left  {done / seconds:.1f}/s"


def drawn_over(terminal: bool) -> bool:
    """Whether a line may be drawn over the one before: the log of CI would keep each of them."""
    return terminal and not os.environ.get("CI")


class Milestones:
    """When a line is due that stays: at each tenth, yet not at once after another, and when none was for long."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._told = clock()
        self._tenth = 0

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return self._clock() - self._began

    def due(self, done: int, number: int) -> bool:
        """Whether to tell that so many are done; what is done whole is told by whoever did it."""
        now, tenth = self._clock(), done * 10 // max(1, number)
        if now - self._told < (SOON if tenth > self._tenth else SILENT) or 0 < number <= done:
            return False
        self._told, self._tenth = now, tenth
        return True


class TerminalLine:
    """One line below the cursor of a terminal; the cursor stays where the ``writer`` of pytest left it.

    rich draws at the cursor, over the line that pytest is in the middle of (docs/decisions/libraries.md).
    """

    def __init__(self, writer: Any, out: int) -> None:
        self._writer = writer
        self._out = out
        self._shown = False

    def show(self, text: str) -> None:
        """Write ``text``, cut to the width of the terminal."""
        self._put(text[: cursor(self._writer, self._out)[1]])
        self._shown = True

    def clear(self) -> None:
        """Take the line away, if there is one."""
        if self._shown:
            self._put("")
            self._shown = False

    def _put(self, text: str) -> None:
        # A line feed first, that the bottom line of the screen has one below it, too.
        column, _ = cursor(self._writer, self._out)
        forward = f"\x1b[{column}C" if column else ""
        os.write(self._out, f"\n\r\x1b[K{text}\x1b[A\r{forward}".encode("utf-8", "replace"))


class LogLines:
    """Lines between the dots of pytest's ``writer``, written by a thread of their own while ``words`` are due."""

    def __init__(self, writer: Any, out: int, words: Callable[[], str]) -> None:
        self._writer = writer
        self._out = out
        self._words = words
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        #: Held by whoever writes: nobody else begins a line meanwhile.
        self.writing = threading.Lock()

    def begin(self) -> None:
        """Look from now on."""
        self._thread.start()

    def end(self) -> None:
        """Say no more."""
        self._over.set()
        self._thread.join()

    def look(self) -> None:
        """Tell what is due."""
        with self.writing:
            if text := self._words():
                begun = begin_line(self._writer)
                os.write(self._out, f"{begun}{text}\n".encode("utf-8", "replace"))

    def _follow(self) -> None:
        # Whoever reads may have gone: the run goes on without these lines.
        with suppress(OSError):
            while not self._over.wait(_BEAT):
                self.look()


class Progress:
    """Hooks that tell how far the run is, in lines that fit what pytest writes to.

    On a terminal a line is drawn while a scenario is carried out, the only time pytest itself writes nothing. Of
    workers the process that reports hears when they are done with one: there the line stands between two dots.
    """

    def __init__(self, config: pytest.Config, waited: Callable[[], float]) -> None:
        self._config = config
        self._waited = waited
        self._finished = Finished()
        self._milestones = Milestones()
        self._began = 0.0
        self._workers = config.getoption("numprocesses", None)
        self._line: TerminalLine | None = None
        self._log: LogLines | None = None
        self._out: int | None = None

    def pytest_sessionstart(self) -> None:
        """Find where pytest writes to."""
        if not says_something(self._config):
            return
        # A copy of the way out: while a scenario is carried out pytest captures what goes the usual one.
        with suppress(OSError, ValueError):
            self._out = os.dup(sys.stdout.fileno())
        if self._out is None:
            return
        writer = self._config.get_terminal_writer()
        if drawn_over(on_a_terminal(self._config)):
            self._line = TerminalLine(writer, self._out)
        self._log = LogLines(writer, self._out, self._due)
        self._log.begin()

    def pytest_unconfigure(self) -> None:
        """Give the way out back."""
        self._end()
        if self._out is not None:
            os.close(self._out)
            self._out = None

    def pytest_runtest_logstart(self) -> None:
        """From the first scenario on it can be told how many are done in a second, on a terminal below the dots."""
        self._began = self._began or time.monotonic()
        if self._line is not None:
            self._end_log()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None]:
        """Count, skipped scenarios too; with workers the line gives way to a dot, and comes back behind it."""
        if message := attached(report):
            self._finished.add(message)
        if self._log is not None:
            with self._log.writing:
                return (yield)
        if self._line is None or not self._workers:
            return (yield)
        self._line.clear()
        told = yield
        self._line.show(self._words())
        return told

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None]:
        """Nothing is under way any more."""
        self._end()
        return (yield)

    def _end(self) -> None:
        if self._line is not None:
            self._line.clear()
        self._end_log()

    def _end_log(self) -> None:
        if self._log is not None:
            self._log.end()
            self._log = None

    def _words(self) -> str:
        return self._finished.words(self._selected(), time.monotonic() - self._began if self._began else 0.0)

    def _due(self) -> str:
        """What to tell now, if anything."""
        number = self._selected()
        if not self._milestones.due(self._finished.done, number):
            return ""
        words = self._words() if number else f"begins  {self._milestones.seconds:.0f} s"
        left = held_back()
        return f"{words}  the site limits the rate: asked again in {left:.0f} s" if left >= 1 else words

    def _selected(self) -> int:
        session = self._config.pluginmanager.get_plugin("session")
        return session.testscollected if session else 0

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: ScenarioItem) -> Generator[None]:
        """Tell about this scenario until it is over."""
        if self._line is None:
            return (yield)
        over = threading.Event()
        thread = threading.Thread(target=self._tell, args=(self._line, item, over), daemon=True)
        thread.start()
        try:
            return (yield)
        finally:
            over.set()
            thread.join()
            self._line.clear()

    def _tell(self, line: TerminalLine, item: ScenarioItem, over: threading.Event) -> None:
        began, waited = time.monotonic(), self._waited()
        pause = _QUIET
        while not over.wait(pause):
            pause = _BEAT
            operations = ", ".join(item.scenario.operations)
            rate = self._waited() - waited
            wait = f"  {rate:.1f} s for the rate" if rate > 0.05 else ""
            words = f"{self._words()}  {time.monotonic() - began:.0f} s{wait}  {operations}: {item.scenario.title}"
            line.show(safe(words))
