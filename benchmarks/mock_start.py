"""How long a mock site takes from its start to its first reply, and how much memory it holds.

The small site is what every mock holds; the large one has 100,000 users, 50,000 recordings
and 20,000 meetings:

    python -m benchmarks.mock_start
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
import tomllib
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

SIZES = {
    "small": [],
    "large": ["--users", "100000", "--recordings", "50000", "--meetings", "20000"],
}


@dataclass(frozen=True)
class Figures:
    """Seconds to the first reply, resident megabytes after it, and milliseconds of a page by operation."""

    first_reply: float
    resident: float
    pages: dict[str, float]


def document(site: dict[str, object], operation: str, start: int) -> bytes:
    """A request of the site administrator for a page of a hundred."""
    admin = site["accounts"]["site-admin"]  # type: ignore[index]
    return (
        f"<message><header><securityContext><webExID>{admin['webex_id']}</webExID><password>{admin['password']}</password>"
        f'</securityContext></header><body><bodyContent xsi:type="x.{operation}"><listControl><startFrom>{start}</startFrom>'
        "<maximumNum>100</maximumNum></listControl></bodyContent></body></message>"
    ).encode()


def ask(url: str, body: bytes) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, body)) as answer:  # noqa: S310 - a loopback address of ours
        return answer.read()


def resident(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0


def measure(options: list[str]) -> Figures:
    """One start of webex-mock."""
    code = "import sys; from mocksite.cli import main; sys.exit(main(sys.argv[1:]))"
    with TemporaryDirectory() as folder:
        profile = Path(folder) / "profile.toml"
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", code, "--port", "0", "--write-profile", str(profile), *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        url = process.stdout.readline().split()[2]
        assert b"SUCCESS" in ask(url, b'<message><body><bodyContent xsi:type="ep.GetAPIVersion"/></body></message>')
        first = time.perf_counter() - started
        memory = resident(process.pid)
        site = tomllib.loads(profile.read_text())["sites"]["mock"]
        pages = {}
        for operation in ("LstsummaryUser", "LstRecording", "LstrecordaccessHistory", "LstsummarySession"):
            for start in (1, 10_001) if options else (1,):
                times = []
                for _ in range(6):
                    moment = time.perf_counter()
                    assert b"SUCCESS" in ask(url, document(site, operation, start))
                    times.append((time.perf_counter() - moment) * 1000)
                pages[f"{operation} from {start}"] = statistics.median(times[1:])
        process.terminate()
        process.wait()
    return Figures(first, memory, pages)


def main() -> None:
    """Measure and print two tables."""
    found = {size: [measure(options) for _ in range(3)] for size, options in SIZES.items()}
    print("| site | start to first reply s | resident MB |")
    print("|---|---|---|")
    for size, rounds in found.items():
        first = statistics.median(one.first_reply for one in rounds)
        memory = statistics.median(one.resident for one in rounds)
        print(f"| {size} | {first:.2f} | {memory:.0f} |")
    print("\n| page of 100 | small ms | large ms |")
    print("|---|---|---|")
    for name, large in found["large"][0].pages.items():
        small = found["small"][0].pages.get(name)
        print(f"| {name} | {'' if small is None else f'{small:.1f}'} | {large:.1f} |")


if __name__ == "__main__":
    main()
