"""Every scenario of the feature files, read once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.parser import Parser
from pytest_bdd import exceptions
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature, ScenarioTemplate

from conformance.judge.clauses import Clause, load_clauses
from conformance.run.case import Case, plain_name, read_case, within
from conformance.run.stepbook import StepBook
from conformance.target.release import Release
from conformance.target.trouble import UserError


@dataclass(frozen=True)
class FeatureFile:
    """One feature file: its scenarios by name, and the cases of each, one per row of an outline."""

    path: Path
    feature: Feature
    templates: Mapping[str, ScenarioTemplate]
    cases: Mapping[tuple[str, tuple[str, ...]], Case]


class Catalogue:
    """Reads feature files into cases."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.book = StepBook()
        self._files: dict[Path, FeatureFile] = {}
        self._clauses: dict[str, Clause] | None = None

    @property
    def clauses(self) -> dict[str, Clause]:
        """The clause list beside the features."""
        if self._clauses is None:
            self._clauses = load_clauses(self.root / "features")
        return self._clauses

    @property
    def newest(self) -> Release:
        """The newest release the clause list speaks about."""
        return max(clause.release for clause in self.clauses.values())

    def read(self, path: Path) -> FeatureFile:
        """The scenarios of ``path``; :class:`UserError` on anything that would silently drop or confuse one."""
        place = path.absolute()
        if place not in self._files:
            self._files[place] = self._read(place)
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
        templates: dict[str, ScenarioTemplate] = {}
        cases: dict[tuple[str, tuple[str, ...]], Case] = {}
        for template in feature.scenarios.values():
            plain = plain_name(template.name)
            if plain in templates:
                raise UserError(
                    "title-twice", f"two scenarios are called {plain!r}", where=f"{name}:{template.line_number}"
                )
            templates[plain] = template
            for row in rows_of(template):
                key = (plain, tuple(row.values()))
                if key in cases:
                    raise UserError(
                        "row-twice", f"{plain!r} has the same row twice", where=f"{name}:{template.line_number}"
                    )
                cases[key] = read_case(feature, template, row, name, self.clauses, self.book)
        written = _written_scenarios(path)
        if written != len(templates):
            # pytest-bdd keeps the last of several scenarios with one name and says nothing.
            raise UserError(
                "title-twice",
                f"{written} scenarios are written but {len(templates)} found: two share a title",
                where=name,
            )
        return FeatureFile(path, feature, templates, cases)


def rows_of(template: ScenarioTemplate) -> list[dict[str, str]]:
    """The rows of an outline; one empty row for a plain scenario."""
    return [row for examples in template.examples for row in examples.as_contexts()] or [{}]


def feature_files(place: Path) -> list[Path]:
    """``place`` itself, or every feature file below it."""
    return [place] if place.suffix == ".feature" else sorted(place.rglob("*.feature"))


def _parse(path: Path, name: str) -> Feature:
    try:
        return get_feature(str(path.parent), path.name)
    except exceptions.GherkinParseError as problem:
        raise UserError("feature-syntax", f"{problem.message}", where=f"{name}:{problem.line}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError("feature-unreadable", f"cannot read the feature: {problem}", where=name) from None


def _written_scenarios(path: Path) -> int:
    """Scenarios as the official Gherkin parser counts them, the measure nothing may fall short of."""
    document = Parser().parse(path.read_text(encoding="utf-8"))
    feature: dict[str, Any] = dict(document.get("feature") or {"children": []})
    groups = [feature["children"], *(child["rule"]["children"] for child in feature["children"] if "rule" in child)]
    return sum("scenario" in child for group in groups for child in group)
