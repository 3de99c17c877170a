"""Sent again: what only reads, and only for trouble on the way; and the exchange says so."""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from conformance.reporting.exchange_file import write_exchange
from conformance.sites.profile import Profile
from conformance.sites.profile_file import load_profile
from conformance.wire.client import Client
from conformance.wire.exchange import Exchange, Request
from conformance.wire.rate_limiter import RateLimiter

PROFILE = """
[sites.here]
url = "http://127.0.0.1:1/WBXService/XMLService"
site_name = "here"
timeout = 5
[sites.here.accounts.host]
webex_id = "h"
password = "${RETRY_TEST}"
"""
READS = ("GetSite", "LstsummarySession", "AuthenticateUser")
WRITES = ("CreateMeeting", "SetMeeting", "DelMeeting", "UploadEventImage")
LIMITED = b"<m><exceptionID>000045</exceptionID></m>"
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("RETRY_TEST", "pw-of-a-test")
    file = tmp_path / "sites.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return load_profile("here", file)


def send(
    profile: Profile, what: str | Request, *answers: object, longest: float = math.inf
) -> tuple[Exchange, int, list[float]]:
    """The exchange, how often it was sent, and the pauses; the last answer is repeated."""
    sent: list[httpx.Request] = []
    slept: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        told = answers[min(len(sent), len(answers)) - 1]
        if isinstance(told, Exception):
            raise told
        assert isinstance(told, tuple)
        status, headers, body = told
        return httpx.Response(status, headers=headers, content=body)

    rate_limiter = RateLimiter(None, sleep=slept.append)
    # A pause that is over at once: what is measured is how long it was to be.
    rate_limiter.pause = slept.append  # type: ignore[assignment,method-assign]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client = Client(profile, rate_limiter, tls, transport=httpx.MockTransport(answer), sleep=slept.append)
    try:
        request = what if isinstance(what, Request) else Request(what, "host", profile.url, b"<m/>")
        return client.send(request, longest=longest), len(sent), slept
    finally:
        client.close()


RESET = httpx.ReadError("Connection reset by peer")
FINE: tuple[int, dict[str, str], bytes] = (200, {}, b"<m/>")
GATEWAY: tuple[int, dict[str, str], bytes] = (502, {}, b"")


@pytest.mark.parametrize("trouble", [RESET, GATEWAY, httpx.ConnectError("refused"), httpx.RemoteProtocolError("closed")])
@pytest.mark.parametrize("operation", READS)
def test_a_read_is_sent_again(profile: Profile, operation: str, trouble: object) -> None:
    exchange, sent, slept = send(profile, operation, trouble, trouble, FINE)
    assert (exchange.error, exchange.status, sent) == ("", 200, 3)
    assert len(slept) == 2
    assert slept[1] > slept[0], "longer from time to time"


@pytest.mark.parametrize("trouble", [RESET, GATEWAY])
def test_not_for_ever(profile: Profile, trouble: object) -> None:
    exchange, sent, slept = send(profile, "GetSite", trouble)
    assert exchange.error
    assert sent == 4
    assert sum(slept) < 5


@pytest.mark.parametrize("trouble", [RESET, GATEWAY, httpx.ReadTimeout("")])
@pytest.mark.parametrize("operation", WRITES)
def test_a_write_is_sent_once(profile: Profile, operation: str, trouble: object) -> None:
    """Nobody knows whether it was carried out."""
    exchange, sent, slept = send(profile, operation, trouble, FINE)
    assert exchange.error
    assert (sent, slept) == (1, [])


@pytest.mark.parametrize("answer", [(500, {}, b""), (404, {}, b""), (200, {}, b"<m>FAILURE</m>"), httpx.ReadTimeout("")])
def test_what_was_answered_or_waited_for_in_full_is_not_sent_again(profile: Profile, answer: object) -> None:
    _, sent, _ = send(profile, "GetSite", answer, FINE)
    assert sent == 1


SILENT = b"""<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>
<serv:result>FAILURE</serv:result><serv:reason>ASService not responding</serv:reason><serv:exceptionID>000035</serv:exceptionID>
</serv:response></serv:header><serv:body><serv:bodyContent/></serv:body></serv:message>"""


def test_an_outage_told_in_a_message_is_one_on_the_way(profile: Profile) -> None:
    exchange, sent, _ = send(profile, "GetSite", (200, {}, SILENT), (503, {}, b""), FINE)
    assert (exchange.error, sent) == ("", 3)
    assert exchange.unwell == ("FAILURE 000035 ASService not responding", "HTTP 503 Service Unavailable")
    exchange, sent, _ = send(profile, "GetSite", (200, {}, SILENT))
    assert (exchange.error, sent) == ("the site is not well: FAILURE 000035 ASService not responding", 4)
    assert exchange.unanswered
    exchange, sent, _ = send(profile, "SetMeeting", (200, {}, SILENT), FINE)
    assert (exchange.unanswered, sent) == (True, 1)


def test_what_may_be_done_twice_is_sent_again(profile: Profile) -> None:
    exchange, sent, _ = send(profile, Request("DelMeeting", "host", profile.url, b"<m/>", repeatable=True), (503, {}, b""), FINE)
    assert (exchange.error, sent) == ("", 2)


@pytest.mark.parametrize("operation", ["GetSite", "CreateMeeting"])
@pytest.mark.parametrize(
    ("limit", "pause"),
    [((200, {}, LIMITED), 2.0), ((429, {"Retry-After": "7"}, b""), 7.0), ((503, {"Retry-After": "3600"}, b""), 60.0)],
)
def test_a_limit_is_waited_out_by_everything(profile: Profile, operation: str, limit: object, pause: float) -> None:
    """A refused request changed nothing, so a write may be sent again too."""
    exchange, sent, slept = send(profile, operation, limit, FINE)
    assert (exchange.error, sent, slept) == ("", 2, [pause])


def test_a_site_that_limits_for_ever_is_told(profile: Profile) -> None:
    exchange, sent, slept = send(profile, "GetSite", (200, {}, LIMITED))
    assert "000045" in exchange.error
    assert (sent, len(slept)) == (6, 5)
    assert sum(slept) > 60, "the window of a limit is a minute (sources.md, Lists)"


@pytest.mark.parametrize("operation", ["GetSite", "CreateMeeting"])
@pytest.mark.parametrize("limit", [(200, {}, LIMITED), (429, {"Retry-After": "7"}, b""), (503, {"Retry-After": "99"}, b"")])
def test_a_limit_that_is_not_let_up_is_an_outage(profile: Profile, operation: str, limit: object) -> None:
    exchange, _, slept = send(profile, operation, limit)
    words = f"the site limits the rate and has not let up for {sum(slept):g} s"
    assert exchange.unanswered
    assert exchange.error.startswith(words)
    assert exchange.unwell == (exchange.error,), "told once, by words of its own"


def test_who_comes_after_a_limit_that_is_not_let_up_asks_only_once_more(profile: Profile) -> None:
    """Hundreds of scenarios may come, and as much may be left to undo; an answer gives the next their patience back."""
    rate_limiter, slept, limited = RateLimiter(None), list[float](), [True]
    rate_limiter.pause = slept.append  # type: ignore[assignment,method-assign]

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": "40"}) if limited[0] else httpx.Response(200, content=b"<m/>")

    client = Client(profile, rate_limiter, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), transport=httpx.MockTransport(answer))

    def pauses(words: str = "the site limits the rate and has not let up for 200 s") -> list[float]:
        slept.clear()
        error = client.send(Request("GetSite", "host", profile.url, b"<m/>")).error
        assert error.partition(" (")[0] == words
        return list(slept)

    assert pauses() == [40.0] * 5
    assert pauses() == [5.0]
    limited[0] = False
    assert pauses("") == []
    limited[0] = True
    assert pauses() == [40.0] * 5
    client.close()


@pytest.mark.parametrize(("asked", "pauses"), [(300, [60.0]), (301, [])])
def test_a_pause_longer_than_who_asks_may_wait_is_not_begun(profile: Profile, asked: int, pauses: list[float]) -> None:
    exchange, sent, slept = send(profile, "GetSite", (429, {"Retry-After": str(asked)}, b""), FINE, longest=300.0)
    assert (sent, slept) == (1 + len(pauses), pauses)
    assert bool(exchange.error) is not bool(pauses)
    if exchange.error:
        assert exchange.error.startswith("the site limits the rate and asks to wait 301 s")


def test_the_exchange_file_tells_what_was_tried(profile: Profile, tmp_path: Path) -> None:
    exchange, _, _ = send(profile, "GetSite", RESET, (429, {"Retry-After": "7"}, b""), FINE)
    text = (tmp_path / write_exchange(tmp_path, "1", exchange)).read_text(encoding="utf-8")
    assert "<note>the connection broke: Connection reset by peer; tried again after" in text
    assert "<note>rate limit of the site reached, paused 7 s</note>" in text


def test_a_new_user_takes_as_long_as_it_takes(profile: Profile) -> None:
    """On sites Control Hub manages CreateUser is slow (guide, createuser)."""
    limits: dict[str, float] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        limits[request.content.decode()] = request.extensions["timeout"]["read"]
        return httpx.Response(200, content=b"<m/>")

    client = Client(profile, RateLimiter(None), ssl.create_default_context(), transport=httpx.MockTransport(answer))
    for operation in ("CreateUser", "SetUser", "GetUser"):
        client.send(Request(operation, "host", profile.url, operation.encode()))
    assert limits == {"CreateUser": 20.0, "SetUser": 5.0, "GetUser": 5.0}
