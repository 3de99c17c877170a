"""``webex-conformance replay``: the failure of an envelope, tried on another site."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.reporting.text import printable
from conformance.run.commands.evidence.seal import FINDING, FORMAT, envelopes_in, problems
from conformance.run.suite import run
from conformance.sites.errors import UserError
from conformance.sites.user_files import UNREADABLE, read_user_file

#: What ``replay`` ends with: as ``upgrade`` does when something is worse, and when it cannot tell.
REPRODUCED, CANNOT_TELL = 3, 6
#: What makes it the same failure on another site, which has other data.
_SAME = ("check", "operation", "path")
_USAGE = 4


def replay(options: argparse.Namespace) -> int:
    """``webex-conformance replay``: the scenario of an envelope on another site; 3 where it fails as it did."""
    folder, *more = envelopes_in(options.envelope)
    if more:
        hint = f"name one of them, {folder}"
        raise UserError("envelope-many", "several envelopes are here", where=str(options.envelope), hint=hint)
    wrong = problems(folder)
    if wrong:
        raise UserError("envelope-changed", "; ".join(wrong), where=str(folder), hint="ask for the envelope again")
    finding = _read_finding(folder / FINDING)
    nodeid = finding["scenario"]["nodeid"]
    sites = ["--sites", options.sites] if options.sites else []
    asked = [nodeid, "--site", options.site, *sites, "--reports", str(options.reports), "-q", *options.arguments]
    if run(options.root, asked) == _USAGE:
        return _USAGE
    told, words = replayed(finding, options.reports)
    print(printable(f"{words}: {finding['clause']['id']} {finding['finding']['operation']} on {options.site}"))
    return told


def _read_finding(file: Path) -> dict[str, Any]:
    """What an envelope is about; its maker may be another release of the suite, or nobody of ours."""
    try:
        finding: dict[str, Any] = json.loads(read_user_file(file))
        told = [finding["scenario"]["nodeid"], finding["clause"]["id"], *(finding["finding"][key] for key in _SAME)]
        sound = finding["format"] == FORMAT and all(isinstance(one, str) for one in told)
    except (OSError, *UNREADABLE, KeyError, TypeError):
        sound = False
    if not sound:
        raise UserError("envelope-form", f"this is no finding of format {FORMAT}", where=str(file))
    if not finding["scenario"]["nodeid"].startswith("features/") or ".." in Path(finding["scenario"]["nodeid"]).parts:
        raise UserError("envelope-form", "its scenario is none of this suite", where=str(file))
    return finding


def replayed(finding: Mapping[str, Any], reports: Path) -> tuple[int, str]:
    """What the reports of another run say of ``finding``: the exit code, and words."""
    try:
        rows = json.loads(read_user_file(reports / "summary.json"))["scenarios"]
    except OSError:
        return CANNOT_TELL, "cannot tell, nothing was run"
    row = next((one for one in rows if one["nodeid"] == finding["scenario"]["nodeid"]), None)
    same = {key: finding["finding"][key] for key in _SAME}
    if row is None:
        return CANNOT_TELL, "cannot tell, the scenario was not run"
    if any(all(one[key] == value for key, value in same.items()) for one in row["violations"]):
        return REPRODUCED, "reproduced"
    if row["outcome"] == "passed":
        return 0, "not reproduced"
    why = (row["skip"] or {}).get("why") or row["cause"] or "it fails by something else"
    return CANNOT_TELL, f"cannot tell, the scenario is {row['outcome']} ({why})"
