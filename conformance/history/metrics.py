"""``metrics.prom``: a run as OpenMetrics text, for the text file collector of a node exporter or for a push gateway.

Written by hand: the form is forty lines, and importing prometheus_client costs a run a tenth of a second.
``tests/history/test_metrics.py`` holds every file against that library's parser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from conformance.history.night import quantiles
from conformance.reporting.outcome import LEVELS, OUTCOMES
from conformance.reporting.summary import RunRecord
from conformance.sites.masking import secret_registry
from conformance.sites.user_files import write_whole

#: Below the folder of the reports.
METRICS = "metrics.prom"
_PREFIX = "webex_conformance"
_Samples = Iterable[tuple[Mapping[str, str], float]]


def write_metrics(record: RunRecord, file: Path) -> None:
    """Write the metrics of a run in one move: a scrape finds all of them or none."""
    write_whole(file, secret_registry.mask("\n".join([*_lines(record), "# EOF", ""])))


def _lines(record: RunRecord) -> Iterator[str]:
    site = {"site": record.site}
    told = Counter((one.level, one.outcome) for one in record.scenarios)
    yield from _gauge(
        "scenarios",
        "Scenarios of the last run by level of the clause and outcome.",
        ((site | {"level": level, "outcome": word}, told[level, word]) for level in LEVELS for word in OUTCOMES),
    )
    clauses = Counter(row["outcome"] for row in record.clause_rows())
    yield from _gauge(
        "clauses",
        "Clauses of the release notes by outcome in the last run.",
        ((site | {"outcome": word}, count) for word, count in sorted(clauses.items())),
    )
    yield from _gauge("requests", "Requests the last run sent.", [(site, record.sent)])
    yield from _gauge("problems", "Problems of the last run beside its scenarios.", [(site, len(record.problems))])
    yield from _gauge("run_started_seconds", "When the last run began.", [(site, record.started)], "seconds")
    duration = record.finished - record.started
    yield from _gauge("run_duration_seconds", "How long it took.", [(site, duration)], "seconds")
    releases = site | {"judged_as": record.judged_as, "site_release": record.site_release}
    yield from _gauge("run", "The releases of the last run; always 1.", [(releases, 1)])
    yield from _summary(site, record.reply_times)


def _gauge(name: str, words: str, samples: _Samples, unit: str = "") -> Iterator[str]:
    yield f"# TYPE {_PREFIX}_{name} gauge"
    if unit:
        yield f"# UNIT {_PREFIX}_{name} {unit}"
    yield f"# HELP {_PREFIX}_{name} {words}"
    yield from (f"{_PREFIX}_{name}{_labels(labels)} {value:.15g}" for labels, value in samples)


def _summary(site: Mapping[str, str], times: Mapping[str, Iterable[float]]) -> Iterator[str]:
    name = f"{_PREFIX}_reply_seconds"
    yield f"# TYPE {name} summary"
    yield f"# UNIT {name} seconds"
    yield f"# HELP {name} How long replies took in the last run, by operation."
    for operation, seconds in sorted(times.items()):
        every = tuple(seconds)
        count, half, most, longest = quantiles(every)
        labels = {**site, "operation": operation}
        for share, value in (("0.5", half), ("0.95", most), ("1.0", longest)):
            yield f"{name}{_labels(labels | {'quantile': share})} {value / 1000:.15g}"
        yield f"{name}_count{_labels(labels)} {count}"
        yield f"{name}_sum{_labels(labels)} {sum(every):.15g}"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
