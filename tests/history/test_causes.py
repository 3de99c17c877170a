"""Whose fault a red is, of causes planted one by one; ``python -m tests.history --causes`` measures 300."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from conformance.reporting.outcome import ScenarioResult
from conformance.reporting.whose_fault import FAULTS, clusters, doubtful, others, settled
from tests.history.causes import PLANTED, WIDE, Planted, candidates, told
from tests.reporting.test_junit import FOUND, PASSED

FAILED = replace(PASSED, nodeid="a::failed", outcome="failed", violations=(FOUND,), fault="site")


def broken(nodeid: str, cause: str, fault: str = "operation", trouble: str = "") -> ScenarioResult:
    return replace(PASSED, nodeid=nodeid, outcome="broken", cause=cause, fault=fault, trouble=trouble)


def by_nodeid(*results: ScenarioResult) -> dict[str, ScenarioResult]:
    return {one.nodeid: one for one in results}


@pytest.mark.rotating(10)
@pytest.mark.parametrize("nth", range(30))
@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_cause_is_told_by_its_class(kind: str, nth: int) -> None:
    some = candidates(seed=nth)[kind][:20]
    (first,) = islice((one for one in map(told, some) if one.reds), 1)
    assert first.right, first


@pytest.mark.rotating(9)
@pytest.mark.parametrize(("kind", "name"), WIDE)
def test_many_reds_of_one_cause_are_few_clusters(kind: str, name: str) -> None:
    wide = told(Planted(kind, name), everything=True)
    assert wide.reds >= 100
    assert wide.clusters <= 3
    assert wide.right


def test_every_kind_and_every_class_is_planted() -> None:
    several = candidates(1)
    assert {one.whose for kind in several.values() for one in kind} == {"site", "operation", "suite"} == set(FAULTS) - {"profile"}
    assert all(len(several[kind]) >= PLANTED[kind] for kind in PLANTED)


@pytest.mark.parametrize(
    ("said", "fault", "evidence"),
    [
        ("passed", "site", "the mock of 41.12.0 passes it"),
        ("failed", "suite", "on the mock of 41.12.0 it is failed, too"),
        ("broken", "suite", "on the mock of 41.12.0 it is broken, too"),
        ("skipped", "site", "not checked, for no mock of 41.12.0 could be asked"),
        (None, "site", "not checked, for no mock of 41.12.0 could be asked"),
    ],
)
def test_a_failure_is_whose_the_reference_says(said: str | None, fault: str, evidence: str) -> None:
    now = settled(by_nodeid(FAILED, PASSED), {FAILED.nodeid: said} if said else {}, "41.12.0")
    assert (now[FAILED.nodeid].fault, now[FAILED.nodeid].evidence) == (fault, evidence)
    assert now[PASSED.nodeid] == PASSED


def test_of_what_broke_together_some_are_asked_and_one_that_passes_speaks_for_all() -> None:
    alike = [broken(f"a::{nth}", f"GetUser to http://x: HTTP 500; it starts with '{nth}'") for nth in range(9)]
    asked = doubtful(alike)
    assert len(asked) == 3
    ours = settled(by_nodeid(*alike), dict.fromkeys(asked, "broken"), "41.12.0")
    assert {one.fault for one in ours.values()} == {"suite"}
    theirs = settled(by_nodeid(*alike), {asked[0]: "broken", asked[1]: "passed"}, "41.12.0")
    assert {one.fault for one in theirs.values()} == {"operation"}


def test_where_the_first_could_not_be_asked_one_of_each_feature_is() -> None:
    """What is only observed often stands first."""
    alike = [broken(f"{feature}::{nth}", "the reply is not XML: x") for feature in "abc" for nth in range(4)]
    own = [broken("d::1", "no such account", fault="profile")]
    results = [*alike, *own]
    unsaid = dict.fromkeys(doubtful(results), "skipped") | {"d::1": "passed"}
    assert others(results, unsaid) == ("c::0", "b::0", "a::3")
    assert others(results, unsaid | {"a::1": "passed"}) == ()
    assert others([red(f"f::{nth}", ("GetSite", "x")) for nth in range(5)], {}) == (), "of a failure everything was asked"
    profile = [broken(f"p::{nth}::row", "no such account", fault="profile") for nth in range(5)]
    assert others([*alike, *profile], dict.fromkeys(("a::0", "p::0::row"), "skipped")) == ("c::0", "b::0", "a::3", "p::3::row")


def test_what_raised_is_ours_whoever_is_asked() -> None:
    own = broken("a::1", "fault of the suite: KeyError: 'x' (traceback in reports/faults/1.txt)", fault="suite")
    assert doubtful([own]) == ()
    now = settled(by_nodeid(own), {}, "41.12.0")
    assert (now["a::1"].fault, now["a::1"].evidence) == ("suite", "it raised an error of our code")


def test_clusters_hold_each_red_once_the_most_first() -> None:
    site = [replace(FAILED, nodeid=f"a::f{nth}") for nth in range(3)]
    own = [broken(f"a::o{nth}", f"fault of the suite: KeyError: 'x' (traceback in faults/{nth}.txt)", fault="suite") for nth in range(2)]
    refused = broken("a::r", "the account host cannot sign in", trouble="account")
    found = clusters([PASSED, *own, refused, *site])
    assert [str(one) for one in found] == [
        "GetSite  header/response  check result: 3 scenarios",
        "fault of the suite: KeyError: 'x': 2 scenarios",
        "an account is not let in: 1 scenario",
    ]
    assert sorted(result.nodeid for one in found for result in one.results) == sorted(one.nodeid for one in (*own, refused, *site))


def test_one_thing_wrong_in_many_operations_is_one_cluster_and_two_elements_are_two() -> None:
    everywhere = [
        replace(FAILED, nodeid=f"a::{operation}", violations=(replace(FOUND, operation=operation),))
        for operation in ("GetSite", "GetUser", "LstUser")
    ]
    assert [str(one) for one in clusters(everywhere)] == ["3 operations  header/response  check result: 3 scenarios"]
    two = [replace(FAILED, nodeid=f"a::{path}", violations=(replace(FOUND, path=path),)) for path in ("a", "b")]
    assert len(clusters(two)) == 2


def red(nodeid: str, *found: tuple[str, str], fault: str = "site") -> ScenarioResult:
    """A failure that found elements of operations to be absent."""
    violations = tuple(replace(FOUND, operation=operation, path=path, actual="absent") for operation, path in found)
    return replace(FAILED, nodeid=nodeid, violations=violations, fault=fault)


#: Reds, and the words of their clusters with whose fault they are.
WORDS = [
    ((broken("a", "GetSite to https://a.test: timed out\nafter 30 s"),), [("operation", "GetSite  timed out")]),
    ((broken("a", "no such account", fault="profile"),), [("profile", "no such account")]),
    ((broken("a", "GetSite to https://a.test: timed out", trouble="account"),), [("operation", "an account is not let in")]),
    ((broken("a", "GetSite to https://a.test: the reply is not XML: line 7; it starts with <html>"),), [("operation", "GetSite  the reply is not XML")]),
    ((broken("a", "it raised KeyError (traceback in faults/1.txt)", fault="suite"),), [("suite", "it raised KeyError")]),
    ((red("a", ("GetSite", "b/c"), fault="suite"),), [("suite", "check result, which the reference breaks, too")]),
    ((red("a", ("GetSite", "b/c")),), [("site", "GetSite  b/c  absent")]),
    ((red("a", ("GetSite", "b"), ("GetSite", "c"), ("GetSite", "d")),), [("site", "GetSite  b  absent")]),
    (tuple(red(one, ("GetSite", one)) for one in "abc"), [("site", "GetSite  3 elements  absent")]),
    (tuple(red(one, (f"Get{one}", "x")) for one in "abc"), [("site", "3 operations  x  absent")]),
    (tuple(red(one, (f"Get{one}", "x")) for one in "ab"), [("site", "Geta  x  absent"), ("site", "Getb  x  absent")]),
    (tuple(red(one, (operation, "x")) for one, operation in zip("abc", ("", "Geta", "Getb"), strict=True)), [("site", "2 operations  x  absent")]),
    (tuple(red(one, ("GetSite", path)) for one, path in zip("abc", ("", "x", "y"), strict=True)), [("site", "GetSite  2 elements  absent")]),
    ((red("a", ("", "")),), [("site", "absent")]),
    ((red("a", ("", "x")), red("b", ("GetSite", "x"))), [("site", "GetSite  x  absent")]),
    ((red("a", ("GetSite", "")), red("b", ("GetSite", "x"))), [("site", "GetSite  x  absent")]),
]  # fmt: skip


@pytest.mark.parametrize(("reds", "words"), WORDS, ids=range(len(WORDS)))
def test_what_reds_come_from_in_words(reds: tuple[ScenarioResult, ...], words: list[tuple[str, str]]) -> None:
    assert [(one.fault, one.words) for one in clusters(reds)] == words


def test_the_reference_is_asked_about_every_failure_and_some_of_what_broke() -> None:
    failures = [red(f"f{number}", ("GetSite", "x")) for number in range(5)]
    lost = [broken(f"b{number}", "timed out") for number in range(5)]
    unknown = [broken(f"p{number}", "no such account", fault="profile") for number in range(4)]
    ours = [broken("s", "KeyError", fault="suite")]
    assert doubtful([*failures, *lost, *unknown, *ours]) == tuple(one.nodeid for one in (*failures, *lost[:3], *unknown[:3]))


@pytest.mark.parametrize(
    ("reference", "faults", "evidence"),
    [
        ({"b0": "failed", "b1": "passed"}, ["operation"] * 3, "outage; the mock of 41.5 passes it"),
        ({"b0": "broken"}, ["suite"] * 3, "outage; on the mock of 41.5 it is broken, too"),
        ({}, ["operation"] * 3, "outage; not checked, for no mock of 41.5 could be asked"),
        ({"b0": "skipped"}, ["operation"] * 3, "outage; not checked, for no mock of 41.5 could be asked"),
    ],
)
def test_what_broke_together_is_settled_together(reference: dict[str, str], faults: list[str], evidence: str) -> None:
    lost = by_nodeid(*(broken(f"b{number}", "timed out", trouble="outage") for number in range(3)))
    now = settled(lost, reference, "41.5")
    assert [one.fault for one in now.values()] == faults
    assert {one.evidence for one in now.values()} == {evidence}


def test_each_failure_is_settled_for_itself() -> None:
    reds = by_nodeid(*(red(f"f{number}", ("GetSite", "x")) for number in range(3)))
    now = settled(reds, {"f0": "passed", "f1": "failed"}, "41.5")
    assert [(one.fault, one.evidence) for one in now.values()] == [
        ("site", "the mock of 41.5 passes it"), ("suite", "on the mock of 41.5 it is failed, too"), ("site", "not checked, for no mock of 41.5 could be asked"),
    ]  # fmt: skip
