"""The bridge to Allure: our record of a scenario, told through allure-pytest's own result files.

allure-pytest knows tests and fixtures. Here each result gets the scenario's
steps with their real times, request and reply inside the step that sent them,
and every text is masked before it reaches the disk. Beside the results stand
what the run was about, who started it, and how failures are grouped.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from uuid import uuid4

from allure_commons import hookimpl
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestStepResult
from allure_commons.utils import md5

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.judge.findings import headline
from conformance.reporting.exchange_file import readable
from conformance.reporting.outcome import Cause, ScenarioResult, StepRecord, causes
from conformance.reporting.summary import RunRecord
from conformance.reporting.text import printable, safe, visible
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import write_whole

_SEVERITY = {"must": "critical", "should": "normal", "observe": "minor"}
_STATUS = {
    "passed": Status.PASSED,
    "failed": Status.FAILED,
    "flaky": Status.FAILED,
    "broken": Status.BROKEN,
    "skipped": Status.SKIPPED,
    "known": Status.SKIPPED,
}
_KEPT_LABELS = ("host", "thread")
#: So many scenarios may wait to be written: their exchanges are held in memory meanwhile.
_MOST_WAITING = 64
#: Where the deep link of a clause leads, seen from the report folder.
CLAUSE_LINK = "../living-documentation.html#{id}"


class MaskingLogger(AllureFileLogger):
    """Writes results like its parent, told and masked by us; ``current`` answers with the scenario just run.

    Containers are not written: they hold fixtures, and a scenario has none that
    say anything (four of five would be empty files). A thread writes, in order, while
    the run goes on; after :meth:`close` everything is on the disk. With ``at_once`` each
    is before the next scenario begins: of a worker that crashes nothing else would be left.
    """

    def __init__(
        self,
        folder: Path,
        current: Callable[[], tuple[ScenarioResult, Iterable[StepRecord], Clause] | None],
        *,
        at_once: bool = False,
    ) -> None:
        super().__init__(str(folder))
        self._current = current
        self._written: dict[bytes, str] = {}
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="allure")
        self._room = BoundedSemaphore(_MOST_WAITING)
        self._at_once = at_once

    @hookimpl
    def report_result(self, result: Any) -> None:
        """Write one scenario, soon."""
        self._room.acquire()
        # A report that cannot be written costs itself, so what the writer raised is looked at by nobody: the run
        # counts its files at the end, and tells.
        writing = self._writer.submit(self._write_result, result, self._current())
        if self._at_once:
            wait([writing])

    def close(self) -> None:
        """Wait until everything is written."""
        self._writer.shutdown()

    def _write_result(self, result: Any, told: tuple[ScenarioResult, Iterable[StepRecord], Clause] | None) -> None:
        try:
            if told is not None:
                self._tell(result, *told)
            self._report_item(result)
        finally:
            self._room.release()

    def _report_item(self, item: Any) -> None:
        """Write one item in one move, as the parent does: a copy of it all and json.dump take five times as long."""
        file = os.path.join(self._report_dir, item.file_pattern.format(prefix=uuid4()))  # noqa: PTH118 - see _attach
        draft = f"{file}.tmp"
        with open(draft, "w", encoding="utf-8") as result:  # noqa: PTH123 - likewise
            result.write(json.dumps(item, default=_stated, ensure_ascii=False))
        os.replace(draft, file)  # noqa: PTH105 - likewise

    @hookimpl
    def report_container(self, container: Any) -> None:
        """Leave containers out."""

    @hookimpl
    def report_attached_data(self, body: str | bytes, file_name: str) -> None:
        """Write an attachment, masked."""
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        self._write(str(self._report_dir / file_name), secret_registry.mask(text))

    def _tell(self, result: Any, scenario: ScenarioResult, steps: Iterable[StepRecord], clause: Clause) -> None:
        result.name = safe(scenario.title)
        result.fullName = scenario.nodeid
        # Rows of an outline are scenarios of their own, and one clause may have several.
        result.testCaseId = md5(scenario.clauses[0], scenario.nodeid)
        result.historyId = result.testCaseId
        result.status = _STATUS[scenario.outcome]
        result.statusDetails = _details(scenario)
        result.description = _description(clause)
        result.descriptionHtml = None
        result.parameters = [Parameter(name=name, value=value) for name, value in _parameters(scenario)]
        result.labels = [label for label in result.labels if label.name in _KEPT_LABELS] + _labels(scenario, clause)
        link = CLAUSE_LINK.format(id=clause.id)
        result.links = [Link(type="tms", url=link, name=f"{clause.id}, notes {clause.place}")]
        result.attachments = []
        result.steps = [self._step(step) for step in steps]

    def _step(self, step: StepRecord) -> TestStepResult:
        told = TestStepResult(name=safe(f"{step.keyword} {step.text}"), status=_STATUS[step.status])
        told.start, told.stop = int(step.start * 1000), int(step.stop * 1000)
        words = [
            f"{found.check}: {found.path}: expected {found.expected}, actual {found.actual}"
            for found in step.violations
        ]
        if words or step.cause:
            told.statusDetails = StatusDetails(message=safe("\n".join(words) or step.cause))
        told.attachments = [self._attach(*one) for one in _attachments(step)]
        return told

    def _attach(self, name: str, told: str | bytes, kind: str) -> Attachment:
        """A file of its own for every attachment: Allure 3 gives a file that two results name to one of them only."""
        source = f"{uuid4().hex}-attachment.{'xml' if kind == 'application/xml' else 'txt'}"
        file = os.path.join(self._report_dir, source)  # noqa: PTH118 - three thousand times a run
        # A site gives many replies of a run twice over: made readable once, and on the disk one under several names.
        raw = told if isinstance(told, bytes) else told.encode("utf-8", "replace")
        if not self._link(digest := sha256(raw).digest(), file):
            masked = readable(told) if isinstance(told, bytes) else secret_registry.mask(told)
            if not self._link(of_text := sha256(masked.encode("utf-8", "replace")).digest(), file):
                self._write(file, masked)
            self._written[digest] = self._written[of_text] = file
        return Attachment(name=name, source=source, type=kind)

    def _link(self, digest: bytes, file: str) -> bool:
        """Whether ``file`` is now another name of what was written before."""
        try:
            os.link(self._written[digest], file)
        except (KeyError, OSError):
            return False
        return True

    def _write(self, file: str, masked: str) -> None:
        with suppress(OSError), open(file, "w", encoding="utf-8") as attachment:  # noqa: PTH123 - likewise
            attachment.write(visible(masked))


def _stated(model: Any) -> dict[str, Any]:
    """What an object of Allure's model says: fields that hold something, and False."""
    return {name: value for name, value in vars(model).items() if value or value is False}


def _attachments(step: StepRecord) -> Iterable[tuple[str, str | bytes, str]]:
    """Name, what is told (bodies as they were sent), media type."""
    if step.table:
        yield "table", "\n".join(" | ".join(row) for row in step.table), "text/plain"
    for exchange in step.exchanges:
        request = exchange.request
        yield f"{request.operation} request to {request.url}", request.body, "application/xml"
        if exchange.body:
            name = f"{request.operation} reply, HTTP {exchange.status}, {exchange.seconds * 1000:.0f} ms"
            yield name, exchange.body, "application/xml"
        if exchange.error or exchange.notes:
            yield "what happened on the way", "\n".join((*exchange.notes, exchange.error)), "text/plain"
    if step.observations:
        yield "observed", "\n".join(step.observations), "text/plain"


def _details(scenario: ScenarioResult) -> StatusDetails | None:
    words = "\n".join(headline(violation) for violation in scenario.violations)
    known = scenario.outcome == "known"
    if scenario.outcome == "broken":
        words = scenario.cause
    elif known:
        words = f"known issue: {scenario.known} ({scenario.owner})\n{words}"
    elif scenario.skip is not None:
        words = "\n".join((f"{scenario.skip.kind}: {scenario.skip.why}", *scenario.observations))
    flaky = scenario.outcome == "flaky"
    if scenario.tries:
        words = f"{scenario.tries}\n{words}"
    return StatusDetails(message=printable(words), known=known or None, flaky=flaky or None) if words else None


def _description(clause: Clause) -> str:
    claim = f"**{clause.id}** ({clause.level}, the notes are {clause.certainty}) {clause.text}"
    remark = f"\n\n*{clause.remark}*" if clause.remark else ""
    return f"{claim}\n\n{clause.item} / {clause.item_zh}{remark}"


def _parameters(scenario: ScenarioResult) -> Iterable[tuple[str, str]]:
    if scenario.row:
        yield "row", scenario.row


def _labels(scenario: ScenarioResult, clause: Clause) -> list[Label]:
    pairs = [
        ("epic", f"XML API {clause.release}"),
        ("feature", scenario.feature),
        ("story", scenario.rule or clause.text),
        ("parentSuite", f"features/{clause.release}"),
        ("suite", scenario.feature),
        ("severity", _SEVERITY[scenario.level]),
        ("framework", "pytest-bdd"),
        ("language", platform.python_implementation().lower() + platform.python_version()),
        ("release", str(clause.release)),
        ("clause", clause.id),
        ("tag", clause.id),
        *(("operation", name) for name in scenario.operations),
        *(("tag", name) for name in scenario.operations),
    ]
    if scenario.rule:
        pairs.append(("subSuite", scenario.rule))
    if scenario.owner:
        pairs.append(("owner", scenario.owner))
    return [Label(name=name, value=value) for name, value in pairs]


def environment(record: RunRecord) -> dict[str, str]:
    """Where and as what a run was made; accounts by role, never by name."""
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


def complete_results(record: RunRecord, folder: Path, started_by: Mapping[str, str]) -> None:
    """What stands beside the results of a run, which must all be there; ``started_by`` is the environment."""
    write_environment(folder, environment(record))
    write_categories(folder, causes(record.scenarios))
    write_executor(folder, started_by)
    written = sum(1 for _ in folder.glob("*-result.json"))
    if written < len(record.scenarios):
        raise OSError(f"{len(record.scenarios) - written} of {len(record.scenarios)} results are missing")


def write_environment(folder: Path, facts: dict[str, str]) -> None:
    """``environment.properties``."""
    lines = [f"{name.replace(' ', '.')}={safe(value)}" for name, value in facts.items()]
    write_whole(folder / "environment.properties", "\n".join(lines) + "\n")


_MOST_CAUSES = 30


def write_categories(folder: Path, found: Iterable[Cause] = ()) -> None:
    """``categories.json``: each cause of failures, then failures, what could not be judged, what does not apply."""
    failed = [cause for cause in found if cause.outcome == "failed" and len(cause.results) > 1]
    categories: list[dict[str, object]] = [
        *(_category(cause) for cause in failed[:_MOST_CAUSES]),
        {"name": "Contract broken", "matchedStatuses": ["failed"]},
        {"name": "Could not be judged", "matchedStatuses": ["broken"]},
        {"name": "Known issues", "matchedStatuses": ["skipped"], "messageRegex": r"known issue: [\s\S]*"},
        {"name": "Not served here", "matchedStatuses": ["skipped"], "messageRegex": r"not-served: [\s\S]*"},
        {"name": "Observed, never judged", "matchedStatuses": ["skipped"], "messageRegex": r"observe-only: [\s\S]*"},
        {"name": "Not applicable here", "matchedStatuses": ["skipped"]},
    ]
    write_whole(folder / "categories.json", json.dumps(categories, indent=1))


def _literal(text: str) -> str:
    """``text`` in a regular expression of Java and of JavaScript, which knows fewer escapes than Python."""
    return re.sub(r"[.*+?^${}()|\[\]\\/]", r"\\\g<0>", text)


def _category(cause: Cause) -> dict[str, object]:
    """The failures of one cause; Allure looks for it in what each failure says first."""
    operation, path, wrong = cause.first.cause
    refusal = "FAILURE " if wrong.isdigit() else ""
    what = f".*actual {refusal}{wrong}" if not wrong.startswith("check ") else ""
    check = wrong if not what else r"check \S+"
    who = rf"\S+  {_literal(operation)}" if operation == cause.first.clause else rf"{_literal(operation or '-')}  \S+"
    head = rf"{who}  {check}: {_literal(path or 'reply')}: "
    name = f"{safe(str(cause))} ({len(cause.results)} scenarios)"
    return {"name": name, "matchedStatuses": ["failed"], "messageRegex": rf"[\s\S]*{head}{what}[\s\S]*"}


def executor(environment: Mapping[str, str]) -> dict[str, str | int] | None:
    """The job as GitHub or GitLab describe it in the environment; None at somebody's desk."""
    tell = environment.get
    if tell("GITHUB_ACTIONS") == "true":
        number, repository = tell("GITHUB_RUN_NUMBER", ""), tell("GITHUB_REPOSITORY", "")
        url = f"{tell('GITHUB_SERVER_URL', '')}/{repository}/actions/runs/{tell('GITHUB_RUN_ID', '')}"
        return _told(
            "GitHub Actions", "github", f"{tell('GITHUB_WORKFLOW', '')} / {tell('GITHUB_JOB', '')}", number, url
        )
    if tell("GITLAB_CI") == "true":
        name = f"{tell('CI_PROJECT_PATH', '')} / {tell('CI_JOB_NAME', '')}"
        return _told("GitLab CI", "gitlab", name, tell("CI_PIPELINE_IID", ""), tell("CI_JOB_URL", ""))
    return None


def _told(name: str, kind: str, job: str, number: str, url: str) -> dict[str, str | int]:
    told: dict[str, str | int] = {
        "name": name,
        "type": kind,
        "buildName": safe(f"{job} #{number}"),
        "buildUrl": safe(url),
    }
    if number.isdigit():
        told["buildOrder"] = int(number)
    return told


def write_executor(folder: Path, environment: Mapping[str, str]) -> None:
    """Write it where there is one."""
    told = executor(environment)
    if told is not None:
        write_whole(folder / "executor.json", json.dumps(told, indent=1) + "\n")
