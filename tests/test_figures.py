"""``python -m tests.figures``: a figure that is out of date is put right, and nothing else of its page changes."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.figures import PAGES, counted_anew, sample_renewed

#: A page, what stands in it, and what stood there before a release was added.
OUT_OF_DATE = {
    "clauses": ("README.md", r"is a clause \((\d+) of them\)", "7"),
    "faults": ("README.md", r"of [\d,]+, ([\d,]+) are caught", "12"),
    "twins": ("docs/verification.md", r"(\d+) twins: failed 0", "1,000"),
    "killed": ("docs/verification.md", r": ([\d,]+) killed; \d+ made", "1"),
    "elements": ("docs/verification.md", r"of ([\d,]+) declared elements", "9"),
    "a class of faults": ("docs/verification.md", r"\| first order \| (\d+)", "1"),
    "all faults": ("docs/verification.md", r"\| all \| \d+ \| (\d+)", "1"),
    "clauses of traffic": ("docs/traffic.md", r"(\n\| R41\.2\.0-01 [^\n]*)", ""),
    "evidence": ("mocksite/FIDELITY.md", r"(\d+) elements of \d+ replies", "3"),
}


@pytest.mark.parametrize("name", OUT_OF_DATE)
def test_a_figure_out_of_date_is_put_right_and_nothing_else_changes(name: str) -> None:
    page, words, before = OUT_OF_DATE[name]
    text = (ROOT / page).read_text(encoding="utf-8")
    start, end = re.search(words, text).span(1)  # type: ignore[union-attr]
    old = text[:start] + before + text[end:]
    assert old != text
    assert PAGES[page](old) == text


def test_words_that_are_not_there_are_told() -> None:
    with pytest.raises(LookupError, match="no figure among the words"):
        counted_anew("none here", {r"(\d+) twins": (1,)})


def test_the_sample_is_written_anew_where_a_run_says_something_else() -> None:
    """Another port and other seconds are nothing else."""
    page = "Before\n```text\n== conformance ==\nsite (http://127.0.0.1:1/x) 3 requests in 1.5 s\n= 2 passed in 1.50s =\n```\nAfter"
    same = ["collected", "==== conformance ====", "site (http://127.0.0.1:2/x) 4 requests in 9.1 s", "== 2 passed in 9.10s =="]
    assert sample_renewed(page, same) == page
    told = sample_renewed(page, [*same[:-1], "== 3 passed in 9.10s =="])
    assert told == f"Before\n```text\n{same[1]}\n{same[2]}\n== 3 passed in 9.10s ==\n```\nAfter"
