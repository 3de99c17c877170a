"""Every scenario of the feature files, read once and kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conformance.judge.clauses import Clause, Edition, load_clauses, load_editions, unknown_to
from conformance.scenarios.pytest_bdd_internals import (
    Feature,
    GherkinParseError,
    ScenarioTemplate,
    parse_feature,
    scenario_headings,
)
from conformance.scenarios.scenario import Scenario, read_scenario, within
from conformance.scenarios.scenario_data import demand_references
from conformance.scenarios.step_registry import StepRegistry
from conformance.sites.errors import UserError
from conformance.sites.release import Release, demand_published
from conformance.sites.user_files import why_unreadable


@dataclass(frozen=True)
class FeatureFile:
    """One feature file and its scenarios by title, one per row of an outline."""

    path: Path
    feature: Feature
    scenarios: Mapping[str, Scenario]


class Catalogue:
    """Reads feature files into scenarios."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.registry = StepRegistry()
        self._files: dict[Path, FeatureFile] = {}
        self._clauses: dict[str, Clause] | None = None

    @property
    def clauses(self) -> dict[str, Clause]:
        """The clause list beside the features."""
        if self._clauses is None:
            self._clauses = load_clauses(self.root / "features")
        return self._clauses

    @cached_property
    def editions(self) -> dict[Release, Edition]:
        """What is known of the notes of each release."""
        return load_editions(self.root / "features")

    @cached_property
    def releases(self) -> frozenset[Release]:
        """The releases there have been: those of the lists, and those of whose notes nobody has anything."""
        return frozenset(self.editions).union(*(edition.missing for edition in self.editions.values()))

    def untold(self, release: Release) -> tuple[str, ...]:
        """What a run judged as ``release`` must say of releases whose notes nobody has."""
        names = ", ".join(map(str, unknown_to(self.editions, release)))
        return (f"nobody has the notes of {names}: what they brought is not judged",) if names else ()

    def read(self, path: Path) -> FeatureFile:
        """The scenarios of ``path``; :class:`UserError` on anything that would silently drop or confuse one."""
        # However a path is spelt, by dots or by a link: one file is read once.
        place = path.resolve()
        if place not in self._files:
            self._files[place] = self._read(Path(os.path.normpath(path.absolute())))
        return self._files[place]

    def known_files(self) -> list[FeatureFile]:
        """Every file read so far."""
        return list(self._files.values())

    def read_all(self, places: Iterable[Path]) -> list[FeatureFile]:
        """Every feature file below ``places``."""
        return [self.read(path) for place in places for path in feature_files(place)]

    def _read(self, path: Path) -> FeatureFile:
        name = within(path, self.root)
        feature = _parse(path, name)
        scenarios: dict[str, Scenario] = {}
        names: set[str] = set()
        for template in feature.scenarios.values():
            for row in outline_rows(template, f"{name}:{template.line_number}"):
                scenario = read_scenario(feature, template, row, name, self.clauses, self.registry)
                demand_references(scenario)
                for tagged in filter(None, (scenario.since, scenario.until)):
                    demand_published(tagged, self.releases, where=f"{name}:{template.line_number}")
                if scenario.name in names:
                    raise _title_twice(f"two scenarios are called {scenario.title!r}", f"{name}:{template.line_number}")
                names.add(scenario.name)
                scenarios[scenario.title] = scenario
        demand_every_scenario(path, feature, name)
        return FeatureFile(path, feature, scenarios)


def _title_twice(what: str, where: str) -> UserError:
    return UserError("title-twice", what, where=where, hint="a title names one scenario of its file")


def outline_rows(template: ScenarioTemplate, where: str = "") -> list[dict[str, str]]:
    """The rows of an outline; one empty row for a plain scenario, a :class:`UserError` for an outline without any."""
    rows = [row for examples in template.examples for row in examples.as_contexts()]
    if (template.templated and not rows) or not all(template.examples):
        raise UserError(
            "outline-empty",
            f"the outline {template.name!r} has no row of examples: it judges nothing",
            where=where,
            hint="give its table a row, or take the outline out",
        )
    return rows or [{}]


def feature_files(place: Path) -> list[Path]:
    """``place`` itself, or every feature file below it."""
    return [place] if place.suffix == ".feature" else sorted(place.rglob("*.feature"))


def _parse(path: Path, name: str) -> Feature:
    try:
        return parse_feature(path)
    except GherkinParseError as problem:
        raise UserError("feature-syntax", f"{problem.message}", where=f"{name}:{problem.line}") from None
    except (OSError, UnicodeDecodeError) as problem:
        what = f"cannot read the feature: {why_unreadable(problem)}"
        raise UserError("feature-unreadable", what, where=name) from None


def demand_every_scenario(path: Path, feature: Feature, name: str) -> None:
    """:class:`UserError` unless each scenario as it is written is there, which tests compare with the Gherkin compiler.

    Of several scenarios with one title pytest-bdd keeps the last and says nothing.
    """
    headings = scenario_headings(feature.language)
    first: dict[str, int] = {}
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    written = [(line, text.strip()) for line, text in enumerate(lines, 1) if text.lstrip().startswith(headings)]
    for line, heading in written:
        title = heading.partition(":")[2].strip()
        if first.setdefault(title, line) != line:
            raise _title_twice(f"a scenario is called {title!r}, as that of line {first[title]} is", f"{name}:{line}")
    if len(written) != len(feature.scenarios):
        raise _title_twice(f"{len(written)} scenarios are written but {len(feature.scenarios)} found", name)
