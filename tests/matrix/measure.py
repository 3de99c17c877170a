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
from mocksite.faults import BY_HAND, CATALOGUE
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
    their clauses. ``levels`` are those of the scenarios that told it by its clause and
    check, ``reason`` says why a fault is equivalent.
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
    family: str = ""
    levels: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """Scenarios, the operations each one sent to a healthy site, the replies recorded there, and what opened it.

    ``silent`` are those that found nothing to judge there, by node id.
    """

    scenarios: tuple[Scenario, ...]
    sent: tuple[frozenset[str], ...]
    baseline: Baseline
    opener: Opener = rig
    silent: frozenset[str] = frozenset()

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
    silent = frozenset(trial.scenario.nodeid for trial in trials if trial.verdict.outcome == "skipped")
    return Plan(tuple(trial.scenario for trial in trials), tuple(sent), baseline, opener, silent)


def measuring(site: Rig, baseline: Baseline) -> Rig:
    """The site, judged by what it answered when it was healthy."""
    return replace(site, run_context=replace(site.run_context, baseline=baseline))


def measure(
    catalogue: Catalogue, plan: Plan, fault_id: str, *, everything: bool = False, lenient: bool = False
) -> Finding:
    """The matrix row of a fault; ``lenient`` where the scenarios of its clause may never meet it.

    A fault made by rule meets the scenarios of its clause first, and the others only when none of those tells it:
    there are thousands, and whether others fail as well is asked of those written by hand.
    """
    fault = CATALOGUE[fault_id]
    met = list(plan.scenarios) if everything else plan.touched_by(fault.operations)
    rounds = [met] if everything or fault.id in BY_HAND else _its_own_first(fault, met)
    with plan.opener(catalogue) as site:
        site = measuring(site, plan.baseline)
        trial = _Trial(fault, site)
        for scenarios in rounds:
            trial.run(scenarios)
            if trial.killed:
                break
    return trial.finding(on_the_mock=not lenient)


def tried_on(
    catalogue: Catalogue, plan: Plan, fault_id: str, scenarios: list[Scenario]
) -> Finding:
    """What some scenarios alone say about a fault."""
    with plan.opener(catalogue) as site:
        trial = _Trial(CATALOGUE[fault_id], measuring(site, plan.baseline))
        trial.run(scenarios)
    return trial.finding(on_the_mock=True)


def _its_own_first(fault: Fault, scenarios: list[Scenario]) -> list[list[Scenario]]:
    mine = [scenario for scenario in scenarios if scenario.clause.id == fault.clause]
    return [mine, [scenario for scenario in scenarios if scenario.clause.id != fault.clause]]


class _Trial:
    """A fault at work on a site, and what scenarios say about it."""

    def __init__(self, fault: Fault, site: Rig) -> None:
        self._fault, self._site = fault, site
        self._witness = site.core.main.fault = Witness(fault, site.core.main.store)
        self._acted: dict[str, bool] = {}
        self._met = False
        self._failed: list[ScenarioTrial] = []

    def run(self, scenarios: list[Scenario]) -> None:
        """Try scenarios one by one, to know from which on the fault has acted."""
        for scenario in scenarios:
            before = self._witness.times
            trials = self._site.run([scenario])
            self._failed += [trial for trial in trials if trial.verdict.outcome == "failed"]
            self._acted[_name(scenario)] = self._witness.acted or self._fault.serves_old_address
            mine = scenario.clause.id == self._fault.clause and scenario.level != "observe"
            self._met |= mine and (self._witness.times > before or self._fault.serves_old_address)

    @property
    def killed(self) -> bool:
        """Whether a scenario of the clause failed by the check."""
        return bool(self._hits)

    @property
    def _hits(self) -> list[ScenarioTrial]:
        mine = (trial for trial in self._failed if trial.scenario.clause.id == self._fault.clause)
        return [trial for trial in mine if any(one.check == self._fault.check for one in trial.violations)]

    def finding(self, *, on_the_mock: bool) -> Finding:
        """What became of the fault."""
        fault, failed, names = self._fault, self._failed, self._acted
        noise = tuple(_name(trial.scenario) for trial in failed if not names[_name(trial.scenario)])
        mine = [trial for trial in failed if trial.scenario.clause.id == fault.clause]
        return Finding(
            fault.id,
            fault.clause,
            fault.check,
            " ".join(fault.operations),
            fault.summary,
            self._verdict(self._met or on_the_mock, bool(noise)),
            tuple(sorted({trial.scenario.clause.id for trial in failed})),
            tuple(sorted({one.check for trial in mine for one in trial.violations})),
            tuple(sorted({step for trial in failed for step in trial.found_by})),
            noise,
            tuple(sorted(place(trial.scenario) for trial in failed)),
            fault.family,
            tuple(sorted({trial.scenario.level for trial in self._hits})),
        )

    def _verdict(self, met: bool, noisy: bool) -> str:
        if noisy:
            return "noisy"
        if self.killed:
            return "killed"
        mine = {name.lower() for name in self._fault.operations}
        if any(
            one.check == NOT_SERVED and one.operation.lower() in mine for trial in self._failed for one in trial.violations
        ):
            # Refused to everybody, an operation is one finding, told by the scenario that meets it first.
            return "killed"
        if self._failed:
            return "killed elsewhere"
        if not any(self._acted.values()):
            return "not applied"
        return "survived" if met else "not met"


def place(scenario: Scenario) -> str:
    """Where a scenario stands, and which."""
    return f"{scenario.path}: {scenario.title}"


def counted(findings: list[Finding]) -> Counter[str]:
    """How many faults came to each verdict."""
    return Counter(one.verdict for one in findings)


def _name(scenario: Scenario) -> str:
    """The title alone is not unique: rows of an outline share it."""
    return f"{scenario.path}:{scenario.line} {scenario.title} {scenario.row}"
