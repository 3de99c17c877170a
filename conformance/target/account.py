"""Accounts of a site, by the role they play in scenarios."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Profile key of each credential and the element of the security context it fills (wire-facts.md, Authentication).
CREDENTIALS = {
    "password": "password",
    "session_ticket": "sessionTicket",
    "webex_access_token": "webExAccessToken",
    "access_token": "accessToken",
}

#: What a scenario may call its caller, and what the account must be.
ROLES = {
    "site-admin": "full administrator of the site",
    "read-only-admin": "read-only administrator",
    "user-admin": "administrator who manages users only",
    "host": "a user who may host",
    "attendee": "a user who may only attend",
    "classic-era-user": "a host created while the site was a classic one; webex_id is the old short id",
    "control-hub-user": "a host created after the site moved to Control Hub; webex_id is the e-mail address",
    "unscoped-admin": "a full administrator whose access_token lacks the scope webexsquare:admin",
}


@dataclass(frozen=True)
class Account:
    """One login. Secrets never show in ``repr``.

    ``credentials`` maps elements of the security context (``password``,
    ``sessionTicket``, ...) to secrets; at least one is present.
    """

    role: str
    webex_id: str
    email: str
    credentials: dict[str, str] = field(repr=False)

    @property
    def credential(self) -> tuple[str, str]:
        """The first credential the profile gives: element and secret."""
        return next(iter(self.credentials.items()))
