"""Who calls, and with which credential: the security context of a request."""

from __future__ import annotations

from collections.abc import Callable

from conformance.judge.finder import Finder
from conformance.run.case import role_named
from conformance.run.stage import Stage
from conformance.target.account import Account
from conformance.target.trouble import CannotJudge
from conformance.wire.exchange import Exchange, Request

Send = Callable[[Request], Exchange]


class Signing:
    """Makes security contexts for the accounts of a profile; ``send`` fetches session tickets."""

    def __init__(self, stage: Stage, send: Send) -> None:
        self._stage = stage
        self._send = send

    def account(self, role: str) -> Account:
        """The account that plays ``role``."""
        name = role_named(role)
        if name not in self._stage.profile.accounts:
            raise CannotJudge(f"the profile names no account {name}")
        return self._stage.profile.accounts[name]

    def context(self, account: Account, identity: str = "", credential: str = "") -> dict[str, str]:
        """The elements of the security context, in order; ``identity`` replaces the webExID of the account."""
        element, secret = self._credential(account, credential)
        return {**self.anybody(identity or account.webex_id), element: secret}

    def anybody(self, webex_id: str) -> dict[str, str]:
        """Site and name alone."""
        return {"siteName": self._stage.profile.site_name, "webExID": webex_id}

    def body(self, operation: str, values: dict[str, str], context: dict[str, str]) -> bytes:
        """The request document."""
        return self._stage.payloads.render(operation, values, context, self._stage.profile.encoding)

    def _credential(self, account: Account, element: str) -> tuple[str, str]:
        if not element:
            return account.credential
        if element in account.credentials:
            return element, account.credentials[element]
        if element == "sessionTicket" and "password" in account.credentials:
            return element, self._ticket(account)
        raise CannotJudge(f"the account {account.role} has no {element}")

    def _ticket(self, account: Account) -> str:
        context = {**self.anybody(account.webex_id), "password": account.credentials["password"]}
        body = self.body("AuthenticateUser", {}, context)
        reply = self._send(Request("AuthenticateUser", account.role, self._stage.profile.url, body)).reply
        tickets = Finder(reply, self._stage.contract.whole).texts("sessionTicket") if reply.succeeded else []
        if not tickets or not tickets[0]:
            raise CannotJudge(f"no session ticket: AuthenticateUser answered {reply.verdict()}")
        return tickets[0]
