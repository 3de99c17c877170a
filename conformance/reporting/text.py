"""Text for terminals and files: masked, and harmless to the terminal that shows it."""

from __future__ import annotations

import re

from conformance.sites.masking import secret_registry

# A site could send escape sequences in a reason; a terminal must show them, not obey them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    """``text`` without secrets and without control characters."""
    return _CONTROL.sub(_shown, secret_registry.mask(text))


def printable(text: str) -> str:
    """Several lines, masked as a whole, since a secret may hold a line break; the breaks stay."""
    return "\n".join(_CONTROL.sub(_shown, line) for line in secret_registry.mask(text).split("\n"))


#: A line of a report that people read; the exchange file keeps the whole of what a site sent.
_LONGEST = 1000


def shortened(text: str) -> str:
    """``text`` cut to what a person reads, with the number of characters that are left out."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}... ({len(text) - _LONGEST} more characters)"


def _shown(found: re.Match[str]) -> str:
    return f"\\x{ord(found.group()):02x}"


def table(rows: list[list[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows as aligned lines; columns in ``right`` are aligned to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
