"""The requests of a read-only run, recorded once so that every contestant sends the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.run.site_session import open_site
from conformance.run.options import Options
from conformance.scenarios.step_registry import import_vocabulary
from conformance.scenarios.execution import try_scenario

NAME = "recorded.json"


@dataclass(frozen=True)
class Recorded:
    """A scenario's requests in order: body and whether the reply said SUCCESS."""

    title: str
    requests: tuple[tuple[str, bool], ...]


def record(root: Path, sites: Path, site: str, reports: Path) -> list[Recorded]:
    """Carry every scenario out that a read-only run would, and keep what it sent."""
    catalogue = Catalogue(root)
    import_vocabulary(root)
    site_session = open_site(site, sites, _options(root, sites, site, reports), catalogue.clauses)
    client = site_session.run_context.client()
    try:
        scenarios = [scenario for file in catalogue.read_all([root / "features"]) for scenario in file.scenarios.values()]
        mine = [scenario for scenario in scenarios if _reads(scenario) and site_session.run_context.gate(scenario) is None]
        trials = [try_scenario(site_session.run_context, scenario, catalogue.registry, client) for scenario in mine]
    finally:
        client.close()
        site_session.close()
    return [
        Recorded(
            f"{trial.scenario.path}: {trial.scenario.title}",
            tuple((one.request.body.decode(), one.reply.succeeded) for one in trial.exchanges),
        )
        for trial in trials
        if trial.exchanges and all(one.request.url == site_session.run_context.profile.url for one in trial.exchanges)
    ]


def save(recorded: Sequence[Recorded], folder: Path) -> None:
    """Write what was recorded, for contestants that are processes of their own."""
    rows = [{"title": one.title, "requests": one.requests} for one in recorded]
    (folder / NAME).write_text(json.dumps(rows), encoding="utf-8")


def load(folder: Path) -> list[Recorded]:
    """What :func:`save` wrote."""
    rows = json.loads((folder / NAME).read_text(encoding="utf-8"))
    return [Recorded(row["title"], tuple((body, ok) for body, ok in row["requests"])) for row in rows]


def _reads(scenario: Scenario) -> bool:
    return not (scenario.writes or scenario.mail or scenario.needs_control_plane)


def _options(root: Path, sites: Path, site: str, reports: Path) -> Options:
    return Options(sites=(site,), sites_file=str(sites), reports=reports, root=root)
