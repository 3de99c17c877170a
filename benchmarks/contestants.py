"""Who takes part: the suite in its ways, the floor, and the peers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers
from benchmarks.recording import Recorded
from benchmarks.sites import Sites

_NO_ALLURE = ("-p", "no:allure_pytest")


@dataclass(frozen=True)
class Contestant:
    """A name and a command; ``{url}`` in the command and ``BENCH_URL`` around it are the site's address."""

    name: str
    command: tuple[str, ...]
    folder: Path

    def at(self, url: str) -> list[str]:
        """The command for the site at ``url``."""
        return [part.replace("{url}", url) for part in self.command]


class Field:
    """Builds contestants; ``root`` is the project, ``folder`` holds what peers need, ``tools`` what they are."""

    def __init__(self, root: Path, folder: Path, tools: Path, sites: Sites) -> None:
        self._root = root
        self._folder = folder
        self._tools = tools
        self._sites = sites

    def suite(self, name: str, latency: int, *options: str, features: Path | None = None) -> Contestant:
        """The suite's read scenarios; every run reports to a folder of its own, as a nightly does."""
        root = features or self._root
        reports = self._folder / f"reports-{name.replace(' ', '-')}"
        site = ("--sites", str(self._sites.file), "--site", Sites.name(latency))
        select = ("-q", "-m", "not writes and not mail", "--reports", str(reports))
        return Contestant(name, (sys.executable, "-m", "pytest", "features", *site, *select, *options), root)

    def ours(self, latency: int, lanes: Sequence[int]) -> list[Contestant]:
        """Serial, lanes, two workers, and without Allure."""
        return [
            self.suite("suite, serial", latency, "--lanes", "0"),
            *[self.suite(f"suite, {number} lanes", latency, "--lanes", str(number)) for number in lanes],
            self.suite("suite, -n 2 serial", latency, "--lanes", "0", "-n", "2"),
            self.suite("suite, serial, no Allure", latency, "--lanes", "0", *_NO_ALLURE),
        ]

    def whole(self, latency: int, lanes: int, *, live: bool) -> Contestant:
        """Every scenario, those that write too: on a live site, or at a mock that is set as they want it."""
        site = ("--sites", str(self._sites.file), "--site", Sites.whole(latency, live=live), "--access", "read-write")
        reports = ("--reports", str(self._folder / "whole"), "--lanes", str(lanes))
        command = (sys.executable, "-m", "pytest", "features", "-q", *site, *reports)
        return Contestant(f"{'live site' if live else 'mock'}, {lanes} lanes", command, self._root)

    def two(self, latency: int, *options: str) -> Contestant:
        """The read scenarios of two sites in one run."""
        return self.suite(" ".join(("two sites", *options)), latency, "--site", Sites.other(latency), *options)

    def floors(self, lanes: Sequence[int]) -> list[Contestant]:
        """The exchanges alone."""
        program = (sys.executable, "-m", "benchmarks.floor", str(self._folder), "{url}")
        return [Contestant(f"floor, {number} threads", (*program, str(number)), self._root) for number in lanes]

    def others(self, recorded: Sequence[Recorded], skipped: Sequence[str]) -> list[Contestant]:
        """The peers, those left out aside."""
        makers = {
            "plain pytest + httpx": lambda: peers.plain(self._folder),
            "tavern 3.7.1": lambda: peers.tavern(self._folder, self._tools, recorded),
            "newman 6.2.2": lambda: peers.newman(self._folder, self._tools, recorded),
        }
        made = {name: make() for name, make in makers.items() if name.split()[0] not in skipped}
        return [Contestant(name, tuple(command), self._folder) for name, command in made.items() if command]
