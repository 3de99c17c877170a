"""Elements found by path, and the kinds of their values: every edge by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from conformance.judge.elements import Finder, fits_kind, kind_of, may_be_empty, moment_of, same_value
from conformance.wire.exchange import Reply, local_name, read_reply
from tests.rig import CONTRACT

WHOLE = CONTRACT.whole
SERV = "http://www.webex.com/schemas/2002/06/service"
SITE = f"{SERV}/site"


def reply(inner: str) -> Reply:
    return read_reply(
        "GetSite",
        f'''<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service" xmlns:site="{SITE}" xmlns:o="urn:o"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><serv:header><serv:response><serv:result>SUCCESS</serv:result>
        </serv:response></serv:header><serv:body><serv:bodyContent xsi:type="site:getSiteResponse">{inner}</serv:bodyContent>
        </serv:body></serv:message>'''.encode(),
    )


BODYLESS = replace(reply(""), body=None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"), ("true", "boolean"), ("false", "boolean"), ("True", "text"), ("1", "integer"), ("-7", "integer"),
        ("x", "text"), ("1.5", "text"), ("01/02/2026 03:04:05", "date and time"), ("01/02/2026", "text"), ("TRUE", "text"),
    ],
)  # fmt: skip
def test_the_narrowest_kind_of_a_text(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "kind", "fits"),
    [
        ("0123", "4 digits", True), ("012X", "4 digits", False), ("012a", "4 digits", False), ("012a", "4 hexadecimal digits", True),
        ("012F", "4 hexadecimal digits", True), ("012X", "4 hexadecimal digits", False), ("012g", "4 hexadecimal digits", False),
        ("012", "4 digits", False), ("01234", "4 digits", False), ("٤٤٤٤", "4 digits", False), ("٤", "integer", False),
        ("b", "one of a, b", True), ("c", "one of a, b", False), ("a, b", "one of a, b", False), ("", "text", False),
        (" ", "text", False), ("", "text or empty", True), ("-7", "integer", True), ("+7", "integer", True), ("7", "count", True),
        ("007", "count", True), ("-7", "count", False), ("+7", "count", False), ("", "count", False), ("7x", "count", False), ("x7", "count", False),
        ("³", "count", False), ("٤", "count", False), ("12/31/2026 23:59:59", "date and time", True), ("31/12/2026 23:59:59", "date and time", False),
        ("99/99/2026 99:99:99", "date and time", False), ("02/29/2028 00:00:00", "date and time", True), ("02/29/2026 00:00:00", "date and time", False),
        ("00/01/2026 00:00:00", "date and time", False), ("01/00/2026 00:00:00", "date and time", False), ("01/01/0000 00:00:00", "date and time", False),
        ("01/01/2026 24:00:00", "date and time", True), ("02/30/2026 24:00:00", "date and time", False), ("01/01/2026 24:00:01", "date and time", False),
        ("01/01/2026 23:60:00", "date and time", False), ("1/01/2026 00:00:00", "date and time", False), ("01/01/2026 00:00:00 ", "date and time", False),
    ],
)  # fmt: skip
def test_what_fits_a_kind(text: str, kind: str, fits: bool) -> None:
    assert fits_kind(text, kind) is fits


def test_only_one_kind_may_be_empty() -> None:
    assert may_be_empty("text or empty")
    assert not may_be_empty("text")


def test_a_reply_without_a_body_holds_nothing() -> None:
    finder = Finder(BODYLESS, WHOLE)
    assert finder.every_text() == set()
    assert finder.parents("siteInstance") == ([], "siteInstance")
    assert finder.all("siteInstance") == []


def test_every_text_of_the_body_and_none_of_the_header() -> None:
    finder = Finder(reply("<site:siteInstance><site:a> x </site:a><o:b>y</o:b><!-- z --></site:siteInstance>"), WHOLE)
    assert finder.every_text() == {"", "x", "y"}


def test_a_name_the_contract_does_not_know_is_found_in_any_namespace_and_its_own_parent() -> None:
    inner = "<site:siteInstance><site:odd><o:deep>1</o:deep></site:odd><site:odd><o:deep>2</o:deep></site:odd></site:siteInstance>"
    finder = Finder(reply(inner), WHOLE)
    assert finder.texts("siteInstance/odd/deep") == ["1", "2"]
    assert finder.texts("siteInstance/odd/other") == []
    first = finder.all("siteInstance/odd/deep")[0]
    assert local_name(first.parent) == "odd"
    assert first.parent_type is None
    assert [local_name(one) for one in finder.neighbours(first)] == ["deep"]


def test_a_name_alone_is_found_below_the_body_but_is_not_the_body() -> None:
    inner = "<site:siteInstance><o:unheard>a</o:unheard><site:tools><site:unheard>b</site:unheard></site:tools></site:siteInstance>"
    finder = Finder(reply(inner), WHOLE)
    assert finder.texts("unheard") == ["a", "b"]
    assert finder.all("bodyContent") == []


def test_a_declared_name_in_another_namespace_is_not_it() -> None:
    inner = "<site:siteInstance><o:tools><o:enableNBRMCModify>a</o:enableNBRMCModify></o:tools></site:siteInstance>"
    finder = Finder(reply(inner), WHOLE)
    assert finder.texts("enableNBRMCModify") == []
    assert finder.all("siteInstance/tools") == []


@pytest.mark.parametrize(
    ("name", "namespace", "found"),
    [
        ("enableRecordingAccess", SITE, True), ("enableRecordingAccess", f"{SERV}/user", True), ("enableRecordingAccess", "http://www.webex.com/schemas/2002/06/common", True),
        ("enableRecordingAccess", "urn:o", False), ("enableRecordingAccess", "", False), ("activeUserCount", f"{SERV}/user", False), ("activeUserCount", SITE, True),
    ],
)  # fmt: skip
def test_what_lost_its_place_is_found_in_the_namespace_of_any_service(name: str, namespace: str, found: bool) -> None:
    there = reply(f'<site:siteInstance><{name} xmlns="{namespace}">true</{name}></site:siteInstance>')
    assert Finder(there, WHOLE).texts(name) == ["true"] * found


@pytest.mark.parametrize("namespace", [f"{SERV}/user", "http://www.webex.com/schemas/2002/06/common", "urn:o"])
def test_what_stands_anywhere_in_its_parent_is_found_in_the_namespace_of_any_service(namespace: str) -> None:
    phones = f'<u:phones xmlns:u="{SERV}/user"><PIN xmlns="{namespace}">1</PIN><hostPIN xmlns="{namespace}">2</hostPIN></u:phones>'
    there = replace(reply(phones), operation="GetUser")
    assert Finder(there, WHOLE).texts("phones/hostPIN") == (["2"] if "webex" in namespace else [])


def test_a_declared_name_is_found_in_its_place_and_nowhere_else() -> None:
    inner = "<site:siteInstance><site:other><site:siteInstance>x</site:siteInstance></site:other></site:siteInstance>"
    finder = Finder(reply(inner), WHOLE)
    assert len(finder.all("siteInstance")) == 1
    assert finder.all("siteInstance")[0].parent is reply_body(finder)


def reply_body(finder: Finder) -> object:
    (body,), _ = finder.parents("siteInstance")
    return body


def test_a_moment_is_read_as_sites_write_it_and_what_is_none_comes_before_all() -> None:
    assert moment_of("01/02/2026 03:04:05") == datetime(2026, 1, 2, 3, 4, 5)
    assert moment_of("12/31/2026 24:00:00") == datetime(2027, 1, 1)
    assert moment_of("12/31/9999 24:00:00") == datetime.min
    assert {moment_of(text) for text in ("", "tomorrow", "2026-01-02 03:04:05", "13/02/2026 03:04:05")} == {datetime.min}


@pytest.mark.parametrize(
    ("text", "value", "same"),
    [
        ("Jo@Example.com", "jo@example.com", True), ("jo@example.org", "jo@example.com", False), ("Jo", "jo", False),
        ("1", "true", True), ("false", "0", True), ("1", "0", False), ("2", "true", False),
    ],
)  # fmt: skip
def test_an_address_is_the_same_in_any_case_and_a_boolean_in_either_writing(text: str, value: str, same: bool) -> None:
    assert same_value(text, value) is same
