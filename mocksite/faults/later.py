"""Releases after 41.12: what a site gets wrong of the overviews of 42.x, which give no line numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mocksite.faults.change import (
    CallFault,
    Edit,
    MessageFault,
    ReplyFault,
    When,
    always,
    dropped,
    earlier,
    first,
    forgetting,
    last,
    refusing,
    saying,
)
from mocksite.faults.fault import Fault
from mocksite.faults.rules.operators import exception_replaced, ways_of
from mocksite.model.records import EVENT, TRAINING, Session
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

_TOO_MANY, _SUSPENDED = "040015", "010107"
_SUSPENSION = "suspended-sites-schedule-free-meetings"
_UUID, _DASHED = "recording/recordingUUID", "20679f82-215f-103b-bcff-005056a3e9b8"
_SHORT = "accessControl/registrationShortURL"
#: Clause and operation of what a suspended site does not schedule.
_SCHEDULING = tuple(
    (f"R42.5.0-0{number}", operation)
    for number, operation in enumerate(
        (
            "CreateMeeting",
            "SetMeeting",
            "CreateEvent",
            "SetEvent",
            "CreateTrainingSession",
            "SetTrainingSession",
            "CreateSupportSession",
        ),
        1,
    )
)


def _one(
    clause: str, name: str, operation: str, what: str, edit: Edit, check: str = "element-value", when: When = always
) -> Fault:
    return ReplyFault(f"{clause}/{name}", f"{operation}: {what}", clause, check, (operation,), edit, when)


def _lax(clause: str, operation: str, behaviour: str, check: str = "result") -> Fault:
    what = f"{operation} behaves as before the release"
    return CallFault(f"{clause}/as-before", what, clause, check, (operation,), forgetting(behaviour))


def _renumbered(clause: str, operation: str, exception_id: str) -> Fault:
    what = f"{operation} refuses with another id than {exception_id}"
    edit = exception_replaced(exception_id)
    return MessageFault(f"{clause}/id-other", what, clause, "exception-id", (operation,), edit)


def _reworded(clause: str, operation: str, exception_id: str) -> Fault:
    def edit(_call: Call, message: Node) -> None:
        head, found = message.find("header/response/reason"), message.find("header/response/exceptionID")
        if head is not None and found is not None and found.text == exception_id:
            head.text = "Not possible at the moment"

    what = f"{operation} refuses with {exception_id} in other words"
    return MessageFault(f"{clause}/reason-in-other-words", what, clause, "reason", (operation,), edit)


def _refusals(pairs: Iterable[tuple[str, str]], behaviour: str, exception_id: str) -> Iterator[Fault]:
    """For each clause and operation: the refusal does not come, comes with another id, comes in other words."""
    for clause, operation in pairs:
        yield _lax(clause, operation, behaviour)
        yield _renumbered(clause, operation, exception_id)
        yield _reworded(clause, operation, exception_id)


def _refused_too(
    clause: str, operation: str, exception_id: str, what: str, when: When, check: str = "exception-id"
) -> Fault:
    return MessageFault(
        f"{clause}/refused-too", f"{operation}: {what}", clause, check, (operation,), refusing(exception_id), when
    )


def _of_kind(kind: str) -> When:
    """Calls about a session of a kind."""

    def when(call: Call) -> bool:
        session = call.store.get(Session, call.content.number("sessionKey") or 0)
        return session is not None and session.kind == kind

    return when


def _all_have_one(_call: Call, body: Node) -> None:
    for row in body.find_all("recording"):
        if row.find("recordingUUID") is None:
            row.children.append(Node("ep:recordingUUID", "20679f82215f103bbcff005056a3e9b8"))


def _attendees(call: Call) -> int:
    return len(list(call.content.parts("attendees")))


def _of_webinars() -> tuple[Fault, ...]:
    made = []
    for number, operation, parent in ((1, "LstsummarySession", "session"), (5, "GetSessionInfo", "accessControl")):
        clauses = [f"R42.1.0-0{number + nth}" for nth in range(4)]
        event, webniar = f"{parent}/enableEvent", f"{parent}/enableWebniar"
        made += [
            _one(clauses[0], "webinar-denied", operation, "enableEvent is always false", saying(event, "false")),
            _one(clauses[1], "meeting-called-webinar", operation, "enableEvent is always true", saying(event, "true")),
            _one(clauses[2], "viewers-speak", operation, "enableWebniar is always false", saying(webniar, "false")),
            _lax(clauses[3], operation, "webinars-tell-who-only-views", "element-value"),
        ]
    return tuple(made)


FAULTS: tuple[Fault, ...] = (
    *_of_webinars(),
    _one("R42.1.0-10", "metaData-stands-last", "GetSessionInfo", "metaData last", last("metaData"), "baseline"),
    *_refusals(
        (("R42.1.0-11", "CreateMeetingAttendee"), ("R42.1.0-12", "RegisterMeetingAttendee")),
        "attendees-per-call",
        _TOO_MANY,
    ),
    *(
        _refused_too(clause, operation, _TOO_MANY, "50 are too many", lambda call: _attendees(call) == 50)
        for clause, operation in (("R42.1.0-13", "CreateMeetingAttendee"), ("R42.1.0-14", "RegisterMeetingAttendee"))
    ),
    _one(
        "R42.1.0-15",
        "attendeeID-stands-last",
        "RegisterMeetingAttendee",
        "attendeeID last",
        last("register/attendeeID"),
        "baseline",
    ),
    CallFault(
        "R42.3.0-01/no-mail",
        "DelRecording tells nobody",
        "R42.3.0-01",
        "mail",
        ("DelRecording",),
        forgetting("notices-of-deleted-recordings"),
    ),
    _one("R42.4.0-01", "tools-stand-first", "GetSite", "tools first", first("siteInstance/tools"), "baseline"),
    *_refusals(_SCHEDULING, _SUSPENSION, _SUSPENDED),
    _refused_too("R42.5.0-08", "CreateMeeting", _SUSPENDED, "the free type, too", lambda call: call.settings.suspended),
    *(
        MessageFault(
            f"R42.5.0-09/{operation}-refused",
            f"{operation} is refused though the site is not suspended",
            "R42.5.0-09",
            "exception-id",
            (operation,),
            refusing(_SUSPENDED),
            lambda call: not call.settings.suspended,
        )
        for _, operation in _SCHEDULING[:-1]
    ),
    _one(
        "R42.5.0-10",
        "sessionkey-a-word",
        "CreateTrainingSession",
        "sessionkey is no number",
        saying("sessionkey", "soon"),
        "baseline",
    ),
    _one("R42.5.0-10", "meetingkey-stands-last", "CreateMeeting", "meetingkey last", last("meetingkey"), "baseline"),
    *_refusals(
        (("R42.6.0-01", "CreateUser"), ("R42.6.0-02", "SetUser")),
        "suspended-sites-keep-their-users",
        _SUSPENDED,
    ),
    _refused_too(
        "R42.6.0-03",
        "SetUser",
        _SUSPENDED,
        "nobody may change himself",
        lambda call: call.settings.suspended,
        "result",
    ),
    *(
        MessageFault(
            f"R42.6.0-04/{operation}-refused",
            f"{operation} is refused though the site is not suspended",
            "R42.6.0-04",
            "exception-id",
            (operation,),
            refusing(_SUSPENDED),
            lambda call: not call.settings.suspended,
        )
        for operation in ("CreateUser", "SetUser")
    ),
    _one("R42.6.0-05", "userId-a-word", "CreateUser", "userId is no number", saying("userId", "unknown"), "baseline"),
    *(
        _one(
            clause, f"{way}-for-a-{kind}", "GetSessionInfo", f"registrationShortURL {way} for a {kind}", edit, check, of
        )
        for clause, kind, of in (("R42.10.0-01", EVENT, _of_kind(EVENT)), ("R42.10.0-02", TRAINING, _of_kind(TRAINING)))
        for way, check, edit in ways_of(_SHORT, "text")
    ),
    *(
        fault
        for kind in (EVENT, TRAINING)
        for fault in (
            _one(
                "R42.10.0-03",
                f"stands-earlier-for-a-{kind}",
                "GetSessionInfo",
                f"registrationShortURL before registrationURL for a {kind}",
                earlier(_SHORT),
                "element-order",
                _of_kind(kind),
            ),
            _one(
                "R42.10.0-04",
                f"long-link-gone-for-a-{kind}",
                "GetSessionInfo",
                f"no registrationURL for a {kind}",
                dropped("accessControl/registrationURL"),
                "element-present",
                _of_kind(kind),
            ),
        )
    ),
    _one("R42.11.0-01", "tools-stand-first", "GetSite", "tools first", first("siteInstance/tools"), "baseline"),
    *(
        _one("R42.11.1-01", way, "LstRecording", f"recordingUUID {way}", edit, check)
        for way, check, edit in ways_of(_UUID, "text")
    ),
    *(
        _one("R42.11.1-02", f"stands-{place}", "LstRecording", f"recordingUUID stands {place}", edit, "element-order")
        for place, edit in (("earlier", earlier(_UUID)), ("last", last(_UUID)))
    ),
    _one("R42.11.1-03", "dashed", "LstRecording", "recordingUUID with dashes", saying(_UUID, _DASHED), "element-kind"),
    _one(
        "R42.11.1-04", "of-every-recording", "LstRecording", "every recording has one", _all_have_one, "element-absent"
    ),
)
