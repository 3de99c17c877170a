"""A ledger that was cut or edited by hand: what it says there is not believed, and nothing else is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.sites.ledger import DEACTIVATED, Ledger, deactivated, edited, left_behind

KEY = {"meetingKey": "1234567890"}


def written(folder: Path) -> Path:
    """A ledger of three creations: one gone again, one there, one of which nobody heard."""
    file = folder / "staging-0123456789ab.jsonl"
    ledger = Ledger(file, "staging", "0123456789ab")
    for number, state in enumerate(("removed", "created", "intended")):
        entry = ledger.intend("host", "CreateMeeting", f"wxc-0123456789ab-{number}")
        if state != "intended":
            ledger.created(entry, KEY)
        if state == "removed":
            ledger.settled(entry, "removed")
    ledger.close()
    return file


def changed(number: int, change: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    """One line edited."""
    return lambda lines: [change(line) if place == number else line for place, line in enumerate(lines)]


def without(line: str, *keys: str) -> str:
    return json.dumps({key: value for key, value in json.loads(line).items() if key not in keys})


#: What was done to the lines, what is still listed (name, key known), and how many lines are told.
EDITS: dict[str, tuple[Callable[[list[str]], list[str]], list[tuple[str, bool]], int]] = {
    "nothing": (lambda lines: lines, [("2", False), ("1", True)], 0),
    "the last line cut": (lambda lines: [*lines[:-1], lines[-1][:40]], [("1", True)], 0),
    "a line cut": (changed(4, lambda line: line[:40]), [("2", False), ("1", False)], 1),
    "a line taken out": (lambda lines: lines[:2] + lines[3:], [("2", False), ("1", True), ("0", True)], 0),
    "a key of another meeting": (changed(4, lambda line: line.replace("1234567890", "1314737574")), [("2", False), ("1", False)], 1),
    "another name": (changed(3, lambda line: line.replace("wxc-0123456789ab-1", "Quarterly planning")), [("2", False)], 1),
    "another operation": (changed(5, lambda line: line.replace("CreateMeeting", "CreateUser")), [("1", True)], 1),
    "another state": (changed(2, lambda line: line.replace("removed", "refused")), [("2", False), ("1", True), ("0", True)], 1),
    "no sum": (changed(4, lambda line: without(line, "sum")), [("2", False), ("1", False)], 1),
    "no sums at all": (lambda lines: [without(line, "sum") for line in lines], [], 6),
    "no state": (changed(3, lambda line: without(line, "state", "sum")), [("2", False)], 1),
    "a list": (changed(0, lambda _: "[]"), [("2", False), ("1", True)], 1),
    "a number": (changed(0, lambda _: "3"), [("2", False), ("1", True)], 1),
    "lists without end": (changed(0, lambda _: "[" * 100_000), [("2", False), ("1", True)], 1),
    "an empty line": (lambda lines: ["", *lines], [("2", False), ("1", True)], 1),
    "words": (lambda lines: [*lines, "# swept by hand"], [("2", False), ("1", True)], 0),
    "another line behind it": (lambda lines: [*lines, '{"state": "created"}'], [("2", False), ("1", True)], 1),
    "NULs": (changed(4, lambda line: "\0" * len(line)), [("2", False), ("1", False)], 1),
    "twice": (lambda lines: lines * 2, [("2", False), ("1", True)], 0),
    "upside down": (lambda lines: lines[::-1], [("0", True), ("1", True), ("2", False)], 0),
    "nothing left": (lambda _: [], [], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_only_what_a_run_wrote_is_believed(tmp_path: Path, name: str) -> None:
    edit, listed, told = EDITS[name]
    file = written(tmp_path)
    file.write_text("".join(f"{line}\n" for line in edit(file.read_text(encoding="utf-8").splitlines())), encoding="utf-8")
    found = list(left_behind(file))
    assert [(entry.name.rpartition("-")[2], key is not None) for entry, key in found] == listed
    assert {json.dumps(key) for _, key in found if key} <= {json.dumps(KEY)}, "a key that no reply told"
    assert edited(file) == told
    assert deactivated(file) == []


@pytest.mark.parametrize("bytes_", [b"\xff\xfe", b"\xff" * 100, "{}".encode("utf-16")], ids=str)
def test_bytes_that_are_no_text_are_passed_over(tmp_path: Path, bytes_: bytes) -> None:
    file = written(tmp_path)
    file.write_bytes(bytes_ + b"\n" + file.read_bytes())
    assert [entry.name.rpartition("-")[2] for entry, _ in left_behind(file)] == ["2", "1"]
    assert edited(file) == 1


def test_a_user_that_got_another_name_stays_once_by_both(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "staging-0123456789ab.jsonl", "staging", "0123456789ab")
    entry = ledger.intend("site-admin", "CreateUser", "wxc-0123456789ab-1")
    ledger.created(entry, {"webExId": "wxc-0123456789ab-1"})
    ledger.settled(entry, DEACTIVATED)
    ledger.created(entry, {"webExId": "wxc-0123456789ab-1,wxc-0123456789ab-2"})
    ledger.settled(entry, DEACTIVATED)
    ledger.close()
    assert deactivated(tmp_path / "staging-0123456789ab.jsonl") == ["wxc-0123456789ab-1 or wxc-0123456789ab-2"]
