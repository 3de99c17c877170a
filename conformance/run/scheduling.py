"""Which worker gets which scenario: what writes to one site stays in one worker, the rest goes wherever there is room.

xdist 3.8.0 does this by groups that it appends to node ids, which pytest 9.2 no longer lets it do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xdist.scheduler import LoadScopeScheduling

from conformance.run.catalogue import Catalogue


class SiteScheduling(LoadScopeScheduling):
    """Hands scenarios out one by one, but all that belong together to one worker."""

    def __init__(self, config: Any, log: Any, together: Callable[[str], bool]) -> None:
        super().__init__(config, log)
        self._together = together

    @property
    def tests_finished(self) -> bool:
        """Whether there is nothing left to hand out; xdist forgets what a crashed worker gave back."""
        return not self.workqueue and super().tests_finished

    def _split_scope(self, nodeid: str) -> str:
        """The name of the lot a scenario is handed out in."""
        return "what writes to the site" if self._together(nodeid) else nodeid


def writing_scenarios(catalogue: Catalogue) -> set[str]:
    """Node ids of the scenarios that change the site."""
    cases = [case for file in catalogue.known_files() for case in file.cases.values()]
    return {f"{case.path}::{case.title}" for case in cases if case.writes or case.control}
