"""A merge of many sites: memory does not grow with them, and the page stays small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.run.fleet.fleet_page import fleet_lines, unlike_their_group, write_fleet_page
from conformance.run.fleet.part_file import SiteDigest
from tests.conftest import ROOT
from tests.shards.simulated import fleet, original


def digests(number: int) -> list[SiteDigest]:
    totals = {word: 0 for word in ("failed", "flaky", "broken", "skipped", "known")} | {"passed": 700}
    red = [{"R41.7.0-02": "failed"} if nth % 100 == 0 else {} for nth in range(number)]
    return [
        SiteDigest(f"site-{nth:04}", "41.12.0", ("emea",), totals | {"failed": len(red[nth])}, red[nth], 0, 1200, 240.0) for nth in range(number)
    ]


def test_thousands_of_sites_are_twenty_lines_and_one_small_page(tmp_path: Path) -> None:
    sites = digests(3000)
    lines = list(fleet_lines(sites, [one.site for one in sites]))
    assert lines[0] == "3000 sites: 2970 well, 30 failed"
    assert len(lines) <= 20
    write_fleet_page(sites, [one.site for one in sites], [], tmp_path / "fleet.html")
    assert (tmp_path / "fleet.html").stat().st_size < 1_000_000


def test_a_site_unlike_its_group_is_told_and_one_like_it_is_not() -> None:
    sites = digests(5)
    assert [one.site for one in unlike_their_group(sites)] == ["site-0000"]
    all_red = [SiteDigest(**{**vars(one), "red": {"R41.7.0-02": "failed"}}) for one in sites]
    assert unlike_their_group(all_red) == []
    mended = [*all_red[:4], sites[4]]
    assert [(one.site, one.less) for one in unlike_their_group(mended)] == [("site-0004", ("R41.7.0-02",))]
    assert unlike_their_group(sites[:2]) == [], "of two nobody is the odd one"


def test_a_digest_that_holds_markup_cannot_end_the_script(tmp_path: Path) -> None:
    bad = SiteDigest(**{**vars(digests(1)[0]), "release": "</script><script>alert(1)</script>"})
    write_fleet_page([bad], [bad.site], ["shard 1 of 2 left nothing: <b>"], tmp_path / "fleet.html")
    page = (tmp_path / "fleet.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<b>" not in page


@pytest.mark.rotating(3)
def test_many_sites_are_merged(tmp_path: Path) -> None:
    folders = fleet(tmp_path / "shards", original(tmp_path / "one", "features/41.9.0"), 40, 4)
    assert main(["merge", "--root", str(ROOT), *map(str, folders), "--into", str(tmp_path / "m")]) in (0, 1)
    assert len(json.loads((tmp_path / "m" / "overview.json").read_text(encoding="utf-8"))["sites"]) == 40
