"""Elements that are there and say the wrong thing, and the counts and lists around them."""

from __future__ import annotations

from mocksite.faults.change import Edit, ReplyFault, dropped, inverted, renamed, saying, spots
from mocksite.faults.fault import Fault
from mocksite.model.records import Session
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

_COUNTERS = ("activeUserCount", "MCActiveUserCount", "activeCETHost")


def _told(_call: Call, body: Node) -> None:
    meta = body.find("siteInstance/metaData")
    if meta is not None:
        meta.children += [Node(f"ns1:{name}", "12") for name in _COUNTERS]


def _for_others(call: Call) -> bool:
    return not call.caller.is_administrator


def _shown(_call: Call, body: Node) -> None:
    phones = body.find("phones")
    if phones is not None and phones.find("hostPIN") is None:
        phones.children.append(Node("use:hostPIN", "1111"))


def _counted_twice(_call: Call, body: Node) -> None:
    for _, total in spots(body, "matchingRecords/returned"):
        total.text = str(int(total.text or 0) + 1)


def _swapped(_call: Call, body: Node) -> None:
    rows = [child for child in body.children if child.local == "recordAccessHistory"]
    others = [child for child in body.children if child.local != "recordAccessHistory"]
    body.children = [*reversed(rows), *others]


def _both_true(call: Call, body: Node) -> None:
    for name in ("enableNBRMCModify", "separateNoRecordingEdit"):
        saying(f"tools/{name}", "true")(call, body)


def _of_a_large_event(call: Call) -> bool:
    key = call.content.number("sessionKey") or call.content.number("meetingKey")
    session = call.store.get(Session, key) if key is not None else None
    return session is not None and session.is_large


def _without(parent: str) -> Edit:
    """The two elements that tell large events are left out."""

    def edit(call: Call, body: Node) -> None:
        for name in ("enableEvent", "enableWebniar"):
            dropped(f"{parent}/{name}")(call, body)

    return edit


def _no_secrets(_call: Call, body: Node) -> None:
    """Two elements say panelist and password, one of them a number, and neither is one."""
    for _, child in spots(body, "accessControl/panelistPassword"):
        child.name, child.text = "ep:panelistPasswordReq", "true"
    for _, child in spots(body, "accessControl/panelistNumericPassword"):
        child.name, child.text = "ep:panelistPasswordEnforced", "1"


def _one(clause: str, operation: str, name: str, what: str, edit: Edit, check: str = "element-value") -> Fault:
    return ReplyFault(f"{clause}/{name}", f"{operation}: {what}", clause, check, (operation,), edit)


FAULTS: tuple[Fault, ...] = (
    _one(
        "R41.2.0-12",
        "LstsummarySession",
        "webniar-denied",
        "a large event says enableWebniar false (line 1054)",
        saying("session/enableWebniar", "false"),
    ),
    _one(
        "R41.2.0-14",
        "GetUser",
        "assistant-upside-down",
        "webexAssistantEnabled says the opposite (line 1064)",
        inverted("webexAssistantEnabled"),
    ),
    _one(
        "R41.3.0-04",
        "GetSessionInfo",
        "meeting-called-event",
        "enableEvent true for a meeting (line 861)",
        saying("accessControl/enableEvent", "true"),
    ),
    _one(
        "R41.3.0-08",
        "GetMeeting",
        "meeting-called-webinar",
        "enableWebniar true for a meeting (line 861)",
        saying("enableOptions/enableWebniar", "true"),
    ),
    ReplyFault(
        "R41.3.0-22/large-events-say-nothing",
        "GetSessionInfo leaves the pair out for large events (lines 876-878)",
        "R41.3.0-22",
        "element-present",
        ("GetSessionInfo",),
        _without("accessControl"),
        _of_a_large_event,
    ),
    ReplyFault(
        "R41.3.0-23/large-events-say-nothing",
        "GetMeeting leaves the pair out for large events (line 878)",
        "R41.3.0-23",
        "element-present",
        ("GetMeeting",),
        _without("enableOptions"),
        _of_a_large_event,
    ),
    _one(
        "R41.3.0-24",
        "LstsummarySession",
        "every-meeting-a-webinar",
        "enableWebniar true for a meeting (line 949)",
        saying("session/enableWebniar", "true"),
    ),
    ReplyFault(
        "R41.4.0-07/words-for-passwords",
        "GetSessionInfo: what says panelist and password is no password (line 819)",
        "R41.4.0-07",
        "password",
        ("GetSessionInfo",),
        _no_secrets,
    ),
    ReplyFault(
        "R41.4.0-08/words-for-passwords",
        "GetSessionInfo: what says panelist and password is no password (line 819)",
        "R41.4.0-08",
        "password",
        ("GetSessionInfo",),
        _no_secrets,
    ),
    ReplyFault(
        "R41.3.0-19/counters-for-hosts",
        "GetSite tells hosts the counters (line 991)",
        "R41.3.0-19",
        "element-absent",
        ("GetSite",),
        _told,
        _for_others,
    ),
    ReplyFault(
        "R41.3.0-20/counters-for-attendees",
        "GetSite tells attendees the counters (line 991)",
        "R41.3.0-20",
        "element-absent",
        ("GetSite",),
        _told,
        _for_others,
    ),
    _one(
        "R41.4.0-03",
        "GetSite",
        "tone-of-meetings",
        "entryExitToneEC shows the tone of meetings (line 779)",
        saying("defaults/entryExitToneEC", "ANNOUNCENAME"),
    ),
    _one(
        "R41.5.0-06",
        "GetUser",
        "pin-shown-always",
        "phones/hostPIN shown though the option is off (line 735)",
        _shown,
        "element-absent",
    ),
    _one(
        "R41.5.0-12",
        "GetSite",
        "access-always",
        "enableRecordingAccess always true (line 755)",
        saying("enableRecordingAccess", "true"),
    ),
    _one(
        "R41.5.0-14",
        "GetSite",
        "never-empty",
        "storageEmptyStatus always false (line 757)",
        saying("storageEmptyStatus", "false"),
    ),
    _one(
        "R41.5.0-15",
        "GetSite",
        "always-empty",
        "storageEmptyStatus always true (line 759)",
        saying("storageEmptyStatus", "true"),
    ),
    _one(
        "R41.6.0-02",
        "GetUser",
        "capacity-in-thousands",
        "largeEventCapacity 3 where 3000 is meant (lines 575, 705)",
        saying("largeEventCapacity", "3"),
    ),
    _one(
        "R41.6.0-02",
        "GetUser",
        "capacity-unlimited",
        "largeEventCapacity -1, which is no capacity (lines 575, 705)",
        saying("largeEventCapacity", "-1"),
        "element-kind",
    ),
    _one(
        "R41.5.0-05",
        "GetUser",
        "pin-signed",
        "hostPIN with a sign, which no telephone can dial (line 739)",
        saying("phones/hostPIN", "-4711"),
        "element-kind",
    ),
    _one(
        "R41.6.3-03",
        "GetSite",
        "support-upside-down",
        "supportLargeEvent says the opposite (line 661)",
        inverted("siteCommonOptions/supportLargeEvent"),
    ),
    ReplyFault(
        "R41.7.0-04/deaf-option",
        "GetSite: both elements of tools never change (line 639)",
        "R41.7.0-04",
        "element-change",
        ("GetSite",),
        _both_true,
    ),
    _one(
        "R41.9.0-03",
        "GetAPIVersion",
        "version-kept",
        "the site still calls itself V10.0.0 (line 601)",
        saying("apiVersion", "WebEx XML API V10.0.0"),
    ),
    _one(
        "R41.11.0-63",
        "GetUser",
        "free-upside-down",
        "freeAccount says the opposite (line 564)",
        inverted("freeAccount"),
    ),
    _one(
        "R41.12.0-15",
        "LstMeetingType",
        "other-stem",
        "subProductCodePrefix of another product (line 87)",
        saying("meetingType/subProductCodePrefix", "AUO1"),
    ),
    _one(
        "R41.12.0-15",
        "LstMeetingType",
        "no-digits",
        "subProductCodePrefix goes on with a power, which is no digit (line 87)",
        saying("meetingType/subProductCodePrefix", "PRO³"),
    ),
    _one(
        "R41.11.0-47",
        "LstrecordaccessHistory",
        "counted-in-powers",
        "total is no number (line 432)",
        saying("matchingRecords/total", "²"),
        "count",
    ),
    _one(
        "R41.12.0-17",
        "LstMeetingType",
        "another-type",
        "the type returned is another one (line 105)",
        saying("meetingType/meetingTypeID", "9999"),
    ),
    _one(
        "R41.11.0-47",
        "LstrecordaccessHistory",
        "counted-once-more",
        "returned is one too many (line 432)",
        _counted_twice,
        "count",
    ),
    _one(
        "R41.11.0-48",
        "LstrecordaccessHistory",
        "order-reversed",
        "rows descend where ASC was asked (line 382)",
        _swapped,
        "row-order",
    ),
    _one(
        "R41.2.0-09",
        "LstsummarySession",
        "word-for-boolean",
        "enableEvent says yes (line 1030)",
        saying("session/enableEvent", "yes"),
        "element-kind",
    ),
    _one(
        "R41.2.0-10",
        "LstsummarySession",
        "spelling-mended",
        "enableWebinar instead of enableWebniar (line 1032)",
        renamed("session/enableWebniar", "enableWebinar"),
        "element-present",
    ),
)
