"""Checks of lists: counts, rows, order of rows (wire-facts.md, Lists)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.judge.contract import View
from conformance.judge.finder import Finder
from conformance.judge.violation import Finding
from conformance.wire.message import Reply

Findings = tuple[Finding, ...]
_RECORD_ID = "recordAccessHistory/recordID"


def counts_agree(reply: Reply, whole: View, rows: str, start: int = 1) -> Findings:
    """``matchingRecords``: returned is the number of ``rows``, startFrom as asked, total not below returned.

    total may exceed returned although more rows were allowed (trap 14).
    """
    finder = Finder(reply, whole)
    number = len(finder.all(rows))
    shown = {name: finder.texts(f"matchingRecords/{name}") for name in ("total", "returned", "startFrom")}
    if not all(len(texts) == 1 and texts[0].isdigit() for texts in shown.values()):
        return (Finding("count", "matchingRecords", "total, returned and startFrom as whole numbers", str(shown)),)
    total, returned, first = (int(shown[name][0]) for name in ("total", "returned", "startFrom"))
    found = []
    if returned != number or not number:
        found.append(
            Finding(
                "count", "matchingRecords/returned", f"{number or 'at least 1'}, the number of {rows}", str(returned)
            )
        )
    if first != start:
        found.append(Finding("count", "matchingRecords/startFrom", str(start), str(first)))
    if total < returned:
        found.append(Finding("count", "matchingRecords/total", f"at least {returned}", str(total)))
    return tuple(found)


def lists_exactly(reply: Reply, whole: View, recordings: Mapping[str, str], kinds: Iterable[str]) -> Findings:
    """Of the ``recordings`` we know (kind to recordID) exactly those of ``kinds`` are listed; none may be a 000015."""
    listed = set(Finder(reply, whole).texts(_RECORD_ID))
    wanted = set(kinds)
    found = []
    for kind, number in recordings.items():
        if kind in wanted and number not in listed:
            found.append(
                Finding(
                    "row-present", _RECORD_ID, f"{number}, the recording of {kind}", f"not listed, {reply.verdict()}"
                )
            )
        if kind not in wanted and number in listed:
            found.append(Finding("row-absent", _RECORD_ID, f"no recording of {kind}", number))
    return tuple(found)


def ascends(reply: Reply, whole: View, path: str) -> Findings:
    """The whole numbers at ``path`` ascend from row to row; two rows at least, or order means nothing."""
    texts = Finder(reply, whole).texts(path)
    if len(texts) < 2 or not all(text.isdigit() for text in texts):
        return (Finding("row-order", path, "two or more whole numbers, ascending", _some(texts) or reply.verdict()),)
    numbers = [int(text) for text in texts]
    if numbers == sorted(numbers):
        return ()
    return (Finding("row-order", path, "ascending", _some(texts)),)


def one_row(reply: Reply, whole: View, rows: str) -> Findings:
    """The list holds exactly one of ``rows``."""
    number = len(Finder(reply, whole).all(rows))
    return () if number == 1 else (Finding("count", rows, "exactly 1", str(number)),)


def _some(texts: list[str], most: int = 6) -> str:
    return ", ".join(texts[:most]) + (f", ... {len(texts) - most} more" if len(texts) > most else "")
