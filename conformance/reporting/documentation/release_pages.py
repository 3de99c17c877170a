"""The pages of the releases: every clause with its scenarios and what runs said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from conformance import __version__
from conformance.judge.clauses import Clause
from conformance.reporting.comparison.compare_output import totals
from conformance.reporting.outcome import LEVELS, OUTCOMES, SKIP_CLASSES
from conformance.reporting.pages import Pages, render, script_data
from conformance.reporting.summary import ReportedScenario, RunFile
from conformance.sites.release import Release

#: What a clause calls every operation there is.
EVERY = "all operations"
#: The worst outcome of its scenarios is the outcome of a clause on a site.
_WORST_FIRST = ("failed", "flaky", "broken", "known", "warned", "passed", "observed", "skipped")


@dataclass(frozen=True)
class DocumentedStep:
    """One step as the feature has it, the row of an outline filled in."""

    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class DocumentedScenario:
    """One scenario, or one row of an outline, as a reader wants it. ``about`` is the text under the feature's name.

    ``weaker`` is its level where it claims less than its clause, else empty.
    """

    nodeid: str
    clause: str
    weaker: str
    title: str
    place: str
    feature: str
    about: str
    rule: str
    description: str
    until: str
    operations: tuple[str, ...]
    conditions: tuple[str, ...]
    steps: tuple[DocumentedStep, ...]
    level: str = "must"
    roles: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SiteOutcome:
    """The last word of a site on a scenario or a clause."""

    site: str
    mock: bool
    outcome: str
    day: str
    why: str = ""


@dataclass(frozen=True)
class ReleaseNoteItem:
    """One heading of the notes with its clauses."""

    heading: str
    heading_zh: str
    about: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class LivingDocumentation:
    """Clauses, scenarios and runs, put in relation."""

    clauses: Mapping[str, Clause]
    scenarios: tuple[DocumentedScenario, ...]
    runs: tuple[RunFile, ...]

    @cached_property
    def by_clause(self) -> dict[str, tuple[DocumentedScenario, ...]]:
        """The scenarios of each clause."""
        return {
            name: tuple(scenario for scenario in self.scenarios if scenario.clause == name) for name in self.clauses
        }

    @cached_property
    def releases(self) -> dict[Release, tuple[ReleaseNoteItem, ...]]:
        """The items of each release, the newest release first."""
        found: dict[Release, dict[str, list[Clause]]] = {}
        for clause in self.clauses.values():
            found.setdefault(clause.release, {}).setdefault(clause.item, []).append(clause)
        return {
            release: tuple(self._item(clauses) for clauses in found[release].values())
            for release in sorted(found, reverse=True)
        }

    def _item(self, clauses: list[Clause]) -> ReleaseNoteItem:
        # A clause may be judged beside those of another item: the feature most scenarios stand in is the item's own.
        about = Counter(scenario.about for one in clauses for scenario in self.by_clause[one.id]).most_common(1)
        return ReleaseNoteItem(clauses[0].item, clauses[0].item_zh, about[0][0] if about else "", tuple(clauses))

    @cached_property
    def operations(self) -> dict[str, tuple[Clause, ...]]:
        """The clauses of each operation; those of all operations stand apart, under that name, and come first."""
        found: dict[str, list[Clause]] = {EVERY: []}
        for clause in self.clauses.values():
            for name in self.spoken_of(clause):
                found.setdefault(name, []).append(clause)
        return {name: tuple(found[name]) for name in sorted(found, key=lambda name: (name != EVERY, name.lower()))}

    def spoken_of(self, clause: Clause) -> list[str]:
        """The operations a clause names, else those its scenarios send, else its subject in words."""
        if clause.operation == EVERY:
            return [EVERY]
        sent = dict.fromkeys(name for scenario in self.by_clause[clause.id] for name in scenario.operations)
        names = {name for scenario in self.scenarios for name in scenario.operations}
        return sorted(name for name in names if clause.speaks_of(name)) or list(sent) or [clause.operation]

    @cached_property
    def latest(self) -> tuple[RunFile, ...]:
        """The last run of each site, live sites first."""
        ordered = sorted(self.runs, key=lambda run: run.finished)
        return tuple(sorted({run.site: run for run in ordered}.values(), key=lambda run: (run.mock, run.site)))

    @cached_property
    def _told(self) -> dict[str, list[tuple[RunFile, ReportedScenario]]]:
        """What runs told of each scenario, the latest first."""
        told: dict[str, list[tuple[RunFile, ReportedScenario]]] = {}
        for run in sorted(self.runs, key=lambda run: run.finished, reverse=True):
            for nodeid, one in run.scenarios.items():
                told.setdefault(nodeid, []).append((run, one))
        return told

    def told(self, scenario: DocumentedScenario) -> dict[str, tuple[RunFile, ReportedScenario]]:
        """What each site last told of a scenario, with the run that did."""
        found: dict[str, tuple[RunFile, ReportedScenario]] = {}
        for run, one in self._told.get(scenario.nodeid, ()):
            found.setdefault(run.site, (run, one))
        return found

    def words(self, scenario: DocumentedScenario) -> tuple[SiteOutcome, ...]:
        """The last word of each site on a scenario, live sites first."""
        last = [
            SiteOutcome(run.site, run.mock, word_of(told), run.day, why_of(told))
            for run, told in self.told(scenario).values()
        ]
        return tuple(sorted(last, key=lambda word: (word.mock, word.site)))

    def clause_words(self, clause: Clause) -> tuple[SiteOutcome, ...]:
        """The last word of each site on a clause: the worst of its scenarios."""
        found: dict[str, list[SiteOutcome]] = {}
        for scenario in self.by_clause[clause.id]:
            for word in self.words(scenario):
                found.setdefault(word.site, []).append(word)
        worst = (min(words, key=lambda word: _WORST_FIRST.index(word.outcome)) for words in found.values())
        return tuple(sorted(worst, key=lambda word: (word.mock, word.site)))

    def by_site(self, clause: Clause) -> dict[str, SiteOutcome]:
        """The last word of each site on a clause, by the name of the site."""
        return {word.site: word for word in self.clause_words(clause)}

    def confirmed(self, scenario: DocumentedScenario) -> SiteOutcome | None:
        """When a live site, not a mock, last kept what the scenario asks."""
        for run, told in self._told.get(scenario.nodeid, ()):
            if not run.mock and told.outcome == "passed":
                return SiteOutcome(run.site, mock=False, outcome="passed", day=run.day)
        return None

    def clause_confirmed(self, clause: Clause) -> SiteOutcome | None:
        """When the last of its scenarios was confirmed on a live site; None while one never was."""
        words = [self.confirmed(scenario) for scenario in self.by_clause[clause.id]]
        return min((word for word in words if word), key=lambda word: word.day) if words and all(words) else None

    @cached_property
    def confirmed_clauses(self) -> int:
        """Clauses all of whose scenarios a live site has kept."""
        return sum(self.clause_confirmed(clause) is not None for clause in self.clauses.values())


def word_of(told: ReportedScenario) -> str:
    """The outcome; what passed with a warning is not what passed."""
    return "warned" if told.outcome == "passed" and told.causes else told.word


def why_of(told: ReportedScenario) -> str:
    """What decided the outcome, else what it failed or warned by."""
    return told.why or "; ".join(told.causes)


def living_documentation(
    clauses: Mapping[str, Clause], scenarios: Iterable[DocumentedScenario], runs: Iterable[RunFile]
) -> LivingDocumentation:
    """Clauses, scenarios and runs, put in relation."""
    return LivingDocumentation(clauses, tuple(scenarios), tuple(runs))


#: What features call things that the notes, or people, call by several names; and what stands in braces.
WORDS = {
    "large event": "a session of Webex Events (new), which the notes also call Events 2.0 and EC 2.0",
    "webcast": "a large event in webcast view",
    "classic event": "a session of Webex Events (classic), the Event Center",
    "classic-era user": "a user created before the site moved to Control Hub; a control-hub user came after",
    "disposable": "named by the profile for the run to change; restored as far as the API allows",
    "new": "created by the run, and removed at its end",
    "signed in": "accepted by the site, whatever the operation then answers",
    "finds nothing": "is refused with 000015, which is what an empty list is",
    "recorded": "written to the reports, never judged",
    "{host.email}, {new event.sessionKey}": "an element of an account, or of something the scenario holds",
    "{sent.email}": "an element of the latest request",
    "{attempted user.email}": "an element of the latest request to create a user, whether it succeeded or not",
    "{now - 30 days}, {10000 characters}": "a date as the API writes it; a text of that length",
}


#: Not by colour alone.
SIGNS = {
    "passed": "✓",
    "warned": "!",
    "failed": "✗",
    "flaky": "≈",
    "broken": "?",
    "known": "k",
    "observed": "o",
    "skipped": "·",
}
#: Told apart on the page, where a run counts it as passed.
WARNED = {"warned": "passed, though a should was not kept: a strict run would fail"}


def documentation_page(
    documentation: LivingDocumentation,
    pages: Pages,
    index: Sequence[Sequence[str]] = (),
    results: Mapping[str, Any] | None = None,
) -> str:
    """The page, complete in itself; ``index`` is what its search finds, ``results`` what its table opens."""
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    outcomes = {**OUTCOMES, **WARNED}
    return render(
        "docs.html",
        documentation=documentation,
        legend={"levels": LEVELS, "outcomes": outcomes, "skipped, because of": SKIP_CLASSES, "words": WORDS},
        made=made,
        suite=__version__,
        totals=totals,
        signs=SIGNS,
        narrowed_by=_filters(documentation),
        pages=pages,
        index=script_data(index),
        results=script_data(results or {}),
    )


def _filters(documentation: LivingDocumentation) -> dict[str, list[str]]:
    """What the table of clauses and sites can be narrowed to."""
    return {
        "outcome": [*SIGNS, "not run"],
        "level": list(LEVELS),
        "release": [str(release) for release in documentation.releases],
        "site": [run.site for run in documentation.latest],
        "operation": list(documentation.operations),
    }
