"""Every fault the mock knows, by id: ways in which a site breaks one clause of the release notes."""

from __future__ import annotations

from collections.abc import Mapping

from mocksite.fault import HEALTHY, Fault, UnknownFaultError
from mocksite.faults import elements, events, identity, mails, provisioning, recordings, telephony, values

CATALOGUE: Mapping[str, Fault] = {
    one.id: one
    for module in (elements, values, events, provisioning, telephony, mails, identity, recordings)
    for one in module.FAULTS
}


def fault(name: str | None) -> Fault:
    """The fault of an id; None is a healthy site."""
    if name is None:
        return HEALTHY
    if name not in CATALOGUE:
        raise UnknownFaultError(f"there is no fault {name!r}; known are: {', '.join(CATALOGUE)}")
    return CATALOGUE[name]
