"""Rules of the house that the mock keeps (design.md, Rooms; style.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "mocksite"
MODULES = sorted(ROOM.rglob("*.py"))
ALLOWED = {"lxml", "trustme", "mocksite"}


def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a thing lives"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOM)))
def test_imports_nothing_of_the_judge(module: Path) -> None:
    """Because judge and mock must never be wrong together."""
    import sys

    foreign = imported(module) - set(sys.stdlib_module_names) - ALLOWED
    assert not foreign


def test_reads_no_schemas() -> None:
    """Because replies are written by hand, not derived from what the judge believes."""
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert "schemas/" not in node.value or node.value.startswith("http"), module


def test_every_reply_document_says_what_it_is() -> None:
    """Because the file name is the response type and the root element is too."""
    from mocksite.node import read

    for document in (ROOM / "replies").glob("*.xml"):
        assert read(document.read_text("utf-8")).local == document.stem


def test_every_reply_document_fits_every_release() -> None:
    from mocksite.release import RELEASES, release
    from mocksite.template import template

    for document in (ROOM / "replies").glob("*.xml"):
        for text in RELEASES:
            assert template(document.stem, release(text)).name
