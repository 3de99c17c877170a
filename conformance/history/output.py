"""``webex-conformance history``: as text, as JSON, as a page; ``export`` gives the tables to other tools."""

from __future__ import annotations

import argparse
import csv
import importlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from conformance.history.archive import at
from conformance.history.index import Index
from conformance.history.night import LETTERS, is_day
from conformance.history.series import WORDS, WORST_FIRST
from conformance.history.view import MARKS, ClauseHistory, SiteHistory, sites
from conformance.reporting.pages import Pages, render, script_data, write_page
from conformance.reporting.text import ascii_json, counted, safe, table
from conformance.sites.errors import UserError, nearest
from conformance.sites.user_files import draft_of

FORMAT = 1
#: A mark a night in text: what is good is small, what is bad can be seen.
_MARKS = str.maketrans("PWUKYSO-", ".wuk~so ")
#: States that a list shows unless all are asked for.
_TOLD = ("new", "failing", "flaky", "lost", "fixed")


def history(given: argparse.Namespace) -> int:
    """Print what the nights below ``given.history`` say, or write the page; 0, whatever they say."""
    index = Index(at(given.history))
    try:
        chosen = _chosen(index, given)
        if given.html:
            write_page(given.html, page(chosen, index.damaged))
            nights = counted(sum(len(one.nights) for one in chosen), "night")
            print(safe(f"{given.html}: {counted(len(chosen), 'site')}, {nights}"))
        elif given.json:
            print(ascii_json(as_json(chosen, index.damaged, given.clause, given.since)))
        else:
            print("\n".join(map(safe, as_text(chosen, index.damaged, given))))
    finally:
        index.close()
    return 0


def export(given: argparse.Namespace) -> int:
    """Write the tables for other tools: SQLite as it is, or one line a scenario and night as CSV or Parquet."""
    output: Path = given.output
    index = Index(at(given.history))
    try:
        writer = {".sqlite": _as_sqlite, ".csv": _as_csv, ".parquet": _as_parquet}.get(output.suffix)
        if writer is None:
            hint = "name a file that ends with .sqlite, .csv or .parquet"
            raise UserError("export-form", f"{output.name} does not say in which form", where=str(output), hint=hint)
        with draft_of(output) as draft:
            writer(index, draft)
        print(safe(f"{output}: {counted(sum(len(SiteHistory(index, site).nights) for site in sites(index)), 'night')}"))
    except OSError as problem:
        raise UserError("export", f"cannot write it: {problem.strerror}", where=str(output)) from None
    finally:
        index.close()
    return 0


def _chosen(index: Index, given: argparse.Namespace) -> list[SiteHistory]:
    known = sites(index)
    if given.since and not is_day(given.since):
        raise UserError("day", f"--since {given.since!r} is no day", where="--since", hint="write 2026-11-28")
    judged = {name for (told,) in index.connection.execute("SELECT clauses FROM scenario") for name in told.split()}
    for clause in given.clause:
        if clause not in judged:
            raise UserError("clause-unknown", f"no night judged a clause {clause!r}", hint=nearest(clause, judged))
    for site in given.site:
        if site not in known:
            raise UserError("site-unknown", f"no night of a site {site!r} is here", hint=nearest(site, known))
    return [SiteHistory(index, site) for site in given.site or known]


# -- text ----------------------------------------------------------------------


def as_text(chosen: Sequence[SiteHistory], damaged: Sequence[str], given: argparse.Namespace) -> Iterator[str]:
    """For each site a line, and the clauses of which something must be said; all of them with ``--all``."""
    for nth, site in enumerate(chosen):
        yield from ("",) * bool(nth)
        yield from _site(site, given)
    yield from (f"not read: {words}" for words in damaged)


def _site(site: SiteHistory, given: argparse.Namespace) -> Iterator[str]:
    first, last = site.nights[0], site.nights[-1]
    clauses = _since(site.clauses(given.clause), given.since)
    counts = Counter(one.state for one in clauses)
    nights = counted(len(site.nights), "night")
    yield f"{site.site}  {nights}, {first.day} to {last.day}, now {last.runs}, suite {last.suite}"
    names = {"never": "never judged"}
    yield "  " + ", ".join(f"{counts[state]} {names.get(state, state)}" for state in WORST_FIRST if counts[state])
    yield from (f"  {words}" for words in site.besides())
    told = [one for one in clauses if given.all or given.clause or one.state in _TOLD]
    if told:
        told.sort(key=lambda one: WORST_FIRST.index(one.state))
        head = f"last {MARKS} nights, the latest at the right"
        rows = [["  clause", "state", "since", "release", "last judged", head]]
        rows += [_row(one) for one in told]
        yield from table(rows)
        yield from _details(told)


def _since(clauses: list[ClauseHistory], day: str) -> list[ClauseHistory]:
    return [one for one in clauses if not day or one.since >= day]


def _row(one: ClauseHistory) -> list[str]:
    marks = one.marks.translate(_MARKS).rjust(MARKS)
    return [f"  {one.clause}", one.state, one.since, one.since_release, one.last_judged, marks]


def _details(told: Sequence[ClauseHistory]) -> Iterator[str]:
    """What was found, once for all clauses it was found for."""
    gathered: dict[tuple[str, ...], list[ClauseHistory]] = {}
    for one in told:
        if one.words or one.change:
            gathered.setdefault((one.change, one.words, one.aside), []).append(one)
    for (change, *words), several in gathered.items():
        yield ""
        yield f"  {', '.join(one.clause for one in several)}{': ' if change else ''}{change}"
        yield from (f"    {line}" for line in words if line)
        yield from (f"    {file}" for file in several[0].exchanges[:1])


# -- JSON ----------------------------------------------------------------------


def as_json(
    chosen: Sequence[SiteHistory], damaged: Sequence[str], clauses: Sequence[str] = (), since: str = ""
) -> dict[str, Any]:
    """The whole for machines (``formats/history.schema.json``)."""
    return {
        "format": FORMAT,
        "sites": [_site_as_json(site, clauses, since) for site in chosen],
        "damaged": list(damaged),
    }


def _site_as_json(site: SiteHistory, clauses: Sequence[str], since: str) -> dict[str, Any]:
    return {
        "site": site.site,
        "nights": [
            {"started": one.started, "release": one.runs, "suite": one.suite, "totals": one.totals()}
            for one in site.nights
        ],
        "slower": site.slower(),
        "clauses": [_clause_as_json(one) for one in _since(site.clauses(clauses), since)],
    }


_PLAIN = (
    "clause", "release", "level", "state", "since", "since_release", "change", "last_judged", "words", "fault", "owner",
    "letters",
)  # fmt: skip


def _clause_as_json(one: ClauseHistory) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _PLAIN} | {
        "operations": list(one.operations),
        "exchanges": list(one.exchanges),
        "attempts": list(one.attempts),
        "scenarios": [
            {"nodeid": each.nodeid, "title": each.title, "state": each.state, "letters": each.letters}
            for each in one.scenarios
        ],
    }


# -- the page ------------------------------------------------------------------


def history_page(folder: Path, pages: Pages, index: Sequence[Sequence[str]]) -> str:
    """The page of all nights in ``folder`` as one of several; ``index`` is what their search finds."""
    nights = Index(at(folder))
    try:
        return page([SiteHistory(nights, name) for name in sites(nights)], nights.damaged, pages, index)
    finally:
        nights.close()


def page(
    chosen: Sequence[SiteHistory],
    damaged: Sequence[str],
    pages: Pages | None = None,
    index: Sequence[Sequence[str]] = (),
) -> str:
    """One page without a network: sites, releases and clauses as a grid, opened to a clause and a night."""
    told = [_site_of_page(site) for site in chosen]
    releases = list(dict.fromkeys(row["release"] for site in told for row in site["clauses"]))
    releases.sort(key=lambda release: [int(part) for part in release.split(".")])
    return render(
        "history.html",
        sites=told,
        extent=f"{counted(len(told), 'site')}, {counted(sum(len(site.nights) for site in chosen), 'night')}",
        releases=releases,
        states=WORDS,
        worst=WORST_FIRST,
        damaged=damaged,
        pages=pages,
        index=script_data(index),
        data=script_data({"sites": told, "letters": LETTERS}),
    )


def _site_of_page(site: SiteHistory) -> dict[str, Any]:
    clauses = site.clauses()
    by_release: dict[str, Counter[str]] = {}
    for one in clauses:
        by_release.setdefault(one.release, Counter())[one.state] += 1
    return {
        "site": site.site,
        "nights": [[site.when(place), one.runs, one.suite] for place, one in enumerate(site.nights)],
        "clauses": [_clause_of_page(one) for one in clauses],
        "besides": site.besides(),
        "by_release": by_release,
        "states": Counter(one.state for one in clauses),
        "now": site.nights[-1].runs,
        "from": site.nights[0].day,
        "to": site.when(len(site.nights) - 1),
    }


def _clause_of_page(one: ClauseHistory) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in _PLAIN}
    told |= {"operations": one.operations, "exchanges": one.exchanges, "aside": one.aside}
    return told | {"letters": _runs(one.letters), "scenarios": _of_scenarios(one)}


def _of_scenarios(clause: ClauseHistory) -> list[list[str]]:
    """Title, state and letters of its scenarios; one alone is told by its clause."""
    if len(clause.scenarios) == 1:
        return [[clause.scenarios[0].title, "", ""]]
    return [[one.title, one.state, _runs(one.letters)] for one in clause.scenarios]


def _runs(letters: str) -> str:
    """``PPPPPF`` as ``5PF``: a year of nights in a few characters."""
    told, start = [], 0
    for place in range(1, len(letters) + 1):
        if place == len(letters) or letters[place] != letters[start]:
            told.append(f"{place - start if place - start > 1 else ''}{letters[start]}")
            start = place
    return "".join(told)


# -- other tools ---------------------------------------------------------------

_COLUMNS = ("site", "started", "suite", "release", "site_release", "clauses", "level", "scenario", "outcome", "found")


def _as_sqlite(index: Index, output: Path) -> None:
    output.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(output)) as target:
            index.connection.backup(target)
    except sqlite3.OperationalError as problem:
        raise OSError(0, str(problem)) from None


_FINDINGS = """SELECT f.night, f.scenario, f.words FROM finding f JOIN night n ON n.id = f.night WHERE n.site = ?"""


def _lines(index: Index) -> Iterator[tuple[str, ...]]:
    for name in sites(index):
        site = SiteHistory(index, name)
        rows = index.connection.execute(_FINDINGS, (name,))
        found = {(night, scenario): words for night, scenario, words in rows}
        for one in site.scenarios:
            for night, letter in zip(site.nights, one.letters, strict=True):
                if letter != "-":
                    yield (
                        name, night.started, night.suite, night.release, night.site_release, " ".join(one.clauses),
                        one.level, one.nodeid, letter, found.get((night.id, one.scenario), ""),
                    )  # fmt: skip


def _as_csv(index: Index, output: Path) -> None:
    with output.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(_COLUMNS)
        writer.writerows(_lines(index))


def _as_parquet(index: Index, output: Path) -> None:
    try:
        duckdb = importlib.import_module("duckdb")
    except ImportError:
        hint = "pip install duckdb; or export .csv, which every tool reads"
        raise UserError("export-parquet", "Parquet is written by DuckDB, which is not installed", hint=hint) from None
    lines = output.with_suffix(".csv.part")
    try:
        _as_csv(index, lines)
        duckdb.read_csv(str(lines), all_varchar=True).write_parquet(str(output))
    except duckdb.Error as problem:
        raise OSError(0, str(problem)) from None
    finally:
        lines.unlink(missing_ok=True)
