"""A folder of nights: written once and never changed, put together by copying.

``nights/SITE/STARTED-CHECKSUM.json.gz`` is one night; what most nights share, the
list of scenarios and the shapes of replies, lies once in ``parts/CHECKSUM.json.gz``.
Every name holds the checksum of what the file holds, so two machines never write
one name with two contents, and a file that was cut or changed is told.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import secrets
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conformance.history.night import NightRecord, digest, night_of, read_night
from conformance.reporting.summary import RunRecord
from conformance.sites.errors import UserError
from conformance.sites.user_files import naming, read_user_bytes

_NIGHT = re.compile(r"(?P<started>\d{8}T\d{6}Z)-(?P<digest>[0-9a-f]{16})\.json\.gz")
_DRAFT = ".draft-"
#: Seconds after which a draft is what a killed run left, and not what another is writing.
_ABANDONED = 24 * 3600


class Damaged(Exception):
    """A file of the archive does not hold what its name says; the words say which and why."""


class Archive:
    """The nights below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, night: NightRecord) -> Path:
        """Write ``night``, its parts first, so that a night that is there is whole; the file.

        Nothing is ever written over: a night that is kept twice is kept once.
        ``OSError`` when it cannot be written.
        """
        own, *parts = night.parts()
        for part in parts:
            self._write(self.folder / "parts" / f"{digest(part)}.json.gz", part)
        file = self._folder_of(night.site) / f"{night.started}-{digest(own)}.json.gz"
        self._write(file, own)
        self._clear()
        return file

    def _folder_of(self, site: str) -> Path:
        return self.folder / "nights" / quote(site, safe=" ")

    def _write(self, file: Path, text: bytes) -> None:
        if file.is_file() and _holds(file):
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{_DRAFT}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            with naming(file), draft.open("wb") as sink:
                sink.write(gzip.compress(text, 9, mtime=0))
                sink.flush()
                os.fsync(sink.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)

    def _clear(self) -> None:
        """Take away what killed runs left half written."""
        for draft in self.folder.glob(f"{_DRAFT}*"):
            # Another run may finish its own meanwhile.
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < time.time() - _ABANDONED:
                    draft.unlink()

    def files(self) -> Iterator[Path]:
        """The files that hold a night, oldest first on each site; files of another name are not ours."""
        for folder in sorted(self.folder.glob("nights/*")):
            yield from (file for file in sorted(folder.glob("*.json.gz")) if _NIGHT.fullmatch(file.name))

    def foreign(self) -> list[Path]:
        """Files among the nights that no run wrote."""
        among = (file for folder in self.folder.glob("nights/*") if folder.is_dir() for file in folder.iterdir())
        return sorted(file for file in among if not _NIGHT.fullmatch(file.name))

    def read(self, file: Path) -> NightRecord:
        """The night of ``file``; :class:`Damaged` when it or one of its parts is not what it was."""
        own = _values(file)
        try:
            scenarios, shapes = (self._part(own[name]) for name in ("scenarios", "shapes"))
            rest = {key: value for key, value in own.items() if key not in ("scenarios", "shapes")}
            return read_night(rest, scenarios, shapes)
        except (KeyError, TypeError, ValueError) as problem:
            raise Damaged(f"{file}: this is no night of a run: {problem}") from None

    def met(self) -> Iterator[tuple[str, str, Mapping[str, Mapping[str, object]]]]:
        """Site, day and shapes of every night that can be read; nights that are alike share the shapes."""
        for file in self.files():
            with suppress(Damaged, KeyError, TypeError):
                own = _values(file)
                yield str(own["site"]), str(own["finished"])[:10], self._part(own["shapes"])

    def replied(self) -> dict[str, float]:
        """Seconds a scenario of each site waited for replies, on average, in its last night that can be read."""
        found: dict[str, float] = {}
        for file in self.files():
            with suppress(Damaged, KeyError, TypeError, ValueError):
                own = _values(file)
                milliseconds = sum(count * median for count, median, *_ in own["reply_times"].values())
                found[str(own["site"])] = milliseconds / 1000 / len(own["outcomes"]) if own["outcomes"] else 0.0
        return found

    def _part(self, name: str) -> Any:
        return _shared(self.folder / "parts" / f"{name}.json.gz")


def keep(record: RunRecord, folder: Path, root: Path) -> None:
    """Keep the night of a run in ``folder``; ``root`` is where its exchange files are named from."""
    Archive(folder).keep(night_of(record, str(root)))


def at(folder: Path) -> Archive:
    """The archive in ``folder``; :class:`UserError` when there is none."""
    if not (folder / "nights").is_dir():
        hint = "runs keep their nights there: pytest features --site NAME --history DIR"
        raise UserError("history-missing", "there is no history of runs here", where=str(folder), hint=hint)
    return Archive(folder)


def _holds(file: Path) -> bool:
    try:
        _values(file)
    except Damaged:
        return False
    return True


def _values(file: Path) -> dict[str, Any]:
    """The JSON of a file whose name ends with the checksum of its text."""
    try:
        # gzip takes an empty file for the compressed form of nothing.
        text = gzip.decompress(read_user_bytes(file) or b"\0")
    except FileNotFoundError:
        raise Damaged(f"{file} is missing: copy it from where the night was kept") from None
    except (OSError, EOFError, zlib.error) as problem:
        raise Damaged(f"{file} was cut or is no night: {problem}") from None
    if not file.name.endswith(f"{digest(text)}.json.gz"):
        raise Damaged(f"{file} was changed: its checksum is another one")
    values: dict[str, Any] = json.loads(text)
    return values


@lru_cache(maxsize=64)
def _shared(file: Path) -> Any:
    return _values(file)
