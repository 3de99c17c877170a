"""``python -m tests.matrix``: every fault measured, on the mock or on conforming sites unlike it.

``--twin NAME`` measures on a twin, ``--class NAME`` and ``--only PATTERN`` measure some of the faults and write no
files, ``--all`` tries every scenario on each fault, also those that never send its operations.
"""

from __future__ import annotations

import argparse
import sys
import time
from fnmatch import fnmatchcase

import mocksite
from mocksite.faults import CATALOGUE
from mocksite.faults.classes import FAMILIES
from tests.conftest import ROOT
from tests.matrix.equivalents import load, unused
from tests.matrix.families import table
from tests.matrix.measure import GOOD, GOOD_ON_TWINS, Finding, counted
from tests.matrix.run import matrix, ready, write
from tests.matrix.toothless import toothless


def on_the_mock(everything: bool) -> bool:
    """The whole matrix with its files; whether something is wrong with suite or faults."""
    started = time.monotonic()
    findings = matrix(CATALOGUE, everything=everything)
    write(findings, ROOT / "reports")
    wrong = told(findings, GOOD)
    idle = unused(CATALOGUE, load())
    for pattern in idle:
        print(f"lists no fault: {pattern} in tests/matrix/equivalents.toml")
    ready_at = [ready(release=release) for release in dict.fromkeys((mocksite.DEFAULT, mocksite.RELEASES[-1]))]
    idlers = toothless(ready_at[0][0], [plan for _, plan in ready_at], findings)
    for name in idlers:
        print(f"kills no fault: {name}")
    print(table(findings))
    print(summed(findings, started))
    return wrong or bool(idlers) or bool(idle)


def on_some(faults: list[str], everything: bool) -> bool:
    """A part of the matrix, told and not written."""
    started = time.monotonic()
    findings = matrix(faults, everything=everything)
    wrong = told(findings, GOOD)
    print(table(findings))
    print(summed(findings, started))
    return wrong or not faults


def on_a_twin(name: str, faults: list[str], everything: bool) -> bool:
    """Every fault a scenario can meet on this twin."""
    started = time.monotonic()
    findings = matrix(faults, everything=everything, twin=name)
    wrong = told(findings, GOOD_ON_TWINS)
    print(f"{name}: {summed(findings, started)}")
    return wrong


def told(findings: list[Finding], good: tuple[str, ...]) -> bool:
    """Print what is wrong, and whether anything is."""
    wrong = [one for one in findings if one.verdict not in good]
    for one in wrong:
        found = ", ".join(map(str, one.checks or one.failed)) or "nothing"
        print(f"{one.verdict}: {one.fault} names the check {one.check}, found was {found} {one.reason}".rstrip())
    return bool(wrong)


def summed(findings: list[Finding], started: float) -> str:
    """The figures in a line."""
    return f"{len(findings)} faults in {time.monotonic() - started:.1f} s: {dict(counted(findings))}"


def chosen(families: list[str], patterns: list[str]) -> list[str]:
    """The faults of some classes, or whose ids match a pattern; all, where none is named."""
    return [
        one.id
        for one in CATALOGUE.values()
        if (not families or one.family in families) and (not patterns or any(fnmatchcase(one.id, text) for text in patterns))
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.matrix")
    parser.add_argument("--all", action="store_true", help="try every scenario on each fault")
    parser.add_argument("--twin", action="append", default=[], metavar="NAME", help="measure on this twin instead of the mock")
    parser.add_argument("--class", action="append", default=[], choices=FAMILIES, dest="families", help="only this class of faults")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN", help="only faults whose id matches")
    given = parser.parse_args()
    some = chosen(given.families, given.only)
    if not some:
        print("error[fault]: no fault is of this class and called so", file=sys.stderr)
        sys.exit(5)
    if given.twin:
        sys.exit(any([on_a_twin(name, some, given.all) for name in given.twin]))
    sys.exit(on_some(some, given.all) if given.families or given.only else on_the_mock(given.all))
