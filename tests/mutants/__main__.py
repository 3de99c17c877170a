"""``python -m tests.mutants [MODULE ...] [--turn | --planted] [--children N]``: mutants of what decides verdicts, and how many the tests kill.

``make mutants`` installs mutmut first (requirements.lock beside this). All modules of ``modules.toml``, those named, or with ``--turn`` the one of the day;
``--planted`` plants bugs that somebody planted by hand before. Ends with 1 when fewer of a module's are killed than it must, an equivalent is none
any more, or a planted bug goes unnoticed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.measure import Count, Module, copied, counted, equivalents, measured, modules, stale
from tests.mutants.planted import noticed
from tests.rotation import today


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    known = modules()
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(known)} (all)")
    parser.add_argument("--turn", action="store_true", help="only the module that has its turn today")
    parser.add_argument("--planted", action="store_true", help="only the bugs planted by hand")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, metavar="N", help="mutants tried at once (%(default)s)")
    given = parser.parse_args(arguments)
    if unknown := set(given.modules) - set(known):
        parser.error(f"no module is called {min(unknown)}")
    names = given.modules or list(known)
    chosen = [known[name] for name in ([names[today() % len(names)]] if given.turn else names)]
    with TemporaryDirectory(prefix="wxc-mutants-") as folder:
        return planted(Path(folder)) if given.planted else mutants(Path(folder), chosen, given.children)


def mutants(folder: Path, chosen: list[Module], children: int) -> int:
    """Module by module, as they are measured."""
    same, counts, old = equivalents(), [], []
    started = time.monotonic()
    copied(folder)
    for module in chosen:
        found = measured(folder, module, children, same)
        (count,) = counted(found, same) or [Count(module.name, 0, (), 0)]
        counts.append(count)
        gone = stale(found, same, [module.name])
        old += gone
        print("\n".join([*table(count, module.least), *(f"    no survivor any more: {one.function}: {one.line}" for one in gone)]), flush=True)
    killed, survived, equivalent = sum(one.killed for one in counts), sum(len(one.survived) for one in counts), sum(one.equivalent for one in counts)
    below = [module.name for module, count in zip(chosen, counts, strict=True) if count.share < module.least]
    print(f"{len(counts)} modules, {killed + survived + equivalent} mutants: killed {killed}, survived {survived}, equivalent {equivalent}")
    print(f"{time.monotonic() - started:.0f} s; below what must be killed: {', '.join(below) or 'none'}")
    return int(bool(old or below))


def planted(folder: Path) -> int:
    """Bug by bug."""
    seen = []
    for bug, told in noticed(folder):
        seen.append(told)
        print(f"{'noticed ' if told else 'SURVIVED'}  {bug.what}", flush=True)
    print(f"{sum(seen)} of {len(seen)} planted bugs noticed")
    return int(not all(seen))


def table(one: Count, least: float) -> list[str]:
    """A line for a module, and below it what survived."""
    words = f"killed {one.killed:4}  survived {len(one.survived):3}  equivalent {one.equivalent:3}  {one.share:6.1%}"
    lines = [f"{one.module:16} {words}{f'  below {least:.0%}' if one.share < least else ''}"]
    return lines + [f"    {mutant.outcome}  {mutant.function}: {mutant.line}" for mutant in one.survived]


if __name__ == "__main__":
    sys.exit(main())
