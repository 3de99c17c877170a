"""``python -m tests.mutants [MODULE ...] [--turn] [--children N]``: mutants of what decides verdicts, and how many the tests kill.

``make mutants`` installs mutmut first (requirements.lock beside this). All modules of ``modules.toml``, those named, or with ``--turn`` the one of the day.
Ends with 1 when less than 95 % of a module's are killed, or an equivalent is none any more.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.measure import Count, counted, equivalents, measured, modules, stale
from tests.rotation import today

LEAST = 0.95


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    known = modules()
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(known)} (all)")
    parser.add_argument("--turn", action="store_true", help="only the module that has its turn today")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, metavar="N", help="mutants tried at once (%(default)s)")
    given = parser.parse_args(arguments)
    if unknown := set(given.modules) - set(known):
        parser.error(f"no module is called {min(unknown)}")
    names = given.modules or list(known)
    chosen = [known[name] for name in ([names[today() % len(names)]] if given.turn else names)]
    started = time.monotonic()
    with TemporaryDirectory(prefix="wxc-mutants-") as folder:
        mutants = measured(Path(folder), chosen, given.children)
    counts = counted(mutants, equivalents())
    old = stale(mutants, equivalents(), [one.name for one in chosen])
    print("\n".join([*table(counts), *(f"no survivor any more: {one.function}: {one.line}" for one in old)]))
    print(f"{len(mutants)} mutants in {time.monotonic() - started:.0f} s")
    return int(bool(old) or any(one.share < LEAST for one in counts))


def table(counts: list[Count]) -> list[str]:
    """A line for each module, and below it what survived."""
    lines = []
    for one in counts:
        words = f"killed {one.killed:4}  survived {len(one.survived):3}  equivalent {one.equivalent:2}  {one.share:6.1%}"
        lines.append(f"{one.module:16} {words}")
        lines += [f"    {mutant.outcome}  {mutant.function}: {mutant.line}" for mutant in one.survived]
    return lines


if __name__ == "__main__":
    sys.exit(main())
