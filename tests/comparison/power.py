"""``python -m tests.comparison.power``: what any test could make of so many judgements of one clause on each side.

The fault shows in every fifth judgement, flakes in 0 to 5 % of them, equally on both sides. Exact (binomial), one
judgement a run; and beside what ``upgrade`` does, two who know more than it can: which clause the fault is in, and
how often that one flakes. What they cannot prove no pooling of the same judgements proves.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from math import comb

from tests.comparison.simulation import suite

SHARE, ERROR = 0.2, 0.01
_FLAKES = [nth / 200 for nth in range(11)]
#: Three families are asked about, each with a third of the error.
_FAMILIES = 3


def _binomial(number: int, rate: float) -> list[float]:
    return [comb(number, one) * rate**one * (1 - rate) ** (number - one) for one in range(number + 1)]


@lru_cache(maxsize=None)
def _fisher(before: int, after: int, number: int) -> float:
    both = before + after
    most = min(number, both)
    return sum(comb(number, one) * comb(number, both - one) for one in range(after, most + 1)) / comb(2 * number, both)


def _with_fault(flakes: float) -> float:
    return 1 - (1 - flakes) * (1 - SHARE)


def proves(number: int, error: float) -> float:
    """How often Fisher's exact test proves the fault by ``number`` judgements a side."""
    told = 0.0
    for flakes in _FLAKES:
        sound, faulty = _binomial(number, flakes), _binomial(number, _with_fault(flakes))
        pairs = ((a, b) for a in range(number + 1) if sound[a] > 1e-9 for b in range(number + 1) if faulty[b] > 1e-9)
        told += sum(sound[a] * faulty[b] for a, b in pairs if _fisher(a, b, number) <= error)
    return told / len(_FLAKES)


def proves_knowing_flakes(number: int, error: float) -> float:
    """How often one proves it who knows how often the clause flakes, and needs no other side."""
    told = 0.0
    for flakes in _FLAKES:
        sound, least = _binomial(number, flakes), number + 1
        while least and sum(sound[least - 1 :]) <= error:
            least -= 1
        told += sum(_binomial(number, _with_fault(flakes))[least:])
    return told / len(_FLAKES)


if __name__ == "__main__":
    judged = Counter(one for several in suite().clauses.values() for one in several)
    print(f"{len(judged)} clauses, judged by 1 scenario {sum(one == 1 for one in judged.values())}, by 9 or more {sum(one > 8 for one in judged.values())}")
    print("| judgements a side | `upgrade` | who knows the clause | who knows its flakes, too |")
    for number in (20, 40, 80, 120, 180):
        shares = (proves(number, ERROR / _FAMILIES / len(judged)), proves(number, ERROR), proves_knowing_flakes(number, ERROR))
        print(f"| {number} | " + " | ".join(f"{one:.1%}" for one in shares) + " |")
