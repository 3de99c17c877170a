"""What a scenario tells of the replies it saw."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from conformance.judge.contract import Contract
from conformance.run.session import WorkerRun
from conformance.scenarios.run_context import RunContext
from conformance.wire.exchange import Exchange, Request
from tests.conftest import ROOT

REPLY = """<serv:message xmlns:serv="http://www.webex.com/schemas/2002/06/service"
 xmlns:use="http://www.webex.com/schemas/2002/06/service/user">
<serv:header><serv:response><serv:result>SUCCESS</serv:result></serv:response></serv:header>
<serv:body><serv:bodyContent>{}</serv:bodyContent></serv:body></serv:message>"""


def exchange(operation: str, content: str) -> Exchange:
    request = Request(operation, "site-admin", "https://example.webex.com/WBXService/XMLService", b"")
    return Exchange(request, 0.0, 0.0, 200, "text/xml", REPLY.format(content).encode(), "")


def test_two_replies_of_one_operation_are_both_told() -> None:
    worker_run = object.__new__(WorkerRun)
    worker_run._shown_replies = set()
    worker_run.run_context = cast("RunContext", SimpleNamespace(contract=Contract(ROOT / "schemas")))
    before = exchange("GetUser", "<use:firstName>A</use:firstName>")
    after = exchange("GetUser", "<use:lastName>B</use:lastName>")
    told = worker_run._new_shapes([before, after, exchange("GetSite", "<use:other/>")])
    assert set(told) == {"GetUser", "GetSite"}
    assert {path: row["count"] for path, row in told["GetUser"].items()} == {".": 2, "firstName": 1, "lastName": 1}
    assert worker_run._new_shapes([before]) == {}
