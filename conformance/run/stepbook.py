"""The vocabulary as a book: which step definition a sentence means, and with which arguments.

pytest-bdd looks a step up through fixtures, in a test that runs. Gating at
collection, carrying steps out ahead of time and the lints of the features need
the same answer without a running test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from conformance.target.trouble import UserError


def import_vocabulary(root: Path) -> None:
    """Import the step modules below ``root``, as pytest does through conftest.py: no sentence is read without them."""
    for file in sorted((root / "steps").glob("[!_]*.py")):
        import_module(f"steps.{file.stem}")


@dataclass(frozen=True)
class Sentence:
    """One step of a scenario as written: type (given, when, then), words, table, line in the feature file."""

    type: str
    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True)
class Meaning:
    """The step function a sentence means and its parsed arguments."""

    function: Callable[..., object]
    arguments: dict[str, Any]

    def carry_out(self, world: object) -> None:
        """Call the step function on ``world``, away from pytest."""
        self.function(world, **self.arguments)


class StepBook:
    """Every step definition of the ``steps`` package; what a sentence means is looked up once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[StepFunctionContext]] = {}

    @cached_property
    def definitions(self) -> list[StepFunctionContext]:
        """The definitions, as pytest-bdd registered them."""
        return [
            context
            for context in step_function_context_registry.values()
            if context.step_func.__module__.startswith("steps.")
        ]

    def candidates(self, sentence: Sentence) -> list[StepFunctionContext]:
        """Every definition that matches; exactly one, or the vocabulary is ambiguous."""
        return [
            context
            for context in self.definitions
            if context.type in (None, sentence.type) and context.parser.is_matching(sentence.text)
        ]

    def look_up(self, sentence: Sentence, where: str = "") -> Meaning:
        """What ``sentence`` means; :class:`UserError` when nothing or more than one definition fits."""
        key = (sentence.type, sentence.text)
        if key not in self._found:
            self._found[key] = self.candidates(sentence)
        found = self._found[key]
        if len(found) != 1:
            what = "is not in the vocabulary" if not found else f"fits {len(found)} step definitions"
            raise UserError(
                "step-unknown" if not found else "step-ambiguous",
                f"the step {sentence.type.capitalize()} {sentence.text!r} {what}",
                where=f"{where}:{sentence.line}" if where else "",
                hint="the vocabulary stands in steps/",
            )
        context = found[0]
        arguments = dict(context.parser.parse_arguments(sentence.text) or {})
        if sentence.table and "datatable" in signature(context.step_func).parameters:
            arguments["datatable"] = [list(row) for row in sentence.table]
        return Meaning(context.step_func, arguments)
