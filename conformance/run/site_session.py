"""Opens a site for a run: the mock started if it is ours, the profile read, the site asked about itself first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from conformance.judge.clauses import Clause
from conformance.judge.contract import Contract
from conformance.judge.elements import Finder
from conformance.judge.vendor_schemas import VendorSchemas
from conformance.reporting.summary import read_baseline
from conformance.run.options import MOCK, Options
from conformance.scenarios.authentication import PASSWORD_REFUSED, SignedRequest, exchanged
from conformance.scenarios.run_context import RunContext
from conformance.sites.control_plane import ControlPlane
from conformance.sites.errors import CannotJudge, UserError
from conformance.sites.ledger import Ledger, new_run_id
from conformance.sites.profile import SERVICE_PATH, Account, Profile, names_api_version
from conformance.sites.profile_file import load_profile
from conformance.sites.release import FIRST, Release, release_in
from conformance.sites.settings import Setting, known_settings
from conformance.wire.client import Client, tls_context
from conformance.wire.exchange import Reply, Request
from conformance.wire.mailbox import ImapBox, Mailbox, SmtpSink
from conformance.wire.payloads import Payloads
from conformance.wire.rate_limiter import RateLimiter


class EmbeddedMock:
    """A mock site on a loopback port of this process, with the profile it writes for itself."""

    def __init__(self, release: str, folder: Path) -> None:
        import mocksite

        try:
            self._server: Any = mocksite.start(release=release)
        except ValueError as problem:
            raise UserError("mock-release", str(problem), where="--release") from None
        self._folder = folder
        self.sites_file = self._write(MOCK, self._server.profile(MOCK))

    def for_worker(self, worker: str) -> Path:
        """A site of its own for one worker process, so that workers never see each other's settings."""
        site = self._server.add_site(f"mocksite-{worker}")
        return self._write(f"{MOCK}-{worker}", site.profile(MOCK))

    def _write(self, name: str, profile: str) -> Path:
        file = self._folder / f"{name}.toml"
        file.write_text(profile, encoding="utf-8")
        return file

    def stop(self) -> None:
        """Stop serving."""
        self._server.stop()


#: What GetUser must say of an account for it to play its role; roles left out cannot be told apart by a reply.
_PRIVILEGES = {
    "site-admin": ("siteAdmin", "true"),
    "unscoped-admin": ("siteAdmin", "true"),
    "user-admin": ("umSiteAdmin", "true"),
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
class PreflightLine:
    """One row of the preflight table: what was looked at, what the profile says, what the site says."""

    what: str
    told: str
    found: str
    state: str = "ok"


@dataclass(frozen=True)
class PreflightReport:
    """What the preflight found; ``release`` None when the site names none."""

    lines: tuple[PreflightLine, ...]
    release: Release | None

    @property
    def contradictions(self) -> list[PreflightLine]:
        """Rows in which profile and site disagree."""
        return [line for line in self.lines if line.state == "contradiction"]


class Preflight:
    """Asks one site about itself, with reads only: does it answer, do the accounts work, is it set as the profile says?

    A profile that contradicts its site would make every verdict worthless, so a
    contradiction ends the run here.
    """

    def __init__(self, profile: Profile, client: Client, payloads: Payloads, contract: Contract) -> None:
        self._profile = profile
        self._client = client
        self._payloads = payloads
        self._contract = contract

    def look(self, asked: Release | None = None) -> PreflightReport:
        """Everything that can be found out; an error that leaves nothing to judge is a :class:`UserError`.

        ``asked`` is a release given on the command line: judging a site as
        another release is then what the user wants, not a contradiction.
        """
        self._address()
        version = self._ask(self._first(), "GetAPIVersion")
        release = self._release(version)
        lines = [PreflightLine("address", self._profile.url, "answers"), self._release_line(release, asked)]
        lines += self._accounts(release)
        lines += self._settings(asked or self._profile.release or release)
        return PreflightReport(tuple(lines), release)

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
        security_context = {"siteName": self._profile.site_name, "webExID": account.webex_id, element: secret}
        body = self._payloads.render(operation, values or {}, security_context, self._profile.encoding)
        request = Request(operation, account.role, self._profile.url, body)
        # Some sites now and then refuse a good password: it is asked again before it counts.
        signed = SignedRequest(request, lambda: request, PASSWORD_REFUSED)
        try:
            return exchanged(signed, self._client.send).reply
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

    def _release_line(self, found: Release | None, asked: Release | None) -> PreflightLine:
        told = self._profile.release
        shown = str(found or "not named by GetAPIVersion")
        if asked is not None:
            return PreflightLine("release", f"{asked} (--release)", shown, "ok" if found in (None, asked) else "note")
        if told is None:
            return PreflightLine("release", "asked from the site", shown, "ok" if found else "contradiction")
        return PreflightLine("release", str(told), shown, "ok" if found in (None, told) else "contradiction")

    def _accounts(self, release: Release | None) -> list[PreflightLine]:
        """All at a time, as many as the profile has lanes: an operator should not wait for ten round trips in turn."""
        accounts = list(self._profile.accounts.values())
        with ThreadPoolExecutor(max(1, min(self._profile.lanes, len(accounts)))) as pool:
            return list(pool.map(lambda account: self._account(account, release), accounts))

    def _account(self, account: Account, release: Release | None) -> PreflightLine:
        reply = self._ask(account, "GetUser", {"webExId": account.webex_id})
        what, told = f"account {account.role}", f"signs in with {account.credential[0]}"
        if not reply.succeeded:
            if account.role == "unscoped-admin" and reply.exception_id not in _LOGIN_HINTS:
                return PreflightLine(what, told, reply.verdict(), "note")
            self._refused(account, reply)
        wanted = _PRIVILEGES.get(account.role)
        if wanted is None:
            return PreflightLine(what, told, "signed in")
        name, value = wanted
        texts = Finder(reply, self._contract.whole).texts(f"privilege/{name}")
        if not texts:
            return PreflightLine(what, told, f"signed in, the site does not tell {name}", "note")
        state = "ok" if texts[0] == value else "contradiction"
        return PreflightLine(what, f"{told}, {name} {value}", f"signed in, {name} {texts[0]}", state)

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

    def _settings(self, release: Release | None) -> Iterator[PreflightLine]:
        reply = self._ask(self._first(), "GetSite")
        if not reply.succeeded:
            yield PreflightLine("settings", "compared with GetSite", reply.verdict(), "note")
            return
        finder = Finder(reply, self._contract.whole)
        for name, told in self._profile.settings.items():
            setting = known_settings()[name]
            words = str(told).lower() if isinstance(told, bool) else str(told)
            if not setting.reported or (setting.since and release and release < setting.since):
                yield PreflightLine(f"setting {name}", words, "not told by the site", "note")
                continue
            path = setting.reported if "/" not in setting.reported else f"siteInstance/{setting.reported}"
            texts = finder.texts(path)
            found = texts[0] if texts else "not told by the site"
            # A missing element is for its clause to judge, not a contradiction between profile and site.
            state = "note" if not texts else "ok" if setting_text(found) == words else "contradiction"
            yield PreflightLine(f"setting {name}", words, found, state)


def setting_text(text: str) -> str:
    """Booleans come as true and false or 1 and 0."""
    return {"1": "true", "0": "false"}.get(text, text)


def refuse_contradictions(preflight: PreflightReport, profile: Profile) -> None:
    """End the run with a :class:`UserError` when profile and site disagree."""
    wrong = preflight.contradictions
    if wrong:
        rows = "; ".join(f"{line.what}: profile {line.told}, site {line.found}" for line in wrong)
        raise UserError(
            "profile-contradiction",
            f"the profile contradicts the site: {rows}",
            where=profile.source,
            hint="correct the profile, or after a killed run: webex-conformance sweep; check shows the whole table",
        )


_RELAY = Setting("mail-relay", "", "text", (), "where a mock delivers mail", "", None)


@dataclass(frozen=True)
class SiteSession:
    """A site opened for a run, with what the preflight found."""

    run_context: RunContext
    preflight: PreflightReport
    options: Options

    def close(self) -> None:
        """Give back what the run context holds open."""
        self.run_context.ledger.close()
        if self.run_context.control_plane:
            self.run_context.control_plane.close()
        if self.run_context.mailbox:
            self.run_context.mailbox.close()


def open_site(
    name: str,
    sites_file: Path,
    options: Options,
    clauses: dict[str, Clause],
    *,
    run_id: str = "",
    worker: str = "",
    check_only: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> SiteSession:
    """Read the profile, ask the site about itself, and make the run context; anything amiss is a :class:`UserError`."""
    profile = load_profile(name, sites_file)
    access = _access(profile, options)
    run_id = run_id or new_run_id()
    contract, payloads = Contract(options.root / "schemas"), Payloads(options.root / "payloads")
    rate_limiter, tls = RateLimiter(profile.rate, _shared(profile, options, run_id)), tls_context(profile)
    client = Client(profile, rate_limiter, tls, transport=transport)
    try:
        preflight = Preflight(profile, client, payloads, contract).look(options.release)
    finally:
        client.close()
    if not check_only:
        refuse_contradictions(preflight, profile)
    release = _release(options.release or profile.release or preflight.release, profile)
    run_context = RunContext(
        profile=profile,
        release=release,
        access=access,
        contract=contract,
        clauses=clauses,
        payloads=payloads,
        ledger=_ledger(profile, options, run_id + worker),
        run_id=run_id,
        rate_limiter=rate_limiter,
        tls=tls,
        control_plane=ControlPlane(profile.control_url, tls=tls, transport=transport) if profile.is_mock else None,
        vendor_schemas=_vendor_schemas(profile, options, contract),
        baseline=read_baseline(options.baseline, options.sites[0], clauses, release) if options.baseline else None,
        strict_schema=options.strict_schema,
        transport=transport,
    )
    return SiteSession(replace(run_context, mailbox=None if check_only else _mailbox(run_context)), preflight, options)


def _ledger(profile: Profile, options: Options, run: str) -> Ledger:
    return Ledger(options.reports / "ledger" / f"{profile.name}-{run}.jsonl", profile.name, run)


def _vendor_schemas(profile: Profile, options: Options, contract: Contract) -> VendorSchemas | None:
    schemas = options.schemas or profile.schemas
    return VendorSchemas(Path(schemas), contract.namespaces) if schemas else None


def _access(profile: Profile, options: Options) -> str:
    """Writing takes two yeses, the profile's and the run's; a mock is there to be written to."""
    if options.access == "read-write" and profile.access != "read-write":
        raise UserError(
            "access",
            f"--access read-write, but the profile of {profile.name} is read-only",
            where=profile.source,
            hint='the owner of the site allows writing with access = "read-write" in its profile',
        )
    return options.access or ("read-write" if profile.is_mock and profile.access == "read-write" else "read-only")


def _release(release: Release | None, profile: Profile) -> Release:
    if release is None:
        raise UserError(
            "release-unknown",
            "the site does not say which release it runs",
            where=profile.source,
            hint='write release = "41.11.0" into the profile or give --release',
        )
    if release < FIRST:
        raise UserError(
            "release-old", f"this suite speaks about releases from {FIRST} on, not {release}", where=profile.source
        )
    return release


def _shared(profile: Profile, options: Options, run_id: str) -> Path | None:
    """The file by which workers share the rate of a site; only a limited site needs one."""
    if not profile.rate:
        return None
    folder = options.reports / "ledger"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f".rate-{profile.name}-{run_id}"


def _mailbox(run_context: RunContext) -> Mailbox | None:
    control_plane = run_context.control_plane
    if control_plane is not None:
        return SmtpSink(lambda address: control_plane.set(_RELAY, address))
    return ImapBox(run_context.profile.mailbox) if run_context.profile.mailbox else None
