"""Every fault the mock knows, by id: ways in which a site breaks one clause of the release notes."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.fault import HEALTHY, Fault, UnknownFaultError
from mocksite.faults import (
    elements,
    events,
    identity,
    mails,
    operators,
    provisioning,
    recordings,
    telephony,
    values,
)

#: Written by hand, one at least for each clause a site can break.
BY_HAND: Mapping[str, Fault] = {
    one.id: one
    for module in (elements, values, events, provisioning, telephony, mails, identity, recordings)
    for one in module.FAULTS
}

#: Made by rule for every place the notes name.
BY_RULE: Mapping[str, Fault] = {one.id: one for one in operators.FAULTS}

CATALOGUE: Mapping[str, Fault] = {**BY_HAND, **BY_RULE}


def fault(name: str | None) -> Fault:
    """The fault of an id; None is a healthy site."""
    if name is None:
        return HEALTHY
    if name not in CATALOGUE:
        raise UnknownFaultError(f"there is no fault {name!r}; known are: {', '.join(CATALOGUE)}")
    return CATALOGUE[name]
