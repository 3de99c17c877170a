"""The instrument that measures tests by mutants of what they test; ``make mutants`` uses it."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.mutants.__main__ import table
from tests.mutants.measure import Equivalent, Mutant, counted, equivalents, function_of, line_of, modules, stale

DIFFERENCE = """--- conformance/judge/list_checks.py
+++ conformance/judge/list_checks.py
@@ -1,4 +1,4 @@
 def choices(services):
-    for number in range(1, len(services) + 1):
+    for number in range(1, len(services) + 2):
"""


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("conformance.judge.list_checks.x_choices__mutmut_7", "list_checks.choices"),
        ("conformance.judge.list_checks.x__sum__mutmut_12", "list_checks._sum"),
        ("conformance.judge.elements.xǁFinderǁ_below__mutmut_3", "elements.Finder._below"),
    ],
)
def test_names_of_mutants_are_read(name: str, function: str) -> None:
    assert function_of(name) == function


def test_a_name_in_another_form_is_told() -> None:
    with pytest.raises(ValueError, match="mutmut calls"):
        function_of("choices_7")


def test_the_line_that_was_put_in() -> None:
    assert line_of(DIFFERENCE) == "for number in range(1, len(services) + 2):"
    assert line_of("nothing") == ""


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
