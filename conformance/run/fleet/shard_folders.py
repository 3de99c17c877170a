"""What shards left, found again: their folders, all of one run, and what of their files is carried into a merge."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from conformance import __version__
from conformance.history.resume_file import OF_A_RUN, RESUME_FILE
from conformance.reporting.summary import SUMMARY
from conformance.run.fleet.part_file import PART, read_document
from conformance.run.fleet.shards import SHARD, ShardPlan
from conformance.sites.errors import UserError
from conformance.sites.profile import SITE_NAME

#: Of a site's folder in a shard: what belongs to the process and not to the results.
_LEFT_OUT = (PART, RESUME_FILE)
#: Files that name others of the reports by their path.
_WITH_PATHS = (SUMMARY, "junit.xml", "new_known_issues.toml", "output.txt")


@dataclass(frozen=True)
class ShardFolder:
    """What one shard left; ``left_out`` is why sites that may have been meant are not in its plan."""

    number: int
    folder: Path
    plan: ShardPlan
    left_out: tuple[str, ...] = ()


def shard_folders(named: Sequence[Path]) -> dict[int, ShardFolder]:
    """The shards in the folders that are named, or one below; everything that cannot be of one run is refused."""
    found: dict[int, ShardFolder] = {}
    versions: dict[str, Path] = {}
    for folder in [one for place in named for one in _places(place)]:
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
        # They are equal; three hundred shards of thousands of sites need not each hold theirs.
        found[one.number] = replace(one, plan=first.plan)
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


def _read_shard(folder: Path, document: Mapping[str, object]) -> ShardFolder:
    try:
        plan = ShardPlan.from_json(document["plan"])  # type: ignore[arg-type]
        number = int(document["shard"])  # type: ignore[call-overload]
        left_out: Iterable[object] = document.get("left_out", ())  # type: ignore[assignment]
        told = tuple(map(str, left_out))
        sound = _is_sound(plan)
    except (KeyError, TypeError, ValueError, OverflowError):
        sound = False
    if not sound:
        raise UserError("part-foreign", "no shard of this suite wrote it", where=str(folder / SHARD))
    if not 1 <= number <= len(plan.shards):
        raise UserError("part-foreign", f"there is no shard {number}", where=str(folder / SHARD))
    return ShardFolder(number, folder, plan, told)


def _is_sound(plan: ShardPlan) -> bool:
    """Whether every site can be a folder, which a merge clears and writes, and every share is of one of them."""
    sites, shares = set(plan.sites), [one for shard in plan.shards for one in shard]
    named = all(map(SITE_NAME.fullmatch, sites))
    return named and all(one.site in sites and 1 <= one.part <= one.parts for one in shares)


def demand_apart(into: Path, folders: Iterable[Path], sites: Sequence[str]) -> None:
    """Refuse a place where clearing and writing the merged reports would reach what a shard left."""
    shards = {folder.resolve() for folder in folders}
    around = {above for folder in shards for above in folder.parents}
    targets = [into] if len(sites) == 1 else [into / name for name in (*sites, *OF_A_RUN)]
    for target in targets:
        place = target.resolve()
        if place in shards or place in around or not shards.isdisjoint(place.parents):
            raise _in_the_way(target, "the folder of a shard and this one lie in each other")
    for left in (place / name for place in (into, *targets) for name in (SHARD, PART)):
        if left.exists():
            raise _in_the_way(left.parent, "a shard left its results here")


def _in_the_way(place: Path, what: str) -> UserError:
    hint = "a merge clears what it writes anew: name a folder apart from all shards with --into"
    return UserError("merge-into", what, where=str(place), hint=hint)


def take_files(folder: Path, target: Path, old: str, new: str, only: Iterable[str] = ()) -> None:
    """The files of ``folder`` under ``target``, linked where that can be; paths in them told anew."""
    wanted = tuple(only)
    for place, files in _walk(folder, wanted):
        here = place.relative_to(folder)
        if wanted and not here.parts:
            continue
        (target / here).mkdir(parents=True, exist_ok=True)
        for name in files:
            if name not in _LEFT_OUT and not name.startswith("."):
                moved = old != new and name in _WITH_PATHS
                _take(place / name, target / here / name, (old, new) if moved else None)


def _walk(folder: Path, wanted: tuple[str, ...]) -> Iterator[tuple[Path, list[str]]]:
    """Every folder of results with its files; a link to a folder of another disk is what it leads to."""

    def refuse(problem: OSError) -> None:
        raise problem

    for name, below, files in os.walk(folder, onerror=refuse, followlinks=True):
        place = Path(name)
        below[:] = sorted(
            one
            for one in below
            if one != "ledger" and (place != folder or not wanted or one in wanted) and not _leads_back(place / one)
        )
        yield place, files


def _leads_back(link: Path) -> bool:
    """Whether it is a link to a folder that it lies in: followed, it would have no end."""
    return link.is_symlink() and link.resolve() in {one.resolve() for one in link.absolute().parents}


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
        target.hardlink_to(file.resolve() if file.is_symlink() else file)
    except OSError:
        # Another file system, or one without links.
        copy(file, target)


def copy(file: Path, target: Path) -> None:
    """A copy; a disk that is full is named by what was to be written, which ``shutil`` names second or not at all."""
    try:
        shutil.copyfile(file, target)
    except OSError as problem:
        if problem.filename is None or problem.filename2 is not None:
            raise OSError(problem.errno, problem.strerror, str(target)) from None
        raise
