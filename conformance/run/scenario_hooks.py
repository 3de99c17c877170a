"""Hooks of one scenario: its world, the record of its steps, its outcome. The same in every process of a run."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from pytest_bdd.parser import Feature, Scenario, Step

from conformance.judge.violation import ContractViolation, headline
from conformance.reporting.allure import MaskingLogger
from conformance.reporting.outcome import ScenarioResult, Skip, Verdict
from conformance.reporting.record import Recorder, StepRecord
from conformance.reporting.text import printable
from conformance.run.case import Case
from conformance.run.collector import CASE, NODEID
from conformance.run.lanes import Replay
from conformance.run.part import RunPart
from conformance.run.telling import result_of, verdict_of
from conformance.run.world import World

_WORLD = pytest.StashKey[World]()
_REPLAY = pytest.StashKey[Replay]()
_RECORDER = pytest.StashKey[Recorder]()
_SKIP = pytest.StashKey[Skip]()
_WORDS = {"broken": ("broken", "B", "BROKEN"), "known": ("known", "k", "KNOWN")}


class ScenarioHooks:
    """Runs the scenarios of this process once :meth:`begin` has given them their part of the run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._part: RunPart | None = None
        self._told: tuple[ScenarioResult, list[StepRecord], Any] | None = None

    @property
    def part(self) -> RunPart:
        """The part of the run, once it has begun."""
        assert self._part is not None
        return self._part

    def begin(self, part: RunPart, items: Iterable[pytest.Item]) -> None:
        """Decide for each scenario whether it can run here, and let the lanes go ahead with those that can."""
        self._part = part
        running = []
        for item in items:
            case = item.stash[CASE]
            skip = part.stage.gate(case)
            if skip is None:
                running.append(case)
            else:
                item.stash[_SKIP] = skip
                item.add_marker(pytest.mark.skip(reason=f"{skip.kind}: {skip.why}"))
        part.look_ahead(running)
        self._take_over_allure()

    def _take_over_allure(self) -> None:
        """Put our logger in the place of allure-pytest's, which would write what it is given."""
        manager = allure_commons.plugin_manager
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

    @pytest.fixture
    def world(self, request: pytest.FixtureRequest) -> Iterator[World]:
        """The world of the scenario; everything it changed is put back afterwards."""
        item = request.node
        world, item.stash[_REPLAY] = self.part.enter(item.stash[CASE])
        item.stash[_WORLD] = world
        yield world
        troubles = world.put_back()
        item.user_properties += [("conformance-trouble", trouble) for trouble in troubles]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin the record of a scenario."""
        sentences = item.stash[CASE].sentences
        item.stash[_RECORDER] = Recorder([StepRecord(one.keyword, one.text, table=one.table) for one in sentences])

    def pytest_bdd_before_step(
        self, request: pytest.FixtureRequest, feature: Feature, scenario: Scenario, step: Step
    ) -> None:
        """A step begins."""
        request.node.stash[_RECORDER].begin()

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        """A step ended; what it found belongs to it."""
        self._end_step(request.node, "")

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, step: Step, exception: Exception) -> None:
        """A step broke."""
        self._end_step(request.node, str(exception))

    def _end_step(self, item: pytest.Item, cause: str) -> None:
        world = item.stash.get(_WORLD, None)
        if world is not None:
            item.stash[_RECORDER].attribute(world.exchanges, world.violations, world.observations)
        item.stash[_RECORDER].end(cause)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """A scenario fails at its end, with all its violations."""
        result = yield
        world = pyfuncitem.stash.get(_WORLD, None)
        if world is not None and world.violations:
            raise ContractViolation(tuple(world.violations))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what pytest saw into one of the five outcomes."""
        report = yield
        if call.when == "call" or (call.when == "setup" and not report.passed):
            self._tell(item, item.stash[CASE], call, report)
        return report

    def _tell(self, item: pytest.Item, case: Case, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        part, world, skip = self.part, item.stash.get(_WORLD, None), item.stash.get(_SKIP, None)
        error = call.excinfo.value if call.excinfo and skip is None else None
        verdict = Verdict("skipped") if skip else verdict_of(case, world, error, part.options.strict, part.known)
        seconds = call.duration + (item.stash[_REPLAY].replayed if world else 0.0)
        files = part.evidence(world, verdict)
        result = result_of(item.stash[NODEID], case, world, error, verdict, skip, seconds, files)
        self._told = (result, item.stash[_RECORDER].steps, case.clause)
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
