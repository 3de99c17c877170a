"""What several runs on each of two sides prove: exact tests, corrected for asking about many things at once.

Runs are what is exchanged under the supposition that nothing changed, and not scenarios: what fails together on one
bad night counts as one. The number of failures of the second side is held against all ways in which the runs could
have been dealt out to the two sides (a permutation test, E. J. G. Pitman, 1937; with one scenario it is Fisher's exact
test). Of things that fail too seldom to prove anything whatever happened none is asked about (R. E. Tarone, 1990,
*A modified Bonferroni method for discrete data*).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import cycle, islice
from math import comb, exp, lgamma, log


@dataclass(frozen=True)
class Tally:
    """How often one thing failed in each run of both sides; ``judged`` is how often it was judged on each side."""

    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    judged: tuple[int, int]

    @property
    def counts(self) -> str:
        """``0 of 20, then 7 of 20``."""
        return f"{sum(self.before)} of {self.judged[0]}, then {sum(self.after)} of {self.judged[1]}"

    @property
    def share(self) -> tuple[float, float]:
        """How large a share failed on each side."""
        before, after = self.judged
        return (sum(self.before) / before if before else 0.0), (sum(self.after) / after if after else 0.0)


def chance(tally: Tally) -> float:
    """How likely chance alone deals the second side as many failures as it has, or more."""
    return _chance(tuple(sorted(tally.before + tally.after)), len(tally.after), sum(tally.after))


@lru_cache(maxsize=200_000)
def _chance(counts: tuple[int, ...], size: int, failed: int) -> float:
    if failed * len(counts) <= sum(counts) * size:
        return 1.0
    # By how many runs were taken, a polynomial whose coefficients count the ways to each sum: in one long number.
    width = comb(len(counts), size).bit_length() + 1
    ways = [1] + [0] * size
    for count in counts:
        for taken in range(size, 0, -1):
            ways[taken] += ways[taken - 1] << (count * width)
    rest, mask, found = ways[size] >> (failed * width), (1 << width) - 1, 0
    while rest:
        found += rest & mask
        rest >>= width
    return found / comb(len(counts), size)


def least_chance(tally: Tally) -> float:
    """The chance when the second side had got the worst runs of all: what fails seldom can prove nothing."""
    counts, size = sorted(tally.before + tally.after, reverse=True), len(tally.after)
    if not size or not counts[0]:
        return 1.0
    last = counts[size - 1]
    above, level = sum(one > last for one in counts), counts.count(last)
    return comb(level, size - above) / comb(len(counts), size)


def limit(tallies: Sequence[Tally], alpha: float) -> float:
    """How unlikely one of ``tallies`` must be, that chance makes one look worse no more often than ``alpha``."""
    least = sorted(map(least_chance, tallies))
    for asked in range(1, len(least) + 1):
        if sum(one <= alpha / asked for one in least) <= asked:
            return alpha / asked
    return alpha


def worse(tallies: Sequence[Tally], alpha: float) -> dict[str, float]:
    """Those that got worse by more than chance, with how likely chance is."""
    bound = limit(tallies, alpha)
    chances = {one.name: chance(one) for one in tallies}
    return {name: found for name, found in chances.items() if found <= bound}


def at_most(failed: int, judged: int, share: float) -> float:
    """How likely so few of ``judged`` fail when ``share`` of them should (binomial); 1 when it is not few."""
    if failed >= share * judged:
        return 1.0
    whole, yes, no = lgamma(judged + 1), log(share), log(1 - share)
    return sum(
        exp(whole - lgamma(one + 1) - lgamma(judged - one + 1) + one * yes + (judged - one) * no)
        for one in range(failed + 1)
    )


def at_least(failed: int, judged: int, share: float) -> float:
    """How likely so many of ``judged`` fail when ``share`` of them should (binomial); 1 when it is not many."""
    return at_most(judged - failed, judged, 1 - share)


def judgements_for(failed: int, judged: int, rate: float, share: float, risk: float, most: int = 1000) -> int | None:
    """How many judgements rule out that ``share`` fails, when those to come fail at ``rate``.

    None when no number below ``most`` does.
    """
    for number in range(max(judged, 1), most if rate < share else 0):
        if at_most(failed + round(rate * (number - judged)), number, share) <= risk:
            return number
    return None


def runs_until_worse(tally: Tally, bound: float, most: int = 60) -> int | None:
    """How many more runs of the second side would prove it worse, went it on so; None when ``most`` are too few."""
    proves = range(1, most)
    found = bisect_left(proves, True, key=lambda more: chance(_gone_on(tally, more)) <= bound)
    return proves[found] if found < len(proves) else None


def _gone_on(tally: Tally, more: int) -> Tally:
    """What it would be after ``more`` runs that fail as those before them."""
    return replace(tally, after=tuple(islice(cycle(tally.after), len(tally.after) + more)))


def by_thing(failures: Sequence[Mapping[str, int]], names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """For each name its number in each run."""
    return {name: tuple(run.get(name, 0) for run in failures) for name in names}
