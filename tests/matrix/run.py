"""The matrix over many faults, on several processors, and the files it writes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from html import escape
from pathlib import Path

import conftest  # noqa: F401 - the vocabulary
from conformance.run.catalogue import Catalogue
from tests.conftest import ROOT
from tests.matrix.measure import Finding, Plan, counted, measure, plan

_held: list[tuple[Catalogue, Plan]] = []


def ready() -> tuple[Catalogue, Plan]:
    """Every feature, and what it does on a healthy site; found once in a process."""
    if not _held:
        catalogue = Catalogue(ROOT)
        catalogue.read_all([ROOT / "features"])
        _held.append((catalogue, plan(catalogue)))
    return _held[0]


def _one(job: tuple[str, bool]) -> Finding:
    fault_id, everything = job
    return measure(*ready(), fault_id, everything=everything)


def matrix(faults: Iterable[str], *, everything: bool = False, processes: int = 2) -> list[Finding]:
    """A finding for every fault, in order."""
    jobs = [(fault_id, everything) for fault_id in faults]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(_one, jobs, chunksize=4))


def write(findings: list[Finding], folder: Path) -> None:
    """``fault-matrix.csv`` and a page to read."""
    folder.mkdir(exist_ok=True)
    head = ("fault", "clause", "verdict", "check", "checks", "failed", "summary")
    rows = [
        (f.fault, f.clause, f.verdict, f.check, " ".join(f.checks), " ".join(f.failed), f.summary) for f in findings
    ]
    with (folder / "fault-matrix.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    cells = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in (head, *rows))
    told = ", ".join(f"{count} {word}" for word, count in counted(findings).items())
    page = f"<!doctype html><meta charset=utf-8><title>Fault matrix</title><h1>Fault matrix: {told}</h1><table border=1>{cells}</table>"
    (folder / "fault-matrix.html").write_text(page, encoding="utf-8")
