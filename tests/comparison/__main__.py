"""``python -m tests.comparison [PAIRS]``: made-up pairs of sides, and what ``upgrade`` decides about them."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.comparison.simulation import EQUAL, FAULTY, decided, suite

_RUNS = 20


def measured(kind: str, seeds: range) -> Counter[str]:
    """What is decided about pairs of one ``kind``, each of ``_RUNS`` runs a side."""
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        return Counter(pool.map(decided, [(kind, seed, _RUNS) for seed in seeds], chunksize=20))


if __name__ == "__main__":
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    suite()
    wrong = False
    for kind in (*EQUAL, *FAULTY):
        # What differs is decided slowly where all of it fails.
        told = measured(kind, range(pairs // len(EQUAL) if kind in EQUAL else pairs // 20))
        number = sum(told.values())
        shares = ", ".join(f"{word} {told[word]} ({told[word] / number:.2%})" for word in ("go", "no-go", "not enough evidence"))
        print(f"{kind}, {_RUNS} runs a side, {number} pairs: {shares}", flush=True)
        wrong |= told["no-go"] > 0.01 * number if kind in EQUAL else told["go"] > 0
        wrong |= kind in FAULTY and FAULTY[kind] and told["no-go"] < 0.95 * number
    sys.exit(wrong)
