"""Operations that a site does not serve: one finding each, found by two requests; none, where the profile says so."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx
import mocksite
import pytest

from conformance.cli import main
from conformance.judge.findings import NOT_SERVED
from conformance.scenarios.features import Catalogue
from conformance.sites.errors import CannotJudge
from conformance.sites.profile import names_api_version
from conformance.wire.exchange import Request
from tests.rig import CoreTransport, Rig, answered, rig
from tests.run.conftest import Outcome, Runner
from tests.twins.profiles import Change
from tests.twins.site import Table, Twin, judge
from tests.twisted import Twisted, operation_of, straight, twisted

ANSWERS = ("failure", "404", "410", "page")
#: What the vendor kept when the meetings-related operations were retired: users, sites and versions.
KEPT = ("CreateUser", "SetUser", "DelUser", "GetUser", "LstsummaryUser", "AuthenticateUser", "GetSite", "GetAPIVersion")

SUPPORT = "CreateSupportSession"
DENIED = (
    b'<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>'
    b"<serv:result>FAILURE</serv:result><serv:reason>Access denied</serv:reason><serv:gsbStatus>PRIMARY</serv:gsbStatus>"
    b"<serv:exceptionID>000001</serv:exceptionID></serv:response></serv:header></serv:message>"
)


def operations(root: Path) -> list[str]:
    """Every operation the suite sends that a site may do without, those most scenarios need first."""
    found = sorted(path.stem for path in (root / "payloads").glob("*/*.xml"))
    return sorted((name for name in found if name not in KEPT), key=lambda name: name != "LstRecording")


def without(site: Twisted, names: list[str], answer: str) -> None:
    store = site.core.main.store
    store.set("not-served", " ".join(names))
    store.set("not-served-answer", answer)


def declare(site: Twisted, names: list[str]) -> None:
    text = site.sites.read_text(encoding="utf-8")
    head, line, rest = text.partition("\n")
    site.sites.write_text(f"{head}\nnot_served = {json.dumps(names)}{line}{rest}", encoding="utf-8")


def findings(outcome: Outcome) -> Counter[str]:
    """How often each operation was told not to be served by a failure."""
    failed = [row for row in outcome.summary["scenarios"] if row["outcome"] == "failed"]
    return Counter(one["operation"] for row in failed for one in row["violations"] if one["check"] == NOT_SERVED)


def absent(names: list[str], answer: str, *changes: Change) -> Twin:
    """A site without some operations, judged in process."""
    settings = {"not-served": " ".join(names), "not-served-answer": answer}
    return Twin("absent", "", "", settings=settings, profile=changes, at_least=0)


@pytest.mark.rotating(12)
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("many", [1, 10, 40])
def test_each_operation_is_one_finding(catalogue: Catalogue, root: Path, many: int, answer: str) -> None:
    names = operations(root)[:many]
    told = judge(absent(names, answer), catalogue)
    found = Counter(one.operation for trial in told.trials for one in trial.violations if one.check == NOT_SERVED)
    assert set(found.values()) == {1}
    assert len(told.outcome("failed")) == len(found) <= len(names)
    assert [one.cause for one in told.outcome("broken")] == []
    sent = (one.request for trial in told.trials for one in trial.exchanges)
    elsewhere = Counter(one.operation for one in sent if names_api_version(one.url))
    assert {name: told.asked[name] for name in names if told.asked[name] - elsewhere[name] > 2} == {}
    assert told.judged > 60


@pytest.mark.rotating(4)
@pytest.mark.parametrize("answer", ANSWERS)
def test_what_the_profile_says_is_no_finding(catalogue: Catalogue, root: Path, answer: str) -> None:
    names = operations(root)

    def declared(table: Table) -> None:
        table["not_served"] = names

    told = judge(absent(names, answer, declared), catalogue)
    assert [one.cause for one in told.outcome("failed", "broken")] == []
    assert {name: told.asked[name] for name in names if told.asked[name] > 1} == {}, "one look whether it has come back"
    assert told.skipped["not-served"] > 50


def test_a_run_tells_each_once(run: Runner, tmp_path: Path) -> None:
    names = ["LstrecordaccessHistory", "LstRecording"]
    with twisted(tmp_path, straight, control_url="None") as site:
        without(site, names, "410")
        outcome = run("features/41.6.0", "features/41.11.0/recording-history.feature", *site.arguments())
    found = sorted(findings(outcome))
    assert outcome.code == 1
    assert set(findings(outcome).values()) == {1}
    assert outcome.summary["totals"]["failed"] == len(found)
    assert outcome.summary["not_served"].keys() == set(names)
    assert f"expected? in the profile: not_served = {json.dumps(sorted(names))}" in outcome.text
    assert outcome.text.count("NOT SERVED  2 operations, whoever asks") == 1


def test_groups_may_be_named_and_what_has_come_back_is_told(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, straight, control_url="None") as site:
        declare(site, ["events", "LstRecording"])
        outcome = run("features/41.12.0", *site.arguments())
    assert outcome.code == 0
    assert "note: operation LstRecording: the profile says not served; the site: answers SUCCESS: take it out" in outcome.text
    assert "GetEvent" not in {name for name in site.asked if name != "GetEvent" or site.asked.count(name) > 1}


def test_an_unknown_name_is_a_mistake_of_the_user(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, straight) as site:
        declare(site, ["LstRecordings2"])
        outcome = run("features/41.7.0", *site.arguments())
    assert outcome.code == 4
    assert "error[operation-unknown]" in outcome.text
    assert "did you mean 'LstRecording'?" in outcome.text


@pytest.mark.rotating(3)
@pytest.mark.parametrize("way", [("--lanes", "0"), ("--lanes", "16"), ("-n", "2")], ids=" ".join)
def test_lanes_and_workers_find_one_too(run: Runner, tmp_path: Path, way: tuple[str, ...]) -> None:
    names = ["LstRecording", "LstsummarySession", "GetMeeting"]
    with twisted(tmp_path, straight, control_url="None") as site:
        without(site, names, "410")
        outcome = run("features/41.2.0", "features/41.3.0", *way, *site.arguments(), subprocess="-n" in way)
    assert set(findings(outcome).values()) == {1}, outcome.text
    assert outcome.summary["totals"]["broken"] == 0
    processes = 3 if "-n" in way else 1
    assert all(site.asked.count(name) <= 2 * processes for name in names)


def test_a_refusal_of_one_caller_or_form_is_judged_as_ever(run: Runner, tmp_path: Path) -> None:
    def odd(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "LstsummarySession" and b"<startFrom>" in request.body:
            return mocksite.HttpResponse(200, response.headers, response.body.replace(b"SUCCESS", b"FAILURE"))
        return response

    with twisted(tmp_path, odd, control_url="None") as site:
        outcome = run("features/41.2.0", *site.arguments())
    assert not findings(outcome)
    assert not outcome.summary["not_served"]


def test_check_proposes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with twisted(tmp_path, straight, control_url="None") as site:
        without(site, ["LstRecording", "GetEvent"], "410")
        code = main(["check", "--site", "twisted", "--sites", str(site.sites), "--reports", str(tmp_path)])
    told = capsys.readouterr().out
    assert code == 0
    assert 'not_served = ["GetEvent", "LstRecording"]' in told
    assert "operation LstRecording" in told


@pytest.mark.parametrize("many", [1, 10, 40])
def test_plan_counts_what_the_profile_says_is_not_served(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], catalogue: Catalogue, many: int
) -> None:
    names = operations(root)[:many]
    with twisted(tmp_path, straight, control_url="None") as site:
        without(site, names, "failure")
        declare(site, names)
        capsys.readouterr()
        assert main(["plan", *site.arguments("--root", str(root), "--json", "--access", "read-write")]) == 0
    plan = json.loads(capsys.readouterr().out)
    told = {row["nodeid"] for row in plan["scenarios"] if any(one.startswith("a site that serves ") for one in row["lacks"])}
    sends = {one.nodeid for file in catalogue.known_files() for one in file.scenarios.values() if set(one.operations) & set(names)}
    assert told == sends != set()
    assert plan["run"] + plan["skipped"] == len(plan["scenarios"])


class RefusesOnce(CoreTransport):
    """The first to ask for a support session is denied it, though the mock behind has made it; and what else is to be denied."""

    denied: tuple[str, ...] = ()

    def __init__(self, core: mocksite.Core) -> None:
        super().__init__(core)
        self.asked: list[str] = []

    def answer(self, asked: mocksite.HttpRequest, answer: mocksite.HttpResponse) -> httpx.Response:
        operation = operation_of(asked)
        self.asked.append(operation)
        first = operation == SUPPORT and self.asked.count(SUPPORT) == 1
        return httpx.Response(200, content=DENIED) if first or operation in self.denied else answered(answer)


class KeepsSessions(RefusesOnce):
    denied = ("DelSession",)


def ask_for_support(bench: Rig) -> int:
    """How many sessions more there are when the host has asked for one."""
    here = bench.run_context
    host = here.profile.accounts["host"]
    context = {"siteName": here.profile.site_name, "webExID": host.webex_id, **dict([host.credential])}
    before = len(sessions(bench))
    with closing(here.client()) as client:
        client.send(Request(SUPPORT, "host", here.profile.url, here.payloads.render(SUPPORT, {}, context)))
    return len(sessions(bench)) - before


def sessions(bench: Rig) -> list[object]:
    state = bench.core.handle(mocksite.HttpRequest("GET", "/_control/state", {}, b""))
    found: list[object] = json.loads(state.body)["sessions"]
    return found


def test_what_somebody_else_makes_by_asking_without_values_is_taken_away(catalogue: Catalogue) -> None:
    """All elements of CreateSupportSession may be left out, and no list would show what it made."""
    with rig(catalogue, through=RefusesOnce) as bench:
        assert ask_for_support(bench) == 1, "that of the one who was denied it, which only this test made"


def test_what_cannot_be_taken_away_is_told(catalogue: Catalogue) -> None:
    words = "CreateSupportSession without values made sessionKey [0-9]+, and DelSession answered FAILURE 000001 Access denied"
    with rig(catalogue, through=KeepsSessions) as bench, pytest.raises(CannotJudge, match=words):
        ask_for_support(bench)


def test_what_could_be_made_and_not_be_found_again_is_not_asked_whether_it_has_come_back(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, straight, control_url="None") as site:
        declare(site, [SUPPORT, "CreateMeeting"])
        outcome = run("features/41.7.0", *site.arguments("--access", "read-write"))
    assert outcome.code == 0
    assert (site.asked.count(SUPPORT), site.asked.count("CreateMeeting")) == (0, 1)
