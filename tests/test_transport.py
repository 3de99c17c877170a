"""What never arrived, or arrived as no message, is broken: never the site's failure, never a pass."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import mocksite
import pytest

from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.execution import ScenarioTrial
from conformance.sites.errors import CannotJudge
from conformance.wire import client
from conformance.wire.client import reads_only
from conformance.wire.exchange import Exchange, Request
from conformance.wire.exchange import read_reply
from conformance.wire.rate_limiter import RateLimiter
from tests.conftest import SAFETY
from tests.first_rows import first_rows
from tests.rig import CoreTransport, Rig, Through, answered, rig
from tests.run.conftest import Runner, run  # noqa: F401 - a fixture
from tests.twisted import operation_of

Fault = Callable[[mocksite.HttpResponse], httpx.Response]
#: An HTTP error is one of the two ways a retired address says no (R41.9.0-01, remark): there it is an answer.
RETIRED = "at the retired address gets no SUCCESS message"
RECORDED = "What the address of XML API 10.0.0 answers is recorded"
MESSAGE = b'<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service">'
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10))


def body(change: Callable[[bytes], bytes]) -> Fault:
    """HTTP 200 with another body."""
    return lambda answer: httpx.Response(200, headers={"Content-Type": "text/xml;charset=UTF-8"}, content=change(answer.body))


def status(code: int, **headers: str) -> Fault:
    return lambda answer: httpx.Response(code, headers=headers, content=b"<html><body>no</body></html>")


def raising(problem: type[httpx.TransportError], words: str) -> Fault:
    def fault(answer: mocksite.HttpResponse) -> httpx.Response:
        raise problem(words)

    return fault


def midway(problem: type[httpx.TransportError], words: str) -> Fault:
    """The head and half of the body arrive, then it ends."""

    def fault(answer: mocksite.HttpResponse) -> httpx.Response:
        def parts() -> Iterator[bytes]:
            yield answer.body[: len(answer.body) // 2]
            raise problem(words)

        return httpx.Response(200, content=parts())

    return fault


def without_root(doctype: bytes) -> Fault:
    """The reply as it is, with a document type before it."""
    return body(lambda old: b"<?xml version='1.0'?>" + doctype + old.partition(b"?>")[2])


def in_reason(text: bytes) -> Fault:
    """The reply with more bytes in a text of it."""
    return body(lambda old: old.replace(b"</serv:gsbStatus>", text + b"</serv:gsbStatus>"))


FAULTS: dict[str, Fault] = {
    "empty body": body(lambda old: b""),
    "white space only": body(lambda old: b" \r\n\t"),
    "truncated XML": body(lambda old: old[: len(old) // 2]),
    "last byte missing": body(lambda old: old[:-1]),
    "two messages": body(lambda old: old + old.partition(b"?>")[2]),
    "HTML with 200": body(lambda old: b"<html><body><h1>Welcome</h1><br></body></html>"),
    "XHTML with 200": body(lambda old: b"<html><body><h1>Welcome</h1></body></html>"),
    "plain text": body(lambda old: b"Service temporarily unavailable"),
    "JSON": body(lambda old: b'{"result": "SUCCESS"}'),
    "a SOAP envelope": body(lambda old: b"<e:Envelope xmlns:e='urn:e'>" + old.partition(b"?>")[2] + b"</e:Envelope>"),
    "an unbound prefix": body(lambda old: old.replace(b"</serv:response>", b"</serv:response><zz:a/>")),
    "a control character": in_reason(b"\x01"),
    "bytes that are no UTF-8": in_reason(b"\xe9\xff"),
    "declared as UTF-16": body(lambda old: old.replace(b'"UTF-8"', b'"UTF-16"')),
    "declared in no known encoding": body(lambda old: old.replace(b'"UTF-8"', b'"x-none"')),
    "an entity bomb": without_root(b'<!DOCTYPE m [<!ENTITY l0 "ha">' + LAUGHS + b"]>"),
    "an external entity": without_root(b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
    "an external DTD": without_root(b'<!DOCTYPE m SYSTEM "http://127.0.0.1:1/m.dtd">'),
    "an entity nobody declared": in_reason(b"&who;"),
    "too deep": body(lambda old: MESSAGE + b"<a>" * 5000 + b"</a>" * 5000 + b"</serv:message>"),
    "gzip that is none": lambda answer: httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=iter([answer.body])),
    "rate limit": body(lambda old: MESSAGE + b"<a><exceptionID>000045</exceptionID></a></serv:message>"),
    "HTTP 204": lambda answer: httpx.Response(204),
    "HTTP 302": status(302, Location="https://example.com/"),
    "HTTP 401": status(401),
    "HTTP 404": status(404),
    "HTTP 429": status(429),
    "HTTP 500": status(500),
    "HTTP 502": status(502),
    "HTTP 503": status(503),
    "HTTP 500 with the message in it": lambda answer: httpx.Response(500, content=answer.body),
    "connection refused": raising(httpx.ConnectError, "Connection refused"),
    "connection reset": raising(httpx.ReadError, "Connection reset by peer"),
    "closed without an answer": raising(httpx.RemoteProtocolError, "Server disconnected without sending a response"),
    "silence": raising(httpx.ReadTimeout, "timed out"),
    "reset midway": midway(httpx.ReadError, "Connection reset by peer"),
    "silence midway": midway(httpx.ReadTimeout, "timed out"),
    "fewer bytes than promised": midway(httpx.RemoteProtocolError, "peer closed connection without sending complete message body"),
}  # fmt: skip
#: In every scenario; the others in every third, and where the address is the question.
EVERYWHERE = {"empty body", "truncated XML", "HTML with 200", "HTTP 502", "connection reset", "silence", "an entity bomb"}
#: The retired address answers with a page for people. Under these it still does, with HTTP 200.
STILL_A_PAGE = {
    "last byte missing", "two messages", "an unbound prefix", "a control character", "bytes that are no UTF-8", "declared as UTF-16",
    "declared in no known encoding", "an entity nobody declared",
}  # fmt: skip
SAYS_NO = STILL_A_PAGE | {"HTML with 200", "XHTML with 200", "HTTP 302", "HTTP 401", "HTTP 404", "HTTP 500", "HTTP 500 with the message in it"}


def faulty(fault: Fault, applies: Callable[[str], bool], hit: list[str]) -> Through:
    class Faulty(CoreTransport):
        def answer(self, asked: mocksite.HttpRequest, answer: mocksite.HttpResponse) -> httpx.Response:
            if not applies(operation_of(asked)):
                return answered(answer)
            hit.append(operation_of(asked))
            return fault(answer)

    return Faulty


def scenarios(catalogue: Catalogue) -> list[Scenario]:
    everything = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    return first_rows(scenario for scenario in everything if scenario.operations)


class Hurried(RateLimiter):
    """Waits for nobody: what is measured is the verdict, not the pauses."""

    def pause(self, seconds: float) -> None:
        pass


def trials(catalogue: Catalogue, way: Through, chosen: list[Scenario]) -> list[ScenarioTrial]:
    with rig(catalogue, through=way) as site:
        patient = replace(site.run_context, rate_limiter=Hurried(None))
        return Rig(site.core, patient, catalogue).run(chosen)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once: what is measured is the verdict, not the pauses."""
    monkeypatch.setattr(client, "_BACK_OFF", (0.0, 0.0))


@pytest.mark.rotating(6)
@pytest.mark.parametrize("name", FAULTS)
def test_no_verdict_comes_from_what_did_not_arrive(catalogue: Catalogue, name: str) -> None:
    hit: list[str] = []
    chosen = [scenario for index, scenario in enumerate(scenarios(catalogue)) if name in EVERYWHERE or index % 3 == 0 or scenario.title.endswith((RETIRED, RECORDED))]
    told = trials(catalogue, faulty(FAULTS[name], lambda operation: True, hit), chosen)
    wrong = {one.scenario.title: (one.verdict.outcome, one.violations) for one in told if one.verdict.outcome != "broken"}
    retired = [one.scenario.title for one in told if one.scenario.title.endswith(RETIRED)]
    expected = {**dict.fromkeys(retired, ("passed", ())), RECORDED: ("skipped", ())} if name in SAYS_NO else {}
    assert wrong == expected
    assert len(hit) >= len(told) > (200 if name in EVERYWHERE else 70)
    assert not [one.cause for one in told if "fault of the suite" in one.cause]


@pytest.mark.rotating(4)
@pytest.mark.parametrize("half", ["reads", "writes"])
@pytest.mark.parametrize("name", ["empty body", "connection reset"])
def test_trouble_halfway_is_no_verdict_either(catalogue: Catalogue, name: str, half: str) -> None:
    """Only reads, or only writes, get no answer: whatever a scenario saw before and after, it is broken."""
    hit: list[str] = []
    way = faulty(FAULTS[name], lambda operation: reads_only(operation) == (half == "reads"), hit)
    told = trials(catalogue, way, scenarios(catalogue))
    hurt = [one for one in told if any(reads_only(each.request.operation) == (half == "reads") for each in one.exchanges)]
    assert len(hurt) > 40
    assert {one.scenario.title: one.violations for one in hurt if one.verdict.outcome != "broken"} == {}
    assert {one.verdict.outcome for one in told if one not in hurt} <= {"passed", "skipped"}


def test_a_reply_cut_anywhere_is_no_reply() -> None:
    with_failure = mocksite.Core().handle(mocksite.HttpRequest(body=b"<serv:message/>")).body
    assert read_reply("GetSite", with_failure).result == "FAILURE"
    for length in range(len(with_failure)):
        with pytest.raises(CannotJudge):
            read_reply("GetSite", with_failure[:length])


def test_a_reply_without_end_is_refused_unread(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST_REPLY", 10_000)
    read: list[int] = []

    def endless(answer: mocksite.HttpResponse) -> httpx.Response:
        return httpx.Response(200, content=(b"<a>" * 1000 for part in itertools.count() if read.append(part) is None))

    told = trials(catalogue, faulty(endless, lambda operation: True, []), scenarios(catalogue)[:3])
    assert {one.verdict.outcome for one in told} == {"broken"}
    assert "was not read on" in told[0].cause
    assert max(read) < 10


# -- over real sockets -----------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
WIRE: dict[str, bytes | None] = {
    "closed without an answer": b"",
    "no HTTP at all": b"SSH-2.0-OpenSSH_9.6\r\n",
    "fewer bytes than promised": HEAD + b"Content-Length: 500\r\n\r\n" + MESSAGE,
    "a broken chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + MESSAGE,
    "an entity bomb": HEAD + b"Connection: close\r\n\r\n<!DOCTYPE m [<!ENTITY l0 'ha'>" + LAUGHS + b"]><m>&l9;</m>",
    "a header bomb": b"HTTP/1.1 200 OK\r\n" + b"X-Header: " + b"x" * 5_000_000,
    "a flood of headers": b"HTTP/1.1 200 OK\r\n" + b"X-Header: x\r\n" * 200_000 + b"\r\n" + MESSAGE,
    "a flood of attributes": HEAD + b"Connection: close\r\n\r\n<m " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"/>",
    "a bad gateway": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
    "silence": None,
}


@contextmanager
def speaking(words: bytes | None) -> Iterator[str]:
    """A port where every connection gets these bytes (None: nothing, and it stays open)."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                kept.append(connection)
                with contextlib.suppress(OSError):
                    connection.recv(65536)
                    if words is not None:
                        connection.sendall(words)
                if words is not None:
                    connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/WBXService/XMLService"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            # It may be waiting for words, or have just let somebody in: what it keeps is known when it has ended.
            while thread.is_alive():
                for connection in list(kept):
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
                thread.join(0.01)
            for connection in kept:
                connection.close()


@pytest.mark.parametrize("name", WIRE)
def test_trouble_on_a_real_wire_is_broken(catalogue: Catalogue, name: str) -> None:
    chosen = [scenario for scenario in scenarios(catalogue) if scenario.clause.id in ("R41.7.0-02", "R41.9.0-01")]
    with speaking(WIRE[name]) as url, rig(catalogue) as site:
        profile = replace(site.run_context.profile, url=url, timeout=0.2)
        there = Rig(site.core, replace(site.run_context, profile=profile, transport=None), catalogue)
        told = there.run(chosen)
    assert {one.verdict.outcome for one in told} == {"broken"}
    assert {one.violations for one in told} == {()}
    assert {one.scenario.clause.id for one in told} == {"R41.7.0-02", "R41.9.0-01"}


def sent_to(url: str, site: Rig, timeout: float = SAFETY) -> Exchange:
    """One request over a real socket."""
    sender = replace(site.run_context, profile=replace(site.run_context.profile, url=url, timeout=timeout), transport=None).client()
    try:
        return sender.send(Request("GetSite", "host", url, b"<m/>"))
    finally:
        sender.close()


@contextmanager
def trickling(head: bytes) -> Iterator[tuple[str, threading.Event]]:
    """A port that sends ``head`` and a byte now and then, without end; the event is set once some have come."""
    stopped, flows = threading.Event(), threading.Event()

    def trickle(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(head)
            for sent in itertools.count():
                connection.sendall(b"x")
                if sent > 5:
                    flows.set()
                if stopped.wait(0.02):
                    return

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(SAFETY)

        def serve() -> None:
            while not stopped.is_set():
                with contextlib.suppress(OSError):
                    threading.Thread(target=trickle, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/WBXService/XMLService", flows
        finally:
            stopped.set()


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Header: ", HEAD + b"Content-Length: 5000\r\n\r\n"], ids=["headers", "body"])
def test_a_trickle_is_cut_off(catalogue: Catalogue, head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """No read waits long, and yet nothing comes to an end: the watchdog, here one that barks when the trickle flows."""
    limits: list[float] = []

    class Watchdog:
        @contextmanager
        def limit(self, seconds: float, cut: Callable[[], None]) -> Iterator[None]:
            limits.append(seconds)
            threading.Thread(target=lambda: flows.wait(SAFETY) and cut(), daemon=True).start()
            yield

    monkeypatch.setattr(client, "watchdog", Watchdog())
    with trickling(head) as (url, flows), rig(catalogue) as site:
        exchange = sent_to(url, site, timeout=SAFETY)
    assert exchange.error == f"the reply was not complete within {SAFETY:g} s"
    assert limits == [pytest.approx(SAFETY, abs=1)]


def test_the_watchdog_barks_once_and_only_at_what_takes_too_long() -> None:
    barked, cuts = threading.Event(), []
    watchdog = client.Watchdog()
    with watchdog.limit(SAFETY, lambda: cuts.append("the patient one")):
        with watchdog.limit(0.0, lambda: (cuts.append("the late one"), barked.set())):
            assert barked.wait(SAFETY)
        with watchdog.limit(0.0, barked.clear):
            pass
    assert cuts == ["the late one"]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(catalogue: Catalogue, code: int) -> None:
    """Credentials travel in the body: nobody connects to where the site points."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        where = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/"
        words = f"HTTP/1.1 {code} Moved\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n"
        with speaking(words.encode()) as url, rig(catalogue) as site:
            exchange = sent_to(url, site)
        assert (exchange.status, "redirects are not followed" in exchange.error) == (code, True)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


def test_a_run_says_broken_of_a_wire_that_breaks(run: Runner, tmp_path: Path) -> None:
    """From the command line: nobody answers, so nothing is judged and the run is not green."""
    with speaking(b"") as url:
        profile = mocksite.Core().profile("dead", url=url).replace("control_url", "# control_url")
        (tmp_path / "dead.toml").write_text(profile, encoding="utf-8")
        outcome = run("features/41.7.0", "--site", "dead", "--sites", str(tmp_path / "dead.toml"))
    assert outcome.code == 4
    assert "Traceback" not in outcome.text
