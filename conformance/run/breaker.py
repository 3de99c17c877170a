"""When a run is doomed: a site that does not answer any more would cost hours of time-outs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_IN_A_ROW = 5


class Breaker:
    """Counts scenarios in a row that broke for want of an answer."""

    def __init__(self) -> None:
        self._unanswered = 0

    def trips(self, told: Mapping[str, Any]) -> bool:
        """Whether what a scenario ``told`` ends the run; a worker that has decided so says it."""
        self._unanswered = self._unanswered + 1 if told["unanswered"] else 0
        return self._unanswered >= _IN_A_ROW or bool(told.get("tripped"))
