"""``webex-conformance docs`` and ``coverage``: what the features say and runs saw, put together for the pages."""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from conformance.history.archive import Archive, at
from conformance.history.output import history_page
from conformance.judge.contract import Contract
from conformance.reporting.documentation.coverage import Coverage, read_exceptions, read_reasons
from conformance.reporting.documentation.evidence import Days, Evidence, days_of
from conformance.reporting.documentation.reference import REPLY, Elements, OperationEntry, Reference
from conformance.reporting.documentation.reference_output import (
    VocabularyWord,
    contract_page,
    coverage_lines,
    reference_json,
    search_index,
)
from conformance.reporting.documentation.release_pages import (
    DocumentedScenario,
    DocumentedStep,
    LivingDocumentation,
    documentation_page,
    living_documentation,
)
from conformance.reporting.documentation.site_results import site_results
from conformance.reporting.pages import Pages, write_page
from conformance.reporting.summary import SUMMARY, RunFile, folders_of, read_run
from conformance.reporting.text import ascii_json, safe
from conformance.run.commands.commands import suite_catalogue
from conformance.run.commands.mentions import mentions
from conformance.run.commands.vocabulary import entries
from conformance.run.suite import beside
from conformance.scenarios.features import Catalogue, FeatureFile
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.step_registry import import_vocabulary
from conformance.sites.errors import UserError
from conformance.sites.user_files import UNREADABLE, read_user_file, why_unreadable
from conformance.wire.payloads import Payloads

DOCUMENTATION = "living-documentation.html"
CONTRACT = "contract.html"
HISTORY = "history.html"


def docs(given: argparse.Namespace) -> int:
    """Write the pages beside the run they tell of, the last in ``reports/`` if none is named; or print JSON."""
    runs = _runs(given)
    catalogue = suite_catalogue(given.root.resolve())
    documentation = living_documentation(catalogue.clauses, documented_scenarios(catalogue), runs)
    nights = _archive(given.history)
    coverage = coverage_of(catalogue, documentation, days_of(nights.met()) if nights else {}, given.faults)
    if given.json:
        print(ascii_json(reference_json(coverage)))
        return 0
    home = Path(runs[0].file).parent if len(given.summaries) == 1 else beside(given.root.resolve(), "reports")
    output: Path = given.output or home / DOCUMENTATION
    if output.name in (CONTRACT, HISTORY):
        hint = f"the pages of the contract and of the nights lie beside it as {CONTRACT} and {HISTORY}"
        raise UserError("page-name", f"{output.name} is the name of another page", where=str(output), hint=hint)
    pages = Pages(output.name, CONTRACT, HISTORY if nights else "", sites=bool(documentation.latest))
    index = search_index(documentation, coverage, pages)
    words = [VocabularyWord(one.keyword, one.sentence, one.example, one.where, one.used) for one in entries(catalogue)]
    write_page(output, documentation_page(documentation, pages, index, site_results(documentation, output.parent)))
    write_page(output.with_name(CONTRACT), contract_page(documentation, coverage, pages, index, words))
    if nights:
        write_page(output.with_name(HISTORY), history_page(nights.folder, pages, index))
    sites = ", ".join(run.name for run in documentation.latest) or "no run: outcomes are left out"
    counts = f"{len(documentation.clauses)} clauses, {len(documentation.scenarios)} scenarios"
    counts += f", {len(coverage.reference.elements.all)} elements"
    print(safe(f"{output}: {counts}, {sites}"))
    return 0


def coverage(given: argparse.Namespace) -> int:
    """Print how much of the contract is asked for, seen, judged and killed, and what nobody judges, and why."""
    runs = _runs(given)
    catalogue = suite_catalogue(given.root.resolve())
    documentation = living_documentation(catalogue.clauses, documented_scenarios(catalogue), runs)
    nights = _archive(given.history)
    found = coverage_of(catalogue, documentation, days_of(nights.met()) if nights else {}, given.faults)
    print("\n".join(safe(line) for line in coverage_lines(found, gaps=given.gaps)))
    return 1 if found.unaccounted() else 0


def _runs(given: argparse.Namespace) -> list[RunFile]:
    reports = beside(given.root.resolve(), "reports")
    files = given.summaries or [one for one in folders_of(reports) if (one / SUMMARY).is_file()]
    return [read_run(file) for file in files]


def _archive(folder: Path | None) -> Archive | None:
    return at(folder) if folder else None


def coverage_of(
    catalogue: Catalogue, documentation: LivingDocumentation, days: Days, faults: Path | None = None
) -> Coverage:
    """The contract beside the features, what the runs of ``documentation`` saw, and the fault matrix."""
    reference = reference_of(catalogue, documentation.scenarios)
    if faults:
        reference = killed_in(reference, _matrix(faults))
    features = catalogue.root / "features"
    evidence = Evidence(documentation.latest, days)
    return Coverage(reference, evidence, read_exceptions(features), read_reasons(features), measured=bool(faults))


def reference_of(catalogue: Catalogue, scenarios: Iterable[DocumentedScenario]) -> Reference:
    """The contract with what the features judge of it."""
    root = catalogue.root
    payloads, contract = Payloads(root / "payloads"), Contract(root / "schemas")
    elements = Elements(contract, payloads.operations, catalogue.clauses.values())
    told = tuple(scenarios)
    operations = {name: _operation(name, payloads, contract, told) for name in sorted(payloads.operations)}
    releases = tuple(catalogue.editions)
    return Reference(elements, operations, tuple(mentions(catalogue)), catalogue.clauses, releases)


def _operation(
    name: str, payloads: Payloads, contract: Contract, scenarios: tuple[DocumentedScenario, ...]
) -> OperationEntry:
    mine = [one for one in scenarios if name in one.operations]
    sample = payloads.sample(name)
    declared = contract.whole.declares(name)
    return OperationEntry(
        name=name,
        service=payloads.operations[name],
        declared=declared,
        since=contract.whole.request_type(name).since if declared else "",
        sample=sample.text,
        parameters=sample.variables,
        roles=tuple(sorted({role for one in mine for role in one.roles})),
        settings=tuple(sorted({setting for one in mine for setting in one.settings})),
        scenarios=tuple(one.nodeid for one in mine),
    )


_NAMED = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:/[A-Za-z0-9_]+)*")


def killed_in(reference: Reference, rows: Iterable[Mapping[str, str]]) -> Reference:
    """With what the faults that scenarios killed are about: the clause, and the elements their summaries name."""
    found: Counter[str] = Counter()
    for row in rows:
        if row["verdict"] == "killed":
            found[row["clause"]] += 1
            names = _NAMED.findall(f"{row['fault'].partition('/')[2]} {row['summary']}")
            operations = [name for name in names if name in reference.operations]
            keys = (reference.elements.at(one, REPLY, name) for one in operations for name in names)
            found.update({key for several in keys for key in several if key in reference.judged})
    return replace(reference, killed=found)


def _matrix(file: Path) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(read_user_file(file).splitlines()))
    except (OSError, *UNREADABLE) as problem:
        raise UserError("fault-matrix", f"it cannot be read: {why_unreadable(problem)}", where=str(file)) from None
    if not rows or not {"fault", "clause", "verdict", "summary"} <= set(rows[0]):
        hint = "make fault-matrix writes reports/fault-matrix.csv"
        raise UserError("fault-matrix", "this is no fault matrix", where=str(file), hint=hint)
    return rows


def documented_scenarios(catalogue: Catalogue) -> Iterator[DocumentedScenario]:
    """Every scenario of the features, as readers see it."""
    import_vocabulary(catalogue.root)
    for feature in catalogue.read_all([catalogue.root / "features"]):
        for scenario in feature.scenarios.values():
            yield _documented(feature, scenario)


def _documented(file: FeatureFile, scenario: Scenario) -> DocumentedScenario:
    return DocumentedScenario(
        nodeid=scenario.nodeid,
        clause=scenario.clause.id,
        level=scenario.level,
        roles=scenario.roles,
        settings=tuple({**scenario.settings, **dict.fromkeys(scenario.implied)}),
        weaker="" if scenario.level == scenario.clause.level else scenario.level,
        title=scenario.title,
        place=f"{scenario.path}:{scenario.line}",
        feature=scenario.feature,
        about=" ".join((file.feature.description or "").split()),
        rule=scenario.rule,
        description=scenario.description,
        until=str(scenario.until or ""),
        operations=scenario.operations,
        conditions=tuple(_conditions(scenario)),
        steps=tuple(DocumentedStep(step.keyword, step.text, step.table) for step in scenario.steps),
    )


def _conditions(scenario: Scenario) -> Iterator[str]:
    """What a site must offer for the scenario to run on it."""
    if scenario.writes:
        yield "changes the site"
    if scenario.needs_control_plane:
        yield "needs a mock's control plane"
    if scenario.mail:
        yield "reads mail"
    yield from (f"needs {name}" for name in scenario.needs)
    yield from (f"as {role}" for role in scenario.roles)
