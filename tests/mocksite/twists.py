"""``python -m tests.mocksite.twists [NAME ...]``: ``webex-mock verify`` over the reports of mocks twisted in stated ways.

Each is a mock served through one twist, run against by the whole suite as a live site is; ``verify`` must find that twist
and nothing else. Without names all of them are run, and one that nobody has twisted. It ends with 1 when one differs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mocksite
from mocksite.operations.catalogue import written
from mocksite.server.likeness import divergences, told_by
from tests import twisted
from tests.twins import wire
from tests.variations import Change

ROOT = Path(__file__).parents[2]
SOUND = "sound"


@dataclass(frozen=True)
class Twist:
    """The operation, how its reply is twisted, what it differs in then, where, and what the way of the mock rests on."""

    operation: str
    change: Change
    what: str
    path: str
    standing: str

    @property
    def found(self) -> tuple[str, str, str, str]:
        """What ``verify`` must find, and nothing else."""
        return (written(self.operation), self.what, self.path, self.standing)

    @property
    def way(self) -> twisted.Twist:
        """What the replies of the mock pass through."""
        return wire.of(written(self.operation), self.change)


@dataclass(frozen=True)
class Refused(Twist):
    """An operation that is refused with another exception than the mock's."""

    instead_of: str

    @property
    def way(self) -> twisted.Twist:
        swap = twisted.replacing(self.instead_of.encode(), self.path.encode())
        return lambda asked, answer: swap(asked, answer) if twisted.operation_of(asked) == written(self.operation) else answer


@dataclass(frozen=True)
class Done(Twist):
    """SetUser is said to be done where the mock refuses it with an exception."""

    @property
    def way(self) -> twisted.Twist:
        def twist(asked: mocksite.HttpRequest, answer: mocksite.HttpResponse) -> mocksite.HttpResponse:
            refused = twisted.operation_of(asked) == written(self.operation) and self.path.encode() in answer.body
            return mocksite.HttpResponse(200, answer.headers, _success(answer.body)) if refused else answer

        return twist


@dataclass(frozen=True)
class Gone(Twist):
    """An operation that is answered by nothing but an HTTP status, whoever asks."""

    status: int

    @property
    def way(self) -> twisted.Twist:
        return twisted.answering(self.status, b"", written(self.operation))


def _success(refusal: bytes) -> bytes:
    """The same reply as a success of SetUser, which says nothing."""
    told = refusal.replace(b"FAILURE", b"SUCCESS")
    told = re.sub(rb"<serv:reason>.*?</serv:reason>|<serv:exceptionID>.*?</serv:exceptionID>", b"", told)
    kind = b'<serv:bodyContent xsi:type="use:setUserResponse" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
    return told.replace(b"<serv:bodyContent/>", kind)


def nothing(_root: object) -> None:
    """No change at all."""


#: Twists of replies.
TWISTS: dict[str, Twist] = {
    "an element never sent": Twist("getUser", wire.lacking("freeAccount"), "absent", "freeAccount", "documented"),
    "one within another": Twist("getUser", wire.lacking("sipURL"), "absent", "personalMeetingRoom/sipURL", "captured"),
    "one of the site": Twist("getSite", wire.lacking("isWebexTelephony"), "absent", "siteInstance/telephonyConfig/isWebexTelephony", "documented"),
    "one assumed": Twist("getMeeting", wire.lacking("sipURL"), "absent", "sipURL", "assumed"),
    "one in rows": Twist("lstsummarySession", wire.lacking("confID"), "absent", "session/confID", "documented"),
    "the count of a list": Twist("lstRecording", wire.lacking("total"), "absent", "matchingRecords/total", "documented"),
    "a whole parent": Twist("getSite", wire.lacking("resourceRestrictions"), "absent", "siteInstance/resourceRestrictions", "captured"),
    "an element nobody knows": Twist("getUser", wire.adding("userId", "shoeSize", "43"), "element", "shoeSize", "new"),
    "one nobody knows in rows": Twist("lstMeetingType", wire.adding("active", "price", "9.5"), "element", "meetingType/price", "new"),
    "one nobody knows in a parent": Twist("createMeeting", wire.adding("host", "cohost", "x"), "element", "iCalendarURL/cohost", "new"),
    "words for a boolean": Twist("getSite", wire.saying("supportLargeEvent", "yes"), "kind", "siteInstance/siteCommonOptions/supportLargeEvent", "documented"),
    "a word for a number": Twist("getUser", wire.saying("userId", "u-17"), "kind", "userId", "captured"),
    "a number for a boolean": Twist("getSite", wire.saying("isTSPUsingTelephonyAPI", "7"), "kind", "siteInstance/telephonyConfig/isTSPUsingTelephonyAPI", "captured"),
    "a date of ISO 8601": Twist("getMeeting", wire.saying("startDate", "2027-01-01T10:00:00Z"), "kind", "schedule/startDate", "documented"),
    "a word for a count": Twist("lstrecordaccessHistory", wire.saying("viewed", "many"), "kind", "recordAccessHistory/viewed", "documented"),
    "text where elements stood": Twist("createMeeting", wire.all_of(wire.lacking("host", "attendee"), wire.saying("iCalendarURL", "x")), "kind", "iCalendarURL", "captured"),
    "order of two": Twist("getAPIVersion", wire.moved("apiVersion", "bodyContent"), "order", "apiVersion", "captured"),
    "order at the top": Twist("authenticateUser", wire.moved("sessionTicket", "bodyContent"), "order", "sessionTicket", "captured"),
    "order in a parent": Twist("getEvent", wire.moved("duration", "schedule", first=True), "order", "schedule/startDate", "documented"),
    "order of what came late": Twist("getUser", wire.moved("freeAccount", "bodyContent", first=True), "order", "firstName", "captured"),
}  # fmt: skip

#: Twists of the answer as a whole.
ANSWERS: dict[str, Twist] = {
    "another refusal of a user": Refused("setUser", nothing, "refusal", "999999", "documented", "030118"),
    "another refusal of an event": Refused("getEvent", nothing, "refusal", "000001", "documented", "010106"),
    "a refusal that is none": Done("setUser", nothing, "refusal", "030120", "documented"),
    "an operation that is gone": Gone("lstrecordedEvent", nothing, "not served", "", "documented", 410),
}
ALL = {**TWISTS, **ANSWERS}


def found_on(name: str, folder: Path, *features: str) -> list[tuple[str, str, str, str]]:
    """What ``verify`` finds in the reports of a run of some features on a mock twisted so."""
    way = twisted.straight if name == SOUND else ALL[name].way
    reports = folder / "reports"
    with twisted.twisted(folder, way) as site:
        arguments = [*features, "-q", "-p", "no:cacheprovider", "--confirm", "0", *site.arguments("--reports", str(reports))]
        subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, capture_output=True, check=False)
    told = told_by(reports)
    return [(one.operation, one.what, one.path, one.standing) for one in divergences(told, told.settings)]


def naming(operation: str) -> Iterator[str]:
    """The features that name an operation."""
    for file in sorted(ROOT.glob("features/*/*.feature")):
        if re.search(rf"\b{written(operation)}\b", file.read_text("utf-8")):
            yield str(file.relative_to(ROOT))


def main(names: Sequence[str]) -> int:
    """A line for each twist, and how many were found as they are."""
    unknown = [name for name in names if name not in {SOUND, *ALL}]
    if unknown:
        print(f"error[twist]: there is no twist {unknown[0]!r}; twists are {', '.join((SOUND, *ALL))}", file=sys.stderr)
        return 4
    wanted, right = names or (SOUND, *ALL), 0
    for name in wanted:
        with tempfile.TemporaryDirectory() as folder:
            found = found_on(name, Path(folder), "features")
        good = found == ([] if name == SOUND else [ALL[name].found])
        right += good
        words = "; ".join(" ".join(part for part in one if part) for one in found) or "no divergence"
        print(f"{'found' if good else 'WRONG'}  {name}: {words}", flush=True)
    print(f"{right} of {len(wanted)} twists found, and nothing else")
    return int(right != len(wanted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
