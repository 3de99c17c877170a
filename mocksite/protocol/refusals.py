"""How the API says no: exception ids and reasons, from ``releases.toml`` (sources.md, Refusals)."""

from __future__ import annotations

from mocksite.model.releases import REASONS


class Refusal(Exception):
    """A FAILURE reply. Whatever the operation had done so far is taken back."""

    def __init__(self, exception_id: str, reason: str = "") -> None:
        self.exception_id = exception_id
        self.reason = reason or REASONS[exception_id]
        super().__init__(f"{exception_id} {self.reason}")


def invalid(what: str) -> Refusal:
    """The generic refusal 999999, with a sentence that says what is wrong with the request."""
    return Refusal("999999", what)
