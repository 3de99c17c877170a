"""Faults a careful vendor would ship, by class: they hit one caller, one kind, one credential, the second look.

Each module makes all faults of its class from tables of what the notes promise to whom (``promises.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.faults.classes import callers, credentials, effects, kinds, later, meaning, rows
from mocksite.faults.fault import Fault

#: The classes, and what each is called where they are counted.
FAMILIES: Mapping[str, str] = {
    "one-caller": "one caller",
    "one-kind": "one kind",
    "one-credential": "any credential, all operations",
    "refused-but-done": "the refusal is believed",
    "half-done": "the success is believed",
    "looked-at-once": "looked at once",
    "still-works": "what must stop working",
    "lists": "lists",
    "kind-not-meaning": "kind, not meaning",
}

_MODULES = (callers, kinds, credentials, effects, later, rows, meaning)

FAULTS: tuple[Fault, ...] = tuple(fault for module in _MODULES for fault in module.FAULTS)
