"""Every operation the mock has, by name with a small first letter."""

from __future__ import annotations

from mocksite.operations import history, meeting, recording, session, site
from mocksite.operations.centers import event, exams, sales, support, teleconference, training
from mocksite.operations.people import attendee, belongings, contacts, login, provisioning, user

_MODULES = (
    *(history, meeting, recording, session, site),
    *(event, exams, sales, support, teleconference, training),
    *(attendee, belongings, contacts, login, provisioning, user),
)

OPERATIONS = {operation.name: operation for module in _MODULES for operation in module.OPERATIONS}
