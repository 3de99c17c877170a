"""What comes a byte now and then satisfies every limit of a single read, and ends all the same, whatever the way."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from conformance.scenarios.features import Catalogue
from conformance.sites.profile import Profile
from conformance.sites.profile_file import load_profile
from conformance.wire.browser import Browser
from conformance.wire.client import Client, Connections, tls_context
from conformance.wire.exchange import Request
from conformance.wire.rate_limiter import RateLimiter
from tests.conftest import SAFETY
from tests.rig import rig

#: Seconds a reply may take here; a byte comes in a tenth of it.
LIMIT = 0.5
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
ENDLESS_HEAD = b"HTTP/1.1 200 OK\r\nX-Header: "
Way = Callable[[socket.socket], None]


@contextmanager
def listening(speak: Way) -> Iterator[int]:
    """A port; ``speak`` has each connection in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=speak, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def trickling(head: bytes, tls: ssl.SSLContext | None = None) -> Way:
    """Sends ``head`` and then a byte now and then, as long as somebody listens."""

    def speak(connection: socket.socket) -> None:
        with suppress(OSError), tls.wrap_socket(connection, server_side=True) if tls else connection as one:
            one.recv(65536)
            one.sendall(head)
            for _ in itertools.repeat(b"x"):
                one.sendall(b"x")
                if gone.wait(LIMIT / 10):
                    return

    gone = threading.Event()
    return speak


def tunnelling(to: int) -> Way:
    """A proxy that leads whoever connects to one port."""

    def speak(connection: socket.socket) -> None:
        with suppress(OSError), connection, socket.create_connection(("127.0.0.1", to)) as other:
            assert connection.recv(65536).startswith(b"CONNECT ")
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=copied, args=(other, connection), daemon=True)
            back.start()
            copied(connection, other)

    return speak


def copied(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_RDWR)


def within_limits(what: Callable[[], object]) -> object:
    """What ``what`` returns; one that does not end fails the test and not the session."""
    told: list[object] = []
    thread = threading.Thread(target=lambda: told.append(what()), daemon=True)
    thread.start()
    thread.join(SAFETY)
    assert told, "it does not end"
    return told[0]


PROFILE = """
[sites.slow]
url = "{url}"
site_name = "slow"
timeout = {limit}
ca_file = "{authority}"
[sites.slow.accounts.host]
webex_id = "h"
password = "${{SLOW_TEST}}"
"""


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("slow.example").configure_cert(tls)
    return tls


def profile_of(url: str, authority: trustme.CA, folder: Path) -> Profile:
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    file = folder / "sites.toml"
    file.write_text(PROFILE.format(url=url, limit=LIMIT, authority=folder / "ca.pem"), encoding="utf-8")
    return load_profile("slow", file)


@pytest.mark.parametrize("head", [ENDLESS_HEAD, HEAD], ids=["headers", "body"])
def test_a_trickle_is_cut_off_behind_a_proxy_too(
    authority: trustme.CA, secure: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setenv("SLOW_TEST", "pw-of-a-test")
    with listening(trickling(head, secure)) as port, listening(tunnelling(port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        profile = profile_of(f"https://slow.example/x", authority, tmp_path)
        sender = Client(profile, RateLimiter(None), tls_context(profile))
        exchange = within_limits(lambda: sender.send(Request("CreateMeeting", "host", profile.url, b"<m/>")))
    assert exchange.error == f"the reply was not complete within {LIMIT:g} s"  # type: ignore[attr-defined]


def test_what_connects_after_it_was_cut_is_cut() -> None:
    """While a name is looked up there is nothing to cut."""
    ours, theirs = socket.socketpair()
    connections = Connections()
    connections.cut()
    with ours, theirs:
        stream = type("Stream", (), {"get_extra_info": lambda self, name: ours})()
        connections.trace("connection.connect_tcp.complete", {"return_value": stream})
        theirs.settimeout(SAFETY)
        assert theirs.recv(1) == b""


@pytest.mark.parametrize("head", [ENDLESS_HEAD, HEAD], ids=["headers", "body"])
def test_a_page_that_does_not_end_is_not_waited_for(catalogue: Catalogue, head: bytes) -> None:
    with listening(trickling(head)) as port, rig(catalogue) as site:
        profile = replace(site.run_context.profile, timeout=LIMIT)
        with Browser(profile, site.run_context.tls) as browser:
            page = within_limits(lambda: browser.open(f"http://127.0.0.1:{port}/activate"))
    assert (page.status, page.text) == (0, f"not complete within {LIMIT:g} s")  # type: ignore[attr-defined]
