"""Scenarios carried out ahead, in workers or one after the other say the same."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import mocksite
import pytest

from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.run.progress import SELDOM_FASTER
from conformance.scenarios.ahead.lanes import Lanes, Replay, may_be_replayed
from conformance.wire.exchange import Exchange, Request
from tests.conftest import SAFETY
from tests.grants import kept, note
from tests.first_rows import first_rows
from tests.rig import rig
from tests.run.answering_site import OK
from tests.run.conftest import Outcome, Runner
from tests.twisted import Twist, answering, operation_of, replacing, straight, twisted

PART = ("features/41.3.0", "features/41.7.0", "features/41.12.0", "features/41.11.0/free-account.feature")
TWISTS: dict[str, Twist] = {
    "healthy": straight,
    "lost element": replacing(b"<ns1:separateNoRecordingEdit>false</ns1:separateNoRecordingEdit>", b""),
    "HTTP 500 for one operation": answering(500, b"<html>no</html>", "LstMeetingType"),
}


def told(outcome: Outcome) -> list[dict[str, Any]]:
    """The scenarios of the summary, times, numbers of evidence and names made up for the run aside."""
    rows = []
    for row in outcome.summary["scenarios"]:
        kept = {key: value for key, value in row.items() if key not in ("duration_s", "exchanges")}
        kept["cause"] = kept["cause"].partition(":")[0]
        rows.append(kept)
    return rows


def clean(outcome: Outcome) -> dict[str, Any]:
    summary = outcome.summary
    return {key: summary[key] for key in ("totals", "clauses", "accounting", "drift", "problems", "troubles")}


@pytest.mark.rotating(3)
@pytest.mark.parametrize("name", TWISTS)
def test_lanes_change_nothing_but_the_time(run: Runner, tmp_path: Path, name: str) -> None:
    found = []
    for lanes in ("0", "8"):
        with twisted(tmp_path, TWISTS[name]) as site:
            outcome = run(*PART, "--lanes", lanes, *site.arguments())
            found.append((told(outcome), clean(outcome), sorted(site.asked)))
    serial, ahead = found
    assert ahead[0] == serial[0]
    assert ahead[1] == serial[1]
    # The same requests: nothing is sent twice because it was sent ahead. What broke is asked again, by retry or replay.
    if name != "HTTP 500 for one operation":
        assert ahead[2] == serial[2]


@pytest.mark.rotating(2)
@pytest.mark.parametrize("name", ["healthy", "lost element"])
def test_workers_change_nothing_but_the_time(run: Runner, tmp_path: Path, name: str) -> None:
    with twisted(tmp_path, TWISTS[name]) as site:
        serial = run(*PART, "--lanes", "0", *site.arguments())
        one = (told(serial), clean(serial))
        two = run(*PART, "-n", "2", *site.arguments(), subprocess=True)
    assert two.code == serial.code
    assert (told(two), clean(two)) == one


def test_workers_have_a_mock_each(run: Runner) -> None:
    outcome = run("features/41.4.0", "features/41.12.0", "-n", "2", subprocess=True)
    assert outcome.code == 0, outcome.text
    assert outcome.summary["totals"]["failed"] == outcome.summary["totals"]["broken"] == 0
    assert outcome.summary["totals"]["passed"] > 30
    assert outcome.lines.count(SELDOM_FASTER) == 1


def test_a_rate_holds_for_lanes_too(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note(monkeypatch, tmp_path / "grants")
    with twisted(tmp_path, rate='"50/s"') as site:
        outcome = run("features/41.7.0", "features/41.3.0/lobby.feature", "--lanes", "16", *site.arguments())
    assert outcome.code == 0
    kept(tmp_path / "grants", 50, len(site.asked))


class Meets:
    """Answers a read only when another one is there, too; the first of all is that of the preflight, which is alone."""

    def __init__(self) -> None:
        self.here, self.met = -1, False
        self._somebody = threading.Condition()

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "GetSite":
            with self._somebody:
                self.here += 1
                if not self.here:
                    return response
                self.met |= self.here > 1
                self._somebody.notify_all()
                assert self._somebody.wait_for(lambda: self.met, SAFETY), "one read waits alone"
                self.here -= 1
        return response


def test_what_waits_is_waited_for_together(run: Runner, tmp_path: Path) -> None:
    """Twelve reads that wait for each other: without lanes that would never end."""
    meets = Meets()
    with twisted(tmp_path, meets) as site:
        outcome = run("features/41.3.0/license-counters.feature", "--lanes", "16", *site.arguments())
    assert outcome.code == 0
    assert meets.met


def test_a_step_takes_as_long_as_its_site_took(run: Runner, tmp_path: Path) -> None:
    """Carried out ahead it is replayed in no time, and no report may say that."""

    def slow(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if operation_of(request) == "GetSite":
            time.sleep(0.05)
        return response

    with twisted(tmp_path, slow) as site:
        outcome = run("features/41.3.0/license-counters.feature", "--lanes", "16", *site.arguments())
    assert min(row["duration_s"] for row in outcome.summary["scenarios"] if row["operations"]) >= 0.05


def scenarios(catalogue: Catalogue) -> list[Scenario]:
    return first_rows(scenario for file in catalogue.known_files() for scenario in file.scenarios.values())


def test_only_what_reads_and_needs_no_change_runs_ahead(catalogue: Catalogue) -> None:
    with rig(catalogue) as site:
        present = site.run_context.profile.settings
        ahead = [scenario for scenario in scenarios(catalogue) if may_be_replayed(scenario, present)]
        assert 100 < len(ahead) < len(scenarios(catalogue))
        assert not any(scenario.writes or scenario.mail for scenario in ahead)
        changed = {**present, "classic-events": False}
        names = {scenario.title for scenario in ahead if scenario.settings.get("classic-events") is True}
        assert names
        assert not names & {scenario.title for scenario in scenarios(catalogue) if may_be_replayed(scenario, changed)}


class Counting:
    """A client that answers itself."""

    def __init__(self) -> None:
        self.sent: list[Request] = []

    def send(self, request: Request) -> Exchange:
        self.sent.append(request)
        return Exchange(request, 0.0, 0.0)


def request(text: str) -> Request:
    return Request("GetSite", "host", "http://127.0.0.1/", text.encode())


def test_a_replay_ends_with_the_first_request_that_differs() -> None:
    client = Counting()
    recorded = [Exchange(request(text), 1.0, 0.5, body=OK.encode()) for text in "abc"]
    replay = Replay(client, recorded)
    assert replay.send(request("a")) is recorded[0]
    assert replay.send(request("x")).seconds == 0.0
    assert replay.send(request("b")).seconds == 0.0, "after a difference the recording is another story"
    assert [sent.body for sent in client.sent] == [b"x", b"b"]
    assert replay.replayed == 0.5
