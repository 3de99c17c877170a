"""Faults a careful vendor would ship, by class: they hit one caller, one kind, one credential, the second look.

Each module makes all faults of its class from tables of what the notes promise to whom (``promises.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.faults.classes import callers, credentials, kinds
from mocksite.faults.fault import Fault

#: The classes, and what each is called where they are counted.
FAMILIES: Mapping[str, str] = {
    "one-caller": "one caller",
    "one-kind": "one kind",
    "one-credential": "any credential, all operations",
}

FAULTS: tuple[Fault, ...] = (*callers.FAULTS, *kinds.FAULTS, *credentials.FAULTS)
