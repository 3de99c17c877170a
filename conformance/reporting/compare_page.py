"""A comparison of two runs as one HTML page."""

from __future__ import annotations

from collections import Counter

from conformance.reporting.compare_text import OUTCOMES, reason, totals, verdict
from conformance.reporting.delta import CHANGES, Delta
from conformance.reporting.page import render


def page_of(delta: Delta) -> str:
    """The page, complete in itself."""
    return render(
        "compare.html",
        delta=delta,
        verdict=verdict(delta),
        changes=[(what, delta.of(what)) for what in CHANGES if delta.of(what)],
        drift=[("Unannounced", delta.unannounced), ("Announced", delta.announced)],
        count=lambda gained: Counter(one.outcome for one in gained),
        outcomes=OUTCOMES,
        reason=reason,
        totals=totals,
    )
