"""``summary.json``: a run as one document for machines, and read back for comparison and for the living documentation.

It is written last, so that its presence means the run is complete.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.judge.findings import Violation
from conformance.reporting.outcome import OUTCOMES, Cause, ScenarioResult, cause_name, causes
from conformance.reporting.shapes import Announcements, Baseline, KeptValues, Shape
from conformance.reporting.whose_fault import Cluster, clusters
from conformance.sites.errors import UserError
from conformance.sites.masking import secret_registry
from conformance.sites.release import Release
from conformance.sites.user_files import (
    UNREADABLE,
    names_file,
    names_folder,
    read_user_file,
    why_unreadable,
    write_whole,
)

FORMAT = 1
_UNMEASURED = "baseline: "
#: What a site that is set otherwise may take over from its baseline, the worst first.
_VERDICTS = ("failed", "known", "passed")
#: The worst outcome of its scenarios is the outcome of a clause.
_WORST_FIRST = ("failed", "flaky", "broken", "known", "passed", "skipped")


@dataclass(frozen=True)
class RunRecord:
    """Everything a report of one run on one site is made from.

    ``in_baseline`` are the verdicts of scenarios that this site, as it is set
    now, cannot be judged by, and an earlier run on it could, on ``baseline_day``;
    ``discovered`` is what the run found out beside the profile, in words;
    ``deactivated`` are the users it made who stay on the site;
    ``judged_as`` is the release of the contract, ``site_release`` what the site
    says it runs; ``problems`` make a run red though no scenario failed;
    ``cleanup_errors`` is clean-up that did not work; it changes no verdict.
    ``notes`` is what a reader must know beside the verdicts: where the site says
    otherwise than its profile, and what was done differently for it. ``unwell`` counts signs of an outage, ``backup``
    replies of the backup of the site, ``not_served`` is what operations were answered that nobody here is served,
    ``reply_times`` are how long each reply of an operation took, in seconds.
    """

    site: str
    url: str
    mock: bool
    judged_as: str
    site_release: str
    access: str
    strict: bool
    schema: str
    roles: tuple[str, ...]
    clauses: Mapping[str, Clause]
    started: float
    finished: float
    scenarios: tuple[ScenarioResult, ...]
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    nights: Mapping[str, KeptValues] = field(default_factory=dict)
    drift: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    cleanup_errors: tuple[str, ...] = ()
    sent: int = 0
    discovered: tuple[str, ...] = ()
    deactivated: tuple[str, ...] = ()
    selected_of: tuple[int, int] = (0, 0)
    in_baseline: Mapping[str, str] = field(default_factory=dict)
    baseline_day: str = ""
    notes: tuple[str, ...] = ()
    unwell: Mapping[str, int] = field(default_factory=dict)
    backup: int = 0
    not_served: Mapping[str, str] = field(default_factory=dict)
    reply_times: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def totals(self) -> dict[str, int]:
        """Scenarios by outcome."""
        return {outcome: sum(1 for result in self.scenarios if result.outcome == outcome) for outcome in OUTCOMES}

    def clause_rows(self) -> list[dict[str, Any]]:
        """Every clause with its outcome: the worst of its scenarios, ``not-run`` when none was selected."""
        return [self._clause_row(clause) for clause in self.clauses.values()]

    def _clause_row(self, clause: Clause) -> dict[str, Any]:
        mine = [result for result in self.scenarios if clause.id in result.clauses]
        outcomes = {result.outcome for result in mine}
        outcome = next((word for word in _WORST_FIRST if word in outcomes), "not-run")
        skips = sorted({f"{result.skip.kind}: {result.skip.why}" for result in mine if result.skip})
        observed = any(result.skip and result.skip.kind == "observe-only" for result in mine)
        return {
            "id": clause.id,
            "release": str(clause.release),
            "operation": clause.operation,
            "level": clause.level,
            "outcome": "observed" if observed and outcome == "skipped" else outcome,
            "scenarios": len(mine),
            "skip": skips[0] if skips and outcome == "skipped" and not observed else None,
            "baseline": self._judged_before(mine) if outcome == "skipped" and not observed else None,
        }

    def _judged_before(self, results: Iterable[ScenarioResult]) -> str | None:
        """The worst verdict of the baseline on scenarios that the settings of the site keep from running here."""
        found = {self.in_baseline.get(result.nodeid) for result in results}
        return next((word for word in _VERDICTS if word in found), None)

    def accounting(self) -> dict[str, int]:
        """Clauses by what became of them; apart those that lack a measure, and those only the baseline could judge."""
        rows = self.clause_rows()
        outcomes = [row["outcome"] for row in rows]
        before = sum(row["baseline"] is not None for row in rows)
        unmeasured = sum(str(row["skip"]).startswith(_UNMEASURED) and row["baseline"] is None for row in rows)
        return {
            "clauses": len(outcomes),
            "judged": sum(word in ("passed", "failed", "flaky", "broken", "known") for word in outcomes),
            **{word: outcomes.count(word) for word in ("broken", "observed")},
            "not_judged_here": unmeasured,
            "judged_in_baseline": before,
            "not_applicable": outcomes.count("skipped") - unmeasured - before,
            "not_selected": outcomes.count("not-run"),
        }


def as_json(record: RunRecord) -> dict[str, Any]:
    """The summary as plain values (``summary.schema.json``)."""
    return {
        "format": FORMAT,
        "suite": __version__,
        "site": record.site,
        "mock": record.mock,
        "release": record.judged_as,
        "site_release": record.site_release,
        "access": record.access,
        "strict": record.strict,
        "schema": record.schema,
        "started": _stamp(record.started),
        "finished": _stamp(record.finished),
        "totals": record.totals(),
        "accounting": record.accounting(),
        "selected": {"scenarios": record.selected_of[0], "of": record.selected_of[1]},
        "scenarios": [_scenario(result, record) for result in record.scenarios],
        "clauses": record.clause_rows(),
        "causes": [_cause(one) for one in causes(record.scenarios)],
        "clusters": [_cluster(one) for one in clusters(record.scenarios)],
        "notes": list(record.notes),
        "unwell": dict(record.unwell),
        "backup": record.backup,
        "not_served": dict(record.not_served),
        "problems": list(record.problems),
        "troubles": list(record.cleanup_errors),
        "requests": record.sent,
        "discovered": list(record.discovered),
        "deactivated": list(record.deactivated),
        **_replies(record),
    }


def _replies(record: RunRecord) -> dict[str, Any]:
    """What is kept of the replies, to compare other runs with."""
    return {
        "drift": {operation: sorted(paths) for operation, paths in sorted(record.drift.items())},
        "nights": record.nights,
        "shapes": {operation: dict(sorted(shape.items())) for operation, shape in sorted(record.shapes.items())},
    }


def write_summary(record: RunRecord, file: Path) -> None:
    """Write the summary in one move: a reader finds all of it or none."""
    write_whole(file, secret_registry.masked_json(as_json(record), _lines) + "\n")


def _lines(whole: dict[str, Any]) -> str:
    """JSON for people too: a line for each scenario, clause and element. (json's own indent is six times slower.)"""
    return "{\n" + ",\n".join(f"{_compact(key)}: {_block(value)}" for key, value in whole.items()) + "\n}"


def _block(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n " + ",\n ".join(map(_compact, value)) + "\n]"
    if isinstance(value, dict) and any(isinstance(item, dict | list) for item in value.values()):
        return "{\n " + ",\n ".join(f"{_compact(key)}: {_compact(item)}" for key, item in value.items()) + "\n}"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _scenario(result: ScenarioResult, record: RunRecord) -> dict[str, Any]:
    row = result.as_json()
    row["duration_s"] = round(result.duration_s, 4)
    row["baseline"] = record.in_baseline.get(result.nodeid)
    return row


def _cause(cause: Cause) -> dict[str, Any]:
    _, path, wrong = cause.first.cause
    return {
        "outcome": cause.outcome,
        "operation": cause.operations[0] if len(cause.operations) == 1 else "",
        "path": path,
        "wrong": wrong,
        "checks": list(cause.checks),
        "expected": cause.first.expected,
        "actual": cause.first.actual,
        "clauses": list(cause.clauses),
        "scenarios": [result.nodeid for result in cause.results],
        "warned": [result.nodeid for result in cause.warned],
    }


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {
        "fault": cluster.fault,
        "words": cluster.words,
        "evidence": cluster.results[0].evidence,
        "scenarios": [result.nodeid for result in cluster.results],
    }


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def badge(record: RunRecord) -> dict[str, Any]:
    """A shields.io endpoint badge."""
    totals = record.totals()
    bad = [f"{totals[outcome]} {outcome}" for outcome in ("failed", "flaky", "broken") if totals[outcome]]
    color = "critical" if totals["failed"] else "orange" if bad or record.problems else "success"
    return {
        "schemaVersion": 1,
        "label": f"XML API {record.judged_as}",
        "message": ", ".join(bad) or f"{totals['passed']} passed",
        "color": color,
    }


def by_release(record: RunRecord) -> Iterable[tuple[str, list[ScenarioResult], list[dict[str, Any]]]]:
    """For each release of the clause list: its scenarios and its clauses."""
    rows = record.clause_rows()
    for release in dict.fromkeys(row["release"] for row in rows):
        mine = [row for row in rows if row["release"] == release]
        ids = {row["id"] for row in mine}
        yield release, [result for result in record.scenarios if ids & set(result.clauses)], mine


SUMMARY = "summary.json"
#: Beside the folders of a run over several sites.
OVERVIEW = "overview.json"
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class ReportedScenario:
    """What a run told of one scenario: ``kind`` is the reason class of a skip, ``why`` what decided the outcome.

    ``causes`` are what it failed or warned by, as all scenarios with that cause say it; ``row`` and the fingerprint
    ``steps`` tell it apart under another title.
    """

    nodeid: str
    title: str
    clauses: tuple[str, ...]
    operations: tuple[str, ...]
    outcome: str
    kind: str
    why: str
    causes: tuple[str, ...] = ()
    row: str = ""
    steps: str = ""
    fault: str = ""
    violations: tuple[Violation, ...] = ()
    exchanges: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The outcome, with what was only observed told apart from what does not apply."""
        return "observed" if self.kind == "observe-only" else self.outcome


@dataclass(frozen=True)
class RunFile:
    """One finished run. ``release`` is what the site ran: what it says of itself, else what it was judged as."""

    file: str
    site: str
    mock: bool
    suite: str
    judged_as: Release
    release: Release
    access: str
    strict: bool
    finished: datetime
    scenarios: Mapping[str, ReportedScenario]
    clauses: Mapping[str, str]
    shapes: Mapping[str, Shape]
    nights: Mapping[str, KeptValues]
    problems: tuple[str, ...]
    started: datetime | None = None

    @property
    def name(self) -> str:
        """Site and release, as headings name a run."""
        return f"{self.site} {self.release}{' (mock)' if self.mock and self.site != 'mock' else ''}"

    @property
    def day(self) -> str:
        """When the run ended."""
        return f"{self.finished:%Y-%m-%d %H:%M} UTC"

    def totals(self) -> dict[str, int]:
        """Scenarios by outcome."""
        return {word: sum(told.outcome == word for told in self.scenarios.values()) for word in OUTCOMES}


def read_run(path: Path) -> RunFile:
    """The run in ``path``, a summary or the reports folder that holds one; :class:`UserError` if there is none."""
    file = path / SUMMARY if names_folder(path) else path
    if not names_file(file):
        raise _missing(path, file)
    document = _document(file)
    try:
        run = _run(file, document)
        wanted = document["selected"]["scenarios"]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        what = f"it misses {problem}" if isinstance(problem, KeyError) else str(problem)
        raise UserError("summary-form", f"this is no summary of a run: {what}", where=str(file)) from None
    if len(run.scenarios) != wanted:
        told = f"{len(run.scenarios)} of {wanted} selected scenarios"
        raise UserError("run-incomplete", f"the run is incomplete: it tells of {told}", where=str(file))
    if len(run.scenarios) != len(document["scenarios"]):
        raise UserError("summary-form", "this is no summary of a run: a scenario is told twice", where=str(file))
    return run


def folders_of(reports: Path) -> list[Path]:
    """The folders of the last run in ``reports``: itself, or one for each site of a run over several."""
    file = reports / OVERVIEW
    sites = _document(file).get("sites", {}) if file.is_file() else {}
    if not isinstance(sites, dict):
        raise UserError("summary-form", "this is no overview of a run: it has no table of sites", where=str(file))
    return [reports / site for site in sites] or [reports]


def read_baseline(path: Path, site: str, clauses: Mapping[str, Clause], release: Release) -> Baseline:
    """The baseline in ``path`` for ``site`` judged as ``release``; :class:`UserError` when it is of another site.

    The reports of a run over several sites hold a folder for each.
    """
    alone = path / site
    run = read_run(alone if names_file(alone / SUMMARY) else path)
    if run.site != site:
        raise UserError(
            "baseline-site",
            f"the baseline was recorded on {run.site}, this run judges {site}",
            where=run.file,
            hint="a baseline is an earlier run on the same site; two sites are compared by webex-conformance compare",
        )
    lower, upper = sorted((run.release, release))
    between = [clause for clause in clauses.values() if lower < clause.release <= upper]
    verdicts = {one.nodeid: one.outcome for one in run.scenarios.values() if one.outcome in _VERDICTS}
    return Baseline(
        release=run.release,
        day=run.day,
        shapes=run.shapes,
        nights=run.nights,
        announced=Announcements(between, back=release < run.release),
        verdicts=verdicts if run.judged_as == release else {},
    )


def _missing(path: Path, file: Path) -> UserError:
    if names_folder(path) and any(path.iterdir()):
        return UserError(
            "run-incomplete",
            f"the run is incomplete: there is no {SUMMARY}, which is written last",
            where=str(path),
            hint="go on with it: pytest features --resume --reports ...",
        )
    return UserError("summary-missing", "there is no summary of a run", where=str(file), hint="name --reports of a run")


def _document(file: Path) -> dict[str, Any]:
    try:
        text = read_user_file(file)
        document = json.loads(text)
        if "\\ud" in text.lower():
            # JSON can spell half a character, which no report could be written with.
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (OSError, *UNREADABLE) as problem:
        what, hint = f"cannot read the summary: {why_unreadable(problem)}", "name the summary.json of a finished run"
        raise UserError("summary-unreadable", what, where=str(file), hint=hint) from None
    if not isinstance(document, dict) or "format" not in document:
        raise UserError("summary-form", "this is no summary of a run: it misses 'format'", where=str(file))
    if document["format"] != FORMAT or isinstance(document["format"], bool):
        what = f"the summary has format {document['format']}, this suite reads format {FORMAT}"
        raise UserError("summary-format", what, where=str(file), hint="run again with this suite")
    return document


def _run(file: Path, document: dict[str, Any]) -> RunFile:
    judged_as = Release.parse(document["release"], where=str(file))
    runs = document["site_release"]
    return RunFile(
        file=str(file),
        site=_typed(str, document["site"]),
        mock=_typed(bool, document["mock"]),
        suite=_typed(str, document["suite"]),
        judged_as=judged_as,
        release=Release.parse(runs, where=str(file)) if runs else judged_as,
        access=_typed(str, document["access"]),
        strict=_typed(bool, document["strict"]),
        finished=_moment(document["finished"]),
        scenarios={row["nodeid"]: _told(row) for row in document["scenarios"]},
        clauses={row["id"]: _typed(str, row["outcome"]) for row in document["clauses"]},
        shapes={name: {path: _row(row) for path, row in shape.items()} for name, shape in document["shapes"].items()},
        nights=_nights(document.get("nights", {})),
        problems=_texts(document["problems"]),
        started=_moment(document["started"]),
    )


def _nights(document: object) -> dict[str, KeptValues]:
    """What was kept of a night, every text of it seen to be one; nothing before 2026-11."""
    return {
        night: {
            operation: {role: {path: _typed(str, text) for path, text in told.items()} for role, told in roles.items()}
            for operation, roles in operations.items()
        }
        for night, operations in _typed(dict, document).items()
    }


def _typed(kind: type[_Value], value: object) -> _Value:
    if not isinstance(value, kind):
        raise TypeError(f"{str(value)[:60]!r} stands where {kind.__name__} belongs")
    return value


def _texts(values: object) -> tuple[str, ...]:
    return tuple(_typed(str, value) for value in _typed(list, values))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment


def _row(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {column: _typed(int, row[column]) for column in ("count", "parents")}
    return {**numbers, **{column: list(_texts(row[column])) for column in ("kinds", "words", "after")}}


def _told(row: dict[str, Any]) -> ReportedScenario:
    skip = row["skip"] or {"kind": "", "why": ""}
    if row["outcome"] not in OUTCOMES:
        raise ValueError(f"{str(row['outcome'])[:60]!r} is no outcome of a scenario")
    return ReportedScenario(
        nodeid=_typed(str, row["nodeid"]),
        title=_typed(str, row["title"]),
        clauses=_texts(row["clauses"]),
        operations=_texts(row["operations"]),
        outcome=row["outcome"],
        kind=_typed(str, skip["kind"]),
        why=_why(row) or _typed(str, skip["why"]),
        row=_typed(str, row.get("row", "")),
        steps=_typed(str, row.get("steps", "")),
        fault=_typed(str, row.get("fault", "")),
        causes=tuple(dict.fromkeys(cause_name(_violation(one)) for one in row["violations"])),
        violations=tuple(map(_violation, row["violations"])),
        exchanges=_texts(row.get("exchanges", [])),
    )


def _violation(row: dict[str, Any]) -> Violation:
    keys = ("clause", "check", "operation", "path", "expected", "actual")
    clause, check, operation, path, expected, actual = (_typed(str, row[key]) for key in keys)
    return Violation(clause, check, operation, path, expected, actual)


def _why(row: dict[str, Any]) -> str:
    if row["outcome"] == "broken":
        return str(row["cause"]).partition("\n")[0]
    if row["outcome"] == "known":
        return f"known issue: {row['known']}" + (f" ({row['owner']})" if row.get("owner") else "")
    found = map(_violation, row["violations"] if row["outcome"] in ("failed", "flaky") else [])
    return "; ".join(f"{one.check}: {one.path}: expected {one.expected}, actual {one.actual}" for one in found)
