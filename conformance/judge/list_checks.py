"""Checks of lists: counts, rows, order of rows, windows (wire-facts.md, Lists)."""

from __future__ import annotations

from datetime import datetime

from conformance.judge.contract import View
from conformance.judge.finder import Finder
from conformance.judge.violation import Finding
from conformance.wire.message import Reply

Findings = tuple[Finding, ...]
_STAMP = "%m/%d/%Y %H:%M:%S"


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
        found.append(Finding("count", "matchingRecords/returned", f"{number or 'at least 1'}, the number of {rows}", str(returned)))
    if first != start:
        found.append(Finding("count", "matchingRecords/startFrom", str(start), str(first)))
    if total < returned:
        found.append(Finding("count", "matchingRecords/total", f"at least {returned}", str(total)))
    return tuple(found)


def has_row(reply: Reply, whole: View, path: str, value: str) -> Findings:
    """Some row holds ``value`` at ``path``."""
    texts = Finder(reply, whole).texts(path)
    if value in texts:
        return ()
    return (Finding("row-present", path, value, f"not among {_some(texts)}" if texts else reply.verdict()),)


def has_no_row(reply: Reply, whole: View, path: str, value: str) -> Findings:
    """No row holds ``value`` at ``path``; an empty list (000015) is fine."""
    if value not in Finder(reply, whole).texts(path):
        return ()
    return (Finding("row-absent", path, f"no row with {value}", value),)


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


def within(reply: Reply, whole: View, path: str, start: str, end: str) -> Findings:
    """Every date and time at ``path`` lies between ``start`` and ``end``, both included."""
    texts = Finder(reply, whole).texts(path)
    expected = f"between {start} and {end}"
    if not texts:
        return (Finding("window", path, expected, f"absent, the site answered {reply.verdict()}"),)
    first, last = datetime.strptime(start, _STAMP), datetime.strptime(end, _STAMP)
    outside = [text for text in texts if not _inside(text, first, last)]
    return (Finding("window", path, expected, outside[0]),) if outside else ()


def _inside(text: str, first: datetime, last: datetime) -> bool:
    try:
        return first <= datetime.strptime(text, _STAMP) <= last
    except ValueError:
        return False


def _some(texts: list[str], most: int = 6) -> str:
    return ", ".join(texts[:most]) + (f", ... {len(texts) - most} more" if len(texts) > most else "")
