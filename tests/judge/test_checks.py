"""Checks that look at no reply: mail, addresses, and the contract itself."""

from __future__ import annotations

import pytest

from conformance.judge import mail_checks
from conformance.judge.reply_checks import no_api_version
from conformance.judge.contract_checks import differ_only_in
from conformance.judge.reply_checks import not_served
from conformance.judge.findings import Finding
from conformance.sites.release import Release
from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Exchange, Request
from conformance.wire.mailbox import Mail
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


def test_mail_arrives() -> None:
    assert mail_checks.arrived([mail()], "zoe@example.com") == ()
    assert told(mail_checks.arrived([], "zoe@example.com")) == [("mail", "zoe@example.com", "a mail", "none arrived")]


@pytest.mark.parametrize(
    ("text", "links"),
    [("none", 0), ("https://example.com/a https://example.com/b", 2), ("http://example.com/a, https://example.com/a", 2)],
)
def test_mail_links_once(text: str, links: int) -> None:
    assert mail_checks.one_link([mail()]) == ()
    assert told(mail_checks.one_link([mail(), mail(text=text)])) == [("mail-link", "", "exactly one link", f"{links} links")]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("汉字".encode(), "pure ASCII on the wire"),
        (b"Hello", "RFC 2047 encoded words"),
        (b"=?UTF-8?B?" + b"5rGJ" * 20 + b"?=", "encoded words of at most 75 characters"),
        (b"=?UTF-8?B?5rGJ?=", "a subject that reads 汉字"),
    ],
)
def test_subjects_travel_in_encoded_words(subject: bytes, expected: str) -> None:
    for good in (WORD, b"Re: " + WORD, b"=?utf-8?q?=E6=B1=89=E5=AD=97?=", b"=?UTF-8?B?5rGJ?= =?UTF-8?B?5a2X?="):
        assert mail_checks.in_encoded_words([mail(good)], "汉字") == ()
    wrong = told(mail_checks.in_encoded_words([mail(WORD), mail(subject)], "汉字"))
    assert wrong == [("mail-subject", "Subject", expected, subject.decode())]


@pytest.mark.parametrize(
    ("subject", "expected"), [(WORD, "no encoded word"), (b"Hullo", "a subject that reads Hello")]
)
def test_subjects_travel_as_they_are(subject: bytes, expected: str) -> None:
    assert mail_checks.plain([mail(b"Hello you")], "Hello") == ()
    assert told(mail_checks.plain([mail(subject)], "Hello")) == [("mail-subject", "Subject", expected, subject.decode())]


def test_an_address_names_no_version() -> None:
    assert no_api_version("https://a.webex.com/WBXService/XMLService") == ()
    old = "https://a.webex.com/WBXService/xml10.0.0/XMLService"
    assert [one.check for one in no_api_version(old)] == ["address"]
    assert [one.actual for one in no_api_version(old.replace("10.0.0", "8.0.0"))] == ["a versioned path"]


def exchange(status: int, body: bytes = b"", error: str = "") -> Exchange:
    return Exchange(Request("GetAPIVersion", "site-admin", "https://old", b""), 0.0, 0.0, status, "", body, error)


@pytest.mark.parametrize("status", [301, 400, 403, 404, 405, 410, 500, 501])
def test_an_http_error_says_that_an_address_is_not_served(status: int) -> None:
    assert not_served(exchange(status, error=f"HTTP {status}")) == ()


def test_a_refusal_says_so_too_and_success_does_not() -> None:
    assert not_served(exchange(200, SUCCESS.replace(b"SUCCESS", b"FAILURE"))) == ()
    assert told(not_served(exchange(200, SUCCESS))) == [("address", "https://old", "no longer served", "SUCCESS")]


@pytest.mark.parametrize("status", [0, 429, 502, 503, 504])
def test_an_outage_says_nothing(status: int) -> None:
    with pytest.raises(CannotJudge):
        not_served(exchange(status, error="nobody there"))


@pytest.mark.parametrize("body", [b"", b"<html></html>", SUCCESS[:-5]])
def test_no_message_says_nothing(body: bytes) -> None:
    with pytest.raises(CannotJudge):
        not_served(exchange(200, body))


def test_contracts_differ_where_announced_and_nowhere_else() -> None:
    before, after = (CONTRACT.view(Release.parse(name)) for name in ("41.6.3", "41.7.0"))
    new = ("GetSite", "siteInstance/tools/separateNoRecordingEdit")
    told_there = differ_only_in(before, after, ["GetSite"], [])
    assert differ_only_in(before, before, ["GetSite"], []) == ()
    paths = [finding.path.split(" ", 1)[1] for finding in told_there]
    assert "siteInstance/tools/separateNoRecordingEdit" in paths
    announced = [("GetSite", path) for path in paths]
    assert differ_only_in(before, after, ["GetSite"], announced) == ()
    assert told(differ_only_in(before, before, ["GetSite"], [new])) == [
        ("contract", "GetSite siteInstance/tools/separateNoRecordingEdit", "declared anew from 41.6.3 to 41.6.3", "unchanged")
    ]
    missing = differ_only_in(before, after, ["GetSite"], [one for one in announced if one != new])
    assert told(missing) == [
        ("contract", "GetSite siteInstance/tools/separateNoRecordingEdit", "unchanged from 41.6.3 to 41.7.0", "declared otherwise")
    ]
