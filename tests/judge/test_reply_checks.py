"""What checks of whole replies say at their edges, to the word: it stands in reports, and a known issue is pasted from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.judge import element_checks, reply_checks
from conformance.judge.findings import Finding
from conformance.sites.errors import CannotJudge, NotApplicable
from conformance.wire.exchange import Exchange, Reply, Request, Signature, read_reply
from tests.judge.test_edges import WHOLE, get_site

SERV = "http://www.webex.com/schemas/2002/06/service"
REFUSED = "<serv:result>FAILURE</serv:result><serv:reason>No right</serv:reason><serv:exceptionID>000017</serv:exceptionID>"
NOBODY = get_site("", REFUSED)
TONE = "siteInstance/defaults/entryExitTone"


def words(findings: tuple[Finding, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.check, one.path, one.expected, one.actual) for one in findings]


def tone(*texts: str) -> Reply:
    """A site with so many entry tones."""
    return get_site(f"<ns1:defaults>{''.join(f'<ns1:entryExitTone>{text}</ns1:entryExitTone>' for text in texts)}</ns1:defaults>")


def listed(operation: str, namespace: str, rows: str, head: str = "<serv:result>SUCCESS</serv:result>") -> Reply:
    """A reply of a list, its body of the type the contract declares."""
    kind = WHOLE.reply_type(operation).name[1]
    return read_reply(operation, (
        f'<serv:message xmlns:serv="{SERV}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:n="{SERV}/{namespace}"><serv:header>'
        f'<serv:response>{head}</serv:response></serv:header><serv:body><serv:bodyContent xsi:type="n:{kind}">{rows}</serv:bodyContent></serv:body>'
        "</serv:message>"
    ).encode())  # fmt: skip


def test_an_empty_list_may_be_refused_as_empty_and_as_nothing_else() -> None:
    def answer(exception_id: str, result: str = "FAILURE") -> list[str]:
        head = f"<serv:result>{result}</serv:result><serv:exceptionID>{exception_id}</serv:exceptionID>"
        return [f"{one.expected}, not {one.actual}" for one in reply_checks.succeeded_or_empty(get_site("", head), WHOLE)]

    assert answer("000015") == []
    assert answer("000016") == ["SUCCESS, not FAILURE 000016"]
    assert answer("000015", "SUCCESS") == ["absent beside SUCCESS, not 000015"]
    assert reply_checks.succeeded_or_empty(get_site(""), WHOLE) == ()


def head(result: str, exception_id: str = "", reason: str = "") -> Reply:
    told = f"<serv:exceptionID>{exception_id}</serv:exceptionID>" if exception_id else ""
    return get_site("", f"<serv:result>{result}</serv:result><serv:reason>{reason}</serv:reason>{told}")


@pytest.mark.parametrize(
    ("reply", "accepted", "refused"),
    [
        (head("SUCCESS"), True, False), (head("FAILURE", "000015"), True, False), (head("FAILURE", "030001"), False, True), (head("FAILURE", "030099"), False, True),
        (head("FAILURE"), False, False), (head("ODD", "000015"), False, False), (head("ODD", "030001"), False, False), (head("", "000015"), False, False),
        (head("FAILURE", "030047"), False, True), (head("FAILURE", "030104"), False, True), (head("FAILURE", "030002"), False, True),
        (head("FAILURE", "030048"), False, True), (head("FAILURE", "999999", "WebEx Access Token is INVALID"), False, True),
    ],
)  # fmt: skip
def test_who_was_let_in(reply: Reply, accepted: bool, refused: bool) -> None:
    found = words(reply_checks.login_accepted(reply, asked("GetSite", "host")))
    assert found == ([] if accepted else [("login", "response/result", "the login accepted", reply.verdict())])
    found = words(reply_checks.login_not_accepted(reply))
    assert found == ([] if refused else [("login-refused", "response/result", "the login refused", reply.verdict())])


def asked(operation: str, caller: str, element: str = "") -> Request:
    return Request(operation, caller, "http://site", b"", Signature(None, element, "") if element else None)


@pytest.mark.parametrize(
    ("request_", "alone"),
    [
        (asked("GetUser", "attendee"), True), (asked("GetSite", "site-admin"), True), (asked("GetSite", "user-admin", "password"), True),
        (asked("AuthenticateUser", "anybody", "password"), True), (asked("AuthenticateUser", "host", "accessToken"), False),
        (asked("AuthenticateUser", "site-admin"), False), (asked("GetSite", "host", "password"), False), (asked("DelMeeting", "site-admin", "password"), False),
    ],
)  # fmt: skip
def test_where_nothing_but_the_login_can_be_refused_every_refusal_refuses_it(request_: Request, alone: bool) -> None:
    reply = head("FAILURE", "000001", "Access denied")
    found = words(reply_checks.login_accepted(reply, request_))
    assert found == ([("login", "response/result", "the login accepted, SUCCESS", reply.verdict())] if alone else [])
    assert reply_checks.login_accepted(head("SUCCESS"), request_) == ()


@pytest.mark.parametrize(("exception_id", "accepted"), [("030001", False), ("030004", True), ("030047", False), ("030048", False), ("030104", False), ("060001", True)])
def test_an_operation_about_users_may_speak_of_another_user(exception_id: str, accepted: bool) -> None:
    told = replace(head("FAILURE", exception_id), operation="SetUser")
    assert (reply_checks.login_accepted(told, asked("SetUser", "site-admin")) == ()) is accepted


def exchange(status: int, body: bytes = b"", error: str = "") -> Exchange:
    return Exchange(Request("GetAPIVersion", "site-admin", "https://old", b""), 0.0, 0.0, status, "", body, error)


MESSAGE = f'<m:message xmlns:m="{SERV}"><m:header><m:response><m:result>%s</m:result></m:response></m:header></m:message>'


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (exchange(299, (MESSAGE % "SUCCESS").encode()), "SUCCESS"), (exchange(300, (MESSAGE % "SUCCESS").encode()), "HTTP 300"),
        (exchange(200, (MESSAGE % "FAILURE").encode()), "FAILURE"), (exchange(404, b""), "HTTP 404"),
    ],
)  # fmt: skip
def test_what_an_address_answered(at: Exchange, told: str) -> None:
    assert reply_checks.answer_at(at) == f"https://old answered {told}"


def test_an_address_of_another_form_is_told_with_its_path() -> None:
    for url, path in (("https://a.webex.com/WBXService/xml10.0.0/XMLService", "/WBXService/xml10.0.0/XMLService"), ("https://a.webex.com", "no path")):
        at = Exchange(Request("GetAPIVersion", "site-admin", url, b""), 0.0, 0.0, 200, "", b"")
        assert words(reply_checks.right_address_served(at, WHOLE)) == [("address", url, "the path /WBXService/XMLService", path)]


def test_too_many_requests_say_nothing_about_an_address() -> None:
    with pytest.raises(CannotJudge):
        reply_checks.answer_at(exchange(429, b"", "HTTP 429"))


RECORDING = "<n:recording><n:name>{}</n:name></n:recording>"


def test_the_row_of_what_is_known_and_no_other() -> None:
    whole = listed("LstRecording", "ep", RECORDING.format("a") + RECORDING.format("b"))
    row = reply_checks.row_of(whole, WHOLE, {"recordName": "b"})
    assert row is not None
    assert element_checks.told(row, WHOLE, "recording/name") == "recording/name: b"
    assert reply_checks.row_of(whole, WHOLE, {"recordName": "c"}) is None


KEYED = "<n:recording><n:recordingID>{}</n:recordingID><n:name>{}</n:name></n:recording>"


def test_of_recordings_of_one_name_nobody_says_which_is_meant() -> None:
    """Names are not said to be unique; the id is the key."""
    whole = listed("LstRecording", "ep", KEYED.format(7, "a") + KEYED.format(8, "b") + KEYED.format(9, "a"))
    with pytest.raises(CannotJudge, match=r"^2 recordings are called 'a': the profile must name one that is the only one of its name$"):
        reply_checks.row_of(whole, WHOLE, {"recordName": "a"})
    assert reply_checks.row_of(whole, WHOLE, {"recordName": "b"}) is not None
    unkeyed = listed("LstRecording", "ep", RECORDING.format("a") * 3)
    with pytest.raises(CannotJudge, match=r"^3 recordings are called 'a'"):
        reply_checks.row_of(unkeyed, WHOLE, {"recordName": "a"})


def test_a_row_told_twice_is_one_row() -> None:
    whole = listed("LstRecording", "ep", KEYED.format(7, "a") * 2)
    row = reply_checks.row_of(whole, WHOLE, {"recordName": "a"})
    assert row is not None
    assert element_checks.told(row, WHOLE, "recording/recordingID") == "recording/recordingID: 7"


def test_rows_of_one_key_are_one_thing() -> None:
    """A series of meetings is told by its dates, all of one session key."""
    session = "<n:session><n:sessionKey>5</n:sessionKey><n:confName>{}</n:confName></n:session>"
    whole = listed("LstsummarySession", "ep", session.format("first") + session.format("second"))
    row = reply_checks.row_of(whole, WHOLE, {"sessionKey": "5"})
    assert row is not None
    assert element_checks.told(row, WHOLE, "session/confName") == "session/confName: first"


def views(*told: tuple[str, str]) -> Reply:
    row = "<n:recordDetail><n:accessTime>{}</n:accessTime><n:viewed>{}</n:viewed></n:recordDetail>"
    return listed("LstrecordaccessDetailHistory", "history", "".join(row.format(*one) for one in told))


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ([("01/02/2026 00:00:00", "true")], True), ([("01/02/2026 00:00:00", "1")], True), ([("01/02/2026 00:00:00", "false")], False),
        ([("01/01/2026 00:00:00", "true")], True), ([("01/03/2026 00:00:00", "true")], True), ([("12/31/2025 23:59:59", "true")], False),
        ([("01/03/2026 00:00:01", "true")], False), ([("", "true")], False), ([], False), ([("", "true"), ("01/02/2026 00:00:00", "true")], True),
    ],
)  # fmt: skip
def test_a_view_between_two_dates(told: list[tuple[str, str]], seen: bool) -> None:
    assert reply_checks.viewed_between(views(*told), WHOLE, "01/01/2026 00:00:00", "01/03/2026 00:00:00") is seen


def test_a_view_that_tells_no_moment_and_a_row_that_is_no_view_are_none() -> None:
    without = listed("LstrecordaccessDetailHistory", "history", "<n:recordDetail><n:viewed>true</n:viewed></n:recordDetail><n:recordDetail/>")
    assert reply_checks.viewed_between(without, WHOLE, "01/01/0001 00:00:01", "01/03/2026 00:00:00") is False


def test_a_refusal_with_a_body_is_told_with_what_it_holds() -> None:
    rows = "".join(f"<n:{name}/>" for name in "abcdef")
    typed = listed("LstRecording", "ep", rows, REFUSED + "<serv:gsbStatus>PRIMARY</serv:gsbStatus>")
    form = [one for one in words(reply_checks.has_form_of_refusal(typed)) if one[1] == "bodyContent"]
    assert form == [("refusal-form", "bodyContent", "empty, without xsi:type", f"xsi:type {WHOLE.reply_type('LstRecording').name[1]}, a, b, c, d, e")]
    order = [one for one in words(reply_checks.has_form_of_refusal(typed)) if one[1] == "response"]
    assert order == [("refusal-form", "response", "result, reason, gsbStatus, exceptionID, each once", "result, reason, exceptionID, gsbStatus")]


def test_a_bare_refusal_is_told_with_what_it_lacks() -> None:
    bare = read_reply("GetSite", f'<m:message xmlns:m="{SERV}"/>'.encode())
    assert words(reply_checks.has_form_of_refusal(bare)) == [
        ("refusal-form", "response/gsbStatus", "PRIMARY or BACKUP", "absent"),
        ("refusal-form", "bodyContent", "an empty bodyContent", "absent"),
    ]


def matching(total: str, returned: str, first: str, rows: int) -> Reply:
    counts = f"<n:matchingRecords><serv:total>{total}</serv:total><serv:returned>{returned}</serv:returned><serv:startFrom>{first}</serv:startFrom></n:matchingRecords>"
    return listed("LstRecording", "ep", counts + RECORDING.format("a") * rows)


COUNTS = "matchingRecords"


@pytest.mark.parametrize(
    ("reply", "start", "found"),
    [
        (matching("2", "2", "1", 2), 1, []), (matching("9", "2", "1", 2), 1, []), (matching("3", "2", "2", 2), 2, []),
        (matching("2", "2", "2", 2), 2, [(f"{COUNTS}/total", "at least 3", "2")]), (matching("1", "2", "1", 2), 1, [(f"{COUNTS}/total", "at least 2", "1")]),
        (matching("2", "2", "0", 2), 1, [(f"{COUNTS}/startFrom", "1", "0")]), (matching("2", "1", "1", 2), 1, [(f"{COUNTS}/returned", "2, the number of recording", "1")]),
        (matching("0", "0", "1", 0), 1, [(f"{COUNTS}/returned", "at least 1, the number of recording", "0")]),
        (matching("many", "2", "1", 2), 1, [(COUNTS, "total, returned and startFrom as whole numbers", "{'total': ['many'], 'returned': ['2'], 'startFrom': ['1']}")]),
        (matching("²", "2", "1", 2), 1, [(COUNTS, "total, returned and startFrom as whole numbers", "{'total': ['²'], 'returned': ['2'], 'startFrom': ['1']}")]),
        (listed("LstRecording", "ep", RECORDING.format("a")), 1, [(COUNTS, "total, returned and startFrom as whole numbers", "{'total': [], 'returned': [], 'startFrom': []}")]),
    ],
)  # fmt: skip
def test_counts_of_a_list(reply: Reply, start: int, found: list[tuple[str, str, str]]) -> None:
    assert [(one.path, one.expected, one.actual) for one in reply_checks.counts_agree(reply, WHOLE, "recording", start)] == found
    if start == 1:
        assert reply_checks.counts_agree(reply, WHOLE, "recording") == reply_checks.counts_agree(reply, WHOLE, "recording", 1)


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (("1", "2", "2"), None), (("9", "10"), None), (("2", "1"), ("ascending", "2, 1")), (("1",), ("two or more whole numbers, ascending", "1")),
        (("1", "²"), ("two or more whole numbers, ascending", "1, ²")),
        (("1", "x"), ("two or more whole numbers, ascending", "1, x")), ((), ("two or more whole numbers, ascending", "SUCCESS")),
        (("6", "5", "4", "3", "2", "1"), ("ascending", "6, 5, 4, 3, 2, 1")), (("8", "7", "6", "5", "4", "3", "2", "1"), ("ascending", "8, 7, 6, 5, 4, 3, ... 2 more")),
    ],
)  # fmt: skip
def test_numbers_that_ascend(numbers: tuple[str, ...], found: tuple[str, str] | None) -> None:
    reply = listed("LstRecording", "ep", "".join(f"<n:recording><n:recordingID>{one}</n:recordingID></n:recording>" for one in numbers))
    told = words(reply_checks.ascends(reply, WHOLE, "recording/recordingID"))
    assert told == ([("row-order", "recording/recordingID", *found)] if found else [])


def test_exactly_one_row() -> None:
    for rows, found in ((0, "0"), (1, ""), (2, "2")):
        told = words(reply_checks.one_row(listed("LstRecording", "ep", RECORDING.format("a") * rows), WHOLE, "recording"))
        assert told == ([("count", "recording", "exactly 1", found)] if found else [])


HELD = {"MeetingCenter": {"recordID": "1"}, "EventCenter": {"recordID": "2"}}


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (("1",), []), (("1", "9"), []), (("2",), [("row-present", "1, the recording of MeetingCenter", "not listed, SUCCESS"), ("row-absent", "no recording of EventCenter", "2")]),
        ((), [("row-present", "1, the recording of MeetingCenter", "not listed, SUCCESS")]), (("1", "2"), [("row-absent", "no recording of EventCenter", "2")]),
    ],
)  # fmt: skip
def test_recordings_of_some_kinds_alone(numbers: tuple[str, ...], found: list[tuple[str, str, str]]) -> None:
    rows = "".join(f"<n:recordAccessHistory><n:recordID>{one}</n:recordID></n:recordAccessHistory>" for one in numbers)
    told = words(reply_checks.lists_exactly(listed("LstrecordaccessHistory", "history", rows), WHOLE, HELD, ["MeetingCenter"]))
    assert told == [(check, "recordAccessHistory/recordID", expected, actual) for check, expected, actual in found]


def at(text: str, offset: str | None = "0", zone: str = "4") -> tuple[Reply, list[Reply]]:
    row = f"<n:recording><n:createTime>{text}</n:createTime><n:timeZoneID>4</n:timeZoneID></n:recording>"
    told = "" if offset is None else f"<n:gmtOffset>{offset}</n:gmtOffset>"
    zones = f"<n:timeZone><n:timeZoneID>{zone}</n:timeZoneID>{told}</n:timeZone>"
    return listed("LstRecording", "ep", row), [listed("LstTimeZone", "site", zones)]


@pytest.mark.parametrize(
    ("text", "offset", "found"),
    [
        ("11/10/2026 02:00:00", "0", None), ("11/10/2026 02:01:00", "0", None), ("11/10/2026 02:01:01", "0", "11/10/2026 02:01:01 GMT"),
        ("11/10/2026 01:59:00", "0", None), ("11/10/2026 01:58:59", "0", "11/10/2026 01:58:59 GMT"), ("11/10/2026 03:00:00", "0", None),
        ("11/10/2026 01:00:00", "0", None), ("11/10/2026 03:01:01", "0", "11/10/2026 03:01:01 GMT"), ("11/10/2026 02:30:00", "0", "11/10/2026 02:30:00 GMT"),
        ("11/09/2026 18:00:00", "-480", None), ("11/10/2026 07:30:00", "330", None), ("11/10/2026 02:00:00", "330", "11/09/2026 20:30:00 GMT"),
    ],
)  # fmt: skip
def test_a_moment_to_the_minute_or_an_hour_of_summer(text: str, offset: str, found: str | None) -> None:
    told = reply_checks.moment_is(*at(text, offset), WHOLE, "recording/createTime", "11/10/2026 02:00:00")
    assert words(told) == ([("moment", "recording/createTime", "11/10/2026 02:00:00 GMT", found)] if found else [])


def days(*offsets: tuple[str, str], summer: tuple[str, ...] = ("false", "true")) -> list[Reply]:
    """Zone 4 on some days, the second half a year after the first, beside zone 11, which has summer time on the second."""
    return [
        listed("LstTimeZone", "site", "".join(
            f"<n:timeZone><n:timeZoneID>{one}</n:timeZoneID><n:gmtOffset>{offset}</n:gmtOffset>{flag}</n:timeZone>"
            for one, (offset, flag) in (("4", here), ("11", ("-300", f"<n:fallInDST>{now}</n:fallInDST>")))
        ))
        for here, now in zip(offsets, summer, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zones", "strict"),
    [
        (days(("0", "<n:fallInDST>false</n:fallInDST>"), ("0", "<n:fallInDST>false</n:fallInDST>")), True),
        (days(("0", ""), ("0", "")), True),
        (days(("0", "<n:fallInDST>0</n:fallInDST>"), ("60", "<n:fallInDST>1</n:fallInDST>")), False),
        (days(("0", "<n:fallInDST>false</n:fallInDST>"), ("0", "<n:fallInDST>true</n:fallInDST>")), False),
        (days(("0", "<n:fallInDST>true</n:fallInDST>"), ("0", "<n:fallInDST>true</n:fallInDST>")), False),
        # A site that takes no notice of the day tells nothing of it.
        (days(("0", ""), ("0", ""), summer=("false", "false")), False),
        (days(("0", ""), ("0", ""))[:1], False),
        ([*days(("60", ""), ("60", "")), *days(("0", ""), ("0", "")), *days(("0", ""), ("0", ""))], True),
    ],
)  # fmt: skip
def test_an_hour_off_is_another_moment_where_there_is_no_summer_time(zones: list[Reply], strict: bool) -> None:
    for text, off in (("11/10/2026 02:00:00", False), ("11/10/2026 03:00:00", True), ("11/10/2026 01:00:00", True)):
        told = reply_checks.moment_is(at(text)[0], zones, WHOLE, "recording/createTime", "11/10/2026 02:00:00")
        found = [("moment", "recording/createTime", "11/10/2026 02:00:00 GMT", f"{text} GMT")]
        assert words(told) == (found if off and strict else [])


def hours_taken(zones: list[Reply]) -> list[str]:
    """The hours that are no other moment than two o'clock in GMT."""
    told = {f"{hour:02}": at(f"11/10/2026 {hour:02}:00:00")[0] for hour in range(8)}
    return [hour for hour, one in told.items() if not reply_checks.moment_is(one, zones, WHOLE, "recording/createTime", "11/10/2026 02:00:00")]


WINTER, SUMMER = ("60", "<n:fallInDST>false</n:fallInDST>"), ("120", "<n:fallInDST>true</n:fallInDST>")


@pytest.mark.parametrize(
    ("offsets", "right"),
    [
        # The day asked for, half a year later, today. An hour of summer time explains nothing in winter.
        ((WINTER, SUMMER, WINTER), ["03"]),
        ((("60", ""), ("120", ""), ("60", "")), ["03"]),
        ((("60", ""), ("120", ""), ("120", "")), ["03", "04"]),
        ((("120", ""), ("60", ""), ("60", "")), ["03", "04"]),
        ((("120", ""), ("60", ""), ("120", "")), ["03", "04"]),
        # Half an hour of summer time, on an island.
        ((("60", ""), ("90", ""), ("60", "")), ["03"]),
        # Where the offset may hold the hour or not, it may be missing or be there twice.
        ((SUMMER, WINTER, WINTER), ["02", "03", "04", "05"]),
        ((WINTER, SUMMER, SUMMER), ["02", "03", "04", "05"]),
        # A zone that is not told of today.
        ((("60", ""), ("120", ""), ("none", "")), ["03"]),
    ],
)
def test_the_offset_is_that_of_the_day_of_today_or_of_winter(offsets: tuple[tuple[str, str], ...], right: list[str]) -> None:
    assert hours_taken(days(*offsets, summer=("false", "true", "false"))) == right
    # That a site takes notice of the day is seen by the zone itself, too.
    assert hours_taken(days(*offsets, summer=("false", "false", "false"))) == right


def test_a_minute_and_a_second_off_is_another_moment_without_summer_time_too() -> None:
    told = reply_checks.moment_is(at("11/10/2026 02:01:01")[0], days(("0", ""), ("0", "")), WHOLE, "recording/createTime", "11/10/2026 02:00:00")
    assert words(told) == [("moment", "recording/createTime", "11/10/2026 02:00:00 GMT", "11/10/2026 02:01:01 GMT")]


def test_a_zone_that_is_told_once_says_nothing_of_the_day() -> None:
    one, other = (f"<n:timeZone><n:timeZoneID>{number}</n:timeZoneID><n:gmtOffset>0</n:gmtOffset></n:timeZone>" for number in (4, 12))
    zones = [listed("LstTimeZone", "site", rows) for rows in (one + other, one)]
    assert reply_checks.moment_is(at("11/10/2026 03:00:00")[0], zones, WHOLE, "recording/createTime", "11/10/2026 02:00:00") == ()


def test_the_zone_is_that_beside_the_moment() -> None:
    inner = "<n:inner><n:createTime>11/10/2026 02:00:00</n:createTime><n:timeZoneID>4</n:timeZoneID></n:inner>"
    row = listed("LstRecording", "ep", f"<n:recording><n:timeZoneID>9</n:timeZoneID>{inner}</n:recording>")
    assert reply_checks.moment_is(row, at("")[1], WHOLE, "recording/inner/createTime", "11/10/2026 02:00:00") == ()


@pytest.mark.parametrize(("text", "offset"), [("yesterday", "0"), ("13/10/2026 02:00:00", "0"), ("01/01/0001 00:00:00", "60")])
def test_what_is_no_moment_is_told(text: str, offset: str) -> None:
    told = reply_checks.moment_is(*at(text, offset), WHOLE, "recording/createTime", "11/10/2026 02:00:00")
    assert words(told) == [("moment", "recording/createTime", "a date and time, MM/DD/YYYY HH:MM:SS", repr(text))]


@pytest.mark.parametrize(("offset", "zone"), [(None, "4"), ("", "4"), ("8h", "4"), ("٤", "4"), ("9" * 5000, "4"), ("-", "4"), ("0", "5")])
def test_a_zone_without_an_offset_accuses_nobody(offset: str | None, zone: str) -> None:
    with pytest.raises(CannotJudge, match="LstTimeZone told no gmtOffset of zone 4: SUCCESS"):
        reply_checks.moment_is(*at("11/10/2026 02:00:00", offset, zone), WHOLE, "recording/createTime", "11/10/2026 02:00:00")


def test_a_zone_told_twice_or_not_at_all_accuses_nobody() -> None:
    row, zones = at("11/10/2026 02:00:00")
    nameless = listed("LstTimeZone", "site", "<n:timeZone><n:gmtOffset>0</n:gmtOffset></n:timeZone>")
    twice = listed("LstTimeZone", "site", "<n:timeZone><n:timeZoneID>4</n:timeZoneID><n:gmtOffset>0</n:gmtOffset></n:timeZone>" * 2)
    bare = listed("LstRecording", "ep", "<n:recording><n:createTime>11/10/2026 02:00:00</n:createTime></n:recording>")
    for one, other, zone in ((row, [twice], "4"), (bare, zones, r"\(none\)"), (bare, [nameless], r"\(none\)")):
        with pytest.raises(CannotJudge, match=f"^LstTimeZone told no gmtOffset of zone {zone}: SUCCESS$"):
            reply_checks.moment_is(one, other, WHOLE, "recording/createTime", "11/10/2026 02:00:00")


@pytest.mark.parametrize(
    ("check", "reply", "found"),
    [
        (lambda one: reply_checks.refused(one), head("SUCCESS"), ("result", "response/result", "FAILURE", "SUCCESS")),
        (lambda one: reply_checks.refused(one, "000001"), head("SUCCESS"), ("result", "response/result", "FAILURE 000001", "SUCCESS")),
        (lambda one: reply_checks.refused(one, "000001"), head("FAILURE"), ("exception-id", "response/exceptionID", "000001", "absent")),
        (lambda one: reply_checks.refused(one), head("FAILURE", "000002"), None),
        (lambda one: reply_checks.refused(one, "000002"), head("FAILURE", "000002"), None),
        (lambda one: reply_checks.not_refused_with(one, "000001"), head("SUCCESS"), None),
        (lambda one: reply_checks.not_refused_with(one, "000001"), head("FAILURE", "000002"), None),
        (lambda one: reply_checks.not_refused_with(one, "000001"), head("FAILURE", "000001"), ("exception-id", "response/exceptionID", "any but 000001", "FAILURE 000001")),
        (lambda one: reply_checks.not_refused_with(one, "000001"), head("ODD"), ("result", "response/result", "SUCCESS or FAILURE", "ODD")),
        (lambda one: reply_checks.list_given(one), head("FAILURE", "000015"), None),
        (lambda one: reply_checks.list_given(one), head("SUCCESS", "000001"), None),
        (lambda one: reply_checks.list_given(one), head("ODD", "000015"), ("result", "response/result", "SUCCESS, or FAILURE 000015", "ODD 000015")),
        (lambda one: reply_checks.list_given(one), head("FAILURE", "000016"), ("result", "response/result", "SUCCESS, or FAILURE 000015", "FAILURE 000016")),
        (lambda one: reply_checks.reason_is(one, "Not here"), head("FAILURE", reason=" not  HERE . "), None),
        (lambda one: reply_checks.reason_is(one, "Not here."), head("FAILURE", reason="Not here"), None),
        (lambda one: reply_checks.reason_is(one, "Not here"), head("FAILURE", reason="Not here.."), ("reason", "response/reason", "'Not here'", "'Not here..'")),
        (lambda one: reply_checks.reason_is(one, "Not here"), head("FAILURE"), ("reason", "response/reason", "'Not here'", "absent")),
        (lambda one: reply_checks.one_succeeded(one, head("FAILURE")), head("SUCCESS"), None),
        (lambda one: reply_checks.one_succeeded(one, head("FAILURE", "000002")), head("FAILURE"), ("one-of-two", "response/result", "SUCCESS for one of the two", "FAILURE, then FAILURE 000002")),
        (lambda one: reply_checks.one_succeeded(one, head("SUCCESS")), head("SUCCESS"), ("one-of-two", "response/result", "SUCCESS for one of the two", "SUCCESS, then SUCCESS")),
    ],
)  # fmt: skip
def test_what_a_site_said(check: Callable[[Reply], tuple[Finding, ...]], reply: Reply, found: tuple[str, str, str, str] | None) -> None:
    assert words(check(reply)) == ([found] if found else [])


def test_a_value_of_another_reply() -> None:
    assert reply_checks.same_as(tone("A"), TONE, tone("A", "A"), TONE, WHOLE) == ()
    for mine, actual in ((tone("B", "A"), "B, A"), (get_site(""), "absent, SUCCESS"), (NOBODY, "absent, FAILURE 000017 No right")):
        told = words(reply_checks.same_as(mine, TONE, tone("A"), TONE, WHOLE))
        assert told == [("element-value", TONE, f"A, as GetSite says in {TONE}", actual)]


@pytest.mark.parametrize(("mine", "theirs"), [(["1"], ["true"]), (["false"], ["0", "false"]), (["Zoe@x"], ["zoe@X"]), (["A"], ["", "A"])])
def test_one_value_may_be_written_in_two_ways(mine: list[str], theirs: list[str]) -> None:
    assert reply_checks.same_as(tone(*mine), TONE, tone(*theirs), TONE, WHOLE) == ()


@pytest.mark.parametrize(("mine", "actual"), [(["1"], "1"), (["false", "true"], "false, true"), (["false", ""], "false, ")])
def test_another_value_is_another_however_it_is_written(mine: list[str], actual: str) -> None:
    told = words(reply_checks.same_as(tone(*mine), TONE, tone("false"), TONE, WHOLE))
    assert told == [("element-value", TONE, f"false, as GetSite says in {TONE}", actual)]


def test_a_right_nobody_has_goes_before_what_is_refused_to_everybody() -> None:
    assert reply_checks.refused_where_allowed(head("FAILURE", "010106"), "010106") == ()
    with pytest.raises(NotApplicable, match="^GetSite is nothing for this caller: FAILURE 000001"):
        reply_checks.refused_where_allowed(head("FAILURE", "000001"), "010106")
    for reply, found in (
        (head("SUCCESS"), ("result", "response/result", "FAILURE 010106", "SUCCESS")),
        (head("FAILURE", "060001"), ("exception-id", "response/exceptionID", "010106", "060001")),
    ):
        assert words(reply_checks.refused_where_allowed(reply, "010106")) == [found]


def test_the_status_of_a_refusal_is_one_of_two() -> None:
    for status, found in (("PRIMARY", []), ("BACKUP", []), ("backup", ["backup"])):
        told = read_reply("GetSite", (
            f'<serv:message xmlns:serv="{SERV}"><serv:header><serv:response><serv:result>FAILURE</serv:result><serv:gsbStatus>{status}</serv:gsbStatus>'
            "</serv:response></serv:header><serv:body><serv:bodyContent/></serv:body></serv:message>"
        ).encode())  # fmt: skip
        assert [one.actual for one in reply_checks.has_form_of_refusal(told)] == found


GET_SESSION_INFO = (
    f'<m:message xmlns:m="{SERV}" xmlns:ep="{SERV}/ep" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><m:header><m:response>'
    "<m:result>SUCCESS</m:result><m:gsbStatus>PRIMARY</m:gsbStatus></m:response></m:header>"
    '<m:body><m:bodyContent xsi:type="ep:getSessionInfoResponse">{}</m:bodyContent></m:body></m:message>'
)


@pytest.mark.parametrize("host", ["HANNA.host@example.com", None])
def test_a_session_is_asked_about_by_its_host(host: str | None) -> None:
    told = f"<ep:host><ep:webExId>{host}</ep:webExId></ep:host>" if host else ""
    reply = read_reply("GetSessionInfo", GET_SESSION_INFO.format(told).encode())
    reply_checks.require_host(reply, WHOLE, "webcast", "hanna.HOST@example.com")
    if host:
        with pytest.raises(CannotJudge, match=f"^the webcast of the profile must be one of the account host: it is one of {host}$"):
            reply_checks.require_host(reply, WHOLE, "webcast", "sam.admin@example.com")
    else:
        reply_checks.require_host(reply, WHOLE, "webcast", "sam.admin@example.com")


def session_told(inside: str, result: str = "SUCCESS", operation: str = "GetSessionInfo") -> Reply:
    told = GET_SESSION_INFO.format(inside).replace(">SUCCESS<", f">{result}<")
    return replace(read_reply("GetSessionInfo", told.encode()), operation=operation)


def test_what_anybody_is_told_of_a_session_says_nothing_of_the_rest() -> None:
    with pytest.raises(NotApplicable) as found:
        reply_checks.require_whole_session(session_told("<ep:accessControl/>"), WHOLE)
    assert str(found.value) == "GetSessionInfo tells this account no more of the session than how it is joined"
    for whole in (session_told("<ep:host><ep:webExId>h</ep:webExId></ep:host>"), session_told("", "FAILURE"), session_told("", operation="GetMeeting")):
        reply_checks.require_whole_session(whole, WHOLE)


def test_what_no_source_promises_a_caller_may_be_denied_and_nothing_else() -> None:
    with pytest.raises(NotApplicable) as found:
        reply_checks.succeeded_where_allowed(head("FAILURE", "000001", "Access denied"), WHOLE)
    assert str(found.value) == "GetSite is nothing for this caller: FAILURE 000001 Access denied"
    assert reply_checks.succeeded_where_allowed(get_site(""), WHOLE) == ()
    for reply in (head("FAILURE", "000015"), head("ODD", "000001")):
        assert words(reply_checks.succeeded_where_allowed(reply, WHOLE)) == [("result", "response/result", "SUCCESS", reply.verdict())]
