"""Mutants of a module made by mutmut and tried in a copy of the suite, and what came of them put in words."""

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
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

#: What tests read besides their own folder.
_PARTS = ("conformance", "mocksite", "steps", "features", "payloads", "schemas", "docs", "tests", "conftest.py",
          "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "sites.example.toml", "reports/README.md")  # fmt: skip
#: It reads the names of checks in the source, where mutants of all of them stand side by side.
_NOT_HERE = "tests/judge/test_corpus.py::test_every_check_of_the_judge_has_its_case"
#: How a mutant ends that is noticed: by a test that fails, or by tests that come to no end.
KILLED = ("killed", "timed out")
_NAME = re.compile(r"conformance(?:\.\w+)*\.(?P<module>\w+)\.(?:xǁ(?P<owner>\w+)ǁ|x_)(?P<function>\w+)__mutmut_\d+")


@dataclass(frozen=True)
class Module:
    """A module whose mutants are made, and the tests that are to kill them."""

    name: str
    file: str
    tests: tuple[str, ...]
    #: The part of those that can be killed that must be.
    least: float = 0.95


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
    return {name: Module(name, **{**row, "tests": tuple(row["tests"])}) for name, row in _table()["module"].items()}


def left_out() -> dict[str, str]:
    """Modules that are not measured, by file, and why."""
    return {row["file"]: row["why"] for row in _table()["left-out"]}


def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("modules.toml").read_text(encoding="utf-8"))


def equivalents() -> list[Equivalent]:
    """The list of those that no test can kill."""
    table = tomllib.loads(Path(__file__).with_name("equivalents.toml").read_text(encoding="utf-8"))
    return [Equivalent(**row) for row in table["equivalent"]]


def copied(folder: Path) -> None:
    """The suite as it stands, in ``folder``."""
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            (folder / part).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / part, folder / part)


def measured(folder: Path, module: Module, children: int, known: Collection[Equivalent] = ()) -> list[Mutant]:
    """Every mutant of ``module`` with what came of it, tried in the copy in ``folder``, by so many ``children`` at once.

    Where that is too few, what survived and is not ``known`` to mean the same is tried again in a process of its own,
    where nothing was imported or compiled before it.
    """
    place = folder / module.file
    original = place.read_text(encoding="utf-8")
    try:
        source, names = mutated(module.file, original)
        place.write_text(source, encoding="utf-8")
        codes = tried(folder, module, names, children)
        found = [mutant_of(source, name, codes[name]) for name in names]
        if all(count.share >= module.least for count in counted(found, known)):
            return found
        same = {(one.function, one.line) for one in known}
        return [
            one if one.outcome in KILLED or (one.function, one.line) in same else again(folder, module, name, one)
            for name, one in zip(names, found, strict=True)
        ]
    finally:
        place.write_text(original, encoding="utf-8")


def mutated(file: str, original: str) -> tuple[str, list[str]]:
    """The module with all its mutants side by side, and their names; mutmut must be installed (``make mutants`` does that)."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    made = mutate_file_contents(file, original)
    module = file.removesuffix(".py").replace("/", ".")
    return made.code, [f"{module}.{name}" for name in made.mutant_names]


def pytest_of(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Tests in the copy in ``folder``; nobody reads how they fail, so that no time goes into saying it well."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", "--tb=native"]
    return subprocess.run(
        [*command, "-o", "tmp_path_retention_policy=none", "--deselect", _NOT_HERE, *arguments], cwd=folder, capture_output=True, text=True,
        check=False, env={**os.environ, "WXC_TEST_FIRST_ROWS": "yes", **(environment or {})},
    )  # fmt: skip


def tried(folder: Path, module: Module, names: list[str], children: int) -> dict[str, str]:
    """What came of each mutant, by name, in forks of one process (:mod:`tests.mutants.trials`)."""
    file = folder / "trials.json"
    file.write_text(json.dumps(names), encoding="utf-8")
    environment = {"WXC_TRIALS": str(file), "WXC_TRIALS_CHILDREN": str(children)}
    done = pytest_of(folder, "-p", "tests.mutants.trials", *module.tests, environment=environment)
    outcomes = json.loads(file.read_text(encoding="utf-8"))
    if done.returncode or not isinstance(outcomes, dict):
        raise SystemExit(f"the tests of {module.name} ended with {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
    return outcomes


def again(folder: Path, module: Module, name: str, mutant: Mutant) -> Mutant:
    """``mutant`` tried by all tests of its module in a process of its own."""
    done = pytest_of(folder, "-x", *module.tests, environment={"MUTANT_UNDER_TEST": name})
    return replace(mutant, outcome="killed", line="") if done.returncode else mutant


def mutant_of(source: str, name: str, outcome: str) -> Mutant:
    """The mutant of that name, of those that stand side by side in ``source``."""
    return Mutant(function_of(name), "" if outcome in KILLED else line_of(source, name.rpartition(".")[2]), outcome)


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
        alive = [one for one in mine if one.outcome not in KILLED]
        left = tuple(one for one in alive if (one.function, one.line) not in same)
        counts.append(Count(module, len(mine) - len(alive), left, len(alive) - len(left)))
    return counts


def stale(mutants: Iterable[Mutant], known: Iterable[Equivalent], chosen: Iterable[str]) -> list[Equivalent]:
    """Equivalents of these modules that are no survivor any more: the code went on, or a test kills them."""
    alive, names = {(one.function, one.line) for one in mutants if one.outcome not in KILLED}, set(chosen)
    return [one for one in known if one.function.partition(".")[0] in names and (one.function, one.line) not in alive]
