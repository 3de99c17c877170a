"""A run context over a mock without sockets: what makes thousands of scenarios a minute possible."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

import mocksite
from conformance.judge.contract import Contract
from conformance.reporting.shapes import Baseline
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.execution import ScenarioTrial, try_scenario
from conformance.sites.control_plane import ControlPlane
from conformance.sites.ledger import Ledger, new_run_id
from conformance.sites.release import Release
from conformance.sites.profile_file import load_profile
from conformance.wire.mailbox import Mail, read_mail
from conformance.wire.rate_limiter import RateLimiter
from conformance.wire.payloads import Payloads
from tests.conftest import ROOT

#: Compiled once for all rigs: schemas and templates do not change between faults.
CONTRACT = Contract(ROOT / "schemas")
PAYLOADS = Payloads(ROOT / "payloads")
#: Never used over a transport of our own; loading certificates would cost more than a scenario.
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class CoreTransport(httpx.BaseTransport):
    """Hands requests to a mock core instead of a network."""

    def __init__(self, core: mocksite.Core) -> None:
        self._core = core

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = mocksite.HttpRequest(
            method=request.method, path=request.url.raw_path.decode(), headers=dict(request.headers), body=request.read()
        )
        answer = self._core.handle(asked)
        return answered(answer) if asked.path.startswith("/_control") else self.answer(asked, answer)

    def answer(self, asked: mocksite.HttpRequest, answer: mocksite.HttpResponse) -> httpx.Response:
        """What travels back to the suite; a subclass may let something else arrive."""
        return answered(answer)


def answered(answer: mocksite.HttpResponse) -> httpx.Response:
    """The answer of the mock as it is."""
    return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


class LogMailbox:
    """Reads mail from the log of the mock; the real SMTP way is tested on its own."""

    pause = 0.05

    def __init__(self, control_plane: ControlPlane) -> None:
        self._control_plane = control_plane

    def mail_to(self, recipient: str) -> list[Mail]:
        return [
            read_mail(_raw(message), (recipient,), time.time())
            for message in self._control_plane.get("mail")
            if message["to"].lower() == recipient.lower()
        ]

    def listen(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to stop."""


def _raw(message: dict[str, str]) -> bytes:
    """The message as it would travel: the log keeps the subject as the header holds it."""
    head = f"Subject: {message['subject']}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return (head + message["body"]).encode()


@dataclass(frozen=True)
class Rig:
    """A mock core with the run context to judge it."""

    core: mocksite.Core
    run_context: RunContext
    catalogue: Catalogue

    def run(self, scenarios: list[Scenario], *, strict: bool = True) -> list[ScenarioTrial]:
        """Try every case that is not gated away."""
        client = self.run_context.client()
        try:
            registry = self.catalogue.registry
            mine = [scenario for scenario in scenarios if self.run_context.gate(scenario) is None]
            return [try_scenario(self.run_context, scenario, registry, client, strict=strict) for scenario in mine]
        finally:
            client.close()


#: Makes the way between a mock and the suite.
Through = Callable[[mocksite.Core], httpx.BaseTransport]


@contextmanager
def rig(
    catalogue: Catalogue,
    *,
    release: str = mocksite.DEFAULT,
    judged_as: str = "",
    fault: str = "",
    through: Through = CoreTransport,
    baseline: Baseline | None = None,
) -> Iterator[Rig]:
    """A fresh mock of ``release`` judged as ``judged_as``, with ``fault`` seeded, its answers travelling ``through``.

    ``baseline`` is what it is said to have answered before.
    """
    options = mocksite.Options(release=release, fault=fault)
    core = mocksite.Core(options=options)
    transport = through(core)
    with TemporaryDirectory(prefix="wxc-rig-") as folder:
        file = Path(folder) / "sites.toml"
        file.write_text(core.profile("mock"), encoding="utf-8")
        profile = load_profile("mock", file)
        control_plane = ControlPlane(profile.control_url, transport=transport)
        run_id = new_run_id()
        run_context = RunContext(
            profile=profile,
            release=Release.parse(judged_as or release),
            access="read-write",
            contract=CONTRACT,
            clauses=catalogue.clauses,
            payloads=PAYLOADS,
            ledger=Ledger(Path(folder) / "ledger.jsonl", "mock", run_id),
            run_id=run_id,
            rate_limiter=RateLimiter(None),
            tls=_TLS,
            control_plane=control_plane,
            mailbox=LogMailbox(control_plane),
            transport=transport,
            baseline=baseline,
        )
        try:
            yield Rig(core, run_context, catalogue)
        finally:
            run_context.ledger.close()
            # Its client has a connection wherever a test lets it speak over a real wire.
            run_context.sign_ins.close()
            control_plane.close()
            core.close()
