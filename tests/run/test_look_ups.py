"""What the profile names is looked up before anything is judged by it: wrong keys break scenarios, sites that are wrong fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.scenarios.execution import ScenarioTrial
from conformance.scenarios.features import Catalogue
from mocksite.model.queries import Query, Term
from mocksite.model.records import Session, User, View
from tests.rig import Rig, rig

#: A scenario of each clause that needs something held.
HISTORIES = [f"R41.11.0-{number}" for number in (*range(40, 45), *range(46, 55))]
EVENTS_OFF = ["R41.12.0-02", "R41.12.0-03", "R41.12.0-04", "R41.12.0-08"]
TYPES = ["R41.12.0-13", "R41.12.0-14", "R41.12.0-15", "R41.12.0-17", "R41.12.0-18", "R41.12.0-19"]
Spoil = Callable[[Rig], None]


def run(site: Rig, clauses: list[str]) -> list[ScenarioTrial]:
    scenarios = [one for file in site.catalogue.known_files() for one in file.scenarios.values()]
    return site.run([one for one in scenarios if one.clause.id in clauses and one.level != "observe"])


def told(site: Rig, **data: str) -> Rig:
    """The same site with other keys in the profile."""
    profile = site.run_context.profile
    named = {key.replace("_", "-"): value for key, value in data.items()}
    return replace(site, run_context=replace(site.run_context, profile=replace(profile, data={**profile.data, **named})))


def nobody_watched(site: Rig) -> Rig:
    store = site.core.main.store
    with store.transaction():
        for view in store.all(View, Query()):
            store.drop(View, Term("view_id", "=", view.view_id))
    return site


def watched(days: float) -> Callable[[Rig], Rig]:
    """Every view was so many days ago."""

    def change(site: Rig) -> Rig:
        store = site.core.main.store
        now = int(site.run_context.now.timestamp())
        with store.transaction():
            for view in store.all(View, Query()):
                store.put(replace(view, at=now - int(days * 86400)))
        return site

    return change


def another_host(site: Rig) -> Rig:
    """The classic events of the profile belong to somebody else."""
    store = site.core.main.store
    other = store.first(User, Term("webex_id", "=", "jclassic"))
    assert other is not None
    with store.transaction():
        for session in store.all(Session, Query()):
            store.put(replace(session, host_id=other.user_id))
    return site


@pytest.mark.parametrize(
    ("clauses", "change", "words"),
    [
        pytest.param(HISTORIES, nobody_watched, "must be a recording watched", id="recordings-nobody-watched"),
        pytest.param(HISTORIES, watched(120), "must be a recording watched", id="views-older-than-the-default-window"),
        pytest.param(EVENTS_OFF, lambda site: told(site, classic_event_session_key="1", disposable_classic_event_session_key="2"),
                     "must be a classic event of this account", id="events-that-are-no-more"),
        pytest.param(TYPES, lambda site: told(site, customised_session_type_id="7", predefined_session_type_id="8"),
                     "must be the number of a session type", id="session-types-that-are-none"),
    ],
)  # fmt: skip
def test_a_wrong_key_breaks_and_never_fails(
    catalogue: Catalogue, clauses: list[str], change: Callable[[Rig], Rig], words: str
) -> None:
    with rig(catalogue) as site:
        trials = run(change(site), clauses)
    needing = [trial for trial in trials if any("the site has" in step.text for step in trial.scenario.steps)]
    assert len(needing) >= len(clauses)
    assert {trial.verdict.outcome for trial in needing} <= {"broken", "passed"}
    broken = [trial for trial in needing if trial.verdict.outcome == "broken"]
    assert len(broken) >= len(clauses) - 1, "old views are still told for one recording, whatever their age"
    assert all(words in trial.cause and "does not find it" in trial.cause for trial in broken)


def test_views_of_the_last_hours_are_no_evidence_for_a_list_that_lags(catalogue: Catalogue) -> None:
    """The details tell them, the list may not yet."""
    with rig(catalogue) as site:
        watched(1)(site)
        site.core.main.store.set("history-lag", 0)
        lists = run(site, [f"R41.11.0-{number}" for number in range(40, 45)])
    assert {trial.verdict.outcome for trial in lists} == {"passed"}, "the list tells them: no lag here"


@pytest.mark.parametrize("spelling", ["recondID", "recordID"])
def test_either_spelling_of_the_id_is_enough(catalogue: Catalogue, spelling: str) -> None:
    with rig(catalogue) as site:
        site.core.main.store.set("record-id-spelling", spelling)
        trials = run(site, HISTORIES)
    assert {trial.verdict.outcome for trial in trials} == {"passed"}


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("R41.11.0-50/as-before", "R41.11.0-50"),
        ("R41.11.0-44/as-before", "R41.11.0-44"),
        ("R41.12.0-03/as-before", "R41.12.0-03"),
        ("R41.12.0-04/as-before", "R41.12.0-04"),
        ("GetEvent/010106/id-other", "R41.12.0-03"),
        ("GetSessionInfo/010106/id-other", "R41.12.0-04"),
    ],
)
def test_a_site_that_hides_it_from_one_operation_still_fails(catalogue: Catalogue, fault: str, clause: str) -> None:
    """Because another operation tells that it is there."""
    with rig(catalogue, fault=fault) as site:
        found = {trial.verdict.outcome for trial in run(site, [clause])}
    assert found - {"skipped"} == {"failed"}
