"""Recordings and who watched them: filters not kept, moments taken from the wrong clock."""

from __future__ import annotations

from mocksite.faults.change import Alter, CallFault, MessageFault, ReplyFault, deaf_to, forgetting, hearing, refusing
from mocksite.faults.fault import Fault
from mocksite.model.queries import Query, Term
from mocksite.model.records import LARGE_EVENT, MEETING, Recording
from mocksite.operations.call import Call
from mocksite.protocol.dates import show
from mocksite.protocol.nodes import Node

_HISTORY = "LstrecordaccessHistory"


def asking(*services: str) -> Alter:
    """The request is heard as one for other services."""

    def alter(call: Call) -> None:
        content = call.content.node
        content.children = [child for child in content.children if child.local != "serviceTypes"]
        content.children.append(Node("serviceTypes", children=[Node("serviceType", one) for one in services]))

    return alter


def _asked(call: Call) -> tuple[str, ...]:
    return tuple(call.content.texts("serviceTypes/serviceType"))


def _stored_large(call: Call, body: Node) -> None:
    """Large events tell the moment their record was made in the database, whatever they are found by."""
    for row in body.find_all("recording"):
        number, told = row.find("recordingID"), row.find("createTime")
        tape = call.store.get(Recording, int(number.text or 0)) if number is not None else None
        if tape is not None and told is not None and tape.kind == LARGE_EVENT:
            told.text = show(tape.stored, tape.time_zone_id)


def _filter(
    clause: str, wanted: tuple[str, ...], heard: tuple[str, ...], lines: str, check: str = "row-present"
) -> Fault:
    return CallFault(
        f"{clause}/other-services",
        f"{_HISTORY} asked for {wanted or 'nothing'} hears {heard} (lines {lines})",
        clause,
        check,
        (_HISTORY,),
        asking(*heard),
        lambda call: _asked(call) == wanted,
    )


def _first_of_a_meeting(call: Call) -> None:
    """The oldest recording of a meeting is heard, whatever number was sent."""
    oldest = call.store.all(Recording, Query((Term("kind", "=", MEETING),), (("recording_id", False),)))[0]
    for spelling in ("recondID", "recordID"):
        hearing(spelling, str(oldest.recording_id))(call)


def _nothing_found(_call: Call, message: Node) -> None:
    """An empty list is refused as if something had gone wrong."""
    found = message.find("header/response/exceptionID")
    if found is not None and found.text == "000015":
        found.text = "999999"


FAULTS: tuple[Fault, ...] = (
    CallFault(
        "R41.6.0-04/stored-time",
        "createTime is the moment of storing (line 717)",
        "R41.6.0-04",
        "moment",
        ("LstRecording",),
        forgetting("recording-start-as-create-time"),
    ),
    CallFault(
        "R41.6.0-05/stored-time-of-trainings",
        "createTime of trainings is the moment of storing (line 717)",
        "R41.6.0-05",
        "moment",
        ("LstRecording",),
        forgetting("recording-start-as-create-time"),
        lambda call: _asked(call) == ("TrainingCenter",),
    ),
    ReplyFault(
        "R41.6.0-05/stored-time-of-large-events",
        "createTime of large events is the moment of storing (line 721)",
        "R41.6.0-05",
        "moment",
        ("LstRecording",),
        _stored_large,
    ),
    _filter("R41.11.0-40", (), ("MeetingCenter", "EventCenter", "TrainingCenter"), "303-310", "row-absent"),
    _filter("R41.11.0-41", ("MeetingCenter",), ("EventCenter",), "303-310"),
    _filter("R41.11.0-42", ("EventCenter",), ("TrainingCenter",), "303-310"),
    _filter("R41.11.0-43", ("TrainingCenter",), ("MeetingCenter",), "303-310"),
    CallFault(
        "R41.11.0-44/as-before",
        "serviceTypes is not known (lines 303-310)",
        "R41.11.0-44",
        "row-present",
        (_HISTORY,),
        forgetting("access-history-of-all-services"),
        lambda call: len(_asked(call)) > 1,
    ),
    MessageFault(
        "R41.11.0-45/one-service-only",
        "more than one service is refused (line 312)",
        "R41.11.0-45",
        "result",
        (_HISTORY,),
        refusing("999999"),
        lambda call: len(_asked(call)) > 1,
    ),
    CallFault(
        "R41.11.0-49/window-ignored",
        "viewTimeScope is not looked at (line 340)",
        "R41.11.0-49",
        "row-absent",
        (_HISTORY,),
        deaf_to("viewTimeScope"),
    ),
    CallFault(
        "R41.11.0-49/start-ignored",
        "viewTimeStart is not looked at (line 340)",
        "R41.11.0-49",
        "row-absent",
        (_HISTORY,),
        deaf_to("viewTimeScope/viewTimeStart"),
    ),
    CallFault(
        "R41.11.0-49/end-ignored",
        "viewTimeEnd is not looked at (line 340)",
        "R41.11.0-49",
        "row-absent",
        (_HISTORY,),
        deaf_to("viewTimeScope/viewTimeEnd"),
    ),
    MessageFault(
        "R41.11.0-49/old-times-refused",
        "a time with nothing viewed in it is refused with 999999 (line 340)",
        "R41.11.0-49",
        "result",
        (_HISTORY,),
        _nothing_found,
    ),
    *(
        CallFault(
            f"{clause}/as-before",
            "views of other recordings than trainings are not told (lines 437-445)",
            clause,
            "result",
            ("LstrecordaccessDetailHistory",),
            forgetting("access-history-of-all-services"),
        )
        for clause in ("R41.11.0-50", "R41.11.0-51", "R41.11.0-52")
    ),
    *(
        CallFault(
            f"{clause}/views-of-one-recording",
            "whatever recording is asked for, the views of one and the same are told (line 319)",
            clause,
            "element-value",
            ("LstrecordaccessDetailHistory",),
            _first_of_a_meeting,
        )
        for clause in ("R41.11.0-50", "R41.11.0-51", "R41.11.0-52", "R41.11.0-53")
    ),
)
