"""What decides about an upgrade, on sides of a few runs made by hand: each kind of reason, its words and its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.judge.contract import Contract
from conformance.reporting.comparison.clients import OperationUse, UseProfile
from conformance.reporting.comparison.sides import Side, UpgradeRun
from conformance.reporting.comparison.upgrade import KINDS, Decision, Reason, Suite, decide, reply_reasons
from conformance.reporting.shapes import Shape
from conformance.sites.release import Release
from tests.comparison.made import NEW, OLD, clause, shape

WORDS = {"g": "good", "b": "bad", "-": ""}
#: Two scenarios of one clause and one operation each.
SUITE = Suite({"a": ("R1-01",), "b": ("R1-02",)}, {"a": ("GetUser",), "b": ("GetSite",)})


def side(release: Release, *, times: Sequence[Mapping[str, float]] = (), **scenarios: str) -> Side:
    """``side(NEW, a="ggb-")``: of each scenario how it ended in each run: good, bad or without a verdict."""
    runs = max([*map(len, scenarios.values()), len(times)])
    return Side(tuple(
        UpgradeRun(
            f"{release}-{nth}", release, {name: WORDS[ends[nth]] for name, ends in scenarios.items()}, times=times[nth] if times else {},
        )
        for nth in range(runs)
    ))  # fmt: skip


def told(decision: Decision) -> list[tuple[str, str, str]]:
    return [(one.kind, one.words, one.decides) for one in decision.reasons]


def test_what_got_worse_by_more_than_chance_is_named_by_site_operation_and_clause() -> None:
    decision = decide(side(OLD, a="g" * 8, b="g" * 8), side(NEW, a="b" * 8, b="g" * 8), SUITE)
    assert told(decision) == [
        ("newly broken", "the site as a whole failed 0 of 16, then 8 of 16 (by chance: 7.8e-05)", "no-go"),
        ("newly broken", "GetUser failed 0 of 8, then 8 of 8 (by chance: 7.8e-05)", "no-go"),
        ("newly broken", "R1-01 failed 0 of 8, then 8 of 8 (by chance: 7.8e-05)", "no-go"),
        ("too few", "R1-02 failed 0 of 8, then 0 of 8", "not enough evidence"),
    ]
    assert (decision.word, decision.code) == ("no-go", 3)
    assert (decision.before.release, decision.after.release) == (OLD, NEW)


def test_what_may_be_chance_when_so_much_is_asked_proves_nothing() -> None:
    """Four of four against none of four are one deal in seventy: less than 1 %, but for three families too often."""
    decision = decide(side(OLD, a="gggg"), side(NEW, a="bbbb"), SUITE)
    assert told(decision) == [("too few", "R1-01 failed 0 of 4, then 4 of 4", "not enough evidence")]
    assert decision.more == 3
    assert told(decide(side(OLD, a="ggggg"), side(NEW, a="bbbbb"), SUITE))[0][0] == "too few"
    assert told(decide(side(OLD, a="gggggg"), side(NEW, a="bbbbbb"), SUITE))[0][0] == "newly broken"


def test_what_one_side_alone_judged_is_no_change_of_the_other() -> None:
    decision = decide(side(OLD, a="g" * 8, b="-" * 8), side(NEW, a="g" * 8, b="b" * 8), SUITE)
    assert told(decision) == [
        ("promised", "R1-02 failed 8 of 8", "no-go"),
        ("too few", "R1-01 failed 0 of 8, then 0 of 8", "not enough evidence"),
    ]
    # The site as a whole has failed at nothing that both judged: what is to come of R1-01 is guessed from that.
    assert decision.more == 13


def test_sides_that_share_nothing_are_decided_clause_by_clause() -> None:
    decision = decide(side(OLD, a="ggg"), side(NEW, b="ggg"), SUITE)
    assert told(decision) == [
        ("too few", "R1-02 failed 0 of 0, then 0 of 3", "not enough evidence"),
        ("not judged", "R1-01", "not enough evidence"),
    ]
    assert (decision.more, decision.code) == (18, 6)


@pytest.mark.parametrize(
    ("before", "after", "tolerance", "kind", "words", "more"),
    [
        # Not judged any more.
        ("gg", "--", 0.2, "not judged", "R1-01", 0),
        # Shown to fail before, and as often or less now: told. Once, or at every fifth run, shows nothing.
        ("bbb", "bbb", 0.2, "still failing", "R1-01 failed 3 of 3, then 3 of 3", 0),
        ("bbb", "b", 0.2, "still failing", "R1-01 failed 3 of 3, then 1 of 1", 0),
        ("bbb", "ggg", 0.2, "still failing", "R1-01 failed 3 of 3, then 0 of 3", 0),
        ("bbb", "g" * 21, 0.2, "", "", 0),
        ("bb", "bb", 0.2, "too few", "R1-01 failed 2 of 2, then 2 of 2", None),
        ("b", "b", 0.2, "too few", "R1-01 failed 1 of 1, then 1 of 1", None),
        ("b", "g", 0.2, "too few", "R1-01 failed 1 of 1, then 0 of 1", 20),
        ("bbbg", "bbbb", 0.2, "too few", "R1-01 failed 3 of 4, then 4 of 4", None),
        ("bbbbg", "bbbbb", 0.2, "too few", "R1-01 failed 4 of 5, then 5 of 5", None),
        ("bgggg", "bgggg", 0.2, "too few", "R1-01 failed 1 of 5, then 1 of 5", None),
        ("bgggg", "bbbbb", 0.2, "too few", "R1-01 failed 1 of 5, then 5 of 5", 6),
        ("bgggg", "ggggg", 0.2, "too few", "R1-01 failed 1 of 5, then 0 of 5", 16),
        ("bggggg", "gggggg", 0.2, "too few", "R1-01 failed 1 of 6, then 0 of 6", 15),
        # Judged often enough without failing.
        ("g" * 7, "g" * 7, 0.5, "", "", 0),
        ("g" * 6, "g" * 6, 0.5, "too few", "R1-01 failed 0 of 6, then 0 of 6", 1),
        # New, and failing as often as is not tolerated.
        ("-----", "bgggg", 0.2, "promised", "R1-01 failed 1 of 5", 0),
        ("------", "bggggg", 0.2, "too few", "R1-01 failed 0 of 0, then 1 of 6", 33),
        # Failing as often as is not tolerated, and not yet proven: so many runs as would prove it.
        ("ggggg", "bgggg", 0.2, "too few", "R1-01 failed 0 of 5, then 1 of 5", None),
        ("ggggg", "bbggg", 0.2, "too few", "R1-01 failed 0 of 5, then 2 of 5", None),
        ("ggggggggg", "bbb", 0.2, "too few", "R1-01 failed 0 of 9, then 3 of 3", 1),
        # A run that judged nothing counts as a run.
        ("gggg", "gg--", 0.5, "too few", "R1-01 failed 0 of 4, then 0 of 2", 10),
        ("gggg", "ggg-", 0.5, "too few", "R1-01 failed 0 of 4, then 0 of 3", 6),
    ],
)
def test_what_a_clause_has_to_say(before: str, after: str, tolerance: float, kind: str, words: str, more: int | None) -> None:
    decision = decide(side(OLD, a=before), side(NEW, a=after), SUITE, tolerance=tolerance)
    mine = [one for one in decision.reasons if one.words.startswith("R1-01")]
    assert [one.kind for one in mine] == ([kind] if kind else [])
    assert not words or [one.words for one in mine] == [words]
    assert decision.more == more
    assert {one.decides for one in mine if one.kind == "still failing"} <= {""}


def test_one_bad_night_is_one_though_several_scenarios_of_a_clause_failed_in_it() -> None:
    suite = Suite(dict.fromkeys("abcde", ("R1-01",)), dict.fromkeys("abcde", ("GetUser",)))
    red, night = dict.fromkeys("abcde", "bbbbb"), dict.fromkeys("abcde", "b")
    assert told(decide(side(OLD, **night), side(NEW, **red), suite)) == [
        ("too few", "R1-01 failed 5 of 5, then 25 of 25", "not enough evidence")
    ]
    # In each of three runs one of five scenarios failed: a fifth, and no more, of the judgements.
    some = {"a": "bbb", **dict.fromkeys("bcde", "ggg")}
    assert {one.kind for one in decide(side(OLD, **some), side(NEW, **some), suite).reasons} == {"too few"}
    assert ("too few", "R1-01 failed 3 of 15, then 0 of 1") in {one[:2] for one in told(decide(side(OLD, **some), side(NEW, a="g"), suite))}
    assert told(decide(side(OLD, **dict.fromkeys("abcde", "bbb")), side(NEW, **red), suite))[0][0] == "still failing"


MANY = [f"s{number:02}" for number in range(40)]
FORTY_OF_ONE = Suite(dict.fromkeys(MANY, ("R1-01",)), dict.fromkeys(MANY, ("GetUser",)))


def of_forty(release: Release, first: str, others: str = "") -> Side:
    """The first of forty scenarios of one clause ends so; the others are good unless told otherwise."""
    return side(release, **{**dict.fromkeys(MANY, others or "g" * len(first)), "s00": first})


@pytest.mark.parametrize(
    ("before", "after", "reasons", "word", "more"),
    [
        # One of forty is less than a fifth of the judgements of their clause, in one run, in some, in all of many.
        ("ggg", "bbb", [("too few", "s00 failed 0 of 3, then 3 of 3, by itself", "not enough evidence")], "not enough evidence", 8),
        ("gg", "bb", [("too few", "s00 failed 0 of 2, then 2 of 2, by itself", "not enough evidence")], "not enough evidence", 21),
        ("b", "bbb", [("too few", "s00 failed 1 of 1, then 3 of 3, by itself", "not enough evidence")], "not enough evidence", None),
        ("b" * 20 + "g", "b" * 21, [("too few", "s00 failed 20 of 21, then 21 of 21, by itself", "not enough evidence")], "not enough evidence", None),
        # Whenever it was judged is always, and so is more often than is tolerated.
        ("ggg", "--b", [("too few", "s00 failed 0 of 3, then 1 of 1, by itself", "not enough evidence")], "not enough evidence", None),
        ("gggggg", "bbbbbg", [("too few", "s00 failed 0 of 6, then 5 of 6, by itself", "not enough evidence")], "not enough evidence", 2),
        ("gggg", "bbgg", [], "go", 0),
        ("ggg", "---", [("not judged", "s00", "not enough evidence")], "not enough evidence", 0),
        # As before it is told.
        ("bbb", "bbb", [("still failing", "s00 failed 3 of 3, then 3 of 3, by itself", "")], "go", 0),
        ("bbb", "bbg", [], "go", 0),
        # What no run before judged, though they judged its clause, may be of a later suite.
        ("---", "bbb", [("too few", "s00 failed 0 of 0, then 3 of 3, by itself", "not enough evidence")], "not enough evidence", None),
    ],
)  # fmt: skip
def test_a_scenario_that_always_fails_is_not_lost_among_the_others_of_its_clause(
    before: str, after: str, reasons: list[tuple[str, str, str]], word: str, more: int | None
) -> None:
    decision = decide(of_forty(OLD, before), of_forty(NEW, after), FORTY_OF_ONE)
    assert (told(decision), decision.word, decision.more) == (reasons, word, more)


def test_a_scenario_of_a_new_clause_that_always_fails_is_a_promise_not_kept() -> None:
    before, after = of_forty(OLD, "---", "---"), of_forty(NEW, "bbb")
    assert told(decide(before, after, FORTY_OF_ONE)) == [("promised", "s00 failed 0 of 0, then 3 of 3, by itself", "no-go")]


def test_what_is_said_of_a_clause_is_not_said_of_its_scenarios_again() -> None:
    """One that failed before excuses no other: what began to fail is told beside it."""
    red = {**dict.fromkeys(MANY, "bbb"), **dict.fromkeys(MANY[20:], "ggg")}
    now = {**red, "s00": "ggg", "s20": "bbb"}
    assert told(decide(side(OLD, **red), side(NEW, **red), FORTY_OF_ONE)) == [
        ("still failing", "R1-01 failed 60 of 120, then 60 of 120", ""),
    ]
    assert told(decide(side(OLD, **red), side(NEW, **now), FORTY_OF_ONE)) == [
        ("still failing", "R1-01 failed 60 of 120, then 60 of 120", ""),
        ("too few", "s20 failed 0 of 3, then 3 of 3, by itself", "not enough evidence"),
    ]
    worse = decide(of_forty(OLD, "g" * 8), of_forty(NEW, "b" * 8), FORTY_OF_ONE)
    assert {one.kind for one in worse.reasons} == {"newly broken"}
    # A clause that fails as often as is not tolerated speaks for its scenarios, one judged too seldom does not.
    for others, words in ((1, []), (9, ["s00 failed 0 of 1, then 1 of 1, by itself"])):
        few = decide(of_forty(OLD, "g"), side(NEW, s00="b", **dict.fromkeys(MANY[1 : 1 + others], "g")), FORTY_OF_ONE)
        mine = [one.words for one in few.reasons if one.kind == "too few"]
        assert mine == [f"R1-01 failed 0 of 40, then 1 of {1 + others}", *words]


def test_what_fails_at_just_the_rate_that_is_not_tolerated_is_not_waited_for() -> None:
    decision = decide(side(OLD, a="g" * 5, b="g" * 5), side(NEW, a="bgggg", b="g" * 5), SUITE)
    assert decision.more is None


def skipping(side: Side, kind: str, *names: str, **more: Any) -> Side:
    """The runs with scenarios skipped for a reason."""
    return Side(tuple(replace(run, outcomes={**run.outcomes, **dict.fromkeys(names, "")}, skipped=dict.fromkeys(names, kind), **more) for run in side.runs))


BOTH_OF_ONE = Suite({"a": ("R1-01",), "b": ("R1-01",)}, {"a": ("GetUser",), "b": ("GetUser",)})


@pytest.mark.parametrize(
    ("after", "reasons"),
    [
        (side(NEW, a="g" * 21, b="-" * 21), [("not judged", "b", "not enough evidence")]),
        (side(NEW, a="g" * 21, b="-" * 20 + "g"), []),
        (side(NEW, a="g" * 21), [("not judged", "b", "not enough evidence")]),
        (skipping(side(NEW, a="g" * 21), "role", "b"), [("not judged", "b", "not enough evidence")]),
        (skipping(side(NEW, a="g" * 21), "baseline", "b"), [("not judged", "b", "not enough evidence")]),
        (skipping(side(NEW, a="g" * 21), "release", "b"), []),
        (skipping(side(NEW, a="g" * 21), "observe-only", "b"), []),
        (skipping(side(NEW, a="g" * 21), "release", "b", judged_as=OLD), [("not judged", "b", "not enough evidence")]),
        # Another version of the suite: it may have another name there, unless it is known and has no verdict.
        (skipping(side(NEW, a="g" * 21), "role", "c", suite="2"), [("not judged", "b", "")]),
        (skipping(side(NEW, a="g" * 21), "role", "b", suite="2"), [("not judged", "b", "not enough evidence")]),
        (skipping(side(NEW, a="-" * 21), "role", "c", suite="2"), [("not judged", "R1-01", "not enough evidence")]),
    ],
)  # fmt: skip
def test_a_scenario_that_was_judged_and_is_no_more(after: Side, reasons: list[tuple[str, str, str]]) -> None:
    assert told(decide(side(OLD, a="g" * 21, b="g" * 21), after, BOTH_OF_ONE)) == reasons


def test_what_has_no_clause_or_several_and_is_judged_no_more() -> None:
    suite = Suite({"a": ("R1-01",), "b": ("R1-01", "R1-02"), "c": (), "d": ("R1-01",)}, {})
    decision = decide(side(OLD, a="g" * 21, b="g" * 21, c="g" * 21, d="g" * 21, z="g" * 21), side(NEW, a="g" * 21), suite)
    assert [one.words for one in decision.reasons] == ["R1-02", "c", "d", "z"]
    every = decide(side(OLD, a="g", b="g", c="g"), side(NEW, a="-"), suite)
    assert [one.words for one in every.reasons] == ["R1-01", "R1-02", "c"]


NEWS = Suite({"a": ("R1-01",), "n": ("R2-01",), "o": ("R2-01", "R2-02")}, {}, {"R2-01": NEW})


@pytest.mark.parametrize(
    ("after", "reasons"),
    [
        (side(NEW, a="g" * 21, n="g" * 21), []),
        (side(NEW, a="g" * 21), [("not judged", "R2-01: no run after the upgrade selected it", "not enough evidence")]),
        (side(NEW, a="g" * 21, n="-"+ "-" * 20), [("not judged", "R2-01: it came to no verdict", "not enough evidence")]),
        (skipping(side(NEW, a="g" * 21, o="-" * 21), "role", "n"), [("not judged", "R2-01: it came to no verdict", "not enough evidence")]),
        (skipping(side(NEW, a="g" * 21), "role", "n", "o"), [("left out", "R2-01: skipped (role)", "")]),
        (
            Side((*skipping(side(NEW, a="g" * 20), "setting", "n").runs, *skipping(side(NEW, a="g"), "role", "o").runs)),
            [("left out", "R2-01: skipped (role, setting)", "")],
        ),
        (
            skipping(side(NEW, a="g" * 21), "release", "n", judged_as=OLD),
            [("not judged", "R2-01: no run after the upgrade was judged as a release that has it", "not enough evidence")],
        ),
        (
            Side((*skipping(side(NEW, a="g" * 20), "release", "n", judged_as=OLD).runs, *skipping(side(NEW, a="g"), "role", "n").runs)),
            [("left out", "R2-01: skipped (release, role)", "")],
        ),
    ],
)  # fmt: skip
def test_a_clause_of_the_new_release_must_be_judged(after: Side, reasons: list[tuple[str, str, str]]) -> None:
    assert told(decide(side(OLD, a="g" * 21), after, NEWS)) == reasons


def test_only_clauses_of_the_releases_in_between_must_be_judged() -> None:
    def missing(before: Release, after: Release, of: str) -> int:
        suite = replace(NEWS, releases={"R2-01": Release.parse(of)})
        return len(decide(side(before, a="g" * 21), side(after, a="g" * 21), suite).reasons)

    assert [missing(OLD, NEW, of) for of in ("41.10.0", "41.11.0", "41.11.1", "41.12.0", "41.13.0")] == [0, 0, 1, 1, 0]
    assert missing(NEW, OLD, "41.12.0") == missing(NEW, NEW, "41.12.0") == 0
    # What was judged on the old release as well, and now is not, is told once.
    lost = decide(side(OLD, n="g"), side(NEW, a="g" * 21), NEWS)
    assert [one.words for one in lost.reasons] == ["R2-01"]


def test_what_is_to_come_is_guessed_between_the_clause_and_the_site() -> None:
    """Where a twentieth of everything fails, more runs are needed than where nothing does."""
    alone = decide(side(OLD, a="g" * 10), side(NEW, a="g" * 10), SUITE)
    beside = decide(side(OLD, a="g" * 10, b="bggggggggg"), side(NEW, a="g" * 10, b="bggggggggg"), SUITE)
    assert [one.kind for one in beside.reasons] == ["too few", "too few"]
    assert (alone.more, beside.more) == (11, 37)


def test_a_scenario_counts_for_each_of_its_clauses_and_operations() -> None:
    suite = Suite({"a": ("R1-01", "R1-02"), "b": ("R1-02",)}, {"a": ("GetUser", "SetUser"), "b": ("GetUser",)})
    decision = decide(side(OLD, a="g" * 8, b="g" * 8), side(NEW, a="b" * 8, b="g" * 8), suite)
    assert [one.words.partition(" (")[0] for one in decision.reasons] == [
        "the site as a whole failed 0 of 16, then 8 of 16",
        "GetUser failed 0 of 16, then 8 of 16",
        "SetUser failed 0 of 8, then 8 of 8",
        "R1-01 failed 0 of 8, then 8 of 8",
        "R1-02 failed 0 of 16, then 8 of 16",
    ]
    unknown = decide(side(OLD, a="g", z="g"), side(NEW, a="g", z="b"), SUITE)
    assert [one.words for one in unknown.reasons] == ["R1-01 failed 0 of 1, then 0 of 1"]


def test_the_more_clauses_are_asked_about_the_more_runs_prove_one() -> None:
    """Ten clauses that fail alike: of one alone it would be proven, of ten it is after three runs more."""
    names = [f"s{number}" for number in range(10)]
    suite = Suite({name: (f"R1-{name}",) for name in names}, dict.fromkeys(names, ("GetUser",)))
    decision = decide(side(OLD, **dict.fromkeys(names, "g" * 8)), side(NEW, **dict.fromkeys(names, "gbbbbbbb")), suite)
    assert [one.kind for one in decision.reasons] == ["newly broken"] * 2 + ["too few"] * 10
    assert decision.more == 3
    alone = decide(side(OLD, s0="g" * 8), side(NEW, s0="gbbbbbbb"), suite)
    assert {one.kind for one in alone.reasons} == {"newly broken"}


def test_reasons_stand_in_the_order_of_their_kinds() -> None:
    given = [Reason("not judged", "x"), Reason("replies", "y", "no-go")]
    before, after = side(OLD, a="bbb", times=[{"GetUser": 1.0}] * 3), side(NEW, a="bbb", times=[{"GetUser": 2.0}] * 3)
    decision = decide(before, after, SUITE, given)
    assert [one.kind for one in decision.reasons] == ["replies", "slower", "still failing", "not judged"]
    assert decision.word == "no-go"
    assert {one.kind for one in decision.reasons} < set(KINDS)
    assert decide(before, after, SUITE).word == "go"
    assert decide(before, after, SUITE).code == 0


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([0.2], [0.5], ["GetUser takes 500 ms, 200 ms before (medians)"]),
        ([1.0], [1.5], []),
        ([1.0], [1.501], ["GetUser takes 1501 ms, 1000 ms before (medians)"]),
        ([0.0625], [0.125], ["GetUser takes 125 ms, 62 ms before (medians)"]),
        ([0.05], [0.1], []),
        ([0.01], [0.05], []),
        ([0.2, 0.2, 9.0], [0.5, 0.5, 0.1], ["GetUser takes 500 ms, 200 ms before (medians)"]),
        ([None, 0.2], [0.5, None], ["GetUser takes 500 ms, 200 ms before (medians)"]),
        ([None], [2.0], []),
        ([0.0], [0.5], []),
        ([0.2], [None], []),
    ],
)
def test_an_operation_is_slower_by_half_and_by_what_can_be_noticed(
    before: list[float | None], after: list[float | None], words: list[str]
) -> None:
    was, now = (side(release, times=[{} if one is None else {"GetUser": one} for one in times]) for release, times in ((OLD, before), (NEW, after)))
    assert told(decide(was, now, SUITE)) == [("slower", one, "") for one in words]


def test_slower_operations_stand_by_name() -> None:
    fast, slow = {"LstUser": 0.1, "GetUser": 0.1}, {"LstUser": 0.3, "GetUser": 0.2}
    decision = decide(side(OLD, times=[fast]), side(NEW, times=[slow]), SUITE)
    assert [one.words for one in decision.reasons] == [
        "GetUser takes 200 ms, 100 ms before (medians)", "LstUser takes 300 ms, 100 ms before (medians)",
    ]  # fmt: skip


# -- replies -------------------------------------------------------------------

BOTH, ONE = shape(["email", "active"]), shape(["email"])


def shaped(release: Release, *runs: Mapping[str, Shape]) -> Side:
    return Side(tuple(UpgradeRun(f"{release}-{nth}", release, {}, shapes) for nth, shapes in enumerate(runs)))


def got(shape: Shape) -> dict[str, Shape]:
    return {"GetUser": shape}


def gone(replies: int) -> str:
    often = "once" if replies == 1 else f"{replies} times"
    return f"GetUser  active  vanished: text ({often}), then absent"


@pytest.mark.parametrize(
    ("before", "after", "decides"),
    [
        ([BOTH, BOTH], [ONE, ONE], "no-go"),
        ([BOTH, BOTH, BOTH], [ONE, ONE], "no-go"),
        ([BOTH], [ONE, ONE], "not enough evidence"),
        ([BOTH, BOTH], [ONE], "not enough evidence"),
        ([BOTH, BOTH], [ONE, {}], "not enough evidence"),
        ([BOTH, {}], [ONE, ONE], "not enough evidence"),
        ([BOTH, BOTH], [ONE, BOTH], None),
        ([BOTH, BOTH], [BOTH, ONE], None),
        # An element that not every run before held is no loss.
        ([BOTH, ONE], [ONE, ONE], None),
        ([BOTH, BOTH], [{}, {}], None),
        ([BOTH, BOTH], [], None),
        ([ONE, ONE], [BOTH, BOTH], None),
    ],
)
def test_a_change_of_replies_counts_when_every_run_after_shows_it(
    contract: Contract, before: list[Shape], after: list[Shape], decides: str | None
) -> None:
    sides = shaped(OLD, *map(got, before)), shaped(NEW, *map(got, after), *([{}] if not after else []))
    assert list(reply_reasons(*sides, [], contract)) == ([Reason("replies", gone(2 * sum(map(bool, before))), decides)] if decides else [])


def test_what_a_clause_in_between_announces_is_no_reason(contract: Contract) -> None:
    sides = shaped(OLD, got(BOTH), got(BOTH)), shaped(NEW, got(ONE), got(ONE))

    def reasons(release: str, **more: tuple[str, ...]) -> int:
        return len(list(reply_reasons(*sides, [clause("R1-01", release, **more)], contract)))

    assert reasons("41.12.0", removes=("active",)) == 0
    assert reasons("41.12.0", adds=("active",)) == 1
    assert reasons("41.11.0", removes=("active",)) == 1
    assert reasons("41.13.0", removes=("active",)) == 1
    back = shaped(NEW, got(BOTH), got(BOTH)), shaped(OLD, got(ONE), got(ONE))
    assert list(reply_reasons(*back, [clause("R1-01", "41.12.0", adds=("active",))], contract)) == []
    assert len(list(reply_reasons(*back, [clause("R1-01", "41.12.0", removes=("active",))], contract))) == 1
    same = shaped(NEW, got(BOTH), got(BOTH)), shaped(NEW, got(ONE), got(ONE))
    assert len(list(reply_reasons(*same, [clause("R1-01", "41.12.0", removes=("active",))], contract))) == 1


def test_several_changes_stand_by_operation_and_path(contract: Contract) -> None:
    before, after = shape(["userId", "email", "active"]), shape(["email"])
    both = [{"LstUser": before, "GetUser": before}] * 2, [{"GetUser": after, "LstUser": after}] * 2
    reasons = list(reply_reasons(shaped(OLD, *both[0]), shaped(NEW, *both[1]), [], contract))
    assert [one.words.split("  ")[:2] for one in reasons] == [
        ["GetUser", "active"], ["GetUser", "userId"], ["LstUser", "active"], ["LstUser", "userId"]
    ]  # fmt: skip


def test_what_the_contract_before_types_exactly_has_one_kind(contract: Contract) -> None:
    """A declared text may look like a number; a flag that is none is a change, where the contract knew it for one."""
    whole = [shape(["freeAccount"], kind=kind) for kind in ("boolean", "text")]
    mixed = {**whole[1], "freeAccount": {**whole[1]["freeAccount"], "kinds": ["boolean", "text"]}}
    for release, number in ((OLD, 1), (Release.parse("41.9.0"), 0)):
        sides = shaped(release, got(whole[0]), got(whole[0])), shaped(NEW, got(mixed), got(mixed))
        assert len(list(reply_reasons(*sides, [], contract))) == number


@pytest.mark.parametrize(
    ("uses", "told"),
    [
        ({}, ""),
        ({"hr": {}}, " (breaks none of the clients named)"),
        ({"hr": {}, "billing": {"GetUser": OperationUse()}}, " (breaks billing)"),
        ({"hr": {"GetUser": OperationUse()}, "billing": {"GetUser": OperationUse()}}, " (breaks hr, billing)"),
    ],
)
def test_the_clients_a_change_breaks_are_named(contract: Contract, uses: Mapping[str, Mapping[str, OperationUse]], told: str) -> None:
    sides = shaped(OLD, got(BOTH), got(BOTH)), shaped(NEW, got(ONE), got(ONE))
    profiles = [UseProfile(name, operations) for name, operations in uses.items()]
    assert [one.words for one in reply_reasons(*sides, [], contract, profiles)] == [gone(4) + told]
