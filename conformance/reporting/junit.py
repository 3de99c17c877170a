"""``junit.xml``: failure, error and skipped told apart, clause ids as properties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from conformance.judge.findings import headline
from conformance.reporting.outcome import Cause, ScenarioResult, causes
from conformance.reporting.statement import grammar
from conformance.reporting.summary import RunRecord
from conformance.reporting.text import safe
from conformance.sites.user_files import write_whole


def write_junit(record: RunRecord, file: Path) -> None:
    """One suite per feature file; a known failure counts as skipped, a warning as passed."""
    root = etree.Element("testsuites", name=f"webex-conformance {record.site} {record.judged_as}")
    together = {name: cause for cause in causes(record.scenarios) for name in cause.nodeids}
    suites: dict[str, list[ScenarioResult]] = defaultdict(list)
    for result in record.scenarios:
        suites[result.nodeid.partition("::")[0]].append(result)
    for name, results in suites.items():
        _suite(root, name, results, record, together)
    if record.problems:
        _problems(root, record)
    _add_up(root)
    etree.indent(root)
    write_whole(file, etree.tostring(root, encoding="unicode") + "\n")


def _add_up(root: etree._Element) -> None:
    """The totals of all suites, which some readers take from the root alone."""
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.attrib[count]) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")


def _suite(
    root: etree._Element, name: str, results: list[ScenarioResult], record: RunRecord, together: Mapping[str, Cause]
) -> None:
    counts = Counter(result.outcome for result in results)
    suite = etree.SubElement(
        root,
        "testsuite",
        name=name,
        tests=str(len(results)),
        failures=str(counts["failed"] + counts["flaky"]),
        errors=str(counts["broken"]),
        skipped=str(counts["skipped"] + counts["known"]),
        time=f"{sum(result.duration_s for result in results):.3f}",
        timestamp=datetime.fromtimestamp(record.started, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        hostname=record.site,
    )
    for result in results:
        _case(suite, name, result, record, together.get(result.nodeid))


def _case(
    suite: etree._Element, name: str, result: ScenarioResult, record: RunRecord, cause: Cause | None
) -> None:
    case = etree.SubElement(suite, "testcase", classname=name, name=result.title, time=f"{result.duration_s:.3f}")
    case.set("file", name)
    if result.line:
        case.set("line", str(result.line))
    _properties(case, result)
    lines = _lines(result, record, cause)
    if result.outcome == "failed":
        _say(case, "failure", headline(result.violations[0]), lines, "ContractViolation")
    elif result.outcome == "flaky":
        _say(case, "failure", f"flaky, {result.tries}", lines, "flaky")
    elif result.outcome == "broken":
        _say(case, "error", result.cause.partition("\n")[0], result.cause.splitlines() + lines, "CannotJudge")
    elif result.outcome == "known":
        _say(case, "skipped", f"known: {result.known} ({result.owner})", lines, "known")
    elif result.skip is not None:
        _say(case, "skipped", f"{result.skip.kind}: {result.skip.why}", list(result.observations), result.skip.kind)
    elif lines:
        etree.SubElement(case, "system-out").text = safe("\n".join(["warnings (level should):", *lines]))


def _properties(case: etree._Element, result: ScenarioResult) -> None:
    properties = etree.SubElement(case, "properties")
    for key, values in (("clause", result.clauses), ("operation", result.operations), ("level", (result.level,))):
        for value in values:
            etree.SubElement(properties, "property", name=key, value=value)
    alone = (("outcome", result.outcome), ("fault", result.fault), ("evidence", result.evidence))
    for key, value in (*alone, ("owner", result.owner), ("attempts", ", ".join(result.attempts))):
        if value:
            etree.SubElement(properties, "property", name=key, value=safe(value))


def _lines(result: ScenarioResult, record: RunRecord, cause: Cause | None) -> list[str]:
    lines = [
        line
        for violation in result.violations
        for line in grammar(violation, record.clauses.get(violation.clause), result)
    ]
    lines += filter(None, (result.tries, result.evidence and f"whose fault: {result.fault}, {result.evidence}"))
    if cause is not None and len(cause.nodeids) > 1:
        lines.append(f"one of {len(cause.nodeids)} scenarios with this cause: {cause}")
    return lines


def _problems(root: etree._Element, record: RunRecord) -> None:
    number = str(len(record.problems))
    suite = etree.SubElement(root, "testsuite", name="run", tests=number, failures="0", errors=number, skipped="0")
    for problem in record.problems:
        case = etree.SubElement(suite, "testcase", classname="run", name=safe(problem)[:120])
        _say(case, "error", problem.partition("\n")[0], problem.splitlines(), "problem")


def _say(case: etree._Element, tag: str, message: str, lines: list[str], kind: str) -> None:
    node = etree.SubElement(case, tag, message=safe(message), type=kind)
    node.text = safe("\n".join(lines))
