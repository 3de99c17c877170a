"""What an operation asks of the store: conditions, order, and a page. The store makes SQL of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class Term:
    """One condition on a column: a comparison, ``in`` (a tuple), ``contains`` (part of a text), ``begins`` (its start),
    ``end<=`` and ``end>=`` (sessions by the minute they end), ``viewed`` (recordings accessed between two
    moments) or ``invited`` (sessions an address is invited to).
    """

    column: str
    test: str
    value: object


@dataclass(frozen=True)
class AnyOf:
    """Conditions of which one is enough (listMethod OR); each is a group of terms that hold together."""

    groups: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True)
class Query:
    """Conditions that all hold, and the order of the answer: columns, and whether each descends."""

    where: tuple[Term | AnyOf, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()

    def condition(self) -> tuple[str, tuple[object, ...]]:
        """The WHERE clause and its parameters."""
        texts: list[str] = []
        values: list[object] = []
        for part in self.where:
            text, more = _any(part) if isinstance(part, AnyOf) else _all((part,))
            texts.append(text)
            values.extend(more)
        return (" WHERE " + " AND ".join(texts) if texts else ""), tuple(values)

    def ordering(self, key: str) -> str:
        """The ORDER BY clause; the key comes last, so that equal rows have one order on every page."""
        columns = [f'"{column}"{" DESC" if down else ""}' for column, down in self.order]
        return " ORDER BY " + ", ".join([*columns, f'"{key}"'])


def _any(part: AnyOf) -> tuple[str, list[object]]:
    texts, values = [], []
    for group in part.groups:
        text, more = _all(group)
        texts.append(text)
        values.extend(more)
    return "(" + " OR ".join(texts) + ")", values


def _all(terms: Iterable[Term]) -> tuple[str, list[object]]:
    texts: list[str] = []
    values: list[object] = []
    for term in terms:
        text, more = _one(term)
        texts.append(text)
        values.extend(more)
    return "(" + " AND ".join(texts) + ")", values


def _one(term: Term) -> tuple[str, list[object]]:
    column = f'"{term.column}"'
    if term.test in _COMPARISONS:
        return f"{column} {term.test} ?", [term.value]
    if term.test in {"end<=", "end>="}:
        return f'"starts" + "duration" * 60 {term.test[3:]} ?', [term.value]
    if term.test in {"contains", "begins"}:
        escaped = str(term.value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{column} LIKE ? ESCAPE '\\'", [f"{'%' if term.test == 'contains' else ''}{escaped}%"]
    if term.test == "invited":
        return f"{column} IN (SELECT session_key FROM attendee WHERE email = ?)", [term.value]  # noqa: S608 - a column of ours
    assert isinstance(term.value, tuple)
    if term.test == "in":
        return f"{column} IN ({', '.join('?' * len(term.value))})", list(term.value)
    assert term.test == "viewed"
    seen = "SELECT 1 FROM view WHERE view.recording_id = recording.recording_id AND view.at BETWEEN ? AND ?"
    return f"EXISTS ({seen})", list(term.value)
