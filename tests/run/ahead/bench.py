"""Lanes without a run: scenarios made of a few steps, and lanes that are over when a test is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.judge.findings import Finding
from conformance.scenarios.ahead.lanes import Carried, Lanes
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.scenarios.step_registry import ScenarioStep
from conformance.sites.errors import CannotJudge
from conformance.wire.exchange import Exchange
from tests.conftest import SAFETY
from tests.run.answering_site import body

ADMIN = "site-admin"
MEETING = body("CreateMeeting", "meeting", "<n:meetingkey>77</n:meetingkey>")
TONE, SPOKEN = "entry-exit-tone", "the entry and exit tone of meetings"
Action = Callable[[ScenarioContext], object]


@dataclass(frozen=True)
class Sentence:
    """A step of a test: what it does, and its arguments."""

    carry_out: Action
    arguments: Mapping[str, str] = field(default_factory=dict)


class Sentences:
    """The vocabulary of a test: sentence by sentence what it does."""

    def __init__(self, **sentences: Action | Sentence) -> None:
        self._sentences = sentences

    def look_up(self, step: ScenarioStep, path: str) -> Sentence:
        assert path.endswith(".feature")
        found = self._sentences[step.text]
        return found if isinstance(found, Sentence) else Sentence(found)


def look(context: ScenarioContext) -> None:
    context.send(ADMIN, "GetSite")


def make(context: ScenarioContext) -> None:
    context.send("host", "CreateMeeting", {"confName": "x"})


def try_to_make(context: ScenarioContext) -> None:
    with suppress(CannotJudge):
        make(context)


def find(context: ScenarioContext) -> None:
    context.judge((Finding("x", "", "a", "b"),))


def give_up(context: ScenarioContext) -> None:
    raise CannotJudge("it cannot be told")


def break_down(context: ScenarioContext) -> None:
    raise KeyError("a fault of ours")


STEPS: Mapping[str, Action] = {"look": look, "make": make, "try_to_make": try_to_make, "find": find, "give_up": give_up, "break_down": break_down}


def scenario(like: Scenario, title: str, *texts: str, **changes: Any) -> Scenario:
    """One of these steps; ``then find`` is a Then."""
    told = [text.rpartition(" ") for text in texts]
    steps = tuple(ScenarioStep(kind or "when", "When", text, (), number) for number, (kind, _, text) in enumerate(told, 1))
    return replace(like, title=title, steps=steps, **changes)


def reading(like: Scenario, *titles: str) -> list[Scenario]:
    return [scenario(like, title, "look", "then find") for title in titles]


def writing(like: Scenario, title: str, *texts: str) -> Scenario:
    return scenario(like, title, *texts, writes=True, operations=("CreateMeeting",))


@dataclass
class Bench:
    """Starts lanes, and has none left when the test is over."""

    here: RunContext
    begun: list[Lanes] = field(default_factory=list)

    def lanes(self, scenarios: list[Scenario], number: int = 1, *, writing: bool = False, start: bool = True, **steps: Action | Sentence) -> Lanes:
        asked = {"writing": True} if writing else {}
        lanes = Lanes(self.here, Sentences(**{**STEPS, **steps}), scenarios, number, **asked)  # type: ignore[arg-type]
        if start:
            self.begun.append(lanes)
            lanes.start()
        return lanes


def sent(exchanges: list[Exchange]) -> list[str]:
    return [exchange.request.operation for exchange in exchanges]


def over(lanes: Lanes) -> None:
    """Until no lane is there any more."""
    for thread in lanes._threads:
        thread.join(SAFETY)
        assert not thread.is_alive()


def stop_meanwhile(lanes: Lanes) -> threading.Thread:
    """Who stops the run while a lane is at work: nothing more begins, and it may have to wait."""
    stopper = threading.Thread(target=lanes.stop)
    stopper.start()
    for done in lanes._done.values():
        assert done.wait(SAFETY)
    stopper.join(0.02)
    return stopper


def carried(lanes: Lanes, one: Scenario) -> Carried:
    found = lanes.carried(one)
    assert found is not None
    return found
