"""Mail that does not come, and subjects written as they must not be."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from email.header import decode_header, make_header

from mocksite.faults.change import MailFault
from mocksite.faults.fault import Fault
from mocksite.protocol.mail import Posted


def _raw(message: Posted) -> Posted:
    """Eight-bit characters in the subject, as before 41.5."""
    return replace(message, subject=str(make_header(decode_header(message.subject))))


def _encoded(message: Posted) -> Posted:
    """Encoded words where none are needed."""
    word = base64.b64encode(message.subject.encode()).decode()
    return replace(message, subject=f"=?utf-8?B?{word}?=") if message.subject.isascii() else message


def _long(message: Posted) -> Posted:
    """One encoded word longer than 75 characters."""
    text = str(make_header(decode_header(message.subject)))
    return replace(message, subject=f"=?utf-8?B?{base64.b64encode((text + ' ' * 60).encode()).decode()}?=")


def _linkless(message: Posted) -> Posted:
    """The text without its links."""
    link = r"https?://\S+"
    document = re.sub(link.encode(), b"the link", message.document)
    return replace(message, body=re.sub(link, "the link", message.body), document=document)


FAULTS: tuple[Fault, ...] = (
    MailFault(
        "R41.5.0-16/raw-subject", "subjects travel in eight bits (line 767)", "R41.5.0-16", "mail-subject", edit=_raw
    ),
    MailFault(
        "R41.5.0-16/word-too-long",
        "one encoded word of more than 75 characters (line 767)",
        "R41.5.0-16",
        "mail-subject",
        edit=_long,
    ),
    MailFault(
        "R41.5.0-17/ascii-encoded",
        "ASCII subjects travel in encoded words (line 767)",
        "R41.5.0-17",
        "mail-subject",
        edit=_encoded,
    ),
    MailFault(
        "R41.11.0-05/no-mail", "no activation mail is sent (line 135)", "R41.11.0-05", "mail", edit=lambda _mail: None
    ),
    MailFault(
        "R41.11.0-05/no-link",
        "the activation mail says how to activate and links to nothing (line 135)",
        "R41.11.0-05",
        "mail-link",
        edit=_linkless,
    ),
)
