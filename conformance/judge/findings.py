"""What a check found, and the failure a scenario ends with."""

from __future__ import annotations

from dataclasses import dataclass


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
    finding concerns no exchange.
    """

    clause: str
    check: str
    operation: str
    path: str
    expected: str
    actual: str
    exchange: int = 0


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
