"""Checks of mail (R41.5.0-16, R41.5.0-17, R41.11.0-05)."""

from __future__ import annotations

import re

from conformance.judge.findings import Finding
from conformance.wire.mailbox import Mail

Findings = tuple[Finding, ...]
_WORD = re.compile(rb"=\?[!-<>-~]+\?[bBqQ]\?[!->@-~]*\?=")
_LONGEST_WORD = 75


def arrived(mails: list[Mail], recipient: str) -> Findings:
    """At least one mail reached ``recipient``."""
    return () if mails else (Finding("mail", recipient, "a mail", "none arrived"),)


def one_link(mails: list[Mail]) -> Findings:
    """Every mail links to exactly one address."""
    wrong = next((mail for mail in mails if len(mail.links) != 1), None)
    return () if wrong is None else (Finding("mail-link", "", "exactly one link", f"{len(wrong.links)} links"),)


def in_encoded_words(mails: list[Mail], words: str) -> Findings:
    """The subject is ASCII on the wire, in encoded words of at most 75 characters, and reads right (RFC 2047)."""
    for mail in mails:
        if any(byte > 126 for byte in mail.subject):
            return (_subject("pure ASCII on the wire", mail),)
        encoded = _WORD.findall(mail.subject)
        if not encoded:
            return (_subject("RFC 2047 encoded words", mail),)
        if any(len(word) > _LONGEST_WORD for word in encoded):
            return (_subject(f"encoded words of at most {_LONGEST_WORD} characters", mail),)
        if words not in mail.decoded_subject:
            return (_subject(f"a subject that reads {words}", mail),)
    return ()


def plain(mails: list[Mail], words: str) -> Findings:
    """The subject holds no encoded word and reads as it should."""
    for mail in mails:
        if _WORD.search(mail.subject):
            return (_subject("no encoded word", mail),)
        if words not in mail.subject.decode("utf-8", "replace"):
            return (_subject(f"a subject that reads {words}", mail),)
    return ()


def _subject(expected: str, mail: Mail) -> Finding:
    return Finding("mail-subject", "Subject", expected, mail.subject.decode("utf-8", "backslashreplace"))
