"""``python -m tests.traffic [TURNS]``: traffic of the sound mock and of every fault, or of one in ``TURNS``, judged."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from mocksite.faults import CATALOGUE
from tests.history.causes import scenarios
from tests.traffic.measure import Compared, on


def told(name: str, several: list[Compared]) -> bool:
    """Print the figures, and whether any is wrong."""
    asked, same = sum(one.asked for one in several), sum(one.same_reply for one in several)
    different = [words for one in several for words in one.different]
    alone = [words for one in several for words in one.alone]
    print(f"{name}: {len(several)} runs, {asked} answers, {same} to a reply the run judged, {len(different)} otherwise; {len(alone)} accusations of the judge alone")
    print("\n".join([*different, *alone][:20]))
    return bool(different or alone)


if __name__ == "__main__":
    names = sorted(CATALOGUE)[:: int(sys.argv[1]) if len(sys.argv) > 1 else 1]
    scenarios()
    wrong = told("sound", [on("")])
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        sys.exit(told("faults", list(pool.map(on, names, chunksize=4))) | wrong)
