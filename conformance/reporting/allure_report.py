"""``webex-conformance report``: the last run as one HTML page, made by the Allure pinned in ``report/``.

Node.js is needed for this command only; a run goes without.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from conformance.reporting.summary import folders_of
from conformance.reporting.text import printable
from conformance.sites.errors import UserError

_OLDEST_NODE = 20
_NEEDS_NODE = f"the Allure report needs Node.js {_OLDEST_NODE} or newer with npm"
#: Allure puts a page counter of its maker into every page; a report of a customer's site tells nobody it was read.
_ANALYTICS = re.compile(
    r"<script async src=\"https://www\.googletagmanager\.com[^<]*</script>\s*<script>\s*window\.dataLayer.*?</script>\s*",
    re.DOTALL,
)
_STRANGERS = ("googletagmanager", "google-analytics", "gtag(")
_PATIENCE = 600


def report(given: argparse.Namespace) -> int:
    """Write ``allure-report/index.html`` beside the results, of each site where a run had several; say where it is."""
    for reports in folders_of(given.reports.absolute()):
        page = _made(given, reports)
        print(printable(f"{page}  ({page.stat().st_size / 1e6:.1f} MB, opens without a server)"))
    return 0


def _made(given: argparse.Namespace, reports: Path) -> Path:
    results = reports / "allure-results"
    if not any(results.glob("*-result.json")) or not (results / "categories.json").is_file():
        hint = "run pytest features first; a run that was cut short leaves no complete results"
        raise UserError("no-results", "there are no Allure results of a complete run", where=str(results), hint=hint)
    node = _node()
    allure = _installed(given.allure)
    return _render(node, allure, reports, _title(reports))


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise UserError("node-missing", f"{_NEEDS_NODE}; there is no node on PATH (everything else works without)")
    found = _ran([node, "--version"], Path.cwd(), "node-broken").strip()
    major = re.match(r"v(\d+)\.", found)
    if major is None or int(major[1]) < _OLDEST_NODE:
        raise UserError("node-old", f"{_NEEDS_NODE}; {node} is {found}")
    return node


def _installed(folder: Path) -> Path:
    """The command line of Allure, installed from the lock file when it is not there as locked."""
    lock, allure = folder / "package-lock.json", folder / "node_modules" / "allure" / "cli.js"
    if not lock.is_file():
        raise UserError("report-folder", "the pinned Allure is not described here", where=str(lock), hint="name --root")
    stamp = folder / "node_modules" / ".installed-lock.json"
    if not (allure.is_file() and stamp.is_file() and stamp.read_bytes() == lock.read_bytes()):
        npm = shutil.which("npm")
        if npm is None:
            raise UserError("npm-missing", f"{_NEEDS_NODE}; there is no npm on PATH")
        print("installing Allure as locked in report/package-lock.json (npm ci)", flush=True)
        # No package of the lock needs its install script, so none gets to run one.
        _ran([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, "report-install")
        shutil.copyfile(lock, stamp)
    return allure


def _title(reports: Path) -> str:
    try:
        run = json.loads((reports / "summary.json").read_text(encoding="utf-8"))
        return f"Webex XML API {run['release']} on {run['site']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "Webex XML API conformance"


def _render(node: str, allure: Path, reports: Path, title: str) -> Path:
    """Render into a draft folder, so that a report is whole and without strangers or not there at all."""
    draft, final = reports / "allure-report.tmp", reports / "allure-report"
    results, history = reports / "allure-results", reports / "allure-history.jsonl"
    shutil.rmtree(draft, ignore_errors=True)
    # Allure appends to what it reads; a copy, so that a report that fails leaves the history as it was.
    entries = history.with_suffix(".tmp")
    entries.write_text(earlier_runs(history, results), encoding="utf-8")
    told = {
        "REPORT_NAME": title,
        "REPORT_RESULTS": str(results),
        "REPORT_OUTPUT": str(draft),
        "REPORT_HISTORY": str(entries),
    }
    config = allure.parents[2] / "allurerc.mjs"
    command = [node, str(allure), "generate", "--config", str(config), told["REPORT_RESULTS"]]
    _ran(command, allure.parents[2], "report-render", told)
    page = draft / "index.html"
    if not page.is_file():
        raise UserError("report-render", "Allure ended well, yet wrote no page", where=str(page))
    page.write_text(without_analytics(page.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.rmtree(final, ignore_errors=True)
    draft.rename(final)
    entries.replace(history)
    return final / "index.html"


def earlier_runs(history: Path, results: Path) -> str:
    """The entries of ``history`` but for one about these very ``results``: a run shown twice was made once."""
    if not history.is_file():
        return ""
    mine = {_moment(json.loads(file.read_text(encoding="utf-8"))) for file in results.glob("*-result.json")}
    lines = history.read_text(encoding="utf-8").splitlines()
    return "".join(f"{line}\n" for line in lines if line and not _moments(line) <= mine)


def _moments(line: str) -> set[tuple[str, int]]:
    """When the scenarios of an entry ran; none for a line that cannot be read, which Allure could not use either."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        return {_moment(result) for result in json.loads(line)["testResults"].values()}
    return set()


def _moment(result: dict[str, Any]) -> tuple[str, int]:
    return result["fullName"], result["start"]


def without_analytics(page: str) -> str:
    """The page without its maker's analytics; a form of them we do not know is an error, not a leak."""
    cut = _ANALYTICS.sub("", page)
    left = [stranger for stranger in _STRANGERS if stranger in cut]
    if left:
        raise UserError("report-analytics", f"the page still calls {left[0]}; this Allure is not the pinned one")
    return cut


def _ran(command: list[str], folder: Path, code: str, told: dict[str, str] | None = None) -> str:
    """What ``command`` printed; its last words when it failed."""
    environment = {**os.environ, **(told or {})}
    try:
        done = subprocess.run(  # noqa: S603 - node and npm, with arguments of our own
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise UserError(code, f"{Path(command[0]).name} did not work: {problem}") from None
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        words = "; ".join(said[-3:])
        raise UserError(code, f"{Path(command[0]).name} ended with {done.returncode}: {words}", where=str(folder))
    return done.stdout
