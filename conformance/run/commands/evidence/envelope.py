"""``webex-conformance envelope``: each failure of a run in a folder that stands alone.

A folder holds the finding in plain words and for machines, the masked exchange, and, where one request shows the
failure, a shell script for whoever does not have this suite; a manifest and a signature keep it whole.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.judge.conditions import condition
from conformance.judge.contract import Contract
from conformance.judge.findings import Violation
from conformance.reporting.summary import SUMMARY, read_run
from conformance.reporting.text import printable
from conformance.run.commands.evidence.seal import FINDING, FORMAT, MANIFEST, read_private, seal
from conformance.run.commands.evidence.shell_script import ShownFailure, holds, sections, shell_script, told_by
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.step_registry import import_vocabulary
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.masking import MASK, secret_registry
from conformance.sites.settings import setting_named
from conformance.sites.user_files import names_folder, naming, read_user_file
from conformance.wire.exchange import parse, read_reply

WORDS, SCRIPT, EXCHANGE = "finding.md", "show.sh", "exchange.xml"
_TOLD = ("failed", "known")
#: Request and reply, masked, by the number of the exchange in its scenario.
Exchanges = Mapping[int, tuple[str, str]]


@dataclass(frozen=True)
class SuiteContents:
    """What envelopes are written with: scenarios by node id, clauses, contract."""

    scenarios: Mapping[str, Scenario]
    clauses: Mapping[str, Clause]
    contract: Contract


def read_suite(root: Path) -> SuiteContents:
    """The suite in the folder ``root``."""
    import_vocabulary(root)
    catalogue = Catalogue(root)
    catalogue.read_all([root / "features"])
    scenarios = {one.nodeid: one for file in catalogue.known_files() for one in file.scenarios.values()}
    return SuiteContents(scenarios, catalogue.clauses, Contract(root / "schemas"))


def shown_by_one_request(
    violation: Violation,
    scenario: Scenario,
    suite: SuiteContents,
    exchanges: Exchanges,
    url: str,
    words: tuple[str, ...] = (),
) -> ShownFailure | str:
    """What a script must do to show ``violation`` by one of the scenario's masked ``exchanges``; or why none can."""
    request, reply = exchanges.get(violation.exchange, ("", ""))
    why = _needs_more(violation, scenario, request)
    if why:
        return why
    since = suite.contract.view(scenario.since) if violation.check == "element-order" else suite.contract.whole
    asked = condition(violation, since)
    try:
        told = told_by(read_reply(violation.operation, reply.encode()))
        if not asked or MASK in asked or holds(asked, violation.operation, reply.encode()):
            return f"what the check {violation.check} asks here cannot be asked of one reply by XPath"
        earlier = (one[1] for nth, one in exchanges.items() if nth < violation.exchange and one[0] == request)
        if any(holds(asked, violation.operation, one.encode()) for one in earlier):
            return "the same request was answered as the clause asks before"
    except CannotJudge:
        return "the reply is no message, so no XPath can be asked of it"
    about_elements = violation.check.startswith(("element-", "count", "row-present", "row-order", "license"))
    by_ticket = any("signed in with" in step.text or "can sign in" in step.text for step in scenario.steps)
    writes = scenario.writes
    settings = tuple(f"{setting_named(name).phrase} {_switched(one)}" for name, one in scenario.settings.items())
    return ShownFailure(words, url, request, asked, told, about_elements, writes, by_ticket, settings)


def _switched(value: object) -> str:
    return {True: "enabled", False: "disabled"}[value] if isinstance(value, bool) else str(value)


def _needs_more(violation: Violation, scenario: Scenario, request: str) -> str:
    if violation.exchange < 1:
        return "it is about no single exchange"
    if not request:
        return "its exchange was not kept, or cannot be read any more"
    if "REQUEST" in request.splitlines():
        return "the request holds the line that ends it in a script"
    if scenario.mail:
        return "it is about mail"
    if scenario.writes and violation.exchange > 1:
        return "it needs what the scenario made before, and took away again"
    return ""


# -- what is told ----------------------------------------------------------------


@dataclass(frozen=True)
class _Failure:
    """One cause of a run with the scenario that shows it."""

    cause: Mapping[str, Any]
    row: Mapping[str, Any]
    violation: Violation
    file: Path | None
    exchanges: Exchanges
    scenario: Scenario | None


def _failures(document: Mapping[str, Any], reports: Path, suite: SuiteContents) -> Iterator[_Failure]:
    rows = {row["nodeid"]: row for row in document["scenarios"]}
    for cause in document["causes"]:
        if cause["outcome"] not in _TOLD:
            continue
        several = [_failure(cause, rows[nodeid], reports, suite) for nodeid in cause["scenarios"]]
        simple = (one for one in several if one.scenario and isinstance(_script(one, suite, "", ()), ShownFailure))
        yield next(simple, several[0])


def _failure(cause: Mapping[str, Any], row: Mapping[str, Any], reports: Path, suite: SuiteContents) -> _Failure:
    names = ("clause", "check", "operation", "path", "expected", "actual", "exchange", "line")
    found = [Violation(**{name: one[name] for name in names}) for one in row["violations"]]
    violation = next((one for one in found if _is_of(one, cause)), found[0])
    files = {}
    for number, _, place in (one.partition(":") for one in row["exchanges"]):
        files[int(number)] = reports / "exchanges" / Path(place).name
    exchanges = {number: told for number, file in files.items() if (told := _sections(file))}
    file = files[violation.exchange] if violation.exchange in exchanges else None
    return _Failure(cause, row, violation, file, exchanges, suite.scenarios.get(row["nodeid"]))


def _is_of(violation: Violation, cause: Mapping[str, Any]) -> bool:
    """Whether the cause speaks of this one; it names no operation where there are several."""
    named = violation.clause in cause["clauses"] and cause["operation"] in ("", violation.operation)
    return named and violation.cause[1:] == (cause["path"], cause["wrong"])


def _sections(file: Path) -> tuple[str, str] | None:
    """Request and reply; a file that is gone or cut leaves a failure without evidence, and is none of this command."""
    try:
        return sections(file.read_bytes())
    except (OSError, CannotJudge):
        return None


def _script(failure: _Failure, suite: SuiteContents, url: str, words: tuple[str, ...]) -> ShownFailure | str:
    if failure.scenario is None:
        return "this suite has no such scenario any more"
    return shown_by_one_request(failure.violation, failure.scenario, suite, failure.exchanges, url, words)


def _finding(failure: _Failure, run_of: Mapping[str, Any], suite: SuiteContents, no_script: str) -> dict[str, Any]:
    violation, clause = failure.violation, suite.clauses.get(failure.violation.clause)
    keys = ("site", "mock", "suite", "release", "site_release", "started", "finished")
    scenario = failure.scenario
    return {
        "format": FORMAT,
        "clause": {"id": violation.clause, **({} if clause is None else _clause(clause))},
        "finding": {key: getattr(violation, key) for key in ("check", "operation", "path", "expected", "actual")},
        "scenario": {"nodeid": failure.row["nodeid"], "line": violation.line, "outcome": failure.row["outcome"]},
        "as_well": [one for one in failure.cause["scenarios"] if one != failure.row["nodeid"]],
        "run": {key: run_of[key] for key in keys},
        "exchange": _exchange(failure.file),
        "settings": {} if scenario is None else dict(scenario.settings),
        "roles": [] if scenario is None else list(scenario.roles),
        "writes": scenario is not None and scenario.writes,
        "no_script": no_script,
        "made_by": __version__,
    }


def _clause(clause: Clause) -> dict[str, Any]:
    source = clause.source or "release notes (docs/sources.md)"
    return {
        "release": str(clause.release),
        "level": clause.level,
        "text": clause.text,
        "heading": clause.item,
        "lines": clause.lines,
        "source": source,
    }


def _exchange(file: Path | None) -> dict[str, str]:
    root = parse(file.read_bytes()) if file else None
    names = ("url", "caller", "sent", "seconds", "status", "caseID")
    return {} if root is None else {name: str(root.get(name, "")) for name in names}


def _words(finding: Mapping[str, Any]) -> str:
    clause, found, exchange, run_of = (finding[key] for key in ("clause", "finding", "exchange", "run"))
    where = f"lines {clause['lines']} of the" if clause.get("lines") else "the"
    title = f"# {found['operation']} breaks {clause['id']}"
    told = f"{clause.get('text', '')} So say {where} {clause.get('source', 'notes')}, {clause.get('release', '')}."
    release = f"release {run_of['site_release'] or 'not told'}, judged as {run_of['release']}"
    after = f"answered after {exchange.get('seconds', '?')} s, HTTP {exchange.get('status', '?')}"
    facts = {
        "at": f"`{found['path'] or 'the reply'}` (check {found['check']})",
        "expected": found["expected"],
        "actual": found["actual"],
        "site": f"{run_of['site']}, {exchange.get('url', '')}, {release}",
        "when": f"{exchange.get('sent', run_of['started'])}, {after}",
        "caseID": exchange.get("caseID") or "none told",
        "asked by": f"{exchange.get('caller') or 'anybody'} (role of the account)",
        "told by": f"`{finding['scenario']['nodeid']}` and {len(finding['as_well'])} more; suite {run_of['suite']}",
        **{f"site set so: {name}": str(value) for name, value in finding["settings"].items()},
    }
    listed = "\n".join(f"- {name}: {_plain(words)}" for name, words in facts.items())
    rest = f"`{EXCHANGE}` holds request and reply, secrets masked. `sha256sum -c {MANIFEST}` finds what was changed."
    return "\n\n".join((title, told, listed, _of_the_script(finding["no_script"]), rest)) + "\n"


def _of_the_script(none: str) -> str:
    if none:
        return f"No script: {none}."
    words = "it ends with 1 while the clause is broken, with 0 when it is kept, with 2 when nothing can be said"
    return f"`sh {SCRIPT}` shows it with curl and xmllint: {words}. Its first lines name the variables it takes."


def _read_failures(document: Mapping[str, Any], reports: Path, suite: SuiteContents) -> list[_Failure]:
    """What failed; :class:`UserError` for a summary that another hand has changed."""
    try:
        return list(_failures(document, reports, suite))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as problem:
        what = f"this is no summary of a run: {type(problem).__name__} {problem}"
        raise UserError("summary-form", what, where=str(reports / SUMMARY)) from None


# -- the commands ----------------------------------------------------------------


def envelope(options: argparse.Namespace) -> int:
    """``webex-conformance envelope``: a folder for each cause of failures of a run."""
    key = read_private(options.sign) if options.sign else None
    reports = options.reports if names_folder(options.reports) else options.reports.parent
    read_run(options.reports)
    document = json.loads(read_user_file(reports / SUMMARY))
    suite = read_suite(options.root)
    output = options.output or reports / "envelopes"
    if output.exists():
        hint = "--output names another folder"
        raise UserError("envelope-exists", "there is something already", where=str(output), hint=hint)
    failures = _read_failures(document, reports, suite)
    for number, failure in enumerate(failures, 1):
        violation = failure.violation
        folder = output / f"{number:03}-{violation.clause}-{violation.operation or 'run'}"
        script = _write(folder, failure, document, suite)
        seal(folder, key)
        print(printable(f"{folder}  {violation.operation} {violation.path}: {'' if script else 'no '}script"))
    if not failures:
        raise UserError("envelope-nothing", "nothing failed in this run", where=str(options.reports))
    return 0


def _write(folder: Path, failure: _Failure, document: Mapping[str, Any], suite: SuiteContents) -> bool:
    url = _exchange(failure.file).get("url", "")
    finding = _finding(failure, document, suite, "")
    told = [f"{finding['finding'][key]}" for key in ("operation", "path", "expected", "actual")]
    words = [f"{failure.violation.clause}: {finding['clause'].get('text', '')}"]
    wrong = textwrap.wrap(f"{told[0]} {told[1]}: expected {told[2]}, actual {told[3]}", 110)
    shown = _script(failure, suite, url, tuple(map(_plain, (*words, *wrong))))
    finding["no_script"] = shown if isinstance(shown, str) else ""
    folder.mkdir(parents=True)
    with naming(folder):
        _put(folder, failure, finding, shown)
    return isinstance(shown, ShownFailure)


def _put(folder: Path, failure: _Failure, finding: dict[str, Any], shown: ShownFailure | str) -> None:
    masked = json.dumps(secret_registry.mask_values(finding), indent=1, ensure_ascii=False)
    (folder / FINDING).write_text(masked + "\n", encoding="utf-8")
    (folder / WORDS).write_text(secret_registry.mask(_words(finding)), encoding="utf-8")
    if failure.file is not None:
        (folder / EXCHANGE).write_bytes(failure.file.read_bytes())
    if isinstance(shown, ShownFailure):
        (folder / SCRIPT).write_text(shell_script(shown), encoding="utf-8")
        (folder / SCRIPT).chmod(0o755)


def _plain(line: str) -> str:
    """One line, whatever a site told: a comment of a script stays a comment."""
    return printable(" ".join(line.split()))
