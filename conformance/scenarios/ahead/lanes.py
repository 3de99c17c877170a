"""Look-ahead: scenarios carried out before their turn, on a pool of threads.

A run waits for the site; while one request waits others can travel. Reports
and fixtures happen only in the serial phase. Of scenarios that only read it
replays what a lane recorded wherever the request is the same to the byte, and
judges; scenarios that change something, or want the site set otherwise, a lane
carries out whole, judgement and clean-up included, and the serial phase takes
the outcome over. What came to no verdict in a lane is carried out again in its
turn, alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace

from conformance.judge.findings import ContractViolation
from conformance.reporting.outcome import Recorder
from conformance.scenarios.ahead.holds import Holds, holds, kept_steady, setting_of
from conformance.scenarios.ahead.schedule import Schedule, Switchboard
from conformance.scenarios.execution import execute, new_record
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import StepRegistry
from conformance.sites.errors import CannotJudge
from conformance.sites.settings import Value
from conformance.wire.client import Sender, reads_only
from conformance.wire.exchange import Exchange, Request
from conformance.wire.sign_in import SiteClient

#: So many exchanges in a row without an answer, and the lanes stop: the serial phase will meet the cause by itself.
_ERRORS_IN_A_ROW = 5
#: Seconds between two looks at whether the lanes are still there.
_LOOKS_EVERY = 0.5
#: Seconds an interrupted run waits, beyond the time limit of a reply, for scenarios that change something to clean up.
_GRACE = 30.0


class Replay:
    """Answers from a recording as long as the requests are those recorded, then sends for real."""

    def __init__(self, client: Sender, recorded: Iterable[Exchange]) -> None:
        self._client = client
        self._recorded = list(recorded)
        self.replayed = 0.0

    def send(self, request: Request) -> Exchange:
        """The recorded exchange of ``request``; one request that differs ends the replay for good."""
        recorded = self._recorded.pop(0) if self._recorded and self._recorded[0].request == request else None
        if recorded is None or recorded.trouble:
            self._recorded.clear()
            exchange = self._client.send(request)
            return exchange if recorded is None else _anew(recorded, exchange)
        self.replayed += recorded.seconds
        return recorded


def _anew(lost: Exchange, exchange: Exchange) -> Exchange:
    """What was asked again since the lane got no reply to read: where it has one now, the site was not well then."""
    if exchange.trouble:
        return exchange
    notes = (*lost.notes, f"{lost.trouble}; asked again", *exchange.notes)
    return replace(exchange, notes=notes, unwell=(*(lost.unwell or (lost.trouble,)), *exchange.unwell))


def may_be_replayed(scenario: Scenario, settings: Mapping[str, Value]) -> bool:
    """Whether ``scenario`` only reads, and needs no setting but as the site has it now, and keeps it."""
    if (
        scenario.writes
        or scenario.mail
        or scenario.needs_control_plane
        or scenario.other_night
        or not all(map(reads_only, scenario.operations))
    ):
        return False
    return all(settings.get(name) == value for name, value in scenario.settings.items())


@dataclass(frozen=True)
class Carried:
    """A scenario that a lane carried out whole: what it met, what was found, what could not be put back."""

    context: ScenarioContext
    record: Recorder
    error: ContractViolation | CannotJudge | None
    cleanup_errors: tuple[str, ...]
    replayed: float


class _UntilStopped:
    """Sends until the run is over; what has changed the site may still be put back then."""

    def __init__(self, client: Sender, stopped: threading.Event) -> None:
        self._client = client
        self._stopped = stopped
        self.cleaning_up = False

    def send(self, request: Request) -> Exchange:
        """The exchange of ``request``."""
        if self._stopped.is_set() and not self.cleaning_up:
            raise CannotJudge("the run was interrupted")
        return self._client.send(request)


class Lanes:
    """Carries scenarios out ahead on ``number`` threads; each lane has a client of its own.

    ``writing`` says whether scenarios that change the site may be carried out ahead, too.
    """

    def __init__(
        self,
        run_context: RunContext,
        registry: StepRegistry,
        scenarios: Iterable[Scenario],
        number: int,
        *,
        writing: bool = False,
    ) -> None:
        # What a lane finds out about the site making users is told again, in its turn, by who meets it.
        self._run_context = replace(run_context, refused={})
        self._registry = registry
        control_plane = run_context.control_plane
        self._board = Switchboard(run_context, control_plane) if control_plane and writing else None
        self._reading: set[Scenario] = set()
        tasks = self._tasks(scenarios, writing)
        self._changes = self._board is not None or bool(tasks.keys() - self._reading)
        self._recorded: dict[Scenario, list[Exchange]] = {}
        self._carried: dict[Scenario, Carried] = {}
        self._done = {one: threading.Event() for one in tasks}
        self._schedule = Schedule(tasks, self._board)
        self._errors_in_a_row = 0
        self._stopped = threading.Event()
        # Daemons: an interrupted run must not wait for a site that hangs.
        self._threads = [
            threading.Thread(target=self._work, name=f"lane-{lane}", daemon=True)
            for lane in range(min(number, len(tasks)))
        ]

    def _only_reads(self, scenario: Scenario) -> bool:
        """Where settings are switched a replay would find the site set for somebody else."""
        settings = self._run_context.for_scenario(scenario).profile.settings
        return self._board is None and may_be_replayed(scenario, settings)

    def _tasks(self, scenarios: Iterable[Scenario], writing: bool) -> dict[Scenario, Holds]:
        tasks = {}
        for one in scenarios:
            # Whatever is wrong with a scenario is told in its turn.
            with suppress(Exception):
                if self._only_reads(one):
                    self._reading.add(one)
                if writing or one in self._reading:
                    tasks[one] = self._holds(one)
        return self._steadied(tasks)

    def _steadied(self, tasks: dict[Scenario, Holds]) -> dict[Scenario, Holds]:
        if self._board is None:
            return tasks
        board = self._board
        wanted = {(name, value) for held in tasks.values() for thing, value in held if (name := setting_of(thing))}
        present = {name: board.present(name) for name in sorted({name for name, _ in wanted})}
        switched = {name: present[name] for name, value in wanted if value != present[name]}
        return {one: kept_steady(held, switched) for one, held in tasks.items()}

    def _holds(self, scenario: Scenario) -> Holds:
        data = self._run_context.for_scenario(scenario).profile.data
        return holds(scenario, self._registry, data, settings=self._board is not None)

    def start(self) -> None:
        """Let the lanes run."""
        if not self._threads:
            self._stop()
        for thread in self._threads:
            thread.start()

    def recording(self, scenario: Scenario) -> list[Exchange]:
        """What was exchanged for ``scenario``, waiting for its lane; nothing for one that does not run ahead."""
        if scenario not in self._reading or scenario not in self._done:
            self.wait()
            return []
        self._schedule.prefer(scenario)
        self._await(self._done[scenario])
        return self._recorded.pop(scenario, [])

    def carried(self, scenario: Scenario) -> Carried | None:
        """``scenario`` as a lane carried it out whole, if one did and came to a verdict."""
        if scenario in self._done and scenario not in self._reading:
            self._schedule.prefer(scenario)
            self._await(self._done[scenario])
        return self._carried.pop(scenario, None)

    def wait(self) -> None:
        """Until every lane is idle and the site set as it was: before anything changes the site that they read."""
        for done in self._done.values():
            self._await(done)
        self._put_back()

    @property
    def late(self) -> frozenset[Scenario]:
        """Scenarios that wait for all who want the site as it is."""
        return self._schedule.late

    def _await(self, done: threading.Event) -> None:
        """Until ``done``, or until no lane is left: a process that was forked (pytest --forked) has none of ours."""
        while not done.wait(_LOOKS_EVERY):
            if not any(thread.is_alive() for thread in self._threads):
                return

    def stop(self) -> None:
        """Begin nothing more, and let what changes the site clean up."""
        self._stop()
        self._put_back()

    def _put_back(self) -> None:
        """The site as it was, once nobody is at work on it; what a killed run leaves stands in its ledger."""
        limit = self._run_context.profile.timeout + _GRACE
        if self._changes and self._schedule.wait(limit) and self._board is not None:
            with closing(self._run_context.client()) as client, suppress(CannotJudge):
                self._board.put_back(client)

    @property
    def progress(self) -> tuple[int, int]:
        """Scenarios carried out ahead, of how many."""
        return sum(done.is_set() for done in self._done.values()), len(self._done)

    def _stop(self) -> None:
        self._stopped.set()
        self._schedule.stop()
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
            while (scenario := self._schedule.take()) is not None:
                self._carry_out(scenario, client)
        except (CannotJudge, OSError):
            # A ledger on a full disk, too, is met again by the serial phase, which says it.
            self._stop()
        except BaseException:
            self._stop()
            raise
        finally:
            client.close()

    def _carry_out(self, scenario: Scenario, client: SiteClient) -> None:
        try:
            # Any exception at all ends a recording; in its turn the scenario meets it again and is broken by it.
            with suppress(Exception):
                if scenario in self._reading:
                    self._recorded[scenario] = self._ahead(scenario, client)
                else:
                    self._whole(scenario, client)
        finally:
            self._schedule.leave(scenario)
            self._done[scenario].set()

    def _ahead(self, scenario: Scenario, client: Sender) -> list[Exchange]:
        """The exchanges of the Given and When steps, to the first that came to no reply: from there on all is asked."""
        context = ScenarioContext(self._run_context, scenario, client)
        with suppress(Exception):
            for step in scenario.steps:
                if step.type != "then":
                    self._registry.look_up(step, scenario.path).carry_out(context)
        told = []
        for exchange in context.exchanges:
            self._count(exchange)
            told.append(exchange)
            if exchange.trouble:
                break
        return told

    def _whole(self, scenario: Scenario, client: Sender) -> None:
        """From the first step to the clean-up; a scenario that came to no verdict is tried again in its turn."""
        began, until_stopped = time.monotonic(), _UntilStopped(client, self._stopped)
        context, record = ScenarioContext(self._run_context, scenario, until_stopped), new_record(scenario)
        error: ContractViolation | CannotJudge | None = None
        try:
            execute(context, self._registry, record, alone=False)
            judged = True
        except ContractViolation as found:
            error, judged = found, True
        except CannotJudge as lost:
            # What got no reply may have been carried out or not, and is not asked for twice.
            unanswered = bool(context.exchanges) and context.exchanges[-1].unanswered
            error, judged = lost, scenario.writes and unanswered
        finally:
            until_stopped.cleaning_up = True
            errors = tuple(context.clean_up())
            for exchange in context.exchanges:
                self._count(exchange)
        if judged:
            took = time.monotonic() - began
            self._carried[scenario] = Carried(context, record, error, errors, took)

    def _count(self, exchange: Exchange) -> None:
        self._errors_in_a_row = self._errors_in_a_row + 1 if exchange.unanswered else 0
        if self._errors_in_a_row >= _ERRORS_IN_A_ROW:
            self._stop()
