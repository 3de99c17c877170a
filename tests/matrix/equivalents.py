"""Faults that break no clause: listed by hand, each with the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from tests.matrix.measure import Finding

FILE = Path(__file__).with_name("equivalents.toml")


@dataclass(frozen=True)
class Equivalent:
    """Patterns of fault ids, without those that match ``unless``; why no clause forbids them."""

    faults: tuple[str, ...]
    unless: tuple[str, ...]
    reason: str

    def lists(self, fault: str) -> bool:
        """Whether ``fault`` is one of them."""
        return _matches(fault, self.faults) and not _matches(fault, self.unless)


def load(file: Path = FILE) -> tuple[Equivalent, ...]:
    """The list; a row without a reason is an error."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["equivalent"]
    listed = tuple(Equivalent(tuple(row["faults"]), tuple(row.get("unless", ())), row["reason"].strip()) for row in rows)
    assert all(row.reason for row in listed), "an equivalent without a reason"
    return listed


def settled(findings: Iterable[Finding], listed: Iterable[Equivalent]) -> list[Finding]:
    """The findings with listed survivors called equivalent, and listed ones that did not survive called wrongly listed.

    A fault that did nothing is no equivalent: it was not applied, listed or not.
    """
    rows = tuple(listed)
    return [_settled(one, next((row for row in rows if row.lists(one.fault)), None)) for one in findings]


def excused(findings: Iterable[Finding], listed: Iterable[Equivalent]) -> list[Finding]:
    """The findings of a twin with listed survivors called equivalent: another site may well show what the mock does not."""
    rows = tuple(listed)
    return [_excused(one, next((row for row in rows if row.lists(one.fault)), None)) for one in findings]


def _excused(finding: Finding, row: Equivalent | None) -> Finding:
    survived = row is not None and finding.verdict == "survived"
    return replace(finding, verdict="equivalent", reason=row.reason) if survived else finding


def unused(faults: Iterable[str], listed: Iterable[Equivalent]) -> list[str]:
    """Patterns that match no fault."""
    ids = list(faults)
    return [pattern for row in listed for pattern in row.faults if not any(fnmatchcase(one, pattern) for one in ids)]


def _settled(finding: Finding, row: Equivalent | None) -> Finding:
    if row is None or finding.verdict == "not applied":
        return finding
    if finding.verdict == "survived":
        return replace(finding, verdict="equivalent", reason=row.reason)
    return replace(finding, verdict="wrongly listed", reason=f"{finding.verdict}, though listed: {row.reason}")


def _matches(fault: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(fault, pattern) for pattern in patterns)
