"""Who signs requests, and with what: an account's ticket, its own credential, or the one a scenario is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.judge.elements import Finder
from conformance.scenarios.run_context import RunContext
from conformance.scenarios.scenario import role_named
from conformance.sites.errors import CannotJudge
from conformance.sites.profile import Account
from conformance.wire.client import Sender
from conformance.wire.exchange import Exchange, Reply, Request

Send = Callable[[Request], Exchange]
_PASSWORD, _TICKET = "password", "sessionTicket"
#: Sites of Common Identity took only the password here (9.0 SP2), and the login itself takes no ticket.
_WANT_THE_CREDENTIAL = ("CreateUser", "SetUser", "DelUser", "AuthenticateUser")
#: Answers to a password a site does not know, now and then to one it does; and to a ticket it does not take.
PASSWORD_REFUSED, _TICKET_REFUSED = ("030002",), ("030047", "030104")
#: How often a password that the site has taken before is sent again. One nobody has seen to work is sent once more
#: and no further: sites lock accounts.
_AS_OFTEN = 3
_ASKED_AGAIN = "asked again"


@dataclass(frozen=True)
class SignedRequest:
    """A request, and what to send ``instead`` while the site refuses the login by one of ``refusals``.

    ``times`` is how often. A refused login has done nothing, so that whatever it
    was about may be sent again.
    """

    request: Request
    instead: Callable[[], Request] | None = None
    refusals: tuple[str, ...] = ()
    times: int = 1

    def settled(self, first: Exchange, send: Send) -> Exchange:
        """The exchange that counts; what was refused before stands in its notes."""
        if self.instead is None or any(note.startswith(_ASKED_AGAIN) for note in first.notes):
            return first
        exchange = first
        for _ in range(self.times):
            refusal = _refusal(exchange)
            if refusal not in self.refusals:
                break
            note = f"{_ASKED_AGAIN}: the login was refused with {refusal}"
            again = send(self.instead())
            exchange = replace(again, notes=(*exchange.notes, *again.notes, note))
        return exchange


def _refusal(exchange: Exchange) -> str:
    """The exception id of a reply; nothing of what is none: whether that matters is for who looks at it."""
    try:
        return exchange.reply.exception_id
    except CannotJudge:
        return ""


class Authenticator:
    """Signs requests for the accounts of a profile.

    ``send`` fetches session tickets that a scenario is about; ``ask`` those that
    only save logins, and are no part of what a scenario exchanges.
    """

    def __init__(self, run_context: RunContext, send: Send, ask: Send | None = None) -> None:
        self._run_context = run_context
        self._send = send
        self._ask = ask or send

    def account(self, role: str) -> Account:
        """The account that plays ``role``."""
        name = role_named(role)
        if name not in self._run_context.profile.accounts:
            trouble = self._run_context.discovered.trouble(name)
            raise CannotJudge(f"the profile names no account {name}" + (f", and {trouble}" if trouble else ""))
        return self._run_context.profile.accounts[name]

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
    ) -> SignedRequest:
        """``operation`` signed by ``account``: with its ticket, unless the login is what the request is about."""
        name = identity or account.webex_id
        head = {**self._anybody(name), **({"email": account.email} if address_too else {})}

        def request(element: str, secret: str) -> Request:
            return self._request(operation, account.role, values, {**head, element: secret}, url)

        own, secret = account.credential
        about_login = bool(identity or credential or address_too) or operation in _WANT_THE_CREDENTIAL
        ticket = "" if about_login or own != _PASSWORD else self._saved_ticket(account)
        if ticket:
            return SignedRequest(
                request(_TICKET, ticket), lambda: self._without_ticket(account, request), _TICKET_REFUSED
            )
        element, secret = self._credential(account, credential)
        first = request(element, secret)
        if element != _PASSWORD:
            return SignedRequest(first)
        return SignedRequest(first, lambda: first, PASSWORD_REFUSED, _AS_OFTEN)

    def signed_by_anybody(self, webex_id: str, password: str) -> SignedRequest:
        """A login as anybody, with any password."""
        head = {**self._anybody(webex_id), _PASSWORD: password}
        request = self._request("AuthenticateUser", "anybody", {}, head)
        known = {account.credentials.get(_PASSWORD) for account in self._run_context.profile.accounts.values()}
        return SignedRequest(request, lambda: request, PASSWORD_REFUSED, _AS_OFTEN if password in known else 1)

    def _without_ticket(self, account: Account, request: Callable[[str, str], Request]) -> Request:
        self._run_context.tickets.refused(account.role)
        return request(*account.credential)

    def _anybody(self, webex_id: str) -> dict[str, str]:
        return {"siteName": self._run_context.profile.site_name, "webExID": webex_id}

    def _request(
        self, operation: str, caller: str, values: Mapping[str, str], head: dict[str, str], url: str = ""
    ) -> Request:
        profile = self._run_context.profile
        body = self._run_context.payloads.render(operation, values, head, profile.encoding)
        return Request(operation, caller, url or profile.url, body)

    def _credential(self, account: Account, element: str) -> tuple[str, str]:
        if not element:
            return account.credential
        if element in account.credentials:
            return element, account.credentials[element]
        if element == _TICKET and _PASSWORD in account.credentials:
            reply = self._ticket_reply(account, self._send)
            ticket = self._ticket_in(reply)
            if not ticket:
                raise CannotJudge(f"no session ticket: AuthenticateUser answered {reply.verdict()}")
            return element, ticket
        raise CannotJudge(f"the account {account.role} has no {element}")

    def _saved_ticket(self, account: Account) -> str:
        return self._run_context.tickets.get(account.role, lambda: self._new_ticket(account))

    def _new_ticket(self, account: Account) -> str:
        """A ticket, or nothing: then the password goes on serving."""
        try:
            return self._ticket_in(self._ticket_reply(account, self._ask))
        except CannotJudge:
            return ""

    def _ticket_reply(self, account: Account, send: Send) -> Reply:
        return exchanged(self.signed(account, "AuthenticateUser", {}, credential=_PASSWORD), send).reply

    def _ticket_in(self, reply: Reply) -> str:
        whole = self._run_context.contract.whole
        return next(iter(Finder(reply, whole).texts("sessionTicket")), "") if reply.succeeded else ""


def exchanged(signed: SignedRequest, send: Send) -> Exchange:
    """The exchange of a signed request that counts."""
    return signed.settled(send(signed.request), send)


def ask(
    run_context: RunContext, client: Sender, role: str, operation: str, values: Mapping[str, str] | None = None
) -> Reply:
    """A question of the suite's own, beside what a scenario exchanges; :class:`CannotJudge` when no reply comes."""
    authenticator = Authenticator(run_context, client.send)
    return exchanged(authenticator.signed(authenticator.account(role), operation, values or {}), client.send).reply
