"""One run on one site: what each process carries out, and what the reporting process makes of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.history.metrics import METRICS, write_metrics
from conformance.history.notify import after_run
from conformance.history.resume_file import OF_A_RUN, RESUME_FILE, ResumeFile, clear, last_numbers
from conformance.judge.findings import NOT_SERVED
from conformance.judge.known_issues import KnownIssue, load_known
from conformance.reporting.exchange_file import shown, write_exchange, write_fault
from conformance.reporting.junit import write_junit
from conformance.reporting.outcome import CircuitBreaker, FirstFindings, ScenarioResult, Verdict, nothing_ran
from conformance.reporting.shapes import KeptValues, Shape, declarations_of, merge, shape_of
from conformance.reporting.statement import NEW_ISSUES, stanzas
from conformance.reporting.summary import RunRecord, badge, write_summary
from conformance.reporting.text import shortened
from conformance.reporting.whose_fault import settled
from conformance.run.fleet.part_file import PART, PartDetails, write_part
from conformance.run.options import MOCK, Options
from conformance.run.site_session import Mock, SiteSession, open_site, said_by_the_reference, start_mock
from conformance.scenarios.ahead.lanes import Carried, Lanes, Replay
from conformance.scenarios.cleanup import Sweep
from conformance.scenarios.contract_judgement import compared_elements, kept_values, nights_of
from conformance.scenarios.discovery import Discovery
from conformance.scenarios.execution import ScenarioTrial, cause_of, try_scenario
from conformance.scenarios.features import Catalogue
from conformance.scenarios.scenario import Scenario
from conformance.scenarios.scenario_context import ScenarioContext
from conformance.sites.discovery import Discoveries
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.ledger import deactivated, run_of
from conformance.sites.masking import secret_registry
from conformance.sites.profile_file import sites_file
from conformance.sites.user_files import write_whole
from conformance.wire.exchange import Exchange
from conformance.wire.sign_in import SiteClient

_EVIDENCE = ("failed", "flaky", "broken", "known")


class WorkerRun:
    """The share of one process: the run context with a client, lanes, known issues and numbers of exchanges."""

    def __init__(self, options: Options, catalogue: Catalogue, site_session: SiteSession, worker: str = "") -> None:
        self.options = options
        self.run_context = site_session.run_context
        today, here = dt.datetime.now(dt.UTC).date(), self.run_context
        there_are = (catalogue.clauses, here.payloads.operations)
        self.known: tuple[KnownIssue, ...] = load_known(options.known_issues, here.profile.name, *there_are, today)
        self._site_session = site_session
        self._catalogue = catalogue
        # Exchanges of all parts of a site will lie in one folder.
        part = "" if options.whole else f"part{options.part[0]}"
        self._worker = f"{part}{worker}-" if part or worker else ""
        self._client: SiteClient | None = None
        self._lanes: Lanes | None = None
        # What is there of a run that goes on is named by its verdicts.
        self._number, self._faults = last_numbers(options.reports, self._worker) if options.resume else (0, 0)
        self._order: dict[str, int] = {}
        self._shown_replies: set[tuple[str, bytes]] = set()

    def discover(self, scenarios: Iterable[Scenario]) -> None:
        """Find what ``scenarios`` need and the profile does not name, or make it where the run may write."""
        client = self.run_context.client()
        try:
            # Of a site that several shards ask the first alone changes anything.
            act = self.options.part[0] == 1
            self.take_over(Discovery(self.run_context, client, act=act).look_for(scenarios))
        finally:
            client.close()

    def take_over(self, discoveries: Discoveries) -> None:
        """Go on with what was found, here or by the process that reports."""
        self.run_context = replace(self.run_context, discovered=discoveries)

    def look_ahead(self, scenarios: Sequence[Scenario], *, to_the_end: bool) -> frozenset[Scenario]:
        """Start the lanes, those who come last; only of a run that goes ``to_the_end`` may they change the site."""
        if (number := self.run_context.profile.lanes) > 0:
            self._lanes = Lanes(self.run_context, self._catalogue.registry, scenarios, number, writing=to_the_end)
            self._lanes.start()
        return self._lanes.late if self._lanes else frozenset()

    def carried(self, scenario: Scenario) -> Carried | None:
        """``scenario`` as a lane carried it out whole, if one did."""
        return self._lanes.carried(scenario) if self._lanes else None

    def enter(self, scenario: Scenario) -> tuple[ScenarioContext, Replay]:
        """The context of ``scenario``, with what its lane recorded."""
        if self._client is None:
            self._client = self.run_context.client()
        replay = Replay(self._client, self._lanes.recording(scenario) if self._lanes else [])
        return ScenarioContext(self.run_context, scenario, replay), replay

    def evidence(self, context: ScenarioContext | None, verdict: Verdict) -> list[str]:
        """Write the exchanges of a scenario that found something: ``N:path`` each, N counting within the scenario."""
        if context is None or not (verdict.outcome in _EVIDENCE or context.violations):
            return []
        return self._written(context.exchanges, 1)

    def _written(self, exchanges: Sequence[Exchange], first: int, attempt: int = 1) -> list[str]:
        names = []
        folder = self.options.reports / "exchanges"
        for nth, exchange in enumerate(exchanges, first):
            self._number += 1
            # A full disk costs the file and never the verdict.
            with suppress(OSError):
                name = write_exchange(folder, f"{self._worker}{self._number:04}", exchange, attempt)
                names.append(f"{nth}:{shown(folder / name, self.options.root)}")
        return names

    def confirmed(self, result: ScenarioResult, scenario: Scenario) -> ScenarioResult:
        """``result``, tried again where it failed and only reads: *flaky* when it did not fail every time."""
        times = self.options.confirm
        if times is None:
            times = 0 if self.run_context.profile.is_mock else 1
        absent = any(violation.check == NOT_SERVED for violation in result.violations)
        if result.outcome != "failed" or scenario.writes or absent or self._client is None or not times:
            return result
        outcomes, files, sent = ["failed"], list(result.exchanges), result.sent
        for attempt in range(2, times + 2):
            trial = self._try_again(scenario)
            outcomes.append(trial.verdict.outcome)
            files += self._written(trial.exchanges, sent + 1, attempt)
            sent += len(trial.exchanges)
        outcome = "flaky" if "passed" in outcomes else "failed"
        return replace(result, outcome=outcome, attempts=tuple(outcomes), exchanges=tuple(files), sent=sent)

    def _try_again(self, scenario: Scenario) -> ScenarioTrial:
        assert self._client is not None
        if self._lanes is not None:
            self._lanes.wait()
        strict = self.options.strict
        return try_scenario(self.run_context, scenario, self._catalogue.registry, self._client, strict=strict)

    def traceback_file(self, fault: BaseException | None) -> str:
        """Write where in our code ``fault`` was raised; the name of the file."""
        self._faults += 1
        return write_fault(self.options.reports, self.options.root, f"{self._worker}{self._faults:04}", fault)

    def message(self, result: ScenarioResult, verdict: Verdict, context: ScenarioContext | None) -> dict[str, Any]:
        """What the reporting process is told of a scenario, as plain values."""
        exchanges = context.exchanges if context else []
        self.run_context.sign_ins.confirm_others(self.run_context)
        return {
            "result": result.as_json(),
            "shapes": self._new_shapes(exchanges),
            "kept": kept_values(exchanges, compared_elements(self._catalogue), self.run_context.contract.whole),
            "drift": {operation: list(paths) for operation, paths in context.drift.items()} if context else {},
            "matched": [issue.where for issue in verdict.matched],
            "unanswered": bool(exchanges and exchanges[-1].unanswered) and result.outcome == "broken",
            "unwell": [sign for exchange in exchanges for sign in exchange.unwell],
            "backup": sum(exchange.on_backup for exchange in exchanges),
            "nobody_left": self.run_context.sign_ins.nobody_left(self.run_context.profile),
            "told": list(self.run_context.sign_ins.told),
            "not_served": self.run_context.served.found,
            "times": [[exchange.request.operation, round(exchange.seconds, 4)] for exchange in exchanges],
        }

    def _new_shapes(self, exchanges: Iterable[Exchange]) -> dict[str, Any]:
        """The shapes of replies this process has not told yet: many replies of a run are the same to the byte."""
        new = [one for one in exchanges if (one.request.operation, one.body) not in self._shown_replies and one.served]
        self._shown_replies.update((one.request.operation, one.body) for one in new)
        ours, shapes = declarations_of(self.run_context.contract.whole), dict[str, list[Shape]]()
        for one in new:
            shapes.setdefault(one.request.operation, []).append(shape_of(one.reply, ours))
        return {operation: several[0] if len(several) == 1 else merge(several) for operation, several in shapes.items()}

    def number(self, nodeids: Iterable[str]) -> None:
        """Keep the order of collection, in which reports list scenarios wherever they ran."""
        self._order = {nodeid: place for place, nodeid in enumerate(nodeids)}

    def place(self, nodeid: str) -> tuple[int, str]:
        """Where a scenario stands in that order."""
        return self._order.get(nodeid, len(self._order)), nodeid

    def leftovers(self, worker: str = "") -> list[str]:
        """Undo what is still open in the ledgers of this run, or of one worker; what could not be undone, in words."""
        if self._lanes is not None:
            self._lanes.stop()
        work = Sweep(self.run_context.complete, self._site_session.ledgers)
        return work.clean(self.run_context.run_id + worker)[1]

    def deactivated(self) -> tuple[str, ...]:
        """The users this run made who stay on the site, deactivated."""
        files, mine = sorted(self._site_session.ledgers.files()), self.run_context.run_id
        return tuple(name for file in files if run_of(file).startswith(mine) for name in deactivated(file))

    @property
    def shares_a_mock(self) -> bool:
        """Whether workers share one mock: its settings change under everybody, so one worker must do it all."""
        return self.run_context.control_plane is not None and self.options.sites != (MOCK,)

    def close(self) -> None:
        """Give everything back."""
        if self._lanes is not None:
            self._lanes.stop()
        if self._client is not None:
            self._client.close()
        self._site_session.close()


class RunSession:
    """Collects what ``scenarios`` (so many here, none with workers) tell, wherever they ran, and writes the reports."""

    def __init__(self, options: Options, catalogue: Catalogue, scenarios: int) -> None:
        self.options = options
        self.catalogue = catalogue
        self.started = time.time()
        self.results: dict[str, ScenarioResult] = {}
        self.problems: list[str] = []
        self.expected = 0
        self.given_up = ""
        self._shapes: dict[str, list[Shape]] = {}
        self._whole: dict[str, Shape] | None = None
        self._kept: KeptValues = {}
        self._drift: dict[str, set[str]] = {}
        self._cleanup_errors, self._matched, self._unlisted = list[str](), set[str](), dict[str, str]()
        self._unwell: Counter[str] = Counter()
        self._backup = 0
        self._first_findings = FirstFindings()
        self._not_served: dict[str, str] = {}
        self._times: dict[str, list[float]] = {}
        self._told: dict[str, None] = {}
        self._breaker = CircuitBreaker()
        self._scratch = Path(tempfile.mkdtemp(prefix="webex-conformance-"))
        self.mock: Mock | None = None
        self.site = options.sites[0]
        self._open(scenarios)
        self._resume_file = ResumeFile(options.reports, self._terms())

    def _open(self, scenarios: int) -> None:
        """The site, for this run; what was opened is closed again when the rest cannot be."""
        with ExitStack() as undo:
            undo.callback(self.tidy)
            self.sites_file = self._sites_file(scenarios)
            clauses = self.catalogue.clauses
            self.site_session: SiteSession = open_site(self.site, self.sites_file, self.options, clauses)
            undo.callback(self.site_session.close)
            self.problems += filter(None, [self.site_session.preflight.behind])
            self._lock = self.site_session.held() if self.mock is None and self.options.rejudge is None else None
            undo.callback(self._unlock)
            self.worker_run = WorkerRun(self.options, self.catalogue, self.site_session)
            undo.pop_all()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def _sites_file(self, scenarios: int) -> Path:
        if self.site == MOCK and not self.options.sites_file and self.options.rejudge is None:
            self.mock = start_mock(self.options.release, self._scratch, scenarios)
            return self.mock.sites_file
        return sites_file(self.options.sites_file or None)

    def _terms(self) -> dict[str, Any]:
        run_context = self.site_session.run_context
        return {
            "suite": __version__,
            "site": run_context.profile.name,
            "release": str(run_context.release),
            "access": run_context.access,
            "strict": self.options.strict,
        }

    def begin(self) -> set[str]:
        """Clear the output of the last run, or take its verdicts over; the node ids that need not run again."""
        if self.options.resume:
            for message in self._resume_file.finished():
                self._take_in(message)
            return set(self.results)
        clear(self.options.reports, OF_A_RUN)
        self._resume_file.begin()
        return set()

    def expect(self, nodeids: Sequence[str]) -> None:
        """What is to run, in the order reports list it; :class:`UserError` where it lacks what was finished before."""
        self._resume_file.demand_selected(self.results, nodeids)
        self.expected = len(nodeids)
        self._guarded("the file by which a run is resumed", lambda: self._resume_file.expect(self.expected))
        self.worker_run.number(nodeids)
        self.worker_run.run_context.tape.note("selected", list(nodeids))

    def add(self, message: dict[str, Any]) -> None:
        """Take in what a scenario left: its result, the shapes of its replies, drift."""
        result = self._take_in(message)
        self._guarded("the file by which a run is resumed", lambda: self._resume_file.add(message))
        if self._breaker.trips(message):
            self.given_up = message["nobody_left"] or result.cause

    def add_cleanup_errors(self, cleanup_errors: list[str]) -> None:
        """Clean-up that did not work; reported on its own."""
        self._cleanup_errors += cleanup_errors

    def _take_in(self, message: dict[str, Any]) -> ScenarioResult:
        result = self._first_findings.only(ScenarioResult.from_json(message["result"]))
        self.results[result.nodeid] = result
        self._whole = None
        for operation, shape in message["shapes"].items():
            self._shapes.setdefault(operation, []).append(shape)
        for operation, by_role in message["kept"].items():
            self._kept.setdefault(operation, {}).update(by_role)
        for operation, paths in message["drift"].items():
            self._drift.setdefault(operation, set()).update(paths)
        self._matched.update(message["matched"])
        self._unwell.update(message["unwell"])
        self._backup += message["backup"]
        self._told.update(dict.fromkeys(message["told"]))
        for operation, seconds in message["times"]:
            self._times.setdefault(operation, []).append(seconds)
        self._not_served.update({one: shortened(words) for one, words in message["not_served"].items()})
        return result

    @property
    def complete(self) -> bool:
        """Whether every selected scenario has a result."""
        return len(self.results) == self.expected and not self.given_up

    @property
    def nothing_ran(self) -> bool:
        """Whether every scenario was skipped before anything was sent: such a run says nothing about the site."""
        return nothing_ran(self.results.values())

    def settle(self) -> None:
        """What only the end of a run can tell: known issues that did not fail, skips nobody listed."""
        for issue in self.worker_run.known:
            mine = [one for one in self.results.values() if issue.concerns(one.clauses, one.operations)]
            if issue.where not in self._matched and any(one.outcome in ("passed", "failed", "known") for one in mine):
                words = f"{issue} did not fail as listed; remove it from {issue.where}"
                # In another part of the site it may have.
                self._unlisted[issue.where] = words
                self.problems += [words] * self.options.whole
        if self.mock is None and not self.worker_run.run_context.profile.is_mock:
            self._ask_the_reference()
        if self.options.strict_skips:
            expected = set(self.worker_run.run_context.profile.expected_skips)
            for one in self.results.values():
                if one.skip and one.skip.kind != "observe-only" and not expected & {one.skip.kind, *one.clauses}:
                    self.problems.append(f"unexpected skip: {one.nodeid} ({one.skip.kind}: {one.skip.why})")

    def _ask_the_reference(self) -> None:
        """Whose fault each red is: what the mock of the release does not pass, either, is ours and not the site's."""
        said: dict[str, str] = {}
        release = self.worker_run.run_context.release
        try:
            said.update(said_by_the_reference(self.options, release, self.catalogue, self.results.values()))
        except Exception as fault:  # noqa: BLE001 - the verdicts stand without it
            where = self._traceback_file("reference", fault)
            self.problems.append(f"the reference mock could not be asked: {type(fault).__name__}: {fault} ({where})")
        self.results = settled(self.results, said, str(release))

    def crashed(self, worker: str) -> None:
        """Put back at once what a dead worker changed: its successor must find the site as the profile says."""
        if self.mock is None:
            self._tidy_up(worker)

    def clean_site(self) -> None:
        """Undo what scenarios of this run could not undo themselves, a crashed worker's for instance."""
        earlier, self._cleanup_errors = self._cleanup_errors, []
        if not self._tidy_up():
            self._cleanup_errors = [*earlier, *self._cleanup_errors]

    def _tidy_up(self, worker: str = "") -> bool:
        """Whether everything still listed could be tried once more: then what failed before is no news any more."""
        try:
            self._cleanup_errors += self.worker_run.leftovers(worker)
        except CannotJudge as problem:
            self._cleanup_errors.append(str(problem))
            return False
        except Exception as fault:  # noqa: BLE001 - what is left stays in the ledger, and the reports are still due
            where = self._traceback_file("clean-up", fault)
            self._cleanup_errors.append(f"clean-up: {cause_of(fault, where)}")
            return False
        return True

    def _traceback_file(self, name: str, fault: Exception) -> str:
        return write_fault(self.options.reports, self.options.root, name, fault)

    def record(self) -> RunRecord:
        """The run as the reports see it."""
        run_context = self.worker_run.run_context
        record = RunRecord(
            site=run_context.profile.name,
            url=run_context.profile.url,
            mock=run_context.profile.is_mock,
            judged_as=str(run_context.release),
            site_release=str(self.site_session.preflight.release or ""),
            access=run_context.access,
            strict=self.options.strict,
            schema=run_context.schema_source,
            roles=tuple(run_context.named.accounts),
            deactivated=self.worker_run.deactivated(),
            discovered=tuple(map(str, run_context.discovered.found)),
            clauses=self.catalogue.clauses,
            started=self.started,
            finished=time.time(),
            scenarios=tuple(self.results[nodeid] for nodeid in sorted(self.results, key=self.worker_run.place)),
            shapes=self._merged(),
            nights=nights_of(self._kept, self.catalogue, run_context),
            drift={operation: tuple(paths) for operation, paths in self._drift.items() if paths},
            problems=tuple(self.problems),
            cleanup_errors=tuple(self._cleanup_errors),
            sent=sum(result.sent for result in self.results.values()) + run_context.discovered.requests,
            selected_of=(self.expected, sum(len(file.scenarios) for file in self.catalogue.known_files())),
        )
        return self._with_what_the_site_told(record)

    def _with_what_the_site_told(self, record: RunRecord) -> RunRecord:
        untold = self.catalogue.untold(self.worker_run.run_context.release)
        discovered = self.worker_run.run_context.discovered
        notes = (*self.site_session.preflight.differences, *discovered.told, *self._told, *untold)
        record = replace(record, notes=notes, unwell=self._unwell, backup=self._backup, not_served=self._not_served)
        record = replace(record, reply_times={name: tuple(times) for name, times in self._times.items()})
        baseline = self.worker_run.run_context.baseline
        return replace(record, in_baseline=self._in_baseline(), baseline_day=baseline.day if baseline else "")

    def _in_baseline(self) -> dict[str, str]:
        """Scenarios that need the site set otherwise, and that the baseline met so."""
        baseline = self.worker_run.run_context.baseline
        skipped = (name for name, one in self.results.items() if one.skip and one.skip.kind == "setting")
        return {name: baseline.verdicts[name] for name in skipped if name in baseline.verdicts} if baseline else {}

    def _merged(self) -> dict[str, Shape]:
        if self._whole is None:
            self._whole = {operation: merge(shapes) for operation, shapes in self._shapes.items()}
        return self._whole

    def _guarded(self, what: str, write: Callable[[], object]) -> bool:
        """Whether ``write`` did its work; a file that cannot be written costs that file, and is told once."""
        try:
            write()
        except Exception as error:  # noqa: BLE001 - no report may cost another, the verdicts, or the clean-up
            where = "" if isinstance(error, OSError | UserError) else f" ({self._traceback_file('reports', error)})"
            problem = f"{what} could not be written: {type(error).__name__}: {error}{where}"
            problem = f"{what}: {error.what}" if isinstance(error, UserError) else problem
            if problem not in self.problems:
                self.problems.append(problem)
            return False
        return True

    def write_reports(self, allure_folder: Path | None) -> None:
        """Everything but the scenarios' own Allure results; the summary last, then a look for secrets that leaked."""
        record, reports = self.record(), self.options.reports
        self._guarded("junit.xml", lambda: write_junit(record, reports / "junit.xml"))
        self._guarded(METRICS, lambda: write_metrics(record, reports / METRICS))
        if issues := stanzas(record):
            self._guarded(NEW_ISSUES, lambda: write_whole(reports / NEW_ISSUES, secret_registry.mask(issues)))
        self._guarded("badge.json", lambda: write_whole(reports / "badge.json", json.dumps(badge(record)) + "\n"))
        if allure_folder is not None and allure_folder.is_dir():
            self._guarded("the Allure results", lambda: self._complete_allure(record, allure_folder))
        leaks = [f"a secret stands in {file}" for file in secret_registry.leaks_in(reports)]
        self.problems += leaks
        whole = replace(record, problems=tuple(self.problems))
        if not leaks and self._guarded("summary.json", lambda: write_summary(whole, reports / "summary.json")):
            self._keep(whole)
            (reports / RESUME_FILE).unlink(missing_ok=True)

    def _keep(self, record: RunRecord) -> None:
        """What outlives the run: its night or, of a shard, what is merged with others; then their night is kept."""
        profile, options = self.worker_run.run_context.profile, self.options
        if options.in_shard:
            told = PartDetails(options.part, self._unlisted, tuple(sorted(self._matched)), profile.groups)
            self._guarded(PART, lambda: write_part(record, told, options.reports, options.root))
        elif history := options.history or profile.history:
            self._guarded("the history", lambda: after_run(record, Path(history), options.shown_from, options.notify))

    def _complete_allure(self, record: RunRecord, folder: Path) -> None:
        from conformance.reporting.allure import complete_results

        complete_results(record, folder, os.environ)

    def close(self) -> None:
        """Stop the mock and remove what the run kept aside."""
        self.worker_run.close()
        run = self.worker_run.run_context.run_id
        with suppress(OSError):
            self.site_session.ledgers.prune(run)
            (self.options.reports / "ledger" / f".rate-{self.site}-{run}").unlink(missing_ok=True)
        self._unlock()
        self.tidy()

    def tidy(self) -> None:
        """Stop a mock of ours, and remove what the run kept aside."""
        if self.mock is not None:
            self.mock.stop()
        shutil.rmtree(self._scratch, ignore_errors=True)
