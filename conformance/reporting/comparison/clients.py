"""What a client uses of the API, and which differences of two runs break it, may break it, or cannot touch it.

A client is known by a list of what it reads, or by traffic of its own. Traffic shows what a client was told and not
what it looks at: all of it is taken for read, so a client is warned rather too often than too seldom.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.reporting.comparison.compare import Change, Delta
from conformance.reporting.shapes import APPEARED, KIND, MOVED, VANISHED, Drift, shape_of
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.user_files import demand_readable
from conformance.wire.exchange import XSI, document_of, parse, read_reply

#: More than a day of traffic; what is larger is cut into several files.
_MOST = 500_000_000
_REFUSAL = 6


@dataclass(frozen=True)
class OperationUse:
    """What a client uses of one operation: the elements it reads with the kinds it met, and exceptions it knows.

    Without elements it reads everything; an element without kinds may be of any it was declared as.
    """

    reads: Mapping[str, frozenset[str]] = field(default_factory=dict)
    exceptions: frozenset[str] = frozenset()

    def reads_at(self, path: str) -> bool:
        """Whether the client reads the element at ``path``, or one inside it."""
        return not self.reads or any(one == path or one.startswith(f"{path}/") for one in self.reads)


@dataclass(frozen=True)
class UseProfile:
    """What one client uses."""

    client: str
    operations: Mapping[str, OperationUse]


@dataclass(frozen=True)
class ClientEffect:
    """What the differences mean to one client, a sentence each; ``untouched`` counts those that cannot touch it."""

    client: str
    breaks: tuple[str, ...]
    may_break: tuple[str, ...]
    untouched: int


def effects(delta: Delta, uses: Iterable[UseProfile]) -> tuple[ClientEffect, ...]:
    """What ``delta`` means to each client."""
    return tuple(_effect(delta, use) for use in uses)


def _effect(delta: Delta, use: UseProfile) -> ClientEffect:
    told = [_of_drift(one, use) for one in delta.drift]
    told += [one for change in delta.changes if change.worse for one in _of_change(change, use)]
    breaks = dict.fromkeys(words for certain, words in told if words and certain)
    may = dict.fromkeys(words for certain, words in told if words and not certain)
    return ClientEffect(use.client, tuple(breaks), tuple(may), sum(not words for _, words in told))


def broken_by(drift: Drift, uses: Iterable[UseProfile]) -> tuple[str, ...]:
    """The clients that ``drift`` breaks for certain."""
    return tuple(use.client for use in uses if _of_drift(drift, use)[0])


def _of_drift(drift: Drift, use: UseProfile) -> tuple[bool, str]:
    """Whether it breaks for certain, and in words what; no words when it cannot touch the client."""
    used = use.operations.get(drift.operation)
    if used is None or drift.what == APPEARED or not used.reads_at(drift.path):
        return False, ""
    where = f"{drift.operation}  {drift.path}"
    if drift.what == VANISHED:
        return True, f"{where}: it reads an element that went"
    if drift.what == KIND:
        known = used.reads.get(drift.path, frozenset())
        new = sorted(set(drift.after.split(", ")) - known)
        return (bool(known), f"{where}: it meets a kind it never met: {', '.join(new)}") if new else (False, "")
    words = "it finds the element in another place" if drift.what == MOVED else f"it meets another word: {drift.after}"
    return False, f"{where}: {words}"


def _of_change(change: Change, use: UseProfile) -> Iterator[tuple[bool, str]]:
    """What a scenario that got worse says to a client: a refusal it does not know, an element that is not there."""
    for operation, path, wrong in (cause.split("  ", 2) for cause in change.scenario.causes):
        used = use.operations.get(operation)
        refused = len(wrong) == _REFUSAL and wrong.isdigit()
        if used is None or not (refused or used.reads_at(path)):
            yield False, ""
        elif refused:
            known = wrong in used.exceptions
            what = "it meets an exception it knows" if known else "it meets an exception it does not know"
            yield not known, f"{operation}: {what}: {wrong}"
        else:
            yield wrong in ("absent", "empty"), f"{operation}  {path}: it reads an element that is wrong: {wrong}"


# -- where it is known from ------------------------------------------------------


def read_use(file: Path) -> UseProfile:
    """The use profile in ``file``: HAR, a JSON of request and reply a line, or a list; named like the file.

    A list has a line for each thing used: ``GetSite`` (all of it), ``GetSite siteInstance/siteName`` (an element), or
    ``GetSite ! 000015`` (an exception the client knows).
    """
    try:
        demand_readable(file)
        if file.stat().st_size > _MOST:
            what = f"more than {_MOST // 1_000_000} MB of traffic"
            raise UserError("client-size", what, where=str(file), hint="cut it into several files")
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError("client", f"cannot read what a client uses: {problem}", where=str(file)) from None
    known = _listed(text, file) if not text.lstrip().startswith("{") else _seen(_traffic(text, file))
    if not known:
        hint = "name operations, or record traffic of the XML API"
        raise UserError("client-empty", "no operation is used here", where=str(file), hint=hint)
    return UseProfile(file.stem, known)


def _listed(text: str, file: Path) -> dict[str, OperationUse]:
    reads: dict[str, dict[str, frozenset[str]]] = {}
    exceptions: dict[str, set[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) > (3 if words[1:2] == ["!"] else 2) or words[-1] == "!":
            hint = "OPERATION, OPERATION element/path, or OPERATION ! 000015"
            raise UserError("client-line", f"{line.strip()!r} says nothing", where=f"{file}:{number}", hint=hint)
        reads.setdefault(words[0], {})
        if words[1:2] == ["!"]:
            exceptions.setdefault(words[0], set()).add(words[2])
        elif len(words) > 1:
            reads[words[0]][words[1]] = frozenset()
    return {name: OperationUse(paths, frozenset(exceptions.get(name, ()))) for name, paths in reads.items()}


def _traffic(text: str, file: Path) -> Iterator[tuple[bytes, bytes]]:
    """Request and reply of each exchange."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        whole = None
    try:
        if isinstance(whole, dict) and "log" in whole:
            yield from (_of_har(entry) for entry in whole["log"]["entries"])
        else:
            rows = [whole] if whole is not None else map(json.loads, filter(str.strip, text.splitlines()))
            yield from ((row["request"].encode(), row["reply"].encode()) for row in rows)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error) as problem:
        what = f"this is neither HAR nor a line of JSON for each exchange: {type(problem).__name__} {problem}"
        raise UserError("client-form", what, where=str(file), hint='{"request": "...", "reply": "..."}') from None


def _of_har(entry: Mapping[str, Any]) -> tuple[bytes, bytes]:
    content = entry["response"]["content"]
    text = content.get("text", "")
    reply = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    return entry["request"].get("postData", {}).get("text", "").encode(), reply


def _seen(traffic: Iterable[tuple[bytes, bytes]]) -> dict[str, OperationUse]:
    """What a client was told; requests and replies that are no messages of the XML API are passed over."""
    reads: dict[str, dict[str, set[str]]] = {}
    exceptions: dict[str, set[str]] = {}
    for request, answer in traffic:
        try:
            operation = _operation(request)
            reply = read_reply(operation, answer) if operation else None
        except CannotJudge:
            continue
        if reply is None:
            continue
        paths = reads.setdefault(operation, {})
        for path, row in shape_of(reply).items():
            paths.setdefault(path, set()).update(row["kinds"])
        if reply.exception_id:
            exceptions.setdefault(operation, set()).add(reply.exception_id)
    met = {name: {path: frozenset(kinds) for path, kinds in paths.items()} for name, paths in reads.items()}
    return {name: OperationUse(paths, frozenset(exceptions.get(name, ()))) for name, paths in met.items()}


def _operation(request: bytes) -> str:
    content = next(parse(document_of(request)).iter("{*}bodyContent"), None)
    return (content.get(f"{{{XSI}}}type") or "").rpartition(".")[2] if content is not None else ""
