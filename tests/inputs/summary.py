"""A small summary with a piece of everything in it."""

from __future__ import annotations

from typing import Any

VIOLATION = {
    "clause": "R41.7.0-01",
    "check": "element-present",
    "operation": "GetSite",
    "path": "siteInstance/tools",
    "expected": "enableNBRMCModify, boolean",
    "actual": "absent",
}
SUMMARY: dict[str, Any] = {
    "format": 1,
    "suite": "0.1.0",
    "site": "mock",
    "mock": True,
    "release": "41.7.0",
    "site_release": "41.7.0",
    "access": "read-write",
    "strict": False,
    "started": "2026-11-28T17:46:03+00:00",
    "finished": "2026-11-28T17:46:04+00:00",
    "selected": {"scenarios": 1, "of": 1},
    "scenarios": [
        {
            "nodeid": "features/41.7.0/recording-changes.feature::one",
            "title": "one",
            "row": "",
            "clauses": ["R41.7.0-01"],
            "operations": ["GetSite"],
            "outcome": "failed",
            "skip": {"kind": "setting", "why": "it is off"},
            "violations": [VIOLATION],
            "cause": "a cause",
            "known": "",
            "steps": "4335883d0818",
            "owner": "",
        }
    ],
    "clauses": [{"id": "R41.7.0-01", "outcome": "failed"}],
    "problems": ["a worker crashed"],
    "nights": {"classic-events": {"GetSite": {"host": {"siteInstance/a": "true"}}}},
    "shapes": {"GetSite": {"siteInstance": {"count": 4, "parents": 4, "kinds": ["parent"], "words": ["a"], "after": ["b"]}}},
}
