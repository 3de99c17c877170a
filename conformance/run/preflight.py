"""The preflight: a site is asked about itself before anything is judged, and what it says goes before the profile.

It ends a run only when nothing could be judged: nobody answers, or no account
signs in. Everything else a site says wrongly is the finding of the clause about
it, and of no other; where the profile says otherwise the difference is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import TypeVar

from conformance.judge.elements import Finder
from conformance.scenarios.authentication import Authenticator, demand_seen_to_work
from conformance.scenarios.run_context import RunContext
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.profile import ADMINISTRATORS, CREDENTIALS, ROLES, Account
from conformance.sites.release import TOLD_IN, Release, release_in
from conformance.sites.settings import Setting, Value, known_settings
from conformance.wire.client import ALL_PAUSES, give_up, reads_only
from conformance.wire.creations import CREATIONS
from conformance.wire.exchange import Exchange, Reply, Request
from conformance.wire.served import NotServed, sign_of_absence
from conformance.wire.sign_in import AccountRefused, SiteClient, asked_twice, refuses_login

Asked = TypeVar("Asked")
Told = TypeVar("Told")
#: What GetUser must say of an account for it to play its role; roles left out cannot be told apart by a reply.
#: The user-management administrator is told since 40.6.0 (sources.md, Vendor's pages, A1).
_PRIVILEGES = {
    "site-admin": ("siteAdmin", True),
    "unscoped-admin": ("siteAdmin", True),
    "user-admin": ("umSiteAdmin", True),
    "read-only-admin": ("roSiteAdmin", True),
    "host": ("host", True),
    "attendee": ("host", False),
}
_ADMINISTERS = tuple(dict.fromkeys(_PRIVILEGES[role][0] for role in ADMINISTRATORS))
#: Refusals of a login and what to do about them.
_LOGIN_HINTS = {
    "030002": "check the password of the account, it may have expired",
    "030001": "check webex_id, the site knows no such user",
    "030047": "the session ticket is not valid (any more), get a new one or use the password",
    "000001": "the account may not read its own user record, give it the privilege to log in",
}
_NO_ROLE, _NOT_ASKED = "cannot play its role", "could not be asked"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
#: A clock further from ours than this many seconds asks for other days than we mean.
_CLOCKS_APART = 120.0


@dataclass(frozen=True)
class PreflightLine:
    """One row of the preflight table: what was looked at, what the profile says, what the site says.

    ``state`` is ok, note, contradiction (the site says otherwise than the
    profile) or refused (an account that cannot sign in or play its role).
    """

    what: str
    told: str
    found: str
    state: str = "ok"


@dataclass(frozen=True)
class PreflightReport:
    """What the preflight found.

    ``release`` is None when the site names none, ``settings`` what the site says
    of its settings where that can be read, ``clock`` how many seconds the site
    is ahead of us, 0 when the clocks agree. ``behind`` tells that the site is older
    than its profile says: the clauses since then, which the operator counts on,
    are not judged, and such a run is not green. ``administrators`` are roles that
    are no administrator's, played by one.
    """

    lines: tuple[PreflightLine, ...]
    release: Release | None
    settings: Mapping[str, Value] = field(default_factory=dict)
    clock: float = 0.0
    behind: str = ""
    administrators: frozenset[str] = frozenset()

    @property
    def contradictions(self) -> list[PreflightLine]:
        """Rows in which profile and site disagree, and accounts that are of no use."""
        return [line for line in self.lines if line.state in ("contradiction", "refused")]

    @property
    def differences(self) -> tuple[str, ...]:
        """What a reader of the run must know of them, one line each."""
        rows = self.contradictions
        return tuple(f"{line.what}: the profile says {line.told}; the site: {line.found}" for line in rows)


class Preflight:
    """Asks one site about itself, with reads only: does it answer, do the accounts work, how is it set?"""

    def __init__(self, run_context: RunContext, *, survey: bool = False, alone: bool = True) -> None:
        """``survey`` asks for every operation that reads whether it is served; only one process, ``alone``, probes."""
        self._survey = survey
        self._alone = alone
        self._run_context = run_context
        self._profile = run_context.profile
        self._client = SiteClient(run_context, run_context.sign_ins)
        self._authenticator = Authenticator(run_context, self._client.send)
        self._settings: dict[str, Value] = {}
        self._administrators: set[str] = set()

    def look(self, asked: Release | None = None) -> PreflightReport:
        """Everything that can be found out; an error that leaves nothing to judge is a :class:`UserError`.

        ``asked`` is a release given on the command line: judging a site as
        another release is then what the user wants, not a contradiction.
        """
        try:
            version = self._version()
            release = self._release(version)
            lines = [PreflightLine("address", self._profile.url, "answers"), self._release_line(release, asked)]
            clock = _ahead(version)
            lines += _clock_line(clock)
            lines += self._accounts()
            lines += self._read_settings(asked or release or self._profile.release)
            lines += self._declared_operations() if self._alone else ()
            lines += self._other_operations() if self._survey else ()
        finally:
            self._client.close()
        behind, administrators = self._behind(release, asked), frozenset(self._administrators)
        return PreflightReport(tuple(lines), release, self._settings, clock, behind, administrators)

    def _version(self) -> Exchange:
        """The first request carries no credential: GetAPIVersion needs none, and nobody knows yet who listens."""
        profile = self._profile
        security_context = {"siteName": profile.site_name}
        body = self._run_context.payloads.render("GetAPIVersion", {}, security_context, profile.encoding)
        client = self._run_context.plain_client()
        try:
            exchange = client.send(Request("GetAPIVersion", "anybody", profile.url, body), longest=ALL_PAUSES)
        finally:
            client.close()
        try:
            _ = exchange.reply
        except CannotJudge as problem:
            raise self._unreachable(problem, limited="limits the rate" in exchange.error) from None
        return exchange

    def _unreachable(self, problem: Exception, *, limited: bool) -> UserError:
        look = "try again later" if limited else "look at url, the network and the certificate"
        return UserError(
            "unreachable",
            f"the site cannot be asked: {problem}",
            where=self._profile.source,
            hint=f"{look}; no scenario was run",
        )

    # -- the release ---------------------------------------------------------------

    def _release(self, version: Exchange) -> Release | None:
        finder = Finder(version.reply, self._run_context.contract.whole)
        texts = [text for name in TOLD_IN for text in finder.texts(name)]
        return next((release for text in texts if (release := release_in(text))), None)

    def _release_line(self, found: Release | None, asked: Release | None) -> PreflightLine:
        told = self._profile.release
        shown = str(found or "not named by GetAPIVersion")
        if asked is not None:
            return PreflightLine("release", f"{asked} (--release)", shown, "ok" if found in (None, asked) else "note")
        if told is None:
            return PreflightLine("release", "asked from the site", shown, "ok" if found else "contradiction")
        return PreflightLine("release", str(told), shown, "ok" if found in (None, told) else "contradiction")

    def _behind(self, found: Release | None, asked: Release | None) -> str:
        told = self._profile.release
        if found is None or told is None or asked is not None or found >= told:
            return ""
        return (
            f"the profile says release {told}, the site is of {found}: no clause after {found} was judged; is the "
            "upgrade still to come? --release, or another release in the profile, says what to judge it as"
        )

    # -- the accounts --------------------------------------------------------------

    def _accounts(self) -> list[PreflightLine]:
        """All at a time, as many as the profile has lanes: an operator should not wait for ten round trips in turn."""
        accounts = list(self._profile.accounts.values())
        lines = list(chain.from_iterable(self._all_at_a_time(self._account, accounts)))
        if self._alone and all(line.found.startswith(_NOT_ASKED) for line in lines):
            # Is it GetUser that is not answered, or is nobody there any more? That, too, is for nobody to wait for. Of
            # workers one may have begun by then: its scenarios say it.
            self._version()
        refused = self._run_context.sign_ins.refused
        self._run_context.sign_ins.begin()
        if all(account.role in refused for account in accounts):
            why = refused[accounts[0].role]
            hint = _login_hint(why)
            what = f"no account of the profile can be used: {why.removesuffix(f' ({hint})')}"
            if _NO_ROLE in why:
                hint = f"give the webExID of a {ROLES[accounts[0].role].removeprefix('a ')}"
            raise UserError("account-refused", what, where=self._profile.source, hint=hint)
        return lines

    def _all_at_a_time(self, ask: Callable[[Asked], Told], things: Sequence[Asked]) -> list[Told]:
        """What ``ask`` tells of each; interrupted, nobody waits for what is under way."""
        pool = ThreadPoolExecutor(max(1, min(self._profile.lanes, len(things))))
        try:
            return list(pool.map(ask, things))
        except KeyboardInterrupt:
            give_up()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def _account(self, account: Account) -> list[PreflightLine]:
        """The row of an account, by the first of its credentials that the site takes, after those it refuses."""
        sign_ins, refused = self._run_context.sign_ins, list[PreflightLine]()
        for element in account.credentials:
            sign_ins.refused.pop(account.role, None)
            sign_ins.choose(account, element)
            line = self._signed_in(account, f"signs in with {element}")
            if line.state != "refused":
                others = list(account.credentials)[len(refused) + 1 :] if self._survey else []
                return [*refused, line, *(self._other_credential(account, other) for other in others)]
            sign_ins.doubted.add((account.role, element))
            refused.append(line)
        who, why = f"the account {account.role} ", line.found
        sign_ins.refused[account.role] = why if why.startswith(who) else f"{who}cannot sign in: {why}"
        return refused

    def _other_credential(self, account: Account, element: str) -> PreflightLine:
        what, told = f"account {account.role}", f"signs in with {element}"
        try:
            demand_seen_to_work(self._run_context, account, element)
        except AccountRefused as problem:
            return PreflightLine(what, told, str(problem), "refused")
        except CannotJudge as problem:
            return PreflightLine(what, told, f"{_NOT_ASKED}: {problem}", "note")
        return PreflightLine(what, told, "signed in")

    def _signed_in(self, account: Account, told: str) -> PreflightLine:
        what = f"account {account.role}"
        try:
            reply = self._own_record(account)
        except AccountRefused as problem:
            return PreflightLine(what, told, _with_hint(str(problem)), "refused")
        except CannotJudge as problem:
            if self._run_context.rate_limiter.in_vain:
                # Nobody was answered since: the others would wait as long, and scenarios after them.
                raise self._unreachable(problem, limited=True) from None
            return PreflightLine(what, told, f"{_NOT_ASKED}: {problem}", "note")
        if reply.succeeded:
            self._run_context.sign_ins.saw(account)
            return self._played(account, told, Finder(reply, self._run_context.contract.whole))
        if refuses_login("", reply):
            return PreflightLine(what, told, _with_hint(reply.verdict()), "refused")
        return PreflightLine(what, told, f"signed in, GetUser answered {reply.verdict()}", "note")

    def _own_record(self, account: Account) -> Reply:
        """What GetUser tells of the account; by a credential of the profile that is only tried, and not replaced."""
        request = self._authenticator.signed(account, "GetUser", {"webExId": account.webex_id})
        if request.signature is not None and self._run_context.sign_ins.issued(request.signature.secret):
            return self._client.send(request).reply
        tried = replace(request, signature=None)
        return asked_twice(lambda: self._client.send(tried).reply, "GetUser")

    def _played(self, account: Account, told: str, finder: Finder) -> PreflightLine:
        """Whether the account can play its role, and what else it is: a host of the profile may administer, too."""
        line = self._role(account, told, finder)
        also = [name for name in _ADMINISTERS if any(map(_BOOLEANS.get, finder.texts(f"privilege/{name}")))]
        if not also or account.role in ADMINISTRATORS:
            return line
        self._administrators.add(account.role)
        return replace(line, found=f"{line.found}, {' and '.join(f'{name} true' for name in also)}")

    def _role(self, account: Account, told: str, finder: Finder) -> PreflightLine:
        what, wanted = f"account {account.role}", _PRIVILEGES.get(account.role)
        if wanted is None:
            return PreflightLine(what, told, "signed in")
        name, value = wanted
        texts = finder.texts(f"privilege/{name}")
        if not texts:
            return PreflightLine(what, told, f"signed in, the site does not tell {name}", "note")
        found = _BOOLEANS.get(texts[0]) if len(texts) == 1 else None
        if found is None:
            return PreflightLine(what, told, f"signed in, {name} cannot be read: {_shown(texts)}", "note")
        told, words = f"{told}, {name} {str(value).lower()}", f"signed in, {name} {str(found).lower()}"
        if found == value:
            return PreflightLine(what, told, words)
        why = f"the account {account.role} {_NO_ROLE}: GetUser tells {name} {str(found).lower()}"
        self._run_context.sign_ins.refused[account.role] = why
        return PreflightLine(what, told, words, "contradiction")

    # -- the settings --------------------------------------------------------------

    def _read_settings(self, release: Release | None) -> Iterator[PreflightLine]:
        """What GetSite tells goes before the profile; what it tells wrongly is left to the clause about it."""
        try:
            reply = self._ask_site()
        except CannotJudge as problem:
            yield PreflightLine("settings", "compared with GetSite", str(problem), "note")
            return
        if not reply.succeeded:
            yield PreflightLine("settings", "compared with GetSite", reply.verdict(), "note")
            return
        finder = Finder(reply, self._run_context.contract.whole)
        for name, setting in known_settings().items():
            told = self._profile.settings.get(name)
            if told is None and not setting.reported:
                continue
            known = bool(setting.reported) and not (setting.since and release and release < setting.since)
            path = setting.reported if "/" not in setting.reported else f"siteInstance/{setting.reported}"
            yield self._setting_line(setting, told, finder.texts(path) if known else [])

    def _setting_line(self, setting: Setting, told: Value | None, texts: list[str]) -> PreflightLine:
        words = "not said" if told is None else _toml(told)
        if not texts:
            return PreflightLine(f"setting {setting.name}", words, "not told by the site", "note")
        value = read_value(setting, texts)
        if value is None:
            return PreflightLine(f"setting {setting.name}", words, f"cannot be read: {_shown(texts)}", "note")
        self._settings[setting.name] = value
        state = "ok" if told is None or value == told else "contradiction"
        return PreflightLine(f"setting {setting.name}", words, _toml(value), state)

    def _ask_site(self) -> Reply:
        return self._client.send(self._authenticator.signed(self._somebody, "GetSite", {})).reply

    @property
    def _somebody(self) -> Account:
        """The first account that can ask, an administrator before others."""
        accounts = self._profile.accounts
        refused = self._run_context.sign_ins.refused
        return next(
            accounts[role] for role in ("site-admin", *accounts) if role in accounts and role not in refused
        )

    # -- the operations --------------------------------------------------------------

    def _declared_operations(self) -> Iterator[PreflightLine]:
        """What the profile says is not served is asked once, without any values: it may have come back.

        What that could make, and no list would show, is not asked.
        """
        here = self._run_context
        for operation in sorted(here.not_served):
            creation = CREATIONS.get(operation)
            found_again = creation is None or creation.listed is not None
            if reads_only(operation) or (here.access == "read-write" and found_again):
                exchange = self._bare(operation)
                sign = sign_of_absence(exchange)
                told = sign or exchange.error or exchange.reply.verdict()
                state = "ok" if sign else "note" if exchange.error else "contradiction"
                found = told if state != "contradiction" else f"answers {told}: take it out of not_served"
                yield PreflightLine(f"operation {operation}", "not served", found, state)

    def _bare(self, operation: str) -> Exchange:
        here, account = self._run_context, self._somebody
        credential = here.sign_ins.credential(here, account, operation)
        request = here.sign_ins.request(here, account, credential, operation, here.payloads.incomplete(operation))
        with closing(here.plain_client()) as client:
            return client.send(request)

    def _other_operations(self) -> list[PreflightLine]:
        """Every other operation that reads, all at a time as the accounts are."""
        here = self._run_context
        names = [name for name in here.payloads.operations if reads_only(name) and name not in here.not_served]
        return [line for line in self._all_at_a_time(self._operation, names) if line is not None]

    def _operation(self, operation: str) -> PreflightLine | None:
        values = self._run_context.payloads.incomplete(operation)
        try:
            self._client.send(self._authenticator.signed(self._somebody, operation, values))
        except NotServed as problem:
            return PreflightLine(f"operation {operation}", "not declared", f"not served: {problem.words}", "note")
        return None


def read_value(setting: Setting, texts: list[str]) -> Value | None:
    """What a site says of ``setting``; None for what is no value of it, or is told more than once."""
    if len(texts) != 1:
        return None
    if setting.kind == "boolean":
        return _BOOLEANS.get(texts[0])
    try:
        return setting.value(texts[0])
    except UserError:
        return None


def _shown(texts: list[str]) -> str:
    return ", ".join(repr(text) for text in texts)


def _toml(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _with_hint(words: str) -> str:
    hint = _login_hint(words)
    return f"{words} ({hint})" if hint else words


def _login_hint(words: str) -> str:
    """What to do about a refusal that reads ``words``."""
    if any(word in words.lower() for word in ("sso", "saml", "single sign")):
        keys = " or ".join(key for key, element in CREDENTIALS.items() if element.lower().endswith("accesstoken"))
        return f"the site signs in by SSO only: give the account {keys}"
    return next((hint for exception_id, hint in _LOGIN_HINTS.items() if exception_id in words), "")


def _ahead(exchange: Exchange) -> float:
    """Seconds by which the clock of the site is ahead of ours, 0 when they agree or the site shows none."""
    if exchange.date is None:
        return 0.0
    ahead = exchange.date - (exchange.started + exchange.seconds)
    return ahead if abs(ahead) > _CLOCKS_APART else 0.0


def _clock_line(ahead: float) -> Iterator[PreflightLine]:
    if ahead:
        now = datetime.now(UTC).timestamp()
        ours, theirs = (f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC" for moment in (now, now + ahead))
        found = f"{theirs}; judged by the clock of the site"
        yield PreflightLine("clock", f"{ours} (this machine)", found, "contradiction")
