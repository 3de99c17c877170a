"""``python -m tests.matrix [--all]``: every fault measured; ``--all`` tries every scenario on each."""

from __future__ import annotations

import sys
import time

from mocksite.faults import CATALOGUE
from tests.conftest import ROOT
from tests.matrix.measure import counted
from tests.matrix.run import matrix, write

if __name__ == "__main__":
    started = time.monotonic()
    findings = matrix(CATALOGUE, everything="--all" in sys.argv)
    write(findings, ROOT / "reports")
    for one in findings:
        if one.verdict != "killed":
            print(f"{one.verdict}: {one.fault} wanted {one.check}, found {one.checks or one.failed}")
    print(f"{len(findings)} faults in {time.monotonic() - started:.1f} s: {dict(counted(findings))}")
    sys.exit(any(one.verdict != "killed" for one in findings))
