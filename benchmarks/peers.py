"""The same requests as newman, tavern, and plain pytest with httpx would send them: the result checked, no more."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.recording import Recorded

NEWMAN = "newman@6.2.2"
#: tavern 3.7.1 does not start on pytest 9 (docs/decisions/libraries.md, Peers), so it has an environment of its own.
TAVERN = ("tavern==3.7.1", "pytest==8.4.2")

_PLAIN = '''"""Plain pytest and httpx: a test per scenario."""

import json
import os
import ssl
from pathlib import Path

import httpx
import pytest

SCENARIOS = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def client():
    with httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), timeout=30, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["title"])
def test_scenario(client, scenario):
    for body, succeeded in scenario["requests"]:
        reply = client.post(os.environ["BENCH_URL"], content=body.encode())
        assert reply.status_code == 200
        assert (">SUCCESS<" in reply.text) == succeeded
'''


def plain(folder: Path) -> list[str]:
    """A test module for pytest; the command to run it."""
    (folder / "test_plain.py").write_text(_PLAIN, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    off = ["-p", "no:allure_pytest", "-p", "no:allure_pytest_bdd", "-p", "no:xdist", "-p", "no:anyio"]
    return [sys.executable, "-m", "pytest", "-q", *off, "-p", "no:hypothesispytest", "test_plain.py"]


def newman(folder: Path, tools: Path, recorded: Sequence[Recorded]) -> list[str]:
    """A collection for newman; the command to run it, empty without Node.js."""
    npm = shutil.which("npm")
    if npm is None:
        return []
    program = tools / "node_modules/.bin/newman"
    if not program.exists():
        subprocess.run([npm, "install", "--silent", "--prefix", str(tools), NEWMAN], check=True)
    items = [
        _item(f"{scenario.title} {nth}", body, succeeded)
        for scenario in recorded
        for nth, (body, succeeded) in enumerate(scenario.requests)
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    collection = {"info": {"name": "recorded", "schema": schema}, "item": items}
    (folder / "collection.json").write_text(json.dumps(collection), encoding="utf-8")
    return [str(program), "run", "collection.json", "--silent", "--env-var", "url={url}"]


def _item(name: str, body: str, succeeded: bool) -> dict[str, object]:
    wanted = "include" if succeeded else "not.include"
    script = [
        "pm.test('result', () => {",
        "  pm.expect(pm.response.code).to.equal(200);",
        f"  pm.expect(pm.response.text()).to.{wanted}('>SUCCESS<');",
        "});",
    ]
    request = {"method": "POST", "url": "{{url}}", "body": {"mode": "raw", "raw": body}}
    return {"name": name, "request": request, "event": [{"listen": "test", "script": {"exec": script}}]}


def tavern(folder: Path, tools: Path, recorded: Sequence[Recorded]) -> list[str]:
    """A file of tavern tests, one per scenario; the command to run it."""
    python = tools / "tavern/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(tools / "tavern")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-qqq", *TAVERN], check=True)
    (folder / "results.py").write_text(
        "def result(response, succeeded):\n    assert ('>SUCCESS<' in response.text) == succeeded\n", encoding="utf-8"
    )
    # JSON is YAML; braces would be format fields to tavern.
    documents = (json.dumps(_tavern_test(scenario)) for scenario in recorded)
    (folder / "test_recorded.tavern.yaml").write_text("\n---\n".join(documents), encoding="utf-8")
    return [str(python), "-m", "pytest", "-q", "-c", "pytest.ini", "test_recorded.tavern.yaml"]


def _tavern_test(scenario: Recorded) -> dict[str, object]:
    return {
        "test_name": scenario.title,
        "stages": [
            {
                "name": f"request {nth}",
                "request": {
                    "url": "{tavern.env_vars.BENCH_URL}",
                    "method": "POST",
                    "data": body.replace("{", "{{").replace("}", "}}"),
                },
                "response": {
                    "status_code": 200,
                    "verify_response_with": {"function": "results:result", "extra_kwargs": {"succeeded": succeeded}},
                },
            }
            for nth, (body, succeeded) in enumerate(scenario.requests)
        ],
    }
