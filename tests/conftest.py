"""What tests of the suite share."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.judge.clauses import Clause, load_clauses
from conformance.judge.contract import Contract
from conformance.run.catalogue import Catalogue

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent


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
