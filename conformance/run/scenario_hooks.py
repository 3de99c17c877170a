"""Hooks of one scenario: its world, the record of its steps, its outcome. The same in every process of a run."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.violation import headline
from conformance.reporting.outcome import ScenarioResult, Skip, Verdict
from conformance.reporting.record import Recorder, StepRecord
from conformance.reporting.text import printable
from conformance.run.collector import ScenarioItem
from conformance.run.lanes import Replay
from conformance.run.part import RunPart
from conformance.run.performance import new_record, perform
from conformance.run.stepbook import StepBook
from conformance.run.telling import result_of, verdict_of
from conformance.run.world import World

_WORLD = pytest.StashKey[World]()
_REPLAY = pytest.StashKey[Replay]()
_RECORD = pytest.StashKey[Recorder]()
_SKIP = pytest.StashKey[Skip]()
_WORDS = {"broken": ("broken", "B", "BROKEN"), "known": ("known", "k", "KNOWN")}
TROUBLE = "conformance-trouble"


class ScenarioHooks:
    """Runs the scenarios of this process once :meth:`begin` has given them their part of the run."""

    def __init__(self, config: pytest.Config, book: StepBook) -> None:
        self._config = config
        self._book = book
        self._part: RunPart | None = None
        self._told: tuple[ScenarioResult, list[StepRecord], Clause] | None = None

    @property
    def part(self) -> RunPart:
        """The part of the run, once it has begun."""
        assert self._part is not None
        return self._part

    def begin(self, part: RunPart, items: Iterable[ScenarioItem]) -> None:
        """Decide for each scenario whether it can run here, and let the lanes go ahead with those that can."""
        self._part = part
        running = []
        for item in items:
            skip = part.stage.gate(item.case)
            if skip is None:
                running.append(item.case)
            else:
                item.stash[_SKIP] = skip
                item.add_marker(pytest.mark.skip(reason=f"{skip.kind}: {skip.why}"))
        part.look_ahead(running)
        self._take_over_allure()
        # What stands by now stays to the end: no collection need look at it again.
        gc.freeze()

    def _take_over_allure(self) -> None:
        """Put our logger in the place of allure-pytest's, which would write what it is given."""
        if not self._config.pluginmanager.hasplugin("allure_pytest"):
            return
        from allure_commons import plugin_manager as manager
        from allure_commons.logger import AllureFileLogger

        from conformance.reporting.allure import MaskingLogger

        theirs = [plugin for plugin in manager.get_plugins() if type(plugin) is AllureFileLogger]
        if not theirs:
            return
        manager.unregister(theirs[0])
        ours = MaskingLogger(Path(self._config.option.allure_report_dir), lambda: self._told)
        manager.register(ours)

        def give_back() -> None:
            """allure-pytest unregisters its own logger at the end and fails when it is not there."""
            manager.unregister(ours)
            manager.register(theirs[0])

        self._config.add_cleanup(give_back)

    def perform(self, item: ScenarioItem) -> None:
        """Carry a scenario out; whatever it changed is put back, however it ends."""
        world, item.stash[_REPLAY] = self.part.enter(item.case)
        item.stash[_WORLD] = world
        try:
            perform(world, self._book, item.stash[_RECORD])
        finally:
            item.user_properties += [(TROUBLE, trouble) for trouble in world.put_back()]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: ScenarioItem) -> None:
        """Begin the record of a scenario."""
        item.stash[_RECORD] = new_record(item.case)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: ScenarioItem, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what pytest saw into one of the five outcomes."""
        report = yield
        if call.when == "call" or (call.when == "setup" and not report.passed):
            self._tell(item, call, report)
        return report

    def _tell(self, item: ScenarioItem, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        part, case = self.part, item.case
        world, skip = item.stash.get(_WORLD, None), item.stash.get(_SKIP, None)
        error = call.excinfo.value if call.excinfo and skip is None else None
        verdict = Verdict("skipped") if skip else verdict_of(case, world, error, part.options.strict, part.known)
        seconds = call.duration + (item.stash[_REPLAY].replayed if world else 0.0)
        files = part.evidence(world, verdict)
        result = result_of(item.nodeid, case, world, error, verdict, skip, seconds, files)
        self._told = (result, item.stash[_RECORD].steps, case.clause)
        report.conformance = part.tell(result, verdict, world)  # type: ignore[attr-defined]
        _dress(report, result)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters and words of our outcomes."""
        told = getattr(report, "conformance", None)
        return _WORDS.get(told["result"]["outcome"]) if told else None


def _dress(report: pytest.TestReport, result: ScenarioResult) -> None:
    """Make pytest's own report agree with the outcome, and say nothing unmasked."""
    report.sections = [(name, printable(text)) for name, text in report.sections]
    if result.outcome in ("failed", "broken"):
        report.outcome = "failed"
        report.longrepr = printable(result.cause or "\n".join(headline(violation) for violation in result.violations))
    elif result.outcome == "passed":
        report.outcome, report.longrepr = "passed", None
    else:
        why = f"{result.skip.kind}: {result.skip.why}" if result.skip else f"known: {result.known}"
        report.outcome = "skipped"
        report.longrepr = (result.nodeid.partition("::")[0], 0, f"Skipped: {why}")
