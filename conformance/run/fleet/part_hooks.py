"""What a shard's process of one site has of its own: its part of the scenarios, and a site put back before a retry."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path

import pytest

from conformance.run.collection import scenarios_of, usage_error
from conformance.run.fleet.shards import kept_on, parted, read_durations
from conformance.run.options import Options
from conformance.run.site_session import open_site
from conformance.scenarios.cleanup import LASTS, Sweep
from conformance.scenarios.features import Catalogue
from conformance.sites.errors import UserError
from conformance.sites.ledger import run_of
from conformance.sites.profile_file import sites_file


class PartHooks:
    """Takes what other parts of a site carry out from what is selected, after everybody else had a say in that."""

    def __init__(self, config: pytest.Config, options: Options, catalogue: Catalogue) -> None:
        self._config = config
        self._options = options
        self._catalogue = catalogue

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep this part."""
        part, parts = self._options.part
        if parts == 1:
            return
        scenarios = [item.scenario for item in scenarios_of(items)]
        site = self._options.sites[0]
        try:
            kept = kept_on(site, scenarios, self._options, self._catalogue.registry) or frozenset()
            durations = read_durations(self._options.durations)
        except UserError as problem:
            raise usage_error(problem) from None
        mine = set(parted(scenarios, kept, parts, lambda one: durations.of(site, one))[part - 1])
        self._config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in mine])
        items[:] = [item for item in items if item.nodeid in mine]


class SelectionHooks:
    """Writes down what is collected, for the plan of shards."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Whoever had a say in it has had it."""
        names = [item.nodeid for item in scenarios_of(session.items)]
        self._file.write_text(json.dumps(names), encoding="utf-8")


def put_back_first(options: Options, catalogue: Catalogue) -> list[str]:
    """Undo what the killed run left that is retried now, before its site is looked at; what could not be undone."""
    if options.part[0] > 1 or not any((options.reports / "ledger").glob("*.jsonl")):
        return []
    file = sites_file(options.sites_file or None)
    session = open_site(options.sites[0], file, options, catalogue.clauses, check_only=True)
    try:
        with closing(session.held()):
            _, left = Sweep(session.run_context, session.ledgers, strange=time.time() - LASTS).clean()
            session.ledgers.prune(session.run_context.run_id, *map(run_of, session.ledgers.files()))
            return left
    finally:
        session.close()
