"""Made-up runs on two sides: the scenarios of the suite, each failing by chance, and on one side a fault.

The model: every scenario sends the requests of its operations once and fails when a request shows the fault; besides,
each fails by itself at a rate that is the same on both sides. Whole nights of failing together come on top of it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import conftest  # noqa: F401 - the vocabulary
from conformance.reporting.comparison.sides import Side, UpgradeRun
from conformance.reporting.comparison.upgrade import Suite, decide
from conformance.scenarios.features import Catalogue
from conformance.sites.release import Release
from tests.conftest import ROOT

_OLD, _NEW = Release.parse("41.11.0"), Release.parse("41.12.0")


@dataclass(frozen=True)
class Fault:
    """Shown by a ``share`` of what ``of`` names: the whole site (""), an operation, or a clause."""

    share: float = 0.0
    of: str = ""


@cache
def suite() -> Suite:
    """The scenarios of 41.12.0 and before, as the suite has them."""
    catalogue = Catalogue(ROOT)
    catalogue.read_all([ROOT / "features"])
    every = [one for file in catalogue.known_files() for one in file.scenarios.values()]
    mine = [one for one in every if one.operations and one.clause.release <= _NEW and one.level == "must"]
    return Suite({one.nodeid: (one.clause.id,) for one in mine}, {one.nodeid: one.operations for one in mine})


def pair(seed: int, runs: int, flakes: float, fault: Fault = Fault(), bad_nights: float = 0.0) -> tuple[Side, Side]:
    """``runs`` on each side, with the fault in those after; on a share of ``bad_nights`` a tenth of everything fails."""
    dice = random.Random(seed)
    sides = []
    for release, there in ((_OLD, Fault()), (_NEW, fault)):
        made = [_run(f"{release}-{nth}", release, dice, flakes, there, bad_nights) for nth in range(runs)]
        sides.append(Side(tuple(made)))
    return sides[0], sides[1]


def _run(
    name: str, release: Release, dice: random.Random, flakes: float, fault: Fault, bad_nights: float
) -> UpgradeRun:
    names = list(suite().clauses)
    outcomes = dict.fromkeys(names, "good")
    rate = 0.1 if dice.random() < bad_nights else flakes
    outcomes.update((names[place], "bad") for place in _some(len(names), rate, dice))
    for one in names if fault.share else ():
        sent = _requests(one, fault.of)
        if sent and dice.random() > (1 - fault.share) ** sent:
            outcomes[one] = "bad"
    return UpgradeRun(name, release, outcomes)


def _requests(name: str, of: str) -> int:
    """How many requests of a scenario can show a fault of what ``of`` names."""
    operations = suite().operations[name]
    return len(operations) if not of else operations.count(of) + (of in suite().clauses[name])


def _some(number: int, rate: float, dice: random.Random) -> Iterator[int]:
    """Each of ``number`` places at a ``rate``, without a throw of the dice for those that are left out."""
    place = -1
    while rate:
        place += 1 + int(math.log(1 - dice.random()) / math.log(1 - rate))
        if place >= number:
            return
        yield place


#: Pairs that are equal: how often a scenario fails by itself on either side, and how many nights are bad.
EQUAL = {"equal, flakes of 0 to 5 %": 0.0, "equal, every tenth night bad": 0.1}
#: Pairs with a fault in every fifth request; of a clause alone, what 20 runs tell is not enough to say no-go.
FAULTY = {"a fault of the site": True, "a fault of one operation": True, "a fault of one clause": False}


def decided(case: tuple[str, int, int]) -> str:
    """What is decided about the pair of one kind, seed and number of runs."""
    kind, seed, runs = case
    dice = random.Random(f"{kind} {seed}")
    of = {
        "a fault of one operation": sorted({one for several in suite().operations.values() for one in several}),
        "a fault of one clause": sorted({one for several in suite().clauses.values() for one in several}),
    }.get(kind, [""])
    fault = Fault(0.2, dice.choice(of)) if kind in FAULTY else Fault()
    sides = pair(dice.getrandbits(64), runs, dice.uniform(0, 0.05), fault, EQUAL.get(kind, 0.0))
    return decide(*sides, suite()).word
