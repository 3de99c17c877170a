"""What a run finds of a site that its profile does not name: the ways to it (``discovery.toml``), and what was found.

The profile wins. What was found by the very thing a clause is about is not used to judge that clause.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from conformance.sites.ledger import PREFIX, begun
from conformance.sites.masking import secret_registry
from conformance.sites.profile import Account, Profile
from conformance.sites.settings import Value, known_settings

#: What can be found, as ``discovery.toml`` calls it.
ROLE, SETTING, ITEM = "roles", "settings", "items"
#: How something came about: seen on the site, made for the run, or what a run that may write would make.
FOUND, MADE, PLANNED = "found", "made", "planned"


@dataclass(frozen=True)
class SiteRead:
    """Something to read; ``row`` is what one row of the reply is called, empty when the whole reply is one.

    ``for_each`` names another read, whose rows are asked about one by one.
    """

    operation: str
    role: str
    values: Mapping[str, str]
    row: str
    pages: int
    for_each: str


@dataclass(frozen=True)
class RowSet:
    """A set of texts: element ``take`` of the rows of ``read`` that are as ``where`` says."""

    read: str
    where: Mapping[str, str]
    take: str


@dataclass(frozen=True)
class Way:
    """One way to find something; ``details`` holds what only some kinds of ways have."""

    read: str
    make: str
    where: Mapping[str, str]
    take: Mapping[str, str]
    not_for: frozenset[str]
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Sought:
    """Something a profile may leave out: the ways to it, and what to tell when none leads there.

    ``lasting`` is what will still be there on another day. ``not_by_administrators``
    are clauses an account of this role is not asked about when it administers the
    site, too: they are about who does not.
    """

    ways: tuple[Way, ...]
    why: str
    lasting: bool = False
    not_by_administrators: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DiscoveryTable:
    """``discovery.toml``, read."""

    reads: Mapping[str, SiteRead]
    sets: Mapping[str, RowSet]
    sought: Mapping[tuple[str, str], Sought]

    def ways(self, kind: str, name: str) -> Sought:
        """How to find the role, setting or item ``name``."""
        return self.sought.get((kind, name), Sought((), "no read can tell"))


@cache
def discovery_table() -> DiscoveryTable:
    """The table, once."""
    table = tomllib.loads(Path(__file__).with_name("discovery.toml").read_text(encoding="utf-8"))
    return DiscoveryTable(
        reads={name: _read(row) for name, row in table["reads"].items()},
        sets={name: RowSet(row["in"], row["where"], row["take"]) for name, row in table["sets"].items()},
        sought={
            (kind, name): _sought(row)
            for kind in (ROLE, SETTING, ITEM)
            for name, row in table[kind].items()
        },
    )


def _sought(row: Mapping[str, Any]) -> Sought:
    return Sought(
        ways=tuple(map(_way, row["ways"])),
        why=row.get("why", "the site shows none"),
        lasting=row.get("lasting", False),
        not_by_administrators=frozenset(row.get("not-by-administrators", ())),
    )


def _read(row: Mapping[str, Any]) -> SiteRead:
    return SiteRead(
        operation=row["operation"],
        role=row["as"],
        values=row.get("with", {}),
        row=row.get("row", ""),
        pages=row.get("pages", 1),
        for_each=row.get("for-each", ""),
    )


_OF_EVERY_WAY = ("in", "make", "where", "take", "not-for")


def _way(row: Mapping[str, Any]) -> Way:
    return Way(
        read=row.get("in", ""),
        make=row.get("make", ""),
        where=row.get("where", {}),
        take=row.get("take", {}),
        not_for=frozenset(row.get("not-for", ())),
        details={key: value for key, value in row.items() if key not in _OF_EVERY_WAY},
    )


@dataclass(frozen=True)
class Discovered:
    """One thing found: an account, a setting, or the keys of an item; ``by`` is the operation that told.

    ``not_for`` are clauses it may not be used for.
    """

    kind: str
    name: str
    by: str
    how: str = FOUND
    account: Account | None = None
    value: Value | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    not_for: frozenset[str] = frozenset()

    def __str__(self) -> str:
        told = {MADE: "made for this run by", PLANNED: "would be made by"}.get(self.how, "found by")
        return f"{self.named()} {told} {self.by}"

    def named(self) -> str:
        """What it is, as a profile would say it."""
        if self.account is not None:
            return f"account {self.name} = {self.account.webex_id}"
        if self.kind == SETTING:
            return f"{self.name} = {str(self.value).lower() if isinstance(self.value, bool) else self.value}"
        return ", ".join(f"{key} = {value}" for key, value in self.data.items())

    def as_json(self) -> dict[str, Any]:
        """Plain values, for a worker: never written to a file, a made account has its password in it."""
        account = self.account and {**vars(self.account)}
        return {**vars(self), "account": account, "data": dict(self.data), "not_for": sorted(self.not_for)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Discovered:
        """What :meth:`as_json` gave, with its secrets known."""
        account = Account(**row["account"]) if row["account"] else None
        for secret in account.credentials.values() if account else ():
            secret_registry.learn(secret)
        return cls(**{**row, "account": account, "not_for": frozenset(row["not_for"])})


@dataclass(frozen=True)
class Discoveries:
    """Everything found for a run, and why the rest was not: ``missing`` is not there, ``unread`` could not be read.

    ``other_runs`` are those of which the site shows things they made.
    """

    found: tuple[Discovered, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    requests: int = 0
    other_runs: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """What a reader of the run must know of the runs that were, or are, at work on the site, one line each."""
        return tuple(
            f"the site holds what run {PREFIX}-{run} made, which was begun {_day(run)}: it is at work, or was killed "
            "(webex-conformance sweep); nothing is judged by what it made"
            for run in self.other_runs
        )

    def beside(self, profile: Profile, clause: str = "") -> Profile:
        """``profile`` with what it leaves out, as far as it may be used for ``clause``."""
        mine = [one for one in reversed(self.found) if clause not in one.not_for]
        if not mine:
            return profile
        accounts = {one.name: one.account for one in mine if one.account is not None}
        settings = {one.name: one.value for one in mine if one.value is not None}
        data = {key: value for one in mine for key, value in one.data.items()}
        return replace(
            profile,
            accounts={**accounts, **profile.accounts},
            settings={**settings, **profile.settings},
            data={**data, **profile.data},
        )

    def used_for(self, kind: str, name: str, clause: str) -> Discovered | None:
        """What stands for ``name`` in a scenario of ``clause``, if it was found."""
        mine = (one for one in self.found if (one.kind, one.name) == (kind, name) and clause not in one.not_for)
        return next(mine, None)

    def trouble(self, name: str) -> str:
        """Why it is not known whether the site has ``name``; empty when it is."""
        return self.unread.get(name, "")

    def why(self, name: str, clause: str) -> str:
        """Why there is no ``name`` for ``clause``, to be told behind a reason; empty when nobody looked."""
        unfit = next((one for one in self.found if one.name == name and clause in one.not_for), None)
        if unfit is not None:
            return f" (what {unfit.by} tells is what {clause} is about, so the profile must say it)"
        return f" ({self.missing[name]})" if name in self.missing else ""

    def as_json(self) -> dict[str, Any]:
        """Plain values, for a worker."""
        return {**vars(self), "found": [one.as_json() for one in self.found]}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Discoveries:
        """What :meth:`as_json` gave."""
        found = tuple(map(Discovered.from_json, row["found"]))
        return cls(**{**row, "found": found, "other_runs": tuple(row["other_runs"])})


def _day(run: str) -> str:
    return f"{datetime.fromtimestamp(begun(f'{PREFIX}-{run}-1') or 0.0, UTC):%Y-%m-%d %H:%M} UTC"


def in_order(names: Iterable[str]) -> list[str]:
    """Settings in the order of their table, so that a run asks the same in the same order."""
    wanted = set(names)
    return [name for name in known_settings() if name in wanted]
