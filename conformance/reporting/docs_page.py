"""The living documentation as one HTML file: no network, readable on a phone, by day and by night, and on paper."""

from __future__ import annotations

from datetime import UTC, datetime

from conformance import __version__
from conformance.reporting.compare_text import totals
from conformance.reporting.docs_book import Book
from conformance.reporting.page import render

#: What the levels of clauses mean, as the legend says it.
LEVELS = {
    "must": "the notes say it: a site that does otherwise fails",
    "should": "follows from the notes: a warning, a failure in strict runs",
    "observe": "the notes are not clear: recorded, never judged",
}


def page_of(book: Book) -> str:
    """The page, complete in itself."""
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return render("docs.html", book=book, levels=LEVELS, made=made, suite=__version__, totals=totals)
