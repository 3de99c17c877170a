"""A site that answers every operation as a test tells it, and knows what it was asked."""

from __future__ import annotations

from lxml import etree

from conformance.wire.exchange import Exchange, Request
from conformance.wire.served import NotServed
from tests.judge.test_conditions import message

SERV = "http://www.webex.com/schemas/2002/06/service"
OK = message(kind="")
HOST, ADMIN = "host", "site-admin"


class Site:
    """Answers every operation as told, and knows what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.closed = 0
        #: Operations that may be sent again when no answer comes.
        self.repeatable: set[str] = set()

    def send(self, request: Request) -> Exchange:
        if request.repeatable:
            self.repeatable.add(request.operation)
        root = etree.fromstring(request.body)
        body = root.find(".//{*}bodyContent")
        told = {etree.QName(one).localname: (one.text or "").strip() for one in body.iter() if not len(one)} if body is not None else {}
        self.asked.append((request.operation, request.caller, told))
        answers = self.answers.get(request.operation, [OK])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "not served":
            raise NotServed(request.operation, "gone")
        if answer == "lost":
            return Exchange(request, 0.0, 0.0, error="nobody answered")
        return Exchange(request, 0.0, 0.0, status=200, body=answer.encode())

    def close(self) -> None:
        self.closed += 1

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _, _ in self.asked]


def body(operation: str, space: str, inside: str) -> str:
    kind = operation[0].lower() + operation[1:] + "Response"
    return message(body=inside, kind=f' xsi:type="n:{kind}"', space=f"{SERV}/{space}")
