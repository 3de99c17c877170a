"""The pipelines of ci/ in a fresh clone: real programs, a real Makefile and a mock site; only the engine is made up.

What stands in: ``.venv`` is there already, as after the installation of the lock; ``-m`` of PYTEST_ADDOPTS takes a few
scenarios of all; Allure, which npm would fetch, is a program that writes a page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mocksite
import pytest
import yaml

from tests.ci.test_ci_files import GITHUB, GITLAB
from tests.conftest import ROOT, SAFETY

LOST = "R41.7.0-02/separateNoRecordingEdit-not-sent"
PROGRAMS = {"pytest": "pytest", "webex-conformance": "conformance.cli", "ruff": "ruff", "mypy": "mypy"}
#: In place of the command line of Allure.
ALLURE = "const fs = require('fs'); fs.mkdirSync(process.env.REPORT_OUTPUT); fs.writeFileSync(process.env.REPORT_OUTPUT + '/index.html', 'a page');"


def cloned(folder: Path) -> Path:
    """What a clone of the next commit would hold: the files that git knows, as they stand."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("no clone can be made of what is no repository")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def installed(clone: Path) -> None:
    """The environment that ``make .venv/.ready`` makes, without fetching anything."""
    venv.create(clone / ".venv")
    places = [str(clone), *(place for place in sys.path if place.endswith("site-packages"))]
    (Path(sysconfig.get_path("purelib", vars={"base": str(clone / ".venv")})) / "all.pth").write_text("\n".join(places), encoding="utf-8")
    for name, module in PROGRAMS.items():
        program = clone / ".venv" / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{clone}/.venv/bin/python" -m {module} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    allure = clone / "report" / "node_modules" / "allure" / "cli.js"
    allure.parent.mkdir(parents=True)
    allure.write_text(ALLURE, encoding="utf-8")
    shutil.copy(clone / "report" / "package-lock.json", clone / "report" / "node_modules" / ".installed-lock.json")
    (clone / ".venv" / ".ready").touch()


@pytest.fixture(scope="module")
def sites() -> Iterator[str]:
    """Two sites, one of which lost what 41.7.0 promises."""
    with mocksite.start() as before, mocksite.start(fault=LOST) as after:
        yield before.profile("staging") + after.profile("production")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = cloned(tmp_path / "clone")
    installed(folder)
    return folder


@dataclass(frozen=True)
class Step:
    """One command of a pipeline, what it is given, and whether it is carried out whatever failed before."""

    command: str
    given: dict[str, str]
    always: bool


def of_github(job: dict[str, Any], secrets: dict[str, str]) -> list[Step]:
    def told(given: dict[str, Any] | None) -> dict[str, str]:
        return {name: re.sub(r"\$\{\{ *\w+\.(\w+) *\}\}", lambda found: secrets.get(found[1], ""), str(value)) for name, value in (given or {}).items()}

    return [Step(step["run"], {**told(job.get("env")), **told(step.get("env"))}, step.get("if") == "always()") for step in job["steps"] if "run" in step]


def on_github(name: str, clone: Path, secrets: dict[str, str], environment: dict[str, str]) -> tuple[bool, str]:
    """A shell for each step; after one that failed only those that are always carried out."""
    green, told = True, ""
    for step in of_github(yaml.safe_load(GITHUB)["jobs"][name], secrets):
        if green or step.always:
            given = {**environment, **step.given, "GITHUB_STEP_SUMMARY": str(clone / "step-summary")}
            done = subprocess.run(["bash", "-e", "-c", step.command], cwd=clone, env=given, capture_output=True, text=True, timeout=SAFETY)
            green &= done.returncode == 0
            told += done.stdout + done.stderr
    return green, told


def on_gitlab(name: str, clone: Path, secrets: dict[str, str], environment: dict[str, str]) -> tuple[bool, str]:
    """One shell for all lines, which ends at the first that fails; files among the variables have a path."""
    job = yaml.safe_load(GITLAB)[name]
    (clone / "from-gitlab.toml").write_text(secrets["SITES_TOML"], encoding="utf-8")
    given = {"SITES_TOML": str(clone / "from-gitlab.toml"), "SITE": secrets["site"], "UPGRADE_BEFORE": secrets["before"], "UPGRADE_AFTER": secrets["after"]}
    variables = {key: given.get(value.removeprefix("$"), value) for key, value in job.get("variables", {}).items()}
    command = ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])]
    done = subprocess.run(command, cwd=clone, env={**environment, **given, **variables}, capture_output=True, text=True, timeout=SAFETY)
    return done.returncode == 0, done.stdout + done.stderr


def environment(clauses: str, without_node: Path | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "WEBEX", "WXC", "GITHUB", "CI"))}
    if without_node is not None:
        without_node.mkdir()
        for program in ("bash", "sh", "make", "python3", "git", "env", "printf", "test", "date", "uname"):
            if there := shutil.which(program):
                (without_node / program).symlink_to(there)
        kept["PATH"] = str(without_node)
    return {**kept, "PYTEST_ADDOPTS": f"-p no:cacheprovider -m '{clauses}'", "CI": "true"}


ENGINES = pytest.mark.parametrize("engine", [on_github, on_gitlab])
#: Two scenarios that hold everywhere but on the site that lost something.
FEW = "clause.R41.7.0-02"


def secrets(sites: str, site: str = "staging", before: str = "production", after: str = "staging") -> dict[str, str]:
    return {"SITES_TOML": sites, "site": site, "before": before, "after": after}


@pytest.mark.rotating(4)
@ENGINES
@pytest.mark.parametrize(("site", "green"), [("staging", True), ("production", False)])
def test_a_night_has_run_report_and_history_whatever_came_of_it(clone: Path, sites: str, engine: Any, site: str, green: bool) -> None:
    told, said = engine("nightly", clone, secrets(sites, site), environment(FEW))
    assert told is green, said[-3000:]
    summary = json.loads((clone / "reports" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["site"], summary["totals"]["failed"] > 0) == (site, not green)
    assert (clone / "reports" / "allure-report" / "index.html").is_file()
    assert (clone / "reports" / "living-documentation.html").is_file()
    assert len(list((clone / "history").rglob("*"))) > 1
    assert "Traceback" not in said


@pytest.mark.rotating(4)
@ENGINES
def test_a_night_whose_report_cannot_be_built_is_red_and_keeps_what_it_has(clone: Path, tmp_path: Path, sites: str, engine: Any) -> None:
    told, said = engine("nightly", clone, secrets(sites), environment(FEW, tmp_path / "no-node"))
    assert told is False
    assert "error[node-missing]" in said
    assert "Traceback" not in said
    assert json.loads((clone / "reports" / "summary.json").read_text(encoding="utf-8"))["totals"]["failed"] == 0
    assert (clone / "reports" / "junit.xml").is_file()


@pytest.mark.rotating(4)
@ENGINES
@pytest.mark.parametrize(("before", "after", "green"), [("production", "staging", True), ("staging", "production", False)])
def test_an_upgrade_is_gated_by_what_got_worse(clone: Path, sites: str, engine: Any, before: str, after: str, green: bool) -> None:
    told, said = engine("upgrade", clone, secrets(sites, before=before, after=after), environment(FEW))
    assert told is green, said[-3000:]
    assert (clone / "reports" / "compare.html").is_file()
    for name, site in (("before", before), ("after", after)):
        assert json.loads((clone / "reports" / name / "summary.json").read_text(encoding="utf-8"))["site"] == site
    if engine is on_github:
        assert "R41.7.0-02" in (clone / "step-summary").read_text(encoding="utf-8")
    assert "Traceback" not in said


def test_what_a_push_calls_is_there(clone: Path) -> None:
    """The lints and tests themselves are not carried out once more within themselves."""
    for job, commands in (
        ("github", [step.command for step in of_github(yaml.safe_load(GITHUB)["jobs"]["self-test"], {})]),
        ("gitlab", yaml.safe_load(GITLAB)["self-test"]["script"]),
    ):
        called = "\n".join(commands)
        assert "make lint test run" in called, job
        assert "make mutants ARGS=--turn" in called, job
        dry = called.replace("make ", "make -n ")
        done = subprocess.run(["bash", "-e", "-c", dry], cwd=clone, env=environment(FEW), capture_output=True, text=True, timeout=SAFETY)
        assert done.returncode == 0, done.stderr
        programs = set(re.findall(r"^\.venv/bin/(\S+)", done.stdout, re.MULTILINE))
        assert programs == {"ruff", "mypy", "pytest", "python"}, done.stdout
        assert "-m venv" not in done.stdout, "what is ready is not made again"
