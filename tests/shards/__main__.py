"""``python -m tests.shards [--number 20] [--seed N] [--signal KILL]``: so many shards killed at random moments, merged, retried, merged again.

Ends with 1 unless the merge without a retry named what was missing, the merge after it was whole, and the sites held what they had
held, every time.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kills.measure import Moment
from tests.shards.measure import Machines, kill, machines


def chosen(chance: random.Random, here: Machines) -> tuple[int, str, Moment]:
    """A shard, one of its sites, and one of the requests it asks that."""
    shard = chance.choice(sorted(here.requests))
    site = chance.choice(sorted(here.requests[shard]))
    # Found by waiting, and by lanes, a run asks a few more or less: the last tenth may never come.
    number = chance.randint(1, max(1, here.requests[shard][site] * 9 // 10))
    return shard, site, Moment(number, chance.random() < 0.5)


def main(arguments: list[str] | None = None) -> int:
    """Kill, merge, retry, merge, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.shards", description=__doc__)
    parser.add_argument("--number", type=int, default=20, help="how many shards are killed (20)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed kills at the same moments (1)")
    parser.add_argument("--signal", choices=("KILL", "TERM", "INT"), default="KILL", help="what a shard is sent (KILL)")
    given = parser.parse_args(arguments)
    how = signal.Signals[f"SIG{given.signal}"]
    chance, started, results = random.Random(given.seed), time.monotonic(), []
    with TemporaryDirectory(prefix="wxc-shards-") as scratch, machines(Path(scratch)) as here:
        print("seed", given.seed, "requests of each shard:", here.requests, flush=True)
        for number in range(given.number):
            result = kill(here, Path(scratch, f"trial-{number}"), *chosen(chance, here), how)
            results.append(result)
            print(f"{'ok  ' if result.good else 'BAD '} {result}", flush=True)
            if not result.good:
                print(result.told, flush=True)
    good = sum(one.good for one in results)
    named, whole, held = sum(one.named for one in results), sum(one.whole for one in results), sum(not one.remains for one in results)
    print(f"killed {len(results)}: missing named {named}, whole after a retry {whole}, sites as before {held}; {time.monotonic() - started:.0f} s")
    return 0 if good == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
