"""``webex-conformance docs``: the living documentation, made from the features and what runs said of them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from conformance.reporting.docs_book import Scenario, Step, book_of
from conformance.reporting.docs_page import page_of
from conformance.reporting.page import write_page
from conformance.reporting.run_file import SUMMARY, read_run
from conformance.reporting.text import safe
from conformance.run.case import Case
from conformance.run.catalogue import Catalogue, FeatureFile
from conformance.run.stepbook import import_vocabulary
from conformance.target.trouble import UserError

NAME = "living-documentation.html"


def docs(given: argparse.Namespace) -> int:
    """Write the page; without summaries it tells of the last run in ``reports/``, if there is one."""
    root: Path = given.root.resolve()
    last = root / "reports" / SUMMARY
    files = given.summaries or ([last] if last.is_file() else [])
    runs = [read_run(file) for file in files]
    catalogue = Catalogue(root)
    book = book_of(catalogue.clauses, scenarios_of(catalogue), runs)
    if not book.scenarios:
        raise UserError("features-missing", "there are no features here", where=str(root), hint="name them with --root")
    output: Path = given.output or root / "reports" / NAME
    write_page(output, page_of(book))
    sites = ", ".join(run.name for run in book.latest) or "no run: outcomes are left out"
    print(safe(f"{output}: {len(book.clauses)} clauses, {len(book.scenarios)} scenarios, {sites}"))
    return 0


def scenarios_of(catalogue: Catalogue) -> Iterator[Scenario]:
    """Every scenario of the features, as readers see it."""
    import_vocabulary(catalogue.root)
    for feature in catalogue.read_all([catalogue.root / "features"]):
        for case in feature.cases.values():
            yield _scenario(feature, case)


def _scenario(file: FeatureFile, case: Case) -> Scenario:
    return Scenario(
        nodeid=f"{case.path}::{case.title}",
        clause=case.clause.id,
        title=case.title,
        place=f"{case.path}:{case.line}",
        feature=case.feature,
        about=" ".join((file.feature.description or "").split()),
        rule=case.rule,
        description=case.description,
        until=str(case.until or ""),
        operations=case.operations,
        conditions=tuple(_conditions(case)),
        steps=tuple(Step(sentence.keyword, sentence.text, sentence.table) for sentence in case.sentences),
    )


def _conditions(case: Case) -> Iterator[str]:
    """What a site must offer for the scenario to run on it."""
    if case.writes:
        yield "changes the site"
    if case.control:
        yield "needs a mock's control plane"
    if case.mail:
        yield "reads mail"
    yield from (f"needs {name}" for name in case.needs)
    yield from (f"as {role}" for role in case.roles)
