"""Records in SQLite: one table per record type, one column per field."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Generic, TypeVar

R = TypeVar("R")

_KINDS = {"int": "INTEGER", "bool": "INTEGER", "float": "REAL", "str": "TEXT", "Own": "TEXT"}


@dataclass(frozen=True)
class Table(Generic[R]):
    """How records of one type are kept: their key column, and the columns lists filter and sort by.

    An index over several columns is written with blanks: ``recording_id at``.
    """

    record: type[R]
    key: str
    unique: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.record.__name__.lower()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns, which are the fields of the record."""
        return tuple(self._types)

    @cached_property
    def _types(self) -> dict[str, str]:
        return {field.name: str(field.type) for field in fields(self.record)}  # type: ignore[arg-type]

    @cached_property
    def _coded(self) -> tuple[tuple[int, str], ...]:
        return tuple((at, kind) for at, kind in enumerate(self._types.values()) if kind in {"bool", "Own"})

    @property
    def create(self) -> str:
        """The statement that makes the table. WebEx ids and addresses compare without regard to case."""
        columns = ", ".join(
            f'"{name}" {_KINDS[kind]}'
            + (" PRIMARY KEY" if name == self.key else "")
            + (" COLLATE NOCASE" if kind == "str" else "")
            for name, kind in self._types.items()
        )
        return f"CREATE TABLE IF NOT EXISTS {self.name} ({columns})"

    @property
    def indexes(self) -> tuple[str, ...]:
        """The statements that make its indexes; a large site makes them after filling the table."""
        made = [(columns, "UNIQUE ") for columns in self.unique] + [(columns, "") for columns in self.indexed]
        return tuple(
            f"CREATE {kind}INDEX IF NOT EXISTS {self.name}_{columns.replace(' ', '_')} ON {self.name} "
            f"({', '.join(columns.split())})"
            for columns, kind in made
        )

    @cached_property
    def insert(self) -> str:
        """The statement that adds a record."""
        return f"INSERT INTO {self.name} VALUES ({', '.join('?' * len(self.columns))})"  # noqa: S608 - our own names

    @cached_property
    def everything(self) -> str:
        """The columns as a SELECT names them."""
        return ", ".join(f'"{column}"' for column in self.columns)

    def row(self, record: R) -> tuple[object, ...]:
        """A record as a row."""
        values = [getattr(record, column) for column in self.columns]
        for at, kind in self._coded:
            if kind == "Own":
                values[at] = json.dumps(values[at], ensure_ascii=False, sort_keys=True) if values[at] else ""
        return tuple(values)

    def load(self, row: sqlite3.Row | tuple[object, ...]) -> R:
        """A row as a record."""
        values = list(row)
        for at, kind in self._coded:
            if kind == "bool":
                values[at] = bool(values[at])
            else:
                values[at] = _own(values[at])
        return self.record(*values)


def _own(text: object) -> Mapping[str, list[str]]:
    if not text:
        return {}
    loaded: dict[str, list[str]] = json.loads(str(text))
    return loaded
