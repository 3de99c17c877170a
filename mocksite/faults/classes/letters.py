"""Class 12, mail: half of RFC 2047, one script, one kind of mail; links that are cut, or somebody else's."""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.header import decode_header, make_header

from mocksite.faults.change import MailFault
from mocksite.faults.fault import Fault
from mocksite.protocol.mail import Posted

FAMILY = "mail"
#: Kinds of mail, by how their subject begins. The activation mail came with 41.11, six releases after the clause.
_KINDS = {
    "meeting-invitation": "Webex meeting invitation",
    "event-invitation": "Event invitation",
    "welcome": "Welcome to Webex",
}
#: Scripts, by a letter of each.
_SCRIPTS = {
    "Chinese": "\u4e00-\u9fff",
    "Cyrillic": "\u0400-\u04ff",
    "Latin": "\u00c0-\u00ff",
    "pictures": "\U0001f300-\U0001faff",
}


def _text(message: Posted) -> str:
    return str(make_header(decode_header(message.subject)))


def _word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def _in_words(text: str, most: int = 12) -> list[str]:
    return [_word(text[at : at + most]) for at in range(0, len(text), most)]


def _cut_within(text: str) -> str:
    raw = text.encode()
    cut = next((at for at in range(20, len(raw)) if raw[at] & 0xC0 == 0x80), len(raw) // 2)
    halves = (raw[:cut], raw[cut:])
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(half).decode()}?=" for half in halves)


def _in_q(text: str) -> str:
    """Encoded words in Q whose blanks are blanks."""
    quoted = (
        quopri.encodestring(one.encode(), quotetabs=True).decode().replace("=\n", "").replace("=20", " ")
        for one in _cut(text, 6)
    )
    return "\r\n ".join(f"=?utf-8?Q?{one}?=" for one in quoted)


def _cut(text: str, most: int) -> list[str]:
    return [text[at : at + most] for at in range(0, len(text), most)]


def _unpadded(text: str) -> str:
    return "\r\n ".join(_word(one).removesuffix("?=").rstrip("=") + "?=" for one in _cut(text, 5))


def _blanks_lost(text: str) -> str:
    return "\r\n ".join(_in_words(text.replace(" ", "")))


#: What becomes of a subject that is not ASCII.
_HALVES: dict[str, Callable[[str], str]] = {
    "raw": lambda text: text,
    "raw-behind-a-word": lambda text: f"{_word(text[:3])} {text[3:]}",
    "one-word-too-long": lambda text: _word(text + " " * 60),
    "cut-within-a-character": _cut_within,
    "blanks-in-Q": _in_q,
    "padding-lost": _unpadded,
    "words-run-together": lambda text: "".join(_in_words(text, 6))[:140] if len(text) > 6 else text,
    "unknown-charset": lambda text: _word(text).replace("utf-8", "x-site"),
    "wrong-charset": lambda text: _word(text).replace("utf-8", "us-ascii"),
    "question-marks": lambda text: text.encode("ascii", "replace").decode(),
    "left-out": lambda text: text.encode("ascii", "ignore").decode(),
    "blanks-lost": _blanks_lost,
    "doubly-encoded": lambda text: "\r\n ".join(_in_words(text.encode().decode("latin-1"))),
}


def _subject(kind: str, change: Callable[[str], str], *, ascii_only: bool) -> Callable[[Posted], Posted]:
    def edit(message: Posted) -> Posted:
        text = _text(message)
        if not text.startswith(_KINDS[kind]) or text.isascii() is not ascii_only:
            return message
        return replace(message, subject=change(text))

    return edit


def _of_subject(clause: str, kind: str, way: str, what: str, change: Callable[[str], str]) -> Fault:
    """Only subjects that the clause speaks of are changed: R41.5.0-17 is the one about ASCII."""
    return MailFault(
        f"{FAMILY}/{kind}/{way}",
        f"the subject of a {kind} {what} (line 767)",
        clause,
        "mail-subject",
        edit=_subject(kind, change, ascii_only=clause == "R41.5.0-17"),
        family=FAMILY,
    )


#: What becomes of a subject that is ASCII and needs no encoded word; the later ones are none a reader must know.
_NEEDLESS: dict[str, Callable[[str], str]] = {
    "B": _word,
    "Q": lambda text: f"=?utf-8?Q?{text.replace(' ', '_')[:60]}?=",
    "Q-with-blanks": lambda text: f"=?utf-8?Q?{text[:60]}?=",
    "an-unknown-charset": lambda text: _word(text).replace("utf-8", "x-site"),
    "a-charset-it-does-not-keep": lambda text: f"=?us-ascii?Q?{text.replace(' ', '=A0')[:60]}?=",
}


def _halves() -> Iterator[Fault]:
    for kind in _KINDS:
        for way, change in _HALVES.items():
            yield _of_subject("R41.5.0-16", kind, way, f"is {way.replace('-', ' ')}", change)
        for way, change in _NEEDLESS.items():
            yield _of_subject("R41.5.0-17", kind, f"ASCII-encoded-in-{way}", f"in ASCII travels in {way}", change)


def _without(letters: str, by: str) -> Callable[[str], str]:
    return lambda text: re.sub(f"[{letters}]", by, text)


def _as_it_is(text: str) -> str:
    return text


def _of_script(letters: str, change: Callable[[str], str]) -> Callable[[Posted], Posted]:
    """Subjects with letters of one script, changed; what then still needs it is encoded well."""

    def edit(message: Posted) -> Posted:
        text = _text(message)
        if not re.search(f"[{letters}]", text):
            return message
        told = change(text)
        return replace(message, subject=told if told.isascii() or told == text else "\r\n ".join(_in_words(told)))

    return edit


def _scripts() -> Iterator[Fault]:
    """One script alone is written raw, or lost."""
    for script, letters in _SCRIPTS.items():
        ways = {"raw": _as_it_is, "question-marks": _without(letters, "?"), "left-out": _without(letters, "")}
        for way, change in ways.items():
            yield MailFault(
                f"{FAMILY}/script/{script}/{way}",
                f"{script} in a subject is {way.replace('-', ' ')} (line 767)",
                "R41.5.0-16",
                "mail-subject",
                edit=_of_script(letters, change),
                family=FAMILY,
            )


_LINK = re.compile(r"https?://\S+")


def _links() -> Iterator[Fault]:
    """The link of the activation mail (line 135): whole, and that of the user it was sent to."""
    ways: dict[str, tuple[str, str, Callable[[str], str]]] = {
        "cut-by-one": ("R41.11.0-64", "page", lambda link: link[:-1]),
        "cut-in-half": ("R41.11.0-64", "page", lambda link: link[: len(link) // 2]),
        "in-capitals": ("R41.11.0-05", "mail-link", lambda link: link.upper()),
        "to-nobody": ("R41.11.0-64", "page", lambda link: re.sub(r"/\d+-", "/1-", link)),
        "broken-over-two-lines": ("R41.11.0-64", "page", lambda link: f"{link[:-8]}\n{link[-8:]}"),
        "left-out": ("R41.11.0-05", "mail-link", lambda _link: "our page"),
        "without-its-scheme": ("R41.11.0-05", "mail-link", lambda link: link.partition("//")[2]),
    }
    for way, (clause, check, change) in ways.items():
        name, what = f"{FAMILY}/link/{way}", f"the link of the activation mail is {way.replace('-', ' ')} (line 135)"
        yield MailFault(name, what, clause, check, edit=_of_links(change), family=FAMILY)


def _of_links(change: Callable[[str], str]) -> Callable[[Posted], Posted]:
    return lambda message: replace(message, body=_LINK.sub(lambda found: change(found.group()), message.body))


FAULTS: tuple[Fault, ...] = (*_halves(), *_scripts(), *_links())
