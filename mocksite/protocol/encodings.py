"""Bytes to characters and back, by the encoding a request declares (sources.md, Encodings).

Requests come as UTF-8 or ISO-8859-1, and for Asian sites as UTF-16, Big5, Shift_JIS,
EUC-KR or GB2312; some declare nothing, some begin with a byte order mark, some PHP
clients declare ISO-8859-1 and send UTF-8. The reply answers in the declared encoding.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_DECLARATION = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["'][^>]*\?>""")

#: The charset names people declare, as the superset codec their bytes really follow.
_CODECS = {
    "big5": "cp950",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "latin-1",
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class UnreadableError(ValueError):
    """The bytes are not text in the encoding they claim."""


@dataclass(frozen=True)
class Text:
    """Decoded characters and the encoding name a reply has to declare."""

    characters: str
    declared: str


def decode(data: bytes) -> Text:
    """The characters of a request document."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return Text(_strict(data[len(mark) :], codec), "UTF-8" if codec == "utf-8" else "UTF-16")
    if data[:2] in {b"<\0", b"\0<"}:
        return Text(_strict(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"), "UTF-16")
    found = _DECLARATION.match(data[:200].decode("latin-1"))
    declared = found.group(1).upper() if found else "UTF-8"
    return Text(_by_declaration(data, declared), declared)


def encode(characters: str, declared: str) -> bytes:
    """A reply document in ``declared``; what the encoding lacks becomes a character reference."""
    codec = "utf-16" if declared == "UTF-16" else _codec(declared)
    return characters.encode(codec, errors="xmlcharrefreplace")


def _by_declaration(data: bytes, declared: str) -> str:
    codec = _codec(declared)
    if codec == "iso8859-1":
        # Any bytes are Latin-1, but well-formed multi-byte UTF-8 hardly ever is meant as such (PHP clients).
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("latin-1")
    return _strict(data, codec)


def _codec(declared: str) -> str:
    name = _CODECS.get(declared.lower(), declared)
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise UnreadableError(f"the encoding {declared} is not known") from None


def _strict(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        raise UnreadableError(f"the document is not encoded as {codec}") from None
