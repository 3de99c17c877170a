"""The matrix over many faults, on several processors, and the files it writes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import conftest  # noqa: F401 - the vocabulary
from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT
from tests.matrix.equivalents import load, settled
from tests.matrix.measure import Finding, Plan, measure, plan
from tests.matrix.page import page

_held: dict[Path, tuple[Catalogue, Plan]] = {}


def ready(root: Path = ROOT) -> tuple[Catalogue, Plan]:
    """Every feature below ``root``, and what it does on a healthy site; found once in a process."""
    if root not in _held:
        catalogue = Catalogue(root)
        catalogue.read_all([root / "features"])
        _held[root] = catalogue, plan(catalogue)
    return _held[root]


def _one(job: tuple[str, bool, Path]) -> Finding:
    fault_id, everything, root = job
    return measure(*ready(root), fault_id, everything=everything)


def matrix(
    faults: Iterable[str], *, everything: bool = False, processes: int = 2, root: Path = ROOT
) -> list[Finding]:
    """A finding for every fault, in order; ``everything`` tries scenarios, too, that never send its operations."""
    jobs = [(fault_id, everything, root) for fault_id in faults]
    with ProcessPoolExecutor(processes) as pool:
        return settled(pool.map(_one, jobs, chunksize=4), load())


def write(findings: list[Finding], folder: Path) -> None:
    """``fault-matrix.csv`` and a page to read."""
    folder.mkdir(exist_ok=True)
    head = ("fault", "clause", "verdict", "check", "checks", "failed", "summary", "reason")
    rows = [
        (f.fault, f.clause, f.verdict, f.check, " ".join(f.checks), " ".join(f.failed), f.summary, f.reason)
        for f in findings
    ]
    with (folder / "fault-matrix.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    (folder / "fault-matrix.html").write_text(page(findings), encoding="utf-8")
