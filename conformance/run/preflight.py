"""Before anything is judged: does the site answer, do the accounts work, is it set as the profile says?

A profile that contradicts its site would make every verdict worthless, so a
contradiction ends the run here (design.md, Arranging).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.judge.contract import Contract
from conformance.judge.finder import Finder
from conformance.target.account import Account
from conformance.target.profile import SERVICE_PATH, Profile, names_api_version
from conformance.target.release import Release, release_in
from conformance.target.settings import known_settings
from conformance.target.trouble import CannotJudge, UserError
from conformance.wire.client import Client
from conformance.wire.exchange import Request
from conformance.wire.message import Reply
from conformance.wire.payload import Payloads

#: What GetUser must say of an account for it to play its role; roles left out cannot be told apart by a reply.
_PRIVILEGES = {
    "site-admin": ("siteAdmin", "true"),
    "unscoped-admin": ("siteAdmin", "true"),
    "read-only-admin": ("roSiteAdmin", "true"),
    "host": ("host", "true"),
    "attendee": ("host", "false"),
}
#: Refusals of a login and what to do about them.
_LOGIN_HINTS = {
    "030002": "check the password of the account, it may have expired",
    "030001": "check webex_id, the site knows no such user",
    "030047": "the session ticket is not valid (any more), get a new one or use the password",
    "000045": "the site limits the rate, lower rate in the profile and try again in a minute",
    "000001": "the account may not read its own user record, give it the privilege to log in",
}


@dataclass(frozen=True)
class Line:
    """One row of the preflight table: what was looked at, what the profile says, what the site says."""

    what: str
    told: str
    found: str
    state: str = "ok"


@dataclass(frozen=True)
class Findings:
    """What the preflight found; ``release`` None when the site names none."""

    lines: tuple[Line, ...]
    release: Release | None

    @property
    def contradictions(self) -> list[Line]:
        """Rows in which profile and site disagree."""
        return [line for line in self.lines if line.state == "contradiction"]


class Preflight:
    """Asks one site about itself, with reads only."""

    def __init__(self, profile: Profile, client: Client, payloads: Payloads, contract: Contract) -> None:
        self._profile = profile
        self._client = client
        self._payloads = payloads
        self._contract = contract

    def look(self, asked: Release | None = None) -> Findings:
        """Everything that can be found out; trouble that leaves nothing to judge is a :class:`UserError`.

        ``asked`` is a release given on the command line: judging a site as
        another release is then what the user wants, not a contradiction.
        """
        self._address()
        version = self._ask(self._first(), "GetAPIVersion")
        release = self._release(version)
        lines = [Line("address", self._profile.url, "answers"), self._release_line(release, asked)]
        lines += self._accounts(release)
        lines += self._settings(asked or self._profile.release or release)
        return Findings(tuple(lines), release)

    def _address(self) -> None:
        url = self._profile.url
        if names_api_version(url):
            raise UserError(
                "url-retired",
                f"{url} is the address of XML API 10.0.0, retired with release 41.9.0",
                where=self._profile.source,
                hint=f'url = "https://{urlsplit(url).netloc}{SERVICE_PATH}"',
            )
        if urlsplit(url).hostname == "api.webex.com" and not self._profile.site_name:
            raise UserError(
                "site-name-missing", "api.webex.com serves every site: it needs site_name", where=self._profile.source
            )

    def _first(self) -> Account:
        accounts = self._profile.accounts
        return accounts.get("site-admin") or next(iter(accounts.values()))

    def _ask(self, account: Account, operation: str, values: Mapping[str, str] | None = None) -> Reply:
        element, secret = account.credential
        context = {"siteName": self._profile.site_name, "webExID": account.webex_id, element: secret}
        body = self._payloads.render(operation, values or {}, context, self._profile.encoding)
        try:
            return self._client.send(Request(operation, account.role, self._profile.url, body)).reply
        except CannotJudge as problem:
            raise UserError(
                "unreachable",
                f"the site cannot be asked: {problem}",
                where=self._profile.source,
                hint="look at url, the network and the certificate; no scenario was run",
            ) from None

    def _release(self, reply: Reply) -> Release | None:
        if not reply.succeeded:
            self._refused(self._first(), reply)
        finder = Finder(reply, self._contract.whole)
        texts = [text for name in ("release", "apiVersion", "trainReleaseVersion") for text in finder.texts(name)]
        return next((release for text in texts if (release := release_in(text))), None)

    def _release_line(self, found: Release | None, asked: Release | None) -> Line:
        told = self._profile.release
        shown = str(found or "not named by GetAPIVersion")
        if asked is not None:
            return Line("release", f"{asked} (--release)", shown, "ok" if found in (None, asked) else "note")
        if told is None:
            return Line("release", "asked from the site", shown, "ok" if found else "contradiction")
        return Line("release", str(told), shown, "ok" if found in (None, told) else "contradiction")

    def _accounts(self, release: Release | None) -> list[Line]:
        """All at a time, as many as the profile has lanes: an operator should not wait for ten round trips in turn."""
        accounts = list(self._profile.accounts.values())
        with ThreadPoolExecutor(max(1, min(self._profile.lanes, len(accounts)))) as pool:
            return list(pool.map(lambda account: self._account(account, release), accounts))

    def _account(self, account: Account, release: Release | None) -> Line:
        reply = self._ask(account, "GetUser", {"webExId": account.webex_id})
        what, told = f"account {account.role}", f"signs in with {account.credential[0]}"
        if not reply.succeeded:
            if account.role == "unscoped-admin" and reply.exception_id not in _LOGIN_HINTS:
                return Line(what, told, reply.verdict(), "note")
            self._refused(account, reply)
        wanted = _PRIVILEGES.get(account.role)
        if wanted is None:
            return Line(what, told, "signed in")
        name, value = wanted
        texts = Finder(reply, self._contract.whole).texts(f"privilege/{name}")
        if not texts:
            return Line(what, told, f"signed in, the site does not tell {name}", "note")
        state = "ok" if texts[0] == value else "contradiction"
        return Line(what, f"{told}, {name} {value}", f"signed in, {name} {texts[0]}", state)

    def _refused(self, account: Account, reply: Reply) -> None:
        hint = _LOGIN_HINTS.get(reply.exception_id, "")
        if any(word in reply.reason.lower() for word in ("sso", "saml", "single sign")):
            hint = "the site signs in by SSO only: give the account an access_token or webex_access_token"
        raise UserError(
            "account-refused",
            f"the site refuses the account {account.role} with its {account.credential[0]}: {reply.verdict()}",
            where=self._profile.source,
            hint=hint,
        )

    def _settings(self, release: Release | None) -> Iterator[Line]:
        reply = self._ask(self._first(), "GetSite")
        if not reply.succeeded:
            yield Line("settings", "compared with GetSite", reply.verdict(), "note")
            return
        finder = Finder(reply, self._contract.whole)
        for name, told in self._profile.settings.items():
            setting = known_settings()[name]
            words = str(told).lower() if isinstance(told, bool) else str(told)
            if not setting.reported or (setting.since and release and release < setting.since):
                yield Line(f"setting {name}", words, "not told by the site", "note")
                continue
            path = setting.reported if "/" not in setting.reported else f"siteInstance/{setting.reported}"
            texts = finder.texts(path)
            found = texts[0] if texts else "not told by the site"
            # A missing element is for its clause to judge, not a contradiction between profile and site.
            state = "note" if not texts else "ok" if setting_text(found) == words else "contradiction"
            yield Line(f"setting {name}", words, found, state)


def setting_text(text: str) -> str:
    """Booleans come as true and false or 1 and 0."""
    return {"1": "true", "0": "false"}.get(text, text)


def refuse_contradictions(findings: Findings, profile: Profile) -> None:
    """End the run with a :class:`UserError` when profile and site disagree."""
    wrong = findings.contradictions
    if wrong:
        rows = "; ".join(f"{line.what}: profile {line.told}, site {line.found}" for line in wrong)
        raise UserError(
            "profile-contradiction",
            f"the profile contradicts the site: {rows}",
            where=profile.source,
            hint="correct the profile, or after a killed run: webex-conformance sweep; check shows the whole table",
        )
