"""Whether a reply keeps the contract: judged by what the run has to measure it with, and by nothing else.

The vendor's schemas and the replies recorded by an earlier run on the same site are such measures. Our own schemas are
rebuilt from sources of 2011 and from the notes: what they find is told, and judged with ``--strict-schema`` only.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.judge.clauses import Clause
from conformance.judge.findings import Finding
from conformance.judge.schema_check import CHECK, SchemaResult, check_schema, told
from conformance.reporting.outcome import Skip
from conformance.scenarios.run_context import RunContext
from conformance.wire.exchange import Reply


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
