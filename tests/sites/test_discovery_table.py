"""The table of what is found names only what there is: operations, payload elements, keys, settings, roles, clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.judge.clauses import Clause
from conformance.sites.discovery import ITEM, ROLE, SETTING, Way, discovery_table
from conformance.sites.profile import ADMINISTRATORS, ROLES, known_test_data
from conformance.sites.settings import known_settings
from conformance.wire.client import reads_only
from conformance.wire.payloads import Payloads

TABLE = discovery_table()
WAYS = [(kind, name, way) for (kind, name), sought in TABLE.sought.items() for way in sought.ways]


def conditions() -> Iterator[str]:
    for where in [way.where for _, _, way in WAYS] + [one.where for one in TABLE.sets.values()]:
        yield from where.values()


@pytest.mark.parametrize("name", list(TABLE.reads))
def test_a_read_is_a_read_the_suite_can_send(name: str, root: Path) -> None:
    read = TABLE.reads[name]
    assert reads_only(read.operation)
    assert read.role in ROLES
    assert set(read.values) <= Payloads(root / "payloads").accepts(read.operation)
    assert read.pages == 1 or read.for_each or "startFrom" in read.values
    assert not read.for_each or read.for_each in TABLE.reads


def test_everything_named_is_there(clauses: dict[str, Clause]) -> None:
    known = {ROLE: set(ROLES), SETTING: set(known_settings()), ITEM: set(known_test_data())}
    for kind, name, way in WAYS:
        assert name in known[kind], name
        assert not way.read or way.read in TABLE.reads, way.read
        assert way.not_for <= set(clauses), name
        assert bool(way.read) + bool(way.make) + bool(way.details.get("refused")) == 1, f"{name}: read, made or asked"


def test_what_an_administrator_of_the_profile_is_not_asked_neither_is_one_that_was_found(clauses: dict[str, Clause]) -> None:
    for (kind, name), sought in TABLE.sought.items():
        assert sought.not_by_administrators <= set(clauses), name
        assert not sought.not_by_administrators or kind == ROLE, name
        administrators = [way for way in sought.ways if way.details.get("from") in ADMINISTRATORS]
        assert all(sought.not_by_administrators <= way.not_for for way in administrators), name


@pytest.mark.parametrize(
    ("kind", "name", "way"), [one for one in WAYS if one[0] == ITEM], ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_way_to_an_item_fills_every_key_it_has(kind: str, name: str, way: Way) -> None:
    assert way.make or set(way.take) == set(known_test_data()[name].keys)


def test_conditions_can_be_read() -> None:
    for condition in conditions():
        text = condition.removeprefix("!")
        if text.startswith("@"):
            assert text[1:] in TABLE.sets
        if text.startswith("~"):
            re.compile(text[1:])


def test_what_is_never_written_to_is_never_disposable() -> None:
    """Because what a run may change must be named by somebody who knows that it may."""
    assert not [name for kind, name, _ in WAYS if kind == ITEM and ("disposable" in name or "e-mail" in name)]
