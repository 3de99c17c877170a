"""One run on one site: opened before collection, closed after the last report."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.judge.known import KnownIssue, load_known
from conformance.reporting import allure
from conformance.reporting.exchange_file import write_exchange
from conformance.reporting.junit import write_junit
from conformance.reporting.outcome import ScenarioResult
from conformance.reporting.shape import Shape, merge
from conformance.reporting.summary import RunRecord, badge, write_summary, write_whole
from conformance.run.catalogue import Catalogue
from conformance.run.embedded import EmbeddedMock
from conformance.run.opening import Opened, open_site
from conformance.run.options import MOCK, Options
from conformance.run.world import World
from conformance.target.sites import sites_file

#: Output of an earlier run, removed when a new one begins; the ledger stays, it is not output.
_STALE = ("summary.json", "junit.xml", "badge.json", "allure-results", "exchanges", "journal.jsonl")


class RunPart:
    """What a process that carries scenarios out needs: the stage, the known issues, where exchanges go."""

    def __init__(self, options: Options, catalogue: Catalogue, opened: Opened, worker: str = "") -> None:
        self.options = options
        self.catalogue = catalogue
        self.opened = opened
        self.stage = opened.stage
        self.worker = worker
        self.known: tuple[KnownIssue, ...] = load_known(
            options.known_issues,
            opened.stage.profile.name,
            catalogue.clauses,
            dt.datetime.now(dt.UTC).date(),
        )
        self.matched: set[KnownIssue] = set()
        self._number = 0

    def keep_exchanges(self, world: World) -> list[str]:
        """Write the exchanges of a scenario that failed or broke: ``N:path`` each, N counting from 1."""
        folder = self.options.reports / "exchanges"
        names = []
        for nth, exchange in enumerate(world.exchanges, 1):
            self._number += 1
            name = write_exchange(folder, f"{self.worker}{'-' if self.worker else ''}{self._number:04}", exchange)
            names.append(f"{nth}:{_shown(self.options, folder / name)}")
        return names

    def facts(self) -> dict[str, Any]:
        """What the controller must know of a worker at its end."""
        return {"matched": [issue.where for issue in self.matched]}

    def close(self) -> None:
        """Give everything back."""
        self.opened.close()


def _shown(options: Options, path: Path) -> str:
    try:
        return path.relative_to(options.root).as_posix()
    except ValueError:
        return str(path)


class Run:
    """The whole run, in the process that reports."""

    def __init__(self, options: Options, catalogue: Catalogue) -> None:
        self.options = options
        self.catalogue = catalogue
        self.started = time.time()
        self.results: dict[str, ScenarioResult] = {}
        self.shapes: dict[str, list[Shape]] = {}
        self.drift: dict[str, set[str]] = {}
        self.troubles: list[str] = []
        self.problems: list[str] = []
        self.matched: set[str] = set()
        self.sent = 0
        self.selected_of = (0, 0)
        self._scratch = Path(tempfile.mkdtemp(prefix="webex-conformance-"))
        self.mock: EmbeddedMock | None = None
        self.site = options.sites[0]
        self.sites_file = self._sites_file()
        opened = open_site(self.site, self.sites_file, options, catalogue.clauses)
        self.part = RunPart(options, catalogue, opened)

    def _sites_file(self) -> Path:
        if self.site == MOCK and not self.options.sites_file:
            self.mock = EmbeddedMock(str(self.options.release or self.catalogue.newest), self._scratch)
            return self.mock.sites_file
        return sites_file(self.options.sites_file or None)

    @property
    def clauses(self) -> dict[str, Clause]:
        """The clause list."""
        return self.catalogue.clauses

    def clean_reports(self) -> None:
        """Remove the output of the last run, so that a summary that is there belongs to this one."""
        for name in _STALE:
            path = self.options.reports / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self.options.reports.mkdir(parents=True, exist_ok=True)

    def add(self, told: dict[str, Any]) -> None:
        """Take in what a scenario left: its result, the shapes of its replies, drift, clean-up trouble."""
        result = ScenarioResult.from_json(told["result"])
        self.results[result.nodeid] = result
        self.sent += result.sent
        for operation, shape in told["shapes"].items():
            self.shapes.setdefault(operation, []).append(shape)
        for operation, paths in told["drift"].items():
            self.drift.setdefault(operation, set()).update(paths)
        self.troubles += told["troubles"]
        self.matched.update(told["matched"])

    def settle_known(self) -> None:
        """A known issue must fail as listed: one whose clause ran and did not is a problem of the run."""
        for issue in self.part.known:
            mine = [result for result in self.results.values() if issue.clause in result.clauses]
            ran = [result for result in mine if result.outcome in ("passed", "failed", "known")]
            if issue.where not in self.matched and ran:
                what = f"the known issue of {issue.clause} (check {issue.check})"
                self.problems.append(f"{what} did not fail as listed; remove it from {issue.where}")

    def settle_skips(self) -> None:
        """Under ``--strict-skips`` a skip that the profile does not list is news, and fails the run."""
        if not self.options.strict_skips:
            return
        expected = set(self.part.stage.profile.expected_skips)
        for result in self.results.values():
            if (
                result.skip
                and result.skip.kind != "observe-only"
                and not expected & {result.skip.kind, *result.clauses}
            ):
                self.problems.append(f"unexpected skip: {result.nodeid} ({result.skip.kind}: {result.skip.why})")

    def record(self) -> RunRecord:
        """The run as the reports see it."""
        stage, found = self.part.stage, self.part.opened.findings
        return RunRecord(
            site=stage.profile.name,
            url=stage.profile.url,
            mock=stage.profile.is_mock,
            judged_as=str(stage.release),
            site_release=str(found.release or ""),
            access=stage.access,
            strict=self.options.strict,
            schema=str(stage.bundle.source) if stage.bundle else f"schemas, view of {stage.release}",
            roles=tuple(stage.profile.accounts),
            clauses=self.clauses,
            started=self.started,
            finished=time.time(),
            scenarios=tuple(self.results.values()),
            shapes={operation: merge(shapes) for operation, shapes in self.shapes.items()},
            drift={operation: tuple(paths) for operation, paths in self.drift.items()},
            problems=tuple(self.problems),
            troubles=tuple(self.troubles),
            sent=self.sent,
            selected_of=self.selected_of,
        )

    def write_reports(self, record: RunRecord, allure_folder: Path | None) -> None:
        """Everything but the scenarios' own Allure results; the summary last."""
        write_junit(record, self.options.reports / "junit.xml")
        write_whole(self.options.reports / "badge.json", _json(badge(record)))
        if allure_folder is not None and allure_folder.is_dir():
            allure.write_environment(allure_folder, _environment(record))
            allure.write_categories(allure_folder)
        write_summary(record, self.options.reports / "summary.json")

    def close(self) -> None:
        """Stop the mock and remove what the run kept aside."""
        self.part.close()
        if self.mock is not None:
            self.mock.stop()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _json(value: object) -> str:
    return json.dumps(value) + "\n"


def _environment(record: RunRecord) -> dict[str, str]:
    return {
        "site": record.site,
        "address": record.url,
        "release": record.judged_as,
        "site release": record.site_release,
        "schema": record.schema,
        "suite": __version__,
        "access": record.access,
        "accounts": ", ".join(record.roles),
    }
