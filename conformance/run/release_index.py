"""An index of each release's folder: the items of its notes, their clauses, and the feature files that judge them.

Written beside the features, so that a reader can hold a folder against the
published notes heading by heading.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from conformance.judge.clauses import Clause
from conformance.reporting.summary import write_whole
from conformance.run.catalogue import Catalogue
from conformance.run.stepbook import import_vocabulary
from conformance.target.release import Release

NAME = "README.md"


def index(given: argparse.Namespace) -> int:
    """Write every index that is not as it should be, and say which."""
    root: Path = given.root.resolve()
    import_vocabulary(root)
    for path, text in indexes(Catalogue(root)).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)
            print(path.relative_to(root))
    return 0


def indexes(catalogue: Catalogue) -> dict[Path, str]:
    """The text of each release's index, by the file it belongs in."""
    features = catalogue.root / "features"
    judged: defaultdict[str, dict[Path, int]] = defaultdict(dict)
    for file in catalogue.read_all([features]):
        for case in file.cases.values():
            counts = judged[case.clause.id]
            counts[file.path] = counts.get(file.path, 0) + 1
    by_release = groupby(catalogue.clauses.values(), key=lambda clause: clause.release)
    return {
        (folder := features / str(release)) / NAME: _page(release, list(clauses), judged, folder)
        for release, clauses in by_release
    }


def _page(release: Release, clauses: list[Clause], judged: Mapping[str, Mapping[Path, int]], folder: Path) -> str:
    lines = [
        f"# Release {release}",
        "",
        "The items of the release notes in their order, the clauses each of them makes, and where they are judged.",
        "Line numbers are those of the published notes. Written by `webex-conformance index`; edit `clauses.toml`.",
    ]
    for (heading, published), group in groupby(clauses, key=lambda clause: (clause.item, clause.item_zh)):
        lines += ["", f"## {heading}", *(["", f"*{published}*"] if published else []), ""]
        lines += ["| clause | level | operation | says | notes | scenarios |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [_row(clause, judged[clause.id], folder) for clause in group]
    return "\n".join(lines) + "\n"


def _row(clause: Clause, files: Mapping[Path, int], folder: Path) -> str:
    where = ", ".join(f"[{path.name}]({_link(path, folder)}) ({count})" for path, count in files.items())
    cells: Iterable[str] = (clause.id, clause.level, clause.operation, clause.text, f"l. {clause.lines}", where)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _link(path: Path, folder: Path) -> str:
    return path.name if path.parent == folder else f"../{path.parent.name}/{path.name}"
