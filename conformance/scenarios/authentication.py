"""Who signs requests, and with what: an account as it signs in best, or the credential a scenario is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace

from conformance.judge.elements import Finder
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import role_named
from conformance.sites.errors import CannotJudge
from conformance.sites.profile import CREDENTIALS, Account
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, Reply, Request, Signature
from conformance.wire.sign_in import AccountRefused, refuses_login

Send = Callable[[Request], Exchange]
_PASSWORD, _TICKET = "password", "sessionTicket"
#: How often a password of the profile is sent again where a scenario is about it: some sites now and then refuse a
#: good one. A password nobody has seen to work is sent once more and no further: sites lock accounts.
_AS_OFTEN, _ONCE_MORE = 3, 1
_CHECK_IT = "check it, it may have expired"


class Authenticator:
    """Signs requests for the accounts of a profile; ``send`` fetches the session tickets a scenario is about."""

    def __init__(self, run_context: RunContext, send: Send) -> None:
        self._run_context = run_context
        self._send = send
        self._on_trial: list[tuple[Account, str]] = []

    def account(self, role: str) -> Account:
        """The account that plays ``role``; one the site does not let in is not tried again."""
        name = role_named(role)
        if name not in self._run_context.profile.accounts:
            trouble = self._run_context.discovered.trouble(name)
            raise CannotJudge(f"the profile names no account {name}" + (f", and {trouble}" if trouble else ""))
        account = self._run_context.profile.accounts[name]
        self._run_context.sign_ins.demand(account)
        return account

    def signed(
        self,
        account: Account,
        operation: str,
        values: Mapping[str, str],
        *,
        identity: str = "",
        credential: str = "",
        address_too: bool = False,
        url: str = "",
    ) -> Request:
        """``operation`` signed by ``account`` as it signs in best, unless the login is what the request is about."""
        about_login = bool(identity or credential or address_too)
        if about_login:
            element, secret = self._credential(account, credential)
            if credential in account.credentials and not identity:
                self._try(account, credential)
        else:
            element, secret = self._run_context.sign_ins.credential(self._run_context, account, operation)
        name = identity or (account.webex_id if address_too else self._run_context.sign_ins.name(account))
        head = {**self._anybody(name), **({"email": account.email} if address_too else {})}
        known = element == self._run_context.sign_ins.element(account)
        signature = Signature(account, element, secret, about_login, _AS_OFTEN if known else _ONCE_MORE)
        return self._request(operation, values, head, signature, url)

    def _try(self, account: Account, element: str) -> None:
        """Note what the scenario is about; what was refused before it is not sent again and again."""
        self._on_trial.append((account, element))
        here, key = self._run_context.sign_ins, (account.role, element)
        if key in here.doubted or here.doubts.get(key):
            demand_seen_to_work(self._run_context, account, element)

    def confirm_caller(self, exchange: Exchange) -> None:
        """A refusal accuses the site only where it takes the very credential for something else, and lets one in."""
        account = self._run_context.profile.accounts.get(exchange.request.caller)
        if account is not None and refuses_login("", exchange.reply):
            for one, element in self._on_trial:
                demand_seen_to_work(self._run_context, one, element)
            self._run_context.sign_ins.confirm_seen(self._run_context, account)

    def signed_by_anybody(self, webex_id: str, password: str) -> Request:
        """A login as anybody, with any password."""
        known = {account.credentials.get(_PASSWORD) for account in self._run_context.profile.accounts.values()}
        times = _AS_OFTEN if password in known else _ONCE_MORE
        signature = Signature(None, _PASSWORD, password, about_login=True, times=times)
        return self._request("AuthenticateUser", {}, self._anybody(webex_id), signature)

    def _anybody(self, webex_id: str) -> dict[str, str]:
        return {"siteName": self._run_context.profile.site_name, "webExID": webex_id}

    def _request(
        self, operation: str, values: Mapping[str, str], head: Mapping[str, str], signature: Signature, url: str = ""
    ) -> Request:
        profile, payloads, sent = self._run_context.profile, self._run_context.payloads, dict(values)

        def document(element: str, secret: str) -> bytes:
            return payloads.render(operation, sent, {**head, element: secret}, profile.encoding)

        body = document(signature.element, signature.secret)
        caller = signature.account.role if signature.account else "anybody"
        return Request(operation, caller, url or profile.url, body, replace(signature, document=document))

    def _credential(self, account: Account, element: str) -> tuple[str, str]:
        element = element or self._run_context.sign_ins.element(account)
        if element in account.credentials:
            return element, account.credentials[element]
        if element == _TICKET and _PASSWORD in account.credentials:
            # The ticket the account signs in with anyway is as good as a new one, and costs no request.
            held = self._run_context.sign_ins.credential(self._run_context, account)
            return held if held[0] == _TICKET else (element, self._ticket(account))
        raise CannotJudge(f"the account {account.role} has no {element}")

    def twice_with_one_ticket(self, account: Account, operation: str) -> None:
        """Two requests with one session ticket; with another one where the site lost the first on the way."""
        if _TICKET in account.credentials:
            self._try(account, _TICKET)
        for _ in range(2):
            ticket = account.credentials.get(_TICKET) or self._ticket(account)
            signature = Signature(account, _TICKET, ticket, about_login=True, times=0)
            request = self._request(operation, {}, self._anybody(self._run_context.sign_ins.name(account)), signature)
            if self._send(request).reply.succeeded and self._send(request).reply.succeeded:
                return

    def _ticket(self, account: Account) -> str:
        reply = self._send(self.signed(account, "AuthenticateUser", {}, credential=_PASSWORD)).reply
        whole = self._run_context.contract.whole
        ticket = next(iter(Finder(reply, whole).texts(_TICKET)), "") if reply.succeeded else ""
        if not ticket:
            raise CannotJudge(f"no session ticket: AuthenticateUser answered {reply.verdict()}")
        return ticket


def demand_seen_to_work(run_context: RunContext, account: Account, element: str) -> None:
    """:class:`AccountRefused` for a credential of the profile that no operation takes: it may be wrong or expired.

    That a site refuses it then proves nothing. Asked once in a run, by what needs nothing but a login.
    """
    sign_ins, key = run_context.sign_ins, (account.role, element)
    with sign_ins.doubting:
        if key not in sign_ins.doubts:
            sign_ins.doubts[key] = _doubt(run_context, account, element)
    if sign_ins.doubts[key]:
        raise AccountRefused(sign_ins.doubts[key])


def _doubt(run_context: RunContext, account: Account, element: str) -> str:
    """Why nobody has seen a credential work; empty where an operation takes it."""
    # What was refused before is sent once more and no further.
    operations = ("GetSite",) if (account.role, element) in run_context.sign_ins.doubted else ("GetSite", "LstTimeZone")
    with closing(run_context.plain_client()) as client:
        for operation in operations:
            credential = (element, account.credentials[element])
            request = run_context.sign_ins.request(run_context, account, credential, operation, {})
            reply = client.send(request).reply
            if not refuses_login(operation, reply):
                return ""
    name = next(key for key, filled in CREDENTIALS.items() if filled == element)
    return f"the {name} of {account.role} is refused, whatever is asked for: {reply.verdict()} ({_CHECK_IT})"


def ask(
    run_context: RunContext,
    client: Sender,
    role: str,
    operation: str,
    values: Mapping[str, str] | None = None,
    *,
    repeatable: bool = False,
) -> Reply:
    """A request of the suite's own, beside what a scenario exchanges; :class:`CannotJudge` when no reply comes."""
    authenticator = Authenticator(run_context, client.send)
    request = authenticator.signed(authenticator.account(role), operation, values or {})
    return client.send(replace(request, repeatable=repeatable)).reply
