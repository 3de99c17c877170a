"""Keys, ids and secrets that look like those of a site and are the same for the same seed."""

from __future__ import annotations

import hashlib

_SPAN = 900_000_000
_STRIDE = 7_368_787  # shares no factor with the span, so that no two numbers of a sequence meet


def spread(sequence: int, base: int) -> int:
    """The ``sequence``-th of 900 million scattered numbers above ``base``, each one different."""
    return base + sequence * _STRIDE % _SPAN


def session_key(sequence: int) -> int:
    """A ten-digit session key."""
    return spread(sequence, 1_300_000_000)


def conference(sequence: int) -> int:
    """An eighteen-digit conference id."""
    return 238_000_000_000_000_000 + spread(sequence, 0) * 100_000 + sequence % 100_000


def user(sequence: int) -> int:
    """A nine-digit user id."""
    return spread(sequence, 50_000_000)


def recording(sequence: int) -> int:
    """A recording id; it grows with time, as a database counts."""
    return 70_000_000 + sequence


def digits(count: int, *origin: object) -> str:
    """``count`` digits, the first of them not 0: PINs, numeric passwords, access codes."""
    number = int.from_bytes(_hash(origin)[:12], "big")
    return str(10 ** (count - 1) + number % (9 * 10 ** (count - 1)))


def word(count: int, *origin: object) -> str:
    """``count`` hexadecimal digits: passwords, tokens, UUIDs."""
    return _hash(origin).hex()[:count]


def _hash(origin: tuple[object, ...]) -> bytes:
    return hashlib.sha256("\0".join(map(str, origin)).encode()).digest()


#: Sequences of the objects clients create start here, far from those of the seeded ones.
CREATED = 5_000_000
