"""Runs of the real plugin in a project of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from tests.conftest import ROOT, SAFETY
from tests.rig import rig
from tests.run.answering_site import Site


@dataclass(frozen=True)
class Outcome:
    """What a run left: exit code, terminal output, reports."""

    code: int
    lines: list[str]
    reports: Path

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.reports / "summary.json").read_text(encoding="utf-8"))
        return found

    def outcomes(self) -> dict[str, str]:
        """Outcome by title."""
        return {row["title"]: row["outcome"] for row in self.summary["scenarios"]}

    def clauses(self, *words: str) -> set[str]:
        """Clauses with one of these outcomes."""
        return {row["id"] for row in self.summary["clauses"] if row["outcome"] in words}


Runner = Callable[..., Outcome]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Run features of the suite, or of the test, in a project folder of its own."""
    project = pytester.path
    for name in ("schemas", "payloads", "steps", "conftest.py", "features"):
        (project / name).symlink_to(ROOT / name)
    (project / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.delenv("WEBEX_SITES", raising=False)

    # Processes of their own find the plugins of the tests, too.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def go(*arguments: str, subprocess: bool = False, every_row: bool = False, timeout: float | None = SAFETY) -> Outcome:
        if not every_row:
            arguments = ("-p", "tests.first_rows", *arguments)
        reports = project / "reports"
        if subprocess:
            # A run that hangs fails its test and not the whole session.
            result = pytester.runpytest_subprocess(*arguments, timeout=timeout)
        else:
            result = pytester.runpytest_inprocess(*arguments)
        return Outcome(int(result.ret), result.outlines + result.errlines, reports)

    return go


@pytest.fixture
def mock(catalogue: Catalogue) -> Iterator[RunContext]:
    with rig(catalogue) as site:
        yield site.run_context


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def live(mock: RunContext, site: Site) -> RunContext:
    """The same as a live site: nobody switches anything behind its back."""
    here = replace(mock, control_plane=None)
    object.__setattr__(here, "client", lambda: site)
    return here
