"""Every row of what is known about real sites and clients has a test: ``reality.tsv`` says which.

The list of facts itself (``reality.md``) is not part of the project. Where it lies beside the captured replies, its rows are
counted and held against the table.
"""

from __future__ import annotations

import ast
import csv
import os
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FACTS = Path(os.environ.get("WEBEX_SAMPLES", TESTS.parents[1] / "shared" / "contract" / "samples")).parent / "reality.md"
#: Row, fact, the test that quotes it, and why it is a fact for the judge where the mock has no part in it.
ROWS = list(csv.DictReader((TESTS / "mocksite" / "reality.tsv").open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))


def quoted(test: str) -> str:
    """What a test says of itself and in its rows."""
    file, _, name = test.partition("::")
    text = (TESTS / file).read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min((one.lineno for one in node.decorator_list), default=node.lineno)
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    pytest.fail(f"there is no test {test}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["row"])
def test_a_row_has_its_test(row: dict[str, str]) -> None:
    text = quoted(row["test"])
    assert '"""' in text or row["judge"], "a test of the mock quotes its source"
    assert bool(row["judge"]) != row["test"].startswith("mocksite/")


def test_no_row_stands_twice() -> None:
    assert len({row["row"] for row in ROWS}) == len(ROWS) == 65


@pytest.mark.skipif(not FACTS.is_file(), reason="the list of facts is not here: WEBEX_SAMPLES names the folder beside it")
def test_the_table_has_every_row_of_the_list() -> None:
    text = FACTS.read_text("utf-8")
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    # What stands in brackets explains a row, and is none.
    sections = {name: re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", text)) for name, text in sections.items()}
    replies, requests, clients = sections["Replies"], sections["Requests the notes show that ours do not send"], sections["What clients need from a site (the mock)"]
    called, awkward = (part.partition(": ")[2].strip() for part in clients.strip().split("\n\n")[-2:])
    wanted = {
        *(f"reply {number}" for number in range(1, len(_cells(replies)) + 1)),
        *(f"request {number}" for number in range(1, len(requests.split("; ")) + 1)),
        *_cells(clients),
        *re.findall(r"[A-Z]\w+", called.partition(". ")[0]),
        *(f"awkward {number}" for number in range(1, len(awkward.split("; ")) + 1)),
    }
    assert {row["row"] for row in ROWS} == wanted


def _cells(section: str) -> list[str]:
    """The first cell of every row of its table."""
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line.split("|")[1].strip() for line in lines[1:]]
