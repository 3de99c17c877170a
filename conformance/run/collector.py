"""Collects scenarios straight from ``.feature`` files: no binding modules, node ids that name the feature."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import scenario

from conformance.run.case import Case
from conformance.run.catalogue import Catalogue, FeatureFile
from conformance.target.trouble import UserError

CASE = pytest.StashKey[Case]()
#: The node id as collected; xdist appends a group to its own.
NODEID = pytest.StashKey[str]()


class FeatureModule(pytest.Module):
    """One feature file as a module of scenario functions, named as the scenarios are."""

    catalogue: Catalogue

    def _getobj(self) -> types.ModuleType:
        """A module made up on the spot; pytest and pytest-bdd do the rest."""
        file = self.read()
        module = types.ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        for plain, template in file.templates.items():
            setattr(module, plain, _function(self.path, template.name))
        return module

    def read(self) -> FeatureFile:
        """The scenarios of the file; a mistake in it ends the run as a usage error."""
        return self.catalogue.read(self.path)

    def funcnamefilter(self, name: str) -> bool:
        """Every attribute is a scenario, whatever its name."""
        return name in self.read().templates

    def classnamefilter(self, name: str) -> bool:
        """There are no classes in a feature."""
        return False

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """The scenarios, each with its case, in the order of the file."""
        cases = self.read().cases
        items = [item for item in super().collect() if isinstance(item, pytest.Function)]
        for item in items:
            row: Any = item.callspec.params["_pytest_bdd_example"] if hasattr(item, "callspec") else {}
            item.stash[CASE] = cases[item.originalname, tuple(row.values())]
        yield from sorted(items, key=lambda item: item.stash[CASE].line)


def _function(path: Path, name: str) -> Callable[..., Any]:
    @scenario(path.name, name, features_base_dir=str(path.parent))
    def run() -> None:
        """pytest-bdd carries the steps out before this body."""

    return run


def mark(item: pytest.Item, config: pytest.Config) -> None:
    """Give an item the markers its tags and steps stand for, and its place in the feature file."""
    case = item.stash.get(CASE, None)
    if case is None:
        return
    item.stash[NODEID] = item.nodeid
    for name in case.markers:
        config.addinivalue_line("markers", name)
        item.add_marker(name)
    place = (Path(case.path), case.line - 1, case.title)
    item.reportinfo = lambda: place  # type: ignore[method-assign]
    item.location = (case.path, case.line - 1, case.title)


def account_for_every_scenario(items: Iterable[pytest.Item], modules: Iterable[FeatureFile]) -> None:
    """A run that lost a scenario between file and collection must never be green."""
    collected = {
        (item.stash[CASE].path, item.stash[CASE].line, item.stash[CASE].row) for item in items if CASE in item.stash
    }
    for module in modules:
        for case in module.cases.values():
            if (case.path, case.line, case.row) not in collected:
                raise UserError("scenario-lost", f"{case.title!r} was not collected", where=f"{case.path}:{case.line}")
