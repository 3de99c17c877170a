"""Whether a reply keeps the contract: judged by what the run has to measure it with, and by nothing else.

The vendor's schemas and the replies recorded by an earlier run on the same site are such measures. Our own schemas are
rebuilt from sources of 2011 and from the notes: what they find is told, and judged with ``--strict-schema`` only.

An earlier run also measures what holds only where a setting is seen both ways: each run keeps the values that a night
with the site set otherwise is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from conformance.judge import element_checks
from conformance.judge.clauses import Clause
from conformance.judge.contract import ContractView
from conformance.judge.elements import Finder
from conformance.judge.findings import Finding
from conformance.judge.schema_check import CHECK, SchemaResult, check_schema, told
from conformance.reporting.outcome import Skip
from conformance.reporting.shapes import KeptValues
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext, told_setting
from conformance.scenarios.scenario import OtherNight, Scenario
from conformance.sites.errors import CannotJudge
from conformance.sites.settings import Setting
from conformance.wire.exchange import Exchange, Reply


def against_contract(reply: Reply, here: RunContext, clause: Clause) -> tuple[SchemaResult, Skip | None]:
    """What was found and what is told of a successful reply; and why it was not judged, where nothing measures it."""
    results = list(_measured(reply, here, clause))
    judged = bool(results)
    if here.vendor_schemas is None:
        results.append(_by_our_schemas(reply, here))
    findings = [found for result in results for found in result.findings]
    drift = [words for result in results for words in result.drift]
    if here.strict_schema:
        findings += map(_as_violation, drift)
    whole = SchemaResult(
        tuple(dict.fromkeys(findings)),
        tuple(dict.fromkeys(drift)),
        tuple(words for result in results for words in result.doubts),
    )
    return whole, None if judged or here.strict_schema else Skip("baseline", _unmeasured(reply, here, clause))


def _measured(reply: Reply, here: RunContext, clause: Clause) -> Iterator[SchemaResult]:
    if here.vendor_schemas is not None:
        yield here.vendor_schemas.check(reply)
    if here.baseline is not None and here.baseline.precedes(clause) and here.baseline.holds(reply.operation):
        yield here.baseline.check(reply, here.view)


def _by_our_schemas(reply: Reply, here: RunContext) -> SchemaResult:
    """What they find is drift, and no finding, unless the user asks for it."""
    result = check_schema(reply, here.view)
    return result if here.strict_schema else SchemaResult((), (*result.drift, *map(told, result.findings)))


def _as_violation(drift: str) -> Finding:
    path, _, words = drift.partition(": ")
    return Finding(CHECK, path, "declared by the contract", words or "undeclared")


def _unmeasured(reply: Reply, here: RunContext, clause: Clause) -> str:
    if here.baseline is None:
        return "no vendor's schemas (schemas in the profile) and no baseline (--baseline REPORTS)"
    if not here.baseline.precedes(clause):
        return f"the baseline is of {here.baseline.release}, not of a release before that of the clause"
    return f"the baseline holds no reply to {reply.operation}"


def against_another_night(
    now: Exchange, setting: Setting, value: str, paths: list[str], here: RunContext
) -> element_checks.Findings:
    """Whether one of ``paths`` is another one than on the night of the baseline with ``setting`` at ``value``."""
    night = OtherNight(setting.name, setting.value(value), tuple(paths)).name
    told = here.baseline.told(night, now.request.operation, now.request.caller) if here.baseline else {}
    if not set(paths) <= told.keys():
        raise CannotJudge(f"the baseline holds no {now.request.operation} of a night with {night}")
    return element_checks.another_than({path: told[path] for path in paths}, now.reply, here.contract.whole)


@lru_cache(maxsize=1)
def compared_elements(catalogue: Catalogue) -> dict[str, list[str]]:
    """The elements whose values some scenario compares with another night, by operation; once collection is over."""
    compared: dict[str, list[str]] = {}
    for scenario in _comparing_nights(catalogue):
        for operation in scenario.operations:
            compared.setdefault(operation, []).extend(path for other in scenario.other_night for path in other.paths)
    return compared


def kept_values(exchanges: Iterable[Exchange], compared: Mapping[str, list[str]], whole: ContractView) -> KeptValues:
    """The values of ``exchanges`` that another night is to be ``compared`` with."""
    kept: KeptValues = {}
    for one in exchanges:
        if one.served and one.request.operation in compared:
            finder = Finder(one.reply, whole)
            told = {path: texts[0] for path in compared[one.request.operation] if (texts := finder.texts(path))}
            kept.setdefault(one.request.operation, {})[one.request.caller] = told
    return kept


def nights_of(kept: KeptValues, catalogue: Catalogue, here: RunContext) -> dict[str, KeptValues]:
    """What is kept, by how the site is set; nothing of a mock, whose settings change in the course of a run."""
    if here.profile.is_mock or not kept:
        return {}
    wanted = [(scenario, other) for scenario in _comparing_nights(catalogue) for other in scenario.other_night]
    return {other.name: kept for one, other in wanted if told_setting(one, other.setting, here) == other.value}


def _comparing_nights(catalogue: Catalogue) -> Iterator[Scenario]:
    every = (scenario for file in catalogue.known_files() for scenario in file.scenarios.values())
    return (scenario for scenario in every if scenario.other_night)
