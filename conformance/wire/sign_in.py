"""How accounts sign in: one session ticket for each, renewed in time; and what follows when a site lets one in no more.

Control Hub sites now and then refuse a good password when it is used often, and
the vendor advises to turn it into a ticket once (sources.md, Vendor's pages,
A3). Where the credential itself is what a clause is about, a scenario names it
and none of this applies.
"""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from conformance.sites.errors import CannotJudge
from conformance.sites.masking import secret_registry
from conformance.sites.profile import Account, Profile
from conformance.wire.client import Client
from conformance.wire.creations import CREATIONS
from conformance.wire.exchange import NOT_FORWARDED, Exchange, Reply, Request, Signature, is_count, texts_of
from conformance.wire.payloads import Payloads
from conformance.wire.served import NotServed, ServedOperations, may_depend_on_who_asks, sign_of_absence

TICKET = "sessionTicket"
_PASSWORD = "password"  # noqa: S105 - the name of an element
#: Refusals that speak of the caller, whatever was asked (sources.md, Refusals); 030048 is a neighbour of 030047.
WRONG_PASSWORD, NO_TICKET_TAKEN = "030002", "030104"
_BAD_TICKET = ("030047", "030048")
REFUSED_LOGINS = (WRONG_PASSWORD, NO_TICKET_TAKEN, *_BAD_TICKET)
BAD_TOKEN = "access token is invalid"  # noqa: S105 - words of a reason
#: The other exceptions of this family speak of the caller, too, unless the operation is about users.
OF_USERS = "0300"
ABOUT_USERS = ("CreateUser", "SetUser", "GetUser", "DelUser", "LstsummaryUser")
_AUTHENTICATE, _VERSION = "AuthenticateUser", "GetAPIVersion"
#: Seconds, where the site does not tell how long its tickets live.
_LIFETIME = 5400.0
#: A ticket is renewed when this much of its life is over.
_WORN = 0.9
#: Seconds before a site that did not answer is asked for a ticket again: it could cost a time-out before every request.
_NO_ANSWER = 300.0


class AccountRefused(CannotJudge):
    """The site does not let an account in, or not any more: nothing that needs it can be judged."""


class Site(Protocol):
    """What is needed to sign in at a site."""

    @property
    def profile(self) -> Profile:
        """The accounts."""

    @property
    def payloads(self) -> Payloads:
        """Request templates."""

    @property
    def served(self) -> ServedOperations:
        """Which operations it serves."""

    @property
    def not_served(self) -> frozenset[str]:
        """Operations it does not serve, by its profile."""

    def plain_client(self) -> Client:
        """A client that signs nothing by itself."""


def refuses_login(operation: str, reply: Reply) -> bool:
    """Whether ``reply`` speaks of the login of the caller and not of what ``operation`` was asked."""
    if reply.result != "FAILURE":
        return False
    if reply.exception_id in REFUSED_LOGINS or BAD_TOKEN in reply.reason.lower():
        return True
    return reply.exception_id.startswith(OF_USERS) and operation not in ABOUT_USERS


def asked_twice(ask: Callable[[], Reply], operation: str) -> Reply:
    """A refused good password is asked again before it counts: some sites forget one now and then."""
    reply = ask()
    return ask() if refuses_login(operation, reply) and reply.exception_id == WRONG_PASSWORD else reply


@dataclass(frozen=True)
class _Ticket:
    """Used ``until`` then; without a ``secret`` the password goes along instead."""

    secret: str
    until: float


_Key = tuple[str, str]


class SignIns:
    """By what every account of a run signs in, for all threads of a process; ``told`` is what a reader should know."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._locks: defaultdict[_Key, threading.RLock] = defaultdict(threading.RLock)
        self._tickets: dict[_Key, _Ticket] = {}
        self._elements: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._operations_by_password: set[str] = set()
        self._standing: set[tuple[str, str, str]] = set()
        self._client: Client | None = None
        self._seen: set[str] = set()
        self._lost_on_the_way = False
        self.refused: dict[str, str] = {}
        #: Credentials by role and element: those the preflight saw refused; why one proves nothing, empty if it does.
        self.doubted: set[tuple[str, str]] = set()
        self.doubts: dict[tuple[str, str], str] = {}
        self.doubting = threading.RLock()
        self.told: list[str] = []

    def close(self) -> None:
        """Give the connection back."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def begin(self) -> None:
        """What was refused so far is known before anything is judged, and is no news of the run."""
        self._lost_on_the_way = False

    def element(self, account: Account) -> str:
        """The credential of the profile by which ``account`` signs in."""
        return self._elements.get(account.role, account.credential[0])

    def name(self, account: Account) -> str:
        """The webExID by which ``account`` signs in."""
        return self._names.get(account.role, account.webex_id)

    def choose(self, account: Account, element: str) -> None:
        """Sign ``account`` in by ``element`` from now on."""
        self._elements[account.role] = element

    def demand(self, account: Account) -> None:
        """:class:`AccountRefused` when the site has refused ``account`` before: it is not tried again."""
        if account.role in self.refused:
            raise AccountRefused(self.refused[account.role])

    def refuse(self, site: Site, account: Account, why: str) -> AccountRefused:
        """Note that the site does not let ``account`` in; every role it plays is lost."""
        secret = account.credentials[self.element(account)]
        self._lost_on_the_way = True
        for one in site.profile.accounts.values():
            if one.webex_id == account.webex_id and one.credentials.get(self.element(account)) == secret:
                self.refused.setdefault(one.role, why)
        return AccountRefused(self.refused.setdefault(account.role, why))

    def nobody_left(self, profile: Profile) -> str:
        """Why no account of the profile can sign in any more; empty while one can."""
        if not self.refused or any(role not in self.refused for role in profile.accounts):
            return ""
        return f"no account of the profile can sign in any more: {next(iter(self.refused.values()))}"

    def credential(self, site: Site, account: Account, operation: str = "") -> tuple[str, str]:
        """Element and secret by which ``account`` signs a request for ``operation``."""
        self.demand(account)
        element = self.element(account)
        if element == _PASSWORD and operation not in self._operations_by_password:
            ticket = self._ticket(site, account)
            if ticket:
                return TICKET, ticket
        return element, account.credentials[element]

    def request(
        self, site: Site, account: Account, credential: tuple[str, str], operation: str, values: Mapping[str, str]
    ) -> Request:
        """A request of ``account`` that stays as it is: nobody signs it again with another ``credential``."""
        profile, (element, secret) = site.profile, credential
        context = {"siteName": profile.site_name, "webExID": self.name(account), element: secret}
        body = site.payloads.render(operation, values, context, profile.encoding)
        return Request(operation, account.role, profile.url, body)

    def issued(self, secret: str) -> bool:
        """Whether ``secret`` is a ticket of ours and not one of the profile."""
        return any(ticket.secret == secret for ticket in self._tickets.values())

    def renew(self, site: Site, account: Account, worn: str) -> str:
        """A ticket in the place of ``worn``; empty when the site gives none."""
        key = _key(account)
        with self._locks[key]:
            self.demand(account)
            ticket = self._tickets.get(key)
            if ticket is not None and ticket.secret == worn:
                self._tickets[key] = replace(ticket, until=0.0)
            return self._ticket(site, account)

    def takes_no_ticket(self, operation: str, verdict: str) -> None:
        """Sign ``operation`` by password from now on."""
        if operation not in self._operations_by_password:
            self._operations_by_password.add(operation)
            self.told.append(f"{operation} takes no session ticket ({verdict}): sent with the password")

    def stands(self, account: Account, operation: str, reply: Reply) -> bool:
        """Whether a refusal is known to be what ``operation`` answers an account that can sign in."""
        return (account.role, operation, reply.exception_id) in self._standing

    def let_stand(self, account: Account, operation: str, reply: Reply) -> None:
        """Remember that the account can sign in, so that this refusal is an answer like any other."""
        self._standing.add((account.role, operation, reply.exception_id))

    def confirm(self, site: Site, account: Account) -> None:
        """Ask whether the site still lets ``account`` in, by whatever; :class:`AccountRefused` when it does not."""
        self.demand(account)
        for operation, proof in self._proofs(account):
            reply = asked_twice(partial(self._ask, site, account, operation, {}, proof), operation)
            if not refuses_login(operation, reply):
                return
        raise self.refuse(site, account, f"the account {account.role} cannot sign in any more: {reply.verdict()}")

    def _proofs(self, account: Account) -> Iterator[tuple[str, tuple[str, str]]]:
        """Operations that need nothing but a login, and what to sign in with; a password as seldom as can be."""
        ticket, element = self._tickets.get(_key(account)), self.element(account)
        if element == _PASSWORD:
            if ticket is not None:
                yield "GetSite", (TICKET, ticket.secret)
            yield _AUTHENTICATE, (element, account.credentials[element])
        else:
            yield "GetSite", (element, account.credentials[element])

    def confirm_seen(self, site: Site, account: Account) -> None:
        """Confirm an account that has signed in before; of one that never did, the refusal itself is the news."""
        if account.role in self._seen:
            self.confirm(site, account)

    def saw(self, account: Account) -> None:
        """Note that the site has let ``account`` in."""
        self._seen.add(account.role)
        self.doubts[account.role, self.element(account)] = ""

    def confirm_others(self, site: Site) -> None:
        """Once an account was lost on the way, find out whether anybody is left: each is asked at most once more."""
        if not self._lost_on_the_way:
            return
        for account in site.profile.accounts.values():
            if account.role not in self.refused:
                with suppress(CannotJudge):
                    self.confirm(site, account)
        self._lost_on_the_way = False

    def _ticket(self, site: Site, account: Account) -> str:
        key = _key(account)
        with self._locks[key]:
            if _AUTHENTICATE in site.not_served:
                return ""
            ticket = self._tickets.get(key)
            if ticket is not None and ticket.until > self._clock():
                return ticket.secret
            return self._sign_in(site, account, key)

    def _sign_in(self, site: Site, account: Account, key: _Key) -> str:
        """A new ticket; empty when none is to be had: then the password goes along, and meets what there is to meet."""
        self.demand(account)
        operation, proof = _AUTHENTICATE, (_PASSWORD, account.credentials[_PASSWORD])
        try:
            reply = asked_twice(partial(self._ask, site, account, operation, {}, proof), operation)
        except CannotJudge as problem:
            return self._without_ticket(account, key, str(problem), answered=False)
        refusal = reply.verdict()
        if refuses_login(operation, reply) and account.role not in self._seen:
            reply = self._by_address(site, account, reply)
        if refuses_login(operation, reply):
            again = " any more" if account.role in self._seen else ""
            why = f"the account {account.role} cannot sign in with its password{again}: {refusal}"
            raise self.refuse(site, account, why)
        secret = reply.text(TICKET) if reply.succeeded else ""
        if not secret:
            return self._without_ticket(account, key, reply.verdict(), answered=True)
        secret_registry.learn(secret)
        self.saw(account)
        told = reply.text("timeToLive")
        lifetime = float(told) if is_count(told) and int(told) else _LIFETIME
        self._tickets[key] = _Ticket(secret, self._clock() + _WORN * lifetime)
        return secret

    def _without_ticket(self, account: Account, key: _Key, why: str, *, answered: bool) -> str:
        """The password goes along, for a while where nobody answered; told once."""
        self._tickets[key] = _Ticket("", math.inf if answered else self._clock() + _NO_ANSWER)
        words = f"AuthenticateUser gives {account.role} no ticket: password sent"
        if not any(one.startswith(words) for one in self.told):
            self.told.append(f"{words} ({why})")
        return ""

    def _by_address(self, site: Site, account: Account, refusal: Reply) -> Reply:
        """The answer to the same password under the e-mail address of ``account``, asked once; else ``refusal``.

        Where it is taken the site refuses the name and not the account: R41.11.0-28 says so of the name, and the rest
        is judged.
        """
        if not account.email or account.email.casefold() == account.webex_id.casefold():
            return refusal
        self._names[account.role] = account.email
        with suppress(CannotJudge):
            reply = self._ask(site, account, _AUTHENTICATE, {}, (_PASSWORD, account.credentials[_PASSWORD]))
            if not refuses_login(_AUTHENTICATE, reply):
                self.told.append(f"{account.role} signs in by its e-mail address only: {refusal.verdict()}")
                return reply
        del self._names[account.role]
        return refusal

    def _ask(
        self, site: Site, account: Account, operation: str, values: Mapping[str, str], proof: tuple[str, str]
    ) -> Reply:
        if self._client is None:
            self._client = site.plain_client()
        profile, (element, secret) = site.profile, proof
        security_context = {"siteName": profile.site_name, "webExID": self.name(account), element: secret}
        body = site.payloads.render(operation, values, security_context, profile.encoding)
        return self._client.send(Request(operation, account.role, profile.url, body)).reply


def _key(account: Account) -> _Key:
    return account.webex_id, account.credentials.get(_PASSWORD, "")


class SiteClient:
    """A client of the site that knows its accounts: signs again what its login was refused for."""

    def __init__(self, site: Site, sign_ins: SignIns) -> None:
        self._site = site
        self._sign_ins = sign_ins
        self._client = site.plain_client()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def send(self, request: Request) -> Exchange:
        """Post ``request``; an error on the way is recorded in the exchange.

        :class:`NotServed` is raised for an operation that the site does not serve.
        """
        operation = request.operation
        if request.url != self._site.profile.url:
            return self._signed(request)
        if operation in self._site.not_served:
            raise NotServed(operation, "so says the profile")
        with self._site.served.turn(operation) as unknown:
            exchange = self._signed(request)
            if unknown:
                asked = partial(self._otherwise, request, exchange)
                exchange = self._site.served.learn(operation, exchange, asked, partial(self._is_well, request))
        return exchange

    def _otherwise(self, request: Request, exchange: Exchange) -> Exchange | None:
        """The same operation asked by somebody else and without any values; None when that would tell nothing."""
        profile, operation = self._site.profile, request.operation
        others = [account for role, account in profile.accounts.items() if role != request.caller]
        admin = profile.accounts.get("site-admin")
        if may_depend_on_who_asks(exchange) and (admin is None or not others):
            return None
        account = next(iter([admin] if admin in others else others), profile.accounts.get(request.caller))
        if account is None:
            return None
        try:
            credential = self._sign_ins.credential(self._site, account, operation)
        except CannotJudge:
            return None
        other = self._send_as(account, credential, operation, self._site.payloads.incomplete(operation))
        self._take_away(other, account, credential)
        return other

    def _send_as(
        self, account: Account, credential: tuple[str, str], operation: str, values: Mapping[str, str]
    ) -> Exchange:
        return self._client.send(self._sign_ins.request(self._site, account, credential, operation, values))

    def _take_away(self, made: Exchange, account: Account, credential: tuple[str, str]) -> None:
        """Remove what was made by a request without values: it has no name by which anybody could find it again."""
        creation, reply = CREATIONS.get(made.request.operation), made.readable
        if creation is None or reply is None or not reply.succeeded or reply.body is None:
            return
        told = texts_of(reply.body)
        key = {variable: told.get(element, "") for element, variable in creation.key.items()}
        removed = self._send_as(account, credential, creation.remove, key).readable
        if removed is None or not removed.succeeded:
            answer = "was not answered" if removed is None else f"answered {removed.verdict()}"
            left = ", ".join(f"{variable} {value}" for variable, value in key.items())
            raise CannotJudge(f"{made.request.operation} without values made {left}, and {creation.remove} {answer}")

    def _signed(self, request: Request) -> Exchange:
        exchange = self._post(request)
        signature, reply = request.signature, exchange.readable
        if signature is None or reply is None or not refuses_login(request.operation, reply):
            return exchange
        if signature.about_login or signature.account is None:
            return self._asked_again(request, signature, exchange, reply)
        return self._settled(request, signature, signature.account, (exchange, reply))

    def _asked_again(self, request: Request, signature: Signature, exchange: Exchange, reply: Reply) -> Exchange:
        """The login is the question: the same once more, for sites that forget a good password or ticket."""
        last: Reply | None = reply
        if signature.element == TICKET and signature.account is not None and self._sign_ins.issued(signature.secret):
            ticket = self._sign_ins.renew(self._site, signature.account, signature.secret)
            return self._again(request, (TICKET, ticket), "session ticket renewed", exchange) if ticket else exchange
        for _ in range(signature.times if signature.element == _PASSWORD else 0):
            if last is None or last.exception_id != WRONG_PASSWORD:
                break
            exchange = self._again(request, (signature.element, signature.secret), "the password was refused", exchange)
            last = exchange.readable
        return exchange

    def _settled(
        self, request: Request, signature: Signature, account: Account, first: tuple[Exchange, Reply]
    ) -> Exchange:
        exchange, reply = first
        if self._sign_ins.stands(account, request.operation, reply):
            return exchange
        try:
            if signature.element == TICKET and self._sign_ins.issued(signature.secret):
                return self._with_another_ticket(request, signature.secret, account, first)
            return self._confirmed(request, signature, account, first)
        except CannotJudge as problem:
            return replace(exchange, error=str(problem), refused=isinstance(problem, AccountRefused))

    def _post(self, request: Request) -> Exchange:
        exchange = self._client.send(request)
        if exchange.sign_of_block and request.url == self._site.profile.url:
            return exchange.beside(self._known_good(request))
        sign = exchange.unwell[-1] if exchange.outage and exchange.unwell else ""
        if not _not_forwarded(sign) or self._known_good(request).unanswered:
            return exchange
        # The request may be at fault: the 000000 of 2018 was cured by another one (sources.md, Vendor's pages, A21).
        what = f"{sign}: other requests are answered at the same moment, so this is the trouble of {request.operation}"
        return replace(exchange, error=f"{what} and no outage", outage=False, unwell=())

    def _is_well(self, request: Request) -> bool:
        """Whether a request known to be good is answered at this moment."""
        exchange = self._known_good(request)
        return not exchange.unanswered and not sign_of_absence(exchange)

    def _known_good(self, request: Request) -> Exchange:
        """GetAPIVersion, which needs no login; where that is the operation in question, GetSite."""
        profile, signature = self._site.profile, request.signature
        operation, head = _VERSION, {"siteName": profile.site_name}
        if request.operation == _VERSION and signature is not None and signature.account is not None:
            operation = "GetSite"
            head |= {"webExID": self._sign_ins.name(signature.account), signature.element: signature.secret}
        body = self._site.payloads.render(operation, {}, head, profile.encoding)
        return self._client.send(Request(operation, request.caller, profile.url, body), patient=False)

    def _with_another_ticket(
        self, request: Request, worn: str, account: Account, first: tuple[Exchange, Reply]
    ) -> Exchange:
        exchange, reply = first
        if reply.exception_id == WRONG_PASSWORD:
            exchange = self._again(request, (TICKET, worn), "the login was refused", exchange)
        second = exchange.readable
        if second is not None and refuses_login(request.operation, second) and second.exception_id != NO_TICKET_TAKEN:
            ticket = self._sign_ins.renew(self._site, account, worn)
            if ticket:
                exchange = self._again(request, (TICKET, ticket), "session ticket renewed", exchange)
        second = exchange.readable
        if second is None or not refuses_login(request.operation, second):
            return exchange
        if second.exception_id not in (*_BAD_TICKET, NO_TICKET_TAKEN):
            self._sign_ins.let_stand(account, request.operation, second)
            return exchange
        self._sign_ins.takes_no_ticket(request.operation, second.verdict())
        proof = (_PASSWORD, account.credentials[_PASSWORD])
        return self._again(request, proof, f"no session ticket taken ({second.verdict()})", exchange)

    def _confirmed(
        self, request: Request, signature: Signature, account: Account, first: tuple[Exchange, Reply]
    ) -> Exchange:
        """A refusal that stands, or the answer of a site that refused a good password once."""
        exchange, reply = first
        self._sign_ins.confirm(self._site, account)
        if reply.exception_id == WRONG_PASSWORD and signature.element == _PASSWORD:
            exchange = self._again(request, (_PASSWORD, signature.secret), "the password was refused", exchange)
        again = exchange.readable
        if again is not None and refuses_login(request.operation, again):
            self._sign_ins.let_stand(account, request.operation, again)
        return exchange

    def _again(self, request: Request, proof: tuple[str, str], why: str, before: Exchange) -> Exchange:
        """Send what the site refused for its login once more, signed by ``proof``: a refused login has done nothing."""
        signature, (element, secret) = request.signature, proof
        assert signature is not None
        assert signature.document is not None
        signed = replace(signature, element=element, secret=secret)
        exchange = self._post(replace(request, body=signature.document(element, secret), signature=signed))
        notes, unwell = (*before.notes, f"{why}; sent again", *exchange.notes), (*before.unwell, *exchange.unwell)
        return replace(exchange, notes=notes, unwell=unwell)


def _not_forwarded(sign: str) -> bool:
    return f" {NOT_FORWARDED}" in sign or sign.endswith("without bodyContent")
