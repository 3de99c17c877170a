"""The matrix by class: what became of the faults a careful vendor would ship, one line a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mocksite.faults.classes import FAMILIES
from tests.matrix.measure import Finding

#: What a class without a name is: an element, a refusal, a list wrong for everybody.
FIRST_ORDER = "first order"
HEAD = ("class", "faults", "killed", "equivalent", "other", "by a must", "by a should only")


def rows(findings: Iterable[Finding]) -> list[tuple[str, ...]]:
    """A row for each class that has faults, and one for all of them."""
    by_family: dict[str, list[Finding]] = {}
    listed = list(findings)
    for one in listed:
        by_family.setdefault(one.family, []).append(one)
    named = [(FAMILIES.get(family, FIRST_ORDER), by_family[family]) for family in ("", *FAMILIES) if family in by_family]
    return [_row(name, of_class) for name, of_class in [*named, ("all", listed)]]


def table(findings: Iterable[Finding]) -> str:
    """The rows as Markdown, to be read on a terminal and copied into docs/verification.md."""
    lines = [HEAD, tuple("---" if at == 0 else "---:" for at in range(len(HEAD))), *rows(findings)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(name: str, findings: list[Finding]) -> tuple[str, ...]:
    verdicts = Counter(one.verdict for one in findings)
    killed = [one for one in findings if one.verdict == "killed"]
    must = sum(_by_a_must(one) for one in killed)
    other = len(findings) - verdicts["killed"] - verdicts["equivalent"]
    figures = (len(findings), verdicts["killed"], verdicts["equivalent"], other, must, len(killed) - must)
    return (name, *map(str, figures))


def _by_a_must(finding: Finding) -> bool:
    """Whether a scenario of level must told it; what is served to nobody is told at must by whoever meets it first."""
    return "must" in finding.levels or not finding.levels
