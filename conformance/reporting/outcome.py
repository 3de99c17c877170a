"""The five outcomes of a scenario, and the record every report is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from conformance.judge.known import KnownIssue
from conformance.judge.violation import Violation

OUTCOMES = ("passed", "failed", "broken", "skipped", "known")
SKIP_CLASSES = ("release", "role", "setting", "access", "data", "observe-only")


@dataclass(frozen=True)
class Skip:
    """Why a scenario is not applicable here: reason class and words."""

    kind: str
    why: str


@dataclass(frozen=True)
class ScenarioResult:
    """What became of one scenario.

    ``cause`` says why it broke, ``known`` the reason of the known issue it
    failed as; ``violations`` of a passed scenario are warnings (level should).
    """

    nodeid: str
    title: str
    row: str
    feature: str
    rule: str
    clauses: tuple[str, ...]
    release: str
    operations: tuple[str, ...]
    level: str
    outcome: str
    duration_s: float
    skip: Skip | None = None
    violations: tuple[Violation, ...] = ()
    observations: tuple[str, ...] = ()
    cause: str = ""
    known: str = ""
    exchanges: tuple[str, ...] = ()
    sent: int = 0

    def as_json(self) -> dict[str, Any]:
        """The record as plain values, for files and between processes."""
        row = dict(vars(self))
        row["skip"] = asdict(self.skip) if self.skip else None
        row["violations"] = tuple(asdict(violation) for violation in self.violations)
        return row

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> ScenarioResult:
        """The record that :meth:`as_json` wrote."""
        lists = ("clauses", "operations", "observations", "exchanges")
        told: dict[str, Any] = {key: tuple(row[key]) for key in lists}
        return cls(
            **{key: value for key, value in row.items() if key not in ("skip", "violations", *lists)},
            skip=Skip(**row["skip"]) if row["skip"] else None,
            violations=tuple(Violation(**violation) for violation in row["violations"]),
            **told,
        )


@dataclass(frozen=True)
class Verdict:
    """Outcome of a scenario with the reason that decided it."""

    outcome: str
    known: str = ""
    matched: tuple[KnownIssue, ...] = field(default=())


def decide(
    level: str, strict: bool, violations: tuple[Violation, ...], broke: bool, known: Iterable[KnownIssue]
) -> Verdict:
    """The outcome of a scenario that ran.

    Trouble is never the known failure: a scenario that broke is broken. All
    violations must be listed for ``known``; one that is not makes it failed. A
    ``should`` is a warning unless ``strict``; an ``observe`` never judges.
    """
    if broke:
        return Verdict("broken")
    if level == "observe":
        return Verdict("skipped")
    if not violations:
        return Verdict("passed")
    covering = [next((issue for issue in known if issue.covers(violation)), None) for violation in violations]
    matched = tuple(dict.fromkeys(issue for issue in covering if issue is not None))
    if all(covering):
        return Verdict("known", matched[0].reason, matched)
    if level == "should" and not strict:
        return Verdict("passed", matched=matched)
    return Verdict("failed", matched=matched)
