"""What happened in a scenario, step by step, for the reports."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from conformance.judge.violation import Violation
from conformance.wire.exchange import Exchange


@dataclass
class StepRecord:
    """One step: its words, what became of it, when, and the exchanges it sent. Times are seconds since the epoch."""

    keyword: str
    text: str
    status: str = "skipped"
    start: float = 0.0
    stop: float = 0.0
    cause: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    exchanges: list[Exchange] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    observations: list[str] = field(default_factory=list)


class Recorder:
    """Follows one scenario through its steps; steps never reached stay ``skipped``."""

    def __init__(self, steps: list[StepRecord]) -> None:
        self.steps = steps
        self._open: StepRecord | None = None
        self._next = 0

    def begin(self) -> None:
        """The next step starts."""
        self._open = self.steps[self._next]
        self._next += 1
        self._open.start = self._open.stop = time.time()

    def end(self, cause: str = "") -> None:
        """The open step ended; ``cause`` says why it broke.

        An exchange carried out ahead of time keeps its real times, so the step
        shows how long the site took and not how long the replay took.
        """
        step = self._open
        if step is None:
            return
        step.stop = time.time()
        step.cause = cause
        step.status = "broken" if cause else "failed" if step.violations else "passed"
        if step.exchanges and step.exchanges[0].started < step.start:
            step.start = step.exchanges[0].started
            step.stop = step.exchanges[-1].started + step.exchanges[-1].seconds
        self._open = None

    def attribute(self, exchanges: list[Exchange], violations: list[Violation], observations: list[str]) -> None:
        """Give the open step what the scenario has gathered beyond the steps before it."""
        step = self._open
        if step is not None:
            step.exchanges += exchanges[sum(len(one.exchanges) for one in self.steps) :]
            step.violations += violations[sum(len(one.violations) for one in self.steps) :]
            step.observations += observations[sum(len(one.observations) for one in self.steps) :]
