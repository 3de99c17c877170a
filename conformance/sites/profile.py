"""Profiles: what the user tells us about a site, its accounts, and the test data it holds."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx

from conformance.sites.errors import UserError, nearest
from conformance.sites.release import Release
from conformance.sites.settings import Value

#: Profile key of each credential and the element of the security context it fills (sources.md, Authentication).
CREDENTIALS = {
    "password": "password",
    "session_ticket": "sessionTicket",
    "webex_access_token": "webExAccessToken",
    "access_token": "accessToken",
}

#: What a scenario may call its caller, and what the account must be.
ROLES = {
    "site-admin": "full administrator of the site",
    "read-only-admin": "read-only administrator",
    "user-admin": "administrator who manages users only",
    "host": "a user who may host",
    "attendee": "a user who may only attend",
    "classic-era-user": "a host created while the site was a classic one; webex_id is the old short id",
    "control-hub-user": "a host created after the site moved to Control Hub; webex_id is the e-mail address",
    "unscoped-admin": "a full administrator whose access_token lacks the scope webexsquare:admin",
    "disposable-user": "an active host, verified in Control Hub, whom the suite may deactivate and change; put back",
}
#: Those who administer the site, in part or as a whole: they are told and refused what others are not.
ADMINISTRATORS = ("site-admin", "read-only-admin", "user-admin", "unscoped-admin")


@dataclass(frozen=True)
class Account:
    """One login. Secrets never show in ``repr``.

    ``credentials`` maps elements of the security context (``password``,
    ``sessionTicket``, ...) to secrets; at least one is present.
    """

    role: str
    webex_id: str
    email: str
    credentials: dict[str, str] = field(repr=False)

    @property
    def credential(self) -> tuple[str, str]:
        """The first credential the profile gives: element and secret."""
        return next(iter(self.credentials.items()))


SERVICE_PATH = "/WBXService/XMLService"
_RETIRED = re.compile(r"/WBXService/xml[\d.]+/XMLService/?$", re.IGNORECASE)


@dataclass(frozen=True)
class MailAccount:
    """An IMAP mailbox that receives what the site sends to test users, at ``address`` with ``+`` and a name in it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    ca_file: str = ""
    address: str = ""


@dataclass(frozen=True)
class Profile:
    """One site as its profile describes it.

    ``rate`` is requests per second (None: no limit), ``timeout`` seconds for a
    whole reply, ``lanes`` the number of scenarios carried out ahead at a time,
    ``not_served`` operations and groups of them that the site does not serve,
    ``history`` the folder that keeps its nights, empty for none, ``groups`` what
    several sites can be named by together.
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
    not_served: tuple[str, ...] = ()
    history: str = ""
    groups: tuple[str, ...] = ()

    @property
    def is_mock(self) -> bool:
        """Only a mock has a control plane."""
        return bool(self.control_url)


def address_parts(url: str) -> SplitResult | None:
    """``url`` taken apart; None when it is not one."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return None
    sound = parts.scheme in ("http", "https") and port_is_fine and url.isprintable() and " " not in url
    return parts if sound and _can_be_asked(url, parts.hostname or "") else None


_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)


def _can_be_asked(url: str, host: str) -> bool:
    """Whether ``host`` is a name or address that can be looked up, with letters of any alphabet as IDNA has them."""
    try:
        told = httpx.URL(url)
        # What httpx says of a host is decoded from punycode, which not every text after xn-- is.
        name = told.raw_host.decode("ascii") if told.host else ""
    except (httpx.InvalidURL, ValueError):
        return False
    if ":" in host:
        return "%" not in host
    labels = name.removesuffix(".").split(".")
    return len(name) < 254 and all(map(_LABEL.fullmatch, labels))


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


#: The address that serves every site.
EVERY_SITE = "api.webex.com"
_OWN_ADDRESS = re.compile(r"^([a-z0-9-]+)\.webex\.com$")


def site_named_by(url: str) -> str | None:
    """The name of the site in its own address, SITE.webex.com; None for an address that does not name it."""
    found = _OWN_ADDRESS.match(urlsplit(url).hostname or "")
    return found.group(1) if found and found.group(0) != EVERY_SITE else None


#: Reports and ledgers carry it in their file names.
SITE_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")


def demand_site_name(name: str, where: str) -> None:
    """:class:`UserError` unless a site can be called ``name``: folders and files are, too."""
    if not SITE_NAME.fullmatch(name):
        hint = "letters, digits, dot, hyphen and underscore: reports and ledgers carry it in their file names"
        raise UserError("site-name-form", f"{name!r} cannot name a site", where=where, hint=hint)


@dataclass(frozen=True)
class LookUp:
    """How a run makes sure that an account sees an item of test data before anything is judged by it.

    ``operation`` is asked for the item, or, with ``every_page``, for a list that
    must hold it. ``by`` are the spellings of its id, tried in turn; ``viewed``
    the time in which a recording must have been watched.
    """

    operation: str
    every_page: bool
    values: tuple[tuple[str, str], ...]
    by: tuple[str, ...]
    viewed: tuple[str, ...]


@dataclass(frozen=True)
class DataItem:
    """An item of test data: its profile keys with the elements each of them fills, and how it is looked up.

    ``defaults`` are what keys say that the profile leaves out. One look-up that
    finds the item is enough; ``must_be`` is what to tell when none does.
    """

    keys: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, str]
    look_ups: tuple[LookUp, ...]
    must_be: str

    def missing(self, data: Mapping[str, str]) -> list[str]:
        """The keys a profile with ``data`` must still name."""
        return [key for key in self.keys if key not in data and key not in self.defaults]

    @property
    def identity(self) -> frozenset[str]:
        """The elements that tell this one from others."""
        return frozenset(element for key, filled in self.keys.items() if key not in self.defaults for element in filled)


@cache
def known_test_data() -> dict[str, DataItem]:
    """Every item of test data by name, from ``test_data.toml``."""
    table = tomllib.loads(Path(__file__).with_name("test_data.toml").read_text(encoding="utf-8"))
    return {name: _data_item(row) for name, row in table.items()}


def _data_item(row: dict[str, Any]) -> DataItem:
    return DataItem(
        keys={
            key: (filled,) if isinstance(filled, str) else tuple(filled)
            for key, filled in row.items()
            if key not in ("default", "look-up", "must-be")
        },
        defaults=row.get("default", {}),
        look_ups=tuple(
            LookUp(
                operation=one.get("list") or one["ask"],
                every_page="list" in one,
                values=tuple(one.get("with", {}).items()),
                by=tuple(one.get("by", ())),
                viewed=tuple(one.get("viewed", ())),
            )
            for one in row.get("look-up", ())
        ),
        must_be=row.get("must-be", ""),
    )


def data_keys() -> frozenset[str]:
    """Every key that may stand under ``[sites.NAME.data]``."""
    return frozenset(key for item in known_test_data().values() for key in item.keys)


#: What features call things that scenarios may change, accounts as well as test data.
DISPOSABLE = "disposable"


def data_item(name: str, data: Mapping[str, str]) -> dict[str, str] | None:
    """The values describing ``name`` by element, or None when the profile lacks one of its keys."""
    items = known_test_data()
    if name not in items:
        raise UserError("thing-unknown", f"nothing is called {name!r}", hint=nearest(name, items))
    item, known = items[name], {**items[name].defaults, **data}
    if item.missing(data):
        return None
    return {element: known[key] for key, elements in item.keys.items() for element in elements}


def share_of(data: Mapping[str, str], number: int) -> Mapping[str, str]:
    """``data`` as one scenario takes it, whose ``number`` tells it from others.

    A thing that scenarios change may be named several times, divided by commas: each takes one, so that those who
    take others need not wait.
    """
    several = {
        key: [part.strip() for part in data[key].split(",")] for key in _disposable_keys() if "," in data.get(key, "")
    }
    return {**data, **{key: parts[number % len(parts)] for key, parts in several.items()}} if several else data


@cache
def _disposable_keys() -> tuple[str, ...]:
    return tuple(key for name, item in known_test_data().items() if name.startswith(DISPOSABLE) for key in item.keys)


def slug(name: str) -> str:
    """The tag form of an item: ``@needs.large-event`` for "large event"."""
    return "".join(char if char.isalnum() or char == "_" else "-" for char in name.lower())
