"""What ``pip install`` gives works away from the checkout: the wheel is built once, installed and run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.shared import once
from tests.twisted import twisted

SUITE = "conformance/suite"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "wheel", build)


def build(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder)]
    made = subprocess.run([*pip, str(ROOT)], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it; what it depends on is borrowed from ours, the checkout is not."""
    return once(tmp_path_factory, "home", lambda folder: install(wheel, folder / "venv"))


def install(wheel: Path, home: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True)
    packages = next(home.glob("lib/python*/site-packages"))
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    # A path file inside a folder that is itself named by a path file is not read: the checkout stays out.
    (packages / "borrowed.pth").write_text(f"{ours}\n", encoding="utf-8")
    return home


@pytest.fixture
def command(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """``webex-conformance`` in a folder of its own, which holds a ``steps`` that is none of ours."""
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "__init__.py").write_text("raise SystemExit('not these')\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "PYTHON", "WEBEX"))}

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(installed / "bin" / "webex-conformance"), *arguments],
            cwd=tmp_path, capture_output=True, text=True, env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip

    return go


def files_of(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if "__pycache__" not in path.parts}


def test_the_wheel_holds_what_a_run_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    for folder in ("features", "payloads", "schemas", "steps"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        wanted = {f"{SUITE}/{file}" for file in files if "__pycache__" not in file}
        assert wanted
        assert not wanted - held
    assert {name.split("/")[0] for name in held if ".dist-info/" not in name} == {"conformance", "mocksite"}


def test_it_runs_against_its_own_mock_and_writes_only_here(command: Command, installed: Path, tmp_path: Path) -> None:
    before = files_of(installed)
    done = command("run", "features/41.7.0", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads((tmp_path / "reports" / "summary.json").read_text(encoding="utf-8"))
    assert {row["nodeid"].partition("::")[0] for row in summary["scenarios"]} == {
        f"features/41.7.0/{file.name}" for file in (ROOT / "features" / "41.7.0").glob("*.feature")
    }
    assert "reports/summary.json" in done.stdout
    assert files_of(installed) == before


def test_every_feature_is_run_when_none_is_named_on_a_site_of_this_folder(command: Command, tmp_path: Path) -> None:
    with twisted(tmp_path) as site:
        site.sites.rename(tmp_path / "sites.toml")
        done = command("run", "--site", "twisted", "-m", "operation.GetAPIVersion", "-n", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads((tmp_path / "reports" / "summary.json").read_text(encoding="utf-8"))
    assert summary["site"] == "twisted"
    assert len({row["nodeid"].split("/")[1] for row in summary["scenarios"]}) > 1


#: What each command says in a folder that holds nothing of ours, with its exit code.
COMMANDS = {
    "check": (0, "0 contradictions"),
    "plan": (0, "run"),
    "sweep": (0, "0 left behind"),
    "docs": (0, "reports/living-documentation.html"),
    "coverage": (0, "exception ids"),
    "index": (0, ""),
    "report": (4, "error[no-results]"),
    "compare a b": (4, "error["),
    "check --site staging": (4, "error[sites-missing]"),
    "run -q features/41.7.0/recording-changes.feature:21": (0, "1 passed, 19 deselected"),
    "run -q features/41.7.0/recording-changes.feature:21 -n 2": (0, "1 passed"),
    "run features/41.7.0/none.feature:21": (4, "error[feature-unreadable]: cannot read the feature: No such file"),
    "run features/1.2.3": (4, "not found: features/1.2.3"),
    "run --release 41": (4, "error[release-form]"),
    "run --reports": (4, "webex-conformance run: error: argument --reports: expected one argument"),
    "check --verbose": (4, "error[usage]: unrecognized arguments: --verbose"),
}


@pytest.mark.rotating(3)
@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_works_or_says_one_clear_line(command: Command, line: str) -> None:
    code, words = COMMANDS[line]
    done = command(*line.split())
    told = done.stdout + done.stderr
    assert done.returncode == code, told
    assert words in told
    assert "Traceback" not in told
