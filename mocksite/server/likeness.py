"""How like a site the mock is: what a run of the suite recorded on the site, held against what the mock answers.

``summary.json`` of the reports tells the shapes of replies: which elements came, of what kind, after which sibling
(docs/summary.md). Values of a site's users stand in no report, so values are not compared.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from gzip import open as open_gzip
from itertools import combinations
from pathlib import Path
from typing import Any

from mocksite.errors import UnknownSettingError, UsageError
from mocksite.model.releases import DEFAULT, RELEASES, Release, release
from mocksite.model.settings import CHOICES, Value, checked
from mocksite.operations import OPERATIONS
from mocksite.protocol.evidence import evidence
from mocksite.protocol.nodes import Node, read
from mocksite.protocol.requests import parse_request
from mocksite.protocol.templates import Piece, template
from mocksite.server.core import Core, Options
from mocksite.server.samples import request
from mocksite.server.site import Site

#: The form of summary.json that is read.
FORMAT = 1

_DATE = re.compile(r"^\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}$")
_NUMBER = re.compile(r"^[+-]?\d+$")
_EXCEPTION = re.compile(r"^\d{6}$")
#: Kinds that say what a value is; a text may look like any of them by chance, or be empty.
_STRICT = {"boolean", "integer", "date and time", "parent"}


@dataclass(frozen=True, order=True)
class Refused:
    """A refusal that is the site's alone, or the mock's alone, or has another exception id."""

    operation: str
    exception: str
    words: str


@dataclass(frozen=True)
class Told:
    """What reports tell of a site: its release, the shapes of its replies, what it refused, how it was set."""

    release: Release
    shapes: Mapping[str, Mapping[str, Any]]
    not_served: tuple[str, ...]
    refused: tuple[Refused, ...]
    settings: Mapping[str, Value]


@dataclass(frozen=True)
class Divergence:
    """One thing in which site and mock differ; ``standing`` says what the mock's way rests on, ``new`` on nothing."""

    operation: str
    what: str
    path: str
    words: str
    standing: str


@dataclass
class Looks:
    """What the mock writes in a reply: kinds by path, what is always there, which sibling may stand before which."""

    kinds: dict[str, set[str]] = field(default_factory=dict)
    always: set[str] = field(default_factory=set)
    order: set[tuple[str, str, str]] = field(default_factory=set)


def told_by(reports: Path) -> Told:
    """What the reports in a folder tell; a mistake is one message."""
    file = reports / "summary.json" if reports.is_dir() else reports
    try:
        summary = json.loads(file.read_text("utf-8"))
    except OSError as problem:
        raise UsageError("reports", f"{problem.strerror}: {file}", where=str(file), hint=_HINT) from None
    except ValueError:
        raise UsageError("reports", f"{file} is not a whole summary", where=str(file), hint=_HINT) from None
    if not isinstance(summary, dict) or summary.get("format") != FORMAT or not _has_shapes(summary):
        raise UsageError("reports", f"{file} is no summary of format {FORMAT}", where=str(file), hint=_HINT)
    said = str(summary.get("site_release") or summary.get("release") or "")
    causes = [one for one in summary.get("causes") or () if isinstance(one, dict)]
    return Told(
        release=_nearest(said),
        shapes=summary["shapes"],
        not_served=tuple(summary.get("not_served") or ()),
        refused=tuple(sorted({one for cause in causes if (one := _refused(cause))})),
        settings=_settings(file.with_name("recording.jsonl.gz")),
    )


def _refused(cause: Mapping[str, Any]) -> Refused | None:
    """The refusal a cause speaks of; what the suite expects is what the mock does."""
    operation, wrong, path, expected, actual = (
        str(cause.get(name) or "") for name in ("operation", "wrong", "path", "expected", "actual")
    )
    ours = expected.removeprefix("FAILURE ")
    if _EXCEPTION.match(wrong):
        return Refused(operation, wrong, f"the site refused with {wrong} what the mock does")
    if path == "response/exceptionID" and _EXCEPTION.match(actual):
        return Refused(operation, actual, f"the site refused with {actual} what the mock refuses with {ours}")
    if path == "response/result" and actual == "SUCCESS" and _EXCEPTION.match(ours):
        return Refused(operation, ours, f"the site did what the mock refuses with {ours}")
    return None


def _has_shapes(summary: dict[str, Any]) -> bool:
    shapes = summary.get("shapes")
    return isinstance(shapes, dict) and all(
        operation
        and isinstance(shape, dict)
        and all(isinstance(row, dict) and {"kinds", "after"} <= set(row) for row in shape.values())
        for operation, shape in shapes.items()
    )


_HINT = "the folder a run of the suite wrote: pytest features --site NAME --reports FOLDER"


def _nearest(text: str) -> Release:
    """The latest release the mock knows that is not after the site's."""
    parts = [int(part) for part in re.findall(r"\d+", text)][:3]
    if not parts:
        return release(DEFAULT)
    wanted = Release(*[*parts, 0, 0][:3])
    return max((one for one in map(release, RELEASES) if one <= wanted), default=release(RELEASES[0]))


def _settings(recording: Path) -> dict[str, Value]:
    """How the profile of the run says the site is set, where the run was recorded."""
    try:
        with open_gzip(recording, "rt", encoding="utf-8") as lines:
            rows = (json.loads(line) for line in lines)
            text = next((row[2] for row in rows if row[:2] == ["note", "profile"]), "")
        site: dict[str, Any] = next(iter(tomllib.loads(text)["sites"].values()), {})
    except (OSError, EOFError, ValueError, KeyError):
        return {}
    found = {}
    for name, value in site.get("settings", {}).items():
        try:
            found[name] = checked(name, value)
        except UnknownSettingError:
            continue
    return found


def divergences(told: Told, settings: Mapping[str, Value]) -> list[Divergence]:
    """Everything in which the site of the reports differs from a mock of its release with these settings."""
    found: list[Divergence] = []
    for operation, shape in told.shapes.items():
        name = operation[0].lower() + operation[1:]
        if name in OPERATIONS:
            found += _of(operation, shape, looks(name, told.release, tuple(settings.items())))
    for operation in told.not_served:
        found.append(Divergence(operation, "not served", "", "the site does not serve it, the mock does", "documented"))
    for one in told.refused:
        if one.operation not in told.not_served:
            found.append(Divergence(one.operation, "refusal", one.exception, one.words, "documented"))
    return found


@functools.lru_cache(maxsize=2048)
def looks(name: str, at: Release, settings: tuple[tuple[str, Value], ...]) -> Looks:
    """What a fresh mock writes in reply to the sample of an operation, and what else its document could hold."""
    seen, counts = Looks(), Counts()
    core = Core(options=Options(release=str(at)))
    try:
        set_like(core.main, settings)
        # An administrator is told what a host is not (R41.3.0-16..20).
        for role in ("", "site-admin") if name.startswith(("get", "lst")) else ("",):
            answer = core.main.answer(parse_request(request(core.main, name, role).encode()))
            content = read(answer.body.decode()).find("body/bodyContent")
            if content is not None and content.children:
                _see(content, "", seen, counts)
    finally:
        core.close()
    if seen.kinds:
        seen.always = {one for one, times in counts.came.items() if times == counts.parents[one.rpartition("/")[0]]}
        _could(template(f"{_reply_of(name)}Response", at), "", seen)
    return seen


def _reply_of(name: str) -> str:
    return "getLoginTicket" if name == "getloginTicket" else name


@dataclass
class Counts:
    """How often each path had the chance to come, and how often it did."""

    parents: dict[str, int] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)


def _see(node: Node, path: str, seen: Looks, counts: Counts) -> None:
    counts.parents[path] = counts.parents.get(path, 0) + 1
    names = list(dict.fromkeys(child.local for child in node.children))
    seen.order |= {(path, first, second) for first, second in combinations(names, 2)}
    for name in names:
        below = f"{path}/{name}" if path else name
        counts.came[below] = counts.came.get(below, 0) + 1
    for child in node.children:
        below = f"{path}/{child.local}" if path else child.local
        seen.kinds.setdefault(below, set()).add(_kind(child))
        if child.children:
            _see(child, below, seen, counts)


def _could(piece: Piece, path: str, seen: Looks) -> None:
    """What the document could hold besides: its paths, and the order in which it would."""
    names = list(dict.fromkeys(child.name.rpartition(":")[2] for child in piece.children))
    seen.order |= {(path, first, second) for first, second in combinations(names, 2)}
    for child in piece.children:
        below = f"{path}/{child.name.rpartition(':')[2]}" if path else child.name.rpartition(":")[2]
        seen.kinds.setdefault(below, set())
        _could(child, below, seen)


def _kind(node: Node) -> str:
    text = (node.text or "").strip()
    if node.children:
        return "parent"
    if text in {"true", "false"}:
        return "boolean"
    if _NUMBER.match(text):
        return "integer"
    return "date and time" if _DATE.match(text) else "text" if text else "empty"


def _of(operation: str, shape: Mapping[str, Any], seen: Looks) -> Iterator[Divergence]:
    if not seen.kinds:
        return
    for path, row in shape.items():
        above, _, name = path.rpartition("/")
        if path == ".":
            continue
        if path not in seen.kinds:
            if above in seen.kinds or not above:
                yield Divergence(operation, "element", path, "the site has it, the mock never", "new")
            continue
        other = _other_kinds(set(row["kinds"]), seen.kinds[path])
        if other:
            words = f"{' or '.join(sorted(other))} on the site, {' or '.join(sorted(seen.kinds[path]))} on the mock"
            yield Divergence(operation, "kind", path, words, _standing(operation, path))
        for neighbour in _turned(row["after"], above, name, seen.order):
            words = f"after {neighbour} on the site, before it on the mock"
            yield Divergence(operation, "order", path, words, _standing(operation, path))
    yield from _missing(operation, shape, seen)


def _missing(operation: str, shape: Mapping[str, Any], seen: Looks) -> Iterator[Divergence]:
    for path in sorted(seen.always - set(shape)):
        above = path.rpartition("/")[0] or "."
        if above in shape and "parent" in shape[above]["kinds"]:
            yield Divergence(
                operation, "absent", path, "the mock always has it, the site never", _standing(operation, path)
            )


def _other_kinds(site: set[str], mock: set[str]) -> set[str]:
    """Kinds on the site that the mock does not write, where what it writes is of one kind by nature."""
    if not mock or not mock <= _STRICT:
        return set()
    return {kind for kind in site - mock if kind != "empty" or "parent" not in mock}


def _turned(after: list[str], above: str, name: str, order: set[tuple[str, str, str]]) -> list[str]:
    """The siblings it stands directly after on the site that the mock writes after it, and nowhere before."""
    return [one for one in after if (above, name, one) in order and (above, one, name) not in order]


def _standing(operation: str, path: str) -> str:
    kinds = {(one.reply, one.element): one.kind for one in evidence()}
    return kinds.get((f"{operation[0].lower()}{operation[1:]}Response", path), "new")


#: Choices a reply shows.
_VISIBLE = tuple(name for name in CHOICES if name not in {"retired-address", "not-served-answer", "unknown-conditions"})


def like(told: Told) -> dict[str, Value]:
    """The settings of the mock that comes closest to the site: those recorded, each choice that brings it nearer."""
    chosen = dict(told.settings)
    if told.not_served:
        chosen["not-served"] = " ".join(told.not_served)
    left = divergences(told, chosen)
    for name in (*_VISIBLE, "predefined-sub-prefix"):
        for word in CHOICES.get(name, ("empty", "as-prefix")):
            tried = {**chosen, name: word}
            if _fewer(told, left, tried):
                left, chosen = divergences(told, tried), tried
    absent = [one for one in left if one.what == "absent"]
    if absent:
        places = (f"{one.operation[0].lower()}{one.operation[1:]}/{one.path}" for one in absent)
        chosen["absent-elements"] = " ".join(places)
    return chosen


def _fewer(told: Told, left: list[Divergence], tried: Mapping[str, Value]) -> bool:
    """Whether settings leave fewer divergences: among the operations that differ, and then at all."""
    shapes = {one.operation: told.shapes[one.operation] for one in left if one.operation in told.shapes}
    differing = replace(told, shapes=shapes, not_served=(), refused=())
    before = sum(one.what not in {"not served", "refusal"} for one in left)
    return len(divergences(differing, tried)) < before and len(divergences(told, tried)) < len(left)


def set_like(site: Site, settings: tuple[tuple[str, Value], ...]) -> None:
    """Switch a site as told."""
    for name, value in settings:
        site.store.set(name, value)


def report(found: list[Divergence]) -> str:
    """A line for each divergence, and how many there are of each standing."""
    lines = [
        f"{one.operation}  {one.what}  {one.path or '-'}  {one.standing}: {one.words}"
        for one in sorted(found, key=lambda one: (one.standing != "new", one.operation, one.path))
    ]
    counts = {name: sum(one.standing == name for one in found) for name in ("captured", "documented", "assumed", "new")}
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    return "\n".join([*lines, f"{len(found)} divergences: {told}" if found else "no divergence"])
