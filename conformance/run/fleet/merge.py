"""``webex-conformance merge``: what shards left, put together as one run would have written it.

One site after the other: what is held of a site that is done are the few lines of its digest.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.history.notify import after_run, nothing_to_notify_of
from conformance.history.resume_file import OF_A_RUN, clear
from conformance.reporting.exchange_file import shown, shown_from
from conformance.reporting.outcome import OUTCOMES
from conformance.reporting.statement import statement
from conformance.reporting.summary import OVERVIEW, RunRecord
from conformance.reporting.text import counted, safe
from conformance.run.fleet.fleet_page import fleet_lines, write_fleet_page
from conformance.run.fleet.joining import joined, write_joined
from conformance.run.fleet.part_file import SiteDigest, digest_from, digest_of, read_part, read_record
from conformance.run.fleet.processes import OUTPUT, worst_code
from conformance.run.fleet.shard_folders import ShardFolder, copy, demand_apart, shard_folders, take_files
from conformance.run.fleet.shards import ShardPlan, Share
from conformance.scenarios.features import Catalogue
from conformance.sites.errors import UserError
from conformance.sites.ledger import ReportsLock
from conformance.sites.user_files import write_whole

#: Who holds the lock of the reports, and the option that names others.
BY_A_MERGE = ("a merge", "--into")
_MOST_SITES_NAMED = 5


@dataclass
class Merge:
    """The merge under way: where to, whose results, what of each shard is missing, and what of the history."""

    into: Path
    root: Path
    plan: ShardPlan
    folders: Mapping[int, ShardFolder]
    catalogue: Catalogue
    history: Path | None = None
    notify: str = ""
    missing: dict[int, list[tuple[Share, str]]] = field(default_factory=dict)
    unkept: list[str] = field(default_factory=list)
    digests: list[SiteDigest] = field(default_factory=list)
    alone: RunRecord | None = None

    def carry_out(self) -> None:
        """Every site in the order of the run."""
        held: dict[str, list[tuple[int, Share]]] = {site: [] for site in self.plan.sites}
        for number, shares in enumerate(self.plan.shards, 1):
            for share in shares:
                held[share.site].append((number, share))
        for site, mine in held.items():
            with closing(self._lock(site)) if len(self.plan.sites) > 1 else nullcontext():
                self._put_together(site, mine)

    def _lock(self, site: str) -> ReportsLock:
        return ReportsLock(self.place_of(site), *BY_A_MERGE)

    def clear(self) -> None:
        """Nothing of an earlier merge stays, but for ledgers: what an earlier run left on a site may stand in them."""
        clear(self.into, (*OF_A_RUN, "fleet.html", OUTPUT))
        sites = self.plan.sites if len(self.plan.sites) > 1 else ()
        there = [site for site in sites if self.place_of(site).is_dir()]
        for site in there:
            # A run on this one site may be at work here; nothing is cleared before that is known of all.
            self._lock(site).close()
        for site in there:
            with closing(self._lock(site)):
                clear(self.place_of(site), (*OF_A_RUN, OUTPUT))

    def _put_together(self, site: str, mine: Sequence[tuple[int, Share]]) -> None:
        """One site; what cannot be made one run of is missing, and no other site with it."""
        folders = [self._folder(number, site) for number, _ in mine]
        parts = [self._part(number, share, folder) for (number, share), folder in zip(mine, folders, strict=True)]
        found = [(folder, part) for folder, part in zip(folders, parts, strict=True) if part]
        self._keep_ledgers(site, folders)
        try:
            if len(mine) == 1 and found:
                record = self._take_over(site, *found[0])
            elif found:
                record = self._join(site, found, sum(share.scenarios for _, share in mine))
            else:
                return
        except (UserError, OSError) as problem:
            told = _of_a_shard(problem, folders)
            for number, share in [one for one, part in zip(mine, parts, strict=True) if part]:
                self._lacks(number, share, told)
            return
        if record is not None:
            self._remember(record)

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
            part = read_part(folder, share.site, [share.part, share.parts])
        except UserError as problem:
            self._lacks(number, share, problem)
            return None
        if part["scenarios"] < share.scenarios:
            # What is there is taken; that it is all would be a lie.
            words = f"{part['scenarios']} of its {share.scenarios} scenarios are there"
            self._lacks(number, share, UserError("part-cut", words, where=str(folder)))
        return part

    def _lacks(self, number: int, share: Share, problem: UserError) -> None:
        where = f" ({problem.where})" if problem.where else ""
        why = "" if problem.code == "part-missing" else f"{problem.what}{where}"
        self.missing.setdefault(number, []).append((share, why))

    def _keep_ledgers(self, site: str, folders: Iterable[Path]) -> None:
        """What may have been left on a site, for a sweep of the merged reports."""
        for file in (one for folder in folders for one in sorted(folder.glob("ledger/*.jsonl")) if one.is_file()):
            target = self.place_of(site) / "ledger" / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            copy(file, target)

    def _take_over(self, site: str, folder: Path, part: Mapping[str, Any]) -> RunRecord | None:
        """A site that one shard carried out: its reports as they are, with paths as they are here."""
        target = self.place_of(site)
        moved = str(part["shown"]), shown(target, self.root)
        record = None
        if self.history or len(self.plan.sites) == 1:
            record = read_record(folder, part, self.catalogue.clauses, moved)
        take_files(folder, target, *moved)
        self.digests.append(digest_from(part))
        return record

    def _join(self, site: str, found: Sequence[tuple[Path, dict[str, Any]]], expected: int) -> RunRecord:
        """A site that several shards carried out: one run made of their records."""
        target, clauses = self.place_of(site), self.catalogue.clauses
        there = shown(target, self.root)
        records = [read_record(folder, part, clauses, (str(part["shown"]), there)) for folder, part in found]
        record = joined(records, [part for _, part in found], self.plan.order, expected)
        for folder, part in found:
            take_files(folder, target, str(part["shown"]), there, only=("exchanges", "faults", "allure-results"))
        if len(record.scenarios) < expected:
            words = f"this is a part of the run: {len(record.scenarios)} of {expected} scenarios, the rest is missing"
            record = replace(record, problems=(*record.problems, words))
        write_joined(record, target)
        self.digests.append(digest_of(record, digest_from(found[0][1]).groups))
        return record

    def _remember(self, record: RunRecord) -> None:
        if len(self.plan.sites) == 1:
            self.alone = record
        if not self.history or len(record.scenarios) < record.selected_of[0]:
            return
        try:
            after_run(record, self.history, shown_from(self.into, self.root), self.notify)
        except (UserError, OSError) as problem:
            # As in a run: the results are there, and everybody else's are to come.
            why = problem.what if isinstance(problem, UserError) else f"{problem.strerror} ({self.history})"
            self.unkept.append(f"the history of {record.site}: {why}")

    @property
    def left_out(self) -> tuple[str, ...]:
        """Why sites that may have been meant are in no shard, each told once."""
        return tuple(dict.fromkeys(one for shard in self.folders.values() for one in shard.left_out))

    def told(self) -> Iterator[str]:
        """What is missing, a line for each shard."""
        for number, shares in sorted(self.missing.items()):
            scenarios = counted(sum(share.scenarios for share, _ in shares), "scenario")
            names = [share.words for share, _ in shares]
            rest = f" and {len(names) - _MOST_SITES_NAMED} more" if len(names) > _MOST_SITES_NAMED else ""
            words = "left nothing" if number not in self.folders else "is not whole"
            sites = f"{'site' if len(names) == 1 else 'sites'} {', '.join(names[:_MOST_SITES_NAMED])}{rest}"
            why = next((f"; {why}" for _, why in shares if why), "")
            yield f"shard {number} of {len(self.plan.shards)} {words}: {scenarios} of {sites}{why}"


def _of_a_shard(problem: UserError | OSError, folders: Iterable[Path]) -> UserError:
    """What is wrong with a site in the folders of shards; raised where it is something else, such as a full disk."""
    if isinstance(problem, UserError):
        return problem
    name = Path(str(problem.filename))
    if problem.filename2 is not None or not any(name.is_relative_to(folder) for folder in folders):
        raise problem
    return UserError("part-cut", f"cannot read it: {problem.strerror}", where=str(name))


def merge(given: argparse.Namespace) -> int:
    """Put together what shards left; a run's exit code, 1 too when something is missing, 4 for what is no run's."""
    if given.notify and not given.history:
        raise nothing_to_notify_of()
    root: Path = given.root.resolve()
    folders = shard_folders(given.shards)
    plan = next(iter(folders.values())).plan
    demand_apart(given.into, [one.folder for one in folders.values()], plan.sites)
    work = Merge(given.into, root, plan, folders, _catalogue(root), given.history, given.notify)
    with closing(ReportsLock(given.into, *BY_A_MERGE)):
        work.clear()
        work.carry_out()
        missing = list(work.told())
        _tell(work, missing)
    wrong = [1] * bool(missing or work.unkept) + [4] * bool(work.left_out)
    return worst_code([*(one.exit for one in work.digests), *wrong])


def _catalogue(root: Path) -> Catalogue:
    from conformance.run.commands.commands import suite_catalogue
    from conformance.scenarios.step_registry import import_vocabulary

    catalogue = suite_catalogue(root)
    import_vocabulary(root)
    return catalogue


def _tell(work: Merge, missing: Sequence[str]) -> None:
    """The overview, the page and the terminal."""
    if work.alone is not None:
        complete = len(work.alone.scenarios) == work.alone.selected_of[0]
        print("\n".join(statement(work.alone, str(work.into), complete=complete)))
    if len(work.plan.sites) > 1:
        lacking = [*missing, *(f"left out: {one}" for one in work.left_out)]
        _overview(work, lacking)
        write_fleet_page(work.digests, work.plan.sites, lacking, work.into / "fleet.html")
        print("\n".join(map(safe, fleet_lines(work.digests, work.plan.sites))))
        print(f"reports   {work.into}/SITE  {OVERVIEW}  fleet.html")
    for line in work.left_out:
        print(f"LEFT OUT  {safe(line)}")
    for line in missing:
        print(f"MISSING   {safe(line)}")
    for line in work.unkept:
        print(f"NOT DONE  {safe(line)}")
    if missing:
        print("partial   what is here is a part of the run; carry these shards out again with --resume and merge anew")


def _overview(work: Merge, missing: Sequence[str]) -> None:
    sites: dict[str, Any] = {
        one.site: {"exit": one.exit, "release": one.release, "totals": {word: one.totals[word] for word in OUTCOMES}}
        for one in work.digests
    }
    document = {"format": 1, "sites": sites} | ({"missing": list(missing)} if missing else {})
    write_whole(work.into / OVERVIEW, json.dumps(document, indent=1) + "\n")
