"""Profiles: what the user tells us about a site."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.target.account import Account
from conformance.target.release import Release
from conformance.target.settings import Value

SERVICE_PATH = "/WBXService/XMLService"
_RETIRED = re.compile(r"/WBXService/xml[\d.]+/XMLService/?$", re.IGNORECASE)


@dataclass(frozen=True)
class MailAccount:
    """An IMAP mailbox that receives what the site sends to test users."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    ca_file: str = ""


@dataclass(frozen=True)
class Profile:
    """One site as its profile describes it.

    ``rate`` is requests per second (None: no limit), ``timeout`` seconds for a
    whole reply, ``lanes`` the number of scenarios carried out ahead at a time.
    """

    name: str
    source: str
    url: str
    site_name: str
    release: Release | None
    access: str
    rate: float | None
    timeout: float
    lanes: int
    trust_env: bool
    ca_file: str
    schemas: str
    control_url: str
    encoding: str
    accounts: Mapping[str, Account]
    settings: Mapping[str, Value]
    data: Mapping[str, str]
    mailbox: MailAccount | None
    expected_skips: tuple[str, ...]

    @property
    def is_mock(self) -> bool:
        """Only a mock has a control plane."""
        return bool(self.control_url)


def is_loopback(url: str) -> bool:
    """Whether ``url`` points at this machine, where nothing secret travels."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def names_api_version(url: str) -> bool:
    """Whether ``url`` is an address of the form XML API 10.0.0 used, retired with 41.9 (R41.8.0-02)."""
    return bool(_RETIRED.search(urlsplit(url).path))
