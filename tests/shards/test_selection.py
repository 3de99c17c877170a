"""Which of many sites a run is on, and which shard of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from conformance.run.fleet import shard_run
from conformance.run.fleet.processes import SiteProcess, run_fleet
from conformance.run.fleet.selection import fraction, shard_of, sites_named
from conformance.run.fleet.shard_run import run_shard
from conformance.run.fleet.shards import ShardPlan, Share
from conformance.run.options import Options
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.sites.errors import UserError
from conformance.sites.profile import Profile
from conformance.sites.profile_file import listed, load_profile

PROFILE = """[sites.{name}]
url = "https://{name}.webex.com/WBXService/XMLService"
groups = {groups}

[sites.{name}.accounts.site-admin]
webex_id = "admin@{name}.example.com"
password = "${{FLEET_PASSWORD}}"
"""


def profiles(**groups: str) -> str:
    return "\n".join(PROFILE.format(name=name.replace("_", "-"), groups=told) for name, told in groups.items())


@pytest.fixture
def sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLEET_PASSWORD", "k7Jp2-fleet")
    file = tmp_path / "sites.toml"
    text = profiles(emea_1='["emea", "staging"]', emea_2='["emea"]', apac_1='["apac"]', alone="[]")
    file.write_text(text, encoding="utf-8")
    return file


def refusal(names: list[str], groups: list[str], sites: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        sites_named(names, groups, str(sites))
    return caught.value


def test_sites_are_named_by_pattern_group_and_list(sites: Path) -> None:
    place = str(sites)
    assert sites_named(["emea-*"], [], place).sites == ("emea-1", "emea-2")
    assert sites_named([], ["emea", "apac"], place).sites == ("emea-1", "emea-2", "apac-1")
    assert sites_named(["*-1"], ["emea"], place).sites == ("emea-1",), "a group narrows what --site names"
    listing = sites.with_name("list.txt")
    listing.write_text("# tonight\nalone\n\nemea-*  # two\nalone\n", encoding="utf-8")
    assert sites_named([f"@{listing}"], [], place).sites == ("alone", "emea-1", "emea-2")


def test_names_that_are_written_out_need_no_file(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.toml")
    assert sites_named([], [], missing).sites == ("mock",)
    assert sites_named(["b", "a", "b"], [], missing).sites == ("b", "a")


def test_what_names_nobody_is_refused_and_the_nearest_named(sites: Path) -> None:
    assert refusal(["emaa-*"], [], sites).code == "site-unknown"
    assert refusal([], ["emae"], sites).hint == "did you mean 'emea'?"
    assert refusal(["apac-*"], ["emea"], sites).code == "group-empty"
    assert refusal([f"@{sites.parent / 'none.txt'}"], [], sites).code == "site-list"


def test_profiles_may_stand_in_a_folder(sites: Path) -> None:
    folder = sites.parent / "fleet"
    folder.mkdir()
    (folder / "a.toml").write_text(profiles(one="[]", two="[]"), encoding="utf-8")
    (folder / "b.toml").write_text(profiles(three='["emea"]'), encoding="utf-8")
    assert sites_named(["t*"], [], str(folder)).sites == ("two", "three")
    assert load_profile("three", folder).groups == ("emea",)
    (folder / "c.toml").write_text(profiles(three="[]"), encoding="utf-8")
    with pytest.raises(UserError, match="stands in two files"):
        load_profile("three", folder)


@pytest.fixture
def folder(sites: Path) -> Path:
    """One file a site, of which one is cut short."""
    folder = sites.parent / "fleet"
    folder.mkdir()
    for name in ("emea_1", "emea_2", "apac_1"):
        (folder / f"{name}.toml").write_text(profiles(**{name: f'["{name[:4]}"]'}), encoding="utf-8")
    (folder / "emea-10.toml").write_text("[sites.emea-10]\nurl = \"https://emea-10\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("names", "groups", "sites_left"),
    [
        (["emea-*"], [], ("emea-1", "emea-2")),
        ([], ["emea"], ("emea-1", "emea-2")),
        (["apac-*"], [], ("apac-1",)),
        (["*"], ["apac"], ("apac-1",)),
        (["latam-*", "apac-1"], [], ("apac-1",)),
        ([], ["apac", "latam"], ("apac-1",)),
    ],
)
def test_a_broken_file_keeps_no_other_site_from_its_run_but_is_told(
    folder: Path, names: list[str], groups: list[str], sites_left: tuple[str, ...]
) -> None:
    found = sites_named(names, groups, str(folder))
    assert found.sites == sites_left
    assert [(problem.code, problem.where) for problem in found.problems] == [("sites-syntax", str(folder / "emea-10.toml"))]


def test_where_a_broken_file_is_all_that_a_pattern_may_mean_it_is_the_mistake(folder: Path) -> None:
    assert refusal(["latam-*"], [], folder).where == str(folder / "emea-10.toml")
    assert refusal(["emea-*"], ["latam"], folder).where == str(folder / "emea-10.toml")
    for file in folder.glob("*_*.toml"):
        file.unlink()
    assert refusal(["*"], [], folder).code == "sites-syntax"


def test_a_broken_file_stops_its_own_site_alone(folder: Path) -> None:
    assert load_profile("emea-1", folder).groups == ("emea",), "its name begins that of the broken one"
    for name, code, words in (
        ("emea-10", "sites-syntax", "emea-10.toml is not TOML"),
        ("apac", "site-unknown", "did you mean 'apac-1'?"),
        ("quebec", "site-unknown", "; it may stand in emea-10.toml, which is broken"),
    ):
        with pytest.raises(UserError) as caught:
            load_profile(name, folder)
        assert caught.value.code == code
        assert words in caught.value.what + caught.value.hint
    (folder / "whole.toml").write_text(profiles(emea_10="[]"), encoding="utf-8")
    assert load_profile("emea-10", folder).source == str(folder / "whole.toml")
    (folder / "table.toml").write_text('[site.emea-2]\nurl = "x"\n', encoding="utf-8")
    (folder / "binary.toml").write_bytes(b"\xff\xfe emea-2")
    assert load_profile("emea-2", folder).source == str(folder / "emea_2.toml")
    assert len(listed(folder)[1]) == 3


def test_a_site_whose_groups_are_none_is_not_passed_over_in_silence(sites: Path) -> None:
    text = profiles(emea_1='["emea"]', emea_2='"emea"', apac_1="[1]", alone='["alone"]') + "\n[sites]\nodd = 3\n"
    sites.write_text(text, encoding="utf-8")
    found = sites_named([], ["emea"], str(sites))
    assert found.sites == ("emea-1",)
    line = text.splitlines().index('groups = "emea"') + 1
    assert [problem.code for problem in found.problems] == ["profile-type", "profile-type", "sites-table"]
    assert found.problems[0].where == f"{sites}:{line}"
    assert [str(one) for one in sites_named(["emea-*"], ["emea"], str(sites)).problems] == [str(found.problems[0])]
    assert sites_named(["al*"], ["alone"], str(sites)).problems == (), "what is not named is no concern"


def test_a_name_that_no_profile_has_is_told_beside_a_group(sites: Path) -> None:
    listing = sites.with_name("list.txt")
    listing.write_text("emea-1\naloen\n", encoding="utf-8")
    for named in (["emea-1", "aloen"], [f"@{listing}"]):
        found = sites_named(named, ["emea"], str(sites))
        assert found.sites == ("emea-1",)
        assert [(problem.code, problem.hint) for problem in found.problems] == [("site-unknown", "did you mean 'alone'?")]
    assert refusal(["aloen"], ["emea"], sites).code == "site-unknown"


def test_what_cannot_name_a_folder_names_no_site_of_many(sites: Path) -> None:
    assert refusal(["../reports", "alone"], [], sites).code == "site-name-form"
    assert refusal([".."], ["emea"], sites).code == "site-name-form"
    sites.write_text(profiles(alone="[]") + '\n[sites."../up"]\nurl = "x"\n', encoding="utf-8")
    found = sites_named(["*"], [], str(sites))
    assert (found.sites, [problem.code for problem in found.problems]) == (("alone",), ["site-name-form"])


def test_the_others_are_carried_out_and_the_run_does_not_end_well(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(SiteProcess, "begin", lambda one, _: setattr(one, "ended", 0))
    named = sites_named(["apac-*"], [], str(folder))
    options = Options(sites=named.sites, left_out=named.problems, reports=tmp_path / "reports", root=tmp_path)
    assert run_fleet(options, ()) == 4
    told = capsys.readouterr().out
    assert told.count("LEFT OUT  error[sites-syntax]") == 2, "before the run, and at its end"
    (missing,) = json.loads((options.reports / "overview.json").read_text(encoding="utf-8"))["missing"]
    assert missing.startswith(f"{folder / 'emea-10.toml'} is not TOML")
    assert run_fleet(replace(options, left_out=()), ()) == 0
    assert "missing" not in json.loads((options.reports / "overview.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("shares", [((Share("apac-1", 1, 1, 2),),), ((),)], ids=["with a site", "with nothing to do"])
def test_every_shard_tells_what_is_left_out(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shares: tuple[tuple[Share, ...], ...]
) -> None:
    monkeypatch.setattr(SiteProcess, "begin", lambda one, _: setattr(one, "ended", 0))
    monkeypatch.setattr(shard_run, "plan_shards", lambda *_: ShardPlan(shares, ("apac-1",), "5e1ec7ed"))
    named = sites_named(["apac-*"], [], str(folder))
    options = Options(sites=named.sites, left_out=named.problems, reports=tmp_path / "reports", root=tmp_path)
    assert run_shard(options, (), (), (1, 1)) == 4
    document = json.loads((options.reports / "shard.json").read_text(encoding="utf-8"))
    assert document["left_out"] == [named.problems[0].what]
    assert run_shard(replace(options, left_out=()), (), (), (1, 1)) == 0


def test_one_bad_profile_keeps_no_other_site_from_being_cut(sites: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sites.write_text(sites.read_text(encoding="utf-8").replace("[sites.emea-1]", '[sites.emea-1]\nrate = "often"'), encoding="utf-8")
    scenarios = [cast(Scenario, SimpleNamespace(nodeid=str(nth), fingerprint="")) for nth in range(4)]
    catalogue = cast(Catalogue, SimpleNamespace(registry=None))
    options = Options(sites=("emea-1", "emea-2"), sites_file=str(sites), reports=sites.parent, root=sites.parent)
    shares = [share for shard in shard_run.cut_for(options, scenarios, catalogue, 4).shards for share in shard]
    assert {share.site: share.parts for share in shares} == {"emea-1": 1, "emea-2": 3}
    monkeypatch.delenv("FLEET_PASSWORD")
    with pytest.raises(UserError, match="FLEET_PASSWORD is not set"):
        shard_run.cut_for(replace(options, sites=("emea-2",)), scenarios, catalogue, 4)


def test_of_thousands_of_profiles_one_bad_entry_is_named_with_its_line(sites: Path) -> None:
    names = [f"s{number}" for number in range(300)]
    text = profiles(**dict.fromkeys(names, '["many"]')).replace('url = "https://s7.webex.com', 'rate = "often"\nurl = "https://s7.webex.com')
    sites.write_text(text, encoding="utf-8")
    loaded: dict[str, Profile | UserError] = {}
    for name in names:
        try:
            loaded[name] = load_profile(name, sites)
        except UserError as problem:
            loaded[name] = problem
    bad = {name: told for name, told in loaded.items() if isinstance(told, UserError)}
    line = text.splitlines().index('rate = "often"') + 1
    assert {name: told.where for name, told in bad.items()} == {"s7": f"{sites}:{line}"}


def test_a_shard_is_told_by_option_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WXC_SHARD", "JOB_COMPLETION_INDEX"):
        monkeypatch.delenv(name, raising=False)
    assert shard_of(None, None) is None
    assert shard_of("3/8", None) == (3, 8)
    monkeypatch.setenv("WXC_SHARD", "2/4")
    assert shard_of(None, None) == (2, 4)
    with pytest.raises(UserError, match="JOB_COMPLETION_INDEX"):
        shard_of(None, 4)
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "0")
    assert shard_of(None, 4) == (1, 4), "Kubernetes counts from 0"
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "4")
    with pytest.raises(UserError):
        shard_of(None, 4)


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "1/0", "a/b", "1/2/3", "-1/2", "1 / 2"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is no shard"):
        fraction(text, "--shard")
