"""What a row of nights says: the words a reader gets for it."""

from __future__ import annotations

import pytest

from conformance.history.series import WORDS, WORST_FIRST, course, course_by_suite, turns


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


def test_nights_of_an_outage_lose_nothing() -> None:
    assert course("P" * 10 + "B" * 6, range(10, 16)).state == "passing"
    assert course("F" * 10 + "B" * 6, range(10, 16)).state == "failing"
    # Lost is what came to no verdict on three other nights: before the outage, after it, or on both sides of it.
    assert [course(f"PPPB{'B' * 4}{rest}", range(4, 8)).state for rest in ("", "B", "BB")] == ["passing", "passing", "lost"]
    assert course("PPPBBB" + "B" * 6, range(6, 12)).state == "lost"
    assert course("PPP" + "B" * 6 + "BBB", range(3, 9)).since == 9


@pytest.mark.parametrize(
    ("suites", "every", "in_use"),
    [
        ("", "", ""),
        ("AAAA", "A", "A"),
        # One followed the other.
        ("AAAB", "B", "B"),
        ("AABBCC", "C", "C"),
        # Two machines.
        ("XAAABAB", "AB", "AB"),
        ("A" * 50 + "AAAAAAAB" * 3, "AB", "AB"),
        # Tried for a night, and taken back.
        ("AAABA", "AB", "A"),
        # In turns, and then both the later one: it is long ago, or so long that nobody knows.
        ("ABAB" + "B" * 14, "AB", "B"),
        ("ABAB" + "B" * 60, "B", "B"),
        ("ABABC", "ABC", "ABC"),
    ],
)
def test_versions_of_the_suite_take_turns_when_one_came_back(suites: str, every: str, in_use: str) -> None:
    found = turns(suites)
    assert ("".join(found.every), "".join(found.in_use)) == (every, in_use)


def test_the_newest_version_is_that_of_the_highest_number() -> None:
    assert turns(["0.10.0", "0.9.1"] * 3).in_use == ("0.9.1", "0.10.0")


@pytest.mark.parametrize(
    ("letters", "suites", "state", "since", "differs"),
    [
        # The later one finds what the earlier one does not, since it ran first; and the other way round.
        ("PPPPFPFPF", "AAAABABAB", "failing", 4, "suite A passes it, suite B fails it"),
        ("PPPPFPFP", "AAAABABA", "failing", 4, "suite A passes it, suite B fails it"),
        ("FFFFPFPFP", "AAAABABAB", "passing", 4, "suite A fails it, suite B passes it"),
        # Taken back after a night.
        ("PPPPFP", "AAAABA", "passing", 0, "suite A passes it, suite B fails it"),
        # What both find is the site's: it fails, is well again, fails now and then.
        ("PPPPPPFFFF", "AAABABABAB", "failing", 6, ""),
        ("PPPPPPPPPF", "AAABABABAB", "new", 9, ""),
        ("FFFFFFFFFFPPPP", "AAAAAABABABABA", "fixed", 10, ""),
        ("PPPFPPPFFPPPFPPPPP", "ABABABABABABABABAB", "flaky", 0, ""),
        # It fails since the last night of one; the other has not judged since.
        ("FFFFFFFFP", "ABABABABA", "failing", 0, ""),
        # What one of them alone has.
        ("FFFF-F-F-", "AAAABABAB", "failing", 0, ""),
        ("----F-F-F", "AAAABABAB", "failing", 4, ""),
        ("BSO-", "ABAB", "never", -1, ""),
        # What is followed by another is read as one row.
        ("PPPPFFFF", "AAAABBBB", "failing", 4, ""),
    ],
)
def test_what_versions_that_take_turns_see_otherwise_is_the_suites(
    letters: str, suites: str, state: str, since: int, differs: str
) -> None:
    found = course_by_suite(letters, suites, turns(suites))
    assert (found.state, found.since, found.differs) == (state, since, differs)


def test_every_state_has_words_and_a_place() -> None:
    assert set(WORST_FIRST) == set(WORDS)
