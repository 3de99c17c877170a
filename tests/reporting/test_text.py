"""Tables on a terminal."""

from __future__ import annotations

from conformance.reporting.text import table


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    """Because sites are named in Chinese, too: each such character takes two columns."""
    rows = [["site", "count", "what"], ["会议室", "7", "x"], ["acme", "12", "y"]]
    assert table(rows, right=frozenset({1})) == ["site    count  what", "会议室      7  x", "acme       12  y"]
