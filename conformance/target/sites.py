"""``sites.toml``: read into profiles, and refused when in doubt, naming the line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.target import secrets
from conformance.target.account import CREDENTIALS, ROLES, Account
from conformance.target.address import control_address, service_address
from conformance.target.profile import MailAccount, Profile, is_loopback
from conformance.target.release import Release
from conformance.target.settings import Setting, Value, setting_named
from conformance.target.table import Table
from conformance.target.things import data_keys
from conformance.target.trouble import UserError, nearest

_RATE = re.compile(r"^(\d+(?:\.\d+)?)/(s|min)$")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_KEYS = {
    "url", "site_name", "release", "access", "rate", "timeout", "lanes", "trust_env", "ca_file", "schemas",
    "control_url", "encoding", "accounts", "settings", "data", "mailbox", "expected_skips",
}  # fmt: skip
_ACCOUNT_KEYS = {"webex_id", "email", *CREDENTIALS}
_MAILBOX_KEYS = {"imap", "user", "password", "folder", "ca_file"}
_ENCODINGS = ("UTF-8", "ISO-8859-1", "UTF-16")
#: Requests a second when the profile of a live site names no rate: slow enough for the throttling of XML API 10.0.
_LIVE_RATE = 4.0
_LIVE_LANES, _MOCK_LANES, _MOST_LANES = 4, 32, 64
_TIMEOUT, _LONGEST_TIMEOUT = 30.0, 600.0


def sites_file(option: str | None) -> Path:
    """The profile file: the option, the variable ``WEBEX_SITES``, or ``sites.toml`` here."""
    return Path(option or os.environ.get("WEBEX_SITES") or "sites.toml")


def load_profile(name: str, file: Path) -> Profile:
    """The profile ``name`` of ``file``; every mistake in it is a :class:`UserError` with its line."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(
            "sites-missing",
            f"there is no profile file {file}, so the site {name!r} is unknown",
            where=str(file),
            hint="copy sites.example.toml to sites.toml, or name another file with --sites",
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
        raise UserError("sites-unreadable", f"cannot read {file}: {reason}", where=str(file)) from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UserError("sites-syntax", f"{file} is not TOML: {problem}", where=str(file)) from None
    return _profile(_site(document, name, file, text.splitlines()))


def _site(document: Mapping[str, Any], name: str, file: Path, lines: list[str]) -> Table:
    sites = document.get("sites", {})
    if set(document) - {"sites"} or not isinstance(sites, Mapping):
        wrong = next((key for key in document if key != "sites"), "sites")
        raise UserError("sites-table", f"unknown table {wrong!r}", where=str(file), hint="sites stand as [sites.NAME]")
    if name not in sites:
        raise UserError("site-unknown", f"no site is called {name!r}", where=str(file), hint=nearest(name, sites))
    if not _NAME.match(name):
        hint = "letters, digits, dot, hyphen and underscore: reports and ledgers carry it in their file names"
        raise UserError("site-name-form", f"{name!r} cannot name a site", where=str(file), hint=hint)
    if not isinstance(sites[name], Mapping):
        raise UserError("sites-table", f"sites.{name} must be a table", where=str(file), hint=f"write [sites.{name}]")
    return Table(name, file, lines, sites[name])


def _profile(table: Table) -> Profile:
    table.known(_KEYS)
    url = service_address(table)
    loopback = is_loopback(url)
    control_url = control_address(table, url)
    release = table.text("release", "")
    return Profile(
        name=table.site,
        source=str(table.file),
        url=url,
        site_name=table.text("site_name"),
        release=Release.parse(release, where=table.where("release")) if release else None,
        access=table.choice("access", "read-only", ("read-only", "read-write")),
        rate=_rate(table, loopback),
        timeout=table.number("timeout", _TIMEOUT, _LONGEST_TIMEOUT),
        lanes=table.whole("lanes", _MOCK_LANES if control_url else _LIVE_LANES, _MOST_LANES),
        # A proxy of the environment has no business between this machine and itself.
        trust_env=table.flag("trust_env", default=not loopback),
        ca_file=table.path("ca_file"),
        schemas=table.path("schemas"),
        control_url=control_url,
        encoding=table.choice("encoding", "UTF-8", _ENCODINGS),
        accounts=_accounts(table, loopback),
        settings=_settings(table.below("settings")),
        data=_data(table.below("data")),
        mailbox=_mailbox(table.below("mailbox"), loopback),
        expected_skips=table.texts("expected_skips"),
    )


def _rate(table: Table, loopback: bool) -> float | None:
    value = table.text("rate", "").replace(" ", "")
    if not value:
        return None if loopback else _LIVE_RATE
    found = _RATE.match(value)
    if not found or float(found.group(1)) == 0:
        raise table.fail("profile-rate", f"rate = {value!r}", "rate", "write it as 4/s or 30/min")
    return float(found.group(1)) / (60 if found.group(2) == "min" else 1)


def _accounts(site: Table, loopback: bool) -> dict[str, Account]:
    table = site.below("accounts")
    found = {}
    for role in table.row:
        if role not in ROLES:
            raise table.fail("role-unknown", f"unknown role {role!r}", role, nearest(role, ROLES))
        entry = table.below(role)
        entry.known(_ACCOUNT_KEYS)
        webex_id = entry.text("webex_id")
        email = entry.text("email", webex_id if "@" in webex_id else "")
        found[role] = Account(role, webex_id, email, _credentials(entry, role, loopback))
    if not found:
        raise site.fail("accounts-missing", "it names no account", hint=f"add [sites.{site.site}.accounts.site-admin]")
    return found


def _credentials(entry: Table, role: str, loopback: bool) -> dict[str, str]:
    given = {element: entry.secret(key, literal=loopback) for key, element in CREDENTIALS.items() if key in entry.row}
    if not given:
        what = f"the account {role} has no credential"
        raise entry.fail("credential-missing", what, hint='add password = "${VARIABLE}"')
    return given


def _settings(table: Table) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in table.row.items():
        setting = setting_named(name, where=table.where(name))
        if not _fits(setting, value):
            raise table.fail("setting-value", f"setting {name} = {value!r}", name, setting.expects())
        found[name] = value
    return found


def _fits(setting: Setting, value: object) -> bool:
    if setting.kind == "boolean":
        return isinstance(value, bool)
    if setting.kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and value in setting.words


def _data(table: Table) -> dict[str, str]:
    table.known(data_keys())
    for key, value in table.row.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise table.fail("profile-type", f"{key} must be text", key)
    return {key: secrets.expand(str(value), where=table.where(key)) for key, value in table.row.items()}


def _mailbox(table: Table, loopback: bool) -> MailAccount | None:
    if not table.row:
        return None
    table.known(_MAILBOX_KEYS)
    host, _, port = table.text("imap").partition(":")
    if not host or (port and not (port.isdigit() and 0 < int(port) < 65536)):
        raise table.fail("profile-value", "imap must be HOST or HOST:PORT", "imap")
    return MailAccount(
        host=host,
        port=int(port or 993),
        user=table.text("user"),
        password=table.secret("password", literal=loopback),
        folder=table.text("folder", "INBOX"),
        ca_file=table.path("ca_file"),
    )
