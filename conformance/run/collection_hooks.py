"""Hooks of collection: feature files are collected as they are, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.reporting.text import printable
from conformance.run.case import WORDS
from conformance.run.catalogue import Catalogue, feature_files
from conformance.run.collector import FeatureCollector, Perform, account_for_every_scenario, scenarios_of
from conformance.target.account import ROLES
from conformance.target.settings import known_settings
from conformance.target.things import known_things, slug
from conformance.target.trouble import UserError


def places(config: pytest.Config) -> list[Path]:
    """The files and folders the command line names."""
    return [Path(str(argument).partition("::")[0]) for argument in config.args]


def usage_error(problem: UserError) -> pytest.UsageError:
    """A mistake of the user as pytest ends with: one message, exit code 4."""
    return pytest.UsageError(printable(str(problem)))


def known_markers(catalogue: Catalogue) -> Iterator[str]:
    """Markers ``-m`` may name though no collected scenario carries them: an unknown one is an error."""
    yield from (*WORDS, *(f"clause.{clause}" for clause in catalogue.clauses))
    yield from (f"since.{clause.release}" for clause in catalogue.clauses.values())
    yield from (f"operation.{path.stem}" for path in (catalogue.root / "payloads").glob("*/*.xml"))
    yield from (f"role.{role}" for role in ROLES)
    yield from (f"setting.{name}.{state}" for name in known_settings() for state in ("on", "off"))
    yield from (f"needs.{slug(name)}" for name in known_things())


class CollectionHooks:
    """Collects features in any process of a run."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue, perform: Perform) -> None:
        self._config = config
        self._catalogue = catalogue
        FeatureCollector.catalogue, FeatureCollector.perform = catalogue, staticmethod(perform)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Read every feature first: a mistake in one ends the run with one message."""
        try:
            for name in known_markers(self._catalogue):
                self._config.addinivalue_line("markers", name)
            self._catalogue.read_all(places(session.config))
        except UserError as problem:
            raise usage_error(problem) from None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Feature files are collected as they are."""
        if file_path.suffix != ".feature":
            return None
        return FeatureCollector.from_parent(parent, path=file_path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Before anything is deselected every scenario must be there; then releases come in the order of publishing."""
        scenarios = scenarios_of(items)
        if not any("::" in str(argument) for argument in self._config.args):
            files = [self._catalogue.read(path) for place in places(self._config) for path in feature_files(place)]
            try:
                account_for_every_scenario(scenarios, files)
            except UserError as problem:
                raise usage_error(problem) from None
        scenarios.sort(key=lambda item: item.case.clause.release)
        items[:] = scenarios
