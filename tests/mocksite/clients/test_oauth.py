"""An OAuth login flow: version, a ticket for a CI token, work with the ticket, a new one when it has expired."""

from __future__ import annotations

import pytest

from mocksite import HttpRequest


@pytest.fixture()
def flow(site):
    """The sample client: asks the version first, signs in with an access token in the content."""

    def ask(service: str, operation: str, body: str = "", **security: str) -> str:
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in security.items())
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><serv:message xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            'xmlns:serv="http://www.webex.com/schemas/2002/06/service"><header><securityContext><siteName>mocksite</siteName>'
            f'{inner}</securityContext></header><body><bodyContent xsi:type="java:com.webex.service.binding.{service}.{operation}">'
            f"{body}</bodyContent></body></serv:message>"
        )
        return site.core.handle(HttpRequest(body=text.encode())).body.decode()

    return ask


def test_the_whole_flow(site, flow) -> None:
    from tests.mocksite.clients.wire import between

    account = site.account("host")
    version = flow("ep", "GetAPIVersion", "<returnTrainReleaseVersion>true</returnTrainReleaseVersion>")
    assert int(between(version, "ep:trainReleaseOrder")[0]) >= 400

    signed = flow("user", "AuthenticateUser", f"<accessToken>{account['access_token']}</accessToken>", webExID=account["webex_id"])
    (ticket,) = between(signed, "use:sessionTicket")
    created, lifetime = (int(between(signed, f"use:{name}")[0]) for name in ("createTime", "timeToLive"))
    assert created == site.clock.now * 1000
    expires = created / 1000 + lifetime

    login = {"webExID": account["webex_id"], "sessionTicket": ticket}
    made = flow("meeting", "CreateMeeting", "<metaData><confName>Sample</confName></metaData>", **login)
    (key,) = between(made, "meet:meetingkey")
    assert key in between(flow("meeting", "LstsummaryMeeting", **login), "meet:meetingKey")
    (link,) = between(flow("user", "GetloginurlUser", f"<webExID>{account['webex_id']}</webExID>", **login), "use:userLoginURL")
    assert link.startswith("https://")
    assert between(flow("user", "GetloginTicket", **login), "use:ticket")[0] != ticket

    site.clock.now = expires + 1
    assert between(flow("meeting", "GetMeeting", f"<meetingKey>{key}</meetingKey>", **login), "serv:exceptionID") == ["030047"]
    again = flow("user", "AuthenticateUser", f"<accessToken>{account['access_token']}</accessToken>", webExID=account["webex_id"])
    login["sessionTicket"] = between(again, "use:sessionTicket")[0]
    assert between(flow("meeting", "DelMeeting", f"<meetingKey>{key}</meetingKey>", **login), "serv:result") == ["SUCCESS"]


def test_tokens_that_do_not_fit(site, flow) -> None:
    from tests.mocksite.clients.wire import between

    token = site.account("host")["access_token"]
    other = site.account("site-admin")["webex_id"]
    assert between(flow("user", "AuthenticateUser", "<accessToken>x</accessToken>", webExID=other), "serv:exceptionID") == ["030002"]
    wrong = flow("user", "AuthenticateUser", f"<accessToken>{token}</accessToken>", webExID=other)
    assert between(wrong, "serv:exceptionID") == ["030002"], "the token of one, the name of another"
    nameless = flow("user", "AuthenticateUser", f"<accessToken>{token}</accessToken>")
    assert between(nameless, "serv:result") == ["SUCCESS"]


def test_others_may_not_fetch_ones_login_url(site) -> None:
    body = f"<webExID>{site.account('host')['webex_id']}</webExID>"
    assert site.call("GetloginurlUser", body, "attendee").id == "000001"
    assert site.call("GetloginurlUser", body, "site-admin").ok


def test_a_reply_survives_url_decoding(site) -> None:
    """An old client decodes replies as if they were form data; percent and plus must not appear in keys and times."""
    from urllib.parse import unquote

    text = site.done("LstsummaryMeeting").response.body.decode()
    assert unquote(text) == text
