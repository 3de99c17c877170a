"""The instrument that measures tests by mutants of what they test; ``make mutants`` uses it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.mutants.__main__ import table
from tests.mutants.measure import Equivalent, Mutant, counted, equivalents, function_of, line_of, modules, outcomes, stale

SOURCE = """
def x_choices__mutmut_orig(services):
    for number in range(1, len(services) + 1):
        yield number

def x_choices__mutmut_1(services):
    for number in range(1, len(services) + 2):
        yield number

def x_choices__mutmut_2(services):
    for number in range(1, len(services) + 1):
        yield None

class Finder:
    def xǁFinderǁ_below__mutmut_orig(
        self, a, b
    ):
        return a

    def xǁFinderǁ_below__mutmut_1(
        self, a, b
    ):
        return None
"""
PREFIX = "conformance.judge.list_checks"


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("conformance.judge.list_checks.x_choices__mutmut_7", "list_checks.choices"),
        ("conformance.judge.list_checks.x__sum__mutmut_12", "list_checks._sum"),
        ("conformance.judge.elements.xǁFinderǁ_below__mutmut_3", "elements.Finder._below"),
        ("conformance.scenarios.ahead.lanes.xǁLanesǁ__init____mutmut_1", "lanes.Lanes.__init__"),
    ],
)
def test_names_of_mutants_are_read(name: str, function: str) -> None:
    assert function_of(name) == function


def test_a_name_in_another_form_is_told() -> None:
    with pytest.raises(ValueError, match="mutmut calls"):
        function_of("choices_7")


@pytest.mark.parametrize(
    ("mutant", "line"),
    [
        ("x_choices__mutmut_1", "for number in range(1, len(services) + 2):"),
        ("x_choices__mutmut_2", "yield None"),
        ("xǁFinderǁ_below__mutmut_1", "return None"),
    ],
)
def test_the_line_that_was_put_in(mutant: str, line: str) -> None:
    assert line_of(SOURCE, mutant) == line


def noted(folder: Path, *codes: int | None) -> Path:
    """A module with its mutants, and what mutmut wrote down of them."""
    file = folder / "list_checks.py"
    file.write_text(SOURCE, encoding="utf-8")
    told = {f"{PREFIX}.x_choices__mutmut_{number}": code for number, code in enumerate(codes, 1)}
    file.with_name("list_checks.py.meta").write_text(json.dumps({"exit_code_by_key": told}), encoding="utf-8")
    return file


@pytest.mark.parametrize(("code", "outcome"), [(1, "killed"), (3, "killed"), (36, "killed"), (-24, "killed"), (0, "survived"), (33, "untested")])
def test_what_came_of_a_mutant(tmp_path: Path, code: int, outcome: str) -> None:
    line = "" if outcome == "killed" else "for number in range(1, len(services) + 2):"
    assert outcomes(noted(tmp_path, code, 1)) == [Mutant("list_checks.choices", line, outcome), Mutant("list_checks.choices", "", "killed")]


@pytest.mark.parametrize("code", [None, 2, 34])
def test_a_mutant_that_was_not_tried_is_not_counted_as_killed(tmp_path: Path, code: int | None) -> None:
    with pytest.raises(SystemExit, match=r"1 of 2 mutants of list_checks.py were not tried, .*x_choices__mutmut_2 first"):
        outcomes(noted(tmp_path, 1, code))


def test_what_is_killed_is_counted_without_equivalents() -> None:
    same = Equivalent("a.f", "x = 2", "because")
    mutants = [Mutant("a.f", "", "killed")] * 18 + [Mutant("a.f", "x = 2", "survived"), Mutant("a.g", "y", "untested")]
    (count,) = counted(mutants, [same])
    assert (count.killed, len(count.survived), count.equivalent) == (18, 1, 1)
    assert count.share == 18 / 19
    assert table([count]) == ["a                killed   18  survived   1  equivalent  1   94.7%", "    untested  a.g: y"]
    assert stale(mutants, [same], ["a"]) == []
    assert stale(mutants[:18], [same], ["a"]) == [same]
    assert stale(mutants[:18], [same], ["b"]) == []


def test_the_lists_name_what_is_there() -> None:
    for module in modules().values():
        assert (ROOT / module.file).is_file()
        assert all((ROOT / test).is_file() for test in module.tests)
    for one in equivalents():
        module = modules()[one.function.partition(".")[0]]
        assert f"def {one.function.rpartition('.')[2]}(" in (ROOT / module.file).read_text(encoding="utf-8")
        assert len(one.why) > 20


def test_what_mutants_need_is_pinned_beside_what_the_suite_needs() -> None:
    suite, mutants = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in (ROOT / "requirements.lock", ROOT / "tests" / "mutants" / "requirements.lock")
    )
    assert {name: mutants.get(name) for name in suite} == suite, "make lock renews both"
    assert "mutmut" in set(mutants) - set(suite)
    assert "tests/mutants/requirements.lock" in (ROOT / "Makefile").read_text(encoding="utf-8")
