"""Replies captured from a real site of 2016 meet the judge.

The captures are not part of the project (they are not ours to publish). Where they lie beside the checkout, or where
WEBEX_SAMPLES names their folder, they prove that the judge accepts what a real site sends.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.judge.contract import Contract
from conformance.judge.element_checks import present
from conformance.judge.schema_check import check_schema
from conformance.sites.release import Release
from conformance.wire.exchange import Reply, read_reply
from tests.conftest import ROOT

FOLDER = Path(os.environ.get("WEBEX_SAMPLES", ROOT.parent / "shared" / "contract" / "samples"))
BEFORE_41 = Release(40, 12)
OPERATIONS = {
    "getSiteResponse": "GetSite",
    "getUserResponse": "GetUser",
    "getAPIVersionResponse": "GetAPIVersion",
    "lstMeetingTypeResponse": "LstMeetingType",
    "failure-000001": "SetUser",
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

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no captured replies in {FOLDER}; name them in WEBEX_SAMPLES")


def reply(operation: str) -> Reply:
    name = next(name for name, sent in OPERATIONS.items() if sent == operation)
    return read_reply(operation, (FOLDER / f"{name}.xml").read_bytes())


@pytest.mark.parametrize("operation", OPERATIONS.values())
def test_a_captured_reply_fits_the_contract_before_41(contract: Contract, operation: str) -> None:
    result = check_schema(reply(operation), contract.view(BEFORE_41))
    assert result.findings == ()


@pytest.mark.parametrize("operation", OPERATIONS.values())
def test_what_nobody_declared_is_drift_and_nothing_else(contract: Contract, operation: str) -> None:
    captured = reply(operation)
    if captured.body is None or not len(captured.body):
        return
    grown = captured.body[0].makeelement("{urn:other}neverSeen")
    captured.body.insert(0, grown)
    result = check_schema(captured, contract.view(BEFORE_41))
    assert result.findings == ()
    assert "neverSeen" in result.drift


@pytest.mark.parametrize(("operation", "path"), ADDED)
def test_a_captured_reply_fails_the_presence_of_what_41_added(contract: Contract, operation: str, path: str) -> None:
    found = present(reply(operation), contract.whole, path, "")
    assert [one.check for one in found] == ["element-present"]
