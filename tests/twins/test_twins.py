"""No site that keeps the contract is accused."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import mocksite
import pytest

from conformance.scenarios.features import Catalogue
from mocksite.model.records import MeetingType
from tests.twins import holdings, wire
from tests.twins.site import StoreMailbox, Twin, judge, opened, place, scenarios
from tests.twins.table import TWINS
from tests.twisted import Twist
from tests.variations import Element, named

#: As many a day as this leaves; ``make twins`` judges all in one go.
TURNS = 20


@pytest.mark.rotating(TURNS)
@pytest.mark.parametrize("name", TWINS)
def test_a_conforming_site_is_not_accused(catalogue: Catalogue, name: str) -> None:
    assert judge(TWINS[name], catalogue).accusations == []


def test_every_twin_says_what_it_stands_for() -> None:
    assert len(TWINS) >= 50
    assert [twin.name for twin in TWINS.values() if not (twin.stands_for and twin.source)] == []


def test_a_site_that_breaks_the_contract_would_be_accused(catalogue: Catalogue) -> None:
    """The instrument: what is not harmless is seen."""
    liar = Twin("liar", "nothing", "nowhere", replies=(wire.of("GetSite", wire.lacking("separateNoRecordingEdit")),))
    assert any("R41.7.0-02" in words for words in judge(liar, catalogue).accusations)


@pytest.mark.parametrize(("summer", "accused"), [(timedelta(days=9999), True), (timedelta(days=90), True), (timedelta(hours=-1), False)])
def test_an_hour_too_much_is_seen_where_no_summer_time_explains_it(catalogue: Catalogue, summer: timedelta, accused: bool) -> None:
    """Beijing, with summer time never, in half a year, and from today on: by today's offset old times may be written."""
    late = wire.of("LstRecording", wire.rewritten("createTime", an_hour_later))
    liar = Twin("an-hour-late", "nothing", "nowhere", holds=(holdings.zones(45),), replies=(late, summer_from(summer)))
    with opened(liar, catalogue) as site:
        trials = site.rig.run([one for one in scenarios(catalogue) if one.clause.id in ("R41.6.0-04", "R41.6.0-05")])
    assert len(trials) >= 3
    assert {trial.verdict.outcome for trial in trials} == {"failed" if accused else "passed"}


def summer_from(ahead: timedelta) -> Twist:
    """LstTimeZone tells an hour more for days that come so long after now, and not how the hour is called."""

    def change(root: Element) -> None:
        for zone in named(root, "timeZone"):
            if named(zone, "timeZoneID")[0].text == "45":
                wire.all_of(wire.lacking("fallInDST"), wire.saying("gmtOffset", "540"))(zone)

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        asked = re.search(rb"<date>([^<]+)<", request.body)
        day = datetime.strptime(f"{asked[1].decode()} +0000", "%m/%d/%Y %H:%M:%S %z") if asked else datetime.min.replace(tzinfo=UTC)
        return inner(request, response) if day >= datetime.now(UTC) + ahead else response

    inner = wire.of("LstTimeZone", change)
    return twist


def an_hour_later(text: str) -> str:
    form = "%m/%d/%Y %H:%M:%S"
    return (datetime.strptime(text, form) + timedelta(hours=1)).strftime(form)


def test_a_site_that_is_not_well_is_not_judged(catalogue: Catalogue) -> None:
    """Everything after the preflight is an outage: nothing fails and nothing passes."""
    with opened(Twin("unwell", "a site whose backend is gone", "captures: 000035"), catalogue) as site:
        site.way.stop(lambda request: wire.refusal("000035", "ASService not responding"))
        trials = site.rig.run(scenarios(catalogue))
    asked = [trial for trial in trials if trial.exchanges]
    assert len(asked) > 200
    assert {trial.verdict.outcome for trial in asked} <= {"broken", "skipped"}
    assert [place(trial.scenario) for trial in trials if trial.verdict.outcome in ("passed", "failed")] == []
    assert [trial.cause for trial in asked if trial.verdict.outcome == "broken" and "000035" not in trial.cause] == []


@pytest.mark.parametrize("tells_the_name", [False, True])
def test_a_mail_of_another_kind_that_comes_first_is_not_the_one_meant(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, tells_the_name: bool
) -> None:
    def raw_to(box: StoreMailbox, recipient: str) -> list[bytes]:
        looks[recipient] += 1
        meant = whole(box, recipient)
        first = [re.sub(rb"^Subject: [^\r]*", b"Subject: Your Webex notification", mail) for mail in meant]
        told = first if tells_the_name else [b"Subject: Your Webex notification\r\n\r\nHello\r\n"]
        return [*told, *(meant if looks[recipient] > 1 else [])]

    looks: Counter[str] = Counter()
    whole = StoreMailbox.raw_to
    monkeypatch.setattr(StoreMailbox, "raw_to", raw_to)
    with opened(Twin("notified", "a notification comes first", "pages of 9.0 SP2"), catalogue) as site:
        trials = site.rig.run([one for one in scenarios(catalogue) if "reads-as-before" in one.nodeid])
    assert [trial.verdict.outcome for trial in trials if trial.scenario.mail] != []
    assert {trial.verdict.outcome for trial in trials} == {"passed"}


def test_what_stays_behind_would_be_seen(catalogue: Catalogue) -> None:
    def takes_a_type(request: mocksite.HttpRequest) -> None:
        sites[0].store.drop(MeetingType)

    sites: list[mocksite.Site] = []
    keeps = Twin("thief", "nothing", "nowhere", access="read-only", at_least=0,
                 holds=(lambda store: sites.append(type("Holder", (), {"store": store})),), gateway=lambda: takes_a_type)
    assert any("is gone or changed" in words for words in judge(keeps, catalogue).accusations)


def test_a_twin_that_does_nothing_would_be_seen(catalogue: Catalogue) -> None:
    idle = Twin("idle", "nothing", "nowhere", access="read-only", at_least=0, replies=(lambda request, response: response,))
    assert "the twin behaved as the mock does" in judge(idle, catalogue).accusations
