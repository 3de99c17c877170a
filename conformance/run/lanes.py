"""Look-ahead: the Given and When steps of scenarios that only read, carried out ahead of time on a pool of threads.

A run waits for the site; while one request waits others can travel. Verdicts,
reports and fixtures happen only in the serial phase, which replays what a lane
recorded wherever the request is the same to the byte.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Mapping

from conformance.run.case import Case
from conformance.run.stage import Stage
from conformance.run.stepbook import StepBook
from conformance.run.world import World
from conformance.target.settings import Value
from conformance.target.trouble import CannotJudge, UserError
from conformance.wire.client import Sender, reads_only
from conformance.wire.exchange import Exchange, Request

#: So many exchanges in a row without an answer, and the lanes stop: the serial phase will meet the cause by itself.
_TROUBLES_IN_A_ROW = 5


class Replay:
    """Answers from a recording as long as the requests are those recorded, then sends for real."""

    def __init__(self, client: Sender, recorded: Iterable[Exchange]) -> None:
        self._client = client
        self._recorded = list(recorded)
        self.replayed = 0.0

    def send(self, request: Request) -> Exchange:
        """The recorded exchange of ``request``; one request that differs ends the replay for good."""
        if self._recorded and self._recorded[0].request == request:
            exchange = self._recorded.pop(0)
            self.replayed += exchange.seconds
            return exchange
        self._recorded.clear()
        return self._client.send(request)


def may_run_ahead(case: Case, settings: Mapping[str, Value]) -> bool:
    """Whether ``case`` only reads, and needs no setting but as the site has it now."""
    if case.writes or case.mail or case.control or not all(map(reads_only, case.operations)):
        return False
    return all(settings.get(name) == value for name, value in case.settings.items())


class Lanes:
    """Carries cases out ahead on ``number`` threads, in the order given; each lane has a client of its own."""

    def __init__(self, stage: Stage, book: StepBook, cases: Iterable[Case], number: int) -> None:
        self._stage = stage
        self._book = book
        self._recorded: dict[Case, list[Exchange]] = {}
        self._done = {case: threading.Event() for case in cases if may_run_ahead(case, stage.profile.settings)}
        self._waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
        for case in self._done:
            self._waiting.put(case)
        self._troubles = 0
        self._stopped = threading.Event()
        # Daemons: an interrupted run must not wait for a site that hangs.
        self._threads = [
            threading.Thread(target=self._work, name=f"lane-{lane}", daemon=True)
            for lane in range(min(number, len(self._done)))
        ]

    def start(self) -> None:
        """Let the lanes run."""
        if not self._threads:
            self._stop()
        for thread in self._threads:
            thread.start()

    def recording(self, case: Case) -> list[Exchange]:
        """What was exchanged for ``case``, waiting for its lane; nothing for a case that does not run ahead."""
        if case not in self._done:
            self.wait()
            return []
        self._done[case].wait()
        return self._recorded.pop(case, [])

    def wait(self) -> None:
        """Until every lane is idle: before anything changes the site that they read."""
        for done in self._done.values():
            done.wait()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stop()

    @property
    def progress(self) -> tuple[int, int]:
        """Cases carried out ahead, of how many."""
        return sum(done.is_set() for done in self._done.values()), len(self._done)

    def _stop(self) -> None:
        self._stopped.set()
        for done in self._done.values():
            done.set()

    def _work(self) -> None:
        client = self._stage.client()
        try:
            while not self._stopped.is_set():
                case = self._waiting.get_nowait()
                self._recorded[case] = self._ahead(case, client)
                self._done[case].set()
        except queue.Empty:
            pass
        finally:
            client.close()

    def _ahead(self, case: Case, client: Sender) -> list[Exchange]:
        """The exchanges of the Given and When steps; only what came back sound is worth replaying."""
        world = World(self._stage, case, client)
        try:
            for sentence in case.sentences:
                if sentence.type != "then":
                    self._book.look_up(sentence, case.path).carry_out(world)
        except (CannotJudge, UserError):
            pass
        sound = []
        for exchange in world.exchanges:
            self._count(exchange)
            if exchange.trouble:
                break
            sound.append(exchange)
        return sound

    def _count(self, exchange: Exchange) -> None:
        self._troubles = self._troubles + 1 if exchange.trouble else 0
        if self._troubles >= _TROUBLES_IN_A_ROW:
            self._stop()
