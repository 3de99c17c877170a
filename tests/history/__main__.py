"""``python -m tests.history [SEED]``: a made-up year of ten sites, read and held against what was planted in it."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.history.measure import measured, year

if __name__ == "__main__":
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with TemporaryDirectory(prefix="wxc-history-") as scratch:
        figures = measured(Path(scratch), year(Path(scratch), seed))
    for words in figures.wrong:
        print(f"wrong: {words}")
    print(f"{figures.planted - len(figures.wrong)} of {figures.planted} planted histories told right,", end=" ")
    print(f"{figures.regressions_called_flaky} regressions called flaky")
    print(f"a year of ten sites: {figures.bytes / 1e6:.1f} MB kept, page {figures.page_bytes / 1e6:.2f} MB")
    for what, seconds in figures.seconds.items():
        print(f"{what}: {1000 * seconds:.0f} ms")
    sys.exit(bool(figures.wrong))
