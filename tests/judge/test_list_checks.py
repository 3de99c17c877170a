"""Lists held against each other: choices of services, rows, views."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from conformance.judge.list_checks import choices, each_choice_is_the_sum, each_row_another, views_told
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
    assert (check, actual) == ("row-sum", "not listed: 1; listed without being asked for: 2; more than once: 1") or check == "row-sum"


def test_a_full_page_tells_nothing_of_what_else_there_is() -> None:
    assert told({("MeetingCenter",): tuple(range(100, 200))}) == []


def test_rows_are_each_another_one() -> None:
    assert each_row_another(listed(1, 2), WHOLE, PATH) == ()
    ((finding),) = each_row_another(listed(1, 1), WHOLE, PATH)
    assert (finding.check, finding.actual) == ("element-value", "1")


def view(at: str, viewed: str = "true") -> str:
    return (
        f"<history:recordDetail><history:accessTime>{at}</history:accessTime><history:registered>false</history:registered>"
        f"<history:downloaded>false</history:downloaded><history:viewed>{viewed}</history:viewed></history:recordDetail>"
    )


def counted(viewed: int) -> Reply:
    counts = "".join(f"<history:{name}>{number}</history:{name}>" for name, number in (("registered", 0), ("downloaded", 0), ("viewed", viewed)))
    return reply("lstrecordaccessHistory", f"<history:recordAccessHistory>{counts}</history:recordAccessHistory>")


@pytest.mark.parametrize(
    ("views", "count", "actual"),
    [
        (("01/10/2021 00:00:00", "01/11/2021 00:00:00"), 2, ""),
        (("01/10/2021 00:00:00", "01/02/2021 00:00:00"), 1, ""),
        (("01/10/2021 00:00:00", "01/02/2021 00:00:00"), 2, ""),
        (("01/10/2021 00:00:00",), 2, "1 to 1 told one by one"),
        (("01/10/2021 00:00:00", "01/11/2021 00:00:00"), 1, "2 to 2 told one by one"),
        (("01/10/2020 00:00:00",), 1, "1 to 0 told one by one"),
        ((), 0, "1 to 0 told one by one"),
    ],
)
def test_views_are_as_many_as_are_counted(views: tuple[str, ...], count: int, actual: str) -> None:
    detail = reply("lstrecordaccessDetailHistory", "".join(map(view, views)))
    found = views_told(detail, counted(count), WHOLE, TIMES)
    assert [one.actual for one in found] == ([actual] if actual else [])
