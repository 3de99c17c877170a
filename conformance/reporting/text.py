"""Text for terminals and files: masked, and harmless to the terminal that shows it.

Tables are aligned by hand: rich needs no fewer lines for it (docs/decisions/libraries.md, Tables and progress).
"""

from __future__ import annotations

import json
import re
import unicodedata

from conformance.sites.masking import secret_registry

# A site could send escape sequences in a reason; a terminal must show them, not obey them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: str) -> str:
    """``text`` without secrets and without control characters."""
    return visible(secret_registry.mask(text))


def printable(text: str) -> str:
    """Several lines, masked as a whole, since a secret may hold a line break; the breaks stay."""
    return visible(secret_registry.mask(text))


def visible(text: str, mark: str = "\\x") -> str:
    """``text``, masked already, with its control characters told and not obeyed."""
    return _CONTROL.sub(lambda found: f"{mark}{ord(found.group()):02x}", text)


def ascii_json(value: object, indent: int | None = 1) -> str:
    """``value`` for other programs, without secrets: JSON in any encoding of standard output, and on a terminal."""
    return secret_registry.mask(json.dumps(value, indent=indent))


#: A line of a report that people read; the exchange file keeps the whole of what a site sent.
_LONGEST = 1000


def shortened(text: str) -> str:
    """``text`` cut to what a person reads, with the number of characters that are left out."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}... ({len(text) - _LONGEST} more characters)"


def counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun; ``several`` only where it is not ``one`` with an s."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def table(rows: list[list[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows as aligned lines; columns in ``right`` are aligned to the right."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            _padded(cell, width, right=column in right)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _padded(cell: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if right else cell + blanks


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return len(text) if text.isascii() else sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
