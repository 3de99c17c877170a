"""AuthenticateUser, GetloginTicket and GetloginurlUser: tickets and ways into the site."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from mocksite.account import find_user, issue, log_in
from mocksite.call import Call, Operation
from mocksite.node import Node
from mocksite.query import Term
from mocksite.record import ACTIVATED, User
from mocksite.refusal import Refusal, invalid


def authenticate_user(call: Call) -> Node:
    """A session ticket for a password or a CI access token.

    The token may stand in the content, with siteName and webExID only in the security
    context; then it is the token that tells who calls.
    """
    content = call.content
    token = content.text("accessToken")
    if content.text("samlResponse"):
        raise invalid("The SAML response cannot be verified: the site has no identity provider")
    user = _bearer(call, token) if token else log_in(call.store, call.release, call.request.security, call.now).user
    ticket = issue(call.store, user, _secret(), call.now)
    return call.answer(
        "authenticateUserResponse",
        {"ticket": ticket.ticket, "created": call.now * 1000, "lifetime": ticket.expires - call.now},
    )


def _bearer(call: Call, token: str) -> User:
    user = call.store.first(User, Term("access_token", "=", token))
    claimed = call.request.security.text("webExID") or call.request.security.text("email")
    named = find_user(call.store, call.release, claimed) if claimed else user
    if user is None or user.access_token != token or user.active != ACTIVATED or named != user:
        raise Refusal("030002")
    return user


def get_login_ticket(call: Call) -> Node:
    """A one-time ticket for a browser login of the caller."""
    ticket = issue(call.store, call.caller, _secret(), call.now).ticket
    return call.answer("getLoginTicketResponse", {"ticket": ticket, "api_version": f"WebEx XML API V{call.release}"})


def get_login_url(call: Call) -> Node:
    """The address at which the caller, or for an administrator any user, logs in with a browser."""
    webex_id = call.content.text("webExID") or call.content.text("webExId") or call.caller.webex_id
    user = call.user(webex_id)
    call.demand(user.user_id == call.caller.user_id or call.caller.site_admin)
    ticket = issue(call.store, user, _secret(), call.now).ticket
    url = f"{call.site_url}/{call.site_name}/p.php?AT=LI&WID={quote(user.webex_id)}&TK={ticket}&MU=GoBack"
    return call.answer("getloginurlUserResponse", {"url": url})


def _secret() -> str:
    """A ticket nobody can guess; the only thing in a mock site that is not the same for the same seed."""
    return f"4832534b{secrets.token_hex(32)}"


OPERATIONS = (
    Operation("authenticateUser", "user", authenticate_user, anonymous=True),
    Operation("getloginTicket", "user", get_login_ticket),
    Operation("getLoginTicket", "user", get_login_ticket),
    Operation("getloginurlUser", "user", get_login_url),
)
