"""The folder of nights: written once, put together by copying, and honest about what is damaged."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.history.archive import Archive, Damaged, at
from conformance.history.index import INDEX, Index
from conformance.history.night import NightRecord, digest
from conformance.history.view import SiteHistory, sites
from conformance.sites.errors import UserError
from tests.conftest import ROOT
from tests.history import simulation


@pytest.fixture(scope="module")
def some() -> list[NightRecord]:
    """The first nights of a made-up site."""
    nights = simulation.nights(simulation.sites(1)[0])
    return [next(nights) for _ in range(4)]


@pytest.fixture
def archive(tmp_path: Path, some: list[NightRecord]) -> Archive:
    """A folder that keeps them."""
    archive = Archive(tmp_path / "history")
    for night in some:
        archive.keep(night)
    return archive


@pytest.fixture
def opened(archive: Archive) -> Iterator[Index]:
    """Their tables."""
    index = Index(archive)
    yield index
    index.close()


def count(archive: Archive) -> int:
    index = Index(archive)
    try:
        return sum(len(SiteHistory(index, site).nights) for site in sites(index))
    finally:
        index.close()


def told(archive: Archive) -> list[str]:
    index = Index(archive)
    try:
        return index.damaged
    finally:
        index.close()


def test_a_night_is_read_as_it_was_kept(archive: Archive, some: list[NightRecord]) -> None:
    assert [archive.read(file) for file in archive.files()] == some


def test_what_nights_share_is_kept_once(archive: Archive) -> None:
    assert len(list(archive.folder.glob("parts/*"))) == 2
    assert max(file.stat().st_size for file in archive.files()) < 2000


def test_a_night_kept_twice_is_kept_once(archive: Archive, some: list[NightRecord]) -> None:
    before = {file: file.read_bytes() for file in archive.folder.rglob("*.gz")}
    archive.keep(some[0])
    assert {file: file.read_bytes() for file in archive.folder.rglob("*.gz")} == before


def test_machines_are_put_together_by_copying(tmp_path: Path, some: list[NightRecord]) -> None:
    """Because nothing but files travels: in any order, and again."""
    for number, night in enumerate(some):
        Archive(tmp_path / f"machine-{number % 2}").keep(replace(night, site=f"site-{number % 2}"))
    whole = Archive(tmp_path / "whole")
    for machine in ("machine-1", "machine-0", "machine-1"):
        shutil.copytree(tmp_path / machine, whole.folder, dirs_exist_ok=True)
    assert count(whole) == 4
    assert not told(whole)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-20]), "was cut"),
        (lambda file: file.write_bytes(b"not a night"), "was cut or is no night"),
        (lambda file: file.write_bytes(b""), "was cut"),
        (lambda file: file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()).replace(b"PP", b"PF"))), "was changed"),
    ],
)
def test_a_damaged_night_is_told_and_costs_no_other(archive: Archive, harm: object, words: str) -> None:
    assert count(archive) == 4
    (archive.folder / INDEX).unlink()
    harm(next(archive.files()))  # type: ignore[operator]
    assert count(archive) == 3
    assert len(told(archive)) == 1
    assert words in told(archive)[0]


def test_a_missing_part_is_told_with_what_to_do(archive: Archive) -> None:
    for part in archive.folder.glob("parts/*"):
        part.unlink()
    assert count(Archive(archive.folder)) in (0, 4)
    (archive.folder / INDEX).unlink()
    fresh = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "history", "--history", str(archive.folder)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert "copy it from where the night was kept" in fresh.stdout
    assert fresh.returncode == 0


def test_a_foreign_file_is_told_and_not_read(archive: Archive) -> None:
    next(archive.files()).with_name("notes.txt").write_text("hello", encoding="utf-8")
    assert told(archive) == [f"{next(archive.files()).with_name('notes.txt')} was written by no run"]
    assert count(archive) == 4


def test_a_night_of_another_format_is_told(archive: Archive, monkeypatch: pytest.MonkeyPatch, some: list[NightRecord]) -> None:
    monkeypatch.setattr("conformance.history.night.FORMAT", 2)
    file = archive.keep(replace(some[0], started="20270101T020000Z"))
    monkeypatch.undo()
    with pytest.raises(Damaged, match="it has format 2, this suite reads format 1"):
        archive.read(file)


def test_runs_that_end_at_once_each_keep_their_night(tmp_path: Path, some: list[NightRecord]) -> None:
    archive = Archive(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(archive.keep, [replace(some[0], requests=number) for number in range(24)]))
    assert count(archive) == 24
    assert not list(tmp_path.glob(".draft-*"))


_KILLED = """
import os, signal, sys
from pathlib import Path
from conformance.history import archive as kept
from tests.history import simulation
written = []
real = os.fsync
def fsync(number):
    written.append(number)
    if len(written) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(number)
kept.os.fsync = fsync
kept.Archive(Path(sys.argv[1])).keep(next(simulation.nights(simulation.sites(1)[0])))
"""


#: A limit of the size of files is a disk that is full after so many bytes; the real night has some thousand.
_FULL = """
import resource, signal, sys
from pathlib import Path
from dataclasses import replace
from conformance.history.archive import Archive
from tests.history import simulation
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
night = replace(next(simulation.nights(simulation.sites(2)[0])), words={nth: "x" * nth for nth in range(300)})
resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
try:
    Archive(Path(sys.argv[1])).keep(night)
except OSError as problem:
    print(problem.strerror)
"""

_AT_ONCE = """
import sys
from itertools import islice
from pathlib import Path
from conformance.history.archive import Archive
from tests.history import simulation
site = simulation.sites(1)[int(sys.argv[2])]
nights = list(islice(simulation.nights(site), 20))
print("ready", flush=True)
sys.stdin.readline()
for night in nights:
    Archive(Path(sys.argv[1])).keep(night)
"""


@pytest.mark.parametrize("write", [1, 2, 3])
def test_a_kill_while_a_night_is_written_costs_that_night_only(tmp_path: Path, some: list[NightRecord], write: int) -> None:
    archive = Archive(tmp_path)
    archive.keep(replace(some[1], scenarios=some[1].scenarios[:10], outcomes=some[1].outcomes[:10], words={}, shapes={}))
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), str(write)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert count(archive) == 1
    assert not told(archive)
    archive.keep(some[0])
    assert count(archive) == 2


def test_what_a_killed_run_left_half_written_goes_after_a_day(archive: Archive, some: list[NightRecord]) -> None:
    old, young = archive.folder / ".draft-1-a", archive.folder / ".draft-2-b"
    for draft in (old, young):
        draft.write_bytes(b"half")
    os.utime(old, (0, 0))
    archive.keep(replace(some[0], requests=1))
    assert (old.exists(), young.exists()) == (False, True)


def test_a_full_disk_costs_the_night_and_leaves_nothing_half_written(archive: Archive, some: list[NightRecord]) -> None:
    before = {file: file.read_bytes() for file in archive.folder.rglob("*.gz")}
    full = subprocess.run(
        [sys.executable, "-c", _FULL, str(archive.folder)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (full.returncode, full.stdout.strip()) == (0, "File too large"), full.stderr
    assert {file: file.read_bytes() for file in archive.folder.rglob("*.gz")} == before
    assert not list(archive.folder.glob(".draft-*"))
    assert count(archive) == 4


def test_two_runs_that_end_at_once_keep_both_nights_and_share_their_parts(tmp_path: Path) -> None:
    """Processes, and not threads: what two runs share is the folder alone."""
    command = [sys.executable, "-c", _AT_ONCE, str(tmp_path)]
    both = [subprocess.Popen([*command, str(nth)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for nth in (0, 1)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == b"ready\n"
    for one in both:
        one.communicate(b"go\n")
    assert [one.returncode for one in both] == [0, 0]
    archive = Archive(tmp_path)
    assert count(archive) == 40
    assert not told(archive)
    assert len(list(tmp_path.glob("parts/*"))) == 2


def test_a_night_of_before_faults_and_owners_were_kept_is_read(archive: Archive, some: list[NightRecord]) -> None:
    file = next(archive.files())
    old = {key: value for key, value in json.loads(gzip.decompress(file.read_bytes())).items()
           if key not in ("faults", "attempts", "owners")}  # fmt: skip
    text = json.dumps(old).encode()
    file.unlink()
    older = file.with_name(f"{some[0].started}-{digest(text)}.json.gz")
    older.write_bytes(gzip.compress(text))
    assert archive.read(older) == some[0]


def test_the_tables_are_made_anew_when_they_are_no_tables(archive: Archive) -> None:
    (archive.folder / INDEX).write_bytes(b"this is no database, and long enough to be looked at" * 50)
    assert count(archive) == 4


def test_nights_that_are_gone_are_forgotten(archive: Archive) -> None:
    assert count(archive) == 4
    next(archive.files()).unlink()
    assert count(archive) == 3


def test_a_folder_without_nights_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no history of runs here") as problem:
        at(tmp_path)
    assert "--history" in problem.value.hint


def test_a_scenario_is_known_under_a_new_title_in_a_new_file_by_a_new_suite(tmp_path: Path, some: list[NightRecord]) -> None:
    archive = Archive(tmp_path)
    first = some[0]
    renamed = replace(first.scenarios[3], title="Quite another title", nodeid="features/x.feature::Quite another title")
    moved = replace(first.scenarios[4], nodeid="features/moved.feature::scenario 4", steps="changed")
    scenarios = (*first.scenarios[:3], renamed, moved, *first.scenarios[5:])
    archive.keep(first)
    archive.keep(replace(first, started="20260101T020000Z", suite="0.2.0", scenarios=scenarios[::-1]))
    index = Index(archive)
    try:
        told = SiteHistory(index, first.site).scenarios
    finally:
        index.close()
    assert len(told) == len(first.scenarios)
    assert all("-" not in one.letters for one in told)


def test_two_equal_scenarios_do_not_become_one(tmp_path: Path, some: list[NightRecord]) -> None:
    twin = replace(some[0].scenarios[0], title="The same steps again", nodeid="features/x.feature::again")
    archive = Archive(tmp_path)
    archive.keep(some[0])
    archive.keep(
        replace(some[1], scenarios=(*some[1].scenarios, twin), outcomes=some[1].outcomes + "F", words={})
    )
    index = Index(archive)
    try:
        told = [one.letters for one in SiteHistory(index, some[0].site).scenarios]
    finally:
        index.close()
    assert len(told) == len(some[0].scenarios) + 1
    assert "-F" in told
