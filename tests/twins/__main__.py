"""``python -m tests.twins [NAME ...]``: every twin, or those named, judged as a live site is.

*warned* counts findings of level should on which the sources disagree, *stopped* scenarios without a verdict for a
reason of the site's own, an outage for instance; both are in the table of twins. *failed* and *broken* must be 0.
"""

from __future__ import annotations

import re
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import conftest  # noqa: F401 - the vocabulary
from conformance.sites.errors import UserError
from conformance.scenarios.features import Catalogue
from tests.conftest import ROOT
from tests.twins.site import judge
from tests.twins.table import TWINS

_catalogue: list[Catalogue] = []


@dataclass(frozen=True)
class Row:
    """One line of the table that is printed."""

    name: str
    judged: int
    passed: int
    failed: int
    broken: int
    warned: int
    stopped: int
    skipped: int
    requests: int
    accusations: tuple[str, ...]


def ready() -> Catalogue:
    """Every feature, read once in a process."""
    if not _catalogue:
        _catalogue.append(Catalogue(ROOT))
        _catalogue[0].read_all([ROOT / "features"])
    return _catalogue[0]


def row(name: str) -> Row:
    """A twin judged; a run that could not begin accuses the site, too."""
    try:
        told = judge(TWINS[name], ready())
    except UserError as problem:
        return Row(name, *(0,) * 8, (f"no run: {problem}",))
    except Exception:  # noqa: BLE001 - told as what it is
        return Row(name, *(0,) * 8, (f"no run: {traceback.format_exc()}",))
    failed, broken = len(told.failed), len(told.broken)
    warned, stopped = len(told.outcome("failed")) - failed, len(told.outcome("broken")) - broken
    counts = (told.judged, len(told.outcome("passed")), failed, broken, warned, stopped)
    return Row(name, *counts, told.skipped.total(), told.requests, tuple(told.accusations))


def gathered(rows: list[Row]) -> dict[str, list[str]]:
    """Every accusation once, with the twins it was made on; names the suite invents are the same for all."""
    found: dict[str, list[str]] = {}
    for one in rows:
        for words in one.accusations:
            found.setdefault(re.sub(r"wxc-[0-9a-f]+-", "wxc-", words), []).append(one.name)
    return found


def main(names: list[str]) -> int:
    """Print the table and what was said against sites that keep the contract."""
    unknown = [name for name in names if name not in TWINS]
    if unknown:
        print(f"error[twin]: there is no twin {unknown[0]}; twins are {', '.join(TWINS)}")
        return 4
    started = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        rows = list(pool.map(row, names or TWINS))
    columns = ("judged", "passed", "failed", "broken", "warned", "stopped", "skipped", "requests")
    print(f"{'twin':40}", *columns)
    for one in rows:
        print(f"{one.name:40}", *(f"{getattr(one, column):{len(column)}}" for column in columns))
    for words, where in gathered(rows).items():
        print(f"{words}\n    on {len(where)}: {', '.join(where)}")
    failed, broken, judged = (sum(values) for values in zip(*((one.failed, one.broken, one.judged) for one in rows), strict=True))
    print(f"{len(rows)} twins, {judged} scenarios judged, failed {failed}, broken {broken}, in {time.monotonic() - started:.1f} s")
    return int(any(one.accusations for one in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
