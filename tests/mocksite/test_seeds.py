"""What every mock site holds from the start, and the profile that describes it."""

from __future__ import annotations

import json
import tomllib
import tracemalloc

import mocksite
from mocksite.model.queries import Query, Term
from mocksite.model.records import Recording
from mocksite.model.settings import NAMES, UNTOLD
from mocksite.protocol.dates import DAY

ROLES = {
    "site-admin": {"password", "webex_access_token", "access_token"},
    "read-only-admin": {"password"},
    "user-admin": {"password"},
    "host": {"password", "webex_access_token", "access_token"},
    "attendee": {"password"},
    "classic-era-user": {"password"},
    "control-hub-user": {"password"},
    "unscoped-admin": {"access_token"},
    "disposable-user": {"password"},
}


def test_the_profile_describes_the_site(site) -> None:
    profile = site.profile
    assert {"url", "site_name", "release", "access", "control_url", "accounts", "settings", "data"} == set(profile)
    assert (profile["release"], profile["access"], profile["site_name"]) == (mocksite.RELEASES[-1], "read-write", "mocksite")
    assert {role: set(account) - {"webex_id", "email"} for role, account in profile["accounts"].items()} == ROLES
    assert not set(UNTOLD) & set(profile["settings"])
    assert set(UNTOLD) | set(profile["settings"]) == set(NAMES)
    assert all(isinstance(value, str) and value for value in profile["data"].values())


def test_every_account_plays_its_role(site) -> None:
    for role, account in site.profile["accounts"].items():
        user = site.done("GetUser", f"<webExId>{account['webex_id']}</webExId>", role)
        assert user.text("email") == account["email"]
        assert user.text("privilege/siteAdmin") == str(role in {"site-admin", "unscoped-admin"}).lower()
        assert user.text("privilege/roSiteAdmin") == str(role == "read-only-admin").lower()
        assert user.text("privilege/host") == str(role != "attendee").lower()
    assert site.account("classic-era-user")["webex_id"] != site.account("classic-era-user")["email"]
    assert site.account("control-hub-user")["webex_id"] == site.account("control-hub-user")["email"]


def test_what_the_host_owns(site) -> None:
    names = site.done("LstsummarySession").texts("session/confName")
    assert {"Quarterly planning", "Design review", "Product launch", "Annual address", "Customer day", "Partner briefing"} <= set(names)
    kinds = [row["kind"] for row in json.loads(site.control("GET", "state").body)["recordings"]]
    assert all(kinds.count(kind) >= 2 for kind in ("meeting", "large-event", "event", "training"))
    assert site.data["toneless-event-session-key"] != site.data["classic-event-session-key"]


def test_dates_count_from_today(make, clock) -> None:
    for now in (clock.now, clock.now + 400 * DAY):
        clock.now = now
        held = json.loads(make().control("GET", "state").body)
        sessions = [row for row in held["sessions"] if not row["opened"]]
        assert all(row["starts"] > now for row in sessions)
        assert all(row["stored"] < now for row in held["recordings"])
        recent = [row for row in held["recordings"] if row["pressed"] > now - 30 * DAY]
        assert len(recent) == len(held["recordings"]) - 1
        seen = {row["recording_id"]: row["pressed"] for row in held["recordings"]}
        assert all(seen[row["recording_id"]] < row["at"] < now for row in held["views"])
        assert any(row["at"] < now - 90 * DAY for row in held["views"])


def test_late_recordings(site) -> None:
    held = {row["name"]: row for row in json.loads(site.control("GET", "state").body)["recordings"]}
    for word in ("meeting", "classic-event", "training"):
        tape = held[site.data[f"late-{word}-recording-name"]]
        assert tape["stored"] - tape["pressed"] >= 2 * 3600
        assert str(tape["recording_id"]) != site.data[f"{word}-record-id"]


def test_the_seed_decides(make) -> None:
    assert make(seed=7).core.profile() == make(seed=7).core.profile()
    assert make(seed=7).core.profile() != make(seed=8).core.profile()


def test_new_keys_never_meet_old_ones(site) -> None:
    keys = set(site.done("LstsummarySession", role="site-admin").texts("session/sessionKey"))
    count = len(keys)
    for number in range(40):
        keys.add(site.done("CreateMeeting", f"<metaData><confName>M{number}</confName></metaData>").text("meetingkey"))
    assert len(keys) == count + 40
    assert all(len(key) == 10 and key.isdigit() for key in keys)


def test_a_further_site_writes_its_own_profile() -> None:
    with mocksite.start() as server:
        second = server.add_site("mocksite-gw0")
        profile = tomllib.loads(second.profile("mock"))["sites"]["mock"]
        assert (profile["site_name"], profile["url"]) == ("mocksite-gw0", server.url)
        assert profile["control_url"] == second.control_url == f"{server.control_url}/sites/mocksite-gw0"
        first = tomllib.loads(server.profile("staging"))["sites"]["staging"]
        assert (first["url"], first["control_url"]) == (server.url, server.control_url)


def test_a_large_site_holds_what_was_asked_for(make) -> None:
    def held(talk, operation: str) -> int:
        return int(talk.done(operation, role="site-admin").text("matchingRecords/total"))

    site, small = make(users=300, meetings=50, recordings=80), make()
    assert held(site, "LstsummaryUser") == 300
    assert held(site, "LstsummarySession") == held(small, "LstsummarySession") + 50
    assert held(site, "LstRecording") > held(small, "LstRecording") + 60, "of the last four weeks"
    assert site.profile["data"].keys() == make().profile["data"].keys()


def test_what_is_remembered_of_lists_does_not_grow(site) -> None:
    """LstRecording asks with the present moment, each second for the first time, and nobody may write for days."""

    def ask(times: range) -> None:
        for moment in times:
            assert site.core.main.store.count(Recording, Query((Term("stored", ">=", moment),))) == 13

    ask(range(1, 300))
    tracemalloc.start()
    try:
        ask(range(300, 1200))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 100_000
