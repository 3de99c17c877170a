"""Kinds of leaf values, as features name them (wire-facts.md, Values)."""

from __future__ import annotations

import re

_KINDS = {
    "boolean": re.compile(r"^(true|false|1|0)$"),
    "integer": re.compile(r"^[+-]?\d+$"),
    "text": re.compile(r"\S"),
    "date and time": re.compile(r"^\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}$"),
}
_ONE_OF = re.compile(r"^one of (.+)$")


def fits_kind(text: str, kind: str) -> bool:
    """Whether ``text`` is of ``kind``: boolean, integer, text, date and time, or ``one of A, B``."""
    listed = _ONE_OF.match(kind)
    if listed:
        return text in [word.strip() for word in listed.group(1).split(",")]
    return _KINDS[kind].search(text) is not None


def is_kind(kind: str) -> bool:
    """Whether a feature may use ``kind``."""
    return kind in _KINDS or _ONE_OF.match(kind) is not None


def kind_of(text: str) -> str:
    """The narrowest kind of ``text``, for shapes and drift: empty, boolean, integer, date and time, text."""
    if not text:
        return "empty"
    if text in ("true", "false"):
        return "boolean"
    return next((kind for kind in ("integer", "date and time") if _KINDS[kind].search(text)), "text")
