"""The address a client is configured with (R41.8.0-02: announced as wrong before 41.9 retired it)."""

from __future__ import annotations

from conformance.judge.violation import Finding
from conformance.target.profile import SERVICE_PATH, names_api_version


def no_api_version(url: str) -> tuple[Finding, ...]:
    """The address does not name XML API 10.0.0 or any other version in its path."""
    if not names_api_version(url):
        return ()
    return (Finding("address", url, f"a path {SERVICE_PATH}, without a version", "a versioned path"),)
