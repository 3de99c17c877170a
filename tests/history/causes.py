"""Causes planted one by one, each red they leave told by the suite whose fault it is, and held against the truth.

Three kinds, all by one seed: the site is wrong (a fault of the matrix), what arrives is no answer (a fault of the
transport), or this suite is wrong (a bug planted in it). Whose fault a red is, is settled by what a run uses, and on
the same reference: the sound mock, with the same bug in the suite that asks it.

A cause that leaves no red is none, and the next one takes its turn. What is not among the bugs: those that only the
data of one site brings out. The mock cannot know of them, and the failure would be laid at the site's door.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from multiprocessing import get_context
from unittest.mock import patch

import conftest  # noqa: F401 - the vocabulary
import mocksite
from conformance.reporting.outcome import ScenarioResult
from conformance.reporting.whose_fault import clusters, doubtful, settled
from conformance.run.options import Options
from conformance.run.site_session import on_the_reference
from conformance.scenarios.execution import execute, new_record, result_of, verdict_of
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.sites.release import Release
from conformance.wire import client
from mocksite.faults import CATALOGUE
from tests.conftest import ROOT
from tests.history import bugs
from tests.matrix.run import release_for
from tests.rig import CoreTransport, Rig, Through, rig
from tests.test_transport import FAULTS, Hurried, faulty

#: How many of each kind, and whose fault it is.
PLANTED = {"fault": 150, "transport": 50, "bug": 100}
#: Causes that make many reds: whatever they are, a reader should see three things at most.
WIDE = (
    *(("transport", f"{name}@") for name in ("HTTP 503", "truncated XML", "HTML with 200", "rate limit", "HTTP 401")),
    *(("transport", name) for name in ("truncated XML@GetUser", "silence@GetSite", "HTTP 503@GetSite")),
    *(("bug", f"check/reply_checks.succeeded:{manner}") for manner in ("accuses", "raises", "breaks")),
    *(("bug", f"check/element_checks.present:{manner}") for manner in ("accuses", "raises", "breaks")),
    *(("bug", f"method/{name}:{manner}") for name in ("send", "hold") for manner in ("raises", "breaks")),
)
_WHOSE = {"fault": "site", "transport": "operation", "bug": "suite"}
#: What an operation answers that a site does not serve, and that fails it (docs/live-sites.md).
_NOT_SERVED = ("HTML with 200", "XHTML with 200", "HTTP 404")
#: Operations a fault of the transport meets alone; the others meet all.
_SOME = ("GetSite", "GetUser", "CreateUser", "LstsummarySession", "LstRecording", "GetAPIVersion")
#: Scenarios tried for want of a red, and reds that are enough.
_TRIED, _MET = 40, 6


@dataclass(frozen=True)
class Planted:
    """One cause: a fault of the matrix, a fault of the transport (``name@operation``), or a bug (``where:manner``)."""

    kind: str
    name: str

    @property
    def whose(self) -> str:
        """Whose fault it is."""
        fault, _, operation = self.name.partition("@")
        return "site" if operation and fault in _NOT_SERVED else _WHOSE[self.kind]


@dataclass(frozen=True)
class Told:
    """What the suite said of a planted cause: by class how many reds, and by how many clusters."""

    planted: Planted
    classes: dict[str, int]
    clusters: int

    @property
    def reds(self) -> int:
        return sum(self.classes.values())

    @property
    def right(self) -> bool:
        return set(self.classes) == {self.planted.whose}


def measured(seed: int, wanted: Mapping[str, int], processes: int = 2) -> list[Told]:
    """The first ``wanted`` of each kind that leave a red, with what the suite said of them."""
    scenarios()
    found: list[Told] = []
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        for kind, several in candidates(seed).items():
            each = pool.map(told, several[: 2 * wanted[kind]], chunksize=2)
            found += islice((one for one in each if one.reds), wanted[kind])
    return found


def candidates(seed: int) -> dict[str, list[Planted]]:
    """Every cause that can be planted, by kind, in the order of the seed."""
    dice = random.Random(seed)
    transport = [f"{name}@{operation}" for name in FAULTS for operation in ("", *_SOME)]
    names = {"fault": sorted(CATALOGUE), "transport": transport, "bug": bugs.names()}
    return {kind: [Planted(kind, name) for name in dice.sample(several, len(several))] for kind, several in names.items()}


def told(planted: Planted, *, everything: bool = False) -> Told:
    """What is said of the reds of ``planted``; ``everything`` tries every scenario."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(client, "_BACK_OFF", (0.0, 0.0)))
        if planted.kind == "bug":
            stack.enter_context(bugs.at_work(planted.name))
        red = _settled(list(_reds(planted, everything=everything)), _release(planted))
    classes = {fault: sum(one.fault == fault for one in red) for fault in {one.fault for one in red}}
    return Told(planted, classes, len(clusters(red)))


def _release(planted: Planted) -> str:
    return release_for(planted.name) if planted.kind == "fault" else mocksite.DEFAULT


def _reds(planted: Planted, *, everything: bool) -> Iterator[ScenarioResult]:
    fault = planted.name if planted.kind == "fault" else ""
    through = _through(planted.name) if planted.kind == "transport" else CoreTransport
    with rig(catalogue(), release=_release(planted), fault=fault, through=through) as site:
        wanted = [one for one in _met_by(planted) if site.run_context.gate(one) is None]
        found = 0
        for scenario in wanted if everything else wanted[:_TRIED]:
            result = _carried_out(site, scenario)
            if result.red:
                found += 1
                yield result
            if found == _MET and not everything:
                return


def _met_by(planted: Planted) -> list[Scenario]:
    """The scenarios that meet the cause, those first that are about it."""
    if planted.kind == "fault":
        mine = CATALOGUE[planted.name].clause
        return [one for one in scenarios() if one.clause.id == mine]
    if planted.kind == "transport":
        operation = planted.name.partition("@")[2]
        return [one for one in scenarios() if not operation or operation in one.operations]
    return bugs.met_by(planted.name, scenarios(), catalogue())


def _through(name: str) -> Through:
    fault, _, operation = name.partition("@")
    return faulty(FAULTS[fault], lambda asked: not operation or asked == operation, [])


def _carried_out(site: Rig, scenario: Scenario) -> ScenarioResult:
    """One scenario as a run tells it, without pytest."""
    run_context = replace(site.run_context, rate_limiter=Hurried(None))
    sender = run_context.client()
    context, error = ScenarioContext(run_context, scenario, sender), None
    try:
        execute(context, site.catalogue.registry, new_record(scenario))
    except Exception as problem:  # noqa: BLE001 - whatever ends a scenario is what is looked at
        error = problem
    with patch.object(client, "_BACK_OFF", (0.0, 0.0)):
        context.clean_up()
    sender.close()
    verdict = verdict_of(scenario, context, error, True, ())
    return result_of(scenario.nodeid, scenario, context, error, verdict, None, 0.0, ())


def _settled(red: list[ScenarioResult], release: str) -> list[ScenarioResult]:
    """As the end of a run settles it."""
    results = {one.nodeid: one for one in red}
    asked = set(doubtful(red))
    wanted = [one for one in scenarios() if one.nodeid in asked]
    options = Options(sites=("mock",), reports=ROOT / "reports", root=ROOT, strict=True)
    said = {}
    if wanted:
        told_there = on_the_reference(options, Release.parse(release), catalogue(), wanted)
        said = {scenario.nodeid: outcome for scenario, outcome in told_there}
    return list(settled(results, said, release).values())


@cache
def catalogue() -> Catalogue:
    """Every feature, read once."""
    found = Catalogue(ROOT)
    found.read_all([ROOT / "features"])
    return found


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Those that send something."""
    return tuple(one for file in catalogue().known_files() for one in file.scenarios.values() if one.operations)
