"""The matrix over many faults, on several processors, and the files it writes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import conftest  # noqa: F401 - the vocabulary
from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT
from tests.matrix.equivalents import excused, load, settled
from tests.matrix.measure import Finding, Opener, Plan, measure, plan
from tests.matrix.page import page
from tests.rig import rig

_held: dict[tuple[Path, str], tuple[Catalogue, Plan]] = {}


def ready(root: Path = ROOT, twin: str = "") -> tuple[Catalogue, Plan]:
    """Every feature below ``root``, and what it does on a healthy site; found once in a process."""
    if (root, twin) not in _held:
        catalogue = Catalogue(root)
        catalogue.read_all([root / "features"])
        _held[root, twin] = catalogue, plan(catalogue, opener(twin))
    return _held[root, twin]


def opener(twin: str) -> Opener:
    """Opens a twin, or the mock where none is named."""
    if not twin:
        return rig
    from tests.twins.site import on_rig
    from tests.twins.table import TWINS

    return on_rig(TWINS[twin])


def _one(job: tuple[str, bool, Path, str]) -> Finding:
    fault_id, everything, root, twin = job
    return measure(*ready(root, twin), fault_id, everything=everything, opener=opener(twin))


def matrix(
    faults: Iterable[str], *, everything: bool = False, processes: int = 2, root: Path = ROOT, twin: str = ""
) -> list[Finding]:
    """A finding for every fault, in order; ``everything`` tries scenarios, too, that never send its operations."""
    jobs = [(fault_id, everything, root, twin) for fault_id in faults]
    # Once, before the processes part: each of them has it then.
    ready(root, twin)
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        found = pool.map(_one, jobs, chunksize=2)
        return excused(found, load()) if twin else settled(found, load())


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
