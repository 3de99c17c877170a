"""Two runs on one site: readers share it, a writer has it alone, and who comes second is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.sites.errors import UserError
from conformance.sites.ledger import SiteLock


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("read-only", "read-only", True),
        ("read-only", "read-write", False),
        ("read-write", "read-only", False),
        ("read-write", "read-write", False),
    ],
)
def test_a_writer_is_alone(tmp_path: Path, first: str, second: str, together: bool) -> None:
    file = tmp_path / "ledger" / ".run-staging"
    held = SiteLock(file, first)
    try:
        if together:
            SiteLock(file, second).close()
            return
        with pytest.raises(UserError) as told:
            SiteLock(file, second)
        assert told.value.code == "site-in-use"
        assert f"a {first} run (process " in told.value.what
    finally:
        held.close()
    SiteLock(file, second).close()
