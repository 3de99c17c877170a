"""The tests' own arrangements: the part that has its turn, and the temporary folder that goes with its session."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.first_rows import VARIABLE as FIRST_ROWS
from tests.rotation import MODULES, ROUND, VARIABLE, Rotation, days_of, planned, split
from tests.scratch import PREFIX, open_folder, remove_stale


@pytest.mark.parametrize("turns", [1, 2, 5, 7])
@pytest.mark.parametrize("many", [1, 5, 23])
def test_in_as_many_days_everything_has_its_turn_once(turns: int, many: int) -> None:
    things = list(range(many))
    parts = [Rotation(739_948 + day).part("some group", things, turns) for day in range(turns)]
    assert sorted(sum(parts, [])) == things
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_without_rotation_everything_has_its_turn() -> None:
    assert Rotation(1, whole=True).part("some group", "abc", 5) == list("abc")


def test_groups_of_one_have_their_turn_on_different_days() -> None:
    busy = [sum(Rotation(day).turn(f"test_{number}", 0, 5) for number in range(200)) for day in range(5)]
    assert sum(busy) == 200
    assert min(busy) > 20


def test_modules_are_spread_evenly_over_the_round() -> None:
    days = days_of(tomllib.loads(MODULES.read_text(encoding="utf-8"))["seconds"])
    assert [module for module in days if not (ROOT / module).is_file()] == [], "gone: make test ARGS=--measure"
    seconds = {"long.py": 30, **{f"test_{number}.py": 2 + number % 5 for number in range(70)}}
    busy = Counter[int]()
    for module, day in days_of(seconds).items():
        busy[day] += seconds[module]
    assert len(busy) == ROUND
    assert max(busy.values()) - min(busy.values()) <= 6


def test_no_day_is_planned_to_take_more_than_a_hundred_seconds_of_two_processors() -> None:
    """Not all of both: a run waits for replies, and for whoever is slower at its end."""
    days = planned()
    assert len(days) == ROUND
    assert max(days) < 180, "tests have become dearer: share what is made, or let rows take turns (rotating)"
    assert max(days) < 1.1 * min(days)


def test_what_takes_turns_in_rounds_takes_another_part_in_each() -> None:
    parts = [Rotation(seed).of_rounds.part("a group", range(20), 10) for seed in range(4, 4 + 10 * ROUND, ROUND)]
    assert sorted(sum(parts, [])) == list(range(20))


@dataclass
class Item:
    """As much of a test as rotation looks at."""

    nodeid: str
    turns: int = 0

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return pytest.Mark(name, (self.turns,), {}, _ispytest=True) if self.turns else None


@pytest.mark.parametrize("turns", [1, 2, 7, 14])
def test_every_row_of_a_module_that_takes_turns_has_its_own(turns: int) -> None:
    items = [Item(f"tests/long.py::test[{row}]", turns) for row in range(20)]
    always = Item("tests/short.py::test")
    every: list[str] = []
    for day in range(739_948, 739_948 + ROUND * turns):
        taken, left = split([*items, always], Rotation(day), {"tests/long.py": 3})
        assert always in taken
        assert len(taken) + len(left) == 21
        every += [one.nodeid for one in taken if one is not always]
    assert sorted(every) == sorted(one.nodeid for one in items)
    taken, left = split([*items, always], Rotation(1, whole=True), {"tests/long.py": 3})
    assert (len(taken), left) == (21, [])


def test_what_modules_take_is_measured_and_written(small: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that goes on by half a second with each look: three reports a test."""
    (small / "test_long.py").write_text("def test_one(): ...\ndef test_two(): ...\n", encoding="utf-8")
    (small / "test_short.py").write_text("import pytest\n@pytest.mark.skip\ndef test_one(): ...\n", encoding="utf-8")
    clock = itertools.count(0, 0.5)
    monkeypatch.setattr("tests.rotation._used", lambda: next(clock))
    monkeypatch.setattr("tests.rotation.MODULES", small / "turns.toml")
    monkeypatch.setenv(FIRST_ROWS, "as it was before")
    (small / "turns.toml").write_text("[seconds]\n", encoding="utf-8")
    outcome = pytester.runpytest_inprocess(str(small), "--measure", f"--rootdir={small}", f"--confcutdir={small}")
    outcome.assert_outcomes(passed=23, skipped=1)
    assert tomllib.loads((small / "turns.toml").read_text(encoding="utf-8")) == {
        "others": 1,
        "seconds": {"test_long.py": 3, "test_small.py": 32},
    }


TESTS = """
import pytest

@pytest.mark.rotating(5)
@pytest.mark.parametrize("number", range(20))
def test_rotates(number): ...

def test_always(): ...
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project with the rotation and tests to rotate."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.rotation"]\n', encoding="utf-8")
    (tmp_path / "test_small.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n", encoding="utf-8")
    return tmp_path


def test_make_test_runs_the_part_of_its_seed_and_says_which(small: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, set[str]] = {}
    monkeypatch.setenv(FIRST_ROWS, "as it was before")
    for seed in ("100", "100", "101"):
        monkeypatch.setenv(VARIABLE, seed)
        outcome = pytester.runpytest_inprocess(str(small), "--rotate", "-v", f"--rootdir={small}", f"--confcutdir={small}")
        outcome.assert_outcomes(passed=5, deselected=16)
        assert f"the same again with {VARIABLE}={seed}; everything: make test-all" in outcome.stdout.str()
        ran = {line.split()[0] for line in outcome.outlines if " PASSED" in line}
        assert told.setdefault(seed, ran) == ran
    assert len(told["100"] & told["101"]) == 1, "the test that does not rotate"
    pytester.runpytest_inprocess(str(small), f"--rootdir={small}").assert_outcomes(passed=21)


def test_a_seed_that_is_no_number_is_one_line(small: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "monday")
    monkeypatch.setenv(FIRST_ROWS, "as it was before")
    outcome = pytester.runpytest_inprocess(str(small), "--rotate", f"--rootdir={small}")
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines([f"ERROR: {VARIABLE} must be a whole number, not 'monday'"])


def test_what_a_killed_session_left_goes_with_the_next(tmp_path: Path) -> None:
    code = f"""if True:
        import os, pathlib, signal
        from tests.scratch import open_folder
        folder, file = open_folder(pathlib.Path({str(tmp_path)!r}))
        (folder / "left").write_text("behind")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    (left,) = tmp_path.iterdir()
    mine, file = open_folder(tmp_path)
    assert remove_stale(tmp_path) == [left]
    assert list(tmp_path.iterdir()) == [mine], "who is alive keeps what is his"
    file.close()
    assert remove_stale(tmp_path) == [mine]


def test_this_session_keeps_its_things_together() -> None:
    assert Path(os.environ["TMPDIR"]).parent.name.startswith(PREFIX)
    assert Path(tempfile.gettempdir()) == Path(os.environ["TMPDIR"])
    assert Path(os.environ["XDG_STATE_HOME"]).parent == Path(os.environ["TMPDIR"]).parent
