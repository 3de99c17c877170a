"""The engines in ci/: valid, and their commands carried out as they stand, on the mock of a run and in two shards."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.conftest import ROOT, SAFETY

CI = ROOT / "ci"
KUBERNETES: list[dict[str, Any]] = list(yaml.safe_load_all((CI / "kubernetes.yml").read_text(encoding="utf-8")))
GITHUB = yaml.safe_load((CI / "github-fleet.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((CI / "gitlab-fleet.yml").read_text(encoding="utf-8"))
JENKINS = (CI / "Jenkinsfile").read_text(encoding="utf-8")
RUN = '#!/bin/sh\nexec "{python}" -m {module} "$@"\n'


def pod(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return found


def container(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = pod(manifest)["containers"][0]
    return found


@pytest.mark.parametrize("manifest", KUBERNETES, ids=lambda one: one["metadata"]["name"])
@pytest.mark.parametrize("version", ["1.33", "1.34"])
def test_kubernetes_takes_the_manifests(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_the_validator_would_refuse_what_kubernetes_refuses() -> None:
    broken = json.loads(json.dumps(KUBERNETES[0]))
    broken["spec"]["jobTemplate"]["spec"]["completionsMode"] = "Indexed"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, "1.34", strict=True)


def test_pods_are_closed_and_know_how_many_they_are() -> None:
    job = KUBERNETES[0]["spec"]["jobTemplate"]["spec"]
    told = {row["name"]: row.get("value") for row in container(KUBERNETES[0])["env"]}
    assert job["completionMode"] == "Indexed"
    assert str(job["completions"]) == str(job["parallelism"]) == told["SHARDS"]
    for manifest in KUBERNETES:
        assert pod(manifest)["securityContext"]["runAsNonRoot"] is True
        assert container(manifest)["securityContext"]["readOnlyRootFilesystem"] is True
        written = {row["mountPath"] for row in container(manifest)["volumeMounts"] if not row.get("readOnly")}
        assert written == {"/reports", "/tmp"}


def test_actions_are_pinned_by_commit_and_as_in_the_other_workflow() -> None:
    text = (CI / "github-fleet.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []
    other = dict(one.split("@") for one in re.findall(r"uses: (.+)", (CI / "github-actions.yml").read_text(encoding="utf-8")))
    assert all(other.get(name, pin) == pin for name, pin in (one.split("@") for one in used))


def project(folder: Path) -> dict[str, str]:
    """A folder laid out like a checkout, with the programs that the commands call, and an environment for them."""
    for name in ("schemas", "payloads", "steps", "conftest.py", "features", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    for place in (folder / ".venv" / "bin", folder / "path"):
        place.mkdir(parents=True)
        for name, module in (("pytest", "pytest"), ("webex-conformance", "conformance.cli")):
            (place / name).write_text(RUN.format(python=sys.executable, module=module), encoding="utf-8")
            (place / name).chmod(0o755)
    (folder / "path" / "make").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "path" / "make").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("WEBEX_SITES", "WXC_SHARD")}
    path = f"{folder / 'path'}:{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "SITES": "mock", "SHARDS": "2", "FEATURES": "features/41.9.0"}


def carried_out(command: str, folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(["sh", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=SAFETY)
    assert done.returncode == 0, f"{command}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"


def on_kubernetes(folder: Path, environment: dict[str, str]) -> Path:
    environment |= {"REPORTS": str(folder / "volume"), "JOB_NAME": "webex-conformance-29401980"}
    for index in ("0", "1"):
        carried_out(container(KUBERNETES[0])["args"][0], folder, environment | {"JOB_COMPLETION_INDEX": index})
    carried_out(container(KUBERNETES[1])["args"][0], folder, environment)
    return folder / "volume" / "merged"


def on_github(folder: Path, environment: dict[str, str]) -> Path:
    jobs = GITHUB["jobs"]
    commands = {name: [step["run"] for step in job["steps"] if ".venv/bin" in step.get("run", "")] for name, job in jobs.items()}
    output = folder / "output"
    carried_out(commands["cut"][0], folder, environment | {"GITHUB_OUTPUT": str(output)})
    matrix = json.loads(output.read_text(encoding="utf-8").partition("=")[2])
    assert [row["shard"] for row in matrix["include"]] == ["1/2", "2/2"]
    for index, row in enumerate(matrix["include"]):
        carried_out(commands["shard"][0], folder, environment | {"WXC_SHARD": row["shard"], "REPORTS": f"shard-{index}"})
    carried_out(commands["merge"][0], folder, environment)
    return folder / "reports"


def on_gitlab(folder: Path, environment: dict[str, str]) -> Path:
    for number in ("1", "2"):
        carried_out("\n".join(GITLAB["shard"]["script"]), folder, environment | {"CI_NODE_INDEX": number, "CI_NODE_TOTAL": "2"})
    carried_out("\n".join(GITLAB["merge"]["script"]), folder, environment)
    return folder / "reports"


def on_jenkins(folder: Path, environment: dict[str, str]) -> Path:
    ready, shard, again, merge = re.findall(r"^\s*sh '(.+)'$", JENKINS, re.MULTILINE)
    assert ready == again
    for number in ("1", "2"):
        carried_out(f"{ready}\n{shard}", folder, environment | {"NUMBER": number})
    carried_out(f"{ready}\n{merge}", folder, environment)
    return folder / "reports"


def test_on_jenkins_nothing_of_an_earlier_build_is_gone_on_with_or_merged() -> None:
    shards, merge = JENKINS.split("stage('Merge')")
    for stage, before in ((shards, "bin/pytest"), (merge, "unstash ")):
        assert 0 < stage.index("dir('shards') { deleteDir() }") < stage.index(before)


def test_on_jenkins_a_lost_agent_is_followed_by_another_and_no_night_keeps_the_next_one_out() -> None:
    shards, _ = JENKINS.split("stage('Merge')")
    assert 0 < shards.index("catchError(") < shards.index("retry(") < shards.index(" node {") < shards.index("finally") < shards.index("stash name")
    assert "timeout(" in shards.partition("stages {")[0]


def test_on_kubernetes_a_morning_without_a_night_fails(tmp_path: Path) -> None:
    environment = project(tmp_path) | {"REPORTS": str(tmp_path / "volume")}
    yesterday = tmp_path / "volume" / "webex-conformance-29401980"
    yesterday.mkdir(parents=True)
    os.utime(yesterday, (0, 0))
    done = subprocess.run(
        ["sh", "-ec", container(KUBERNETES[1])["args"][0]], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SAFETY
    )
    assert (done.returncode, done.stderr) == (4, f"no night in the last 12 hours below {tmp_path / 'volume'}\n")


@pytest.mark.rotating(4)
@pytest.mark.parametrize("engine", [on_kubernetes, on_github, on_gitlab, on_jenkins])
def test_the_commands_of_an_engine_make_one_run(tmp_path: Path, engine: Any) -> None:
    reports = engine(tmp_path, project(tmp_path))
    summary = json.loads((reports / "summary.json").read_text(encoding="utf-8"))
    assert summary["totals"]["passed"] == 6
    assert len(summary["scenarios"]) == summary["selected"]["scenarios"]
