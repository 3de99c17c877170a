"""Who calls, and about whom: the conditions under which a fault strikes one caller and no other."""

from __future__ import annotations

from mocksite.faults.change import When
from mocksite.model.accounts import find_user
from mocksite.model.records import User
from mocksite.operations.call import Call


def role_of(user: User) -> str:
    """What an account is on its site, as the notes tell callers apart."""
    if user.site_admin:
        return "site-admin"
    if user.ro_site_admin:
        return "read-only-admin"
    if user.user_admin:
        return "user-admin"
    return "attendee" if user.attendee_only or not user.host else "host"


def claimed(call: Call) -> User | None:
    """The user a request says it comes from, before anything is proved."""
    security = call.request.security
    name = security.text("webExID") or security.text("email")
    return find_user(call.store, call.release, name) if name else None


def called_by(role: str) -> When:
    """Calls of accounts of a role, proved or claimed."""

    def when(call: Call) -> bool:
        caller = call.login.user if call.login is not None else claimed(call)
        return caller is not None and role_of(caller) == role

    return when


def meant(call: Call) -> User | None:
    """The user a request is about."""
    name = call.content.text("webExId") or call.content.text("webExID")
    return find_user(call.store, call.release, name) if name else None


def about_himself(call: Call) -> bool:
    """Whether a caller asks for, or changes, his own record."""
    caller, user = claimed(call), meant(call)
    return caller is not None and user is not None and caller.user_id == user.user_id


def about_another(call: Call) -> bool:
    """Whether a caller asks for, or changes, somebody else."""
    return not about_himself(call)


def both(*conditions: When) -> When:
    """Where every condition holds."""
    return lambda call: all(condition(call) for condition in conditions)
