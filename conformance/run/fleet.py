"""Several sites in one run: one run per site side by side, results apart and together in one overview."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from conformance.reporting.outcome import OUTCOMES
from conformance.reporting.summary import write_whole
from conformance.reporting.text import table
from conformance.run.options import Options
from conformance.target.trouble import UserError

_SEVERITY = (2, 3, 1, 4, 5, 0)


def run_fleet(options: Options, arguments: tuple[str, ...]) -> int:
    """Run every site as a process of its own; the worst exit code of them, ``overview.json`` beside their reports."""
    base = _without(arguments, "--site", "--reports")
    processes = {site: _start(site, base, options.reports / site) for site in options.sites}
    codes: dict[str, int] = {}
    try:
        for site, process in processes.items():
            output, _ = process.communicate()
            codes[site] = process.returncode
            print(f"===== {site} =====\n{output}", flush=True)
    except KeyboardInterrupt:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait()
        return 2
    _overview(options, codes)
    return min(codes.values(), key=lambda code: _SEVERITY.index(code) if code in _SEVERITY else 0)


def _start(site: str, base: list[str], reports: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", *base, "--site", site, "--reports", str(reports)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _without(arguments: tuple[str, ...], *names: str) -> list[str]:
    """The arguments without options that each site gets its own value of."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in names:
            skip = True
        elif not any(argument.startswith(f"{name}=") for name in names):
            kept.append(argument)
    return kept


def _overview(options: Options, codes: dict[str, int]) -> None:
    rows = [["site", "release", *OUTCOMES, "exit"]]
    sites: dict[str, Any] = {}
    for site, code in codes.items():
        summary = _summary(options.reports / site / "summary.json")
        totals = summary.get("totals", {})
        sites[site] = {"exit": code, "release": summary.get("release"), "totals": totals or None}
        rows.append(
            [site, str(summary.get("release", "-")), *(str(totals.get(one, "-")) for one in OUTCOMES), str(code)]
        )
    print("\n".join(table(rows, right=frozenset(range(2, len(rows[0]))))))
    write_whole(options.reports / "overview.json", json.dumps({"format": 1, "sites": sites}, indent=1) + "\n")


def _summary(file: Path) -> dict[str, Any]:
    """A site without a summary did not complete; the overview shows dashes."""
    if not file.is_file():
        return {}
    try:
        summary: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise UserError("summary-broken", f"{file} is not JSON", where=str(file)) from None
    return summary
