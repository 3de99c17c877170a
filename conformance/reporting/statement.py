"""The statement at the end of a run: what was judged, every violation in one grammar, where the reports are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from conformance.judge.clauses import Clause
from conformance.judge.findings import NOT_SERVED, Violation
from conformance.judge.known_issues import stanza
from conformance.reporting.outcome import OUTCOMES, ScenarioResult
from conformance.reporting.summary import RunRecord, by_release
from conformance.reporting.text import safe, table
from conformance.sites.release import Release

#: More than these would hide the failures they are about.
_MOST_STANZAS = 10
#: Of scenarios broken by one and the same trouble.
_MOST_LISTED = 20


def statement(record: RunRecord, reports: str, *, complete: bool = True, given_up: str = "") -> list[str]:
    """The whole statement, line by line; ``given_up`` is why the run ended early."""
    return [
        *_heading(record),
        *_cut_short(record, complete, given_up),
        "",
        *_table(record),
        "",
        *_accounting(record),
        *_violations(record),
        *_stanzas(record),
        *_not_served(record),
        *_not_well(record),
        *_refused_accounts(record),
        *_broken(record),
        *_lists(record),
        *_deactivated(record),
        *_reports(record, reports, complete),
    ]


def _heading(record: RunRecord) -> Iterator[str]:
    kind = "mock site" if record.mock else "site"
    seconds = record.finished - record.started
    yield (
        f"{kind} {record.site} ({record.url}), judged as {record.judged_as}, {record.access}, "
        f"{record.sent} requests in {seconds:.1f} s"
    )
    if record.site_release != record.judged_as:
        yield f"the site says it runs {record.site_release or 'a release it does not name'}"
    newest = max((clause.release for clause in record.clauses.values()), default=None)
    if newest is not None and Release.parse(record.judged_as) > newest:
        yield f"the clauses speak about releases up to {newest}: what came later is not judged"
    if record.backup:
        yield f"the site is on its backup: gsbStatus BACKUP in {_counted(record.backup, 'reply', 'replies')}"
    yield from (f"note: {safe(line)}" for line in record.notes)
    yield from (f"{'discovered' if not nth else '':10}  {safe(words)}" for nth, words in enumerate(record.discovered))


def _table(record: RunRecord) -> list[str]:
    rows = [["release", "clauses", *OUTCOMES]]
    sums = [0] * (len(OUTCOMES) + 1)
    for release, results, clauses in by_release(record):
        counts = [len(clauses), *(sum(result.outcome == word for result in results) for word in OUTCOMES)]
        sums = [left + right for left, right in zip(sums, counts, strict=True)]
        if results:
            rows.append([release, *map(str, counts)])
    rows.append(["all", *map(str, sums)])
    return table(rows, right=frozenset(range(1, len(OUTCOMES) + 2)))


_APART = {"not_judged_here": "not judged here", "judged_in_baseline": "judged in the baseline"}


def _accounting(record: RunRecord) -> Iterator[str]:
    numbers = record.accounting()
    skips = [str(row["skip"]).partition(": ") for row in record.clause_rows() if row["skip"]]
    why = sorted({kind for kind, _, _ in skips if kind != "baseline"})
    reasons = f" ({', '.join(why)})" if why else ""
    rest = f", {numbers['not_selected']} not selected" if numbers["not_selected"] else ""
    yield (
        f"{numbers['clauses']} clauses: {numbers['judged']} judged, {numbers['observed']} observed, "
        f"{numbers['not_applicable']} not applicable here{reasons}{rest}"
        + "".join(f", {numbers[key]} {words}" for key, words in _APART.items() if numbers[key])
    )
    before = [f"{row['id']} {row['baseline']}" for row in record.clause_rows() if row["baseline"]]
    if before:
        yield f"judged in the baseline of {record.baseline_day}, when the site was set otherwise: {', '.join(before)}"
    for words in dict.fromkeys(words for kind, _, words in skips if kind == "baseline"):
        yield f"not judged here: {words}"


def _violations(record: RunRecord) -> Iterator[str]:
    for word, heading in (("failed", "FAILED"), ("flaky", "FLAKY"), ("known", "KNOWN"), ("passed", "WARNING")):
        for result in record.scenarios:
            if result.outcome == word and result.violations:
                yield ""
                yield f"{heading}  {result.nodeid}"
                if result.known:
                    yield f"  known     {safe(result.known)}"
                if result.fault == "suite":
                    yield f"  fault     of this suite, not of the site: the mock of {record.judged_as} fails it, too"
                if result.attempts:
                    yield f"  tried     {len(result.attempts)} times: {', '.join(result.attempts)}"
                for violation in result.violations:
                    yield from grammar(violation, record.clauses.get(violation.clause), result)


def grammar(violation: Violation, clause: Clause | None, result: ScenarioResult) -> Iterator[str]:
    """One violation as the style page writes it."""
    yield f"{violation.operation}  {violation.clause}  check {violation.check}"
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


def _stanzas(record: RunRecord) -> Iterator[str]:
    """What ``known_issues.toml`` takes for each new failure, ready to paste; reason and link are the reader's."""
    failed = [one for result in record.scenarios if result.outcome == "failed" for one in result.violations]
    listed = [one for one in failed if one.clause in record.clauses and one.check != NOT_SERVED]
    new = {(one.clause, one.check): one for one in listed}
    if new:
        today = datetime.fromtimestamp(record.finished, UTC).date()
        yield from ("", "To expect a failure, with its reason and a link, paste into known_issues.toml:")
    for one in list(new.values())[:_MOST_STANZAS]:
        yield ""
        yield from (f"  {line}" for line in stanza(one, record.site, today).splitlines())
    if len(new) > _MOST_STANZAS:
        yield f"  ... and {len(new) - _MOST_STANZAS} more"


def _not_served(record: RunRecord) -> Iterator[str]:
    """Operations nobody is served: one failure each stands above; how the profile says that it is no surprise."""
    skipped = [result.skip.why for result in record.scenarios if result.skip and result.skip.kind == NOT_SERVED]
    if record.not_served:
        yield ""
        yield f"NOT SERVED  {_counted(len(record.not_served), 'operation', 'operations')}, whoever asks for it"
        for operation, words in record.not_served.items():
            others = sum(why.startswith(f"{operation} ") for why in skipped)
            yield f"  {operation}  {safe(words)}, {_counted(others + 1, 'scenario', 'scenarios')}"
        yield f"  expected? in the profile: not_served = {json.dumps(sorted(record.not_served))}"


def _not_well(record: RunRecord) -> Iterator[str]:
    """An outage is told once, with the scenarios it broke, and not once for each of them."""
    if record.unwell:
        signs = ", ".join(f"{count} x {safe(sign)}" for sign, count in record.unwell.items())
        replies = _counted(sum(record.unwell.values()), "reply", "replies")
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
    yield f"  {_counted(len(results), 'scenario is', 'scenarios are')} broken by it"
    yield from (f"  {result.nodeid}" for result in results[:_MOST_LISTED])
    if len(results) > _MOST_LISTED:
        yield f"  ... and {len(results) - _MOST_LISTED} more, in summary.json"


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _broken(record: RunRecord) -> Iterator[str]:
    for result in record.scenarios:
        if result.outcome == "broken" and not result.trouble:
            yield ""
            yield f"BROKEN  {result.nodeid}"
            for line in safe(result.cause).splitlines() or [""]:
                yield f"  {line}"
            yield from (f"  exchange  {name.partition(':')[2]}" for name in result.exchanges)
            yield from (f"  case id   {safe(name.partition(':')[2])}" for name in result.case_ids)


def _lists(record: RunRecord) -> Iterator[str]:
    for heading, lines in (("PROBLEM", record.problems), ("LEFT UNDONE", record.cleanup_errors)):
        for line in lines:
            yield ""
            yield f"{heading}  {safe(line)}"


def _deactivated(record: RunRecord) -> Iterator[str]:
    if record.deactivated:
        users = "1 user" if len(record.deactivated) == 1 else f"{len(record.deactivated)} users"
        yield ""
        yield f"STAYS BEHIND  {users} made by this run, deactivated; only the administration of the site removes them:"
        yield from (f"  {safe(name)}" for name in record.deactivated)


def _cut_short(record: RunRecord, complete: bool, given_up: str) -> Iterator[str]:
    if not complete:
        ran = f"{len(record.scenarios)} of {record.selected_of[0]} scenarios have a result"
        yield f"INCOMPLETE: {ran}; no summary is written"
        if given_up:
            yield f"given up: {safe(given_up)}"
        yield "go on where it stopped with --resume"


def _reports(record: RunRecord, reports: str, complete: bool) -> Iterator[str]:
    drift = sum(len(paths) for paths in record.drift.values())
    yield ""
    if drift:
        differences = "1 difference" if drift == 1 else f"{drift} differences"
        yield f"drift     {differences} that nobody promised or forbade, listed in summary.json; never a failure"
    if not complete:
        yield f"reports   {reports}/exchanges  {reports}/allure-results"
        return
    yield f"judged by {safe(record.schema)}"
    yield f"reports   {reports}/summary.json  {reports}/junit.xml  {reports}/allure-results (make report)"
