"""Options of a run, as pytest options; precedence: command line, environment, profile, default."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from conformance.history.notify import nothing_to_notify_of
from conformance.reporting.exchange_file import shown_from
from conformance.run.fleet.selection import add_shard_options, fraction, shard_of, sites_named
from conformance.run.suite import beside
from conformance.sites.errors import UserError
from conformance.sites.release import Release

if TYPE_CHECKING:
    from conformance.wire.recording import ReadingTape

MOCK = "mock"
#: Sites of a run that are asked at a time: each is a process, which mostly waits.
AT_ONCE = 8
#: Workers of xdist, each a process of 80 MB, that may be asked for on any computer, and for each of its cores.
_WORKERS = 64
_WORKERS_A_CORE = 16


@dataclass(frozen=True)
class Options:
    """What the command line says, read once.

    ``shard`` is K and N of ``--shard``, ``part`` which part of how many of its one
    site a process carries out, ``left_out`` why sites that may be meant are not among ``sites``.
    """

    sites: tuple[str, ...]
    reports: Path
    root: Path
    sites_file: str = ""
    release: Release | None = None
    access: str = ""
    strict: bool = False
    strict_skips: bool = False
    strict_schema: bool = False
    schemas: str = ""
    known_issues: Path | None = None
    lanes: int | None = None
    resume: bool = False
    baseline: Path | None = None
    history: Path | None = None
    notify: str = ""
    confirm: int | None = None
    record: bool = False
    rejudge: ReadingTape | None = None
    shard: tuple[int, int] | None = None
    part: tuple[int, int] = (1, 1)
    in_shard: bool = False
    durations: Path | None = None
    at_once: int = AT_ONCE
    left_out: tuple[UserError, ...] = ()

    @property
    def shown_from(self) -> Path:
        """The folder that names of files below the reports are relative to."""
        return shown_from(self.reports, self.root)

    @property
    def whole(self) -> bool:
        """Whether this run asks all of its site that was selected, and no other shard does."""
        return self.part[1] == 1


_FLAGS = {
    "--record": "keep everything the site says, secrets replaced, for webex-conformance rejudge",
    "--strict-skips": "a skip the profile does not list fails the run",
    "--strict-schema": "what is only told as drift is a violation, what the suite's own schemas find too",
    "--resume": "go on with an interrupted run: what it finished is not run again",
}
_VALUES = {
    "--rejudge": ("RECORDING", "judge what an earlier run recorded, without a request; see webex-conformance rejudge"),
    "--sites": ("FILE", "profile file, or a folder of them (default sites.toml, or the variable WEBEX_SITES)"),
    "--release": ("R", "release to judge the site as (default: the profile's, else asked from the site)"),
    "--schemas": ("PATH", "the vendor's schema bundle, folder or zip, to judge replies with"),
    "--baseline": ("REPORTS", "an earlier run on the same site, folder or summary.json, to judge replies with"),
    "--history": ("DIR", "folder that keeps every night, for webex-conformance history (default: the profile's)"),
    "--notify": ("WHERE", "with --history: whom to tell what changed; see webex-conformance notify --help"),
    "--known-issues": ("FILE", "failures a site is known to have (default known_issues.toml, if there is one)"),
    "--reports": ("DIR", "where reports go (default reports)"),
}


#: Options of pytest and its plugins that name what one run writes, by their place in ``config.option``.
_OF_ONE_RUN = {"xmlpath": "--junitxml", "allure_report_dir": "--alluredir", "log_file": "--log-file"}


def add_options(parser: Any) -> None:
    """Declare the options with pytest, which has ``--strict`` of its own: asking for that asks for ours too."""
    group = parser.getgroup("conformance", "Webex XML API conformance (--strict: clauses of level should fail too)")
    words = f"site to judge, by its profile (default {MOCK}: the embedded one), 'emea-*' or @FILE; repeatable"
    group.addoption("--site", action="append", metavar="NAME", help=words)
    words = "sites whose profile says groups = [NAME], of those --site names if it does; repeatable"
    group.addoption("--site-group", action="append", metavar="NAME", help=words)
    words = f"of several sites, how many are asked side by side (default {AT_ONCE})"
    group.addoption("--at-once", metavar="N", type=int, default=AT_ONCE, help=words)
    add_shard_options(group)
    words = "read-write lets scenarios change the site, if its profile allows it too"
    group.addoption("--access", choices=("read-only", "read-write"), help=words)
    words = "scenarios carried out ahead at a time; 0: one after the other (default: the profile's)"
    group.addoption("--lanes", metavar="N", type=int, help=words)
    words = "how often a scenario that only reads and fails is tried again (default: 1 on a live site, 0 on a mock)"
    group.addoption("--confirm", metavar="N", type=int, help=words)
    for name, (metavar, words) in _VALUES.items():
        group.addoption(name, metavar=metavar, help=words)
    for name, words in _FLAGS.items():
        group.addoption(name, action="store_true", help=words)


def demand_writable(folder: Path, option: str = "--reports") -> None:
    """:class:`UserError` unless files can be written below ``folder``, said before anything is sent."""
    name = option.removeprefix("--")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Without a name of its own: a history may be one folder of many machines.
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 4096)
    except (OSError, ValueError) as problem:
        reason = (problem.strerror if isinstance(problem, OSError) else "") or str(problem)
        raise UserError(
            name,
            f"{name} cannot be written: {reason}",
            where=str(folder),
            hint=f"name a folder that can be written with {option}",
        ) from None


def demand_places(options: Options, option: Any) -> None:
    """:class:`UserError` unless files can be written wherever the command line wants some of the whole run.

    ``option`` is where pytest keeps its own options and those of its plugins.
    """
    _demand_files_of_each_site(options, option)
    demand_writable(options.reports)
    if options.history and not options.in_shard:
        demand_writable(options.history, "--history")


def _demand_files_of_each_site(options: Options, option: Any) -> None:
    """:class:`UserError` when several sites would write one file in turn, so that the last one's is left."""
    for name, words in _OF_ONE_RUN.items():
        if len(options.sites) > 1 and getattr(option, name, None):
            what = f"{words} names one place, and each of {len(options.sites)} sites would write there"
            hint = f"leave {words} out: junit.xml and allure-results of a site are in {options.reports}/SITE"
            raise UserError("one-place", what, where=f"{words} {getattr(option, name)}", hint=hint)


def demand_history(options: Options, of_profile: str) -> None:
    """:class:`UserError` unless there is a history where one is told of it, and the profile's can be written."""
    # The nights of shards are kept by who merges them.
    if options.in_shard or options.history:
        return
    if of_profile:
        demand_writable(Path(of_profile), "--history")
    elif options.notify:
        raise nothing_to_notify_of()


def read_options(config: Any) -> Options:
    """The options of this run; :class:`UserError` when one is unclear."""
    option = config.option
    release = Release.parse(option.release, where="--release") if option.release else None
    _demand_numbers(option)
    known = Path(option.known_issues) if option.known_issues else beside(config.rootpath, "known_issues.toml")
    reports = Path(option.reports) if option.reports else beside(config.rootpath, "reports")
    named = sites_named(*_named(option), option.sites or "")
    options = Options(
        sites=named.sites,
        left_out=named.problems,
        sites_file=option.sites or "",
        release=release,
        access=option.access or "",
        strict=bool(config.getini("strict")),
        strict_skips=option.strict_skips,
        strict_schema=option.strict_schema,
        schemas=option.schemas or "",
        baseline=Path(option.baseline) if option.baseline else None,
        history=Path(option.history) if option.history else None,
        notify=option.notify or "",
        record=option.record,
        rejudge=_recording(Path(option.rejudge), reports) if option.rejudge else None,
        confirm=option.confirm,
        known_issues=known if option.known_issues or known.is_file() else None,
        reports=reports,
        # A forked process (pytest-forked) has none of the threads that run ahead, and may inherit a lock they held.
        lanes=0 if getattr(option, "forked", False) else option.lanes,
        resume=option.resume,
        root=config.rootpath,
    )
    options = _in_shards(options, option)
    return options if options.rejudge is None else _as_recorded(options, options.rejudge.notes)


def _named(option: Any) -> tuple[list[str], list[str]]:
    """What ``--site`` and ``--site-group`` name; of a run on several sites each process has the last, its own.

    What PYTEST_ADDOPTS or a file of settings names before is for the whole run: it would begin anew in each of them.
    """
    if option.lifeline is not None:
        return option.site[-1:], []
    return option.site or [], option.site_group or []


def _demand_numbers(option: Any) -> None:
    for name, least in (("lanes", 0), ("confirm", 0), ("at_once", 1)):
        if (number := getattr(option, name)) is not None and number < least:
            words = f"--{name.replace('_', '-')}"
            raise UserError(words.lstrip("-"), f"{words} takes a whole number from {least}", where=words)
    # Every worker is started before any scenario is run: with thousands of them it looks like a run that hangs.
    limit = max(_WORKERS, _WORKERS_A_CORE * (os.cpu_count() or 1))
    number, most = getattr(option, "numprocesses", None), getattr(option, "maxprocesses", None)
    if not isinstance(number, int):
        number, most = _workers(getattr(option, "tx", None) or ()), None
    if not 0 <= min(number, most or number) <= limit:
        what = f"-n {number} is not from 0 to {limit}, the most processes this computer is asked for"
        raise UserError("workers", what, where="-n", hint="a run seldom is faster with more than one per core")


def _workers(kinds: Iterable[str]) -> int:
    """How many ``--tx`` asks for: ``4*popen`` are four."""
    numbers = (one.partition("*")[0] for one in kinds)
    return sum(int(number) if number.isdecimal() else 1 for number in numbers)


def _in_shards(options: Options, option: Any) -> Options:
    return replace(
        options,
        shard=shard_of(option.shard, option.shards),
        part=fraction(option.shard_part, "--shard-part") if option.shard_part else (1, 1),
        in_shard=bool(option.shard_part),
        at_once=option.at_once,
        durations=Path(option.even_by) if option.even_by else None,
    )


def _recording(place: Path, reports: Path) -> ReadingTape:
    # Read by those runs alone that judge again: others start without httpx.
    from conformance.wire.recording import ReadingTape

    if reports.resolve() == (place if place.is_dir() else place.parent).resolve():
        what = "the reports beside a recording are those of the recorded run, which this one would take the place of"
        hint = "name another folder with --reports"
        raise UserError("rejudge-reports", what, where=f"--reports {reports}", hint=hint)
    return ReadingTape(place)


def _as_recorded(options: Options, notes: Mapping[str, Any]) -> Options:
    """The options of a run that judges again: what the recorded one was, unless something else is asked for."""
    release = notes.get("release", "")
    return replace(
        options,
        sites=(notes["site"],),
        release=options.release or (Release.parse(release, where="the recording") if release else None),
        access=options.access or notes["access"],
        strict=options.strict or notes["strict"],
        strict_schema=options.strict_schema or notes.get("strict_schema", False),
        confirm=notes["confirm"] if options.confirm is None else options.confirm,
        lanes=0,
    )
