"""What environment variables say: proxies and trouble with them, a log of TLS keys, secrets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.sites.credentials import resolve
from conformance.sites.errors import UserError
from conformance.wire.environment import proxy_for
from tests.conftest import ROOT, SAFETY
from tests.run.conftest import Runner


@pytest.mark.parametrize("text", ["\ufeffsecret", "secret\r\n", "\ufeffsecret\n", "secret\n\n"])
def test_marks_and_line_ends_are_no_part_of_a_secret(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").write_bytes(text.encode("utf-8"))
    monkeypatch.setenv("A_SECRET", text)
    assert resolve("file:s", where="here", folder=tmp_path) == "secret"
    assert resolve("${A_SECRET}", where="here", folder=tmp_path) == "secret"


SITE = "https://site.webex.com/WBXService/XMLService"
#: The environment, and the proxy that follows.
PROXIES = {
    "none": ({}, None),
    "of the scheme": ({"HTTPS_PROXY": "http://p:3128"}, "http://p:3128"),
    "small letters win": ({"HTTPS_PROXY": "http://a", "https_proxy": "http://b"}, "http://b"),
    "for all": ({"ALL_PROXY": "p:8080"}, "http://p:8080"),
    "of another scheme": ({"HTTP_PROXY": "http://p"}, None),
    "excepted": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "localhost,.webex.com"}, None),
    "excepted by port": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "site.webex.com:8443"}, "http://p"),
    "networks": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "10.0.0.0/8,fd00::/8,::1,[fe80::1]:443"}, "http://p"),
    "everything": ({"HTTPS_PROXY": "http://p", "no_proxy": "*"}, None),
    "part of a name": ({"HTTPS_PROXY": "http://p", "NO_PROXY": "ebex.com"}, "http://p"),
}


@pytest.mark.parametrize("name", PROXIES)
def test_proxies_of_the_environment(name: str) -> None:
    environment, proxy = PROXIES[name]
    assert proxy_for(SITE, environment) == proxy


@contextmanager
def proxying(status: str) -> Iterator[str]:
    """A proxy that answers every CONNECT so, or nothing at all; its place."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                if status:
                    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(SAFETY)


#: What a proxy answers, and the trouble that is told.
TOLD = {
    "407 Proxy Authentication Required": "{} wants a name and password, http://USER:PASSWORD@HOST:PORT: 407 ",
    "403 Forbidden by policy": "{} answers: 403 Forbidden by policy",
    "": "the connection broke, by way of {}: ",
}


@pytest.mark.parametrize("status", TOLD)
def test_trouble_of_a_proxy_is_told_as_its_own_without_its_password(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    monkeypatch.setattr("conformance.wire.client._BACK_OFF", ())
    monkeypatch.setenv("P", "secret-of-the-test")
    text = f'[sites.s]\nurl = "{SITE}"\nsite_name = "s"\n[sites.s.accounts.site-admin]\nwebex_id = "a"\npassword = "${{P}}"\n'
    (pytester.path / "sites.toml").write_text(text)
    with proxying(status) as place:
        monkeypatch.setenv("HTTPS_PROXY", f"http://somebody:s3cret-of-proxy@{place}")
        assert main(["check", "--site", "s", "--root", str(ROOT)]) == 4
    told = capsys.readouterr()
    assert TOLD[status].format(f"the proxy {place} (HTTPS_PROXY)") in told.err
    assert "s3cret" not in told.err + told.out


def test_a_network_excepts_its_addresses() -> None:
    environment = {"HTTPS_PROXY": "http://p", "NO_PROXY": "fd00::/8, 10.0.0.0/8"}
    assert proxy_for("https://[fd00::7]/x", environment) is None
    assert proxy_for("https://10.1.2.3/x", environment) is None
    assert proxy_for("https://11.1.2.3/x", environment) == "http://p"


@pytest.mark.parametrize("value", ["ftp://p", "socks5://p", "http:///x", "http://p:port", "http://a b", "http://pé"])
def test_a_variable_that_is_wrong_is_named_and_not_shown(value: str) -> None:
    with pytest.raises(UserError) as caught:
        proxy_for(SITE, {"ALL_PROXY": value})
    assert "ALL_PROXY" in str(caught.value)
    assert value not in str(caught.value)


def test_a_log_of_keys_that_cannot_be_written(run: Runner, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(pytester.path / "nowhere" / "log"))
    (pytester.path / "sites.toml").write_text(
        f'[sites.s]\nurl = "{SITE}"\nsite_name = "s"\n[sites.s.accounts.site-admin]\nwebex_id = "a"\npassword = "${{P}}"\n'
    )
    monkeypatch.setenv("P", "secret-of-the-test")
    outcome = run("features/41.7.0", "--site", "s")
    assert outcome.code == 4
    assert "SSLKEYLOGFILE" in outcome.text
    assert "Traceback" not in outcome.text
