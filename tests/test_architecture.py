"""docs/architecture.md told the truth: who may import whom, what is called how, where it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: Each room and the rooms it may import; because: data flows one way, through one room at a time.
MAY_IMPORT = {
    "conformance.sites": set(),
    "conformance.wire": {"conformance.sites"},
    "conformance.judge": {"conformance.sites", "conformance.wire"},
    "conformance.reporting": {"conformance.sites", "conformance.wire", "conformance.judge"},
    "conformance.history": {"conformance.sites", "conformance.judge", "conformance.reporting"},
    "conformance.scenarios": {"conformance.sites", "conformance.wire", "conformance.judge", "conformance.reporting"},
    "conformance.run": {
        "conformance.sites", "conformance.wire", "conformance.judge", "conformance.reporting", "conformance.history",
        "conformance.scenarios", "mocksite",
    },
    "conformance.cli": {"conformance.sites", "conformance.reporting", "conformance.history", "conformance.run"},
    "steps": {"conformance.judge", "conformance.scenarios", "conformance.sites"},
    "mocksite": set(),
}
#: Because only ``run`` knows pytest, a judge or a report can be used without it.
KNOWS_PYTEST = {"conformance.run", "steps"}
#: pytest-bdd reads features and holds the vocabulary; scenarios are carried out without it, and without pytest.
KNOWS_PYTEST_BDD = KNOWS_PYTEST | {"conformance.scenarios"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base"}


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def room_of(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "conformance" and len(parts) > 1 else parts[0]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", list(modules("conformance", "steps", "mocksite")), ids=dotted)
def test_rooms_import_only_rooms_below(path: Path) -> None:
    mine = room_of(dotted(path))
    allowed = MAY_IMPORT.get(mine, {"conformance"}) | {mine}
    for name in imports(path):
        if name.split(".")[0] in ("conformance", "steps", "mocksite"):
            theirs = room_of(name)
            # "from conformance import __version__" belongs to no room.
            assert theirs in allowed or theirs == "conformance.__version__", f"{mine} must not import {name}"


@pytest.mark.parametrize("path", list(modules("conformance", "mocksite")), ids=dotted)
def test_only_the_run_knows_pytest(path: Path) -> None:
    names = {name.split(".")[0] for name in imports(path)}
    if room_of(dotted(path)) not in KNOWS_PYTEST:
        assert not names & {"pytest", "_pytest", "xdist"}
    if room_of(dotted(path)) not in KNOWS_PYTEST_BDD:
        assert "pytest_bdd" not in names


def test_the_mock_is_entered_by_its_public_door_only() -> None:
    """Because the plugin may start the mock as a server, and know nothing else of it."""
    used = {(dotted(path), name) for path in modules("conformance") for name in imports(path) if name.startswith("mocksite")}
    assert used == {("conformance.run.site_session", "mocksite")}


def graph() -> dict[str, set[str]]:
    """The modules of ``conformance``, each with those it imports, wherever in it the import stands."""
    known = {dotted(path): path for path in modules("conformance")}
    found = {}
    for name, path in known.items():
        # "from package import module" imports the module, "from module import name" the module, too.
        used = {one if one in known else one.rpartition(".")[0] for one in imports(path)}
        found[name] = (used & set(known)) - {name, "conformance"}
    return found


def test_there_are_no_circles() -> None:
    """Because of two modules in a circle neither can be read first."""
    try:
        TopologicalSorter(graph()).prepare()
    except CycleError as problem:
        pytest.fail(f"a circle of imports: {' -> '.join(problem.args[1])}")


@pytest.mark.parametrize(
    "folder", sorted(path for path in (ROOT / "conformance").rglob("*") if path.is_dir() and path.name != "__pycache__"), ids=dotted
)
def test_folders_can_be_taken_in_at_a_glance(folder: Path) -> None:
    entries = [path.name for path in folder.iterdir() if path.name not in ("__init__.py", "__pycache__")]
    assert len(entries) <= 14, "more than this in a folder is found by searching, not by reading"


@pytest.mark.parametrize("path", list(modules("conformance", "steps", "mocksite")), ids=dotted)
def test_modules_are_named_after_one_noun_and_stay_readable(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500, "a module of more than 500 lines is not read in one sitting"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", list(modules("conformance", "mocksite", "steps")), ids=dotted)
def test_functions_stay_short(path: Path) -> None:
    for function in functions(path):
        first = function.body[1].lineno if len(function.body) > 1 and ast.get_docstring(function) else function.body[0].lineno
        assert (function.end_lineno or 0) - first < 31, f"{function.name} is longer than thirty lines"


@pytest.mark.parametrize("path", list(modules("conformance", "mocksite")), ids=dotted)
def test_public_things_say_what_they_are_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module says nothing about itself"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("path", list(modules("steps")), ids=dotted)
def test_steps_decide_nothing(path: Path) -> None:
    """Because what is skipped or known is decided at collection, where it can be listed."""
    source = path.read_text(encoding="utf-8")
    assert "pytest.skip" not in source
    assert "pytest.xfail" not in source
    for function in functions(path):
        assert len(function.body) <= 5, f"{function.name} is longer than five lines"
        assert not any(isinstance(node, ast.If | ast.IfExp) for node in ast.walk(function)), f"{function.name} decides"


def test_given_and_when_take_only_the_context_and_what_they_parse() -> None:
    """Because such a step can be carried out ahead of time, away from pytest."""
    import conftest  # noqa: F401 - loads the vocabulary
    from inspect import Parameter, signature

    from conformance.scenarios.step_registry import Sentence, StepRegistry

    for context in StepRegistry().definitions:
        assert isinstance(context.parser, Sentence), context.parser.name
        asked = signature(context.step_func).parameters
        names = {name for name, parameter in asked.items() if parameter.default is Parameter.empty}
        parsed = set(context.parser.arguments)
        assert parsed <= set(asked), context.step_func.__name__
        assert names <= {"context", "datatable"} | parsed, context.step_func.__name__


# -- docs/architecture.md ----------------------------------------------------------

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row but the headings."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def ticked(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@cache
def public_classes() -> dict[str, list[str]]:
    """Every public class of ``conformance``, with the files that define one of that name."""
    found: dict[str, list[str]] = {}
    for path in modules("conformance"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(path.relative_to(ROOT / "conformance").as_posix())
    return found


def test_nothing_else_has_that_name() -> None:
    assert {name: files for name, files in public_classes().items() if len(files) > 1} == {}


def test_every_public_class_is_a_word_of_the_table_and_stands_where_it_says() -> None:
    words = [(name, cells[2].strip("`")) for cells in rows(section("Names in the code")) if len(cells) == 3 for name in ticked(cells[1])]
    assert len(words) > 60
    for name, file in words:
        assert file in public_classes().get(name, ()), f"docs/architecture.md, Names in the code: there is no class {name} in {file}"
    missing = [f"| ... | `{name}` | `{files[0]}` |" for name, files in public_classes().items() if name not in dict(words)]
    assert not missing, "docs/architecture.md, Names in the code, needs a row: " + "; ".join(missing)


def test_the_tables_of_packages_name_every_module() -> None:
    listed: set[str] = set()
    for package in section("Packages and modules").split("\n### ")[1:]:
        folder = ROOT / "conformance" / ticked(package)[0]
        names = [name for first, *_ in rows(package) for name in ticked(first)]
        listed |= {(folder / name).resolve().relative_to(ROOT).as_posix() for name in names}
    there = {path.relative_to(ROOT).as_posix() for path in modules("conformance") if path.name != "__init__.py"}
    folders = {"conformance/reporting/pages", "conformance/reporting/formats"}
    assert listed == there | folders, f"docs/architecture.md, Packages and modules: {sorted(listed ^ (there | folders))}"


def test_every_file_and_name_on_the_way_of_a_scenario_is_there() -> None:
    way = section("The path of a scenario")
    files = re.findall(r"(?:conformance|steps)/[\w/]+\.py", way)
    assert len(files) > 15
    assert [file for file in files if not (ROOT / file).is_file()] == []
    for short in re.findall(r"\b(?:sites|wire|judge|reporting|scenarios|run)/\w+\.py", way.partition("```\n")[0]):
        assert (ROOT / "conformance" / short).is_file(), short
    functions_of = {node.name for path in modules("conformance") for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}
    for name in ticked(way.partition("What happens with `Then")[2]):
        if re.fullmatch(r"[A-Za-z]\w+", name):
            assert name in public_classes() or name in functions_of, f"docs/architecture.md, The path of a scenario: {name}"


def test_private_parts_stand_where_the_list_says() -> None:
    for *_, where in rows(section("Private APIs of other projects")):
        for file in ticked(where):
            assert (ROOT / "conformance" / file).is_file(), file


def test_the_layout_in_the_readme_has_a_line_for_every_room() -> None:
    layout = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Layout\n")[2].partition("\n## ")[0]
    named = [name.removesuffix("/") for first, *_ in rows(layout) for name in ticked(first)]
    assert [name for name in named if not (ROOT / name.removesuffix("/<release>")).is_dir()] == []
    rooms = [path for house in ("conformance", "mocksite") for path in (ROOT / house).iterdir() if path.is_dir()]
    assert {f"{path.parent.name}/{path.name}" for path in rooms if path.name != "__pycache__"} <= set(named)
    assert len(named) == len(set(named))
