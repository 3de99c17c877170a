"""Mail a site sends to test users: an SMTP server of our own for a mock, IMAP for a live site."""

from __future__ import annotations

import html
import re
import ssl
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any, Protocol

from conformance.sites.errors import CannotJudge
from conformance.sites.profile import MailAccount
from conformance.wire.environment import trust

if TYPE_CHECKING:
    import asyncio
    import imaplib
    from email.message import MIMEPart

_LINK = re.compile(r"https?://[^\s\"'<>]+[^\s\"'<>.,;:!?)\]]")
#: The language an encoded word may name behind its charset (RFC 2231, section 5): the email package takes none.
_LANGUAGE = re.compile(r"(=\?[^?*\s]+)\*[^?\s]*(?=\?[bq]\?)", re.IGNORECASE)
#: Arabic and Hebrew name behind their charset which way a line runs (RFC 1556): the letters are the same.
_DIRECTION = re.compile(r"(iso-8859-[68])-[ie]\b", re.IGNORECASE)


def codec_of(charset: str) -> str:
    """The name Python knows ``charset`` by, if it knows it."""
    return _DIRECTION.sub(r"\1", charset)


@dataclass(frozen=True)
class Mail:
    """One message as it travelled: ``subject`` holds the bytes of the header, nothing decoded."""

    recipients: tuple[str, ...]
    subject: bytes
    text: str
    arrived: float

    @property
    def decoded_subject(self) -> str:
        """The subject a reader sees; what cannot be decoded shows as replacement characters."""
        try:
            words = codec_of(_LANGUAGE.sub(r"\1", self.subject.decode("utf-8", "replace")))
            return str(make_header(decode_header(words)))
        except (LookupError, ValueError, HeaderParseError):
            return "\ufffd"

    def says(self, words: str) -> bool:
        """Whether subject or text hold ``words``, however lines are broken: of several, the one that is meant."""
        return self.subject_says(words) or _in_one_line(words) in _in_one_line(self.text)

    def subject_says(self, words: str) -> bool:
        """Whether the subject holds ``words``: of two mails only one may, and both tell them in their text."""
        return _in_one_line(words) in _in_one_line(self.decoded_subject)

    @property
    def links(self) -> tuple[str, ...]:
        """The different addresses the text links to."""
        return tuple(dict.fromkeys(_LINK.findall(self.text)))


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


class Mailbox(Protocol):
    """Where mail can be looked for."""

    #: Seconds between two looks.
    pause: float

    def mail_to(self, recipient: str) -> list[Mail]:
        """Everything that arrived for ``recipient`` so far."""
        ...

    def listen(self) -> None:
        """Make ready; called before a scenario that looks for mail."""
        ...

    def close(self) -> None:
        """Stop listening or log out."""
        ...


def wait_for_mail(
    mailbox: Mailbox, recipient: str, since: float, patience: float, enough: Callable[[list[Mail]], bool] = bool
) -> list[Mail]:
    """Mail to ``recipient`` that arrived after ``since``, waiting up to ``patience`` seconds until it is ``enough``."""
    deadline = time.monotonic() + patience
    while True:
        found = [mail for mail in mailbox.mail_to(recipient) if mail.arrived >= since]
        if enough(found) or time.monotonic() > deadline:
            return found
        time.sleep(mailbox.pause)


#: The clock of a mail server may be behind ours.
_CLOCKS_APART = 600.0


class MailWatch:
    """Mail that reaches addresses while a scenario lasts, waited for up to ``patience`` seconds.

    Of a new address everything that comes is of now; of one that has a past, what
    was there before is counted first (:meth:`know`).
    """

    def __init__(
        self, mailbox: Mailbox | None, patience: float, wait: Callable[..., list[Mail]] = wait_for_mail
    ) -> None:
        self._mailbox = mailbox
        self._wait = wait
        self.patience = patience
        self._since = time.time() - _CLOCKS_APART
        self._known: dict[str, int] = {}

    def to(self, recipient: str, enough: Callable[[list[Mail]], bool] = bool) -> list[Mail]:
        """Mail to ``recipient``, waiting until it is ``enough``."""
        if self._mailbox is None:
            raise CannotJudge("the profile names no mailbox")
        return self._wait(self._mailbox, recipient, self._since, self.patience, enough)

    def know(self, recipient: str) -> None:
        """Remember how much mail to ``recipient`` there is."""
        self._known[recipient] = len(self.to(recipient, lambda _: True))

    def further(self, recipient: str) -> list[Mail]:
        """What has come since, waiting for the first."""
        known = self._known[recipient]
        return self.to(recipient, lambda mails: len(mails) > known)[known:]


def read_mail(raw: bytes, recipients: tuple[str, ...], arrived: float) -> Mail:
    """A message from its bytes; the subject is cut out unparsed, folded lines included."""
    from email import message_from_bytes, policy

    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = re.search(rb"^subject:[ \t]*(.*(?:\n[ \t].*)*)", head, re.IGNORECASE | re.MULTILINE)
    message = message_from_bytes(raw, policy=policy.default)
    plain, styled = message.get_body(("plain",)), message.get_body(("html",))
    text = _text_of(plain) if plain else ""
    # A template may keep its link to the part for browsers, where & is written &amp;.
    text += html.unescape(_text_of(styled)) if styled else ""
    return Mail(recipients, found.group(1) if found else b"", text, arrived)


def _text_of(part: MIMEPart) -> str:
    """The text of a part; in a charset Python does not know the links at least can be read."""
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes), "a part with parts of its own"
    try:
        return raw.decode(codec_of(part.get_content_charset("ascii")), "replace")
    except (LookupError, ValueError):
        return raw.decode("latin-1")


class SmtpSink:
    """An SMTP server on loopback that keeps what it is sent; ``announce`` tells a mock its ``HOST:PORT``.

    It starts with the first scenario that looks for mail: most runs of a part
    of the suite never need it.
    """

    pause = 0.05

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._mails: list[Mail] = []
        self._lock, self._starting = threading.Lock(), threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Any = None
        self._sessions: weakref.WeakSet[Any] = weakref.WeakSet()
        self._thread: threading.Thread | None = None

    def listen(self) -> None:
        """Start the server once, whichever lane comes first, and tell its address."""
        with self._starting:
            if self._loop is None:
                self._start()

    def _start(self) -> None:
        import asyncio

        from aiosmtpd.smtp import SMTP

        # aiosmtpd's own Controller cannot serve on a port the system chooses: it connects to port 0 to see itself.
        loop = self._loop = asyncio.new_event_loop()

        def session() -> SMTP:
            self._sessions.add(one := SMTP(self, loop=loop))
            return one

        self._server = server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
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
        """Stop the server; whoever is still connected, or has just gone, is cut off, so that no socket stays open."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._server.close)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.run_until_complete(self._cut_off())
            self._loop.close()

    async def _cut_off(self) -> None:
        import asyncio

        for one in list(self._sessions):
            if one.transport is not None:
                one.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # A transport gives its socket back in a turn of the loop of its own.
        await asyncio.sleep(0)


class ImapBox:
    """A mailbox of the profile, read over verified TLS; looks, and changes nothing."""

    #: Every look is a login.
    pause = 3.0

    def __init__(self, account: MailAccount) -> None:
        self._account = account
        self._tls = ssl.create_default_context()
        if account.ca_file:
            trust(self._tls, account.ca_file, "ca_file of the mailbox")

    def mail_to(self, recipient: str) -> list[Mail]:
        """Everything in the folder addressed to ``recipient``."""
        import imaplib

        try:
            with imaplib.IMAP4_SSL(self._account.host, self._account.port, ssl_context=self._tls, timeout=20) as box:
                box.login(self._account.user, self._account.password)
                if box.select(f'"{self._account.folder}"', readonly=True)[0] != "OK":
                    raise CannotJudge(f"the mailbox {self._account.host} has no folder {self._account.folder}")
                numbers = box.search(None, "TO", f'"{recipient}"')[1][0].split()
                return [self._fetch(box, number, recipient) for number in numbers]
        except ssl.SSLCertVerificationError as problem:
            raise CannotJudge(
                f"the certificate of the mailbox {self._account.host} is not trusted: {problem.verify_message}; "
                "an authority of your own is named as ca_file of the mailbox"
            ) from None
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
