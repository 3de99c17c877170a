"""A run killed with SIGKILL at a moment of its site's choosing, then swept; and what of the site is not as before.

A moment is a request: the one at which the site kills the run, before it acts, or after it has and nobody hears of it.
Between two requests nothing changes on a site, so these are all the moments there are.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mocksite
from conformance.wire.client import reads_only
from tests.conftest import ROOT, SAFETY
from tests.twisted import Twisted, operation_of, twisted

#: How runs are made: by what options, and whether on a site with a control plane or without, a live one.
WAYS: dict[str, tuple[tuple[str, ...], bool]] = {
    "one after the other": (("--lanes", "0"), True),
    "lanes": ((), True),
    "two workers": (("-n", "2"), True),
    "live": ((), False),
    "live, two workers": (("-n", "2"), False),
}


@dataclass(frozen=True)
class Moment:
    """When a run is killed: at the request of this number, before or after the site acts."""

    request: int
    after: bool

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} request {self.request}"


class Site:
    """A mock that counts the requests of a run, and kills it at one of them."""

    def __init__(self, served: Twisted, moment: Moment | None) -> None:
        self.served, self.moment = served, moment
        self.requests = 0
        #: Requests that change the site, by their number.
        self.changes: list[int] = []
        self.run: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._handle: Callable[[mocksite.HttpRequest], mocksite.HttpResponse] = served.core.handle
        served.core.handle = self.handle  # type: ignore[method-assign]

    def handle(self, request: mocksite.HttpRequest) -> mocksite.HttpResponse:
        """The answer, unless nobody is there any more to hear it."""
        with self._lock:
            self.requests += self.run is not None
            if self.run is not None and changes(request):
                self.changes.append(self.requests)
            here = self.moment is not None and self.run is not None and self.requests == self.moment.request
        if here and self.moment and not self.moment.after:
            self._kill()
            raise ConnectionResetError
        answer = self._handle(request)
        if here:
            self._kill()
        return answer

    def _kill(self) -> None:
        """The run, and the workers in its process group."""
        if self.run is not None:
            os.killpg(self.run.pid, signal.SIGKILL)

    def state(self) -> dict[str, Any]:
        """What the site holds, as far as a run could change it, in an order of its own."""
        told = json.loads(self._handle(mocksite.HttpRequest("GET", "/_control/state", {}, b"")).body)
        # Where mail goes is told by every run anew, and means nothing without one.
        told["settings"].pop("mail-relay", None)
        return {key: told[key] for key in ("settings", "sessions", "attendees", "programs", "recordings", "users")}


def changes(request: mocksite.HttpRequest) -> bool:
    """Whether a request changes the site, by the API or the control plane."""
    if request.path.startswith("/_control"):
        return request.method in ("PUT", "DELETE")
    return not reads_only(operation_of(request))


def settle() -> None:
    """Wait for what a run had sent before it was killed: the site still acts on it."""
    while threads := [one for one in threading.enumerate() if "process_request_thread" in one.name]:
        for one in threads:
            # One that is about to start is listed already, and cannot be waited for yet.
            if one.is_alive():
                one.join(SAFETY)
            else:
                time.sleep(0)


@contextlib.contextmanager
def open_site(folder: Path, way: str, moment: Moment | None) -> Iterator[Site]:
    """The mock of a ``way``, served."""
    changes = {} if WAYS[way][1] else {"control_url": "None", "rate": '"10000/s"'}
    with twisted(folder, **changes) as served:
        yield Site(served, moment)


def _environment(folder: Path) -> dict[str, str]:
    """Ledgers of this run alone, and the rows the tests of the machinery run."""
    return {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "PYTHONPATH": str(ROOT), "WXC_TEST_FIRST_ROWS": "yes"}


def run(site: Site, folder: Path, way: str, features: tuple[str, ...]) -> int:
    """A run, killed or not; its exit code."""
    command = [sys.executable, "-m", "conformance.cli", "run", "--root", str(ROOT), *features, "-p", "tests.first_rows", "-q"]
    options = [*WAYS[way][0], *site.served.arguments("--access", "read-write", "--reports", str(folder / "reports"))]
    with (folder / "run.txt").open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*command, *options], cwd=folder, env=_environment(folder), stdout=output, stderr=output, text=True, start_new_session=True
        )
        site.run = process
        code = process.wait(SAFETY)
        site.run = None
    settle()
    return code


#: The command with a clock that is so many seconds ahead.
_LATER = "import sys, time; clock = time.time; time.time = lambda: clock() + {}; from conformance.cli import main; sys.exit(main())"
#: What a sweep says of a request that was on its way when its run was killed, and may be so still.
_MAY_COME = "whether it was created nobody knows: the site does not show it yet"


def sweep(site: Site, folder: Path, later: int = 0) -> tuple[int, str]:
    """``webex-conformance sweep`` on what was left, so many seconds later; its exit code and what it said."""
    (folder / "reports").mkdir(exist_ok=True)
    command = [sys.executable, "-c", _LATER.format(later), "sweep", "--root", str(ROOT)]
    options = site.served.arguments("--access", "read-write", "--reports", str(folder / "reports"))
    told = subprocess.run([*command, *options], cwd=folder, env=_environment(folder), capture_output=True, text=True, timeout=SAFETY)
    return told.returncode, told.stdout + told.stderr


def swept(site: Site, folder: Path) -> tuple[int, str]:
    """The same; where all it leaves is what may still come, once more when that would have come."""
    code, told = sweep(site, folder)
    if code == 1 and f", {told.count(_MAY_COME)} left behind" in told:
        code, later = sweep(site, folder, later=3600)
        return code, told + later
    return code, told


@dataclass(frozen=True)
class Result:
    """One kill: whether it came, what it left, and what of that the sweep left."""

    way: str
    moment: Moment
    killed: bool
    left: tuple[str, ...]
    remains: tuple[str, ...]
    code: int
    told: str

    @property
    def good(self) -> bool:
        """The state as before, and a sweep that says so."""
        return self.killed and not self.remains and self.code == 0 and "Traceback" not in self.told

    def __str__(self) -> str:
        return f"{self.way}, {self.moment}: left {len(self.left)}, then {', '.join(self.remains) or 'nothing'}"


def kill(folder: Path, way: str, moment: Moment, features: tuple[str, ...]) -> Result:
    """One run killed at ``moment``, and swept."""
    folder.mkdir(parents=True)
    with open_site(folder, way, moment) as site:
        before = site.state()
        code = run(site, folder, way, features)
        left = differences(before, site.state(), live=not WAYS[way][1])
        exit_code, told = swept(site, folder)
        remains = differences(before, site.state(), live=not WAYS[way][1])
    ledgers = [str(file.relative_to(folder)) for file in folder.rglob("*.jsonl") if "ledger" in file.parts or "state" in file.parts]
    if WAYS[way][1]:
        remains = (*remains, *ledgers)
    return Result(way, moment, code == -signal.SIGKILL, left, remains, exit_code, told)


def requests_of(folder: Path, way: str, features: tuple[str, ...]) -> tuple[int, list[int]]:
    """How many requests a run takes that nobody kills, and which of them change the site; it leaves nothing itself."""
    folder.mkdir(parents=True)
    with open_site(folder, way, None) as site:
        before = site.state()
        code = run(site, folder, way, features)
        left = differences(before, site.state(), live=not WAYS[way][1])
        if code or left:
            raise AssertionError(f"a whole run, {way}: {code}, left {left}; {(folder / 'run.txt').read_text(encoding='utf-8')[-2000:]}")
        return site.requests, site.changes


#: How to tell things of a kind apart.
KEYS = {"sessions": "key", "attendees": "attendee_id", "programs": "program_id", "recordings": "recording_id", "users": "user_id"}


def differences(before: dict[str, Any], after: dict[str, Any], *, live: bool) -> tuple[str, ...]:
    """What is not as before, in words. A user of the suite stays on a live site, deactivated: the API can do no more."""
    found = [f"setting {name}" for name, value in before["settings"].items() if after["settings"].get(name) != value]
    for kind, key in KEYS.items():
        were, are = ({row[key]: row for row in state[kind]} for state in (before, after))
        for number in were.keys() | are.keys():
            old, new = were.get(number), are.get(number)
            stays = live and kind == "users" and old is None and new is not None and new["active"] == "DEACTIVATED"
            if old != new and not stays:
                found.append(f"{kind} {number}: {_words(old, new)}")
    return tuple(sorted(found))


def _words(old: dict[str, Any] | None, new: dict[str, Any] | None) -> str:
    if old is None or new is None:
        return f"new, {(new or {}).get('name') or (new or {}).get('email')}" if old is None else "gone"
    return ", ".join(f"{name} {old[name]!r} is {new[name]!r}" for name in old if old[name] != new.get(name))
