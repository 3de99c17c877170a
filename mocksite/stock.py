"""Where a site's store comes from: made fresh in memory, or kept in a state file between starts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mocksite.seed import Seed, stocked
from mocksite.store import FORMAT, Store


class StateError(ValueError):
    """A state file that cannot be used; the message is for the user."""


def stock(seed: Seed, state: Path | None, further: str) -> Store:
    """The store of a site; ``further`` names one beside the first, whose state file stands beside the first one."""
    if state is None:
        return stocked(seed)
    file = state.with_name(f"{state.name}-{further}") if further else state
    try:
        return _kept(seed, file)
    except sqlite3.Error as problem:
        if "locked" in str(problem):
            raise StateError(f"{file} is in use by another webex-mock") from None
        raise StateError(f"{file} cannot be used as a state file of webex-mock: {problem}") from None


def _kept(seed: Seed, file: Path) -> Store:
    new = not file.exists() or file.stat().st_size == 0
    connection = sqlite3.connect(file, check_same_thread=False, timeout=1)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA synchronous = NORMAL")
    store = Store(connection)
    if new:
        fresh = stocked(seed)
        store.refill(fresh.image())
        fresh.close()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("COMMIT")
    if store.noted("format") != str(FORMAT):
        store.close()
        raise StateError(f"{file} was written by another version of webex-mock; move it away")
    return store
