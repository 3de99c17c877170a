"""The reference Webex Meetings site: a mock that real clients can work against.

``start()`` runs one in this process, ``Core`` is the same without sockets, the command
is ``webex-mock``. See FIDELITY.md for what is faithful, simplified and unknown.
"""

from __future__ import annotations

from pathlib import Path

from mocksite.model.releases import DEFAULT, RELEASES
from mocksite.protocol.envelope import HttpRequest, HttpResponse
from mocksite.server.core import Core, Options
from mocksite.server.http import Server, SiteHandle
from mocksite.server.site import Site
from mocksite.server.tls import load_certificate, make_certificate

__all__ = [
    "DEFAULT",
    "RELEASES",
    "Core",
    "HttpRequest",
    "HttpResponse",
    "Options",
    "Server",
    "Site",
    "SiteHandle",
    "start",
]


def start(
    release: str = DEFAULT,
    port: int = 0,
    host: str = "127.0.0.1",
    site_name: str = "mocksite",
    seed: int = 1,
    *,
    tls: bool = False,
    cert: str = "",
    key: str = "",
    latency: float = 0.0,
    rate_limit: str = "",
    users: int = 0,
    meetings: int = 0,
    recordings: int = 0,
    state: str = "",
    log: str = "",
    smtp: str = "",
    fault: str = "",
    not_served: str = "",
) -> Server:
    """Start a mock site; it serves when this returns. ``latency`` is seconds before every answer."""
    options = Options(
        release=release,
        site_name=site_name,
        seed=seed,
        users=users,
        meetings=meetings,
        recordings=recordings,
        state=Path(state) if state else None,
        log=Path(log) if log else None,
        rate_limit=rate_limit,
        smtp=smtp,
        fault=fault,
        not_served=not_served,
    )
    core = Core(options=options)
    secured = load_certificate(Path(cert), Path(key) if key else None) if cert else None
    if tls and not cert:
        secured = make_certificate(host)
    return Server(core, host=host, port=port, certificate=secured, latency=latency)
