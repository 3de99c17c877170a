"""The pytest plugin: declares options, and puts the hooks of a run in place where features are run.

The suite's own tests load it too and are left alone.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from conformance.reporting.exchange_file import write_fault
from conformance.reporting.statement import statement
from conformance.reporting.text import printable
from conformance.run.collection import (
    CollectionHooks,
    describe_markers,
    fault_of_ours,
    mistakes_told,
    places,
    scenarios_of,
    take_lines_from_arguments,
    why_not_begun,
)
from conformance.run.commands.rejudge import note_finished, told_of_the_end, unrecorded
from conformance.run.fleet.part_hooks import PartHooks, SelectionHooks, put_back_first
from conformance.run.options import add_options, demand_history, demand_places, demand_writable, read_options
from conformance.run.progress import SELDOM_FASTER, Progress
from conformance.run.pytest_internals import (
    allure_results,
    assign,
    attached,
    be_brief,
    end_session,
    is_chosen,
    is_worker,
    on_a_terminal,
    only_tells,
    silence_failures,
    stop_capturing,
    told_by,
    without_workers,
    worker_id,
    write_allure_results,
)
from conformance.run.scenario_hooks import CLEANUP_ERROR, ScenarioHooks
from conformance.run.session import RunSession
from conformance.run.site_session import EmbeddedMock
from conformance.run.terminal import (
    StandardOutput,
    clean_up_when_told_to_end,
    end_with,
    replace_closed_streams,
    unusable,
)
from conformance.scenarios.features import Catalogue, FeatureFile
from conformance.scenarios.step_registry import import_vocabulary
from conformance.sites.errors import UserError
from conformance.sites.ledger import ReportsLock

_ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
_FINE = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


#: First words of the statement that a terminal shows in a colour.
_COLOURS = {"FAILED": "red", "BROKEN": "red", "FLAKY": "yellow", "CUT": "yellow", "note:": "yellow"}


def _code(run: RunSession) -> pytest.ExitCode:
    """What the results say; pytest knows of those alone that were not taken over from an interrupted run."""
    if run.problems or not run.complete or any(one.red for one in run.results.values()):
        return pytest.ExitCode.TESTS_FAILED
    return pytest.ExitCode.NO_TESTS_COLLECTED if run.nothing_ran else pytest.ExitCode.OK


class RunHooks:
    """The whole run, serial or with workers."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue, scenarios: ScenarioHooks) -> None:
        self._config = config
        self._catalogue = catalogue
        self._scenarios = scenarios
        self._run: RunSession | None = None
        self._session: pytest.Session | None = None
        self._finishing = self._told_to_end = False
        self._finished: set[str] = set()
        self._left = 0
        self._reporting = self._interrupted = self._left_alone = False

    def _open(self, scenarios: int = 0) -> RunSession:
        if self._run is None:
            try:
                options = read_options(self._config)
                if on_a_terminal(self._config) and options.rejudge is None:
                    # Pytest's own line follows, in its place.
                    self._config.get_terminal_writer().write(f"asking {printable(options.sites[0])} ... ", flush=True)
                if options.in_shard and options.resume:
                    print("\n".join(map(printable, put_back_first(options, self._catalogue))))
                self._run = RunSession(options, self._catalogue, scenarios)
            except Exception as problem:  # noqa: BLE001 - one message, and the traceback of a fault in a file
                raise why_not_begun(problem, self._config, "start") from None
        return self._run

    # -- beginning ---------------------------------------------------------------

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, to be able to end it, and say what workers are good for."""
        self._session = session
        be_brief(self._config)
        if self._config.getoption("numprocesses", None):
            self._say(SELDOM_FASTER)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Open the site when it is known what is to run, whoever had a say in it; without workers begin."""
        config, items = session.config, session.items
        if only_tells(config) or not items:
            return
        run = self._open(len(items))
        finished = self._begin(run)
        if words := told_of_the_end(run.options):
            self._say(words)
        if unknown := unrecorded(run.options, (item.nodeid for item in items)):
            config.hook.pytest_deselected(items=[item for item in items if item.nodeid in unknown])
            items[:] = [item for item in items if item.nodeid not in unknown]
        with mistakes_told():
            run.expect([item.nodeid for item in items])
        resumed = [item for item in items if item.nodeid in finished]
        if resumed:
            items[:] = [item for item in items if item.nodeid not in finished]
            config.hook.pytest_deselected(items=resumed)
        scenarios = scenarios_of(items)
        run.worker_run.discover(item.scenario for item in scenarios)
        late = self._scenarios.begin(run.worker_run, scenarios)
        # What a mock is set otherwise for comes last: nobody need wait for it while others could be told.
        last = {item.nodeid for item in scenarios if item.scenario in late}
        items.sort(key=lambda item: item.nodeid in last)

    def _begin(self, run: RunSession) -> set[str]:
        with mistakes_told():
            demand_history(run.options, run.worker_run.run_context.profile.history)
            return run.begin()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which site is its own: a mock gives every worker one."""
        first = self._run is None
        run = self._open()
        if first:
            # Before any worker is there: each would write into folders that are about to be cleared.
            self._finished = self._begin(run)
            self._discover(run)
        worker = worker_id(node)
        file = run.mock.for_worker(worker) if isinstance(run.mock, EmbeddedMock) else run.sites_file
        context = run.worker_run.run_context
        told = {"discovered": context.discovered.as_json(), "finished": sorted(self._finished)}
        assign(node, {"sites": str(file), "site": run.site, "run": context.run_id, **told})

    def _discover(self, run: RunSession) -> None:
        """Once for all workers; a mock of this process has one for each of them and names everything."""
        if run.mock is None:
            files = self._read_features()
            every = ((file.path, one) for file in files for one in file.scenarios.values())
            left = ((path, one) for path, one in every if one.nodeid not in self._finished)
            run.worker_run.discover(
                one for path, one in left if is_chosen(self._config, path, (one.name,), tuple(one.markers))
            )

    def _read_features(self) -> list[FeatureFile]:
        with mistakes_told():
            return self._catalogue.read_all(places(self._config))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Scenarios that write to one site stay together, unless the user asked for a distribution of their own."""
        if config.option.dist not in ("load", "loadgroup"):
            return None
        from conformance.run.distribution import SiteScheduling, writing_scenarios

        run = self._open()
        self._read_features()
        writing = writing_scenarios(self._catalogue)
        return SiteScheduling(config, log, lambda nodeid: run.worker_run.shares_a_mock or nodeid in writing)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """All workers collect the same; the first to finish tells how much there is."""
        if self._run is not None and not self._run.expected:
            with mistakes_told():
                self._run.expect(ids)
            self._left = len(set(ids) - self._finished)

    # -- on the way --------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Count what there is to do: xdist, what its workers collect, with what a resumed run leaves out."""
        if self._finished and self._session is not None:
            self._session.testscollected = self._left

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None]:
        """Take a result in, wherever the scenario ran; who interrupts waits until all who report have."""
        self._reporting = True
        try:
            if self._run is not None:
                self._log(self._run, report)
            yield
        finally:
            self._reporting = False
        if self._interrupted:
            self._interrupted = False
            _interrupt()

    def _log(self, run: RunSession, report: pytest.TestReport) -> None:
        """What ``report`` tells of a scenario; a site that does not answer ends the run early."""
        message = attached(report)
        if message:
            self._take_in(run, message)
        if report.when == "teardown":
            run.add_cleanup_errors([str(value) for name, value in report.user_properties if name == CLEANUP_ERROR])
        if run.given_up:
            end_session(self._config, self._session, "the site does not answer any more")

    def _take_in(self, run: RunSession, message: dict[str, Any]) -> None:
        try:
            run.add(message)
        except Exception as fault:  # noqa: BLE001 - the run goes on, and is not green
            file = write_fault(run.options.reports, run.options.root, "controller", fault)
            run.problems.append(f"a result could not be taken in: {type(fault).__name__}: {fault} ({file})")

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        """A worker died in a scenario, which another will run again; the run is not as good as one without."""
        if self._run is not None:
            self._run.problems.append(f"a worker crashed in {crashitem}; the scenario was run again by another")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Clean up after a worker that died, before another takes its place; one that could not begin ends the run.

        xdist would have all others wait for what that one collects.
        """
        if why := told_by(node):
            raise pytest.UsageError(why)
        if error and self._run is not None:
            self._run.crashed(worker_id(node))

    # -- the end -----------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_keyboard_interrupt(self) -> Generator[None]:
        """Let pytest say where it was interrupted; between two lines there is no line, and then it says: here."""
        try:
            yield
        except TypeError:
            try:
                _interrupt()
            except KeyboardInterrupt:
                self._config.hook.pytest_keyboard_interrupt(excinfo=pytest.ExceptionInfo.from_current())

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int | pytest.ExitCode) -> Generator[None]:
        """Say what is cleaned up, by workers, too, which have stopped when the others are done; then end the run."""
        if self._run is not None and exitstatus == pytest.ExitCode.INTERRUPTED:
            if self._left_alone:
                self._say("\nthe run on several sites, of which this one is a part, was killed: this one ends, too")
            if left := _left_open(self._run):
                self._say(f"\n{_cleaning_up(left)}")
        try:
            yield
        except OSError as problem:
            if self._run is None:
                raise
            # --junitxml on a full disk costs neither the clean-up nor our reports.
            self._run.problems.append(f"a file of another plugin could not be written: {problem}")
        finally:
            if self._run is not None:
                self._finishing = exitstatus != pytest.ExitCode.INTERRUPTED
                self._finish(self._run, session, exitstatus)
                if self._told_to_end:
                    session.exitstatus = pytest.ExitCode.INTERRUPTED

    def is_left_alone(self) -> None:
        """Told when whoever waits for this run among several is gone; what is written now may be captured."""
        self._left_alone = True

    def ends(self) -> bool:
        """Whether the run is at its end already: what it does then is wanted by who tells it to end, and done whole.

        Said past all buffers: it is a signal that asks, and it may come between two halves of another line.
        """
        if self._reporting:
            self._interrupted = True
            return True
        if self._finishing and self._run is not None:
            self._told_to_end = True
            left = _left_open(self._run)
            words = _cleaning_up(left) if left else "writing the reports; Ctrl-C again stops at once"
            with suppress(OSError):
                os.write(2, f"\n{words}\n".encode())
        return self._finishing

    def _say(self, line: str) -> None:
        if reporter := self._config.pluginmanager.get_plugin("terminalreporter"):
            reporter.write_line(line, flush=True)

    def _finish(self, run: RunSession, session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
        """Clean up, write the reports; a run that was cut short leaves no summary."""
        run.clean_site()
        if not run.complete:
            note_finished(run.worker_run.run_context.tape, run.results)
        if not run.results:
            return
        run.settle()
        if run.complete and exitstatus in _ENDED:
            run.write_reports(allure_results(self._config))
        if run.given_up:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif exitstatus in _FINE:
            session.exitstatus = _code(run)

    def stop_at_once(self) -> None:
        """Told to end for the second time: no clean-up, one line on what it leaves, exit code 2."""
        words = "stopped at once"
        if self._run is not None:
            left = _left_open(self._run)
            if left and self._run.mock is None:
                words += f", left on the site: {left}; see webex-conformance sweep --site {self._run.site}"
            self._run.tidy()
        stop_capturing(self._config)
        os.write(2, f"\n{printable(words)}\n".encode())
        os._exit(pytest.ExitCode.INTERRUPTED)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The statement."""
        run = self._run
        if run is None or not run.expected:
            return
        reports, root = run.options.reports, run.options.root
        shown = reports.relative_to(root) if reports.is_relative_to(root) else reports
        terminalreporter.section("conformance")
        try:
            lines = statement(run.record(), str(shown), complete=run.complete, given_up=run.given_up)
        except Exception as fault:  # noqa: BLE001 - pytest's own summary still follows
            lines = [f"the statement cannot be made: {fault_of_ours(fault, self._config, 'start')}"]
        for line in lines:
            colour = _COLOURS.get(line.partition(" ")[0])
            terminalreporter.write_line(line, **({colour: True, "bold": True} if colour else {}))

    def pytest_unconfigure(self) -> None:
        """Close the site."""
        if self._run is not None:
            try:
                self._run.close()
            except OSError:
                self._run.tidy()
                raise
            self._run = None
            # pytest looks through everything for garbage, five times, before it ends; the process is about to.
            gc.freeze()
        gc.enable()


class OutputHooks:
    """Around everything, several sites and shards, too: a run whose output is lost goes on to its end."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, Any, Any]:
        """The exit code of the run, and 4 where all is well but that nobody was told."""
        if is_worker(config) or not _runs_features(config):
            return (yield)
        with StandardOutput(lasting=True) as output:
            try:
                code = yield
            except OSError as problem:
                if (told := unusable(problem)) is None:
                    raise
                raise pytest.UsageError(printable(str(told))) from None
        lost = output.told()
        return lost if lost and code in _FINE else code


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options of a run, before pytest looks at its streams."""
    add_options(parser)
    replace_closed_streams()
    pluginmanager.register(OutputHooks(), "conformance-output")


def _left_open(run: RunSession) -> str:
    made = run.site_session.ledgers.open_of(run.worker_run.run_context.run_id)
    return ", ".join(f"{operation} {number}" for operation, number in sorted(made.items()))


def _cleaning_up(left: str) -> str:
    return printable(f"cleaning up: {left}; Ctrl-C again leaves it to webex-conformance sweep")


def _interrupt() -> None:
    # Without the one it stands for: that has no line, and would be told with it.
    raise KeyboardInterrupt from None


def _runs_features(config: pytest.Config) -> bool:
    found = places(config)
    return any(place.suffix == ".feature" or next(place.rglob("*.feature"), None) for place in found)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Several sites are several runs side by side."""
    if only_tells(config) or not _runs_features(config):
        return None
    from conformance.run.fleet.processes import run_fleet
    from conformance.run.fleet.shard_run import demand_no_shard, run_shard

    arguments = tuple(config.invocation_params.args)
    try:
        options = read_options(config)
        demand_no_shard(options)
        if options.in_shard or (options.shard is None and len(options.sites) == 1 and not options.left_out):
            return None
        clean_up_when_told_to_end(_interrupt)
        take_lines_from_arguments(config)
        demand_places(options, config.option)
        with closing(ReportsLock(options.reports)):
            if options.shard:
                return run_shard(options, arguments, places(config), options.shard)
            return run_fleet(options, arguments)
    except KeyboardInterrupt:
        print("\nstopped at once; what is left on the sites: webex-conformance sweep --site NAME", file=sys.stderr)
        return pytest.ExitCode.INTERRUPTED
    except UserError as problem:
        raise pytest.UsageError(printable(str(problem))) from None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run of features: its hooks, where Allure results go, what pytest itself stays silent about."""
    take_lines_from_arguments(config)
    describe_markers(config)
    if not _runs_features(config):
        return
    try:
        options = read_options(config)
        if only_tells(config) or options.rejudge is not None:
            without_workers(config)
        if not only_tells(config):
            demand_places(options, config.option)
            if allure := allure_results(config):
                demand_writable(allure, "--alluredir")
            if not is_worker(config):
                config.add_cleanup(ReportsLock(options.reports).close)
    except UserError as problem:
        raise pytest.UsageError(printable(str(problem))) from None
    # Nothing that is read until the scenarios begin is garbage; the last of six looks for it would cost the most.
    gc.disable()
    write_allure_results(config, options.reports / "allure-results")
    # The statement tells every failure in its own grammar; pytest's sections would tell them again.
    silence_failures(config)
    # A file named with its line is no path yet when pytest looks for the conftest.py beside it.
    import_vocabulary(config.rootpath)
    _register(config, Catalogue(config.rootpath))


def _register(config: pytest.Config, catalogue: Catalogue) -> None:
    manager = config.pluginmanager
    scenarios = ScenarioHooks(config, catalogue.registry)
    manager.register(CollectionHooks(config, catalogue, scenarios.execute), "conformance-collection")
    if config.option.shard_part:
        manager.register(PartHooks(config, read_options(config), catalogue), "conformance-part")
    if config.option.selection_file:
        manager.register(SelectionHooks(Path(config.option.selection_file)), "conformance-selection")
    manager.register(scenarios, "conformance-scenarios")
    if is_worker(config):
        from conformance.run.distribution import WorkerHooks

        # Who closes the terminal tells the whole group of processes; the one that reports ends its workers.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        manager.register(WorkerHooks(config, catalogue, scenarios), "conformance-worker")
        return
    run = RunHooks(config, catalogue, scenarios)
    manager.register(run, "conformance-run")
    manager.register(
        Progress(config, lambda: scenarios.worker_run.run_context.rate_limiter.waited), "conformance-progress"
    )
    clean_up_when_told_to_end(run.stop_at_once, run.ends)
    if config.option.lifeline is not None:
        end_with(config.option.lifeline, run.is_left_alone)
