"""Secrets in what is kept of replies, each replaced by another of its form: what a check asks of it stays the same.

A mask says "secret"; a pseudonym can be judged, too: digits stay digits, letters letters, and equal secrets stay
equal, within one recording and nowhere else, for its key is thrown away when the run ends.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import re
import string
from collections.abc import Iterator
from contextlib import suppress

from conformance.sites.masking import SecretRegistry, is_secret, is_secret_content

_NAMED = re.compile(r"<(?P<tag>[\w.:-]++)[^<>]*+>(?P<content>(?:<!\[CDATA\[.*?\]\]>|[^<])++)</(?P=tag)\s*+>", re.DOTALL)
_CDATA, _END = "<![CDATA[", "]]>"
_KINDS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


class Pseudonyms:
    """The pseudonyms of one recording."""

    def __init__(self, registry: SecretRegistry, key: bytes) -> None:
        self._registry = registry
        self._key = key
        self._given: set[str] = set()

    def of_body(self, body: bytes) -> bytes:
        """``body`` without its secrets; nothing else of it changes, whatever its encoding."""
        if b"\0" in body[:64]:
            encoding = "utf-16-be" if body.startswith((b"\0", b"\xfe\xff")) else "utf-16-le"
            with suppress(UnicodeError):
                return self.of(body.decode(encoding)).encode(encoding)
        # Every byte a character, so that what is no UTF-8 stays what it is.
        return self.of(body.decode("latin-1")).encode("latin-1")

    def of(self, text: str) -> str:
        """``text`` without known secrets and without the content of secret elements."""
        return _NAMED.sub(self._named, self._registry.replace_known(text, self.pseudonym))

    def _named(self, found: re.Match[str]) -> str:
        name, content = found["tag"].rpartition(":")[2], found["content"]
        if not is_secret(name):
            return found[0]
        start, end = found.start("content") - found.start(), found.end("content") - found.start()
        plain = content.strip()
        quoted = plain.startswith(_CDATA)
        plain = plain.removeprefix(_CDATA).removesuffix(_END) if quoted else html.unescape(plain)
        if not is_secret_content(name, plain) or plain in self._given:
            return found[0]
        return found[0][:start] + html.escape(self.pseudonym(plain), quote=False) + found[0][end:]

    def pseudonym(self, secret: str) -> str:
        """Another text of the form of ``secret``."""
        stream = self._stream(secret)
        told = "".join(_of_its_kind(one, next(stream), first=not place) for place, one in enumerate(secret))
        self._given.add(told)
        return told

    def _stream(self, secret: str) -> Iterator[int]:
        block = 0
        while True:
            text = f"{block}:{secret}".encode("utf-8", "surrogatepass")
            yield from hmac.new(self._key, text, hashlib.sha256).digest()
            block += 1


def _of_its_kind(one: str, number: int, *, first: bool) -> str:
    """A character like ``one``; a leading zero stays, and none comes to be, for a number would have another length."""
    if first and one in string.digits:
        return "0" if one == "0" else string.digits[1 + number % 9]
    for kind in _KINDS:
        if one in kind:
            return kind[number % len(kind)]
    return "x" if one.isalnum() else one
