"""What a run is waiting for: one line below pytest's own, rewritten in place; only on a terminal."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import pytest

from conformance.reporting.text import safe
from conformance.run.collector import ScenarioItem

#: A scenario quicker than this is told by pytest's dot before anybody could read a line about it.
_QUIET = 0.5
_BEAT = 0.2


class Line:
    """One line below the cursor of a terminal; the cursor stays where the ``writer`` of pytest left it."""

    def __init__(self, writer: Any, write: Callable[[str], None]) -> None:
        self._writer = writer
        self._write = write
        self._shown = False

    def show(self, text: str) -> None:
        """Write ``text``, cut to the width of the terminal."""
        self._put(text[: max(0, self._writer.fullwidth - 1)])
        self._shown = True

    def clear(self) -> None:
        """Take the line away, if there is one."""
        if self._shown:
            self._put("")
            self._shown = False

    def _put(self, text: str) -> None:
        # A line feed first, that the bottom line of the screen has one below it, too.
        column = min(self._writer.width_of_current_line, self._writer.fullwidth - 1)
        forward = f"\x1b[{column}C" if column else ""
        self._write(f"\n\r\x1b[K{text}\x1b[A\r{forward}")


class Progress:
    """Hooks that draw while a scenario is carried out, the only time pytest itself writes nothing."""

    def __init__(self, config: pytest.Config, waited: Callable[[], float]) -> None:
        self._config = config
        self._waited = waited
        self._nth = 0
        self._line: Line | None = None
        self._out: int | None = None

    def pytest_sessionstart(self) -> None:
        """Find the terminal, if pytest writes to one."""
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and reporter.isatty and self._config.option.verbose >= 0:
            # A copy of the way out: while a scenario is carried out pytest captures what goes the usual one.
            self._out = os.dup(sys.stdout.fileno())
            self._line = Line(self._config.get_terminal_writer(), self._write)

    def pytest_unconfigure(self) -> None:
        """Give the way out back."""
        if self._out is not None:
            os.close(self._out)
            self._out = None

    def _write(self, text: str) -> None:
        if self._out is not None:
            os.write(self._out, text.encode("utf-8", "replace"))

    def pytest_runtest_logstart(self) -> None:
        """Count, skipped scenarios too."""
        self._nth += 1

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

    def _tell(self, line: Line, item: ScenarioItem, over: threading.Event) -> None:
        began, waited = time.monotonic(), self._waited()
        pause = _QUIET
        while not over.wait(pause):
            pause = _BEAT
            place = f"{self._nth} of {item.session.testscollected}"
            operations = ", ".join(item.case.operations)
            rate = self._waited() - waited
            wait = f"  {rate:.1f} s for the rate" if rate > 0.05 else ""
            words = f"{place}  {time.monotonic() - began:.0f} s{wait}  {operations}: {item.case.title}"
            line.show(safe(words))
