"""How the API says no: exception ids and reasons (sources.md, Refusals).

Ids are the contract. Reasons are for humans; where the English one is not known
(030001, 030117 to 030120, 110064 and others) the sentence here is our own.
"""

from __future__ import annotations

#: Exception id, and the reason a site prints with it.
REASONS = {
    "000001": "Access denied, additional privileges are required",
    "000015": "Sorry, no record found",
    "000045": "API Rate Limit Reach",
    "010106": "The classic Event has been disabled.",
    "030001": "Corresponding user not found",
    "030002": "Incorrect user or password",
    "030004": "The webExId is already taken",
    "030005": "The e-mail address is already taken",
    "030047": "Not a valid session ticket",
    "030103": "Assignment of this role is not supported",
    "030104": "This operation does not support SessionTicket authentication",
    "030117": "The user exists outside of your organization and must be claimed; verify the user's domain first",
    "030118": "The e-mail address is already used on a site managed by Control Hub",
    "030119": "The CI access token must include the scope webexsquare:admin to provision users",
    "030120": "Only a full administrator of the site may change an e-mail address",
    "060001": "Corresponding Meeting not found",
    "060019": "The hostWebExID does not exist",
    "060021": "You are not allowed to schedule for this hostWebExID",
    "060068": "Illegal input description. The description can't exceed 10000 characters",
    "110064": "The session types Event and Webcast are not supported",
    "999999": "The request is not valid",
}


class Refusal(Exception):
    """A FAILURE reply. Whatever the operation had done so far is taken back."""

    def __init__(self, exception_id: str, reason: str = "") -> None:
        self.exception_id = exception_id
        self.reason = reason or REASONS[exception_id]
        super().__init__(f"{exception_id} {self.reason}")


def invalid(what: str) -> Refusal:
    """The generic refusal 999999, with a sentence that says what is wrong with the request."""
    return Refusal("999999", what)
