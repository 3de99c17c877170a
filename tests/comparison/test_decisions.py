"""What decides about an upgrade, on sides of a few runs made by hand: each kind of reason, its words and its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from conformance.judge.contract import Contract
from conformance.reporting.comparison.clients import OperationUse, UseProfile
from conformance.reporting.comparison.upgrade import KINDS, Decision, Reason, Side, Suite, UpgradeRun, decide, reply_reasons
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
        # As often as is tolerated it failed before: told only when it fails again.
        ("bgggg", "bgggg", 0.2, "still failing", "R1-01 failed 1 of 5, then 1 of 5", 0),
        ("bgggg", "ggggb", 0.2, "still failing", "R1-01 failed 1 of 5, then 1 of 5", 0),
        ("bgggg", "ggggg", 0.2, "", "", 0),
        ("bggggg", "gggggg", 0.2, "too few", "R1-01 failed 1 of 6, then 0 of 6", 15),
        # Judged often enough without failing.
        ("g" * 7, "g" * 7, 0.5, "", "", 0),
        ("g" * 6, "g" * 6, 0.5, "too few", "R1-01 failed 0 of 6, then 0 of 6", 1),
        # New, and failing as often as is not tolerated.
        ("-----", "bgggg", 0.2, "promised", "R1-01 failed 1 of 5", 0),
        ("------", "bggggg", 0.2, "too few", "R1-01 failed 0 of 0, then 1 of 6", 33),
        # Failing as often as is not tolerated, and not yet proven: so many runs as would prove it.
        ("ggggg", "bgggg", 0.2, "too few", "R1-01 failed 0 of 5, then 1 of 5", 60),
        ("ggggg", "bbggg", 0.2, "too few", "R1-01 failed 0 of 5, then 2 of 5", 60),
        ("ggggggggg", "bbb", 0.2, "too few", "R1-01 failed 0 of 9, then 3 of 3", 1),
        # A run that judged nothing counts as a run.
        ("gggg", "gg--", 0.5, "too few", "R1-01 failed 0 of 4, then 0 of 2", 10),
        ("gggg", "ggg-", 0.5, "too few", "R1-01 failed 0 of 4, then 0 of 3", 6),
    ],
)
def test_what_a_clause_has_to_say(before: str, after: str, tolerance: float, kind: str, words: str, more: int) -> None:
    decision = decide(side(OLD, a=before), side(NEW, a=after), SUITE, tolerance=tolerance)
    mine = [one for one in decision.reasons if one.words.startswith("R1-01")]
    assert [one.kind for one in mine] == ([kind] if kind else [])
    assert not words or [one.words for one in mine] == [words]
    assert decision.more == more
    assert {one.decides for one in mine if one.kind == "still failing"} <= {""}


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
    before, after = side(OLD, a="bb", times=[{"GetUser": 1.0}] * 2), side(NEW, a="bb", times=[{"GetUser": 2.0}] * 2)
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
    return f"GetUser  active  vanished: text ({replies} times), then absent"


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
