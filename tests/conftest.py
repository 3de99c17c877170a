"""What tests of the suite share."""

from __future__ import annotations

import gc
import locale
import signal
import time
from collections.abc import Iterator
from pathlib import Path

# pytester forgets what is first imported in a run of its own, while httpx remembers the exceptions of the httpcore it
# saw first: imported here there is only one.
import httpcore  # noqa: F401

import pytest

from conformance.judge.clauses import Clause, load_clauses
from conformance.judge.contract import Contract
from conformance.scenarios.features import Catalogue

from tests.scratch import Scratch

pytest_plugins = ["pytester", "tests.rotation"]

ROOT = Path(__file__).resolve().parent.parent
#: Seconds after which something that should come is given up. No test may need the time: it only ends one that hangs.
SAFETY = 300.0


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A temporary folder and a state folder that nobody else's things are in, for this session and all it starts."""
    if not hasattr(config, "workerinput") and not Scratch.stands:
        config.pluginmanager.register(Scratch())
    # What is started in the background of a script ignores Ctrl-C, and so would every run that a test interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Strict with ourselves: a warning fails a test of ours, and no run of anybody else's."""
    item.add_marker(pytest.mark.filterwarnings("error"), append=False)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the suite."""
    return ROOT


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Our schemas."""
    return Contract(ROOT / "schemas")


@pytest.fixture(scope="session")
def clauses() -> dict[str, Clause]:
    """The clause list."""
    return load_clauses(ROOT / "features")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Every feature, read."""
    catalogue = Catalogue(ROOT)
    catalogue.read_all([ROOT / "features"])
    return catalogue


def pytest_runtest_logfinish() -> None:
    """A run puts everything out of the reach of the garbage collector; here its process goes on."""
    gc.unfreeze()


@pytest.fixture
def ascii_files() -> Iterator[None]:
    """Files whose encoding nobody names are ASCII, as on a machine that is set so."""
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    yield
    locale.setlocale(locale.LC_CTYPE, before)


@pytest.fixture
def auckland(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clocks of this process stand half a day before those of Greenwich."""
    monkeypatch.setenv("TZ", "NZST-12")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
