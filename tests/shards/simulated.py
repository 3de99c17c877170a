"""``python -m tests.shards.simulated [--sites 3000] [--shards 16]``: a merge of so many sites, timed.

Simulated: one real run of all features on the mock, told of every site under another name. One site in ten is told to be red in its
digest, by clauses drawn at random. Allure's results, 5,000 files a site, are left out: what is measured is everything else.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conformance import __version__
from conformance.run.fleet.part_file import FORMAT, PART, checksum
from tests.conftest import ROOT

LINKED = ("badge.json", "output.txt")


def original(folder: Path, *options: str) -> Path:
    """The reports of one site that a real shard leaves."""
    command = [sys.executable, "-m", "pytest", "-q", *(options or ("features",)), "--shard", "1/1", "--reports", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return folder / "mock"


def told_of(site: str, source: Path, target: Path, chance: random.Random) -> int:
    """The reports of the original as those of ``site``; how many scenarios they tell of."""
    target.mkdir(parents=True)
    for name in ("summary.json", "junit.xml", "metrics.prom"):
        text = (source / name).read_text(encoding="utf-8")
        (target / name).write_text(text.replace('"mock"', f'"{site}"', 1), encoding="utf-8")
    for name in LINKED:
        (target / name).hardlink_to(source / name)
    part: dict[str, Any] = json.loads((source / PART).read_text(encoding="utf-8"))
    digest = {**part["digest"], "site": site, "groups": [f"group-{len(site) + int(site[1:]) % 7}"]}
    if chance.random() < 0.1:
        digest["red"] = {f"R41.{chance.randint(2, 12)}.0-{chance.randint(1, 14):02}": "failed" for _ in range(chance.randint(1, 6))}
        digest["totals"] = {**digest["totals"], "failed": len(digest["red"])}
    part |= {"site": site, "summary": checksum(target / "summary.json"), "digest": digest}
    (target / PART).write_text(json.dumps(part), encoding="utf-8")
    return int(part["scenarios"])


def fleet(place: Path, source: Path, sites: int, shards: int, seed: int = 1) -> list[Path]:
    """The folders of so many shards."""
    names, chance = [f"s{number:05}" for number in range(sites)], random.Random(seed)
    folders = [place / f"shard-{number + 1}" for number in range(shards)]
    plan: list[list[list[object]]] = [[] for _ in folders]
    for number, name in enumerate(names):
        count = told_of(name, source, folders[number % shards] / name, chance)
        plan[number % shards].append([name, 1, 1, count])
    for number, folder in enumerate(folders, 1):
        document = {"format": FORMAT, "suite": __version__, "shard": number, "plan": {"selection": "simulated", "sites": names, "shards": plan, "order": []}}
        folder.mkdir(exist_ok=True)
        (folder / "shard.json").write_text(json.dumps(document), encoding="utf-8")
    return folders


def main(arguments: list[str] | None = None) -> int:
    """Make, merge, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.shards.simulated", description=__doc__)
    parser.add_argument("--sites", type=int, default=3000)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--keep", type=Path, help="where the merged reports go, to be looked at")
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="wxc-simulated-") as scratch:
        place = Path(scratch)
        folders = fleet(place / "shards", original(place / "one"), given.sites, given.shards)
        size = sum(file.stat().st_size for file in folders[0].rglob("*") if file.is_file()) * given.shards
        print(f"{given.sites} sites in {given.shards} shards, {size / 1e9:.1f} GB", flush=True)
        into = given.keep or place / "merged"
        command = [sys.executable, "-m", "conformance.cli", "merge", str(place / "shards"), "--into", str(into)]
        began = time.monotonic()
        with (place / "said.txt").open("w+", encoding="utf-8") as output:
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read()
        page = (into / "fleet.html").stat().st_size / 1e6
        print(said)
        print(
            f"merge of {given.sites} sites: exit {process.returncode}, {seconds:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of a core, "
            f"at most {used.ru_maxrss / 1024:.0f} MB, page {page:.2f} MB, {len(said.splitlines())} lines"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
