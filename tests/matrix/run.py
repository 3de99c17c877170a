"""The matrix over many faults, on several processors, and the files it writes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import conftest  # noqa: F401 - the vocabulary
import mocksite
from conformance.scenarios.features import Catalogue
from conformance.sites.release import Release
from mocksite.faults import CATALOGUE
from tests.conftest import ROOT
from tests.matrix.equivalents import excused, load, settled
from tests.matrix.measure import Finding, Opener, Plan, measure, place, plan
from tests.matrix.page import page
from tests.rig import rig

_held: dict[tuple[Path, str, str], tuple[Catalogue, Plan]] = {}


def ready(root: Path = ROOT, twin: str = "", release: str = mocksite.DEFAULT) -> tuple[Catalogue, Plan]:
    """Every feature below ``root``, and what it does on a healthy site; found once in a process."""
    if (root, twin, release) not in _held:
        catalogue = Catalogue(root)
        catalogue.read_all([root / "features"])
        _held[root, twin, release] = catalogue, plan(catalogue, opener(twin, release))
    return _held[root, twin, release]


def release_for(fault_id: str) -> str:
    """The release of the mock a fault is measured on: the newest for clauses that came after its default, else that."""
    clause = Release.parse(CATALOGUE[fault_id].clause[1:].partition("-")[0])
    return mocksite.RELEASES[-1] if clause > Release.parse(mocksite.DEFAULT) else mocksite.DEFAULT


def opener(twin: str, release: str = mocksite.DEFAULT) -> Opener:
    """Opens a twin, or the mock of ``release`` where none is named."""
    if not twin:
        return partial(rig, release=release)
    from tests.twins.site import on_rig
    from tests.twins.table import TWINS

    return on_rig(TWINS[twin])


def _one(job: tuple[str, bool, Path, str]) -> Finding:
    fault_id, everything, root, twin = job
    place = (twin, mocksite.DEFAULT if twin else release_for(fault_id))
    return measure(*ready(root, *place), fault_id, everything=everything, lenient=bool(twin))


def matrix(
    faults: Iterable[str], *, everything: bool = False, processes: int = 2, root: Path = ROOT, twin: str = ""
) -> list[Finding]:
    """A finding for every fault, in order; ``everything`` tries scenarios, too, that never send its operations."""
    jobs = [(fault_id, everything, root, twin) for fault_id in faults]
    # Once, before the processes part: each of them has it then.
    for release in {mocksite.DEFAULT if twin else release_for(fault_id) for fault_id, *_ in jobs}:
        ready(root, twin, release)
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        found = list(pool.map(_one, jobs, chunksize=2))
    if not twin:
        return settled(found, load())
    return [_unless_untold(one, root, twin) if one.verdict == "survived" else one for one in excused(found, load())]


def _unless_untold(survivor: Finding, root: Path, twin: str) -> Finding:
    """A survivor of a twin is *not met* where none of the scenarios that tell it on the mock has anything to judge there."""
    _, here = ready(root, twin)
    there = measure(*ready(root, release=release_for(survivor.fault)), survivor.fault)
    if there.verdict != "killed" or set(there.scenarios) & {place(one) for one in here.scenarios if one.nodeid not in here.silent}:
        return survivor
    return replace(survivor, verdict="not met", reason=f"told by scenarios that do not apply here: {'; '.join(there.scenarios)}")


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
