"""Mock sites in processes of their own, one for each latency, written into one profile file as live sites."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sites:
    """The profile file, and the address of the site of each latency in milliseconds."""

    file: Path
    urls: dict[int, str]

    @staticmethod
    def name(latency: int) -> str:
        """The profile's name."""
        return f"bench-{latency}"

    @staticmethod
    def other(latency: int) -> str:
        """The same site by another name, as the second of a run."""
        return f"other-{latency}"

    @staticmethod
    def whole(latency: int, *, live: bool) -> str:
        """The profile of the same site by which a run may write; unless it is ``live``, also set it as it wants."""
        return f"{'live' if live else 'mock'}-{latency}"


@contextmanager
def mock_sites(folder: Path, latencies: Sequence[int]) -> Iterator[Sites]:
    """Serve a mock for each latency until the block ends."""
    processes, texts, urls = [], [], {}
    try:
        for latency in latencies:
            name, file = Sites.name(latency), folder / f"{latency}.toml"
            command = [sys.executable, "-c", "from mocksite.cli import main; raise SystemExit(main())"]
            options = ["--port", "0", "--latency", str(latency), "--write-profile", str(file), "--profile-name", name]
            processes.append(subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL))
            text = _as_live(_when_written(file))
            urls[latency] = tomllib.loads(text)["sites"][name]["url"]
            mine, written = f"sites.{name}", _when_written(file)
            texts += [text, text.replace(mine, f"sites.{Sites.other(latency)}"), written.replace(mine, f"sites.{Sites.whole(latency, live=False)}")]
            texts.append(_without_control(written).replace(mine, f"sites.{Sites.whole(latency, live=True)}"))
        sites = folder / "sites.toml"
        sites.write_text("\n".join(texts), encoding="utf-8")
        yield Sites(sites, urls)
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def _when_written(file: Path) -> str:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if file.exists() and (text := file.read_text(encoding="utf-8")).endswith("\n"):
            return text
        time.sleep(0.02)
    raise SystemExit(f"error[benchmark]: the mock did not write {file}")


def _as_live(profile: str) -> str:
    return re.sub(r"(?m)^access .*$", 'access = "read-only"', _without_control(profile))


def _without_control(profile: str) -> str:
    """Without the control plane a mock is a site as any other."""
    return re.sub(r"(?m)^control_url .*\n", "", profile)
