"""What the notes leave open in replies, and the ways sites take (``settings.CHOICES``): each keeps the contract."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from mocksite.model.settings import Settings
from mocksite.protocol.nodes import Node

Edit = Callable[[Node], None]


def _moved(names: tuple[str, ...], above: str, below: str) -> Edit:
    """The elements stand at the end of another parent."""

    def edit(tree: Node) -> None:
        old, new = (tree.find(path) if path else tree for path in (above, below))
        if old is not None and new is not None:
            new.children += [child for child in old.children if child.local in names]
            old.children = [child for child in old.children if child.local not in names]

    return edit


def _renamed(above: str, names: dict[str, str]) -> Edit:
    """Elements go by names of the site's own."""

    def edit(tree: Node) -> None:
        parent = tree.find(above)
        for child in parent.children if parent else ():
            child.name = child.name.replace(child.local, names.get(child.local, child.local))

    return edit


def _dropped(above: str, names: tuple[str, ...], when: Callable[[Node], bool] = lambda _parent: True) -> Edit:
    """Elements that may be absent are."""

    def edit(tree: Node) -> None:
        for parent in tree.find_all(above):
            if when(parent):
                parent.children = [child for child in parent.children if child.local not in names]

    return edit


def _in_digits(tree: Node) -> None:
    """Booleans are written 1 and 0, as XML allows."""
    for node in tree.walk():
        if not node.children and node.text in ("true", "false"):
            node.text = {"true": "1", "false": "0"}[node.text]


def _no_meeting(session: Node) -> bool:
    service = session.find("serviceType")
    return service is None or service.text != "MeetingCenter"


_COUNTERS = ("EEActiveUserCount", "activeCETHost", "MCActiveUserCount", "ECActiveUserCount", "TCActiveUserCount")
_SITE = "siteInstance"

#: Reply, setting and way, and what becomes of the reply.
_WAYS: dict[str, dict[tuple[str, str], Edit]] = {
    "getSiteResponse": {
        ("license-counters", "in-resourceRestrictions"): _moved(
            (*_COUNTERS, "SCActiveUserCount"), f"{_SITE}/metaData", f"{_SITE}/resourceRestrictions"
        ),
        ("recording-elements", "in-tools"): _moved(
            ("enableRecordingAccess", "storageEmptyStatus"), f"{_SITE}/siteCommonOptions", f"{_SITE}/tools"
        ),
        ("telephony-labels", "absent"): _dropped(
            f"{_SITE}/telephonyConfig", ("serviceName", "participantAccessCodeLabel", "subscriberAccessCodeLabel")
        ),
    },
    "getUserResponse": {
        ("assistant-element", "in-sessionOptions"): _moved(("webexAssistantEnabled",), "", "sessionOptions"),
    },
    "lstsummarySessionResponse": {
        ("events-2-elements", "meetings-only"): _dropped(
            "session", ("enableEvent", "enableWebniar", "enablePreMeetingLobby"), _no_meeting
        ),
    },
    "getSessionInfoResponse": {
        ("panelist-passwords", "called-answerer"): _renamed(
            "accessControl",
            {"panelistPassword": "answererPassword", "panelistNumericPassword": "answererNumericPassword"},
        ),
    },
}


def in_the_ways_of(settings: Settings, tree: Node) -> Node:
    """The content of a reply as this site writes it; unasked nothing changes."""
    chosen = settings.items()
    everywhere = {("booleans", "digits"): _in_digits}
    for (name, way), edit in chain(_WAYS.get(tree.local, {}).items(), everywhere.items()):
        if chosen[name] == way:
            edit(tree)
    for place in settings.absent_elements.split():
        operation, _, path = place.partition("/")
        if tree.local == f"{operation}Response":
            above, _, name = path.rpartition("/")
            for parent in tree.find_all(above) if above else (tree,):
                parent.children = [child for child in parent.children if child.local != name]
    return tree
