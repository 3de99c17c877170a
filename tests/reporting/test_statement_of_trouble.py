"""What the statement says where something came to no verdict: outages, accounts, what broke, what was left behind."""

from __future__ import annotations

from dataclasses import replace

from conformance.judge.findings import NOT_SERVED
from conformance.reporting.statement import statement
from tests.reporting.made import PASSED
from tests.reporting.test_statement import BROKEN, blocks, found, record, several, skipped


def test_operations_that_are_not_served() -> None:
    waiting = [skipped("a", NOT_SERVED, "GetSite is not served here: 000001"), skipped("b", NOT_SERVED, "GetSiteX is not served here: x"), skipped("c", "role", "GetSite x"), skipped("d", "role", "GetSite y")]
    assert found(record(*waiting, not_served={"GetSite": "000001 no\x1b", "DelUser": "000002"})) == [
        "NOT SERVED  2 operations, whoever asks\n"
        "  GetSite  000001 no\\x1b, 2 scenarios\n"
        "  DelUser  000002, 1 scenario\n"
        '  expected? in the profile: not_served = ["DelUser", "GetSite"]'
    ]
    assert found(record(not_served={"DelUser": "x"}))[0].startswith("NOT SERVED  1 operation, whoever asks\n")


OUTAGE = replace(BROKEN, trouble="outage")


def test_an_outage_is_told_once() -> None:
    made = record(*several(OUTAGE, 4), BROKEN, unwell={"HTTP 503\x1b": 2, "000035": 1})
    assert found(made)[0] == """\
NOT WELL  the site was not well: 3 replies (2 x HTTP 503\\x1b, 1 x 000035)
  4 scenarios are broken by it
  features/b.feature::three-0
  features/b.feature::three-1
  features/b.feature::three-2
  ... and 1 more, in summary.json"""
    assert len(found(made)) == 2, "BROKEN is told apart"
    assert found(record(PASSED, unwell={"HTTP 503": 1})) == [
        "NOT WELL  the site was not well: 1 reply (1 x HTTP 503)\n  what was asked was answered in the end, no scenario is broken by it"
    ]


def test_accounts_that_are_not_let_in_are_told_once_each() -> None:
    one, other = (replace(BROKEN, trouble="account", cause=cause) for cause in ("host is refused\x1b", "admin is refused"))
    assert found(record(*several(one, 2), other, OUTAGE)) == [
        "REFUSED  host is refused\\x1b\n  2 scenarios are broken by it\n  features/b.feature::three-0\n  features/b.feature::three-1",
        "REFUSED  admin is refused\n  1 scenario is broken by it\n  features/b.feature::three",
    ]


def test_what_broke_in_full() -> None:
    alone = replace(
        BROKEN, cause="timed out\x1b\nafter 30 s", fault="operation", evidence="so it is", attempts=("broken", "broken"), title="three\x1b",
        exchanges=("1:x/one.xml", "2:C:/x/two.xml"), case_ids=("0:host 0", "1:host 1", "2:host:2\x1b"),
    )  # fmt: skip
    assert found(record(alone)) == ["""\
BROKEN  features/b.feature:7  three\\x1b
  timed out\\x1b
  after 30 s
  fault     of how the site is run, not of its contract: so it is
  tried     2 times: broken, broken
  exchange  C:/x/two.xml
  case id   host:2\\x1b"""]  # fmt: skip
    assert found(record(replace(BROKEN, cause=""))) == ["BROKEN  features/b.feature:7  three\n  "]


def test_replies_that_were_cut_off_at_different_places_are_one_cause() -> None:
    cut = "GetUser to http://x: the reply is not XML: Premature end, line 1, column {0}; it starts with '<{0}'"
    made = record(*(replace(BROKEN, nodeid=f"b{nth}", cause=cut.format(nth)) for nth in range(3)), replace(BROKEN, cause="GetUser to http://x: timed out"))
    assert [one.splitlines()[:2] for one in found(made)] == [
        ["BROKEN  3 scenarios", f"  {cut.format(0)}"], ["BROKEN  features/b.feature:7  three", "  GetUser to http://x: timed out"],
    ]  # fmt: skip


def test_a_summary_that_could_not_be_written_is_named_nowhere() -> None:
    made = record(*several(replace(BROKEN, cause="x"), 5), problems=("summary.json could not be written: OSError: full",))
    lines = statement(made, "reports")
    assert [line for line in lines if "summary.json" in line] == ["PROBLEM  summary.json could not be written: OSError: full"]
    assert lines[-1] == "reports   reports/exchanges  reports/allure-results"


def test_what_broke_for_one_cause_stands_together_the_most_first() -> None:
    causes = {"once": 1, "four times": 4, "twice": 2}
    broken = [one for cause, number in causes.items() for one in several(replace(BROKEN, cause=cause, exchanges=("1:x.xml",)), number, len(cause) * 10)]
    assert found(record(*broken)) == [
        "BROKEN  4 scenarios\n  four times\n  exchange  x.xml\n"
        + "".join(f"  scenario  features/b.feature:{nth + 1}  three {nth}\n" for nth in (100, 101, 102))
        + "  ... and 1 more, in summary.json",
        "BROKEN  2 scenarios\n  twice\n  exchange  x.xml\n  scenario  features/b.feature:51  three 50\n  scenario  features/b.feature:52  three 51",
        "BROKEN  features/b.feature:41  three 40\n  once",
    ]


def test_of_many_reasons_to_break_twelve_are_told_and_of_long_ones_twenty_lines() -> None:
    broken = [replace(BROKEN, nodeid=str(nth), cause=f"cause {nth:02}") for nth in range(15)]
    assert [one.splitlines()[1] for one in found(record(*broken[:12]))] == [f"  cause {nth:02}" for nth in range(12)]
    assert found(record(*broken[:13]))[-1] == "BROKEN  11:7  three\n  cause 11\n  ... and 1 more cause, in summary.json"
    assert found(record(*broken))[-1].splitlines()[-1] == "  ... and 3 more causes, in summary.json"
    long = "\n".join(map(str, range(30)))
    assert found(record(replace(BROKEN, cause=long)))[0].splitlines()[1:] == [f"  {nth}" for nth in range(20)]


def test_problems_and_what_was_left_undone() -> None:
    made = record(PASSED, problems=("one\x1b", "two"), cleanup_errors=("a user stays\x1b",))
    assert found(made) == ["PROBLEM  one\\x1b", "PROBLEM  two", "LEFT UNDONE  a user stays\\x1b\nwebex-conformance sweep --site acme removes what can be removed"]
    assert found(replace(made, site="mock"))[-1] == "LEFT UNDONE  a user stays\\x1b", "the mock of a run is gone with it"


def test_what_was_left_for_one_reason_stands_together_and_what_is_there_first() -> None:
    lists = {"CreateMeeting": "LstsummarySession", "CreateEvent": "LstsummaryEvent"}
    lost = [
        f"{made} wxc-{nth}: whether it was created nobody knows: {lists[made]} to https://a.test/XML: HTTP 403\x1b"
        for nth in range(3)
        for made in lists
    ]
    there = [f"CreateUser wxc-{nth}@a.test{how}: DelUser to https://a.test/XML: HTTP 403" for nth, how in ((8, ""), (9, " could not be undone"))]
    assert found(record(PASSED, site="mock", cleanup_errors=(*lost, *there, "clean-up of 'x': KeyError: 3", "alone"))) == [
        "LEFT UNDONE  2 x DelUser to https://a.test/XML: HTTP 403\n  CreateUser wxc-8@a.test\n  CreateUser wxc-9@a.test",
        "LEFT UNDONE  clean-up of 'x': KeyError: 3",
        "LEFT UNDONE  alone",
        "LEFT UNDONE  6 x whether it was created nobody knows: LstsummarySession to https://a.test/XML: HTTP 403\\x1b\n"
        "  CreateMeeting wxc-0\n  CreateEvent wxc-0\n  CreateMeeting wxc-1\n  ... and 3 more, in summary.json",
    ]


def test_one_reason_is_one_whatever_was_asked_first() -> None:
    alone = "CreateUser wxc-1: DelUser to https://a.test/XML: HTTP 403"
    assert found(record(PASSED, site="mock", cleanup_errors=(alone,))) == [f"LEFT UNDONE  {alone}"]
    unasked = found(record(PASSED, site="mock", cleanup_errors=(alone, "CreateUser wxc-2: HTTP 403")))
    assert unasked == ["LEFT UNDONE  2 x DelUser to https://a.test/XML: HTTP 403\n  CreateUser wxc-1\n  CreateUser wxc-2"]
    gateways = [f"CreateUser wxc-{nth}: DelUser to https://a.test/XML: GetUser to https://{nth}.test/XML: HTTP 403" for nth in range(2)]
    assert len(found(record(PASSED, site="mock", cleanup_errors=tuple(gateways)))) == 2


def test_users_that_stay_behind() -> None:
    words = "made by this run, deactivated; only the administration of the site removes them:"
    assert found(record(PASSED, deactivated=("wxc-1\x1b",))) == [f"STAYS BEHIND  1 user {words}\n  wxc-1\\x1b"]
    many = record(PASSED, deactivated=("a", "b", "c", "d", "e"), selected_of=(3, 9))
    assert found(many) == [f"STAYS BEHIND  5 users {words}\n  a\n  b\n  c\n  ... and 2 more, in summary.json"]
    assert blocks(many, complete=False)[-2].splitlines()[-1] == "  ... and 2 more, in reports/ledger"
