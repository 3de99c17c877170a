"""What every site said of every scenario, as the table of clauses and sites opens it: expected, actual, exchange."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from conformance.reporting.documentation.release_pages import LivingDocumentation, why_of, word_of
from conformance.reporting.summary import ReportedScenario, RunFile

#: One letter for each outcome in a line of a site; a blank where it did not run the scenario.
LETTERS = {
    "passed": "p",
    "warned": "w",
    "failed": "f",
    "flaky": "y",
    "broken": "b",
    "known": "k",
    "observed": "o",
    "skipped": "s",
}


def site_results(documentation: LivingDocumentation, home: Path) -> dict[str, Any]:
    """Scenarios, and for each site a letter a scenario with what must be told of it; links are seen from ``home``."""
    scenarios = documentation.scenarios
    sites = {run.site: _site(documentation, run.site, home) for run in documentation.latest}
    return {
        "letters": {letter: word for word, letter in LETTERS.items()},
        "scenarios": [[one.clause, one.title, one.place, one.level] for one in scenarios],
        "sites": sites,
    }


def _site(documentation: LivingDocumentation, site: str, home: Path) -> dict[str, Any]:
    letters, found = [], {}
    for place, scenario in enumerate(documentation.scenarios):
        run, told = documentation.told(scenario).get(site, (None, None))
        letters.append(LETTERS[word_of(told)] if told else " ")
        if run and told and (told.violations or told.outcome != "passed"):
            found[place] = _found(run, told, home)
    return {"letters": "".join(letters), "found": found}


def _found(run: RunFile, told: ReportedScenario, home: Path) -> list[Any]:
    """Why, each finding, and each exchange with where it can be opened from, "" when it is not there any more."""
    violations = [[one.check, one.operation, one.path, one.expected, one.actual] for one in told.violations]
    exchanges = [_exchange(run, words, home) for words in told.exchanges] if told.outcome != "skipped" else []
    return ["" if violations else why_of(told), violations, exchanges]


def _exchange(run: RunFile, words: str, home: Path) -> list[str]:
    name = Path(words.partition(":")[2] or words).name
    file = Path(run.file).parent / "exchanges" / name
    return [name, Path(os.path.relpath(file, home)).as_posix() if file.is_file() else ""]
