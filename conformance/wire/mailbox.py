"""Mail a site sends to test users: an SMTP server of our own for a mock, IMAP for a live site."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any, Protocol

from conformance.sites.errors import CannotJudge
from conformance.sites.profile import MailAccount

if TYPE_CHECKING:
    import asyncio
    import imaplib

_LINK = re.compile(r"https?://[^\s\"'<>]+")


@dataclass(frozen=True)
class Mail:
    """One message as it travelled: ``subject`` holds the bytes of the header, nothing decoded."""

    recipients: tuple[str, ...]
    subject: bytes
    text: str
    arrived: float

    @property
    def decoded_subject(self) -> str:
        """The subject a reader sees; :class:`CannotJudge` never, undecodable bytes show as replacement characters."""
        return str(make_header(decode_header(self.subject.decode("utf-8", "replace"))))

    @property
    def links(self) -> tuple[str, ...]:
        """The different addresses the text links to."""
        return tuple(dict.fromkeys(_LINK.findall(self.text)))


class Mailbox(Protocol):
    """Where mail can be looked for."""

    def mail_to(self, recipient: str) -> list[Mail]:
        """Everything that arrived for ``recipient`` so far."""
        ...

    def listen(self) -> None:
        """Make ready; called before a scenario that looks for mail."""
        ...

    def close(self) -> None:
        """Stop listening or log out."""
        ...


def wait_for_mail(mailbox: Mailbox, recipient: str, since: float, patience: float) -> list[Mail]:
    """Mail to ``recipient`` that arrived after ``since``, waiting up to ``patience`` seconds for the first."""
    deadline = time.monotonic() + patience
    while True:
        found = [mail for mail in mailbox.mail_to(recipient) if mail.arrived >= since]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def read_mail(raw: bytes, recipients: tuple[str, ...], arrived: float) -> Mail:
    """A message from its bytes; the subject is cut out unparsed, folded lines included."""
    from email import message_from_bytes, policy

    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = re.search(rb"^subject:[ \t]*(.*(?:\n[ \t].*)*)", head, re.IGNORECASE | re.MULTILINE)
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain", "html"))
    return Mail(recipients, found.group(1) if found else b"", body.get_content() if body else "", arrived)


class SmtpSink:
    """An SMTP server on loopback that keeps what it is sent; ``announce`` tells a mock its ``HOST:PORT``.

    It starts with the first scenario that looks for mail: most runs of a part
    of the suite never need it.
    """

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._mails: list[Mail] = []
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def listen(self) -> None:
        """Start the server once and tell its address."""
        if self._loop is not None:
            return
        import asyncio

        from aiosmtpd.smtp import SMTP

        # aiosmtpd's own Controller cannot serve on a port the system chooses: it connects to port 0 to see itself.
        loop = self._loop = asyncio.new_event_loop()
        self._server = server = loop.run_until_complete(
            loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        )
        self._thread = threading.Thread(target=loop.run_forever, name="mailbox", daemon=True)
        self._thread.start()
        host, port = server.sockets[0].getsockname()[:2]
        self._announce(f"{host}:{port}")

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one message."""
        mail = read_mail(envelope.content, tuple(envelope.rcpt_tos), time.time())
        with self._lock:
            self._mails.append(mail)
        return "250 kept"

    def mail_to(self, recipient: str) -> list[Mail]:
        """Everything delivered to ``recipient``."""
        with self._lock:
            return [mail for mail in self._mails if recipient.lower() in map(str.lower, mail.recipients)]

    def close(self) -> None:
        """Stop the server."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._server.close)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=2)
            self._loop.close()


class ImapBox:
    """A mailbox of the profile, read over TLS; looks, and changes nothing."""

    def __init__(self, account: MailAccount) -> None:
        self._account = account

    def mail_to(self, recipient: str) -> list[Mail]:
        """Everything in the folder addressed to ``recipient``."""
        import imaplib

        try:
            with imaplib.IMAP4_SSL(self._account.host, self._account.port, timeout=20) as box:
                box.login(self._account.user, self._account.password)
                box.select(self._account.folder, readonly=True)
                numbers = box.search(None, "TO", f'"{recipient}"')[1][0].split()
                return [self._fetch(box, number, recipient) for number in numbers]
        except (OSError, imaplib.IMAP4.error) as problem:
            where = f"{self._account.host}:{self._account.port}"
            raise CannotJudge(f"the mailbox {where} cannot be read ({type(problem).__name__})") from None

    def listen(self) -> None:
        """The mailbox is there already."""

    def _fetch(self, box: imaplib.IMAP4_SSL, number: bytes, recipient: str) -> Mail:
        from imaplib import Internaldate2tuple

        parts = box.fetch(number.decode(), "(INTERNALDATE BODY.PEEK[])")[1]
        head, raw = next(part for part in parts if isinstance(part, tuple))
        stamp = Internaldate2tuple(head)
        return read_mail(raw, (recipient,), time.mktime(stamp) if stamp else 0.0)

    def close(self) -> None:
        """Nothing is kept open between looks."""
