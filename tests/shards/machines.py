"""``python -m tests.shards.machines [--sites 60] [--shards 1,2,4,8]``: a fleet on one machine and on several, timed.

A machine is a network namespace with an address and ledgers of its own; one mock in another serves all the sites, each a live site
(no control plane). Told are the seconds beside the ideal, and in how many of them the cores of this machine, which all of them and the
mock share, had no rest; whether the merged reports are those of the run in one piece, and how often each site was asked in any second.
Wants root and ``ip``. Ends with 1 when a verdict differs or a site was asked faster than its profile allows.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from tests.conftest import ROOT, SAFETY
from tests.shards.measure import merge

FEATURES = ("features/41.4.0/entry-exit-tone.feature", "features/41.7.0")
#: The network of the machines; the mock has its first address.
NET, BRIDGE = "10.26.0", "wxcbr0"
#: A request reaches a site a little later than it left, and not each by as much: seconds.
JITTER = 0.05
#: A core that is idle for less of a second than this has no rest.
_REST = 0.05


@dataclass(frozen=True)
class Run:
    """One way to cut the fleet, and what came of it; ``full`` is how many of its seconds had no core at rest."""

    shards: int
    seconds: float
    full: int
    codes: tuple[int, ...]
    equal: int
    most: int


def ip(*words: str) -> None:
    """One command of iproute2."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"ip {' '.join(words)}: {done.stderr.strip()}\nhint: network namespaces want root")


@contextmanager
def network(number: int) -> Iterator[list[str]]:
    """A namespace for the mock and ``number`` more, all on one bridge; their names."""
    names = [f"wxc{index}" for index in range(number + 1)]
    with ExitStack() as stack:
        ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(subprocess.run, ["ip", "link", "del", BRIDGE], check=False, capture_output=True)
        ip("link", "set", BRIDGE, "up")
        for index, name in enumerate(names, 1):
            ip("netns", "add", name)
            stack.callback(subprocess.run, ["ip", "netns", "del", name], check=False, capture_output=True)
            ip("link", "add", f"{name}v", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"{name}v", "master", BRIDGE, "up")
            ip("-n", name, "addr", "add", f"{NET}.{index}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield names


@contextmanager
def mock(folder: Path, namespace: str, sites: list[str], latency: int) -> Iterator[Path]:
    """One mock with all the sites; the profile it wrote of the first."""
    profile, words = folder / "one.toml", [word for name in sites for word in ("--site-name", name)]
    # A site has cores of its own: here it takes them first, or what arrived would be noted when a core came free.
    first = ["chrt", "-f", "20"] if shutil.which("chrt") else []
    command = ["ip", "netns", "exec", namespace, *first, sys.executable, "-m", "mocksite", "--host", f"{NET}.1", "--allow-remote", "--tls"]
    command += ["--latency", str(latency), "--log", str(folder / "log.jsonl"), "--write-profile", str(profile), *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if "ready" not in process.stdout.readline():
                raise SystemExit("the mock did not start")
            while not process.stdout.readline().startswith("  look"):
                pass
            yield profile
        finally:
            process.terminate()


class Cores:
    """Counts the seconds in which the cores of this machine have no rest, until the block ends."""

    def __init__(self) -> None:
        self.full = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        before = self._resting()
        while not self._over.wait(1):
            now = self._resting()
            self.full += (now - before) / os.sysconf("SC_CLK_TCK") < _REST * (os.cpu_count() or 1)
            before = now

    def _resting(self) -> int:
        fields = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()
        return int(fields[4]) + int(fields[5])


def profiles(folder: Path, one: Path, sites: list[str], rate: str) -> dict[str, str]:
    """``sites.toml`` with each site as a live one; the variables of its secrets."""
    secrets: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = f"WXC_FLEET_{len(secrets)}"
        secrets[name] = found[2]
        return f'{found[1]} = "${{{name}}}"'

    text = re.sub(r'(password|webex_access_token|access_token) = "([^"]+)"', named, one.read_text(encoding="utf-8"))
    text = re.sub(r"control_url.*", f'rate = "{rate}"', text.partition("[sites.mock.data]")[0])
    told = [text.replace("sites.mock", f"sites.{name}").replace(f'"{sites[0]}"', f'"{name}"') for name in sites]
    (folder / "sites.toml").write_text("\n".join(told), encoding="utf-8")
    return secrets


def verdicts(reports: Path, sites: list[str]) -> list[list[tuple[str, str]]]:
    """Of each site, scenario by scenario."""
    told = [json.loads((reports / name / "summary.json").read_text(encoding="utf-8"))["scenarios"] for name in sites]
    return [[(row["nodeid"], row["outcome"]) for row in rows] for rows in told]


def most_in_a_second(log: Path, since: float) -> int:
    """Of the site that was asked most, the requests of its fullest second, wherever that second begins."""
    moments: dict[str, list[float]] = {}
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["time"] >= since:
                moments.setdefault(row["site"], []).append(row["time"])
    most = 0
    for of_site in moments.values():
        of_site.sort()
        first = 0
        for last, moment in enumerate(of_site):
            while moment - of_site[first] >= 1 - JITTER:
                first += 1
            most = max(most, last - first + 1)
    return most


def carried_out(folder: Path, names: list[str], shards: int, environment: dict[str, str], options: list[str]) -> Run:
    """All sites by ``shards`` machines at once, merged; ``equal`` and ``most`` are the caller's to find."""
    into = folder / f"by-{shards}"
    began, running = time.monotonic(), []
    with Cores() as cores:
        for number in range(1, shards + 1):
            words = ["--shard", f"{number}/{shards}", "--reports", str(into / f"shard-{number}")] if shards > 1 else ["--reports", str(into)]
            command = ["ip", "netns", "exec", names[number], sys.executable, "-m", "pytest", *FEATURES, *options, *words]
            mine = {**environment, "XDG_STATE_HOME": str(folder / f"state-{number}")}
            running.append(subprocess.Popen(command, cwd=ROOT, env=mine, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        codes = tuple(process.wait(SAFETY * 60) for process in running)
    seconds = time.monotonic() - began
    if shards > 1:
        codes = (*codes, merge([into / f"shard-{number}" for number in range(1, shards + 1)], into / "merged")[0])
    return Run(shards, seconds, cores.full, codes, 0, 0)


def main(arguments: list[str] | None = None) -> int:
    """Time the fleet in one piece, then in shards."""
    parser = argparse.ArgumentParser(prog="python -m tests.shards.machines", description=__doc__)
    parser.add_argument("--sites", type=int, default=60, help="sites of the fleet (60)")
    parser.add_argument("--shards", default="1,2,4,8", help="into how many the fleet is cut, 1 first (1,2,4,8)")
    parser.add_argument("--at-once", type=int, default=8, help="sites at a time on one machine (8)")
    parser.add_argument("--latency", type=int, default=300, help="milliseconds the mock waits before it answers (300)")
    parser.add_argument("--rate", type=float, default=2, help="requests a second that a site allows (2)")
    given = parser.parse_args(arguments)
    cuts, sites = [int(word) for word in given.shards.split(",")], [f"s{number:04}" for number in range(1, given.sites + 1)]
    if shutil.which("ip") is None or cuts[0] != 1:
        parser.error("wants ip, of iproute2" if cuts[0] == 1 else "--shards begins with 1: the others are held against it")
    with TemporaryDirectory(prefix="wxc-fleet-") as scratch, network(max(cuts)) as names:
        folder = Path(scratch)
        with mock(folder, names[0], sites, given.latency) as one:
            secrets = profiles(folder, one, sites, f"{given.rate:g}/s")
            environment = {**os.environ, **secrets, "WEBEX_SITES": str(folder / "sites.toml")}
            options = ["-q", "--access", "read-write", "--site", "s*", "--at-once", str(given.at_once)]
            return measured(folder, names, cuts, environment, options, given.rate)


def measured(
    folder: Path, names: list[str], cuts: list[int], environment: dict[str, str], options: list[str], rate: float
) -> int:
    """One line for each cut; 0 when all are equal and no site was asked too fast."""
    sites, good, whole = sorted(re.findall(r"^\[sites\.(\w+)\]", (folder / "sites.toml").read_text("utf-8"), re.M)), True, 0.0
    for shards in cuts:
        since = time.time()
        run = carried_out(folder, names, shards, environment, options)
        whole = whole or run.seconds
        first, here = verdicts(folder / "by-1", sites), verdicts(folder / f"by-{shards}" / ("merged" if shards > 1 else ""), sites)
        equal, most = sum(one == two for one, two in zip(first, here, strict=True)), most_in_a_second(folder / "log.jsonl", since)
        good = good and not any(run.codes) and equal == len(sites) and most <= max(1, rate)
        print(
            f"shards {shards}: {run.seconds:.0f} s, {whole / shards / run.seconds:.2f} of the ideal; no core at rest in {run.full} of them; "
            f"exits {sorted(set(run.codes))}; equal on {equal} of {len(sites)} "
            f"sites, {sum(map(len, here))} verdicts; most in any second of a site {most} of {rate:g}",
            flush=True,
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
