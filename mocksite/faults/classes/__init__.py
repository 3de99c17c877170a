"""Faults a careful vendor would ship, by class: they hit one caller, one kind, one credential, the second look.

Each module makes all faults of its class from tables of what the notes promise to whom (``promises.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.faults.classes import callers, credentials, effects, form, kinds, later, letters, meaning, rows, scripts
from mocksite.faults.fault import Fault

#: The classes, and what each is called where they are counted.
FAMILIES: Mapping[str, str] = {
    "one-caller": "one caller",
    "one-kind": "one kind",
    "one-credential": "any credential, all operations",
    "one-value": "one value or script",
    "refused-but-done": "the refusal is believed",
    "half-done": "the success is believed",
    "looked-at-once": "looked at once",
    "still-works": "what must stop working",
    "lists": "lists",
    "kind-not-meaning": "kind, not meaning",
    "form": "form in part",
    "mail": "mail",
}

_MODULES = (callers, kinds, credentials, scripts, effects, later, rows, meaning, form, letters)

FAULTS: tuple[Fault, ...] = tuple(fault for module in _MODULES for fault in module.FAULTS)
