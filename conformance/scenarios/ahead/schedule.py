"""Which scenario may begin now: the one after the other where their things touch, side by side where they do not."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping

from conformance.scenarios.ahead.holds import ALONE, Holds, list_of, setting_of
from conformance.scenarios.cleanup import undo
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.sites.control_plane import ControlPlane
from conformance.sites.ledger import SETTING, LedgerEntry
from conformance.sites.settings import Value, setting_named
from conformance.wire.client import Sender

#: Seconds between two looks at whether anything may begin, should nobody have told.
_LOOKS_EVERY = 0.5


class Switchboard:
    """The settings of a mock, as lanes want them: noted in the ledger before they are switched, and put back."""

    def __init__(self, run_context: RunContext, control_plane: ControlPlane) -> None:
        self._run_context = run_context
        self._control_plane = control_plane
        self._changed: dict[str, tuple[LedgerEntry, dict[str, str]]] = {}

    def present(self, name: str) -> Value:
        """How the site is set now."""
        return self._control_plane.setting(name)

    def switch(self, name: str, value: Value) -> None:
        """Set the site so."""
        if name not in self._changed:
            key = {"value": json.dumps(self.present(name))}
            entry = self._run_context.ledger.intend("", SETTING, name)
            self._run_context.ledger.created(entry, key)
            self._changed[name] = (entry, key)
        self._control_plane.set(setting_named(name), value)

    def put_back(self, client: Sender) -> None:
        """Everything as it was."""
        for name in list(self._changed):
            undo(self._run_context, client, *self._changed.pop(name))


class _Held:
    """What the scenarios under way hold, and how many of them."""

    def __init__(self) -> None:
        self._modes: dict[str, tuple[Value, int]] = {}

    def allows(self, wanted: Holds) -> bool:
        """Whether a scenario that wants this may join."""
        modes = self._modes
        for thing, mode in wanted:  # noqa: SIM110 - asked ten thousand times a run
            if thing in modes and (mode == ALONE or modes[thing][0] != mode):
                return False
        return True

    def add(self, holds: Holds) -> None:
        """One more holds this."""
        for thing, mode in holds:
            self._modes[thing] = (mode, self._modes.get(thing, (mode, 0))[1] + 1)

    def give_back(self, holds: Holds) -> None:
        """One less."""
        for thing, _ in holds:
            mode, times = self._modes.pop(thing)
            if times > 1:
                self._modes[thing] = (mode, times - 1)


class Schedule:
    """Hands scenarios to lanes, each as soon as nobody under way holds otherwise what it needs.

    A setting is switched when nobody who waits wants it as it is, or when nothing
    else can go on: once for all scenarios that want it so.
    """

    def __init__(self, holds: Mapping[Scenario, Holds], board: Switchboard | None) -> None:
        self._holds = holds
        self._board = board
        names = {name for held in holds.values() for name, _ in _settings(held)}
        self._settings = {name: board.present(name) for name in sorted(names)} if board else {}
        #: Scenarios that want the site set otherwise than it was: they go after those who do not.
        self.late = frozenset(one for one, held in holds.items() if self._to_switch(held))
        # Those who want the site as it is go first; the others need not wait for each other.
        self._wanted = Counter(wish for one, held in holds.items() if one not in self.late for wish in _settings(held))
        self._waiting: dict[Holds, deque[Scenario]] = {}
        for scenario in sorted(holds, key=self._urgency):
            self._waiting.setdefault(holds[scenario], deque()).append(scenario)
        self._held = _Held()
        self._under_way: set[Scenario] = set()
        self._preferred: Scenario | None = None
        self._switching: set[str] = set()
        self._stopped = False
        self._changed = threading.Condition()

    def prefer(self, scenario: Scenario) -> None:
        """Somebody waits for ``scenario``: it is the next, as soon as it may begin."""
        self._preferred = scenario

    def take(self) -> Scenario | None:
        """The next to carry out, the site set as it wants it; None when there is no more to do."""
        with self._changed:
            scenario = self._next()
            while scenario is None and self._waiting and not self._stopped:
                self._changed.wait(_LOOKS_EVERY)
                scenario = self._next()
        if scenario is not None:
            try:
                self._switch_for(scenario)
            except BaseException:
                self.leave(scenario)
                raise
        return scenario

    def leave(self, scenario: Scenario) -> None:
        """``scenario`` is over, its things as it found them; the last one leaves the site set as it was."""
        with self._changed:
            self._under_way.discard(scenario)
            self._held.give_back(self._holds[scenario])
            self._changed.notify_all()

    def stop(self) -> None:
        """Begin nothing more."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether nothing is under way any more, or comes to its end within ``seconds``."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, seconds)

    def _next(self) -> Scenario | None:
        if self._stopped:
            return None
        if (preferred := self._startable_now()) is not None:
            return preferred
        startable = (held for held in self._waiting if self._held.allows(held) and self._may_be_set_for(held))
        found = next(startable, None)
        if found is None and not self._under_way:
            found = next(iter(self._waiting), None)
        if found is None:
            return None
        return self._begun(self._waiting[found][0], found)

    def _startable_now(self) -> Scenario | None:
        """The one that somebody waits for, begun, if it may be."""
        wanted, self._preferred = self._preferred, None
        held = self._holds[wanted] if wanted else ()
        if wanted is None or wanted not in self._waiting.get(held, ()):
            return None
        if self._held.allows(held) and self._may_be_set_for(held):
            return self._begun(wanted, held)
        self._preferred = wanted
        return None

    def _begun(self, scenario: Scenario, held: Holds) -> Scenario:
        self._waiting[held].remove(scenario)
        if not self._waiting[held]:
            del self._waiting[held]
        self._begin(scenario, held)
        return scenario

    def _begin(self, scenario: Scenario, held: Holds) -> None:
        self._held.add(held)
        self._under_way.add(scenario)
        if scenario not in self.late:
            self._wanted.subtract(_settings(held))
        self._switching.update(self._to_switch(held))

    def _may_be_set_for(self, held: Holds) -> bool:
        names = self._to_switch(held)
        return not any(name in self._switching or self._wanted[name, self._settings[name]] > 0 for name in names)

    def _to_switch(self, held: Holds) -> list[str]:
        return [name for name, value in _settings(held) if value not in (ALONE, self._settings[name])]

    def _switch_for(self, scenario: Scenario) -> None:
        """Not while others wait for a lock: the site takes its time."""
        wishes = dict(_settings(self._holds[scenario]))
        for name in self._to_switch(self._holds[scenario]):
            assert self._board is not None
            self._board.switch(name, wishes[name])
            with self._changed:
                self._settings[name] = wishes[name]
                self._switching.discard(name)
                self._changed.notify_all()

    def _urgency(self, scenario: Scenario) -> tuple[int, str, int]:
        """First what keeps others waiting; what wants the site set otherwise comes when fewest want it as it is."""
        held = self._holds[scenario]
        lists = [thing for thing, _ in held if thing.startswith("list ") and not scenario.writes]
        alone = any(mode == ALONE and not setting_of(thing) for thing, mode in held)
        contested = any(self._contested(name, value) for name, value in _settings(held))
        ranks = (list_of("LstsummaryUser") in lists, alone, bool(lists), contested or scenario.writes)
        if scenario in self.late:
            return len(ranks), repr(list(_settings(held))), 0
        rank = (*ranks, False, True).index(True)
        return rank, "", -len(scenario.steps) if rank < len(ranks) else 0

    def _contested(self, name: str, value: Value) -> bool:
        otherwise = (wish for one in self.late for wish in _settings(self._holds[one]))
        return any(wish[0] == name and wish[1] != value for wish in otherwise)


def _settings(held: Holds) -> Iterator[tuple[str, Value]]:
    """The settings in ``held``, and how they are wanted."""
    return ((name, mode) for thing, mode in held if (name := setting_of(thing)))
