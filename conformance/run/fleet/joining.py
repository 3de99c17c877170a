"""One run made of the records of its parts: a site that several shards asked."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.history.metrics import METRICS, write_metrics
from conformance.reporting import allure
from conformance.reporting.junit import write_junit
from conformance.reporting.outcome import FirstFindings, ScenarioResult
from conformance.reporting.shapes import KeptValues, Shape, merge
from conformance.reporting.statement import NEW_ISSUES, stanzas
from conformance.reporting.summary import SUMMARY, RunRecord, badge, write_summary
from conformance.sites.errors import UserError
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import write_whole

#: What all parts of a site must have been told alike.
_TERMS = ("judged_as", "access", "strict")


def joined(
    records: Sequence[RunRecord], parts: Sequence[Mapping[str, Any]], order: Sequence[str], expected: int
) -> RunRecord:
    """The run that ``records`` are parts of, its scenarios in the ``order`` of the run."""
    first = records[0]
    for term in _TERMS:
        told = {str(getattr(one, term)) for one in records}
        if len(told) > 1:
            words = f"parts of {first.site} differ: {term} is {' and '.join(sorted(told))}"
            raise UserError("merge-terms", words, hint="carry the shards out again: the site changed between them")
    places = {nodeid: place for place, nodeid in enumerate(order)}
    every = (one for record in records for one in record.scenarios)
    results = sorted(every, key=lambda one: (places.get(one.nodeid, len(places)), one.nodeid))
    return replace(
        first,
        started=min(one.started for one in records),
        finished=max(one.finished for one in records),
        scenarios=_told_once(results),
        shapes=_shapes(records),
        nights=_nights(records),
        drift=_drift(records),
        problems=(*_union(one.problems for one in records), *_unlisted(parts)),
        cleanup_errors=_union(one.cleanup_errors for one in records),
        sent=sum(one.sent for one in records),
        discovered=_union(one.discovered for one in records),
        deactivated=_union(one.deactivated for one in records),
        roles=_union(one.roles for one in records),
        selected_of=(expected, first.selected_of[1]),
        in_baseline={name: word for one in records for name, word in one.in_baseline.items()},
        notes=_union(one.notes for one in records),
        unwell=sum((Counter(one.unwell) for one in records), Counter[str]()),
        backup=sum(one.backup for one in records),
        not_served={name: words for one in records for name, words in one.not_served.items()},
        reply_times=_times(records),
    )


def _told_once(results: Iterable[ScenarioResult]) -> tuple[ScenarioResult, ...]:
    """An operation that is not served is one failure, however many parts found that out."""
    first = FirstFindings()
    return tuple(map(first.only, results))


def _union(several: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in several for one in each))


def _shapes(records: Sequence[RunRecord]) -> dict[str, Shape]:
    names = dict.fromkeys(name for one in records for name in one.shapes)
    return {name: merge(one.shapes[name] for one in records if name in one.shapes) for name in names}


def _nights(records: Sequence[RunRecord]) -> dict[str, KeptValues]:
    whole: dict[str, KeptValues] = {}
    for record in records:
        for night, operations in record.nights.items():
            kept = whole.setdefault(night, {})
            for operation, roles in operations.items():
                kept.setdefault(operation, {}).update(roles)
    return whole


def _drift(records: Sequence[RunRecord]) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys(name for one in records for name in one.drift)
    return {name: _union(one.drift.get(name, ()) for one in records) for name in names}


def _times(records: Sequence[RunRecord]) -> dict[str, tuple[float, ...]]:
    names = dict.fromkeys(name for one in records for name in one.reply_times)
    return {name: tuple(time for one in records for time in one.reply_times.get(name, ())) for name in names}


def _unlisted(parts: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Known issues that did not fail as listed in any part."""
    told = list(parts)
    matched = {where for part in told for where in part["matched"]}
    return _union((words for where, words in part["unlisted"].items() if where not in matched) for part in told)


def write_joined(record: RunRecord, reports: Path) -> None:
    """The reports of the run, the summary last; exchanges and Allure's results of its scenarios lie there already."""
    write_junit(record, reports / "junit.xml")
    write_metrics(record, reports / METRICS)
    if issues := stanzas(record):
        write_whole(reports / NEW_ISSUES, secret_registry.mask(issues))
    write_whole(reports / "badge.json", json.dumps(badge(record)) + "\n")
    folder = reports / "allure-results"
    if folder.is_dir():
        allure.complete_results(record, folder, os.environ)
    write_summary(record, reports / SUMMARY)
