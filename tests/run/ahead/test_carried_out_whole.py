"""Lanes without a run: scenarios that change the site are carried out whole, judged and undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.judge.findings import ContractViolation
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.wire.served import NotServed
from tests.conftest import SAFETY
from tests.judge.test_conditions import refused
from tests.run.ahead.bench import MEETING, Bench, carried, scenario, sent, writing
from tests.run.answering_site import OK, Site


def test_what_changes_the_site_is_carried_out_judged_and_undone(bench: Bench, site: Site, like: Scenario) -> None:
    site.answers["CreateMeeting"] = [MEETING]
    change, read = writing(like, "change", "make", "then look"), scenario(like, "read", "look")
    lanes = bench.lanes([change, read], writing=True)
    told = carried(lanes, change)
    assert sent(told.context.exchanges) == ["CreateMeeting", "GetSite"]
    assert told.context.scenario is change
    assert [step.text for step in told.record.steps] == ["make", "look"]
    assert (told.error, told.cleanup_errors) == (None, ())
    assert 0 < told.replayed < SAFETY
    assert "DelMeeting" in site.operations
    assert lanes.carried(change) is None, "once"
    assert lanes.recording(change) == []
    assert (sent(lanes.recording(read)), lanes.carried(read)) == (["GetSite"], None)


def test_what_was_found_and_what_could_not_be_undone_is_told(bench: Bench, site: Site, like: Scenario) -> None:
    site.answers |= {"CreateMeeting": [MEETING], "DelMeeting": [refused()]}
    change = writing(like, "change", "make", "then find")
    told = carried(bench.lanes([change], writing=True), change)
    assert isinstance(told.error, ContractViolation)
    assert [violation.check for violation in told.context.violations] == ["x"]
    assert told.cleanup_errors == ("CreateMeeting x could not be undone: DelMeeting answered FAILURE 000001 No",)


@pytest.mark.parametrize(
    ("writes", "answer", "texts", "kept"),
    [
        (True, "lost", ("make",), True), (False, "lost", ("make",), False), (True, OK, ("make", "give_up"), False), (True, OK, ("give_up",), False),
        (True, OK, ("break_down",), False), (True, "lost", ("try_to_make", "break_down"), False), (True, "lost", ("look", "make"), True),
    ],
)  # fmt: skip
def test_what_came_to_no_verdict_is_tried_again_unless_it_may_have_changed_something(
    bench: Bench, site: Site, like: Scenario, writes: bool, answer: str, texts: tuple[str, ...], kept: bool
) -> None:
    site.answers["CreateMeeting"] = [answer]
    change = replace(writing(like, "change", *texts), writes=writes)
    after = writing(like, "after", "look")
    lanes = bench.lanes([change, after], writing=True)
    found = lanes.carried(change)
    assert (found is not None) is kept
    assert found is None or str(found.error).endswith("nobody answered")
    assert carried(lanes, after).error is None, "the lane goes on"


def test_what_is_not_served_is_told_in_its_turn(bench: Bench, site: Site, like: Scenario) -> None:
    told: list[bool] = []

    def miss(context: ScenarioContext) -> None:
        context.tell_missing = lambda problem: told.append(True)  # type: ignore[method-assign]
        raise NotServed("GetSite", "gone")

    change = writing(like, "change", "miss")
    assert bench.lanes([change], writing=True, miss=miss).carried(change) is None
    assert told == []
