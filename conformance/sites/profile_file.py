"""``sites.toml``: read into profiles, and refused when in doubt, naming the line.

Written by hand: with pydantic or msgspec it is longer and starts slower (docs/decisions/libraries.md, Profiles).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

from conformance.sites import credentials
from conformance.sites.errors import UserError, nearest
from conformance.sites.masking import secret_registry
from conformance.sites.profile import (
    CREDENTIALS,
    EVERY_SITE,
    ROLES,
    SERVICE_PATH,
    Account,
    MailAccount,
    Profile,
    address_parts,
    data_keys,
    demand_site_name,
    is_loopback,
    names_api_version,
    site_named_by,
)
from conformance.sites.release import Release
from conformance.sites.settings import MOST, Value, setting_named
from conformance.sites.user_files import UNREADABLE, names_folder, read_user_file, why_unreadable

_KEY = re.compile(r"\s*[\"']?(.*?)[\"']?\s*=")


class _Text:
    """The lines of a profile file, and where each table of it begins: read once for all of its sites."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()

    @cached_property
    def heads(self) -> dict[str, int]:
        """Line by table, the first of a name."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.lines, 1):
            if _is_head(line):
                found.setdefault(_bare(line).lstrip("[").partition("]")[0], number)
        return found


def _is_head(line: str) -> bool:
    """Whether a table begins in a line."""
    return line.lstrip().startswith("[")


def _bare(header: str) -> str:
    """A header without blanks and quotes, as tables are looked for."""
    return re.sub(r"[\s\"']", "", header)


class ProfileTable:
    """``[sites.NAME]`` or a table below it; knows the file it stands in for messages."""

    def __init__(self, site: str, file: Path, text: _Text, row: Mapping[str, Any], path: str = "") -> None:
        self.site = site
        self.file = file
        self.row = row
        self._text = text
        self._path = path

    def where(self, key: str = "") -> str:
        """``file:line`` of ``key``; of the table itself when there is no such line."""
        number = self._numbers.get(key, self._numbers.get(""))
        return str(self.file) if number is None else f"{self.file}:{number}"

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Line by key, and of the table itself by ""; empty when the table has no header of its own."""
        start = self._text.heads.get(f"sites.{self.site}{'.' + self._path if self._path else ''}")
        numbers: dict[str, int] = {}
        if start is not None:
            lines = self._text.lines
            below = takewhile(lambda line: not _is_head(line), (lines[number] for number in range(start, len(lines))))
            for number, line in enumerate(below, start + 1):
                if found := _KEY.match(line):
                    numbers.setdefault(found.group(1), number)
            numbers[""] = start
        return numbers

    def fail(self, code: str, what: str, key: str = "", hint: str = "") -> UserError:
        """The mistake ``what`` at ``key``."""
        return UserError(code, f"site {self.site!r}: {what}", where=self.where(key), hint=hint)

    def known(self, allowed: Iterable[str]) -> None:
        """Refuse keys that are not ``allowed``, naming the nearest that is."""
        names = set(allowed)
        for key in self.row:
            if key not in names:
                what = f"unknown key {key!r}" + (f" in {self._path}" if self._path else "")
                raise self.fail("profile-key", what, key, nearest(key, names))

    def below(self, key: str) -> ProfileTable:
        """The table called ``key``; empty when it is left out."""
        value = self.row.get(key, {})
        path = f"{self._path}.{key}" if self._path else key
        if not isinstance(value, Mapping):
            raise self.fail("profile-table", f"{path} must be a table", key, f"write [sites.{self.site}.{path}]")
        return ProfileTable(self.site, self.file, self._text, value, path)

    def text(self, key: str, default: str | None = None) -> str:
        """A text with its ``${VAR}`` replaced; without ``default`` it must be there."""
        value = self.row.get(key, default)
        if value is None:
            raise self.fail("profile-missing", f"{key} is missing", key, f"add {key} = ...")
        if not isinstance(value, str):
            raise self.fail("profile-type", f"{key} must be text", key, f'write {key} = "..."')
        return self.sound(key, value, empty=default == "")

    def sound(self, key: str, value: str, *, empty: bool = False) -> str:
        """``value`` with its variables replaced; one line that can be read, of blanks only where ``empty`` is fine."""
        text = credentials.expand_variables(value, where=self.where(key))
        if not text.isprintable():
            hint = "look how it was copied or, if it is a variable, written"
            raise self.fail(
                "profile-character", f"{key} holds a line break or a character that cannot be seen", key, hint
            )
        if not (text.strip() or empty):
            raise self.fail("profile-empty", f"{key} is empty", key, f'write {key} = "...", or leave it out')
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail("profile-type", f"{key} must be a list of texts", key, f'write {key} = ["...", "..."]')
        return tuple(self.sound(key, item) for item in value)

    def path(self, key: str) -> str:
        """A path, relative to the profile file."""
        value = self.text(key, "")
        try:
            return str(self.file.parent / Path(value).expanduser()) if value else ""
        except RuntimeError:
            raise self.fail("profile-path", f"{key}: nobody's home is {value!r}", key, "write the path out") from None

    def flag(self, key: str, *, default: bool) -> bool:
        """A boolean."""
        value = self.row.get(key, default)
        if not isinstance(value, bool):
            raise self.fail("profile-type", f"{key} must be true or false", key)
        return value

    def number(self, key: str, default: float, most: float) -> float:
        """A number above 0, up to ``most``."""
        value = self.row.get(key, default)
        sound = isinstance(value, int | float) and not isinstance(value, bool)
        if not sound or not 0 < value <= most:
            raise self.fail("profile-type", f"{key} must be a number above 0, {most:g} at most", key)
        return float(value)

    def whole(self, key: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most``."""
        value = self.row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise self.fail("profile-type", f"{key} must be a whole number from 1 to {most}", key)
        return value

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of ``allowed``."""
        value = self.text(key, default)
        if value not in allowed:
            raise self.fail("profile-value", f"{key} = {value!r}", key, nearest(value, allowed))
        return value

    def secret(self, key: str, *, literal: bool) -> str:
        """A secret; one that stands in the file itself is refused unless ``literal`` is fine."""
        value = self.row.get(key)
        if value is None:
            raise self.fail("profile-missing", f"{key} is missing", key, f'add {key} = "${{VARIABLE}}"')
        if not isinstance(value, str):
            raise self.fail("profile-type", f"{key} must be text", key, f'write {key} = "${{VARIABLE}}"')
        if credentials.is_literal(value) and not literal:
            secret_registry.learn(value)
            hint = f'write {key} = "${{VARIABLE}}", "file:PATH" or "keyring:SERVICE/NAME"'
            raise self.fail("secret-literal", f"{key} stands in the file itself", key, hint)
        return credentials.resolve(value, where=self.where(key), folder=self.file.parent)




def service_address(table: ProfileTable) -> str:
    """``url`` of a profile: https, or http to this machine; the current address of the service."""
    url = table.text("url")
    parts = address_parts(url)
    hint = f'url = "https://SITE.webex.com{SERVICE_PATH}"'
    if parts is None:
        # Whatever it is, it may hold a password.
        raise table.fail("url-form", "url is not an address", "url", hint)
    if parts.username or parts.password:
        raise table.fail(
            "url-credentials", "url must not carry credentials", "url", f"use [sites.{table.site}.accounts]"
        )
    if parts.scheme == "http" and not is_loopback(url):
        hint = f'url = "https://{parts.netloc}{parts.path}"'
        raise table.fail("url-http", "passwords would travel in clear over http", "url", hint)
    if names_api_version(url):
        what = f"{url} is the address of XML API 10.0.0, retired with release 41.9.0"
        raise table.fail("url-retired", what, "url", f'url = "{parts.scheme}://{parts.netloc}{SERVICE_PATH}"')
    if parts.hostname == EVERY_SITE and not table.row.get("site_name"):
        raise _nameless(table)
    return url


def control_address(table: ProfileTable, url: str) -> str:
    """``control_url`` of a mock; it and the site must be on this machine."""
    control_url = table.text("control_url", "")
    if control_url and not (is_loopback(control_url) and is_loopback(url)):
        hint = "only a mock has one; take it out for a live site"
        raise table.fail("control-url", "control_url and url must be on this machine", "control_url", hint)
    return control_url.rstrip("/")


def _nameless(table: ProfileTable) -> UserError:
    return table.fail(
        "site-name-missing",
        f"{EVERY_SITE} serves every site and needs to be told which",
        "url",
        'add site_name = "...", the first part of the address people use: SITE.webex.com',
    )


_RATE = re.compile(r"^([0-9]{1,6}(?:\.[0-9]{1,6})?)/(s|min)$")
#: Requests a second: slower, and a run of a thousand requests lasts for days.
_SLOWEST_RATE = 1 / 60
_HOST = re.compile(r"^[\w.-]{1,253}$")
_KEYS = {
    "url", "site_name", "release", "access", "rate", "timeout", "lanes", "trust_env", "ca_file", "schemas",
    "control_url", "encoding", "accounts", "settings", "data", "mailbox", "expected_skips",
    "not_served", "history", "groups",
}  # fmt: skip
_ACCOUNT_KEYS = {"webex_id", "email", *CREDENTIALS}
_MAILBOX_KEYS = {"imap", "user", "password", "folder", "ca_file", "address"}
_ENCODINGS = ("UTF-8", "ISO-8859-1", "UTF-16")
#: Requests a second when the profile of a live site names no rate: slow enough for the throttling of XML API 10.0.
_LIVE_RATE = 4.0
#: A mock answers at once: of more lanes than these each waits for its turn in our process, not for the mock.
_LIVE_LANES, _MOCK_LANES, _MOST_LANES = 4, 8, 64
_TIMEOUT, _LONGEST_TIMEOUT = 30.0, 600.0


def sites_file(option: str | None) -> Path:
    """The profile file: the option, the variable ``WEBEX_SITES``, or ``sites.toml`` here."""
    return Path(option or os.environ.get("WEBEX_SITES") or "sites.toml")


def load_profile(name: str, place: Path) -> Profile:
    """The profile ``name`` of ``place``, a file or a folder of them; a mistake in it is a :class:`UserError`."""
    return _profile(_site(name, _file_of(name, place)))


def listed(place: Path) -> tuple[dict[str, tuple[str, ...] | UserError], list[UserError]]:
    """Every site of ``place`` with its groups, or what is wrong with them; and what else cannot be read of it."""
    found: dict[str, tuple[str, ...] | UserError] = {}
    problems: list[UserError] = []
    for file, sites in _each_file(place):
        if isinstance(sites, UserError):
            problems.append(sites)
            continue
        for name in sites:
            try:
                found[name] = _site(name, file).texts("groups")
            except UserError as problem:
                found[name] = problem
    if problems and not found:
        raise problems[0]
    return found, problems


def _site(name: str, file: Path) -> ProfileTable:
    sites, text = _sites_in(file, name)
    if name not in sites:
        raise UserError("site-unknown", f"no site is called {name!r}", where=str(file), hint=nearest(name, sites))
    demand_site_name(name, str(file))
    if not isinstance(sites[name], Mapping):
        raise UserError("sites-table", f"sites.{name} must be a table", where=str(file), hint=f"write [sites.{name}]")
    return ProfileTable(name, file, text, sites[name])


#: A file of thousands of sites is parsed once, whoever asks for the next of them.
_parsed: dict[tuple[Path, int, int], tuple[Mapping[str, Any], _Text]] = {}


def _sites_in(file: Path, name: str = "") -> tuple[Mapping[str, Any], _Text]:
    """The sites of a profile file, and its lines; ``name`` is whose profile is wanted, for messages."""
    try:
        state = file.stat()
        stamp = file, state.st_mtime_ns, state.st_size
        if stamp not in _parsed:
            text = read_user_file(file)
            _parsed.clear()
            _parsed[stamp] = _sites(tomllib.loads(text), file), _Text(text)
        return _parsed[stamp]
    except FileNotFoundError:
        raise UserError(
            "sites-missing",
            f"there is no profile file {file}" + (f", so the site {name!r} is unknown" if name else ""),
            where=str(file),
            hint="webex-conformance init writes one; or name another file with --sites",
        ) from None
    except (OSError, UnicodeError) as problem:
        hint = "name the file of your sites with --sites"
        why = why_unreadable(problem)
        raise UserError("sites-unreadable", f"cannot read {file}: {why}", where=str(file), hint=hint) from None
    except UNREADABLE as problem:
        hint = "sites.example.toml shows how a profile is written"
        words = f"{file} is not TOML: {why_unreadable(problem)}"
        raise UserError("sites-syntax", words, where=str(file), hint=hint) from None


def _sites(document: Mapping[str, Any], file: Path) -> Mapping[str, Any]:
    sites = document.get("sites", {})
    if set(document) - {"sites"} or not isinstance(sites, Mapping):
        wrong = next((key for key in document if key != "sites"), "sites")
        raise UserError("sites-table", f"unknown table {wrong!r}", where=str(file), hint="sites stand as [sites.NAME]")
    return sites


def _profile_files(place: Path) -> list[Path]:
    """``place`` itself or, of a folder, its TOML files."""
    if not names_folder(place):
        return [place]
    files = sorted(place.glob("*.toml"))
    if not files:
        raise UserError("sites-missing", "the folder holds no profile file", where=str(place), hint="name it *.toml")
    return files


def _file_of(name: str, place: Path) -> Path:
    """The file that the site ``name`` stands in; a broken one of a folder stops the sites of no other."""
    if not names_folder(place):
        return place
    broken, found = list[Path](), list[Path]()
    for file in _profile_files(place):
        try:
            if name in read_user_file(file) and name in _sites_in(file)[0]:
                found.append(file)
        except (UserError, OSError, *UNREADABLE):
            broken.append(file)
    if len(found) > 1:
        words = f"{name!r} stands in two files, {found[0].name} and {found[1].name}"
        raise UserError("site-twice", words, where=str(found[1]), hint="a site has one profile")
    return found[0] if found else _may_hold(name, broken, place)


def _may_hold(name: str, broken: Iterable[Path], place: Path) -> Path:
    """The one of broken files that names the site; :class:`UserError` when it stands nowhere."""
    whole = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    for file in broken:
        with suppress(OSError, *UNREADABLE):
            if whole.search(read_user_file(file)):
                return file
    told = dict(_each_file(place))
    unread = [file for file, sites in told.items() if isinstance(sites, UserError)]
    if len(unread) == len(told):
        return unread[0]
    hint = nearest(name, (one for sites in told.values() if not isinstance(sites, UserError) for one in sites))
    hint += f"; it may stand in {unread[0].name}, which is broken" if unread else ""
    raise UserError("site-unknown", f"no site is called {name!r}", where=str(place), hint=hint)


def _each_file(place: Path) -> Iterator[tuple[Path, Mapping[str, Any] | UserError]]:
    """Every file of ``place`` with its sites, or what is wrong with it."""
    for file in _profile_files(place):
        try:
            yield file, _sites_in(file)[0]
        except UserError as problem:
            yield file, problem


def _profile(table: ProfileTable) -> Profile:
    table.known(_KEYS)
    url = service_address(table)
    loopback = is_loopback(url)
    control_url = control_address(table, url)
    release = table.text("release", "")
    return Profile(
        name=table.site,
        source=str(table.file),
        url=url,
        # What init asks a site for the first time with: an address that does not name it.
        site_name="" if table.row.get("site_name") == "" else table.text("site_name", site_named_by(url)),
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
        not_served=table.texts("not_served"),
        history=table.path("history"),
        groups=table.texts("groups"),
    )


def _rate(table: ProfileTable, loopback: bool) -> float | None:
    value = table.text("rate", "").replace(" ", "")
    if not value:
        return None if loopback else _LIVE_RATE
    found = _RATE.match(value)
    rate = float(found.group(1)) / (60 if found.group(2) == "min" else 1) if found else 0.0
    if rate < _SLOWEST_RATE:
        raise table.fail("profile-rate", f"rate = {value!r}", "rate", "write it as 4/s or 30/min, 1/min at least")
    return rate


def _accounts(site: ProfileTable, loopback: bool) -> dict[str, Account]:
    table = site.below("accounts")
    found = {}
    for role in table.row:
        if role not in ROLES:
            where = table.below(role) if isinstance(table.row[role], Mapping) else table
            raise where.fail("role-unknown", f"unknown role {role!r}", role, nearest(role, ROLES))
        entry = table.below(role)
        entry.known(_ACCOUNT_KEYS)
        webex_id = entry.text("webex_id")
        email = entry.text("email", webex_id if "@" in webex_id else "")
        found[role] = Account(role, webex_id, email, _credentials(entry, role, loopback))
    if not found:
        raise site.fail("accounts-missing", "it names no account", hint=f"add [sites.{site.site}.accounts.site-admin]")
    return found


def _credentials(entry: ProfileTable, role: str, loopback: bool) -> dict[str, str]:
    given = {element: entry.secret(key, literal=loopback) for key, element in CREDENTIALS.items() if key in entry.row}
    if not given:
        what = f"the account {role} has no credential"
        raise entry.fail("credential-missing", what, hint='add password = "${VARIABLE}"')
    return given


def _settings(table: ProfileTable) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in table.row.items():
        setting = setting_named(name, where=table.where(name))
        if not setting.fits(value):
            raise table.fail("setting-value", f"setting {name} = {value!r}", name, setting.expects())
        found[name] = value
    return found


def _data(table: ProfileTable) -> dict[str, str]:
    table.known(data_keys())
    for key, value in table.row.items():
        if isinstance(value, bool) or not (isinstance(value, str) or (isinstance(value, int) and 0 <= value <= MOST)):
            raise table.fail("profile-type", f"{key} must be text", key, f'write {key} = "..."')
    return {key: table.sound(key, str(value)) for key, value in table.row.items()}


def _mailbox(table: ProfileTable, loopback: bool) -> MailAccount | None:
    if not table.row:
        return None
    table.known(_MAILBOX_KEYS)
    host, _, port = table.text("imap").partition(":")
    if not _HOST.match(host) or (port and not (port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536)):
        raise table.fail("profile-value", "imap must be HOST or HOST:PORT", "imap", 'imap = "imap.example.com:993"')
    user = table.text("user")
    address = table.text("address", user)
    if "@" not in address:
        hint = 'add address = "conformance@example.com", the address whose mail it holds'
        key = "address" if "address" in table.row else "user"
        raise table.fail("profile-value", f"the {key} {address!r} of the mailbox is no e-mail address", key, hint)
    return MailAccount(
        host=host,
        port=int(port or 993),
        user=user,
        password=table.secret("password", literal=loopback),
        folder=table.text("folder", "INBOX"),
        ca_file=table.path("ca_file"),
        address=address,
    )
