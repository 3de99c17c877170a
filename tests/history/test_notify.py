"""Silence until something changes: who is told what, and when."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.history.archive import Archive
from conformance.history.index import Index
from conformance.history.night import NightRecord, moment_of
from conformance.history.notify import Notice, deliver, tell
from conformance.history.view import SiteHistory
from conformance.sites.errors import UserError
from conformance.wire.mailbox import SmtpSink
from tests.history import simulation


class Nightly:
    """A site of five scenarios judged night after night; each night is told at once, as a cron job would."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder)
        self.first = next(simulation.nights(simulation.Site("staging", 1)))
        self.first = replace(self.first, words={}, scenarios=self.first.scenarios[:5], outcomes="PPPPP")
        self.number = 0
        self.got = folder / "got.txt"

    def night(self, letter: str = "P", **changes: object) -> NightRecord:
        """A night on which the first scenario has this ``letter``; of "X" every scenario is broken."""
        started = moment_of(self.first.started) + dt.timedelta(days=self.number)
        outcomes = "B" * len(self.first.outcomes) if letter == "X" else letter + self.first.outcomes[1:]
        return replace(self.first, started=f"{started:%Y%m%dT%H%M%SZ}", outcomes=outcomes, **changes)  # type: ignore[arg-type]

    def run(self, letter: str = "P", *, later: int = 1, to: str = "", **changes: object) -> Notice | None:
        """Keep such a night and tell; ``later`` hours after it."""
        night = self.night(letter, **changes)
        self.archive.keep(night)
        self.number += 1
        return self.tell(moment_of(night.started) + dt.timedelta(hours=later), to)

    def tell(self, now: dt.datetime, to: str = "") -> Notice | None:
        index = Index(self.archive)
        try:
            return tell(self.archive, SiteHistory(index, "staging"), to, now)
        finally:
            index.close()


@pytest.fixture
def nightly(tmp_path: Path) -> Nightly:
    """Twenty good nights, of which nobody was told anything."""
    nightly = Nightly(tmp_path)
    for _ in range(20):
        assert nightly.run() is None
    return nightly


def test_a_failure_is_told_once_when_a_second_night_confirms_it(nightly: Nightly) -> None:
    assert nightly.run("F", words={0: "GetUser  check element-present"}) is None
    notice = nightly.run("F", words={0: "GetUser  check element-present"})
    assert notice is not None
    (change,) = notice.changes
    assert (change.clause, change.state, change.words) == ("R41.1.0-01", "failing", "GetUser  check element-present")
    assert change.since == "2025-12-18"
    assert "R41.1.0-01  failing since 2025-12-18" in notice.text()
    assert [nightly.run("F") for _ in range(30)] == [None] * 30


def test_a_failure_that_the_same_run_confirmed_is_told_at_once(nightly: Nightly) -> None:
    notice = nightly.run("F", attempts={0: ("failed", "failed")})
    assert notice is not None
    assert [(one.clause, one.state) for one in notice.changes] == [("R41.1.0-01", "new")]
    assert "tried: failed, failed" in notice.text()
    assert [nightly.run("F", attempts={0: ("failed", "failed")}) for _ in range(5)] == [None] * 5


def test_a_verdict_that_healed_is_told_once(nightly: Nightly) -> None:
    for _ in range(5):
        nightly.run("F")
    told = [nightly.run("P") for _ in range(10)]
    (notice,) = [one for one in told if one is not None]
    assert [one.clause for one in notice.healed] == ["R41.1.0-01"]
    assert not notice.changes


def test_flaky_is_told_once(nightly: Nightly) -> None:
    told = [nightly.run(letter) for letter in "FPPFPFPPFPFP"]
    assert [one.changes[0].state for one in told if one] == ["flaky"]


def test_what_failed_on_the_first_night_is_told_at_once(tmp_path: Path) -> None:
    notice = Nightly(tmp_path).run("F")
    assert notice is not None
    assert [one.state for one in notice.changes] == ["failing"]


def test_a_night_that_hardly_judged_is_told_once_and_an_outage_accuses_nobody(nightly: Nightly) -> None:
    notice = nightly.run("X", unwell={"FAILURE 000035": 352})
    assert notice is not None
    assert not notice.changes
    assert notice.night == "the night of 2025-12-18 hardly judged anything (FAILURE 000035)"
    assert nightly.run("P") is None


def test_a_missing_night_is_told_once(nightly: Nightly) -> None:
    later = moment_of(nightly.night().started) + dt.timedelta(days=1)
    notice = nightly.tell(later)
    assert notice is not None
    assert notice.night == "no night since 2025-12-17"
    assert nightly.tell(later + dt.timedelta(hours=12)) is None


def test_what_was_not_delivered_is_told_again(nightly: Nightly) -> None:
    nightly.run("F")
    with pytest.raises(UserError, match="ended with 3: no way"):
        nightly.run("F", to=f"{sys.executable} -c 'import sys; sys.exit(\"no way\") if 0 else (sys.stderr.write(\"no way\"), sys.exit(3))'")
    assert nightly.run("F") is not None


def notice() -> Notice:
    return Notice("staging", (), (), "no night since 2025-12-17")


def test_a_command_gets_json(tmp_path: Path) -> None:
    script = tmp_path / "take it.py"
    script.write_text("import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())", encoding="utf-8")
    deliver(notice(), f"{sys.executable} '{script}' {tmp_path / 'got'}")
    got = json.loads((tmp_path / "got").read_text(encoding="utf-8"))
    assert got == notice().as_json()
    assert got["text"] == "staging: no night since 2025-12-17"


class _Hook(http.server.BaseHTTPRequestHandler):
    got: list[bytes] = []
    status = 200

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def hook() -> Iterator[http.server.HTTPServer]:
    """A webhook that takes what is posted."""
    _Hook.got, _Hook.status = [], 200
    server = http.server.HTTPServer(("127.0.0.1", 0), _Hook)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_gets_json_and_its_address_is_no_part_of_a_message(hook: http.server.HTTPServer) -> None:
    url = f"http://127.0.0.1:{hook.server_port}/services/T0KEN"
    deliver(notice(), url)
    assert json.loads(_Hook.got[0])["text"] == "staging: no night since 2025-12-17"
    _Hook.status = 500
    with pytest.raises(UserError) as problem:
        deliver(notice(), url)
    assert str(problem.value).splitlines()[:2] == [
        "error[notify]: the notice of staging could not be delivered: it answered 500", "  where  http://127.0.0.1/...",
    ]  # fmt: skip


def test_a_mail_says_it() -> None:
    where: list[str] = []
    sink = SmtpSink(where.append)
    sink.listen()
    try:
        deliver(notice(), f"mailto:qa@example.com?smtp={where[0]}")
        (mail,) = sink.mail_to("qa@example.com")
    finally:
        sink.close()
    assert mail.decoded_subject == "staging: no night since 2025-12-17"
    assert mail.text.strip() == "staging: no night since 2025-12-17"


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a server that answers by a byte, and another, for ever."""
    over = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            while not over.wait(0.01):
                connection.sendall(b"2")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join()


@pytest.mark.parametrize("to", ["http://127.0.0.1:{}/hook", "mailto:a@example.com?smtp=127.0.0.1:{}", "sleep {}"])
def test_who_never_ends_to_answer_holds_no_night(dripping: int, monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    """Each byte comes in time."""
    monkeypatch.setattr("conformance.history.notify._PATIENCE", 0.3)
    monkeypatch.setattr("conformance.history.notify._GRACE", 0.2)
    if to.startswith("sleep"):
        socket.create_connection(("127.0.0.1", dripping)).close()
    with pytest.raises(UserError, match=r"could not be delivered: it did not end within 0\.3 s\n"):
        deliver(notice(), to.format(dripping))


SECRET = "T0K3N-of-24-characters-x"


@pytest.mark.parametrize(
    ("to", "why", "where"),
    [
        ("/nowhere/command", "No such file or directory: '/nowhere/command'", "/nowhere/command"),
        (f"/nowhere/command https://hook.example.com/{SECRET}", "No such file or directory", "/nowhere/command ..."),
        (f"TOKEN={SECRET} /bin/true", "No such file or directory: 'TOKEN=******'", "TOKEN=****** ..."),
        (f"/bin/sh -c 'echo $0 >&2; exit 3' 'Authorization: Bearer {SECRET}'", "it ended with 3: Authorization: Bearer ******", "/bin/sh ..."),
        ("/bin/sh -c 'printf \"no\\n\\377way\" >&2; exit 3'", "it ended with 3: no \N{REPLACEMENT CHARACTER}way", "/bin/sh ..."),
        ("'unclosed", "No closing quotation", "'unclosed"),
        ("mailto:a@example.com?smtp=127.0.0.1:1", "Connection refused", "mailto:a@example.com by 127.0.0.1:1"),
        (f"mailto:a@example.com?smtp=me:{SECRET}@127.0.0.1:25", "invalid literal for int()", "mailto:a@example.com by 127.0.0.1:25"),
        (f"http://127.0.0.1:1/{SECRET}", "ConnectError: ", "http://127.0.0.1/..."),
        (f"https://hook.example.com:port/{SECRET}", "InvalidURL: ", "https://hook.example.com/..."),
        (f"https://[hook/{SECRET}", "", "https:..."),
    ],
)
def test_what_could_not_be_delivered_is_one_message_without_a_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], to: str, why: str, where: str
) -> None:
    nightly = Nightly(tmp_path)
    nightly.archive.keep(nightly.night("F"))
    assert main(["notify", "--history", str(tmp_path), "--to", to]) == 4
    first, second, *_ = told = capsys.readouterr().err.splitlines()
    assert first.startswith("error[notify]: the notice of staging could not be delivered: ") and why in first
    assert second == f"  where  {where}"
    assert SECRET not in "".join(told) and len(told) == 3


def test_to_nobody_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(notice(), " ")
    assert capsys.readouterr().out == "staging: no night since 2025-12-17\n"
