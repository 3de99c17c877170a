"""The console: a page at ``/`` for people, from the same machine only. What it does, the control plane does too."""

from __future__ import annotations

import html
import time
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qs

from mocksite.errors import ControlError, UnknownFaultError, UnknownReleaseError, UnknownSettingError
from mocksite.model.queries import Query
from mocksite.model.records import Attendee, Item, Mail, PastSession, Program, Recording, Session, User, View
from mocksite.model.releases import RELEASES, release
from mocksite.operations import OPERATIONS
from mocksite.operations.catalogue import NOT_SERVED, served, written
from mocksite.protocol.envelope import HttpRequest, HttpResponse
from mocksite.protocol.requests import BadRequestError, parse_request
from mocksite.seed.people import ROLES
from mocksite.server import samples, sheets
from mocksite.server.control import Control, change_session, is_loopback
from mocksite.server.limits import Pace, pause
from mocksite.server.pages import not_found, page
from mocksite.server.requestlog import Entry, RequestLog
from mocksite.server.site import Site

CONSOLE_PATH = "/_mock"
SERVICE_PATH = "/WBXService/XMLService"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

_HEADERS = (
    ("Content-Type", "text/html;charset=UTF-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "same-origin"),
)

#: Exchanges the page of a site shows; the latest first.
_SHOWN = 20

_COUNTED = {
    "users": User,
    "sessions": Session,
    "attendees": Attendee,
    "programs": Program,
    "recordings": Recording,
    "views of recordings": View,
    "past sessions": PastSession,
    "contacts, products, tests and the like": Item,
    "mail sent": Mail,
}


class Console:
    """Answers browsers for sites that share a control plane, a request log and a pace."""

    def __init__(self, sites: Mapping[str, Site], control: Control, request_log: RequestLog, pace: Pace) -> None:
        self._sites = sites
        self._control = control
        self._request_log = request_log
        self._pace = pace

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The page for an address; a form posted is done first."""
        refused = _refused(request)
        if refused:
            return refused
        path, _, query = request.path.partition("?")
        fields = _fields(request.body.decode("utf-8", "replace") if request.method == "POST" else query)
        site = self._sites.get(fields.get("site", "").lower()) or next(iter(self._sites.values()))
        if path == "/":
            return self._act(site, fields) if request.method == "POST" else _shown(self._glance(site))
        kind, _, name = path.removeprefix(f"{CONSOLE_PATH}/").partition("/")
        if kind == "operations" and name and name[0].lower() + name[1:] in OPERATIONS:
            return _shown(self._operation(site, name[0].lower() + name[1:], fields.get("request", "")))
        if kind == "exchanges" and name.isdigit():
            return self._exchange(site, int(name)) or not_found(path)
        return not_found(path)

    def _glance(self, site: Site) -> str:
        store = site.store
        found = [one for one in reversed(self._request_log.exchanges()) if one.entry.site == site.identity.name]
        return sheets.glance(
            sheets.Glance(
                site=site.identity.name,
                url=f"{site.base_url}{SERVICE_PATH}",
                facts=facts(site),
                accounts=accounts(site),
                operations=served(),
                absent=sorted(written(name) for name in NOT_SERVED),
                exchanges=[_line(one.entry) for one in found[:_SHOWN]],
                held={name: store.count(kind, Query()) for name, kind in _COUNTED.items()},
                settings=store.settings.items(),
                releases=RELEASES,
                fault=site.fault.id,
                latency=round(self._pace.seconds * 1000),
            )
        )

    def _operation(self, site: Site, name: str, sent: str) -> str:
        document = sent or f"{_DECLARATION}{sheets.pretty(samples.request(site, name))}\n"
        url = f"{site.base_url}{SERVICE_PATH}"
        reply = _reply(site, document) if sent else ""
        return sheets.operation(written(name), document, samples.curl(url, document), reply, site.identity.name)

    def _exchange(self, site: Site, number: int) -> HttpResponse | None:
        found = next((one for one in self._request_log.exchanges() if one.entry.number == number), None)
        if found is None or found.entry.site != site.identity.name:
            return None
        names = ("number", "time", "operation", "caller", "result", "exception id", "ms")
        head = dict(zip(names, _line(found.entry), strict=True))
        return _shown(sheets.exchange(head, *found.texts(), site.identity.name))

    def _act(self, site: Site, fields: Mapping[str, str]) -> HttpResponse:
        if "action" not in fields:
            # No form of ours: a client that has lost the path of the service.
            return not_found("/")
        action, name, value = (fields.get(key, "").strip() for key in ("action", "name", "value"))
        try:
            self._do(site, action, name, value)
        except (ControlError, UnknownFaultError, UnknownReleaseError, UnknownSettingError, ValueError) as problem:
            return page(400, "This cannot be set", f"<p>{html.escape(str(problem))}</p><p><a href='/'>Back</a></p>")
        return HttpResponse(303, (("Location", f"/?site={site.identity.name}#switches"),), b"")

    def _do(self, site: Site, action: str, name: str, value: str) -> None:
        if action == "setting":
            with site.store.transaction():
                site.store.set(name, _typed(site, name, value))
        elif action == "release":
            site.identity = replace(site.identity, release=release(value))
        elif action == "fault":
            self._control.set_fault(site, value or None)
        elif action == "latency":
            self._pace.seconds = pause(value) / 1000
        elif action == "session":
            with site.store.transaction():
                change_session(site, value, {"state": name})
        elif action == "reset":
            self._control.reset(site, name)
        else:
            raise ControlError(f"there is no action {action!r}")


def facts(site: Site) -> dict[str, str]:
    """What a client must know of a site to address it."""
    identity = site.identity
    return {
        "siteName": identity.name,
        "siteID": str(identity.site_id),
        "partnerID": "mock",
        "release": str(identity.release),
    }


def accounts(site: Site) -> list[tuple[str, str, str]]:
    """The accounts of the profile: role, webExID, password."""
    found = ((role.name, samples.account(site, role.name)) for role in ROLES)
    return [(name, user.webex_id, user.password) for name, user in found if user is not None]


def _typed(site: Site, name: str, text: str) -> object:
    """The value of a form as the type the setting has."""
    present = site.store.settings.items().get(name)
    if isinstance(present, bool):
        return {"true": True, "false": False}.get(text, text)
    return int(text) if isinstance(present, int) and text.isdigit() else text


def _reply(site: Site, document: str) -> str:
    try:
        answer = site.answer(parse_request(document.encode()))
    except BadRequestError as problem:
        answer = site.refuse(document.encode(), problem.refusal, problem.encoding)
    return answer.body.decode("utf-8", "replace")


def _line(entry: Entry) -> list[str]:
    clock = time.strftime("%H:%M:%S", time.localtime(entry.time))
    told = [entry.operation, entry.caller, entry.result, entry.exception_id]
    return [str(entry.number), clock, *told, f"{entry.milliseconds:.1f}"]


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _refused(request: HttpRequest) -> HttpResponse | None:
    """The page for who must not ask, or not so."""
    if not is_loopback(request.client):
        return page(403, "HTTP Status 403", "<p>This page is for the same machine only.</p>")
    if request.method not in {"GET", "HEAD", "POST"}:
        return page(405, "HTTP Status 405", "<p>This is a page to look at.</p>", ("Allow", "GET, HEAD, POST"))
    if request.method == "POST" and _is_foreign(request):
        return page(403, "HTTP Status 403", "<p>The form came from a page of somebody else.</p>")
    return None


def _is_foreign(request: HttpRequest) -> bool:
    """Whether a form was posted by a page that is not ours: browsers say so."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    origin = headers.get("origin", "")
    return bool(origin) and origin.partition("://")[2] != headers.get("host", "")


def _shown(text: str) -> HttpResponse:
    return HttpResponse(200, _HEADERS, text.encode())
