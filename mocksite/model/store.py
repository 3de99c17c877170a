"""The one place where a site keeps its state: an SQLite database, in memory or in a file.

There is one table per record type, one column per field. Operations see the verbs of
``Store`` and nothing else, so that a fault can put itself between an operation and the
state (``faults/fault.py``) without the operation knowing. Plain SQL of the standard
library: what SQLAlchemy costs stands in docs/decisions/libraries.md.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Generic, TypeVar

from mocksite.model import records
from mocksite.model.queries import Query, Term
from mocksite.model.settings import NAMES, Settings, Value, checked

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


FORMAT = 4

TABLES: tuple[Table[Any], ...] = (
    Table(
        records.User,
        "user_id",
        unique=("webex_id", "email"),
        indexed=("active", "first_name", "last_name", "registered"),
    ),
    Table(records.Person, "email"),
    Table(records.MeetingType, "id"),
    Table(records.Session, "key", unique=("conf_id",), indexed=("host_id", "starts", "name", "kind", "program_id")),
    Table(records.Attendee, "attendee_id", indexed=("session_key", "email")),
    Table(records.Program, "program_id", indexed=("host_id",)),
    Table(
        records.Recording,
        "recording_id",
        indexed=("host_id", "session_key", "pressed", "stored", "name", "kind"),
    ),
    Table(records.BinnedRecording, "recording_id", indexed=("host_id",)),
    Table(records.View, "view_id", indexed=("recording_id at",)),
    Table(records.PastSession, "past_id", indexed=("kind", "began", "key", "host_id")),
    Table(records.Participation, "participation_id", indexed=("past_id", "kind", "joined", "session_key")),
    Table(records.Item, "item_id", indexed=("kind", "owner_id", "parent_id")),
    Table(records.Ticket, "ticket", indexed=("expires",)),
    Table(records.Mail, "number"),
)

_BY_TYPE = {table.record: table for table in TABLES}

#: Counts of one type that are remembered between two writes.
REMEMBERED = 128

#: Counts of one type that depend on rows of another (Term tests ``viewed`` and ``invited``).
_COUNTED_WITH: dict[type[Any], type[Any]] = {records.View: records.Recording, records.Attendee: records.Session}

_OWN_TABLES = (
    "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, value INTEGER)",
    "CREATE TABLE IF NOT EXISTS origin (name TEXT PRIMARY KEY, value TEXT)",
)


class Store:
    """Every read and write of a site's state. Safe to use from many threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.isolation_level = None
        self._database = connection
        self._lock = threading.RLock()
        self._depth = 0
        self._counts: dict[type[Any], dict[tuple[object, ...], int]] = {}
        self._settings: Settings | None = None

    @classmethod
    def empty(cls) -> Store:
        """A store in memory with its tables and without rows; indexes are made by ``index``."""
        store = cls(sqlite3.connect(":memory:", check_same_thread=False))
        for statement in (*(table.create for table in TABLES), *_OWN_TABLES):
            store._database.execute(statement)
        store.note("format", str(FORMAT))
        return store

    @classmethod
    def restored(cls, image: bytes) -> Store:
        """A store in memory with the content of an image."""
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.deserialize(image)
        return cls(connection)

    def image(self) -> bytes:
        """The whole content as bytes, for ``restored`` and ``refill``."""
        with self._lock:
            return bytes(self._database.serialize())

    def refill(self, image: bytes) -> None:
        """Replace the whole content by that of an image."""
        with self._lock:
            source = sqlite3.connect(":memory:", check_same_thread=False)
            source.deserialize(image)
            source.backup(self._database)
            source.close()
            self._counts.clear()
            self._settings = None

    def index(self) -> None:
        """Make the indexes, once the rows are in."""
        for table in TABLES:
            for statement in table.indexes:
                self._database.execute(statement)

    def close(self) -> None:
        """Give the database back."""
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does; other threads wait."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self._database.execute("BEGIN")
                yield
                if self._depth == 1:
                    self._database.execute("COMMIT")
            except BaseException:
                if self._depth == 1 and self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                    self._counts.clear()
                    self._settings = None
                raise
            finally:
                self._depth -= 1

    def get(self, kind: type[R], key: object) -> R | None:
        """The record with a key."""
        return self.first(kind, Term(_BY_TYPE[kind].key, "=", key))

    def first(self, kind: type[R], *terms: Term) -> R | None:
        """The first record that fulfils all terms."""
        found = self.page(kind, Query(terms), 0, 1)
        return found[0] if found else None

    def all(self, kind: type[R], query: Query | None = None) -> list[R]:
        """All records a query finds, in its order."""
        return self.page(kind, query or Query(), 0, -1)

    def page(self, kind: type[R], query: Query, start: int, count: int) -> list[R]:
        """``count`` records a query finds, from the ``start``-th on (the first is 0); -1 means all."""
        table: Table[R] = _BY_TYPE[kind]
        where, values = query.condition()
        columns = table.everything
        inner = f'SELECT "{table.key}" FROM {table.name}{where}{query.ordering(table.key)} LIMIT ? OFFSET ?'  # noqa: S608
        if start:
            # Rows that are only skipped are not read: the inner query runs on an index alone.
            text = f'SELECT {columns} FROM {table.name} WHERE "{table.key}" IN ({inner}){query.ordering(table.key)}'  # noqa: S608
        else:
            text = inner.replace(f'"{table.key}"', columns, 1)
        with self._lock:
            rows = self._database.execute(text, (*values, count, start)).fetchall()
        return [table.load(row) for row in rows]

    def count(self, kind: type[Any], query: Query) -> int:
        """How many records a query finds. Remembered until something is written, for clients that page."""
        where, values = query.condition()
        text = f"SELECT COUNT(*) FROM {_BY_TYPE[kind].name}{where}"  # noqa: S608
        with self._lock:
            known = self._counts.setdefault(kind, {})
            key = (text, *values)
            if key not in known:
                if len(known) >= REMEMBERED:
                    # Conditions that name the present moment are asked once each.
                    known.clear()
                known[key] = int(self._database.execute(text, values).fetchone()[0])
            return known[key]

    def add(self, *records: object) -> None:
        """Keep new records, all of one type."""
        if records:
            with self._lock:
                table = _BY_TYPE[type(records[0])]
                self._database.executemany(table.insert, map(table.row, records))
                self._changed(table.record)

    def put(self, changed: object) -> None:
        """Replace the record that has the same key."""
        table = _BY_TYPE[type(changed)]
        sets = ", ".join(f'"{column}" = ?' for column in table.columns)
        with self._lock:
            self._database.execute(
                f'UPDATE {table.name} SET {sets} WHERE "{table.key}" = ?',  # noqa: S608
                (*table.row(changed), getattr(changed, table.key)),
            )
            self._changed(table.record)

    def drop(self, kind: type[Any], *terms: Term) -> int:
        """Forget the records that fulfil all terms; how many there were."""
        where, values = Query(terms).condition()
        with self._lock:
            gone = self._database.execute(f"DELETE FROM {_BY_TYPE[kind].name}{where}", values).rowcount  # noqa: S608
            self._changed(kind)
            return gone

    def next(self, sequence: str) -> int:
        """1, 2, 3 ... for each name; numbers are never given twice."""
        text = "INSERT INTO sequence VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
        with self._lock:
            return int(self._database.execute(text, (sequence,)).fetchall()[0][0])

    @property
    def settings(self) -> Settings:
        """The settings of the site at this moment."""
        with self._lock:
            if self._settings is None:
                rows = self._database.execute("SELECT name, value FROM setting").fetchall()
                self._settings = Settings(**{NAMES[name]: json.loads(value) for name, value in rows})
            return self._settings

    def set(self, name: str, value: object) -> Value:
        """Change a setting; an unknown name or value is an UnknownSettingError."""
        good = checked(name, value)
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(good)))
            self._settings = None
        return good

    def note(self, name: str, text: str) -> None:
        """Remember where the content comes from (site name, seed, format)."""
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO origin VALUES (?, ?)", (name, text))

    def noted(self, name: str) -> str:
        """What ``note`` remembered."""
        with self._lock:
            found = self._database.execute("SELECT value FROM origin WHERE name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def _changed(self, kind: type[Any]) -> None:
        self._counts.pop(kind, None)
        self._counts.pop(_COUNTED_WITH.get(kind, kind), None)
