"""One night: what one run on one site came to, small enough to be kept for years."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from conformance import __version__
from conformance.judge.findings import headline
from conformance.reporting.outcome import ScenarioResult
from conformance.reporting.shapes import Shape
from conformance.reporting.summary import RunRecord
from conformance.sites.masking import secret_registry

FORMAT = 1
#: One letter for each scenario of a night; ``W`` passed with a warning, ``O`` was recorded and is never judged.
LETTERS = {
    "P": "passed",
    "W": "passed with a warning",
    "F": "failed",
    "U": "failed by a fault of this suite",
    "K": "failed as a known issue",
    "Y": "flaky",
    "B": "broken, no verdict",
    "S": "skipped",
    "O": "observed",
    "-": "not run",
}
_BY_OUTCOME = {"passed": "P", "failed": "F", "flaky": "Y", "known": "K", "broken": "B", "skipped": "S"}
#: Characters of a cause or finding that are kept.
_FIRST_WORDS = 300


@dataclass(frozen=True)
class KeptScenario:
    """A scenario as a night knows it; ``steps`` is a fingerprint of what it does, which outlives a renamed title."""

    nodeid: str
    title: str
    row: str
    clauses: tuple[str, ...]
    release: str
    level: str
    operations: tuple[str, ...]
    steps: str


@dataclass(frozen=True)
class NightRecord:
    """One run on one site.

    ``outcomes`` holds a letter of :data:`LETTERS` for each of ``scenarios``, in
    their order; ``words`` by position the first words of what was found or went
    wrong, ``exchanges`` by position the files that show it, below ``root``.
    ``reply_times`` are count, median, 95th percentile and longest of each
    operation, in milliseconds; ``shapes`` the kinds of each element of its
    replies. ``faults``, ``attempts`` and ``owners`` tell by position whose fault a
    red was, what it came to each time it was tried, and who looks after the known
    issue. ``started`` and ``finished`` are moments in UTC; ``requests`` counts
    what was sent.
    """

    site: str
    suite: str
    mock: bool
    release: str
    site_release: str
    access: str
    strict: bool
    started: str
    finished: str
    scenarios: tuple[KeptScenario, ...]
    outcomes: str
    words: Mapping[int, str]
    exchanges: Mapping[int, tuple[str, ...]]
    requests: int
    root: str = ""
    reply_times: Mapping[str, tuple[int, float, float, float]] = field(default_factory=dict)
    shapes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    unwell: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    faults: Mapping[int, str] = field(default_factory=dict)
    attempts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    owners: Mapping[int, str] = field(default_factory=dict)

    def listed(self) -> bytes:
        """The scenarios as JSON: most nights have the same."""
        return _text([vars(one) for one in self.scenarios], _without_names)

    def parts(self) -> tuple[bytes, bytes, bytes]:
        """The night as three texts of JSON: itself, its scenarios and its shapes; most nights share the latter two."""
        scenarios = self.listed()
        shapes = _text(self.shapes)
        own = {key: value for key, value in vars(self).items() if key not in ("scenarios", "shapes")}
        own |= {"format": FORMAT, "scenarios": digest(scenarios), "shapes": digest(shapes)}
        return _text(own), scenarios, shapes


def digest(text: bytes) -> str:
    """The name of a part: a checksum of its text."""
    return hashlib.sha256(text).hexdigest()[:16]


def _text(value: Any, form: Callable[[Any], Any] = lambda told: told) -> bytes:
    return secret_registry.masked_json(value, lambda told: _compact(form(told))).encode()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _without_names(rows: list[dict[str, Any]]) -> list[list[Any]]:
    return [list(row.values()) for row in rows]


def night_of(record: RunRecord, root: str = "") -> NightRecord:
    """The night of a run; ``root`` is the folder its exchange files are named from."""
    numbered = list(enumerate(record.scenarios))
    return NightRecord(
        site=record.site,
        suite=__version__,
        mock=record.mock,
        release=record.judged_as,
        site_release=record.site_release,
        access=record.access,
        strict=record.strict,
        started=moment(record.started),
        finished=moment(record.finished),
        scenarios=tuple(_kept(one) for one in record.scenarios),
        outcomes="".join(map(_letter, record.scenarios)),
        words={place: words for place, one in numbered if (words := _words(one))},
        exchanges={place: one.exchanges for place, one in numbered if one.exchanges},
        requests=record.sent,
        root=root,
        reply_times={name: quantiles(times) for name, times in sorted(record.reply_times.items()) if times},
        shapes={name: _kinds(shape) for name, shape in sorted(record.shapes.items())},
        unwell=dict(record.unwell),
        problems=record.problems,
        faults={place: one.fault for place, one in numbered if one.fault},
        attempts={place: one.attempts for place, one in numbered if one.attempts},
        owners={place: one.owner for place, one in numbered if one.owner},
    )


def moment(seconds: float) -> str:
    """A moment in UTC as names of files can hold it: ``20261128T020000Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def _kept(result: ScenarioResult) -> KeptScenario:
    names = ("nodeid", "title", "row", "clauses", "release", "level", "operations", "steps")
    return KeptScenario(*(getattr(result, name) for name in names))


def _letter(result: ScenarioResult) -> str:
    if result.skip is not None and result.skip.kind == "observe-only":
        return "O"
    letter = "U" if (result.outcome, result.fault) == ("failed", "suite") else _BY_OUTCOME[result.outcome]
    return "W" if letter == "P" and result.violations else letter


def hardly_judged(outcomes: str) -> bool:
    """Whether most of what ran came to no verdict, as in an outage."""
    broken = outcomes.count("B") + outcomes.count("U")
    return broken > sum(map(outcomes.count, "PWFKY"))


def _words(result: ScenarioResult) -> str:
    """What decided an outcome that is not plain good."""
    if result.cause:
        first = result.cause.partition("\n")[0]
    elif result.violations:
        first = headline(result.violations[0])
    else:
        first = result.known
    return first[:_FIRST_WORDS]


def _kinds(shape: Shape) -> dict[str, tuple[str, ...]]:
    """What each element held. How many there were depends on what the site holds, and would make every night differ."""
    return {path: tuple(row["kinds"]) for path, row in sorted(shape.items())}


def quantiles(seconds: Iterable[float]) -> tuple[int, float, float, float]:
    """Count, median, 95th percentile and longest, in milliseconds."""
    ordered = sorted(1000 * one for one in seconds)
    last = len(ordered) - 1
    half, most = ordered[round(0.5 * last)], ordered[round(0.95 * last)]
    return len(ordered), round(half, 1), round(most, 1), round(ordered[last], 1)


def read_night(own: Mapping[str, Any], scenarios: list[list[Any]], shapes: Mapping[str, Any]) -> NightRecord:
    """The night that :meth:`NightRecord.parts` wrote; ``ValueError`` when it is of another form."""
    values = dict(own)
    if values.pop("format", None) != FORMAT:
        raise ValueError(f"it has format {own.get('format')!r}, this suite reads format {FORMAT}")
    kept = tuple(_kept_again(row) for row in scenarios)
    if len(values["outcomes"]) != len(kept):
        raise ValueError("it tells of another number of scenarios than it had")
    values["words"] = {int(place): words for place, words in values["words"].items()}
    for name in ("exchanges", "attempts"):
        values[name] = {int(place): tuple(several) for place, several in values.get(name, {}).items()}
    for name in ("faults", "owners"):
        values[name] = {int(place): word for place, word in values.get(name, {}).items()}
    values["reply_times"] = {name: tuple(times) for name, times in values["reply_times"].items()}
    told = {name: {path: tuple(kinds) for path, kinds in shape.items()} for name, shape in shapes.items()}
    return NightRecord(**values | {"scenarios": kept, "shapes": told, "problems": tuple(values["problems"])})


def _kept_again(row: list[Any]) -> KeptScenario:
    nodeid, title, own, clauses, release, level, operations, steps = row
    return KeptScenario(nodeid, title, own, tuple(clauses), release, level, tuple(operations), steps)


def moment_of(stamp: str) -> datetime:
    """The moment that :func:`moment` wrote."""
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def is_day(text: str) -> bool:
    """Whether ``text`` is a day as nights have it, 2026-11-28, and there is such a day."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
