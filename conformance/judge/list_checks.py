"""Checks that hold lists against each other: every choice of services, rows that are each another one, views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from conformance.judge.contract import ContractView
from conformance.judge.elements import TRUE_WORDS, Finder, moment_of
from conformance.judge.findings import Finding
from conformance.sites.errors import CannotJudge, NotApplicable
from conformance.wire.exchange import Reply, is_count, texts_of
from conformance.wire.pages import rows_of

Findings = tuple[Finding, ...]


def choices(services: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of one or more of ``services``, single ones first."""
    for number in range(1, len(services) + 1):
        yield from combinations(services, number)


def each_choice_is_the_sum(
    replies: Sequence[Reply], services: Sequence[str], whole: ContractView, path: str
) -> Findings:
    """A list asked for several services holds the rows of each of them, and a row belongs to one service.

    :class:`NotApplicable` where no list has a row, or one keeps rows back: any filter would look the same.
    """
    asked = list(choices(services))
    told = dict(zip(asked, replies[-len(asked) :], strict=True))
    if any(_goes_on(reply, whole) for reply in told.values()):
        raise NotApplicable(f"{path}: a list holds fewer rows than it counts, and which ones are left out nobody knows")
    rows = {chosen: Finder(reply, whole).texts(path) for chosen, reply in told.items()}
    if not any(rows.values()):
        raise NotApplicable(f"no {path} is listed for any choice of services, so there is nothing to add up")
    found = []
    for chosen, texts in rows.items():
        wanted = sorted(text for one in chosen for text in rows[one,])
        if sorted(texts) != wanted or len(set(wanted)) != len(wanted):
            found.append(_sum(path, chosen, wanted, texts))
    return tuple(found[:1])


def _goes_on(reply: Reply, whole: ContractView) -> bool:
    """Whether a list, read to its end, holds fewer rows than it counts: what it keeps back nobody knows."""
    rows, total = len(rows_of(reply)), Finder(reply, whole).texts("matchingRecords/total")
    return any(is_count(text) and int(text) > rows for text in total)


def _sum(path: str, chosen: tuple[str, ...], wanted: list[str], texts: list[str]) -> Finding:
    lost, more = sorted(set(wanted) - set(texts)), sorted(set(texts) - set(wanted))
    twice = sorted({text for text in (*wanted, *texts) if wanted.count(text) > 1 or texts.count(text) > 1})
    shown = {"not listed": lost, "listed without being asked for": more, "more than once": twice}
    actual = "; ".join(f"{what}: {', '.join(which[:5])}" for what, which in shown.items() if which)
    return Finding("row-sum", path, f"for {' and '.join(chosen)} the rows of each of them", actual)


def each_row_another(reply: Reply, whole: ContractView, path: str) -> Findings:
    """No two rows tell the same at ``path``, which says what the row is about."""
    texts = Finder(reply, whole).texts(path)
    if texts and len(set(texts)) == len(texts):
        return ()
    twice = sorted({text for text in texts if texts.count(text) > 1})
    return (Finding("element-value", path, "another one in each row", ", ".join(twice) or "absent"),)


def rows_of_their_own(replies: Sequence[Reply], whole: ContractView, path: str) -> Findings:
    """The last two of ``replies`` with rows at ``path``, each about another thing, are not alike to the letter."""
    told = [sorted(tuple(texts_of(row.element).items()) for row in Finder(one, whole).all(path)) for one in replies]
    last = [rows for rows in told if rows][-2:]
    if len(last) < 2:
        raise CannotJudge(f"no two replies hold {path}, to be held against each other")
    if last[0] != last[1]:
        return ()
    return (Finding("element-value", path, "other rows for each recording", f"the same {len(last[0])} for both"),)


def require_unseen(reply: Reply, whole: ContractView, since: str) -> None:
    """A list of what was viewed of late says nothing by a recording that was: :class:`NotApplicable`.

    So it is where the views told one by one are not all that there are.
    """
    views = [texts_of(row.element).get("accessTime", "") for row in Finder(reply, whole).all("recordDetail")]
    if not views:
        raise CannotJudge(f"nobody knows when the recording was viewed: {reply.verdict()}")
    if _goes_on(reply, whole) or any(moment_of(at) >= moment_of(since) for at in views):
        raise NotApplicable("the recording was viewed of late, or more often than the site tells on a page")


def views_told(reply: Reply, listed: Reply, whole: ContractView, times: Sequence[str]) -> Findings:
    """Views told one by one are as many as the row of the recording counts, of each kind.

    Where more are counted than the reply tells, of several pages, nothing is.
    ``times`` are four moments: what lies between the inner two is counted, what lies beyond the outer two is not.
    """
    # One that says it returns more rows than it does is no page, and judged.
    if _goes_on(reply, whole) and Finder(reply, whole).texts("matchingRecords/returned") == [str(len(rows_of(reply)))]:
        return ()
    views = [texts_of(row.element) for row in Finder(reply, whole).all("recordDetail")]
    for kind in ("viewed", "downloaded", "registered"):
        counted = Finder(listed, whole).texts(f"recordAccessHistory/{kind}")
        number = int(counted[0]) if len(counted) == 1 and is_count(counted[0]) else -1
        of_kind = [moment_of(view.get("accessTime", "")) for view in views if view.get(kind) in TRUE_WORDS]
        outer, first, last, end = (moment_of(text) for text in times)
        least = sum(first <= at <= last for at in of_kind)
        most = sum(outer <= at <= end for at in of_kind)
        if not least <= number <= most:
            expected = f"{number}, as {listed.operation} counts" if number >= 0 else "a count"
            return (Finding("count", f"recordDetail/{kind}", expected, f"{least} to {most} told one by one"),)
    return ()
