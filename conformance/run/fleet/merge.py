"""``webex-conformance merge``: what shards left, put together as one run would have written it.

One site after the other: what is held of a site that is done are the few lines of its digest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.history.notify import after_run
from conformance.history.resume_file import OF_A_RUN, RESUME_FILE, clear
from conformance.reporting.exchange_file import shown
from conformance.reporting.outcome import OUTCOMES
from conformance.reporting.statement import statement
from conformance.reporting.summary import OVERVIEW, SUMMARY, RunRecord
from conformance.reporting.text import safe
from conformance.run.fleet.fleet_page import fleet_lines, write_fleet_page
from conformance.run.fleet.joining import joined, write_joined
from conformance.run.fleet.part_file import (
    PART,
    SiteDigest,
    digest_from,
    digest_of,
    read_document,
    read_part,
    read_record,
)
from conformance.run.fleet.shards import SHARD, ShardPlan, Share
from conformance.scenarios.features import Catalogue
from conformance.sites.errors import UserError
from conformance.sites.user_files import write_whole

#: Of a site's folder in a shard: what belongs to the process and not to the results.
_LEFT_OUT = (PART, RESUME_FILE)
#: Files that name others of the reports by their path.
_WITH_PATHS = (SUMMARY, "junit.xml", "new_known_issues.toml", "output.txt")
_MOST_SITES_NAMED = 5


@dataclass(frozen=True)
class ShardFolder:
    """What one shard left."""

    number: int
    folder: Path
    plan: ShardPlan


@dataclass
class Merge:
    """The merge under way: where to, whose results, and what of each shard is missing."""

    into: Path
    root: Path
    plan: ShardPlan
    folders: Mapping[int, ShardFolder]
    catalogue: Catalogue
    history: Path | None = None
    notify: str = ""
    missing: dict[int, list[tuple[Share, str]]] = field(default_factory=dict)
    digests: list[SiteDigest] = field(default_factory=list)
    alone: RunRecord | None = None

    def carry_out(self) -> None:
        """Every site in the order of the run."""
        held: dict[str, list[tuple[int, Share]]] = {site: [] for site in self.plan.sites}
        for number, shares in enumerate(self.plan.shards, 1):
            for share in shares:
                held[share.site].append((number, share))
        for site, mine in held.items():
            folders = [self._folder(number, site) for number, _ in mine]
            parts = [self._part(number, share, folder) for (number, share), folder in zip(mine, folders, strict=True)]
            found = [(folder, part) for folder, part in zip(folders, parts, strict=True) if part]
            self._keep_ledgers(site, folders)
            if len(mine) == 1 and found:
                self._take_over(site, *found[0])
            elif found:
                self._join(site, found, sum(share.scenarios for _, share in mine))

    def _folder(self, number: int, site: str) -> Path:
        return self.folders[number].folder / site if number in self.folders else Path(os.devnull, site)

    def place_of(self, site: str) -> Path:
        """The folder of a site's reports: a run on one site has no folder for it."""
        return self.into if len(self.plan.sites) == 1 else self.into / site

    def _part(self, number: int, share: Share, folder: Path) -> dict[str, Any] | None:
        """What a shard left of a site; what it did not is noted."""
        if number not in self.folders:
            self.missing.setdefault(number, []).append((share, ""))
            return None
        try:
            return read_part(folder, share.site, [share.part, share.parts])
        except UserError as problem:
            why = "" if problem.code == "part-missing" else f"{problem.what} ({problem.where})"
            self.missing.setdefault(number, []).append((share, why))
            return None

    def _keep_ledgers(self, site: str, folders: Iterable[Path]) -> None:
        """What may have been left on a site, for a sweep of the merged reports."""
        for file in (one for folder in folders for one in sorted(folder.glob("ledger/*.jsonl"))):
            target = self.place_of(site) / "ledger" / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)

    def _take_over(self, site: str, folder: Path, part: Mapping[str, Any]) -> None:
        """A site that one shard carried out: its reports as they are, with paths as they are here."""
        target, clauses = self.place_of(site), self.catalogue.clauses
        take_files(folder, target, str(part["shown"]), shown(target, self.root))
        self.digests.append(digest_from(part))
        if self.history or len(self.plan.sites) == 1:
            self._remember(read_record(target, part, clauses))

    def _join(self, site: str, found: Sequence[tuple[Path, dict[str, Any]]], expected: int) -> None:
        """A site that several shards carried out: one run made of their records."""
        target = self.place_of(site)
        records = []
        for folder, part in found:
            moved = str(part["shown"]), shown(target, self.root)
            take_files(folder, target, *moved, only=("exchanges", "faults", "allure-results"))
            records.append(read_record(folder, part, self.catalogue.clauses, moved))
        record = joined(records, [part for _, part in found], self.catalogue, expected)
        if len(record.scenarios) < expected:
            words = f"this is a part of the run: {len(record.scenarios)} of {expected} scenarios, the rest is missing"
            record = replace(record, problems=(*record.problems, words))
        write_joined(record, target)
        self.digests.append(digest_of(record, digest_from(found[0][1]).groups))
        self._remember(record)

    def _remember(self, record: RunRecord) -> None:
        if len(self.plan.sites) == 1:
            self.alone = record
        if self.history and len(record.scenarios) == record.selected_of[0]:
            after_run(record, self.history, self.root, self.notify)

    def told(self) -> Iterator[str]:
        """What is missing, a line for each shard."""
        for number, shares in sorted(self.missing.items()):
            scenarios = sum(share.scenarios for share, _ in shares)
            names = [share.words for share, _ in shares]
            rest = f" and {len(names) - _MOST_SITES_NAMED} more" if len(names) > _MOST_SITES_NAMED else ""
            words = "left nothing" if number not in self.folders else "is not whole"
            sites = f"{'site' if len(names) == 1 else 'sites'} {', '.join(names[:_MOST_SITES_NAMED])}{rest}"
            why = next((f"; {why}" for _, why in shares if why), "")
            yield f"shard {number} of {len(self.plan.shards)} {words}: {scenarios} scenarios of {sites}{why}"


def take_files(folder: Path, target: Path, old: str, new: str, only: Iterable[str] = ()) -> None:
    """The files of ``folder`` under ``target``, linked where that can be; paths in them told anew."""
    wanted = tuple(only)
    for place, folders, files in os.walk(folder):
        here = Path(place).relative_to(folder)
        folders[:] = sorted(one for one in folders if one != "ledger" and (here.parts or not wanted or one in wanted))
        if wanted and not here.parts:
            continue
        (target / here).mkdir(parents=True, exist_ok=True)
        for name in files:
            if name not in _LEFT_OUT and not name.startswith("."):
                moved = old != new and name in _WITH_PATHS
                _take(Path(place, name), target / here / name, (old, new) if moved else None)


def _take(file: Path, target: Path, moved: tuple[str, str] | None) -> None:
    target.unlink(missing_ok=True)
    if moved:
        text = file.read_bytes()
        told = text
        for below in ("exchanges/", "faults/"):
            old, new = (f"{one}/{below}".encode() for one in moved)
            told = told.replace(old, new)
        if told != text:
            target.write_bytes(told)
            return
    try:
        target.hardlink_to(file)
    except OSError:
        # Another file system, or one without links.
        shutil.copyfile(file, target)


def merge(given: argparse.Namespace) -> int:
    """Put together what shards left; a run's exit code, 1 too when something is missing, 4 for what is no run's."""
    root: Path = given.root.resolve()
    folders = _shard_folders(given.shards, given.into)
    plan = next(iter(folders.values())).plan
    work = Merge(given.into, root, plan, folders, _catalogue(root), given.history, given.notify)
    _clear(given.into, plan)
    work.carry_out()
    missing = list(work.told())
    _tell(work, missing)
    exits = [one.exit for one in work.digests]
    if missing or 1 in exits:
        return 1
    return 0 if 0 in exits else 5


def _catalogue(root: Path) -> Catalogue:
    from conformance.run.commands.commands import suite_catalogue
    from conformance.scenarios.step_registry import import_vocabulary

    catalogue = suite_catalogue(root)
    import_vocabulary(root)
    return catalogue


def _clear(into: Path, plan: ShardPlan) -> None:
    """Nothing of an earlier merge stays: the same folders give the same bytes again."""
    into.mkdir(parents=True, exist_ok=True)
    clear(into, (*OF_A_RUN, "fleet.html", "output.txt"))
    if len(plan.sites) > 1:
        for site in plan.sites:
            shutil.rmtree(into / site, ignore_errors=True)
    else:
        shutil.rmtree(into / "ledger", ignore_errors=True)


def _tell(work: Merge, missing: Sequence[str]) -> None:
    """The overview, the page and the terminal."""
    if work.alone is not None:
        complete = len(work.alone.scenarios) == work.alone.selected_of[0]
        print("\n".join(statement(work.alone, str(work.into), complete=complete)))
    if len(work.plan.sites) > 1:
        _overview(work, missing)
        write_fleet_page(work.digests, work.plan.sites, missing, work.into / "fleet.html")
        print("\n".join(map(safe, fleet_lines(work.digests, work.plan.sites))))
        print(f"reports   {work.into}/SITE  {OVERVIEW}  fleet.html")
    for line in missing:
        print(f"MISSING   {safe(line)}")
    if missing:
        print("partial   what is here is a part of the run; carry these shards out again with --resume and merge anew")


def _overview(work: Merge, missing: Sequence[str]) -> None:
    sites: dict[str, Any] = {
        one.site: {"exit": one.exit, "release": one.release, "totals": {word: one.totals[word] for word in OUTCOMES}}
        for one in work.digests
    }
    document = {"format": 1, "sites": sites} | ({"missing": list(missing)} if missing else {})
    write_whole(work.into / OVERVIEW, json.dumps(document, indent=1) + "\n")


def _shard_folders(named: Sequence[Path], into: Path) -> dict[int, ShardFolder]:
    """The shards in the folders that are named, or one below; everything that cannot be of one run is refused."""
    found: dict[int, ShardFolder] = {}
    versions: dict[str, Path] = {}
    for folder in [one for place in named for one in _places(place)]:
        if into.resolve() == folder.resolve():
            raise UserError("merge-into", "a shard is in it", where=str(into), hint="name another folder with --into")
        document = read_document(folder / SHARD, {"suite", "shard", "plan"})
        one = _read_shard(folder, document)
        versions.setdefault(str(document["suite"]), folder)
        first = next(iter(found.values()), one)
        if len(versions) > 1 or document["suite"] != __version__:
            words = f"shards of two versions of the suite: {', '.join(versions)}, and this one is {__version__}"
            raise UserError("merge-versions", words, where=str(folder), hint="merge with the version that ran them")
        if one.plan != first.plan:
            words = f"{folder} and {first.folder} are shards of two runs: their sites or scenarios differ"
            raise UserError("merge-selections", words, where=str(folder), hint="name the folders of one run")
        if one.number in found:
            words = f"shard {one.number} is told twice: {found[one.number].folder}, {folder}"
            raise UserError("merge-twice", words, where=str(folder), hint="name the one that is whole")
        found[one.number] = one
    if not found:
        hint = f"name folders that runs with --shard wrote, each with its {SHARD}"
        raise UserError("merge-nothing", "no shard left anything here", where=", ".join(map(str, named)), hint=hint)
    return dict(sorted(found.items()))


def _places(place: Path) -> list[Path]:
    """The folders of shards at a place; none where a shard left nothing, and what is anything else is refused."""
    if (place / SHARD).exists():
        return [place]
    below = sorted(one.parent for one in place.glob(f"*/{SHARD}"))
    with suppress(OSError):
        if not below and place.exists() and (place.is_file() or any(place.iterdir())):
            raise UserError("part-foreign", "no shard of this suite wrote it", where=str(place))
    return below


def _read_shard(folder: Path, document: Mapping[str, Any]) -> ShardFolder:
    try:
        plan = ShardPlan.from_json(document["plan"])
        number = int(document["shard"])
    except (KeyError, TypeError, ValueError):
        raise UserError("part-foreign", "no shard of this suite wrote it", where=str(folder / SHARD)) from None
    if not 1 <= number <= len(plan.shards):
        raise UserError("part-foreign", f"there is no shard {number}", where=str(folder / SHARD))
    return ShardFolder(number, folder, plan)
