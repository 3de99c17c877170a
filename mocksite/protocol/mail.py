"""Mail a site sends: invitations, welcomes, activation links.

From 41.5 on a subject with non-ASCII characters goes out in RFC 2047 encoded-words, a
pure ASCII one as it is; before, raw UTF-8 (R41.5.0-16, -17).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from email.header import Header
from email.utils import formatdate

from mocksite.model.releases import Release


@dataclass(frozen=True)
class Letter:
    """A message as an operation writes it."""

    recipient: str
    subject: str
    body: str


@dataclass(frozen=True)
class Posted:
    """A message as it goes over the wire; ``subject`` is the value of the raw header."""

    sender: str
    recipient: str
    subject: str
    body: str
    document: bytes


def posted(letter: Letter, site_name: str, at: Release, number: int, now: int) -> Posted:
    """The message in wire form at a release."""
    subject = " ".join(letter.subject.split())
    if at.has("encoded-subjects") and not subject.isascii():
        subject = Header(subject, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")
    sender = f"messenger@{site_name}.example.com"
    plain = letter.body.isascii()
    body = letter.body if plain else base64.encodebytes(letter.body.encode()).decode("ascii")
    head = [
        f"From: {sender}",
        f"To: {letter.recipient}",
        f"Subject: {subject}",
        f"Date: {formatdate(now)}",
        f"Message-ID: <{number}.{now}@{site_name}.example.com>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Transfer-Encoding: {'7bit' if plain else 'base64'}",
    ]
    lines = [*head, "", *body.splitlines(), ""]
    return Posted(sender, letter.recipient, subject, letter.body, "\r\n".join(lines).encode())
