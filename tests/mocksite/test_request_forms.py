"""The front door takes every form real clients send (sources.md, Document shape, Encodings)."""

from __future__ import annotations

import codecs

import pytest

import mocksite

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SERV = "http://www.webex.com/schemas/2002/06/service"


def document(talk, *, root="serv:message", spaces=f'xmlns:serv="{SERV}" xmlns:xsi="{XSI}"', kind="", body="", head="") -> str:
    kind = kind or 'xsi:type="java:com.webex.service.binding.user.GetUser"'
    body = body or f"<webExId>{talk.account('host')['webex_id']}</webExId>"
    return (
        f"{head}<{root} {spaces}><header><securityContext>{talk.security()}</securityContext></header>"
        f"<body><bodyContent {kind}>{body}</bodyContent></body></{root}>"
    )


@pytest.mark.parametrize(
    ("root", "spaces"),
    [
        ("serv:message", f'xmlns:serv="{SERV}" xmlns:xsi="{XSI}"'),
        ("serv:message", f'xmlns:xsi="{XSI}"'),
        ("serv:message", ""),
        ("message", f'xmlns:xsi="{XSI}"'),
        ("message", 'xmlns:serv="http://www.webex.com/schemas/2009/05/service"'),
        ("ns0:message", f'xmlns:ns0="{SERV}" xmlns:xsi="{XSI}"'),
    ],
    ids=["bound", "serv unbound", "nothing bound", "unprefixed", "2009 namespace", "generated prefix"],
)
def test_roots(site, root: str, spaces: str) -> None:
    assert site.post(document(site, root=root, spaces=spaces)).ok


@pytest.mark.parametrize(
    "kind",
    [
        'xsi:type="java:com.webex.service.binding.user.GetUser"',
        'xsi:type="java:com.webex.xmlapi.service.binding.user.GetUser"',
        'xsi:type="java:com.webex.service.binding.user.getUser"',
        'xsi:type="user.GetUser"',
        f'xmlns:use="{SERV}/user" xsi:type="use:getUser"',
        'xsi:type="use:GetUser"',
        'xsi:type= "java:com.webex.service.binding.user.GetUser"',
        'xsi:type=\n   "java:com.webex.service.binding.user.GetUser"',
        f'xsi:type="java:com.webex.service.binding.user.GetUser" xmlns:xsi="{XSI}"',
        'xsi:type="java:com.webex.service.binding.user.GetUser" xsi:schemaLocation="a b"',
    ],
    ids=["java", "xmlapi", "small letter", "short", "prefix", "prefix unbound", "blank", "line break", "own xsi", "location"],
)
@pytest.mark.parametrize("spaces", [f'xmlns:xsi="{XSI}"', ""], ids=["xsi bound", "xsi unbound"])
def test_operation_names(site, kind: str, spaces: str) -> None:
    if f'xmlns:xsi="{XSI}"' in kind:
        spaces = ""
    assert site.post(document(site, spaces=spaces, kind=kind)).ok


def test_children_with_undeclared_prefixes(site) -> None:
    reply = site.call("LstsummaryEvent", "<listControl><serv:startFrom>2</serv:startFrom></listControl>")
    assert reply.text("matchingRecords/startFrom") == "2"
    named = site.call("GetUser", f"<use:webExId>{site.account('host')['webex_id']}</use:webExId>")
    assert named.ok


def test_prefixed_security_context(site) -> None:
    account = site.account("host")
    text = (
        f'<serv:message><serv:header><serv:securityContext><com:webExID>{account["webex_id"]}</com:webExID>'
        f'<com:password>{account["password"]}</com:password><com:siteName>mocksite</com:siteName>'
        '</serv:securityContext></serv:header><serv:body><serv:bodyContent xsi:type="site.GetSite"/></serv:body></serv:message>'
    )
    assert site.post(text).ok


def test_children_in_any_order_and_booleans_in_any_case(site) -> None:
    body = (
        "<schedule><duration>30</duration><startDate>12/1/2027 8:0:0</startDate></schedule>"
        "<enableOptions><chat>FALSE</chat><poll>False</poll></enableOptions><metaData><confName>Any order</confName></metaData>"
    )
    key = site.done("CreateMeeting", body).text("meetingkey")
    meeting = site.done("GetMeeting", f"<meetingKey>{key}</meetingKey>")
    assert meeting.text("enableOptions/chat") == meeting.text("enableOptions/poll") == "false"
    assert meeting.text("schedule/startDate") == "12/01/2027 08:00:00"


NAMES = {
    "UTF-8": "Zoë 测试",
    "utf-8": "Zoë 测试",
    "ISO-8859-1": "Zoë Müller",
    "UTF-16": "Zoë 测试 😀",
    "Big5": "測試會議",
    "Shift_JIS": "テスト会議",
    "EUC-KR": "회의 시험",
    "GB2312": "测试会议",
}


@pytest.mark.parametrize("encoding", NAMES)
def test_encodings_round_trip(site, encoding: str) -> None:
    """The reply answers in the encoding the request declares, and names survive."""
    site.control("PUT", "settings/names-owned-by-control-hub", "false")
    name = NAMES[encoding]
    body = f"<webExId>{site.account('host')['webex_id']}</webExId><firstName>{name}</firstName>"
    site_name = document(site, head=f'<?xml version="1.0" encoding="{encoding}"?>', body=body).replace("GetUser", "SetUser")
    assert site.post(site_name.encode(encoding)).ok
    question = document(site, head=f'<?xml version="1.0" encoding="{encoding}"?>')
    reply = site.post(question.encode(encoding))
    declared = encoding.upper()
    assert reply.response.header("Content-Type") == f"text/xml;charset={declared}"
    text = reply.response.body.decode(encoding)
    assert f'encoding="{declared}"?>' in text.lstrip("\ufeff")[:60]
    assert f"<use:firstName>{name}</use:firstName>" in text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, b""], ids=["BOM", "no BOM"])
@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>', '\r\n  <?xml version="1.0" encoding="UTF-8"?>\n'])
def test_no_declaration_and_leading_blanks(site, mark: bytes, head: str) -> None:
    reply = site.post(mark + document(site, head=head).encode())
    assert reply.ok
    assert reply.response.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?><serv:message ')


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(site, codec: str) -> None:
    assert site.post(document(site, head='<?xml version="1.0" encoding="UTF-16"?>').encode(codec)).ok


def test_latin_1_declared_but_utf_8_sent(site) -> None:
    """PHP clients do that; the name arrives as it was meant."""
    site.control("PUT", "settings/names-owned-by-control-hub", "false")
    body = f"<webExId>{site.account('host')['webex_id']}</webExId><firstName>Zoë</firstName>"
    text = document(site, head='<?xml version="1.0" encoding="ISO-8859-1"?>', body=body).replace("GetUser", "SetUser")
    assert site.post(text.encode("utf-8")).ok
    assert site.user(site.account("host")["webex_id"]).text("firstName") == "Zoë"


def test_what_latin_1_lacks_becomes_a_reference(site) -> None:
    site.control("PUT", "settings/names-owned-by-control-hub", "false")
    site.done("SetUser", f"<webExId>{site.account('host')['webex_id']}</webExId><firstName>测试</firstName>")
    reply = site.post(document(site, head='<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1"))
    assert b"&#27979;" in reply.response.body
    assert reply.text("firstName") == "测试"


@pytest.mark.parametrize("kind", ["application/xml", "text/xml charset=UTF-8", "application/x-www-rform-urlencoded", None])
def test_any_content_type(site, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    asked = mocksite.HttpRequest("POST", "/WBXService/XMLService", headers, document(site).encode())
    assert b"SUCCESS" in site.core.handle(asked).body


BROKEN = {
    "empty": b"",
    "blank": b"   \n",
    "truncated": b"<serv:message><header>",
    "not XML": b"hello",
    "HTML": b"<html><body>x</body></html>",
    "no bodyContent": b"<message><body/></message>",
    "no type": b"<message><body><bodyContent/></body></message>",
    "empty type": b'<message><body><bodyContent xsi:type=""/></body></message>',
    "other root": b'<serv:messageType><body><bodyContent xsi:type="site.GetSite"/></body></serv:messageType>',
    "document type": b'<!DOCTYPE message [<!ENTITY a "b">]><message>&a;</message>',
    "unknown entity": b'<message><body><bodyContent xsi:type="site.GetSite">&nope;</bodyContent></body></message>',
    "not UTF-8": b"<message>\xff\xfe\xfa</message>",
    "unknown encoding": b'<?xml version="1.0" encoding="KLINGON"?><message/>',
    "odd UTF-16": b"\xff\xfe<",
    "no-break space": '<message><body><bodyContent\u00a0xsi:type="site.GetSite"/></body></message>'.encode(),
    "too deep": b"<a>" * 5000 + b"</a>" * 5000,
    "two roots": b"<message/><message/>",
    "NUL": b"<message>\0</message>",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_anything_else_is_refused_in_the_way_of_the_api(site, body: bytes) -> None:
    reply = site.post(body)
    assert reply.response.status == 200
    assert (reply.head("result"), reply.id) == ("FAILURE", "999999")
    assert reply.head("reason")
    assert "Traceback" not in reply.response.body.decode()
    assert list(reply.content) == []


def test_an_operation_the_mock_does_not_have_names_itself_in_the_log(site) -> None:
    reply = site.call("GetLabSchedule")
    assert reply.id == "999999"
    assert "GetLabSchedule" in reply.head("reason")
    assert site.core.request_log.entries()[-1].operation == "GetLabSchedule"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_the_service_takes_post_only(site, method: str) -> None:
    answer = site.core.handle(mocksite.HttpRequest(method, "/WBXService/XMLService"))
    assert answer.status == 405
    assert answer.header("Allow") == "POST"


@pytest.mark.parametrize("path", ["/", "/WBXService/xml8.0.0/XMLService", "/WBXService/XMLServic", "/favicon.ico"])
def test_other_addresses_are_web_pages_not_found(site, path: str) -> None:
    answer = site.core.handle(mocksite.HttpRequest("POST", path, body=document(site).encode()))
    assert answer.status == 404
    assert answer.header("Content-Type").startswith("text/html")
    assert b"<html>" in answer.body


def test_sites_are_chosen_by_name_or_number(site) -> None:
    site_id = str(site.core.main.identity.site_id)
    login = {"password": site.account("host")["password"]}
    assert site.call("GetSite", siteName="", siteID=site_id, partnerID="webexpartner", **login).ok
    assert site.call("GetSite", siteName="MockSite", **login).ok
    assert site.call("GetSite", siteName="", **login).ok
    assert site.call("GetSite", siteName="nowhere", **login).id == "999999"
    assert site.call("GetSite", siteName="", siteID="42", **login).id == "999999"
