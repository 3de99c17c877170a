"""What a row of nights says: the words a reader gets for it."""

from __future__ import annotations

import pytest

from conformance.history.series import WORDS, WORST_FIRST, course


@pytest.mark.parametrize(
    ("letters", "state", "since"),
    [
        ("P" * 30, "passing", 0),
        ("W" * 30, "passing", 0),
        ("P" * 29 + "F", "new", 29),
        ("P" * 20 + "F" * 10, "failing", 20),
        ("PPF", "new", 2),
        ("PPFF", "failing", 2),
        ("PPFP", "flaky", 0),
        ("P" * 20 + "K" * 10, "failing", 20),
        ("F" * 10, "failing", 0),
        ("F", "failing", 0),
        ("P", "passing", 0),
        ("F" * 10 + "P" * 20, "fixed", 10),
        ("F" * 10 + "P" * 200, "passing", 10),
        ("PPPPFPPPPPPFPPPPPPFFPPPP", "flaky", 0),
        ("PFPFPPFFPFPPFPFF", "flaky", 0),
        ("P" * 20 + "F" + "P" * 20, "flaky", 0),
        ("P" * 20 + "F" + "P" * 100, "passing", 0),
        ("P" * 30 + "Y", "flaky", 30),
        ("PFPFPPFFPFPPFPFFPFPPF" + "F" * 12, "failing", 20),
        ("P" * 10 + "BBB", "lost", 10),
        ("P" * 10 + "SSSS", "lost", 10),
        ("P" * 10 + "BB", "passing", 0),
        ("P" * 10 + "B" * 5 + "P", "passing", 0),
        ("P" * 10 + "BB" + "FF", "failing", 12),
        ("-" * 5 + "P" * 5 + "F" * 5, "failing", 10),
        ("BSO-", "never", -1),
        ("", "never", -1),
    ],
)
def test_a_row_of_nights_is_told_in_one_word_with_the_night_it_began(letters: str, state: str, since: int) -> None:
    found = course(letters)
    assert (found.state, found.since) == (state, since)


def test_nights_without_a_verdict_say_nothing() -> None:
    """Because an outage is no verdict: the row means the same with outages in it as without."""
    plain = course("P" * 20 + "F" * 6)
    outages = course("P" * 10 + "B" + "P" * 10 + "BB" + "F" * 3 + "B" + "F" * 3)
    assert (outages.state, outages.judged, outages.failed) == (plain.state, plain.judged, plain.failed)
    assert outages.since == 23


def test_the_last_good_night_before_a_failure_is_known() -> None:
    found = course("PPPPBBFF")
    assert (found.before, found.since, found.last) == (3, 6, 7)


def test_every_state_has_words_and_a_place() -> None:
    assert set(WORST_FIRST) == set(WORDS)
