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
from tests.mocksite import twists
from tests.mocksite.twists import ALL, SOUND, TWISTS, found_on, naming, nothing
from tests.twins import wire
from tests.variations import Change, tree

#: The operations whose replies the suite judges.
ASKED = (
    *("authenticateUser", "createEvent", "createMeeting", "createUser", "delEvent", "delMeeting", "delUser", "getAPIVersion"),
    *("getEvent", "getMeeting", "getSessionInfo", "getSite", "getUser", "lstMeetingType", "lstRecording", "lstTimeZone"),
    *("lstrecordaccessDetailHistory", "lstrecordaccessHistory", "lstrecordedEvent", "lstsummaryEvent", "lstsummaryProgram"),
    *("lstsummarySession", "lstsummaryUser", "setEvent", "setMeeting", "setUser", "uploadEventImage"),
)


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


def test_a_mock_is_like_itself(sound, tmp_path: Path, capsys) -> None:
    assert main(["verify", str(reports(tmp_path, sound))]) == 0
    assert capsys.readouterr().out == "release 41.12.0, 27 operations\nno divergence\n"


@pytest.mark.parametrize("name", TWISTS)
def test_each_twist_is_found_and_nothing_else(sound, tmp_path: Path, capsys, name: str) -> None:
    twist = TWISTS[name]
    operation, change, what, path, standing = twist.operation, twist.change, *twist.found[1:]
    shapes = {**sound, written(operation): shape(operation, change)}
    assert shapes != dict(sound), "the twist changes nothing"
    folder = reports(tmp_path, shapes)
    told = told_by(folder)
    found = [(one.operation, one.what, one.path, one.standing) for one in divergences(told, told.settings)]
    assert found == [(written(operation), what, path, standing)]
    assert main(["verify", str(folder)]) == 1
    assert f"{written(operation)}  {what}  {path}  {standing}: " in capsys.readouterr().out


@pytest.mark.rotating(24)
@pytest.mark.parametrize("name", [SOUND, *ALL])
def test_each_twist_is_found_in_the_reports_of_a_run(tmp_path: Path, name: str) -> None:
    """Of the features that name the operation; ``python -m tests.mocksite.twists`` runs all of them."""
    features = ["features/41.9.0/address.feature", *([] if name == SOUND else naming(ALL[name].operation))]
    assert found_on(name, tmp_path, *features) == ([] if name == SOUND else [ALL[name].found])


def test_a_twist_nobody_knows_is_one_message(capsys) -> None:
    assert twists.main(["no such"]) == 4
    assert capsys.readouterr().err.startswith("error[twist]: there is no twist 'no such'; twists are sound, ")


def test_what_was_refused_or_not_served_is_told(sound, tmp_path: Path) -> None:
    causes = [{"operation": "SetEvent", "wrong": "000001"}, {"operation": "GetUser", "wrong": "absent"}]
    told = told_by(reports(tmp_path, sound, causes=causes, not_served={"LstRecording": "HTTP 410"}))
    found = [(one.operation, one.what, one.path) for one in divergences(told, {})]
    assert found == [("LstRecording", "not served", ""), ("SetEvent", "refusal", "000001")]


def test_refusals_differ_in_three_ways(sound, tmp_path: Path) -> None:
    causes = [
        {"operation": "GetEvent", "path": "response/exceptionID", "wrong": "check exception-id", "expected": "010106", "actual": "000001"},
        {"operation": "GetEvent", "path": "response/exceptionID", "wrong": "check exception-id", "expected": "010106", "actual": "absent"},
        {"operation": "SetUser", "path": "response/result", "wrong": "check result", "expected": "FAILURE 030120", "actual": "SUCCESS"},
        {"operation": "SetUser", "path": "response/result", "wrong": "check result", "expected": "SUCCESS", "actual": "HTTP 500"},
        {"operation": "GetUser", "wrong": "030001"},
        {"operation": None, "path": None},
    ]
    found = {one.operation: one.words for one in divergences(told_by(reports(tmp_path, sound, causes=causes)), {})}
    assert found == {
        "GetEvent": "the site refused with 000001 what the mock refuses with 010106",
        "SetUser": "the site did what the mock refuses with 030120",
        "GetUser": "the site refused with 030001 what the mock does",
    }


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


@pytest.mark.parametrize("words", [["verify", "--help"], ["operations", "-h"], ["fidelity", "--help"]])
def test_every_command_helps(capsys, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    assert "webex-mock verify REPORTS  in what a site differs" in capsys.readouterr().out


def test_verify_takes_one_folder(capsys) -> None:
    assert main(["verify"]) == 4
    assert "webex-mock verify REPORTS" in capsys.readouterr().err
