"""Standard output that is full, closed, read no further or of another encoding; a disk that fills up; no folder to stand in."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mocksite
from conformance.cli import main
from conformance.history.archive import Archive
from conformance.run.commands.evidence import seal
from conformance.run.commands.evidence.tap import TrafficLog
from conformance.run.terminal import StandardOutput, replace_closed_streams, unusable
from conformance.sites.user_files import write_whole
from conformance.wire.recording import WritingTape
from tests.conftest import ROOT
from tests.history import simulation
from tests.inputs.kinds import CANARY
from tests.inputs.summary import SUMMARY
from tests.traffic.test_traffic import exchange

pytestmark = pytest.mark.usefixtures("_here")

WORDS = "Straße, пример, 会議, \U0001f600, \x7f, \x9b"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a history, reports of a run whose words are no ASCII, and a shard that is none."""
    folder = tmp_path_factory.mktemp("made")
    night = next(simulation.nights(simulation.Site("staging", 1, [simulation.Planted("regression", 5, 0)])))
    Archive(folder / "history").keep(night)
    scenario = {**SUMMARY["scenarios"][0], "cause": WORDS, "violations": [{**SUMMARY["scenarios"][0]["violations"][0], "actual": WORDS}]}
    told = {**SUMMARY, "scenarios": [scenario]}
    (folder / "summary.json").write_text(json.dumps(told), encoding="utf-8")
    # Of another moment: one run is not named on both sides of an upgrade.
    good = {**SUMMARY, "finished": "2026-11-27T17:46:04+00:00", "scenarios": [{**scenario, "outcome": "passed", "violations": []}], "clauses": [{"id": "R41.7.0-01", "outcome": "passed"}]}
    (folder / "good.json").write_text(json.dumps(good), encoding="utf-8")
    return folder


#: Commands that say something on standard output, by what they are.
TELL: dict[str, list[str]] = {
    "steps": ["steps"],
    "steps --json": ["steps", "--json", "site"],
    "compare": ["compare", "{made}/good.json", "{made}/summary.json"],
    "compare --json": ["compare", "{made}/good.json", "{made}/summary.json", "--json"],
    "compare --markdown": ["compare", "{made}/good.json", "{made}/summary.json", "--markdown"],
    "upgrade": ["upgrade", "--before", "{made}/good.json", "--after", "{made}/summary.json"],
    "upgrade --json": ["upgrade", "--before", "{made}/good.json", "--after", "{made}/summary.json", "--json"],
    "history": ["history", "--history", "{made}/history", "--all"],
    "history --json": ["history", "--history", "{made}/history", "--json"],
    "history --html": ["history", "--history", "{made}/history", "--html", "page.html"],
    "history-export": ["history-export", "--history", "{made}/history", "x.csv"],
    "coverage": ["coverage", "{made}/summary.json"],
    "docs": ["docs", "{made}/summary.json", "--output", "page.html"],
    "docs --json": ["docs", "{made}/summary.json", "--json"],
    "judge --clauses": ["judge", "--clauses"],
    "plan --shards": ["plan", "--shards", "3"],
    "plan --shards --json": ["plan", "--shards", "3", "--json"],
    "--help": ["--help"],
    "--version": ["--version"],
    "run --help": ["run", "--help"],
}  # fmt: skip
#: They start a mock, which takes a second.
ASK = {"plan": ["plan"], "plan --json": ["plan", "--json"], "check": ["check"], "sweep": ["sweep"]}


def command(words: list[str], made: Path) -> int:
    root = [] if words[0].startswith("--") else ["--root", str(ROOT)]
    try:
        return main([*words[:1], *root, *(word.format(made=made) for word in words[1:])])
    except SystemExit as stop:
        return int(stop.code or 0)


def _texts(value: Any) -> str:
    """Every text in values of JSON, as it is."""
    if isinstance(value, dict):
        return "".join(map(_texts, value.values()))
    return "".join(map(_texts, value)) if isinstance(value, list) else str(value)


class Failing(io.TextIOWrapper):
    """A disk that takes nothing, or says so when it is asked to write what it took."""

    def __init__(self, number: int, *, late: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self.number, self.late = number, late

    def write(self, text: str) -> int:
        if not self.late:
            raise OSError(self.number, os.strerror(self.number))
        return len(text)

    def flush(self) -> None:
        raise OSError(self.number, os.strerror(self.number))


FAILS = {"full": (errno.ENOSPC, False), "full in the end": (errno.ENOSPC, True), "broken": (errno.EIO, False)}


@pytest.mark.rotating(12)
@pytest.mark.parametrize("fails", FAILS)
@pytest.mark.parametrize("name", [*TELL, *ASK])
def test_output_that_cannot_be_written_is_one_message(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, fails: str
) -> None:
    number, late = FAILS[fails]
    monkeypatch.setattr(sys, "stdout", Failing(number, late=late))
    assert command({**TELL, **ASK}[name], made) == 4
    words = capsys.readouterr().err
    assert words.startswith(f"error[output]: {os.strerror(number)}: standard output\n")
    assert words.count("error[") == 1
    assert "Traceback" not in words


@pytest.mark.parametrize("late", [False, True])
def test_who_has_read_enough_is_told_nothing(made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], late: bool) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(errno.EPIPE, late=late))
    assert command(TELL["steps"], made) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("late", [False, True])
def test_what_was_found_is_still_the_exit_code_when_the_reader_left(made: Path, monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    """``| head`` changes no verdict, be it of two runs, of an envelope, of traffic or of a profile."""
    envelope = made / f"envelope-{late}"
    envelope.mkdir()
    (envelope / seal.MANIFEST).write_text(f"{'0' * 64}  finding.md\n", encoding="utf-8")
    traffic = made / f"traffic-{late}.ndjson"
    accused = exchange(fault="R41.7.0-02/separateNoRecordingEdit-not-sent")
    traffic.write_text(json.dumps({"request": accused.request.decode(), "reply": accused.reply.decode()}), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", Failing(errno.EPIPE, late=late))
    assert command(TELL["compare"], made) == 3
    assert command(["verify", str(envelope)], made) == 3
    assert command(["judge", str(traffic), "--release", "41.12.0"], made) == 1
    with mocksite.start() as site:
        profile = made / f"sites-{late}.toml"
        profile.write_text(site.profile("here").replace("webex-telephony = true", "webex-telephony = false"), encoding="utf-8")
        assert command(["check", "--site", "here", "--sites", str(profile), "--reports", str(made / "reports")], made) == 1


def test_a_mistake_is_told_though_the_output_is_full(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", Failing(errno.ENOSPC, late=False))
    assert main(["compare", "none", "none", "--root", str(ROOT)]) == 4
    assert capsys.readouterr().err.startswith("error[summary-missing]")


def test_errors_nobody_can_be_told_are_an_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Failing(errno.ENOSPC, late=False))
    assert main(["compare", "none", "none", "--root", str(ROOT)]) == 4


#: Whoever reads 8-bit text, or nothing but ASCII.
ENCODINGS = ["ascii", "latin-1", "cp1252", "utf-8"]


@pytest.mark.rotating(16)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", TELL)
def test_output_of_another_encoding(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, encoding: str
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, errors="strict"))
    assert command(TELL[name], made) in (0, 1, 3, 6)
    assert "Traceback" not in capsys.readouterr().err
    said = raw.getvalue().decode(encoding)
    assert said.strip()
    if name == "compare":
        assert ("会議" if encoding == "utf-8" else "\\u4f1a") in said
    if name.endswith("--json"):
        json.loads(said)
    if name == "compare --json":
        assert WORDS in _texts(json.loads(said)), "other programs get what the site said"


# -- a run -------------------------------------------------------------------------


def run(folder: Path, *words: str, redirected: str = "") -> tuple[int, str]:
    """Exit code and standard error of a whole run by the shell, with two scenarios on the mock."""
    line = f'exec "$0" -m "$@" {redirected}'
    arguments = ["-q", "-k", "recording and changes", "--reports", str(folder / "reports"), *words[1:]]
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable, *words[0].split(), str(ROOT / "features/41.7.0"), *arguments],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


#: How the output is lost, the exit code, and what is said.
LOST = {"full": (">/dev/full", 4, "error[output]: No space left on device: standard output\n  hint   make room where the output goes\n"),
        "closed": (">&-", 0, ""), "all closed": ("<&- >&- 2>&-", 0, "")}  # fmt: skip


@pytest.mark.rotating(6)
@pytest.mark.parametrize("way", ["conformance.cli run", "pytest"])
@pytest.mark.parametrize("name", LOST)
def test_a_run_whose_output_is_lost_leaves_its_reports(tmp_path: Path, way: str, name: str) -> None:
    redirected, code, words = LOST[name]
    assert run(tmp_path, way, redirected=redirected) == (code, words)
    assert json.loads((tmp_path / "reports/summary.json").read_text(encoding="utf-8"))["totals"]["passed"]


@pytest.mark.rotating(6)
def test_a_file_of_pytest_on_a_full_disk_costs_no_report(tmp_path: Path) -> None:
    assert run(tmp_path, "pytest", "--junitxml", "/dev/full", redirected=f">{tmp_path / 'said'}") == (1, "")
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert "PROBLEM  a file of another plugin could not be written: [Errno 28] No space left on device" in said
    assert json.loads((tmp_path / "reports/summary.json").read_text(encoding="utf-8"))["totals"]["passed"]


def test_a_run_goes_on_when_nobody_reads_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = open(writer, "w", encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    with stream, StandardOutput() as outer, StandardOutput(lasting=True) as output:
        print("one")
        print("two", flush=True)
        assert sys.stdout.encoding == "utf-8"
        sys.stdout.writelines(["three"])
    assert isinstance(output.problem, BrokenPipeError)
    assert outer.problem is None
    assert (output.told(), outer.told()) == (0, 0)


def test_closed_streams_lead_nowhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    replace_closed_streams()
    with sys.stdin, sys.stdout, sys.stderr:
        print("nobody hears it")
        assert sys.stdin.read() == ""


# -- a disk that fills up ----------------------------------------------------------


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python does not say of which file, as it does not when a disk is full."""

    def write_text(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", write_text)
        yield


#: A command that writes, and what it says.
WRITE: dict[str, tuple[list[str], str]] = {
    "init": (["init", "--url", "https://127.0.0.1:9", "--user", "a", "--password", "${{BAD_INPUT_PASSWORD}}", "--site", "x",
              "--site-name", "x", "--yes", "--sites", "new.toml"], "error[sites-unwritable]: cannot write new.toml: No space"),
    "compare --html": (["compare", "{made}/good.json", "{made}/summary.json", "--html", "x.html"], "error[page-unwritable]"),
    "docs": (["docs", "{made}/summary.json", "--output", "x.html"], "error[page-unwritable]"),
    "notify": (["notify", "--history", "{made}/history"], "error[file]: it cannot be read or written: No space"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITE)
def test_a_full_disk_is_one_message(made: Path, full: None, capsys: pytest.CaptureFixture[str], name: str) -> None:
    words, said = WRITE[name]
    assert command(words, made) == 4
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert told.count("error[") == 1
    assert "  where  " in told
    assert not list(Path.cwd().glob(".*")), "no draft is left"


def test_a_file_that_nobody_names_is_one_message() -> None:
    said = str(unusable(OSError(errno.EIO, os.strerror(errno.EIO))))
    assert said.startswith("error[file]: it cannot be read or written: Input/output error\n  where  a file of this command\n")
    assert unusable(ConnectionError(errno.ECONNRESET, "no fault of a disk")) is None


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    write_whole(file, "before")

    def half(self: Path, text: str, **_: object) -> int:
        self.write_bytes(text[:2].encode())
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(OSError, match=r"x\.json") as caught:
        write_whole(file, "after")
    assert caught.value.filename == str(file)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["x.json"]
    assert file.read_text(encoding="utf-8") == "before"


def test_a_recording_says_which_file_found_no_room() -> None:
    tape = WritingTape(Path("/dev/full"))
    with pytest.raises(OSError, match="/dev/full") as caught:
        tape.close()
    assert str(unusable(caught.value)).startswith("error[file]: it cannot be read or written: No space left on device\n  where  /dev/full\n")


def test_a_tap_on_a_full_disk_serves_on(capsys: pytest.CaptureFixture[str]) -> None:
    kind = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="java:com.webex.service.binding.site.GetSite"'
    request = f"<message><body><bodyContent {kind}/></body></message>".encode()
    sink = open("/dev/full", "w", encoding="utf-8")
    log = TrafficLog(sink)
    for _ in range(2):
        log.keep("/", request, request, 200, 0.0, 0.0)
    assert capsys.readouterr().err == "not kept for now: No space left on device\n"
    assert log.kept == 0
    with pytest.raises(OSError, match="No space"):
        sink.close()


# -- what is read ------------------------------------------------------------------


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


#: What in a history is replaced by a pipe.
PIPES: dict[str, Callable[[Path], list[Path]]] = {
    "a night": lambda folder: list(folder.glob("nights/*/*.gz")),
    "a part": lambda folder: list(folder.glob("parts/*.gz")),
}


@pytest.mark.parametrize("name", PIPES)
@pytest.mark.parametrize("words", [["history", "--all"], ["notify"], ["history-export", "x.csv"]], ids=lambda words: words[0])
def test_a_pipe_in_a_history_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, words: list[str]) -> None:
    folder = tmp_path / "history"
    for site in ("a", "b"):
        Archive(folder).keep(next(simulation.nights(simulation.Site(site, 1))))
    _pipe(PIPES[name](folder)[0])
    assert main([words[0], "--history", str(folder), "--root", str(ROOT), *words[1:]]) == 0
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    if words[0] == "history":
        assert "was cut or is no night: [Errno 22] it is a pipe or a device" in told.out


def test_a_pipe_in_the_place_of_what_was_told(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(made / "history", tmp_path / "history")
    os.mkfifo(tmp_path / "history/.told-staging.json")
    assert main(["notify", "--history", str(tmp_path / "history"), "--root", str(ROOT)]) == 4
    assert capsys.readouterr().err.startswith("error[file]: it cannot be read or written: a folder, a pipe or a device is there\n")


#: Commands that read a file, ``{pipe}``, or one of a folder, ``{folder}``, that is a pipe, and what they say.
READ_PIPES = {
    "judge": (["judge", "--release", "41.12.0", "{pipe}"], "error[traffic-form]"),
    "compare --client": (["compare", "{made}/good.json", "{made}/good.json", "--client", "{pipe}"], "error[client]"),
    "envelope --sign": (["envelope", "{made}/summary.json", "--sign", "{pipe}"], "error[file]"),
    "verify --key": (["verify", "{folder}", "--key", "{pipe}"], "error[file]"),
    "tap --output": (["tap", "--to", "http://127.0.0.1:9", "--listen", "127.0.0.1:0", "--output", "{pipe}"], "error[file]"),
    "tap --ca-file": (["tap", "--to", "http://127.0.0.1:9", "--listen", "127.0.0.1:0", "--output", "x", "--ca-file", "{pipe}"], "error[tap-listen]"),
    "rejudge": (["rejudge", "{pipe}", "features/41.7.0"], "ERROR: error[recording-form]"),
    "rejudge of a folder": (["rejudge", "{folder}", "features/41.7.0"], "ERROR: error[recording-form]"),
    "--resume": (["run", "--reports", "{folder}", "--resume", "features/41.7.0"], "ERROR: error[nothing-to-resume]"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ_PIPES)
def test_a_pipe_is_not_waited_for(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    words, said = READ_PIPES[name]
    (tmp_path / "folder").mkdir()
    for one in ("pipe", "folder/recording.jsonl.gz", "folder/journal.jsonl"):
        os.mkfifo(tmp_path / one)
    places = {"made": made, "pipe": tmp_path / "pipe", "folder": tmp_path / "folder"}
    assert main([words[0], "--root", str(ROOT), *(word.format(**places) for word in words[1:])]) == 4
    assert capsys.readouterr().err.startswith(said)


DAYS = ["2026-13-45", "2026-02-29", "0000-01-01", "20261128", "2026-W01-1", "٢٠٢٦-11-28", "2026-11-28 ", "2026-11-28T10:00"]


@pytest.mark.parametrize("day", DAYS)
def test_days_that_are_none(made: Path, capsys: pytest.CaptureFixture[str], day: str) -> None:
    assert main(["history", "--history", str(made / "history"), "--since", day, "--root", str(ROOT)]) == 4
    assert capsys.readouterr().err.startswith("error[day]: --since")


@pytest.mark.parametrize("days", ["2026-13-45", "2026-11-01..2026-11-31"])
def test_sides_of_days_that_are_none(made: Path, capsys: pytest.CaptureFixture[str], days: str) -> None:
    sides = ["--before", days, "--after", "2026-11-28", "--site", "staging"]
    assert main(["upgrade", *sides, "--history", str(made / "history"), "--root", str(ROOT)]) == 4
    assert capsys.readouterr().err.startswith("error[day]: ")


# -- where one stands --------------------------------------------------------------


@pytest.mark.parametrize("root", [[], ["--root", str(ROOT)], ["--root", "."]], ids=len)
@pytest.mark.parametrize("words", [["steps"], ["run", "features"], ["plan"], ["history"]], ids=lambda words: words[0])
def test_a_folder_that_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], root: list[str], words: list[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main([words[0], *root, *words[1:]]) == 4
    assert capsys.readouterr().err.startswith("error[folder-gone]: the current folder cannot be read: No such file")


#: Every command that takes ``--root``, with what it needs besides.
ROOTED = {
    "run": [], "init": [], "check": [], "plan": [], "sweep": [], "merge": ["x", "--into", "y"], "compare": ["x", "y"],
    "upgrade": ["--before", "x", "--after", "y"], "rejudge": ["x"], "judge": ["x"], "tap": ["--to", "http://127.0.0.1:9"],
    "envelope": ["x"], "verify": ["x"], "replay": ["x", "--site", "y"], "docs": [], "coverage": [], "report": [], "history": [],
    "notify": [], "history-export": ["x.csv"], "steps": [], "index": [], "new-release": ["42.13.0"],
}  # fmt: skip


@pytest.mark.parametrize("name", ROOTED)
def test_a_root_says_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main([name, "--root", str(tmp_path), *ROOTED[name]]) == 4
    said = capsys.readouterr().err
    assert said.startswith("error[features-missing]: --root names a folder without features and payloads and schemas and steps\n")
    (tmp_path / "features").mkdir()
    (tmp_path / "payloads").mkdir()
    assert main([name, "--root", str(tmp_path), *ROOTED[name]]) == 4
    assert capsys.readouterr().err.startswith("error[root-missing]: --root names a folder without schemas and steps\n")


@pytest.mark.parametrize("name", ["run", "rejudge"])
def test_a_run_needs_settings_too(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    for part in ("features", "payloads", "schemas", "steps"):
        (tmp_path / part).symlink_to(ROOT / part)
    assert main([name, "--root", str(tmp_path), *ROOTED[name]]) == 4
    assert capsys.readouterr().err.startswith("error[root-missing]: --root names a folder without pyproject.toml\n")


@pytest.mark.rotating(10)
def test_a_site_that_cannot_be_reached_is_named_by_its_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init = ["init", "--root", str(ROOT), "--url", "https://127.0.0.1:9", "--user", "a", "--password", "${BAD_INPUT_PASSWORD}", "--yes"]
    assert main([*init, "--site-name", "x", "--sites", str(tmp_path / "new.toml")]) == 4
    said = capsys.readouterr().err
    assert said.startswith("error[unreachable]")
    assert "  where  --url https://127.0.0.1:9/WBXService/XMLService\n" in said
    assert ".sites-" not in said


@pytest.mark.parametrize("words", [["-n", "100000"], ["-n", "65"], ["-n", "-1"], ["-d", "--tx", "100000*popen"], ["-d", "--tx", "60*popen", "--tx", "5*popen"]], ids=" ".join)
def test_more_workers_than_a_computer_has_room_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert main(["run", "--root", str(ROOT), "--reports", str(tmp_path / "reports"), "features/41.7.0", *words]) == 4
    assert re.search(r"error\[workers\]: -n (100000|65|-1) is not from 0 to 64", capsys.readouterr().err)
