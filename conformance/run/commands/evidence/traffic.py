"""Traffic of the XML API as others kept it: HAR, lines of JSON, our recordings; one exchange at a time, never all.

A day of traffic is larger than memory, so a file is read as it goes: of a HAR, which is one JSON value, the entries of
its list are read one by one.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.user_files import UNREADABLE, demand_readable, why_unreadable
from conformance.wire.exchange import XSI, Element, document_of, local_name, parse, text_of
from conformance.wire.recording import recordings_in, unpacked

_CHUNK = 1 << 16
#: One exchange of more than this is none of the XML API.
_LONGEST = 64 * 1024**2
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_PACKED = b"\x1f\x8b"
_FORMS = '{"request": "<serv:message ...", "reply": "<serv:message ..."} a line, HAR, or a file of --record'


@dataclass(frozen=True)
class TrafficExchange:
    """What somebody asked and was told."""

    request: bytes = field(repr=False)
    reply: bytes = field(repr=False)
    url: str = ""
    started: float = 0.0
    seconds: float = 0.0
    status: int = 200


@dataclass(frozen=True)
class AskedFor:
    """A request, read: its operation, who asked, and the leaves of its body by path."""

    operation: str
    caller: str
    leaves: tuple[tuple[str, str], ...]


def asked_for(request: bytes) -> AskedFor | None:
    """What ``request`` asks for; None when it is no request of the XML API."""
    try:
        root = parse(request)
    except CannotJudge:
        return None
    content = next(root.iter("{*}bodyContent"), None)
    operation = (content.get(f"{{{XSI}}}type") or "").rpartition(".")[2] if content is not None else ""
    if content is None or not operation:
        return None
    callers = [text_of(one) for one in root.iter("{*}webExID")]
    return AskedFor(operation, callers[0] if callers else "", tuple(_leaves(content)))


def _leaves(content: Element) -> Iterator[tuple[str, str]]:
    for element in content.iter("*"):
        if element is not content and not len(element):
            above = [local_name(one) for one in element.iterancestors()]
            steps = [local_name(element), *above[: above.index("bodyContent")]]
            yield "/".join(reversed(steps)), text_of(element)


def files_of(place: Path) -> list[Path]:
    """The file ``place``, or the recordings in the reports that it is; an error where there is none."""
    if not place.is_dir():
        place.stat()
        return [place]
    files = recordings_in(place)
    if not files:
        hint = f"name files: {_FORMS}"
        raise UserError("traffic-missing", "there is no traffic in this folder", where=str(place), hint=hint)
    return files


def read_traffic(file: Path) -> Iterator[TrafficExchange]:
    """Every exchange in ``file``, in its order; :class:`UserError` where it is nothing we can read."""
    try:
        demand_readable(file)
        with file.open("rb") as source:
            packed = source.read(2) == _PACKED
        with _opened(file, packed=packed) as text:
            yield from _exchanges(text)
    except (EOFError, zlib.error, OSError, *UNREADABLE, KeyError, TypeError, AttributeError, IndexError) as problem:
        if isinstance(problem, FileNotFoundError):
            raise
        where = why_unreadable(problem) if isinstance(problem, OSError | ValueError | RecursionError) else repr(problem)
        what = f"this is no traffic that can be read, or it was cut: {where}"
        raise UserError("traffic-form", what, where=str(file), hint=_FORMS) from None


@contextmanager
def _opened(file: Path, *, packed: bool) -> Iterator[IO[str]]:
    with file.open("rb") as source:
        unpacked = gzip.GzipFile(fileobj=source) if packed else source
        with io.TextIOWrapper(unpacked, encoding="utf-8" if packed else "utf-8-sig") as text:
            yield text


def _exchanges(text: IO[str]) -> Iterator[TrafficExchange]:
    first = text.readline(_LONGEST)
    if first.startswith('["'):
        yield from _of_recording(first, text)
        return
    try:
        row = json.loads(first)
    except ValueError:
        row = None
    if isinstance(row, dict) and "request" in row:
        yield _of_line(row)
        yield from (_of_line(json.loads(line)) for line in _lines(text))
    else:
        yield from map(_of_har, _entries(first, text))


def _lines(text: IO[str]) -> Iterator[str]:
    while line := text.readline(_LONGEST):
        if line.strip():
            yield line


def _of_line(row: Mapping[str, Any]) -> TrafficExchange:
    request, reply = (_bytes(row[name]) for name in ("request", "reply"))
    started, seconds, status = (row.get(name, 0) for name in ("started", "seconds", "status"))
    told = (str(row.get("url", "")), float(started), float(seconds), int(status) or 200)
    return TrafficExchange(document_of(request), reply, *told)


def _entries(first: str, text: IO[str]) -> Iterator[Mapping[str, Any]]:
    """The entries of a HAR, one by one, whatever stands before and behind the list."""
    held, decoder = first, json.JSONDecoder()
    while not (found := _ENTRIES.search(held)):
        more = text.read(_CHUNK)
        if not more or len(held) > _LONGEST:
            raise ValueError("it is neither lines of JSON nor HAR")
        held += more
    held = held[found.end() :]
    while True:
        held = held.lstrip().removeprefix(",").lstrip()
        if held.startswith("]"):
            return
        try:
            entry, end = decoder.raw_decode(held)
        except ValueError:
            # Twice as much as is held: an entry of many chunks is not begun anew with each of them.
            more = text.read(max(_CHUNK, len(held)))
            if not more or len(held) > _LONGEST:
                raise
            held += more
            continue
        held = held[end:]
        yield entry


def _of_har(entry: Mapping[str, Any]) -> TrafficExchange:
    content = entry["response"]["content"]
    told = content.get("text") or ""
    reply = base64.b64decode(told) if content.get("encoding") == "base64" else _bytes(told)
    return TrafficExchange(
        _posted(entry["request"].get("postData") or {}),
        reply,
        str(entry["request"].get("url", "")),
        _moment(entry.get("startedDateTime", "")),
        float(entry.get("time", 0)) / 1000,
        int(entry["response"].get("status", 200)),
    )


def _posted(data: Mapping[str, Any]) -> bytes:
    """The document a HAR tells was posted: as text, or of a form as one of its ``params`` (HAR 1.2: never both).

    Some write a param as it was sent, percent-encoded (Chrome), others as it was meant.
    """
    if text := data.get("text"):
        return document_of(_bytes(text))
    fields = (one.get("value") or "" for one in data.get("params") or () if one.get("name", "").upper() == "XML")
    field = next(fields, "")
    return _bytes(field) if field.lstrip().startswith("<") else document_of(b"XML=" + _bytes(field))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def _of_recording(first: str, text: IO[str]) -> Iterator[TrafficExchange]:
    row = json.loads(first)
    while row != ["end"]:
        if row[0] == "exchange" and not row[4]["error"]:
            value = row[4]
            told = (value["started"], value["seconds"], value["status"])
            yield TrafficExchange(unpacked(value["request"]), unpacked(value["body"]), "", *told)
        row = json.loads(next(_lines(text), ""))
