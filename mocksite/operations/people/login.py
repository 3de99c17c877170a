"""Logins: how a request proves who calls, and the operations that hand out tickets and ways into the site."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from mocksite.model.accounts import Login, find_user, issue
from mocksite.model.queries import Term
from mocksite.model.records import ACTIVATED, Ticket, User
from mocksite.model.releases import Release
from mocksite.model.store import Store
from mocksite.operations.call import Call, Operation
from mocksite.protocol.nodes import Node
from mocksite.protocol.refusals import Refusal, invalid
from mocksite.protocol.requests import Content


def log_in(store: Store, at: Release, security: Content, now: float) -> Login:
    """The caller of a request, or the refusal 030001, 030002 or 030047."""
    user = _claimed(store, at, security)
    given = [element for element in _PROOFS if security.text(element)]
    if given == ["accessToken"] and not at.has("access-token-login"):
        raise invalid(f"The securityContext holds no credential that release {at} knows")
    for element in given:
        if element != "accessToken" or at.has("access-token-login"):
            return _PROOFS[element](store, user, security.text(element), now)
    raise Refusal("030002")


def _claimed(store: Store, at: Release, security: Content) -> User:
    webex_id = security.text("webExID")
    if webex_id:
        user = find_user(store, at, webex_id)
    else:
        email = security.text("email")
        user = store.first(User, Term("email", "=", email)) if email else None
    if user is None and (webex_id or security.text("email")):
        raise Refusal("030001")
    if user is None or user.active != ACTIVATED:
        raise Refusal("030002")
    return user


def _by_ticket(store: Store, user: User, secret: str, now: float) -> Login:
    ticket = store.get(Ticket, secret)
    if ticket is None or ticket.ticket != secret or ticket.user_id != user.user_id or ticket.expires <= now:
        raise Refusal("030047")
    return Login(user, "sessionTicket")


def _by_webex_token(_store: Store, user: User, secret: str, _now: float) -> Login:
    if not user.webex_access_token or user.webex_access_token != secret:
        # A public client refreshes its token when it reads these words.
        raise Refusal("030002", "WebEx access token is invalid")
    return Login(user, "webExAccessToken")


def _by_token(_store: Store, user: User, secret: str, _now: float) -> Login:
    return _same(user, "accessToken", user.access_token, secret)


def _by_password(store: Store, user: User, secret: str, _now: float) -> Login:
    if store.settings.single_sign_on:
        raise Refusal("030002", "This site signs in by SSO, no password is taken")
    return _same(user, "password", user.password, secret)


def _same(user: User, element: str, expected: str, given: str) -> Login:
    if not expected or expected != given:
        raise Refusal("030002")
    return Login(user, element)


#: Elements that prove a caller, the strongest claim first, and how.
_PROOFS = {
    "sessionTicket": _by_ticket,
    "webExAccessToken": _by_webex_token,
    "accessToken": _by_token,
    "password": _by_password,
}


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
    back = call.content.text("backURL")
    url = browser_login(call, user, "GoBack") + (f"&BU={quote(back, safe='')}" if back else "")
    return call.answer("getloginurlUserResponse", {"url": url})


def browser_login(call: Call, user: User, target: str) -> str:
    """The address that signs a user in by a one-time ticket and goes on to what stands in ``MU``."""
    ticket = issue(call.store, user, _secret(), call.now).ticket
    address = f"{call.site_url}/{call.site_name}/p.php?AT=LI&WID={quote(user.webex_id)}&TK={ticket}"
    return f"{address}&MU={quote(target, safe='')}"


def _secret() -> str:
    """A ticket nobody can guess; the only thing in a mock site that is not the same for the same seed."""
    return f"4832534b{secrets.token_hex(32)}"


OPERATIONS = (
    Operation("authenticateUser", "user", authenticate_user, anonymous=True),
    Operation("getloginTicket", "user", get_login_ticket),
    Operation("getLoginTicket", "user", get_login_ticket),
    Operation("getloginurlUser", "user", get_login_url),
)
