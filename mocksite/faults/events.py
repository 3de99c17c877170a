"""Events, meetings and the addresses of the service: refusals that do not come, and those that come too often."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mocksite.faults.change import CallFault, MessageFault, ReplyFault, forgetting, refusing, saying, spots
from mocksite.faults.fault import Fault
from mocksite.faults.rules.targets import BLOCKED
from mocksite.model.records import Session
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

#: The session type of webcasts (seed data).
WEBCAST_TYPE = 130


@dataclass(frozen=True)
class OldAddressFault(Fault):
    """The retired address goes on answering."""

    serves_old_address = True


@dataclass(frozen=True)
class SchedulingFault(Fault):
    """CreateMeeting makes what it is asked for, and every session in a list is a large event."""

    def asked(self, call: Call) -> None:
        if call.operation.name == "createMeeting":
            forgetting("large-events-refused")(call)

    def reply(self, call: Call, tree: Node) -> Node:
        if call.operation.name == "lstsummarySession":
            saying("session/enableEvent", "true")(call, tree)
        return tree


@dataclass(frozen=True)
class RefusedButDoneFault(Fault):
    """SetEvent stores the beginning of a description that it refuses."""

    def reply(self, call: Call, tree: Node) -> Node:
        found = tree.find("header/response/exceptionID")
        if call.operation.name == "setEvent" and found is not None and found.text == "060068":
            event = call.store.get(Session, call.content.number("sessionKey") or 0)
            assert event is not None, "an event refused that is not there"
            with call.store.transaction():
                call.store.put(replace(event, text=call.content.text("metaData/description")[:100]))
        return tree


def _cut_description(call: Call) -> None:
    """Hear the first 4000 characters of a description that is not too long."""
    for _, child in spots(call.content.node, "metaData/description"):
        child.text = (child.text or "")[:4000]


@dataclass(frozen=True)
class MeetingTypeFault(Fault):
    """SetMeeting takes the session type of a large event, and GetMeeting shows a large event."""

    def asked(self, call: Call) -> None:
        if call.operation.name == "setMeeting":
            forgetting("large-events-refused")(call)

    def reply(self, call: Call, tree: Node) -> Node:
        if call.operation.name == "getMeeting":
            saying("enableOptions/enableEvent", "true")(call, tree)
        return tree


def _off(call: Call) -> bool:
    return not call.settings.classic_events


def _own_tone(call: Call, _body: Node) -> None:
    """The event is kept with the tone the API itself chose before 41.4."""
    key = call.content.number("sessionKey")
    event = call.store.get(Session, key) if key is not None else None
    if event is not None and not call.content.text("schedule/entryExitTone"):
        call.store.put(replace(event, tone="NOTONE"))


def _reason(_call: Call, message: Node) -> None:
    found = message.find("header/response/reason")
    if found is not None and found.text and "classic" in found.text:
        found.text = "Not available"


def _lax(clause: str, operation: str, behaviour: str, lines: str, check: str = "result") -> Fault:
    return CallFault(
        f"{clause}/as-before",
        f"{operation} knows nothing of {behaviour} (lines {lines})",
        clause,
        check,
        (operation,),
        forgetting(behaviour),
    )


FAULTS: tuple[Fault, ...] = (
    *(_lax(f"R41.12.0-0{n}", name, "classic-events-lock", "13-23") for n, name in enumerate(BLOCKED, 1)),
    MessageFault(
        "R41.12.0-09/refused-though-enabled",
        "CreateEvent refused though classic events are enabled (lines 15-23)",
        "R41.12.0-09",
        "exception-id",
        ("CreateEvent",),
        refusing("010106"),
        lambda call: not _off(call),
    ),
    *(
        MessageFault(
            f"R41.12.0-09/{name}-refused-for-another-reason",
            f"{name} refused with 000001 though classic events are enabled (lines 15-23)",
            "R41.12.0-09",
            "result",
            (name,),
            refusing("000001", "Access denied, additional privileges are required"),
            lambda call: not _off(call),
        )
        for name in ("GetEvent", "SetEvent", "UploadEventImage")
    ),
    MessageFault(
        "R41.12.0-11/meetings-refused-too",
        "GetSessionInfo refused for meetings too (line 21)",
        "R41.12.0-11",
        "result",
        ("GetSessionInfo",),
        refusing("010106", "The classic Event has been disabled."),
        _off,
    ),
    MessageFault(
        "R41.12.0-03/reason-in-other-words",
        "the reason of line 57 is another one",
        "R41.12.0-03",
        "reason",
        ("GetEvent",),
        _reason,
    ),
    _lax("R41.4.0-10", "CreateMeeting", "large-events-refused", "803-806"),
    SchedulingFault(
        "R41.3.0-09/large-event-scheduled",
        "CreateMeeting schedules large events (line 865)",
        "R41.3.0-09",
        "element-value",
        ("CreateMeeting", "LstsummarySession"),
    ),
    MeetingTypeFault(
        "R41.3.0-09/meeting-turned-large",
        "SetMeeting makes a large event of a meeting (line 872)",
        "R41.3.0-09",
        "element-value",
        ("SetMeeting", "GetMeeting"),
    ),
    CallFault(
        "R41.4.0-14/webcasts-accepted",
        "CreateMeeting takes the session type of a webcast (line 823)",
        "R41.4.0-14",
        "result",
        ("CreateMeeting",),
        forgetting("large-events-refused"),
        lambda call: call.content.number("metaData/meetingType") == WEBCAST_TYPE,
    ),
    _lax("R41.4.0-11", "SetMeeting", "large-events-refused", "803-806"),
    _lax("R41.4.0-12", "SetMeeting", "large-events-refused", "803-806"),
    _lax("R41.11.0-57", "CreateEvent", "description-limit", "532-552"),
    _lax("R41.11.0-59", "SetEvent", "description-limit", "532-552"),
    *(
        CallFault(
            f"{clause}/cut-short",
            f"{name} accepts 10000 characters and keeps 4000 of them (line 532)",
            clause,
            "element-value",
            (name,),
            _cut_description,
            lambda call: len(call.content.text("metaData/description")) <= 10000,
        )
        for clause, name in (("R41.11.0-56", "CreateEvent"), ("R41.11.0-58", "SetEvent"))
    ),
    RefusedButDoneFault(
        "R41.11.0-59/refused-but-done",
        "SetEvent refuses 10001 characters and keeps some of them (lines 532-552)",
        "R41.11.0-59",
        "element-value",
        ("SetEvent",),
    ),
    *(
        MessageFault(
            f"{clause}/limit-too-low",
            f"{name} refuses 10000 characters (line 532)",
            clause,
            "result",
            (name,),
            refusing("060068"),
            lambda call: len(call.content.text("metaData/description")) == 10000,
        )
        for clause, name in (("R41.11.0-56", "CreateEvent"), ("R41.11.0-58", "SetEvent"))
    ),
    ReplyFault(
        "R41.4.0-04/tone-of-meetings",
        "an event made takes the tone of meetings (line 781)",
        "R41.4.0-04",
        "element-value",
        ("GetEvent",),
        saying("schedule/entryExitTone", "ANNOUNCENAME"),
    ),
    ReplyFault(
        "R41.4.0-05/tone-of-the-api",
        "an event set without a tone gets the API's own, as before (lines 785, 791)",
        "R41.4.0-05",
        "element-value",
        ("SetEvent",),
        _own_tone,
    ),
    ReplyFault(
        "R41.4.0-05/tone-not-renewed",
        "an event set keeps its tone (line 783)",
        "R41.4.0-05",
        "element-value",
        ("GetEvent",),
        saying("schedule/entryExitTone", "NOTONE"),
    ),
    ReplyFault(
        "R41.4.0-06/tone-not-shown",
        "GetEvent shows no tone (line 785)",
        "R41.4.0-06",
        "element-value",
        ("GetEvent",),
        saying("schedule/entryExitTone", "NOTONE"),
    ),
    MessageFault(
        "R41.8.0-01/address-refused",
        "GetSite refused at its own address (line 612)",
        "R41.8.0-01",
        "result",
        ("GetSite",),
        refusing("999999"),
    ),
    MessageFault(
        "R41.9.0-02/address-refused",
        "GetAPIVersion refused at its own address (line 599)",
        "R41.9.0-02",
        "result",
        ("GetAPIVersion",),
        refusing("999999"),
    ),
    OldAddressFault(
        "R41.9.0-01/still-served", "the address of XML API 10.0.0 answers on (line 597)", "R41.9.0-01", "address"
    ),
)
