"""What tests of the suite share."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# pytester forgets what is first imported in a run of its own, while httpx remembers the exceptions of the httpcore it
# saw first: imported here there is only one.
import httpcore  # noqa: F401

import pytest

from conformance.judge.clauses import Clause, load_clauses
from conformance.judge.contract import Contract
from conformance.scenarios.features import Catalogue

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent

# Runs of tests, in processes of their own too, leave nothing in the state folder of whoever runs them.
_STATE = tempfile.mkdtemp(prefix="wxc-state-")
os.environ["XDG_STATE_HOME"] = _STATE
atexit.register(shutil.rmtree, _STATE, ignore_errors=True)


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
