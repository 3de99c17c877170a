"""Every operation the mock has, by name with a small first letter."""

from __future__ import annotations

from mocksite.operations import (
    attendee,
    event,
    history,
    login,
    meeting,
    provisioning,
    recording,
    session,
    site,
    user,
)

_MODULES = (
    attendee,
    event,
    history,
    login,
    meeting,
    provisioning,
    recording,
    session,
    site,
    user,
)

OPERATIONS = {operation.name: operation for module in _MODULES for operation in module.OPERATIONS}
