"""``make test`` within a hundred seconds: of what takes long a part has its turn.

Modules that take more than two seconds of processor time (:data:`MODULES`, measured) have their turn once in a round of
ten days, evenly spread over it, but for :data:`ALWAYS`; of tests marked ``rotating(turns)`` each row has it once in
``turns`` days, in modules that take turns themselves once in so many rounds. The seed is the day (UTC), or what ``WXC_TEST_SEED`` says: the same seed takes the same tests, and so many seeds in a
row take each of them once. Only ``--rotate`` leaves anything out; without it, as in ``make test-all``, everything has
its turn. With it, too, tests of the machinery run one row of each outline (:mod:`tests.first_rows`).
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar
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

    @property
    def of_rounds(self) -> Rotation:
        """The same for what has its turn on one day of each round."""
        return replace(self, seed=self.seed // ROUND)

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


#: Days in which every module has its turn.
ROUND = 10
#: Seconds of processor time by module, of those that take more than two, and of the others together
#: (``make test ARGS=--measure`` does it: each module with the rows that have their turn).
MODULES = Path(__file__).with_name("turns.toml")


#: They look at every file, whatever was changed.
ALWAYS = frozenset({"tests/test_architecture.py", "tests/mocksite/test_architecture.py", "tests/run/test_whole_run.py"})


def days_of(seconds: Mapping[str, float]) -> dict[str, int]:
    """The day of the round of each module, so that every day takes about as long: the longest first, to the idlest day."""
    busy = [0.0] * ROUND
    found = {}
    for module, takes in sorted(seconds.items(), key=lambda one: (-one[1], one[0])):
        if module in ALWAYS:
            continue
        found[module] = busy.index(min(busy))
        busy[found[module]] += takes
    return found


def planned() -> list[float]:
    """Seconds of processor time that each day of the round takes, by the record: its own modules, and what always runs."""
    record = _record()
    days = days_of(record["seconds"])
    always = record["others"] + sum(takes for module, takes in record["seconds"].items() if module in ALWAYS)
    return [always + sum(record["seconds"][module] for module, mine in days.items() if mine == day) for day in range(ROUND)]


def _record() -> dict[str, Any]:
    return tomllib.loads(MODULES.read_text(encoding="utf-8"))


class Test(Protocol):
    """As much of a test as is looked at."""

    @property
    def nodeid(self) -> str:
        """Module, name and row."""

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        """Its marker of that name."""


AnyTest = TypeVar("AnyTest", bound=Test)


def split(items: list[AnyTest], rotation: Rotation, days: Mapping[str, int]) -> tuple[list[AnyTest], list[AnyTest]]:
    """Tests that have their turn, and those that have not; ``days`` are those of modules in the round."""
    taken: list[AnyTest] = []
    left: list[AnyTest] = []
    places: Counter[str] = Counter()
    for item in items:
        day = days.get(item.nodeid.partition("::")[0])
        marker = item.get_closest_marker("rotating")
        group = item.nodeid.partition("[")[0]
        mine = rotation if day is None else rotation.of_rounds
        here = day is None or rotation.whole or rotation.seed % ROUND == day
        here &= marker is None or mine.turn(group, places[group], *marker.args)
        places[group] += 1
        (taken if here else left).append(item)
    return taken, left


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--rotate``."""
    parser.addoption("--rotate", action="store_true", help=f"of rotating tests only the part of the day, or of {VARIABLE}")
    parser.addoption("--measure", action="store_true", help=f"write {MODULES.name}: what each module takes")


def pytest_configure(config: pytest.Config) -> None:
    """The marker; the seed is settled before workers start, so that midnight cannot part them."""
    config.addinivalue_line("markers", "rotating(turns): with --rotate it runs on one of so many days")
    if config.getoption("--measure"):
        config.pluginmanager.register(Measurement())
    if rotation_of(config).whole:
        os.environ.pop(FIRST_ROWS, None)
    else:
        os.environ[FIRST_ROWS] = "yes"


def pytest_report_header(config: pytest.Config) -> str:
    """What is run, and how to run the same again."""
    rotation = rotation_of(config)
    if rotation.whole:
        return "rotation: none, everything has its turn"
    again = f"the same again with {VARIABLE}={rotation.seed}; everything: make test-all"
    return f"rotation: seed {rotation.seed} (the day, {rotation.seed % ROUND + 1} of {ROUND}), {again}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has its turn another day."""
    # Measured is what a turn costs: every module has its own, with the rows it has then.
    days = {} if config.getoption("--measure") else days_of(_record()["seconds"])
    taken, left = split(items, rotation_of(config), days)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = taken


class Measurement:
    """Hooks that add up the processor time of modules, in whichever process their tests are run."""

    def __init__(self) -> None:
        self._before = _used()
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What was used since the last report, in the report."""
        report = yield
        now = _used()
        report.user_properties.append((_PROPERTY, now - self._before))
        self._before = now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add it up where everything is told."""
        module = report.nodeid.partition("::")[0]
        taken = sum(float(str(value)) for name, value in report.user_properties if name == _PROPERTY)
        self._seconds[module] = self._seconds.get(module, 0.0) + taken

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the table."""
        if not hasattr(session.config, "workerinput"):
            MODULES.write_text(table_of(self._seconds), encoding="utf-8")


_PROPERTY = "processor time"


def _used() -> float:
    return sum(os.times()[:4])


def table_of(seconds: Mapping[str, float]) -> str:
    """``turns.toml``: modules that take more than two seconds, and the others together."""
    rows = [f'"{module}" = {taken:.0f}' for module, taken in sorted(seconds.items()) if taken > 2]
    others = sum(taken for taken in seconds.values() if taken <= 2)
    return "\n".join(["# Written by make test ARGS=--measure.", f"others = {others:.0f}", "", "[seconds]", *rows, ""])


@pytest.fixture(scope="session")
def rotation(pytestconfig: pytest.Config) -> Rotation:
    """For tests that take a part of a table themselves."""
    return rotation_of(pytestconfig)
