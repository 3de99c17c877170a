"""How conforming sites differ at the wire: changes of replies and mail, and what may stand in front of a site.

None breaks a sentence of the release notes; each says in the table of twins where it is known from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import httpx
from lxml import etree

import mocksite
from mocksite.model.records import Mail
from tests.twins.site import Gateway, as_written
from tests.twisted import Twist, operation_of
from tests.variations import SERV, Change, Element, local, named, namespace, tree

# -- replies -----------------------------------------------------------------------


def of(operations: str, change: Change) -> Twist:
    """Change the successful replies of some operations only."""
    names = {name.lower() for name in operations.split()}
    inner = tree(change)

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        mine = operation_of(request).lower() in names and b"SUCCESS" in response.body[:2000]
        return inner(request, response) if mine else response

    return twist


def lacking(*names: str) -> Change:
    """Elements that are not there, wherever they stood."""

    def change(root: Element) -> None:
        for name in names:
            for element in named(root, name):
                element.getparent().remove(element)

    return change


def moved(name: str, into: str, *, first: bool = False) -> Change:
    """An element whose parent the notes lost stands in another one, in the namespace of its new neighbours."""

    def change(root: Element) -> None:
        parents = named(root, into)
        for element in named(root, name):
            if parents:
                element.tag = f"{{{namespace(parents[0])}}}{name}"
                parents[0].insert(0 if first else len(parents[0]), element)

    return change


def lacking_where_empty(*names: str) -> Change:
    """Elements that are left out where they say nothing."""

    def change(root: Element) -> None:
        for element in (one for name in names for one in named(root, name)):
            if not element.text:
                element.getparent().remove(element)

    return change


def in_namespace_of_all(*names: str) -> Change:
    """Elements in the namespace that the services share."""

    def change(root: Element) -> None:
        for element in (one for name in names for one in named(root, name)):
            element.tag = f"{{http://www.webex.com/schemas/2002/06/common}}{local(element)}"

    return change


def saying(name: str, text: str) -> Change:
    """An element says something else."""

    def change(root: Element) -> None:
        for element in named(root, name):
            element.text = text

    return change


def hours_ago(hours: int) -> str:
    """A moment of late, as replies write it."""
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%m/%d/%Y %H:%M:%S")


def rewritten(name: str, change_text: Callable[[str], str]) -> Change:
    """What an element says is written in another way."""

    def change(root: Element) -> None:
        for element in named(root, name):
            element.text = change_text(element.text or "")

    return change


def adding(after: str, name: str, text: str) -> Change:
    """An element the API has and the mock does not send stands after another."""

    def change(root: Element) -> None:
        for element in named(root, after):
            new = etree.Element(f"{{{namespace(element)}}}{name}")
            new.text = text
            element.addnext(new)

    return change


def all_of(*changes: Change) -> Change:
    """One change after the other."""

    def change(root: Element) -> None:
        for one in changes:
            one(root)

    return change


def rows_lacking(row: str, names: str, unless: Callable[[Element], bool]) -> Change:
    """Elements that only some rows have."""

    def change(root: Element) -> None:
        for one in named(root, row):
            if not unless(one):
                lacking(*names.split())(one)

    return change


_TOLD_A_STRANGER = ("listStatus", "registration", "passwordReq", "isRegisterIDRequired")


def as_a_stranger(root: Element) -> None:
    """GetSessionInfo as it tells who is neither invited nor approved how a session is joined (40.8)."""
    for access in named(root, "accessControl"):
        body = access.getparent()
        body[:] = [access]
        access[:] = [one for one in access if etree.QName(one).localname in _TOLD_A_STRANGER]


def shown_address(root: Element) -> None:
    """GetUser shows the e-mail address in the place of the webExId, whatever the user signs in by."""
    for shown, email in zip(named(root, "webExId"), named(root, "email"), strict=False):
        shown.text = email.text


def if_asked(word: bytes, operation: str, change: Change) -> Twist:
    """A change of the replies to requests that hold ``word``."""
    inner = of(operation, change)
    return lambda request, response: inner(request, response) if word in request.body else response


def moving(row: str) -> Change:
    """Rows change places while a list is read: the first one of the first page is the first one of the next pages, too."""
    first: list[bytes] = []

    def change(root: Element) -> None:
        rows, start = named(root, row), [one.text for one in named(root, "startFrom")]
        if rows and start == ["1"]:
            first[:] = [etree.tostring(rows[0], with_tail=False)]
        elif rows and first:
            rows[0].getparent().replace(rows[0], etree.fromstring(first[0]))

    return change


def watched_meanwhile() -> Twist:
    """Recordings of meetings are watched for the first time while lists are read: each of late holds a row more."""
    seen = [0]

    def change(root: Element) -> None:
        seen[0] += 1
        last = named(root, "recordAccessHistory")[-1]
        for place in range(seen[0]):
            more = etree.fromstring(etree.tostring(last, with_tail=False))
            named(more, "recordID")[0].text = str(99_000_000 + place)
            named(root, "recordAccessHistory")[-1].addnext(more)
        for count in (*named(root, "total"), *named(root, "returned")):
            count.text = str(int(count.text) + seen[0])

    inner = of("LstrecordaccessHistory", change)

    def twist(request: mocksite.HttpRequest, response: mocksite.HttpResponse) -> mocksite.HttpResponse:
        mine = b"MeetingCenter" in request.body and b"<startFrom>1<" in request.body and b"<maximumNum>1<" not in request.body
        end = re.search(rb"<viewTimeEnd>([^<]+)", request.body)
        of_late = end is None or datetime.strptime(f"{end[1].decode()} +0000", "%m/%d/%Y %H:%M:%S %z") > datetime.now(UTC) - timedelta(hours=48)
        return inner(request, response) if mine and of_late else response

    return twist


def unless_asked(word: bytes, operation: str, change: Change) -> Twist:
    """A change of the replies to requests that do not hold ``word``."""
    inner = of(operation, change)
    return lambda request, response: response if word in request.body else inner(request, response)


# -- gateways ------------------------------------------------------------------------

_XML = (("Content-Type", "text/xml;charset=UTF-8"),)


def refusal(exception_id: str, reason: str) -> mocksite.HttpResponse:
    """A FAILURE message as sites write it."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><serv:message xmlns:serv="{SERV}" '
        'xmlns:com="http://www.webex.com/schemas/2002/06/common"><serv:header><serv:response>'
        f"<serv:result>FAILURE</serv:result><serv:reason>{escape(reason)}</serv:reason>"
        f"<serv:gsbStatus>PRIMARY</serv:gsbStatus><serv:exceptionID>{exception_id}</serv:exceptionID>"
        "</serv:response></serv:header><serv:body><serv:bodyContent/></serv:body></serv:message>"
    )
    return mocksite.HttpResponse(200, _XML, text.encode())


def without_body() -> mocksite.HttpResponse:
    """000000 as a gateway writes it: no bodyContent at all (capture of 2018)."""
    told = refusal("000000", "Fail to forward request:null")
    return mocksite.HttpResponse(200, _XML, told.body.replace(b"<serv:bodyContent/>", b""))


def unavailable() -> mocksite.HttpResponse:
    """What a load balancer says while nobody stands behind it."""
    return mocksite.HttpResponse(503, (("Content-Type", "text/html"),), b"<html>Service Unavailable</html>")


def busy() -> mocksite.HttpResponse:
    """503 of a site that says when to come back."""
    return mocksite.HttpResponse(503, (("Content-Type", "text/html"), ("Retry-After", "2")), b"<html>Busy</html>")


def reads(request: mocksite.HttpRequest) -> bool:
    return operation_of(request).lower().startswith(("get", "lst"))


def anything(request: mocksite.HttpRequest) -> bool:
    return True


def by_password(request: mocksite.HttpRequest) -> bool:
    return b"<password>" in request.body.partition(b"</securityContext>")[0]


def by_an_administrator(request: mocksite.HttpRequest) -> bool:
    return b"admin@" in request.body.partition(b"</securityContext>")[0]


def by_ticket(request: mocksite.HttpRequest) -> bool:
    return b"<sessionTicket>" in request.body


def lacks(*parts: bytes) -> Callable[[mocksite.HttpRequest], bool]:
    """Whether the content of a request holds none of these elements."""
    inner = holds(*parts)
    return lambda request: not inner(request)


def each(nth: int, answer: Callable[[], mocksite.HttpResponse], when: Callable[[mocksite.HttpRequest], bool]) -> Callable[[], Gateway]:
    """Every ``nth`` request of a kind gets an answer of the gateway's own; the site never sees it."""

    def gateway() -> Gateway:
        seen = [0]

        def stand(request: mocksite.HttpRequest) -> mocksite.HttpResponse | None:
            if not when(request):
                return None
            seen[0] += 1
            return answer() if seen[0] % nth == 0 else None

        return stand

    return gateway


def refusing(answer: Callable[[], mocksite.HttpResponse], when: Callable[[mocksite.HttpRequest], bool]) -> Callable[[], Gateway]:
    """Requests of a kind are always refused."""
    return lambda: lambda request: answer() if when(request) else None


def sends(*operations: str) -> Callable[[mocksite.HttpRequest], bool]:
    """Whether a request asks for one of these operations."""
    return lambda request: operation_of(request) in operations


def holds(*parts: bytes) -> Callable[[mocksite.HttpRequest], bool]:
    """Whether the content of a request holds one of these elements."""
    return lambda request: any(part in request.body.partition(b"<bodyContent")[2] for part in parts)


def both(*tests: Callable[[mocksite.HttpRequest], bool]) -> Callable[[mocksite.HttpRequest], bool]:
    return lambda request: all(test(request) for test in tests)


def reset_at_retired_address() -> Gateway:
    """Where XML API 10.0.0 was served the connection is cut."""

    def stand(request: mocksite.HttpRequest) -> None:
        if "/xml10.0.0/" in request.path:
            raise httpx.ReadError("[Errno 104] Connection reset by peer")

    return stand


def page_at_retired_address() -> Gateway:
    """Where XML API 10.0.0 was served stands a page of a template, with the comments of whoever had it in hand."""
    page = b"\xef\xbb\xbf<!-- template 7 -->\n<!DOCTYPE html>\n<html><head><title>Gone</title></head><body>Gone</body></html>\n<!-- node 3 -->\n"
    answer = mocksite.HttpResponse(200, (("Content-Type", "text/html"),), page)
    return lambda request: answer if "/xml10.0.0/" in request.path else None


# -- mail ------------------------------------------------------------------------------


def plain_template(mail: Mail) -> list[bytes]:
    """A template of the operator's: plain ASCII subject, no name in it, a help link and a footer with more links."""
    body = f"{mail.body}\nHelp: https://help.example.com/activate\n--\nhttps://www.example.com/legal https://www.example.com/privacy\n"
    return [f"Subject: A message from Webex\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{_ascii(body)}".encode()]


def several(mail: Mail) -> list[bytes]:
    """Control Hub writes more than one mail to a new user: a welcome without an activation link comes first."""
    if "activate" not in mail.subject.lower():
        return as_written(mail)
    welcome = (
        "Subject: Welcome to Webex\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Your administrator has added you. Learn more: https://help.example.com/start\r\n"
    )
    return [welcome.encode(), *as_written(mail)]


def on_long_lines(mail: Mail) -> list[bytes]:
    """Encoded words stand beside each other on one line, as widespread mail libraries leave them."""
    return [one.replace(b"?=\r\n =?", b"?= =?") for one in as_written(mail)]


def in_html(mail: Mail) -> list[bytes]:
    """The same as a web page: links in attributes, an image from elsewhere."""
    text = re.sub(r"(https?://\S+)", r'<a href="\1">Activate</a>', escape(mail.body)).replace("\n", "<br>\n")
    head = f"Subject: {mail.subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return [f'{head}<html><body><img src="https://img.example.com/logo.png">{text}</body></html>'.encode()]


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def written(element: Element) -> bytes:
    return etree.tostring(element)
