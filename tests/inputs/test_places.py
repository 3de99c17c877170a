"""Every option that names a file or a folder, with every kind of place that cannot be what it names."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.judge.known_issues import load_known
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.reporting.summary import read_baseline
from conformance.run.options import demand_writable
from conformance.sites.credentials import resolve
from conformance.sites.profile_file import load_profile
from conformance.sites.release import Release
from tests.conftest import ROOT
from tests.inputs.kinds import CANARY, one_message, refusal
from tests.inputs.summary import SUMMARY

pytestmark = pytest.mark.usefixtures("_here")


def _loop(folder: Path) -> Path:
    (folder / "loop").symlink_to(folder / "loop")
    return folder / "loop"


def _file(folder: Path) -> Path:
    (folder / "file").write_text("words of somebody else\n", encoding="utf-8")
    return folder / "file"


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


def _device(folder: Path) -> Path:
    """Behind a link, within the folder of the test: whatever happens to the link, the device stays."""
    (folder / "device").symlink_to("/dev/full")
    return folder / "device"


def _empty(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


#: What is named, made in a folder of the test's own.
KINDS: dict[str, Callable[[Path], str | Path]] = {
    "nothing": lambda _: "",
    "what is not there": lambda folder: folder / "none",
    "below what is not there": lambda folder: folder / "none" / "none",
    "a file": _file,
    "below a file": lambda folder: _file(folder) / "x",
    "an empty folder": _empty,
    "a full device": _device,
    "a folder of the kernel's": lambda _: "/proc/nowhere",
    "a link to itself": _loop,
    "a pipe": _fifo,
    "a name that is too long": lambda folder: folder / ("x" * 300),
    "a path that is too long": lambda folder: f"{folder}/{'x/' * 3000}x",
    "half a character": lambda folder: f"{folder}/\udcff",
    "an address": lambda _: "https://example.com/x",
    "the root of everything": lambda _: "/",
}
#: Commands with an option that names a place, ``{}``, and the kinds it may take.
READ: dict[str, tuple[list[str], set[str]]] = {
    "check --sites": (["check", "--site", "staging", "--sites", "{}"], set()),
    "check --root": (["check", "--root", "{}"], set()),
    "plan --sites": (["plan", "--site", "staging", "--sites", "{}"], set()),
    "plan --root": (["plan", "--root", "{}"], set()),
    "sweep --sites": (["sweep", "--site", "staging", "--sites", "{}"], set()),
    "sweep --root": (["sweep", "--root", "{}"], set()),
    "index --root": (["index", "--root", "{}"], set()),
    "new-release --root": (["new-release", "42.12.0", "--root", "{}"], set()),
    "docs --root": (["docs", "--root", "{}"], set()),
    "docs": (["docs", "{}", "--output", "{tmp}/page.html"], set()),
    "compare before": (["compare", "{}", "{summary}"], set()),
    "compare after": (["compare", "{summary}", "{}"], set()),
    "compare --root": (["compare", "{summary}", "{summary}", "--root", "{}"], set()),
    "report --reports": (["report", "--reports", "{}"], set()),
    "history --history": (["history", "--history", "{}"], set()),
    "notify --history": (["notify", "--history", "{}"], set()),
    "history-export --history": (["history-export", "--history", "{}", "{tmp}/x.csv"], set()),
    "init --sites": (["init", "--url", "https://127.0.0.1:9", "--user", "a", "--password", "${{BAD_INPUT_PASSWORD}}",
                      "--site", "x", "--site-name", "x", "--yes", "--sites", "{}"], set()),
}  # fmt: skip
#: What can be made there. An address is a relative path like any other.
NEW = {"what is not there", "below what is not there", "half a character", "a file", "an address"}
WRITTEN: dict[str, tuple[list[str], set[str]]] = {
    "compare --html": (["compare", "{summary}", "{summary}", "--html", "{}"], NEW),
    "docs --output": (["docs", "{summary}", "--output", "{}"], NEW),
}


def ended(arguments: list[str]) -> int:
    """The exit code of a command."""
    try:
        return main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)


def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], kind: str) -> tuple[int, str]:
    """Exit code and what the command said on its standard error."""
    folder = tmp_path / "place"
    folder.mkdir()
    summary = tmp_path / "summary.json"
    summary.write_text(json.dumps(SUMMARY), encoding="utf-8")
    place = str(KINDS[kind](folder))
    arguments = [part.replace("{}", place, 1) if part == "{}" else part.format(tmp=tmp_path, summary=summary) for part in command]
    root = [] if "--root" in arguments else ["--root", str(ROOT)]
    code = ended([*arguments, *root])
    return code, capsys.readouterr().err


@pytest.mark.rotating(3)
@pytest.mark.parametrize(("option", "kind"), list(product(READ, KINDS)), ids=str)
def test_what_is_to_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, kind: str) -> None:
    command, right = READ[option]
    code, words = told(tmp_path, capsys, command, kind)
    assert "Traceback" not in words
    assert CANARY not in words
    if kind not in right:
        assert code == 4, ascii(words)
        assert words.count("error[") == 1, ascii(words)
        assert len(words) < 3000


@pytest.mark.rotating(4)
@pytest.mark.parametrize(("option", "kind"), list(product(WRITTEN, KINDS)), ids=str)
def test_what_is_to_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, kind: str) -> None:
    command, right = WRITTEN[option]
    code, words = told(tmp_path, capsys, command, kind)
    if kind in right:
        assert (code, words) == (0, "")
    else:
        assert code == 4, ascii(words)
        assert words.count("error[") == 1, ascii(words)


#: Whoever may write there may have reports there.
_ROOT = ["the root of everything"] if os.access("/", os.W_OK) else []
#: What options of a run and keys of a profile name, and by what they are read; with the kinds it may take.
OF_A_RUN: dict[str, tuple[Callable[[str], object], set[str]]] = {
    "--sites": (lambda place: load_profile("staging", Path(place)), set()),
    "--baseline": (lambda place: read_baseline(Path(place), "staging", {}, Release.parse("41.12.0")), set()),
    "--known-issues": (lambda place: load_known(Path(place), "staging", (), (), dt.date(2026, 11, 28)), set()),
    "--schemas": (lambda place: VendorSchemas(Path(place)), set()),
    "--reports": (lambda place: demand_writable(Path(place)), NEW - {"a file"} | {"nothing", "an empty folder", *_ROOT}),
    "--history": (
        lambda place: demand_writable(Path(place), "--history"),
        NEW - {"a file"} | {"nothing", "an empty folder", *_ROOT},
    ),
    "file:": (lambda place: resolve(f"file:{place}", where="sites.toml:4", folder=Path.cwd()), {"a file"}),
}


@pytest.mark.parametrize(("option", "kind"), list(product(OF_A_RUN, KINDS)), ids=str)
def test_what_a_run_reads_and_writes(tmp_path: Path, option: str, kind: str) -> None:
    read, right = OF_A_RUN[option]
    folder = tmp_path / "place"
    folder.mkdir()
    place = str(KINDS[kind](folder))
    problem = refusal(lambda: read(place))
    if kind in right:
        assert problem is None
    else:
        assert problem is not None, "a place that cannot be what it names was taken"
        one_message(problem)
