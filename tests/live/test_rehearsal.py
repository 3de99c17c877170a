"""A live site rehearsed: TLS with an authority of its own, latency, limits, resets, a restart in mid-run."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import mocksite
import pytest
import trustme

from tests.conftest import ROOT, SAFETY
from tests.grants import kept, plugin
from tests.live.unquiet import unquiet
from tests.run.conftest import Outcome, Runner

READS = ("features/41.7.0", "features/41.3.0", "features/41.12.0/session-type-prefix.feature", "features/41.11.0/logins.feature")  # fmt: skip
WRITES = ("features/41.4.0/entry-exit-tone.feature", "features/41.5.0/host-pin.feature")
RATE = 40


class LiveSite:
    """A mock over TLS that can be restarted, seen as a site without a control plane."""

    def __init__(self, folder: Path, **options: Any) -> None:
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self._cert = folder / "site.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(self._cert)
        self.log = folder / "site.log"
        self._options = {"state": str(folder / "state.db"), "log": str(self.log), **options}
        self.server = self._start(0)
        self.port = urlsplit(self.server.url).port or 0

    def _start(self, port: int) -> mocksite.Server:
        return mocksite.start(port=port, cert=str(self._cert), key=str(self._cert), **self._options)

    def restart(self) -> None:
        """Stop, and serve again at the same address with the same state."""
        self.server.stop()
        self.server = self._start(self.port)

    def profile(self, folder: Path, port: int, *lines: str, live: bool = True) -> list[str]:
        """Options that point a run at the site, by way of ``port``."""
        text = self.server.profile("rehearsal").replace(f"127.0.0.1:{self.port}/WBX", f"127.0.0.1:{port}/WBX")
        drop = ("ca_file =", "control_url =", "rate =", "access =") if live else ("ca_file =", "rate =")
        kept = [line for line in text.splitlines() if not line.startswith(drop)]
        kept[1:1] = [f'ca_file = "{self.ca}"', f'rate = "{RATE}/s"', *lines]
        file = folder / f"sites-{port}-{live}.toml"
        file.write_text("\n".join(kept), encoding="utf-8")
        return ["--sites", str(file), "--site", "rehearsal"]

    def requests(self) -> list[dict[str, Any]]:
        """What the site saw: a row per request."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def state(self) -> dict[str, Any]:
        """What it holds that a run could change."""
        trusting = ssl.create_default_context(cafile=self.ca)
        told = httpx.get(f"{self.server.control_url}/state", verify=trusting, trust_env=False, timeout=SAFETY).json()
        return {kind: {str(row): row for row in told[kind]} for kind in ("sessions", "users")}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LiveSite]:
    """Ten milliseconds away, and it refuses more than thirty requests a second of one caller."""
    live = LiveSite(tmp_path, latency=0.01, rate_limit="30/s")
    yield live
    live.server.stop()


@pytest.fixture
def grants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the runs of a test note when requests were let go; ``-p granting`` brings it to their processes."""
    file = tmp_path / "grants"
    (tmp_path / "granting.py").write_text(plugin(file), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    return file


def tell(outcome: Outcome, rows: list[dict[str, Any]], resets: int, left: int) -> None:
    """The figures of the rehearsal, for ``pytest -s``."""
    limited = sum(row["exception_id"] == "000045" for row in rows)
    print(f"\nsent {len(rows)}, reset {resets}, limited {limited}, left behind {left}")
    print(outcome.lines[-1])


def test_reads_are_judged_as_on_a_quiet_site(run: Runner, site: LiveSite, tmp_path: Path, grants: Path) -> None:
    quiet = run(*READS, *site.profile(tmp_path, site.port, "lanes = 8"), subprocess=True)
    assert quiet.code == 0, quiet.text
    expected = quiet.outcomes()
    site.log.write_text("", encoding="utf-8")
    with unquiet(site.port, lives=7) as network:
        network.restart(site.restart, after=40)
        arguments = site.profile(tmp_path, network.port, "lanes = 8")
        outcome = run(*READS, "-p", "granting", *arguments, subprocess=True)
        assert network.restarted.wait(SAFETY), "the run was over before the restart"
    tell(outcome, site.requests(), network.resets, 0)
    assert network.resets > 3
    assert outcome.outcomes() == expected
    kept(grants, RATE, len(site.requests()))


def test_writes_leave_nothing_behind(run: Runner, site: LiveSite, tmp_path: Path, grants: Path) -> None:
    before = site.state()
    where = site.profile(tmp_path, site.port, live=False)
    outcome = run(*WRITES, "-p", "granting", *where, "--access", "read-write", subprocess=True)
    assert outcome.code == 0, outcome.text
    after = site.state()
    tell(outcome, site.requests(), 0, len(after["sessions"]) - len(before["sessions"]))
    assert [row for kind in after for row in after[kind].keys() ^ before[kind].keys()] == []
    kept(grants, RATE, len(site.requests()))


def test_two_workers_share_the_rate(run: Runner, site: LiveSite, tmp_path: Path, grants: Path) -> None:
    outcome = run(*READS, "-p", "granting", "-n", "2", *site.profile(tmp_path, site.port, "lanes = 4"), subprocess=True)
    assert outcome.code == 0, outcome.text
    kept(grants, RATE, len(site.requests()))


def test_a_limit_of_the_site_is_waited_out(run: Runner, tmp_path: Path) -> None:
    live = LiveSite(tmp_path, rate_limit="12/s")
    try:
        outcome = run("features/41.7.0", *live.profile(tmp_path, live.port, "lanes = 4"), subprocess=True)
        limited = [row for row in live.requests() if row["exception_id"] == "000045"]
    finally:
        live.server.stop()
    assert outcome.code == 0, outcome.text
    assert len(limited) < len(live.requests()) / 2
