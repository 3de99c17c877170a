"""The requests of a read-only run, recorded once so that every contestant sends the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.run.case import Case
from conformance.run.catalogue import Catalogue
from conformance.run.opening import open_site
from conformance.run.options import Options
from conformance.run.stepbook import import_vocabulary
from conformance.run.trial import try_case

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
    opened = open_site(site, sites, _options(root, sites, site, reports), catalogue.clauses)
    client = opened.stage.client()
    try:
        cases = [case for file in catalogue.read_all([root / "features"]) for case in file.cases.values()]
        mine = [case for case in cases if _reads(case) and opened.stage.gate(case) is None]
        trials = [try_case(opened.stage, case, catalogue.book, client) for case in mine]
    finally:
        client.close()
        opened.close()
    return [
        Recorded(
            f"{trial.case.path}: {trial.case.title}",
            tuple((one.request.body.decode(), one.reply.succeeded) for one in trial.exchanges),
        )
        for trial in trials
        if trial.exchanges and all(one.request.url == opened.stage.profile.url for one in trial.exchanges)
    ]


def save(recorded: Sequence[Recorded], folder: Path) -> None:
    """Write what was recorded, for contestants that are processes of their own."""
    rows = [{"title": one.title, "requests": one.requests} for one in recorded]
    (folder / NAME).write_text(json.dumps(rows), encoding="utf-8")


def load(folder: Path) -> list[Recorded]:
    """What :func:`save` wrote."""
    rows = json.loads((folder / NAME).read_text(encoding="utf-8"))
    return [Recorded(row["title"], tuple((body, ok) for body, ok in row["requests"])) for row in rows]


def _reads(case: Case) -> bool:
    return not (case.writes or case.mail or case.control)


def _options(root: Path, sites: Path, site: str, reports: Path) -> Options:
    return Options(
        sites=(site,),
        sites_file=str(sites),
        release=None,
        access="",
        strict=False,
        strict_skips=False,
        strict_schema=False,
        schemas="",
        known_issues=None,
        reports=reports,
        lanes=None,
        resume=False,
        root=root,
    )
