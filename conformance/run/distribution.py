"""A run on several processes.

Workers of pytest-xdist share one site: what writes to it stays in one worker,
the rest goes wherever there is room.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from conformance.reporting.outcome import CircuitBreaker
from conformance.run.collection import scenarios_of, why_not_begun
from conformance.run.options import read_options
from conformance.run.pytest_internals import assignment, attached, end_session, tell_controller, worker_id
from conformance.run.scenario_hooks import ScenarioHooks
from conformance.run.session import WorkerRun
from conformance.run.site_session import open_site
from conformance.scenarios.features import Catalogue
from conformance.sites.discovery import Discoveries


class SiteScheduling(LoadScopeScheduling):
    """Hands scenarios out one by one, but all that belong together to one worker.

    xdist 3.8.0 does this by groups that it appends to node ids, which pytest 9.2
    no longer lets it do.
    """

    def __init__(self, config: Any, log: Any, together: Callable[[str], bool]) -> None:
        super().__init__(config, log)
        self._together = together

    @property
    def tests_finished(self) -> bool:
        """Whether there is nothing left to hand out; xdist forgets what a crashed worker gave back."""
        return not self.workqueue and super().tests_finished

    def _assign_work_unit(self, node: Any) -> None:
        """Give work to a worker that has collected: one in the place of a dead one is asked once it has.

        xdist counts the collections of dead workers, too, and takes it for ready (KeyError: <WorkerController gw2>).
        """
        if node in self.registered_collections:
            super()._assign_work_unit(node)

    def _reschedule(self, node: Any) -> None:
        if node in self.registered_collections:
            super()._reschedule(node)

    def _split_scope(self, nodeid: str) -> str:
        """The name of the lot a scenario is handed out in."""
        return "what writes to the site" if self._together(nodeid) else nodeid


def writing_scenarios(catalogue: Catalogue) -> set[str]:
    """Node ids of the scenarios that change the site."""
    scenarios = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    return {scenario.nodeid for scenario in scenarios if scenario.writes or scenario.needs_control_plane}


class WorkerHooks:
    """One worker; its reports travel to the controller with pytest's own."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue, scenarios: ScenarioHooks) -> None:
        self._config = config
        self._assignment: dict[str, Any] = assignment(config)
        self._finished = frozenset(self._assignment["finished"])
        self._worker = worker_id(config)
        self._options = replace(read_options(config), sites_file=self._assignment["sites"])
        self._catalogue = catalogue
        self._scenarios = scenarios
        self._worker_run: WorkerRun | None = None
        self._breaker = CircuitBreaker()
        self._session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, to be able to end it."""
        self._session = session

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """Have the controller hear of a mistake of the user: it would wait for what this worker collects, for ever."""
        try:
            return (yield)
        except pytest.UsageError as problem:
            tell_controller(self._config, str(problem))
            raise

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Open the site and begin."""
        if not session.items:
            return
        try:
            self._begin(session.items)
        except Exception as problem:  # noqa: BLE001 - xdist tells of a fault in a worker, and then of one of its own
            raise why_not_begun(problem, self._config, f"start-{self._worker}") from None

    def _begin(self, items: Sequence[pytest.Item]) -> None:
        site_session = open_site(
            self._assignment["site"],
            Path(self._assignment["sites"]),
            self._options,
            self._catalogue.clauses,
            run_id=self._assignment["run"],
            worker=self._worker,
        )
        self._worker_run = WorkerRun(self._options, self._catalogue, site_session, self._worker)
        self._worker_run.take_over(Discoveries.from_json(self._assignment["discovered"]))
        self._scenarios.begin(self._worker_run, scenarios_of(item for item in items if not self._is_finished(item)))

    def _is_finished(self, item: pytest.Item) -> bool:
        return item.nodeid in self._finished

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Leave out what a resumed run has finished; it is collected, for the reports list everything in that order."""
        return self._is_finished(item) or None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """End this worker when the site has fallen silent: xdist lets a worker finish what it was given."""
        message = attached(report)
        if message and self._breaker.trips(message):
            message["tripped"] = True
            end_session(self._config, self._session, "the site does not answer any more")

    def pytest_unconfigure(self) -> None:
        """Close the site."""
        if self._worker_run is not None:
            self._worker_run.close()
