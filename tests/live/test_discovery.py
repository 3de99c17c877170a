"""One administrator's account is enough: what the profile leaves out is found, or made and taken away again."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import mocksite
import pytest

from conformance.cli import main
from conformance.scenarios.discovery import MOST_READS
from conformance.wire.client import reads_only
from mocksite.model.queries import Query, Term
from mocksite.model.records import MEETING, Session
from mocksite.model.store import Store
from tests.conftest import ROOT
from tests.live.one_account import CLASSIC, one_account
from tests.run.conftest import Outcome, Runner
from tests.run.test_interrupted import Stops, interrupted, state
from tests.twisted import answering, operation_of

_REFUSAL = (
    b'<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>'
    b"<serv:result>FAILURE</serv:result><serv:reason>not today</serv:reason><serv:gsbStatus>PRIMARY</serv:gsbStatus>"
    b"<serv:exceptionID>999999</serv:exceptionID></serv:response></serv:header><serv:body><serv:bodyContent/>"
    b"</serv:body></serv:message>"
)
#: What needs a session of the host and nothing else.
MEETINGS = "features/41.3.0/lobby.feature"


def judged(outcome: Outcome) -> int:
    """Scenarios with a verdict; none of them failed or broke."""
    totals = outcome.summary["totals"]
    assert (totals["failed"], totals["broken"]) == (0, 0), outcome.text
    return int(totals["passed"])


def only_deactivated(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Addresses of the users that were not there before, all of them deactivated: the API can do no more."""
    known = {str(row["webex_id"]) for row in before["users"]}
    new = [row for row in after["users"] if str(row["webex_id"]) not in known]
    assert {row["active"] for row in new} <= {"DEACTIVATED"}
    return {str(row["email"]) for row in new}


def discovered(outcome: Outcome) -> int:
    """Requests that were not a scenario's."""
    return int(outcome.summary["requests"]) - sum(row["sent"] for row in outcome.summary["scenarios"])


def test_read_only_it_judges_80_scenarios_and_sends_nothing_but_reads(run: Runner, tmp_path: Path) -> None:
    with one_account(tmp_path) as one:
        outcome = run("features", *one.arguments())
    assert judged(outcome) >= 80
    assert [operation for operation in one.site.asked if not reads_only(operation)] == []
    assert 0 < discovered(outcome) <= 30
    assert "control-hub-managed = true found by LstsummaryUser" in outcome.text
    assert outcome.summary["discovered"]


@pytest.mark.rotating(2)
@pytest.mark.parametrize(("settings", "least"), [({}, 140), (CLASSIC, 110)], ids=["hub", "classic"])
def test_read_write_it_judges_more_and_leaves_the_site_as_it_was(
    run: Runner, tmp_path: Path, settings: dict[str, object], least: int
) -> None:
    with one_account(tmp_path, settings=settings) as one:
        before = state(one.site)
        outcome = run("features", *one.arguments("--access", "read-write"))
        after = state(one.site)
    assert judged(outcome) >= least
    assert outcome.summary["troubles"] == []
    assert after["sessions"] == before["sessions"]
    told = " or ".join(outcome.summary["deactivated"]).split(" or ")
    assert only_deactivated(before, after) <= set(told), "told by name"
    assert all(f"  {name}" in outcome.lines for name in outcome.summary["deactivated"][:3])


def test_on_a_classic_site_the_roles_it_lacks_are_played_by_users_made_for_the_run(run: Runner, tmp_path: Path) -> None:
    with one_account(tmp_path, settings=CLASSIC) as one:
        outcome = run("features/41.3.0/license-counters.feature", *one.arguments("--access", "read-write"))
    played = [words.partition(" = ")[0] for words in outcome.summary["discovered"] if "made for this run" in words]
    assert {"account host", "account attendee", "account read-only-admin"} <= set(played)
    assert {"R41.3.0-19", "R41.3.0-20"} <= outcome.clauses("passed"), "an administrator cannot play these"


def test_the_profile_wins(run: Runner, tmp_path: Path) -> None:
    key = '[sites.one.data]\nmeeting-key = "1"\nmeeting-session-key = "1"\n[sites.one.settings]\nclassic-events = false\n'
    with one_account(tmp_path, more=key) as one:
        outcome = run(MEETINGS, "features/41.12.0", *one.arguments())
    assert "must be an ordinary meeting of the account host" in outcome.text
    assert "R41.12.0-05" in outcome.clauses("failed"), "judged by what the profile says, however wrong"
    assert not [words for words in outcome.summary["discovered"] if "meeting-key" in words or "classic-events" in words]


def test_what_cannot_be_read_breaks_what_needs_it_and_nothing_else(run: Runner, tmp_path: Path) -> None:
    with one_account(tmp_path, answering(200, _REFUSAL, "LstsummarySession")) as one:
        outcome = run(MEETINGS, *one.arguments())
    broken = [row for row in outcome.summary["scenarios"] if row["outcome"] == "broken"]
    assert {row["outcome"] for row in outcome.summary["scenarios"] if not row["skip"]} == {"passed", "broken"}
    assert all("FAILURE 999999 not today" in row["cause"] for row in broken), outcome.text


def test_what_another_run_made_is_told_and_nothing_is_judged_by_it(run: Runner, tmp_path: Path) -> None:
    """A run on another machine is seen by no lock of this one."""
    other = "66f1c0de0001"
    with one_account(tmp_path) as one:
        store = one.site.core.main.store
        host = one_meeting(store)
        store.drop(Session)
        store.add(replace(host, name=f"wxc-{other}-7"))
        outcome = run(MEETINGS, *one.arguments())
    (note,) = [words for words in outcome.summary["notes"] if other in words]
    assert note.startswith(f"the site holds what run wxc-{other} made, which was begun 2024-09-23 19:26 UTC: it is at work, or was killed")
    assert not [words for words in outcome.summary["discovered"] if "meeting-key" in words]
    assert outcome.summary["totals"]["failed"] == outcome.summary["totals"]["broken"] == 0


def one_meeting(store: Store) -> Session:
    """An ordinary meeting that is still to come."""
    return next(one for one in reversed(store.all(Session, Query((Term("kind", "=", MEETING),)))) if one.starts > time.time())


def test_what_is_not_there_is_skipped_and_the_reason_names_the_key(run: Runner, tmp_path: Path) -> None:
    with one_account(tmp_path) as one:
        outcome = run("features/41.6.0", "features/41.12.0/session-type-prefix.feature", *one.arguments())
    why = {row["skip"]["why"] for row in outcome.summary["scenarios"] if row["skip"]}
    assert any("key large-event-user-webex-id (no read can tell)" in words for words in why), why
    about = [row for row in outcome.summary["clauses"] if row["id"] == "R41.12.0-13"]
    assert "what LstMeetingType tells is what R41.12.0-13 is about" in str(about[0]["skip"])
    assert "R41.12.0-14" in outcome.clauses("passed"), "a type found by its prefix may well be judged by its order"


def test_workers_use_what_the_process_that_reports_has_found(run: Runner, tmp_path: Path) -> None:
    with one_account(tmp_path, settings=CLASSIC) as one:
        alone = run("features/41.3.0", *one.arguments("--access", "read-write"))
        expected, asked = alone.outcomes(), Counter(one.site.asked)
        one.site.asked.clear()
        before = state(one.site)
        outcome = run("features/41.3.0", "-n", "2", *one.arguments("--access", "read-write"), subprocess=True)
        assert state(one.site)["sessions"] == before["sessions"]
        assert only_deactivated(before, state(one.site))
    assert outcome.outcomes() == expected
    assert one.site.asked.count("LstsummaryUser") <= asked["LstsummaryUser"]


def test_with_workers_too_only_what_was_chosen_is_looked_for(run: Runner, tmp_path: Path) -> None:
    with one_account(tmp_path) as one:
        alone = run("features/41.7.0", "features/41.3.0", "-m", "clause.R41.7.0-02 and role.site-admin", *one.arguments())
        outcome = run(
            "features/41.7.0", "features/41.3.0", "-m", "clause.R41.7.0-02 and role.site-admin", "-n", "2",
            *one.arguments(), subprocess=True,
        )  # fmt: skip
    assert outcome.outcomes() == alone.outcomes() != {}
    assert (discovered(outcome), outcome.summary["discovered"]) == (discovered(alone), []) == (0, [])


def test_after_kill_9_a_sweep_takes_away_what_was_made_for_the_run(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    stops = Stops("DelMeeting", 1, signal.SIGKILL)
    with one_account(tmp_path, stops, settings=CLASSIC) as one:
        before = state(one.site)
        arguments = one.arguments("--access", "read-write", "--lanes", "0")
        outcome = interrupted(stops, run, pytester, "features/41.3.0", "features/41.4.0", *arguments)
        assert outcome.code == -signal.SIGKILL
        assert state(one.site)["users"] != before["users"], "nobody was made, so the sweep would prove nothing"
        where = ["--site", "one", "--sites", str(one.sites), "--reports", str(outcome.reports), "--root", str(ROOT)]
        assert main(["sweep", *where, "--access", "read-write"]) == 0
        after = state(one.site)
    assert after["sessions"] == before["sessions"]
    assert only_deactivated(before, after)


def test_on_a_large_site_it_stops_early(run: Runner, tmp_path: Path) -> None:
    options = mocksite.Options(users=600, meetings=2_000, recordings=400)
    with one_account(tmp_path, options=options) as one:
        outcome = run("features", *one.arguments())
    assert judged(outcome) >= 80
    assert discovered(outcome) <= MOST_READS


def test_no_password_of_a_user_made_for_the_run_is_told_anywhere(run: Runner, tmp_path: Path) -> None:
    passwords: list[bytes] = []

    def listen(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "CreateUser":
            passwords.append(request.body.rpartition(b"<password>")[2].partition(b"<")[0])
        return response

    with one_account(tmp_path, listen, settings=CLASSIC) as one:
        outcome = run("features/41.3.0/license-counters.feature", *one.arguments("--access", "read-write"))
    assert passwords
    files = [file for file in outcome.reports.rglob("*") if file.is_file()]
    assert json.loads((outcome.reports / "summary.json").read_text(encoding="utf-8"))["discovered"]
    assert not [file for file in files for password in passwords if password in file.read_bytes()]


@pytest.mark.rotating(4)
@pytest.mark.parametrize(
    ("fault", "feature"),
    [
        ("R41.11.0-40/other-services", "41.11.0/recording-history"),
        ("R41.11.0-41/other-services", "41.11.0/recording-history"),
        ("R41.11.0-42/other-services", "41.11.0/recording-history"),
        ("R41.12.0-13/subProductCodePrefix-not-sent", "41.12.0/session-type-prefix"),
        ("R41.5.0-05/hostPIN-not-sent", "41.5.0/host-pin"),
        ("R41.6.3-03/support-upside-down", "41.6.3/large-events"),
        ("R41.4.0-07/sessionPassword-not-sent", "41.4.0/large-events"),
        ("R41.2.0-12/webniar-denied", "41.2.0/summary-of-events-2"),
    ],
)
def test_what_a_site_does_wrong_does_not_pass_because_it_was_found_so(
    run: Runner, tmp_path: Path, fault: str, feature: str
) -> None:
    """The site is wrong from the first read on: its clause fails, or there is nothing to judge it by."""
    with one_account(tmp_path, options=mocksite.Options(fault=fault)) as one:
        outcome = run(f"features/{feature}.feature", "--strict", *one.arguments())
    (clause,) = [row for row in outcome.summary["clauses"] if row["id"] == fault.partition("/")[0]]
    assert clause["outcome"] in ("failed", "skipped"), outcome.text
