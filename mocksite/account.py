"""Who is calling: logins by password, ticket or token, and the two ids of a user.

On a Control-Hub-managed site from 41.11 on a user of the classic era answers to the old
short id and to the e-mail address, a newer one to the address only (R41.11.0-28..37).
"""

from __future__ import annotations

from dataclasses import dataclass

from mocksite.query import Term
from mocksite.record import ACTIVATED, Ticket, User
from mocksite.refusal import Refusal, invalid
from mocksite.release import Release
from mocksite.request import Content
from mocksite.store import Store

#: Seconds a session ticket lives.
TICKET_LIFETIME = 5400

ADMIN_SCOPE = "webexsquare:admin"


@dataclass(frozen=True)
class Login:
    """A caller who has proved who he is; ``credential`` names the element that proved it."""

    user: User
    credential: str

    @property
    def may_provision(self) -> bool:
        """A CI access token needs the scope webexsquare:admin to provision users (R41.11.0-19..21)."""
        return self.credential != "accessToken" or ADMIN_SCOPE in self.user.token_scopes.split()


def hub_rules(at: Release, store: Store) -> bool:
    """Whether Control Hub rules hold: a managed site, 41.11 or later."""
    return at.has("hub-rules") and store.settings.control_hub_managed


def find_user(store: Store, at: Release, webex_id: str) -> User | None:
    """The user a webExId means."""
    found = store.first(User, Term("webex_id", "=", webex_id))
    if found is None and hub_rules(at, store):
        found = store.first(User, Term("email", "=", webex_id))
    return found


def log_in(store: Store, at: Release, security: Content, now: float) -> Login:
    """The caller of a request, or the refusal 030002 or 030047."""
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
    if user is None or user.active != ACTIVATED:
        raise Refusal("030002")
    return user


def _by_ticket(store: Store, user: User, secret: str, now: float) -> Login:
    ticket = store.get(Ticket, secret)
    if ticket is None or ticket.ticket != secret or ticket.user_id != user.user_id or ticket.expires <= now:
        raise Refusal("030047")
    return Login(user, "sessionTicket")


def _by_webex_token(_store: Store, user: User, secret: str, _now: float) -> Login:
    return _same(user, "webExAccessToken", user.webex_access_token, secret)


def _by_token(_store: Store, user: User, secret: str, _now: float) -> Login:
    return _same(user, "accessToken", user.access_token, secret)


def _by_password(_store: Store, user: User, secret: str, _now: float) -> Login:
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


def issue(store: Store, user: User, secret: str, now: float) -> Ticket:
    """A new session ticket for a user; those that have expired are forgotten."""
    store.drop(Ticket, Term("expires", "<=", int(now)))
    ticket = Ticket(secret, user.user_id, int(now) + TICKET_LIFETIME)
    store.add(ticket)
    return ticket
