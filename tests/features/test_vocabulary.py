"""Sentences as editors and the official Cucumber expressions read them."""

from __future__ import annotations

import ast
from inspect import signature
from pathlib import Path

import pytest
from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry

from conformance.scenarios.step_registry import Sentence, StepMatch, StepRegistry
from tests.conftest import ROOT

FILES = sorted((ROOT / "steps").glob("*.py"))


def calls(file: Path, *names: str) -> list[ast.Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def parameters() -> list[dict[str, str]]:
    return [
        {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords}
        for call in calls(ROOT / "steps" / "__init__.py", "parameter_type")
    ]


def test_the_official_library_makes_the_same_of_every_sentence() -> None:
    registry = ParameterTypeRegistry()
    for given in parameters():
        registry.define_parameter_type(ParameterType(given["name"], given["regexp"], str))
    sentences = [context.parser for context in StepRegistry().definitions if isinstance(context.parser, Sentence)]
    assert len(sentences) == len(StepRegistry().definitions) > 60
    assert {one.name: one.regexp for one in sentences} == {
        one.name: CucumberExpression(one.name, registry).regexp for one in sentences
    }


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_editors_can_read_sentences_and_patterns_as_plain_text(file: Path) -> None:
    """Because Cucumber's language service takes what stands between the quotes, as it stands there."""
    source = file.read_text(encoding="utf-8")
    given = [call.args[0] for call in calls(file, "given", "when", "then", "step")]
    given += [keyword.value for call in calls(file, "parameter_type") for keyword in call.keywords]
    assert given
    for text in given:
        assert isinstance(text, ast.Constant)
        assert isinstance(text.value, str)
        assert ast.get_source_segment(source, text) in (f'"{text.value}"', f"'{text.value}'")


def test_every_table_that_judges_has_a_header_its_step_knows() -> None:
    judging = [one.step_func for one in StepRegistry().definitions if one.type == "then"]
    tables = [function for function in judging if "datatable" in signature(function).parameters]
    assert len(tables) >= 5
    assert [function.__name__ for function in tables if not StepMatch(function, {}).columns] == []


def test_every_parameter_stands_in_a_sentence() -> None:
    sentences = " ".join(context.parser.name for context in StepRegistry().definitions)
    assert [one["name"] for one in parameters() if f"{{{one['name']}}}" not in sentences] == []


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("the {nobody} sends", "steps/__init__.py has no parameter 'nobody'"),
        ("the site(s)", "no brackets"),
        ("a sentence.", "no brackets, dots"),
    ],
)
def test_a_sentence_that_cannot_be_read_says_why(sentence: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"the sentence '.*' cannot be read") as told:
        Sentence(sentence)
    assert why in str(told.value)
