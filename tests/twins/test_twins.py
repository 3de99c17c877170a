"""No site that keeps the contract is accused. Every day another part of the twins; ``make twins`` judges all."""

from __future__ import annotations

import os
from datetime import date

import mocksite
import pytest

from conformance.scenarios.features import Catalogue
from mocksite.model.records import MeetingType
from tests.twins import wire
from tests.twins.site import Twin, judge, opened, place, scenarios
from tests.twins.table import TWINS

#: The day, or what ``TWINS_SEED`` says: the same seed chooses the same twins.
SEED = int(os.environ.get("TWINS_SEED") or date.today().toordinal())
A_DAY = 6


def chosen(seed: int) -> list[str]:
    """The twins of a seed; those of consecutive seeds are other ones until every twin had its turn."""
    names = list(TWINS)
    return [names[(seed * A_DAY + place) % len(names)] for place in range(A_DAY)]


@pytest.mark.parametrize("name", chosen(SEED))
def test_a_conforming_site_is_not_accused(catalogue: Catalogue, name: str) -> None:
    assert judge(TWINS[name], catalogue).accusations == []


def test_every_twin_has_its_turn() -> None:
    days = -(-len(TWINS) // A_DAY)
    assert {name for seed in range(days) for name in chosen(seed)} == set(TWINS)


def test_every_twin_says_what_it_stands_for() -> None:
    assert len(TWINS) >= 50
    assert [twin.name for twin in TWINS.values() if not (twin.stands_for and twin.source)] == []


def test_a_site_that_breaks_the_contract_would_be_accused(catalogue: Catalogue) -> None:
    """The instrument: what is not harmless is seen."""
    liar = Twin("liar", "nothing", "nowhere", replies=(wire.of("GetSite", wire.lacking("separateNoRecordingEdit")),))
    assert any("R41.7.0-02" in words for words in judge(liar, catalogue).accusations)


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
