"""Where faults made by rule strike: elements, envelopes and refusals the notes name, written down from them by hand."""

from __future__ import annotations

from collections.abc import Mapping

#: Elements the notes promise, by operation: clause that promises each, and its kind.
ELEMENTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "GetSite": {
        "telephonyConfig/isWebexTelephony": ("R41.2.0-01", "boolean"),
        "siteCommonOptions/enablePreMeetingLobby": ("R41.3.0-10", "boolean"),
        "metaData/activeUserCount": ("R41.3.0-16", "count"),
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
        "largeEventCapacity": ("R41.6.0-01", "count"),
        "freeAccount": ("R41.11.0-61", "boolean"),
    },
    "CreateUser": {"userId": ("R41.11.0-23", "integer")},
    "LstrecordaccessHistory": {
        "recordAccessHistory/recordID": ("R41.11.0-46", "integer"),
        "recordAccessHistory/recordName": ("R41.11.0-46", "name"),
        "recordAccessHistory/creationTime": ("R41.11.0-46", "time"),
        "recordAccessHistory/registered": ("R41.11.0-46", "count"),
        "recordAccessHistory/downloaded": ("R41.11.0-46", "count"),
        "recordAccessHistory/viewed": ("R41.11.0-46", "count"),
        "recordAccessHistory/timeZoneID": ("R41.11.0-46", "integer"),
    },
    "LstrecordaccessDetailHistory": {
        "recordDetail/viewID": ("R41.11.0-54", "integer"),
        "recordDetail/accessTime": ("R41.11.0-54", "time"),
        "recordDetail/registered": ("R41.11.0-54", "boolean"),
        "recordDetail/downloaded": ("R41.11.0-54", "boolean"),
        "recordDetail/viewed": ("R41.11.0-54", "boolean"),
        "recordDetail/timeZoneID": ("R41.11.0-54", "integer"),
    },
    "LstMeetingType": {
        "meetingType/productCodePrefix": ("R41.12.0-13", "text"),
        "meetingType/subProductCodePrefix": ("R41.12.0-13", "text"),
        "meetingType/name": ("R41.12.0-19", "text"),
        "meetingType/displayName": ("R41.12.0-19", "name"),
    },
}

#: Elements without siblings have no other place.
ALONE = ("userId",)

#: What must tell of another place or number where it is not the first of the clauses about unchanged schemas.
PLACES: Mapping[str, tuple[str, str]] = {"accessControl/audioPassword": ("R41.4.0-09", "baseline")}

#: Elements the notes give a neighbour: the clause of the place tells that they moved.
ORDERED: Mapping[str, tuple[str, str]] = {
    "session/enableEvent": ("R41.2.0-11", "element-order"),
    "session/enableWebniar": ("R41.2.0-11", "element-order"),
    "accessControl/enableEvent": ("R41.3.0-03", "element-order"),
    "accessControl/enableWebniar": ("R41.3.0-03", "element-order"),
}

#: The pictures that showed their parents are lost (lines 751-759, 976-995, 1064-1074): nowhere is the wrong place.
ANYWHERE = ("metaData/activeUserCount", "enableRecordingAccess", "storageEmptyStatus", "webexAssistantEnabled")

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

#: What must tell that an operation is refused to everybody: the first clause that needs it to succeed, and its check.
#: That schemas stay the same (41.1) is no promise that a call succeeds.
REFUSED: Mapping[str, tuple[str, str]] = {
    "GetAPIVersion": ("R41.9.0-02", "result"),
    "GetSite": ("R41.8.0-01", "result"),
    "GetUser": ("R41.2.0-13", "result"),
    "GetMeeting": ("R41.3.0-05", "result"),
    "GetSessionInfo": ("R41.3.0-01", "result"),
    "GetEvent": ("R41.12.0-09", "result"),
    "LstsummarySession": ("R41.2.0-09", "result"),
    "LstsummaryEvent": ("R41.12.0-09", "result"),
    "LstrecordedEvent": ("R41.12.0-09", "result"),
    "LstsummaryProgram": ("R41.12.0-09", "result"),
    "LstrecordaccessHistory": ("R41.11.0-46", "result"),
    "LstrecordaccessDetailHistory": ("R41.11.0-54", "result"),
    "LstRecording": ("R41.6.0-04", "result"),
    "LstMeetingType": ("R41.12.0-13", "result"),
    "CreateEvent": ("R41.5.0-16", "result"),
    "SetEvent": ("R41.12.0-09", "result"),
    "UploadEventImage": ("R41.12.0-09", "result"),
    "CreateUser": ("R41.11.0-23", "result"),
    "SetUser": ("R41.5.0-10", "result"),
    "DelUser": ("R41.11.0-37", "result"),
    "CreateMeeting": ("R41.4.0-10", "exception-id"),
    "SetMeeting": ("R41.4.0-11", "exception-id"),
}

#: What must tell that a reply came without its content: the first clause that promises some of it.
EMPTY_BODIES: Mapping[str, tuple[str, str]] = {
    "GetAPIVersion": ("R41.9.0-03", "element-value"),
    "GetSite": ("R41.2.0-01", "element-present"),
    "GetUser": ("R41.2.0-13", "element-present"),
    "GetMeeting": ("R41.3.0-05", "element-present"),
    "GetSessionInfo": ("R41.3.0-01", "element-present"),
    "GetEvent": ("R41.4.0-04", "element-value"),
    "LstsummarySession": ("R41.2.0-09", "row-present"),
    "LstrecordaccessHistory": ("R41.11.0-46", "element-present"),
    "LstrecordaccessDetailHistory": ("R41.11.0-54", "element-present"),
    "LstMeetingType": ("R41.12.0-13", "element-present"),
    "CreateUser": ("R41.11.0-23", "element-present"),
}
#: Bodies with content no clause promises, or that may be left out (sources.md, Types of messages).
UNPROMISED = (
    "AuthenticateUser",
    "LstsummaryEvent",
    "LstrecordedEvent",
    "LstsummaryProgram",
    "LstRecording",
    "CreateEvent",
    "CreateMeeting",
    "SetMeeting",
    "DelUser",
    "DelMeeting",
)

#: Lists: the element that is a row of each.
ROWS: Mapping[str, str] = {
    "LstsummarySession": "session",
    "LstsummaryEvent": "event",
    "LstrecordedEvent": "recordedEvent",
    "LstsummaryProgram": "program",
    "LstRecording": "recording",
    "LstrecordaccessHistory": "recordAccessHistory",
    "LstrecordaccessDetailHistory": "recordDetail",
    "LstMeetingType": "meetingType",
}
#: Lists of which the mock holds one row have no other order.
SINGLE = ("LstsummaryProgram",)
#: What a list may get wrong, and what must tell; a way a list is not named for is one the notes say nothing about.
LISTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "LstsummarySession": {
        "row-lost": ("R41.2.0-09", "row-present"),
    },
    "LstrecordaccessHistory": {
        "row-lost": ("R41.11.0-47", "count"),
        "row-doubled": ("R41.11.0-47", "count"),
        "reversed": ("R41.11.0-48", "row-order"),
        "returned-too-high": ("R41.11.0-47", "count"),
        "returned-too-low": ("R41.11.0-47", "count"),
        "total-too-low": ("R41.11.0-47", "count"),
        "filter-ignored": ("R41.11.0-41", "row-absent"),
        "window-ignored": ("R41.11.0-49", "row-absent"),
        "paging-ignored": ("R41.11.0-47", "count"),
        "neighbours-key": ("R41.11.0-48", "row-order"),
    },
    "LstrecordaccessDetailHistory": {
        "row-lost": ("R41.11.0-54", "count"),
        "row-doubled": ("R41.11.0-54", "count"),
        "returned-too-high": ("R41.11.0-54", "count"),
        "returned-too-low": ("R41.11.0-54", "count"),
        "total-too-low": ("R41.11.0-54", "count"),
        "filter-ignored": ("R41.11.0-54", "count"),
    },
    "LstMeetingType": {
        "row-lost": ("R41.12.0-17", "count"),
        "row-doubled": ("R41.12.0-17", "count"),
        "returned-too-high": ("R41.12.0-17", "count"),
        "returned-too-low": ("R41.12.0-17", "count"),
        "total-too-high": ("R41.12.0-17", "element-value"),
        "total-too-low": ("R41.12.0-17", "element-value"),
        "neighbours-key": ("R41.12.0-17", "element-value"),
        "filter-ignored": ("R41.12.0-17", "element-value"),
    },
}
#: The element that tells rows apart, where a clause looks at it.
KEYS: Mapping[str, str] = {
    "LstrecordaccessHistory": "recordAccessHistory/recordID",
    "LstMeetingType": "meetingType/meetingTypeID",
}
#: What of a request a list is narrowed and ordered by.
FILTERS = ("serviceTypes", "sessionKey", "meetingTypeID", "hostWebExID", "recordID", "recondID")
WINDOWS = ("viewTimeScope", "creationTimeScope", "createTimeScope", "dateScope")

#: Operations refused while classic events are off, in the order of their clauses, R41.12.0-01 to -08.
BLOCKED = (
    "CreateEvent",
    "SetEvent",
    "GetEvent",
    "GetSessionInfo",
    "LstsummaryEvent",
    "LstrecordedEvent",
    "LstsummaryProgram",
    "UploadEventImage",
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
    *((f"R41.12.0-0{n}", name, "010106") for n, name in enumerate(BLOCKED, 1)),
)
