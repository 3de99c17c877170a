"""Checks that look at no reply: mail, addresses, and the contract itself."""

from __future__ import annotations

import pytest

from conformance.judge import mail_checks
from conformance.judge.reply_checks import answer_at, moment_is, not_served, right_address_served, same_as
from conformance.judge.elements import fits_kind, is_kind
from conformance.judge.findings import Finding
from conformance.sites.release import Release
from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Exchange, Reply, Request, read_reply
from conformance.wire.browser import Page
from conformance.wire.mailbox import Mail, read_mail
from tests.rig import CONTRACT

SUCCESS = (
    b'<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>'
    b"<serv:result>SUCCESS</serv:result></serv:response></serv:header></serv:message>"
)
WORD = b"=?UTF-8?B?5rGJ5a2X?="


def mail(subject: bytes = b"Hello", text: str = "see https://example.com/a") -> Mail:
    return Mail(("zoe@example.com",), subject, text, 0.0)


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.check, one.path, one.expected, one.actual) for one in findings]


def test_a_mail_brings_a_link() -> None:
    assert mail_checks.brings_a_link([mail()], "zoe@example.com") == ()
    found = told(mail_checks.brings_a_link([], "zoe@example.com"))
    assert found == [("mail", "zoe@example.com", "a mail", "none arrived")]


def test_one_mail_of_several_may_bring_the_link_and_more_of_them() -> None:
    welcome, help_too = mail(text="welcome"), mail(text="https://example.com/a https://example.com/help")
    assert mail_checks.brings_a_link([welcome, help_too], "zoe@example.com") == ()
    found = told(mail_checks.brings_a_link([welcome, welcome], "zoe@example.com"))
    assert found == [("mail-link", "zoe@example.com", "a link in one of the mails", "2 without a link")]


def test_links_of_a_styled_mail_are_read_as_a_browser_reads_them() -> None:
    raw = b'Subject: x\r\nContent-Type: text/html\r\n\r\n<a href="https://example.com/a?b=1&amp;c=2">Activate</a> (https://example.com/d).'
    assert read_mail(raw, ("zoe@example.com",), 0.0).links == ("https://example.com/a?b=1&c=2", "https://example.com/d")


@pytest.mark.parametrize(("page", "actual"), [(Page("a", 404, ""), "HTTP 404"), (Page("a", 0, "refused"), "refused")])
def test_a_page_is_shown(page: Page, actual: str) -> None:
    assert mail_checks.page_shown(Page("a", 200, "<html>")) == ()
    assert told(mail_checks.page_shown(page)) == [("page", "", "a page behind the link", actual)]


@pytest.mark.parametrize("good", [b"Hello", WORD, b"Re: " + WORD, b"=?utf-8?q?=E6=B1=89=E5=AD=97?=", b"=?UTF-8?B?5rGJ?= =?UTF-8?B?5a2X?=", b"\r\n ".join([WORD] * 5)])
@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("汉字".encode(), "pure ASCII on the wire"),
        (b"=?UTF-8?B?" + b"5rGJ" * 20 + b"?=", "encoded words of at most 75 characters"),
        (b"=?UTF-8?B?5rG?=", "encoded words that can be decoded"),
        (b"=?no-such-charset?B?5rGJ?=", "encoded words that can be decoded"),
        (b"=?utf-8?B?5rE=?= =?utf-8?B?iQ==?=", "whole characters in each encoded word"),
        (b"=?utf-8?Q?a b=E6=B1=89?=", "no blank and no line end within an encoded word"),
        (b"=?utf-8?B?5rGJ?==?utf-8?B?5rGJ?=", "encoded words apart from what stands beside them"),
        (b"Re:=?utf-8?B?5rGJ?=", "encoded words apart from what stands beside them"),
    ],
)
def test_subjects_are_ascii_on_the_wire(good: bytes, subject: bytes, expected: str) -> None:
    assert mail_checks.ascii_on_the_wire([mail(good)]) == ()
    wrong = told(mail_checks.ascii_on_the_wire([mail(good), mail(subject)]))
    assert wrong == [("mail-subject", "Subject", expected, subject.decode())]


@pytest.mark.parametrize("subject", [b"Hello", b"=?UTF-8?B?5rGJ?=", b"??"])
def test_subjects_read_as_before_when_decoded(subject: bytes) -> None:
    assert mail_checks.in_encoded_words([mail(b"Welcome"), mail(WORD)], "汉字") == ()
    wrong = told(mail_checks.in_encoded_words([mail(subject)], "汉字"))
    assert wrong == [("mail-subject", "Subject", "encoded words that read 汉字", subject.decode())]


def test_ascii_subjects_travel_as_they_are() -> None:
    """Other characters may come from the template: they are no business of this clause."""
    assert mail_checks.ascii_as_it_is([mail(b"Hello you"), mail(WORD)]) == ()
    encoded = b"=?UTF-8?B?SGVsbG8=?="
    assert told(mail_checks.ascii_as_it_is([mail(b"Hello"), mail(encoded)])) == [("mail-subject", "Subject", "no encoded word", encoded.decode())]


@pytest.mark.parametrize(
    "subject",
    [
        b"=?UTF-8?Q?Plain meeting?=", b"=?UTF-8?Q?Plain\r\n meeting?=", b"=?UTF-8?Q?What?_Plain?=", b"=??q?Plain?=", b"=?UTF-8?b?UGxhaW4?=",
        b"=?X-UNKNOWN?B?UGxhaW4=?=", b"=?X-UNKNOWN?b?UGxhaW4?=", b"=?x-unknown*en?Q?Plain?=", b"=?us-ascii?Q?Plain=A0?=", b"=?UTF-8?Q?R=E9union?=", b"=?UTF-8?B?U?=", b"=?X-UNKNOWN?B?U?=",
        b"=?X-UNKNOWN?b?UGxhaQ?=", b"=?utf-8*en?Q?R=E9union?=", b"=?utf-8?Q?=C3=A9?= =?us-ascii?Q?=A0?=",
        b"=?hex?Q?Plain?=", b"=?a\0b?Q?Plain?=", b"Re: =?x-site?Q?Plain?= =?x-other?Q?meeting?=",
    ],
)  # fmt: skip
def test_what_looks_like_an_encoded_word_and_says_ascii_or_nothing_anybody_can_read_is_told(subject: bytes) -> None:
    assert [one[2] for one in told(mail_checks.ascii_as_it_is([mail(subject)]))] == ["no encoded word"]


@pytest.mark.parametrize(
    "subject",
    [
        b"=?UTF-8?Q?R=C3=A9union?=", b"=?utf-8?B?5rE=?= =?utf-8?B?iQ==?=", b"=?iso-8859-8-i?Q?=F9=EC=E5=ED?=", b"=?ISO-8859-6-E*ar?B?5A==?=",
        b"=?x-site?Q?=F9=EC?=", b"=?x-site?q?=F9=EC?=", b"=?x-site?b?5A==?=", b"=?x-site?B?5A?=", b"=?x-site*en?Q?=F9?= Plain", b"=?x-site?Q?Plain?= =?x-site?Q?=F9?=", b"R\xe9union =?us-ascii?Q?=A0?=", b"is =?it a question?=", b"=?x?Y?Plain?=",
    ],
)  # fmt: skip
def test_what_a_template_says_in_other_letters_is_no_matter_of_ascii(subject: bytes) -> None:
    assert mail_checks.ascii_as_it_is([mail(subject)]) == ()


def test_hebrew_that_names_its_direction_can_be_read() -> None:
    hebrew = mail(b"=?iso-8859-8-i?Q?=F9=EC=E5=ED?=")
    assert hebrew.decoded_subject == "שלום"
    assert mail_checks.in_encoded_words([hebrew], "שלום") == ()


def exchange(status: int, body: bytes = b"", error: str = "") -> Exchange:
    return Exchange(Request("GetAPIVersion", "site-admin", "https://old", b""), 0.0, 0.0, status, "", body, error)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 405, 410, 500, 501])
def test_an_http_error_says_that_an_address_is_not_served(status: int) -> None:
    assert not_served(exchange(status, error=f"HTTP {status}")) == ()


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>Moved</body></html>",
        b"<!DOCTYPE html>\n<html lang='en'><p>Moved</p></html>\n",
        b"<!-- of a template --><!-- 2 -->\n<!DOCTYPE html>\n<!-- of\na page -->\n<html><p>Moved</p></html>\n",
        b"<!DOCTYPE html>\n<html><p>Moved</p></html>\n<!-- node 7 -->\n<!-- 3 ms -->",
        b"\xef\xbb\xbf<!DOCTYPE html>\n<html><p>Moved</p></html>",
    ],
)
def test_a_page_for_people_says_so_too(page: bytes) -> None:
    assert not_served(exchange(200, page)) == ()
    assert answer_at(exchange(200, page)) == "https://old answered HTTP 200"
    with pytest.raises(CannotJudge):
        not_served(exchange(200, page[:20]))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://a.webex.com/WBXService/XMLService", []),
        ("https://api.webex.com/WBXService/XMLService", []),
        ("https://a.webex.com/WBXService/xml10.0.0/XMLService", ["address"]),
        ("https://a.webex.com/", ["address"]),
    ],
)
def test_the_right_address_has_the_form_the_notes_print(url: str, found: list[str]) -> None:
    """What it answers is judged like any call: this one states no type of its body."""
    at = Exchange(Request("GetAPIVersion", "site-admin", url, b""), 0.0, 0.0, 200, "", SUCCESS)
    assert [one.check for one in right_address_served(at, CONTRACT.whole)] == (found or ["body-type"])


def test_a_refusal_says_so_too_and_success_does_not() -> None:
    assert not_served(exchange(200, SUCCESS.replace(b"SUCCESS", b"FAILURE"))) == ()
    assert told(not_served(exchange(200, SUCCESS))) == [("address", "https://old", "no longer served", "SUCCESS")]


@pytest.mark.parametrize("status", [0, 429, 502, 503, 504])
def test_an_outage_says_nothing(status: int) -> None:
    with pytest.raises(CannotJudge):
        not_served(exchange(status, error="nobody there"))


@pytest.mark.parametrize(
    "body", [b"", b"<html><p>cut", SUCCESS[:-5], b"<!-- <html></html> -->", b"<html></html><!-- cut", b"<html></html>" + SUCCESS[:-5]]
)
def test_no_message_says_nothing(body: bytes) -> None:
    with pytest.raises(CannotJudge):
        not_served(exchange(200, body))


@pytest.mark.parametrize(
    ("text", "kind", "fits"),
    [
        ("0123", "4 digits", True), ("012", "4 digits", False), ("01234", "4 digits", False), ("012a", "4 digits", False),
        ("0a3F", "4 hexadecimal digits", True), ("0a3g", "4 hexadecimal digits", False), ("", "4 hexadecimal digits", False),
    ],
)  # fmt: skip
def test_a_number_of_digits_is_a_kind(text: str, kind: str, fits: bool) -> None:
    assert is_kind(kind)
    assert fits_kind(text, kind) is fits
    assert not is_kind("some digits")


def listed(operation: str, body: str) -> Reply:
    text = SUCCESS.replace(b"</serv:message>", f"<serv:body><serv:bodyContent>{body}</serv:bodyContent></serv:body></serv:message>".encode())
    return read_reply(operation, text)


def zone(number: int, offset: str) -> str:
    return f"<timeZone><timeZoneID>{number}</timeZoneID><gmtOffset>{offset}</gmtOffset></timeZone>"


RECORDING = "<recording xmlns='http://www.webex.com/schemas/2002/06/service/ep'><createTime>11/09/2026 18:07:05</createTime><timeZoneID>4</timeZoneID></recording>"


@pytest.mark.parametrize(("moment", "actual"), [("11/10/2026 02:07:05", []), ("11/10/2026 06:07:05", ["11/10/2026 02:07:05 GMT"])])
def test_a_moment_is_reckoned_by_the_row_of_its_own_zone(moment: str, actual: list[str]) -> None:
    zones = listed("LstTimeZone", zone(0, "720") + zone(4, "-480"))
    found = moment_is(listed("LstRecording", RECORDING), [zones], CONTRACT.whole, "recording/createTime", moment)
    assert [one.actual for one in found] == actual


def test_the_offset_of_another_zone_accuses_nobody() -> None:
    zones = listed("LstTimeZone", zone(0, "720"))
    with pytest.raises(CannotJudge, match="LstTimeZone told no gmtOffset of zone 4: SUCCESS"):
        moment_is(listed("LstRecording", RECORDING), [zones], CONTRACT.whole, "recording/createTime", "11/10/2026 02:07:05")


@pytest.mark.parametrize(
    ("said", "how"), [("", "not at all"), ("<tone> </tone>", "not at all"), ("<tone>BEEP</tone><tone>NOTONE</tone>", "in several ways")]
)
def test_what_another_reply_does_not_say_is_no_measure(said: str, how: str) -> None:
    event = listed("GetEvent", "<tone>BEEP</tone>")
    with pytest.raises(CannotJudge, match=f"GetSite tells tone {how}: nothing to compare tone with"):
        same_as(event, "tone", listed("GetSite", said), "tone", CONTRACT.whole)
    assert same_as(event, "tone", listed("GetSite", "<tone>BEEP</tone>"), "tone", CONTRACT.whole) == ()
    assert told(same_as(event, "tone", listed("GetSite", "<tone>NOTONE</tone>"), "tone", CONTRACT.whole)) == [
        ("element-value", "tone", "NOTONE, as GetSite says in tone", "BEEP")
    ]
