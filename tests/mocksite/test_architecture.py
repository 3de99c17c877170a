"""Rules of the house that the mock keeps (mocksite/README.md, CONTRIBUTING.md), and that its README tells the truth."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "mocksite"
MODULES = {
    ".".join(path.relative_to(ROOM.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOM.rglob("*.py"))
}
ALLOWED = {"lxml", "trustme", "mocksite"}

#: Each room, its floor, and the rooms it may import; because: whoever changes a room looks at it and at those above.
FLOORS: dict[str, tuple[int, set[str]]] = {
    "errors": (1, set()),
    "model": (1, {"errors"}),
    "protocol": (2, {"errors", "model"}),
    "seed": (3, {"errors", "model", "protocol"}),
    "operations": (3, {"errors", "model", "protocol"}),
    "faults": (4, {"errors", "model", "protocol", "operations"}),
    "server": (5, {"errors", "model", "protocol", "seed", "operations", "faults"}),
    "__init__": (6, {"errors", "model", "protocol", "server"}),
    "cli": (6, {"errors", "model", "protocol", "operations", "faults", "server", "__init__"}),
    "__main__": (6, {"cli"}),
}
#: More than this in a folder is found by searching, not by reading.
ENTRIES = 14
README = (ROOM / "README.md").read_text("utf-8")


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else "__init__"


def imports(module: Path) -> Iterator[str]:
    """Every module imported, wherever it stands in the file, also for the eyes of a type checker only."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a thing lives"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else node.module or ""


@pytest.mark.parametrize("name", MODULES)
def test_imports_nothing_of_the_judge(name: str) -> None:
    """Because judge and mock must never be wrong together."""
    used = {one.partition(".")[0] for one in imports(MODULES[name])}
    assert not used - set(sys.stdlib_module_names) - ALLOWED


@pytest.mark.parametrize("name", MODULES)
def test_rooms_import_only_floors_below(name: str) -> None:
    floor, allowed = FLOORS[room_of(name)]
    for one in imports(MODULES[name]):
        other = room_of(one)
        if one in MODULES and other != room_of(name):
            assert other in allowed, f"{name} must not import {one}"
            assert FLOORS[other][0] <= floor


def test_modules_import_each_other_in_no_circle() -> None:
    """Because of two modules that need each other neither can be understood first. The sorter raises on a circle."""
    order = list(TopologicalSorter({name: {*imports(path)} & {*MODULES} - {name} for name, path in MODULES.items()}).static_order())
    assert set(order) == set(MODULES)


def test_folders_can_be_taken_in_at_a_glance() -> None:
    """The replies excepted, which are data named after their response types."""
    folders = [ROOM, *(path for path in ROOM.iterdir() if path.is_dir() and path.name not in {"replies", "__pycache__"})]
    for folder in folders:
        entries = [path.name for path in folder.iterdir() if path.name != "__pycache__"]
        assert len(entries) <= ENTRIES, f"{folder.name} holds {len(entries)} entries"


def test_the_readme_tells_the_floors() -> None:
    told = {
        place.removesuffix(".py").rstrip("/"): int(floor)
        for floor, places in re.findall(r"^\| (\d) \| (`[^|]+`) \|", README, re.MULTILINE)
        for place in re.findall(r"`([^`]+)`", places)
    }
    assert told == {room: floor for room, (floor, _) in FLOORS.items()}
    assert {path.stem if path.suffix else path.name for path in ROOM.iterdir() if path.suffix in {"", ".py"}} - {
        "__pycache__",
        "replies",
    } == set(told)


def test_every_file_of_the_readme_exists() -> None:
    named = {name for name in re.findall(r"[\w/*]+\.(?:py|md|xml)\b", README) if not name.startswith("tests/")}
    assert len(named) > 20
    for name in named:
        assert list(ROOM.glob(name)) or list(ROOM.glob(f"operations/{name}")), f"{name} is not there"


@cache
def names_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def test_every_word_of_the_readme_stands_where_it_says() -> None:
    words = README.partition("## Names in the code")[2].partition("## The path")[0]
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+`) \| `([\w/]+\.py)` \|$", words, re.MULTILINE)
    assert len(rows) == words.count("\n| ") - 1, "a row of the table cannot be read"
    for named, place in rows:
        for name in re.findall(r"`(\w+)`", named):
            assert name in names_of(ROOM / place), f"{name} does not stand in {place}"
            others = [path for path in MODULES.values() if path != ROOM / place and name in names_of(path)]
            assert not others or name[0].islower(), f"{name} is also the name of something else in {others}"


def test_every_record_has_its_word() -> None:
    """Because what a site holds is the first thing one asks."""
    kept = {name for name in names_of(ROOM / "model" / "records.py") if name[0].isupper() and not name.isupper()}
    assert {name for name in kept if f"`{name}`" not in README} == set()


def test_reads_no_schemas() -> None:
    """Because replies are written by hand, not derived from what the judge believes."""
    for module in MODULES.values():
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert "schemas/" not in node.value or node.value.startswith("http"), module


def test_every_reply_document_says_what_it_is() -> None:
    """Because the file name is the response type and the root element is too."""
    from mocksite.protocol.nodes import read

    for document in (ROOM / "replies").glob("*.xml"):
        assert read(document.read_text("utf-8")).local == document.stem


def test_every_reply_document_fits_every_release() -> None:
    from mocksite.model.releases import RELEASES, release
    from mocksite.protocol.templates import template

    for document in (ROOM / "replies").glob("*.xml"):
        for text in RELEASES:
            assert template(document.stem, release(text)).name
