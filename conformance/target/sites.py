"""``sites.toml``: read into profiles, and refused when in doubt, naming the line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.target import secrets
from conformance.target.account import CREDENTIALS, ROLES, Account
from conformance.target.profile import SERVICE_PATH, MailAccount, Profile, is_loopback
from conformance.target.release import Release
from conformance.target.settings import Setting, Value, setting_named
from conformance.target.things import data_keys
from conformance.target.trouble import UserError, nearest

_RATE = re.compile(r"^(\d+(?:\.\d+)?)/(s|min)$")
_KEYS = {
    "url", "site_name", "release", "access", "rate", "timeout", "lanes", "trust_env", "ca_file", "schemas",
    "control_url", "encoding", "accounts", "settings", "data", "mailbox", "expected_skips",
}  # fmt: skip
_ACCOUNT_KEYS = {"webex_id", "email", *CREDENTIALS}
_MAILBOX_KEYS = {"imap", "user", "password", "folder"}
_ENCODINGS = ("UTF-8", "ISO-8859-1", "UTF-16")


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
    return _Reader(name, file, text).profile(document)


class _Reader:
    """Turns one table into a :class:`Profile`, knowing the line of every key for messages."""

    def __init__(self, name: str, file: Path, text: str) -> None:
        self.name = name
        self.file = file
        self.lines = text.splitlines()

    def where(self, key: str = "", table: str = "") -> str:
        """``file:line`` of ``key`` in ``[sites.NAME.table]``; of the table itself when there is no such line."""
        header = f"[sites.{self.name}{'.' + table if table else ''}]"
        start = next((i for i, line in enumerate(self.lines) if line.replace(" ", "").startswith(header)), None)
        if start is None:
            return str(self.file)
        for number, line in enumerate(self.lines[start + 1 :], start + 2):
            if line.lstrip().startswith("["):
                break
            if key and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return f"{self.file}:{number}"
        return f"{self.file}:{start + 1}"

    def fail(self, code: str, what: str, key: str = "", table: str = "", hint: str = "") -> UserError:
        return UserError(code, f"site {self.name!r}: {what}", where=self.where(key, table), hint=hint)

    def known(self, row: Mapping[str, Any], allowed: set[str] | frozenset[str], table: str = "") -> None:
        for key in row:
            if key not in allowed:
                what = f"unknown key {key!r}" + (f" in {table}" if table else "")
                raise self.fail("profile-key", what, key, table, nearest(key, allowed))

    def profile(self, document: Mapping[str, Any]) -> Profile:
        for key in document:
            if key != "sites":
                raise UserError(
                    "sites-table", f"unknown table {key!r}", where=str(self.file), hint="sites stand as [sites.NAME]"
                )
        sites = self.table(document, "sites")
        if self.name not in sites:
            raise UserError(
                "site-unknown", f"no site is called {self.name!r}", where=str(self.file), hint=nearest(self.name, sites)
            )
        row = self.table(sites, self.name)
        self.known(row, _KEYS)
        url = self.url(row)
        release = self.text(row, "release", "")
        return Profile(
            name=self.name,
            source=str(self.file),
            url=url,
            site_name=self.text(row, "site_name", None),
            release=Release.parse(release, where=self.where("release")) if release else None,
            access=self.choice(row, "access", "read-only", ("read-only", "read-write")),
            rate=self.rate(row),
            timeout=self.number(row, "timeout", 30.0),
            lanes=int(self.number(row, "lanes", 32 if row.get("control_url") else 4)),
            trust_env=self.flag(row, "trust_env", True),
            ca_file=self.path(row, "ca_file"),
            schemas=self.path(row, "schemas"),
            control_url=self.control_url(row),
            encoding=self.choice(row, "encoding", "UTF-8", _ENCODINGS),
            accounts=self.accounts(row, is_loopback(url)),
            settings=self.settings(row),
            data=self.data(row),
            mailbox=self.mailbox(row, is_loopback(url)),
            expected_skips=self.texts(row, "expected_skips"),
        )

    def table(self, row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = row.get(key, {})
        if not isinstance(value, Mapping):
            raise self.fail("profile-table", f"{key} must be a table", key)
        return value

    def text(self, row: Mapping[str, Any], key: str, default: str | None, table: str = "") -> str:
        value = row.get(key, default)
        if value is None:
            raise self.fail("profile-missing", f"{key} is missing", key, table, f"add {key} = ...")
        if not isinstance(value, str):
            raise self.fail("profile-type", f"{key} must be text", key, table)
        return secrets.expand(value, where=self.where(key, table))

    def texts(self, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail("profile-type", f"{key} must be a list of texts", key)
        return tuple(value)

    def path(self, row: Mapping[str, Any], key: str) -> str:
        value = self.text(row, key, "")
        return str(self.file.parent / value) if value else ""

    def flag(self, row: Mapping[str, Any], key: str, default: bool) -> bool:
        value = row.get(key, default)
        if not isinstance(value, bool):
            raise self.fail("profile-type", f"{key} must be true or false", key)
        return value

    def number(self, row: Mapping[str, Any], key: str, default: float) -> float:
        value = row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self.fail("profile-type", f"{key} must be a number above 0", key)
        return float(value)

    def choice(self, row: Mapping[str, Any], key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(row, key, default)
        if value not in allowed:
            raise self.fail("profile-value", f"{key} = {value!r}", key, hint=nearest(value, allowed))
        return value

    def rate(self, row: Mapping[str, Any]) -> float | None:
        value = self.text(row, "rate", "")
        if not value:
            return None
        found = _RATE.match(value.replace(" ", ""))
        if not found or float(found.group(1)) == 0:
            raise self.fail("profile-rate", f"rate = {value!r}", "rate", hint="write it as 4/s or 30/min")
        return float(found.group(1)) / (60 if found.group(2) == "min" else 1)

    def url(self, row: Mapping[str, Any]) -> str:
        url = self.text(row, "url", None)
        try:
            parts = urlsplit(url)
            port_is_fine = parts.port is None or parts.port > 0
        except ValueError:
            parts, port_is_fine = urlsplit(""), False
        if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
            hint = f"https://SITE.webex.com{SERVICE_PATH}"
            raise self.fail("url-form", f"url = {url!r} is not an address", "url", hint=hint)
        if parts.username or parts.password:
            raise self.fail(
                "url-credentials", "url must not carry credentials", "url", hint="use [sites.NAME.accounts]"
            )
        if parts.scheme == "http" and not is_loopback(url):
            raise self.fail("url-http", "passwords would travel in clear over http", "url", hint="use https")
        return url

    def control_url(self, row: Mapping[str, Any]) -> str:
        url = self.text(row, "control_url", "")
        if url and not is_loopback(url):
            raise self.fail("control-url", "control_url must be on loopback", "control_url", hint="only a mock has one")
        return url.rstrip("/")

    def accounts(self, row: Mapping[str, Any], loopback: bool) -> dict[str, Account]:
        found = {}
        for role, entry in self.table(row, "accounts").items():
            table = f"accounts.{role}"
            if role not in ROLES:
                raise self.fail("role-unknown", f"unknown role {role!r}", "", table, nearest(role, ROLES))
            if not isinstance(entry, Mapping):
                raise self.fail("profile-table", f"{table} must be a table", role, "accounts")
            self.known(entry, _ACCOUNT_KEYS, table)
            webex_id = self.text(entry, "webex_id", None, table)
            email = self.text(entry, "email", webex_id if "@" in webex_id else "", table)
            found[role] = Account(role, webex_id, email, self.credentials(entry, table, loopback))
        if not found:
            raise self.fail("accounts-missing", "it names no account", hint="add [sites.NAME.accounts.site-admin]")
        return found

    def credentials(self, entry: Mapping[str, Any], table: str, loopback: bool) -> dict[str, str]:
        given = {
            element: self.secret(entry, key, table, loopback) for key, element in CREDENTIALS.items() if key in entry
        }
        if not given:
            raise self.fail("credential-missing", f"{table} has no credential", "", table, 'add password = "${VAR}"')
        return given

    def secret(self, entry: Mapping[str, Any], key: str, table: str, loopback: bool) -> str:
        value = entry[key]
        if not isinstance(value, str):
            raise self.fail("profile-type", f"{key} must be text", key, table)
        if secrets.is_literal(value) and not loopback:
            secrets.vault.learn(value)
            raise self.fail(
                "secret-literal",
                f"{key} stands in the file itself",
                key,
                table,
                'write "${VAR}", "file:..." or "keyring:..."',
            )
        return secrets.resolve(value, where=self.where(key, table), folder=self.file.parent)

    def settings(self, row: Mapping[str, Any]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, value in self.table(row, "settings").items():
            setting = setting_named(name, where=self.where(name, "settings"))
            if not _fits(setting, value):
                hint = setting.expects()
                raise self.fail("setting-value", f"setting {name} = {value!r}", name, "settings", hint)
            found[name] = value
        return found

    def data(self, row: Mapping[str, Any]) -> dict[str, str]:
        table = self.table(row, "data")
        self.known(table, data_keys(), "data")
        for key, value in table.items():
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise self.fail("profile-type", f"{key} must be text", key, "data")
        return {key: secrets.expand(str(value), where=self.where(key, "data")) for key, value in table.items()}

    def mailbox(self, row: Mapping[str, Any], loopback: bool) -> MailAccount | None:
        entry = self.table(row, "mailbox")
        if not entry:
            return None
        self.known(entry, _MAILBOX_KEYS, "mailbox")
        host, _, port = self.text(entry, "imap", None, "mailbox").partition(":")
        if port and not port.isdigit():
            raise self.fail("profile-value", "imap must be HOST or HOST:PORT", "imap", "mailbox")
        return MailAccount(
            host=host,
            port=int(port or 993),
            user=self.text(entry, "user", None, "mailbox"),
            password=self.secret({"password": entry.get("password", "")}, "password", "mailbox", loopback),
            folder=self.text(entry, "folder", "INBOX", "mailbox"),
        )


def _fits(setting: Setting, value: object) -> bool:
    if setting.kind == "boolean":
        return isinstance(value, bool)
    if setting.kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and value in setting.words
