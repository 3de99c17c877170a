"""The part of a run that one process carries out: the whole of it, or a worker's share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.judge.known import KnownIssue, load_known
from conformance.reporting.exchange_file import write_exchange
from conformance.reporting.outcome import ScenarioResult, Verdict
from conformance.reporting.shape import Shape, merge, shape_of
from conformance.run.case import Case
from conformance.run.catalogue import Catalogue
from conformance.run.lanes import Lanes, Replay
from conformance.run.opening import Opened
from conformance.run.options import MOCK, Options
from conformance.run.world import World
from conformance.wire.client import Client
from conformance.wire.exchange import Exchange

if TYPE_CHECKING:
    from conformance.run.sweep import Sweep

_EVIDENCE = ("failed", "broken", "known")


class RunPart:
    """The stage with what scenarios of this process share: a client, lanes, known issues, numbers of exchanges."""

    def __init__(self, options: Options, catalogue: Catalogue, opened: Opened, worker: str = "") -> None:
        self.options = options
        self.stage = opened.stage
        today = dt.datetime.now(dt.UTC).date()
        self.known: tuple[KnownIssue, ...] = load_known(
            options.known_issues, self.stage.profile.name, catalogue.clauses, today
        )
        self._opened = opened
        self._catalogue = catalogue
        self._worker = f"{worker}-" if worker else ""
        self._client: Client | None = None
        self._lanes: Lanes | None = None
        self._number = 0
        self._order: dict[str, int] = {}
        self._shown_replies: set[tuple[str, bytes]] = set()

    def look_ahead(self, cases: Iterable[Case]) -> None:
        """Start the lanes for the cases that may run ahead."""
        number = self.stage.profile.lanes if self.options.lanes is None else self.options.lanes
        if number > 0:
            self._lanes = Lanes(self.stage, self._catalogue.book, cases, number)
            self._lanes.start()

    def enter(self, case: Case) -> tuple[World, Replay]:
        """The world of ``case``, with what its lane recorded."""
        if self._client is None:
            self._client = self.stage.client()
        replay = Replay(self._client, self._lanes.recording(case) if self._lanes else [])
        return World(self.stage, case, replay), replay

    def evidence(self, world: World | None, verdict: Verdict) -> list[str]:
        """Write the exchanges of a scenario that found something: ``N:path`` each, N counting within the scenario."""
        if world is None or not (verdict.outcome in _EVIDENCE or world.violations):
            return []
        names = []
        for nth, exchange in enumerate(world.exchanges, 1):
            self._number += 1
            folder = self.options.reports / "exchanges"
            name = write_exchange(folder, f"{self._worker}{self._number:04}", exchange)
            names.append(f"{nth}:{self._shown(folder / name)}")
        return names

    def tell(self, result: ScenarioResult, verdict: Verdict, world: World | None) -> dict[str, Any]:
        """What the reporting process is told of a scenario, as plain values."""
        exchanges = world.exchanges if world else []
        return {
            "result": result.as_json(),
            "shapes": self._new_shapes(exchanges),
            "drift": {operation: list(paths) for operation, paths in world.drift.items()} if world else {},
            "matched": [issue.where for issue in verdict.matched],
            "unanswered": bool(exchanges and exchanges[-1].unanswered) and result.outcome == "broken",
        }

    def _new_shapes(self, exchanges: Iterable[Exchange]) -> dict[str, Any]:
        """The shapes of replies this process has not told yet: many replies of a run are the same to the byte."""
        new = [one for one in exchanges if (one.request.operation, one.body) not in self._shown_replies and one.served]
        self._shown_replies.update((one.request.operation, one.body) for one in new)
        shapes: dict[str, list[Shape]] = {}
        for one in new:
            shapes.setdefault(one.request.operation, []).append(shape_of(one.reply))
        return {operation: several[0] if len(several) == 1 else merge(several) for operation, several in shapes.items()}

    def number(self, nodeids: Iterable[str]) -> None:
        """Keep the order of collection, in which reports list scenarios wherever they ran."""
        self._order = {nodeid: place for place, nodeid in enumerate(nodeids)}

    def place(self, nodeid: str) -> tuple[int, str]:
        """Where a scenario stands in that order."""
        return self._order.get(nodeid, len(self._order)), nodeid

    def leftovers(self, sweep: type[Sweep], worker: str = "") -> list[str]:
        """Undo what is still open in the ledgers of this run, or of one worker; what could not be undone, in words."""
        work = sweep(self.stage, self.options.reports / "ledger", before=float("inf"))
        mine = work.of_run(self.stage.run_id + worker)
        return work.remove(mine) if mine else []

    def _shown(self, path: Path) -> str:
        try:
            return path.relative_to(self.options.root).as_posix()
        except ValueError:
            return str(path)

    @property
    def shares_a_mock(self) -> bool:
        """Whether workers share one mock: its settings change under everybody, so one worker must do it all."""
        return self.stage.control is not None and self.options.sites != (MOCK,)

    @property
    def lanes(self) -> Lanes | None:
        """The lanes, while they run."""
        return self._lanes

    def close(self) -> None:
        """Give everything back."""
        if self._lanes is not None:
            self._lanes.stop()
        if self._client is not None:
            self._client.close()
        self._opened.close()
