"""Scenarios and Then steps that no fault ever made fail."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.run.case import Case
from conformance.run.catalogue import Catalogue
from conformance.run.stepbook import Sentence
from tests.matrix.measure import Finding, place


def contract_only(case: Case) -> bool:
    """Judged without a reply: measured by tests/test_contract_faults.py."""
    return not any("sends" in one.text or "uses" in one.text or "signs in" in one.text for one in case.sentences)


def cases_without_teeth(catalogue: Catalogue, findings: list[Finding]) -> list[str]:
    """Judged scenarios that failed under no fault."""
    failed = {name for one in findings for name in one.cases}
    cases = (case for file in catalogue.known_files() for case in file.cases.values())
    judged = (case for case in cases if case.level != "observe" and not contract_only(case))
    return [place(case) for case in judged if place(case) not in failed]


def steps_without_teeth(catalogue: Catalogue, findings: list[Finding]) -> list[str]:
    """Then step definitions of judged scenarios that found nothing under any fault."""
    found = {catalogue.book.look_up(sentence).function.__name__ for sentence in _thens(catalogue, findings)}
    cases = (case for file in catalogue.known_files() for case in file.cases.values())
    used = {
        catalogue.book.look_up(one).function.__name__
        for case in cases
        if case.level != "observe" and not contract_only(case)
        for one in case.sentences
        if one.type == "then"
    }
    return sorted(used - found)


def _thens(catalogue: Catalogue, findings: list[Finding]) -> Iterator[Sentence]:
    texts = {text for one in findings for text in one.steps}
    for file in catalogue.known_files():
        for case in file.cases.values():
            yield from (one for one in case.sentences if one.type == "then" and one.text in texts)
