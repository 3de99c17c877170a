"""Lints of the features: what a reader and a run may rely on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

from conformance.judge.clauses import LEVELS, Clause
from conformance.judge.kinds import is_kind
from conformance.run.case import Case
from conformance.run.catalogue import Catalogue
from conformance.run.release_index import indexes
from conformance.run.stepbook import StepBook
from conformance.target.release import Release
from conformance.target.trouble import UserError
from conformance.wire.payload import Payloads
from tests.conftest import ROOT

FILES = sorted((ROOT / "features").rglob("*.feature"))


def cases(catalogue: Catalogue) -> list[Case]:
    return [case for file in FILES for case in catalogue.read(file).cases.values()]


def test_every_clause_has_a_scenario(catalogue: Catalogue, clauses: dict[str, Clause]) -> None:
    cited = {case.clause.id for case in cases(catalogue)}
    assert len(clauses) == 165
    assert set(clauses) - cited == set(), "clauses nobody judges"


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_pickle_is_a_case(file: Path, catalogue: Catalogue) -> None:
    """The official Gherkin compiler decides how many scenarios a file holds."""
    document = Parser().parse(file.read_text(encoding="utf-8"))
    document["uri"] = str(file)
    pickles = Compiler().compile(document)
    read = catalogue.read(file).cases.values()
    assert sorted(pickle["name"] for pickle in pickles) == sorted(case.title for case in read)


def test_a_clause_is_judged_in_the_folder_of_its_release(catalogue: Catalogue) -> None:
    for case in cases(catalogue):
        assert Path(case.path).parent.name == str(case.clause.release), case.title
        assert case.since >= case.clause.release


def test_features_say_since_when_they_hold() -> None:
    for file in FILES:
        assert f"@since.{file.parent.name}" in file.read_text(encoding="utf-8").splitlines()[0], file


def test_every_step_means_exactly_one_thing(catalogue: Catalogue) -> None:
    book = StepBook()
    for case in cases(catalogue):
        for sentence in case.sentences:
            assert len(book.candidates(sentence)) == 1, sentence.text


def test_no_step_is_unused(catalogue: Catalogue) -> None:
    book = StepBook()
    used = {
        context.step_func
        for case in cases(catalogue)
        for sentence in case.sentences
        for context in book.candidates(sentence)
    }
    unused = [context.step_func.__name__ for context in book.definitions if context.step_func not in used]
    assert unused == []


def test_scenarios_are_short_and_their_tables_make_sense(catalogue: Catalogue) -> None:
    for case in cases(catalogue):
        assert len(case.sentences) <= 8, f"{case.path}:{case.line} has {len(case.sentences)} steps"
        for sentence in case.sentences:
            if sentence.text == "the reply contains":
                assert all(is_kind(kind) for _, kind in sentence.table[1:]), sentence.table


def test_titles_keep_node_ids_plain(catalogue: Catalogue) -> None:
    for case in cases(catalogue):
        assert not re.search(r"::|\[|\]", case.title), case.title
    titles = [(case.path, case.title) for case in cases(catalogue)]
    assert len(titles) == len(set(titles)), [title for title in titles if titles.count(title) > 1]


def test_levels_follow_the_certainty_of_the_notes(catalogue: Catalogue) -> None:
    """Whoever reads a tag-less scenario reads a must; a scenario claims what its clause claims, or less."""
    for case in cases(catalogue):
        assert LEVELS.index(case.level) >= LEVELS.index(case.clause.level)
        if case.level != "must":
            source = (ROOT / case.path).read_text(encoding="utf-8")
            assert f"@{case.level}" in source, f"{case.title} is {case.level}, its feature does not say so"


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        ("@clause.R41.1.0-01", "must"),
        ("@clause.R41.1.0-01 @should", "should"),
        ("@clause.R41.6.0-03 @observe", "observe"),
    ],
)
def test_a_scenario_may_claim_less_than_its_clause(tmp_path: Path, tags: str, level: str) -> None:
    (case,) = one_scenario(tmp_path, tags)
    assert case.level == level


@pytest.mark.parametrize(
    "tags", ["@clause.R41.6.0-03 @must", "@clause.R41.6.0-03 @should", "@clause.R41.1.0-01 @must @should"]
)
def test_a_scenario_never_claims_more_than_its_clause_nor_two_things(tmp_path: Path, tags: str) -> None:
    with pytest.raises(UserError, match="level-contradiction"):
        one_scenario(tmp_path, tags)


def one_scenario(folder: Path, tags: str) -> list[Case]:
    """The cases of a feature with one scenario, tagged as given."""
    file = folder / "one.feature"
    steps = "When the site admin sends GetSite\n    Then the call succeeds"
    file.write_text(f"Feature: One\n\n  {tags}\n  Scenario: One\n    {steps}\n", encoding="utf-8")
    return list(Catalogue(ROOT).read(file).cases.values())


def test_what_is_created_is_recognisable(catalogue: Catalogue) -> None:
    """A sweep finds leftovers by prefix: a name given in a feature must carry it."""
    for case in cases(catalogue):
        for sentence in case.sentences:
            given = dict(row for row in sentence.table if len(row) == 2)
            if "sends Create" in sentence.text or sentence.text.startswith("a new "):
                assert all("{" in given[name] for name in ("confName", "sessionName", "email") if name in given), (
                    sentence
                )


def test_features_speak_product_words() -> None:
    """No XPath, no prefixes, no addresses: readable without Python."""
    for file in FILES:
        source = re.sub(r"https://SITE\.webex\.com\S*", "", file.read_text(encoding="utf-8"))
        assert not re.search(r"//|\w+:\w+Response|xsi:|serv:|lambda|world\.", source), file


def test_every_operation_has_a_payload_and_every_payload_is_used(catalogue: Catalogue, root: Path) -> None:
    payloads = Payloads(root / "payloads")
    used = {operation for case in cases(catalogue) for operation in case.operations}
    assert used <= set(payloads.operations)
    assert set(payloads.operations) - used == {"LstsummaryUser"}, "LstsummaryUser serves the sweep only"


def test_releases_form_the_published_ladder(clauses: dict[str, Clause]) -> None:
    releases = list(dict.fromkeys(str(clause.release) for clause in clauses.values()))
    assert releases == sorted(releases, key=Release.parse)
    assert releases[0] == "41.1.0"
    assert releases[-1] == "41.12.0"


def test_each_release_folder_has_an_index_of_its_notes_that_is_up_to_date() -> None:
    for path, text in indexes(Catalogue(ROOT)).items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run webex-conformance index"
