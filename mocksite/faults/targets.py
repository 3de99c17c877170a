"""Where faults made by rule strike: elements, envelopes and refusals the notes name, written down from them by hand."""

from __future__ import annotations

from collections.abc import Mapping

#: Elements the notes promise, by operation: clause that promises each, and its kind.
ELEMENTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "GetSite": {
        "telephonyConfig/isWebexTelephony": ("R41.2.0-01", "boolean"),
        "siteCommonOptions/enablePreMeetingLobby": ("R41.3.0-10", "boolean"),
        "metaData/activeUserCount": ("R41.3.0-16", "integer"),
        "defaults/entryExitToneEC": ("R41.4.0-01", "tone"),
        "enableRecordingAccess": ("R41.5.0-11", "boolean"),
        "storageEmptyStatus": ("R41.5.0-13", "boolean"),
        "siteCommonOptions/supportLargeEvent": ("R41.6.3-01", "boolean"),
        "tools/enableNBRMCModify": ("R41.7.0-01", "boolean"),
        "tools/separateNoRecordingEdit": ("R41.7.0-02", "boolean"),
    },
    "LstsummarySession": {
        "session/enableEvent": ("R41.2.0-09", "boolean"),
        "session/enableWebniar": ("R41.2.0-10", "boolean"),
        "session/enablePreMeetingLobby": ("R41.3.0-11", "boolean"),
    },
    "GetSessionInfo": {
        "accessControl/enableEvent": ("R41.3.0-01", "boolean"),
        "accessControl/enableWebniar": ("R41.3.0-02", "boolean"),
        "accessControl/enablePreMeetingLobby": ("R41.3.0-12", "boolean"),
        "accessControl/audioPassword": ("R41.4.0-07", "integer"),
    },
    "GetMeeting": {
        "enableOptions/enableEvent": ("R41.3.0-05", "boolean"),
        "enableOptions/enableWebniar": ("R41.3.0-06", "boolean"),
        "enableOptions/enablePreMeetingLobby": ("R41.3.0-13", "boolean"),
    },
    "GetUser": {
        "webexAssistantEnabled": ("R41.2.0-13", "boolean"),
        "phones/hostPIN": ("R41.5.0-05", "integer"),
        "largeEventCapacity": ("R41.6.0-01", "integer"),
        "freeAccount": ("R41.11.0-61", "boolean"),
    },
    "CreateUser": {"userId": ("R41.11.0-23", "integer")},
    "LstrecordaccessHistory": {
        "recordAccessHistory/recordID": ("R41.11.0-46", "integer"),
        "recordAccessHistory/recordName": ("R41.11.0-46", "text"),
        "recordAccessHistory/creationTime": ("R41.11.0-46", "time"),
        "recordAccessHistory/registered": ("R41.11.0-46", "integer"),
        "recordAccessHistory/downloaded": ("R41.11.0-46", "integer"),
        "recordAccessHistory/viewed": ("R41.11.0-46", "integer"),
        "recordAccessHistory/timeZoneID": ("R41.11.0-46", "integer"),
    },
    "LstrecordaccessDetailHistory": {
        "recordDetail/viewID": ("R41.11.0-54", "integer"),
        "recordDetail/viewed": ("R41.11.0-54", "boolean"),
    },
    "LstMeetingType": {"meetingType/subProductCodePrefix": ("R41.12.0-13", "text")},
}

#: The pictures that showed their parents are lost (lines 751-759, 1064-1074): nowhere is the wrong place.
ANYWHERE = ("enableRecordingAccess", "storageEmptyStatus", "webexAssistantEnabled")

#: A positive call of each operation that the suite must see go wrong when the envelope does.
ENVELOPES: Mapping[str, str] = dict.fromkeys(
    (
        "AuthenticateUser",
        "GetAPIVersion",
        "GetSite",
        "GetUser",
        "GetMeeting",
        "GetSessionInfo",
        "GetEvent",
        "LstsummarySession",
        "LstsummaryEvent",
        "LstrecordedEvent",
        "LstsummaryProgram",
        "LstRecording",
        "LstrecordaccessHistory",
        "LstrecordaccessDetailHistory",
        "LstMeetingType",
        "CreateEvent",
        "SetEvent",
        "DelEvent",
        "UploadEventImage",
        "CreateUser",
        "SetUser",
        "DelUser",
        "CreateMeeting",
        "SetMeeting",
        "DelMeeting",
    ),
    "R41.1.0-01",
)

#: Refusals the notes give an id, and an operation that makes each.
REFUSALS = (
    ("R41.4.0-10", "CreateMeeting", "110064"),
    ("R41.4.0-11", "SetMeeting", "110064"),
    ("R41.11.0-12", "SetUser", "030120"),
    ("R41.11.0-14", "SetUser", "030118"),
    ("R41.11.0-17", "CreateUser", "030117"),
    ("R41.11.0-19", "CreateUser", "030119"),
    ("R41.11.0-57", "CreateEvent", "060068"),
    ("R41.11.0-59", "SetEvent", "060068"),
    *(
        (f"R41.12.0-0{n}", name, "010106")
        for n, name in enumerate(
            (
                "CreateEvent",
                "SetEvent",
                "GetEvent",
                "GetSessionInfo",
                "LstsummaryEvent",
                "LstrecordedEvent",
                "LstsummaryProgram",
                "UploadEventImage",
            ),
            1,
        )
    ),
)
