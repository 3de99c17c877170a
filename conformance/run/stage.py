"""What every scenario of a run shares: the site, the release it is judged at, the contract, the pace."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from conformance.judge.bundle import Bundle
from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract, View
from conformance.reporting.outcome import Skip
from conformance.run.case import Case
from conformance.run.gating import Circumstances, gate
from conformance.target.control import Control
from conformance.target.ledger import Ledger
from conformance.target.profile import Profile
from conformance.target.release import Release
from conformance.wire.client import Client
from conformance.wire.mailbox import Mailbox
from conformance.wire.pace import Pace
from conformance.wire.payload import Payloads


@dataclass(frozen=True)
class Stage:
    """One site made ready for scenarios.

    ``bundle`` is the vendor's own schemas when the profile names them,
    ``mailbox`` where mail of the site can be read, ``transport`` a replacement
    for the network.
    """

    profile: Profile
    release: Release
    access: str
    contract: Contract
    clauses: Mapping[str, Clause]
    payloads: Payloads
    ledger: Ledger
    run_id: str
    pace: Pace
    tls: ssl.SSLContext
    control: Control | None = None
    mailbox: Mailbox | None = None
    bundle: Bundle | None = None
    strict_schema: bool = False
    transport: httpx.BaseTransport | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def view(self) -> View:
        """The contract as of the release the site is judged at."""
        return self.contract.view(self.release)

    def client(self) -> Client:
        """A client of the site; each lane has its own."""
        return Client(self.profile, self.pace, self.tls, transport=self.transport)

    def gate(self, case: Case) -> Skip | None:
        """Why ``case`` cannot run here, if so."""
        return gate(case, Circumstances(self.profile, self.release, self.access, self.mailbox is not None))
