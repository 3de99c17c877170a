"""Where commands with bad input are tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inputs.kinds import CANARY


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty current folder, that nothing is written beside the suite; a password, and no profiles of whoever tests."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("BAD_INPUT_PASSWORD", CANARY)
    monkeypatch.delenv("WEBEX_SITES", raising=False)
