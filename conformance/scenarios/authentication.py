"""Who signs requests, and with what: an account as it signs in best, or the credential a scenario is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from conformance.judge.elements import Finder
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import role_named
from conformance.sites.errors import CannotJudge
from conformance.sites.profile import Account
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, Reply, Request, Signature

Send = Callable[[Request], Exchange]
_PASSWORD, _TICKET = "password", "sessionTicket"
#: How often a password of the profile is sent again where a scenario is about it: some sites now and then refuse a
#: good one. A password nobody has seen to work is sent once more and no further: sites lock accounts.
_AS_OFTEN, _ONCE_MORE = 3, 1


class Authenticator:
    """Signs requests for the accounts of a profile; ``send`` fetches the session tickets a scenario is about."""

    def __init__(self, run_context: RunContext, send: Send) -> None:
        self._run_context = run_context
        self._send = send

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
        else:
            element, secret = self._run_context.sign_ins.credential(self._run_context, account, operation)
        name = identity or (account.webex_id if address_too else self._run_context.sign_ins.name(account))
        head = {**self._anybody(name), **({"email": account.email} if address_too else {})}
        return self._request(operation, values, head, Signature(account, element, secret, about_login, _AS_OFTEN), url)

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
