"""Runs of the suite that every test of the reports reads: each made once, two at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.shared import once
from tests.reporting.changed_site import one_more_one_less, run_suite, without_promises

Runs = dict[str, Path]
Edited = Callable[..., Path]

KNOWN = """
[[known]]
clause = "R41.11.0-61"
site = "mock"
check = "element-present"
reason = "asked Cisco"
owner = "the API team"
link = "https://case.example/1"
expires = 2199-01-01
"""


def embedded(folder: Path, release: str) -> Path:
    """A run against the embedded mock as ``release``."""
    command = [sys.executable, "-m", "pytest", "features", "--release", release, "--reports", str(folder)]
    subprocess.run([*command, "-q", "-p", "no:cacheprovider", "-p", "tests.first_rows"], cwd=ROOT, capture_output=True, check=True)
    return folder


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Reports of 41.9.0 (``old``), 41.12.0 (``new``), 41.12.0 with one element more and one less, and a bad 41.12.0."""
    return once(tmp_path_factory, "runs", make_runs)


def make_runs(folder: Path) -> Runs:
    """Make them below ``folder``."""
    known = folder / "known.toml"
    known.write_text(KNOWN, encoding="utf-8")
    bad = ("features", "--known-issues", str(known))
    with ThreadPoolExecutor(2) as pool:
        made = {
            "old": pool.submit(embedded, folder / "old", "41.9.0"),
            "new": pool.submit(embedded, folder / "new", "41.12.0"),
            "changed": pool.submit(run_suite, folder / "changed", "41.12.0", "features", edit=one_more_one_less),
            "bad": pool.submit(run_suite, folder / "bad", "41.12.0", *bad, edit=without_promises),
        }
    return {name: run.result() for name, run in made.items()}


@pytest.fixture
def edited(runs: Runs, tmp_path: Path) -> Edited:
    """``edited("new", edit)``: a copy of a summary that ``edit`` has changed."""

    def copy(name: str, edit: Callable[[dict[str, Any]], object]) -> Path:
        document = json.loads((runs[name] / "summary.json").read_text(encoding="utf-8"))
        edit(document)
        file = tmp_path / f"{name}-edited.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return file

    return copy
