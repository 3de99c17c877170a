"""The statement at the end of a run, by its parts, each to the letter."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.findings import NOT_SERVED, Violation
from conformance.reporting.outcome import ScenarioResult, Skip
from conformance.reporting.statement import grammar, stanzas, statement
from conformance.reporting.summary import RunRecord
from tests.reporting.made import CLAUSES as PLAIN, FIRST, FOUND, LAST, OBSERVED, PASSED, SECOND

CLAUSES = {**PLAIN, SECOND: replace(PLAIN[SECOND], remark="Spelt so.")}
FAILED = replace(PASSED, nodeid="features/a.feature::two", title="two", outcome="failed", violations=(FOUND,), line=12)
BROKEN = replace(PASSED, nodeid="features/b.feature::three", title="three", outcome="broken", cause="timed out\nafter 30 s", line=7)


def record(*scenarios: ScenarioResult, **more: Any) -> RunRecord:
    return replace(
        RunRecord(
            "acme", "https://acme.test/x", False, "41.10.0", "41.10.0", "read-only", False, "no schema", ("host",), CLAUSES, 0.0, 1.0, scenarios,
        ),
        **more,
    )  # fmt: skip


def skipped(nodeid: str, kind: str, why: str = "so it is", clause: str = FIRST) -> ScenarioResult:
    return replace(PASSED, nodeid=nodeid, clauses=(clause,), outcome="skipped", skip=Skip(kind, why))


def several(result: ScenarioResult, number: int, start: int = 0) -> list[ScenarioResult]:
    """Scenarios that came to the same."""
    return [replace(result, nodeid=f"{result.nodeid}-{nth}", title=f"{result.title} {nth}", line=nth + 1) for nth in range(start, start + number)]


def at(path: str, result: ScenarioResult = FAILED) -> ScenarioResult:
    """A failure by a cause of its own."""
    return replace(result, nodeid=f"features/a.feature::{path}", title=path, violations=(replace(FOUND, path=path, actual="absent"),))


def blocks(made: RunRecord, **how: Any) -> list[str]:
    """The parts of the statement, which a blank line divides."""
    return "\n".join(statement(made, "reports", **how)).split("\n\n")


def found(made: RunRecord) -> list[str]:
    """The parts between what was judged and where the reports are."""
    return blocks(made)[2:-1]


def first_lines(made: RunRecord) -> list[str]:
    """All above the table."""
    lines = statement(made, "reports")
    return lines[: next(nth for nth, line in enumerate(lines) if line.startswith("release "))]


def accounts(made: RunRecord) -> list[str]:
    return blocks(made)[1].splitlines()


def test_a_run_in_which_all_is_well() -> None:
    assert statement(record(PASSED, sent=7, started=0.5, finished=61.75), "some/reports") == """\
site acme (https://acme.test/x), judged as 41.10.0, read-only, 7 requests in 61.2 s
release  clauses  passed  failed  flaky  broken  skipped  known
41.1.0         2       1       0      0       0        0      0
others         2       0       0      0       0        0      0
all            4       1       0      0       0        0      0

4 clauses: 1 judged, 0 observed, 0 not applicable here, 3 not selected

judged by no schema
reports   some/reports/summary.json  junit.xml  allure-results (webex-conformance report --reports some/reports)""".splitlines()


HEAD = "site acme (https://acme.test/x), judged as 41.10.0, read-only, 0 requests in 1.0 s"


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({}, [HEAD]),
        ({"mock": True, "sent": 1, "access": "read-write"}, ["mock site acme (https://acme.test/x), judged as 41.10.0, read-write, 1 request in 1.0 s"]),
        ({"site_release": "41.9.2"}, [HEAD, "the site says it runs 41.9.2"]),
        ({"site_release": ""}, [HEAD, "the site says it runs a release it does not name"]),
        (
            {"judged_as": "41.11.0", "site_release": "41.11.0"},
            [HEAD.replace("41.10.0", "41.11.0"), "the clauses speak about releases up to 41.10.0: what came later is not judged"],
        ),
        ({"judged_as": "41.11.0", "site_release": "41.11.0", "clauses": {}}, [HEAD.replace("41.10.0", "41.11.0")]),
        ({"backup": 1}, [HEAD, "the site is on its backup: gsbStatus BACKUP in 1 reply"]),
        ({"backup": 2}, [HEAD, "the site is on its backup: gsbStatus BACKUP in 2 replies"]),
        ({"notes": ("one\x1b", "other")}, [HEAD, "note: one\\x1b", "note: other"]),
        ({"discovered": ("a host\x1b", "a user")}, [HEAD, "discovered  a host\\x1b", "            a user"]),
    ],
)
def test_what_was_judged_stands_first(more: dict[str, Any], lines: list[str]) -> None:
    assert first_lines(record(PASSED, **more)) == lines


def rows(made: RunRecord) -> list[str]:
    lines = statement(made, "reports")
    start = next(nth for nth, line in enumerate(lines) if line.startswith("release "))
    return [re.sub(" +", " ", line) for line in lines[start + 1 : lines.index("", start)]]


def test_releases_that_have_not_begun_on_the_site_are_left_out_of_the_table_and_counted() -> None:
    later = skipped("later", "release", clause=LAST)
    assert rows(record(PASSED, later)) == ["41.1.0 2 1 0 0 0 0 0", "others 2 0 0 0 0 1 0", "all 4 1 0 0 0 1 0"]
    assert rows(record(PASSED, later, skipped("x", "role", clause=LAST))) == [
        "41.1.0 2 1 0 0 0 0 0", "41.10.0 1 0 0 0 0 2 0", "others 1 0 0 0 0 0 0", "all 4 1 0 0 0 2 0",
    ]  # fmt: skip


def test_a_table_that_has_every_release_has_no_others() -> None:
    assert rows(record(PASSED, clauses={FIRST: CLAUSES[FIRST]})) == ["41.1.0 1 1 0 0 0 0 0", "all 1 1 0 0 0 0 0"]


@pytest.mark.parametrize("outcome", ["failed", "flaky", "broken", "known", "passed"])
def test_where_something_is_wrong_the_table_has_the_releases_in_which_it_is(outcome: str) -> None:
    wrong = replace(FAILED, clauses=(LAST,), outcome=outcome, violations=(FOUND,) if outcome == "passed" else ())
    counts = [str(int(word == outcome)) for word in ("passed", "failed", "flaky", "broken", "skipped", "known")]
    together = [str(int(word == outcome) + int(word == "passed")) for word in ("passed", "failed", "flaky", "broken", "skipped", "known")]
    assert rows(record(PASSED, wrong)) == [
        " ".join(["41.10.0 1", *counts]), "others 3 1 0 0 0 0 0", " ".join(["all 4", *together]),
    ]  # fmt: skip


IN_BASELINE = {"before": "failed", "other": "known"}


@pytest.mark.parametrize(
    ("scenarios", "lines"),
    [
        ([], ["4 clauses: 0 judged, 0 observed, 0 not applicable here, 4 not selected"]),
        ([PASSED, replace(PASSED, nodeid="b", clauses=(SECOND, OBSERVED, LAST))], ["4 clauses: 4 judged, 0 observed, 0 not applicable here"]),
        (
            [skipped("a", "setting"), skipped("b", "role", clause=SECOND), skipped("c", "setting", clause=LAST), skipped("d", "observe-only", clause=OBSERVED)],
            ["4 clauses: 0 judged, 1 observed, 3 not applicable here (role, setting)", "4 scenarios skipped: setting 2, role 1, observe-only 1"],
        ),
        (
            [skipped("a", "baseline", "no schemas: none"), skipped("b", "baseline", "no schemas: none", SECOND), skipped("c", "baseline", "no reply", LAST)],
            [
                "4 clauses: 0 judged, 0 observed, 0 not applicable here, 1 not selected, 3 not judged here",
                "not judged here: no schemas: none",
                "not judged here: no reply",
                "3 scenarios skipped: baseline 3",
            ],
        ),
        (
            [skipped("before", "setting"), skipped("other", "setting", clause=LAST), skipped("d", "role", "no host", SECOND), PASSED],
            [
                "4 clauses: 1 judged, 0 observed, 1 not applicable here (role), 1 not selected, 1 judged in the baseline",
                "judged in the baseline of 2026-11-28 03:00 UTC, when the site was set otherwise: R41.10.0-01 known",
                "3 scenarios skipped: setting 2, role 1",
            ],
        ),
        (
            [skipped("before", "setting"), skipped("b", "baseline", "no reply"), skipped("other", "setting", clause=LAST)],
            [
                "4 clauses: 0 judged, 0 observed, 0 not applicable here, 2 not selected, 2 judged in the baseline",
                "judged in the baseline of 2026-11-28 03:00 UTC, when the site was set otherwise: R41.1.0-01 failed, R41.10.0-01 known",
                "3 scenarios skipped: setting 2, baseline 1",
            ],
        ),
        (
            [skipped("before", "setting"), skipped("b", "baseline", "no reply", LAST)],
            [
                "4 clauses: 0 judged, 0 observed, 0 not applicable here, 2 not selected, 1 not judged here, 1 judged in the baseline",
                "judged in the baseline of 2026-11-28 03:00 UTC, when the site was set otherwise: R41.1.0-01 failed",
                "not judged here: no reply",
                "2 scenarios skipped: setting 1, baseline 1",
            ],
        ),
        (
            [PASSED, replace(BROKEN, nodeid="b", clauses=(SECOND, LAST))],
            ["4 clauses: 1 judged, 2 broken, 0 observed, 0 not applicable here, 1 not selected"],
        ),
        ([skipped("a", "role")], ["4 clauses: 0 judged, 0 observed, 1 not applicable here (role), 3 not selected", "1 scenario skipped: role 1"]),
    ],
)
def test_what_became_of_every_clause(scenarios: list[ScenarioResult], lines: list[str]) -> None:
    assert accounts(record(*scenarios, in_baseline=IN_BASELINE, baseline_day="2026-11-28 03:00 UTC")) == lines


def test_one_clause_is_one() -> None:
    assert accounts(record(PASSED, clauses={FIRST: CLAUSES[FIRST]})) == ["1 clause: 1 judged, 0 observed, 0 not applicable here"]


EXPECTED = "expected?  1 stanza to paste into known_issues.toml, with a reason: reports/new_known_issues.toml"
BELOW = """\
GetSite  R41.1.0-01  check result
  expected  header/response, SUCCESS
  actual    FAILURE 000001 no
  clause    41.1.0  It tells."""


def test_a_failure_in_full() -> None:
    assert found(record(FAILED)) == [f"FAILED  features/a.feature:12  two\n{BELOW}\n{EXPECTED}"]


def test_a_failure_with_all_that_is_known_of_it() -> None:
    several = (FOUND, replace(FOUND, exchange=2))
    result = replace(
        FAILED, violations=several, fault="site", evidence="the mock passes it\x1b", attempts=("failed", "failed"),
        exchanges=("2:x/two.xml", "1:x/one.xml"), case_ids=("2:host 2", "1:host 1"),
    )  # fmt: skip
    assert found(record(result)) == [f"""\
FAILED  features/a.feature:12  two
  fault     of the site: the mock passes it\\x1b
  tried     2 times: failed, failed
{BELOW}
  exchange  x/one.xml
  case id   host 1
{EXPECTED}"""]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("site", "of the site"),
        ("operation", "of how the site is run, not of its contract"),
        ("profile", "of the profile, not of the site"),
        ("suite", "of this suite, not of the site"),
    ],
)
def test_whose_fault_it_is(fault: str, words: str) -> None:
    (told,) = found(record(replace(FAILED, fault=fault, evidence="so it is")))
    assert f"  fault     {words}: so it is\n" in told


def test_whose_fault_scenarios_of_one_cause_are_is_what_most_of_them_say() -> None:
    unchecked = replace(FAILED, fault="site", evidence="not checked")
    checked = several(replace(FAILED, fault="site", evidence="the mock passes it"), 2, start=1)
    told = found(record(unchecked, *checked))[0]
    assert "  fault     of the site: the mock passes it\n" in told
    assert "not checked" not in told
    assert "  fault     of the site: not checked\n" in found(record(unchecked, *checked[:1]))[0]


def test_scenarios_of_one_cause_stand_together() -> None:
    warns = replace(PASSED, nodeid="warns", level="should", violations=(FOUND,))
    assert found(record(*several(FAILED, 2), warns)) == [f"""\
FAILED  2 scenarios, one cause, 1 more warns
{BELOW}
  scenario  features/a.feature:1  two 0
  scenario  features/a.feature:2  two 1
{EXPECTED}"""]  # fmt: skip
    told = found(record(*several(FAILED, 4), *several(warns, 2)))[0].splitlines()
    assert told[0] == "FAILED  4 scenarios, one cause, 2 more warn"
    assert told[-5:-1] == [*(f"  scenario  features/a.feature:{nth + 1}  two {nth}" for nth in range(3)), "  ... and 1 more, in summary.json"]
    assert found(record(FAILED, warns))[0].startswith("FAILED  features/a.feature:12  two, 1 more warns\n")
    three = found(record(*several(FAILED, 3)))[0].splitlines()
    assert three[-2] == "  scenario  features/a.feature:3  two 2"


def test_causes_of_the_same_scenarios_stand_under_one_heading() -> None:
    wrong = tuple(replace(FOUND, path=name, actual="absent") for name in "abcde")
    both = replace(FAILED, violations=wrong[:2])
    assert found(record(*several(both, 2)))[0].splitlines()[:10] == [
        "FAILED  2 scenarios, 2 causes",
        "GetSite  R41.1.0-01  check result", "  expected  a, SUCCESS", "  actual    absent", "  clause    41.1.0  It tells.",
        "GetSite  R41.1.0-01  check result", "  expected  b, SUCCESS", "  actual    absent", "  clause    41.1.0  It tells.",
        "  scenario  features/a.feature:1  two 0",
    ]  # fmt: skip
    alone = found(record(replace(FAILED, violations=wrong)))[0].splitlines()
    assert [line for line in alone if "expected  " in line] == [f"  expected  {name}, SUCCESS" for name in "abc"]
    assert alone[0] == "FAILED  features/a.feature:12  two"
    assert "  ... and 2 more causes, in summary.json" in alone
    assert not any("more" in line for line in found(record(replace(FAILED, violations=wrong[:3])))[0].splitlines())


def test_what_comes_after_the_first_two_causes_has_a_line_each() -> None:
    flaky = replace(at("flaky"), outcome="flaky", attempts=("failed", "passed"))
    known = replace(at("known"), outcome="known", known="ticket 7\x1b", owner="me\x1b")
    warns = replace(at("warns"), outcome="passed", level="should")
    told = found(record(known, warns, flaky, *several(at("most"), 3), *several(at("more"), 2), at("one")))
    assert [one.splitlines()[0] for one in told[:2]] == ["FAILED  3 scenarios, one cause", "FAILED  2 scenarios, one cause"]
    assert told[2:] == [
        "FAILED  features/a.feature:12  GetSite  one  absent\n"
        "FLAKY  features/a.feature:12  GetSite  flaky  absent, tried 2 times: failed, passed\n"
        "WARNING  features/a.feature:12  GetSite  warns  absent",
        "KNOWN  features/a.feature:12  GetSite  known  absent: ticket 7\\x1b (me\\x1b)\n" + EXPECTED,
    ]


def test_of_many_causes_twelve_have_a_line() -> None:
    many = [at(f"p{nth:02}") for nth in range(15)]
    lines = found(record(*many[:14]))[2].splitlines()
    assert lines[:-1] == [f"FAILED  features/a.feature:12  GetSite  p{nth:02}  absent" for nth in range(2, 14)]
    lines = found(record(*many))[2].splitlines()
    assert lines[11:-1] == ["FAILED  features/a.feature:12  GetSite  p13  absent", "  ... and 1 more cause, in summary.json"]


def test_several_scenarios_of_one_cause_in_a_line() -> None:
    known = several(replace(at("known"), outcome="known", known="ticket 7", owner="me"), 2)
    assert found(record(*known)) == ["KNOWN  2 scenarios  GetSite  known  absent: ticket 7 (me)"]


def told(violation: Violation, clause: Clause | None = None, result: ScenarioResult = FAILED) -> list[str]:
    return list(grammar(violation, clause, result))


def test_the_grammar_of_a_violation() -> None:
    assert told(FOUND) == ["GetSite  R41.1.0-01  check result", "  expected  header/response, SUCCESS", "  actual    FAILURE 000001 no"]
    assert told(replace(FOUND, path="", expected="a\x1b", actual="b\x1b"))[1:] == ["  expected  a\\x1b", "  actual    b\\x1b"]
    assert told(replace(FOUND, expected=""))[1] == "  expected  header/response"
    assert told(FOUND, CLAUSES[SECOND])[3:] == ["  clause    41.1.0  It tells more.", "  remark    Spelt so."]
    assert told(FOUND, CLAUSES[FIRST])[3:] == ["  clause    41.1.0  It tells."]


@pytest.mark.parametrize(
    ("exchange", "lines"),
    [(1, ["  exchange  x/1:one.xml", "  case id   one\\x1b"]), (2, ["  exchange  x/two.xml"]), (12, ["  case id   twelve"]), (0, [])],
)
def test_the_exchange_that_found_something_is_named(exchange: int, lines: list[str]) -> None:
    result = replace(FAILED, exchanges=("11:x/eleven.xml", "1:x/1:one.xml", "2:x/two.xml"), case_ids=("12:twelve", "1:one\x1b"))
    assert told(replace(FOUND, exchange=exchange), None, result)[3:] == lines


def test_a_cause_tells_all_its_clauses_checks_and_operations() -> None:
    refused = [replace(FOUND, check="login", actual="FAILURE 030002 no", operation=name) for name in ("GetSite", "GetUser")]
    assert found(record(replace(FAILED, violations=tuple(refused))))[0].splitlines()[1] == "2 operations  R41.1.0-01  check login"
    many = [replace(FOUND, clause=name, check=check) for name, check in (("R1", "a"), ("R2", "b"), ("R3", "a"), ("R4", "c"), ("R5", "c"))]
    for number, line in (
        (2, "GetSite  R1, R2  check a, b"),
        (3, "GetSite  R1, R2, R3  check a, b"),
        (4, "GetSite  R1, R2, R3 and 1 more  check a, b, c"),
        (5, "GetSite  R1, R2, R3 and 2 more  check a, b, c"),
    ):
        assert found(record(replace(FAILED, violations=tuple(many[:number]))))[0].splitlines()[1] == line


def test_what_was_found_without_a_clause_of_the_list_is_told_without_its_words() -> None:
    strange = replace(FAILED, violations=(replace(FOUND, clause="R9"),))
    assert found(record(strange)) == [
        "FAILED  features/a.feature:12  two\nGetSite  R9  check result\n  expected  header/response, SUCCESS\n  actual    FAILURE 000001 no"
    ]


STANZA = """\
[[known]]
clause = "R41.1.0-01"
check = "result"
site = "acme"
reason = ""
owner = ""
link = ""
expires = 1970-01-31
"""


def test_a_new_cause_may_be_pasted_among_the_known_issues() -> None:
    assert stanzas(record(FAILED)) == STANZA
    assert stanzas(record(FAILED, finished=86400.0 * 31 - 1)) == STANZA.replace("1970-01-31", "1970-03-02")
    assert stanzas(record(PASSED, BROKEN)) == ""
    assert stanzas(record(*several(FAILED, 2), at("other"))) == STANZA, "one is enough for both"
    other = replace(FAILED, nodeid="o", violations=(replace(FOUND, check="order", clause=LAST, path="x"),))
    text = stanzas(record(FAILED, other))
    assert [one["check"] for one in tomllib.loads(text)["known"]] == ["result", "order"]
    assert text == STANZA + "\n" + STANZA.replace(FIRST, LAST).replace("result", "order")
    assert found(record(FAILED, other))[-1].splitlines()[-1] == EXPECTED.replace("1 stanza", "2 stanzas")


@pytest.mark.usefixtures("auckland")
def test_known_issues_expire_by_the_day_of_greenwich() -> None:
    assert stanzas(record(FAILED, finished=86400.0 - 1)) == STANZA


@pytest.mark.parametrize("outcome", ["known", "flaky", "passed"])
def test_what_is_no_new_failure_has_no_stanza(outcome: str) -> None:
    assert stanzas(record(replace(FAILED, outcome=outcome))) == ""


def test_what_is_not_served_is_no_known_issue_and_neither_is_what_breaks_no_clause_of_the_list() -> None:
    assert stanzas(record(replace(FAILED, violations=(replace(FOUND, check=NOT_SERVED),)))) == ""
    strange = replace(FOUND, clause="R9", check="order")
    assert stanzas(record(replace(FAILED, violations=(strange,)))) == ""
    assert stanzas(record(replace(FAILED, violations=(FOUND, strange)))) == STANZA
    absent = replace(FAILED, violations=(replace(FOUND, check=NOT_SERVED, path="x"),))
    assert stanzas(record(absent, replace(FAILED, nodeid="z"))) == STANZA


def test_a_run_that_was_cut_short() -> None:
    made = record(PASSED, BROKEN, selected_of=(3, 9))
    lines = statement(made, "some/reports", complete=False, given_up="nobody answers\x1b")
    assert lines[:5] == [
        HEAD,
        "INCOMPLETE: 2 of 3 scenarios have a result; no summary is written",
        "given up: nobody answers\\x1b",
        "go on where it stopped with --resume",
        "release  clauses  passed  failed  flaky  broken  skipped  known",
    ]
    assert lines[-2:] == ["", "reports   some/reports/exchanges  some/reports/allure-results"]
    assert statement(made, "some/reports", complete=False)[1:3] == [lines[1], lines[3]]
    assert not any("INCOMPLETE" in line for line in statement(made, "some/reports", given_up="x"))


def test_a_run_that_was_cut_short_names_no_summary_since_it_writes_none() -> None:
    many = [replace(FAILED, nodeid=f"a.feature::{nth}", violations=(replace(FOUND, path=f"p{nth}"),)) for nth in range(40)]
    made = record(*many, drift={"GetSite": ("a", "b")}, deactivated=tuple("abcdef"))
    assert ", in summary.json" in "\n".join(statement(made, "some/reports"))
    lines = statement(made, "some/reports", complete=False)
    assert not [line for line in lines if "summary.json" in line]
    assert "drift     2 differences that nobody promised or forbade; never a failure" in lines
    assert {"  ... and 3 more, in some/reports/ledger", "  ... and 26 more causes"} <= set(lines)


@pytest.mark.parametrize(("drift", "number"), [({"GetSite": ("a", "b"), "GetUser": ("c",)}, "3 differences"), ({"GetSite": ("a",)}, "1 difference")])
def test_drift_is_counted(drift: dict[str, Iterable[str]], number: str) -> None:
    assert blocks(record(PASSED, drift=drift, schema="the vendor's schemas\x1b"))[-1] == (
        f"drift     {number} that nobody promised or forbade, listed in summary.json; never a failure\n"
        "judged by the vendor's schemas\\x1b\n"
        "reports   reports/summary.json  junit.xml  allure-results (webex-conformance report)"
    )
