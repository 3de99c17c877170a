"""A summary in which anything is of another kind is one message, or is read as what it is; never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.reporting.comparison.compare import compare_runs
from conformance.reporting.comparison.compare_output import comparison_as_json, comparison_page, lines_of, markdown_of
from conformance.reporting.summary import read_baseline, read_run
from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.sites.errors import UserError
from conformance.sites.release import Release
from tests.inputs.kinds import one_message, refusal
from tests.inputs.summary import SUMMARY

#: What stands where something else belongs.
KINDS: dict[str, Any] = {
    "null": None,
    "true": True,
    "a number": 3,
    "a huge number": 10**400,
    "a fraction": 0.5,
    "nothing": "",
    "a word": "word",
    "half a character": "\ud800",
    "an escape": "\x1b[2Ja",
    "a list": ["a"],
    "an empty list": [],
    "lists in lists": [[[]]],
    "a table": {"a": 1},
    "an empty table": {},
}


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a document, of a list its first item alone."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, below in items:
        yield (*path, key)
        yield from places(below, (*path, key))


PLACES = list(places(SUMMARY))


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The summary with ``value`` at ``path``."""
    document = copy.deepcopy(SUMMARY)
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return document


def read(folder: Path, text: str, clauses: dict[str, Clause], contract: Contract) -> UserError | None:
    """How everything that reads a summary refuses this one, if it does."""
    file = folder / "summary.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    before = folder / "before.json"
    before.write_text(json.dumps(SUMMARY), encoding="utf-8")

    def everything() -> None:
        delta = compare_runs(read_run(before), read_run(file), clauses, contract)
        "\n".join((*lines_of(delta), markdown_of(delta), comparison_page(delta))).encode("utf-8")
        json.dumps(comparison_as_json(delta), ensure_ascii=False).encode("utf-8")
        read_baseline(file, "mock", clauses, Release.parse("41.7.0"))

    problem = refusal(everything)
    if problem is not None:
        one_message(problem, told_at=str(file))
    return problem


def test_the_summary_that_the_rows_change_is_read(tmp_path: Path, clauses: dict[str, Clause], contract: Contract) -> None:
    assert read(tmp_path, json.dumps(SUMMARY), clauses, contract) is None


@pytest.mark.rotating(4)
@pytest.mark.parametrize("path", PLACES, ids=lambda path: "/".join(map(str, path)))
def test_another_kind_anywhere(tmp_path: Path, clauses: dict[str, Clause], contract: Contract, path: tuple[str | int, ...]) -> None:
    for value in KINDS.values():
        read(tmp_path, json.dumps(changed(path, value)), clauses, contract)


NO_JSON = {
    "nothing": "",
    "a text": "not json",
    "half of it": json.dumps(SUMMARY)[:500],
    "a list": "[]",
    "null": "null",
    "lists without end": "[" * 100_000,
    "a number of 5,000 digits": '{"format": ' + "9" * 5000 + "}",
    "another format": '{"format": 2}',
    "a format that is true": json.dumps(changed(("format",), True)),
    "no more than its format": '{"format": 1}',
    "two": json.dumps(SUMMARY) * 2,
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_summary(tmp_path: Path, clauses: dict[str, Clause], contract: Contract, name: str) -> None:
    assert read(tmp_path, NO_JSON[name], clauses, contract) is not None


def test_every_key_that_is_left_out(tmp_path: Path, clauses: dict[str, Clause], contract: Contract) -> None:
    for path in PLACES:
        if isinstance(path[-1], str):
            document = changed(path, None)
            holder: Any = document
            for key in path[:-1]:
                holder = holder[key]
            del holder[path[-1]]
            read(tmp_path, json.dumps(document), clauses, contract)


def test_a_scenario_told_twice(tmp_path: Path, clauses: dict[str, Clause], contract: Contract) -> None:
    document = copy.deepcopy(SUMMARY)
    document["scenarios"] *= 2
    assert read(tmp_path, json.dumps(document), clauses, contract) is not None
