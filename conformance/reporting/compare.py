"""``webex-conformance compare``: what an upgrade changes, in the form the reader wants."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from conformance.judge.clauses import load_clauses
from conformance.judge.contract import Contract
from conformance.reporting.compare_markdown import markdown_of
from conformance.reporting.compare_page import page_of
from conformance.reporting.compare_text import as_json, lines_of
from conformance.reporting.delta import Delta, compare_runs
from conformance.reporting.page import write_page
from conformance.reporting.run_file import read_run
from conformance.target.trouble import UserError

#: Exit code when the second run is worse, told apart from a mistake of the user (4) and of the suite (1).
WORSE = 3


def compare(given: argparse.Namespace) -> int:
    """Print the difference of two runs; 0 when nothing is worse, 3 when something is."""
    root: Path = given.root.resolve()
    clauses, contract = load_clauses(root / "features"), Contract(root / "schemas")
    if not clauses:
        raise UserError("clause-list", "there are no clauses here", where=str(root), hint="name the suite with --root")
    delta = compare_runs(read_run(given.before), read_run(given.after), clauses, contract, strict=given.strict)
    if given.html:
        write_page(given.html, page_of(delta))
    print(_told(delta, given))
    return WORSE if delta.worse() else 0


def _told(delta: Delta, given: argparse.Namespace) -> str:
    if given.json:
        return json.dumps(as_json(delta), ensure_ascii=False, indent=1)
    return markdown_of(delta).rstrip() if given.markdown else "\n".join(lines_of(delta))
