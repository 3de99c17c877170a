"""Secrets kept out of every report: the registry of known values, and elements that are secret by their name.

Known values are replaced first, elements by name second: the other way round a
password holding ``<`` would leave its second half behind.
"""

from __future__ import annotations

import base64
import html
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "******"

#: Secret elements of the contract (sources.md, Document shape: hostKey, accessCode and hostPIN come in clear).
SECRET_ELEMENTS = (
    "password", "sessionTicket", "webExAccessToken", "accessToken", "clientSecret", "samlResponse",
    "sessionPassword", "meetingPassword", "eventPassword", "audioPassword", "panelistPassword",
    "panelistNumericPassword", "panelistAudioPassword", "attendeePassword", "subscribePassword",
    "nbrProfilePassword", "excludePassword", "passwordHintAnswer", "hostKey", "hostPIN", "PIN",
    "accessCode", "moderatorCode", "participantAccessCode", "participantFullAccessCode",
    "participantLimitedAccessCode", "subscriberAccessCode", "guestToken", "loginTicket",
)  # fmt: skip
#: A live site has elements we do not know; these endings give them away.
_ENDING = re.compile(r"(?:password|passcode|passwd|secret|ticket|token|accesscode|hostkey|pin)$", re.IGNORECASE)
#: Policies such as enforcePassword say true or false, counts say a number of days: no secret, and evidence.
_NO_SECRET = ("true", "false", "", MASK)

# Possessive throughout: a hostile text must not make this slow. An opening tag with text right behind it, as XML
# and as XML escaped once more.
_OPENED = re.compile(r"<([\w.:-]++)[^<>]*+>(?=\s*+(?:[^<\s]|<!\[CDATA\[))")
_ESCAPED = re.compile(r"&lt;([\w.:-]++)(?:(?!&[lg]t;)[^<>])*+&gt;(?=\s*+[^<\s])")
_CDATA = "<![CDATA["
_VALUE = re.compile(r"=[^&\s\"'<>;,)]++")
_SECRET_VALUES = ("password", "passwd", "pwd", "pw", "pin", "ticket", "token", "secret")
_LONGEST_NAME = max(map(len, _SECRET_VALUES))


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether an element of this local name holds a secret."""
    return name in SECRET_ELEMENTS or bool(_ENDING.search(name))


def is_secret_content(name: str, content: str) -> bool:
    """Whether ``content`` of an element called ``name`` must not be shown."""
    return is_secret(name) and content.strip() not in _NO_SECRET


def is_secret_parameter(name: str) -> bool:
    """Whether a parameter of an address or a form holds a secret: PW of a login page, PWD beside a document."""
    return name.lower().endswith(_SECRET_VALUES)


def mask_named(text: str) -> str:
    """``text`` with the content of secret elements blanked, whatever their prefix, and of secret URL parameters."""
    if "<" in text:
        text = _blanked(text, _OPENED, "<")
    if "&lt;" in text:
        text = _blanked(text, _ESCAPED, "&lt;")
    return _VALUE.sub(_value, text) if "=" in text else text


def _blanked(text: str, opened: re.Pattern[str], closing: str) -> str:
    kept = []
    position = 0
    for found in opened.finditer(text):
        name = found.group(1).rpartition(":")[2]
        if found.end() < position or not is_secret(name):
            continue
        end = _end(text, found.end(), closing)
        if is_secret_content(name, text[found.end() : end]):
            kept += [text[position : found.end()], MASK]
            position = end
    return "".join((*kept, text[position:]))


def _end(text: str, start: int, closing: str) -> int:
    """Where the content that begins at ``start`` ends; at the end of a text that was cut off."""
    while True:
        end = text.find(closing, start)
        if end < 0:
            return len(text)
        if not text.startswith(_CDATA, end):
            return end
        start = text.find("]]>", end)
        if start < 0:
            return len(text)


def _value(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - _LONGEST_NAME) : found.start()]
    return f"={MASK}" if is_secret_parameter(before) else found.group()


#: A credential of fewer characters would black out ordinary text; it is masked by the name of its element only.
_SHORTEST = 4
#: Fewer characters of a base64 text stand in many others.
_SHORTEST_BASE64 = 7
#: Of a longer text a finding shows so many characters.
_SHOWN = 40
#: Fields of our reports whose values are the suite's own words, names of its scenarios and clauses, or moments.
OUR_FIELDS = frozenset((
    "access", "attempts", "baseline", "check", "checks", "clause", "clauses", "digest", "fault", "faults", "feature",
    "finished", "id", "kind", "kinds", "level", "nodeid", "operation", "operations", "outcome", "outcomes", "red",
    "release", "row", "rule", "scenarios", "shapes", "started", "steps", "suite", "summary", "title", "trouble",
))  # fmt: skip
_QUOTES = (('"', "&quot;", "&#34;"), ("'", "&#39;", "&#x27;", "&apos;"))


class SecretRegistry:
    """Learns secrets and takes them out of texts; safe to use from many threads."""

    def __init__(self) -> None:
        self._own: dict[str, tuple[str, ...]] = {}
        self._forms: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def learn(self, secret: str) -> None:
        """Remember a credential of ours in all its forms."""
        secret = secret.strip()
        if len(secret) < _SHORTEST or secret == MASK or secret in self._own:
            return
        with self._lock:
            self._own[secret] = tuple(forms_of(secret))
            self._sort()

    def _sort(self) -> None:
        forms = {form for secret in self._own.values() for form in secret}
        # The longest first, or a secret that begins like another would leave its end behind.
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    def mask(self, text: str) -> str:
        """``text`` without any known secret and without the content of secret elements."""
        return mask_named(self.mask_known(text))

    def mask_known(self, text: str) -> str:
        """``text`` without any known secret; elements are not looked at."""
        return self.replace_known(text, lambda _: MASK)

    def replace_known(self, text: str, by: Callable[[str], str]) -> str:
        """``text`` with something else in the place of each known secret."""
        # Measured on a reply of 45 KB: 348 forms searched one by one take 1.9 ms, as one pattern 18 ms.
        for form in self._forms:
            if form in text:
                text = text.replace(form, by(form))
        return text

    def masked_json(self, value: Any, written: Callable[[Any], str] = json.dumps) -> str:
        """``value`` as ``written`` writes it, without any known secret, and to be read back whatever the secrets are.

        A password may be a word or a number of the format ("passed", "2026"). What the suite itself writes tells
        nothing about it and stays: keys, numbers, the plain values of :data:`OUR_FIELDS`.
        """
        text = written(value)
        # Seldom is there anything to mask, and one text is searched faster than its thousands of values.
        return text if self.mask(text) == text else written(self._masked(value))

    def _masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                self._masked_key(key): item if key in OUR_FIELDS and _is_plain(item) else self._masked(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._masked(item) for item in value]
        return self.mask(value) if isinstance(value, str) else value

    def _masked_key(self, key: Any) -> Any:
        """Some keys come from a site, such as element paths and what it said."""
        telling = (form for secret, forms in self._own.items() if _tells(secret) for form in forms)
        return self.mask(key) if isinstance(key, str) and any(form in key for form in telling) else key

    def mask_values(self, value: object) -> object:
        """Plain values with every text in them masked; keys stay as they are."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, dict):
            return {key: self.mask_values(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.mask_values(item) for item in value]
        return value

    def leaks_in(self, folder: Path) -> list[Path]:
        """Files below ``folder`` in which a credential stands in any form: the last look before a run is complete."""
        wanted = [form.encode() for secret, forms in self._own.items() if _tells(secret) for form in forms]
        files: dict[tuple[int, int], list[Path]] = {}
        for path in folder.rglob("*"):
            if path.is_file():
                found_at = path.stat()
                files.setdefault((found_at.st_dev, found_at.st_ino), []).append(path)
        # One file under several names is read once; Allure's attachments are.
        found = [same for same in files.values() if wanted and _holds(same[0].read_bytes(), wanted)]
        return [path for same in found for path in same]


def names_secret(words: str) -> bool:
    """Whether ``words`` speak of a secret element, such as the path ``phones/hostPIN``."""
    return any(map(is_secret, re.findall(r"\w+", words)))


def mask_contents(texts: Sequence[str], contents: Iterable[str]) -> list[str]:
    """``texts`` without the ``contents`` of secret elements; a second one among them stays another than the first.

    By value only here: a PIN of four digits, masked wherever it stands, would black out counts and dates of a report.
    """
    long_enough = [content for content in contents if len(content) >= _SHORTEST]
    forms = {form: one for one in long_enough for form in (one, repr(one)[1:-1], repr(one[:_SHOWN])[1:-1])}
    if not forms:
        return list(texts)
    masks: dict[str, str] = {}

    def mask(found: re.Match[str]) -> str:
        return masks.setdefault(forms[found.group()], f"{MASK} (another)" if masks else MASK)

    any_form = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)(?:{any_form})(?!\w)")
    return [pattern.sub(mask, text) for text in texts]


def _is_plain(value: object) -> bool:
    """Whether ``value`` is a word or holds words only: what is deeper also holds what others said."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return not any(isinstance(item, dict) for item in inner)


def _tells(secret: str) -> bool:
    """Whether finding ``secret`` in a file means a leak: "meeting" and "2021" stand in any report."""
    return len(secret) > 5 and not secret.isdigit() and not (secret.isalpha() and secret[1:].islower())


def _holds(content: bytes, wanted: Iterable[bytes]) -> bool:
    return any(form in content for form in wanted)


def forms_of(secret: str) -> list[str]:
    """Every way ``secret`` may be written: plain, in XML, JSON, Python, an address, or base64.

    And what becomes of that where a site quotes a request in its reply: XML in XML, in JSON, in an address, in base64.
    """
    as_xml = dict.fromkeys((secret, html.escape(secret, quote=False), html.escape(secret)))
    forms = dict.fromkeys((*_plain(secret), *(form for text in as_xml for form in (*_in_url(text), *_in_base64(text)))))
    return [form for form in forms if len(form) >= _SHORTEST]


def _plain(secret: str) -> Iterator[str]:
    as_xml = dict.fromkeys(_in_xml(secret))
    for text in dict.fromkeys((*as_xml, *_escaped(as_xml))):
        as_json = [json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)]
        yield from (text, *as_json, *_escaped(as_json))
    yield repr(secret)[1:-1]
    yield repr(secret.encode())[2:-1]


def _escaped(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (html.escape(text, quote=False), html.escape(text))


def _in_url(text: str) -> Iterator[str]:
    """Percent-encoded, once or twice, whatever of it is left as it is; of older sites as ISO 8859-1."""
    older = quote(text, safe="", encoding="latin-1", errors="ignore")
    for written in (quote(text, safe=""), quote(text), quote_plus(text), older):
        yield from (written, _lower_hex(written), quote(written, safe=""))


def _in_xml(secret: str) -> Iterator[str]:
    """Escaped as text or attribute, quotes in any of their writings, non-ASCII characters also as references."""
    escaped = html.escape(secret, quote=False)
    for double, single in itertools.product(*_QUOTES):
        for text in (secret, escaped, escaped.replace("&gt;", ">")):
            written = text.replace('"', double).replace("'", single)
            yield written
            yield written.encode("ascii", "xmlcharrefreplace").decode()


def _lower_hex(written: str) -> str:
    head, *parts = written.split("%")
    return head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts)


def _in_base64(secret: str) -> Iterator[str]:
    """The characters every base64 text with ``secret`` in it holds, at whichever of three offsets it starts.

    The first and last character also depend on what stands before and behind
    (``user:password``) and are left out.
    """
    raw = secret.encode()
    for pad, first in ((0, 0), (1, 2), (2, 3)):
        core = slice(first, (pad + len(raw)) * 8 // 6)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            written = encode(b"\0" * pad + raw).decode()[core]
            if len(written) >= _SHORTEST_BASE64:
                yield written


#: One registry for the process: a secret learnt anywhere is masked everywhere.
secret_registry = SecretRegistry()
