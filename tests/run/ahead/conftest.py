"""A site with lanes on it, and a scenario to make others of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from conformance.scenarios.ahead import lanes as lanes_module
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from tests.run.ahead.bench import ADMIN, Bench, over
from tests.run.answering_site import Site


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes_module, "_LOOKS_EVERY", 0.001)


@pytest.fixture
def like(catalogue: Catalogue) -> Scenario:
    every = (one for file in catalogue.known_files() for one in file.scenarios.values())
    found = next(one for one in every if one.operations == ("GetSite",))
    plain: dict[str, Any] = {"settings": {}, "implied": (), "needs": (), "account_facts": (), "creates": (), "roles": (ADMIN,), "other_night": ()}
    return replace(found, writes=False, measured=False, mail=False, needs_control_plane=False, **plain)


@pytest.fixture
def bench(live: RunContext, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    # Lanes work on a copy of what they are given.
    monkeypatch.setattr(RunContext, "client", lambda _: site)
    bench = Bench(live)
    yield bench
    for lanes in bench.begun:
        lanes.stop()
        over(lanes)


@pytest.fixture
def set_bench(bench: Bench, mock: RunContext) -> Bench:
    """The same where settings can be switched."""
    bench.here = mock
    return bench
