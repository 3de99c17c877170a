"""SECURITY.md names tests that exist, and at least one for each threat."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

_ROWS = [line.strip().strip("|").split("|") for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines()]
ROWS = {row[0].strip(): row[2] for row in _ROWS if len(row) == 3 and "---" not in row[0] and row[0].strip() != "threat"}
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_the_page_is_read() -> None:
    assert len(ROWS) >= 12


@pytest.mark.parametrize("threat", ROWS)
def test_every_threat_has_a_test_that_exists(threat: str) -> None:
    named = _TEST.findall(ROWS[threat])
    assert named, f"{threat}: no test"
    for file, name in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, f"{file} has no {name}"
