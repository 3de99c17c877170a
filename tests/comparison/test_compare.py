"""What differs between two runs made by hand: each change and its name, what explains it, what is worse, and notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.reporting.comparison.compare import CHANGES, Delta, Gained, compare_runs, outcomes
from conformance.reporting.shapes import APPEARED, VANISHED, Drift
from conformance.reporting.summary import ReportedScenario, RunFile
from conformance.sites.errors import UserError
from conformance.sites.release import Release
from tests.comparison.made import NEW, OLD, a_run, by_id, clause, on, scenario, shape

Compared = Callable[..., Delta]


@pytest.fixture
def compared(contract: Contract) -> Compared:
    """``compared(before, after, *clauses)``: what differs."""

    def made(before: RunFile, after: RunFile, *clauses: Clause, strict: bool = False) -> Delta:
        return compare_runs(before, after, by_id(*clauses), contract, strict=strict)

    return made


@pytest.mark.parametrize(
    ("was", "now", "what", "worse"),
    [
        (("passed", ""), ("passed", ""), "", False),
        (("known", ""), ("known", ""), "", False),
        (("skipped", "setting"), ("skipped", "setting"), "", False),
        (("passed", ""), ("failed", ""), "newly failing", True),
        (("skipped", "release"), ("failed", ""), "newly failing", True),
        (("failed", ""), ("failed", ""), "still failing", False),
        (("passed", ""), ("flaky", ""), "newly flaky", True),
        (("flaky", ""), ("flaky", ""), "still flaky", False),
        (("failed", ""), ("flaky", ""), "newly flaky", False),
        (("broken", ""), ("flaky", ""), "newly flaky", True),
        (("failed", ""), ("broken", ""), "newly broken", True),
        (("broken", ""), ("broken", ""), "still broken", False),
        (("passed", ""), ("skipped", "setting"), "newly skipped", True),
        (("passed", ""), ("skipped", "release"), "newly skipped", False),
        (("passed", ""), ("skipped", "baseline"), "newly skipped", False),
        (("passed", ""), ("skipped", "observe-only"), "newly skipped", False),
        (("passed", ""), ("known", ""), "newly known", False),
        (("skipped", "release"), ("known", ""), "newly known", False),
        (("failed", ""), ("passed", ""), "newly passing", False),
        (("skipped", "setting"), ("passed", ""), "newly passing", False),
        (("skipped", "release"), ("passed", ""), "", False),
    ],
)
def test_what_became_of_a_scenario(compared: Compared, was: tuple[str, str], now: tuple[str, str], what: str, worse: bool) -> None:
    delta = compared(a_run(scenario("one", *was)), a_run(scenario("one", *now)))
    assert [(one.what, one.before, one.scenario) for one in delta.changes] == ([(what, was[0], scenario("one", *now))] if what else [])
    assert [one.worse for one in delta.changes] == ([worse] if what else [])
    assert delta.worse() == ((f"1 scenario {what}",) if worse else ())


def test_changes_stand_worst_first_and_the_reasons_are_counted(compared: Compared) -> None:
    before = a_run(*(scenario(str(number)) for number in range(8)))
    words = ("known", "skipped", "broken", "flaky", "failed", "failed", "passed", "skipped")
    after = a_run(*(scenario(str(number), word, "release" if number == 7 else "") for number, word in enumerate(words)))
    delta = compared(before, after)
    assert [one.what for one in delta.changes] == [
        "newly failing", "newly failing", "newly flaky", "newly broken", "newly skipped", "newly skipped", "newly known"
    ]  # fmt: skip
    assert delta.worse() == ("2 scenarios newly failing", "1 scenario newly flaky", "1 scenario newly broken", "1 scenario newly skipped")
    assert [one.scenario.nodeid for one in delta.of("newly skipped")] == ["1"]
    assert [one.scenario.nodeid for one in delta.of("newly failing")] == ["4", "5"]
    assert delta.rightly_skipped() == {"release": 1}
    assert set(CHANGES) > {one.what for one in delta.changes}


def test_what_was_only_observed_is_called_so(compared: Compared) -> None:
    (change,) = compared(a_run(scenario("one", "skipped", "observe-only")), a_run(scenario("one", "failed"))).changes
    assert change.before == "observed"


def test_scenarios_that_fail_by_one_cause_stand_together_the_most_first(compared: Compared) -> None:
    def now(name: str, **more: object) -> ReportedScenario:
        return scenario(name, "failed", **more)

    after = a_run(
        now("a", why="alone"), now("b", causes=("x",), why="1"), now("c", causes=("x",), why="2"), now("d", causes=("x",)),
        now("e", why="alike"), now("f", why="alike"), scenario("g", "broken", causes=("x",)),
    )  # fmt: skip
    before = a_run(*(scenario(name, "known" if name == "d" else "passed") for name in "abcdefg"))
    groups = compared(before, after).together("newly failing")
    assert [[one.scenario.nodeid for one in group] for group in groups] == [["b", "c"], ["e", "f"], ["a"], ["d"]]


CLAUSES = (
    clause("first", "41.10.0"), clause("same", "41.11.0"), clause("second", "41.12.0", item="Sites"),
    clause("third", "41.12.0", item="Sites"), clause("fourth", "41.12.0"), clause("later", "41.13.0"),
)  # fmt: skip


def test_the_clauses_of_the_releases_in_between_are_gained(compared: Compared) -> None:
    delta = compared(on(OLD), on(NEW, clauses={"second": "passed", "fourth": "failed"}), *CLAUSES)
    assert delta.gained == (Gained(CLAUSES[2], "passed"), Gained(CLAUSES[3], "not-run"), Gained(CLAUSES[4], "failed"))
    assert delta.brought() == {NEW: {"Sites": delta.gained[:2], "Users": delta.gained[2:]}}
    assert delta.clauses == by_id(*CLAUSES)
    assert compared(on(NEW), on(OLD), *CLAUSES).gained == ()
    assert compared(on(NEW), on(NEW), *CLAUSES).gained == ()


def test_how_clauses_ended_in_words_the_most_first() -> None:
    words = ("passed", "observed", "failed", "passed", "failed", "failed")
    assert outcomes(Gained(CLAUSES[0], word) for word in words) == "3 failed, 2 passed, 1 observed"
    assert outcomes(()) == ""


GONE = clause("R41.12.0-01", "41.12.0", "GetUser", removes=("old",))
COME = clause("R41.12.0-02", "41.12.0", "GetUser", adds=("new",))


def test_what_a_clause_in_between_announces_is_announced_and_the_rest_is_not(compared: Compared) -> None:
    before, after = on(OLD, shapes={"GetUser": shape(["old", "lost"])}), on(NEW, shapes={"GetUser": shape(["new", "extra"])})
    delta = compared(before, after, GONE, COME)
    assert {(one.path, one.what, one.clause) for one in delta.drift} == {
        ("old", VANISHED, "R41.12.0-01"), ("lost", VANISHED, ""), ("new", APPEARED, "R41.12.0-02"), ("extra", APPEARED, ""),
    }  # fmt: skip
    assert {one.path for one in delta.announced} == {"old", "new"}
    assert {one.path for one in delta.unannounced} == {"lost", "extra"}
    assert {one.operation for one in delta.drift} == {"GetUser"}
    assert delta.worse() == ("1 unannounced change of replies that can break a client",)
    assert compared(before, after, GONE, COME, strict=True).worse() == ("2 unannounced changes of replies that can break a client",)
    assert compared(before, after, clause("a", "41.12.0", adds=("new", "extra"), removes=("old", "lost")), strict=True).worse() == ()


def test_on_the_way_back_what_was_added_is_not_yet_there(compared: Compared) -> None:
    delta = compared(on(NEW, shapes={"GetUser": shape(["new", "lost"])}), on(OLD, shapes={"GetUser": shape(["old"])}), GONE, COME)
    assert {one.path: delta.said(one) for one in delta.drift} == {"new": "not yet there", "lost": "vanished", "old": "appeared"}
    forth = compared(on(OLD, shapes={"GetUser": shape(["old"])}), on(NEW, shapes={"GetUser": shape(["new"])}), GONE, COME)
    assert {one.path: forth.said(one) for one in forth.drift} == {"new": "appeared", "old": "vanished"}
    same = compared(on(OLD), on(OLD))
    assert same.said(Drift("GetUser", "a", VANISHED, "text", "absent", "R41.12.0-01")) == "vanished"


def test_operations_stand_in_the_order_of_their_names_and_in_both_runs(compared: Compared) -> None:
    before = {name: shape(["lost"]) for name in ("LstUser", "GetUser", "DelUser")}
    after = {name: shape(["kept"]) for name in ("LstUser", "GetUser", "SetUser")}
    delta = compared(a_run(shapes=before), a_run(shapes=after))
    assert [one.operation for one in delta.drift if one.what == VANISHED] == ["GetUser", "LstUser"]


@pytest.mark.parametrize(("release", "paths"), [(Release.parse("41.9.0"), ["freeAccount"]), (NEW, [])])
def test_what_some_replies_hold_is_told_where_the_contract_of_the_first_site_lacks_it(
    compared: Compared, release: Release, paths: list[str]
) -> None:
    before = on(release, shapes={"GetUser": shape([])})
    after = on(NEW, shapes={"GetUser": shape(["freeAccount"], held=1, kind="boolean")})
    assert [one.path for one in compared(before, after).drift] == paths


@pytest.mark.parametrize(
    ("before", "after", "code", "what", "hint"),
    [
        ("abc", "abd", "selections-differ", "the runs selected different scenarios: 3 and 3, 2 of them in both", "run both with one selection"),
        ("abc", "ab", "selections-differ", "the runs selected different scenarios: 3 and 2, 2 of them in both", "run both with one selection"),
        ("", "", "selections-empty", "the runs hold no scenario", ""),
    ],
)
def test_runs_that_cannot_be_compared(compared: Compared, before: str, after: str, code: str, what: str, hint: str) -> None:
    one, other = (a_run(scenarios={name: scenario(name) for name in names}) for names in (before, after))
    with pytest.raises(UserError) as problem:
        compared(replace(one, file="first"), replace(other, file="second"))
    told = problem.value
    assert (told.code, told.what, told.where, told.hint) == (code, what, "second", hint)


@pytest.mark.parametrize(("before", "after"), [("", "a"), ("a", "")])
def test_an_empty_run_of_another_version_of_the_suite_is_refused(compared: Compared, before: str, after: str) -> None:
    one, other = (a_run(scenarios={name: scenario(name) for name in names}) for names in (before, after))
    with pytest.raises(UserError, match="the runs hold no scenario"):
        compared(one, replace(other, suite="2.0"))


def test_different_selections_of_two_versions_of_the_suite_are_no_mistake(compared: Compared) -> None:
    delta = compared(a_run(scenario("a"), scenario("b"), scenario("c")), a_run(scenario("a"), scenario("d"), suite="2.0"))
    assert (set(delta.before.scenarios), set(delta.after.scenarios)) == ({"a", "b", "c"}, {"a", "d"}), "of the whole runs"
    assert delta.notes == ("two versions of the suite, 1.0 and 2.0: 1 scenario compared, 2 in BEFORE alone, 1 in AFTER alone",)


#: What a scenario was, what it is now, and whether it is the same one.
FOLLOWED: dict[str, tuple[ReportedScenario, ReportedScenario, bool]] = {
    "another place": (scenario("a", title="t"), scenario("b", title="t"), True),
    "another place and row": (scenario("a", title="t", row="1"), scenario("b", title="t", row="2"), False),
    "another place and clauses": (scenario("a", title="t", clauses=("x",)), scenario("b", title="t", clauses=("y",)), False),
    "another title and place": (scenario("a", steps="1f"), scenario("b", steps="1f"), True),
    "another title, place and clauses": (scenario("a", steps="1f", clauses=("x",)), scenario("b", steps="1f", clauses=("y",)), False),
    "another title and steps": (scenario("a", title="t", steps="1f"), scenario("a", title="u", steps="2f"), True),
    "another title, steps unknown": (scenario("a", title="t"), scenario("a", title="u"), True),
    "a clause more": (scenario("a", title="t", clauses=("x",)), scenario("a", title="t", clauses=("x", "y")), True),
    "a clause more, another title and place": (
        scenario("a", title="t", clauses=("x",)), scenario("b", title="u", clauses=("x", "y")), False,
    ),
    "a clause less and another": (scenario("a", clauses=("x", "y"), steps="1f"), scenario("a", clauses=("y", "z"), steps="2f"), True),
    "its only clause taken away": (scenario("a", clauses=("x",)), scenario("a"), False),
    "another title, steps and clauses": (scenario("a", title="t", clauses=("x",)), scenario("a", title="u", clauses=("y",)), False),
    "nothing alike": (scenario("a"), scenario("b"), False),
}


@pytest.mark.parametrize("what", FOLLOWED)
def test_a_scenario_is_followed_to_another_version_of_the_suite(compared: Compared, what: str) -> None:
    was, now, same = FOLLOWED[what]
    delta = compared(a_run(scenario("both"), was), a_run(scenario("both"), replace(now, outcome="failed"), suite="2.0"))
    (change,) = delta.changes
    told = ("newly failing", "passed") if same else ("red in AFTER alone", "not there")
    assert (change.scenario.nodeid, change.what, change.before) == (now.nodeid, *told)
    assert delta.worse() == (f"1 scenario {told[0]}",)


def test_in_one_version_of_the_suite_a_scenario_is_followed_by_its_place_alone(compared: Compared) -> None:
    before = a_run(scenario("a", "skipped", title="t"), scenario("b", title="u"))
    (change,) = compared(before, a_run(scenario("a", "failed", title="u"), scenario("b", title="t"))).changes
    assert change.before == "skipped"


def test_a_comparison_is_not_strict_unless_told(contract: Contract) -> None:
    delta = compare_runs(a_run(shapes={"GetUser": shape([])}), a_run(shapes={"GetUser": shape(["extra"])}), {}, contract)
    assert (len(delta.drift), delta.worse()) == (1, ())


def test_no_scenario_is_taken_for_two(compared: Compared) -> None:
    """The title comes before the steps, and those before the place; what was taken by one is not there for another."""
    before = a_run(scenario("a", title="t", steps="1f"), scenario("b", title="u", steps="2f"))
    after = a_run(scenario("b", title="t", steps="2f"), scenario("a", title="v", steps="2f"), scenario("c", title="w", steps="1f"), suite="2.0")
    failing = {name: replace(one, outcome="failed", why=name) for name, one in after.scenarios.items()}
    skipped = {name: replace(one, outcome="skipped", kind=f"was {name}") for name, one in before.scenarios.items()}
    delta = compared(replace(before, scenarios={"a": skipped["a"], "b": before.scenarios["b"]}), replace(after, scenarios=failing))
    assert {(one.scenario.nodeid, one.before) for one in delta.changes} == {("b", "skipped"), ("a", "passed"), ("c", "not there")}
    twice = compared(
        a_run(scenario("a", title="t")), a_run(scenario("b", "failed", title="t"), scenario("c", "failed", title="t"), suite="2.0")
    )
    assert [(one.scenario.nodeid, one.what) for one in twice.changes] == [("b", "newly failing"), ("c", "red in AFTER alone")]
    # What was found by its title is not there for what stands in its place now.
    moved = compared(a_run(scenario("a", title="t")), a_run(scenario("b", title="t"), scenario("a", "failed", title="u"), suite="2.0"))
    assert [one.what for one in moved.changes] == ["red in AFTER alone"]


@pytest.mark.parametrize(("outcome", "worse"), [("failed", 1), ("flaky", 1), ("broken", 1), ("known", 0), ("passed", 0), ("skipped", 0)])
def test_what_is_red_in_the_second_run_alone_is_told_and_worse(compared: Compared, outcome: str, worse: int) -> None:
    """Nobody can tell whether it was before."""
    delta = compared(a_run(scenario("a")), a_run(scenario("a"), scenario("new", outcome), suite="2.0"))
    assert delta.worse() == ("1 scenario red in AFTER alone",) * worse
    assert [(one.what, one.before) for one in delta.changes] == [("red in AFTER alone", "not there")] * worse


def test_runs_of_two_versions_of_the_suite_with_nothing_in_common_are_refused(compared: Compared) -> None:
    with pytest.raises(UserError) as problem:
        compared(a_run(scenario("a"), scenario("b")), a_run(scenario("c"), suite="2.0", file="second"))
    told = problem.value
    assert (told.code, told.what, told.where, told.hint) == (
        "selections-differ", "the runs have no scenario in common: 2 and 1", "second", "run both with one selection",
    )  # fmt: skip


def test_steps_that_changed_with_the_suite_are_told(compared: Compared) -> None:
    before = a_run(scenario("a", steps="1f"), scenario("b", title="t", steps="2f"), scenario("c", steps="3f"))
    after = a_run(scenario("a", steps="1f"), scenario("d", title="t", steps="4f"), scenario("c", steps="5f"), suite="2.0")
    assert compared(before, after).notes == (
        "two versions of the suite, 1.0 and 2.0: 3 scenarios compared, 0 in BEFORE alone, 0 in AFTER alone",
        "its steps changed with the suite, a difference may come from there: d",
        "its steps changed with the suite, a difference may come from there: c",
    )


def seen(*operations: str) -> dict[str, object]:
    return {name: shape(["email"]) for name in operations}


NOTED: dict[str, tuple[RunFile, RunFile, tuple[str, ...]]] = {
    "nothing": (a_run(), a_run(), ()),
    "judged as another release": (
        a_run(judged_as=OLD), a_run(judged_as=Release.parse("41.10.0")),
        ("BEFORE was judged as 41.11.0, its site says it runs 41.12.0", "AFTER was judged as 41.10.0, its site says it runs 41.12.0"),
    ),
    "problems": (
        a_run(problems=("rain", "snow")), a_run(problems=("hail",)),
        ("BEFORE had a problem: rain", "BEFORE had a problem: snow", "AFTER had a problem: hail"),
    ),
    "a mock": (a_run(mock=True, site="mock"), a_run(), ("one site is a mock, the other is live: mock 41.12.0, acme 41.12.0",)),
    "an older release": (on(NEW), on(OLD), ("AFTER has the older release: what 41.12.0 added is expected to be gone",)),
    "a newer release": (on(OLD), on(NEW), ()),
    "an older run": (
        a_run(), a_run(finished=datetime(2026, 10, 1, 3, tzinfo=UTC)),
        ("AFTER is the older run: 2026-10-01 03:00 UTC, BEFORE 2026-11-01 02:00 UTC",),
    ),
    "a newer run": (a_run(), a_run(finished=datetime(2026, 12, 1, tzinfo=UTC)), ()),
    "access": (a_run(), a_run(access="read-only"), ("access differs: BEFORE full, AFTER read-only",)),
    "strict": (
        a_run(strict=True), a_run(), ("only one of the runs was strict: clauses of level should fail in one and warn in the other",),
    ),
    "replies": (
        a_run(site="first", shapes={**seen("GetUser", "LstUser", "DelUser"), "GetSite": {}}),
        a_run(site="second", shapes=seen("GetUser", "GetSite")),
        (
            "replies seen in one run only, first 41.12.0, and not compared: DelUser, LstUser",
            "replies seen in one run only, second 41.12.0, and not compared: GetSite",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NOTED)
def test_what_makes_two_runs_less_alike_is_noted(compared: Compared, what: str) -> None:
    before, after, notes = NOTED[what]
    assert compared(before, after).notes == notes
