"""``executor.json``: which CI job made a run, so that the Allure report leads back to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from conformance.reporting.text import safe


def executor(environment: Mapping[str, str]) -> dict[str, str | int] | None:
    """The job as GitHub or GitLab describe it in the environment; None at somebody's desk."""
    tell = environment.get
    if tell("GITHUB_ACTIONS") == "true":
        number, repository = tell("GITHUB_RUN_NUMBER", ""), tell("GITHUB_REPOSITORY", "")
        url = f"{tell('GITHUB_SERVER_URL', '')}/{repository}/actions/runs/{tell('GITHUB_RUN_ID', '')}"
        return _told(
            "GitHub Actions", "github", f"{tell('GITHUB_WORKFLOW', '')} / {tell('GITHUB_JOB', '')}", number, url
        )
    if tell("GITLAB_CI") == "true":
        name = f"{tell('CI_PROJECT_PATH', '')} / {tell('CI_JOB_NAME', '')}"
        return _told("GitLab CI", "gitlab", name, tell("CI_PIPELINE_IID", ""), tell("CI_JOB_URL", ""))
    return None


def _told(name: str, kind: str, job: str, number: str, url: str) -> dict[str, str | int]:
    told: dict[str, str | int] = {
        "name": name,
        "type": kind,
        "buildName": safe(f"{job} #{number}"),
        "buildUrl": safe(url),
    }
    if number.isdigit():
        told["buildOrder"] = int(number)
    return told


def write_executor(folder: Path, environment: Mapping[str, str]) -> None:
    """Write it where there is one."""
    told = executor(environment)
    if told is not None:
        (folder / "executor.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
