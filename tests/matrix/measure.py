"""One fault measured: which scenarios it touched, which failed, and whether the right one did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from conformance.judge.findings import NOT_SERVED
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.execution import ScenarioTrial
from conformance.reporting.shapes import Baseline
from mocksite.faults import CATALOGUE
from mocksite.faults.fault import Fault
from tests.recorded import recorded
from tests.rig import Rig, rig
from tests.matrix.witness import Witness


#: Verdicts a fault may have; every other one says that the suite, or the fault, is wrong.
GOOD = ("killed", "equivalent")
#: On a twin the scenarios of a clause may not apply: what they cannot meet, they need not tell.
GOOD_ON_TWINS = (*GOOD, "killed elsewhere", "not met", "not applied")

#: Opens a site to measure on.
Opener = Callable[[Catalogue], AbstractContextManager[Rig]]


@dataclass(frozen=True)
class Finding:
    """What became of a fault.

    ``noise`` are scenarios that failed before the fault had changed anything they
    saw: their failing says nothing about it, and the fault is *noisy*. Scenarios
    of other clauses that fail because of the fault are no noise; ``failed`` names
    their clauses. ``reason`` says why a fault is equivalent.
    """

    fault: str
    clause: str
    check: str
    operations: str
    summary: str
    verdict: str
    failed: tuple[str, ...]
    checks: tuple[str, ...]
    steps: tuple[str, ...]
    noise: tuple[str, ...]
    scenarios: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """Scenarios, the operations each one sent to a healthy site, and the replies recorded there."""

    scenarios: tuple[Scenario, ...]
    sent: tuple[frozenset[str], ...]
    baseline: Baseline

    def touched_by(self, operations: tuple[str, ...]) -> list[Scenario]:
        """The scenarios in which the fault can act: all, where it names no operation."""
        wanted = {one.lower() for one in operations}
        return [scenario for scenario, sent in zip(self.scenarios, self.sent, strict=True) if not wanted or wanted & sent]


def plan(catalogue: Catalogue, opener: Opener = rig) -> Plan:
    """Run everything on a healthy site, which must keep every clause, once to record and once to judge by the record."""
    scenarios = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    with opener(catalogue) as site:
        baseline = recorded(site.run(scenarios), catalogue.clauses)
    with opener(catalogue) as site:
        site = measuring(site, baseline)
        trials = site.run(scenarios)
    wrong = [_name(trial.scenario) for trial in trials if trial.verdict.outcome in ("failed", "broken")]
    assert not wrong, f"a healthy site fails: {wrong}"
    sent = (frozenset(one.request.operation.lower() for one in trial.exchanges) for trial in trials)
    return Plan(tuple(trial.scenario for trial in trials), tuple(sent), baseline)


def measuring(site: Rig, baseline: Baseline) -> Rig:
    """The site, judged by what it answered when it was healthy."""
    return replace(site, run_context=replace(site.run_context, baseline=baseline))


def measure(
    catalogue: Catalogue, plan: Plan, fault_id: str, *, everything: bool = False, opener: Opener = rig
) -> Finding:
    """The matrix row of a fault."""
    fault = CATALOGUE[fault_id]
    scenarios = list(plan.scenarios) if everything else plan.touched_by(fault.operations)
    with opener(catalogue) as site:
        site = measuring(site, plan.baseline)
        witness = Witness(fault, site.core.main.store)
        site.core.main.fault = witness
        acted: dict[str, bool] = {}
        met = False
        trials: list[ScenarioTrial] = []
        for scenario in scenarios:
            before = witness.times
            trials += site.run([scenario])
            acted[_name(scenario)] = witness.acted or fault.serves_old_address
            mine = scenario.clause.id == fault.clause and scenario.level != "observe"
            met |= mine and (witness.times > before or fault.serves_old_address)
    failed = [trial for trial in trials if trial.verdict.outcome == "failed"]
    noise = tuple(_name(trial.scenario) for trial in failed if not acted[_name(trial.scenario)])
    return Finding(
        fault_id,
        fault.clause,
        fault.check,
        " ".join(fault.operations),
        fault.summary,
        _verdict(fault, failed, any(acted.values()), met or opener is rig, bool(noise)),
        tuple(sorted({trial.scenario.clause.id for trial in failed})),
        tuple(
            sorted({one.check for trial in failed if trial.scenario.clause.id == fault.clause for one in trial.violations})
        ),
        tuple(sorted({step for trial in failed for step in trial.found_by})),
        noise,
        tuple(sorted(place(trial.scenario) for trial in failed)),
    )


def place(scenario: Scenario) -> str:
    """Where a scenario stands, and which."""
    return f"{scenario.path}: {scenario.title}"


def _verdict(fault: Fault, failed: list[ScenarioTrial], acted: bool, met: bool, noisy: bool) -> str:
    if noisy:
        return "noisy"
    hits = [trial for trial in failed if trial.scenario.clause.id == fault.clause]
    if any(one.check == fault.check for trial in hits for one in trial.violations):
        return "killed"
    mine = {name.lower() for name in fault.operations}
    if any(one.check == NOT_SERVED and one.operation.lower() in mine for trial in failed for one in trial.violations):
        # Refused to everybody, an operation is one finding, told by the scenario that meets it first.
        return "killed"
    if failed:
        return "killed elsewhere"
    if not acted:
        return "not applied"
    return "survived" if met else "not met"


def counted(findings: list[Finding]) -> Counter[str]:
    """How many faults came to each verdict."""
    return Counter(one.verdict for one in findings)


def _name(scenario: Scenario) -> str:
    """The title alone is not unique: rows of an outline share it."""
    return f"{scenario.path}:{scenario.line} {scenario.title} {scenario.row}"
