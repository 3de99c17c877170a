"""What a side of an upgrade is: runs that count once each, of one site, and what makes the two sides differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.reporting.comparison.sides import Side, UpgradeRun, counted_once, refuse_sides, side_notes
from conformance.sites.errors import UserError
from conformance.sites.release import Release
from tests.comparison.made import NEW, OLD


def ran(name: str, release: Release = OLD, **more: Any) -> UpgradeRun:
    told = {"outcomes": {"a": "good"}, "identity": (name,), "site": "acme", "suite": "1", "access": "full", **more}
    return UpgradeRun(name=name, release=release, **told)


def side(*runs: UpgradeRun) -> Side:
    return Side(runs)


BEFORE = side(ran("1"), ran("2"))


def test_a_run_that_is_named_again_counts_once_and_is_told() -> None:
    made, again = counted_once([ran("2"), ran("1"), ran("2", site="other"), ran("2")])
    assert [(one.name, one.site) for one in made.runs] == [("1", "acme"), ("2", "acme")]
    assert again == ("named twice, counted once: 2",) * 2
    # Two runs that ended in one minute are two.
    assert len(counted_once([ran("1"), replace(ran("1"), identity=("else",))])[0].runs) == 2


def test_a_run_on_both_sides_is_refused() -> None:
    with pytest.raises(UserError) as problem:
        refuse_sides(BEFORE, side(ran("3"), ran("2")))
    told = problem.value
    assert (told.code, told.what, told.where, told.hint) == (
        "side-shared", "a run is on both sides: acme 2", "--before, --after", "name each run on one side",
    )  # fmt: skip
    refuse_sides(BEFORE, side(ran("3"), ran("4")))


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"site": "other"}, "the runs of one side are of several sites: acme, other"),
        ({"mock": True}, "the runs of one side are of several kinds of sites: a mock, live"),
    ],
)
def test_several_sites_are_no_side(more: dict[str, Any], what: str) -> None:
    for before, after, where in (
        (side(ran("1"), ran("2", **more)), side(ran("3")), "--before"),
        (side(ran("3")), side(ran("1"), ran("2", **more)), "--after"),
    ):
        with pytest.raises(UserError) as problem:
            refuse_sides(before, after)
        told = problem.value
        assert (told.code, told.what, told.where, told.hint) == ("side-mixed", what, where, "name runs of one site")
    refuse_sides(BEFORE, side(ran("3", NEW, **more)))


NOTED: dict[str, tuple[Side, Side, list[str]]] = {
    "nothing": (BEFORE, side(ran("3", NEW)), []),
    "judged as what it runs": (BEFORE, side(ran("3", NEW, judged_as=NEW)), []),
    "judged as another release": (
        BEFORE, side(ran("3", NEW, judged_as=OLD), ran("4", NEW)), ["1 of 2 runs after judged as 41.11.0, the site says it runs 41.12.0"],
    ),
    "both judged as others": (
        side(ran("1", judged_as=NEW)), side(ran("3", NEW, judged_as=OLD)),
        ["1 of 1 runs before judged as 41.12.0, the site says it runs 41.11.0", "1 of 1 runs after judged as 41.11.0, the site says it runs 41.12.0"],
    ),
    "several releases": (
        side(ran("1"), ran("2", NEW)), side(ran("3", NEW)), ["the runs before are of several releases: 41.11.0 to 41.12.0"],
    ),
    "another site": (BEFORE, side(ran("3", site="other")), ["site differs: before acme, after other"]),
    "a mock": (BEFORE, side(ran("3", mock=True)), ["kind of site differs: before live, after a mock"]),
    "several suites": (BEFORE, side(ran("3"), ran("4", suite="2")), ["version of the suite differs: before 1, after 1, 2"]),
    "several suites on both": (
        side(ran("1"), ran("2", suite="2")), side(ran("3"), ran("4", suite="2")), ["version of the suite differs: before 1, 2, after 1, 2"],
    ),
    "access": (BEFORE, side(ran("3", access="read-only")), ["access differs: before full, after read-only"]),
    "strict": (side(ran("1", strict=True)), side(ran("3")), ["strictness differs: before strict, after not strict"]),
    "nothing shared": (BEFORE, side(ran("3", outcomes={"b": "good", "a": ""})), ["no scenario was judged on both sides"]),
}  # fmt: skip


@pytest.mark.parametrize("what", NOTED)
def test_what_makes_the_runs_less_alike_is_noted(what: str) -> None:
    before, after, notes = NOTED[what]
    assert list(side_notes(before, after)) == notes


def test_the_releases_of_a_side() -> None:
    mixed = side(ran("1", NEW), ran("2", OLD))
    assert (mixed.release, mixed.oldest, mixed.newest) == (OLD, OLD, NEW)
    assert (ran("1").contract, ran("1", judged_as=NEW).contract) == (OLD, NEW)


@pytest.mark.parametrize(
    ("runs", "rightly"),
    [
        ([{"skipped": {"a": "release"}}], True),
        ([{"skipped": {"a": "observe-only"}}], True),
        ([{"skipped": {"a": "release"}}, {"skipped": {"a": "role"}}], False),
        ([{"skipped": {"a": "release"}}, {}], False),
        ([{"skipped": {"a": "release"}}, {"outcomes": {}}], True),
        ([{"skipped": {"a": "release"}, "judged_as": NEW}], False),
        ([{"outcomes": {}}], False),
    ],
)
def test_a_skip_is_right_when_the_contract_of_the_site_asks_for_it(runs: list[dict[str, Any]], rightly: bool) -> None:
    made = side(*(ran(str(nth), **more) for nth, more in enumerate(runs)))
    assert made.rightly_skips("a") is rightly
    assert made.selected("a") is any("outcomes" not in more for more in runs)


def test_what_was_judged_and_failed_in_each_run() -> None:
    things = {"a": ("x", "y"), "b": ("x",)}
    made = side(ran("1", outcomes={"a": "bad", "b": "bad", "c": "bad"}), ran("2", outcomes={"a": "good", "b": ""}))
    assert sorted(made.scenarios) == ["a", "a", "b", "c"]
    assert [dict(one) for one in made.failures(things)] == [{"x": 2, "y": 1}, {}]
    assert dict(made.judged(things)) == {"x": 3, "y": 2}
    assert made.suites == {"1"}
