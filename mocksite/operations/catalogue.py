"""The operations of the XML API that are known by name, and which of them the mock serves.

Names: the vendor's XSDs of 2011, in which a public copy has 112, and what public clients call beside them.
"""

from __future__ import annotations

from mocksite.operations import OPERATIONS

#: Operations of the XSDs of 2011 that nothing here carries, by the service whose prefixes their replies declare.
_ABSENT: dict[str, tuple[str, ...]] = {
    "training": ("CheckLabAvailability", "GetLabInfo", "GetLabSchedule", "GetIMStestDetails", "GetIMStestResult"),
    "user": ("AssignWebACDAgents", "AssignWebACDQueues"),
    "site": ("GetWebACDQueues", "SetSite"),
}

#: What public clients call and the XSDs of 2011 do not have.
LATER = frozenset(
    {
        *("getUserCard", "getSiteAdminNavUrl", "flushWebCache", "lstRecordingInRecycleBin"),
        *("delRecordingFromRecycleBin", "recoverRecordingFromRecycleBin"),
    }
)

#: A second spelling of an operation (GetloginTicket), counted once.
SPELLINGS = {"getloginTicket": "getLoginTicket"}

#: Operations known and not served, by name with a small first letter.
NOT_SERVED: dict[str, str] = {
    name[0].lower() + name[1:]: service for service, names in _ABSENT.items() for name in names
}


def written(name: str) -> str:
    """An operation as requests name it, with a capital letter."""
    return name[0].upper() + name[1:]


def known() -> frozenset[str]:
    """Names of all operations there are, in small letters."""
    return frozenset(name.lower() for name in (*OPERATIONS, *NOT_SERVED))


def served() -> dict[str, list[str]]:
    """The operations served, by service."""
    found: dict[str, list[str]] = {}
    for operation in OPERATIONS.values():
        if operation.name not in SPELLINGS:
            found.setdefault(operation.service, []).append(written(operation.name))
    return {service: sorted(names) for service, names in sorted(found.items())}
