"""The pytest plugin: declares options, and puts the hooks of a run in place where features are run.

The suite's own tests load it too and are left alone.
"""

from __future__ import annotations

import signal
from typing import Any

import pytest

from conformance.reporting.text import printable
from conformance.run.catalogue import Catalogue
from conformance.run.collection_hooks import CollectionHooks, places
from conformance.run.options import add_options, read_options
from conformance.run.progress import Progress
from conformance.run.run_hooks import RunHooks
from conformance.run.scenario_hooks import ScenarioHooks
from conformance.run.worker_hooks import WorkerHooks
from conformance.target.trouble import UserError


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of a run."""
    add_options(parser)


def _runs_features(config: pytest.Config) -> bool:
    found = places(config)
    return any(place.suffix == ".feature" or next(place.rglob("*.feature"), None) for place in found)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Several sites are several runs side by side."""
    if len(config.option.site or ()) < 2 or not _runs_features(config):
        return None
    from conformance.run.fleet import run_fleet

    try:
        return run_fleet(read_options(config), tuple(config.invocation_params.args))
    except UserError as problem:
        raise pytest.UsageError(printable(str(problem))) from None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run of features: its hooks, where Allure results go, what pytest itself stays silent about."""
    if not _runs_features(config):
        return
    try:
        options = read_options(config)
    except UserError as problem:
        raise pytest.UsageError(printable(str(problem))) from None
    option = config.option
    # Without allure-pytest (-p no:allure_pytest) there is no such option, and the run does without its results.
    if getattr(option, "allure_report_dir", "") is None and not option.collectonly:
        option.allure_report_dir = str(options.reports / "allure-results")
    # The statement tells every failure in its own grammar; pytest's sections would tell them again.
    option.tbstyle, option.reportchars = "no", ""
    _register(config, Catalogue(config.rootpath))


def _register(config: pytest.Config, catalogue: Catalogue) -> None:
    manager = config.pluginmanager
    scenarios = ScenarioHooks(config, catalogue.book)
    manager.register(CollectionHooks(config, catalogue, scenarios.perform), "conformance-collection")
    manager.register(scenarios, "conformance-scenarios")
    if hasattr(config, "workerinput"):
        manager.register(WorkerHooks(config, catalogue, scenarios), "conformance-worker")
        return
    manager.register(RunHooks(config, catalogue, scenarios), "conformance-run")
    manager.register(Progress(config, lambda: scenarios.part.stage.pace.waited), "conformance-progress")
    # A terminated run cleans the site up like an interrupted one.
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(*_: Any) -> None:
    raise KeyboardInterrupt
