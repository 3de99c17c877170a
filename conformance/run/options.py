"""Options of a run, as pytest options; precedence: command line, environment, profile, default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.target.release import Release
from conformance.target.trouble import UserError

MOCK = "mock"


@dataclass(frozen=True)
class Options:
    """What the command line says, read once."""

    sites: tuple[str, ...]
    sites_file: str
    release: Release | None
    access: str
    strict: bool
    strict_skips: bool
    strict_schema: bool
    schemas: str
    known_issues: Path | None
    reports: Path
    lanes: int | None
    resume: bool
    root: Path


def add_options(parser: Any) -> None:
    """Declare the options with pytest."""
    group = parser.getgroup("conformance", "Webex XML API conformance")
    group.addoption("--site", action="append", metavar="NAME", help=f"site to judge, by its profile (default {MOCK}: the embedded one); repeatable")
    group.addoption("--sites", metavar="FILE", help="profile file (default sites.toml, or the variable WEBEX_SITES)")
    group.addoption("--release", metavar="R", help="release to judge the site as (default: the profile's, else asked from the site)")
    group.addoption("--access", choices=("read-only", "read-write"), help="read-write lets scenarios change the site, if its profile allows it too")
    group.addoption("--strict", action="store_true", help="clauses of level should fail instead of warning")
    group.addoption("--strict-skips", action="store_true", help="a skip the profile does not list fails the run")
    group.addoption("--strict-schema", action="store_true", help="elements no release declares are violations, not drift")
    group.addoption("--schemas", metavar="PATH", help="the vendor's schema bundle, folder or zip, to judge with as it is")
    group.addoption("--known-issues", metavar="FILE", help="failures a site is known to have")
    group.addoption("--reports", metavar="DIR", help="where reports go (default reports)")
    group.addoption("--lanes", metavar="N", type=int, help="scenarios carried out ahead at a time; 0: one after the other (default: the profile's)")
    group.addoption("--resume", action="store_true", help="go on with an interrupted run: what it finished is not run again")


def read_options(config: Any) -> Options:
    """The options of this run; :class:`UserError` when one is unclear."""
    option = config.option
    release = Release.parse(option.release, where="--release") if option.release else None
    if option.lanes is not None and option.lanes < 0:
        raise UserError("lanes", "--lanes takes a whole number from 0", where="--lanes")
    known = Path(option.known_issues) if option.known_issues else config.rootpath / "known_issues.toml"
    return Options(
        sites=tuple(dict.fromkeys(option.site or [MOCK])),
        sites_file=option.sites or "",
        release=release,
        access=option.access or "",
        strict=option.strict,
        strict_skips=option.strict_skips,
        strict_schema=option.strict_schema,
        schemas=option.schemas or "",
        known_issues=known if option.known_issues or known.is_file() else None,
        reports=Path(option.reports) if option.reports else config.rootpath / "reports",
        lanes=option.lanes,
        resume=option.resume,
        root=config.rootpath,
    )
