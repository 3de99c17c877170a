"""An exception where nobody expects one: its scenario is broken by it in one line, and nothing else waits, ends or hides."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.run.conftest import Outcome, Runner

#: Places an exception is raised in, by rule: module, class ("" for a function), name, and at which call.
STAGES = {
    "gate": ("conformance.scenarios.run_context", "RunContext", "gate", 2),
    "context": ("conformance.scenarios.scenario_context", "ScenarioContext", "__init__", 3),
    "step look-up": ("conformance.scenarios.step_registry", "StepRegistry", "look_up", 400),
    "payload": ("conformance.wire.payloads", "Payloads", "render", 40),
    "rate": ("conformance.wire.rate_limiter", "RateLimiter", "wait", 40),
    "client": ("conformance.wire.client", "Client", "send", 40),
    "reply": ("conformance.wire.exchange", "", "read_reply", 40),
    "check": ("conformance.judge.element_checks", "", "present", 2),
    "clean-up": ("conformance.scenarios.cleanup", "ScenarioCleanup", "clean_up", 2),
    "outcome": ("conformance.scenarios.execution", "", "decide", 2),
    "shape": ("conformance.run.session", "", "shape_of", 2),
    "message": ("conformance.run.session", "WorkerRun", "message", 2),
    "Allure": ("conformance.reporting.allure", "MaskingLogger", "_tell", 2),
    "resume file": ("conformance.history.resume_file", "ResumeFile", "add", 2),
    "JUnit": ("conformance.run.session", "", "write_junit", 1),
    "badge": ("conformance.run.session", "", "badge", 1),
    "summary": ("conformance.run.session", "", "write_summary", 1),
    "statement": ("conformance.run.plugin", "", "statement", 1),
    "sweep": ("conformance.run.session", "WorkerRun", "leftovers", 1),
    "lane": ("conformance.scenarios.ahead.lanes", "Lanes", "_ahead", 1),
    "lane client": ("conformance.scenarios.run_context", "RunContext", "client", 4),
}
WAYS = ("--lanes 0", "--lanes 4")


def planted(stage: str) -> tuple[object, str, Callable[..., object]]:
    """Where the exception of a stage is put, and what raises it once."""
    module, owner, name, nth = STAGES[stage]
    holder = import_module(module)
    holder = getattr(holder, owner) if owner else holder
    real, calls = getattr(holder, name), itertools.count(1)

    def raising(*arguments: object, **named: object) -> object:
        if next(calls) == nth:
            raise ZeroDivisionError(f"planted in {name}")
        return real(*arguments, **named)

    return holder, name, raising


@pytest.mark.rotating(7)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", STAGES)
def test_an_exception_costs_its_scenario(run: Runner, stage: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*planted(stage))
    told(run("features/41.7.0", "features/41.3.0", *way.split()))


#: Brought into every process of a run with workers.
PLUGIN = """
from tests.run.test_unexpected_exceptions import planted
setattr(*planted({stage!r}))
"""


@pytest.mark.rotating(10)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", STAGES)
def test_with_workers_too(run: Runner, tmp_path: Path, stage: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs three starts of Python."""
    (tmp_path / "planted.py").write_text(PLUGIN.format(stage=stage), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    arguments = ("-p", "planted", "-n", "2", *way.split())
    told(run("features/41.7.0", "features/41.3.0", *arguments, subprocess=True, timeout=300))


def told(outcome: Outcome) -> None:
    """The run came to its end and says once what went wrong."""
    assert "INTERNALERROR" not in outcome.text
    assert "Traceback" not in outcome.text
    assert "conformance ==" in outcome.text, outcome.text
    said = [line for line in outcome.lines if "ZeroDivisionError: planted" in line or "results are missing" in line]
    assert said or outcome.code == 0, outcome.text
    assert outcome.code in (0, 1)
    if (outcome.reports / "summary.json").exists():
        assert outcome.summary["totals"]["failed"] == 0
        assert outcome.summary["totals"]["broken"] <= 2
