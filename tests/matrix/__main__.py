"""``python -m tests.matrix [--all]``: every fault measured; ``--all`` tries every scenario on each."""

from __future__ import annotations

import sys
import time

from mocksite.faults import CATALOGUE
from tests.conftest import ROOT
from tests.matrix.equivalents import load, unused
from tests.matrix.measure import GOOD, counted
from tests.matrix.run import matrix, ready, write
from tests.matrix.toothless import cases_without_teeth, steps_without_teeth

if __name__ == "__main__":
    started = time.monotonic()
    findings = matrix(CATALOGUE, everything="--all" in sys.argv)
    write(findings, ROOT / "reports")
    for one in findings:
        if one.verdict not in GOOD:
            print(f"{one.verdict}: {one.fault} wanted {one.check}, found {one.checks or one.failed} {one.reason}".rstrip())
    idle = unused(CATALOGUE, load())
    for pattern in idle:
        print(f"lists no fault: {pattern} in tests/matrix/equivalents.toml")
    catalogue, _ = ready()
    toothless = cases_without_teeth(catalogue, findings) + steps_without_teeth(catalogue, findings)
    for name in toothless:
        print(f"kills no fault: {name}")
    print(f"{len(findings)} faults in {time.monotonic() - started:.1f} s: {dict(counted(findings))}")
    sys.exit(any(one.verdict not in GOOD for one in findings) or bool(toothless) or bool(idle))
