"""A mailbox is read over TLS that is verified, from the folder the profile names; what goes wrong is one sentence."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.profile import MailAccount
from conformance.wire.mailbox import ImapBox, wait_for_mail

MAIL = b"Subject: Hello\r\nTo: a+wxc@example.com\r\n\r\nsee https://example.com/activate\r\n"
SECRET = "pw-of-the-mailbox"


class ImapServer:
    """Just enough of IMAP4rev1 for one look: one folder, one message."""

    def __init__(self, tls: ssl.SSLContext, folder: str) -> None:
        self.folder = folder
        self.heard: list[str] = []
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            try:
                with self._tls.wrap_socket(connection, server_side=True) as secure:
                    self._talk(secure)
            except OSError:
                continue

    def _talk(self, secure: ssl.SSLSocket) -> None:
        secure.sendall(b"* OK ready\r\n")
        for line in secure.makefile("r", encoding="utf-8", newline="\r\n"):
            self.heard.append(line.strip())
            tag, _, command = line.strip().partition(" ")
            secure.sendall(self._answer(command) + f"{tag} {self._result(command)}\r\n".encode())
            if command == "LOGOUT":
                return

    def _answer(self, command: str) -> bytes:
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if "SEARCH" in command:
            return b"* SEARCH 1\r\n"
        if "FETCH" in command:
            head = b'* 1 FETCH (INTERNALDATE "28-Nov-2026 10:00:00 +0000" BODY[] {%d}\r\n' % len(MAIL)
            return head + MAIL + b")\r\n"
        return b"* BYE\r\n" if command == "LOGOUT" else b""

    def _result(self, command: str) -> str:
        if command.startswith("EXAMINE") and f'"{self.folder}"' not in command:
            return "NO there is no such folder"
        return "OK done"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[ImapServer]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    one = ImapServer(tls, "Test mail")
    try:
        yield one
    finally:
        one.close()


def account(server: ImapServer, host: str = "localhost", **facts: str) -> MailAccount:
    return MailAccount(host, server.port, "a@example.com", SECRET, address="a@example.com", **facts)


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


def test_a_mailbox_of_an_authority_of_ones_own(server: ImapServer, ca_file: str) -> None:
    box = ImapBox(account(server, folder="Test mail", ca_file=ca_file))
    (mail,) = wait_for_mail(box, "a+wxc@example.com", 0.0, 5.0)
    assert (mail.subject, mail.links) == (b"Hello", ("https://example.com/activate",))
    assert any(re.search(r'SEARCH TO "a\+wxc@example.com"', line) for line in server.heard)


def test_a_certificate_nobody_vouches_for_gets_no_password(server: ImapServer) -> None:
    with pytest.raises(CannotJudge, match=r"certificate of the mailbox localhost is not trusted: .*; .*ca_file") as problem:
        ImapBox(account(server)).mail_to("a+wxc@example.com")
    assert SECRET not in str(problem.value)
    assert server.heard == []


def test_a_certificate_of_another_host_gets_no_password(server: ImapServer, ca_file: str) -> None:
    with pytest.raises(CannotJudge, match="certificate of the mailbox 127.0.0.1 is not trusted"):
        ImapBox(account(server, "127.0.0.1", ca_file=ca_file)).mail_to("a+wxc@example.com")
    assert server.heard == []


def test_a_folder_that_is_not_there(server: ImapServer, ca_file: str) -> None:
    with pytest.raises(CannotJudge, match="the mailbox localhost has no folder INBOX"):
        ImapBox(account(server, ca_file=ca_file)).mail_to("a+wxc@example.com")


def test_certificates_that_cannot_be_read(server: ImapServer, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read certificates from"):
        ImapBox(account(server, ca_file=str(tmp_path / "none.pem")))
