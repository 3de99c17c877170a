"""The log of a site: every request it received and what it was answered, without secrets."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
from collections import deque
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mocksite.protocol.encodings import UnreadableError, decode
from mocksite.protocol.requests import from_form

#: Entries kept in memory, and whole exchanges; a file keeps all.
CAPACITY = 10_000
EXCHANGES = 50

#: A secret element of any prefix, and its content: text, CDATA, comments before, between and behind, cut off or not.
_SECRET = re.compile(
    r"(<(?:[\w.-]+:)?\w*(?:[pP]assword|[tT]icket|[tT]oken|PIN|[sS]ecret|[hH]ostKey|[aA]ccessCode|PW|samlResponse)"
    r"(?:\s[^>]*)?(?<!/)>)(?=\s*+(?:[^\s<]|<[!?]))"
    r"(?:[^<]|<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))++",
    re.DOTALL,
)
_IN_LINKS = re.compile(r"\b((?:TK|PW|PWD)=)[^&\s<]+", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One request. ``error`` holds the traceback of a bug of the mock itself, never sent to the client."""

    number: int
    time: float
    site: str
    operation: str
    caller: str
    encoding: str
    result: str
    exception_id: str
    milliseconds: float
    error: str = ""


@dataclass(frozen=True)
class Exchange:
    """A request as it came and the document it was answered with, as bytes; ``texts`` shows both without secrets."""

    entry: Entry
    asked: bytes
    told: bytes

    def texts(self) -> tuple[str, str]:
        """Request and reply as text, secrets masked."""
        return _readable(from_form(self.asked)), _readable(self.told)


def _readable(document: bytes) -> str:
    try:
        text = decode(document).characters
    except UnreadableError:
        return f"({len(document)} bytes that cannot be read)"
    return _IN_LINKS.sub(r"\1******", _SECRET.sub(r"\1******", text))


def _appended(path: Path) -> io.FileIO:
    """Without waiting: a pipe that nobody reads would be opened for ever, and one that is full would stop the site."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o666)
    return io.FileIO(number, "ab")


class RequestLog:
    """Collects entries, and appends them to a file as JSON lines."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._exchanges: deque[Exchange] = deque(maxlen=EXCHANGES)
        self._lock = threading.Lock()
        self._number = 0
        self._file: io.FileIO | None = _appended(path) if path else None
        self._whole = True
        self._full = False

    def write(self, entry: Entry, asked: bytes, told: bytes) -> None:
        """Add an entry, with the request and the reply; its number is given here."""
        with self._lock:
            self._number += 1
            numbered = replace(entry, number=self._number)
            self._entries.append(numbered)
            exchange = Exchange(numbered, asked, told)
            self._exchanges.append(exchange)
            if self._file:
                request, reply = exchange.texts()
                line = {**asdict(numbered), "request": request, "reply": reply}
                text = json.dumps(line, ensure_ascii=False)
                self._append(self._file, text.encode("utf-8", "backslashreplace") + b"\n")

    def _append(self, file: io.FileIO, line: bytes) -> None:
        """Clients are answered all the same when there is no room; what comes later is a line of its own again."""
        line = line if self._whole else b"\n" + line
        try:
            written = file.write(line) or 0
            why = "no room" if written < len(line) else ""
        except OSError as problem:
            written, why = 0, problem.strerror or str(problem)
        self._whole = written == len(line) or (self._whole and not written)
        if why and not self._full:
            self._full = True
            print(f"webex-mock: the log is not written for now: {why}", file=sys.stderr, flush=True)

    def entries(self) -> list[Entry]:
        """The latest entries, oldest first."""
        with self._lock:
            return list(self._entries)

    def exchanges(self) -> list[Exchange]:
        """The latest exchanges, oldest first."""
        with self._lock:
            return list(self._exchanges)

    def clear(self) -> None:
        """Forget what is kept in memory."""
        with self._lock:
            self._entries.clear()
            self._exchanges.clear()

    def close(self) -> None:
        """Give the file back."""
        if self._file:
            self._file.close()
