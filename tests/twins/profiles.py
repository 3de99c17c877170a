"""What the operator of a twin tells the suite, and what not: changes of the profile."""

from __future__ import annotations

from collections.abc import Callable

from tests.twins.site import Table

Change = Callable[[Table], None]


def only(*roles: str) -> Change:
    """Accounts of these roles and no other."""

    def change(table: Table) -> None:
        table["accounts"] = {role: account for role, account in table["accounts"].items() if role in roles}

    return change


def minimal(table: Table) -> None:
    """Address and one administrator: the three lines an operator writes first."""
    only("site-admin")(table)
    _by(table["accounts"]["site-admin"], "password")
    for name in ("settings", "data", "mailbox"):
        table.pop(name)


def minimal_with_token(table: Table) -> None:
    """The same where no password signs in."""
    token = table["accounts"]["site-admin"]["access_token"]
    minimal(table)
    table["accounts"]["site-admin"] |= {"access_token": token}
    _by(table["accounts"]["site-admin"], "access_token")


def played_by(role: str, other: str) -> Change:
    """An account of one role that is named for another, too."""

    def change(table: Table) -> None:
        table["accounts"][role] = dict(table["accounts"][other])

    return change


def without_email(role: str) -> Change:
    """An account of which nobody wrote down the address."""

    def change(table: Table) -> None:
        table["accounts"][role].pop("email", None)

    return change


_CREDENTIALS = ("password", "session_ticket", "webex_access_token", "access_token")


def _by(account: Table, *credentials: str) -> None:
    for name in _CREDENTIALS:
        if name not in credentials:
            account.pop(name, None)


def by(*credentials: str) -> Change:
    """Accounts sign in with these credentials; those that have none of them are left out."""

    def change(table: Table) -> None:
        for account in table["accounts"].values():
            _by(account, *credentials)
        table["accounts"] = {role: one for role, one in table["accounts"].items() if set(one) & set(_CREDENTIALS)}

    return change


def with_tickets(table: Table) -> None:
    """Accounts sign in with the session tickets of ``holdings.tickets``."""
    for account in table["accounts"].values():
        if "password" in account:
            _by(account)
            account["session_ticket"] = f"ticket-of-{account['webex_id']}"
    table["accounts"] = {role: account for role, account in table["accounts"].items() if set(account) & set(_CREDENTIALS)}


def without(part: str, *names: str) -> Change:
    """Names of a part of the profile, or the whole part, left out."""

    def change(table: Table) -> None:
        for name in names:
            table[part].pop(name, None)
        if not names:
            table.pop(part, None)

    return change


def only_data(*beginnings: str) -> Change:
    """Test data whose keys begin so, and no other."""

    def change(table: Table) -> None:
        table["data"] = {key: value for key, value in table["data"].items() if key.startswith(beginnings)}

    return change


def saying(part: str, **values: object) -> Change:
    """Names of a part of the profile set; hyphens are written as underscores."""

    def change(table: Table) -> None:
        table.setdefault(part, {}).update({name.replace("_", "-"): value for name, value in values.items()})

    return change


def release(text: str) -> Change:
    """The release, for a site that does not tell it in a way one can read."""

    def change(table: Table) -> None:
        table["release"] = text

    return change


def data_changed(end: str, how: Callable[[str], str]) -> Change:
    """Test data whose key ends so, told otherwise."""

    def change(table: Table) -> None:
        table["data"] = {key: how(value) if key.endswith(end) else value for key, value in table["data"].items()}

    return change


def data_of_kind(*words: str) -> Change:
    """Test data whose key holds one of these words left out: the site has nothing of the kind."""

    def change(table: Table) -> None:
        table["data"] = {key: value for key, value in table["data"].items() if not any(word in key for word in words)}

    return change
