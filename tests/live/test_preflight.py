"""The preflight finds what contradicts the profile, and does not make an operator wait."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import mocksite
from conformance.cli import main
from conformance.judge.findings import Violation
from conformance.reporting.text import safe
from conformance.sites.control_plane import ControlPlane
from conformance.sites.errors import CannotJudge, UserError
from conformance.wire.exchange import parse
from tests.conftest import ROOT, SAFETY
from tests.run.conftest import Runner
from tests.twisted import operation_of, twisted

#: What stands in the profile of a sound mock, what it is replaced by, and words of the row that is wrong.
WRONG = {
    "another release": ('site_name = "', 'release = "41.11.0"\nsite_name = "', ("contradiction", "41.11.0", "41.12.0")),
    "another role": (
        "accounts.host]",
        "accounts.attendee]",
        ("contradiction", "account attendee", "host false", "host true"),
    ),
    "another setting": (
        'entry-exit-tone = "ANNOUNCENAME"',
        'entry-exit-tone = "BEEP"',
        ("contradiction", "setting entry-exit-tone", "BEEP", "ANNOUNCENAME"),
    ),
    "another setting of recordings": (
        "recording-access = true",
        "recording-access = false",
        ("contradiction", "setting recording-access", "false", "true"),
    ),
    "a setting switched off": (
        "webex-telephony = true",
        "webex-telephony = false",
        ("contradiction", "setting webex-telephony", "false", "true"),
    ),
}


def profile(site: mocksite.Server, tmp_path: Path, old: str = "", new: str = "", *, live: bool = False) -> str:
    text = site.profile("here")
    if live:
        text = "\n".join(line for line in text.splitlines() if not line.startswith("control_url"))
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("release"))
    if "attendee" in new:
        kept = kept.replace("accounts.attendee]", "accounts.once]").replace("accounts.host]", "accounts.attendee]")
        old, new = "accounts.once]", "accounts.host]"
    changed = kept.replace(old, new, 1) if old else kept
    assert changed != kept or not old
    file = tmp_path / "sites.toml"
    file.write_text(changed, encoding="utf-8")
    return str(file)


def test_a_site_that_is_refused_is_let_go(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[object] = []
    monkeypatch.setattr(ControlPlane, "close", lambda plane: closed.append(plane))

    def refuse(*_: object) -> None:
        raise UserError("some-code", "this site is not for us")

    monkeypatch.setattr("conformance.run.site_session.Preflight.look", refuse)
    with twisted(tmp_path) as site:
        assert main(["check", *site.arguments("--root", str(ROOT))]) == 4
    assert "error[some-code]: this site is not for us" in capsys.readouterr().err
    assert len(closed) == 1


@pytest.mark.parametrize("name", WRONG)
def test_a_contradiction_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    old, new, words = WRONG[name]
    with mocksite.start(release="41.12.0") as site:
        code = main(
            ["check", "--site", "here", "--sites", profile(site, tmp_path, old, new), "--reports", str(tmp_path)]
        )
    told = [line for line in capsys.readouterr().out.splitlines() if all(word in line for word in words)]
    assert (code, len(told)) == (1, 1)


def test_a_contradiction_is_told_and_the_rest_is_judged(run: Runner, tmp_path: Path) -> None:
    """The clause about the setting goes by the profile and fails, everything else goes by the site."""
    old, new, _ = WRONG["another setting of recordings"]
    with mocksite.start(release="41.12.0") as site:
        outcome = run("features/41.5.0", "--site", "here", "--sites", profile(site, tmp_path, old, new, live=True), every_row=True)
    assert outcome.code == 1
    assert outcome.clauses("failed") == {"R41.5.0-12"}
    assert outcome.clauses("passed") >= {"R41.5.0-11", "R41.5.0-13"}
    assert "note: setting recording-access: the profile says false; the site: true" in outcome.text
    assert outcome.summary["notes"] == ["setting recording-access: the profile says false; the site: true"]


def test_a_stale_release_of_the_profile_hides_nothing(run: Runner, tmp_path: Path) -> None:
    old, new, _ = WRONG["another release"]
    with mocksite.start(release="41.12.0") as site:
        outcome = run("features/41.7.0", "--site", "here", "--sites", profile(site, tmp_path, old, new))
    assert outcome.code == 0
    assert outcome.summary["release"] == "41.12.0"
    assert "note: release: the profile says 41.11.0; the site: 41.12.0" in outcome.text


@pytest.mark.parametrize("more", [(), ("--release", "41.10.0")], ids=["unasked", "asked"])
def test_a_site_older_than_its_profile_says_is_no_green_run(run: Runner, tmp_path: Path, more: tuple[str, ...]) -> None:
    with mocksite.start(release="41.10.0") as site:
        file = profile(site, tmp_path, 'site_name = "', 'release = "41.12.0"\nsite_name = "', live=True)
        outcome = run("features/41.7.0", "features/41.12.0", "--site", "here", "--sites", file, *more)
    summary = outcome.summary
    assert (summary["totals"]["failed"], summary["totals"]["broken"], summary["release"]) == (0, 0, "41.10.0")
    if more:
        assert (outcome.code, summary["problems"]) == (0, []), "that is what was wanted"
        return
    assert outcome.code == 1
    assert [words.partition(";")[0] for words in summary["problems"]] == [
        "the profile says release 41.12.0, the site is of 41.10.0: no clause after 41.10.0 was judged"
    ]
    assert any(line.startswith("PROBLEM") and "the profile says release 41.12.0" in line for line in outcome.lines), outcome.text


def meeting(number: int) -> Callable[[mocksite.HttpRequest, mocksite.HttpResponse], mocksite.HttpResponse]:
    """Each of so many who sign in waits until all are there: one after the other nobody would ever get an answer."""
    together, came = threading.Barrier(number), itertools.count()

    def meet(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "AuthenticateUser" and next(came) < number:
            together.wait(SAFETY)
        return response

    return meet


def test_accounts_are_checked_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with twisted(tmp_path, meeting(4)) as site:
        assert main(["check", *site.arguments("--reports", str(tmp_path))]) == 0
    assert capsys.readouterr().out.count("account ") >= 4


def test_as_many_accounts_are_checked_at_a_time_as_lanes_are_asked_for(run: Runner, tmp_path: Path) -> None:
    with twisted(tmp_path, meeting(6)) as site:
        outcome = run("features/41.4.0/entry-exit-tone.feature", *site.arguments("--lanes", "6"))
    assert outcome.code == 0, outcome.text


HOSTILE = {
    "too deep": b"<m>" * 100_000 + b"</m>" * 100_000,
    "a long attribute": b'<m a="' + b"x" * 11_000_000 + b'"/>',
    "a document type": b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m>&a;</m>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_not_judged(name: str) -> None:
    with pytest.raises(CannotJudge):
        parse(HOSTILE[name])


def test_a_terminal_shows_escape_sequences_and_does_not_obey_them() -> None:
    shown = safe(Violation("R41.7.0-02", "reason", "GetSite", "", "x", "\x1b[2J\x9b1m\u202eevil").actual)
    assert shown == "\\x1b[2J\\x9b1m\\x202eevil"
