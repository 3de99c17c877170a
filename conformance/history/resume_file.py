"""What ``--resume`` goes on from: the verdicts of a run that was interrupted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.sites.errors import UserError
from conformance.sites.masking import secret_registry

RESUME_FILE = "journal.jsonl"
#: A scenario that broke is run again when the run is resumed; every verdict stands.
_VERDICTS = ("passed", "failed", "skipped", "known")


class ResumeFile:
    """Every finished scenario at once, so that an interrupted run can go on; the first line holds its terms."""

    def __init__(self, folder: Path, terms: dict[str, Any]) -> None:
        self._file = folder / RESUME_FILE
        self._terms = terms

    def begin(self) -> None:
        """Start a new file."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self._terms) + "\n", encoding="utf-8")

    def add(self, message: dict[str, Any]) -> None:
        """Note a finished scenario."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(secret_registry.mask(json.dumps(message)) + "\n")

    def finished(self) -> list[dict[str, Any]]:
        """The verdicts of the interrupted run; :class:`UserError` when there is none, or it was another run."""
        try:
            first, *lines = self._file.read_text(encoding="utf-8").splitlines()
            terms = json.loads(first)
        except (OSError, ValueError):
            raise UserError(
                "nothing-to-resume",
                "there is no interrupted run to resume",
                where=str(self._file),
                hint="run without --resume",
            ) from None
        for key, value in self._terms.items():
            if terms.get(key) != value:
                what = f"the interrupted run had {key} {terms.get(key)!r}, this one has {value!r}"
                raise UserError("resume-differs", what, where=str(self._file), hint="run without --resume")
        return [message for message in map(_read_line, lines) if message and message["result"]["outcome"] in _VERDICTS]


def _read_line(line: str) -> dict[str, Any] | None:
    try:
        message: dict[str, Any] = json.loads(line)
    except ValueError:
        return None  # cut short by the kill
    return message
