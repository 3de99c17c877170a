"""No false alarm: what means the same is judged the same, however a site writes it."""

from __future__ import annotations

import pytest

from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.execution import ScenarioTrial
from tests.first_rows import first_rows
from tests.rig import CoreTransport, Through, rig
from tests.twisted import replacing
from tests.variations import VARIATIONS, Counter, pieces, through

Told = dict[str, tuple[str, tuple[object, ...], str]]
#: Variations of what only some replies hold, and how many replies of a run must have been varied at least.
SOME = {
    "default namespace for the body": 200, "a blank for an empty value": 100, "start and end tag for an empty element": 100,
    "an empty-element tag": 50, "booleans as 1 and 0": 100, "subErrors beside the exception": 30, "rows in another order": 20,
    "other wording where no reason is printed": 10, "reasons left out where none is printed": 10, "total above returned": 30,
    "other letter case of every reason": 30, "zones named otherwise": 50,
    "another period and white space in every reason": 30, "required elements real sites leave out": 30, "a site of 42.x": 50,
}  # fmt: skip
#: What is skipped under a variation, which takes away what it is judged by: a list that goes on does not tell all views.
SKIPPED = {"total above returned": ["What was viewed before that time is not returned"]}
#: Variations below the document: what a scenario asks makes no difference to them, so every fourth does.
BELOW = {
    "more headers", "header names in small letters", "no Content-Type", "application/xml", "gzip", "no XML declaration",
    "US-ASCII", "UTF-16, big end first", "UTF-8 with a byte order mark", "single quotes", "blanks inside tags",
}  # fmt: skip


def scenarios(catalogue: Catalogue) -> list[Scenario]:
    """Every scenario that asks a site; those that compare our schemas meet no reply."""
    everything = [scenario for file in catalogue.known_files() for scenario in file.scenarios.values()]
    return first_rows(scenario for scenario in everything if scenario.operations)


def judged(catalogue: Catalogue, way: Through, release: str = "41.12.0", each: int = 1) -> Told:
    with rig(catalogue, release=release, through=way) as site:
        trials: list[ScenarioTrial] = site.run(scenarios(catalogue)[::each])
    return {f"{one.scenario.path}:{one.scenario.line}:{one.scenario.title}:{one.scenario.row}": (one.verdict.outcome, one.violations, one.cause) for one in trials}


@pytest.fixture(scope="module")
def plain(catalogue: Catalogue) -> Told:
    return judged(catalogue, CoreTransport)


@pytest.mark.rotating(8)
@pytest.mark.parametrize("name", VARIATIONS)
def test_a_harmless_variation_raises_no_alarm(catalogue: Catalogue, plain: Told, name: str) -> None:
    counter = Counter()
    told = judged(catalogue, through(VARIATIONS[name], counter), each=4 if name in BELOW else 1)
    assert len(told) > 50
    changed = {node: row for node, row in told.items() if row != plain[node]}
    assert {node: row for node, row in changed.items() if row[0] != "skipped"} == {}
    assert [node.split(":")[2] for node in changed] == SKIPPED.get(name, [])
    assert counter.varied >= SOME.get(name, counter.answers * 0.95), f"{counter.varied} of {counter.answers} replies varied"


def test_a_body_may_come_in_pieces(catalogue: Catalogue, plain: Told) -> None:
    sent: list[int] = []
    assert judged(catalogue, pieces(sent)) == plain
    assert len(sent) > 300
    assert min(sent) > 5, "every body came in several pieces"


def test_the_mock_sends_every_element_a_real_site_sent(catalogue: Catalogue) -> None:
    """A T31L site answered GetSite with 472 elements; the plain mock sends no fewer, so every run judges them."""
    with rig(catalogue) as site:
        trials = site.run([scenario for scenario in scenarios(catalogue) if scenario.clause.id == "R41.7.0-02"])
    reply = trials[0].exchanges[-1].reply
    assert reply.operation == "GetSite"
    assert sum(1 for _ in reply.root.iter()) >= 472


@pytest.mark.rotating(3)
@pytest.mark.parametrize("release", ["41.6.3"])
@pytest.mark.parametrize("name", ["unknown elements of the same namespace", "a site of 42.x", "ISO-8859-1"])
def test_variations_of_an_earlier_site_raise_no_alarm(catalogue: Catalogue, name: str, release: str) -> None:
    told = [judged(catalogue, way, release) for way in (CoreTransport, through(VARIATIONS[name], Counter()))]
    assert told[0] == told[1]


def test_an_alarm_would_be_heard(catalogue: Catalogue, plain: Told) -> None:
    """The instrument: a variation that is not harmless is seen by the same comparison."""
    told = judged(catalogue, through(replacing(b"separateNoRecordingEdit>", b"separateNoRecordingEdits>"), Counter()))
    assert {row[0] for node, row in told.items() if row != plain[node]} == {"failed"}
