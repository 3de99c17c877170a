"""The ledger: what a run creates on a site, written down before it is created.

One line of JSON per event, flushed before the request leaves, so that a run
killed at any moment leaves behind the list of what it may have left behind.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Everything a run creates carries this prefix in its name, then the run id.
PREFIX = "wxc"
_NAME = re.compile(rf"^{PREFIX}-([0-9a-f]{{8}})[0-9a-f]{{4}}\w*-\d+")


@dataclass(frozen=True)
class Creation:
    """How an operation creates something, and what removes it again.

    ``key`` maps the element of the reply (for a user, of the request) to the
    variable of the removing operation; ``named`` is the variable that carries
    the prefix, ``tells`` are further elements of the reply worth keeping.
    """

    kind: str
    remove: str
    key: dict[str, str]
    named: str
    tells: tuple[str, ...] = ()


#: Operations of the contract that create, by name.
CREATIONS = {
    "CreateUser": Creation("user", "DelUser", {"webExId": "webExId"}, "email", ("userId",)),
    "CreateMeeting": Creation("meeting", "DelMeeting", {"meetingkey": "meetingKey"}, "confName"),
    "CreateEvent": Creation("event", "DelEvent", {"sessionKey": "sessionKey"}, "sessionName"),
}


@dataclass(frozen=True)
class Entry:
    """One created thing: who created it under which name, and how to remove it once its key is known."""

    number: str
    site: str
    role: str
    operation: str
    name: str
    started: float


def new_run_id() -> str:
    """A run id that tells when the run began: seconds since the epoch and a random tail, in hexadecimal."""
    return f"{int(time.time()):08x}{secrets.token_hex(2)}"


def begun(name: str) -> float | None:
    """When the run that created ``name`` began, in seconds since the epoch; None for a name that is not ours."""
    found = _NAME.match(name)
    return float(int(found.group(1), 16)) if found else None


class Ledger:
    """The ledger file of one run (and worker); thread-safe."""

    def __init__(self, file: Path, site: str, run_id: str) -> None:
        self.run_id = run_id
        self._file = file
        self._site = site
        self._count = 0
        self._lock = threading.Lock()

    def next_name(self) -> str:
        """A name nobody used: ``wxc-<run>-<number>``."""
        with self._lock:
            self._count += 1
            return f"{PREFIX}-{self.run_id}-{self._count}"

    def intend(self, role: str, operation: str, name: str) -> Entry:
        """Note that ``operation`` is about to create ``name``."""
        with self._lock:
            self._count += 1
            entry = Entry(f"{self.run_id}-{self._count}", self._site, role, operation, name, time.time())
        self._write({"state": "intended", **asdict(entry)})
        return entry

    def created(self, entry: Entry, key: dict[str, str]) -> None:
        """Note that the site created it, and by which key it goes."""
        self._write({"state": "created", "number": entry.number, "key": key})

    def settled(self, entry: Entry, how: str) -> None:
        """Note that nothing of it is left: ``removed`` or ``refused``."""
        self._write({"state": how, "number": entry.number})

    def _write(self, line: dict[str, Any]) -> None:
        text = json.dumps(line) + "\n"
        with self._lock:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())


def left_behind(file: Path) -> Iterator[tuple[Entry, dict[str, str] | None]]:
    """What the run of ``file`` may have left on its site: entries never settled, with their key if the site told it.

    A line cut short by a kill is passed over: its request was never sent.
    """
    open_entries: dict[str, Entry] = {}
    keys: dict[str, dict[str, str]] = {}
    for text in file.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        state = line.pop("state")
        if state == "intended":
            open_entries[line["number"]] = Entry(**line)
        elif state == "created":
            keys[line["number"]] = line["key"]
        else:
            open_entries.pop(line["number"], None)
    yield from ((entry, keys.get(number)) for number, entry in open_entries.items())
