"""``webex-mock verify`` and ``--like``: what a run recorded on a site, held against what the mock answers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import mocksite
from conformance.reporting.shapes import merge, shape_of
from conformance.wire.exchange import read_reply
from mocksite.cli import main
from mocksite.operations.catalogue import written
from mocksite.server.likeness import divergences, like, told_by
from mocksite.server.samples import request
from tests.twins import wire
from tests.variations import Change, tree

#: The operations whose replies the suite judges.
ASKED = (
    *("authenticateUser", "createEvent", "createMeeting", "createUser", "delEvent", "delMeeting", "delUser", "getAPIVersion"),
    *("getEvent", "getMeeting", "getSessionInfo", "getSite", "getUser", "lstMeetingType", "lstRecording", "lstTimeZone"),
    *("lstrecordaccessDetailHistory", "lstrecordaccessHistory", "lstrecordedEvent", "lstsummaryEvent", "lstsummaryProgram"),
    *("lstsummarySession", "lstsummaryUser", "setEvent", "setMeeting", "setUser", "uploadEventImage"),
)


def nothing(_root: object) -> None:
    """No change at all."""


def shape(name: str, change: Change = nothing, role: str = "", **settings: object) -> dict[str, Any]:
    """The shape of the reply to the sample of an operation, changed on its way."""
    core = mocksite.Core()
    try:
        for setting, value in settings.items():
            core.main.store.set(setting.replace("_", "-"), value)
        asked = mocksite.HttpRequest(body=request(core.main, name, role).encode())
        answer = tree(change)(asked, core.handle(asked))
    finally:
        core.close()
    return merge([shape_of(read_reply(written(name), answer.body))])


@pytest.fixture(scope="module")
def sound() -> Mapping[str, Any]:
    """The shapes of a mock nobody has twisted."""
    return {written(name): shape(name) for name in ASKED}


def reports(folder: Path, shapes: Mapping[str, Any], **more: object) -> Path:
    """The reports of a run that found these shapes."""
    summary = {"format": 1, "release": "41.12.0", "site_release": "41.12.0", "shapes": shapes, "not_served": {}, "causes": [], **more}
    folder.joinpath("summary.json").write_text(json.dumps(summary), encoding="utf-8")
    return folder


#: Operation, how its reply is twisted, what it differs in, where, and what the way of the mock rests on.
TWISTS: dict[str, tuple[str, Change, str, str, str]] = {
    "an element never sent": ("getUser", wire.lacking("freeAccount"), "absent", "freeAccount", "documented"),
    "one within another": ("getUser", wire.lacking("sipURL"), "absent", "personalMeetingRoom/sipURL", "captured"),
    "one of the site": ("getSite", wire.lacking("isWebexTelephony"), "absent", "siteInstance/telephonyConfig/isWebexTelephony", "documented"),
    "one assumed": ("getMeeting", wire.lacking("sipURL"), "absent", "sipURL", "assumed"),
    "one in rows": ("lstsummarySession", wire.lacking("confID"), "absent", "session/confID", "documented"),
    "the count of a list": ("lstRecording", wire.lacking("total"), "absent", "matchingRecords/total", "documented"),
    "a whole parent": ("getSite", wire.lacking("resourceRestrictions"), "absent", "siteInstance/resourceRestrictions", "captured"),
    "an element nobody knows": ("getUser", wire.adding("userId", "shoeSize", "43"), "element", "shoeSize", "new"),
    "one nobody knows in rows": ("lstMeetingType", wire.adding("active", "price", "9.5"), "element", "meetingType/price", "new"),
    "one nobody knows in a parent": ("createMeeting", wire.adding("host", "cohost", "x"), "element", "iCalendarURL/cohost", "new"),
    "words for a boolean": ("getSite", wire.saying("supportLargeEvent", "yes"), "kind", "siteInstance/siteCommonOptions/supportLargeEvent", "documented"),
    "a word for a number": ("getUser", wire.saying("userId", "u-17"), "kind", "userId", "captured"),
    "a number for a boolean": ("getSite", wire.saying("isTSPUsingTelephonyAPI", "7"), "kind", "siteInstance/telephonyConfig/isTSPUsingTelephonyAPI", "captured"),
    "a date of ISO 8601": ("getMeeting", wire.saying("startDate", "2027-01-01T10:00:00Z"), "kind", "schedule/startDate", "documented"),
    "a word for a count": ("lstrecordaccessHistory", wire.saying("viewed", "many"), "kind", "recordAccessHistory/viewed", "documented"),
    "text where elements stood": ("createMeeting", wire.all_of(wire.lacking("host", "attendee"), wire.saying("iCalendarURL", "x")), "kind", "iCalendarURL", "captured"),
    "order of two": ("getAPIVersion", wire.moved("apiVersion", "bodyContent"), "order", "apiVersion", "captured"),
    "order at the top": ("authenticateUser", wire.moved("sessionTicket", "bodyContent"), "order", "sessionTicket", "captured"),
    "order in a parent": ("getEvent", wire.moved("duration", "schedule", first=True), "order", "schedule/startDate", "documented"),
    "order of what came late": ("getUser", wire.moved("freeAccount", "bodyContent", first=True), "order", "firstName", "captured"),
}  # fmt: skip


def test_a_mock_is_like_itself(sound, tmp_path: Path, capsys) -> None:
    assert main(["verify", str(reports(tmp_path, sound))]) == 0
    assert capsys.readouterr().out == "release 41.12.0, 27 operations\nno divergence\n"


@pytest.mark.parametrize("name", TWISTS)
def test_each_twist_is_found_and_nothing_else(sound, tmp_path: Path, capsys, name: str) -> None:
    operation, change, what, path, standing = TWISTS[name]
    shapes = {**sound, written(operation): shape(operation, change)}
    assert shapes != dict(sound), "the twist changes nothing"
    folder = reports(tmp_path, shapes)
    told = told_by(folder)
    found = [(one.operation, one.what, one.path, one.standing) for one in divergences(told, told.settings)]
    assert found == [(written(operation), what, path, standing)]
    assert main(["verify", str(folder)]) == 1
    assert f"{written(operation)}  {what}  {path}  {standing}: " in capsys.readouterr().out


def test_what_was_refused_or_not_served_is_told(sound, tmp_path: Path) -> None:
    causes = [{"operation": "SetEvent", "wrong": "000001"}, {"operation": "GetUser", "wrong": "absent"}]
    told = told_by(reports(tmp_path, sound, causes=causes, not_served={"LstRecording": "HTTP 410"}))
    found = [(one.operation, one.what, one.path) for one in divergences(told, {})]
    assert found == [("LstRecording", "not served", ""), ("SetEvent", "refusal", "000001")]


def test_a_mock_set_like_the_site_differs_no_more(sound, tmp_path: Path) -> None:
    """Choices, settings of a recorded profile, elements the site does not have, operations it does not serve."""
    change = wire.lacking("freeAccount")
    shapes = {
        **sound,
        "GetSite": shape("getSite", role="site-admin", license_counters="in-resourceRestrictions", telephony_labels="absent"),
        "GetUser": shape("getUser", change, assistant_element="in-sessionOptions"),
    }
    folder = reports(tmp_path, shapes, not_served={"LstsummaryProgram": "HTTP 404"})
    profile = '[sites.theirs]\nurl = "x"\n[sites.theirs.settings]\nclassic-events = false\nunheard-of = 1\n'
    with gzip.open(folder / "recording.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(["note", "profile", profile]) + "\n")
    told = told_by(folder)
    assert len(divergences(told, {})) > 5
    chosen = like(told)
    expected = {
        "license-counters": "in-resourceRestrictions", "telephony-labels": "absent", "assistant-element": "in-sessionOptions",
        "absent-elements": "getUser/freeAccount", "not-served": "LstsummaryProgram", "classic-events": False,
    }  # fmt: skip
    assert expected.items() <= chosen.items()
    left = {(one.operation, one.what) for one in divergences(told, chosen)} - {("LstsummaryProgram", "not served")}
    # Classic events are off, so their replies are none to compare with.
    assert left == set()


MISTAKES: dict[str, Callable[[Path], Path]] = {
    "no folder": lambda folder: folder / "nowhere",
    "an empty folder": lambda folder: folder,
    "a cut file": lambda folder: _with(folder, '{"format": 1, "shapes": {'),
    "another format": lambda folder: _with(folder, '{"format": 2, "shapes": {}}'),
    "shapes of another kind": lambda folder: _with(folder, '{"format": 1, "shapes": {"GetUser": {"a": 1}}}'),
    "a list": lambda folder: _with(folder, "[1, 2]"),
}


def _with(folder: Path, text: str) -> Path:
    folder.joinpath("summary.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("words", [["verify"], ["--port", "0", "--like"]])
def test_reports_that_cannot_be_read_are_one_message(tmp_path: Path, capsys, name: str, words: list[str]) -> None:
    assert main([*words, str(MISTAKES[name](tmp_path))]) == 4
    told = capsys.readouterr().err
    assert told.startswith("error[reports]: ")
    assert "hint" in told
    assert "Traceback" not in told


def test_verify_takes_one_folder(capsys) -> None:
    assert main(["verify"]) == 4
    assert "webex-mock verify REPORTS" in capsys.readouterr().err
