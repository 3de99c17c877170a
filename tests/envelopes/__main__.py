"""``python -m tests.envelopes [TURNS]``: the scripts of all faults, of one in ``TURNS``; wrong below 95 %."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from mocksite.faults import CATALOGUE
from tests.envelopes.measure import shown, suite

if __name__ == "__main__":
    names = sorted(CATALOGUE)[:: int(sys.argv[1]) if len(sys.argv) > 1 else 1]
    suite()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        told = list(pool.map(shown, names, chunksize=4))
    run = [one for one in told if not one.why]
    for one in run:
        if not one.right:
            print(f"{one.fault} ({one.check}): {one.faulty} and {one.sound}: {one.words}")
    right = sum(one.right for one in run)
    print(f"{len(names)} faults, {len(run)} with a script: {right} end 1 against the faulty mock and 0 against the sound one ({right / len(run):.1%})")
    for why, number in Counter(f"{one.why} [{one.check}]" for one in told if one.why).most_common():
        print(f"no script for {number}: {why}")
    sys.exit(right < 0.95 * len(run))
