"""What a check found, and the failure a scenario ends with."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The check that a login is accepted.
LOGIN = "login"
_GONE = ("absent", "empty")
_REFUSAL = re.compile(r"FAILURE (\d{6})\b")


@dataclass(frozen=True)
class Finding:
    """One thing a check found wrong: where, what the contract expects, what the site sent."""

    check: str
    path: str
    expected: str
    actual: str


@dataclass(frozen=True)
class Violation:
    """A finding with the clause it breaks and the operation and exchange it was found in.

    ``exchange`` is the number of the exchange within the scenario, 0 when the
    finding concerns no exchange; ``line`` is that of the sentence in the feature
    that found it, 0 while nobody has asked.
    """

    clause: str
    check: str
    operation: str
    path: str
    expected: str
    actual: str
    exchange: int = 0
    line: int = 0

    @property
    def refusal(self) -> str:
        """The exception id of a refusal nobody asked for: refused for one reason, a site breaks many clauses."""
        found = _REFUSAL.match(self.actual)
        return found[1] if found else ""

    @property
    def cause(self) -> tuple[str, str, str]:
        """What it has in common with others of one cause: operation, path, and what is wrong there.

        That is the refusal, or that nothing is there, whichever check met it; else the check. A login is refused
        whatever is asked for: in the place of the operation stands the clause that promises it.
        """
        if self.check == LOGIN and self.refusal:
            return self.clause, self.path, self.refusal
        gone = next((word for word in _GONE if self.actual.partition(" ")[0] == word), "")
        return self.operation, self.path, self.refusal or gone or f"check {self.check}"


#: The check that finds an operation not served at all: nothing any clause asks of it holds, whatever its level.
NOT_SERVED = "not-served"


class ContractViolation(AssertionError):
    """The site broke the contract: all violations of the scenario, in the order found."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("\n".join(headline(violation) for violation in violations))
        self.violations = violations


def headline(violation: Violation) -> str:
    """One line for lists: clause, check, path, expected and actual."""
    return (
        f"{violation.operation or '-'}  {violation.clause}  check {violation.check}: "
        f"{violation.path or 'reply'}: expected {violation.expected}, actual {violation.actual}"
    )
