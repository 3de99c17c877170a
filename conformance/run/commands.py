"""The commands that speak to a site without judging it: check, plan, sweep."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.reporting.text import safe, table
from conformance.run.catalogue import Catalogue
from conformance.run.embedded import EmbeddedMock
from conformance.run.opening import Opened, open_site
from conformance.run.options import MOCK, Options
from conformance.run.stepbook import import_vocabulary
from conformance.run.sweep import Sweep
from conformance.target.release import Release
from conformance.target.sites import sites_file
from conformance.target.trouble import UserError


def _options(given: argparse.Namespace) -> Options:
    root = given.root.resolve()
    return Options(
        sites=(given.site,),
        sites_file=given.sites,
        release=Release.parse(given.release, where="--release") if given.release else None,
        access=given.access,
        strict=False,
        strict_skips=False,
        strict_schema=False,
        schemas="",
        known_issues=None,
        reports=given.reports or root / "reports",
        lanes=0,
        resume=False,
        root=root,
    )


@contextmanager
def _opened(options: Options, catalogue: Catalogue, *, check_only: bool) -> Iterator[Opened]:
    site = options.sites[0]
    with tempfile.TemporaryDirectory(prefix="webex-conformance-") as scratch:
        mock = None
        if site == MOCK and not options.sites_file:
            mock = EmbeddedMock(str(options.release or catalogue.newest), Path(scratch))
        try:
            file = mock.sites_file if mock else sites_file(options.sites_file or None)
            opened = open_site(site, file, options, catalogue.clauses, check_only=check_only)
            try:
                yield opened
            finally:
                opened.close()
        finally:
            if mock:
                mock.stop()


def check(given: argparse.Namespace) -> int:
    """Print the preflight table; 0 when all is well, 1 when profile and site disagree."""
    options = _options(given)
    with _opened(options, Catalogue(options.root), check_only=True) as opened:
        findings = opened.findings
        rows = [
            ["", "what", "profile", "site"],
            *([line.state, line.what, line.told, line.found] for line in findings.lines),
        ]
        print("\n".join(safe(line) for line in table(rows)))
        wrong = findings.contradictions
        print(f"\n{opened.stage.profile.name}: {len(wrong)} contradictions, judged as {opened.stage.release}")
        return 1 if wrong else 0


def plan(given: argparse.Namespace) -> int:
    """Print every scenario with what would become of it."""
    options = _options(given)
    import_vocabulary(options.root)
    catalogue = Catalogue(options.root)
    with _opened(options, catalogue, check_only=False) as opened:
        runs = skips = 0
        for file in catalogue.read_all([options.root / "features"]):
            for case in file.cases.values():
                skip = opened.stage.gate(case)
                runs, skips = runs + (skip is None), skips + (skip is not None)
                word = f"skip  {skip.kind}: {skip.why}" if skip else "run"
                row = f" [{case.row}]" if case.row else ""
                print(safe(f"{case.clause.id}  {case.path}:{case.line}  {case.title}{row}  ->  {word}"))
        print(f"\n{runs} scenarios would run, {skips} would be skipped")
        return 0


def sweep(given: argparse.Namespace) -> int:
    """Remove what earlier runs left; 0 when nothing is left, 1 when something could not be removed."""
    if not given.older_than.isdigit():
        raise UserError("age", f"--older-than {given.older_than!r} is no whole number of minutes", where="--older-than")
    options = _options(given)
    # A killed run may have left settings changed: what contradicts the profile is what a sweep is to mend.
    with _opened(options, Catalogue(options.root), check_only=True) as opened:
        before = time.time() - 60 * int(given.older_than)
        work = Sweep(opened.stage, options.reports / "ledger", before)
        found = work.found()
        if given.dry_run:
            print("\n".join(safe(f"would undo {item}") for item in found) or "nothing left behind")
            return 0
        left = work.remove(found)
        for line in left:
            print(safe(line), file=sys.stderr)
        print(f"{len(found) - len(left)} undone, {len(left)} left behind")
        return 1 if left else 0
