"""The server around the core: HTTP as captured, connections, TLS, latency (sources.md, Endpoint and transport)."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx
import pytest

import mocksite
from mocksite.errors import UsageError
from mocksite.server.limits import IDLE
from tests.conftest import SAFETY


def document(server: mocksite.Server, operation: str = "GetAPIVersion") -> bytes:
    return (
        "<serv:message><header><securityContext><siteName>mocksite</siteName></securityContext></header>"
        f'<body><bodyContent xsi:type="ep.{operation}"/></body></serv:message>'
    ).encode()


def raw(server: mocksite.Server, data: bytes) -> bytes:
    """Everything that comes back until the server closes the connection."""
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    with socket.create_connection((host, port), timeout=SAFETY) as connection:
        connection.sendall(data)
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found


def request(body: bytes, *head: str, version: str = "1.1") -> bytes:
    lines = [f"POST /WBXService/XMLService HTTP/{version}", "Host: x", *head]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_headers_on_the_wire(server) -> None:
    body = document(server)
    text = raw(server, request(body, f"Content-Length: {len(body)}", "Connection: close"))
    head, _, rest = text.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n")[1:]]
    assert names == [
        "Date", "Server", "Pragma", "Cache-Control", "Expires", "Content-Type", "Strict-Transport-Security",
        "Transfer-Encoding", "Connection",
    ]
    assert b"\r\nServer:\r\n" in head
    assert b"\r\nTransfer-Encoding: chunked\r\n" in head
    assert rest.endswith(b"\r\n0\r\n\r\n")


def test_connection_close_is_honoured(server) -> None:
    body = document(server)
    assert b"SUCCESS" in raw(server, request(body, f"Content-Length: {len(body)}", "Connection: close"))


def test_old_clients_of_http_1_0(server) -> None:
    body = document(server)
    answer = raw(server, request(body, f"Content-Length: {len(body)}", version="1.0"))
    assert b"chunked" not in answer
    assert b"Content-Length: " in answer
    kept = request(body, f"Content-Length: {len(body)}", "Connection: keep-alive", version="1.0")
    last = request(body, f"Content-Length: {len(body)}", version="1.0")
    assert raw(server, kept + last).count(b"SUCCESS") == 2


def test_connections_are_kept_alive(server) -> None:
    body = document(server)
    one = request(body, f"Content-Length: {len(body)}")
    last = request(body, f"Content-Length: {len(body)}", "Connection: close")
    assert raw(server, one + one + last).count(b"SUCCESS") == 3


def test_chunked_requests(server) -> None:
    body = document(server)
    half = len(body) // 2
    pieces = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:]))
    answer = raw(server, request(pieces + b"0\r\nTrailer: x\r\n\r\n", "Transfer-Encoding: chunked", "Connection: close"))
    assert b"SUCCESS" in answer


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (request(b"zz\r\n", "Transfer-Encoding: chunked"), b"400"),
        (request(b"", "Content-Length: 99999999999"), b"413"),
        (request(b"fffffff0\r\n", "Transfer-Encoding: chunked"), b"413"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"BREW /pot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"501"),
    ],
    ids=["bad chunk", "too long", "too long in chunks", "no HTTP", "unknown method"],
)
def test_bad_requests_get_an_answer(server, data: bytes, status: bytes) -> None:
    answer = raw(server, data)
    assert status in answer.partition(b"\r\n")[0] or answer.startswith(b"<!DOCTYPE")
    assert b"Traceback" not in answer


def test_a_client_that_goes_away_hurts_nobody(server) -> None:
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    for data in (b"", b"POST /WBX", request(b"<half", "Content-Length: 5000")):
        with socket.create_connection((host, port), timeout=SAFETY) as connection:
            connection.sendall(data)
    assert httpx.post(server.url, content=document(server), trust_env=False, timeout=SAFETY).status_code == 200


def test_other_methods_and_pages(server) -> None:
    with httpx.Client(trust_env=False, timeout=SAFETY) as client:
        assert client.get(server.url).status_code == 405
        assert client.head(server.url).status_code == 405
        assert client.get(f"{server.base_url}/elsewhere").status_code == 404
        assert client.get(f"{server.control_url}/state").json()["site"]["name"] == "mocksite"
        assert client.put(f"{server.control_url}/settings/nbr-storage", json=5).json() == 5
        assert client.put(f"{server.control_url}/settings/nbr-storage", json=1000).status_code == 200


def test_many_connections_at_once(server) -> None:
    failures: list[object] = []

    def work() -> None:
        with httpx.Client(trust_env=False, timeout=SAFETY) as client:
            for _ in range(10):
                answer = client.post(server.url, content=document(server))
                if b"SUCCESS" not in answer.content:
                    failures.append(answer.content)

    threads = [threading.Thread(target=work) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_writers_at_once_leave_a_sound_site() -> None:
    with mocksite.start() as running:
        import tomllib

        host = tomllib.loads(running.profile())["sites"]["mock"]["accounts"]["host"]
        body = (
            f"<message><header><securityContext><webExID>{host['webex_id']}</webExID><password>{host['password']}</password>"
            "</securityContext></header><body><bodyContent xsi:type='meeting.CreateMeeting'><metaData><confName>M</confName>"
            "</metaData></bodyContent></body></message>"
        ).encode()

        def work() -> None:
            with httpx.Client(trust_env=False, timeout=SAFETY) as client:
                for _ in range(15):
                    assert b"SUCCESS" in client.post(running.url, content=body).content

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sessions = httpx.get(f"{running.control_url}/state", trust_env=False, timeout=SAFETY).json()["sessions"]
        assert sum(row["name"] == "M" for row in sessions) == 120


def test_tls_with_a_certificate_of_its_own() -> None:
    with mocksite.start(tls=True) as running:
        assert running.url.startswith("https://127.0.0.1:")
        assert f'ca_file = "{running.ca_file}"' in running.profile()
        context = ssl.create_default_context(cafile=running.ca_file)
        assert httpx.post(running.url, content=document(running), verify=context, trust_env=False, timeout=SAFETY).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.post(running.url, content=document(running), trust_env=False, timeout=SAFETY)
        # A client that connects and says nothing must not keep others out.
        with socket.create_connection(("127.0.0.1", urlsplit(running.url).port)):
            assert httpx.post(running.url, content=document(running), verify=context, trust_env=False, timeout=SAFETY).status_code == 200
        file = Path(running.ca_file)
    assert not file.exists(), "what was made is removed"


def test_tls_with_a_certificate_one_brings(tmp_path: Path) -> None:
    import trustme

    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(issued.cert_chain_pems[0].bytes())
    key.write_bytes(issued.private_key_pem.bytes())
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with mocksite.start(cert=str(cert), key=str(key)) as running:
        context = ssl.create_default_context(cafile=str(ca))
        assert httpx.post(running.url, content=document(running), verify=context, trust_env=False, timeout=SAFETY).status_code == 200
    assert cert.exists()
    with pytest.raises(UsageError, match="certificate cannot be used"):
        mocksite.start(cert=str(key))


def test_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited before the answer, and the log tells when the request came: a minute ago, by the clock of this test."""
    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, perf_counter=lambda: time.perf_counter() - 60)
    monkeypatch.setattr("mocksite.server.http.time", clock)
    with mocksite.start(latency=0.15) as running:
        before = time.time()
        httpx.post(running.url, content=document(running), trust_env=False, timeout=SAFETY)
        (entry,) = running.core.request_log.entries()
    assert slept == [0.15]
    assert before - 60 <= entry.time < before


def test_stopping_waits_for_nobody_and_can_be_repeated() -> None:
    running = mocksite.start()
    with httpx.Client(trust_env=False, timeout=SAFETY) as client:
        client.post(running.url, content=document(running))
        stopping = threading.Thread(target=running.stop, daemon=True)
        stopping.start()
        stopping.join(timeout=IDLE / 2)
        assert not stopping.is_alive(), "the connection that stays open is waited for"
        running.stop()
        with pytest.raises(httpx.HTTPError):
            httpx.post(running.url, content=b"", trust_env=False, timeout=SAFETY)


def test_several_servers_side_by_side() -> None:
    with mocksite.start() as one, mocksite.start(release="41.1.0") as two:
        assert one.url != two.url
        assert b"<ep:apiVer>41.12.0<" in httpx.post(one.url, content=document(one), trust_env=False, timeout=SAFETY).content
        assert b"<ep:apiVer>41.1.0<" in httpx.post(two.url, content=document(two), trust_env=False, timeout=SAFETY).content
