"""Hooks of one scenario: its context, the record of its steps, its outcome."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.findings import headline
from conformance.reporting.outcome import Recorder, ScenarioResult, Skip, StepRecord, Verdict
from conformance.reporting.text import printable
from conformance.run.collection import ScenarioItem
from conformance.run.pytest_internals import (
    attach,
    attached,
    goes_to_the_end,
    is_worker,
    replace_allure_logger,
)
from conformance.run.session import WorkerRun
from conformance.scenarios.ahead.lanes import Carried, Replay
from conformance.scenarios.execution import cause_of, execute, is_fault, new_record, result_of, verdict_of
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import StepRegistry

if TYPE_CHECKING:
    from conformance.reporting.allure import MaskingLogger

_CONTEXT = pytest.StashKey[ScenarioContext]()
_REPLAY = pytest.StashKey[Replay | Carried]()
_RECORD = pytest.StashKey[Recorder]()
_SKIP = pytest.StashKey[Skip]()
_FAULT = pytest.StashKey[Exception]()
_WORDS = {
    "skipped": ("skipped", "", "SKIPPED"),
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
        self._waited = 0.0
        self._allure: MaskingLogger | None = None

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
        gc.enable()
        return late

    def _allure_logger(self, folder: Path) -> object:
        from conformance.reporting.allure import MaskingLogger

        self._allure = MaskingLogger(folder, lambda: self._current, at_once=is_worker(self._config))
        return self._allure

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Before anybody looks at the files of this process, they are written."""
        if self._allure is not None:
            self._allure.close()

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
        """Turn what pytest saw into one of our outcomes."""
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
        attach(report, {**worker_run.message(result, verdict, context), "waited": self._waited_since()})
        _dress(report, result)

    def _waited_since(self) -> float:
        """Seconds that requests of this process waited for the rate, lanes too, since this was last asked."""
        before, self._waited = self._waited, self.worker_run.run_context.rate_limiter.waited
        return round(self._waited - before, 3)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters and words of our outcomes; what is skipped is told by its reasons at the end, and fills no lines."""
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
