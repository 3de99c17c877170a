"""Every operation meets odd values in every element it reads, and never a bug of its own."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

import mocksite
from mocksite.operations import OPERATIONS

ROOM = Path(mocksite.__file__).parent
#: Every path an operation reads, as it stands in its source.
PATHS = sorted(
    {
        path
        for module in (ROOM / "operations").rglob("*.py")
        for path in re.findall(r'"((?:[a-zA-Z]+/)*[a-z][a-zA-Z]+)"', module.read_text("utf-8"))
        if not path.startswith("lst") and "Response" not in path
    }
    | {"schedule/startDate", "schedule/duration", "schedule/timeZoneID", "startTimeScope/sessionStartTimeStart", "privilege/host"}
    | {"sessionKey", "meetingKey", "listControl/startFrom", "order/orderBy", "person/email", "attendees/person/email"}
)
VALUES = [
    "", " ", "0", "-1", "1", "3", "999999999999999999", "99999999999999999999999", "1e9", "NaN", "true", "maybe",
    "a" * 20_000, "é汉😀", "%", "' OR 1=1 --", "\\", "&lt;x&gt;", "12/01/2027 10:00:00", "13/45/2027 99:99:99", "1/1/1 0:0:0",
    "01/01/9999 23:59:59", "ada.admin@example.com", "jclassic", "PUBLIC", "ASC", "STARTTIME", "MeetingCenter", "ACTIVATED",
    "\t\n",
]  # fmt: skip


#: With these in front a request is good enough to get far.
SOUND = (
    "<metaData><confName>M</confName><sessionName>E</sessionName></metaData><email>odd@example.com</email>"
    "<firstName>O</firstName><lastName>D</lastName><webExId>jclassic</webExId><meetingKey>{meeting-key}</meetingKey>",
    "<metaData><sessionName>E</sessionName></metaData><sessionKey>{classic-event-session-key}</sessionKey><webExId>odd</webExId>",
    "",
)


def body_of(chance: random.Random, site) -> str:
    values = [*VALUES, *site.data.values()]
    parts = [re.sub(r"{([a-z-]+)}", lambda found: site.data[found.group(1)], chance.choice(SOUND))]
    for path in chance.sample(PATHS, chance.randint(1, 8)):
        names = path.split("/")
        text = chance.choice(values)
        parts.append("".join(f"<{name}>" for name in names) + text + "".join(f"</{name}>" for name in reversed(names)))
    return "".join(parts)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_odd_values(make, name: str) -> None:
    """Success or refusal, always well-formed; the fixture looks for bugs in the log."""
    for release in ("41.1.0", "41.12.0"):
        site = make(release)
        chance = random.Random(f"{name} {release}")
        for role in ("site-admin", "host", "attendee"):
            for _ in range(25):
                reply = site.call(name, body_of(chance, site), role)
                assert reply.head("result") in {"SUCCESS", "FAILURE"}


def test_odd_security_contexts(site) -> None:
    chance = random.Random(1)
    elements = ["siteName", "siteID", "webExID", "email", "password", "sessionTicket", "webExAccessToken", "accessToken", "partnerID"]
    for _ in range(300):
        given = "".join(f"<{name}>{chance.choice(VALUES)}</{name}>" for name in chance.sample(elements, chance.randint(0, 6)))
        text = f"<message><header><securityContext>{given}</securityContext></header><body><bodyContent xsi:type='site.GetSite'/></body></message>"
        assert site.post(text).id in {"030001", "030002", "030047", "999999"}
