"""Every key of a profile with a value of every wrong kind: refused with the line, or taken where it means something."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from conformance.sites.errors import UserError
from conformance.sites.profile_file import load_profile
from tests.inputs.kinds import CANARY, NO_TEXT, NO_TOML, ODD_TEXT, one_message, refusal

#: Every table of a profile with its keys, each with a value that is right.
TABLES = {
    "": {
        "url": '"https://staging.webex.com/WBXService/XMLService"',
        "site_name": '"staging"',
        "release": '"41.12.0"',
        "access": '"read-only"',
        "rate": '"4/s"',
        "timeout": "30",
        "lanes": "4",
        "trust_env": "false",
        "ca_file": '"ca.pem"',
        "schemas": '"schemas.zip"',
        "encoding": '"UTF-8"',
        "expected_skips": "[]",
        "not_served": "[]",
        "history": '"history"',
    },
    "accounts.site-admin": {
        "webex_id": '"admin@example.com"',
        "email": '"admin@example.com"',
        "password": '"${BAD_INPUT_PASSWORD}"',
        "session_ticket": '"${BAD_INPUT_PASSWORD}"',
        "access_token": '"${BAD_INPUT_PASSWORD}"',
        "webex_access_token": '"${BAD_INPUT_PASSWORD}"',
    },
    "settings": {"classic-events": "true", "nbr-storage": "1000"},
    "data": {"meeting-key": '"123456789"', "free-user-webex-id": '"jack"', "late-training-recording-start": '"x"'},
    "mailbox": {
        "imap": '"imap.example.com:993"',
        "user": '"conformance@example.com"',
        "password": '"${BAD_INPUT_PASSWORD}"',
        "folder": '"INBOX"',
        "ca_file": '"ca.pem"',
        "address": '"conformance@example.com"',
    },
}
PLACES = [(table, key) for table, keys in TABLES.items() for key in keys]
#: What is no text and yet right, by key.
RIGHT = {
    "timeout": {"a whole number", "a fraction"},
    "lanes": {"a whole number"},
    "trust_env": {"a flag"},
    "classic-events": {"a flag"},
    "nbr-storage": {"a whole number"},
    "expected_skips": {"a list", "an empty list"},
    "not_served": {"a list", "an empty list"},
    **dict.fromkeys(TABLES["data"], {"a whole number"}),
}
#: Texts that must be refused whatever the key.
NOWHERE = {"a line break", "a NUL", "an escape", "a mark that turns text around"}
#: Keys where no odd text can be right.
WORDS = {"url", "release", "access", "rate", "timeout", "lanes", "trust_env", "encoding", "expected_skips", "not_served",
         "password", "session_ticket", "access_token", "webex_access_token", *TABLES["settings"]}  # fmt: skip
PATHS = {"ca_file", "schemas", "history"}


def profile(changes: dict[tuple[str, str], str]) -> str:
    """A profile that says everything, but for ``changes``."""
    lines = []
    for table, keys in TABLES.items():
        lines.append(f"[sites.staging{'.' + table if table else ''}]")
        lines += [f"{key} = {changes.get((table, key), value)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


def refused(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> UserError | None:
    """How a profile of this text is refused, if it is."""
    monkeypatch.setenv("BAD_INPUT_PASSWORD", CANARY)
    monkeypatch.delenv("NOT_SET_AT_ALL", raising=False)
    file = folder / "sites.toml"
    file.write_text(text, encoding="utf-8")
    problem = refusal(lambda: load_profile("staging", file))
    if problem is not None:
        one_message(problem, told_at=str(file))
    return problem


def line_of(text: str, table: str, key: str) -> int:
    """Where ``key`` stands."""
    lines = text.splitlines()
    start = lines.index(f"[sites.staging{'.' + table if table else ''}]")
    return next(number for number, line in enumerate(lines, 1) if number > start and line.startswith(f"{key} = "))


def test_the_profile_that_the_rows_change_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(tmp_path, profile({}), monkeypatch) is None


@pytest.mark.rotating(3)
@pytest.mark.parametrize(("place", "kind"), list(product(PLACES, NO_TEXT)), ids=str)
def test_what_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str, str], kind: str) -> None:
    text = profile({place: NO_TEXT[kind]})
    problem = refused(tmp_path, text, monkeypatch)
    if kind in RIGHT.get(place[1], ()):
        assert problem is None or problem.code == "operation-unknown"
    else:
        assert problem is not None, "a value of the wrong kind was taken"
        assert problem.where.endswith(f":{line_of(text, *place)}")


@pytest.mark.rotating(3)
@pytest.mark.parametrize(("place", "kind"), list(product(PLACES, ODD_TEXT)), ids=str)
def test_odd_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str, str], kind: str) -> None:
    text = profile({place: ODD_TEXT[kind]})
    problem = refused(tmp_path, text, monkeypatch)
    key = place[1]
    wrong = kind in NOWHERE or kind == "a variable that is not set" or key in WORDS
    if wrong and not (key in ("release", "rate") and kind in ("nothing", "blanks")):
        assert problem is not None, "what means nothing was taken"
    if key in PATHS and kind == "a user who is not there":
        assert problem is not None
    if key in ("webex_id", "user", "imap", "site_name") and kind in ("nothing", "blanks"):
        assert (problem is None) == (key == "site_name" and kind == "nothing"), "it must be there; the site tells its own name"
    if problem is not None:
        assert problem.where.endswith(f":{line_of(text, *place)}")


@pytest.mark.rotating(2)
@pytest.mark.parametrize(("place", "kind"), list(product([("", "site_name"), ("mailbox", "folder"), ("data", "meeting-key")], NO_TOML)), ids=str)
def test_what_is_no_toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str, str], kind: str) -> None:
    problem = refused(tmp_path, profile({place: NO_TOML[kind]}), monkeypatch)
    assert problem is not None
    assert problem.code == "sites-syntax"


@pytest.mark.parametrize(("table", "kind"), list(product([table for table in TABLES if table] + ["accounts"], NO_TEXT)), ids=str)
def test_tables_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, kind: str) -> None:
    text = profile({})
    below = text.partition(f"[sites.staging.{table}")[2].partition("\n[")[0]
    text = text.replace(f"[sites.staging.{table}{below}", "").replace("[sites.staging]\n", f"[sites.staging]\n{table} = {NO_TEXT[kind]}\n")
    problem = refused(tmp_path, text, monkeypatch)
    if kind == "an empty table" and table in ("settings", "data", "mailbox"):
        assert problem is None
    else:
        assert problem is not None
