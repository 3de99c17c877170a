"""Content codings of replies taken off, and their end seen: httpx takes what was cut for the whole (RFC 9110, 8.4)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

#: What is asked for; a site that sends another one says so in vain.
ACCEPTED = "gzip, deflate"
_NAMES = ("gzip", "x-gzip", "deflate")
#: More than one is already a proxy that does not know what it does.
_MOST = 3
_PIECE = 64 * 1024
_GZIP_MARK = b"\x1f\x8b"


class CannotDecode(Exception):
    """A body that is not what its Content-Encoding says; the words say what is wrong."""


def decoded(parts: Iterable[bytes], content_encoding: str) -> Iterable[bytes]:
    """``parts`` of a body without their codings, in pieces of bounded size; :class:`CannotDecode` when that fails."""
    names = [name for part in content_encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    strange = next((name for name in names if name not in _NAMES), None)
    if strange is not None:
        raise CannotDecode(f"the reply has the Content-Encoding {strange[:40]!r}, which nobody asked for")
    if len(names) > _MOST:
        raise CannotDecode(f"the reply was compressed {len(names)} times")
    for name in reversed(names):
        parts = _inflated(parts, name)
    return parts


def _inflated(parts: Iterable[bytes], name: str) -> Iterator[bytes]:
    stream = None
    for part in parts:
        rest = part
        while rest:
            if stream is None or stream.eof:
                stream = _next(stream, rest, name)
            try:
                piece = stream.decompress(rest, _PIECE)
            except zlib.error as problem:
                raise CannotDecode(f"the reply says it is {name} and is not: {problem}") from None
            rest = stream.unconsumed_tail or stream.unused_data
            if piece:
                yield piece
    if stream is not None and not stream.eof:
        raise CannotDecode(f"the reply was cut: its {name} stream does not end")


def _next(done: zlib._Decompress | None, rest: bytes, name: str) -> zlib._Decompress:
    """The stream that begins with ``rest``; gzip may be followed by more of it (RFC 1952, 2.2), and by nothing else."""
    if done is not None and (name == "deflate" or not _GZIP_MARK.startswith(rest[:2])):
        raise CannotDecode(f"the reply goes on behind the end of its {name} stream")
    if name == "deflate":
        # Meant is zlib's form (RFC 9110, 8.4.1.2); some send the bare stream.
        bare = rest[0] & 0x0F != zlib.DEFLATED or rest[0] >> 4 > zlib.MAX_WBITS - 8
        return zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS)
    return zlib.decompressobj(16 + zlib.MAX_WBITS)
