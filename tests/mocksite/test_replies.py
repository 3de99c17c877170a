"""Replies look as captured: headers, declaration, prefixes, order (sources.md, Document shape)."""

from __future__ import annotations

import re

import pytest

import mocksite
from mocksite.operations import OPERATIONS
from tests.mocksite.conftest import calls

PREFIXES = {
    "user": ["serv", "com", "use"],
    "site": ["serv", "com", "ns1", "event"],
    "ep": ["serv", "com", "ep", "meet"],
    "meeting": ["serv", "com", "meet", "att"],
    "meetingtype": ["serv", "com", "mtgtype"],
    "event": ["serv", "com", "event"],
    "history": ["serv", "com", "history"],
    "attendee": ["serv", "com", "att"],
    "training": ["serv", "com", "train", "sess"],
    "teleconference": ["serv", "com", "auo"],
    "sales": ["serv", "com", "sales"],
    "supportsession": ["serv", "com", "supportsession"],
}


def test_headers_as_captured(site) -> None:
    response = site.call("GetSite").response
    assert response.status == 200
    assert response.headers == (
        ("Pragma", "no-cache"),
        ("Cache-Control", "no-cache"),
        ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Content-Type", "text/xml;charset=UTF-8"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains;preload"),
    )


def test_a_success_is_one_line_in_the_captured_form(site) -> None:
    text = site.call("GetAPIVersion").response.body.decode()
    assert "\n" not in text
    assert re.fullmatch(
        r'<\?xml version="1\.0" encoding="UTF-8"\?><serv:message xmlns:serv="\S+/service" xmlns:com="\S+/common" '
        r'xmlns:ep="\S+/service/ep" xmlns:meet="\S+/service/meeting"><serv:header><serv:response>'
        r"<serv:result>SUCCESS</serv:result><serv:gsbStatus>PRIMARY</serv:gsbStatus></serv:response></serv:header>"
        r'<serv:body><serv:bodyContent xsi:type="ep:getAPIVersionResponse" '
        r'xmlns:xsi="http://www\.w3\.org/2001/XMLSchema-instance">.*</serv:bodyContent></serv:body></serv:message>',
        text,
    )


def test_a_failure_is_one_line_in_the_captured_form(site) -> None:
    text = site.call("SetUser", "<webExId>fred.free@example.com</webExId>", "read-only-admin").response.body.decode()
    assert text.endswith(
        "<serv:header><serv:response><serv:result>FAILURE</serv:result>"
        "<serv:reason>Access denied, additional privileges are required</serv:reason>"
        "<serv:gsbStatus>PRIMARY</serv:gsbStatus><serv:exceptionID>000001</serv:exceptionID></serv:response></serv:header>"
        "<serv:body><serv:bodyContent/></serv:body></serv:message>"
    )
    assert 'xmlns:use="http://www.webex.com/schemas/2002/06/service/user"' in text
    assert "xmlns:xsi" not in text


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda one: one.name)
def test_every_operation_declares_the_prefixes_of_its_service(site, operation) -> None:
    """Even a refused call does; here the password is wrong, or the content empty."""
    text = site.call(operation.name, password="wrong").response.body.decode()
    assert re.findall(r"xmlns:(\w+)=", text.partition("<serv:header>")[0]) == PREFIXES[operation.service]


def test_the_type_is_that_of_the_operation(site) -> None:
    for name, body in {
        "GetSite": "",
        "LstMeetingType": "",
        "GetMeeting": f"<meetingKey>{site.data['meeting-key']}</meetingKey>",
        "LstRecording": "",
        "LstrecordedEvent": "",
    }.items():
        text = site.call(name, body).response.body.decode()
        service = OPERATIONS[name[0].lower() + name[1:]].service
        prefix = PREFIXES[service][2]
        assert f'xsi:type="{prefix}:{name[0].lower()}{name[1:]}Response"' in text


def test_text_is_escaped(site) -> None:
    name = "A &amp; B &lt;C&gt; &quot;D&quot;"
    key = site.done("CreateMeeting", f"<metaData><confName>{name}</confName></metaData>").text("meetingkey")
    assert site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>").text("metaData/confName") == 'A & B <C> "D"'


def test_empty_elements_are_written_as_captured(site) -> None:
    text = site.user("rosa.room@example.com").response.body.decode()
    assert "<use:PIN></use:PIN>" in text
    assert "<use:tracking/>" in text
    assert "<use:password>******</use:password>" in text


def test_no_reply_leaks_a_password_or_a_token(site) -> None:
    """Session passwords are shown to hosts; those of accounts to nobody."""
    secrets = [
        value
        for account in site.profile["accounts"].values()
        for key, value in account.items()
        if key in {"password", "access_token", "webex_access_token"}
    ]
    seen = [site.user(account["email"]).response.body for account in site.profile["accounts"].values()]
    seen += [site.call("LstsummaryUser", role="site-admin").response.body, site.control("GET", "state").body]
    seen += [site.control("GET", "log").body, site.control("GET", "mail").body]
    assert len(secrets) > 10
    assert all(b"ada.admin@example.com" in document for document in (seen[0], *seen[-4:-1])), "each tells something"
    for secret in secrets:
        assert not any(secret.encode() in document for document in seen)


def test_a_bug_of_the_mock_is_no_stack_trace_for_the_client(site, monkeypatch) -> None:
    def broken(_call):
        raise RuntimeError("bug")

    operation = OPERATIONS["getSite"]
    monkeypatch.setitem(OPERATIONS, "getSite", type(operation)(operation.name, operation.service, broken))
    reply = site.call("GetSite")
    assert reply.id == "999999"
    assert b"RuntimeError" not in reply.response.body
    assert "RuntimeError: bug" in site.core.request_log.entries()[-1].error
    site.core.request_log.clear()


def test_cores_share_nothing(make) -> None:
    first, second = make(), make()
    first.set("classic-events", "false")
    first.done("CreateMeeting", "<metaData><confName>Only here</confName></metaData>")
    assert second.core.main.store.settings.classic_events
    assert b"Only here" not in second.call("LstsummaryMeeting").response.body


def test_a_core_is_cheap() -> None:
    """Thousands of them are made a minute: what all share is read once, and the rest when it is asked for."""
    mocksite.Core().close()
    assert calls(lambda: mocksite.Core().close()) < 200
