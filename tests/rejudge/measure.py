"""Scenarios on a mock, recorded and judged again without it: does each come to the same?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import httpx

import mocksite
from conformance.scenarios.execution import ScenarioTrial
from conformance.scenarios.scenario import Scenario
from conformance.sites.ledger import Ledger, new_run_id
from conformance.wire import client
from conformance.wire.recording import NoMailbox, ReadingTape, Tape, TapedControlPlane, WritingTape
from mocksite.faults import CATALOGUE
from tests.history.causes import catalogue, scenarios
from tests.matrix.run import release_for
from tests.rig import CoreTransport, Rig, Through, rig
from tests.test_transport import FAULTS, Hurried, faulty


class Nobody(httpx.BaseTransport):
    """Where nobody is, and whoever asks is caught."""

    def __init__(self, core: mocksite.Core) -> None:
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"a recording is judged without a request, and {request.url} was asked")


@dataclass(frozen=True)
class Said:
    """What a scenario came to, as far as two judgements of it must agree."""

    nodeid: str
    outcome: str
    found: tuple[tuple[str, str, str, str], ...]
    broke: str


def said(trial: ScenarioTrial) -> Said:
    found = tuple((one.clause, one.check, one.operation, one.path) for one in trial.violations)
    # Secrets that a cause quotes have another name in a recording.
    return Said(trial.scenario.nodeid, trial.verdict.outcome, found, trial.cause[:40])


def both(
    mine: Sequence[Scenario], *, fault: str = "", through: Through = CoreTransport
) -> tuple[list[Said], list[Said]]:
    """What scenarios come to on a mock, and then by its recording alone."""
    release = release_for(fault) if fault else mocksite.DEFAULT
    run, now = new_run_id(), datetime.now(UTC)
    with TemporaryDirectory(prefix="wxc-recording-") as folder, patch.object(client, "_BACK_OFF", (0.0, 0.0)):
        file = Path(folder) / "recording.jsonl.gz"
        tape = WritingTape(file)
        with rig(catalogue(), release=release, fault=fault, through=through) as site:
            taped = _taped(site, tape, Path(folder), run, now)
            first = [said(one) for one in taped.run(list(mine))]
            taped.run_context.ledger.close()
        tape.close()
        with rig(catalogue(), release=release, through=Nobody) as site:
            again = _taped(site, ReadingTape(file), Path(folder), run, now)
            silent = replace(again.run_context, mailbox=NoMailbox())
            second = [said(one) for one in replace(again, run_context=silent).run(list(mine))]
            silent.ledger.close()
    return first, second


def _taped(site: Rig, tape: Tape, folder: Path, run: str, now: datetime) -> Rig:
    here = site.run_context
    control = TapedControlPlane(here.profile.control_url, tape, transport=here.transport)
    here.ledger.close()
    ledger = Ledger(folder / f"{type(tape).__name__}.jsonl", "mock", run)
    changed = replace(
        here, tape=tape, control_plane=control, run_id=run, now=now, ledger=ledger, rate_limiter=Hurried(None)
    )
    return replace(site, run_context=changed)


def everything() -> dict[str, list[str]]:
    """Names of all that a recording is measured on: the sound mock, each fault, each fault of the transport."""
    return {"sound": [""], "fault": sorted(CATALOGUE), "transport": sorted(FAULTS)}


def agreed(kind: str, name: str) -> tuple[int, list[str]]:
    """How many scenarios were judged twice, and in words those that came to something else the second time."""
    every = scenarios()
    if kind == "fault":
        first, second = both([one for one in every if one.clause.id == CATALOGUE[name].clause], fault=name)
    elif kind == "transport":
        first, second = both(every[::5], through=faulty(FAULTS[name], lambda operation: True, []))
    else:
        first, second = both(every)
    assert [one.nodeid for one in first] == [one.nodeid for one in second]
    pairs = zip(first, second, strict=True)
    return len(first), [f"{was}, then {now}" for was, now in pairs if was != now]
