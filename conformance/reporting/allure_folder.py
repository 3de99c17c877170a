"""What stands in a folder of Allure results beside the results: the environment, the categories."""

from __future__ import annotations

import json
from pathlib import Path

from conformance import __version__
from conformance.reporting.summary import RunRecord
from conformance.reporting.text import safe


def environment(record: RunRecord) -> dict[str, str]:
    """Where and as what a run was made; accounts by role, never by name."""
    return {
        "site": record.site,
        "address": record.url,
        "release": record.judged_as,
        "site release": record.site_release,
        "schema": record.schema,
        "suite": __version__,
        "access": record.access,
        "accounts": ", ".join(record.roles),
    }


def write_environment(folder: Path, facts: dict[str, str]) -> None:
    """``environment.properties``."""
    lines = [f"{name.replace(' ', '.')}={safe(value)}" for name, value in facts.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_categories(folder: Path) -> None:
    """``categories.json``: contract failures, what could not be judged, known issues, what does not apply."""
    categories = [
        {"name": "Contract broken", "matchedStatuses": ["failed"]},
        {"name": "Could not be judged", "matchedStatuses": ["broken"]},
        {"name": "Known issues", "matchedStatuses": ["skipped"], "messageRegex": r"known issue: [\s\S]*"},
        {"name": "Observed, never judged", "matchedStatuses": ["skipped"], "messageRegex": r"observe-only: [\s\S]*"},
        {"name": "Not applicable here", "matchedStatuses": ["skipped"]},
    ]
    (folder / "categories.json").write_text(json.dumps(categories, indent=1), encoding="utf-8")
