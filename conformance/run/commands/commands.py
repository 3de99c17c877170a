"""The commands around a run: check, plan, sweep speak to a site; docs and index write what the features say."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from conformance.judge.clauses import Clause, Edition
from conformance.judge.contract import Contract
from conformance.reporting.documentation.release_pages import WORDS
from conformance.reporting.outcome import LEVELS, OUTCOMES, SKIP_CLASSES
from conformance.reporting.text import ascii_json, counted, printable, safe, table
from conformance.run.commands.price_list import price_list
from conformance.run.commands.profile_page import profile_page
from conformance.run.fleet.selection import NamedSites, sites_named, tell_problems
from conformance.run.options import MOCK, Options
from conformance.run.site_session import EmbeddedMock, SiteSession, demand_true_clauses, open_site
from conformance.run.suite import beside
from conformance.scenarios.cleanup import LASTS, LeftOver, Sweep
from conformance.scenarios.features import Catalogue
from conformance.scenarios.step_registry import import_vocabulary
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.ledger import Ledgers, SiteLock, edited, maker, run_of
from conformance.sites.profile_file import sites_file
from conformance.sites.release import Release
from conformance.sites.user_files import names_folder, write_whole
from conformance.wire.payloads import Payloads


def _options(given: argparse.Namespace) -> Options:
    root = given.root.resolve()
    several = isinstance(given.site, list)
    named = sites_named(given.site, given.site_group, given.sites) if several else NamedSites((given.site,))
    return Options(
        sites=named.sites,
        left_out=named.problems,
        sites_file=given.sites,
        release=Release.parse(given.release, where="--release") if given.release else None,
        access=given.access,
        reports=given.reports or beside(root, "reports"),
        root=root,
    )


def suite_catalogue(root: Path) -> Catalogue:
    """The features below ``root``; a folder without any is a :class:`UserError`."""
    if next((root / "features").rglob("*.feature"), None) is None:
        raise UserError("features-missing", "there are no features here", where=str(root), hint="name them with --root")
    catalogue = Catalogue(root)
    if not catalogue.clauses:
        hint = "name the suite with --root"
        raise UserError("clause-list", "there are no clauses here", where=str(root / "features"), hint=hint)
    return catalogue


@contextmanager
def _opened(
    options: Options, catalogue: Catalogue, *, check_only: bool, survey: bool = False
) -> Iterator[SiteSession]:
    site = options.sites[0]
    with tempfile.TemporaryDirectory(prefix="webex-conformance-") as scratch:
        mock = None
        if site == MOCK and not options.sites_file:
            mock = EmbeddedMock(options.release, Path(scratch))
        try:
            file = mock.sites_file if mock else sites_file(options.sites_file or None)
            site_session = open_site(
                site, file, options, catalogue.clauses, check_only=check_only, survey=survey
            )
            try:
                yield site_session
            finally:
                site_session.close()
        finally:
            if mock:
                mock.stop()


def check(given: argparse.Namespace) -> int:
    """Check every site that is named, a bad profile stopping no other: 0, 1 a contradiction, 4 a bad profile."""
    options = _options(given)
    catalogue = suite_catalogue(options.root)
    if len(options.sites) == 1 and not options.left_out:
        return _check(options, catalogue)
    codes = []
    for site in options.sites:
        print(f"\n===== {site} =====", flush=True)
        try:
            codes.append(_check(replace(options, sites=(site,)), catalogue))
        except UserError as problem:
            print(printable(str(problem)), flush=True)
            codes.append(4)
        except CannotJudge as problem:
            print(printable(str(UserError("site", str(problem)))), flush=True)
            codes.append(1)
    wrong = [site for site, code in zip(options.sites, codes, strict=True) if code]
    others = f"; not: {', '.join(wrong)}" if wrong else ""
    print(f"\n{counted(len(codes), 'site')}, {len(codes) - len(wrong)} as their profiles say{others}")
    return max(*codes, tell_problems(options.left_out))


def _check(options: Options, catalogue: Catalogue) -> int:
    """Print the preflight table of one site."""
    with _opened(options, catalogue, check_only=True, survey=True) as site_session:
        preflight = site_session.preflight
        rows = [
            ["", "what", "profile", "site"],
            *([line.state, line.what, line.told, line.found] for line in preflight.lines),
        ]
        print("\n".join(safe(line) for line in table(rows)))
        wrong = preflight.contradictions
        context = site_session.run_context
        if found := sorted(context.served.found):
            print(f"\nIs that as it should be? Then say so in the profile: not_served = {json.dumps(found)}")
        print(f"\n{context.profile.name}: {counted(len(wrong), 'contradiction')}, judged as {context.release}")
        return 1 if wrong else 0


def init(given: argparse.Namespace) -> int:
    """Write a profile of a site, or add to it what is new; see :mod:`conformance.run.commands.new_profile`."""
    from conformance.run.commands.new_profile import init as write_profile

    given.release, given.access = "", ""
    general = _options(given)
    suite_catalogue(general.root)
    import_vocabulary(general.root)
    file = sites_file(given.sites or None)
    return write_profile(given, file, lambda name, draft: replace(general, sites=(name,), sites_file=str(draft)))


def plan(given: argparse.Namespace) -> int:
    """Print what would run, and for everything else the one line that unlocks it."""
    options = _options(given)
    catalogue = suite_catalogue(options.root)
    import_vocabulary(options.root)
    if given.shards is not None:
        return _cut(replace(options, durations=given.even_by), catalogue, given.shards, as_json=given.json)
    if len(options.sites) > 1:
        hint = "name one; how a run on many is cut, --shards N tells"
        raise UserError("plan-sites", f"a plan is of one site, and {len(options.sites)} are named", hint=hint)
    with _opened(options, catalogue, check_only=False) as site_session:
        run_context = site_session.run_context
        files = catalogue.read_all([options.root / "features"])
        client = run_context.client()
        try:
            prices = price_list(run_context, client, [one for file in files for one in file.scenarios.values()])
        finally:
            client.close()
    if given.json:
        print(ascii_json(prices.as_json()))
    else:
        lines = [*(prices.every_scenario() if given.scenarios else ()), *prices.as_text()]
        print("\n".join(safe(line) for line in lines))
    return tell_problems(options.left_out, sys.stderr)


def _cut(options: Options, catalogue: Catalogue, number: int, *, as_json: bool) -> int:
    """Tell how all features on the named sites are cut into shards; no site is asked."""
    from conformance.run.fleet.shard_run import cut_for, told

    if not 1 <= number <= _MOST_SHARDS:
        raise UserError("shard", f"--shards {number} is not from 1 to {_MOST_SHARDS}", where="--shards")
    files = catalogue.read_all([options.root / "features"])
    cut = cut_for(options, [one for file in files for one in file.scenarios.values()], catalogue, number)
    rows = [
        {"shard": f"{nth}/{number}", "sites": told(shares), "scenarios": sum(one.scenarios for one in shares)}
        for nth, shares in enumerate(cut.shards, 1)
    ]
    if as_json:
        print(ascii_json({"include": rows}, indent=None))
    else:
        cells = [list(rows[0]), *([str(cell) for cell in row.values()] for row in rows)]
        print("\n".join(map(safe, table(cells))))
    return tell_problems(options.left_out, sys.stderr)


#: An Indexed Job of Kubernetes has at most so many pods that are told apart by index.
_MOST_SHARDS = 100_000
#: Digits of minutes; nothing is older than a thousand years.
_LONGEST_AGE = 10


def sweep(given: argparse.Namespace) -> int:
    """Remove what earlier runs left; 0 when nothing is left, 1 when something could not be removed."""
    age = "0" if given.older_than is None else given.older_than
    if not (age.isascii() and age.isdigit() and len(age) < _LONGEST_AGE):
        raise UserError("age", f"--older-than {age!r} is no whole number of minutes", where="--older-than")
    options = _options(given)
    for named in (given.reports, *given.others):
        _demand_folder(named)
    # A killed run may have left settings changed: what contradicts the profile is what a sweep is to mend.
    with _opened(options, suite_catalogue(options.root), check_only=True) as site_session:
        # Without an age nothing is too young: the clock of whoever wrote a ledger may have been ahead.
        before = time.time() - 60 * int(age) if int(age) else None
        ledgers = replace(site_session.ledgers, others=_ledger_folders(given.others))
        strange = time.time() - LASTS if given.older_than is None else None
        work = Sweep(site_session.run_context, ledgers, before, strange)
        if given.dry_run:
            _told(ledgers)
            _tell_who_is_at_work(ledgers.lock)
            _tell_what_would_be(work.found(), _not_read(ledgers))
            return _tell_what_is_unknown(work, ledgers)
        # What a run that is alive has made is no leftover.
        with closing(SiteLock(ledgers.lock, "read-write")):
            read = _told(ledgers)
            undone, left = work.clean()
            ledgers.prune(site_session.run_context.run_id, *map(run_of, read))
        for line in left:
            print(safe(line), file=sys.stderr)
        print(f"{undone} undone, {len(left)} left behind{_not_read(ledgers)}")
        return max(_tell_what_is_unknown(work, ledgers), 1 if left else 0)


def _demand_folder(named: Path | None) -> None:
    if named is not None and not names_folder(named):
        raise UserError("sweep-folder", "there is no such folder", where=str(named), hint="name reports of a run")


def _not_read(ledgers: Ledgers) -> str:
    """What the last line says of ledgers nobody could read: they may list more."""
    number = len(ledgers.unreadable())
    return f"; {number} {'ledger' if number == 1 else 'ledgers'} could not be read, and may list more" if number else ""


def _tell_who_is_at_work(lock: Path) -> None:
    """What a run that writes and is alive has made is listed, too; nobody shall take it for left behind."""
    try:
        SiteLock(lock, "read-only").close()
    except UserError as problem:
        who = problem.what.partition(", and this one")[0]
        print(safe(f"note: {who}: what it made is listed, too, until it has removed it"), file=sys.stderr)
    except OSError:
        return


def _tell_what_would_be(found: Sequence[LeftOver], not_read: str) -> None:
    would = [f"would undo {item}" if not item.why else f"would leave {item}: {item.why}" for item in found]
    print("\n".join(map(safe, would or ["nothing left behind"])) + not_read)


def _tell_what_is_unknown(work: Sweep, ledgers: Ledgers) -> int:
    """What was left alone on purpose; 1 where there are lists of the site or ledgers that could not be read."""
    _tell_of_others(work.young)
    if work.later:
        words = "younger than --older-than by the clock of whoever wrote the ledger"
        print(safe(f"left alone: {_some(work.later)}: {words}"), file=sys.stderr)
    for name in work.alike:
        print(safe(f"left alone: {name!r} looks like ours, but no ledger here lists it"), file=sys.stderr)
    for problem in work.unread:
        print(safe(f"not looked through: {problem}"), file=sys.stderr)
    return 1 if work.unread or ledgers.unreadable() else 0


def _some(items: Sequence[LeftOver]) -> str:
    return f"{items[0]}" + (f" and {len(items) - 1} more" if len(items) > 1 else "")


def _tell_of_others(young: Sequence[LeftOver]) -> None:
    """What was left alone, as the run that made it may be alive on another machine."""
    if young:
        runs = sorted({maker(one.entry.name) for one in young})
        since = max(0.0, time.time() - min(one.entry.started for one in young)) / 60
        words = f"left alone: {_some(young)}"
        why = f"no ledger here is of run {', '.join(runs)}, begun {since:.0f} minutes ago"
        print(safe(f"{words}: {why}, which may be alive elsewhere; --older-than 0 removes them, too"), file=sys.stderr)


def _ledger_folders(named: Iterable[Path]) -> tuple[Path, ...]:
    """The folders of ledgers anywhere below reports of runs, on one site or many, in one piece or shards."""
    return tuple(one for place in named for one in sorted(place.rglob("ledger")) if one.is_dir())


def _told(ledgers: Ledgers) -> list[Path]:
    """The ledgers there are, named for whoever sweeps."""
    read, passed_over = ledgers.files(), ledgers.unreadable()
    if read or not passed_over:
        print("\n".join(f"ledger {safe(str(file))}" for file in read) or f"no ledger in {_places(ledgers)}")
    for file in passed_over:
        print(safe(f"ledger {file}: cannot be read, passed over"), file=sys.stderr)
    for file in read:
        if number := edited(file):
            words = f"{number} lines are not as a run wrote them: what they name is left alone, unless its name is ours"
            print(safe(f"ledger {file}: {words}"), file=sys.stderr)
        if number := ledgers.elsewhere(file):
            words = f"{number} changes to another site than this profile names now ({ledgers.place}): left alone"
            print(safe(f"ledger {file}: {words}"), file=sys.stderr)
    return read


def _places(ledgers: Ledgers) -> str:
    several = [f"{len(ledgers.others)} folders of other runs"] if ledgers.others else []
    return " or ".join([*(str(folder) for folder in (ledgers.reports, ledgers.known) if folder), *several])


INDEX = "README.md"
PROFILE_PAGE = Path("docs/profile.md")
SOURCES = "docs/sources.md"


def index(given: argparse.Namespace) -> int:
    """Write every index of a release that is not as it should be, and say which.

    An index stands beside the features, so that a reader can hold a folder against
    the published notes heading by heading.
    """
    root: Path = given.root.resolve()
    catalogue = suite_catalogue(root)
    import_vocabulary(root)
    pages = indexes(catalogue)
    contract = Contract(root / "schemas")
    contract.demand_published(catalogue.releases)
    demand_true_clauses(root, catalogue.clauses.values(), contract, Payloads(root / "payloads"))
    if (root / PROFILE_PAGE).parent.is_dir():
        pages[root / PROFILE_PAGE] = profile_page()
    for path, text in pages.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)
            print(path.relative_to(root))
    return 0


def indexes(catalogue: Catalogue) -> dict[Path, str]:
    """The text of each release's index, and of one for all of them, by the file it belongs in."""
    features = catalogue.root / "features"
    judged: defaultdict[str, dict[Path, int]] = defaultdict(dict)
    for file in catalogue.read_all([features]):
        for scenario in file.scenarios.values():
            counts = judged[scenario.clause.id]
            counts[file.path] = counts.get(file.path, 0) + 1
    by_release = groupby(catalogue.clauses.values(), key=lambda clause: clause.release)
    of_release = {release: list(clauses) for release, clauses in by_release}
    pages = {
        features / str(release) / INDEX: _page(release, catalogue.editions[release], clauses, judged, features)
        for release, clauses in of_release.items()
    }
    return {features / INDEX: _front_page(of_release, judged, catalogue.editions), **pages}


def _front_page(
    of_release: Mapping[Release, list[Clause]],
    judged: Mapping[str, Mapping[Path, int]],
    editions: Mapping[Release, Edition],
) -> str:
    lines = [
        "# The releases",
        "",
        "The clauses of each release's notes, and the scenarios that judge them.",
        "Written by `webex-conformance index`.",
        "",
        "| release | clauses | must | should | observe | scenarios |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for release, clauses in of_release.items():
        levels = [str(sum(clause.level == level for clause in clauses)) for level in LEVELS]
        count = sum(sum(judged[clause.id].values()) for clause in clauses)
        lines.append(f"| [{release}]({release}/{INDEX}) | {len(clauses)} | {' | '.join(levels)} | {count} |")
    lines += _gaps(editions)
    for heading, meanings in (
        ("What a level means", LEVELS),
        ("What an outcome means", OUTCOMES),
        ("Why a scenario is skipped", SKIP_CLASSES),
        ("Words of the features", WORDS),
    ):
        lines += ["", f"## {heading}", "", *(f"- **{word}**: {meaning}" for word, meaning in meanings.items())]
    return "\n".join(lines) + "\n"


def _gaps(editions: Mapping[Release, Edition]) -> list[str]:
    """What of the notes nobody has: said, and never made up."""
    missing = [f"- {one}: nothing of its notes is known" for each in editions.values() for one in each.missing]
    gaps = [f"- {release}: {edition.gap}" for release, edition in editions.items() if edition.gap]
    newest = max(editions)
    rest = f"A site of a release later than {newest} is judged by what is known up to {newest}."
    return ["", "## What is not known", "", *missing, *gaps, *([""] if missing or gaps else []), rest]


_SOURCE_OF_LINES = "Line numbers are those of the {notes}."
_SOURCE_WITHOUT_LINES = "Only parts of the notes are known, so no lines are cited but a [source](../../{sources})."


def _page(
    release: Release, edition: Edition, clauses: list[Clause], judged: Mapping[str, Mapping[Path, int]], features: Path
) -> str:
    told = _SOURCE_WITHOUT_LINES if edition.source else _SOURCE_OF_LINES
    address = clauses[0].published
    source = told.format(sources=SOURCES, notes=f"[published notes]({address})" if address else "published notes")
    lines = [
        f"# Release {release}",
        "",
        "The items of the release notes in their order, the clauses each of them makes, and where they are judged.",
        f"{source} Written by `webex-conformance index`; edit `clauses.toml`.",
        "A clause of level *must* fails a site, *should* warns, *observe* only records: [all words](../README.md).",
        *(["", f"Not known: {edition.gap}"] if edition.gap else []),
    ]
    for (heading, published), group in groupby(clauses, key=lambda clause: (clause.item, clause.item_zh)):
        lines += ["", f"## {heading}", *(["", f"*{published}*"] if published else []), ""]
        lines += ["| clause | level | operation | says | notes | scenarios |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [_row(clause, judged[clause.id], features / str(release)) for clause in group]
    return "\n".join(lines) + "\n"


def _row(clause: Clause, files: Mapping[Path, int], folder: Path) -> str:
    where = ", ".join(f"[{path.name}]({_link(path, folder)}) ({count})" for path, count in files.items())
    says = f"{clause.text}<br>*{clause.remark}*" if clause.remark else clause.text
    cells: Iterable[str] = (clause.id, clause.level, clause.operation, says, _cited(clause), where)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cited(clause: Clause) -> str:
    return clause.place if clause.lines else f"[{clause.source}](../../{SOURCES})"


def _link(path: Path, folder: Path) -> str:
    return path.name if path.parent == folder else f"../{path.parent.name}/{path.name}"
