"""``judge`` and ``tap``: real traffic comes to what a run came to, is read as it goes, and no secret of it is kept."""

from __future__ import annotations

import base64
import gzip
import http.client
import io
import json
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import httpx
import pytest

import mocksite
from conformance.cli import main
from conformance.run.commands.evidence import tap as tapping
from conformance.run.commands.evidence.judge_traffic import clause_table
from conformance.run.commands.evidence.questions import ANYTHING, Questions
from conformance.run.commands.evidence.traffic import TrafficExchange, asked_for, files_of, read_traffic
from conformance.sites.masking import SecretRegistry, secret_registry
from conformance.sites.profile import Account, data_keys
from conformance.sites.release import Release
from conformance.wire.exchange import Exchange, Request, read_reply
from conformance.wire.recording import _EXCHANGE, WritingTape
from mocksite.faults import CATALOGUE
from tests.conftest import ROOT
from tests.history.causes import catalogue, scenarios
from tests.rig import PAYLOADS
from tests.traffic.measure import compared, on

FAULTS = sorted(CATALOGUE)[:: len(CATALOGUE) // 20]
#: What an XML document, a line of JSON and an address each write otherwise.
CANARY = "Canary-<&>'\"-1"
ACCUSED = "R41.7.0-02/separateNoRecordingEdit-not-sent"


@pytest.mark.rotating(4)
@pytest.mark.parametrize("fault", FAULTS)
def test_traffic_of_a_fault_comes_to_what_the_run_came_to(fault: str) -> None:
    """``python -m tests.traffic`` measures all of them."""
    told = on(fault)
    assert (told.different, told.alone) == ((), ())


def test_traffic_of_a_sound_site_accuses_nobody() -> None:
    told = compared(scenarios()[::4])
    assert told.asked > 100
    assert (told.different, told.alone) == ((), ())


# -- what is read ------------------------------------------------------------------


def signed_in(profile: str) -> dict[str, str]:
    """The security context of the administrator of a mock."""
    site = tomllib.loads(profile)["sites"]["mock"]
    account = site["accounts"]["site-admin"]
    return {"siteName": site["site_name"], "webExID": account["webex_id"], "password": account["password"]}


def exchange(operation: str = "GetSite", fault: str = "") -> TrafficExchange:
    """One exchange with a mock, as it travels."""
    core = mocksite.Core(options=mocksite.Options(fault=fault))
    signed = signed_in(core.profile("mock"))
    asked = PAYLOADS.render(operation, {}, signed)
    answer = core.handle(mocksite.HttpRequest(method="POST", path="/WBXService/XMLService", headers={}, body=asked))
    core.close()
    return TrafficExchange(asked, answer.body, "http://site.invalid/WBXService/XMLService?token=Canary-Url-1")


@pytest.fixture(scope="module")
def three() -> list[TrafficExchange]:
    return [exchange(), exchange("GetAPIVersion"), TrafficExchange(b"", b"no message")]


def line(one: TrafficExchange) -> dict[str, Any]:
    return {"request": one.request.decode(), "reply": one.reply.decode(), "url": one.url}


def har(several: list[TrafficExchange], *, packed: bool) -> str:
    entries = [
        {
            "startedDateTime": "2026-11-28T20:00:00.000Z",
            "time": 12.5,
            "request": {"url": one.url, "postData": {"text": one.request.decode()}},
            "response": {"status": 200, "content": _content(one.reply, packed=packed)},
        }
        for one in several
    ]
    return json.dumps({"log": {"pages": [{"title": '"entries": ['}], "entries": entries, "version": "1.2"}}, indent=1)


def _content(body: bytes, *, packed: bool) -> dict[str, str]:
    return {"text": base64.b64encode(body).decode(), "encoding": "base64"} if packed else {"text": body.decode()}


def test_a_recording_of_ours_is_traffic(
    three: list[TrafficExchange], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What other tests of this process gave out as a secret may be an ordinary word of a reply.
    for name, value in vars(SecretRegistry()).items():
        monkeypatch.setattr(secret_registry, name, value)
    file = tmp_path / "recording.jsonl.gz"
    tape = WritingTape(file)
    for one in three:
        told = Exchange(Request("GetSite", "site-admin", one.url, one.request), 1.0, 0.5, 200, body=one.reply)
        tape.through("exchange", "what", partial(_same, told), _EXCHANGE)
    tape.note("more", "of the run")
    tape.close()
    assert files_of(tmp_path) == [file] == files_of(file), "reports are named as well as the file in them"
    read = list(read_traffic(file))
    secret = signed_in(mocksite.Core().profile("mock"))["password"].encode()
    assert secret in three[0].request
    assert [one.reply for one in read] == [one.reply for one in three]
    assert not any(secret in one.request for one in read)
    assert asked_for(read[0].request) == asked_for(three[0].request)


def _same(told: Exchange) -> Exchange:
    return told


@pytest.mark.parametrize("form", ["lines", "lines.gz", "har", "har of base64"])
def test_each_form_is_the_same_traffic(three: list[TrafficExchange], tmp_path: Path, form: str) -> None:
    file = tmp_path / "traffic"
    text = "\n".join(json.dumps(line(one)) for one in three) if "lines" in form else har(three, packed="base64" in form)
    file.write_bytes(gzip.compress(text.encode()) if form.endswith("gz") else text.encode())
    assert [(one.request, one.reply, one.url) for one in read_traffic(file)] == [(one.request, one.reply, one.url) for one in three]


def test_a_large_har_is_read_in_pieces(three: list[TrafficExchange], tmp_path: Path) -> None:
    file = tmp_path / "large.har"
    file.write_text(har(three * 40, packed=False), encoding="utf-8")
    told = read_traffic(file)
    assert next(told).reply == three[0].reply
    assert sum(1 for _ in told) == 119


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text[:-40],
        lambda text: text.replace('"reply"', '"answer"'),
        lambda text: "no traffic",
        lambda text: "",
        lambda text: '["note","format",1]\n["exchange"]\n',
        lambda text: text.replace('"reply": "', '"reply": 7, "x": "'),
    ],
)
def test_what_is_no_traffic_is_one_message(
    three: list[TrafficExchange], tmp_path: Path, harm: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "traffic.ndjson"
    file.write_text(harm("\n".join(json.dumps(line(one)) for one in three)), encoding="utf-8")
    assert main(["judge", str(file), "--release", "41.12.0"]) == 4
    assert "error[traffic-form]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["judge"], "traffic-missing"),
        (["judge", "--release", "41.12.0"], "traffic-missing"),
        (["judge", "{tmp}"], "traffic-missing"),
        (["judge", "nowhere.ndjson"], "file"),
        (["judge", "nowhere.ndjson", "--release", "41.12.0"], "file"),
        (["judge", __file__, "--site", "staging", "--sites", "nowhere.toml"], "sites-missing"),
        (["tap", "--to", "site.invalid"], "tap-site"),
        (["tap", "--to", "https://user:secret@site.invalid"], "tap-site"),
        (["tap", "--to", "http://[::1"], "tap-site"),
        (["tap", "--to", "http://127.0.0.1:99999"], "tap-site"),
        (["tap", "--to", "https://site.invalid", "--listen", "[::1:5"], "tap-address"),
        (["tap", "--to", "https://site.invalid", "--listen", "127.0.0.1:\u00b2"], "tap-address"),
        (["tap", "--to", "https://site.invalid", "--listen", "8900"], "tap-address"),
        (["tap", "--to", "https://site.invalid", "--listen", "192.0.2.1:1"], "tap-clear"),
        (["tap", "--to", "http://site.invalid"], "tap-clear"),
        (["tap", "--to", "https://site.invalid", "--listen", "192.0.2.1:1", "--allow-remote", "--output", "{tmp}/t"], "tap-listen"),
    ],
)
def test_a_mistake_is_one_message(arguments: list[str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([one.format(tmp=tmp_path) for one in arguments]) == 4
    told = capsys.readouterr().err
    assert f"error[{code}]" in told
    assert "secret" not in told


# -- what is told ------------------------------------------------------------------


def test_a_finding_is_told_with_its_exchange_and_without_its_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = exchange(fault=ACCUSED)
    secret = wrong.request.partition(b"<password>")[2].partition(b"<")[0].decode()
    file = tmp_path / "traffic.ndjson"
    file.write_text("".join(json.dumps(line(one)) + "\n" for one in [wrong] * 9), encoding="utf-8")
    asked = ["judge", str(file), "--release", "41.12.0", "--reports", str(tmp_path / "reports")]
    assert main(asked) == 1
    told = capsys.readouterr().out
    assert "9 exchanges, 9 of the XML API, 9 judged" in told
    assert "BROKEN  9 times  GetSite  R41.7.0-02, R41.7.0-03  check element-present" in told
    written = list((tmp_path / "reports" / "exchanges").iterdir())
    assert len(written) == 3
    assert main([*asked, "--json"]) == 1
    told += capsys.readouterr().out + "".join(one.read_text(encoding="utf-8") for one in written)
    assert secret
    assert secret not in told
    assert "Canary-Url-1" not in told


def test_traffic_that_says_nothing_is_no_green(tmp_path: Path) -> None:
    file = tmp_path / "traffic.ndjson"
    file.write_text(json.dumps({"request": "<a/>", "reply": "<b/>"}), encoding="utf-8")
    assert main(["judge", str(file), "--release", "41.12.0"]) == 5


def test_an_administrator_whom_the_profile_names_as_host_too_is_not_asked_what_hosts_are() -> None:
    one = exchange()
    asked, reply = asked_for(one.request), read_reply("GetSite", one.reply)
    assert asked is not None
    admin = Account("site-admin", asked.caller, "", {"password": "not-sent-1"})
    host = replace(admin, role="host")

    def clauses(*accounts: Account) -> set[str]:
        named = {account.role: account for account in accounts}
        questions = Questions(scenarios(), catalogue().registry, PAYLOADS, Release.parse("41.12.0"), named)
        return {question.clause for question in questions.of(asked, reply)}

    assert "R41.3.0-19" in clauses(host)
    assert "R41.3.0-19" not in clauses(host, admin)
    assert "R41.3.0-16" in clauses(host, admin)


def test_the_page_lists_the_clauses_that_traffic_can_judge() -> None:
    """``webex-conformance judge --clauses`` prints them."""
    newest = Release.parse(mocksite.RELEASES[-1])
    data = dict.fromkeys(data_keys(), ANYTHING)
    questions = Questions(scenarios(), catalogue().registry, PAYLOADS, newest, data=data)
    page = (ROOT / "docs" / "traffic.md").read_text(encoding="utf-8")
    assert "\n".join(clause_table(questions.all)) in page, "python -m tests.figures writes the table"


# -- the tap -----------------------------------------------------------------------


@contextmanager
def tapped(site: str) -> Iterator[tuple[str, io.StringIO]]:
    sink = io.StringIO()
    server = tapping.open_tap(("127.0.0.1", 0), site, sink)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.client.close()


def test_a_tap_passes_everything_on_and_keeps_messages_without_secrets(tmp_path: Path) -> None:
    with mocksite.start() as site:
        signed = signed_in(site.profile())
        asked = PAYLOADS.render("AuthenticateUser", {}, signed)
        with tapped(site.base_url) as (url, sink):
            told = httpx.post(f"{url}/WBXService/XMLService?pw=Canary-Url-1", content=asked)
            page = httpx.get(f"{url}/nowhere")
            unlike = httpx.post(f"{url}/WBXService/XMLService", content=PAYLOADS.render("GetSite", {}, {**signed, "password": CANARY}))
        assert page.status_code == httpx.get(f"{site.base_url}/nowhere").status_code
    ticket = told.text.partition("sessionTicket>")[2].partition("<")[0]
    assert ticket
    rows = [json.loads(one) for one in sink.getvalue().splitlines()]
    assert len(rows) == 2
    assert "030002" in unlike.text
    for secret in (signed["password"], ticket, "Canary-", "Canary-Url-1"):
        assert secret not in sink.getvalue()
    file = tmp_path / "traffic.ndjson"
    file.write_text(sink.getvalue(), encoding="utf-8")
    assert [one.status for one in read_traffic(file)] == [200, 200]


def as_form(document: bytes, **beside: str) -> bytes:
    """As two PHP code bases send it (sources.md, Endpoint and transport)."""
    return urlencode({**beside, "XML": document}).encode()


def test_of_a_form_the_document_is_kept_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with mocksite.start() as site:
        signed = signed_in(site.profile())
        beside = {"UID": signed["webExID"], "PWD": "Canary-Form-1", "SID": "1", "PID": "x"}
        form = as_form(PAYLOADS.render("GetSite", {}, signed), **beside)
        with tapped(site.base_url) as (url, sink):
            for address in ("", "?AT=LI&WID=ada&PW=Canary-Url-1&MU=x", "?UID=ada&PWD=Canary-Url-2"):
                told = httpx.post(f"{url}/WBXService/XMLService{address}", content=form)
        assert b"SUCCESS" in told.content
    for secret in (signed["password"], "Canary-"):
        assert secret not in sink.getvalue()
    assert [json.loads(one)["url"].partition("?")[2] for one in sink.getvalue().splitlines()] == [
        "", "AT=LI&WID=ada&PW=******&MU=x", "UID=ada&PWD=******",
    ]  # fmt: skip
    told_whole = har([TrafficExchange(form, told.content)], packed=False)

    def in_params(value: str) -> str:
        document = json.loads(told_whole)
        params = [{"name": "UID", "value": "ada"}, {"name": "SID"}, {"name": "XML", "value": value}]
        document["log"]["entries"][0]["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": params}
        return json.dumps(document)

    sent = form.decode().rpartition("XML=")[2]
    kept = {
        "encoded.har": in_params(sent),
        "meant.har": in_params(unquote_plus(sent)),
        "traffic.ndjson": sink.getvalue(),
        "lines.ndjson": json.dumps(line(TrafficExchange(form, told.content))),
        "day.har": told_whole,
    }
    for name, text in kept.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        met = [asked_for(one.request) for one in read_traffic(tmp_path / name)]
        assert {one.operation if one else "" for one in met} == {"GetSite"}
        assert main(["judge", str(tmp_path / name), "--release", "41.12.0"]) == 0, capsys.readouterr().out


def test_a_tap_speaks_to_its_site_alone() -> None:
    with mocksite.start() as site, tapped(site.base_url) as (url, _):
        host, port = url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port))
        for path in ("@127.0.0.1:9/", "http://127.0.0.1:9/", "*"):
            connection.request("GET", path)
            assert connection.getresponse().status == 400
        connection.close()


def test_a_tap_whose_site_is_gone_says_so() -> None:
    with tapped("http://127.0.0.1:9") as (url, sink):
        told = httpx.post(url, content=b"<a/>")
        chunked = httpx.post(url, content=iter([b"<a/>"]))
    assert (told.status_code, chunked.status_code) == (502, 411)
    assert sink.getvalue() == ""
