"""Manners: what one conforming site does and another does not, because no source says which."""

from __future__ import annotations

import json

import pytest

SERVICES = "<serviceTypes>" + "".join(
    f"<serviceType>{name}</serviceType>" for name in ("MeetingCenter", "EventCenter", "TrainingCenter")
) + "</serviceTypes>"


def test_a_site_may_give_smaller_pages_than_asked_for(site) -> None:
    whole = site.done("LstsummarySession", "<listControl><maximumNum>100</maximumNum></listControl>", "site-admin")
    site.set("rows-per-page", "2")
    page = site.done("LstsummarySession", "<listControl><maximumNum>100</maximumNum></listControl>", "site-admin")
    assert (page.text("matchingRecords/returned"), page.text("matchingRecords/total")) == ("2", whole.text("matchingRecords/total"))
    assert len(page.all("session")) == 2


def test_histories_may_lag_behind(site) -> None:
    detail = f"<recordID>{site.data['training-record-id']}</recordID>"
    assert len(site.done("LstrecordaccessDetailHistory", detail).all("recordDetail")) == 3
    assert "Release review-10" in site.done("LstrecordaccessHistory", SERVICES).texts("recordAccessHistory/recordName")
    site.set("history-lag", "240")
    assert len(site.done("LstrecordaccessDetailHistory", detail).all("recordDetail")) == 2, "one was 4 days ago"
    assert "Release review-10" not in site.done("LstrecordaccessHistory", SERVICES).texts("recordAccessHistory/recordName")


def test_histories_may_forget(site) -> None:
    window = "<viewTimeScope><viewTimeStart>1/1/2020 0:0:0</viewTimeStart><viewTimeEnd>11/18/2026 12:00:00</viewTimeEnd></viewTimeScope>"
    assert "Safety course-01" in site.done("LstrecordaccessHistory", window).texts("recordAccessHistory/recordName")
    site.set("history-reach", "90")
    assert "Safety course-01" not in site.done("LstrecordaccessHistory", window).texts("recordAccessHistory/recordName")
    site.set("history-reach", "2")
    assert site.call("LstrecordaccessDetailHistory", f"<recordID>{site.data['training-record-id']}</recordID>").id == "000015"


@pytest.mark.parametrize("spelling", ["recordID", "recondID"])
def test_a_site_may_know_one_spelling_of_the_id(site, spelling: str) -> None:
    site.set("record-id-spelling", json.dumps(spelling))
    for name in ("recordID", "recondID"):
        reply = site.call("LstrecordaccessDetailHistory", f"<{name}>{site.data['training-record-id']}</{name}>")
        assert reply.ok is (name == spelling)


@pytest.mark.parametrize(("manner", "told"), [("absent", []), ("empty", [""]), ("as-prefix", ["PRO"])])
def test_predefined_types_may_carry_the_second_prefix(site, manner: str, told: list[str]) -> None:
    site.set("predefined-sub-prefix", json.dumps(manner))
    asked = "<meetingTypeID>{}</meetingTypeID>"
    predefined = site.done("LstMeetingType", asked.format(site.data["predefined-session-type-id"]))
    assert predefined.texts("meetingType/subProductCodePrefix") == told
    customised = site.done("LstMeetingType", asked.format(site.data["customised-session-type-id"]))
    assert customised.texts("meetingType/subProductCodePrefix") == ["PRO3"]


def test_a_site_may_take_markup_out_of_descriptions(site) -> None:
    def described(text: str) -> str:
        body = f"<metaData><sessionName>E</sessionName><description>{text}</description></metaData><schedule><startDate>11/30/2026 10:00:00</startDate></schedule>"
        key = site.done("CreateEvent", f"<accessControl><sessionPassword>Pw1234</sessionPassword></accessControl>{body}").text("sessionKey")
        return str(site.done("GetEvent", f"<sessionKey>{key}</sessionKey>").text("metaData/description"))

    assert described("&lt;b&gt;Bold&lt;/b&gt; &amp; plain") == "<b>Bold</b> & plain"
    site.set("markup-in-descriptions", "false")
    assert described("&lt;b&gt;Bold&lt;/b&gt; &amp; plain") == "Bold & plain"


def test_addresses_are_told_in_small_letters(site) -> None:
    """The report database keeps them so, whatever was sent."""
    reply = site.done("LstrecordaccessDetailHistory", f"<recordID>{site.data['training-record-id']}</recordID>")
    assert reply.texts("recordDetail/participantEmail") == ["wim.watcher@example.org", "vera.viewer@example.org", ""]
