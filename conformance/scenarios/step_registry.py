"""The vocabulary: sentences as Cucumber expressions; which of them a step of a feature matches, with which arguments.

pytest-bdd looks a step up through fixtures, in a test that runs. Gating at
collection, carrying steps out ahead of time and the lints of the features need
the same answer without a running test.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from inspect import Parameter, signature, unwrap
from pathlib import Path
from typing import Any, TypeVar

import pytest_bdd

from conformance.scenarios.pytest_bdd_internals import StepFunctionContext, step_definitions
from conformance.sites.errors import UserError


def import_vocabulary(root: Path) -> None:
    """Import the step modules below ``root``, as pytest does through conftest.py: no sentence is read without them."""
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    for file in sorted((root / "steps").glob("[!_]*.py")):
        import_module(f"steps.{file.stem}")


#: Of each parameter its pattern, and the argument of the step function it becomes.
_PARAMETERS: dict[str, tuple[str, str]] = {}
_PARAMETER = re.compile(r"\{(\w+)\}")
_ALTERNATIVES = re.compile(r"[^\s{}/]+(?:/[^\s{}/]+)+")
#: Cucumber expressions know more, and editors take a sentence with one of these for a regular expression.
_BEYOND = re.compile(r"[\\^$.|?*+()\[\]]")


def parameter_type(*, name: str, regexp: str, argument: str = "") -> None:
    """What ``{name}`` stands for in a sentence, and which argument of the step function it becomes."""
    _PARAMETERS[name] = (regexp, argument or name)


class Sentence(pytest_bdd.parsers.StepParser):
    """A Cucumber expression of words, parameters and alternatives (``is/are``), as a step parser of pytest-bdd.

    The official cucumber-expressions makes the same patterns of them, as a test sees to; a run would
    start a tenth later by it (docs/decisions/libraries.md, Sentences).
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        unknown = [one for one in _PARAMETER.findall(name) if one not in _PARAMETERS]
        if unknown or _BEYOND.search(name):
            why = f"steps/__init__.py has no parameter {unknown[0]!r}" if unknown else "no brackets, dots and the like"
            raise ValueError(f"the sentence {name!r} cannot be read: {why}")
        self.arguments = tuple(_PARAMETERS[one][1] for one in _PARAMETER.findall(name))
        words = _ALTERNATIVES.sub(lambda found: f"(?:{found.group().replace('/', '|')})", name)
        self._pattern = re.compile(f"^{_PARAMETER.sub(lambda found: f'({_PARAMETERS[found[1]][0]})', words)}$")

    @property
    def regexp(self) -> str:
        """The sentence as a regular expression."""
        return self._pattern.pattern

    def is_matching(self, name: str) -> bool:
        """Whether the step ``name`` is this sentence."""
        return self._pattern.match(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """What stands in the places of the parameters."""
        found = self._pattern.match(name)
        return dict(zip(self.arguments, found.groups(), strict=True)) if found else None


_Decorator = Callable[[Callable[..., object]], Callable[..., object]]


def given(sentence: str) -> _Decorator:
    """A step that says what there is."""
    return pytest_bdd.given(Sentence(sentence))


def when(sentence: str) -> _Decorator:
    """A step that does something."""
    return pytest_bdd.when(Sentence(sentence))


def then(sentence: str) -> _Decorator:
    """A step that judges."""
    return pytest_bdd.then(Sentence(sentence))


def step(sentence: str) -> _Decorator:
    """A step of any of the three kinds."""
    return pytest_bdd.step(Sentence(sentence))


_Step = TypeVar("_Step", bound=Callable[..., object])


def columns(*names: str) -> Callable[[_Step], _Step]:
    """The header of the table below a step that judges: without it the first row would be taken for one, unread."""

    def told(function: _Step) -> _Step:
        function.__dict__["columns"] = names
        return function

    return told


@dataclass(frozen=True)
class ScenarioStep:
    """One step of a scenario as written: type (given, when, then), words, table, line in the feature file."""

    type: str
    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True)
class StepMatch:
    """The step function that matches a step, and its parsed arguments."""

    function: Callable[..., object]
    arguments: dict[str, Any]

    def carry_out(self, context: object) -> None:
        """Call the step function on ``context``, away from pytest."""
        self.function(context, **self.arguments)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the header of its table must be; empty for a table without one."""
        return getattr(self.function, "columns", ())


class StepRegistry:
    """Every step definition of the ``steps`` package; what matches a step is looked up once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[StepFunctionContext]] = {}

    @cached_property
    def definitions(self) -> list[StepFunctionContext]:
        """The definitions, as pytest-bdd registered them."""
        return step_definitions("steps")

    def candidates(self, step: ScenarioStep) -> list[StepFunctionContext]:
        """Every definition that matches; exactly one, or the vocabulary is ambiguous."""
        return [
            context
            for context in self.definitions
            if context.type in (None, step.type) and context.parser.is_matching(step.text)
        ]

    def look_up(self, step: ScenarioStep, where: str = "") -> StepMatch:
        """What ``step`` matches; :class:`UserError` when nothing or more than one definition fits."""
        key = (step.type, step.text)
        if key not in self._found:
            self._found[key] = self.candidates(step)
        found = self._found[key]
        if len(found) != 1:
            what = "is not in the vocabulary" if not found else f"fits {len(found)} step definitions"
            raise UserError(
                "step-unknown" if not found else "step-ambiguous",
                f"the step {step.type.capitalize()} {step.text!r} {what}",
                where=f"{where}:{step.line}" if where else "",
                hint="the vocabulary stands in steps/",
            )
        context = found[0]
        arguments = dict(context.parser.parse_arguments(step.text) or {})
        table = _parameters(context.step_func).get("datatable")
        if step.table and table:
            arguments["datatable"] = [list(row) for row in step.table]
        elif table and (table.default is Parameter.empty or step.text.endswith(" with")):
            what = f"the step {step.text!r} needs a table below it"
            raise UserError("step-table", what, where=f"{where}:{step.line}" if where else "")
        _demand_no_fixture(context.step_func, arguments)
        return StepMatch(context.step_func, arguments)


@cache
def _parameters(function: Callable[..., object]) -> dict[str, Parameter]:
    """The parameters of a step function but the first, which is the context."""
    _, *others = signature(function).parameters.values()
    return {parameter.name: parameter for parameter in others}


def _demand_no_fixture(function: Callable[..., object], arguments: dict[str, Any]) -> None:
    """A step is carried out without a running test, ahead of time on a lane, too: no fixture of pytest reaches it."""
    for name, parameter in _parameters(function).items():
        if name not in arguments and parameter.default is Parameter.empty:
            code = unwrap(function).__code__
            raise UserError(
                "step-argument",
                f"the step function {function.__name__} asks for {name!r}: steps take the context, what their sentence"
                " says, and datatable where a table stands below them; no fixture of pytest",
                where=f"{code.co_filename}:{code.co_firstlineno}",
                hint="what steps share stands in conformance/scenarios/scenario_context.py",
            )
