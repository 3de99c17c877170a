"""Lints of the features: what a reader and a run may rely on."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

import mocksite
from conformance.judge.clauses import LEVELS, Clause
from conformance.judge.elements import is_kind
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.run.commands.commands import indexes
from conformance.scenarios.step_registry import StepRegistry
from conformance.sites.release import Release
from conformance.sites.errors import UserError
from conformance.wire.creations import CREATIONS
from conformance.wire.payloads import Payloads
from tests.conftest import ROOT

FILES = sorted((ROOT / "features").rglob("*.feature"))


def scenarios(catalogue: Catalogue) -> list[Scenario]:
    return [scenario for file in FILES for scenario in catalogue.read(file).scenarios.values()]


def test_every_clause_has_a_scenario(catalogue: Catalogue, clauses: dict[str, Clause]) -> None:
    cited = {scenario.clause.id for scenario in scenarios(catalogue)}
    assert set(clauses) - cited == set(), "clauses nobody judges"


def test_clauses_are_numbered_on_and_never_again(clauses: dict[str, Clause]) -> None:
    """A number is a name that reports and known issues keep: new clauses stand at the end of their release."""
    assert len(clauses) >= 167
    for release, of_release in groupby(sorted(clauses), key=lambda name: name.partition("-")[0]):
        numbers = sorted(int(name.partition("-")[2]) for name in of_release)
        assert numbers == list(range(1, len(numbers) + 1)), release


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_pickle_is_a_case(file: Path, catalogue: Catalogue) -> None:
    """The official Gherkin compiler decides how many scenarios a file holds."""
    document = Parser().parse(file.read_text(encoding="utf-8"))
    pickles = Compiler().compile({**document, "uri": str(file)})
    read = catalogue.read(file).scenarios.values()
    assert sorted(pickle["name"] for pickle in pickles) == sorted(scenario.title for scenario in read)


def test_a_clause_is_judged_in_the_folder_of_its_release(catalogue: Catalogue) -> None:
    for scenario in scenarios(catalogue):
        assert Path(scenario.path).parent.name == str(scenario.clause.release), scenario.title
        assert scenario.since >= scenario.clause.release


def test_features_say_since_when_they_hold() -> None:
    for file in FILES:
        assert f"@since.{file.parent.name}" in file.read_text(encoding="utf-8").splitlines()[0], file


def test_every_step_means_exactly_one_thing(catalogue: Catalogue) -> None:
    registry = StepRegistry()
    for scenario in scenarios(catalogue):
        for step in scenario.steps:
            assert len(registry.candidates(step)) == 1, step.text


def test_no_step_is_unused(catalogue: Catalogue) -> None:
    registry = StepRegistry()
    used = {
        context.step_func
        for scenario in scenarios(catalogue)
        for step in scenario.steps
        for context in registry.candidates(step)
    }
    unused = [context.step_func.__name__ for context in registry.definitions if context.step_func not in used]
    assert unused == []


def test_scenarios_are_short_and_their_tables_make_sense(catalogue: Catalogue) -> None:
    for scenario in scenarios(catalogue):
        assert len(scenario.steps) <= 9, f"{scenario.path}:{scenario.line} has {len(scenario.steps)} steps"
        for step in scenario.steps:
            if step.text in ("the reply contains", "the reply contains in one place at least"):
                assert all(is_kind(kind) for _, kind in step.table[1:]), step.table


def test_titles_keep_node_ids_plain(catalogue: Catalogue) -> None:
    for scenario in scenarios(catalogue):
        assert not re.search(r"::|\[|\]", scenario.title), scenario.title
    titles = [(scenario.path, scenario.title) for scenario in scenarios(catalogue)]
    assert len(titles) == len(set(titles)), [title for title in titles if titles.count(title) > 1]


def test_levels_follow_the_certainty_of_the_notes(catalogue: Catalogue) -> None:
    """Whoever reads a tag-less scenario reads a must; a scenario claims what its clause claims, or less."""
    for scenario in scenarios(catalogue):
        assert LEVELS.index(scenario.level) >= LEVELS.index(scenario.clause.level)
        if scenario.level != "must":
            source = (ROOT / scenario.path).read_text(encoding="utf-8")
            assert f"@{scenario.level}" in source, f"{scenario.title} is {scenario.level}, its feature does not say so"


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        ("@clause.R41.1.0-01", "must"),
        ("@clause.R41.1.0-01 @should", "should"),
        ("@clause.R41.6.0-03 @observe", "observe"),
    ],
)
def test_a_scenario_may_claim_less_than_its_clause(tmp_path: Path, tags: str, level: str) -> None:
    (scenario,) = one_scenario(tmp_path, tags)
    assert scenario.level == level


@pytest.mark.parametrize(
    "tags", ["@clause.R41.6.0-03 @must", "@clause.R41.6.0-03 @should", "@clause.R41.1.0-01 @must @should"]
)
def test_a_scenario_never_claims_more_than_its_clause_nor_two_things(tmp_path: Path, tags: str) -> None:
    with pytest.raises(UserError, match="level-contradiction"):
        one_scenario(tmp_path, tags)


def one_scenario(folder: Path, tags: str) -> list[Scenario]:
    """The cases of a feature with one scenario, tagged as given."""
    file = folder / "one.feature"
    steps = "When the site admin sends GetSite\n    Then the call succeeds"
    file.write_text(f"Feature: One\n\n  {tags}\n  Scenario: One\n    {steps}\n", encoding="utf-8")
    return list(Catalogue(ROOT).read(file).scenarios.values())


def test_what_is_created_is_recognisable(catalogue: Catalogue) -> None:
    """A sweep finds leftovers by prefix: a name given in a feature must carry it."""
    for scenario in scenarios(catalogue):
        for step in scenario.steps:
            given = dict(row for row in step.table if len(row) == 2)
            if "sends Create" in step.text or step.text.startswith("a new "):
                assert all("{" in given[name] for name in ("confName", "sessionName", "email") if name in given), step


def test_features_speak_product_words() -> None:
    """No XPath, no prefixes, no addresses: readable without Python."""
    for file in FILES:
        source = re.sub(r"https://SITE\.webex\.com\S*", "", file.read_text(encoding="utf-8"))
        assert not re.search(r"//|\w+:\w+Response|xsi:|serv:|lambda|context\.", source), file


def test_every_operation_has_a_payload_and_every_payload_is_used(catalogue: Catalogue, root: Path) -> None:
    payloads = Payloads(root / "payloads")
    used = {operation for scenario in scenarios(catalogue) for operation in scenario.operations}
    assert used <= set(payloads.operations)
    cleaning = {one.remove for one in CREATIONS.values()} | {one.listed.operation for one in CREATIONS.values() if one.listed}
    assert set(payloads.operations) - used <= cleaning, "what no scenario sends serves the sweep"


def test_releases_form_the_published_ladder(clauses: dict[str, Clause]) -> None:
    releases = list(dict.fromkeys(str(clause.release) for clause in clauses.values()))
    assert releases == sorted(releases, key=Release.parse)
    assert releases == list(mocksite.RELEASES), "mocksite/releases.toml and features/ name the same releases"
    assert releases[0] == "41.1.0"


def test_each_release_folder_has_an_index_of_its_notes_that_is_up_to_date() -> None:
    for path, text in indexes(Catalogue(ROOT)).items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run webex-conformance index"
