"""Every key of a known issue with a value of every wrong kind: refused with the line of its entry."""

from __future__ import annotations

import datetime as dt
from itertools import product
from pathlib import Path

import pytest

from conformance.judge.known_issues import load_known
from conformance.sites.errors import UserError
from tests.inputs.kinds import NO_TEXT, NO_TOML, ODD_TEXT, one_message, refusal

CLAUSES = ("R41.7.0-01",)
TODAY = dt.date(2026, 11, 28)
ISSUE = {
    "clause": '"R41.7.0-01"',
    "operation": '"GetSite"',
    "path": '"siteInstance/tools"',
    "refusal": '"000001"',
    "check": '"element-present"',
    "site": '"staging"',
    "reason": '"seen since the upgrade"',
    "owner": '"platform team"',
    "link": '"https://example.com/1"',
    "expires": "2027-01-31",
}
#: Texts that must be refused whatever the key.
NOWHERE = {"blanks", "a line break", "a NUL", "an escape", "a mark that turns text around"}


def refused(folder: Path, text: str) -> UserError | None:
    """How a file of this text is refused, if it is."""
    file = folder / "known_issues.toml"
    file.write_text(text, encoding="utf-8")
    problem = refusal(lambda: load_known(file, "staging", CLAUSES, ("GetSite",), TODAY))
    if problem is not None:
        one_message(problem, told_at=str(file))
    return problem


def issue(**changes: str) -> str:
    """An entry, the second of its file, that says everything."""
    lines = [f"{key} = {value}" for key, value in {**ISSUE, **changes}.items()]
    return "\n".join(("[[known]]", *(f"{key} = {value}" for key, value in ISSUE.items()), "", "[[known]]", *lines, ""))


LINE = len(ISSUE) + 3


def test_the_issue_that_the_rows_change_is_right(tmp_path: Path) -> None:
    assert refused(tmp_path, issue()) is None


@pytest.mark.parametrize(("key", "kind"), list(product(ISSUE, NO_TEXT)), ids=str)
def test_what_is_no_text(tmp_path: Path, key: str, kind: str) -> None:
    problem = refused(tmp_path, issue(**{key: NO_TEXT[kind]}))
    if key == "expires" and kind == "a date":
        assert problem is None
    else:
        assert problem is not None, "a value of the wrong kind was taken"
        assert problem.where.endswith(f":{LINE}")


@pytest.mark.parametrize(("key", "kind"), list(product(ISSUE, ODD_TEXT)), ids=str)
def test_odd_texts(tmp_path: Path, key: str, kind: str) -> None:
    problem = refused(tmp_path, issue(**{key: ODD_TEXT[kind]}))
    optional = key in ("clause", "operation", "path", "refusal")
    if key == "reason" and kind == "a line break":
        assert problem is None, "it may be written in several lines"
    elif kind in NOWHERE or key in ("expires", "check") or (kind == "nothing" and not optional):
        assert problem is not None, "what means nothing was taken"
    elif key in ("clause", "operation") and kind != "nothing":
        assert problem is not None, f"there is no such {key}"
    if problem is not None:
        assert problem.where.endswith(f":{LINE}")


@pytest.mark.parametrize(("key", "kind"), list(product(("site", "expires"), NO_TOML)), ids=str)
def test_what_is_no_toml(tmp_path: Path, key: str, kind: str) -> None:
    assert refused(tmp_path, issue(**{key: NO_TOML[kind]})) is not None


@pytest.mark.parametrize("kind", NO_TEXT)
@pytest.mark.parametrize("table", ["known", "knwon"])
def test_tables_that_are_none(tmp_path: Path, table: str, kind: str) -> None:
    problem = refused(tmp_path, f"{table} = {NO_TEXT[kind]}\n")
    assert (problem is None) == (table == "known" and kind == "an empty list")
