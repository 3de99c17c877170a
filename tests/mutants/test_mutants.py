"""The instrument that measures tests by mutants of what they test; ``make mutants`` uses it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.mutants.__main__ import table
from tests.mutants.measure import Equivalent, Mutant, counted, equivalents, function_of, left_out, line_of, modules, mutant_of, stale
from tests.mutants.planted import Planted, bugs

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


@pytest.mark.parametrize("outcome", ["killed", "timed out", "survived", "untested"])
def test_only_of_what_was_not_noticed_the_line_is_told(outcome: str) -> None:
    line = "" if outcome in ("killed", "timed out") else "for number in range(1, len(services) + 2):"
    assert mutant_of(SOURCE, f"{PREFIX}.x_choices__mutmut_1", outcome) == Mutant("list_checks.choices", line, outcome)


TRIED = {
    "mutmut/mutation/trampoline.py": "",
    # What mutmut makes of a module, in short: which function it is says the environment.
    "sums.py": """
import os
from mutmut.mutation import trampoline

def half(number):
    if os.environ["MUTANT_UNDER_TEST"] == "stats":
        trampoline.record_trampoline_hit("sums.x_half")
    return {"sums.x_half__mutmut_1": number / 3, "sums.x_half__mutmut_2": number * 0.5}.get(os.environ["MUTANT_UNDER_TEST"], number / 2)
""",
    "test_sums.py": "from sums import half\n\ndef test_half(): assert half(2) == 1\n\ndef test_other(): assert True\n",
}


@pytest.mark.parametrize("sound", [True, False])
def test_mutants_are_tried_by_the_tests_that_reach_them(tmp_path: Path, sound: bool) -> None:
    for name, text in TRIED.items():
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).write_text(text if sound else text.replace("== 1", "== 2"), encoding="utf-8")
    file = tmp_path / "trials.json"
    file.write_text(json.dumps(["sums.x_half__mutmut_1", "sums.x_half__mutmut_2", "sums.x_double__mutmut_1"]), encoding="utf-8")
    path = os.pathsep.join(map(str, (tmp_path, ROOT)))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.mutants.trials", "--rootdir", str(tmp_path), "test_sums.py"]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "WXC_TRIALS": str(file), "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    outcomes = json.loads(file.read_text(encoding="utf-8"))
    if sound:
        assert outcomes == {"sums.x_half__mutmut_1": "killed", "sums.x_half__mutmut_2": "survived", "sums.x_double__mutmut_1": "untested"}, done.stdout
    else:
        assert (done.returncode, "1 failed, 1 passed" in done.stdout) == (1, True)
        assert isinstance(outcomes, list), "nothing was tried"


def test_what_is_killed_is_counted_without_equivalents() -> None:
    same = Equivalent("a.f", "x = 2", "because")
    mutants = [Mutant("a.f", "", "killed")] * 18 + [Mutant("a.f", "x = 2", "survived"), Mutant("a.g", "y", "untested")]
    (count,) = counted(mutants, [same])
    assert (count.killed, len(count.survived), count.equivalent) == (18, 1, 1)
    assert count.share == 18 / 19
    line = "a                killed   18  survived   1  equivalent   1   94.7%"
    assert table(count, 0.95) == [f"{line}  below 95%", "    untested  a.g: y"]
    assert table(count, 0.94)[0] == line
    assert stale(mutants, [same], ["a"]) == []
    assert stale(mutants[:18], [same], ["a"]) == [same]
    assert stale(mutants[:18], [same], ["b"]) == []


def test_the_lists_name_what_is_there() -> None:
    for module in modules().values():
        assert (ROOT / module.file).is_file()
        for file, _, test in (one.partition("::") for one in module.tests):
            assert not test or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
            assert (ROOT / file).is_file()
    for one in equivalents():
        module = modules()[one.function.partition(".")[0]]
        assert f"def {one.function.rpartition('.')[2]}(" in (ROOT / module.file).read_text(encoding="utf-8")
        assert len(one.why) > 20


def test_all_that_decides_verdicts_is_measured_or_said_to_be_left_out() -> None:
    decided = [*(one.file for one in modules().values()), *left_out()]
    assert len(decided) == len(set(decided))
    places = ("judge", "reporting", "scenarios/ahead")
    files = {str(file.relative_to(ROOT)) for place in places for file in (ROOT / "conformance" / place).rglob("*.py") if file.stat().st_size > 300}
    gating_and_clean_up = {"scenarios/run_context.py", "scenarios/cleanup.py", "scenarios/disposables.py", "sites/ledger.py"}
    assert set(decided) == files | {f"conformance/{name}" for name in gating_and_clean_up}
    assert all(len(why) > 20 for why in left_out().values())


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.what)
def test_a_planted_bug_still_has_its_place_and_its_test(bug: Planted) -> None:
    assert bug.source() != (ROOT / bug.file).read_text(encoding="utf-8")
    compile(bug.source(), bug.file, "exec")
    file, _, test = bug.test.partition("::")
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")


def test_a_planted_bug_whose_place_is_gone_is_told() -> None:
    with pytest.raises(ValueError, match="findings.py holds 0 times: no such line"):
        replace(bugs()[0], file="conformance/judge/findings.py", before="no such line").source()


def test_what_mutants_need_is_pinned_beside_what_the_suite_needs() -> None:
    suite, mutants = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in (ROOT / "requirements.lock", ROOT / "tests" / "mutants" / "requirements.lock")
    )
    assert {name: mutants.get(name) for name in suite} == suite, "make lock renews both"
    assert "mutmut" in set(mutants) - set(suite)
    assert "tests/mutants/requirements.lock" in (ROOT / "Makefile").read_text(encoding="utf-8")
