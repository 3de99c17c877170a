"""The pytest plugin: wires collection, the world, outcomes and reports together.

It acts only where features are run; the suite's own tests load it and are left
alone.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from pytest_bdd.parser import Feature, Scenario, Step

from conformance.judge.violation import ContractViolation
from conformance.reporting.allure import MaskingLogger
from conformance.reporting.outcome import ScenarioResult, Skip, Verdict
from conformance.reporting.record import Recorder, StepRecord
from conformance.reporting.shape import shape_of
from conformance.reporting.statement import statement
from conformance.reporting.text import printable
from conformance.run.case import Case
from conformance.run.catalogue import Catalogue, feature_files
from conformance.run.collector import CASE, FeatureModule, account_for_every_scenario, mark
from conformance.run.options import add_options, read_options
from conformance.run.session import Run, RunPart
from conformance.run.telling import result_of, verdict_of
from conformance.run.world import World
from conformance.target.trouble import CannotJudge, UserError

WORLD = pytest.StashKey[World]()
RECORDER = pytest.StashKey[Recorder]()
SKIP = pytest.StashKey[Skip]()
_LETTERS = {"broken": ("broken", "B", "BROKEN"), "known": ("known", "k", "KNOWN")}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of a run."""
    add_options(parser)


def _runs_features(config: pytest.Config) -> bool:
    places = [Path(str(argument).partition("::")[0]) for argument in config.args]
    return any(place.suffix == ".feature" or next(place.rglob("*.feature"), None) for place in places)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run of features: where Allure results go, what pytest itself stays silent about."""
    if not _runs_features(config):
        return
    option = config.option
    if option.allure_report_dir is None and not option.collectonly:
        option.allure_report_dir = str(read_options(config).reports / "allure-results")
    # The statement tells every failure in its own grammar; pytest's sections would tell them again.
    option.tbstyle, option.reportchars = "no", ""
    config.pluginmanager.register(ConformancePlugin(config), "conformance")


def _usage(problem: UserError) -> pytest.UsageError:
    return pytest.UsageError(printable(str(problem)))


class ConformancePlugin:
    """One run of features in one process."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.catalogue = Catalogue(config.rootpath)
        self.run: Run | None = None
        self.part: RunPart | None = None
        self.told: tuple[ScenarioResult, list[StepRecord], Any] | None = None

    # -- collection --------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Read every feature first: a mistake in one ends the run with one message."""
        FeatureModule.catalogue = self.catalogue
        try:
            self.catalogue.read_all(Path(str(argument).partition("::")[0]) for argument in session.config.args)
        except UserError as problem:
            raise _usage(problem) from None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Feature files are collected as they are."""
        if file_path.suffix != ".feature":
            return None
        return FeatureModule.from_parent(parent, path=file_path)

    def pytest_bdd_apply_tag(self, tag: str, function: Any) -> bool:
        """Tags become markers from the case, which knows more than the tags say."""
        return True

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Markers and place of a scenario."""
        mark(item, self.config)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Open the site, and decide for each scenario whether it can run there."""
        if session.config.option.collectonly or not items:
            return
        try:
            self._open(items)
        except UserError as problem:
            raise _usage(problem) from None
        except CannotJudge as problem:
            raise _usage(UserError("unreachable", str(problem))) from None
        assert self.part is not None
        for item in items:
            skip = self.part.stage.gate(item.stash[CASE])
            if skip is not None:
                item.stash[SKIP] = skip
                item.add_marker(pytest.mark.skip(reason=f"{skip.kind}: {skip.why}"))

    def _open(self, items: list[pytest.Item]) -> None:
        whole = any("::" not in str(argument) for argument in self.config.args)
        if whole and not self.config.option.markexpr and not self.config.option.keyword:
            files = [
                self.catalogue.read(path)
                for argument in self.config.args
                for path in feature_files(Path(str(argument).partition("::")[0]))
            ]
            if all("::" not in str(argument) for argument in self.config.args):
                account_for_every_scenario(items, files)
        self.run = Run(read_options(self.config), self.catalogue)
        self.run.clean_reports()
        self.run.selected_of = (len(items), len(items))
        self.part = self.run.part
        self._take_over_allure()

    def _take_over_allure(self) -> None:
        """Put our logger in the place of allure-pytest's, which would write what it is given."""
        manager = allure_commons.plugin_manager
        theirs = [plugin for plugin in manager.get_plugins() if type(plugin) is AllureFileLogger]
        if not theirs:
            return
        manager.unregister(theirs[0])
        ours = MaskingLogger(Path(self.config.option.allure_report_dir), lambda: self.told)
        manager.register(ours)

        def give_back() -> None:
            """allure-pytest unregisters its own logger at the end and fails when it is not there."""
            manager.unregister(ours)
            manager.register(theirs[0])

        self.config.add_cleanup(give_back)

    # -- one scenario ------------------------------------------------------------

    @pytest.fixture
    def world(self, request: pytest.FixtureRequest) -> Iterator[World]:
        """The world of the scenario; everything it changed is put back afterwards."""
        assert self.part is not None
        stage = self.part.stage
        recorder = request.node.stash[RECORDER]
        client = stage.client(lambda exchange: recorder.open.exchanges.append(exchange) if recorder.open else None)
        world = request.node.stash[WORLD] = World(stage, request.node.stash[CASE], client)
        yield world
        world.put_back()
        client.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin the record of a scenario."""
        case = item.stash[CASE]
        item.stash[RECORDER] = Recorder(
            [StepRecord(step.keyword, step.text, table=step.table) for step in case.sentences]
        )

    def pytest_bdd_before_step(
        self, request: pytest.FixtureRequest, feature: Feature, scenario: Scenario, step: Step
    ) -> None:
        """A step begins."""
        request.node.stash[RECORDER].begin()

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        """A step ended; what it found belongs to it."""
        self._end_step(request.node, "")

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, step: Step, exception: Exception) -> None:
        """A step broke."""
        self._end_step(request.node, str(exception))

    def _end_step(self, item: pytest.Item, cause: str) -> None:
        recorder, world = item.stash[RECORDER], item.stash.get(WORLD, None)
        if world is not None and recorder.open is not None:
            seen = sum(len(step.violations) for step in recorder.steps)
            noted = sum(len(step.observations) for step in recorder.steps)
            recorder.open.violations += world.violations[seen:]
            recorder.open.observations += world.observations[noted:]
        recorder.end(cause)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """A scenario fails at its end, with all its violations."""
        result = yield
        world = pyfuncitem.stash.get(WORLD, None)
        if world is not None and world.violations:
            raise ContractViolation(tuple(world.violations))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what pytest saw into one of the five outcomes."""
        report = yield
        told = call.when == "call" or (call.when == "setup" and not report.passed)
        if told and CASE in item.stash:
            self._tell(item, item.stash[CASE], call, report)
        return report

    def _tell(self, item: pytest.Item, case: Case, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        assert self.part is not None
        world, skip = item.stash.get(WORLD, None), item.stash.get(SKIP, None)
        error = call.excinfo.value if call.excinfo and skip is None else None
        options = self.part.options
        verdict = Verdict("skipped") if skip else verdict_of(case, world, error, options.strict, self.part.known)
        wanted = world is not None and (verdict.outcome in ("failed", "broken", "known") or bool(world.violations))
        files = self.part.keep_exchanges(world) if wanted and world else []
        result = result_of(item.nodeid, case, world, call, verdict, skip, files)
        self.told = (result, item.stash[RECORDER].steps, case.clause)
        report.conformance = {  # type: ignore[attr-defined]
            "result": result.as_json(),
            "shapes": _shapes(world),
            "drift": {operation: list(paths) for operation, paths in world.drift.items()} if world else {},
            "troubles": [],
            "matched": [issue.where for issue in verdict.matched],
        }
        _dress(report, result)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters and words of our outcomes."""
        told = getattr(report, "conformance", None)
        return _LETTERS.get(told["result"]["outcome"]) if told else None

    # -- the end -----------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a result in, wherever the scenario ran."""
        told = getattr(report, "conformance", None)
        if told and self.run is not None:
            self.run.add(told)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
        """Write the reports; a run that was cut short leaves no summary."""
        run = self.run
        if run is None:
            return
        run.settle_known()
        run.settle_skips()
        complete = (
            exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and len(run.results) == run.selected_of[0]
        )
        folder = self.config.option.allure_report_dir
        if complete:
            run.write_reports(run.record(), Path(folder) if folder else None)
        if run.problems and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The statement."""
        if self.run is None:
            return
        shown = self.run.options.reports
        place = shown.relative_to(self.run.options.root) if shown.is_relative_to(self.run.options.root) else shown
        terminalreporter.section("conformance")
        for line in statement(self.run.record(), str(place)):
            terminalreporter.write_line(line)

    def pytest_unconfigure(self) -> None:
        """Close the site."""
        if self.run is not None:
            self.run.close()
            self.run = None


def _shapes(world: World | None) -> dict[str, Any]:
    shapes: dict[str, Any] = {}
    for exchange in world.exchanges if world else ():
        if not exchange.trouble and exchange.served:
            shapes[exchange.request.operation] = shape_of(exchange.reply)
    return shapes


def _dress(report: pytest.TestReport, result: ScenarioResult) -> None:
    """Make pytest's own report agree with the outcome, and say nothing unmasked."""
    if result.outcome in ("passed", "known") or result.skip is not None:
        report.outcome = "passed" if result.outcome == "passed" else "skipped"
        report.longrepr = None
        if result.outcome == "known":
            report.wasxfail = result.known
        elif result.skip is not None:
            report.longrepr = (result.nodeid.partition("::")[0], 0, f"Skipped: {result.skip.kind}: {result.skip.why}")
        return
    report.outcome = "failed"
    words = result.cause or "\n".join(
        f"{v.clause} {v.check} {v.path}: expected {v.expected}, actual {v.actual}" for v in result.violations
    )
    report.longrepr = printable(words)
    report.sections = [(name, printable(text)) for name, text in report.sections]
