"""To whom the notes promise what: the tables the classes of faults are made from.

Elements and refusals stand in ``rules/targets.py``, their places in ``elements.py``. Here stands what multiplies
them: the callers of each operation, the values that follow an option, what each refusal forgets.
"""

from __future__ import annotations

from collections.abc import Mapping

ADMINISTRATORS = ("site-admin", "read-only-admin", "user-admin")
EVERYBODY = (*ADMINISTRATORS, "host", "attendee")
#: Of whom a session is (lines 853-906), and who administers it.
_OF_SESSIONS = ("site-admin", "host")

#: Who is answered by each operation that reads.
CALLERS: Mapping[str, tuple[str, ...]] = {
    "GetSite": EVERYBODY,
    "LstMeetingType": EVERYBODY,
    "GetSessionInfo": _OF_SESSIONS,
    "GetMeeting": _OF_SESSIONS,
    "LstsummarySession": _OF_SESSIONS,
    "LstrecordaccessHistory": _OF_SESSIONS,
    "LstrecordaccessDetailHistory": _OF_SESSIONS,
}

#: Elements the operation tells fewer callers: passwords are the host's (reference guide, getsessioninfo).
TOLD_TO: Mapping[str, tuple[str, ...]] = {
    "accessControl/audioPassword": ("host",),
    "metaData/activeUserCount": (),
}

#: Elements of GetUser by whose record is read, and the roles it is read by: the own record, or that of another user.
OWN_RECORD: Mapping[str, tuple[str, ...]] = {
    "webexAssistantEnabled": EVERYBODY,
    "phones/hostPIN": (*ADMINISTRATORS, "host"),
    "freeAccount": EVERYBODY,
}
OTHER_RECORD: Mapping[str, tuple[str, ...]] = {
    "phones/hostPIN": ADMINISTRATORS,
    "largeEventCapacity": ADMINISTRATORS,
}

#: The licence counters (lines 982-989), and the clause for each administrator who is told, each other who is not.
COUNTERS = (
    "activeUserCount",
    "EEActiveUserCount",
    "activeCETHost",
    "auoActiveUserCount",
    "MCActiveUserCount",
    "ECActiveUserCount",
    "TCActiveUserCount",
    "SCActiveUserCount",
)
TOLD: Mapping[str, str] = {
    "site-admin": "R41.3.0-16",
    "read-only-admin": "R41.3.0-17",
    "user-admin": "R41.3.0-18",
}
UNTOLD: Mapping[str, str] = {"host": "R41.3.0-19", "attendee": "R41.3.0-20"}

#: Elements whose value follows something: operation, clause, element, the words it may be stuck at, callers.
VALUES: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("GetSite", "R41.5.0-12", "enableRecordingAccess", ("true", "false"), EVERYBODY),
    ("GetSite", "R41.5.0-14", "storageEmptyStatus", ("false",), EVERYBODY),
    ("GetSite", "R41.5.0-15", "storageEmptyStatus", ("true",), EVERYBODY),
    ("GetSite", "R41.6.3-03", "siteCommonOptions/supportLargeEvent", ("true", "false"), EVERYBODY),
    ("GetSite", "R41.4.0-03", "defaults/entryExitToneEC", ("NOTONE", "BEEP", "ANNOUNCENAME"), EVERYBODY),
    ("GetUser", "R41.2.0-14", "webexAssistantEnabled", ("true", "false"), ADMINISTRATORS),
    ("GetUser", "R41.11.0-63", "freeAccount", ("true", "false"), ADMINISTRATORS),
    ("GetUser", "R41.6.0-02", "largeEventCapacity", ("0", "3", "1000"), ADMINISTRATORS),
    ("GetSessionInfo", "R41.3.0-04", "accessControl/enableEvent", ("true",), _OF_SESSIONS),
    ("GetSessionInfo", "R41.3.0-04", "accessControl/enableWebniar", ("true",), _OF_SESSIONS),
    ("GetMeeting", "R41.3.0-08", "enableOptions/enableEvent", ("true",), _OF_SESSIONS),
    ("GetMeeting", "R41.3.0-08", "enableOptions/enableWebniar", ("true",), _OF_SESSIONS),
    ("LstsummarySession", "R41.3.0-24", "session/enableEvent", ("true",), _OF_SESSIONS),
    ("LstsummarySession", "R41.3.0-24", "session/enableWebniar", ("true",), _OF_SESSIONS),
    ("LstsummarySession", "R41.2.0-12", "session/enableEvent", ("false",), _OF_SESSIONS),
    ("LstsummarySession", "R41.2.0-12", "session/enableWebniar", ("false",), _OF_SESSIONS),
)

#: By exception id: the behaviour a site forgets that does not refuse, and who is refused.
FORGOTTEN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "010106": ("classic-events-lock", _OF_SESSIONS),
    "110064": ("large-events-refused", _OF_SESSIONS),
    "060068": ("description-limit", _OF_SESSIONS),
}
#: Refusals that speak of the caller: who is refused by each.
REFUSED_BY_ROLE: Mapping[str, tuple[str, ...]] = {
    "030120": ("user-admin", "host"),
    "030118": ("site-admin",),
    "030117": ("site-admin",),
    "030119": ("site-admin",),
}

#: Calls the notes promise to succeed: operation, clause, callers.
SUCCEEDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *(("GetSite", clause, (role,)) for role, clause in (*TOLD.items(), *UNTOLD.items())),
    ("GetUser", "R41.2.0-13", (*ADMINISTRATORS, "host")),
    ("LstMeetingType", "R41.12.0-18", (*ADMINISTRATORS, "host")),
    ("GetSessionInfo", "R41.3.0-01", _OF_SESSIONS),
    ("GetMeeting", "R41.3.0-05", _OF_SESSIONS),
    ("LstsummarySession", "R41.2.0-09", _OF_SESSIONS),
    ("LstrecordaccessHistory", "R41.11.0-44", _OF_SESSIONS),
    ("LstrecordaccessDetailHistory", "R41.11.0-54", _OF_SESSIONS),
    ("GetEvent", "R41.12.0-09", _OF_SESSIONS),
    ("SetEvent", "R41.12.0-09", ("host",)),
    ("UploadEventImage", "R41.12.0-09", ("host",)),
)

KINDS_OF_SESSION = ("meeting", "large-event", "webcast")
#: Elements of sessions a clause of its own promises for a kind, by operation, kind and element; empty: none does.
SESSION_CLAUSES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "GetSessionInfo": {
        "meeting": {"accessControl/audioPassword": ""},
        **{
            kind: {
                "accessControl/enableEvent": "R41.3.0-22",
                "accessControl/enableWebniar": "R41.3.0-22",
                "accessControl/audioPassword": clause,
            }
            for kind, clause in (("large-event", "R41.4.0-07"), ("webcast", "R41.4.0-08"))
        },
    },
    "GetMeeting": {
        kind: {"enableOptions/enableEvent": "R41.3.0-23", "enableOptions/enableWebniar": "R41.3.0-23"}
        for kind in ("large-event", "webcast")
    },
    "LstsummarySession": {
        kind: {"session/enableEvent": "R41.2.0-12", "session/enableWebniar": "R41.2.0-12"}
        for kind in ("large-event", "webcast")
    },
}

#: Users by when they were made (lines 232-236).
KINDS_OF_USER: Mapping[str, str] = {"classic-era": "classic", "later": "hub"}
#: Faults written by hand about users whose clauses hold for those of the classic era as for later ones.
OF_CLASSIC_USERS = (
    "R41.11.0-12/any-administrator",
    "R41.11.0-13/new-name-taken-over",
    "R41.11.0-14/030118-lost-its-id",
    "R41.11.0-15/still-active",
    "R41.11.0-15/license-kept",
    "R41.11.0-16/not-woken",
    "R41.11.0-18/030117-lost-its-id",
    "R41.11.0-20/scope-not-asked",
)

#: Recordings whose views are told (lines 311-319), and those whose createTime is a clause (line 721).
KINDS_OF_RECORDING = ("meeting", "large-event", "event", "training")
LATE_KINDS = (*KINDS_OF_RECORDING, "support")

#: Elements of the securityContext that prove a caller, and the clause of each (lines 182-183, 239-245, 278-282).
CREDENTIALS: Mapping[str, str] = {
    "sessionTicket": "R41.11.0-24",
    "password": "R41.11.0-25",
    "webExAccessToken": "R41.11.0-26",
    "accessToken": "R41.11.0-27",
}
#: Operations that ask who calls: "all operations" (line 249).
SIGNED = (
    "GetSite",
    "LstTimeZone",
    "LstMeetingType",
    "LstsummarySession",
    "LstRecording",
    "LstsummaryEvent",
    "LstrecordedEvent",
    "LstsummaryProgram",
    "LstrecordaccessHistory",
    "LstrecordaccessDetailHistory",
    "LstsummaryUser",
    "GetUser",
    "GetMeeting",
    "GetSessionInfo",
    "GetEvent",
    "CreateMeeting",
    "SetMeeting",
    "DelMeeting",
    "CreateEvent",
    "SetEvent",
    "DelEvent",
    "UploadEventImage",
)
PROVISIONING = ("CreateUser", "SetUser", "DelUser")
#: Names a caller may go by: clause, era of the user, whether it is the e-mail address.
NAMES: Mapping[str, tuple[str, bool]] = {
    "R41.11.0-28": ("classic", False),
    "R41.11.0-29": ("classic", True),
    "R41.11.0-30": ("hub", True),
}
