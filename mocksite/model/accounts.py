"""Accounts: the two ids of a user, who is logged in, session tickets, the link that activates an account.

On a Control-Hub-managed site from 41.11 on a user of the classic era answers to the old
short id and to the e-mail address, a newer one to the address only (R41.11.0-28..37).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from mocksite.model import identifiers
from mocksite.model.queries import Term
from mocksite.model.records import Ticket, User
from mocksite.model.releases import Release
from mocksite.model.store import Store

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


def issue(store: Store, user: User, secret: str, now: float) -> Ticket:
    """A new session ticket for a user; those that have expired are forgotten."""
    store.drop(Ticket, Term("expires", "<=", int(now)))
    ticket = Ticket(secret, user.user_id, int(now) + TICKET_LIFETIME)
    store.add(ticket)
    return ticket


#: Below the address of the site, the pages behind activation links.
ACTIVATION_PATH = "/activate/"


def activation_link(base: str, site_name: str, user: User) -> str:
    """The one address in an activation mail (R41.11.0-05)."""
    return f"{base}{ACTIVATION_PATH}{quote(site_name)}/{user.user_id}-{activation_proof(site_name, user)}"


def activation_proof(site_name: str, user: User) -> str:
    """What only the link of this very account holds."""
    return identifiers.word(24, site_name, user.user_id, user.email, "activation")
