"""Requests and replies in every encoding a site uses, with names that need one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.judge.finder import Finder
from conformance.run.catalogue import Catalogue
from conformance.run.world import World
from tests.rig import Rig, rig

NAMES = {"UTF-8": "Zoë 汉字 Ω", "ISO-8859-1": "Zoë Ünal", "UTF-16": "Zoë 汉字 😀"}


def world(site: Rig, encoding: str) -> World:
    stage = replace(site.stage, profile=replace(site.stage.profile, encoding=encoding))
    case = next(case for file in site.catalogue.known_files() for case in file.cases.values())
    return World(stage, case, stage.client())


@pytest.mark.parametrize("encoding", NAMES)
def test_names_survive_the_round_trip(catalogue: Catalogue, encoding: str) -> None:
    with rig(catalogue) as site:
        here = world(site, encoding)
        here.send("site-admin", "CreateUser", {"firstName": NAMES[encoding]})
        here.send("site-admin", "GetUser", thing="new user")
        assert encoding.lower() in here.last.body[:120].decode("ascii", "ignore").replace("\0", "").lower()
        assert Finder(here.reply, here.stage.contract.whole).texts("firstName") == [NAMES[encoding]]


@pytest.mark.parametrize("encoding", NAMES)
def test_the_suite_says_the_same_in_every_encoding(catalogue: Catalogue, encoding: str) -> None:
    cases = [case for file in catalogue.known_files() for case in file.cases.values()]
    with rig(catalogue) as site:
        same = Rig(site.core, replace(site.stage, profile=replace(site.stage.profile, encoding=encoding)), catalogue)
        bad = [(one.case.title, one.violations, one.cause) for one in same.run(cases) if one.verdict.outcome in ("failed", "broken")]
    assert bad == []


def test_what_an_encoding_cannot_write_travels_as_references(catalogue: Catalogue) -> None:
    with rig(catalogue) as site:
        here = world(site, "ISO-8859-1")
        here.send("site-admin", "CreateUser", {"firstName": "汉字"})
        here.send("site-admin", "GetUser", thing="new user")
        assert Finder(here.reply, here.stage.contract.whole).texts("firstName") == ["汉字"]
