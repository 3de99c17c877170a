"""A baseline made of what scenarios exchanged with a mock, as a run would have recorded it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.judge.clauses import Clause
from conformance.reporting.shapes import Announcements, Baseline, Shape, merge, shape_of
from conformance.scenarios.execution import ScenarioTrial
from conformance.sites.release import Release

#: Before every release of the suite, so that every clause about unchanged schemas is judged.
BEFORE_ALL = Release(40, 12)


def recorded(
    trials: Iterable[ScenarioTrial], clauses: Mapping[str, Clause], release: Release = BEFORE_ALL, now: Release | None = None
) -> Baseline:
    """The replies of ``trials`` as a baseline of ``release`` for a site that has release ``now``, by default the newest."""
    shapes: dict[str, list[Shape]] = {}
    for trial in trials:
        for exchange in trial.exchanges:
            if exchange.served:
                shapes.setdefault(exchange.request.operation, []).append(shape_of(exchange.reply))
    between = [one for one in clauses.values() if release < one.release and (now is None or one.release <= now)]
    merged = {operation: merge(several) for operation, several in shapes.items()}
    return Baseline(release, "2021-01-01 00:00 UTC", merged, Announcements(between))
