"""Opens what mail links to, as a person with a browser would: no credential of the profile goes along."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx

from conformance.sites.profile import Profile
from conformance.wire import client
from conformance.wire.environment import default_tls, proxy_for

_ENOUGH = 64 * 1024
#: Seconds for a page with all that leads to it: a byte now and then satisfies the limit of a single read.
_PATIENCE = 30.0


@dataclass(frozen=True)
class Page:
    """What a browser was shown: the HTTP status (0: nobody answered) and the beginning of the text."""

    address: str
    status: int
    text: str

    @property
    def shown(self) -> bool:
        """Whether there is a page, and not an error or nobody."""
        return 0 < self.status < 400


@cache
def _of_this_machine() -> ssl.SSLContext:
    """One context for every browser: reading the authorities takes longer than a page."""
    return default_tls()


class Browser:
    """A browser for one scenario; certificates are verified as those of the site are."""

    def __init__(self, profile: Profile, tls: ssl.SSLContext, transport: httpx.BaseTransport | None = None) -> None:
        # The context of a site on loopback verifies nobody: it is for that site alone.
        self._timeout = min(_PATIENCE, profile.timeout)
        self._connections = client.Connections()
        self._http = httpx.Client(
            timeout=self._timeout,
            verify=tls if profile.url.startswith("https://") else _of_this_machine(),
            trust_env=False,
            proxy=proxy_for(profile.url) if profile.trust_env and transport is None else None,
            transport=transport,
            follow_redirects=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def open(self, address: str) -> Page:
        """The page at ``address``."""
        return self._page("GET", address)

    def fill(self, address: str, fields: dict[str, str]) -> Page:
        """What comes back when the form of the page at ``address`` is sent with ``fields``; nothing without a form."""
        page = self.open(address)
        if not page.shown or "<form" not in page.text.lower():
            return Page(address, 404, "no form")
        return self._page("POST", address, fields)

    def _page(self, method: str, address: str, fields: dict[str, str] | None = None) -> Page:
        self._connections.cut_off = False
        more: dict[str, Any] = {"data": fields, "extensions": {"trace": self._connections.trace}}
        try:
            with (
                client.watchdog.limit(self._timeout, self._connections.cut),
                self._http.stream(method, address, **more) as answer,
            ):
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _ENOUGH:
                        break
                return Page(address, answer.status_code, body.decode("utf-8", "replace"))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            if self._connections.cut_off:
                return Page(address, 0, f"not complete within {self._timeout:g} s")
            return Page(address, 0, str(problem) or type(problem).__name__)
