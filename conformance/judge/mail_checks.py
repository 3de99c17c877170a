"""Checks of mail (R41.5.0-16, R41.5.0-17, R41.11.0-05, R41.11.0-64)."""

from __future__ import annotations

import base64
import quopri
import re
from itertools import starmap

from conformance.judge.findings import Finding
from conformance.wire.browser import Page
from conformance.wire.mailbox import Mail, codec_of

Findings = tuple[Finding, ...]
_WORD = re.compile(rb"=\?[!-<>-~]+\?[bBqQ]\?[!->@-~]*\?=")
#: What stands where an encoded word would, however badly it is written.
_LIKE_A_WORD = re.compile(rb"=\?([^?]*)\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_UNREADABLE = "\ufffd"
_LONGEST_WORD, _LONGEST_LINE = 75, 76


def brings_a_link(mails: list[Mail], recipient: str) -> Findings:
    """One at least of the mails to ``recipient`` links to something; which of them activates only a person can tell."""
    if not mails:
        return (Finding("mail", recipient, "a mail", "none arrived"),)
    if not any(mail.links for mail in mails):
        return (Finding("mail-link", recipient, "a link in one of the mails", f"{len(mails)} without a link"),)
    return ()


def arrived(mails: list[Mail], recipient: str) -> Findings:
    """A mail has come to ``recipient``, whatever it says."""
    return () if mails else (Finding("mail", recipient, "a further mail", "none arrived"),)


def page_shown(page: Page) -> Findings:
    """A browser that follows a link is shown a page."""
    if page.shown:
        return ()
    return (Finding("page", "", "a page behind the link", f"HTTP {page.status}" if page.status else page.text),)


def ascii_on_the_wire(mails: list[Mail]) -> Findings:
    """Subjects are ASCII on the wire, their encoded words of at most 75 characters and readable (RFC 2047)."""
    for mail in mails:
        if any(byte > 126 for byte in mail.subject):
            return (_subject("pure ASCII on the wire", mail),)
        if any(len(word) > _LONGEST_WORD for word in _WORD.findall(mail.subject)):
            return (_subject(f"encoded words of at most {_LONGEST_WORD} characters", mail),)
        if "\ufffd" in mail.decoded_subject:
            return (_subject("encoded words that can be decoded", mail),)
        if wrong := _half_kept(mail.subject):
            return (_subject(wrong, mail),)
    return ()


def long_lines(mails: list[Mail]) -> list[str]:
    """What is told of lines with encoded words that are longer than RFC 2047 has them, and no reader minds."""
    subjects = [b"Subject: %b" % mail.subject.replace(b"\r\n", b"\n") for mail in mails]
    lines = [len(line) for subject in subjects for line in subject.split(b"\n") if _WORD.search(line)]
    longest = max(lines, default=0)
    told = f"a line of the subject with encoded words has {longest} characters: RFC 2047 allows {_LONGEST_LINE}"
    return [told] if longest > _LONGEST_LINE else []


def _half_kept(subject: bytes) -> str:
    """What RFC 2047 asks for beside encoded words that many readers can guess, and ``subject`` has not; or nothing."""
    if any(not _alone(word) for word in _WORD.findall(subject)):
        return "whole characters in each encoded word"
    parts = _WORD.split(subject)
    if any(b"=?" in part or b"?=" in part for part in parts):
        return "no blank and no line end within an encoded word"
    apart = [*(part[:1] for part in parts[1:] if part), *(part[-1:] for part in parts[:-1] if part)]
    if any(one not in b" \t\n\r()" for one in apart) or any(part == b"" for part in parts[1:-1]):
        return "encoded words apart from what stands beside them"
    return ""


def _alone(word: bytes) -> bool:
    """Whether an encoded word can be read without those beside it: no character is cut, nothing is left out."""
    charset, encoding, text = word[2:-2].decode("ascii").split("?")
    try:
        raw = base64.b64decode(text, validate=True) if encoding in "bB" else quopri.decodestring(text, header=True)
        raw.decode(codec_of(charset.partition("*")[0]))
    except (ValueError, LookupError):
        return False
    return True


def in_encoded_words(mails: list[Mail], words: str) -> Findings:
    """A subject holds ``words``, which are not ASCII: one of the mails carries them, in encoded words."""
    wrong = ascii_on_the_wire(mails)
    if wrong or any(_WORD.search(mail.subject) and words in mail.decoded_subject for mail in mails):
        return wrong
    return (_subject(f"encoded words that read {words}", mails[0]),)


def ascii_as_it_is(mails: list[Mail]) -> Findings:
    """A subject that reads in ASCII, or that nobody can read, holds no encoded word, well written or not.

    What else a template says is no business of this, in whatever charset.
    """
    wrong = next((mail for mail in mails if _LIKE_A_WORD.search(mail.subject) and not _has_other_letters(mail)), None)
    return () if wrong is None else (_subject("no encoded word", wrong),)


def _has_other_letters(mail: Mail) -> bool:
    """Whether the subject says what ASCII cannot, as far as can be told."""
    if mail.decoded_subject != _UNREADABLE:
        return not mail.decoded_subject.isascii()
    # A charset need not be known here for its letters to be letters; raw bytes are told by another clause.
    return not mail.subject.isascii() or any(starmap(_of_unknown_charset, _LIKE_A_WORD.findall(mail.subject)))


def _of_unknown_charset(charset: bytes, encoding: bytes, text: bytes) -> bool:
    """Whether an encoded word holds something else than ASCII in a charset that Python does not know."""
    try:
        raw = quopri.decodestring(text) if encoding.lower() == b"q" else base64.b64decode(text + b"===")
        raw.decode(codec_of(charset.partition(b"*")[0].decode()))
    except LookupError:
        return not raw.isascii()
    except ValueError:
        return False
    return False


def _subject(expected: str, mail: Mail) -> Finding:
    return Finding("mail-subject", "Subject", expected, mail.subject.decode("utf-8", "backslashreplace"))
