"""Lists told in pages: where the next begins, when it was the last, and all of them as one reply."""

from __future__ import annotations

import pytest

from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Reply, read_reply
from conformance.wire.pages import MOST_PAGES, joined, next_start, rows_of

HISTORY = "http://www.webex.com/schemas/2002/06/service/history"
PAGE = """<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service" xmlns:history="{history}">
<serv:header><serv:response><serv:result>{result}</serv:result>{refused}</serv:response></serv:header>
<serv:body><serv:bodyContent>{rows}{counts}</serv:bodyContent></serv:body></serv:message>"""


def page(*numbers: int, total: int | str = 0) -> Reply:
    rows = "".join(f"<history:row><history:id>{number}</history:id></history:row>" for number in numbers)
    counts = f"<history:matchingRecords><serv:total>{total}</serv:total></history:matchingRecords>" if total else ""
    text = PAGE.format(history=HISTORY, result="SUCCESS", refused="", rows=rows, counts=counts)
    return read_reply("LstrecordaccessHistory", text.encode())


def refusal(exception_id: str) -> Reply:
    told = f"<serv:exceptionID>{exception_id}</serv:exceptionID>"
    text = PAGE.format(history=HISTORY, result="FAILURE", refused=told, rows="", counts="")
    return read_reply("LstrecordaccessHistory", text.encode())


@pytest.mark.parametrize(
    ("pages", "start", "following"),
    [
        pytest.param([page(1, 2, total=5)], 1, 3, id="more-to-come"),
        pytest.param([page(1, 2, total=5), page(3, 4, total=5)], 3, 5, id="the-last-one-missing"),
        pytest.param([page(1, 2, total=5), page(3, 4, total=5), page(5, total=5)], 5, None, id="read-to-the-end"),
        pytest.param([page(1, 2, 3, total=3)], 1, None, id="one-page"),
        pytest.param([page(1, 2, total=3)], 1, 3, id="fewer-returned-than-there-are"),
        pytest.param([page(1, 2, total=3), refusal("000015")], 3, None, id="nothing-behind-it-after-all"),
        pytest.param([page(1, 2, total=9), page(1, 2, total=9)], 3, None, id="a-site-that-does-not-page"),
        pytest.param([page(1, 2)], 1, None, id="no-counts"),
        pytest.param([page(1, 2, total="many")], 1, None, id="counts-that-are-no-number"),
        pytest.param([page(1, 2, total="⁵")], 1, None, id="counts-in-digits-of-another-kind"),
        pytest.param([page(total=7)], 1, None, id="no-rows"),
        pytest.param([refusal("000015")], 1, None, id="an-empty-list"),
        pytest.param([refusal("000001")], 1, None, id="a-refused-list"),
    ],
)
def test_the_next_page(pages: list[Reply], start: int, following: int | None) -> None:
    assert next_start(pages, start) == following


def test_a_list_that_breaks_off_is_not_judged() -> None:
    with pytest.raises(CannotJudge, match="page 2 of LstrecordaccessHistory cannot be read: FAILURE 999999"):
        next_start([page(1, total=5), refusal("999999")], 2)


def test_a_list_without_end_is_not_judged() -> None:
    pages = [page(number, total=10**6) for number in range(MOST_PAGES)]
    with pytest.raises(CannotJudge, match="lists 1000000 rows: only the first 100 pages"):
        next_start(pages, MOST_PAGES)


def test_pages_become_one_reply_with_the_counts_still_last() -> None:
    first, second = page(1, 2, total=3), page(3, total=3)
    whole = joined([first, second, refusal("000015")])
    assert whole.body is not None
    assert whole.succeeded
    assert ["".join(row.itertext()) for row in rows_of(whole)] == ["1", "2", "3"]
    assert [child.tag.rpartition("}")[2] for child in whole.body] == ["row", "row", "row", "matchingRecords"]
    assert len(rows_of(first)) == 2, "the page itself is as it was"


@pytest.mark.parametrize("pages", [[(1, 2), (2, 3)], [(1, 2), (3, 4), (5, 1)], [(1, 2), (2, 1)]])
def test_rows_that_changed_places_between_pages_are_no_list_to_judge(pages: list[tuple[int, ...]]) -> None:
    with pytest.raises(CannotJudge, match="^LstrecordaccessHistory told a row on two pages: its rows changed places while they were read$"):
        joined([page(*numbers, total=6) for numbers in pages])


@pytest.mark.parametrize("pages", [[(1, 2), (1, 2)], [(1, 1), (2, 3)], [(1, 2), (), (3,)]])
def test_a_row_told_twice_on_one_page_or_on_pages_that_are_the_same_is_kept(pages: list[tuple[int, ...]]) -> None:
    whole = joined([page(*numbers, total=6) for numbers in pages])
    assert [int("".join(row.itertext())) for row in rows_of(whole)] == [number for numbers in pages for number in numbers]


def test_one_page_is_the_reply_itself() -> None:
    refused = refusal("000015")
    assert joined([refused]) is refused
