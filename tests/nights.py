"""``python -m tests.nights [--keep FOLDER]``: what live sites can be judged by, all nights taken together.

The nights are those that ``webex-conformance plan`` proposes to an operator who told everything: a site managed in Control
Hub, a classic one beside it, the vendor's schemas (here: a bundle made of our own), a mailbox that is read by IMAP. The mocks
are live sites: their profiles have no control plane, and between nights an administrator switches settings. A scenario counts
that came to a verdict, or was recorded, in any night; every other one is named with what keeps it from running.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import ssl
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trustme

from conformance.cli import main as command
from tests.conftest import ROOT
from tests.live.test_vendor_schemas import of_known_places, zipped
from tests.twins.site import StoreMailbox, as_written, toml
from tests.twisted import Twisted, twisted
from tests.wire.imap_server import ImapServer

REPORTS = "reports"
#: What ``plan`` says of scenarios that need a site no operator has.
MOCK_ONLY = "nothing: only the mock can be brought into the state they need"


@dataclass(frozen=True)
class Site:
    """A mock as its operator sees it: a live site of which everything is told, mail and schemas too."""

    served: Twisted
    folder: Path
    port: int

    def set(self, settings: Mapping[str, Any]) -> None:
        """Switch the site as its administrator would, and tell the profile."""
        store = self.served.core.main.store
        for name, value in settings.items():
            store.set(name, value)
        told = tomllib.loads(self.served.core.profile("live"))["sites"]["live"]
        del told["control_url"]
        told |= {
            "url": f"{self.served.core.base_url}/WBXService/XMLService",
            "schemas": str(self.folder / "bundle.zip"),
            "rate": "1000/s",
            "mailbox": {
                "imap": f"localhost:{self.port}", "user": "tester@example.com", "password": "of-the-mailbox",
                "ca_file": str(self.folder / "ca.pem"),
            },
        }  # fmt: skip
        self.sites.write_text(toml(told, "sites.live"), encoding="utf-8")

    @property
    def sites(self) -> Path:
        """The profile file."""
        return self.folder / "sites.toml"

    def arguments(self, *more: str) -> list[str]:
        """Options that point a run at it."""
        return ["--site", "live", "--sites", str(self.sites), "--access", "read-write", *more]


@contextlib.contextmanager
def live_site(folder: Path, settings: Mapping[str, Any]) -> Iterator[Site]:
    """Serve a site that is set so."""
    folder.mkdir(parents=True)
    zipped(folder, of_known_places())
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    with twisted(folder, control_url="None") as served:
        imap = ImapServer(tls, "INBOX", StoreMailbox(served.core.main.store, as_written).raw_to)
        try:
            site = Site(served, folder, imap.port)
            site.set(settings)
            yield site
        finally:
            imap.close()


def proposed(site: Site) -> dict[str, Any]:
    """What ``plan`` says of a site."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        command(["plan", *site.arguments("--root", str(ROOT), "--json")])
    plan: dict[str, Any] = json.loads(told.getvalue())
    return plan


def night(site: Site, features: Iterable[str], before: Path | None = None) -> dict[str, Any]:
    """The summary of a run, held against the reports of an earlier one where some are named."""
    reports = site.folder / REPORTS
    measure = ["--baseline", str(before)] if before else []
    options = [*features, "-q", "-p", "no:cacheprovider", *site.arguments("--reports", str(reports), *measure)]
    ended = subprocess.run([sys.executable, "-m", "pytest", *options], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own run
    (site.folder / "terminal.txt").write_text(ended.stdout + ended.stderr, encoding="utf-8")
    summary: dict[str, Any] = json.loads((reports / "summary.json").read_text(encoding="utf-8"))
    return summary


@dataclass(frozen=True)
class Nights:
    """What every night came to, and what ``plan`` says is out of reach."""

    summaries: tuple[tuple[str, dict[str, Any]], ...]
    lacking: Mapping[str, str]

    def rows(self, *outcomes: str) -> dict[str, str]:
        """The first night on which a scenario came to one of these outcomes, by its name."""
        every = ((row, name) for name, summary in reversed(self.summaries) for row in summary["scenarios"])
        return {row["nodeid"]: name for row, name in every if outcome(row) in outcomes}

    @property
    def asked(self) -> dict[str, str]:
        """Scenarios of the release of the site, and why the last night skipped them; others ask nothing of it."""
        every = [row for _, summary in self.summaries for row in summary["scenarios"]]
        skips = {row["nodeid"]: row["skip"] or {} for row in every}
        return {name: skip.get("why", "") for name, skip in skips.items() if skip.get("kind") != "release"}

    @property
    def rest(self) -> dict[str, str]:
        """Scenarios of the release without an outcome in any night, and why."""
        done = self.rows("passed", "failed", "known", "observed", "broken")
        return {name: self.lacking.get(name) or why for name, why in self.asked.items() if name not in done}


def outcome(row: Mapping[str, Any]) -> str:
    """The outcome of a scenario; one that is recorded and not judged is *observed*."""
    return "observed" if (row["skip"] or {}).get("kind") == "observe-only" else str(row["outcome"])


def nights(folder: Path, *features: str) -> Nights:
    """Run every night that ``plan`` proposes for a full profile, each on a site of its own, set as the night wants it."""
    with live_site(folder / "plan", {}) as site:
        plan = proposed(site)
    first: dict[str, Any] = plan["nights"][0]["settings"]
    summaries = []
    for number, one in enumerate(plan["nights"], 1):
        changed = {name: value for name, value in one["settings"].items() if first.get(name) != value}
        with live_site(folder / f"night-{number}", {**first, **changed}) as site:
            words = ", ".join(f"{name} = {json.dumps(value)}" for name, value in sorted(changed.items()))
            before = folder / "night-1" / REPORTS if number > 1 else None
            summaries.append((words or "as it is", night(site, features, before)))
    return Nights(tuple(summaries), {row["nodeid"]: "; ".join(row["lacks"]) for row in plan["scenarios"] if row["lacks"]})


def told(found: Nights) -> Iterator[str]:
    """The table that is printed."""
    columns = ("passed", "failed", "broken", "observed", "skipped")
    yield "night  " + "  ".join(columns) + "  requests  the site is set"
    for number, (name, summary) in enumerate(found.summaries, 1):
        counts = Counter(map(outcome, summary["scenarios"]))
        yield f"{number:5}  " + "  ".join(f"{counts[one]:{len(one)}}" for one in columns) + f"  {summary['requests']:8}  {name}"
    judged, seen = found.rows("passed", "failed", "known"), found.rows("observed")
    left = len(found.rest)
    yield f"{len(found.asked)} scenarios: {len(judged)} judged in a night, {len(set(seen) - set(judged))} observed, {left} in none"
    for why, names in itertools.groupby(sorted(found.rest, key=found.rest.__getitem__), found.rest.__getitem__):
        yield f"in none, because: {why}"
        yield from (f"  {name.removeprefix('features/')}" for name in names)
    yield from (f"broken in {name}: {one}" for one, name in found.rows("broken", "failed").items())


def main(arguments: list[str]) -> int:
    """Print the nights; 1 when a healthy site is accused, or more is left than what only a mock can show."""
    parser = argparse.ArgumentParser(prog="python -m tests.nights")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep profiles and reports here")
    keep = parser.parse_args(arguments).keep
    with TemporaryDirectory(prefix="wxc-nights-") as scratch:
        found = nights(keep or Path(scratch), "features")
    print("\n".join(told(found)))
    return int(bool(found.rows("failed", "broken")) or set(found.rest.values()) - {MOCK_ONLY} != set())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
