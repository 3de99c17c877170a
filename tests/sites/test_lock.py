"""Two runs on one site: readers share it, a writer has it alone, and who comes second is told."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from conformance.sites.errors import UserError
from conformance.sites.ledger import ReportsLock, SiteLock, place_of


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


def test_a_folder_of_reports_is_of_one_run(tmp_path: Path) -> None:
    """Whatever their sites: a run begins by clearing what another left there."""
    reports = tmp_path / "of" / "a site" / "reports"
    held = ReportsLock(reports)
    assert [one.name for one in reports.iterdir()] == [".run"]
    with pytest.raises(UserError, match="a run \\(process .* is writing its reports here") as told:
        ReportsLock(reports)
    assert (told.value.code, told.value.where) == ("reports-in-use", str(reports))
    assert told.value.hint == "wait for its end, or name another folder with --reports"
    ReportsLock(tmp_path / "others").close()
    held.close()
    assert not reports.exists(), "nothing was written"
    (reports / "of a run").mkdir(parents=True)
    ReportsLock(reports).close()
    assert [one.name for one in reports.iterdir()] == ["of a run"]


def test_a_lock_whose_file_somebody_took_away_leaves_no_empty_folder(tmp_path: Path) -> None:
    held = ReportsLock(tmp_path / "reports")
    (tmp_path / "reports" / ".run").unlink()
    held.close()
    assert not (tmp_path / "reports").exists()


def test_a_site_has_one_place_however_it_is_spelt() -> None:
    spellings = [
        ("https://staging.webex.com/WBXService/XMLService", "staging"),
        ("https://Staging.WebEx.com:443/WBXService/XMLService", "STAGING"),
        ("HTTPS://staging.webex.com/wbxservice/xmlservice/", "Staging"),
    ]
    assert len({place_of(url, name) for url, name in spellings}) == 1


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://staging.webex.com/WBXService/XMLService", "other"),
        ("https://staging.webex.com:8443/WBXService/XMLService", "staging"),
        ("https://production.webex.com/WBXService/XMLService", "staging"),
    ],
)
def test_other_sites_have_places_of_their_own(url: str, name: str) -> None:
    assert place_of(url, name) != place_of("https://staging.webex.com/WBXService/XMLService", "staging")


def test_a_full_disk_keeps_nobody_from_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Because a sweep is what a run that a full disk ended needs; only its name cannot be told to others then."""

    def write(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(os, "write", write)
        held = SiteLock(tmp_path / ".run-staging", "read-write")
    with pytest.raises(UserError, match="another run is at work on this site"):
        SiteLock(tmp_path / ".run-staging", "read-only")
    held.close()
