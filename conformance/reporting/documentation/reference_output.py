"""The reference told: as a page, as JSON for other tools, and its coverage as a table for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.reporting.documentation.coverage import KINDS, Coverage, ExceptionEntry, Part
from conformance.reporting.documentation.evidence import DIFFERENCES, Sighting
from conformance.reporting.documentation.reference import ContractElement, Mention
from conformance.reporting.documentation.release_pages import WORDS, LivingDocumentation
from conformance.reporting.outcome import LEVELS, OUTCOMES, SKIP_CLASSES
from conformance.reporting.pages import Pages, render, script_data
from conformance.reporting.text import table
from conformance.sites.profile import ROLES
from conformance.sites.release import Release
from conformance.sites.settings import known_settings

FORMAT = 1
_LEGEND = {
    "Levels": LEVELS,
    "Outcomes": OUTCOMES,
    "Skipped, because of": SKIP_CLASSES,
    "Words of the features": WORDS,
}
#: Columns of the table of coverage, by the field of a row.
_COLUMNS = {
    "total": "declared",
    "asked": "asked for",
    "live": "seen live",
    "mock": "seen on a mock",
    "judged": "judged",
    "killed": "killed",
}


@dataclass(frozen=True)
class VocabularyWord:
    """A sentence of the features with an example, and where and how often it is said."""

    keyword: str
    sentence: str
    example: str
    where: str
    used: int


@dataclass(frozen=True)
class Row:
    """An element in the table of releases and sites: which releases have it, what each site shows."""

    element: ContractElement
    has: tuple[bool, ...]
    sightings: tuple[Sighting | None, ...]

    @property
    def differs(self) -> bool:
        """Whether a site shows something else than the contract says."""
        return any(one is not None and one.differs for one in self.sightings)


def rows(coverage: Coverage) -> list[Row]:
    """The elements that a release brought or took away, and those of which a site shows something else."""
    found = []
    for element in coverage.reference.elements.all.values():
        seen = {one.site: one for one in coverage.evidence.of(element)}
        told = tuple(seen.get(run.site) for run in coverage.evidence.runs)
        row = Row(element, tuple(_has(element, release) for release in coverage.reference.releases), told)
        if element.since or element.until or row.differs:
            found.append(row)
    return sorted(found, key=lambda row: (not row.differs, _since(row.element), row.element.id))


def _since(element: ContractElement) -> Release:
    return Release.parse(element.since or "0.0.0")


def _has(element: ContractElement, release: Release) -> bool:
    since = not element.since or Release.parse(element.since) <= release
    return since and not (element.until and Release.parse(element.until) <= release)


def _by_telling(sightings: Iterable[Sighting]) -> list[tuple[tuple[Any, ...], list[Sighting]]]:
    """Sites that show the same told together."""
    found: dict[tuple[Any, ...], list[Sighting]] = {}
    for one in sightings:
        found.setdefault((one.kinds, one.words, one.differs, bool(one.first)), []).append(one)
    return list(found.items())


def _clause_named(name: str, clauses: Mapping[str, Clause]) -> Clause:
    return clauses[name]


def _figure(number: int | None) -> str:
    return "-" if number is None else str(number)


_FILTERS: dict[str, Callable[..., Any]] = {
    "groupby_told": _by_telling,
    "clause_named": _clause_named,
    "figure": _figure,
}


def contract_page(
    documentation: LivingDocumentation,
    coverage: Coverage,
    pages: Pages,
    index: Sequence[Sequence[str]],
    vocabulary: Sequence[VocabularyWord],
) -> str:
    """The page of the contract, complete in itself; ``index`` is what its search finds."""
    told = documentation.scenarios
    return render(
        "contract.html",
        _FILTERS,
        documentation=documentation,
        coverage=coverage,
        reference=coverage.reference,
        evidence=coverage.evidence,
        rows=rows(coverage),
        undeclared=list(coverage.evidence.undeclared(coverage.reference.elements)),
        groups=_groups(coverage),
        gaps=_gaps(coverage),
        reasons=_reasons(coverage),
        counts=coverage.rows(),
        columns=_shown(coverage),
        legend=_LEGEND,
        differences=DIFFERENCES,
        roles=ROLES,
        settings=known_settings(),
        of_role={name: [one for one in told if name in one.roles] for name in ROLES},
        of_setting={name: [one for one in told if name in one.settings] for name in known_settings()},
        vocabulary=vocabulary,
        pages=pages,
        index=script_data(index),
        exceptions_of=exceptions_of,
        titles={one.nodeid: one.title for one in documentation.scenarios},
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        suite=__version__,
    )


def _groups(coverage: Coverage) -> list[tuple[str, str, list[ContractElement]]]:
    """Every type with the one it extends and the elements that it declares itself, in its order."""
    elements = coverage.reference.elements
    found: dict[str, list[ContractElement]] = {name: [] for name in elements.bases}
    for key, element in elements.all.items():
        found[key.rpartition("/")[0]].append(element)
    return [(name, elements.bases[name], found[name]) for name in sorted(found)]


def _gaps(coverage: Coverage) -> dict[tuple[str, str], str]:
    return {(part.kind, part.name): part.reason for part in coverage.parts if not part.judged}


def _reasons(coverage: Coverage) -> list[tuple[str, int]]:
    """Why what is not judged is not, with the number of things that is said of."""
    found: dict[str, int] = {}
    for part in coverage.parts:
        if not part.judged and part.kind != "exception id":
            found[part.reason] = found.get(part.reason, 0) + 1
    return sorted(found.items(), key=lambda item: -item[1])


def _shown(coverage: Coverage) -> dict[str, str]:
    return {name: words for name, words in _COLUMNS.items() if name != "killed" or coverage.measured}


def search_index(documentation: LivingDocumentation, coverage: Coverage, pages: Pages) -> list[list[str]]:
    """What one search finds on every page: name, kind, further words, address."""
    clauses = [
        [clause.id, "clause", f"{clause.operation} {clause.text}", f"{pages.releases}#{clause.id}"]
        for clause in documentation.clauses.values()
    ]
    reference, place = coverage.reference, pages.contract
    found = [*clauses, *([name, "operation", "", f"{place}#{name}"] for name in reference.operations)]
    for element in reference.elements.all.values():
        path = next((one.path for one in element.occurrences), "")
        words = f"{path if '/' in path else ''} {element.id.rpartition('/')[0]}"
        found.append([element.name, "element", words.strip(), f"{place}#{element.id}"])
    found += [[one.id, "exception id", one.reason, f"{place}#{one.id}"] for one in coverage.exceptions.values()]
    found += [
        [name, "values", " ".join(some), f"{place}#{name}"] for name, some in reference.elements.enumerations.items()
    ]
    found += [[name, "role", words, f"{place}#role-{name}"] for name, words in ROLES.items()]
    found += [
        [one.phrase, "setting", f"{name} {one.notes}", f"{place}#setting-{name}"]
        for name, one in known_settings().items()
    ]
    return found


def coverage_lines(coverage: Coverage, *, gaps: bool) -> Iterator[str]:
    """The table, what is wrong with the reasons, and where asked for everything that nothing judges."""
    shown = _shown(coverage)
    lines = [["", *shown.values()]]
    lines += [[f"{row.kind}s", *(_figure(getattr(row, name)) for name in shown)] for row in coverage.rows()]
    yield from table(lines)
    if gaps:
        for kind in KINDS:
            for part in coverage.parts:
                if part.kind == kind and not part.judged and part.reason:
                    yield f"{kind} {part.name}: {part.reason}"
    yield from coverage.unaccounted()


def reference_json(coverage: Coverage) -> dict[str, Any]:
    """The contract as plain values (``reference.schema.json``)."""
    reference = coverage.reference
    parts = {(part.kind, part.name): part for part in coverage.parts}
    return {
        "format": FORMAT,
        "suite": __version__,
        "releases": [str(release) for release in reference.releases],
        "sites": [
            {"site": run.site, "mock": run.mock, "release": str(run.release), "day": run.day}
            for run in coverage.evidence.runs
        ],
        "operations": [_operation(name, coverage) for name in reference.operations],
        "elements": [_element(element, coverage, parts) for element in reference.elements.all.values()],
        "undeclared": [
            dict(zip(("site", "operation", "path", "kinds"), one, strict=True))
            for one in coverage.evidence.undeclared(reference.elements)
        ],
        "exceptions": [
            asdict(one) | {"clauses": _clause_ids(reference.by_exception.get(one.id, ()))}
            for one in coverage.exceptions.values()
        ],
        "coverage": [asdict(row) for row in coverage.rows()],
    }


def _clause_ids(mentions: Iterable[Mention]) -> list[str]:
    return list(dict.fromkeys(one.clause for one in mentions))


def _operation(name: str, coverage: Coverage) -> dict[str, Any]:
    entry = coverage.reference.operations[name]
    return {
        "name": name,
        "service": entry.service,
        "declared": entry.declared,
        "since": entry.since,
        "parameters": dict(entry.parameters),
        "roles": list(entry.roles),
        "settings": list(entry.settings),
        "scenarios": list(entry.scenarios),
        "clauses": [clause.id for clause in coverage.reference.of_operation(name)],
        "exceptions": [one.id for one in exceptions_of(name, coverage)],
    }


def exceptions_of(operation: str, coverage: Coverage) -> list[ExceptionEntry]:
    """The exception ids that an operation may be refused with, by what is known or a scenario asks."""
    mentioned = coverage.reference.by_exception
    asked = {name for name, told in mentioned.items() if any(one.operation == operation for one in told)}
    return [one for one in coverage.exceptions.values() if one.id in asked or operation in _names(one)]


def _names(one: ExceptionEntry) -> list[str]:
    return one.operations.replace(",", " ").split()


def _element(element: ContractElement, coverage: Coverage, parts: Mapping[tuple[str, str], Part]) -> dict[str, Any]:
    part = parts["element", element.id]
    told: Sequence[Clause] = coverage.reference.clauses_of(element)
    return {
        "id": element.id,
        "name": element.name,
        "type": element.type,
        "kind": element.kind,
        "values": list(element.values),
        "least": element.least,
        "most": element.most,
        "since": element.since,
        "until": element.until,
        "place": element.place,
        "after": element.before,
        "before": element.after,
        "paths": [asdict(one) for one in element.occurrences],
        "clauses": [clause.id for clause in told],
        "scenarios": list(dict.fromkeys(one.nodeid for one in coverage.reference.by_element.get(element.id, ()))),
        "parameters": {name: list(several) for name, several in coverage.reference.parameters_of(element).items()},
        "judged": part.judged,
        "reason": part.reason,
        "seen": [asdict(one) for one in coverage.evidence.of(element)],
    }
