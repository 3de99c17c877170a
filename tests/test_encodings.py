"""Requests and replies in every encoding a site uses, with names that need one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.judge.elements import Finder
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario_context import ScenarioContext
from tests.first_rows import first_rows
from tests.rig import Rig, rig

NAMES = {"UTF-8": "Zoë 汉字 Ω", "ISO-8859-1": "Zoë Ünal", "UTF-16": "Zoë 汉字 😀"}


def context(site: Rig, encoding: str) -> ScenarioContext:
    run_context = replace(site.run_context, profile=replace(site.run_context.profile, encoding=encoding))
    scenario = next(scenario for file in site.catalogue.known_files() for scenario in file.scenarios.values())
    return ScenarioContext(run_context, scenario, run_context.client())


@pytest.mark.parametrize("encoding", NAMES)
def test_names_survive_the_round_trip(catalogue: Catalogue, encoding: str) -> None:
    with rig(catalogue) as site:
        here = context(site, encoding)
        here.send("site-admin", "CreateUser", {"firstName": NAMES[encoding]})
        here.send("site-admin", "GetUser", item="new user")
        assert encoding.lower() in here.last.body[:120].decode("ascii", "ignore").replace("\0", "").lower()
        assert Finder(here.reply, here.run_context.contract.whole).texts("firstName") == [NAMES[encoding]]


@pytest.mark.rotating(2)
@pytest.mark.parametrize("encoding", NAMES)
def test_the_suite_says_the_same_in_every_encoding(catalogue: Catalogue, encoding: str) -> None:
    scenarios = first_rows(scenario for file in catalogue.known_files() for scenario in file.scenarios.values())
    with rig(catalogue) as site:
        same = Rig(site.core, replace(site.run_context, profile=replace(site.run_context.profile, encoding=encoding)), catalogue)
        bad = [(one.scenario.title, one.violations, one.cause) for one in same.run(scenarios) if one.verdict.outcome in ("failed", "broken")]
    assert bad == []


def test_what_an_encoding_cannot_write_travels_as_references(catalogue: Catalogue) -> None:
    with rig(catalogue) as site:
        here = context(site, "ISO-8859-1")
        here.send("site-admin", "CreateUser", {"firstName": "汉字"})
        here.send("site-admin", "GetUser", item="new user")
        assert Finder(here.reply, here.run_context.contract.whole).texts("firstName") == ["汉字"]
