"""The oracle corpus: for each check and kind of trouble a reply that is right and its twin that is not.

Steps are looked up as a run looks them up, so that sentence, check and words are judged together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.judge.contract import ContractView
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import ScenarioStep
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.reporting.shapes import Announcements, Baseline
from conformance.sites.release import Release
from conformance.wire.exchange import Exchange, Request
from conformance.wire.exchange import read_reply
from tests.conftest import ROOT
from tests.judge.second_opinion import SecondOpinion
from tests.rig import Rig, rig

FOLDER = ROOT / "tests" / "corpus"
CASES: dict[str, dict[str, Any]] = {
    row["name"]: row for row in tomllib.loads((FOLDER / "corpus.toml").read_text(encoding="utf-8"))["case"]
}
REPLIES = sorted(FOLDER.glob("*.xml"))
#: Checks that look at no reply, or at many: told by tests/judge/test_checks.py and test_list_checks.py.
WITHOUT_REPLY = {"mail", "mail-link", "mail-subject", "page", "address", "row-sum"}


@pytest.fixture(scope="module")
def site(catalogue: Catalogue) -> Iterator[Rig]:
    """What our schemas find is judged here, as with --strict-schema: on a site it is told."""
    with rig(catalogue) as site:
        yield replace(site, run_context=replace(site.run_context, strict_schema=True))


@pytest.fixture(scope="module")
def view(site: Rig) -> ContractView:
    return site.run_context.view


@pytest.fixture(scope="module")
def second(view: ContractView, tmp_path_factory: pytest.TempPathFactory) -> SecondOpinion:
    return SecondOpinion(view, tmp_path_factory.mktemp("xsd"))


def edited(name: str, edits: list[list[Any]]) -> bytes:
    text = (FOLDER / f"{name}.xml").read_text(encoding="utf-8")
    for old, new, *times in edits:
        assert old in text, f"{old} is not in {name}.xml"
        text = text.replace(old, new, *times)
    return text.encode()


def night(row: dict[str, Any]) -> Baseline:
    """An earlier run, on which the option that the sentence names was enabled."""
    told = {row["reply"]: {"site-admin": row["other-night"]}}
    announced = Announcements([], back=False)
    return Baseline(Release(41, 12), "2021-12-01", {}, announced, nights={"recording-changes-by-hosts = true": told})


def found(site: Rig, row: dict[str, Any], edits: list[list[Any]]) -> list[list[str]]:
    """What the Then step of ``row`` finds in the reply with ``edits``."""
    scenarios = [scenario for file in site.catalogue.known_files() for scenario in file.scenarios.values()]
    newest = max(scenarios, key=lambda scenario: scenario.since)  # order is judged among what its release knew
    here = replace(site.run_context, control_plane=None, baseline=night(row)) if "other-night" in row else site.run_context
    context = ScenarioContext(here, newest, here.client())
    for body in [edited(row["reply"], changes) for changes in ([row["before"]] if "before" in row else [])] + [edited(row["reply"], edits)]:
        request = Request(row["reply"], "site-admin", site.run_context.profile.url, b"")
        context.exchanges.append(Exchange(request, 0.0, 0.0, status=200, body=body))
    if "held" in row:
        for kind, number in row["held"].items():
            context._data.remember(f"recording of {kind}", {"recordID": number})
    step = ScenarioStep("then", "Then", row["then"], tuple(tuple(line) for line in row.get("table", [])), 1)
    site.catalogue.registry.look_up(step).carry_out(context)
    return [[one.check, one.path, one.expected, one.actual] for one in context.violations]


@pytest.mark.parametrize("name", CASES)
def test_the_good_twin_is_right_and_the_bad_one_wrong_in_these_words(site: Rig, name: str) -> None:
    row = CASES[name]
    assert found(site, row, row.get("good", [])) == []
    assert found(site, row, row["bad"]) == row["finds"]


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: path.stem)
def test_every_reply_of_the_corpus_fits_the_contract(view: ContractView, second: SecondOpinion, path: Path) -> None:
    assert second.agrees(read_reply(path.stem, path.read_bytes())) == ()


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("schema: ")])
def test_two_validators_agree_on_every_bad_twin(second: SecondOpinion, name: str) -> None:
    row = CASES[name]
    assert second.agrees(read_reply(row["reply"], edited(row["reply"], row["bad"]))) != ()


def test_every_check_of_the_judge_has_its_case() -> None:
    """Because a check without a bad twin has never been seen to find anything."""
    import ast

    written = {
        node.args[0].value
        for path in (ROOT / "conformance" / "judge").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding" and isinstance(node.args[0], ast.Constant)
    }
    told = {check for row in CASES.values() for check, *_ in row["finds"]}
    assert told - {"schema"} | WITHOUT_REPLY == written
