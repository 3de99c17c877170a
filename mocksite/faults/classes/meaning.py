"""Class 10, kind and not meaning: of the right kind and saying nothing, a counter of zero, one PIN for everybody."""

from __future__ import annotations

from collections.abc import Iterator

from mocksite.faults.change import Edit, ReplyFault, saying, spots
from mocksite.faults.fault import Fault
from mocksite.faults.rules.targets import ELEMENTS
from mocksite.operations.call import Call
from mocksite.protocol.nodes import Node

FAMILY = "kind-not-meaning"
#: What an element of a kind may say that means nothing.
_WORDS: dict[str, tuple[str, ...]] = {
    "boolean": ("true", "false"),
    "integer": ("0", "4711"),
    "count": ("0", "4711"),
    "text": ("******",),
    "name": ("******",),
    "tone": (),
    "time": ("01/01/1970 00:00:00",),
}
#: What must tell: clause and check by operation, element and word. What is not named is forbidden by no clause.
_MEANT: dict[tuple[str, str, str], tuple[str, str]] = {
    **{
        ("GetSite", "telephonyConfig/isWebexTelephony", word): ("R41.2.0-01", "element-value")
        for word in ("true", "false")
    },
    ("GetSite", "metaData/activeUserCount", "0"): ("R41.3.0-16", "element-value"),
    **{("GetSite", "enableRecordingAccess", word): ("R41.5.0-12", "element-value") for word in ("true", "false")},
    ("GetSite", "storageEmptyStatus", "false"): ("R41.5.0-14", "element-value"),
    ("GetSite", "storageEmptyStatus", "true"): ("R41.5.0-15", "element-value"),
    **{
        ("GetSite", "siteCommonOptions/supportLargeEvent", word): ("R41.6.3-03", "element-value")
        for word in ("true", "false")
    },
    **{
        (operation, f"{parent}/{name}", word): (clause, "element-value")
        for operation, parent, large, ordinary in (
            ("LstsummarySession", "session", "R41.2.0-12", "R41.3.0-24"),
            ("GetSessionInfo", "accessControl", "R41.3.0-22", "R41.3.0-04"),
            ("GetMeeting", "enableOptions", "R41.3.0-23", "R41.3.0-08"),
        )
        for name in ("enableEvent", "enableWebniar")
        for word, clause in (("false", large), ("true", ordinary))
    },
    ("GetSessionInfo", "accessControl/audioPassword", "0"): ("R41.4.0-07", "password"),
    **{
        (operation, f"{parent}/enablePreMeetingLobby", word): ("R41.3.0-13", "element-value")
        for operation, parent in (
            ("GetSessionInfo", "accessControl"),
            ("GetMeeting", "enableOptions"),
            ("LstsummarySession", "session"),
        )
        for word in ("false",)
    },
    **{("GetUser", "webexAssistantEnabled", word): ("R41.2.0-14", "element-value") for word in ("true", "false")},
    **{("GetUser", "freeAccount", word): ("R41.11.0-63", "element-value") for word in ("true", "false")},
    **{("GetUser", "phones/hostPIN", word): ("R41.5.0-05", "element-value") for word in ("0", "4711")},
    **{("GetUser", "largeEventCapacity", word): ("R41.6.0-02", "element-value") for word in ("0", "4711")},
    **{("CreateUser", "userId", word): ("R41.11.0-23", "element-value") for word in ("0", "4711")},
    **{
        ("LstrecordaccessHistory", "recordAccessHistory/recordID", word): ("R41.11.0-45", "row-sum")
        for word in ("0", "4711")
    },
    **{
        ("LstrecordaccessHistory", f"recordAccessHistory/{name}", word): (clause, "count")
        for name, clause in (
            ("viewed", "R41.11.0-53"),
            ("downloaded", "R41.11.0-53"),
            ("registered", "R41.11.0-53"),
        )
        for word in ("0", "4711")
    },
    **{
        ("LstrecordaccessDetailHistory", "recordDetail/viewID", word): ("R41.11.0-50", "element-value")
        for word in ("0", "4711")
    },
    **{
        ("LstrecordaccessDetailHistory", f"recordDetail/{name}", word): (clause, "count")
        for name, clause in (
            ("viewed", "R41.11.0-53"),
            ("downloaded", "R41.11.0-53"),
            ("registered", "R41.11.0-53"),
        )
        for word in ("true", "false")
    },
    ("LstrecordaccessDetailHistory", "recordDetail/accessTime", "01/01/1970 00:00:00"): ("R41.11.0-50", "count"),
    ("LstMeetingType", "meetingType/productCodePrefix", "******"): ("R41.12.0-15", "element-value"),
    ("LstMeetingType", "meetingType/subProductCodePrefix", "******"): ("R41.12.0-15", "element-value"),
}


#: Every meeting of the mock has a lobby: that one says so is no fault.
_ALWAYS_THERE = "enablePreMeetingLobby"


def _said() -> Iterator[Fault]:
    for operation, elements in ELEMENTS.items():
        for path, (clause, kind) in elements.items():
            for word in _WORDS[kind]:
                if path.endswith(_ALWAYS_THERE) and word == "true":
                    continue
                told = _MEANT.get((operation, path, word), (clause, "element-value"))
                yield ReplyFault(
                    f"{FAMILY}/{operation}/{path.replace('/', '.')}/always-{_spelt(word)}",
                    f"{operation}: {path} is always {word}",
                    *told,
                    (operation,),
                    saying(path, word),
                    family=FAMILY,
                )


def _spelt(word: str) -> str:
    return "masked" if word == "******" else word.partition(" ")[0].replace("/", "-")


def _passwords() -> Iterator[Fault]:
    """The four passwords of a large event or webcast (line 819), one by one masked or nought."""
    names = ("sessionPassword", "audioPassword", "panelistPassword", "panelistNumericPassword")
    for clause, kind in (("R41.4.0-07", "large-event"), ("R41.4.0-08", "webcast")):
        for name in names:
            for way, word in (("masked", "******"), ("nought", "00000000"), ("blank", ""), ("flag", "true")):
                yield ReplyFault(
                    f"{FAMILY}/GetSessionInfo/{kind}/{name}/{way}",
                    f"GetSessionInfo: {name} of a {kind} is {way}",
                    clause,
                    "password",
                    ("GetSessionInfo",),
                    saying(f"accessControl/{name}", word),
                    family=FAMILY,
                )


def _licences(name: str) -> Edit:
    def edit(_call: Call, body: Node) -> None:
        for _, child in spots(body, name):
            child.text = "0"

    return edit


def _counters() -> Iterator[Fault]:
    for role, clause in (("read-only-admin", "R41.3.0-17"), ("user-admin", "R41.3.0-18")):
        what = f"GetSite counts no active user ({role})"
        edit, name = _licences("activeUserCount"), f"{FAMILY}/GetSite/activeUserCount/0-for-{role}"
        yield ReplyFault(name, what, clause, "element-value", ("GetSite",), edit, family=FAMILY)


FAULTS: tuple[Fault, ...] = (*_said(), *_passwords(), *_counters())
