"""Every fault the mock knows, by id: ways in which a site breaks one clause of the release notes."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from mocksite.errors import UnknownFaultError
from mocksite.faults import (
    classes,
    elements,
    events,
    identity,
    later,
    mails,
    provisioning,
    recordings,
    telephony,
    values,
)
from mocksite.faults.fault import HEALTHY, Fault
from mocksite.faults.rules import lists, operators

HAND_WRITTEN = (elements, values, events, provisioning, telephony, mails, identity, recordings, later)

#: Written by hand, one at least for each clause a site can break.
BY_HAND: Mapping[str, Fault] = {one.id: one for module in HAND_WRITTEN for one in module.FAULTS}

#: Made by rule for every place the notes name.
BY_RULE: Mapping[str, Fault] = {one.id: one for one in (*operators.FAULTS, *lists.FAULTS)}

#: Made by rule for everybody the notes promise something, every kind, every credential, and so on.
BY_CLASS: Mapping[str, Fault] = {one.id: one for one in classes.FAULTS}

CATALOGUE: Mapping[str, Fault] = {**BY_HAND, **BY_RULE, **BY_CLASS}


def find_fault(name: str | None) -> Fault:
    """The fault of an id; None is a healthy site."""
    if name is None:
        return HEALTHY
    if name not in CATALOGUE:
        near = get_close_matches(name, CATALOGUE, n=3, cutoff=0.5)
        hint = (
            f"did you mean {' or '.join(near)}?"
            if near
            else f"the first of {len(CATALOGUE)} is {next(iter(CATALOGUE))}"
        )
        raise UnknownFaultError(f"there is no fault {name!r}; {hint}")
    return CATALOGUE[name]
