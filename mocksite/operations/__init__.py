"""Every operation the mock has, by name with a small first letter."""

from __future__ import annotations

from mocksite.operations import event, eventlist, login, meeting, meetingtype, session, site, version

OPERATIONS = {
    operation.name: operation
    for module in (event, eventlist, login, meeting, meetingtype, session, site, version)
    for operation in module.OPERATIONS
}
