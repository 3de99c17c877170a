"""Which of many sites a run is on, and which shard of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.run.fleet.selection import fraction, shard_of, sites_named
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
    assert sites_named(["emea-*"], [], place) == ("emea-1", "emea-2")
    assert sites_named([], ["emea", "apac"], place) == ("emea-1", "emea-2", "apac-1")
    assert sites_named(["*-1"], ["emea"], place) == ("emea-1",), "a group narrows what --site names"
    listing = sites.with_name("list.txt")
    listing.write_text("# tonight\nalone\n\nemea-*  # two\nalone\n", encoding="utf-8")
    assert sites_named([f"@{listing}"], [], place) == ("alone", "emea-1", "emea-2")


def test_names_that_are_written_out_need_no_file(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.toml")
    assert sites_named([], [], missing) == ("mock",)
    assert sites_named(["b", "a", "b"], [], missing) == ("b", "a")


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
    assert sites_named(["t*"], [], str(folder)) == ("two", "three")
    assert load_profile("three", folder).groups == ("emea",)
    (folder / "broken.toml").write_text("[sites.four\n", encoding="utf-8")
    assert load_profile("three", folder).source == str(folder / "b.toml"), "one bad file does not stop the others"
    known, problems = listed(folder)
    assert list(known) == ["one", "two", "three"]
    assert [problem.code for problem in problems] == ["sites-syntax"]
    (folder / "c.toml").write_text(profiles(three="[]"), encoding="utf-8")
    with pytest.raises(UserError, match="stands in two files"):
        load_profile("three", folder)


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
