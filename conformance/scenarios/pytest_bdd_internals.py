"""What we use of the inside of pytest-bdd, in one place: its Gherkin parser and its list of step definitions.

pytest-bdd documents decorators and ``scenarios()``. We read features and carry
steps out ourselves, and so need what stands behind them. An upgrade that moves
one of these is told by ``tests/test_internals.py``.
"""

from __future__ import annotations

from pathlib import Path

from gherkin.dialect import Dialect
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature, ScenarioTemplate, Step, render_string
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

__all__ = [
    "Feature",
    "GherkinParseError",
    "ScenarioTemplate",
    "Step",
    "StepFunctionContext",
    "parse_feature",
    "render_string",
    "scenario_headings",
    "step_definitions",
]


def parse_feature(path: Path) -> Feature:
    """The feature in ``path``; :class:`GherkinParseError` with its line when it is none."""
    try:
        # With or without the byte order mark that editors on Windows write.
        return get_feature(str(path.parent), path.name, encoding="utf-8-sig")
    except KeyError as problem:
        # A file of nothing but comments is Gherkin, too, which pytest-bdd does not expect.
        if problem.args != ("feature",):
            raise
        raise GherkinParseError("the file holds no Feature", 1, "", str(path)) from None


def scenario_headings(language: str) -> tuple[str, ...]:
    """What a line starts with that begins a scenario, in the language of a feature."""
    dialect = Dialect.for_name(language)
    keywords = (*dialect.scenario_keywords, *dialect.scenario_outline_keywords) if dialect else ()
    return tuple(f"{keyword}:" for keyword in keywords)


def step_definitions(package: str) -> list[StepFunctionContext]:
    """Every step definition registered from the modules of ``package``."""
    return [
        context
        for context in step_function_context_registry.values()
        if context.step_func.__module__.startswith(f"{package}.")
    ]
