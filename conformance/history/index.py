"""The nights of an archive as tables of SQLite: made on demand, renewed by file name, thrown away at will."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from conformance.history.archive import Archive, Damaged
from conformance.history.night import KeptScenario, NightRecord, digest, hardly_judged
from conformance.history.series import Course, course_by_suite, turns
from conformance.sites.errors import UserError

#: Below the folder of the archive; another form gets another name.
INDEX = ".index-4.sqlite"

_TABLES = """
CREATE TABLE IF NOT EXISTS night (
  id INTEGER PRIMARY KEY, file TEXT UNIQUE, site TEXT, started TEXT, finished TEXT, suite TEXT, mock INTEGER,
  release TEXT, site_release TEXT, access TEXT, strict INTEGER, requests INTEGER, root TEXT, outcomes TEXT,
  list INTEGER, unwell TEXT, problems TEXT);
CREATE INDEX IF NOT EXISTS night_of_site ON night (site, started);
CREATE TABLE IF NOT EXISTS list (id INTEGER PRIMARY KEY, digest TEXT UNIQUE, scenarios TEXT, first TEXT);
CREATE TABLE IF NOT EXISTS scenario (
  id INTEGER PRIMARY KEY, nodeid TEXT, title TEXT, row TEXT, clauses TEXT, release TEXT, level TEXT, operations TEXT,
  steps TEXT, place INTEGER);
CREATE TABLE IF NOT EXISTS called (
  scenario INTEGER, nodeid TEXT, title TEXT, row TEXT, clauses TEXT, steps TEXT,
  UNIQUE (scenario, nodeid, title, row, clauses, steps));
CREATE TABLE IF NOT EXISTS finding (
  night INTEGER, scenario INTEGER, words TEXT, exchanges TEXT, fault TEXT, attempts TEXT, owner TEXT,
  PRIMARY KEY (night, scenario));
CREATE TABLE IF NOT EXISTS reply_time (night INTEGER, operation TEXT, count INTEGER, p50 REAL, p95 REAL, longest REAL);
CREATE INDEX IF NOT EXISTS reply_time_of_night ON reply_time (night);
CREATE TABLE IF NOT EXISTS course (
  site TEXT, scenario INTEGER, state TEXT, since INTEGER, before INTEGER, last INTEGER, judged INTEGER, failed INTEGER,
  differs TEXT, letters TEXT, PRIMARY KEY (site, scenario));
CREATE TABLE IF NOT EXISTS damaged (file TEXT PRIMARY KEY, why TEXT);
"""

_ADD_NIGHT = "INSERT INTO night VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Index:
    """The tables of one archive; ``connection`` answers queries. Close it when done."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.connection = _opened(archive.folder / INDEX)
        try:
            self._renew_whole()
        except sqlite3.OperationalError:
            # No room for what is new: what the nights say can be told without the file.
            self.close()
            self.connection = _connected(None)
            self._renew_whole()

    def close(self) -> None:
        """Let the file go."""
        self.connection.close()

    @property
    def damaged(self) -> list[str]:
        """What could not be read, one sentence each."""
        foreign = [f"{file} was written by no run" for file in self._archive.foreign()]
        return [why for (why,) in self.connection.execute("SELECT why FROM damaged ORDER BY file")] + foreign

    def _renew_whole(self) -> None:
        with self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            self._renew()

    def _renew(self) -> None:
        """Take in the files that are new, and forget those that are gone."""
        files = {self._named(file): file for file in self._archive.files()}
        known = dict(self.connection.execute("SELECT file, site FROM night"))
        gone = set(known) - set(files)
        touched = {known[file] for file in gone}
        if gone:
            self._forget(gone)
        touched |= self._take_in_all(files, set(files) - set(known))
        if touched and not self._lists_in_order():
            for table in ("night", "list", "scenario", "called", "finding", "reply_time"):
                self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - words of ours
            self._take_in_all(files, set(files))
            touched |= set(known.values())
        for site in sorted(touched):
            self._follow(site)

    def _forget(self, gone: Iterable[str]) -> None:
        """Nights whose files are gone, with what they found: their numbers are given to others."""
        self.connection.executemany("DELETE FROM night WHERE file = ?", [(file,) for file in gone])
        for table in ("finding", "reply_time"):
            self.connection.execute(f"DELETE FROM {table} WHERE night NOT IN (SELECT id FROM night)")  # noqa: S608 - as above

    def _take_in_all(self, files: Mapping[str, Path], new: Iterable[str]) -> set[str]:
        """Take ``new`` ones of ``files`` in, the earliest first; their sites."""
        self.connection.execute("DELETE FROM damaged")
        lists, touched = _Lists(self.connection), set()
        for name in sorted(new, key=lambda one: Path(one).name):
            try:
                night = self._archive.read(files[name])
            except Damaged as problem:
                self.connection.execute("INSERT INTO damaged VALUES (?, ?)", (name, str(problem)))
                continue
            self._take_in(name, night, lists)
            touched.add(night.site)
        return touched

    def _lists_in_order(self) -> bool:
        """Whether lists are numbered by their first nights, as if all nights had come in their order.

        Which scenario is whose successor, and how it is called, depends on which list
        was first. Files come in any order, of several machines, and must not matter.
        """
        first = [name for (name,) in self.connection.execute("SELECT first FROM list ORDER BY id")]
        return first == sorted(first)

    def _named(self, file: Path) -> str:
        return file.relative_to(self._archive.folder).as_posix()

    def _take_in(self, name: str, night: NightRecord, lists: _Lists) -> None:
        number, scenarios = lists.number(night)
        values = (
            name, night.site, night.started, night.finished, night.suite, night.mock, night.release, night.site_release,
            night.access, night.strict, night.requests, night.root, night.outcomes, number,
            json.dumps(dict(night.unwell)), json.dumps(night.problems),
        )  # fmt: skip
        self.connection.execute("UPDATE list SET first = min(first, ?) WHERE id = ?", (Path(name).name, number))
        added = self.connection.execute(_ADD_NIGHT, values).lastrowid
        places = sorted({*night.words, *night.exchanges, *night.faults, *night.attempts, *night.owners})
        rows = [(added, scenarios[place], *_finding(night, place)) for place in places]
        self.connection.executemany("INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        times = [(added, operation, *told) for operation, told in night.reply_times.items()]
        self.connection.executemany("INSERT INTO reply_time VALUES (?, ?, ?, ?, ?, ?)", times)

    def _follow(self, site: str) -> None:
        """The course of every scenario on ``site``."""
        nights = _rows(self.connection, site)
        self.connection.execute("DELETE FROM course WHERE site = ?", (site,))
        suites = [suite for *_, suite in nights]
        taken = turns(suites)
        outages = {place for place, (outcomes, *_) in enumerate(nights) if hardly_judged(outcomes)}
        told = ((scenario, letters, course_by_suite(letters, suites, taken, outages))
                for scenario, letters in _columns(self.connection, nights))  # fmt: skip
        rows = [(site, scenario, *_values(found), letters) for scenario, letters, found in told]
        self.connection.executemany("INSERT INTO course VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _finding(night: NightRecord, place: int) -> tuple[str, ...]:
    exchanges, attempts = (json.dumps(told.get(place, ())) for told in (night.exchanges, night.attempts))
    return night.words.get(place, ""), exchanges, night.faults.get(place, ""), attempts, night.owners.get(place, "")


def _values(found: Course) -> tuple[Any, ...]:
    return found.state, found.since, found.before, found.last, found.judged, found.failed, found.differs


def _rows(connection: sqlite3.Connection, site: str) -> list[tuple[str, int, str]]:
    """Outcomes, list of scenarios and suite of the nights of ``site``, oldest first."""
    return connection.execute(
        "SELECT outcomes, list, suite FROM night WHERE site = ? ORDER BY started, file", (site,)
    ).fetchall()


def _columns(connection: sqlite3.Connection, nights: Sequence[tuple[str, int, str]]) -> Iterator[tuple[int, str]]:
    """For each scenario its letter of every night, ``-`` where it was not run."""
    lists = {number: json.loads(text) for number, text in connection.execute("SELECT id, scenarios FROM list")}
    every = sorted({scenario for _, number, _ in nights for scenario in lists[number]})
    place = {scenario: nth for nth, scenario in enumerate(every)}
    lines = []
    for outcomes, number, _ in nights:
        line = ["-"] * len(every)
        for scenario, letter in zip(lists[number], outcomes, strict=True):
            line[place[scenario]] = letter
        lines.append(line)
    yield from zip(every, map("".join, zip(*lines, strict=True)), strict=True)


class _Lists:
    """Gives every scenario a number that outlives a renamed title, a moved file, and a new version of the suite.

    It is the same scenario when title, row and clauses are the same; else when it
    takes the same steps for the same clauses; else when the node id is the same and
    a clause, too. A scenario takes one earlier one over, and none takes one over twice.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known = {digest: (number, json.loads(text)) for number, digest, text in
                       connection.execute("SELECT id, digest, scenarios FROM list")}  # fmt: skip
        self._by: list[dict[tuple[str, ...], int]] = [{}, {}]
        self._of_node: dict[str, dict[int, tuple[str, set[str]]]] = {}
        for row in connection.execute("SELECT * FROM called ORDER BY rowid").fetchall():
            self._remember(*row)

    def number(self, night: NightRecord) -> tuple[int, list[int]]:
        """The number of the list of scenarios of ``night``, and of each of its scenarios."""
        own = digest(night.listed())
        if own in self._known:
            return self._known[own]
        taken = self._successors(night.scenarios)
        scenarios = [self._add(one, taken.get(place), place) for place, one in enumerate(night.scenarios)]
        text = json.dumps(scenarios)
        number = self._connection.execute("INSERT INTO list VALUES (NULL, ?, ?, '~')", (own, text)).lastrowid
        assert number is not None
        self._known[own] = number, scenarios
        return number, scenarios

    def _successors(self, scenarios: Sequence[KeptScenario]) -> dict[int, int]:
        """By place the number of the earlier scenario that each one takes over."""
        taken: dict[int, int] = {}
        given: set[int] = set()
        keys = [_keys(one.nodeid, one.title, one.row, " ".join(one.clauses), one.steps) for one in scenarios]
        for manner in range(3):
            for place, one in enumerate(scenarios):
                if place in taken:
                    continue
                found = self._by[manner].get(keys[place][manner]) if manner < 2 else self._sharing(one, given)
                if found is not None and found not in given:
                    taken[place] = found
                    given.add(found)
        return taken

    def _sharing(self, one: KeptScenario, given: Collection[int]) -> int | None:
        """Of those of the same node id the one that shares most clauses: suites learn what else a scenario judges."""
        alike = {
            number: (len(clauses.intersection(one.clauses)), row == one.row)
            for number, (row, clauses) in self._of_node.get(one.nodeid, {}).items()
            if number not in given and not clauses.isdisjoint(one.clauses)
        }
        return max(alike, key=alike.__getitem__, default=None)

    def _add(self, one: KeptScenario, number: int | None, place: int) -> int:
        """Note how the scenario is called now."""
        clauses = " ".join(one.clauses)
        values = (
            one.nodeid, one.title, one.row, clauses, one.release, one.level, " ".join(one.operations), one.steps, place,
        )  # fmt: skip
        command = "INSERT OR REPLACE INTO scenario VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        added = self._connection.execute(command, (number, *values)).lastrowid
        assert added is not None
        called = (added, one.nodeid, one.title, one.row, clauses, one.steps)
        self._connection.execute("INSERT OR REPLACE INTO called VALUES (?, ?, ?, ?, ?, ?)", called)
        self._remember(*called)
        return added

    def _remember(self, number: int, nodeid: str, title: str, row: str, clauses: str, steps: str) -> None:
        for by, key in zip(self._by, _keys(nodeid, title, row, clauses, steps), strict=True):
            by[key] = number
        self._of_node.setdefault(nodeid, {})[number] = row, set(clauses.split())


def _keys(nodeid: str, title: str, row: str, clauses: str, steps: str) -> list[tuple[str, ...]]:
    return [(title, row, clauses), (steps, clauses) if steps else (nodeid, clauses)]


def _opened(file: Path) -> sqlite3.Connection:
    """The tables in ``file``; anew when it holds something else, in memory when the folder cannot be written."""
    try:
        return _connected(file)
    except sqlite3.DatabaseError as problem:
        if isinstance(problem, sqlite3.OperationalError) and "locked" in str(problem):
            what = "another command has been renewing the history for a minute"
            raise UserError("history-busy", what, where=str(file), hint="try again, or delete the file") from None
    with suppress(OSError):
        file.unlink(missing_ok=True)
    try:
        return _connected(file)
    except sqlite3.DatabaseError:
        return _connected(None)


def _connected(file: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(file or ":memory:", timeout=60, isolation_level=None)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'damaged'").fetchone():
            with connection:
                connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
