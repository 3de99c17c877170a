"""``python -m tests.history [SEED]``: a made-up year of ten sites, read and held against what was planted in it.

``--causes`` plants causes of reds instead, one by one, and holds whose fault the suite says each is against the truth.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.history.causes import PLANTED, WIDE, Planted, measured as measured_causes, told
from tests.history.measure import measured, year


def read_a_year(seed: int) -> bool:
    """Print what a made-up year was read as; whether something was read wrong."""
    with TemporaryDirectory(prefix="wxc-history-") as scratch:
        figures = measured(Path(scratch), year(Path(scratch), seed))
    for words in figures.wrong:
        print(f"wrong: {words}")
    print(f"{figures.planted - len(figures.wrong)} of {figures.planted} planted histories told right,", end=" ")
    print(f"{figures.regressions_called_flaky} regressions called flaky")
    print(f"a year of ten sites: {figures.bytes / 1e6:.1f} MB kept, page {figures.page_bytes / 1e6:.2f} MB")
    for what, seconds in figures.seconds.items():
        print(f"{what}: {1000 * seconds:.0f} ms")
    return bool(figures.wrong)


def ask_whose_fault(seed: int) -> bool:
    """Print whose fault planted causes were said to be; whether one was told wrong."""
    found = measured_causes(seed, PLANTED)
    wrong = [one for one in found if not one.right]
    for one in wrong:
        print(f"wrong: {one.planted.kind} {one.planted.name}: {one.classes}")
    ours = sum("site" in one.classes for one in found if one.planted.whose == "suite")
    kinds = Counter(one.planted.kind for one in found)
    print(f"{len(found) - len(wrong)} of {len(found)} planted causes classed right ({dict(kinds)}),", end=" ")
    print(f"{ours} bugs of the suite laid at the site's door")
    many = [one for one in (told(Planted(*wide), everything=True) for wide in WIDE) if one.reds >= 100]
    most = max(one.clusters for one in many)
    print(f"{len(many)} causes of {min(one.reds for one in many)} to {max(one.reds for one in many)} reds:", end=" ")
    print(f"at most {most} clusters each")
    return bool(wrong) or most > 3


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.history")
    parser.add_argument("seed", type=int, nargs="?", default=1, metavar="SEED")
    parser.add_argument("--causes", action="store_true", help="whose fault planted causes are said to be")
    given = parser.parse_args()
    sys.exit((ask_whose_fault if given.causes else read_a_year)(given.seed))
