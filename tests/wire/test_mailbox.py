"""A mailbox is read over TLS that is verified, from the folder the profile names; what goes wrong is one sentence."""

from __future__ import annotations

import gc
import os
import re
import socket
import ssl
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.profile import MailAccount
from conformance.wire.mailbox import ImapBox, Mail, MailWatch, SmtpSink, read_mail, wait_for_mail
from tests.conftest import SAFETY
from tests.wire.imap_server import ImapServer

MAIL = b"Subject: Hello\r\nTo: a+wxc@example.com\r\n\r\nsee https://example.com/activate\r\n"
SECRET = "pw-of-the-mailbox"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[ImapServer]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    one = ImapServer(tls, "Test mail", lambda recipient: [MAIL])
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


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-8-i", "שלום"), ("ISO-8859-8-E", "שלום"), ("unknown-8bit", "ùìåí"), ("x-gbk", "ùìåí"), ("hex", "ùìåí"), ("idna", "ùìåí"), ("", "\ufffd" * 4),
        ('"a\0b"', "ùìåí"), ("undefined", "ùìåí"), ("windows-1252", "ùìåí"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_mail_in_a_charset_nobody_knows_is_read_for_its_links(kind: str, charset: str, text: str) -> None:
    head = f"Subject: Hi\r\nContent-Type: text/{kind}; charset={charset}\r\n\r\n"
    mail = read_mail(head.encode() + b"https://example.com/c \xf9\xec\xe5\xed\r\n", ("a@example.com",), 0.0)
    assert mail.links == ("https://example.com/c",)
    assert mail.text.strip() == f"https://example.com/c {text}"


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


def test_a_pipe_in_the_place_of_certificates_is_not_waited_for(server: ImapServer, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ca.pem")
    with pytest.raises(UserError, match=re.escape(f"cannot read certificates from {tmp_path / 'ca.pem'}")):
        ImapBox(account(server, ca_file=str(tmp_path / "ca.pem")))


class Pile:
    """A mailbox one can drop mail into."""

    pause = 0.0

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def drop(self, text: str, age: float = 0.0) -> None:
        self.mails.append(Mail(("a@example.com",), b"Hello", text, time.time() - age))

    def mail_to(self, recipient: str) -> list[Mail]:
        return [mail for mail in self.mails if recipient in mail.recipients]

    def listen(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to stop."""


def test_what_an_address_had_before_is_no_further_mail() -> None:
    pile = Pile()
    pile.drop("of long ago", age=86_400)
    pile.drop("of a moment ago", age=5)
    watch = MailWatch(pile, patience=0.0)
    watch.know("a@example.com")
    assert watch.further("a@example.com") == []
    pile.drop("new")
    assert [mail.text for mail in watch.further("a@example.com")] == ["new"]
    assert [mail.text for mail in watch.to("a@example.com")] == ["of a moment ago", "new"]


@pytest.mark.parametrize(
    ("subject", "text", "says"),
    [
        (b"On the plan", "", True), (b"=?utf-8?Q?On_the?=\r\n =?utf-8?Q?_plan?=", "", True), (b"Hello", "talk\r\nOn the\r\n  plan, today", True),
        (b"On", "the plan", False), (b"Your notification", "", False),
    ],
)  # fmt: skip
def test_of_several_mails_the_one_that_says_it_is_meant(subject: bytes, text: str, says: bool) -> None:
    assert Mail((), subject, text, 0.0).says("On the  plan") is says


def test_who_names_no_mailbox_cannot_be_told_of_mail() -> None:
    with pytest.raises(CannotJudge, match="names no mailbox"):
        MailWatch(None, patience=0.0).to("a@example.com")


@pytest.mark.parametrize("gone", [False, True], ids=["still there", "just gone"])
def test_a_mock_that_is_not_done_with_mail_leaves_no_socket_open(gone: bool) -> None:
    """The end of a run comes between any two words of a mail; what is left open is told where nobody can explain it."""
    where: list[str] = []
    sink = SmtpSink(where.append)
    sink.listen()
    host, port = where[0].split(":")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with socket.create_connection((host, int(port)), timeout=SAFETY) as client:
            assert client.recv(4) == b"220 "
            if gone:
                client.close()
            sink.close()
        del sink
        gc.collect()
    assert [str(one.message) for one in heard if f"{port})" in str(one.message) or "transport" in str(one.message)] == []
