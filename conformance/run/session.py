"""One run on one site, in the process that reports: opened before the first scenario, closed after the last report."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.reporting import allure_folder as allure
from conformance.reporting.executor import write_executor
from conformance.reporting.junit import write_junit
from conformance.reporting.outcome import ScenarioResult
from conformance.reporting.shape import Shape, merge
from conformance.reporting.summary import RunRecord, badge, write_summary, write_whole
from conformance.run.breaker import Breaker
from conformance.run.catalogue import Catalogue
from conformance.run.embedded import EmbeddedMock
from conformance.run.journal import NAME as JOURNAL
from conformance.run.journal import Journal
from conformance.run.opening import Opened, open_site
from conformance.run.options import MOCK, Options
from conformance.run.part import RunPart
from conformance.run.sweep import Sweep
from conformance.target.sites import sites_file
from conformance.target.trouble import CannotJudge
from conformance.target.vault import vault

#: Output of an earlier run, removed when a new one begins; the ledger stays, it is not output.
_STALE = ("summary.json", "junit.xml", "badge.json", "allure-results", "exchanges", JOURNAL)


class Run:
    """Collects what scenarios tell, wherever they ran, and writes the reports."""

    def __init__(self, options: Options, catalogue: Catalogue) -> None:
        self.options = options
        self.catalogue = catalogue
        self.started = time.time()
        self.results: dict[str, ScenarioResult] = {}
        self.problems: list[str] = []
        self.expected = 0
        self.given_up = ""
        self._shapes: dict[str, list[Shape]] = {}
        self._whole: dict[str, Shape] | None = None
        self._drift: dict[str, set[str]] = {}
        self._troubles: list[str] = []
        self._matched: set[str] = set()
        self._breaker = Breaker()
        self._scratch = Path(tempfile.mkdtemp(prefix="webex-conformance-"))
        self.mock: EmbeddedMock | None = None
        self.site = options.sites[0]
        try:
            self.sites_file = self._sites_file()
            self.opened: Opened = open_site(self.site, self.sites_file, options, catalogue.clauses)
        except BaseException:
            self._tidy()
            raise
        self.part = RunPart(options, catalogue, self.opened)
        self._journal = Journal(options.reports, self._terms())

    def _sites_file(self) -> Path:
        if self.site == MOCK and not self.options.sites_file:
            self.mock = EmbeddedMock(str(self.options.release or self.catalogue.newest), self._scratch)
            return self.mock.sites_file
        return sites_file(self.options.sites_file or None)

    def _terms(self) -> dict[str, Any]:
        stage = self.opened.stage
        return {
            "suite": __version__,
            "site": stage.profile.name,
            "release": str(stage.release),
            "access": stage.access,
            "strict": self.options.strict,
        }

    def begin(self) -> set[str]:
        """Clear the output of the last run, or take its verdicts over; the node ids that need not run again."""
        if self.options.resume:
            for told in self._journal.finished():
                self._take_in(told)
            return set(self.results)
        for name in _STALE:
            path = self.options.reports / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self._journal.begin()
        return set()

    def expect(self, nodeids: Sequence[str]) -> None:
        """What is to run, in the order reports list it."""
        self.expected = len(nodeids)
        self.part.number(nodeids)

    def add(self, told: dict[str, Any]) -> None:
        """Take in what a scenario left: its result, the shapes of its replies, drift."""
        result = self._take_in(told)
        self._journal.add(told)
        if self._breaker.trips(told):
            self.given_up = result.cause

    def add_troubles(self, troubles: list[str]) -> None:
        """Clean-up that did not work; reported on its own."""
        self._troubles += troubles

    def _take_in(self, told: dict[str, Any]) -> ScenarioResult:
        result = ScenarioResult.from_json(told["result"])
        self.results[result.nodeid] = result
        self._whole = None
        for operation, shape in told["shapes"].items():
            self._shapes.setdefault(operation, []).append(shape)
        for operation, paths in told["drift"].items():
            self._drift.setdefault(operation, set()).update(paths)
        self._matched.update(told["matched"])
        return result

    @property
    def complete(self) -> bool:
        """Whether every selected scenario has a result."""
        return len(self.results) == self.expected and not self.given_up

    @property
    def nothing_ran(self) -> bool:
        """Whether every scenario was skipped before anything was sent: such a run says nothing about the site."""
        return all(one.skip is not None and one.skip.kind != "observe-only" for one in self.results.values())

    def settle(self) -> None:
        """What only the end of a run can tell: known issues that did not fail, skips nobody listed."""
        for issue in self.part.known:
            mine = [result for result in self.results.values() if issue.clause in result.clauses]
            if issue.where not in self._matched and any(one.outcome in ("passed", "failed", "known") for one in mine):
                what = f"the known issue of {issue.clause} (check {issue.check})"
                self.problems.append(f"{what} did not fail as listed; remove it from {issue.where}")
        if self.options.strict_skips:
            expected = set(self.part.stage.profile.expected_skips)
            for one in self.results.values():
                if one.skip and one.skip.kind != "observe-only" and not expected & {one.skip.kind, *one.clauses}:
                    self.problems.append(f"unexpected skip: {one.nodeid} ({one.skip.kind}: {one.skip.why})")

    def crashed(self, worker: str) -> None:
        """Put back at once what a dead worker changed: its successor must find the site as the profile says."""
        if self.mock is None:
            self._tidy_up(worker)

    def clean_site(self) -> None:
        """Undo what scenarios of this run could not undo themselves, a crashed worker's for instance."""
        earlier, self._troubles = self._troubles, []
        if not self._tidy_up():
            self._troubles = [*earlier, *self._troubles]

    def _tidy_up(self, worker: str = "") -> bool:
        """Whether everything still listed could be tried once more: then what failed before is no news any more."""
        try:
            self._troubles += self.part.leftovers(Sweep, worker)
        except CannotJudge as problem:
            self._troubles.append(str(problem))
            return False
        return True

    def record(self) -> RunRecord:
        """The run as the reports see it."""
        stage = self.part.stage
        return RunRecord(
            site=stage.profile.name,
            url=stage.profile.url,
            mock=stage.profile.is_mock,
            judged_as=str(stage.release),
            site_release=str(self.opened.findings.release or ""),
            access=stage.access,
            strict=self.options.strict,
            schema=str(stage.bundle.source) if stage.bundle else f"schemas, view of {stage.release}",
            roles=tuple(stage.profile.accounts),
            clauses=self.catalogue.clauses,
            started=self.started,
            finished=time.time(),
            scenarios=tuple(self.results[nodeid] for nodeid in sorted(self.results, key=self.part.place)),
            shapes=self._merged(),
            drift={operation: tuple(paths) for operation, paths in self._drift.items() if paths},
            problems=tuple(self.problems),
            troubles=tuple(self._troubles),
            sent=sum(result.sent for result in self.results.values()),
            selected_of=(self.expected, sum(len(file.cases) for file in self.catalogue.known_files())),
        )

    def _merged(self) -> dict[str, Shape]:
        if self._whole is None:
            self._whole = {operation: merge(shapes) for operation, shapes in self._shapes.items()}
        return self._whole

    def write_reports(self, allure_folder: Path | None) -> None:
        """Everything but the scenarios' own Allure results; the summary last, then a look for secrets that leaked."""
        record = self.record()
        write_junit(record, self.options.reports / "junit.xml")
        write_whole(self.options.reports / "badge.json", json.dumps(badge(record)) + "\n")
        if allure_folder is not None and allure_folder.is_dir():
            allure.write_environment(allure_folder, allure.environment(record))
            allure.write_categories(allure_folder)
            write_executor(allure_folder, os.environ)
        leaks = [f"a secret stands in {file}" for file in vault.leaks_in(self.options.reports)]
        self.problems += leaks
        if not leaks:
            write_summary(record, self.options.reports / "summary.json")
            (self.options.reports / JOURNAL).unlink(missing_ok=True)

    def close(self) -> None:
        """Stop the mock and remove what the run kept aside."""
        self.part.close()
        self._tidy()

    def _tidy(self) -> None:
        if self.mock is not None:
            self.mock.stop()
        shutil.rmtree(self._scratch, ignore_errors=True)
