"""Clean-up when a worker dies, and clean-up that does not work: told on its own, never a verdict."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import mocksite
import pytest

from conformance.cli import main
from tests.conftest import ROOT, SAFETY
from tests.run.conftest import Runner
from tests.run.test_interrupted import WRITES, Stops, interrupted, state
from tests.twisted import Twisted, operation_of, twisted

#: A plugin that ends the process right after the site has created an event, once.
CRASH = """
import os, pathlib
from conformance.wire.client import Client

_send = Client.send

def send(self, request, **more):
    exchange = _send(self, request, **more)
    once = pathlib.Path({once!r})
    if request.operation == "CreateEvent" and not once.exists():
        once.touch()
        os._exit(1)
    return exchange

Client.send = send
"""


def test_what_a_crashed_worker_left_is_removed(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = tmp_path / "crashed"
    (tmp_path / "crashing.py").write_text(CRASH.format(once=str(once)), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    with twisted(tmp_path) as site:
        before = state(site)
        outcome = run(WRITES, "-p", "crashing", "-n", "2", *site.arguments(), subprocess=True)
        after = state(site)
    assert once.exists(), outcome.text
    assert (after["sessions"], after["users"]) == (before["sessions"], before["users"])
    assert outcome.code == 1, outcome.text
    assert set(outcome.outcomes().values()) == {"passed"}, "what it had left is run by another"
    assert len(outcome.summary["problems"]) == 1
    assert any(line.startswith("PROBLEM  a worker crashed in features/41.4.0/entry-exit-tone") for line in outcome.lines)
    assert "Traceback" not in outcome.text


SPOILT = {
    "emptied": lambda ledger: ledger.write_bytes(b""),
    "cut": lambda ledger: ledger.write_bytes(ledger.read_bytes()[:-30]),
    "edited": lambda ledger: ledger.write_bytes(ledger.read_bytes().replace(b"CreateEvent", b"CreateUser")),
    "gone": lambda ledger: ledger.unlink(),
}


@pytest.mark.rotating(2)
@pytest.mark.parametrize("how", SPOILT)
def test_a_ledger_spoilt_while_its_run_is_alive_keeps_it_from_nothing(run: Runner, tmp_path: Path, how: str) -> None:
    """What a run made it knows by itself; its ledger is for who comes after a kill."""
    spoilt: list[Path] = []

    def spoils(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "CreateEvent" and not spoilt:
            spoilt.extend((tmp_path / "reports" / "ledger").glob("*.jsonl"))
            for ledger in spoilt:
                SPOILT[how](ledger)
        return response

    with twisted(tmp_path, spoils) as site:
        before = state(site)
        arguments = site.arguments("--reports", str(tmp_path / "reports"))
        outcome = run(WRITES, *arguments)
        after = state(site)
        assert len(spoilt) == 1
        assert outcome.code == 0, outcome.text
        assert (after["sessions"], after["users"]) == (before["sessions"], before["users"])
        assert main(["sweep", *arguments]) == 0
        assert state(site)["sessions"] == before["sessions"]


def unremovable(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
    """The site will not delete meetings."""
    if operation_of(request) != "DelMeeting":
        return response
    body = (
        '<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"><serv:header><serv:response>'
        "<serv:result>FAILURE</serv:result><serv:reason>not today</serv:reason><serv:gsbStatus>PRIMARY</serv:gsbStatus>"
        "<serv:exceptionID>000001</serv:exceptionID></serv:response></serv:header><serv:body><serv:bodyContent/>"
        "</serv:body></serv:message>"
    )
    return mocksite.HttpResponse(200, response.headers, body.encode())


#: Creates meetings on a live site too, and judges nothing about their removal.
CREATES = ("features/41.4.0/large-events.feature",)


@pytest.mark.rotating(2)
@pytest.mark.parametrize("way", [("--lanes", "0"), ("-n", "2")], ids=" ".join)
def test_what_cannot_be_removed_is_told_and_changes_no_verdict(run: Runner, tmp_path: Path, way: tuple[str, ...]) -> None:
    with twisted(tmp_path, control_url="None") as site:
        quiet = run(*CREATES, *way, *site.arguments("--access", "read-write"), subprocess=True)
        assert quiet.code == 0, quiet.text
        assert "DelMeeting" in site.asked
        assert quiet.summary["troubles"] == []
        expected = quiet.outcomes()
    with twisted(tmp_path, unremovable, control_url="None") as site:
        outcome = run(*CREATES, *way, *site.arguments("--access", "read-write"), subprocess=True)
    assert outcome.outcomes() == expected
    assert outcome.code == 0, outcome.text
    told = [line for line in outcome.lines if line.startswith("LEFT UNDONE")]
    assert len(told) == len(outcome.summary["troubles"]) == 1, "told once, tried twice"
    assert "DelMeeting" in told[0]
    assert "FAILURE 000001 not today" in told[0]


class Loses:
    """Carries the first CreateMeeting out, and the reply never arrives."""

    def __init__(self) -> None:
        self.lost = 0
        self.left: object = None
        self.look: Callable[[], object] = lambda: None

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "CreateMeeting" and b"SUCCESS" in response.body and not self.lost:
            self.lost, self.left = 1, self.look()
            raise ConnectionResetError
        return response


def test_a_create_whose_reply_was_lost_is_removed_too(run: Runner, tmp_path: Path) -> None:
    """Its key is known to nobody: it is found by its name."""
    loses = Loses()
    with twisted(tmp_path, loses, control_url="None") as site:
        loses.look = lambda: state(site)["sessions"]
        before = loses.look()
        outcome = run(*CREATES, *site.arguments("--access", "read-write"))
        after = loses.look()
    assert loses.lost
    assert list(outcome.outcomes().values()).count("broken") == 1
    assert "wxc-" in str(loses.left)
    assert after == before
    assert "LEFT UNDONE" not in outcome.text


class Sits:
    """Interrupts the run at its first CreateEvent, and carries that out when the run is over."""

    def __init__(self, site: Twisted, stops: Stops) -> None:
        self._handle, self._stops = site.core.handle, stops
        self.done = threading.Event()

    def __call__(self, request: mocksite.HttpRequest) -> mocksite.HttpResponse:
        process = self._stops.process
        if operation_of(request) != "CreateEvent" or process is None:
            return self._handle(request)
        os.kill(process.pid, signal.SIGINT)
        process.wait(SAFETY)
        answer = self._handle(request)
        self.done.set()
        return answer


def test_what_comes_after_the_run_was_interrupted_is_left_to_the_sweep_and_said_so(
    run: Runner, pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    stops = Stops("never", 1)
    with twisted(tmp_path, control_url="None", rate='"10000/s"') as site:
        before = state(site)["sessions"]
        site.core.handle = sits = Sits(site, stops)  # type: ignore[method-assign, assignment]
        arguments = site.arguments("--access", "read-write")
        outcome = interrupted(stops, run, pytester, WRITES, "--lanes", "0", *arguments)
        assert outcome.code == 2, outcome.text
        (told,) = [line for line in outcome.lines if line.startswith("LEFT UNDONE")]
        assert "whether it was created nobody knows: the site does not show it yet; sweep in 15 minutes" in told
        assert sits.done.wait(SAFETY)
        assert state(site)["sessions"] != before, "it has come, though nobody waited for it"
        assert main(["sweep", *arguments, "--root", str(ROOT), "--reports", str(outcome.reports)]) == 0
        assert "1 undone, 0 left behind" in capsys.readouterr().out
        assert state(site)["sessions"] == before


def test_a_live_site_that_is_written_to_is_judged_like_a_mock(run: Runner, tmp_path: Path) -> None:
    """Without a control plane nothing a scenario needs was used up by another one, and only users stay, deactivated."""
    with twisted(tmp_path, control_url="None") as site:
        before = state(site)
        outcome = run("features", *site.arguments("--access", "read-write"))
        after = state(site)
        totals, troubles = outcome.summary["totals"], outcome.summary["troubles"]
        again = run("features/41.11.0/control-hub-users.feature", *site.arguments("--access", "read-write"))
    assert outcome.code == 0, outcome.text
    assert totals["passed"] > 200
    assert troubles == []
    assert [row["key"] for row in after["sessions"]] == [row["key"] for row in before["sessions"]]
    known = {str(row["webex_id"]) for row in before["users"]}
    assert {row["active"] for row in after["users"] if str(row["webex_id"]) not in known} == {"DEACTIVATED"}
    assert again.code == 0, again.text
    assert again.clauses("failed", "broken") == set()
    used_up = [row for row in again.summary["scenarios"] if "only Control Hub can remove one" in (row["skip"] or {}).get("why", "")]
    assert [row["clauses"] for row in used_up] == [["R41.11.0-02"], ["R41.11.0-03"]]
    assert {row["skip"]["kind"] for row in used_up} == {"data"}


@pytest.mark.rotating(2)
@pytest.mark.parametrize("way", [("-n", "2"), ()], ids=["two workers", "lanes"])
def test_what_changes_the_site_is_done_once_whoever_looks_ahead(run: Runner, tmp_path: Path, way: tuple[str, ...]) -> None:
    """Two workers that both go ahead with a scenario change one user of the operator's twice, and put back what the other did."""
    asked = {}
    for one in (("--lanes", "0"), way):
        with twisted(tmp_path, control_url="None") as site:
            before = state(site)
            outcome = run(WRITES, "features/41.11.0/control-hub-users.feature", *one, *site.arguments("--access", "read-write"), subprocess=True)
            after = state(site)
        assert outcome.code == 0, outcome.text
        known = [row["user_id"] for row in before["users"]]
        assert [row for row in after["users"] if row["user_id"] in known] == before["users"]
        asked[one] = sorted(operation for operation in site.asked if operation.startswith(("Create", "Del")))
    assert asked[way] == asked["--lanes", "0"]
