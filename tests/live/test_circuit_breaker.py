"""A site that falls silent in mid-run ends the run in minutes, with the cause, not after an hour of time-outs."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mocksite
import pytest

from tests.conftest import ROOT
from tests.run.conftest import Runner
from tests.twisted import operation_of, twisted

READS = ("features/41.3.0", "features/41.7.0", "features/41.11.0", "features/41.12.0")


#: Brought into every process of a run: shorter pauses, and a silence that is over at once.
HURRIED = """
import httpx
from conformance.wire import client

client._BACK_OFF = (0.01, 0.02)
_read = client.Client._read

def read(self, answer, clock, timeout):
    if "X-Silent" in answer.headers:
        raise httpx.ReadTimeout("silence")
    return _read(self, answer, clock, timeout)

client.Client._read = read
"""


class Dies:
    """Answers the preflights of ``parts`` processes and a little more, then nobody is there, or only a gateway."""

    def __init__(self, how: str, parts: int) -> None:
        self.how, self.parts, self.left, self.after = how, parts, 60, 0
        self._lock = threading.Lock()

    def __call__(self, request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        if request.path.startswith("/_control"):
            return response
        with self._lock:
            self.parts -= operation_of(request) == "GetAPIVersion"
            self.left -= self.parts <= 0
            if self.left >= 0:
                return response
            self.after += 1
        if self.how == "silence":
            return mocksite.HttpResponse(200, (*response.headers, ("X-Silent", "yes")), b"")
        if self.how == "reset":
            raise ConnectionResetError
        return mocksite.HttpResponse(502, response.headers, b"")


@pytest.mark.rotating(9)
@pytest.mark.parametrize("how", ["gateway", "reset", "silence"])
@pytest.mark.parametrize("way", [("--lanes", "0"), ("--lanes", "8"), ("-n", "2", "--lanes", "4")], ids=" ".join)
def test_a_doomed_run_ends_early(
    run: Runner, tmp_path: Path, how: str, way: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hurried.py").write_text(HURRIED, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    twist = Dies(how, 3 if "-n" in way else 1)
    with twisted(tmp_path, twist) as site:
        outcome = run(*READS, *way, "-p", "hurried", *site.arguments(), subprocess=True)
    assert outcome.code == 1, outcome.text
    assert "INCOMPLETE" in outcome.text
    assert "given up: " in outcome.text
    cause = {"gateway": "HTTP 502", "reset": "the connection broke", "silence": "no answer within"}[how]
    assert cause in outcome.text.partition("given up: ")[2].partition("\n")[0]
    assert not (outcome.reports / "summary.json").exists()
    assert "Traceback" not in outcome.text
    assert twist.after < 120, "a site in trouble is not hammered"
    assert "--resume" in outcome.text


@contextmanager
def refusing() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with contextlib.suppress(OSError):
        yield port


def test_nobody_there_is_told_before_the_run(run: Runner, tmp_path: Path) -> None:
    with refusing() as port:
        url = f"http://127.0.0.1:{port}/WBXService/XMLService"
        text = mocksite.Core().profile("gone", url=url).replace("control_url", "# control_url")
        (tmp_path / "gone.toml").write_text(text, encoding="utf-8")
        outcome = run(*READS, "--site", "gone", "--sites", str(tmp_path / "gone.toml"))
    assert outcome.code == 4
    assert "connection refused" in outcome.text
    assert "no scenario was run" in outcome.text


def test_failures_do_not_trip_it(run: Runner, tmp_path: Path) -> None:
    """A site that answers, however wrongly, is judged to the end."""

    def nothing_but_500(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        wanted = b"LstMeetingType" in request.body or b"GetMeeting" in request.body
        return mocksite.HttpResponse(500, response.headers, b"") if wanted else response

    with twisted(tmp_path, nothing_but_500) as site:
        outcome = run("features/41.12.0", "features/41.3.0", *site.arguments())
    words = list(outcome.outcomes().values())
    assert words.count("broken") > 5
    assert "INCOMPLETE" not in outcome.text
