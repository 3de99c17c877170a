"""Elements the notes add: not sent, sent elsewhere, sent under the name of a typing error."""

from __future__ import annotations

from mocksite.faults.change import Edit, ReplyFault, dropped, earlier, first, last, renamed, spots
from mocksite.faults.fault import Fault
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

#: Clause, operation, element, line of the notes that names it.
_ADDED = (
    ("R41.2.0-01", "GetSite", "telephonyConfig/isWebexTelephony", "1007"),
    ("R41.2.0-09", "LstsummarySession", "session/enableEvent", "1030"),
    ("R41.2.0-10", "LstsummarySession", "session/enableWebniar", "1030"),
    ("R41.2.0-13", "GetUser", "webexAssistantEnabled", "1064"),
    ("R41.3.0-01", "GetSessionInfo", "accessControl/enableEvent", "859"),
    ("R41.3.0-02", "GetSessionInfo", "accessControl/enableWebniar", "859"),
    ("R41.3.0-05", "GetMeeting", "enableOptions/enableEvent", "859"),
    ("R41.3.0-06", "GetMeeting", "enableOptions/enableWebniar", "859"),
    ("R41.3.0-10", "GetSite", "siteCommonOptions/enablePreMeetingLobby", "870"),
    ("R41.3.0-11", "LstsummarySession", "session/enablePreMeetingLobby", "870"),
    ("R41.3.0-12", "GetSessionInfo", "accessControl/enablePreMeetingLobby", "890"),
    ("R41.3.0-13", "GetMeeting", "enableOptions/enablePreMeetingLobby", "914"),
    ("R41.3.0-16", "GetSite", "metaData/activeUserCount", "991"),
    ("R41.3.0-17", "GetSite", "metaData/activeUserCount", "991"),
    ("R41.3.0-18", "GetSite", "metaData/activeUserCount", "991"),
    ("R41.4.0-01", "GetSite", "defaults/entryExitToneEC", "793"),
    ("R41.4.0-07", "GetSessionInfo", "accessControl/sessionPassword", "799"),
    ("R41.4.0-08", "GetSessionInfo", "accessControl/audioPassword", "799"),
    ("R41.5.0-01", "GetUser", "phones/hostPIN", "739"),
    ("R41.5.0-02", "GetUser", "phones/hostPIN", "739"),
    ("R41.5.0-03", "GetUser", "phones/hostPIN", "739"),
    ("R41.5.0-04", "GetUser", "phones/hostPIN", "739"),
    ("R41.5.0-05", "GetUser", "phones/hostPIN", "739"),
    ("R41.5.0-10", "GetUser", "phones/hostPIN", "739"),
    ("R41.5.0-11", "GetSite", "enableRecordingAccess", "761"),
    ("R41.5.0-13", "GetSite", "storageEmptyStatus", "761"),
    ("R41.6.0-01", "GetUser", "largeEventCapacity", "705"),
    ("R41.6.3-01", "GetSite", "siteCommonOptions/supportLargeEvent", "667"),
    ("R41.7.0-01", "GetSite", "tools/enableNBRMCModify", "643"),
    ("R41.7.0-02", "GetSite", "tools/separateNoRecordingEdit", "643"),
    ("R41.11.0-23", "CreateUser", "userId", "204-218"),
    ("R41.11.0-46", "LstrecordaccessHistory", "recordAccessHistory/viewed", "412-434"),
    ("R41.11.0-50", "LstrecordaccessDetailHistory", "recordDetail/viewID", "437-445"),
    ("R41.11.0-51", "LstrecordaccessDetailHistory", "recordDetail/viewID", "437-445"),
    ("R41.11.0-52", "LstrecordaccessDetailHistory", "recordDetail/viewID", "437-445"),
    ("R41.11.0-53", "LstrecordaccessDetailHistory", "recordDetail/viewID", "437-445"),
    ("R41.11.0-54", "LstrecordaccessDetailHistory", "recordDetail/viewed", "470-501"),
    ("R41.11.0-54", "LstrecordaccessDetailHistory", "recordDetail/participantEmail", "470-501"),
    ("R41.11.0-61", "GetUser", "freeAccount", "566"),
    ("R41.12.0-13", "LstMeetingType", "meetingType/subProductCodePrefix", "114-119"),
    ("R41.12.0-19", "LstMeetingType", "meetingType/displayName", "119"),
)

#: Clause, operation, element, what happened to its place.
PLACED: tuple[tuple[str, str, str, str, Edit], ...] = (
    ("R41.2.0-02", "GetSite", "telephonyConfig/isWebexTelephony", "last", last("telephonyConfig/isWebexTelephony")),
    ("R41.2.0-11", "LstsummarySession", "session/enableWebniar", "first", first("session/enableWebniar")),
    (
        "R41.2.0-15",
        "GetSite",
        "telephonyConfig/attendeeIDLabel",
        "earlier",
        earlier("telephonyConfig/attendeeIDLabel"),
    ),
    (
        "R41.4.0-13",
        "GetSite",
        "defaults/joinTeleconfNotPress1",
        "earlier",
        earlier("defaults/joinTeleconfNotPress1"),
    ),
    ("R41.3.0-03", "GetSessionInfo", "accessControl/enableWebniar", "earlier", earlier("accessControl/enableWebniar")),
    ("R41.3.0-07", "GetMeeting", "enableOptions/enableWebniar", "earlier", earlier("enableOptions/enableWebniar")),
    ("R41.3.0-14", "GetSite", "enablePreMeetingLobby", "first", first("siteCommonOptions/enablePreMeetingLobby")),
    ("R41.3.0-15", "LstsummarySession", "enablePreMeetingLobby", "earlier", earlier("session/enablePreMeetingLobby")),
    ("R41.4.0-02", "GetSite", "entryExitToneEC", "earlier", earlier("defaults/entryExitToneEC")),
    ("R41.6.3-02", "GetSite", "supportLargeEvent", "earlier", earlier("siteCommonOptions/supportLargeEvent")),
    ("R41.7.0-03", "GetSite", "separateNoRecordingEdit", "earlier", earlier("tools/separateNoRecordingEdit")),
    ("R41.11.0-62", "GetUser", "freeAccount", "earlier", earlier("freeAccount")),
    ("R41.11.0-39", "GetUser", "firstName", "last", last("firstName")),
    ("R41.12.0-14", "LstMeetingType", "subProductCodePrefix", "last", last("meetingType/subProductCodePrefix")),
    ("R41.12.0-17", "LstMeetingType", "matchingRecords", "last", last("matchingRecords")),
    ("R41.12.0-19", "LstMeetingType", "displayName", "earlier", earlier("meetingType/displayName")),
    ("R41.1.0-01", "GetMeeting", "metaData", "last", last("metaData")),
    ("R41.3.0-21", "GetSite", "siteInstance/clientPlatforms", "first", first("siteInstance/clientPlatforms")),
    ("R41.4.0-09", "GetSessionInfo", "metaData", "last", last("metaData")),
    ("R41.5.0-18", "CreateMeeting", "meetingkey", "last", last("meetingkey")),
    ("R41.6.0-06", "LstRecording", "recording/recordingID", "last", last("recording/recordingID")),
    ("R41.10.0-01", "LstMeetingType", "meetingType/meetingTypeID", "first", first("meetingType/meetingTypeID")),
    ("R41.11.0-22", "GetUser", "email", "last", last("email")),
    ("R41.11.0-38", "GetSite", "siteInstance/tools", "first", first("siteInstance/tools")),
    ("R41.11.0-60", "CreateEvent", "sessionKey", "last", last("sessionKey")),
    ("R41.12.0-12", "GetEvent", "metaData", "last", last("metaData")),
    ("R41.11.0-54", "LstrecordaccessDetailHistory", "matchingRecords", "first", first("matchingRecords")),
)

#: Another place than the one recorded before is no matter of neighbours.
MEASURED = dict.fromkeys(
    (
        "R41.1.0-01",
        "R41.3.0-21",
        "R41.4.0-09",
        "R41.5.0-18",
        "R41.6.0-06",
        "R41.10.0-01",
        "R41.11.0-22",
        "R41.11.0-38",
        "R41.11.0-60",
        "R41.12.0-12",
    ),
    "baseline",
)


def _without_prefix(_call: Call, body: Node) -> None:
    """Predefined session types have lost their prefix."""
    for _, session_type in spots(body, "meetingType"):
        if session_type.find("subProductCodePrefix") is None:
            session_type.children = [one for one in session_type.children if one.local != "productCodePrefix"]


FAULTS: tuple[Fault, ...] = (
    *(
        ReplyFault(
            f"{clause}/{path.rpartition('/')[2]}-not-sent",
            f"{operation} leaves out {path} (notes, line {lines})",
            clause,
            "element-present",
            (operation,),
            dropped(path),
        )
        for clause, operation, path, lines in _ADDED
    ),
    *(
        ReplyFault(
            f"{clause}/{path.rpartition('/')[2]}-stands-{place}",
            f"{operation} sends {path} {place} among its siblings",
            clause,
            MEASURED.get(clause, "element-order"),
            (operation,),
            edit,
        )
        for clause, operation, path, place, edit in PLACED
    ),
    ReplyFault(
        "R41.12.0-18/prefix-of-predefined-types-lost",
        "LstMeetingType leaves out productCodePrefix where there is no second prefix (line 85)",
        "R41.12.0-18",
        "element-present",
        ("LstMeetingType",),
        _without_prefix,
    ),
    ReplyFault(
        "R41.12.0-13/name-with-the-typing-error",
        "LstMeetingType spells subProdctCodePrefix as the prose of line 87 does",
        "R41.12.0-13",
        "element-absent",
        ("LstMeetingType",),
        renamed("meetingType/subProductCodePrefix", "subProdctCodePrefix"),
    ),
)
