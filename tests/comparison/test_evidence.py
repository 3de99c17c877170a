"""Exact tests held against counting by hand, and against every way of dealing runs out."""

from __future__ import annotations

import random
from itertools import combinations
from math import comb

import pytest

from conformance.reporting.comparison.evidence import (
    Tally,
    at_most,
    by_thing,
    chance,
    at_least,
    judgements_for,
    least_chance,
    limit,
    runs_until_worse,
    worse,
)
from tests.comparison.power import proves, proves_knowing_flakes


def tally(before: tuple[int, ...], after: tuple[int, ...], name: str = "one") -> Tally:
    return Tally(name, before, after, (len(before), len(after)))


def dealt(before: tuple[int, ...], after: tuple[int, ...]) -> float:
    """The share of all ways to deal the runs out in which the second side has as many failures, or more."""
    every = before + after
    ways = [sum(every[place] for place in places) for places in combinations(range(len(every)), len(after))]
    return sum(one >= sum(after) for one in ways) / len(ways)


@pytest.mark.parametrize("seed", range(20))
def test_chance_is_that_of_all_ways_to_deal_the_runs_out(seed: int) -> None:
    dice = random.Random(seed)
    before, after = (tuple(dice.choice((0, 0, 1, 3)) for _ in range(dice.randrange(2, 7))) for _ in range(2))
    wanted = dealt(before, after)
    # Where the second side is not the worse one nothing is asked.
    assert chance(tally(before, after)) == pytest.approx(wanted if chance(tally(before, after)) < 1 else 1.0)
    worst = tally(before, tuple(sorted(before + after)[-len(after):]))
    assert least_chance(tally(before, after)) <= wanted + 1e-12
    assert least_chance(worst) > 0


def test_one_scenario_is_fishers_exact_test() -> None:
    lady = tally((0, 0, 0, 1), (1, 1, 1, 0))
    assert chance(lady) == pytest.approx((comb(4, 3) * comb(4, 1) + 1) / comb(8, 4))
    assert chance(tally((0,) * 20, (1,) * 4 + (0,) * 16)) == pytest.approx(comb(36, 16) / comb(40, 20))


def test_one_bad_night_is_one_run_however_much_failed_in_it() -> None:
    assert chance(tally((0,) * 20, (500,) + (0,) * 19)) == pytest.approx(0.5)


def test_what_can_prove_nothing_costs_the_others_nothing() -> None:
    broken = tally((0,) * 8, (1,) * 8, "broken")
    seldom = [tally((0,) * 8, (1, *(0,) * 7), f"seldom {nth}") for nth in range(200)]
    assert limit([broken, *seldom], 0.01) == 0.01
    assert set(worse([broken, *seldom], 0.01)) == {"broken"}
    often = [tally((1, 0) * 4, (1, 0) * 4, f"often {nth}") for nth in range(200)]
    assert limit([broken, *often], 0.01) < 0.01 / 100


def test_how_many_judgements_rule_a_fault_out() -> None:
    assert at_most(0, 20, 0.2) > 0.01 >= at_most(0, 21, 0.2)
    assert at_most(0, 20, 0.2) == pytest.approx(0.8**20)
    assert at_most(3, 10, 0.2) == 1.0
    assert judgements_for(0, 5, 0.0, 0.2, 0.01) == 21
    assert judgements_for(1, 21, 0.0, 0.2, 0.01) == 31
    assert judgements_for(5, 10, 0.5, 0.2, 0.01, most=99) is None
    assert at_most(100, 4000, 0.2) == pytest.approx(0.0, abs=1e-12)


def test_how_many_runs_would_prove_it() -> None:
    assert runs_until_worse(tally((0,) * 6, (1, 1)), 0.01) == 2
    assert runs_until_worse(tally((0,) * 3, (1,)), 0.1) == 1
    assert runs_until_worse(tally((0,) * 3, (1,)), 0.25) == 1, "it is asked only where it is not yet proven"
    assert runs_until_worse(tally((0,), (1,)), 0.01, most=30) is None


BROKEN = tally((0,), (1,))


def test_how_often_it_failed_is_told_of_how_often_it_was_judged() -> None:
    one = Tally("one", (0, 1), (3, 4), (20, 28))
    assert (one.counts, one.share) == ("1 of 20, then 7 of 28", (0.05, 0.25))
    assert Tally("one", (), (), (0, 0)).share == (0.0, 0.0)


def test_the_worst_the_second_side_could_have_had() -> None:
    assert least_chance(BROKEN) == 0.5
    assert least_chance(tally((0, 0), (1, 0))) == 1 / 2
    assert least_chance(tally((2, 1), (1, 0))) == 2 / 6
    assert [least_chance(one) for one in (tally((1, 0), ()), tally((0,), (0,)), tally((), ()))] == [1.0] * 3


@pytest.mark.parametrize(("number", "alpha", "bound"), [(1, 0.5, 0.5), (2, 0.5, 0.25), (3, 0.6, 0.3), (2, 0.9, 0.45), (2, 0.4, 0.4), (0, 0.01, 0.01)])
def test_error_is_shared_by_those_that_can_prove_something(number: int, alpha: float, bound: float) -> None:
    assert limit([BROKEN] * number, alpha) == bound


def test_what_is_as_unlikely_as_asked_counts() -> None:
    assert worse([BROKEN], 0.5) == {"one": 0.5}
    assert worse([BROKEN], 0.49) == {}
    assert runs_until_worse(BROKEN, 1 / 4) == 2
    assert judgements_for(0, 5, 0.0, 0.2, at_most(0, 21, 0.2)) == 21


def test_as_many_failures_as_there_should_be_are_not_few() -> None:
    assert at_most(2, 10, 0.2) == 1.0
    assert at_most(1, 10, 0.2) == pytest.approx(0.8**10 + 10 * 0.2 * 0.8**9)


def test_so_many_failures_as_there_should_be_are_not_many() -> None:
    assert at_least(0, 0, 0.2) == at_least(2, 10, 0.2) == at_least(1, 10, 0.2) == 1.0
    assert at_least(3, 3, 0.2) == pytest.approx(0.2**3)
    assert at_least(9, 10, 0.2) == pytest.approx(0.2**10 + 10 * 0.8 * 0.2**9)


def test_those_to_come_fail_as_they_are_said_to() -> None:
    number = judgements_for(0, 10, 0.1, 0.2, 0.01)
    assert number is not None
    few = [at_most(round(0.1 * (one - 10)), one, 0.2) <= 0.01 for one in range(10, number + 1)]
    assert few == [False] * (number - 10) + [True]
    assert number == 55
    assert sum(comb(55, one) * 0.2**one * 0.8 ** (55 - one) for one in range(5)) < 0.01, "4.5 of 45 are 4"
    assert judgements_for(0, 0, 0.0, 0.995, 0.01) == 1, "one is enough"


@pytest.mark.parametrize("rate", [0.2, 0.3, 0.5])
def test_what_fails_as_often_as_is_too_often_rules_nothing_out(rate: float) -> None:
    assert judgements_for(0, 20, rate, 0.2, 0.01) is None


def test_after_sixty_more_runs_nobody_goes_on() -> None:
    assert runs_until_worse(BROKEN, 0.01) is None
    assert runs_until_worse(BROKEN, 1 / 60) == 58
    assert runs_until_worse(BROKEN, 1 / 61) == 59
    assert runs_until_worse(BROKEN, 1 / 62) is None
    assert runs_until_worse(tally((0,), (1, 0)), 0.4, most=9) is None


def test_failures_of_each_thing_run_by_run() -> None:
    assert by_thing([{"a": 2}, {}, {"b": 1, "a": 1}], ["a", "b", "c"]) == {"a": (2, 0, 1), "b": (0, 0, 1), "c": (0, 0, 0)}


def test_what_20_judgements_a_side_cannot_prove_of_one_clause_nobody_could() -> None:
    """The figures of docs/upgrade.md, as ``python -m tests.comparison.power`` prints them."""
    assert proves(20, 0.01 / 3 / 153) < 0.001
    assert 0.09 < proves(20, 0.01) < 0.1
    assert 0.74 < proves_knowing_flakes(20, 0.01) < 0.76
    assert proves_knowing_flakes(40, 0.01) > 0.95
