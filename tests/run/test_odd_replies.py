"""Odd replies: a web page instead of a message, a cookie that is not ASCII, a reason of 200,000 characters."""

from __future__ import annotations

from pathlib import Path

import mocksite
import pytest

from conformance.sites.errors import CannotJudge
from conformance.wire.client import seconds_to_wait
from conformance.wire.exchange import parse
from tests.run.conftest import Runner
from tests.twisted import operation_of, twisted


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("", 0.0), ("7", 7.0), (" 7 ", 7.0), ("²", 0.0), ("soon", 0.0), ("-5", 0.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("Thu, 99 Jan 1970", 0.0),
    ],
)  # fmt: skip
def test_retry_after(told: str, seconds: float) -> None:
    assert seconds_to_wait(told, 0.0) == seconds


def test_a_cookie_that_is_not_ascii_is_forgotten(run: Runner, tmp_path: Path) -> None:
    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.path.startswith("/_control"):
            return response
        return mocksite.HttpResponse(response.status, (*response.headers, ("Set-Cookie", "a=\xe9; Path=/")), response.body)

    with twisted(tmp_path, twist) as site:
        outcome = run("features/41.7.0", *site.arguments())
    assert set(outcome.outcomes().values()) == {"passed"}


PAGES = {
    "maintenance": (b"<!DOCTYPE html><html><head><title>Down for\nmaintenance</title></head></html>", "a web page called 'Down for maintenance'"),
    "capitals": (b"  <HTML><body>x</body></HTML>", "is a web page and no message"),
    "blanks": (b'\n <?xml version="1.0"?><m/>', "blanks stand before its XML declaration"),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_is_no_message_is_told_as_what_it_is(name: str) -> None:
    body, words = PAGES[name]
    with pytest.raises(CannotJudge, match=words.replace("(", r"\(")):
        parse(body)


def test_a_long_reason_is_shortened_for_people(run: Runner, tmp_path: Path) -> None:
    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) != "LstMeetingType":
            return response
        long = b"<serv:result>FAILURE</serv:result><serv:reason>" + b"long " * 40_000 + b"</serv:reason>"
        return mocksite.HttpResponse(
            response.status, response.headers, response.body.replace(b"<serv:result>SUCCESS</serv:result>", long)
        )

    with twisted(tmp_path, twist) as site:
        outcome = run("features/41.12.0", "-m", "operation.LstMeetingType", *site.arguments())
    assert max(map(len, outcome.lines)) < 3000
    for name in ("junit.xml", "summary.json"):
        assert (outcome.reports / name).stat().st_size < 200_000
    assert any(file.stat().st_size > 200_000 for file in (outcome.reports / "exchanges").iterdir())
