"""A shard killed with SIGKILL at a moment of a site's choosing, merged without it, retried, and merged again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest import ExitCode

from tests.conftest import ROOT, SAFETY
from tests.kills.measure import Moment, Site, differences, settle
from tests.twisted import twisted

#: Two mocks, and a site without a control plane that two of the shards share.
SITES = {"one": {}, "two": {}, "live": {"control_url": "None", "rate": '"10000/s"', "access": '"read-write"'}}
SHARDS = 4
FEATURES = ("features/41.4.0/entry-exit-tone.feature", "features/41.7.0", "features/41.9.0")


class KilledSite(Site):
    """A mock that kills the whole machine of a shard, every process of it; or tells it to end, as an engine or a person does."""

    how = signal.SIGKILL

    def _kill(self) -> None:
        if self.run is None:
            return
        if self.how == signal.SIGKILL:
            kill_tree(self.run.pid)
        elif self.how == signal.SIGINT:
            # A terminal sends it to everybody.
            os.killpg(self.run.pid, self.how)
        else:
            os.kill(self.run.pid, self.how)


def kill_tree(pid: int) -> None:
    """Every process below ``pid``, each held before it is asked for its own."""
    os.kill(pid, signal.SIGSTOP)
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for child in children.read_text(encoding="ascii").split() if children.exists() else ():
        kill_tree(int(child))
    os.kill(pid, signal.SIGKILL)


@dataclass
class Machines:
    """The sites, and what runs on them look like."""

    folder: Path
    sites: dict[str, KilledSite]
    file: Path
    whole: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    #: The requests that each shard asks each site.
    requests: dict[int, dict[str, int]] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        """A run on all sites."""
        named = [word for name in self.sites for word in ("--site", name)]
        words = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "tests.first_rows", "-q"]
        return [*words, *map(str, (ROOT / one for one in FEATURES)), "--sites", str(self.file), *named, "--access", "read-write", *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A run that has begun, with ledgers of its own."""
        environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"), "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            self.command(*arguments), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )
        for site in self.sites.values():
            site.requests, site.run = 0, process
        return process

    def end(self, process: subprocess.Popen[str]) -> int:
        """The exit code of a run, once its sites are at rest."""
        code = process.wait(SAFETY)
        for site in self.sites.values():
            site.run = None
        settle()
        return code

    def shard(self, number: int, reports: Path, *arguments: str) -> int:
        """Carry out one shard to its end."""
        return self.end(self.start("--shard", f"{number}/{SHARDS}", "--reports", str(reports), *arguments))

    def state(self) -> dict[str, dict[str, Any]]:
        """What the sites hold."""
        return {name: site.state() for name, site in self.sites.items()}

    def problems(self, reports: Path) -> list[str]:
        """What merged reports say beside the verdicts."""
        files = [file for name in self.sites if (file := reports / name / "summary.json").is_file()]
        return [words for file in files for words in json.loads(file.read_text(encoding="utf-8"))["problems"]]

    def verdicts(self, reports: Path) -> dict[str, list[tuple[str, str]]]:
        """Scenario by scenario, of every site."""
        found = {}
        for name in self.sites:
            rows = json.loads((reports / name / "summary.json").read_text(encoding="utf-8"))["scenarios"]
            found[name] = [(row["nodeid"], row["outcome"]) for row in rows]
        return found


@contextmanager
def machines(folder: Path) -> Iterator[Machines]:
    """Sites that are served, with what an unsharded run says of them, and shards that nobody killed in ``folder``."""
    with ExitStack() as stack:
        sites, texts = {}, []
        for name, changes in SITES.items():
            (folder / name).mkdir(parents=True)
            served = stack.enter_context(twisted(folder / name, **changes))
            sites[name] = KilledSite(served, None)
            texts.append(served.sites.read_text(encoding="utf-8").replace("sites.twisted", f"sites.{name}"))
        file = folder / "sites.toml"
        file.write_text("\n".join(texts), encoding="utf-8")
        here = Machines(folder, sites, file)
        code = here.end(here.start("--reports", str(folder / "whole")))
        assert code == 0, f"a run that nobody kills ends with {code}"
        here.whole = here.verdicts(folder / "whole")
        for number in range(1, SHARDS + 1):
            code = here.shard(number, folder / f"shard-{number}")
            assert code == 0, f"shard {number} that nobody kills ends with {code}"
            here.requests[number] = {name: site.requests for name, site in sites.items() if site.requests}
        yield here


@dataclass(frozen=True)
class Result:
    """One kill: whether it came, whether the merge named what was missing, and what a retry made of it."""

    shard: int
    site: str
    moment: Moment
    killed: bool
    named: bool
    whole: bool
    remains: tuple[str, ...]
    told: str

    @property
    def good(self) -> bool:
        """All of it as it should be."""
        return self.killed and self.named and self.whole and not self.remains and "Traceback" not in self.told

    def __str__(self) -> str:
        left = ", ".join(self.remains) or "nothing"
        return f"shard {self.shard}, {self.site} {self.moment}: missing named {self.named}, whole after a retry {self.whole}, left {left}"


def merge(folders: list[Path], into: Path) -> tuple[int, str]:
    """``webex-conformance merge``: its exit code, and what it said."""
    command = [sys.executable, "-m", "conformance.cli", "merge", "--root", str(ROOT), *map(str, folders), "--into", str(into)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SAFETY)
    return done.returncode, done.stdout + done.stderr


def remains_of(here: Machines, before: dict[str, dict[str, Any]]) -> list[str]:
    """What the sites hold otherwise than before."""
    return [f"{name}: {words}" for name, was in before.items() for words in differences(was, here.sites[name].state(), live=name == "live")]


def kill(here: Machines, trial: Path, shard: int, site: str, moment: Moment, how: signal.Signals = signal.SIGKILL) -> Result:
    """One shard killed at ``moment`` of ``site``, merged, retried as an engine would, and merged again."""
    before, mine = here.state(), trial / f"shard-{shard}"
    here.sites[site].moment, here.sites[site].how = moment, how
    code = here.shard(shard, mine)
    here.sites[site].moment = None
    # Who is told to end takes away first what it made; who is killed leaves it to the retry.
    left = [] if how == signal.SIGKILL else remains_of(here, before)
    others = [here.folder / f"shard-{number}" for number in range(1, SHARDS + 1) if number != shard]
    partial, told = merge([*others, mine], trial / "partial")
    named = partial == 1 and f"shard {shard} of {SHARDS} " in told and "MISSING" in told and site in told
    retried = here.shard(shard, mine, "--resume")
    merged, said = merge([*others, mine], trial / "merged")
    remains = [*left, *remains_of(here, before)]
    ended = -signal.SIGKILL if how == signal.SIGKILL else ExitCode.INTERRUPTED
    whole = (retried, merged) == (0, 0) and here.verdicts(trial / "merged") == here.whole
    problems = [] if whole else here.problems(trial / "merged")
    return Result(shard, site, moment, code == ended, named, whole, tuple(remains), "\n".join([told, said, f"retry {retried}", *problems]))
