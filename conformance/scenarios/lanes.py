"""Look-ahead: the Given and When steps of scenarios that only read, carried out ahead of time on a pool of threads.

A run waits for the site; while one request waits others can travel. Verdicts,
reports and fixtures happen only in the serial phase, which replays what a lane
recorded wherever the request is the same to the byte.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress

from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import StepRegistry
from conformance.sites.settings import Value
from conformance.wire.client import Sender, reads_only
from conformance.wire.exchange import Exchange, Request

#: So many exchanges in a row without an answer, and the lanes stop: the serial phase will meet the cause by itself.
_ERRORS_IN_A_ROW = 5
#: Seconds between two looks at whether the lanes are still there.
_LOOKS_EVERY = 0.5


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


def may_run_ahead(scenario: Scenario, settings: Mapping[str, Value]) -> bool:
    """Whether ``scenario`` only reads, and needs no setting but as the site has it now."""
    if (
        scenario.writes
        or scenario.mail
        or scenario.needs_control_plane
        or scenario.other_night
        or not all(map(reads_only, scenario.operations))
    ):
        return False
    return all(settings.get(name) == value for name, value in scenario.settings.items())


class Lanes:
    """Carries scenarios out ahead on ``number`` threads, in the order given; each lane has a client of its own."""

    def __init__(
        self, run_context: RunContext, registry: StepRegistry, scenarios: Iterable[Scenario], number: int
    ) -> None:
        self._run_context = run_context
        self._registry = registry
        self._recorded: dict[Scenario, list[Exchange]] = {}
        self._done = {
            scenario: threading.Event()
            for scenario in scenarios
            if may_run_ahead(scenario, run_context.for_scenario(scenario).profile.settings)
        }
        self._waiting: queue.SimpleQueue[Scenario] = queue.SimpleQueue()
        for scenario in self._done:
            self._waiting.put(scenario)
        self._errors_in_a_row = 0
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

    def recording(self, scenario: Scenario) -> list[Exchange]:
        """What was exchanged for ``scenario``, waiting for its lane; nothing for one that does not run ahead."""
        if scenario not in self._done:
            self.wait()
            return []
        self._await(self._done[scenario])
        return self._recorded.pop(scenario, [])

    def wait(self) -> None:
        """Until every lane is idle: before anything changes the site that they read."""
        for done in self._done.values():
            self._await(done)

    def _await(self, done: threading.Event) -> None:
        """Until ``done``, or until no lane is left: a process that was forked (pytest --forked) has none of ours."""
        while not done.wait(_LOOKS_EVERY):
            if not any(thread.is_alive() for thread in self._threads):
                return

    def stop(self) -> None:
        """Begin nothing more."""
        self._stop()

    @property
    def progress(self) -> tuple[int, int]:
        """Scenarios carried out ahead, of how many."""
        return sum(done.is_set() for done in self._done.values()), len(self._done)

    def _stop(self) -> None:
        self._stopped.set()
        for done in self._done.values():
            done.set()

    def _work(self) -> None:
        """Whatever happens to a lane, nobody waits for it: what it did not record is carried out in its turn."""
        try:
            client = self._run_context.client()
        except Exception:  # noqa: BLE001 - the serial phase meets the same, and says it
            self._stop()
            return
        try:
            while not self._stopped.is_set():
                scenario = self._waiting.get_nowait()
                # Any exception at all ends a recording; in its turn the scenario meets it again and is broken by it.
                with suppress(Exception):
                    self._recorded[scenario] = self._ahead(scenario, client)
                self._done[scenario].set()
        except queue.Empty:
            pass
        except BaseException:
            self._stop()
            raise
        finally:
            client.close()

    def _ahead(self, scenario: Scenario, client: Sender) -> list[Exchange]:
        """The exchanges of the Given and When steps; only what came back sound is worth replaying."""
        context = ScenarioContext(self._run_context, scenario, client)
        with suppress(Exception):
            for step in scenario.steps:
                if step.type != "then":
                    self._registry.look_up(step, scenario.path).carry_out(context)
        sound = []
        for exchange in context.exchanges:
            self._count(exchange)
            if exchange.error:
                break
            sound.append(exchange)
        return sound

    def _count(self, exchange: Exchange) -> None:
        self._errors_in_a_row = self._errors_in_a_row + 1 if exchange.error else 0
        if self._errors_in_a_row >= _ERRORS_IN_A_ROW:
            self._stop()
