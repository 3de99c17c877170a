"""Lists held against each other: choices of services, rows, views."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from conformance.judge.list_checks import (
    choices,
    each_choice_is_the_sum,
    each_row_another,
    require_unseen,
    rows_of_their_own,
    views_told,
)
from conformance.sites.errors import CannotJudge, NotApplicable
from conformance.wire.exchange import Reply, read_reply
from tests.rig import CONTRACT

WHOLE = CONTRACT.whole
SERVICES = ("MeetingCenter", "TrainingCenter", "EventCenter")
PATH = "recordAccessHistory/recordID"
HISTORY = "http://www.webex.com/schemas/2002/06/service/history"
TIMES = ("01/01/2021 00:00:00", "01/03/2021 00:00:00", "02/01/2021 00:00:00", "02/03/2021 00:00:00")


def reply(operation: str, rows: str) -> Reply:
    return read_reply(
        operation,
        f'''<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service" xmlns:history="{HISTORY}"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><serv:header><serv:response><serv:result>SUCCESS</serv:result>
        </serv:response></serv:header><serv:body><serv:bodyContent xsi:type="history:{operation}Response">{rows}
        </serv:bodyContent></serv:body></serv:message>'''.encode(),
    )


def listed(*numbers: int) -> Reply:
    row = "<history:recordAccessHistory><history:recordID>{}</history:recordID></history:recordAccessHistory>"
    return reply("lstrecordaccessHistory", "".join(row.format(number) for number in numbers))


def lists(changed: Mapping[tuple[str, ...], tuple[int, ...]]) -> list[Reply]:
    """The lists of a site that keeps one recording of each service, but for those that are changed."""
    rows = dict(zip(SERVICES, (1, 2, 3), strict=True))
    return [listed(*changed.get(chosen, tuple(rows[one] for one in chosen))) for chosen in choices(SERVICES)]


def told(changed: Mapping[tuple[str, ...], tuple[int, ...]]) -> list[tuple[str, str, str]]:
    found = each_choice_is_the_sum(lists(changed), SERVICES, WHOLE, PATH)
    return [(one.check, one.expected, one.actual) for one in found]


def test_every_choice_once_single_ones_first() -> None:
    assert list(choices(("a", "b"))) == [("a",), ("b",), ("a", "b")]
    assert len(list(choices(SERVICES))) == 7


def test_the_sum_of_what_was_asked_for_is_right() -> None:
    assert told({}) == []


@pytest.mark.parametrize(
    ("changed", "actual"),
    [
        ({("MeetingCenter", "EventCenter"): (1,)}, "not listed: 3"),
        ({("MeetingCenter", "EventCenter"): (1, 2, 3)}, "listed without being asked for: 2"),
        ({("MeetingCenter", "EventCenter"): (1, 3, 3)}, "more than once: 3"),
    ],
)
def test_rows_lost_added_and_doubled_are_told(changed: dict[tuple[str, ...], tuple[int, ...]], actual: str) -> None:
    assert told(changed) == [("row-sum", "for MeetingCenter and EventCenter the rows of each of them", actual)]


def test_a_row_of_two_services_is_told() -> None:
    ((check, _, actual),) = told({("EventCenter",): (1,)})
    assert (check, actual) == ("row-sum", "listed without being asked for: 3; more than once: 1")


def test_rows_are_other_ones_for_each_recording() -> None:
    rows = "recordAccessHistory"
    ours, same, empty = listed(1, 2), listed(2, 1), listed()
    for replies in ([ours, listed(1, 3)], [same, ours, empty, listed(1)], [ours, ours, listed(2)], [listed(1), ours, empty]):
        assert rows_of_their_own(replies, WHOLE, rows) == ()
    for replies in ([ours, same], [listed(3), ours, empty, ours, empty]):
        (found,) = rows_of_their_own(replies, WHOLE, rows)
        assert (found.check, found.path, found.expected, found.actual) == ("element-value", rows, "other rows for each recording", "the same 2 for both")
    for replies in ([], [ours], [empty, ours, empty], [empty, empty]):
        with pytest.raises(CannotJudge, match="^no two replies hold recordAccessHistory, to be held against each other$"):
            rows_of_their_own(replies, WHOLE, rows)


def test_rows_are_each_another_one() -> None:
    assert each_row_another(listed(1, 2), WHOLE, PATH) == ()
    ((finding),) = each_row_another(listed(1, 1), WHOLE, PATH)
    assert (finding.check, finding.actual) == ("element-value", "1")


def view(at: str, viewed: str = "true") -> str:
    return (
        f"<history:recordDetail><history:accessTime>{at}</history:accessTime><history:registered>false</history:registered>"
        f"<history:downloaded>false</history:downloaded><history:viewed>{viewed}</history:viewed></history:recordDetail>"
    )


def counted(viewed: int | str) -> Reply:
    counts = "".join(f"<history:{name}>{number}</history:{name}>" for name, number in (("registered", 0), ("downloaded", 0), ("viewed", viewed)))
    return reply("lstrecordaccessHistory", f"<history:recordAccessHistory>{counts}</history:recordAccessHistory>")


def test_views_that_stand_on_further_pages_are_held_against_nothing() -> None:
    counts = "<history:matchingRecords><serv:total>{}</serv:total><serv:returned>{}</serv:returned></history:matchingRecords>"
    for total, returned, judged in ((1, 1, 1), (3, 1, 0), (3, 3, 1)):
        detail = reply("lstrecordaccessDetailHistory", view("01/10/2021 00:00:00") + counts.format(total, returned))
        assert len(views_told(detail, counted(3), WHOLE, TIMES)) == judged


@pytest.mark.parametrize(
    ("views", "count", "actual"),
    [
        (("01/10/2021 00:00:00", "01/11/2021 00:00:00"), 2, ""),
        (("01/10/2021 00:00:00", "01/02/2021 00:00:00"), 1, ""),
        (("01/10/2021 00:00:00", "01/02/2021 00:00:00"), 2, ""),
        (("01/10/2021 00:00:00",), 2, "1 to 1 told one by one"),
        (("01/10/2021 00:00:00", "01/11/2021 00:00:00"), 1, "2 to 2 told one by one"),
        (("01/10/2021 00:00:00",), "¹", "1 to 1 told one by one"),
        (("01/10/2021 00:00:00",), "1" * 5000, "1 to 1 told one by one"),
        (("01/10/2020 00:00:00",), 1, "0 to 0 told one by one"),
        ((), 1, "0 to 0 told one by one"),
        ((), 0, ""),
    ],
)
def test_views_are_as_many_as_are_counted(views: tuple[str, ...], count: int | str, actual: str) -> None:
    detail = reply("lstrecordaccessDetailHistory", "".join(map(view, views)))
    found = views_told(detail, counted(count), WHOLE, TIMES)
    assert [one.actual for one in found] == ([actual] if actual else [])


def test_a_finding_of_rows_names_where_what_and_at_most_five() -> None:
    ((finding),) = each_choice_is_the_sum(
        lists({("MeetingCenter",): (11, 12, 13, 14, 15, 16), ("MeetingCenter", "TrainingCenter"): (2, 7, 7)}), SERVICES, WHOLE, PATH
    )
    assert (finding.check, finding.path, finding.expected) == ("row-sum", PATH, "for MeetingCenter and TrainingCenter the rows of each of them")
    assert finding.actual == "not listed: 11, 12, 13, 14, 15; listed without being asked for: 7; more than once: 7"


def test_a_row_that_two_services_have_is_told_where_both_are_asked_for() -> None:
    changed = {("EventCenter",): (1,), ("MeetingCenter", "EventCenter"): (1, 1)}
    ((finding),) = each_choice_is_the_sum(lists(changed), SERVICES, WHOLE, PATH)
    assert finding.actual == "more than once: 1"


def test_more_lists_than_choices_are_the_last_and_fewer_are_a_mistake() -> None:
    assert each_choice_is_the_sum([listed(99), *lists({})], SERVICES, WHOLE, PATH) == ()
    with pytest.raises(ValueError, match="zip"):
        each_choice_is_the_sum(lists({})[1:], SERVICES, WHOLE, PATH)


def paged(total: str, number: int) -> Reply:
    counts = f"<history:matchingRecords><serv:total>{total}</serv:total></history:matchingRecords>"
    return reply("lstrecordaccessHistory", counts + listed_rows(number))


def listed_rows(number: int) -> str:
    row = "<history:recordAccessHistory><history:recordID>{}</history:recordID></history:recordAccessHistory>"
    return "".join(row.format(1000 + place) for place in range(number))


@pytest.mark.parametrize(
    ("total", "number", "whole"), [("1", 1, True), ("2", 1, False), ("0", 1, True), ("many", 1, True), ("", 1, True), ("99", 99, True), ("100", 100, True), ("101", 100, False)]
)
def test_a_list_that_goes_on_is_not_added_up(total: str, number: int, whole: bool) -> None:
    replies = lists({})
    replies[0] = paged(total, number)
    if whole:
        assert each_choice_is_the_sum(replies, SERVICES, WHOLE, PATH)
        return
    with pytest.raises(NotApplicable) as skipped:
        each_choice_is_the_sum(replies, SERVICES, WHOLE, PATH)
    assert str(skipped.value) == f"{PATH}: a list holds fewer rows than it counts, and which ones are left out nobody knows"


def test_where_nothing_is_listed_nothing_is_added_up() -> None:
    """A site that does not hear for which services it is asked looks the same."""
    nothing = [listed() for _ in choices(SERVICES)]
    with pytest.raises(NotApplicable) as skipped:
        each_choice_is_the_sum(nothing, SERVICES, WHOLE, PATH)
    assert str(skipped.value) == f"no {PATH} is listed for any choice of services, so there is nothing to add up"
    ((finding),) = each_choice_is_the_sum([*nothing[:-1], listed(1)], SERVICES, WHOLE, PATH)
    assert finding.actual == "listed without being asked for: 1"


def test_rows_that_tell_nothing_are_not_each_another_one() -> None:
    ((finding),) = each_row_another(listed(1, 1, 2, 2, 3), WHOLE, PATH)
    assert (finding.path, finding.expected, finding.actual) == (PATH, "another one in each row", "1, 2")
    ((none),) = each_row_another(reply("lstrecordaccessHistory", ""), WHOLE, PATH)
    assert none.actual == "absent"


def test_at_the_very_moments_a_view_is_counted() -> None:
    inner, outer = (TIMES[1], TIMES[2]), (TIMES[0], TIMES[3])
    for at in inner:
        assert told_views((at, "01/10/2021 00:00:00"), "1") == [("count", "recordDetail/viewed", "1, as lstrecordaccessHistory counts", "2 to 2 told one by one")]
    for at in outer:
        assert told_views((at, "01/10/2021 00:00:00"), "2") == []
        assert told_views((at, "01/10/2021 00:00:00"), "1") == []


def told_views(views: tuple[str, ...], count: str) -> list[tuple[str, str, str, str]]:
    detail = reply("lstrecordaccessDetailHistory", "".join(map(view, views)))
    counts = f"<history:registered>0</history:registered><history:downloaded>0</history:downloaded>{count_of(count)}"
    summary = reply("lstrecordaccessHistory", f"<history:recordAccessHistory>{counts}</history:recordAccessHistory>")
    return [(one.check, one.path, one.expected, one.actual) for one in views_told(detail, summary, WHOLE, TIMES)]


def count_of(count: str) -> str:
    return "".join(f"<history:viewed>{one}</history:viewed>" for one in count.split()) if count else ""


@pytest.mark.parametrize(("count", "expected"), [("many", "a count"), ("", "a count"), ("1 1", "a count"), ("0", "0, as lstrecordaccessHistory counts")])
def test_what_is_no_count_is_told(count: str, expected: str) -> None:
    ((_, path, told_expected, _),) = told_views(("01/10/2021 00:00:00",), count)
    assert (path, told_expected) == ("recordDetail/viewed", expected)


def test_a_view_without_a_moment_lies_before_all() -> None:
    assert [found[3] for found in told_views(("", "01/10/2021 00:00:00"), "2")] == ["1 to 1 told one by one"]
    without = "<history:recordDetail><history:viewed>true</history:viewed></history:recordDetail>"
    assert views_told(reply("lstrecordaccessDetailHistory", without + view("01/10/2021 00:00:00")), counted(1), WHOLE, TIMES) == ()


def seen(*times: str, total: str = "") -> Reply:
    rows = "".join(f"<history:recordDetail><history:accessTime>{at}</history:accessTime></history:recordDetail>" for at in times)
    counts = f"<history:matchingRecords><serv:total>{total}</serv:total></history:matchingRecords>" if total else ""
    return reply("LstrecordaccessDetailHistory", rows + counts)


def test_a_recording_viewed_of_late_is_no_measure_of_what_is_viewed_of_late() -> None:
    require_unseen(seen("01/01/2021 00:00:00", "01/02/2021 23:59:59", total="2"), WHOLE, TIMES[1])
    for late in (seen("01/01/2021 00:00:00", "01/03/2021 00:00:00"), seen("01/01/2021 00:00:00", total="2")):
        with pytest.raises(NotApplicable, match="^the recording was viewed of late, or more often than the site tells on a page$"):
            require_unseen(late, WHOLE, TIMES[1])
    # Of a view without a moment nobody can say that it was of late.
    require_unseen(reply("LstrecordaccessDetailHistory", "<history:recordDetail><history:viewed>true</history:viewed></history:recordDetail>"), WHOLE, TIMES[1])
    with pytest.raises(CannotJudge, match="^nobody knows when the recording was viewed: SUCCESS$"):
        require_unseen(seen(), WHOLE, TIMES[1])
