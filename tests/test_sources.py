"""Every source a comment, a table or a page cites is in the project: a file, or a heading or a name of docs/sources.md."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

SOURCES = ROOT / "docs" / "sources.md"
#: A document named in running text, with the heading that may follow it: "(sources.md, Lists)".
CITED = re.compile(r"(?<![\w/.*{<\[-])((?:[\w.-]+/)*[\w-]+\.(?:md|tsv))(?:, ([A-Z][\w' -]*[\w-]))?")
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
#: Where such names are made up, are those of the user's own files, or of the papers that may lie beside a checkout.
MADE_UP = {"tests/test_sources.py", "tests/test_security_page.py", "tests/mocksite/test_rows_of_reality.py"}
#: What the project writes and does not hold.
WRITTEN = {"benchmark.md", "finding.md"}
#: A file or folder of ours in running text.
PLACE = re.compile(r"`((?:conformance|mocksite|steps|tests|benchmarks|docs|features|payloads|schemas|report|ci)/[\w./-]*)")


def texts() -> dict[str, str]:
    """Every text file of the project by name."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    kinds = (".py", ".toml", ".md", ".xsd", ".xml", ".feature", ".yml")
    names = [name for name in listed.stdout.splitlines() if name.endswith(kinds) and (ROOT / name).is_file()]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names if name not in MADE_UP}


def headings(path: Path) -> set[str]:
    return set(re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE))


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.replace("`", "")).lower().replace(" ", "-")


def named_sources() -> set[str]:
    """The first column of the table of sources, each name by itself."""
    rows = re.findall(r"^\| ([^|]+) \| ", SOURCES.read_text(encoding="utf-8"), re.MULTILINE)
    return {name.strip("` ") for row in rows for name in row.split(",")}


def found(citing: str, name: str) -> Path | None:
    """The file that ``name`` means: beside the citing one, at the top, below docs, or in a room of the project."""
    near = [ROOT / citing, *(ROOT / citing).parents]
    places = [folder / name for folder in near if folder.is_relative_to(ROOT)] + [ROOT / "docs" / name]
    there = next((place for place in places if place.is_file()), None)
    return there or next((one for room in ("mocksite", "conformance", "features") for one in (ROOT / room).rglob(name)), None)


def lost(citing: str, text: str) -> Iterator[str]:
    """What ``text`` cites and nobody can read; names of papers outside the project are explained in the pages alone."""
    known = {one.partition(".")[0] for one in named_sources()}
    for name, heading in CITED.findall(text):
        path = found(citing, name)
        of_the_pages = citing.startswith("docs/") and Path(name).stem in known
        if path is None and not of_the_pages and name not in WRITTEN:
            yield f"{citing} cites {name}, which is nowhere"
        if path == SOURCES and heading and not any(f"{heading} ".startswith(f"{one} ") for one in headings(SOURCES)):
            yield f"{citing} cites {heading!r}, which is no heading of docs/sources.md"


def dead(citing: str, text: str) -> Iterator[str]:
    """Links of a page that lead nowhere."""
    for target, fragment in LINK.findall(re.sub(r"`[^`]*`", "", text)):
        path = (ROOT / citing).parent / target if target else ROOT / citing
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        if not path.exists():
            yield f"{citing} links to {target}"
        elif fragment and path.suffix == ".md" and fragment not in {anchor(heading) for heading in headings(path)}:
            yield f"{citing} links to {target}#{fragment}"


def test_what_is_cited_can_be_read() -> None:
    assert [line for citing, text in texts().items() for line in lost(citing, text)] == []


def test_links_lead_somewhere() -> None:
    assert [line for citing, text in texts().items() if citing.endswith(".md") for line in dead(citing, text)] == []


def test_files_that_pages_name_are_there() -> None:
    """Names in capitals stand for any: ``features/RELEASE/clauses.toml``."""
    pages = {name: text for name, text in texts().items() if name.endswith(".md")}
    gone = [
        f"{name}: {place}"
        for name, text in pages.items()
        for place in PLACE.findall(text)
        if not re.search("[A-Z]{4}|Operation|[.]{2}|/x[.]", place) and not (ROOT / place).exists() and not list(ROOT.glob(f"{place}*"))
    ]
    assert gone == []


def test_what_is_nowhere_would_be_found() -> None:
    assert list(lost("README.md", "as measured (nowhere.md, Lists)")) == ["README.md cites nowhere.md, which is nowhere"]
    assert len(list(lost("README.md", "(sources.md, Nothing at all)"))) == 1
    assert list(lost("docs/sources.md", "(sources.md, Lists) and wire-facts.md, exceptions.tsv")) == []
    assert len(list(lost("conformance/wire/client.py", "a minute (wire-facts.md)"))) == 1
    assert len(list(dead("README.md", "[a](docs/nowhere.md) [b](docs/sources.md#nowhere) [c](docs/sources.md#lists)"))) == 2
