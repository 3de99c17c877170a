"""Where the notes say that no schema changed, ours do not either: tests of the suite, which say nothing about a site.

On a site the same clauses are judged by the vendor's schemas or by replies recorded before (contract_judgement.py).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.sites.release import Release
from tests.conftest import ROOT
from tests.judge.contract_differences import Difference, differences
from tests.rig import CONTRACT, PAYLOADS

_GETSITE = "siteInstance/siteCommonOptions"
_EVENT_OPERATIONS = ("CreateEvent", "SetEvent", "GetEvent", "GetSessionInfo", "LstsummaryEvent", "LstrecordedEvent", "LstsummaryProgram", "UploadEventImage")  # fmt: skip
_SCHEDULING = ("CreateMeeting", "SetMeeting", "CreateEvent", "SetEvent", "CreateTrainingSession", "SetTrainingSession", "CreateSupportSession")  # fmt: skip
#: Clause, releases, operations ("" for all), and what other items of the release announce.
UNCHANGED: dict[str, tuple[str, str, tuple[str, ...], set[Difference]]] = {
    "R41.1.0-01": ("40.12.0", "41.1.0", (), set()),
    "R41.3.0-21": ("41.2.0", "41.3.0", ("GetSite",), {("GetSite", f"{_GETSITE}/enablePreMeetingLobby")}),
    "R41.4.0-09": ("41.3.0", "41.4.0", ("GetSessionInfo",), set()),
    "R41.5.0-10": (
        "41.4.0", "41.5.0", ("GetUser", "SetUser"), {("GetUser", "phones/hostPIN"), ("SetUser", "phones/hostPIN")},
    ),
    "R41.5.0-18": (
        "41.4.0", "41.5.0", (), {
            *((one, "phones/hostPIN") for one in ("GetUser", "SetUser", "CreateUser")),
            ("GetSite", f"{_GETSITE}/enableRecordingAccess"), ("GetSite", f"{_GETSITE}/storageEmptyStatus"),
        },
    ),
    "R41.6.0-06": ("41.5.0", "41.6.0", ("LstRecording",), set()),
    "R41.10.0-01": ("41.9.0", "41.10.0", (), set()),
    "R41.11.0-22": ("41.10.0", "41.11.0", ("CreateUser", "SetUser", "DelUser", "GetUser"), {("GetUser", "freeAccount")}),
    "R41.11.0-38": (
        "41.10.0", "41.11.0", (), {
            ("GetUser", "freeAccount"),
            ("LstrecordaccessHistory", "serviceTypes"), ("LstrecordaccessHistory", "serviceTypes/serviceType"),
        },
    ),
    "R41.11.0-60": ("41.10.0", "41.11.0", ("CreateEvent", "SetEvent"), set()),
    "R41.12.0-12": ("41.11.0", "41.12.0", _EVENT_OPERATIONS, set()),
    "R42.1.0-10": ("41.12.0", "42.1.0", ("LstsummarySession", "GetSessionInfo"), set()),
    "R42.11.0-01": ("42.10.0", "42.11.0", (), set()),
    "R42.6.0-05": ("42.5.0", "42.6.0", ("CreateUser", "SetUser"), set()),
    "R42.5.0-10": ("42.4.0", "42.5.0", _SCHEDULING, set()),
    "R42.4.0-01": ("42.3.0", "42.4.0", (), set()),
    "R42.1.0-15": ("41.12.0", "42.1.0", ("CreateMeetingAttendee", "RegisterMeetingAttendee"), set()),
}  # fmt: skip
#: Clause, schema, element, and the release that is said to have brought it ("" for: it was always there).
SEEDED = (
    ("R41.1.0-01", "site.xsd", "macOSX", "41.1.0"),
    ("R41.3.0-21", "site.xsd", "macOSX", "41.3.0"),
    ("R41.3.0-21", "site.xsd", "enablePreMeetingLobby", ""),
    ("R41.4.0-09", "ep.xsd", "enableWebniar", "41.4.0"),
    ("R41.5.0-10", "user.xsd", "hostPIN", "41.4.0"),
    ("R41.5.0-10", "user.xsd", "largeEventCapacity", "41.5.0"),
    ("R41.5.0-18", "site.xsd", "macOSX", "41.5.0"),
    ("R41.5.0-18", "site.xsd", "storageEmptyStatus", "41.6.0"),
    ("R41.6.0-06", "ep.xsd", "recordingID", "41.6.0"),
    ("R41.10.0-01", "site.xsd", "macOSX", "41.10.0"),
    ("R41.11.0-22", "user.xsd", "freeAccount", "41.10.0"),
    ("R41.11.0-22", "user.xsd", "largeEventCapacity", "41.11.0"),
    ("R41.11.0-38", "history.xsd", "serviceTypes", "41.10.0"),
    ("R41.11.0-38", "site.xsd", "macOSX", "41.11.0"),
    ("R41.11.0-60", "event.xsd", "description", "41.11.0"),
    ("R41.12.0-12", "event.xsd", "description", "41.12.0"),
    ("R42.1.0-10", "ep.xsd", "enableWebniar", "42.1.0"),
    ("R42.1.0-15", "attendee.xsd", "registerID", "42.1.0"),
    ("R42.4.0-01", "site.xsd", "macOSX", "42.4.0"),
    ("R42.5.0-10", "training.xsd", "sessionkey", "42.5.0"),
    ("R42.6.0-05", "user.xsd", "hostPIN", "42.6.0"),
    ("R42.11.0-01", "site.xsd", "macOSX", "42.11.0"),
)


def changed(contract: Contract, clause: str) -> set[Difference]:
    before, after, operations, _ = UNCHANGED[clause]
    views = contract.view(Release.parse(before)), contract.view(Release.parse(after))
    return set(differences(*views, operations or [one for one in PAYLOADS.operations if contract.whole.declares(one)]))


def seeded(folder: Path, schema: str, element: str, release: str) -> Contract:
    """The contract with ``element`` brought by ``release``; every declaration of that name in the schema."""
    shutil.copytree(ROOT / "schemas", folder, dirs_exist_ok=True)
    text = (folder / schema).read_text(encoding="utf-8")
    mark = f' c:since="{release}"' if release else ""
    start = f'<xs:element name="{element}"'
    now, times = re.subn(
        rf'({re.escape(start)}[^>]*?)(?: c:since="[\d.]+")?((?: c:place="[\w-]+")?\s*/?>)', rf"\1{mark}\2", text
    )
    assert times and now != text, f"{schema} declares no {element} to change"
    (folder / schema).write_text(now, encoding="utf-8")
    return Contract(folder)


@pytest.mark.parametrize("clause", UNCHANGED)
def test_our_schemas_change_by_what_the_release_announces_and_by_nothing_else(clauses: dict[str, Clause], clause: str) -> None:
    assert clause in clauses
    assert changed(CONTRACT, clause) == UNCHANGED[clause][3]


@pytest.mark.parametrize(("clause", "schema", "element", "release"), SEEDED)
def test_a_changed_contract_is_found(tmp_path: Path, clause: str, schema: str, element: str, release: str) -> None:
    assert changed(seeded(tmp_path, schema, element, release), clause) != UNCHANGED[clause][3]


def test_every_such_clause_has_its_fault() -> None:
    assert {clause for clause, *_ in SEEDED} == set(UNCHANGED)


def test_the_whole_of_41_differs_where_its_clauses_say() -> None:
    """Every element a clause says it adds to a reply is one of the differences, wherever the notes leave its parent."""
    views = CONTRACT.view(Release(40, 12)), CONTRACT.view(Release(41, 12))
    found = set(differences(*views, [one for one in PAYLOADS.operations if CONTRACT.whole.declares(one)]))
    assert {("GetSite", "siteInstance/telephonyConfig/isWebexTelephony"), ("GetUser", "freeAccount")} < found
    assert len(found) > 20
