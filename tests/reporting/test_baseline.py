"""Replies beside those an earlier run recorded: what the data of a site cannot have changed is found, the rest is told."""

from __future__ import annotations

import re

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.schema_check import SchemaResult
from conformance.reporting.shapes import Announcements, Baseline, merge, shape_of
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.sites.release import Release
from conformance.wire.exchange import read_reply
from tests.conftest import ROOT
from tests.recorded import recorded
from tests.rig import CONTRACT, rig

CORPUS = ROOT / "tests" / "corpus"
NEWEST = Release(41, 12)


def judged(operation: str, before: bytes, now: bytes, clauses: tuple[Clause, ...] = ()) -> SchemaResult:
    shapes = {operation: merge([shape_of(read_reply(operation, before))])}
    baseline = Baseline(Release(41, 11), "2021-11-01 04:00 UTC", shapes, Announcements(clauses))
    return baseline.check(read_reply(operation, now), CONTRACT.view(NEWEST))


def reply(operation: str) -> bytes:
    return (CORPUS / f"{operation}.xml").read_bytes()


#: Operation, what stood in the reply, what stands there now, paths found, paths told.
CHANGES = {
    "nothing": ("GetSite", "<ns1:tools>", "<ns1:tools>", [], []),
    "another value": ("GetUser", ">Host<", ">Gastgeberin<", [], []),
    "a boolean as a digit": ("GetUser", "<use:host>true", "<use:host>1", [], []),
    "a flag that is gone": ("GetUser", "<use:freeAccount>false</use:freeAccount>", "", ["freeAccount"], []),
    "a required element that is gone": ("GetUser", "<use:webExId>zoe@example.com</use:webExId>", "", ["webExId"], []),
    "a number that data may take away": ("GetUser", "<use:largeEventCapacity>0</use:largeEventCapacity>", "", [], ["largeEventCapacity"]),
    "a text that data may take away": ("GetUser", "<use:personalUrl>zoe</use:personalUrl>", "", [], ["personalUrl"]),
    "a leaf that lost its value": ("GetUser", "<use:host>true", "<use:host>", [], []),
    "an element nobody knows": ("GetUser", "<use:email>", "<use:mood>good</use:mood><use:email>", [], ["mood"]),
    "another kind": ("GetUser", "<use:host>true", "<use:host>yes", ["privilege/host"], []),
    "a leaf where children were": (
        "GetUser", "<use:host>true</use:host>\n        <use:attendeeOnly>false</use:attendeeOnly>", "all", ["privilege", "privilege/attendeeOnly", "privilege/host"], [],
    ),
    "two where one was": ("GetUser", "<use:lastName>", "<use:lastName>One</use:lastName><use:lastName>", ["lastName"], []),
    "one more row": ("LstMeetingType", "</serv:bodyContent>", "ROW</serv:bodyContent>", [], []),
    "another place": ("GetUser", "<use:firstName>", "<use:freeAccount>true</use:freeAccount><use:firstName>", ["freeAccount"], []),
    "a word nobody met": ("GetUser", ">ACTIVATED<", ">SLEEPING<", [], ["active"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_data_cannot_have_changed_is_found_and_the_rest_is_told(name: str) -> None:
    operation, old, new, found, told = CHANGES[name]
    before = reply(operation).decode()
    assert old in before
    if name == "another place":
        now = re.sub(r"<use:freeAccount>false</use:freeAccount>", "", before).replace(old, new, 1)
    elif name == "one more row":
        row = re.search(r"<mtgtype:meetingType>.*?</mtgtype:meetingType>", before, re.DOTALL)
        assert row
        now = before.replace(old, new.replace("ROW", row.group(0)), 1)
    else:
        now = before.replace(old, new, 1)
    result = judged(operation, before.encode(), now.encode())
    assert sorted({one.path for one in result.findings}) == found
    assert {one.check for one in result.findings} <= {"baseline"}
    assert [line.partition(":")[0] for line in result.drift if line.partition("/")[0] != "privilege"] == told


def test_a_finding_says_what_was_recorded_when_and_on_which_release() -> None:
    before = reply("GetUser")
    (found,) = judged("GetUser", before, before.replace(b"<use:freeAccount>false</use:freeAccount>", b"")).findings
    assert (found.path, found.expected, found.actual) == (
        "freeAccount", "boolean (once), as recorded on 41.11.0, 2021-11-01 04:00 UTC", "absent (vanished)",
    )  # fmt: skip


def test_what_a_clause_in_between_announces_is_neither_found_nor_told(clauses: dict[str, Clause]) -> None:
    now = reply("GetUser")
    before = now.replace(b"<use:freeAccount>false</use:freeAccount>", b"")
    assert [line.partition(":")[0] for line in judged("GetUser", before, now).drift] == ["freeAccount"]
    assert judged("GetUser", before, now, (clauses["R41.11.0-61"],)) == SchemaResult((), ())


def contract_scenarios(catalogue: Catalogue) -> list[Scenario]:
    scenarios = [one for file in catalogue.known_files() for one in file.scenarios.values()]
    return [one for one in scenarios if any(step.text == "the reply fits the contract" for step in one.steps)]


@pytest.mark.parametrize("older", ["41.1.0", "41.5.0", "41.11.0", "41.12.0"])
def test_a_site_that_was_upgraded_is_judged_by_what_it_answered_before(catalogue: Catalogue, older: str) -> None:
    """Twelve releases of a mock that was written apart from the clauses change nothing the clauses do not announce."""
    release = Release.parse(older)
    scenarios = contract_scenarios(catalogue)
    with rig(catalogue, release=older) as site:
        baseline = recorded(site.run(scenarios), catalogue.clauses, release)
    with rig(catalogue, baseline=baseline) as site:
        trials = site.run(scenarios)
    assert [(one.scenario.title, one.violations, one.cause) for one in trials if one.verdict.outcome in ("failed", "broken")] == []
    judged_clauses = {one.scenario.clause.id for one in trials if one.verdict.outcome == "passed"}
    first = {"R41.1.0-01", "R41.11.0-39"}
    unchanged = {one.scenario.clause.id for one in trials if one.scenario.clause.release > release}
    assert judged_clauses <= unchanged | first
    assert first <= judged_clauses
    if older == "41.1.0":
        here = site.run_context.release
        assert judged_clauses == {one.clause.id for one in scenarios if one.since <= here}


def test_a_reply_is_judged_by_the_contract_only_where_something_measures_it(catalogue: Catalogue) -> None:
    with rig(catalogue) as site:
        trials = site.run(contract_scenarios(catalogue))
    assert {one.verdict.outcome for one in trials if one.scenario.clause.id != "R41.11.0-39"} == {"skipped"}
