"""What ``--resume`` goes on from, and what else an earlier run leaves among the reports."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from conformance.history.metrics import METRICS
from conformance.reporting.statement import NEW_ISSUES
from conformance.reporting.summary import OVERVIEW
from conformance.reporting.text import counted
from conformance.sites.errors import UserError
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import demand_readable, write_whole

RESUME_FILE = "journal.jsonl"
ALLURE = "allure-results"
#: A scenario that broke is run again when the run is resumed; every verdict stands.
_VERDICTS = ("passed", "failed", "flaky", "skipped", "known")


class ResumeFile:
    """Every finished scenario at once, so that an interrupted run can go on; the first line holds its terms."""

    def __init__(self, folder: Path, terms: dict[str, Any]) -> None:
        self._file = folder / RESUME_FILE
        self._terms = terms

    def begin(self) -> None:
        """Start a new file; a kill leaves it with its terms or not at all."""
        write_whole(self._file, json.dumps(self._terms) + "\n")

    def expect(self, number: int) -> None:
        """Note how many scenarios there are to finish, for whoever watches this run."""
        self._write({"selected": number})

    def demand_selected(self, finished: Iterable[str], selected: Iterable[str]) -> None:
        """:class:`UserError` unless all that was ``finished`` is ``selected`` again.

        A run of less would be another, and what was found besides be lost with the reports of this one.
        """
        if left_out := sorted(set(finished) - set(selected)):
            number = counted(len(left_out), "scenario")
            what = f"{number} that the interrupted run finished would be left out, {left_out[0]} among them"
            hint = "select what it selected, or more; or run without --resume, which begins anew"
            raise UserError("resume-differs", what, where=str(self._file), hint=hint)

    def add(self, message: dict[str, Any]) -> None:
        """Note a finished scenario."""
        self._write(message)

    def _write(self, message: dict[str, Any]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(secret_registry.masked_json(message) + "\n")

    def finished(self) -> list[dict[str, Any]]:
        """The verdicts of the interrupted run; :class:`UserError` when there is none, or it was another run."""
        terms = begun(self._file.parent)
        if not terms:
            raise UserError(
                "nothing-to-resume",
                "there is no interrupted run to resume",
                where=str(self._file),
                hint="run without --resume",
            )
        for key, value in self._terms.items():
            if terms.get(key) != value:
                what = f"the interrupted run had {key} {terms.get(key)!r}, this one has {value!r}"
                raise UserError("resume-differs", what, where=str(self._file), hint="run without --resume")
        lines = _whole_lines(self._file)[1:]
        results = (message for message in map(read_line, lines) if "result" in message)
        found = [message for message in results if message["result"]["outcome"] in _VERDICTS]
        told = _told_by_allure(self._file.parent / ALLURE)
        return [message for message in found if told is None or message["result"]["nodeid"] in told]


def begun(folder: Path) -> dict[str, Any]:
    """The terms of a run that began in ``folder`` and was cut off, for another to go on with it; empty where none."""
    file = folder / RESUME_FILE
    try:
        demand_readable(file)
        with file.open("rb") as source:
            return read_line(source.readline())
    except OSError:
        return {}


def read_line(line: str | bytes) -> dict[str, Any]:
    """A line of the file; empty for one that a kill cut short."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _whole_lines(file: Path) -> list[str]:
    """The lines of the interrupted run; what a kill cut short is taken away, or the next would be glued to it."""
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with suppress(OSError):
            os.truncate(file, whole)
    return content[:whole].decode("utf-8", "replace").splitlines()


def last_numbers(reports: Path, prefix: str) -> tuple[int, int]:
    """The highest numbers of exchanges and faults that are there under ``prefix``; a run that goes on begins behind."""
    named = re.compile(rf"{re.escape(prefix)}(\d+)[-.]")
    exchanges, faults = (_highest(reports / folder, named) for folder in ("exchanges", "faults"))
    return exchanges, faults


def _highest(folder: Path, named: re.Pattern[str]) -> int:
    if not folder.is_dir():
        return 0
    return max((int(found.group(1)) for one in folder.iterdir() if (found := named.match(one.name))), default=0)


def _told_by_allure(folder: Path) -> set[str] | None:
    """Scenarios that have a result there; None where nothing was to be written to it.

    It is written after the line of the scenario: a kill may have come in between.
    """
    if not folder.is_dir():
        return None
    told = set()
    for file in folder.glob("*-result.json"):
        with suppress(OSError, ValueError, AttributeError):
            told.add(json.loads(file.read_text(encoding="utf-8")).get("fullName"))
    return told


#: Output of an earlier run, on one site or several, removed when a new one begins; the ledger stays, it is not output.
OF_A_RUN = (
    *("summary.json", "junit.xml", "badge.json", METRICS, OVERVIEW, NEW_ISSUES),
    *(ALLURE, "exchanges", "faults", RESUME_FILE, "part.json", "shard.json"),
)


def clear(reports: Path, names: Iterable[str]) -> None:
    """Remove output of an earlier run: reports of one run never stay from another."""
    for path in (reports / name for name in names):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
