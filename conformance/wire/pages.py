"""Lists told in pages: where the next page begins, and all pages as one reply (sources.md, Lists)."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lxml import etree

from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Element, Reply, children, is_count, local_name, text_of

#: A list of more pages is not read to its end: at the usual 100 rows a page and 4 requests a second that is 25 s.
MOST_PAGES = 100
_COUNTS = "matchingRecords"
#: What a site answers when a list has nothing (more).
NOTHING_MORE = "000015"


def next_start(pages: Sequence[Reply], start: int) -> int | None:
    """``startFrom`` of the page after the last of ``pages``, which began at ``start``; None when that was the last.

    Refusals end a list, too: 000015 says that nothing is left. A list whose first
    page succeeded and a later one did not, or that never ends, is none to judge.
    """
    last = pages[-1]
    if not last.succeeded:
        if len(pages) > 1 and last.exception_id != NOTHING_MORE:
            raise CannotJudge(f"page {len(pages)} of {last.operation} cannot be read: {last.verdict()}")
        return None
    rows, total = rows_of(last), total_of(last)
    # A site that does not page at all answers the first page again.
    repeated = len(pages) > 1 and list(map(etree.tostring, rows)) == list(map(etree.tostring, rows_of(pages[-2])))
    if not rows or repeated or total is None or start + len(rows) > total:
        return None
    if len(pages) >= MOST_PAGES:
        raise CannotJudge(f"{last.operation} lists {total} rows: only the first {MOST_PAGES} pages were read")
    return start + len(rows)


def joined(pages: Sequence[Reply]) -> Reply:
    """One reply with the rows of every page: the first page, and the rows of the others behind its own.

    No source promises an order, and what changed places between two pages may stand on both or on neither.
    """
    first = pages[0]
    if _moved(pages):
        raise CannotJudge(f"{first.operation} told a row on two pages: its rows changed places while they were read")
    further = [row for page in pages[1:] for row in rows_of(page)]
    if first.body is None or not further:
        return first
    root = copy.deepcopy(first.root)
    body = root.find(first.root.getroottree().getelementpath(first.body))
    assert body is not None
    at = max((body.index(row) for row in _rows(body)), default=-1) + 1
    for row in map(copy.deepcopy, further):
        body.insert(at, row)
        at += 1
    return replace(first, root=root, body=body)


def _moved(pages: Sequence[Reply]) -> bool:
    """Whether a page tells rows of pages before it again; one that is the same as the last one is no page at all."""
    seen: set[bytes] = set()
    last: list[bytes] = []
    for page in pages:
        rows = [etree.tostring(row, method="c14n", exclusive=True) for row in rows_of(page)]
        if rows != last and not seen.isdisjoint(rows):
            return True
        seen.update(rows)
        last = rows
    return False


def only_row(page: Reply, row: Element) -> Reply:
    """The page with one of its rows and no other."""
    assert page.body is not None, "a row without a body"
    root = copy.deepcopy(page.root)
    tree = page.root.getroottree()
    kept = root.find(tree.getelementpath(row))
    body = root.find(tree.getelementpath(page.body))
    assert body is not None
    for other in [one for one in _rows(body) if one is not kept]:
        body.remove(other)
    return replace(page, root=root, body=body)


def rows_of(page: Reply) -> list[Element]:
    """The rows of a page: what its body holds beside the counts."""
    return [] if page.body is None else _rows(page.body)


def _rows(body: Element) -> list[Element]:
    return [child for child in children(body) if local_name(child) != _COUNTS]


def total_of(page: Reply) -> int | None:
    """How many rows the whole list has, where a page tells it."""
    counts: Iterable[Element] = () if page.body is None else page.body.iterchildren(f"{{*}}{_COUNTS}")
    texts = [text_of(child) for one in counts for child in children(one) if local_name(child) == "total"]
    return int(texts[0]) if texts and is_count(texts[0]) else None
