"""The statement at the end of a run: what was judged, every violation in one grammar, where the reports are."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from operator import add
from shlex import quote

from conformance.judge.clauses import Clause
from conformance.judge.findings import NOT_SERVED, Violation
from conformance.judge.known_issues import stanza
from conformance.reporting.outcome import OUTCOMES, Cause, ScenarioResult, causes
from conformance.reporting.summary import RunRecord, by_release
from conformance.reporting.text import counted, safe, table
from conformance.reporting.whose_fault import alike
from conformance.sites.release import Release

#: Beside the other reports, when something failed that is not known.
NEW_ISSUES = "new_known_issues.toml"
_WRONG = ("failed", "flaky", "broken", "known")
#: Causes told in full and in a line; more would not be read at night, and stand in the other reports.
_IN_FULL, _IN_A_LINE = 2, 12
#: Of scenarios and clauses of one cause, and of users that stay behind.
_MOST_NAMED = 3
#: Of a cause of several lines.
_MOST_LINES = 20


def statement(record: RunRecord, reports: str, *, complete: bool = True, given_up: str = "") -> list[str]:
    """The whole statement, line by line; ``given_up`` is why the run ended early."""
    written = complete and not any(one.startswith("summary.json could not") for one in record.problems)
    lines = [
        *_heading(record),
        *_cut_short(record, complete, given_up),
        *_table(record),
        "",
        *_accounting(record),
        *_violations(record),
        *_stanzas(record, reports),
        *_not_served(record),
        *_not_well(record),
        *_refused_accounts(record),
        *_broken(record),
        *_lists(record),
        *_deactivated(record, "summary.json" if complete else f"{reports}/ledger"),
        *_reports(record, reports, written),
    ]
    return lines if written else list(map(_without_summary, lines))


def _without_summary(line: str) -> str:
    """A run that was interrupted writes no summary to look into."""
    return line.replace(", in summary.json", "").replace(", listed in summary.json", "")


def _heading(record: RunRecord) -> Iterator[str]:
    kind = "mock site" if record.mock else "site"
    seconds = record.finished - record.started
    yield (
        f"{kind} {record.site} ({record.url}), judged as {record.judged_as}, {record.access}, "
        f"{counted(record.sent, 'request')} in {seconds:.1f} s"
    )
    if record.site_release != record.judged_as:
        yield f"the site says it runs {record.site_release or 'a release it does not name'}"
    newest = max((clause.release for clause in record.clauses.values()), default=None)
    if newest is not None and Release.parse(record.judged_as) > newest:
        yield f"the clauses speak about releases up to {newest}: what came later is not judged"
    if record.backup:
        yield f"the site is on its backup: gsbStatus BACKUP in {counted(record.backup, 'reply', 'replies')}"
    yield from (f"note: {safe(line)}" for line in record.notes)
    yield from (f"{'discovered' if not nth else '':10}  {safe(words)}" for nth, words in enumerate(record.discovered))


def _table(record: RunRecord) -> list[str]:
    """By release that has begun on the site; where something is wrong, the releases in which it is; the rest as one."""
    rows = [["release", "clauses", *OUTCOMES]]
    wrong = any(map(_is_wrong, record.scenarios))
    sums, rest = ([0] * (len(OUTCOMES) + 1) for _ in range(2))
    for release, results, clauses in by_release(record):
        counts = [len(clauses), *(sum(result.outcome == word for result in results) for word in OUTCOMES)]
        sums = list(map(add, sums, counts))
        if any(_is_wrong(one) if wrong else not _too_new(one) for one in results):
            rows.append([release, *map(str, counts)])
        else:
            rest = list(map(add, rest, counts))
    rows += [["others", *map(str, rest)]] if any(rest) else []
    rows.append(["all", *map(str, sums)])
    return table(rows, right=frozenset(range(1, len(rows[0]))))


def _is_wrong(result: ScenarioResult) -> bool:
    return result.outcome in _WRONG or bool(result.violations)


def _too_new(result: ScenarioResult) -> bool:
    return result.skip is not None and result.skip.kind == "release"


#: The mock that a run starts is gone with it.
_EMBEDDED = "mock"
_APART = {"not_judged_here": "not judged here", "judged_in_baseline": "judged in the baseline"}


def _accounting(record: RunRecord) -> Iterator[str]:
    numbers = record.accounting()
    skips = [str(row["skip"]).partition(": ") for row in record.clause_rows() if row["skip"] and not row["baseline"]]
    why = sorted({kind for kind, _, _ in skips if kind != "baseline"})
    reasons = f" ({', '.join(why)})" if why else ""
    rest = f", {numbers['not_selected']} not selected" if numbers["not_selected"] else ""
    yield (
        f"{counted(numbers['clauses'], 'clause')}: {numbers['judged'] - numbers['broken']} judged, "
        + (f"{numbers['broken']} broken, " if numbers["broken"] else "")
        + f"{numbers['observed']} observed, {numbers['not_applicable']} not applicable here{reasons}{rest}"
        + "".join(f", {numbers[key]} {words}" for key, words in _APART.items() if numbers[key])
    )
    before = [f"{row['id']} {row['baseline']}" for row in record.clause_rows() if row["baseline"]]
    if before:
        yield f"judged in the baseline of {record.baseline_day}, when the site was set otherwise: {', '.join(before)}"
    for words in dict.fromkeys(words for kind, _, words in skips if kind == "baseline"):
        yield f"not judged here: {words}"
    kinds = Counter(one.skip.kind for one in record.scenarios if one.skip)
    if kinds:
        yield f"{counted(kinds.total(), 'scenario')} skipped: " + ", ".join(
            f"{kind} {number}" for kind, number in kinds.most_common()
        )


def _violations(record: RunRecord) -> Iterator[str]:
    """Causes, and not symptoms: the first of them in full, then a line for each."""
    found = [cause for cause in causes(record.scenarios) if cause.outcome != "known"]
    groups = _together(found)
    for several in groups[:_IN_FULL]:
        yield ""
        yield from _in_full(several, record)
    yield from _in_lines([cause for several in groups[_IN_FULL:] for cause in several])
    yield from _in_lines([cause for cause in causes(record.scenarios) if cause.outcome == "known"])


def _together(found: Iterable[Cause]) -> list[list[Cause]]:
    """Causes with the very same scenarios stand under one heading."""
    groups: dict[tuple[str, ...], list[Cause]] = {}
    for cause in found:
        groups.setdefault(tuple(result.nodeid for result in cause.results), []).append(cause)
    return list(groups.values())


_HEADINGS = {"failed": "FAILED", "flaky": "FLAKY", "passed": "WARNING", "known": "KNOWN"}


def _in_full(several: list[Cause], record: RunRecord) -> Iterator[str]:
    results, warned = several[0].results, several[0].warned
    heading = _HEADINGS[several[0].outcome]
    also = f", {counted(len(warned), 'more warns', 'more warn')}" if warned else ""
    if len(results) == 1:
        yield f"{heading}  {safe(results[0].place)}  {safe(results[0].title)}{also}"
    else:
        number = "one cause" if len(several) == 1 else f"{len(several)} causes"
        yield f"{heading}  {len(results)} scenarios, {number}{also}"
    said = Counter(result.evidence for result in results)
    yield from _whose(max(results, key=lambda result: said[result.evidence]))
    for cause in several[:_MOST_NAMED]:
        first = cause.first
        yield from grammar(first, record.clauses.get(first.clause), cause.found[0][0], cause)
    if len(several) > _MOST_NAMED:
        yield f"  ... and {counted(len(several) - _MOST_NAMED, 'more cause')}, in summary.json"
    yield from _named(results)


_WHOSE = {
    "site": "of the site",
    "operation": "of how the site is run, not of its contract",
    "profile": "of the profile, not of the site",
    "suite": "of this suite, not of the site",
}


def _whose(result: ScenarioResult) -> Iterator[str]:
    """Whose fault a red is, where somebody could say, and what it came to each time."""
    if result.evidence:
        yield f"  fault     {_WHOSE[result.fault]}: {safe(result.evidence)}"
    if result.tries:
        yield f"  {result.tries.replace('tried', 'tried    ')}"


def _in_lines(found: list[Cause]) -> Iterator[str]:
    if found:
        yield ""
    for cause in found[:_IN_A_LINE]:
        result, number = cause.results[0], len(cause.results)
        where = safe(result.place) if number == 1 else f"{number} scenarios"
        why = f": {safe(result.known)} ({safe(result.owner)})" if result.known else ""
        tries = f", {result.tries}" if result.tries else ""
        yield f"{_HEADINGS[cause.outcome]}  {where}  {safe(str(cause))}{tries}{why}"
    if len(found) > _IN_A_LINE:
        yield f"  ... and {counted(len(found) - _IN_A_LINE, 'more cause')}, in summary.json"


def grammar(
    violation: Violation, clause: Clause | None, result: ScenarioResult, cause: Cause | None = None
) -> Iterator[str]:
    """One violation as the style page writes it, with all clauses and checks of its ``cause``."""
    clauses, checks = (cause.clauses, cause.checks) if cause else ((violation.clause,), (violation.check,))
    several = len(cause.operations) if cause else 1
    operation = violation.operation if several == 1 else f"{several} operations"
    more = f" and {len(clauses) - _MOST_NAMED} more" if len(clauses) > _MOST_NAMED else ""
    yield f"{operation}  {', '.join(clauses[:_MOST_NAMED])}{more}  check {', '.join(checks)}"
    yield f"  expected  {safe(', '.join(part for part in (violation.path, violation.expected) if part))}"
    yield f"  actual    {safe(violation.actual)}"
    if clause is not None:
        yield f"  clause    {clause.release}  {clause.text}"
        if clause.remark:
            yield f"  remark    {clause.remark}"
    for heading, names in (("exchange", result.exchanges), ("case id ", result.case_ids)):
        named = next((name for name in names if name.startswith(f"{violation.exchange}:")), "")
        if named:
            yield f"  {heading}  {safe(named.partition(':')[2])}"


def stanzas(record: RunRecord) -> str:
    """What ``known_issues.toml`` takes for each new cause, ready to paste; reason and link are the reader's."""
    today = datetime.fromtimestamp(record.finished, UTC).date()
    new = [one for one in causes(record.scenarios) if one.outcome == "failed" and one.first.check != NOT_SERVED]
    listed = [[violation for violation in cause.violations if violation.clause in record.clauses] for cause in new]
    return "\n".join(dict.fromkeys(stanza(violations, record.site, today) for violations in listed if violations))


def _stanzas(record: RunRecord, reports: str) -> Iterator[str]:
    if found := stanzas(record):
        number = counted(found.count("[[known]]"), "stanza")
        yield f"expected?  {number} to paste into known_issues.toml, with a reason: {reports}/{NEW_ISSUES}"


def _not_served(record: RunRecord) -> Iterator[str]:
    """Operations nobody is served: one failure each stands above; how the profile says that it is no surprise."""
    skipped = [result.skip.why for result in record.scenarios if result.skip and result.skip.kind == NOT_SERVED]
    if record.not_served:
        yield ""
        yield f"NOT SERVED  {counted(len(record.not_served), 'operation')}, whoever asks"
        for operation, words in record.not_served.items():
            others = sum(why.startswith(f"{operation} ") for why in skipped)
            yield f"  {operation}  {safe(words)}, {counted(others + 1, 'scenario')}"
        yield f"  expected? in the profile: not_served = {json.dumps(sorted(record.not_served))}"


def _not_well(record: RunRecord) -> Iterator[str]:
    """An outage is told once, with the scenarios it broke, and not once for each of them."""
    if record.unwell:
        signs = ", ".join(f"{count} x {safe(sign)}" for sign, count in record.unwell.items())
        replies = counted(sum(record.unwell.values()), "reply", "replies")
        yield ""
        yield f"NOT WELL  the site was not well: {replies} ({signs})"
        yield from _broken_by([result for result in record.scenarios if result.trouble == "outage"])


def _refused_accounts(record: RunRecord) -> Iterator[str]:
    mine = [result for result in record.scenarios if result.trouble == "account"]
    for cause in dict.fromkeys(result.cause for result in mine):
        yield ""
        yield f"REFUSED  {safe(cause)}"
        yield from _broken_by([result for result in mine if result.cause == cause])


def _broken_by(results: list[ScenarioResult]) -> Iterator[str]:
    if not results:
        yield "  what was asked was answered in the end, no scenario is broken by it"
        return
    yield f"  {counted(len(results), 'scenario is', 'scenarios are')} broken by it"
    yield from (f"  {result.nodeid}" for result in results[:_MOST_NAMED])
    yield from _more(len(results))


def _broken(record: RunRecord) -> Iterator[str]:
    """One cause, told once, with the scenarios that broke by it; a single one with all its exchanges."""
    by_cause: dict[str, list[ScenarioResult]] = {}
    for result in record.scenarios:
        if result.outcome == "broken" and not result.trouble:
            by_cause.setdefault(alike(result.cause), []).append(result)
    for nth, results in enumerate(sorted(by_cause.values(), key=lambda several: -len(several))):
        if nth == _IN_A_LINE:
            yield f"  ... and {counted(len(by_cause) - nth, 'more cause')}, in summary.json"
            return
        yield ""
        first = results[0]
        where = f"{safe(first.place)}  {safe(first.title)}" if len(results) == 1 else f"{len(results)} scenarios"
        yield f"BROKEN  {where}"
        yield from (f"  {line}" for line in safe(first.cause).splitlines()[:_MOST_LINES] or [""])
        yield from _whose(first)
        if nth < _IN_FULL:
            yield from (f"  exchange  {name.partition(':')[2]}" for name in first.exchanges[-1:])
            yield from (f"  case id   {safe(name.partition(':')[2])}" for name in first.case_ids[-1:])
            yield from _named(results)


def _named(results: Sequence[ScenarioResult]) -> Iterator[str]:
    """Some of the scenarios of one cause, where there are several."""
    if len(results) > 1:
        yield from (f"  scenario  {safe(one.place)}  {safe(one.title)}" for one in results[:_MOST_NAMED])
    yield from _more(len(results))


def _more(number: int, where: str = "summary.json") -> Iterator[str]:
    if number > _MOST_NAMED:
        yield f"  ... and {number - _MOST_NAMED} more, in {where}"


def _lists(record: RunRecord) -> Iterator[str]:
    for line in record.problems:
        yield ""
        yield f"PROBLEM  {safe(line)}"
    yield from _left_undone(record)
    if record.cleanup_errors and record.site != _EMBEDDED:
        yield f"webex-conformance sweep --site {safe(record.site)} removes what can be removed"


#: What is left, and why; what operation was asked at which address is not the reason.
_LEFT = re.compile(r"(\w+ \S+?)(?: could not be undone)?: (.*)", re.DOTALL)
_ASKED = re.compile(r"\w+ to \S+: ")
_UNSURE = "nobody knows"


def _left_undone(record: RunRecord) -> Iterator[str]:
    """What is left for one reason stands together, and what is known to be there before what may be."""
    groups: dict[str, list[str]] = {}
    for line in sorted(record.cleanup_errors, key=lambda one: _UNSURE in one):
        told = _LEFT.fullmatch(line)
        groups.setdefault(_ASKED.sub("", told[2], count=1) if told else line, []).append(line)
    for lines in groups.values():
        yield ""
        matches = [told for told in map(_LEFT.fullmatch, lines) if told]
        if len(lines) == 1 or not matches:
            yield f"LEFT UNDONE  {safe(lines[0])}"
            continue
        yield f"LEFT UNDONE  {len(lines)} x {safe(matches[0][2])}"
        yield from (f"  {safe(told[1])}" for told in matches[:_MOST_NAMED])
        yield from _more(len(lines))


def _deactivated(record: RunRecord, where: str) -> Iterator[str]:
    """Some of the users that stay, and ``where`` the others are told."""
    if record.deactivated:
        users = counted(len(record.deactivated), "user")
        yield ""
        yield f"STAYS BEHIND  {users} made by this run, deactivated; only the administration of the site removes them:"
        yield from (f"  {safe(name)}" for name in record.deactivated[:_MOST_NAMED])
        yield from _more(len(record.deactivated), where)


def _cut_short(record: RunRecord, complete: bool, given_up: str) -> Iterator[str]:
    if not complete:
        ran = f"{len(record.scenarios)} of {record.selected_of[0]} scenarios have a result"
        yield f"INCOMPLETE: {ran}; no summary is written"
        if given_up:
            yield f"given up: {safe(given_up)}"
        yield "go on where it stopped with --resume"


def _reports(record: RunRecord, reports: str, written: bool) -> Iterator[str]:
    drift = sum(len(paths) for paths in record.drift.values())
    yield ""
    if drift:
        differences = counted(drift, "difference")
        yield f"drift     {differences} that nobody promised or forbade, listed in summary.json; never a failure"
    if not written:
        yield f"reports   {reports}/exchanges  {reports}/allure-results"
        return
    yield f"judged by {safe(record.schema)}"
    elsewhere = "" if reports == "reports" else f" --reports {quote(reports)}"
    yield f"reports   {reports}/summary.json  junit.xml  allure-results (webex-conformance report{elsewhere})"
