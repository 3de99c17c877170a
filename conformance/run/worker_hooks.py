"""Hooks of a worker of pytest-xdist: it opens the site the controller names, and carries its share out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.run.breaker import Breaker
from conformance.run.catalogue import Catalogue
from conformance.run.collection_hooks import usage_error
from conformance.run.collector import scenarios_of
from conformance.run.opening import open_site
from conformance.run.options import read_options
from conformance.run.part import RunPart
from conformance.run.scenario_hooks import ScenarioHooks
from conformance.target.trouble import UserError


class WorkerHooks:
    """One worker; its reports travel to the controller with pytest's own."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue, scenarios: ScenarioHooks) -> None:
        self._told: dict[str, Any] = config.workerinput["conformance"]  # type: ignore[attr-defined]
        self._worker = str(config.workerinput["workerid"])  # type: ignore[attr-defined]
        self._options = replace(read_options(config), sites_file=self._told["sites"])
        self._catalogue = catalogue
        self._scenarios = scenarios
        self._part: RunPart | None = None
        self._breaker = Breaker()
        self._session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, to be able to end it."""
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Open the site and begin."""
        if not items:
            return
        try:
            opened = open_site(
                self._told["site"],
                Path(self._told["sites"]),
                self._options,
                self._catalogue.clauses,
                run_id=self._told["run"],
                worker=self._worker,
            )
        except UserError as problem:
            raise usage_error(problem) from None
        self._part = RunPart(self._options, self._catalogue, opened, self._worker)
        self._scenarios.begin(self._part, scenarios_of(items))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """End this worker when the site has fallen silent: xdist lets a worker finish what it was given."""
        told = getattr(report, "conformance", None)
        if told and self._breaker.trips(told) and self._session is not None:
            told["tripped"] = True
            self._session.shouldfail = "the site does not answer any more"

    def pytest_unconfigure(self) -> None:
        """Close the site."""
        if self._part is not None:
            self._part.close()
