"""The ledger: what a run creates or changes on a site, written down before it happens.

One line of JSON per event, flushed before the request leaves, so that a run
killed at any moment leaves behind the list of what it may have left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from conformance.sites.errors import UserError
from conformance.sites.user_files import UNREADABLE, naming

#: Everything a run creates carries this prefix in its name, then the run id.
PREFIX = "wxc"
#: What looks like a name of ours; and such a name alone, of a worker, too, and as a mail address. What a scenario
#: writes behind its name is told by the ledger alone.
_LIKE_OURS = re.compile(rf"{PREFIX}-([0-9a-f]{{12}})\w*-[0-9]+")
_OURS = re.compile(rf"{PREFIX}-([0-9a-f]{{8}})[0-9a-f]{{4}}(?:gw[0-9]+)?-[0-9]+(?:@[A-Za-z0-9.-]+)?")
#: 2020-01-01: no run is older than the suite.
_FIRST = 0x5E0BE100


#: How a user settles whom the API can only deactivate (R41.11.0-15): listed by name at the end of a run.
DEACTIVATED = "deactivated"
#: Besides creations a run notes what it changed: a setting of a mock, the password of an account, a disposable user.
SETTING, PASSWORD, USER = "setting", "password", "user"


@dataclass(frozen=True)
class LedgerEntry:
    """One change to a ``site`` (:func:`place_of`): which operation of ours made it, as whom, under which name."""

    number: str
    site: str
    role: str
    operation: str
    name: str
    started: float

    def gave(self, name: str) -> bool:
        """Whether ``name`` tells that the run of this entry thought of it."""
        return f"{PREFIX}-{self.number.rpartition('-')[0]}-" in name


def new_run_id() -> str:
    """A run id that tells when the run began: seconds since the epoch and a random tail, in hexadecimal."""
    return f"{int(time.time()):08x}{secrets.token_hex(2)}"


def begun(name: str) -> float | None:
    """When the run that created ``name`` began, in seconds since the epoch; None for a name that is not ours.

    Nobody else's copy of a thing of ours is taken for ours: the name ends where a run ends it.
    """
    found = _OURS.fullmatch(name)
    return float(int(found[1], 16)) if found and int(found[1], 16) >= _FIRST else None


def maker(name: str) -> str:
    """The run that ``name``, or its beginning, speaks of; empty for a name that does not look like ours."""
    found = _LIKE_OURS.match(name)
    return found[1] if found else ""


class Ledger:
    """The ledger file of one run (and worker); thread-safe. ``known_as`` is a second name it is found by."""

    def __init__(self, file: Path, site: str, run_id: str, known_as: Path | None = None) -> None:
        self._file = file
        self._known_as = known_as
        self._site = site
        self._run_id = run_id
        self._count = 0
        self._lock = threading.Lock()
        self._open: TextIO | None = None

    def next_name(self) -> str:
        """A name nobody used: ``wxc-<run>-<number>``."""
        with self._lock:
            self._count += 1
            return f"{PREFIX}-{self._run_id}-{self._count}"

    def intend(self, role: str, operation: str, name: str) -> LedgerEntry:
        """Note that ``operation`` is about to leave ``name`` on the site."""
        entry = self.entry(role, operation, name)
        self.intended(entry)
        return entry

    def entry(self, role: str, operation: str, name: str) -> LedgerEntry:
        """What :meth:`intended` is to note: of what is changed already the scenario knows, though no disk takes it."""
        with self._lock:
            self._count += 1
            return LedgerEntry(f"{self._run_id}-{self._count}", self._site, role, operation, name, time.time())

    def intended(self, entry: LedgerEntry) -> None:
        """Note that it is about to be."""
        self._write({"state": "intended", **asdict(entry)})

    def created(self, entry: LedgerEntry, key: Mapping[str, str]) -> None:
        """Note that it is there, and what is needed to undo it; without a key, that the site has answered."""
        self._write({"state": "created", "number": entry.number, "key": dict(key)})

    def settled(self, entry: LedgerEntry, how: str) -> None:
        """Note that no more can be done about it: it is ``removed``, was ``refused``, or stays ``deactivated``."""
        self._write({"state": how, "number": entry.number})

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._open is not None:
                # What a full disk did not take was told to whoever wanted it noted.
                with contextlib.suppress(OSError):
                    self._open.close()
                self._open = None

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            if self._open is None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._open = self._file.open("a", encoding="utf-8")
                self._make_known()
            # Flushed to the system, a line outlives a kill of this process.
            with naming(self._file):
                self._open.write(json.dumps({**line, _SUM: _sum(line)}) + "\n")
                self._open.flush()

    def _make_known(self) -> None:
        """Give the file its second name; on another file system, or a read-only one, it has the first alone."""
        if self._known_as is not None:
            with contextlib.suppress(OSError):
                self._known_as.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._known_as.hardlink_to(self._file)


def place_of(url: str, site_name: str) -> str:
    """A name for a site, one however its profiles call and spell it."""
    address = urlsplit(url.lower())
    host = address.netloc.removesuffix({"http": ":80", "https": ":443"}.get(address.scheme, ""))
    return re.sub(r"[^a-z0-9.-]+", "_", f"{host}_{site_name.lower()}")


def state_folder(place: str) -> Path | None:
    """Where the site of that :func:`place_of` is known below ``$XDG_STATE_HOME/webex-conformance``."""
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    try:
        folder = Path(home).expanduser() / "webex-conformance" / place
    except RuntimeError:  # nobody's home, as of a user of a container
        return None
    there = next(parent for parent in folder.parents if parent.is_dir())
    return folder if folder.is_absolute() and os.access(folder if folder.is_dir() else there, os.W_OK) else None


#: A ledger that lists nothing any more may still be written to; not by a run that began so long ago.
_OVER = 24 * 3600.0


@dataclass(frozen=True)
class Ledgers:
    """The ledgers of one site: beside the ``reports`` of each run, and known in one place, whatever ``--reports``.

    ``site`` is what its profile calls it, ``place`` what :func:`place_of` does. ``known`` is :func:`state_folder`; None
    where there is none, and for a mock that ends with its run. ``others`` are folders of runs that a sweep is told of.
    """

    site: str
    place: str
    reports: Path
    known: Path | None
    others: tuple[Path, ...] = ()

    def of_run(self, run: str) -> Ledger:
        """The ledger of a run or worker, written with its first line."""
        name = f"{self.site}-{run}.jsonl"
        return Ledger(self.reports / name, self.place, run, self.known / name if self.known else None)

    @property
    def lock(self) -> Path:
        """What a run on this site holds as long as it lasts."""
        return self.known / ".run" if self.known else self.reports / f".run-{self.site}"

    def files(self) -> list[Path]:
        """Every ledger once, the latest first; those beside the reports by that name."""
        found = [file for file in self._named() if _readable(file)]
        once = {(file.stat().st_dev, file.stat().st_ino): file for file in reversed(found)}
        return sorted(once.values(), key=run_of, reverse=True)

    def unreadable(self) -> list[Path]:
        """Folders of ledgers and what is called like one that cannot be read: a link to nothing, a file of another."""
        places = filter(None, (self.reports, *self.others, self.known))
        closed = [folder for folder in places if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK)]
        return [*closed, *(file for file in self._named() if not _readable(file))]

    def _named(self) -> list[Path]:
        places = (self.reports, *self.others)
        there = (file for folder in places for file in sorted(folder.glob("*.jsonl")))
        beside = [file for file in there if file.stem.rpartition("-")[0] == self.site]
        return [*beside, *(sorted(self.known.glob("*.jsonl")) if self.known else ())]

    def left_behind(self, file: Path) -> Iterator[tuple[LedgerEntry, dict[str, str] | None]]:
        """What :func:`left_behind` tells of this site: its profile may have named another, a ledger be a copy."""
        yield from ((entry, key) for entry, key in left_behind(file) if entry.site == self.place)

    def elsewhere(self, file: Path) -> int:
        """How many changes to other sites ``file`` lists."""
        return sum(entry.site != self.place for entry, _ in left_behind(file))

    def open_of(self, run: str) -> Counter[str]:
        """How many changes of each kind the ledgers of ``run`` and its workers list as not yet undone."""
        mine = (file for file in self.files() if run_of(file).startswith(run))
        return Counter(entry.operation for file in mine for entry, _ in left_behind(file))

    def prune(self, *runs: str) -> None:
        """Remove ledgers of ``runs``, and of any that must be over, that list nothing: not even who stays behind."""
        for file in self.files():
            over = run_of(file).startswith(runs) or file.stat().st_mtime < time.time() - _OVER
            if over and not list(left_behind(file)) and not deactivated(file):
                for folder in filter(None, (self.reports, self.known, *self.others)):
                    (folder / file.name).unlink(missing_ok=True)


def _readable(file: Path) -> bool:
    return file.is_file() and os.access(file, os.R_OK)


def run_of(file: Path) -> str:
    """The run, and worker, that wrote a ledger."""
    return file.stem.rpartition("-")[2]


def deactivated(file: Path) -> list[str]:
    """The users of the run of ``file`` that stay on their site, deactivated: every name they may go by."""
    names: dict[str, dict[str, None]] = {}
    # One that got another name is deactivated by both.
    stays: dict[str, None] = {}
    for line in _lines(file):
        known = names.setdefault(line["number"], {})
        if line["state"] == "intended":
            known[line["name"]] = None
        elif line["state"] == "created":
            known.update(dict.fromkeys(line["key"].get("webExId", "").split(",")))
        elif line["state"] == DEACTIVATED:
            stays[line["number"]] = None
    return [" or ".join(name for name in names[number] if name) for number in stays]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a ledger; one cut short by a kill is passed over: its request was never sent.

    So is one that is not as a run wrote it: what it names may be anybody's. What the suite made is found by its name.
    """
    yield from (line for _, line in _read(file) if line is not None)


def edited(file: Path) -> int:
    """How many lines of ``file`` are not as a run wrote them; the last may have been cut by a kill, and counts not."""
    odd = [text for text, line in _read(file) if line is None]
    cut_by_a_kill = [text for text, line in _read(file)[-1:] if line is None and not text.endswith("}")]
    return len(odd) - len(cut_by_a_kill)


def _read(file: Path) -> list[tuple[str, dict[str, Any] | None]]:
    """Each line with what it says."""
    texts = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [(text, _line(text)) for text in texts]


#: The key of a line by which it is seen to be as it was written.
_SUM = "sum"
_INTENDED, _CREATED = {"state", *LedgerEntry.__dataclass_fields__}, {"state", "number", "key"}


def _sum(line: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(line, sort_keys=True).encode("utf-8"))


def _line(text: str) -> dict[str, Any] | None:
    """What a line says; None unless all of it is as :class:`Ledger` writes it."""
    try:
        line = json.loads(text)
    except UNREADABLE:
        return None
    if not isinstance(line, dict) or line.pop(_SUM, None) != _sum(line):
        return None
    wanted = {"intended": _INTENDED, "created": _CREATED}.get(str(line.get("state")), {"state", "number"})
    texts = (value for name, value in line.items() if name not in ("started", "key"))
    sound = set(line) == wanted and all(isinstance(value, str) for value in texts)
    key = line.get("key", {})
    sound = sound and isinstance(line.get("started", 0.0), int | float) and isinstance(key, dict)
    return line if sound and all(isinstance(value, str) for value in key.values()) else None


class SiteLock:
    """Held by a run as long as it lasts, beside its ledger: two runs on one site would judge each other's changes.

    Runs that only read may share a site; one that writes has it alone. The
    system lets go of the lock of a run that was killed. Shards of one run share
    the site: the first ``part`` alone writes, and what it changes nobody else of
    them looks at.
    """

    def __init__(self, file: Path, access: str, part: tuple[int, int] = (1, 1)) -> None:
        number, parts = part
        writer = file.with_name(f"{file.name}-writer")
        held = {file: access if parts == 1 else "read-only", writer: access}
        if number > 1 and access != "read-only":
            del held[writer]
        self._locks: list[_FileLock] = []
        try:
            for name, mode in held.items():
                self._locks.append(_FileLock(name, mode, f"a {access} run", partial(_site_in_use, access)))
        except UserError:
            self.close()
            raise

    def close(self) -> None:
        """Let others in."""
        for lock in reversed(self._locks):
            lock.close()


def _site_in_use(access: str, holder: str, file: Path) -> UserError:
    return UserError(
        "site-in-use",
        f"{holder} is at work on this site, and this one is {access}: they would judge each other's changes",
        where=str(file),
        hint="wait for its end; runs that only read may share a site",
    )


class ReportsLock:
    """Held by a run, or by ``who``, that writes to ``reports``: a second one would begin by clearing what is there."""

    def __init__(self, reports: Path, who: str = "a run", option: str = "--reports") -> None:
        reports.mkdir(parents=True, exist_ok=True)
        self._lock = _FileLock(reports / ".run", "read-write", who, partial(_reports_in_use, option))

    def close(self) -> None:
        """Let others in."""
        self._lock.close()


def _reports_in_use(option: str, holder: str, file: Path) -> UserError:
    what = f"{holder} is writing its reports here"
    hint = f"wait for its end, or name another folder with {option}"
    return UserError("reports-in-use", what, where=str(file.parent), hint=hint)


class _FileLock:
    """One file, locked for ``mode`` by ``who``; how others are told that they must not, ``refused`` says."""

    def __init__(self, file: Path, mode: str, who: str, refused: Callable[[str, Path], UserError]) -> None:
        self._name = file
        self._refused = refused
        self._file = self._held(mode)
        self._file.truncate(0)
        words = f"{who} (process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')})\n"
        # The lock holds without them: what is left on a site is taken away on a full disk, too.
        with contextlib.suppress(OSError):
            os.write(self._file.fileno(), words.encode())

    def _held(self, mode: str) -> TextIO:
        """The file, locked; whoever held it before may have taken it away in between."""
        while True:
            self._name.parent.mkdir(parents=True, exist_ok=True)
            file = self._name.open("a+", encoding="utf-8")
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if mode == "read-only" else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "another run"
                file.close()
                raise self._refused(holder, self._name) from None
            if self._name.exists() and os.path.samestat(self._name.stat(), os.fstat(file.fileno())):
                return file
            file.close()

    def close(self) -> None:
        """Let others in; the last one takes the file away, and a folder in which nothing is left."""
        with contextlib.suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._name.unlink(missing_ok=True)
            self._name.parent.rmdir()
        self._file.close()


def left_behind(file: Path) -> Iterator[tuple[LedgerEntry, dict[str, str] | None]]:
    """What the run of ``file`` may have left on its site, latest first: entries never settled, and their keys."""
    open_entries: dict[str, LedgerEntry] = {}
    keys: dict[str, dict[str, str]] = {}
    for line in _lines(file):
        state = line.pop("state")
        if state == "intended":
            open_entries[line["number"]] = LedgerEntry(**line)
        elif state == "created":
            keys[line["number"]] = line["key"]
        else:
            open_entries.pop(line["number"], None)
    yield from ((entry, keys.get(number)) for number, entry in reversed(open_entries.items()))
