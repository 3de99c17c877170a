"""The log of a site: every request it received, without secrets."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TextIO

#: Entries kept in memory; a file keeps all.
CAPACITY = 10_000


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


class RequestLog:
    """Collects entries, and appends them to a file as JSON lines."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._lock = threading.Lock()
        self._number = 0
        self._file: TextIO | None = path.open("a", encoding="utf-8", buffering=1) if path else None

    def write(self, entry: Entry) -> None:
        """Add an entry; its number is given here."""
        with self._lock:
            self._number += 1
            numbered = replace(entry, number=self._number)
            self._entries.append(numbered)
            if self._file:
                self._file.write(json.dumps(asdict(numbered)) + "\n")

    def entries(self) -> list[Entry]:
        """The latest entries, oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget the entries in memory."""
        with self._lock:
            self._entries.clear()

    def close(self) -> None:
        """Give the file back."""
        if self._file:
            self._file.close()
