"""Every operation the mock has, by name with a small first letter."""

from __future__ import annotations

from mocksite.operations import (
    accesshistory,
    attendee,
    event,
    eventlist,
    login,
    meeting,
    meetinglist,
    meetingtype,
    provisioning,
    recording,
    session,
    sessionlist,
    site,
    usagehistory,
    user,
    version,
)

_MODULES = (
    accesshistory,
    attendee,
    event,
    eventlist,
    login,
    meeting,
    meetinglist,
    meetingtype,
    provisioning,
    recording,
    session,
    sessionlist,
    site,
    usagehistory,
    user,
    version,
)

OPERATIONS = {operation.name: operation for module in _MODULES for operation in module.OPERATIONS}
