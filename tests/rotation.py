"""``make test`` within two minutes: what is marked ``rotating(turns)`` has its turn once in ``turns`` days.

The seed is the day (UTC), or what ``WXC_TEST_SEED`` says: the same seed takes the same tests, and ``turns`` seeds in a
row take each of them once. Only ``--rotate`` leaves anything out; without it, as in ``make test-all``, everything has
its turn. With it, too, tests of the machinery run one row of each outline (:mod:`tests.first_rows`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zlib import crc32

import pytest

from tests.first_rows import VARIABLE as FIRST_ROWS

VARIABLE = "WXC_TEST_SEED"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Rotation:
    """Which part of something has its turn."""

    seed: int
    whole: bool = False

    def turn(self, group: str, place: int, turns: int) -> bool:
        """Whether the thing at ``place`` of ``group`` has it; groups start at different places, so that none piles up."""
        return self.whole or (place + crc32(group.encode()) + self.seed) % turns == 0

    def part(self, group: str, things: Iterable[Item], turns: int) -> list[Item]:
        """Those of ``things`` that have their turn."""
        return [thing for place, thing in enumerate(things) if self.turn(group, place, turns)]


def today() -> int:
    """The seed where none is named."""
    return datetime.now(UTC).toordinal()


def rotation_of(config: pytest.Config) -> Rotation:
    """What the options and the environment say; workers have the environment of the process that started them."""
    named = os.environ.setdefault(VARIABLE, str(today()))
    try:
        return Rotation(int(named), whole=not config.getoption("--rotate"))
    except ValueError:
        raise pytest.UsageError(f"{VARIABLE} must be a whole number, not {named!r}") from None


def split(items: list[pytest.Item], rotation: Rotation) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Tests that have their turn, and those that have not."""
    taken: list[pytest.Item] = []
    left: list[pytest.Item] = []
    places: Counter[str] = Counter()
    for item in items:
        marker = item.get_closest_marker("rotating")
        group = item.nodeid.partition("[")[0]
        here = marker is None or rotation.turn(group, places[group], *marker.args)
        places[group] += 1
        (taken if here else left).append(item)
    return taken, left


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--rotate``."""
    parser.addoption("--rotate", action="store_true", help=f"of rotating tests only the part of the day, or of {VARIABLE}")


def pytest_configure(config: pytest.Config) -> None:
    """The marker; the seed is settled before workers start, so that midnight cannot part them."""
    config.addinivalue_line("markers", "rotating(turns): with --rotate it runs on one of so many days")
    if rotation_of(config).whole:
        os.environ.pop(FIRST_ROWS, None)
    else:
        os.environ[FIRST_ROWS] = "yes"


def pytest_report_header(config: pytest.Config) -> str:
    """What is run, and how to run the same again."""
    rotation = rotation_of(config)
    if rotation.whole:
        return "rotation: none, everything has its turn"
    return f"rotation: seed {rotation.seed} (the day), the same again with {VARIABLE}={rotation.seed}; everything: make test-all"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has its turn another day."""
    taken, left = split(items, rotation_of(config))
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = taken


@pytest.fixture(scope="session")
def rotation(pytestconfig: pytest.Config) -> Rotation:
    """For tests that take a part of a table themselves."""
    return rotation_of(pytestconfig)
