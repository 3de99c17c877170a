"""One shard of a run: its share of the sites, each carried out as in a run of several sites, and noted to be merged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.history.resume_file import OF_A_RUN, RESUME_FILE, clear
from conformance.reporting.summary import OVERVIEW, SUMMARY
from conformance.reporting.text import counted
from conformance.run.fleet.part_file import FORMAT, PART, digest_from, read_document, read_part
from conformance.run.fleet.processes import SiteProcess, carry_out, of_each_site, process_of
from conformance.run.fleet.selection import SHARD_VARIABLE, tell_problems
from conformance.run.fleet.shards import SHARD, ShardPlan, Share, cut, kept_on, read_durations
from conformance.run.options import Options
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.sites.errors import UserError
from conformance.sites.user_files import write_whole


def run_shard(options: Options, arguments: tuple[str, ...], places: Sequence[Path], shard: tuple[int, int]) -> int:
    """Carry out one shard; the worst exit code of its sites."""
    number, of = shard
    plan = plan_shards(options, arguments, places, of)
    resumes = options.resume and _is_there(options, number, plan)
    if not resumes:
        clear(options.reports, OF_A_RUN)
    mine = plan.shards[number - 1]
    scenarios = counted(sum(one.scenarios for one in mine), "scenario")
    print(f"shard {number} of {of}: {scenarios}, {told(mine)}", flush=True)
    fleet = [_process(one, options, arguments, len(mine)) for one in mine]
    # In this order: where a kill leaves the file, nothing of an earlier run is taken for this one's.
    for one in fleet:
        one.clear()
    if not resumes:
        document = {"format": FORMAT, "suite": __version__, "shard": number, "plan": plan.as_json()}
        if options.left_out:
            document["left_out"] = [one.what for one in options.left_out]
        write_whole(options.reports / SHARD, json.dumps(document) + "\n")
    return carry_out(options, fleet) if fleet else tell_problems(options.left_out)


def _is_there(options: Options, number: int, plan: ShardPlan) -> bool:
    """Whether the shard began here, so that it goes on; what any other run left is no less worth than its own."""
    file = options.reports / SHARD
    if not file.is_file():
        _demand_no_results(options)
        return False
    found = read_document(file, {"shard", "plan"})
    if found["shard"] != number:
        raise _not_to_go_on(f"shard {found['shard']} is there, and to be resumed is shard {number}", file)
    if found["plan"] != plan.as_json():
        words = "it was cut otherwise, with other sites, scenarios, N, --even-by or version of the suite"
        raise _not_to_go_on(words, file)
    return True


def _demand_no_results(options: Options) -> None:
    places = (options.reports, *(options.reports / site for site in options.sites))
    for left in (at / name for at in places for name in (SUMMARY, RESUME_FILE, OVERVIEW)):
        if left.is_file():
            raise _not_to_go_on(f"another run left results there, and no {SHARD}", left)


def _not_to_go_on(words: str, where: Path) -> UserError:
    hint = "each shard has a folder of its own (--reports); without --resume what is there is replaced"
    return UserError("resume-shard", words, where=str(where), hint=hint)


def demand_no_shard(options: Options) -> None:
    """:class:`UserError` where a run in one piece is to go on in the folder of a shard."""
    if not options.resume or options.shard or options.in_shard:
        return
    here = options.reports.resolve()
    # A site's folder is the shard's, too: what one run of it finished there would be no part to merge.
    for folder in (here, *([here.parent] if here.name in options.sites else [])):
        if (file := folder / SHARD).is_file():
            words = "a shard left its results there, and to be resumed is a run in one piece"
            hint = f"say which shard with --shard, as it was begun, and --reports {folder}"
            raise UserError("resume-shard", words, where=str(file), hint=hint)


def told(shares: Sequence[Share]) -> str:
    """The sites of shares in words, however many."""
    few = ", ".join(one.words for one in shares[:_FEW])
    return (f"{few} and {len(shares) - _FEW} more sites" if len(shares) > _FEW else few) or "nothing to do"


_FEW = 5


def plan_shards(options: Options, arguments: tuple[str, ...], places: Sequence[Path], number: int) -> ShardPlan:
    """The plan of a run in ``number`` shards."""
    catalogue = Catalogue(options.root)
    files = catalogue.read_all(places)
    every = {one.nodeid: one for file in files for one in file.scenarios.values()}
    chosen = [every[nodeid] for nodeid in _collected(options, arguments) if nodeid in every]
    if not chosen:
        raise UserError("shard-empty", "no scenario is selected, so there is nothing to cut", where="--shard")
    return cut_for(options, chosen, catalogue, number)


def cut_for(options: Options, chosen: Sequence[Scenario], catalogue: Catalogue, number: int) -> ShardPlan:
    """The plan for ``chosen`` scenarios on every site of the run."""

    @cache
    def together(site: str) -> frozenset[str] | None:
        try:
            return kept_on(site, chosen, options, catalogue.registry)
        except UserError as problem:
            # What only this machine lacks would cut it otherwise than all others.
            if problem.code.startswith(("variable-", "secret-", "keyring-")):
                raise
            # One bad profile stops no other site: its own process says what is wrong.
            return None

    terms = (str(options.release), options.access, str(options.strict))
    sites = dict.fromkeys(options.sites, chosen)
    return cut(sites, together, number, read_durations(options.durations), terms)


def _collected(options: Options, arguments: tuple[str, ...]) -> list[str]:
    """What pytest collects, with all plugins that have a say in it."""
    with tempfile.TemporaryDirectory(prefix="webex-conformance-") as scratch:
        file = Path(scratch, "selection.json")
        words = [*of_each_site(arguments, 1), "--collect-only", "-q", f"--site={options.sites[0]}"]
        command = [sys.executable, "-m", "pytest", *words, f"--selection-file={file}"]
        done = subprocess.run(  # noqa: S603 - our own interpreter with our own arguments
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=_environment()
        )
        if not file.is_file():
            said = (done.stderr or done.stdout).strip().splitlines()
            raise UserError("shard-selection", said[-1] if said else "nothing is collected", where="--shard")
        found: list[str] = json.loads(file.read_text(encoding="utf-8"))
        return found


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if name != SHARD_VARIABLE}


def _process(share: Share, options: Options, arguments: tuple[str, ...], shares: int) -> SiteProcess:
    """The process of a share: with ``--resume`` it goes on where it was cut off, and does nothing where it was done."""
    base = of_each_site(arguments, min(shares, options.at_once))
    part = ["--shard-part", f"{share.part}/{share.parts}"]
    done = _done(options.reports / share.site, share) if options.resume else None
    return process_of(share.site, [*base, *part], options, digest_from(done).exit if done else None)


def _done(folder: Path, share: Share) -> dict[str, Any] | None:
    if not (folder / PART).is_file():
        return None
    try:
        found = read_part(folder, share.site, [share.part, share.parts])
    except UserError:
        return None
    return found if found["scenarios"] == share.scenarios else None
