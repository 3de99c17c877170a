"""Runs like those of tests/run."""

from tests.run.conftest import run

__all__ = ["run"]
