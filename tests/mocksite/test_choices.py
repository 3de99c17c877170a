"""What the notes leave open: each way a site may take is legal, named, and changes what it says it changes."""

from __future__ import annotations

import json

import pytest

from mocksite.model.settings import CHOICES


def test_the_first_way_is_the_one_taken_unasked(site) -> None:
    settings = json.loads(site.control("GET", "state").body)["settings"]
    assert {name: settings[name] for name in CHOICES} == {name: ways[0] for name, ways in CHOICES.items()}


@pytest.mark.parametrize("name", CHOICES)
def test_another_way_is_refused_with_those_there_are(site, name: str) -> None:
    answer = site.control("PUT", f"settings/{name}", '"otherwise"')
    assert answer.status == 400
    assert ", ".join(CHOICES[name]) in answer.body.decode()


def test_booleans_in_digits(site) -> None:
    site.set("booleans", '"digits"')
    assert site.done("GetSite").anywhere("isWebexTelephony") == ["1"]
    assert site.user("rosa.room@example.com").text("privilege/siteAdmin") == "0"


def test_elements_in_other_parents(site) -> None:
    site.set("license-counters", '"in-resourceRestrictions"')
    site.set("recording-elements", '"in-tools"')
    site.set("assistant-element", '"in-sessionOptions"')
    told = site.done("GetSite", role="site-admin")
    assert "ECActiveUserCount" in told.names("siteInstance/resourceRestrictions")
    assert "ECActiveUserCount" not in told.names("siteInstance/metaData")
    assert "activeUserCount" in told.names("siteInstance/metaData")
    assert "storageEmptyStatus" in told.names("siteInstance/tools")
    user = site.user("rosa.room@example.com")
    assert "webexAssistantEnabled" in user.names("sessionOptions")
    assert "webexAssistantEnabled" not in user.names()


def test_elements_that_may_be_absent(site) -> None:
    site.set("telephony-labels", '"absent"')
    site.set("capacity-without-license", '"absent"')
    site.set("events-2-elements", '"meetings-only"')
    assert "serviceName" not in site.done("GetSite").names("siteInstance/telephonyConfig")
    assert "largeEventCapacity" not in site.user("norman.plain@example.com").names()
    assert site.user("lena.events@example.com").text("largeEventCapacity") == "3000"
    for key, told in (("meeting-session-key", True), ("classic-event-session-key", False)):
        listed = site.done("LstsummarySession", f"<sessionKey>{site.data[key]}</sessionKey>")
        assert ("enableEvent" in listed.names("session")) is told


def test_elements_of_series_for_everybody(site) -> None:
    site.set("recurrence-elements", '"always"')
    listed = site.done("LstsummarySession", f"<sessionKey>{site.data['meeting-session-key']}</sessionKey>")
    assert "isScheduledPMR" in listed.names("session")


def test_names_of_panelist_passwords(site) -> None:
    site.set("panelist-passwords", '"called-answerer"')
    body = f"<sessionKey>{site.data['webcast-session-key']}</sessionKey>"
    names = site.done("GetSessionInfo", body).names("accessControl")
    assert {"answererPassword", "answererNumericPassword"} <= set(names)
    assert not [name for name in names if "panelist" in name]


@pytest.mark.parametrize("role", ["siteAdmin", "roSiteAdmin", "umSiteAdmin"])
def test_roles_that_control_hub_gives(site, role: str) -> None:
    """9.0 SP2: sites of common identity refuse to assign some administrator roles, 030103."""
    user = "<firstName>N</firstName><lastName>N</lastName><webExId>{0}</webExId><email>{0}</email><privilege><{1}>true</{1}></privilege>"
    assert site.call("CreateUser", user.format("n.one@example.com", role), "site-admin").id == "030103"
    assert site.call("CreateUser", user.format("n.one@example.com", "host"), "site-admin").ok
    changed = "<webExId>{0}</webExId><privilege><{1}>true</{1}></privilege>"
    assert site.call("SetUser", changed.format("n.one@example.com", role), "site-admin").id == "030103"
    assert site.user("n.one@example.com").text(f"privilege/{role}") == "false"
    for number, (setting, value) in enumerate((("administrator-roles", '"given"'), ("control-hub-managed", "false"))):
        site.set(setting, value)
        made = f"n.more{number}@example.com"
        site.done("CreateUser", user.format(made, role), "site-admin")
        assert site.user(made).text(f"privilege/{role}") == "true"
        site.set("administrator-roles", '"refused"')
        assert site.call("SetUser", changed.format(made, role), "site-admin").ok, "who has a role is given none"


def test_users_of_a_site_with_longer_pins_and_hybrid_voip(site) -> None:
    site.set("host-pins", '"of-6-digits"')
    site.set("new-hybrid-voip", '"on"')
    email = site.new_user()
    assert len(site.user(email).text("phones/hostPIN")) == 6
    assert site.user(email).text("privilege/cmrHybridVoip") == "true"
    phones = "<webExId>{}</webExId><phones><hostPIN>{}</hostPIN></phones>"
    assert site.call("SetUser", phones.format(email, "4821"), "site-admin").id == "999999"
    assert site.call("SetUser", phones.format(email, "482157"), "site-admin").ok


def test_hybrid_voip_needs_more_than_webex_telephony(site) -> None:
    site.set("cmr-hybrid-voip", "false")
    email = site.new_user()
    change = f"<webExId>{email}</webExId><privilege><cmrHybridVoip>true</cmrHybridVoip></privilege>"
    site.done("SetUser", change, "site-admin")
    assert site.user(email).text("privilege/cmrHybridVoip") == "false"
    site.set("cmr-hybrid-voip", "true")
    site.done("SetUser", change, "site-admin")
    assert site.user(email).text("privilege/cmrHybridVoip") == "true"


def test_a_page_at_the_retired_address(site) -> None:
    old = "/WBXService/xml10.0.0/XMLService"
    assert site.post("", old).response.status == 404
    site.set("retired-address", '"page"')
    assert (site.post("", old).response.status, b"<html" in site.post("", old).response.body) == (200, True)
