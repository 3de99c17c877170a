"""``python -m tests.kills [--number 50] [--seed N] [--way WAY]``: so many runs killed at random moments, each swept.

Runs of features that write (with ``--whole`` of all), one row of each outline, in every way of ``WAYS`` in turn. Ends with 1
unless every state was as before.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kills.measure import WAYS, Moment, Result, kill, requests_of

EVERYTHING = ("features",)
#: Where runs change the site most: users, settings, events, meetings, mail.
WRITING = tuple(
    f"features/{name}.feature"
    for name in (
        "41.11.0/control-hub-users", "41.11.0/event-description", "41.12.0/classic-events", "41.4.0/entry-exit-tone",
        "41.4.0/large-events", "41.5.0/host-pin", "41.5.0/mail-subjects",
    )
)  # fmt: skip


def chosen(chance: random.Random, requests: int, changes: list[int]) -> Moment:
    """A moment: of three one anywhere, the others at a request that changes the site or right behind it."""
    number = chance.randint(1, requests) if chance.random() < 1 / 3 else chance.choice(changes) + chance.randint(0, 1)
    return Moment(min(number, requests), chance.random() < 0.5)


#: A run that asks less often than the one that was counted (mail came sooner) may be over before its moment.
MISSES = 5


def killed(folder: Path, way: str, chance: random.Random, length: tuple[int, list[int]], features: tuple[str, ...]) -> Result:
    """One run killed and swept; where its moment never came, another at another."""
    for miss in range(MISSES):
        result = kill(folder / str(miss), way, chosen(chance, *length), features)
        if result.killed:
            break
        print(f"miss {way}, {result.moment}: the run was over before", flush=True)
    return result


def main(arguments: list[str] | None = None) -> int:
    """Kill, sweep, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--number", type=int, default=50, help="how many runs are killed (50)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed kills at the same moments (1)")
    parser.add_argument("--way", action="append", choices=list(WAYS), help="only runs made in this way; repeatable")
    parser.add_argument("--whole", action="store_true", help="runs of all features")
    given = parser.parse_args(arguments)
    features = EVERYTHING if given.whole else WRITING
    chance, started = random.Random(given.seed), time.monotonic()
    ways = given.way or list(WAYS)
    results = []
    with TemporaryDirectory(prefix="wxc-kills-") as scratch:
        lengths = {way: requests_of(Path(scratch, f"whole-{place}"), way, features) for place, way in enumerate(ways)}
        print("seed", given.seed, "requests of a whole run:", ", ".join(f"{way} {number}" for way, (number, _) in lengths.items()), flush=True)
        for number in range(given.number):
            way = ways[number % len(ways)]
            result = killed(Path(scratch, str(number)), way, chance, lengths[way], features)
            results.append(result)
            print(f"{'ok  ' if result.good else 'BAD '} {result}", flush=True)
            if not result.good:
                print(result.told, flush=True)
    good, left = sum(one.good for one in results), sum(bool(one.left) for one in results)
    for way in ways:
        mine = [one for one in results if one.way == way]
        print(f"{way:22} killed {len(mine):3}  left something {sum(bool(one.left) for one in mine):3}  as before {sum(one.good for one in mine):3}")
    print(f"as before {good} of {len(results)}; {left} had left something; {time.monotonic() - started:.0f} s")
    return 0 if good == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
