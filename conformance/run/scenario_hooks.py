"""Hooks of one scenario: its context, the record of its steps, its outcome; and a line on what it waits for."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.findings import headline
from conformance.reporting.outcome import Recorder, ScenarioResult, Skip, StepRecord, Verdict
from conformance.reporting.text import printable, safe
from conformance.run.collection import ScenarioItem
from conformance.run.pytest_internals import (
    attach,
    attached,
    cursor,
    goes_to_the_end,
    is_worker,
    on_a_terminal,
    replace_allure_logger,
)
from conformance.run.session import WorkerRun
from conformance.scenarios.ahead.lanes import Carried, Replay
from conformance.scenarios.execution import cause_of, execute, is_fault, new_record, result_of, verdict_of
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import StepRegistry

#: A scenario quicker than this is told by pytest's dot before anybody could read a line about it.
_QUIET = 0.5
_BEAT = 0.2
#: From so many seconds on minutes are told.
_LONG = 600


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


def pace(done: int, number: int, seconds: float) -> str:
    """How far a run is after ``seconds``, what matters most first: the share, the time left, scenarios a second."""
    words = f"{done} of {number} ({done * 100 // max(1, number)} %)"
    if not done or seconds < _QUIET:
        return words
    left = seconds / done * (number - done)
    rest = f"{left:.0f} s" if left < _LONG else f"{left / 60:.0f} min"
    return f"{words}  {rest} left  {done / seconds:.1f}/s"


class Progress:
    """Hooks that draw while a scenario is carried out, the only time pytest itself writes nothing.

    Of workers the process that reports hears when they are done with one: there the line stands between two dots.
    """

    def __init__(self, config: pytest.Config, waited: Callable[[], float]) -> None:
        self._config = config
        self._waited = waited
        self._nth = self._done = 0
        self._began = 0.0
        self._workers = config.getoption("numprocesses", None)
        self._line: TerminalLine | None = None
        self._out: int | None = None

    def pytest_sessionstart(self) -> None:
        """Find the terminal, if pytest writes to one; the log of CI would keep each line that is written over."""
        if on_a_terminal(self._config) and not os.environ.get("CI"):
            # A copy of the way out: while a scenario is carried out pytest captures what goes the usual one.
            self._out = os.dup(sys.stdout.fileno())
            self._line = TerminalLine(self._config.get_terminal_writer(), self._out)

    def pytest_unconfigure(self) -> None:
        """Give the way out back."""
        if self._out is not None:
            os.close(self._out)
            self._out = None

    def pytest_runtest_logstart(self) -> None:
        """Count, skipped scenarios too."""
        self._began = self._began or time.monotonic()
        self._nth += 1

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None]:
        """With workers: the line gives way to a dot, and comes back behind it."""
        if self._line is None or not self._workers:
            return (yield)
        self._line.clear()
        told = yield
        self._done += report.when == "teardown"
        self._line.show(pace(self._done, self._selected(), time.monotonic() - self._began))
        return told

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Nothing is under way any more."""
        if self._line is not None:
            self._line.clear()

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
            place = pace(self._nth - 1, item.session.testscollected, time.monotonic() - self._began)
            operations = ", ".join(item.scenario.operations)
            rate = self._waited() - waited
            wait = f"  {rate:.1f} s for the rate" if rate > 0.05 else ""
            words = f"{place}  {time.monotonic() - began:.0f} s{wait}  {operations}: {item.scenario.title}"
            line.show(safe(words))


_CONTEXT = pytest.StashKey[ScenarioContext]()
_REPLAY = pytest.StashKey[Replay | Carried]()
_RECORD = pytest.StashKey[Recorder]()
_SKIP = pytest.StashKey[Skip]()
_FAULT = pytest.StashKey[Exception]()
_WORDS = {
    "broken": ("broken", "B", "BROKEN"),
    "flaky": ("flaky", "Y", "FLAKY"),
    "known": ("known", "k", "KNOWN"),
}
CLEANUP_ERROR = "conformance-cleanup-error"


class ScenarioHooks:
    """Runs the scenarios of this process once :meth:`begin` has given them what this process carries out."""

    def __init__(self, config: pytest.Config, registry: StepRegistry) -> None:
        self._config = config
        self._registry = registry
        self._worker_run: WorkerRun | None = None
        self._current: tuple[ScenarioResult, list[StepRecord], Clause] | None = None

    @property
    def worker_run(self) -> WorkerRun:
        """What this process carries out, once it has begun."""
        assert self._worker_run is not None
        return self._worker_run

    def begin(self, worker_run: WorkerRun, items: Iterable[ScenarioItem]) -> frozenset[Scenario]:
        """Decide for each scenario whether it can run here, and let the lanes go ahead; those who come last."""
        self._worker_run = worker_run
        running = []
        for item in items:
            try:
                skip = worker_run.run_context.gate(item.scenario)
            except Exception as fault:  # noqa: BLE001 - the scenario it stopped is broken by it, and no other
                item.stash[_FAULT] = fault
                continue
            if skip is None:
                running.append(item.scenario)
            else:
                item.stash[_SKIP] = skip
                item.add_marker(pytest.mark.skip(reason=f"{skip.kind}: {skip.why}"))
        # Which of the scenarios that change the site are handed to another, a worker does not know.
        alone = not is_worker(self._config)
        late = worker_run.look_ahead(running, to_the_end=alone and goes_to_the_end(self._config))
        replace_allure_logger(self._config, self._allure_logger)
        # What stands by now stays to the end: no collection need look at it again.
        gc.freeze()
        return late

    def _allure_logger(self, folder: Path) -> object:
        from conformance.reporting.allure import MaskingLogger

        return MaskingLogger(folder, lambda: self._current)

    def execute(self, item: ScenarioItem) -> None:
        """Carry a scenario out; whatever it changed is put back, however it ends."""
        if _FAULT in item.stash:
            raise item.stash[_FAULT]
        carried = self.worker_run.carried(item.scenario)
        if carried is not None:
            self._take_over(item, carried)
            return
        context, item.stash[_REPLAY] = self.worker_run.enter(item.scenario)
        item.stash[_CONTEXT] = context
        try:
            execute(context, self._registry, item.stash[_RECORD])
        finally:
            item.user_properties += [(CLEANUP_ERROR, error) for error in self._clean_up(context)]

    def _take_over(self, item: ScenarioItem, carried: Carried) -> None:
        """What a lane met, as if it were met now."""
        item.stash[_CONTEXT], item.stash[_RECORD], item.stash[_REPLAY] = carried.context, carried.record, carried
        item.user_properties += [(CLEANUP_ERROR, error) for error in carried.cleanup_errors]
        if carried.error is not None:
            raise carried.error

    def _clean_up(self, context: ScenarioContext) -> list[str]:
        """What could not be put back, in words; a fault in it must not hide what the scenario found."""
        try:
            return context.clean_up()
        except Exception as fault:  # noqa: BLE001 - told like any other clean-up that did not work
            return [f"clean-up of {context.scenario.title!r}: {cause_of(fault, self.worker_run.traceback_file(fault))}"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: ScenarioItem) -> None:
        """Begin the record of a scenario."""
        item.stash[_RECORD] = new_record(item.scenario)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: ScenarioItem, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what pytest saw into one of the five outcomes."""
        report = yield
        if call.when == "call" or (call.when == "setup" and not report.passed):
            self._report(item, call, report)
        return report

    def _report(self, item: ScenarioItem, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        try:
            self._tell(item, call, report)
        except Exception as fault:  # noqa: BLE001 - what cannot be told is broken, and the run goes on
            self._tell_fault(item, call, report, fault)

    def _tell_fault(
        self, item: ScenarioItem, call: pytest.CallInfo[None], report: pytest.TestReport, fault: Exception
    ) -> None:
        verdict, file = Verdict("broken"), self.worker_run.traceback_file(fault)
        result = result_of(item.nodeid, item.scenario, None, fault, verdict, None, call.duration, (), file)
        self._current = (result, item.stash[_RECORD].steps, item.scenario.clause)
        attach(report, self.worker_run.message(result, verdict, None))
        _dress(report, result)

    def _tell(self, item: ScenarioItem, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        worker_run, scenario = self.worker_run, item.scenario
        context, skip = item.stash.get(_CONTEXT, None), item.stash.get(_SKIP, None)
        error = call.excinfo.value if call.excinfo and skip is None else None
        verdict = (
            Verdict("skipped")
            if skip
            else verdict_of(scenario, context, error, worker_run.options.strict, worker_run.known)
        )
        seconds = call.duration + (item.stash[_REPLAY].replayed if context else 0.0)
        files = worker_run.evidence(context, verdict)
        traceback_file = worker_run.traceback_file(error) if is_fault(error) else ""
        result = result_of(item.nodeid, scenario, context, error, verdict, skip, seconds, files, traceback_file)
        result = worker_run.confirmed(result, scenario)
        result = result.placed(item.stash[_RECORD].steps, scenario.line)
        self._current = (result, item.stash[_RECORD].steps, scenario.clause)
        attach(report, worker_run.message(result, verdict, context))
        _dress(report, result)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters and words of our outcomes."""
        message = attached(report)
        return _WORDS.get(message["result"]["outcome"]) if message else None


def _dress(report: pytest.TestReport, result: ScenarioResult) -> None:
    """Make pytest's own report agree with the outcome, and say nothing unmasked."""
    report.sections = [(name, printable(text)) for name, text in report.sections]
    if result.outcome in ("failed", "flaky", "broken"):
        report.outcome = "failed"
        report.longrepr = printable(result.cause or "\n".join(headline(violation) for violation in result.violations))
    elif result.outcome == "passed":
        report.outcome, report.longrepr = "passed", None
    else:
        why = f"{result.skip.kind}: {result.skip.why}" if result.skip else f"known: {result.known}"
        report.outcome = "skipped"
        report.longrepr = (result.nodeid.partition("::")[0], 0, f"Skipped: {why}")
