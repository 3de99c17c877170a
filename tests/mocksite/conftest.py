"""How these tests talk to a mock: requests as strings, replies as parsed values, a clock that can be set."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FrameType

import pytest
from lxml import etree as ET

import mocksite

SPACES = {
    "serv": "http://www.webex.com/schemas/2002/06/service",
    "com": "http://www.webex.com/schemas/2002/06/common",
    "use": "http://www.webex.com/schemas/2002/06/service/user",
    "ns1": "http://www.webex.com/schemas/2002/06/service/site",
    "ep": "http://www.webex.com/schemas/2002/06/service/ep",
    "meet": "http://www.webex.com/schemas/2002/06/service/meeting",
    "att": "http://www.webex.com/schemas/2002/06/service/attendee",
    "event": "http://www.webex.com/schemas/2002/06/service/event",
    "history": "http://www.webex.com/schemas/2002/06/service/history",
    "train": "http://www.webex.com/schemas/2002/06/service/trainingsession",
    "supportsession": "http://www.webex.com/schemas/2002/06/service/supportsession",
    "mtgtype": "http://www.webex.com/schemas/2002/06/service/meetingtype",
}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

#: Noon of a Wednesday: neither summer time in the US nor in Europe.
NOW = 1_795_003_200


class Clock:
    """A clock tests move by hand."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Reply:
    """A reply, parsed strictly. Paths are local names below bodyContent."""

    response: mocksite.HttpResponse

    @property
    def root(self) -> ET._Element:
        return ET.fromstring(self.response.body)

    @property
    def content(self) -> ET._Element:
        found = self.root.find("serv:body/serv:bodyContent", SPACES)
        assert found is not None
        return found

    def head(self, name: str) -> str:
        found = self.root.find(f"serv:header/serv:response/serv:{name}", SPACES)
        return "" if found is None else found.text or ""

    @property
    def ok(self) -> bool:
        return self.head("result") == "SUCCESS"

    @property
    def id(self) -> str:
        """The exception id, empty for a success."""
        return self.head("exceptionID")

    def all(self, path: str) -> list[ET._Element]:
        found = [self.content]
        for name in path.split("/"):
            found = [child for node in found for child in node if child.tag.rpartition("}")[2] == name]
        return found

    def texts(self, path: str) -> list[str]:
        return [node.text or "" for node in self.all(path)]

    def text(self, path: str) -> str:
        texts = self.texts(path)
        assert texts, f"no {path} in {self.response.body.decode()[:2000]}"
        return texts[0]

    def names(self, path: str = "") -> list[str]:
        node = self.all(path)[0] if path else self.content
        return [str(child.tag).rpartition("}")[2] for child in node]

    def anywhere(self, name: str) -> list[str]:
        return [node.text or "" for node in self.content.iter() if node.tag.rpartition("}")[2] == name]


class Talk:
    """Speaks to a core as the accounts of its profile."""

    def __init__(self, core: mocksite.Core, clock: Clock) -> None:
        self.core = core
        self.clock = clock
        self.profile = tomllib.loads(core.profile())["sites"]["mock"]
        self.data: Mapping[str, str] = self.profile["data"]

    def account(self, role: str) -> dict[str, str]:
        account: dict[str, str] = self.profile["accounts"][role]
        return account

    def post(self, body: bytes | str, path: str = "/WBXService/XMLService") -> Reply:
        data = body.encode() if isinstance(body, str) else body
        return Reply(self.core.handle(mocksite.HttpRequest("POST", path, {}, data)))

    def security(self, role: str = "host", **security: str) -> str:
        account = self.account(role)
        given = {"siteName": self.profile["site_name"], "webExID": account["webex_id"]}
        if not security:
            element = "password" if "password" in account else "accessToken"
            given[element] = account.get("password") or account["access_token"]
        given |= security
        return "".join(f"<{name}>{value}</{name}>" for name, value in given.items() if value)

    def document(self, operation: str, body: str = "", role: str = "host", **security: str) -> str:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            'xmlns:serv="http://www.webex.com/schemas/2002/06/service">'
            f"<header><securityContext>{self.security(role, **security)}</securityContext></header>"
            f'<body><bodyContent xsi:type="java:com.webex.service.binding.any.{operation}">{body}</bodyContent></body>'
            "</serv:message>"
        )

    def call(self, operation: str, body: str = "", role: str = "host", **security: str) -> Reply:
        return self.post(self.document(operation, body, role, **security))

    def done(self, operation: str, body: str = "", role: str = "host", **security: str) -> Reply:
        """A call that must succeed."""
        reply = self.call(operation, body, role, **security)
        assert reply.ok, f"{operation}: {reply.id} {reply.head('reason')}"
        return reply

    def control(self, method: str, path: str, body: str = "", client: str = "127.0.0.1") -> mocksite.HttpResponse:
        return self.core.handle(mocksite.HttpRequest(method, f"/_control/{path}", {}, body.encode(), client))

    def set(self, name: str, value: str) -> None:
        assert self.control("PUT", f"settings/{name}", value).status == 200

    def new_user(self, **elements: str) -> str:
        """Create a user as the site administrator; the address."""
        values = {"firstName": "Nora", "lastName": "New", "email": "nora.new@example.com", **elements}
        values.setdefault("webExId", values["email"])
        self.done("CreateUser", "".join(f"<{name}>{value}</{name}>" for name, value in values.items()), "site-admin")
        return values["email"]

    def user(self, webex_id: str) -> Reply:
        return self.done("GetUser", f"<webExId>{webex_id}</webExId>", "site-admin")


@pytest.fixture()
def clock() -> Clock:
    return Clock()


@pytest.fixture()
def make(clock: Clock) -> Iterator:
    """Makes mocks; afterwards none of them may have met a bug of its own."""
    made: list[Talk] = []

    def build(release: str = mocksite.RELEASES[-1], **options: object) -> Talk:
        core = mocksite.Core(options=mocksite.Options(release=release, **options), clock=clock)
        made.append(Talk(core, clock))
        return made[-1]

    yield build
    for talk in made:
        errors = [entry.error for entry in talk.core.request_log.entries() if entry.error]
        assert not errors, errors[0]
        talk.core.close()


@pytest.fixture()
def site(make) -> Talk:
    """A mock of the latest release."""
    return make()


@pytest.fixture(scope="session")
def server() -> Iterator[mocksite.Server]:
    """One running mock for all client conversations; each makes its own data."""
    with mocksite.start() as running:
        yield running
        errors = [entry.error for entry in running.core.request_log.entries() if entry.error]
        assert not errors, errors[0]


def calls(action: Callable[[], object]) -> int:
    """How many functions ``action`` calls: what something costs, the same on every machine and under every load."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return counted
