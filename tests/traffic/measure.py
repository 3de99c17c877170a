"""Traffic of scenarios on a mock, judged as traffic: does it come to what the scenarios came to?"""

from __future__ import annotations

from dataclasses import dataclass

import mocksite
from conformance.judge.findings import Violation
from conformance.run.commands.evidence.judge_traffic import TrafficJudge
from conformance.run.commands.evidence.questions import Questions
from conformance.run.commands.evidence.traffic import TrafficExchange
from conformance.scenarios.execution import ScenarioTrial
from conformance.scenarios.scenario import Scenario
from conformance.sites.profile import Profile
from conformance.sites.release import Release
from conformance.wire.exchange import Exchange
from mocksite.faults import CATALOGUE
from tests.history.causes import catalogue, scenarios
from tests.matrix.run import release_for
from tests.rig import CONTRACT, PAYLOADS, rig


@dataclass(frozen=True)
class Compared:
    """``asked`` answers of the judge to its questions; of those whose scenario the run judged by that very reply, how
    many there are, and which differ; clauses the judge alone calls broken, which the run saw kept throughout."""

    asked: int
    same_reply: int
    different: tuple[str, ...]
    alone: tuple[str, ...]


def questions(profile: Profile, release: str) -> Questions:
    return Questions(scenarios(), catalogue().registry, PAYLOADS, Release.parse(release), profile.accounts, profile.data)


def traffic_of(exchange: Exchange) -> TrafficExchange:
    return TrafficExchange(exchange.request.body, exchange.body, exchange.request.url, exchange.started, exchange.seconds, exchange.status)


def compared(mine: list[Scenario], fault: str = "") -> Compared:
    """The scenarios on a mock, and every exchange of theirs given to the judge."""
    release = release_for(fault) if fault else mocksite.RELEASES[-1]
    with rig(catalogue(), release=release, fault=fault) as site:
        trials = site.run(mine)
        judge = TrafficJudge(questions(site.run_context.profile, release), CONTRACT)
    asked = same = 0
    different: list[str] = []
    broken: set[str] = set()
    for trial in trials:
        for exchange in trial.exchanges:
            for question, wrong in judge.judge(traffic_of(exchange)):
                if wrong is None:
                    continue
                asked += 1
                broken |= {question.clause} if wrong else set()
                if exchange is trial.exchanges[-1] and _judges(question.scenario) == _judges(trial.scenario) and not trial.cause:
                    same += 1
                    now, then = _said(wrong), _said(trial.violations)
                    different += [f"{trial.scenario.nodeid}: {then}, as traffic {now}"] if now != then else []
    kept = {trial.scenario.clause.id for trial in trials if not trial.violations} - _accused(trials)
    return Compared(asked, same, tuple(different), tuple(sorted(broken & kept)))


def _judges(scenario: Scenario) -> object:
    return scenario.clause.id, scenario.level, [(one.text, one.table) for one in scenario.steps if one.type == "then"]


def _accused(trials: list[ScenarioTrial]) -> set[str]:
    return {one.clause for trial in trials for one in trial.violations}


def _said(found: tuple[Violation, ...]) -> list[tuple[str, str, str]]:
    return sorted((one.clause, one.check, one.path) for one in found)


def on(fault: str) -> Compared:
    """All scenarios that only read, and those of the clause of ``fault``, on the mock that is wrong so."""
    mine = CATALOGUE[fault].clause if fault else ""
    return compared([one for one in scenarios() if not fault or one.clause.id == mine], fault)
