"""``webex-conformance init``: a profile of a site, written from its address and one administrator.

What the site tells by reads goes into the profile with the operation that told it. Run again it adds what is new and
changes nothing else; what would be over soon stays a comment, for every run finds it anew.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from conformance.judge.elements import Finder
from conformance.reporting.text import counted, safe
from conformance.run.commands.price_list import PriceList, price_list
from conformance.run.options import MOCK, Options
from conformance.run.site_session import open_site
from conformance.scenarios.authentication import ask
from conformance.scenarios.features import Catalogue
from conformance.scenarios.run_context import RunContext
from conformance.sites import credentials
from conformance.sites.discovery import FOUND, ITEM, ROLE, SETTING, Discovered, discovery_table
from conformance.sites.errors import UserError
from conformance.sites.profile import SERVICE_PATH, address_parts, is_loopback, site_named_by
from conformance.sites.profile_file import load_profile
from conformance.sites.user_files import UNREADABLE, naming, read_user_file, why_unreadable, write_whole
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, Request

_EVERY_SITE = "api.webex.com"
_HEAD = "the address and one administrator suffice, what the site tells of itself stands below."


class Dialogue:
    """Asks on a terminal; from anything else it reads one line for each answer. Passwords are never shown."""

    def __init__(self, *, yes: bool) -> None:
        self._terminal = sys.stdin.isatty()
        self._yes = yes

    def ask(self, question: str, option: str, *, secret: bool = False) -> str:
        """The answer; ``option`` is what says it without a dialogue."""
        if self._terminal and not self._yes:
            prompt = f"{question}: "
            answer = getpass.getpass(prompt, stream=sys.stderr) if secret else _prompted(prompt)
        else:
            answer = sys.stdin.readline()
        if not answer.strip():
            raise UserError("init-answer", f"there is no answer to {question!r}", where=option, hint=f"give {option}")
        return answer.rstrip("\r\n") if secret else answer.strip()

    def agrees(self, question: str) -> bool:
        """Whether to go on; only a person at a terminal is asked."""
        if self._yes or not self._terminal:
            return True
        return _prompted(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")


def _prompted(prompt: str) -> str:
    print(prompt, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline()


class ProgressSender:
    """One line on a terminal that says what the site is asked just now."""

    def __init__(self, client: Sender) -> None:
        self._client = client
        self._shown = sys.stderr.isatty()
        self._sent = 0

    def send(self, request: Request) -> Exchange:
        """Send ``request`` and tell about it."""
        self._sent += 1
        self._show(f"looking around: {self._sent}  {request.operation}")
        return self._client.send(request)

    def done(self) -> None:
        """Take the line away."""
        self._show("")

    def _show(self, words: str) -> None:
        if self._shown:
            print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class NewSite:
    """What is needed to reach a site for the first time; ``password`` is where the profile finds it."""

    name: str
    url: str
    site_name: str
    webex_id: str
    password: str

    def as_toml(self) -> str:
        """The lines that suffice."""
        return f"""[sites.{self.name}]
url = {_text(self.url)}
site_name = {_text(self.site_name)}

[sites.{self.name}.accounts.site-admin]
webex_id = {_text(self.webex_id)}
password = {_text(self.password)}
"""


def init(given: argparse.Namespace, file: Path, options: Callable[[str, Path], Options]) -> int:
    """Ask, look around, write; ``options`` are those of a run on a site of a profile file."""
    text = _existing(file)
    dialogue = Dialogue(yes=given.yes)
    name = given.site or ""
    site = None if name and _has_site(text, name) else _asked(given, dialogue)
    with _draft_beside(file, site) as draft:
        if site is None:
            _put(draft, text)
        else:
            site = _with_its_name(site, draft, options, called=bool(given.site))
            name = name or site.name
            if _has_site(text, name):
                hint = f"--site {name} alone adds what is new; another --site NAME makes a second profile"
                raise UserError("init-site", f"{file} has a site {name!r} already", where=str(file), hint=hint)
            site = NewSite(name, *(getattr(site, key) for key in ("url", "site_name", "webex_id", "password")))
            _put(draft, site.as_toml())
        prices = _looked(name, draft, options)
        new = _whole(text, site, prices)
        _put(draft, new)
        load_profile(name, draft)
    return _write(file, text, new, prices, dialogue, site)


@contextmanager
def _draft_beside(file: Path, site: NewSite | None) -> Iterator[Path]:
    """A file in the same folder, from which paths in a profile are reckoned; nobody is told to look into it."""
    try:
        number, name = tempfile.mkstemp(prefix=".sites-", suffix=".toml", dir=file.parent)
    except OSError as problem:
        raise _unwritable(file, problem) from None
    os.close(number)
    try:
        yield Path(name)
    except OSError as problem:
        raise (_unwritable(file, problem) if problem.filename == name else problem) from None
    except UserError as problem:
        if site is not None and name in problem.where:
            problem.where = _said_by(problem.code, site) or problem.where
        problem.where = problem.where.replace(name, str(file))
        problem.what = problem.what.replace(name, str(file))
        raise
    finally:
        Path(name).unlink(missing_ok=True)


def _said_by(code: str, site: NewSite) -> str:
    """Which answer is wrong, of a site that stands in no file yet; empty where it is none of them."""
    if code == "unreachable":
        return f"--url {site.url}"
    if code == "account-refused":
        return f"--user {site.webex_id} and --password, or what was answered"
    return "--password" if code.startswith(("variable-", "secret-", "keyring-")) else ""


def _unwritable(file: Path, problem: OSError) -> UserError:
    return UserError("sites-unwritable", f"cannot write {file}: {problem.strerror}", where=str(file))


def _put(draft: Path, text: str) -> None:
    with naming(draft):
        draft.write_text(text, encoding="utf-8")


def _existing(file: Path) -> str:
    try:
        text = read_user_file(file)
        tomllib.loads(text)
    except FileNotFoundError:
        return ""
    except (OSError, *UNREADABLE) as problem:
        hint, why = "mend it, or name another file with --sites", why_unreadable(problem)
        raise UserError("sites-unreadable", f"cannot read {file}: {why}", where=str(file), hint=hint) from None
    return text


def _has_site(text: str, name: str) -> bool:
    return name in tomllib.loads(text).get("sites", {})


# -- what is asked ----------------------------------------------------------------------------------------------------


def _asked(given: argparse.Namespace, dialogue: Dialogue) -> NewSite:
    url = _address(given.url or dialogue.ask("address of the site (SITE.webex.com)", "--url"))
    host = urlsplit(url).hostname or ""
    site_name = given.site_name or site_named_by(url) or ""
    if host == _EVERY_SITE and not site_name:
        site_name = dialogue.ask("name of the site, the first part of SITE.webex.com", "--site-name")
    webex_id = given.user or dialogue.ask("administrator (webExID)", "--user")
    name = given.site or _named(site_name)
    if name == MOCK:
        hint = "--site NAME"
        raise UserError("init-site", f"{MOCK!r} is what the embedded mock is called", where="--site", hint=hint)
    # The site may call itself otherwise than its address does: no name is promised before it is known.
    called = name if given.site or site_name else ""
    return NewSite(name, url, site_name, webex_id, _password(given.password, called, url, dialogue))


def _address(text: str) -> str:
    """A whole address from what people say: ``staging``, ``staging.webex.com``, ``https://staging.webex.com/...``."""
    if "://" not in text:
        text = f"https://{text if '.' in text or ':' in text else text + '.webex.com'}"
    parts = address_parts(text)
    if parts is None or parts.username or parts.password:
        raise UserError("url-form", "that is not the address of a site", where="--url", hint="SITE.webex.com")
    path = parts.path if "/WBXService" in parts.path else SERVICE_PATH
    return f"{parts.scheme}://{parts.netloc}{path}"


def _named(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-").lower() or "site"


def _password(reference: str, name: str, url: str, dialogue: Dialogue) -> str:
    """Where the profile finds the password: never the password itself, which is asked for when nothing holds it yet."""
    if reference:
        if credentials.is_literal(reference) and not is_loopback(url):
            hint = "--password '${VARIABLE}', 'file:PATH' or 'keyring:SERVICE/NAME'; without it you are asked"
            raise UserError("secret-literal", "a password on the command line is seen by others", hint=hint)
        return reference
    variable = _variable(name or _named(""))
    if variable not in os.environ:
        kept, option = (f", as ${variable}", variable) if name else ("", "--password")
        os.environ[variable] = dialogue.ask(f"password (kept out of the file{kept})", option, secret=True)
    return f"${{{variable}}}"


def _variable(name: str) -> str:
    """The variable that holds the password of the administrator of a site."""
    return re.sub(r"^(?=\d)", "SITE_", re.sub(r"[^A-Z0-9]+", "_", name.upper())) + "_ADMIN_PASSWORD"


def _with_its_name(site: NewSite, draft: Path, options: Callable[[str, Path], Options], *, called: bool) -> NewSite:
    """A site that is not called by its address is asked for its name; ``called`` if the profile has one already."""
    if site.site_name:
        return site
    _put(draft, site.as_toml())

    def told(context: RunContext, client: Sender) -> str:
        reply = ask(context, client, "site-admin", "GetSite", {})
        return next(iter(Finder(reply, context.contract.whole).texts("siteName")), "")

    name = _opened(site.name, draft, options, told)
    if not name:
        raise UserError("site-name-missing", "the site does not tell its name", where=site.url, hint="give --site-name")
    if called:
        return replace(site, site_name=name)
    password, variable = site.password, _variable(_named(name))
    if password == f"${{{_variable(site.name)}}}":
        os.environ.setdefault(variable, os.environ[_variable(site.name)])
        password = f"${{{variable}}}"
    return NewSite(_named(name), site.url, name, site.webex_id, password)


def _looked(name: str, draft: Path, options: Callable[[str, Path], Options]) -> PriceList:
    """Everything reads tell, whatever a run needs of it."""
    settings = options(name, draft)
    files = Catalogue(settings.root).read_all([settings.root / "features"])
    scenarios = [scenario for file in files for scenario in file.scenarios.values()]
    return _opened(name, draft, options, lambda context, client: price_list(context, client, scenarios))


_Seen = TypeVar("_Seen")


def _opened(
    name: str, draft: Path, options: Callable[[str, Path], Options], look: Callable[[RunContext, Sender], _Seen]
) -> _Seen:
    settings = options(name, draft)
    site_session = open_site(name, draft, settings, Catalogue(settings.root).clauses, check_only=True)
    client = site_session.run_context.client()
    progress = ProgressSender(client)
    try:
        return look(site_session.run_context, progress)
    finally:
        progress.done()
        client.close()
        site_session.close()


# -- what is written --------------------------------------------------------------------------------------------------


def _whole(text: str, site: NewSite | None, prices: PriceList) -> str:
    """``text`` with everything that is new."""
    name, found = prices.here.profile.name, list(_found(prices))
    if site is not None:
        head = f"# Written by webex-conformance init on {time.strftime('%Y-%m-%d')}: {_HEAD}\n{site.as_toml()}"
        lines = [
            f'# release = "{prices.here.release}"   # what GetAPIVersion says; left out, every run asks',
            '# access = "read-write"   # lets runs with --access read-write change the site, and put it back',
        ]
        text = (text.rstrip("\n") + "\n\n" if text.strip() else "") + with_lines(head, f"sites.{name}", lines)
    if absent := sorted(prices.here.served.found):
        why = "everybody is refused: take the # away if that is as it should be"
        text = with_lines(text, f"sites.{name}", [f"# not_served = {json.dumps(absent)}   # {why}"])
    for kind, table in ((SETTING, "settings"), (ITEM, "data")):
        lines = [line for one in found if one.kind == kind for line in _lines(one)]
        text = with_lines(text, f"sites.{name}.{table}", lines)
    return text


def _found(prices: PriceList) -> Iterator[Discovered]:
    """What is seen on the site, each thing once: the find that may be used for most."""
    every = [one for one in (*prices.here.discovered.found, *prices.writing.discovered.found) if one.how == FOUND]
    seen: dict[tuple[str, str], Discovered] = {}
    for one in sorted(every, key=lambda one: len(one.not_for)):
        seen.setdefault((one.kind, one.name), one)
    yield from sorted((one for one in seen.values() if one.kind != ROLE), key=lambda one: (one.kind, one.name))


def _lines(one: Discovered) -> Iterator[str]:
    """The lines of a find; a comment where a clause is about what told it, or where it will be over soon."""
    lasts = one.kind == SETTING or discovery_table().ways(one.kind, one.name).lasting
    about = ", ".join(sorted(one.not_for))
    why = f"found by {one.by}" + ("" if lasts else ", in every run anew")
    why += f", but not for {about}: take the # away to vouch for it" if about else ""
    mark = "" if lasts and not about else "# "
    pairs = {one.name: one.value} if one.kind == SETTING else dict(one.data)
    for key, value in pairs.items():
        yield f"{mark}{key} = {_value(value)}   # {why}"


def _value(value: object) -> str:
    """As TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if not escaped.isprintable():
        raise UserError("init-answer", "an answer holds a character that no profile can", hint="type it anew")
    return f'"{escaped}"'


_KEY = re.compile(r"^\s*#?\s*([\w-]+)\s*=")


def with_lines(text: str, table: str, lines: Iterable[str]) -> str:
    """``text`` with ``lines`` at the end of ``table``, but for keys it has there, be it in a comment."""
    rows = text.split("\n")
    start = next((at for at, row in enumerate(rows) if row.strip().replace('"', "") == f"[{table}]"), None)
    end = len(rows) if start is None else _end(rows, start)
    known = set() if start is None else {found.group(1) for row in rows[start:end] if (found := _KEY.match(row))}
    new = [line for line in lines if (found := _KEY.match(line)) and found.group(1) not in known]
    if not new:
        return text
    if start is None:
        return "\n".join([text.rstrip("\n"), "", f"[{table}]", *new, ""])
    last = max(at for at in range(start, end) if at == start or _KEY.match(rows[at]))
    return "\n".join([*rows[: last + 1], *new, *rows[last + 1 :]])


def _end(rows: list[str], start: int) -> int:
    """Where a table ends: comments right above the next header belong to that."""
    end = next((at for at in range(start + 1, len(rows)) if rows[at].lstrip().startswith("[")), len(rows))
    while end - 1 > start and _is_between(rows[end - 1]):
        end -= 1
    return end


def _is_between(row: str) -> bool:
    return not row.strip() or (row.startswith("#") and not _KEY.match(row))


def _write(file: Path, old: str, new: str, prices: PriceList, dialogue: Dialogue, site: NewSite | None) -> int:
    name = prices.here.profile.name
    added = [line for line in new.splitlines() if line not in set(old.splitlines())]
    if new == old:
        print(safe(f"{file}: nothing new about {name}"))
        return 0
    print("\n".join(safe(f"  {line}") for line in added), file=sys.stderr)
    if not dialogue.agrees(f"write this to {file}?"):
        print(safe(f"{file} is left as it was"))
        return 0
    write_whole(file, new)
    print(safe(f"{file}: {counted(len(added), 'line')} written about {name}"))
    more = prices.running_with_writing
    print(f"{counted(len(prices.running), 'scenario')} would run read-only, {more} with --access read-write")
    where = "" if file == Path("sites.toml") else f" --sites {file}"
    if site is not None and site.password.startswith("${"):
        print(f"next:  export {site.password[2:-1]}=...   (the password, which stands in no file)")
    print(safe(f"       webex-conformance plan --site {name}{where}\n       pytest features --site {name}{where}"))
    return 0
