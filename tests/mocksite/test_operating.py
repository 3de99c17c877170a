"""Operating webex-mock: command line, signals, state file, log, rate limit, large sites."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

import mocksite
from mocksite.cli import main
from mocksite.errors import StateError
from tests.conftest import SAFETY
from tests.mocksite.conftest import calls

ROOT = Path(__file__).parents[2]


def spawn(*arguments: str) -> subprocess.Popen:
    """webex-mock in a process of its own."""
    code = "import sys; from mocksite.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def ready(process: subprocess.Popen) -> str:
    line = process.stdout.readline()
    assert line.startswith("webex-mock ready http"), line + process.stderr.read()
    return line.split()[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(number: int, tmp_path: Path) -> None:
    """And its start tells an account of each kind, which who wrote clients against it missed."""
    profile = tmp_path / "profile.toml"
    profile.touch(0o644)
    process = spawn("--port", "0", "--write-profile", str(profile), "--profile-name", "own", "--site-name", "one", "--site-name", "two")
    url = ready(process)
    assert url.endswith("/WBXService/XMLService")
    assert profile.stat().st_mode & 0o777 == 0o600, "it holds passwords"
    written = tomllib.loads(profile.read_text())["sites"]["own"]
    assert (written["url"], written["site_name"]) == (url, "one")
    control = written["control_url"]
    assert httpx.get(f"{control}/sites/two/state", trust_env=False, timeout=SAFETY).json()["site"]["name"] == "two"
    process.send_signal(number)
    # communicate() would not see what readline() has already taken from the pipe.
    out = process.stdout.read()
    _, err = process.communicate(timeout=SAFETY)
    assert (process.returncode, err) == (0, "")
    told = {line.split()[0]: line for line in out.splitlines()}
    assert list(told) == ["site", "administrator", "host", "profile", "look"]
    assert "siteName one, siteID " in told["site"]
    assert "partnerID mock" in told["site"]
    for line, role in (("administrator", "site-admin"), ("host", "host")):
        assert told[line].split()[1:] == [written["accounts"][role]["webex_id"], written["accounts"][role]["password"]]
    assert str(profile) in told["profile"]


def test_it_ends_with_whoever_started_it() -> None:
    command = [sys.executable, "-m", "mocksite", "--port", "0", "--until-stdin-closes"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    ready(process)
    assert process.poll() is None
    assert process.communicate(timeout=SAFETY) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "error[usage]: argument --port: '99999' is not a port (0 to 65535)\n  hint   webex-mock --help"),
        (["--bogus"], "error[usage]: unrecognized arguments: --bogus"),
        (["--release", "40.1.0"], "error[release]: there is no release '40.1.0'; published are 41.1.0, "),
        (["--host", "0.0.0.0"], "error[host]: 0.0.0.0 can be reached from other machines"),
        (["--host", "example.com"], "error[host]: 'example.com' is not an address of this machine"),
        (["--fault", "zz"], "error[fault]: there is no fault 'zz'"),
        (["--rate-limit", "fast"], "error[rate-limit]: 'fast' is not a rate; write it like 20/s or 100/m"),
        (["--smtp", "mail"], 'error[smtp]: mail-relay must be "HOST:PORT"'),
        (["--state", "/etc/passwd"], "error[state]: /etc/passwd cannot be used as a state file"),
        (["--state", "/nonexistent/state"], "error[state]: /nonexistent/state cannot be used as a state file"),
        (["--log", "/nonexistent/log"], "error[file]: No such file or directory: /nonexistent/log"),
        (["--cert", "/nonexistent/cert"], "error[tls]: the certificate cannot be used"),
        (["--key", "/nonexistent/key"], "error[tls]: --key needs --cert"),
        (["--site-name", "a/b"], "error[site-name]: 'a/b' cannot be the name of a site"),
        (["--site-name", "a", "--site-name", "A"], "error[site-name]: there is a site A already"),
        (["--write-profile", "/nonexistent/p"], "error[write-profile]: No such file or directory: /nonexistent/p"),
        (["--users", "many"], "error[usage]: argument --users: 'many' is not a whole number"),
        (["--users", "\u00b2"], "error[usage]: argument --users: '\u00b2' is not a whole number"),
        (["--port", "\u00b2"], "error[usage]: argument --port: '\u00b2' is not a port"),
        (["--port", "9" * 5000], "error[usage]: argument --port: '9"),
        (["--latency", "99999999999999999999"], "error[usage]: argument --latency: '99999999999999999999' is no latency: milliseconds, 0 to 600000"),
        (["--latency", "600001"], "error[usage]: argument --latency: '600001' is no latency"),
        (["--not-served", "GetSite=999"], "error[not-served]: not-served-answer must be one of failure, 404, 410, page\n  where  --not-served"),
        (["--not-served", "GetSite="], "error[not-served]: not-served-answer must be one of"),
        (["--not-served", "GetSite,Nope"], "error[not-served]: there is no operation 'Nope'\n  where  --not-served\n  hint   webex-mock operations"),
        (["--not-served", ","], "error[not-served]: it names no operation"),
        (["--write-profile", "x" * 300], "error[write-profile]: File name too long"),
        (["--write-profile", "/dev/null"], "error[write-profile]: it is there, and no file: /dev/null"),
        (["--write-profile", "/"], "error[write-profile]: it is there, and no file: /"),
        (["--write-profile", "/etc/passwd"], "error[write-profile]: what it holds is no profile, and would be lost: /etc/passwd"),
        *(
            (["--write-profile", "/nonexistent/p", "--profile-name", name], f"error[profile-name]: {name!r} cannot be the name of a site")
            for name in ("", "a b", "a.b", "a\n", "x" * 64)
        ),
        (["--host", "192.0.2.1", "--allow-remote"], "error[address]: cannot serve at 192.0.2.1 port 0: "),
    ],
)
def test_a_mistake_is_one_clear_message(arguments: list[str], said: str, capsys) -> None:
    port = [] if "--port" in arguments else ["--port", "0"]
    assert main([*port, *arguments]) == 4
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - refused
def test_a_mock_stays_at_home_unless_told_otherwise(host: str, capsys) -> None:
    assert main(["--port", "0", "--host", host]) == 4
    assert "--allow-remote" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this machine")
def test_a_full_disk_is_one_clear_message() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "mocksite", "operations"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (4, "error[output]: No space left on device: standard output")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_profile_of_other_sites_stays_and_one_of_its_own_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sites.toml"
    for held in ("[sites.prod]\nurl = 'x'\n[sites.mock]\nurl = 'y'\n", "[tool]\nx = 1\n", "sites = 3\n", "notes\n"):
        file.write_text(held, encoding="utf-8")
        file.chmod(0o644)
        assert main(["--port", "0", "--write-profile", str(file)]) == 4
        assert (file.read_text(encoding="utf-8"), file.stat().st_mode & 0o777) == (held, 0o644)
        told = capsys.readouterr().err
        assert told.startswith("error[write-profile]: ")
        assert ("profile of prod, which would be lost" in told) == ("prod" in held)
        assert "hint   name another file" in told
    file.write_text("[sites.mock]\nurl = 'of the mock before'\n", encoding="utf-8")
    process = spawn("--port", "0", "--write-profile", str(file))
    url = ready(process)
    process.terminate()
    process.communicate(timeout=SAFETY)
    assert tomllib.loads(file.read_text(encoding="utf-8"))["sites"]["mock"]["url"] == url


@pytest.mark.parametrize("option", ["--write-profile", "--log"])
def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main(["--port", "0", option, str(pipe)]) == 4
    told = capsys.readouterr().err
    assert told.startswith("error[")
    assert str(pipe) in told


def test_a_port_in_use(capsys) -> None:
    with mocksite.start() as running:
        port = running.url.split(":")[2].partition("/")[0]
        assert main(["--port", port]) == 4
    error = capsys.readouterr().err
    assert error.startswith(f"error[address]: cannot serve at 127.0.0.1 port {port}: Address already in use")
    assert "hint   --port 0 takes any free port" in error


def meeting(talk, name: str) -> str:
    return talk.done("CreateMeeting", f"<metaData><confName>{name}</confName></metaData>").text("meetingkey")


class TestStateFile:
    def test_it_outlives_the_mock(self, make, tmp_path: Path) -> None:
        file = tmp_path / "site.db"
        first = make(state=file)
        key = meeting(first, "Kept ☂")
        first.set("classic-events", "false")
        state = first.control("GET", "state").body
        first.core.close()
        second = make(state=file)
        assert second.control("GET", "state").body == state
        assert second.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("metaData/confName") == "Kept ☂"
        assert meeting(second, "Another") != key
        second.control("POST", "reset")
        assert second.call("GetMeeting", f"<meetingKey>{key}</meetingKey>").id == "060001"

    def test_an_older_release_can_become_a_newer_one(self, make, tmp_path: Path) -> None:
        file = tmp_path / "site.db"
        old = make("41.3.0", state=file)
        key = meeting(old, "Long-lived")
        old.core.close()
        new = make("41.12.0", state=file)
        assert new.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").ok
        assert new.user("rosa.room@example.com").text("freeAccount") == "false"

    def test_each_site_has_its_own(self, make, tmp_path: Path) -> None:
        talk = make(state=tmp_path / "site.db")
        talk.core.add_site("second")
        assert {path.name for path in tmp_path.iterdir()} >= {"site.db", "site.db-second"}

    def test_two_mocks_cannot_share_it(self, make, tmp_path: Path) -> None:
        make(state=tmp_path / "site.db")
        with pytest.raises(StateError, match="is in use by another webex-mock"):
            make(state=tmp_path / "site.db")

    def test_a_kill_loses_nothing_that_was_answered(self, tmp_path: Path) -> None:
        file, profile = tmp_path / "site.db", tmp_path / "profile.toml"
        process = spawn("--port", "0", "--state", str(file), "--write-profile", str(profile))
        url = ready(process)
        host = tomllib.loads(profile.read_text())["sites"]["mock"]["accounts"]["host"]
        body = (
            f"<message><header><securityContext><webExID>{host['webex_id']}</webExID><password>{host['password']}</password>"
            '</securityContext></header><body><bodyContent xsi:type="meeting.CreateMeeting"><metaData><confName>Survivor</confName>'
            "</metaData></bodyContent></body></message>"
        )
        assert "SUCCESS" in httpx.post(url, content=body.encode(), trust_env=False, timeout=SAFETY).text
        process.kill()
        process.communicate()
        core = mocksite.Core(options=mocksite.Options(state=file))
        answer = core.handle(mocksite.HttpRequest("GET", "/_control/state"))
        assert b"Survivor" in answer.body
        core.close()

    def test_another_format_is_refused(self, make, tmp_path: Path) -> None:
        import sqlite3

        file = tmp_path / "site.db"
        make(state=file).core.close()
        with sqlite3.connect(file) as database:
            database.execute("UPDATE origin SET value = '0' WHERE name = 'format'")
        database.close()
        with pytest.raises(StateError, match="written by another version"):
            make(state=file)


def test_the_rate_limit(make, clock) -> None:
    talk = make(rate_limit="3/s")
    assert [talk.call("GetSite").id for _ in range(5)] == ["", "", "", "000045", "000045"]
    assert talk.call("GetSite").head("reason") == "API Rate Limit Reach"
    assert talk.call("GetSite", role="site-admin").ok, "each caller counts alone"
    assert talk.call("GetAPIVersion").ok, "nobody is known by name there"
    clock.now += 1.01
    assert talk.call("GetSite").ok
    minute = make(rate_limit="2/m")
    assert [minute.call("GetSite").ok for _ in range(3)] == [True, True, False]
    clock.now += 61
    assert minute.call("GetSite").ok


def test_the_log_file(make, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    talk = make(log=file)
    talk.call("GetSite")
    talk.call("GetSite", password="Secret-Word-1")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["result"] for line in lines] == ["SUCCESS", "FAILURE"]
    assert "Secret-Word-1" not in file.read_text()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this machine")
def test_a_log_that_finds_no_room_is_told_once_and_clients_are_answered(make, capsys: pytest.CaptureFixture[str]) -> None:
    talk = make(log=Path("/dev/full"))
    assert talk.call("GetSite").ok
    assert talk.call("GetSite").ok
    assert capsys.readouterr().err == "webex-mock: the log is not written for now: No space left on device\n"


def test_what_a_log_had_room_for_in_part_leaves_the_next_lines_whole(make, tmp_path: Path) -> None:
    """A disk takes part of a line, then nothing, then there is room again."""
    file = tmp_path / "log.jsonl"
    talk = make(log=file)
    whole = talk.core.request_log._file
    room = iter([10, 0, None, None])

    class Disk:
        def write(self, line: bytes) -> int:
            left = next(room)
            if left == 0:
                raise OSError(28, "No space left on device")
            return whole.write(line[:left])

        close = staticmethod(whole.close)

    talk.core.request_log._file = Disk()
    for _ in range(4):
        assert talk.call("GetSite").ok
    cut, *lines = file.read_text(encoding="utf-8").splitlines()
    assert len(cut) == 10
    assert [json.loads(line)["number"] for line in lines] == [3, 4]


def test_a_fault_can_be_given_from_the_start(make, monkeypatch) -> None:
    from mocksite import faults
    from mocksite.faults.fault import Fault

    class Silent(Fault):
        def reply(self, call, tree):
            tree.children[0].children[0].children[0].text = "MAYBE"
            return tree

    monkeypatch.setattr(faults, "CATALOGUE", {"silent": Silent("silent", "neither success nor failure")})
    talk = make()
    monkeypatch.setattr("mocksite.server.control.CATALOGUE", faults.CATALOGUE)
    assert json.loads(talk.control("GET", "faults").body) == [{"id": "silent", "summary": "neither success nor failure"}]
    talk.control("PUT", "fault", '{"id": "silent"}')
    assert talk.call("GetSite").head("result") == "MAYBE"
    assert json.loads(talk.control("GET", "fault").body) == "silent"
    talk.control("PUT", "fault", "null")
    assert talk.call("GetSite").ok
    assert make(fault="silent").call("GetSite").head("result") == "MAYBE"


def test_a_fault_may_stand_before_the_store(site) -> None:
    from mocksite.faults.fault import Fault

    class Forgetful:
        def __init__(self, store) -> None:
            self._store = store

        def __getattr__(self, name):
            return getattr(self._store, name)

        def drop(self, *_):
            return 1

    class KeepsEverything(Fault):
        def store(self, store):
            return Forgetful(store)

    site.core.main.fault = KeepsEverything("keeps", "DelMeeting succeeds and does nothing")
    body = f"<meetingKey>{site.data['meeting-key']}</meetingKey>"
    assert site.call("DelMeeting", body).ok
    assert site.call("GetMeeting", body).ok


def reading(core: mocksite.Core, operation: str) -> int:
    """What a page of a list costs."""
    admin = tomllib.loads(core.profile())["sites"]["mock"]["accounts"]["site-admin"]
    body = (
        f"<message><header><securityContext><webExID>{admin['webex_id']}</webExID><password>{admin['password']}</password>"
        f'</securityContext></header><body><bodyContent xsi:type="x.{operation}"><listControl><startFrom>90</startFrom>'
        "<maximumNum>50</maximumNum></listControl></bodyContent></body></message>"
    ).encode()
    assert b"SUCCESS" in core.handle(mocksite.HttpRequest(body=body)).body
    return calls(lambda: core.handle(mocksite.HttpRequest(body=body)))


def test_a_large_site_starts_by_its_size_and_tells_a_page_whatever_its_size() -> None:
    """Calls counted, not seconds; benchmarks/mock_start.py measures those, on ten times the size."""
    cores: list[mocksite.Core] = []
    sizes = [mocksite.Options(users=users, recordings=users // 2, meetings=users // 5) for users in (1_000, 5_000)]
    small, large = (calls(lambda: cores.append(mocksite.Core(options=size))) for size in sizes)
    assert large < 5 * small
    for operation in ("LstsummaryUser", "LstRecording", "LstrecordaccessHistory", "LstsummarySession"):
        small, large = (reading(core, operation) for core in cores)
        assert large < 2 * small < 40_000, operation
    for core in cores:
        core.close()
