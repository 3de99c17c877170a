"""``python -m tests.rejudge [TURNS]``: recordings of everything judged again; of the faults one in ``TURNS``."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.history.causes import catalogue, scenarios
from tests.rejudge.measure import agreed, everything


def measured(kind: str, names: list[str]) -> bool:
    """Print in how many cases of one kind a recording is judged otherwise than the run was; whether in any."""
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        told = list(pool.map(partial(agreed, kind), names, chunksize=4))
    for name, (_, different) in zip(names, told, strict=True):
        for words in different:
            print(f"different: {kind} {name}: {words}")
    judged, wrong = sum(one for one, _ in told), sum(len(different) for _, different in told)
    print(f"{kind}: {len(names)} recordings, {judged} scenarios judged again, {wrong} otherwise than in the run", flush=True)
    return bool(wrong)


if __name__ == "__main__":
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    scenarios()
    catalogue()
    wrong = [measured(kind, names[:: turns if kind == "fault" else 1]) for kind, names in everything().items()]
    sys.exit(any(wrong))
