"""The mock without sockets: HTTP requests in, HTTP responses out.

A core holds one site or several, chosen by the siteName (or siteID) of a request, and
the control plane. Cores know nothing of each other.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from mocksite.model.releases import DEFAULT, release
from mocksite.protocol.envelope import HttpRequest, HttpResponse
from mocksite.protocol.refusals import invalid
from mocksite.protocol.requests import BadRequestError, Content, Request, parse_request
from mocksite.seed.site import Seed, midnight, open_store
from mocksite.server.console import CONSOLE_PATH, SERVICE_PATH, Console
from mocksite.server.control import CONTROL_PATH, Control
from mocksite.server.limits import Pace, RateLimiter
from mocksite.server.pages import activation_page, method_not_allowed, not_found, page
from mocksite.server.profile import profile
from mocksite.server.requestlog import RequestLog
from mocksite.server.site import Clock, Identity, Site

#: The address clients of XML API 10.0.0 use; retired with 41.9 (R41.9.0-01, R41.8.0-02).
_VERSIONED = re.compile(r"^/WBXService/(xml[\d.]+)/XMLService$")

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")


@dataclass(frozen=True)
class Options:
    """How sites of a core are made."""

    release: str = DEFAULT
    site_name: str = "mocksite"
    seed: int = 1
    users: int = 0
    meetings: int = 0
    recordings: int = 0
    state: Path | None = None
    log: Path | None = None
    rate_limit: str = ""
    smtp: str = ""
    fault: str = ""
    not_served: str = ""


class Core:
    """One or more mock sites that answer HTTP requests."""

    def __init__(
        self,
        release: str = DEFAULT,
        site_name: str = "mocksite",
        seed: int = 1,
        *,
        options: Options | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.options = options or Options(release=release, site_name=site_name, seed=seed)
        self.clock = clock
        self.request_log = RequestLog(self.options.log)
        self.sites: dict[str, Site] = {}
        self.control = Control(self.sites, self.request_log)
        self.pace = Pace()
        self.console = Console(self.sites, self.control, self.request_log, self.pace)
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._base_url = ""
        self.main = self.add_site(self.options.site_name)
        if self.options.fault:
            self.control.set_fault(self.main, self.options.fault)

    def add_site(self, name: str) -> Site:
        """One more site of the same release and seed, with a state of its own."""
        if not NAME.match(name):
            raise ValueError(f"{name!r} cannot be the name of a site: letters, digits, - and _ only")
        options = self.options
        seed = Seed(options.seed, midnight(self.clock()), options.users, options.meetings, options.recordings)
        identity = Identity(name, release(options.release), seed)
        first = not self.sites
        with self._lock:
            if name.lower() in self.sites:
                raise ValueError(f"there is a site {name} already")
            site = Site(
                identity,
                open_store(seed, options.state, name if not first else ""),
                request_log=self.request_log,
                clock=self.clock,
                limit=RateLimiter.parse(options.rate_limit) if options.rate_limit else None,
                turn=self._turn,
            )
            site.base_url = self._base_url
            if options.not_served:
                names, _, answer = options.not_served.partition("=")
                site.store.set("not-served", names.replace(",", " "))
                site.store.set("not-served-answer", answer or "failure")
            if options.smtp:
                site.store.set("mail-relay", options.smtp)
            self.sites[name.lower()] = site
        return site

    @property
    def base_url(self) -> str:
        """Where the server of this core is reached; links that must work lead there."""
        return self._base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._base_url = url
        for site in self.sites.values():
            site.base_url = url

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The response to any request."""
        path = request.path.partition("?")[0]
        if path == SERVICE_PATH:
            return self._service(request, "")
        if path == CONTROL_PATH or path.startswith(f"{CONTROL_PATH}/"):
            return self.control.handle(request)
        if path == "/" or path.startswith(f"{CONSOLE_PATH}/"):
            return self.console.handle(request)
        versioned = _VERSIONED.match(path)
        if versioned and self._serves_old_address():
            return self._service(request, versioned.group(1))
        if versioned and self.main.store.settings.retired_address == "page":
            return page(200, "The XML API has moved", "<p>XML API 10.0.0 is not available any more.</p>")
        found = activation_page(self.sites.values(), request)
        return found or not_found(path)

    def profile(
        self,
        name: str = "mock",
        *,
        url: str = "http://127.0.0.1:1/WBXService/XMLService",
        control_url: str = "http://127.0.0.1:1/_control",
        ca_file: str = "",
    ) -> str:
        """The profile text of the first site."""
        return profile(self.main, name=name, url=url, control_url=control_url, ca_file=ca_file)

    def close(self) -> None:
        """Give databases and files back."""
        for site in self.sites.values():
            site.store.close()
        self.request_log.close()

    def _service(self, request: HttpRequest, address: str) -> HttpResponse:
        if request.method != "POST":
            return method_not_allowed(request.method)
        try:
            asked = parse_request(request.body)
        except BadRequestError as problem:
            return self.main.refuse(request.body, problem.refusal, problem.encoding)
        site = self._site(asked.security)
        if site is None:
            return self.main.refuse(asked, invalid("The site does not exist"), asked.encoding)
        return self._absent(site, asked) or site.answer(asked, address, request.arrived)

    def _absent(self, site: Site, asked: Request) -> HttpResponse | None:
        """What is answered for an operation the site does not serve, whoever asks and whatever for."""
        settings = site.store.settings
        if asked.operation.lower() not in settings.not_served.lower().split():
            return None
        answer = settings.not_served_answer
        if answer == "failure":
            return site.refuse(asked, invalid(f"The operation {asked.given} is not supported"), asked.encoding)
        return page(200 if answer == "page" else int(answer), "Not available", "<p>This service has been retired.</p>")

    def _serves_old_address(self) -> bool:
        retired = self.main.identity.release.has("versioned-address-retired")
        return not retired or self.main.fault.serves_old_address

    def _site(self, security: Content) -> Site | None:
        name = security.text("siteName")
        if name:
            return self.sites.get(name.lower())
        site_id = security.text("siteID")
        if site_id:
            return next((site for site in self.sites.values() if str(site.identity.site_id) == site_id), None)
        return self.main
