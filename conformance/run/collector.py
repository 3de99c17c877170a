"""Collects scenarios straight from ``.feature`` files: no binding modules, node ids that name the feature.

pytest-bdd parses features and holds the vocabulary. A scenario is carried out by our own step book and not through
pytest-bdd's fixtures: so lanes, the fault matrix and a run do exactly the same, and a step costs a tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from conformance.run.case import Case
from conformance.run.catalogue import Catalogue, FeatureFile
from conformance.target.trouble import UserError

Perform = Callable[["ScenarioItem"], None]
#: The marks of this run by name: asking pytest for one reads the list of all registered names every time.
_MARKS = pytest.StashKey[dict[str, pytest.MarkDecorator]]()


class FeatureCollector(pytest.File):
    """One feature file."""

    catalogue: Catalogue
    perform: Perform

    def collect(self) -> Iterable[ScenarioItem]:
        """A scenario for each pickle, in the order of the file."""
        for case in self.catalogue.read(self.path).cases.values():
            yield ScenarioItem.from_parent(self, name=case.title, case=case, perform=self.perform)


class ScenarioItem(pytest.Item):
    """One scenario, or one row of an outline."""

    def __init__(self, *, case: Case, perform: Perform, **details: Any) -> None:
        super().__init__(**details)
        self.case = case
        self._perform = perform
        marks = self.config.stash.setdefault(_MARKS, {})
        for name in case.markers:
            if name not in marks:
                self.config.addinivalue_line("markers", name)
                marks[name] = getattr(pytest.mark, name)
            self.add_marker(marks[name])

    def runtest(self) -> None:
        """Carry the scenario out."""
        self._perform(self)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Its place in the feature file, for editors and reports."""
        return self.path, self.case.line - 1, self.name


def scenarios_of(items: Iterable[pytest.Item]) -> list[ScenarioItem]:
    """The scenarios among ``items``."""
    return [item for item in items if isinstance(item, ScenarioItem)]


def account_for_every_scenario(items: Iterable[ScenarioItem], modules: Iterable[FeatureFile]) -> None:
    """A run that lost a scenario between file and collection must never be green."""
    collected = {item.case for item in items}
    for module in modules:
        for case in module.cases.values():
            if case not in collected:
                raise UserError("scenario-lost", f"{case.title!r} was not collected", where=f"{case.path}:{case.line}")
