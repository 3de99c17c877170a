"""The size and shape of the house at some commits: modules, lines, functions, folders, circles.

The step before issue 13 redrew the house, the step after it, and what is checked out:

    python -m benchmarks.house [COMMIT ...]
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

#: Before the mock got its rooms; after the suite had got its own.
COMMITS = ("1d8fedb", "e3ac97d", "HEAD")
PACKAGES = ("conformance", "mocksite", "steps")


@dataclass(frozen=True)
class Shape:
    """What a package is made of."""

    modules: int
    lines: int
    functions: int
    longest_function: int
    longest_module: int
    fullest_folder: int
    circles: list[list[str]]


def git(*arguments: str) -> str:
    return subprocess.run(("git", *arguments), check=True, capture_output=True, text=True).stdout


def sources(commit: str, package: str) -> dict[str, str]:
    """Path to text of the modules of a package at a commit."""
    names = git("ls-tree", "-r", "--name-only", commit, package).split()
    return {name: git("show", f"{commit}:{name}") for name in names if name.endswith(".py")}


def shape(files: Mapping[str, str]) -> Shape:
    trees = {path: ast.parse(text) for path, text in files.items()}
    functions = [
        (node.end_lineno or 0) - node.lineno + 1
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    real = [path for path in files if not path.endswith("__init__.py")]
    entries: dict[str, set[str]] = {}
    for path in real:
        parts = PurePosixPath(path).parts
        for depth in range(1, len(parts)):
            entries.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    return Shape(
        modules=len(real),
        lines=sum(len(text.splitlines()) for text in files.values()),
        functions=len(functions),
        longest_function=max(functions),
        longest_module=max(len(text.splitlines()) for text in files.values()),
        fullest_folder=max(map(len, entries.values())),
        circles=circles(trees),
    )


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def circles(trees: Mapping[str, ast.Module]) -> list[list[str]]:
    """Groups of modules that import each other, by way of others too, wherever in them the import stands."""
    known = {dotted(path) for path in trees}
    uses = {dotted(path): set(imported(tree, known)) - {dotted(path)} for path, tree in trees.items()}
    reach = {name: reached(name, uses) for name in uses}
    groups = {frozenset(other for other in reach[name] if name in reach[other]) for name in uses if name in reach[name]}
    return sorted(sorted(group) for group in groups)


def imported(tree: ast.Module, known: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                # "from package import name" reads the package itself when name is none of its modules.
                yield from [one for one in (name if name in known else node.module,) if one in known]


def reached(name: str, uses: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(uses[name])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += uses[one]
    return found


def main(commits: list[str]) -> None:
    """Print a table, and below it each circle."""
    told: list[str] = []
    print("| commit | package | modules | lines | functions | longest function | longest module | fullest folder | circles |")
    print("| --- | --- |" + " ---: |" * 7)
    for commit in commits or COMMITS:
        short = git("rev-parse", "--short", commit).strip()
        for package in PACKAGES:
            one = shape(sources(commit, package))
            told += [f"- {short}, {package}: {', '.join(group)}" for group in one.circles]
            print(
                f"| {short} | {package} | {one.modules} | {one.lines:,} | {one.functions} | {one.longest_function}"
                f" | {one.longest_module} | {one.fullest_folder} | {len(one.circles)} |"
            )
    print("\n" + "\n".join(told or ["No modules import each other in a circle."]))


if __name__ == "__main__":
    main(sys.argv[1:])
