"""A pytest plugin: instead of running the tests once, it tries every mutant of a module with the tests that reach it.

Tests are collected once and run once on the module as it is, which says what each of them reaches and how long it takes.
Each mutant then has a fork of that process, with everything imported and everything compiled: a twentieth of a second
instead of the second that a start of pytest takes. ``WXC_TRIALS`` names the file of mutants, to which outcomes are added.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterable
from math import ceil
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

VARIABLE, MUTANT = "WXC_TRIALS", "MUTANT_UNDER_TEST"
#: A mutant that goes round in circles is ended after this many seconds, and so many times what its tests take.
_LEAST, _TIMES = 10, 10


class Trials:
    """The mutants of a module, the tests that reach each of its functions, and what comes of them."""

    def __init__(self, file: Path, children: int) -> None:
        self._file = file
        self._children = children
        self._reached: set[str] = set()
        self._tests: dict[str, list[pytest.Item]] = defaultdict(list)
        self._seconds: dict[pytest.Item, float] = {}
        self._running: dict[int, str] = {}
        self._outcomes: dict[str, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Every mutant in a fork of its own."""
        mutants: list[str] = json.loads(self._file.read_text(encoding="utf-8"))
        self._try_unchanged(session)
        gc.freeze()
        for mutant in mutants:
            tests = self._tests[mutant.rpartition("__mutmut_")[0]]
            if not tests:
                self._outcomes[mutant] = "untested"
                continue
            if len(self._running) == self._children:
                self._wait()
            self._running[self._begun(mutant, self._ordered(tests))] = mutant
        while self._running:
            self._wait()
        self._file.write_text(json.dumps(self._outcomes), encoding="utf-8")
        return True

    def _try_unchanged(self, session: pytest.Session) -> None:
        from mutmut.mutation import trampoline

        trampoline.record_trampoline_hit = lambda name, caller=None: self._reached.add(name)
        os.environ[MUTANT] = "stats"
        for item, following in zip(session.items, [*session.items[1:], session.items[0]], strict=True):
            self._reached.clear()
            started = time.monotonic()
            # What is made once a session stays: the next is never None.
            runtestprotocol(item, nextitem=following)
            self._seconds[item] = time.monotonic() - started
            for function in self._reached:
                self._tests[function].append(item)
        os.environ[MUTANT] = ""
        if session.testsfailed:
            raise session.Failed("tests fail on the module as it is")

    def _ordered(self, tests: Iterable[pytest.Item]) -> list[pytest.Item]:
        """The fastest first, those of one file together: they share what a file makes once."""
        by_file: dict[Path, list[pytest.Item]] = defaultdict(list)
        for test in sorted(tests, key=self._seconds.__getitem__):
            by_file[test.path].append(test)
        files = sorted(by_file.values(), key=lambda some: sum(map(self._seconds.__getitem__, some)))
        return [test for some in files for test in some]

    def _begun(self, mutant: str, tests: list[pytest.Item]) -> int:
        """The process in which ``mutant`` is tried."""
        child = os.fork()
        if child:
            return child
        code = 2
        try:
            os.setsid()
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(_LEAST + ceil(_TIMES * sum(map(self._seconds.__getitem__, tests))))
            os.environ[MUTANT] = mutant
            code = int(any(map(_fails, tests, [*tests[1:], tests[0]])))
        except BaseException:
            code = 1
        finally:
            os._exit(code)

    def _wait(self) -> None:
        child, status = os.wait()
        if child in self._running:
            with_code = os.waitstatus_to_exitcode(status)
            self._outcomes[self._running.pop(child)] = {0: "survived", -signal.SIGALRM: "timed out"}.get(with_code, "killed")


def _fails(item: pytest.Item, following: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def pytest_configure(config: pytest.Config) -> None:
    """Take over where a file of mutants is named."""
    if VARIABLE in os.environ:
        config.pluginmanager.register(Trials(Path(os.environ[VARIABLE]), int(os.environ.get("WXC_TRIALS_CHILDREN", "1"))))
