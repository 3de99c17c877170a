"""Opens a site for a run: profile, preflight, release, and everything its scenarios share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from conformance.judge.bundle import Bundle
from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.run.options import Options
from conformance.run.preflight import Findings, Preflight, refuse_contradictions
from conformance.run.stage import Stage
from conformance.target.control import Control
from conformance.target.ledger import Ledger, new_run_id
from conformance.target.profile import Profile
from conformance.target.release import FIRST, Release
from conformance.target.settings import Setting
from conformance.target.sites import load_profile
from conformance.target.trouble import UserError
from conformance.wire.client import Client, tls_context
from conformance.wire.mailbox import ImapBox, Mailbox, SmtpSink
from conformance.wire.pace import Pace
from conformance.wire.payload import Payloads

_RELAY = Setting("mail-relay", "", "text", (), "where a mock delivers mail", "", None)


@dataclass(frozen=True)
class Opened:
    """A site opened for a run, with what the preflight found."""

    stage: Stage
    findings: Findings
    options: Options

    def close(self) -> None:
        """Give back what the stage holds open."""
        self.stage.ledger.close()
        if self.stage.control:
            self.stage.control.close()
        if self.stage.mailbox:
            self.stage.mailbox.close()


def open_site(
    name: str,
    sites_file: Path,
    options: Options,
    clauses: dict[str, Clause],
    *,
    run_id: str = "",
    worker: str = "",
    check_only: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> Opened:
    """Read the profile, ask the site about itself, and make the stage; anything amiss is a :class:`UserError`."""
    profile = load_profile(name, sites_file)
    access = _access(profile, options)
    run_id = run_id or new_run_id()
    contract, payloads = Contract(options.root / "schemas"), Payloads(options.root / "payloads")
    pace, tls = Pace(profile.rate, _shared(profile, options, run_id)), tls_context(profile)
    client = Client(profile, pace, tls, transport=transport)
    try:
        findings = Preflight(profile, client, payloads, contract).look(options.release)
    finally:
        client.close()
    if not check_only:
        refuse_contradictions(findings, profile)
    stage = Stage(
        profile=profile,
        release=_release(options.release or profile.release or findings.release, profile),
        access=access,
        contract=contract,
        clauses=clauses,
        payloads=payloads,
        ledger=_ledger(profile, options, run_id + worker),
        run_id=run_id,
        pace=pace,
        tls=tls,
        control=Control(profile.control_url, tls=tls, transport=transport) if profile.is_mock else None,
        bundle=_bundle(profile, options),
        strict_schema=options.strict_schema,
        transport=transport,
    )
    return Opened(replace(stage, mailbox=None if check_only else _mailbox(stage)), findings, options)


def _ledger(profile: Profile, options: Options, run: str) -> Ledger:
    return Ledger(options.reports / "ledger" / f"{profile.name}-{run}.jsonl", profile.name, run)


def _bundle(profile: Profile, options: Options) -> Bundle | None:
    schemas = options.schemas or profile.schemas
    return Bundle(Path(schemas)) if schemas else None


def _access(profile: Profile, options: Options) -> str:
    """Writing takes two yeses, the profile's and the run's; a mock is there to be written to."""
    if options.access == "read-write" and profile.access != "read-write":
        raise UserError(
            "access",
            f"--access read-write, but the profile of {profile.name} is read-only",
            where=profile.source,
            hint='the owner of the site allows writing with access = "read-write" in its profile',
        )
    return options.access or ("read-write" if profile.is_mock and profile.access == "read-write" else "read-only")


def _release(release: Release | None, profile: Profile) -> Release:
    if release is None:
        raise UserError(
            "release-unknown",
            "the site does not say which release it runs",
            where=profile.source,
            hint='write release = "41.11.0" into the profile or give --release',
        )
    if release < FIRST:
        raise UserError(
            "release-old", f"this suite speaks about releases from {FIRST} on, not {release}", where=profile.source
        )
    return release


def _shared(profile: Profile, options: Options, run_id: str) -> Path | None:
    """The file by which workers share the pace of a site; only a limited site needs one."""
    if not profile.rate:
        return None
    folder = options.reports / "ledger"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f".pace-{profile.name}-{run_id}"


def _mailbox(stage: Stage) -> Mailbox | None:
    control = stage.control
    if control is not None:
        return SmtpSink(lambda address: control.set(_RELAY, address))
    return ImapBox(stage.profile.mailbox) if stage.profile.mailbox else None
