"""A twin, and a run on it: a mock of its own, what stands in front of it, and a profile without a control plane."""

from __future__ import annotations

import json
import re
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx

import mocksite
from conformance.run import site_session
from conformance.run.options import Options
from conformance.run.session import WorkerRun
from conformance.run.site_session import open_site
from conformance.scenarios.execution import ScenarioTrial
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.wire import rate_limiter
from conformance.wire.client import Client, reads_only
from conformance.wire.mailbox import Mail, read_mail
from conformance.wire.rate_limiter import RateLimiter
from conformance.wire.served import ServedOperations
from conformance.wire.sign_in import SignIns
from mocksite.faults.fault import HEALTHY
from mocksite.model import records
from mocksite.model.store import Store
from mocksite.server.control import snapshot
from tests.conftest import ROOT
from tests.first_rows import first_rows
from tests.rig import CONTRACT, PAYLOADS, CoreTransport, Rig, answered
from tests.twisted import Twist, operation_of

#: A table of a profile, on its way to the file.
Table = dict[str, Any]
#: What answers before the site does, or lets a request through with None.
Gateway = Callable[[mocksite.HttpRequest], mocksite.HttpResponse | None]
#: The messages that leave for one the mock wrote.
Letters = Callable[[records.Mail], list[bytes]]


def as_written(mail: records.Mail) -> list[bytes]:
    """One message, as the mock wrote it."""
    head = f"Subject: {mail.subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return [(head + mail.body).encode()]


def open_door(request: mocksite.HttpRequest) -> None:
    """Every request reaches the site."""


def _open() -> Gateway:
    return open_door


@dataclass(frozen=True)
class Twin:
    """One conforming site.

    ``stands_for`` says which real sites look so, ``source`` where that is known
    from. ``holds`` changes what the new site holds, ``gateway`` makes what stands
    in front of it, ``replies`` change what it sends, ``mails`` what it writes,
    ``profile`` what its operator tells. ``at_least`` scenarios must be judged: a
    twin on which everything is skipped shows nothing. On a site that is not well
    scenarios may be broken by what ``breaks`` finds in the cause, and by nothing else.
    ``disputed`` clauses, of level should, are those on which the sources disagree: a
    warning there is fair, it is a failure only to those who ask for ``--strict``.
    ``idle`` twins do only what no request of the suite asks for any more.
    """

    name: str
    stands_for: str
    source: str
    release: str = mocksite.DEFAULT
    settings: Mapping[str, object] = field(default_factory=dict)
    size: Mapping[str, int] = field(default_factory=dict)
    holds: tuple[Callable[[Store], None], ...] = ()
    gateway: Callable[[], Gateway] = _open
    replies: tuple[Twist, ...] = ()
    mails: Letters = as_written
    profile: tuple[Callable[[Table], None], ...] = ()
    access: str = "read-write"
    at_least: int = 100
    breaks: str = ""
    disputed: tuple[str, ...] = ()
    idle: bool = False


class Way(CoreTransport):
    """The way to a twin and back; ``asked`` counts the operations that travelled it, ``acted`` how often it made a difference."""

    def __init__(self, core: mocksite.Core, twin: Twin) -> None:
        super().__init__(core)
        self.asked: Counter[str] = Counter()
        self.acted = 0
        self._twin = twin
        self._gateway = twin.gateway()
        self._replies = twin.replies

    def stop(self, gateway: Gateway) -> None:
        """Put another gateway in front of the site."""
        self._gateway = gateway

    def anew(self) -> None:
        """Have what stands in front of the site forget what it has seen."""
        self._gateway = self._twin.gateway()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = mocksite.HttpRequest(
            method=request.method, path=request.url.raw_path.decode(), headers=dict(request.headers), body=request.read()
        )
        self.asked[operation_of(asked)] += 1
        answer = own = self._stopped(asked) or self._core.handle(asked)
        for twist in self._replies:
            answer = twist(asked, answer)
        self.acted += answer is not own
        return answered(answer)

    def _stopped(self, asked: mocksite.HttpRequest) -> mocksite.HttpResponse | None:
        """What the gateway says to a request it does not let through."""
        try:
            answer = self._gateway(asked)
        except httpx.HTTPError:
            self.acted += 1
            raise
        self.acted += answer is not None
        return answer


class StoreMailbox:
    """Reads the mail a twin wrote from its store, as an IMAP mailbox of the operator would hold it."""

    pause = 3.0

    def __init__(self, store: Store, letters: Letters) -> None:
        self._store = store
        self._letters = letters

    def mail_to(self, recipient: str) -> list[Mail]:
        return [read_mail(raw, (recipient,), time.time()) for raw in self.raw_to(recipient)]

    def raw_to(self, recipient: str) -> list[bytes]:
        """Every message to ``recipient`` as it travelled."""
        mine = [mail for mail in self._store.all(records.Mail) if mail.recipient.lower() == recipient.lower()]
        return [raw for mail in mine for raw in self._letters(mail)]

    def listen(self) -> None:
        """It is there already."""

    def close(self) -> None:
        """Nothing is kept open."""


@contextmanager
def hurried() -> Iterator[None]:
    """Nobody waits: who would sleep moves the clock on instead. The watch over exchanges goes on by the real one."""
    ahead, sleep, monotonic, now = [0.0], time.sleep, time.monotonic, time.time

    def skip(seconds: float) -> None:
        if threading.current_thread().name == "exchange-watch":
            sleep(seconds)
        else:
            ahead[0] += seconds

    of_client, of_rate = Client.__init__.__kwdefaults__["sleep"], RateLimiter.__init__.__defaults__
    clock = SimpleNamespace(time=lambda: now() + ahead[0], monotonic=lambda: monotonic() + ahead[0])
    time.sleep, time.monotonic = skip, clock.monotonic  # type: ignore[assignment]
    Client.__init__.__kwdefaults__["sleep"] = skip
    RateLimiter.__init__.__defaults__ = (None, skip)
    try:
        with patch.object(rate_limiter, "time", clock):
            yield
    finally:
        time.sleep, time.monotonic = sleep, monotonic
        Client.__init__.__kwdefaults__["sleep"] = of_client
        RateLimiter.__init__.__defaults__ = of_rate


@dataclass(frozen=True)
class Opened:
    """A twin that was signed in to, ready to be judged."""

    twin: Twin
    rig: Rig
    way: Way
    run: WorkerRun
    before: Mapping[str, Any]


@contextmanager
def opened(twin: Twin, catalogue: Catalogue) -> Iterator[Opened]:
    """Make ``twin`` and begin a run on it as on a live site: preflight, and discovery of what its profile leaves out."""
    core = mocksite.Core(options=mocksite.Options(release=twin.release, **twin.size))
    with TemporaryDirectory(prefix="wxc-twin-") as folder, hurried():
        try:
            _furnish(core, twin)
            sites = Path(folder) / "sites.toml"
            sites.write_text(_profile(core, twin), encoding="utf-8")
            way, before, options = Way(core, twin), snapshot(core.main), _options(twin, Path(folder))
            with _compiled_once():
                session = open_site("twin", sites, options, catalogue.clauses, transport=way)
            try:
                context = session.run_context
                mailbox = StoreMailbox(core.main.store, twin.mails) if context.profile.mailbox else None
                run = WorkerRun(options, catalogue, replace(session, run_context=replace(context, mailbox=mailbox)))
                run.discover(scenarios(catalogue))
                yield Opened(twin, Rig(core, run.run_context, catalogue), way, run, before)
            finally:
                session.close()
        finally:
            core.close()


def _compiled_once() -> AbstractContextManager[object]:
    """Schemas and templates do not change between twins, and compiling them costs more than a run."""
    same: dict[str, Any] = {"Contract": lambda folder: CONTRACT, "Payloads": lambda folder: PAYLOADS}
    return patch.multiple(site_session, **same)


_kept: dict[str, tuple[Opened, bytes, ExitStack]] = {}


def on_rig(twin: Twin) -> Callable[[Catalogue], AbstractContextManager[Rig]]:
    """Opens ``twin`` for the fault matrix: a run is begun once in a process, and each fault meets the site as it was then."""

    @contextmanager
    def open_rig(catalogue: Catalogue) -> Iterator[Rig]:
        if twin.name not in _kept:
            stack = ExitStack()
            site = stack.enter_context(opened(twin, catalogue))
            # A worker of a pool ends without atexit; this is what multiprocessing still carries out.
            Finalize(None, stack.close, exitpriority=1)
            # A worker that was forked forgets finalisers, and must not close the site with them.
            _kept[twin.name] = site, site.rig.core.main.store.image(), stack
        site, image, _ = _kept[twin.name]
        site.rig.core.main.store.refill(image)
        site.rig.core.main.fault = HEALTHY
        site.way.anew()
        # What a run learns of accounts and operations on the way is learnt anew, too.
        fresh = {"refused": {}, "sign_ins": SignIns(), "served": ServedOperations()}
        yield replace(site.rig, run_context=replace(site.rig.run_context, **fresh))

    return open_rig


def _furnish(core: mocksite.Core, twin: Twin) -> None:
    store = core.main.store
    for name, value in twin.settings.items():
        store.set(name, value)
    with store.transaction():
        for change in twin.holds:
            change(store)


def _options(twin: Twin, folder: Path) -> Options:
    return Options(sites=("twin",), access=twin.access, strict=True, reports=folder, lanes=0, root=ROOT)


#: Where the operator of a twin reads what it sends to users.
MAILBOX = {"imap": "mail.example.com", "user": "tester@example.com", "password": "mailbox-secret"}


def _profile(core: mocksite.Core, twin: Twin) -> str:
    """The whole truth about the twin, without what only a mock has, and then as its operator tells it."""
    table: Table = tomllib.loads(core.profile("twin"))["sites"]["twin"]
    del table["control_url"], table["release"]
    table |= {"rate": "1000/s", "mailbox": dict(MAILBOX)}
    for change in twin.profile:
        change(table)
    return toml(table, "sites.twin")


def toml(table: Table, head: str) -> str:
    """A table and the tables in it as TOML."""
    plain = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items() if not isinstance(value, dict)]
    below = [toml(value, f"{head}.{key}") for key, value in table.items() if isinstance(value, dict)]
    return "\n".join([f"[{head}]", *plain, *below])


@dataclass(frozen=True)
class Told:
    """What a run on a twin came to."""

    twin: Twin
    trials: tuple[ScenarioTrial, ...]
    skipped: Counter[str]
    asked: Counter[str]
    acted: int
    left: tuple[str, ...]

    @property
    def requests(self) -> int:
        return self.asked.total()

    def outcome(self, *outcomes: str) -> list[ScenarioTrial]:
        return [trial for trial in self.trials if trial.verdict.outcome in outcomes]

    @property
    def judged(self) -> int:
        """Scenarios that came to a verdict about the site."""
        return len(self.outcome("passed", "failed", "known"))

    @property
    def failed(self) -> list[ScenarioTrial]:
        """Scenarios that say the site breaks the contract, where no source says that it may."""
        return [one for one in self.outcome("failed") if not self._fair(one)]

    @property
    def broken(self) -> list[ScenarioTrial]:
        """Scenarios without a verdict, where nothing about the site explains that."""
        return [one for one in self.outcome("broken") if not self._excused(one.cause)]

    @property
    def accusations(self) -> list[str]:
        """Everything said against a site that keeps the contract."""
        lines = [f"failed: {place(one.scenario)}: {_words(one)}" for one in self.failed]
        lines += [f"broken: {place(one.scenario)}: {one.cause.strip()}" for one in self.broken]
        troubles = [(one, words) for one in self.trials for words in one.cleanup_errors if not self._excused(words)]
        lines += [f"clean-up: {place(one.scenario)}: {words}" for one, words in troubles]
        lines += [f"left behind: {words}" for words in self.left]
        return lines + list(self._odd())

    def _odd(self) -> Iterator[str]:
        """What makes the twin itself worthless."""
        if self.judged < self.twin.at_least:
            yield f"only {self.judged} scenarios judged, at least {self.twin.at_least} expected"
        if (self.twin.replies or self.twin.gateway is not _open) and not (self.acted or self.twin.idle):
            yield "the twin behaved as the mock does"
        if self.twin.access == "read-only":
            yield from (f"sent to a site that is read-only: {name}" for name in self.asked if not reads_only(name))

    def _fair(self, trial: ScenarioTrial) -> bool:
        return trial.scenario.level == "should" and trial.scenario.clause.id in self.twin.disputed

    def _excused(self, cause: str) -> bool:
        return bool(self.twin.breaks and re.search(self.twin.breaks, cause))


def place(scenario: Scenario) -> str:
    return f"{scenario.clause.id} {scenario.path.rpartition('/')[2]}:{scenario.line} {scenario.title} {scenario.row}".rstrip()


def _words(trial: ScenarioTrial) -> str:
    return "; ".join(f"{one.check} {one.path} expected {one.expected!r}, actual {one.actual!r}" for one in trial.violations[:2])


def scenarios(catalogue: Catalogue) -> list[Scenario]:
    return first_rows(scenario for file in catalogue.known_files() for scenario in file.scenarios.values())


def judge(twin: Twin, catalogue: Catalogue) -> Told:
    """Run every scenario that applies to ``twin``."""
    with opened(twin, catalogue) as site:
        every = scenarios(catalogue)
        skips = (site.rig.run_context.gate(scenario) for scenario in every)
        skipped = Counter(skip.kind for skip in skips if skip is not None)
        trials = site.rig.run(every)
        # What a silent backend may still do is told to the user; here the site shows that it has not.
        told = [words for words in site.run.leftovers() if not (twin.breaks and _MAY_COME in words)]
        stuck = [f"{words} (end of the run)" for words in told]
        left = (*stuck, *_left_behind(site.before, snapshot(site.rig.core.main)))
        return Told(twin, tuple(trials), skipped, site.way.asked, site.way.acted, left)


_MAY_COME = "whether it was created nobody knows: the site does not show it yet"


def _left_behind(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What the site holds now and did not hold before, or the other way round; DelUser leaves a deactivated user."""
    for kind, rows in after.items():
        was = before[kind]
        if not isinstance(rows, list):
            yield from [f"{kind} changed"] if rows != was else []
            continue
        yield from (f"{kind}: {_name(row)} is gone or changed" for row in was if row not in rows)
        new = [row for row in rows if row not in was and row.get("active") != records.DEACTIVATED]
        yield from (f"{kind}: {_name(row)} is new or changed" for row in new)


def _name(row: Mapping[str, object]) -> str:
    return str(row.get("webex_id") or row.get("name") or next(iter(row.values())))
