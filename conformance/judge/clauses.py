"""The clause list: every requirement of the release notes, read from ``features/<release>/clauses.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.sites.errors import UserError, nearest
from conformance.sites.release import Release

CLAUSE_ID = re.compile(r"^R(\d+\.\d+\.\d+)-(\d{2,3})$")
_LINES = re.compile(r"[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*")
#: What a clause may be about besides operations, which it names one by one.
SUBJECTS = ("all operations", "service address", "mail", "the scheduling operations", "the eight event operations")
LEVELS = ("must", "should", "observe")
#: What each certainty of the notes allows a scenario to claim.
LEVELS_OF_CERTAINTY = {
    "explicit": ("must",),
    "inferred": ("should",),
    "control": ("must", "should"),
    "ambiguous": ("observe",),
}
#: What a clause changes in the messages of its operation, as paths below the body: ``**/name`` where the notes lost
#: the parent, ``*`` where they do not spell the name. Compare explains a difference between two sites by them.
_CHANGES = ("adds", "changes", "removes")
_REQUIRED = ("id", "operation", "certainty", "text")
#: Where the vendor publishes the notes of all releases of a major number (docs/sources.md, Where facts come from);
#: ``published`` of ``[notes]`` names another address.
_PUBLISHED = {41: "https://help.webex.com/article/nvuo92z", 42: "https://help.webex.com/article/trlbvp"}
_KEYS = {*_REQUIRED, "lines", "level", "remark", *_CHANGES}
_ITEM_KEYS = ("heading", "heading_zh", "clause")
_EDITION_KEYS = ("source", "gap", "missing", "published")


@dataclass(frozen=True)
class Edition:
    """What is known of the notes of a release, from the table ``[notes]`` of its list.

    ``source`` is the row of docs/sources.md its clauses come from, "" for the notes whose lines they cite;
    ``published`` is the address of its notes, "" where it is that of the others of its major number; ``gap`` says
    what of its notes nobody has, ``missing`` are releases before it of whose notes nobody has anything.
    """

    source: str = ""
    gap: str = ""
    missing: tuple[Release, ...] = ()
    published: str = ""


@dataclass(frozen=True)
class Clause:
    """One requirement: what the notes say of which operation, and how hard it is.

    ``lines`` are lines of the published notes, "" where only parts of them are
    known: then ``source`` names the row of docs/sources.md. ``notes`` is the address its
    release gives for them. ``item`` and ``item_zh`` are the heading it stands under. ``adds``,
    ``changes`` and ``removes`` are the elements it brings, alters and takes away.
    """

    id: str
    release: Release
    operation: str
    certainty: str
    level: str
    text: str
    lines: str
    item: str
    item_zh: str
    remark: str
    source: str = ""
    notes: str = ""
    adds: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is read off: lines of the notes, or the source that has no lines."""
        return f"l. {self.lines}" if self.lines else self.source

    @property
    def published(self) -> str:
        """Address of the notes it is read off, "" where nobody knows one."""
        return self.notes or _PUBLISHED.get(self.release.major, "")

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations it names; none where it is about one of ``SUBJECTS``."""
        named = re.split(r"\W+(?:and\W+)?", self.operation)
        return () if self.operation in SUBJECTS else tuple(named)

    def speaks_of(self, operation: str) -> bool:
        """Whether the clause is about ``operation``, alone or with others."""
        return self.operation == "all operations" or operation in re.split(r"\W+", self.operation)


def load_clauses(features: Path) -> dict[str, Clause]:
    """Every clause by id, in the order of the releases; :class:`UserError` on a list that contradicts itself."""
    clauses: dict[str, Clause] = {}
    for release, file in _lists(features).items():
        for clause in _read(file, release):
            if clause.id in clauses:
                raise _wrong(file, f"{clause.id} stands twice")
            clauses[clause.id] = clause
    return clauses


def load_editions(features: Path) -> dict[Release, Edition]:
    """What is known of the notes of each release, in the order of the releases."""
    return {release: _edition(file, _document(file)) for release, file in _lists(features).items()}


def unknown_to(editions: Mapping[Release, Edition], release: Release) -> list[Release]:
    """The releases up to ``release`` of whose notes nobody has anything."""
    missing = {one for edition in editions.values() for one in edition.missing}
    return sorted(one for one in missing if one <= release)


def _lists(features: Path) -> dict[Release, Path]:
    files = {Release.parse(file.parent.name, where=str(file)): file for file in features.glob("*/clauses.toml")}
    return dict(sorted(files.items()))


def _document(file: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _wrong(file, f"not TOML: {problem}") from None
    stray = set(document) - {"item", "notes"}
    if stray:
        raise _wrong(file, f"{min(stray)!r} stands outside an item", "each clause is an [[item.clause]] of an [[item]]")
    return document


def _edition(file: Path, document: Mapping[str, Any]) -> Edition:
    told = document.get("notes", {})
    if not isinstance(told, dict):
        raise _wrong(file, "notes is no table", "begin it with [notes]")
    _demand_texts(file, told, (), _EDITION_KEYS, "[notes]")
    missing = told.get("missing", [])
    if not isinstance(missing, list) or not all(isinstance(one, str) for one in missing):
        raise _wrong(file, '[notes]: missing is a list of releases, such as ["42.2"]')
    parsed = tuple(Release.parse(one, where=str(file)) for one in missing)
    published = told.get("published", "")
    if published and not published.startswith("https://"):
        raise _wrong(file, f"[notes]: published is no address: {published!r}", 'write it as in "https://help.webex.com/..."')
    return Edition(told.get("source", ""), told.get("gap", ""), parsed, published)


def _read(file: Path, release: Release) -> Iterable[Clause]:
    document = _document(file)
    edition = _edition(file, document)
    for item in _tables(file, document, "item"):
        _demand_texts(file, item, _ITEM_KEYS[:1], _ITEM_KEYS, f"the item {item.get('heading', '')!r}")
        for row in _tables(file, item, "clause"):
            yield _clause(file, release, edition, item, row)


def _tables(file: Path, document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = document.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _wrong(file, f"{name} is no list of tables", f"begin each with [[{'item.' * (name == 'clause')}{name}]]")
    return rows


def _demand_texts(file: Path, row: dict[str, Any], required: Iterable[str], known: Collection[str], what: str) -> None:
    """Every key of a row known, the required ones there, texts where texts belong."""
    for key in row:
        if key not in known:
            raise _wrong(file, f"{what} has an unknown key {key!r}", nearest(key, known))
    for key in required:
        if key not in row:
            raise _wrong(file, f"{what} lacks {key!r}", f'write {key} = "..."')
    for key, value in row.items():
        if key not in (*_CHANGES, "clause", "missing") and not isinstance(value, str):
            raise _wrong(file, f"{what}: {key} is no text", f'write {key} = "..."')


def _clause(file: Path, release: Release, edition: Edition, item: dict[str, Any], row: dict[str, Any]) -> Clause:
    required = _REQUIRED if edition.source else (*_REQUIRED, "lines")
    _demand_texts(file, row, required, _KEYS, f"the clause {row.get('id', 'without an id')}")
    found = CLAUSE_ID.match(row["id"])
    if not found or Release.parse(found.group(1)) != release:
        raise _wrong(file, f"{row['id']!r} is no clause of {release}", f"ids of this file are R{release}-01, -02, ...")
    if not row["text"].strip():
        raise _wrong(file, f"{row['id']}: the text is empty", "say in our words what the notes demand")
    if not _LINES.fullmatch(lines := row.get("lines", "1")):
        raise _wrong(file, f"{row['id']}: {lines!r} are no lines of the notes", 'write them as in lines = "12-14,20"')
    certainty = row["certainty"]
    if certainty not in LEVELS_OF_CERTAINTY:
        raise _wrong(file, f"{row['id']}: unknown certainty {certainty!r}", nearest(certainty, LEVELS_OF_CERTAINTY))
    level = row.get("level", LEVELS_OF_CERTAINTY[certainty][0])
    if level not in LEVELS_OF_CERTAINTY[certainty]:
        allowed = " or ".join(LEVELS_OF_CERTAINTY[certainty])
        raise _wrong(file, f"{row['id']}: level {level!r} contradicts certainty {certainty!r}", f"it allows {allowed}")
    return Clause(
        id=row["id"],
        release=release,
        operation=row["operation"],
        certainty=certainty,
        level=level,
        text=row["text"],
        lines=row.get("lines", ""),
        item=item["heading"],
        item_zh=item.get("heading_zh", ""),
        remark=row.get("remark", ""),
        source=edition.source,
        notes=edition.published,
        **{key: _paths(file, row, key) for key in _CHANGES},
    )


def _paths(file: Path, row: dict[str, Any], key: str) -> tuple[str, ...]:
    paths = row.get(key, [])
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise _wrong(file, f'{row["id"]}: {key} is a list of paths, such as ["siteInstance/tools/newElement"]')
    return tuple(paths)


def _wrong(file: Path, what: str, hint: str = "") -> UserError:
    return UserError("clause-list", what, where=str(file), hint=hint)
