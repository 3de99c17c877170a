"""The CI files that users copy: the steps of a night, executed in order, with programs that end as they are told."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAFETY

GITLAB = (ROOT / "ci" / "gitlab-ci.yml").read_text(encoding="utf-8")
GITHUB = (ROOT / "ci" / "github-actions.yml").read_text(encoding="utf-8")


def job(text: str, name: str, indent: str) -> str:
    """The lines of one job."""
    found = re.search(rf"^{indent}{name}:\n((?:{indent}  .*\n|\n)+)", text, re.MULTILINE)
    assert found, name
    return found.group(1)


def script(text: str, name: str) -> list[str]:
    """The commands of a job of GitLab, one a line."""
    _, _, below = job(text, name, "").partition("  script:\n")
    return [line.strip().removeprefix("- ") for line in below.splitlines() if line.strip().startswith("- ")]


def steps(text: str, name: str) -> list[tuple[str, bool]]:
    """The one-line commands of a job of GitHub, and whether each is run whatever failed before."""
    found = []
    for step in re.split(r"^      - ", job(text, name, "  "), flags=re.MULTILINE)[1:]:
        command = re.search(r"^\s*run: (?!>)(.+)$", step, re.MULTILINE)
        if command:
            found.append((command.group(1), "if: always()" in step))
    return found


def programs(folder: Path, codes: dict[str, int]) -> dict[str, str]:
    """A folder in which every program notes that it was called and ends as it is told; the environment to call them in."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    for path in (folder / "make", folder / ".venv" / "bin" / "pytest", folder / ".venv" / "bin" / "webex-conformance"):
        cases = "".join(f'*"{words}"*) exit {code};;\n' for words, code in codes.items())
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >> {folder}/called\ncase "{path.name} $*" in\n{cases}esac\n', encoding="utf-8")
        path.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "SITE": "staging", "SITES_TOML": "[sites]", "BEFORE": "a", "AFTER": "b",
            "UPGRADE_BEFORE": "a", "UPGRADE_AFTER": "b"}  # fmt: skip


def on_gitlab(folder: Path, name: str, codes: dict[str, int]) -> tuple[bool, str]:
    """Whether the job is green, and what was called: one shell for all lines that ends at the first that fails."""
    environment = programs(folder, codes)
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", "\n".join(script(GITLAB, name))], cwd=folder, env=environment, timeout=SAFETY)
    return done.returncode == 0, (folder / "called").read_text(encoding="utf-8")


def on_github(folder: Path, name: str, codes: dict[str, int]) -> tuple[bool, str]:
    """The same: a shell for each step, and after one that failed only those that are always run."""
    environment = programs(folder, codes)
    green = True
    for command, always in steps(GITHUB, name):
        if green or always:
            green &= subprocess.run(["bash", "-e", "-c", command], cwd=folder, env=environment, timeout=SAFETY).returncode == 0
    return green, (folder / "called").read_text(encoding="utf-8")


#: How run and report end, and whether the night is green.
NIGHTS = [({}, True), ({"pytest features": 1}, False), ({"make report": 4}, False), ({"pytest features": 1, "make report": 4}, False),
          ({"pytest features": 4}, False), ({"make .venv": 2}, False)]  # fmt: skip


@pytest.mark.parametrize(("codes", "green"), NIGHTS, ids=str)
@pytest.mark.parametrize("where", [on_gitlab, on_github])
def test_a_night_is_green_only_if_run_and_report_are(tmp_path: Path, where, codes: dict[str, int], green: bool) -> None:
    told, called = where(tmp_path, "nightly", codes)
    assert told is green
    assert called.startswith("make .venv/.ready\n")
    if "make .venv" not in codes:
        assert "pytest features --site staging --history history\nmake report docs\n" in called, "a red run has its report, too"


#: How the two runs and the gate end, and whether the upgrade is green.
UPGRADES = [({}, True), ({"reports/before": 1}, True), ({"reports/after": 1}, True), ({"pytest features --site b": 2}, False),
            ({"pytest features --site a": 4}, False), ({"compare": 3}, False), ({"compare": 4}, False)]  # fmt: skip


@pytest.mark.parametrize(("codes", "green"), UPGRADES, ids=str)
@pytest.mark.parametrize("where", [on_gitlab, on_github])
def test_an_upgrade_is_green_only_if_nothing_is_worse(tmp_path: Path, where, codes: dict[str, int], green: bool) -> None:
    if codes in ({"reports/before": 1}, {"reports/after": 1}):
        codes = {f"pytest features --site {'a' if 'before' in next(iter(codes)) else 'b'}": 1}
    told, _ = where(tmp_path, "upgrade", codes)
    assert told is green


@pytest.mark.parametrize("text", [GITLAB, GITHUB], ids=["gitlab", "github"])
def test_a_push_runs_what_the_readme_says(text: str) -> None:
    assert "make lint test run" in text
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ((?:[a-z][\w-]* ?)+)", text):
        assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in target.split()), target


def test_actions_are_pinned_by_commit_with_their_version_beside() -> None:
    used = re.findall(r"uses: (.+)", GITHUB)
    assert len(used) >= 10
    assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []
    assert len({tuple(one.split("@")) for one in used}) == len({one.split("@")[0] for one in used}), "one version of each"


def test_a_red_night_is_kept_for_the_next_one() -> None:
    """actions/cache itself saves what a job leaves only where all of it was green."""
    used = re.findall(r"(if: always\(\)\n\s+)?uses: (actions/cache[\w/]*)@", GITHUB)
    assert [(bool(always), name) for always, name in used] == [(False, "actions/cache/restore"), (True, "actions/cache/save")]
    assert len(set(re.findall(r"\bkey: (.+)", GITHUB))) == 1


#: What pulls an image, and the images a user makes and names by himself.
PULLS = {"Dockerfile": r"^FROM (\S+)", "ci/gitlab-ci.yml": r"^\s*image: (.+)", "ci/gitlab-fleet.yml": r"^\s*image: (.+)", "ci/kubernetes.yml": r"^\s*image: (.+)"}
OURS = "registry.example.com/webex-conformance:0.1.0"


@pytest.mark.parametrize("name", PULLS)
def test_images_are_pinned_by_digest_with_their_version_beside(name: str) -> None:
    used = re.findall(PULLS[name], (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert used
    assert [one for one in used if one != OURS and not re.fullmatch(r"[\w/-]+:[\w.-]+@sha256:[0-9a-f]{64}", one)] == []


def test_an_image_has_one_digest_wherever_it_is_used() -> None:
    used = {one for name, pull in PULLS.items() for one in re.findall(pull, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)}
    assert len(used) == len({one.partition("@")[0] for one in used})


def test_every_file_that_pulls_an_image_is_looked_at() -> None:
    files = [ROOT / "Dockerfile", *(ROOT / "ci").iterdir()]
    pulling = {str(file.relative_to(ROOT)) for file in files if re.search(r"^FROM |^\s*(?:- )?(?:image|container|docker)\b *[:({]", file.read_text(encoding="utf-8"), re.MULTILINE)}
    assert pulling == set(PULLS)
