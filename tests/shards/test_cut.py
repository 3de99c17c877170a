"""How a run is cut: the same on every machine, nothing lost, nothing twice, what belongs together in one place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from conformance.history.archive import Archive
from conformance.history.night import NightRecord
from conformance.run.fleet.shards import Durations, ShardPlan, cut, kept_together, parted, read_durations
from conformance.scenarios.ahead.holds import ALONE, holds
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.sites.errors import UserError
from conformance.sites.profile_file import load_profile
from tests.conftest import ROOT


@cache
def catalogue() -> Catalogue:
    import conftest  # noqa: F401 - loads the vocabulary

    return Catalogue(ROOT)


@cache
def scenarios() -> Sequence[Scenario]:
    files = catalogue().read_all([ROOT / "features"])
    return [one for file in files for one in file.scenarios.values()]


def plan(sites: Sequence[str], number: int, durations: Durations | None = None) -> ShardPlan:
    return cut(dict.fromkeys(sites, scenarios()), lambda _: frozenset(), number, durations or Durations({}))


@pytest.mark.parametrize(("sites", "number"), [(1, 1), (1, 7), (4, 3), (4, 4), (3, 8), (60, 8)])
def test_every_scenario_of_every_site_is_in_one_shard(sites: int, number: int) -> None:
    names = [f"s{nth}" for nth in range(sites)]
    found = plan(names, number)
    assert len(found.shards) == number
    shares = [share for shard in found.shards for share in shard]
    for name in names:
        mine = [share for share in shares if share.site == name]
        assert sorted(share.part for share in mine) == list(range(1, mine[0].parts + 1))
        assert sum(share.scenarios for share in mine) == len(scenarios())
    if number <= sites:
        assert {share.parts for share in shares} == {1}, "whole sites first"
    loads = [sum(share.scenarios for share in shard) for shard in found.shards]
    assert max(loads) - min(loads) <= len(scenarios()), "no shard has more than one site's work above another"
    assert plan(names, number) == found, "no machine cuts it otherwise"
    assert ShardPlan.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_parts_of_one_site_are_even_and_share_nothing() -> None:
    lots = parted(scenarios(), frozenset(), 4, lambda _: 1.0)
    assert sorted(name for lot in lots for name in lot) == sorted(one.nodeid for one in scenarios())
    assert max(map(len, lots)) - min(map(len, lots)) <= 1


def few(number: int) -> list[Scenario]:
    return list(scenarios()[:number])


def test_no_part_of_a_site_is_empty_and_no_two_lie_in_one_shard() -> None:
    every = frozenset(one.nodeid for one in few(6))
    for kept, number in product((frozenset[str](), frozenset(sorted(every)[:4]), every), range(1, 12)):
        found = cut({"a": few(6), "b": few(6)}, {"a": kept, "b": None}.get, number, Durations({}))
        for shard in found.shards:
            assert len({share.site for share in shard}) == len(shard), "parts of a site would write into one folder"
        shares = [share for shard in found.shards for share in shard]
        assert all(share.scenarios for share in shares)
        mine = [share for share in shares if share.site == "a"]
        assert [share.part for share in mine] == list(range(1, mine[0].parts + 1))
        assert sum(share.scenarios for share in mine) == len(every)
        lots = parted(few(6), kept, mine[0].parts, lambda _: 1.0)
        assert [share.scenarios for share in mine] == list(map(len, lots)), "its process takes the same part"


def test_what_cannot_be_cut_further_leaves_shards_to_others_or_with_nothing_to_do() -> None:
    every = frozenset(one.nodeid for one in scenarios())
    written = cut({"s": scenarios()}, lambda _: every, 3, Durations({}))
    assert [[share.words for share in shard] for shard in written.shards] == [["s"], [], []]
    assert [len(shard) for shard in cut({"s": few(2)}, lambda _: frozenset(), 4, Durations({})).shards] == [1, 1, 0, 0]
    slow = Durations({"slow": {one.nodeid: 9.0 for one in few(4)}, "quick": {one.nodeid: 1.0 for one in few(4)}})
    both = cut({"slow": few(4), "quick": few(4)}, {"slow": every, "quick": frozenset[str]()}.get, 4, slow)
    assert [[share.words for share in shard] for shard in both.shards] == [
        ["slow"], ["quick (part 1 of 3)"], ["quick (part 2 of 3)"], ["quick (part 3 of 3)"]
    ]  # fmt: skip


def test_sites_and_scenarios_of_the_same_weight_are_cut_in_their_order() -> None:
    names = [f"s{nth}" for nth in range(5)]
    loads, told = [0.0] * 3, [list[str]() for _ in range(3)]
    for site in names:
        shard = min(range(3), key=lambda nth: (loads[nth], nth))
        loads[shard] += 1.0
        told[shard].append(site)
    assert [[share.site for share in shard] for shard in plan(names, 3).shards] == told
    assert parted(few(3), frozenset(), 2, lambda _: 1.0) == [sorted(one.nodeid for one in few(3))[::2], sorted(one.nodeid for one in few(3))[1:2]]
    assert [[share.words for share in shard] for shard in plan(names[:2], 3).shards] == [["s0 (part 1 of 2)"], ["s0 (part 2 of 2)"], ["s1"]]


def test_a_cut_into_thousands_of_shards_looks_no_oftener_at_a_site() -> None:
    asked: list[str] = []

    def together(site: str) -> frozenset[str]:
        asked.append(site)
        return frozenset()

    number = 20_000
    found = cut(dict.fromkeys("abc", scenarios()), together, number, Durations({}))
    assert sum(map(len, found.shards)) == 3 * len(scenarios()), "each scenario is alone, and the rest have nothing to do"
    assert sorted(asked) == list("aabbcc")


def test_recorded_times_even_out_shards() -> None:
    slow = scenarios()[0].nodeid
    seconds = {one.nodeid: 1.0 for one in scenarios()} | {slow: float(len(scenarios()))}
    durations = Durations({"": seconds})
    lots = parted(scenarios(), frozenset(), 2, lambda one: durations.of("s", one))
    assert [slow] in lots
    heavy = Durations({"s0": {one.nodeid: 5.0 for one in scenarios()}, "s1": {one.nodeid: 1.0 for one in scenarios()}})
    sites = [{share.site for share in shard} for shard in plan(["s1", "s2", "s0"], 2, heavy).shards]
    assert {"s0"} in sites, "the site that takes longest is alone"


def test_what_writes_to_a_site_and_all_that_looks_at_it_stays_in_one_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGING_ADMIN_PASSWORD", "k7Jp2-fleet")
    file = tmp_path / "sites.toml"
    file.write_text(
        '[sites.s]\nurl = "https://s.webex.com/WBXService/XMLService"\naccess = "read-write"\n'
        '[sites.s.accounts.site-admin]\nwebex_id = "a@example.com"\npassword = "${STAGING_ADMIN_PASSWORD}"\n',
        encoding="utf-8",
    )
    profile, registry = load_profile("s", file), catalogue().registry
    kept = kept_together(scenarios(), profile, registry, writes=True)
    apart = [one for one in scenarios() if one.nodeid not in kept]
    assert apart, "something is left to be carried out elsewhere"
    assert not any(one.writes for one in apart)
    assert not any(set(one.roles) - {"site-admin"} for one in apart), "a run that may write would make these"
    changed = {thing: mode for one in scenarios() if one.writes for thing, mode in holds(one, registry, profile.data, settings=False)}
    for one in apart:
        for thing, mode in holds(one, registry, profile.data, settings=False):
            assert thing not in changed or (mode == changed[thing] != ALONE), f"{one.nodeid} looks at {thing}"
    assert kept_together(scenarios(), profile, registry, writes=False) == frozenset()


def test_another_selection_is_another_plan() -> None:
    whole = cut({"s": scenarios()}, lambda _: frozenset(), 2, Durations({}))
    assert cut({"s": scenarios()[1:]}, lambda _: frozenset(), 2, Durations({})).selection != whole.selection
    assert cut({"s": scenarios()}, lambda _: frozenset(), 3, Durations({})).selection != whole.selection
    assert cut({"s": scenarios()}, lambda _: frozenset(), 2, Durations({}), ["41.7.0"]).selection != whole.selection


def test_a_mock_that_shards_would_share_is_not_cut() -> None:
    found = cut({"s": scenarios()}, lambda _: None, 3, Durations({}))
    assert [len(shard) for shard in found.shards] == [1, 0, 0]


def test_durations_are_read_from_reports_and_from_plain_json(tmp_path: Path) -> None:
    plain = tmp_path / "durations.json"
    plain.write_text('{"a": 3.5, "b": 0}', encoding="utf-8")
    told = read_durations(plain)
    assert (told.of("s", "a"), told.of("s", "new")) == (3.5, 1.75)
    assert told.of("s", "b") > 0
    for name, seconds in (("one", 1.0), ("two", 9.0)):
        (tmp_path / "reports" / name).mkdir(parents=True)
        summary = {"format": 1, "site": name, "scenarios": [{"nodeid": "a", "duration_s": seconds}]}
        (tmp_path / "reports" / name / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (tmp_path / "reports" / "overview.json").write_text('{"format": 1, "sites": {"one": {}, "two": {}}}', encoding="utf-8")
    told = read_durations(tmp_path / "reports")
    assert (told.of("one", "a"), told.of("two", "a")) == (1.0, 9.0)


def test_sites_are_evened_out_by_what_a_history_keeps_of_their_replies(tmp_path: Path) -> None:
    for name, day, median in (("slow", 1, 1.0), ("slow", 2, 900.0), ("quick", 1, 100.0), ("brisk", 1, 200.0)):
        night = NightRecord(
            site=name, suite="1", mock=False, release="41.12.0", site_release="41.12.0", access="read-only", strict=False,
            started=f"2026110{day}T010000Z", finished=f"2026110{day}T010100Z", scenarios=(), outcomes="....", words={}, exchanges={},
            requests=8, reply_times={"GetSite": (8, median, median, median)},
        )  # fmt: skip
        Archive(tmp_path).keep(night)
    told = read_durations(tmp_path)
    assert [told.of(site, "any") for site in ("slow", "quick", "brisk")] == [1.8, 0.2, 0.4], "the last night counts"
    assert told.of("new", "any") == pytest.approx(0.8), "a site without a night takes what is usual"
    assert told.digest == read_durations(tmp_path).digest != ""
    plan = cut({site: scenarios() for site in ("quick", "brisk", "slow")}, lambda _: None, 2, told)
    assert [[share.site for share in shard] for shard in plan.shards] == [["slow"], ["brisk", "quick"]]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"a": "x"}', '{"scenarios": 1}', '{"a": Infinity}', '{"a": NaN}', '{"a": 2, "b": -1}', '{"a": "inf"}', '{"a": 1e308}',
     f'{{"a": 1{"0" * 400}}}', '{"scenarios": [{"nodeid": "a", "duration_s": -Infinity}]}'],
)
def test_durations_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "durations.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="cannot read what scenarios took") as caught:
        read_durations(file)
    assert caught.value.code == "durations"
