"""``python -m tests.matrix [--all] [--twin NAME ...]``: every fault measured, on the mock or on conforming sites unlike it.

``--all`` tries every scenario on each fault, also those that never send its operations.
"""

from __future__ import annotations

import argparse
import sys
import time

from mocksite.faults import CATALOGUE
from tests.conftest import ROOT
from tests.matrix.equivalents import load, unused
from tests.matrix.measure import GOOD, GOOD_ON_TWINS, Finding, counted
from tests.matrix.run import matrix, ready, write
from tests.matrix.toothless import cases_without_teeth, steps_without_teeth


def on_the_mock(everything: bool) -> bool:
    """The whole matrix with its files; whether something is wrong with suite or faults."""
    started = time.monotonic()
    findings = matrix(CATALOGUE, everything=everything)
    write(findings, ROOT / "reports")
    wrong = told(findings, GOOD)
    idle = unused(CATALOGUE, load())
    for pattern in idle:
        print(f"lists no fault: {pattern} in tests/matrix/equivalents.toml")
    catalogue, _ = ready()
    toothless = cases_without_teeth(catalogue, findings) + steps_without_teeth(catalogue, findings)
    for name in toothless:
        print(f"kills no fault: {name}")
    print(f"{len(findings)} faults in {time.monotonic() - started:.1f} s: {dict(counted(findings))}")
    return wrong or bool(toothless) or bool(idle)


def on_a_twin(name: str, everything: bool) -> bool:
    """Every fault a scenario can meet on this twin."""
    started = time.monotonic()
    findings = matrix(CATALOGUE, everything=everything, twin=name)
    wrong = told(findings, GOOD_ON_TWINS)
    print(f"{name}: {len(findings)} faults in {time.monotonic() - started:.1f} s: {dict(counted(findings))}")
    return wrong


def told(findings: list[Finding], good: tuple[str, ...]) -> bool:
    """Print what is wrong, and whether anything is."""
    wrong = [one for one in findings if one.verdict not in good]
    for one in wrong:
        print(f"{one.verdict}: {one.fault} wanted {one.check}, found {one.checks or one.failed} {one.reason}".rstrip())
    return bool(wrong)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.matrix")
    parser.add_argument("--all", action="store_true", help="try every scenario on each fault")
    parser.add_argument("--twin", action="append", default=[], metavar="NAME", help="measure on this twin instead of the mock")
    given = parser.parse_args()
    verdicts = [on_a_twin(name, given.all) for name in given.twin] or [on_the_mock(given.all)]
    sys.exit(any(verdicts))
