"""Opens a site for a run: the mock started if it is ours, the profile read, the site asked about itself first."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

from conformance.history.resume_file import OF_A_RUN, clear
from conformance.judge.clauses import SUBJECTS, Clause
from conformance.judge.contract import Contract, ContractView
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.reporting.outcome import ScenarioResult
from conformance.reporting.shapes import covers
from conformance.reporting.summary import read_baseline
from conformance.reporting.whose_fault import doubtful, others
from conformance.run.commands.rejudge import moment_on, note_site, open_tape, profile_on, run_on
from conformance.run.options import MOCK, Options
from conformance.run.preflight import Preflight, PreflightReport
from conformance.scenarios.execution import try_scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import Scenario
from conformance.sites.control_plane import ControlPlane
from conformance.sites.errors import UserError, nearest
from conformance.sites.ledger import Ledgers, SiteLock, new_run_id, place_of, state_folder
from conformance.sites.profile import Profile
from conformance.sites.profile_file import load_profile
from conformance.sites.release import FIRST, Release
from conformance.sites.settings import Setting
from conformance.wire.client import tls_context
from conformance.wire.mailbox import ImapBox, Mailbox, SmtpSink
from conformance.wire.payloads import Payloads
from conformance.wire.rate_limiter import RateLimiter
from conformance.wire.recording import NoMailbox, OpenTape, ReadingTape, Tape, TapedControlPlane


class EmbeddedMock:
    """A mock site on a loopback port of this process, with the profile it writes for itself.

    ``release`` is what it shall be; without one it is what mocks are when nobody says (``mocksite/releases.toml``).
    """

    def __init__(self, release: Release | None, folder: Path) -> None:
        import mocksite

        try:
            self._server: Any = mocksite.start(release=str(release or mocksite.DEFAULT))
        except ValueError as problem:
            hint = "teach the mock the release in mocksite/releases.toml, or name a site or an older --release"
            raise UserError("mock-release", str(problem), where=f"release {release}", hint=hint) from None
        self._folder = folder
        self.sites_file = self._write(MOCK, self._server.profile(MOCK))

    def for_worker(self, worker: str) -> Path:
        """A site of its own for one worker process, so that workers never see each other's settings."""
        site = self._server.add_site(f"mocksite-{worker}")
        return self._write(f"{MOCK}-{worker}", site.profile(MOCK))

    def _write(self, name: str, profile: str) -> Path:
        file = self._folder / f"{name}.toml"
        file.write_text(profile, encoding="utf-8")
        return file

    def stop(self) -> None:
        """Stop serving."""
        self._server.stop()


#: From so many scenarios on a mock is a process of its own: that costs as much as the mock's share of a hundred.
_MANY = 100


class MockProcess:
    """The mock as a process of its own: in ours it would wait for its turn between lanes and reports.

    Ctrl-C does not reach it, for what was made must be taken away again; it ends with us, however we end, since it
    serves until its standard input is closed. OSError when it cannot be had.
    """

    def __init__(self, release: Release | None, folder: Path) -> None:
        self.sites_file = folder / f"{MOCK}.toml"
        command = [sys.executable, "-m", "mocksite", "--port", "0", "--until-stdin-closes", "--profile-name", MOCK]
        command += ["--write-profile", str(self.sites_file), *(("--release", str(release)) if release else ())]
        found = find_spec("mocksite")
        places = [str(Path(one).parent) for one in (found and found.submodule_search_locations) or ()]
        places += filter(None, [os.environ.get("PYTHONPATH")])
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        )
        if not self._process.stdout or not self._process.stdout.readline():
            self.stop()
            raise OSError("the mock did not start")

    def stop(self) -> None:
        """Stop serving."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()


Mock = EmbeddedMock | MockProcess


def start_mock(release: Release | None, folder: Path, scenarios: int) -> Mock:
    """The mock for a run of so many ``scenarios``; in this process where there can be no other."""
    if scenarios >= _MANY:
        with suppress(OSError):
            return MockProcess(release, folder)
    return EmbeddedMock(release, folder)


def on_the_reference(
    options: Options, release: Release, catalogue: Catalogue, scenarios: Iterable[Scenario]
) -> Iterator[tuple[Scenario, str]]:
    """What ``scenarios`` come to on the mock of ``release``: who fails there, too, is not the site's fault.

    Scenarios that do not apply to the mock are left out, and all of them when there is no mock of that release.
    A sound mock that cannot even be opened is no fault of a site: all of them break there.
    """
    with tempfile.TemporaryDirectory(prefix="webex-conformance-") as scratch, ExitStack() as stack:
        try:
            mock = EmbeddedMock(release, Path(scratch))
        except UserError:
            return
        stack.callback(mock.stop)
        here = replace(options, sites=(MOCK,), sites_file="", release=release, access="read-write", lanes=0)
        alone = replace(here, record=False, rejudge=None, known_issues=None)
        asked = replace(alone, reports=Path(scratch), baseline=None, schemas="", strict_schema=False)
        try:
            session = open_site(MOCK, mock.sites_file, asked, catalogue.clauses)
        except UserError:
            yield from ((scenario, "broken") for scenario in scenarios)
            return
        stack.callback(session.close)
        client = stack.enter_context(closing(session.run_context.client()))
        for scenario in scenarios:
            if session.run_context.gate(scenario) is None:
                strict = options.strict
                trial = try_scenario(session.run_context, scenario, catalogue.registry, client, strict=strict)
                yield scenario, trial.verdict.outcome


def said_by_the_reference(
    options: Options, release: Release, catalogue: Catalogue, results: Collection[ScenarioResult]
) -> dict[str, str]:
    """What those of ``results`` whose fault is in doubt come to on the mock of ``release``, by node id."""
    every = [one for file in catalogue.known_files() for one in file.scenarios.values()]
    said: dict[str, str] = {}
    for asked in (doubtful, partial(others, said=said)):
        names = set(asked(results))
        scenarios = [one for one in every if one.nodeid in names]
        told = on_the_reference(options, release, catalogue, scenarios) if scenarios else ()
        said.update((scenario.nodeid, outcome) for scenario, outcome in told)
    return said


_RELAY = Setting("mail-relay", "", "text", (), "where a mock delivers mail", "", None)


@dataclass(frozen=True)
class SiteSession:
    """A site opened for a run, with what the preflight found."""

    run_context: RunContext
    preflight: PreflightReport
    options: Options
    ledgers: Ledgers

    def held(self) -> SiteLock:
        """The site for this run alone, or shared by runs that only read and by other shards of it."""
        return SiteLock(self.ledgers.lock, self.run_context.access, self.options.part)

    def close(self) -> None:
        """Give back what the run context holds open."""
        _close(self.run_context)

    def with_mailbox(self) -> SiteSession:
        """The same, listening for the mail of the site where there is a way to."""
        mailbox = _mailbox(self.run_context)
        self.run_context.tape.note("mailbox", mailbox is not None)
        return replace(self, run_context=replace(self.run_context, mailbox=mailbox))


def _close(run_context: RunContext) -> None:
    """Each whatever becomes of the others: a recording may find no room for its last line."""
    with ExitStack() as stack:
        for one in (run_context.mailbox, run_context.control_plane):
            if one:
                stack.callback(one.close)
        stack.callback(run_context.tape.close)
        stack.callback(run_context.sign_ins.close)
        stack.callback(run_context.ledger.close)


def _let_go(run_context: RunContext, options: Options, *, begins: bool) -> None:
    """A site that could not be asked; of a run that ``begins`` nobody shall take the results of the night before."""
    try:
        clear(options.reports, OF_A_RUN if begins else ())
    finally:
        _close(run_context)


#: Whoever adds a release writes its clauses first, and names what is not there yet.
_NEW_OPERATION = "a new one has its template in payloads/SERVICE/ and its types in schemas/SERVICE.xsd first"
_NEW_ELEMENT = "a new one is declared in schemas/SERVICE.xsd first, with c:since"


def demand_true_clauses(root: Path, clauses: Iterable[Clause], contract: Contract, payloads: Payloads) -> None:
    """:class:`UserError` for a clause about an operation nobody knows, or an element the contract has nowhere.

    Nothing would be told of either: a difference that the notes announced would be called drift.
    """
    for clause in clauses:
        where = str(root / "features" / str(clause.release) / "clauses.toml")
        for name in clause.operations:
            if name not in payloads.operations:
                hint = "; ".join(filter(None, (_NEW_OPERATION, nearest(name, (*payloads.operations, *SUBJECTS)))))
                raise UserError("clause-list", f"{clause.id}: no operation is called {name!r}", where=where, hint=hint)
        stated = (*clause.adds, *clause.changes, *clause.removes)
        paths = set(_paths(contract.whole, clause.operations or tuple(payloads.operations))) if stated else set()
        for path in stated:
            parent, _, name = path.rpartition("/")
            # What the notes do not spell stands in no schema; the element it would stand in does.
            wanted = parent if "*" in name and parent else path
            if not any(covers(wanted, known) for known in paths):
                what = f"{clause.id}: the contract of {clause.operation} has no {path!r}"
                hint = "; ".join(filter(None, (_NEW_ELEMENT, nearest(path, paths))))
                raise UserError("clause-list", what, where=where, hint=hint)


def _paths(view: ContractView, operations: Iterable[str]) -> Iterator[str]:
    """Every path below the body of requests and replies of ``operations``."""
    spoken = [name for name in operations if view.declares(name)]
    starts = [start for name in spoken for start in (view.request_type(name), view.reply_type(name))]
    waiting = [(start, "", frozenset({start.name})) for start in starts]
    while waiting:
        holder, path, trail = waiting.pop()
        for declared in holder.children:
            below = f"{path}/{declared.name[1]}".lstrip("/")
            yield below
            inner = view.types.get(declared.type)
            if inner is not None and inner.name not in trail:
                waiting.append((inner, below, trail | {inner.name}))


def open_site(
    name: str,
    sites_file: Path,
    options: Options,
    clauses: dict[str, Clause],
    *,
    run_id: str = "",
    worker: str = "",
    check_only: bool = False,
    survey: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> SiteSession:
    """Read the profile, ask the site about itself, and make the run context; anything amiss is a :class:`UserError`."""
    tape = open_tape(options, worker) if not check_only else OpenTape()
    profile = _as_asked(profile_on(tape, options.reports) or load_profile(name, sites_file), options)
    run_id = run_on(tape) or run_id or new_run_id()
    ledgers, tls, payloads = _ledgers(profile, options), tls_context(profile), Payloads(options.root / "payloads")
    contract = Contract(options.root / "schemas")
    demand_true_clauses(options.root, clauses.values(), contract, payloads)
    run_context = RunContext(
        profile=profile,
        release=options.release or profile.release or FIRST,
        access=_access(profile, options),
        contract=contract,
        clauses=clauses,
        payloads=payloads,
        ledger=ledgers.of_run(run_id + worker),
        run_id=run_id,
        rate_limiter=RateLimiter(profile.rate, _shared(profile, options, run_id), part=options.part),
        tls=tls,
        control_plane=_control_plane(profile, tape, tls, transport),
        vendor_schemas=_vendor_schemas(profile, options, contract),
        strict_schema=options.strict_schema,
        transport=transport,
        not_served=_not_served(profile, payloads),
        tape=tape,
        now=moment_on(tape) or datetime.now(UTC),
    )
    with ExitStack() as undo:
        undo.callback(_let_go, run_context, options, begins=not (check_only or worker or options.resume))
        note_site(run_context, options)
        session = _asked(run_context, Preflight(run_context, survey=survey, alone=not worker), options, ledgers)
        undo.pop_all()
    return session if check_only else session.with_mailbox()


def _asked(run_context: RunContext, preflight: Preflight, options: Options, ledgers: Ledgers) -> SiteSession:
    """The site as it says it is, with what the preflight found."""
    report = preflight.look(options.release)
    return SiteSession(_as_the_site_says(run_context, report, options), report, options, ledgers)


def _as_asked(profile: Profile, options: Options) -> Profile:
    """With the lanes of the command line; where several shards ask the site, at this one's share of the rate."""
    lanes = profile.lanes if options.lanes is None else options.lanes
    return replace(profile, lanes=lanes, rate=profile.rate / options.part[1] if profile.rate else profile.rate)


def _as_the_site_says(run_context: RunContext, preflight: PreflightReport, options: Options) -> RunContext:
    """Scenarios go by what the site says of itself, where it tells it: release, settings, clock."""
    profile = run_context.profile
    release = _release(options.release or preflight.release or profile.release, profile)
    clauses, measured_by = run_context.clauses, options.baseline
    settings = {**profile.settings, **preflight.settings}
    return replace(
        run_context,
        profile=replace(profile, settings=settings),
        said_settings=profile.settings,
        administrators=preflight.administrators,
        release=release,
        baseline=read_baseline(measured_by, options.sites[0], clauses, release) if measured_by else None,
        now=run_context.now + timedelta(seconds=preflight.clock),
    )


def _not_served(profile: Profile, payloads: Payloads) -> frozenset[str]:
    """The operations the profile says are not served; groups are services of the API."""
    try:
        return frozenset(operation for name in profile.not_served for operation in payloads.operations_named(name))
    except UserError as problem:
        raise UserError(problem.code, f"not_served: {problem.what}", where=profile.source, hint=problem.hint) from None


def _ledgers(profile: Profile, options: Options) -> Ledgers:
    """The embedded mock is gone with its run, and nobody will look for what was left on it."""
    embedded = (profile.is_mock and options.sites == (MOCK,)) or options.rejudge is not None
    place = place_of(profile.url, profile.site_name)
    return Ledgers(profile.name, place, options.reports / "ledger", None if embedded else state_folder(place))


def _vendor_schemas(profile: Profile, options: Options, contract: Contract) -> VendorSchemas | None:
    schemas = options.schemas or profile.schemas
    return VendorSchemas(Path(schemas), contract.namespaces) if schemas else None


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
            "GetAPIVersion does not say in a form that can be read which release the site runs",
            where=profile.source,
            hint='say it in the profile, release = "41.12.0" for instance, or with --release',
        )
    if release < FIRST:
        raise UserError(
            "release-old", f"this suite speaks about releases from {FIRST} on, not {release}", where=profile.source
        )
    return release


def _shared(profile: Profile, options: Options, run_id: str) -> Path | None:
    """The file by which workers share the rate of a site; only a limited site needs one."""
    if not profile.rate:
        return None
    folder = options.reports / "ledger"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f".rate-{profile.name}-{run_id}"


def _control_plane(
    profile: Profile, tape: Tape, tls: ssl.SSLContext, transport: httpx.BaseTransport | None
) -> ControlPlane | None:
    if not profile.is_mock:
        return None
    if isinstance(tape, OpenTape):
        return ControlPlane(profile.control_url, tls=tls, transport=transport)
    return TapedControlPlane(profile.control_url, tape, tls=tls, transport=transport)


def _mailbox(run_context: RunContext) -> Mailbox | None:
    if isinstance(run_context.tape, ReadingTape):
        return NoMailbox() if run_context.tape.notes["mailbox"] else None
    control_plane = run_context.control_plane
    if control_plane is not None:
        return SmtpSink(lambda address: control_plane.set(_RELAY, address))
    return ImapBox(run_context.profile.mailbox) if run_context.profile.mailbox else None
