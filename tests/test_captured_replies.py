"""Replies captured from real sites of 2016 to 2020, and fragments of pages about later ones, meet the judge.

The captures are not part of the project (they are not ours to publish). Where they lie beside the checkout, or where
WEBEX_SAMPLES names their folder, they prove that the judge accepts what a real site sends.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import mocksite
from conformance.judge.contract import Contract
from conformance.judge.element_checks import present
from conformance.judge.schema_check import check_schema
from conformance.scenarios.features import Catalogue
from conformance.sites.release import Release
from conformance.wire.exchange import Reply, read_reply, sign_of_outage
from tests.conftest import ROOT
from tests.first_rows import VARIABLE as FIRST_ROWS
from tests.twins.site import Twin, judge
from tests.twisted import operation_of

FOLDER = Path(os.environ.get("WEBEX_SAMPLES", ROOT.parent / "shared" / "contract" / "samples"))
BEFORE_41, NOW = Release(40, 12), Release(41, 12)
SERVED, REFUSED, UNWELL = "SUCCESS", "FAILURE", "an outage"
#: Every captured reply: what was sent, and what came of it. An outage breaks scenarios and judges none.
REPLIES = {
    "getSiteResponse": ("GetSite", SERVED),
    "getUserResponse": ("GetUser", SERVED),
    "getUserResponse-2016b": ("GetUser", SERVED),
    "getAPIVersionResponse": ("GetAPIVersion", SERVED),
    "getAPIVersionResponse-39.7": ("GetAPIVersion", SERVED),
    "lstMeetingTypeResponse": ("LstMeetingType", SERVED),
    "lstTimeZoneResponse-2019": ("LstTimeZone", SERVED),
    "authenticateUserResponse-2019": ("AuthenticateUser", SERVED),
    "createMeetingResponse-2018": ("CreateMeeting", SERVED),
    "failure-000001": ("SetUser", f"{REFUSED} 000001 Access denied, additional privileges are required"),
    "failure-030002-meeting": ("CreateMeeting", f"{REFUSED} 030002 Incorrect user or password"),
    "lstsummarySession-failure-000015-40.2": ("LstsummarySession", f"{REFUSED} 000015 Sorry, no record found"),
    "failure-000035": ("GetUser", UNWELL),
    "failure-000000-no-body": ("GetUser", UNWELL),
    "getSessionInfoResponse-40.8-uninvited-fragment": ("GetSessionInfo", SERVED),
    "getSessionInfoResponse-40.10-head-fragment": ("GetSessionInfo", SERVED),
    "lstRecordingResponse-42.11.1-fragment": ("LstRecording", SERVED),
}
#: What 41.x added to these replies: a site of 2016 cannot have it.
ADDED = [
    ("GetSite", "siteInstance/telephonyConfig/isWebexTelephony"),
    ("GetSite", "siteInstance/siteCommonOptions/enablePreMeetingLobby"),
    ("GetSite", "siteInstance/defaults/entryExitToneEC"),
    ("GetSite", "enableRecordingAccess"),
    ("GetSite", "storageEmptyStatus"),
    ("GetSite", "siteInstance/siteCommonOptions/supportLargeEvent"),
    ("GetSite", "siteInstance/tools/enableNBRMCModify"),
    ("GetSite", "siteInstance/tools/separateNoRecordingEdit"),
    ("GetUser", "webexAssistantEnabled"),
    ("GetUser", "phones/hostPIN"),
    ("GetUser", "largeEventCapacity"),
    ("GetUser", "freeAccount"),
    ("LstMeetingType", "meetingType/subProductCodePrefix"),
]

COUNTERS = {
    "activeUserCount", "EEActiveUserCount", "activeCETHost", "auoActiveUserCount",
    "MCActiveUserCount", "ECActiveUserCount", "TCActiveUserCount", "SCActiveUserCount",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no captured replies in {FOLDER}; name them in WEBEX_SAMPLES")


def captured(name: str) -> Reply:
    return read_reply(REPLIES[name][0], (FOLDER / f"{name}.xml").read_bytes())


def test_every_captured_reply_is_here() -> None:
    files = {file.stem for file in FOLDER.glob("*.xml") if not file.stem.startswith("request-")}
    assert files == set(REPLIES)


@pytest.mark.parametrize("release", [BEFORE_41, NOW], ids=str)
@pytest.mark.parametrize("name", [name for name, (_, outcome) in REPLIES.items() if outcome != UNWELL])
def test_a_captured_reply_fits_the_contract(contract: Contract, name: str, release: Release) -> None:
    assert check_schema(captured(name), contract.view(release)).findings == ()


@pytest.mark.parametrize("name", REPLIES)
def test_what_came_of_a_request_is_told_as_what_it_is(name: str) -> None:
    reply, outcome = captured(name), REPLIES[name][1]
    assert bool(sign_of_outage(reply)) == (outcome == UNWELL)
    if outcome != UNWELL:
        assert reply.verdict() == outcome


@pytest.mark.parametrize("name", REPLIES)
def test_what_nobody_declared_is_drift_and_nothing_else(contract: Contract, name: str) -> None:
    reply = captured(name)
    if reply.body is None or not len(reply.body):
        return
    grown = reply.body[0].makeelement("{urn:other}neverSeen")
    reply.body.insert(0, grown)
    result = check_schema(reply, contract.view(BEFORE_41))
    assert result.findings == ()
    assert "neverSeen" in result.drift


@pytest.mark.parametrize(("operation", "path"), ADDED)
def test_a_captured_reply_fails_the_presence_of_what_41_added(contract: Contract, operation: str, path: str) -> None:
    found = present(captured(f"{operation[0].lower()}{operation[1:]}Response"), contract.whole, path, "")
    assert [one.check for one in found] == ["element-present"]


#: Requests whose answer is a captured reply, whoever asks and whatever for; of the rest a site of 41.12 makes its own.
ANSWERED = {"getSiteResponse": "GetSite", "getUserResponse": "GetUser", "lstTimeZoneResponse-2019": "LstTimeZone"}


@pytest.mark.parametrize("name", ANSWERED)
def test_a_site_that_answers_so_is_accused_of_what_41_added_and_of_nothing_else(
    catalogue: Catalogue, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = ANSWERED[name]
    monkeypatch.delenv(FIRST_ROWS, raising=False)  # the captured user is no administrator: only other rows judge him
    body = (FOLDER / f"{name}.xml").read_bytes()

    def old(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        let_in = operation_of(request) == operation and b"<serv:result>SUCCESS" in response.body
        return mocksite.HttpResponse(200, response.headers, body) if let_in else response

    told = judge(Twin(name, "", "", replies=(old,), access="read-only"), catalogue)
    added = {path.rpartition("/")[2] for _, path in ADDED} | COUNTERS
    violations = [one for trial in told.outcome("failed") for one in trial.violations]
    assert {(one.operation, one.path.rpartition("/")[2]) for one in violations} <= {(operation, leaf) for leaf in added}
    assert all(one.actual.startswith("absent") for one in violations)
    assert bool(violations) == any(operation == sent for sent, _ in ADDED)
