"""mutmut on a copy of the suite, and what it says put in words."""

from __future__ import annotations

import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.conftest import ROOT

#: What tests read besides their own folder.
_PARTS = ("conformance", "mocksite", "steps", "features", "payloads", "schemas", "docs", "tests", "conftest.py",
          "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "sites.example.toml")  # fmt: skip
#: It reads the names of checks in the source, where mutants of all of them stand side by side.
_NOT_HERE = "tests/judge/test_corpus.py::test_every_check_of_the_judge_has_its_case"
#: What mutmut writes down for a mutant that its tests did not see, that no test runs, and for those it did not try.
_SURVIVED, _UNTESTED, _UNTRIED = 0, 33, (None, 2, 34)
_NAME = re.compile(r"conformance(?:\.\w+)*\.(?P<module>\w+)\.(?:xǁ(?P<owner>\w+)ǁ|x_)(?P<function>\w+)__mutmut_\d+")


@dataclass(frozen=True)
class Module:
    """A module whose mutants are made, and the tests that are to kill them."""

    name: str
    file: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Equivalent:
    """A mutant that means the same: its function, its line, and why."""

    function: str
    line: str
    why: str


@dataclass(frozen=True)
class Mutant:
    """One mutant: of which function, the line as it became, and what came of it."""

    function: str
    line: str
    outcome: str

    @property
    def module(self) -> str:
        return self.function.partition(".")[0]


def modules() -> dict[str, Module]:
    """Every module that is measured, by its name."""
    table = tomllib.loads(Path(__file__).with_name("modules.toml").read_text(encoding="utf-8"))
    return {name: Module(name, row["file"], tuple(row["tests"])) for name, row in table.items()}


def equivalents() -> list[Equivalent]:
    """The list of those that no test can kill."""
    table = tomllib.loads(Path(__file__).with_name("equivalents.toml").read_text(encoding="utf-8"))
    return [Equivalent(**row) for row in table["equivalent"]]


def copied(folder: Path, chosen: Iterable[Module]) -> None:
    """The suite as it stands, in ``folder``, with what mutmut is to do."""
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, folder / part)
    told = list(chosen)
    settings = {
        "source_paths": ["conformance"],
        "only_mutate": [one.file for one in told],
        "also_copy": [part for part in _PARTS if part != "conformance"],
        "pytest_add_cli_args_test_selection": sorted({test for one in told for test in one.tests}),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:xdist", "--deselect", _NOT_HERE],
    }
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items()))


def mutmut(folder: Path, *arguments: str) -> str:
    """What mutmut says; it must be installed (``make mutants`` does that)."""
    environment = {**os.environ, "WXC_TEST_FIRST_ROWS": "yes"}
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"mutmut {arguments[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def measured(folder: Path, chosen: Iterable[Module], children: int) -> list[Mutant]:
    """Every mutant of the modules with what came of it, tried by so many ``children`` at once."""
    told = list(chosen)
    copied(folder, told)
    mutmut(folder, "run", "--max-children", str(children))
    return [mutant for module in told for mutant in outcomes(folder / "mutants" / module.file)]


def outcomes(file: Path) -> list[Mutant]:
    """The mutants that stand side by side in ``file``; what mutmut wrote down of them stands beside it."""
    codes = json.loads(file.with_name(f"{file.name}.meta").read_text(encoding="utf-8"))["exit_code_by_key"]
    if untried := [name for name, code in codes.items() if code in _UNTRIED]:
        raise SystemExit(f"{len(untried)} of {len(codes)} mutants of {file.name} were not tried, {untried[0]} first")
    source = file.read_text(encoding="utf-8")
    found = []
    for name, code in codes.items():
        outcome = {_SURVIVED: "survived", _UNTESTED: "untested"}.get(code, "killed")
        line = "" if outcome == "killed" else line_of(source, name.rpartition(".")[2])
        found.append(Mutant(function_of(name), line, outcome))
    return found


def function_of(name: str) -> str:
    """The function mutmut made a mutant of, as ``module.Class.function``."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"mutmut calls a mutant {name!r}")
    return ".".join(part for part in (found["module"], found["owner"], found["function"]) if part)


def line_of(source: str, mutant: str) -> str:
    """The line that a mutant put in, without the blanks before it; empty for one that only took lines out."""
    lines, spans = source.splitlines(), _functions(source)
    original = f"{mutant.rpartition('__mutmut_')[0]}__mutmut_orig"
    before, after = (lines[slice(*spans[name])] for name in (original, mutant))
    added = (line for line in difflib.ndiff(before, after) if line.startswith("+ "))
    return next((line[2:].strip() for line in added), "")


@lru_cache(maxsize=1)
def _functions(source: str) -> dict[str, tuple[int, int]]:
    """Where the lines below the head of each function of ``source`` begin and end."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return {node.name: (node.body[0].lineno - 1, node.end_lineno or 0) for node in found}


@dataclass(frozen=True)
class Count:
    """What came of the mutants of one module."""

    module: str
    killed: int
    survived: tuple[Mutant, ...]
    equivalent: int

    @property
    def share(self) -> float:
        """Killed, of those that can be."""
        possible = self.killed + len(self.survived)
        return self.killed / possible if possible else 1.0


def counted(mutants: Iterable[Mutant], known: Iterable[Equivalent]) -> list[Count]:
    """By module: killed, survived, equivalent."""
    same = {(one.function, one.line) for one in known}
    by_module: dict[str, list[Mutant]] = {}
    for one in mutants:
        by_module.setdefault(one.module, []).append(one)
    counts = []
    for module, mine in by_module.items():
        alive = [one for one in mine if one.outcome != "killed"]
        left = tuple(one for one in alive if (one.function, one.line) not in same)
        counts.append(Count(module, len(mine) - len(alive), left, len(alive) - len(left)))
    return counts


def stale(mutants: Iterable[Mutant], known: Iterable[Equivalent], chosen: Iterable[str]) -> list[Equivalent]:
    """Equivalents of these modules that are no survivor any more: the code went on, or a test kills them."""
    alive, names = {(one.function, one.line) for one in mutants if one.outcome != "killed"}, set(chosen)
    return [one for one in known if one.function.partition(".")[0] in names and (one.function, one.line) not in alive]
